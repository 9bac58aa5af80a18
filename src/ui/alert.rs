//! What is told on the desktop: texts and codes that nobody is looking at, calls that ring or were missed. Decides and
//! remembers what is shown; the bus itself is `desktop::notify`. Must never hold up the window.
use super::{
    model::{Model, missed},
    wish::{About, Place, Then, Wish},
};
use crate::{
    desktop::notify::{Chosen, Notification, NotificationAction, NotificationId, NotificationKind},
    domain::{
        call::{Call, CallState},
        code::ReceivedCode,
        conversation::ConversationId,
        message::{Direction, MessageId},
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
        match event {
            Event::Message { message, old, .. } => {
                self.old = old.then_some(message.id);
                let news = !old && message.direction == Direction::Incoming && message.code.is_none();
                if !news || seen == Some(message.conversation) {
                    return Vec::new();
                }
                let name = model.conversation(message.conversation).and_then(|known| known.name.as_ref());
                let body = super::theme::text::line(message.body.expose(), BODY);
                let title = model.name(name, &message.peer).to_owned();
                vec![Wish::Notify(
                    notification(NotificationKind::Text, title, body, Vec::new()),
                    About::Text(message.conversation),
                )]
            }
            Event::Code { code, .. } if self.old != Some(code.message) => vec![code_came(code, model, words)],
            Event::CodeWarned { code } => vec![code_warned(code, words)],
            Event::Call { call, .. } if call.state == CallState::Incoming => ringing(call, model, words, &self.shown),
            Event::Call { call, .. } => self.close(About::Call(call.id)),
            Event::CallLogged { record, .. } if missed(record) => {
                let name = model.name(record.name.as_ref(), &record.peer).to_owned();
                let title = words.text("history-missed");
                vec![Wish::Notify(notification(NotificationKind::MissedCall, title, name, Vec::new()), About::Missed)]
            }
            _ => Vec::new(),
        }
    }

    /// One is shown. A call may have stopped ringing meanwhile.
    pub fn shown(&mut self, about: About, id: Option<NotificationId>, model: &Model) -> Vec<Wish> {
        let Some(id) = id else { return Vec::new() };
        if let About::Call(call) = about
            && model.ringing().is_none_or(|ringing| ringing.id != call)
        {
            return vec![Wish::CloseNotification(id)];
        }
        if self.shown.len() == REMEMBERED {
            self.shown.remove(0);
        }
        self.shown.push((id, about));
        Vec::new()
    }

    /// The person looks at a conversation: its notifications go.
    pub fn looked_at(&mut self, conversation: ConversationId) -> Vec<Wish> {
        self.close(About::Text(conversation))
    }

    fn close(&mut self, about: About) -> Vec<Wish> {
        let gone = self.shown.iter().filter(|(_, known)| *known == about);
        let wishes = gone.map(|(id, _)| Wish::CloseNotification(*id)).collect();
        self.shown.retain(|(_, known)| *known != about);
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
        (Some(About::Code(message)), NotificationAction::CopyCode) => {
            let code = model.codes.iter().find(|code| code.message == message);
            code.map(|code| Wish::Copy(message, code.code.value.clone())).into_iter().collect()
        }
        (Some(About::Text(conversation)), _) => vec![Wish::Open(conversation), Wish::Show],
        (Some(About::Missed), _) => vec![Wish::Go(Place::Calls), Wish::Show],
        (Some(About::Code(_)), _) => vec![Wish::Go(Place::Codes), Wish::Show],
        (Some(About::Call(_)), _) | (None, NotificationAction::Open) => vec![Wish::Show],
        (None, _) => Vec::new(),
    }
}

const fn notification(
    kind: NotificationKind,
    title: String,
    body: String,
    actions: Vec<(NotificationAction, String)>,
) -> Notification {
    Notification { kind, title: Private::new(title), body: Private::new(body), actions }
}

fn code_came(code: &ReceivedCode, model: &Model, words: &Words) -> Wish {
    let sender = model.name(code.sender_name.as_ref(), &code.sender);
    let title = words.with("codes-newest", &[("sender", sender.into())]);
    let value = (!model.hide_codes).then(|| super::widget::code::spaced(code.code.value.expose()));
    let site = code.code.site.as_ref().map(|site| words.with("code-site", &[("site", site.into())]));
    let warnings = code.code.warnings.iter().map(|warning| words.text(warning.key()));
    let body = value.into_iter().chain(warnings).chain(site).collect::<Vec<_>>().join("\n");
    let copy = (NotificationAction::CopyCode, words.text("notify-copy-code"));
    Wish::Notify(notification(NotificationKind::Code, title, body, vec![copy]), About::Code(code.message))
}

/// What is wrong now, without the code: the person is being talked into giving it away.
fn code_warned(code: &ReceivedCode, words: &Words) -> Wish {
    let body = code.code.warnings.last().map(|warning| words.text(warning.key())).unwrap_or_default();
    let title = words.text("code-warned");
    Wish::Notify(notification(NotificationKind::Code, title, body, Vec::new()), About::Code(code.message))
}

fn ringing(call: &Call, model: &Model, words: &Words, shown: &[(NotificationId, About)]) -> Vec<Wish> {
    let about = About::Call(call.id);
    // the same call tells of itself again when something about it changes
    if shown.iter().any(|(_, known)| *known == about) {
        return Vec::new();
    }
    let actions = vec![
        (NotificationAction::Answer, words.text("call-answer")),
        (NotificationAction::Decline, words.text("call-decline")),
    ];
    let name = model.name(call.name.as_ref(), &call.peer).to_owned();
    let told = notification(NotificationKind::Call, words.text("call-incoming"), name, actions);
    vec![Wish::Notify(told, about), Wish::Attention]
}

#[cfg(test)]
#[path = "alert_tests.rs"]
mod tests;
