//! What is worth a notification, and what its buttons do. No bus: `desktop::notify` has tests of its own.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{
    domain::{code::Warning, conversation::Conversation, message::MessageState},
    ui::{app::App, fixture},
    words::Language,
};

struct Desk {
    app: App,
    alerts: Alerts,
    words: Words,
}

impl Desk {
    fn new() -> Self {
        let app = fixture::app(fixture::snapshot());
        Self { app, alerts: Alerts::default(), words: Words::new(Language::En) }
    }
    fn happen(&mut self, event: &Event, seen: Option<ConversationId>) -> Vec<Wish> {
        self.app.model.apply(event.clone());
        self.alerts.event(event, &self.app.model, &self.words, seen)
    }
    fn text(&mut self, mine: Option<MessageState>, old: bool, seen: Option<ConversationId>) -> Vec<Wish> {
        let text = fixture::text(80, 1, "xmpp:+15551234567@sms.example", "hello", 0, mine);
        let known = self.app.model.conversation(text.conversation).unwrap().clone();
        let conversation = Box::new(Conversation { last: Some(text.clone()), ..known });
        self.happen(&Event::Message { account: fixture::xmpp(), message: text, conversation, old }, seen)
    }
    fn code(&mut self, message: i64) -> Vec<Wish> {
        let code = self.app.model.codes.first().unwrap().clone();
        let code = ReceivedCode { message: MessageId(message), ..code };
        self.happen(&Event::Code { account: fixture::xmpp(), code }, None)
    }
    fn missed(&mut self) -> Vec<Wish> {
        let call = fixture::call(CallState::Incoming);
        let record = CallRecord {
            row: 9,
            account: call.account.clone(),
            peer: call.peer,
            name: call.name,
            direction: call.direction,
            started_at: call.started_at,
            answered_at: None,
            ended_at: Some(fixture::now()),
            reason: None,
            note: None,
        };
        self.happen(&Event::CallLogged { account: call.account, record }, None)
    }
    fn call(&mut self, state: CallState) -> Vec<Wish> {
        self.happen(&Event::Call { account: fixture::sip(), call: fixture::call(state) }, None)
    }
}

fn told(wishes: &[Wish]) -> Option<&Notification> {
    wishes.iter().find_map(|wish| match wish {
        Wish::Notify(notification, _) => Some(notification),
        _ => None,
    })
}

#[test]
fn a_text_is_told_unless_it_is_ours_old_or_looked_at() {
    let mut desk = Desk::new();
    let wishes = desk.text(None, false, None);
    let notification = told(&wishes).unwrap();
    assert_eq!((notification.title.expose().as_str(), notification.kind), ("Ana María Gómez", NotificationKind::Text));
    assert!(told(&desk.text(Some(MessageState::Queued), false, None)).is_none());
    assert!(told(&desk.text(None, true, None)).is_none());
    assert!(told(&desk.text(None, false, Some(ConversationId(1)))).is_none());
}

#[test]
fn a_code_is_told_once_with_a_button_that_copies_it() {
    let mut desk = Desk::new();
    let wishes = desk.code(21);
    let notification = told(&wishes).unwrap();
    assert_eq!(notification.actions.last(), Some(&(NotificationAction::CopyCode, "Copy code".to_owned())));
    assert!(notification.body.expose().starts_with("482 913"));
    // one from an archive is no news
    desk.text(None, true, None);
    assert!(told(&desk.code(80)).is_none());
}

#[test]
fn a_hidden_code_is_told_without_its_digits_and_can_still_be_copied() {
    let mut desk = Desk::new();
    desk.app.model.code_rules.hide = true;
    let wishes = desk.code(21);
    let notification = told(&wishes).unwrap();
    assert!(!notification.body.expose().contains("482"), "{}", notification.body.expose());
    assert_eq!(notification.actions.len(), 2);
}

#[test]
fn what_is_told_where_it_may_not_be_seen_holds_no_name_and_no_words() {
    let mut desk = Desk::new();
    for (discretion, hidden) in
        [(Discretion::Open, Hidden::Never), (Discretion::Locked, Hidden::Locked), (Discretion::Hidden, Hidden::Always)]
    {
        desk.app.model.desktop.discretion = discretion;
        let all = [desk.text(None, false, None), desk.code(21), desk.call(CallState::Incoming)];
        let plain: Vec<_> = all.iter().map(|wishes| told(wishes).unwrap()).collect();
        assert!(plain.iter().all(|one| one.hidden == hidden));
        let words: Vec<_> = plain.iter().map(|one| one.plain.as_str()).collect();
        assert_eq!(words, ["New text", "New verification code", "Incoming call"]);
    }
}

#[test]
fn while_nothing_may_disturb_only_codes_are_told() {
    let mut desk = Desk::new();
    desk.app.model.desktop.quiet = true;
    assert!(told(&desk.text(None, false, None)).is_none());
    assert!(desk.call(CallState::Incoming).is_empty());
    assert!(told(&desk.missed()).is_none());
    assert!(told(&desk.code(21)).is_some());
}

#[test]
fn a_missed_call_can_be_called_back_from_the_account_it_came_to() {
    let mut desk = Desk::new();
    let wishes = desk.missed();
    let back = &told(&wishes).unwrap().actions;
    assert!(back.iter().any(|(action, word)| *action == NotificationAction::CallBack && word == "Call back"));
    let wishes = act(Some(About::Missed(9)), NotificationAction::CallBack, &desk.app.model);
    let call = wishes.iter().find_map(|wish| match wish {
        Wish::Ask(Command::Call { to, account }, Then::Called) => Some((to.expose().clone(), account.clone())),
        _ => None,
    });
    assert_eq!(call, Some(("sip:+15551234567@voz.example".to_owned(), Some(fixture::sip()))));
}

#[test]
fn one_notification_a_conversation_and_what_was_seen_goes() {
    let mut desk = Desk::new();
    let shown = |alerts: &mut Alerts, about, id: u32, model: &Model| {
        assert!(alerts.shown(about, Some(NotificationId::of(id)), model).is_empty());
    };
    let text = About::Text(ConversationId(1));
    shown(&mut desk.alerts, text, 5, &desk.app.model);
    let wishes = desk.text(None, false, None);
    assert_eq!(told(&wishes).unwrap().replaces, Some(NotificationId::of(5)));
    shown(&mut desk.alerts, About::Missed(9), 6, &desk.app.model);
    shown(&mut desk.alerts, About::Code(MessageId(21)), 7, &desk.app.model);
    let closed = |wishes: Vec<Wish>| {
        let mut ids: Vec<_> = wishes
            .iter()
            .filter_map(|wish| if let Wish::CloseNotification(id) = wish { Some(*id) } else { None })
            .collect();
        ids.sort();
        ids
    };
    // read on the command line, too
    let read = Event::ConversationRead { conversation: ConversationId(1) };
    assert_eq!(closed(desk.happen(&read, None)), [NotificationId::of(5)]);
    // the code stood in the conversation of the bank
    assert_eq!(closed(desk.alerts.looked_at(ConversationId(2), &desk.app.model)), [NotificationId::of(7)]);
    assert_eq!(closed(desk.alerts.calls_seen()), [NotificationId::of(6)]);
}

#[test]
fn a_warning_is_told_without_the_code() {
    let mut desk = Desk::new();
    let mut code = desk.app.model.codes.first().unwrap().clone();
    code.code.warnings = vec![Warning::Asked];
    let wishes = desk.happen(&Event::CodeWarned { code: code.clone() }, None);
    let notification = told(&wishes).unwrap();
    assert!(notification.body.expose().starts_with("Another text asks") && notification.actions.is_empty());
    // one that comes with its warning shows both
    let wishes = desk.happen(&Event::Code { account: fixture::xmpp(), code }, None);
    let body = told(&wishes).unwrap().body.expose();
    assert!(body.starts_with("482 913\nAnother text asks"), "{body}");
}

#[test]
fn a_call_is_told_while_it_rings_and_can_be_answered_there() {
    let mut desk = Desk::new();
    let wishes = desk.call(CallState::Incoming);
    let words: Vec<_> = told(&wishes).unwrap().actions.iter().map(|(_, word)| word.as_str()).collect();
    assert_eq!(words, ["Answer", "Decline", "Open"]);
    assert!(wishes.iter().any(|wish| matches!(wish, Wish::Attention)));
    assert!(told(&desk.call(CallState::Active)).is_none());
}

#[test]
fn buttons_answer_decline_and_copy_what_they_stand_on() {
    let desk = Desk::new();
    let model = &desk.app.model;
    let call = About::Call(fixture::call(CallState::Incoming).id);
    let answer = act(Some(call), NotificationAction::Answer, model);
    assert!(matches!(answer[..], [Wish::Ask(Command::Answer { call: Some(_) }, _), Wish::Go(Place::Call), Wish::Show]));
    let decline = act(Some(call), NotificationAction::Decline, model);
    assert!(matches!(decline[..], [Wish::Ask(Command::Decline { call: Some(_) }, _)]));
    // the second code, not the newest
    let copy = act(Some(About::Code(MessageId(22))), NotificationAction::CopyCode, model);
    assert!(matches!(&copy[..], [Wish::Copy(MessageId(22), code)] if code.expose() == "7719"));
    assert!(act(Some(About::Code(MessageId(404))), NotificationAction::CopyCode, model).is_empty());
    let open = act(Some(About::Text(ConversationId(3))), NotificationAction::Open, model);
    assert!(matches!(open[..], [Wish::Open(ConversationId(3)), Wish::Show]));
}
