//! What is told on the desktop: texts and codes that nobody is looking at, calls that ring or were missed. Decides and
//! remembers what is shown; the bus itself is `desktop::notify`. Must never hold up the window.
use super::{
    model::{Model, missed},
    wish::{About, Place, Then, Wish},
};
use crate::{
    config::Discretion,
    desktop::notify::{Chosen, Hidden, Notification, NotificationAction, NotificationId, NotificationKind},
    domain::{
        call::{Call, CallRecord, CallState},
        code::ReceivedCode,
        conversation::ConversationId,
        message::{Direction, Message, MessageId},
        private::Private,
    },
    engine::api::{Command, Event},
    words::Words,
};

/// Notifications remembered at the most; older ones lose their buttons.
const REMEMBERED: usize = 32;
/// Characters of a text in a notification.
const BODY: usize = 200;

/// What is shown on the desktop.
#[derive(Debug, Default)]
pub struct Alerts {
    shown: Vec<(NotificationId, About)>,
    /// A text from an archive: its code is no news either.
    old: Option<MessageId>,
}

impl Alerts {
    /// What an event is worth; `seen` is the conversation the person looks at. Called after the model moved on.
    pub fn event(&mut self, event: &Event, model: &Model, words: &Words, seen: Option<ConversationId>) -> Vec<Wish> {
        let quiet = model.desktop.quiet;
        match event {
            Event::Message { message, old, .. } => {
                self.old = old.then_some(message.id);
                let news = !old && message.direction == Direction::Incoming && message.code.is_none();
                if !news || quiet || seen == Some(message.conversation) {
                    return Vec::new();
                }
                let about = About::Text(message.conversation);
                let told = text_came(message, model, words);
                vec![Wish::Notify(Notification { replaces: self.shown_about(about), ..told }, about)]
            }
            Event::Code { code, .. } if self.old != Some(code.message) => vec![code_came(code, model, words)],
            Event::CodeWarned { code } => vec![code_warned(code, model, words)],
            Event::CodeForgotten { message } => self.close(|about| about == About::Code(message.id)),
            Event::ConversationRead { conversation } => self.looked_at(*conversation, model),
            Event::Call { call, .. } if call.state == CallState::Incoming => {
                // the same call tells of itself again when something about it changes
                let about = About::Call(call.id);
                if quiet || self.shown_about(about).is_some() {
                    return Vec::new();
                }
                vec![Wish::Notify(ringing(call, model, words), about), Wish::Attention]
            }
            Event::Call { call, .. } => self.close(|about| about == About::Call(call.id)),
            Event::CallLogged { record, .. } if missed(record) && !quiet => {
                vec![Wish::Notify(call_missed(record, model, words), About::Missed(record.row))]
            }
            _ => Vec::new(),
        }
    }

    fn shown_about(&self, about: About) -> Option<NotificationId> {
        self.shown.iter().find(|(_, known)| *known == about).map(|(id, _)| *id)
    }

    /// One is shown. A call may have stopped ringing meanwhile.
    pub fn shown(&mut self, about: About, id: Option<NotificationId>, model: &Model) -> Vec<Wish> {
        let Some(id) = id else { return Vec::new() };
        if let About::Call(call) = about
            && model.ringing().is_none_or(|ringing| ringing.id != call)
        {
            return vec![Wish::CloseNotification(id)];
        }
        self.shown.retain(|(known, _)| *known != id);
        if self.shown.len() == REMEMBERED {
            self.shown.remove(0);
        }
        self.shown.push((id, about));
        Vec::new()
    }

    /// The person looks at a conversation: its notifications go, those of codes from there, too.
    pub fn looked_at(&mut self, conversation: ConversationId, model: &Model) -> Vec<Wish> {
        let peer = model.conversation(conversation).map(|known| &known.peer);
        let code_here =
            |message: MessageId| model.codes.iter().any(|code| code.message == message && Some(&code.sender) == peer);
        self.close(|about| match about {
            About::Text(known) => known == conversation,
            About::Code(message) => code_here(message),
            About::Call(_) | About::Missed(_) => false,
        })
    }

    /// The person looks at the calls of the past.
    pub fn calls_seen(&mut self) -> Vec<Wish> {
        self.close(|about| matches!(about, About::Missed(_)))
    }

    /// The person looks at the codes.
    pub fn codes_seen(&mut self) -> Vec<Wish> {
        self.close(|about| matches!(about, About::Code(_)))
    }

    /// A code was copied.
    pub fn copied(&mut self, message: MessageId) -> Vec<Wish> {
        self.close(|about| about == About::Code(message))
    }

    fn close(&mut self, over: impl Fn(About) -> bool) -> Vec<Wish> {
        let gone = self.shown.iter().filter(|(_, about)| over(*about));
        let wishes = gone.map(|(id, _)| Wish::CloseNotification(*id)).collect();
        self.shown.retain(|(_, about)| !over(*about));
        wishes
    }

    /// A button was pressed.
    pub fn chosen(&self, chosen: Chosen, model: &Model) -> Vec<Wish> {
        let known = self.shown.iter().find(|(id, _)| *id == chosen.notification).map(|(_, about)| *about);
        act(known, chosen.action, model)
    }
}

/// What a button means; `None`: its notification is forgotten.
fn act(about: Option<About>, action: NotificationAction, model: &Model) -> Vec<Wish> {
    let ask = |command| Wish::Ask(command, Then::Done);
    match (about, action) {
        (Some(About::Call(call)), NotificationAction::Answer) => {
            vec![ask(Command::Answer { call: Some(call) }), Wish::Go(Place::Call), Wish::Show]
        }
        (Some(About::Call(call)), NotificationAction::Decline) => vec![ask(Command::Decline { call: Some(call) })],
        (Some(About::Missed(row)), NotificationAction::CallBack) => {
            let record = model.history.iter().find(|record| record.row == row);
            let call = record.map(|record| {
                let to = Private::new(record.peer.uri());
                Wish::Ask(Command::Call { to, account: Some(record.account.clone()) }, Then::Called)
            });
            [Wish::Go(Place::Calls), Wish::Show].into_iter().chain(call).collect()
        }
        (Some(About::Code(message)), NotificationAction::CopyCode) => {
            let code = model.codes.iter().find(|code| code.message == message);
            code.map(|code| Wish::Copy(message, code.code.value.clone())).into_iter().collect()
        }
        (Some(About::Text(conversation)), _) => vec![Wish::Open(conversation), Wish::Show],
        (Some(About::Missed(_)), _) => vec![Wish::Go(Place::Calls), Wish::Show],
        (Some(About::Code(_)), _) => vec![Wish::Go(Place::Codes), Wish::Show],
        (Some(About::Call(_)), _) | (None, NotificationAction::Open) => vec![Wish::Show],
        (None, _) => Vec::new(),
    }
}

/// A notification of a kind; `plain` stands alone where the rest is not to be seen.
fn notification(
    kind: NotificationKind,
    [title, body, plain]: [String; 3],
    model: &Model,
    actions: Vec<(NotificationAction, String)>,
) -> Notification {
    let hidden = match model.desktop.discretion {
        Discretion::Open => Hidden::Never,
        Discretion::Locked => Hidden::Locked,
        Discretion::Hidden => Hidden::Always,
    };
    Notification { kind, title: title.into(), body: body.into(), plain, hidden, actions, replaces: None }
}

fn text_came(message: &Message, model: &Model, words: &Words) -> Notification {
    let name = model.conversation(message.conversation).and_then(|known| known.name.as_ref());
    let body = super::theme::text::line(message.body.expose(), BODY);
    let title = model.name(name, &message.peer).to_owned();
    let reply = (NotificationAction::Reply, words.text("notify-reply"));
    let open = (NotificationAction::Open, words.text("notify-open"));
    notification(NotificationKind::Text, [title, body, words.text("notify-text")], model, vec![open, reply])
}

fn call_missed(record: &CallRecord, model: &Model, words: &Words) -> Notification {
    let name = model.name(record.name.as_ref(), &record.peer).to_owned();
    let plain = words.text("notify-missed");
    let back = (NotificationAction::CallBack, words.text("notify-call-back"));
    let open = (NotificationAction::Open, words.text("notify-open"));
    // nobody can be called back who hides
    let actions = if record.peer.is_hidden() { vec![open] } else { vec![open, back] };
    notification(NotificationKind::MissedCall, [plain.clone(), name, plain], model, actions)
}

fn code_came(code: &ReceivedCode, model: &Model, words: &Words) -> Wish {
    let sender = model.name(code.sender_name.as_ref(), &code.sender);
    let title = words.with("codes-newest", &[("sender", sender.into())]);
    let value = (!model.code_rules.hide).then(|| super::widget::code::spaced(code.code.value.expose()));
    let site = code.code.site.as_ref().map(|site| words.with("code-site", &[("site", site.into())]));
    let warnings = code.code.warnings.iter().map(|warning| words.text(warning.key()));
    let body = value.into_iter().chain(warnings).chain(site).collect::<Vec<_>>().join("\n");
    let copy = (NotificationAction::CopyCode, words.text("notify-copy-code"));
    let open = (NotificationAction::Open, words.text("notify-open"));
    let told = notification(NotificationKind::Code, [title, body, words.text("notify-code")], model, vec![open, copy]);
    Wish::Notify(told, About::Code(code.message))
}

/// What is wrong now, without the code: the person is being talked into giving it away.
fn code_warned(code: &ReceivedCode, model: &Model, words: &Words) -> Wish {
    let body = code.code.warnings.last().map(|warning| words.text(warning.key())).unwrap_or_default();
    let title = words.text("code-warned");
    let told = notification(NotificationKind::Code, [title.clone(), body, title], model, Vec::new());
    Wish::Notify(told, About::Code(code.message))
}

fn ringing(call: &Call, model: &Model, words: &Words) -> Notification {
    let actions = vec![
        (NotificationAction::Answer, words.text("call-answer")),
        (NotificationAction::Decline, words.text("call-decline")),
        (NotificationAction::Open, words.text("notify-open")),
    ];
    let name = model.name(call.name.as_ref(), &call.peer).to_owned();
    let plain = words.text("call-incoming");
    notification(NotificationKind::Call, [plain.clone(), name, plain], model, actions)
}

#[cfg(test)]
#[path = "alert_tests.rs"]
mod tests;
