//! One text in a thread: its words with what hangs on them, how far it has come, what can be done with it.
use super::{Message, Thread, attached, deeds};
use crate::{
    domain::{
        code::Code,
        message::{Direction, Message as Text, MessageState},
        private::Private,
    },
    ui::{
        context::Context,
        moment,
        theme::{space, text},
        widget::{
            bubble::{self, Mark, bubble},
            button::{self, Kind},
            code,
            icon::{Icon, icon},
        },
    },
};
use iced::{
    Alignment, Element,
    widget::{Column, Row},
};

/// A text; `last` of a run of texts of one side.
pub fn view<'a>(thread: &'a Thread, cx: Context<'a>, one: &'a Text, last: bool, width: f32) -> Element<'a, Message> {
    let p = cx.p;
    let mine = one.direction == Direction::Outgoing;
    let mark = mine.then(|| mark(cx, one.state, last)).flatten();
    let stuck = matches!(one.state, MessageState::Queued | MessageState::Failed);
    let failed = one.state == MessageState::Failed;
    let chosen = thread.chosen == Some(one.id);
    let below = failed.then(|| {
        let why = one.failure.map(|failure| text::caption(cx.t(failure.key())).color(p.bad_text).align_x(iced::Right));
        let again = button::small(p, Kind::Side, Icon::Retry, cx.t("action-retry")).on_press(Message::Retry(one.id));
        Column::new().push(why).push(again).spacing(space::XS).align_x(Alignment::End).max_width(width).into()
    });
    let hidden = one.extras.withdrawn.is_some() && !thread.revealed.contains(&one.id);
    let mut above = Vec::new();
    if let Some(by) = one.extras.withdrawn {
        let words = text::caption(cx.t(deeds::withdrawn(by, mine))).color(p.muted);
        above.push(Row::new().push(icon(Icon::EyeOff, 14.0).color(p.muted)).push(words).spacing(space::S).into());
    }
    if !hidden {
        above.extend(attached::quote(cx, one));
        let files = one.extras.attachments.iter();
        above.extend(files.map(|file| attached::view(cx, one, file, width)));
    }
    let body = one.body.expose();
    let address =
        one.extras.attachments.iter().any(|file| file.url.as_ref().is_some_and(|url| url.expose() == body.trim()));
    let wordless = hidden || address || (body.is_empty() && !one.extras.attachments.is_empty());
    let edited = one.extras.edited.filter(|_| !hidden).map(|_| cx.t("thread-edited"));
    let parts = bubble::Parts {
        mine,
        writer: writer(one),
        above,
        body: (!wordless).then_some(body),
        code: one.code.as_ref().filter(|_| !hidden).map(|found| chip(cx, one, found)),
        note: edited,
        time: (last || stuck || chosen).then(|| moment::clock(one.sent_at, cx.zone)),
        mark,
        signs: deeds::given(cx, one).filter(|_| !hidden),
        below: [below, chosen.then(|| deeds::view(cx, one, width))].into_iter().flatten().collect(),
        press: if one.extras.withdrawn.is_some() { Message::Reveal(one.id) } else { Message::Choose(one.id) },
        width,
    };
    bubble(p, parts)
}

/// Who wrote it, in a group.
fn writer(one: &Text) -> Option<String> {
    let nick = one.extras.nick.as_ref().filter(|_| one.direction == Direction::Incoming);
    nick.map(|nick| nick.expose().clone()).or_else(|| one.sender.as_ref().map(|sender| sender.display().to_owned()))
}

/// How far a text has come; inside a run only what is not as it should be.
fn mark(cx: Context<'_>, state: MessageState, last: bool) -> Option<Mark> {
    let (picture, words) = match state {
        MessageState::Queued => (Icon::Clock, Some(cx.t("state-queued"))),
        MessageState::Failed => (Icon::Alert, Some(cx.t("state-failed"))),
        MessageState::Sent if last => (Icon::Check, Some(cx.t("state-sent"))),
        MessageState::Delivered if last => (Icon::Checks, Some(cx.t("state-delivered"))),
        MessageState::Read if last => (Icon::Eye, Some(cx.t("state-read"))),
        MessageState::Sent | MessageState::Delivered | MessageState::Received | MessageState::Read => return None,
    };
    Some(Mark { picture, words, failed: state == MessageState::Failed })
}

fn chip<'a>(cx: Context<'a>, one: &Text, found: &Code) -> Element<'a, Message> {
    let below = found
        .site
        .as_ref()
        .map(|site| format!("{}. {}", cx.with("code-site", "site", site), cx.t("code-site-warning")));
    let parts = code::Parts {
        code: found.value.expose().clone(),
        head: None,
        below: below.into_iter().collect(),
        warnings: crate::ui::screen::codes::warnings(cx, &found.warnings),
        copy: cx.copy_word(one.id),
        on_copy: Message::Copy(one.id, Private::clone(&found.value)),
    };
    code::chip(cx.p, parts)
}
