//! What a conversation looks like: days, bubbles, how far each text has come, the code in it, the composer.
use super::{COMPOSER, Message, Thread};
use crate::{
    domain::{
        code::Code,
        conversation::Conversation,
        message::{Direction, Message as Text, MessageState},
        private::Private,
    },
    ui::{
        context::Context,
        moment,
        theme::{Palette, shape, space, text},
        widget::{
            avatar::avatar,
            bubble::{self, Mark, bubble},
            button::{self, Kind},
            code,
            focus::FROM_THE_END,
            icon::Icon,
            notice, plain_scroll,
        },
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    keyboard::{Key, key::Named},
    widget::{
        Column, Row, column, container,
        text::Wrapping,
        text_editor::{self, Action, Binding, Content, KeyPress},
    },
};
use jiff::SignedDuration;

/// Texts of one side within this time stand together.
const RUN: SignedDuration = SignedDuration::from_mins(5);

/// The pane.
pub fn view<'a>(thread: &'a Thread, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let Some(one) = thread.open.and_then(|id| cx.model.conversation(id)) else {
        let nothing = if cx.model.demo {
            notice::empty(p, Icon::Demo, cx.t("demo-try-title"), Some(cx.t("demo-try")))
        } else {
            notice::empty(p, Icon::Messages, cx.t("conversations-pick"), None)
        };
        return container(nothing).center(Length::Fill).into();
    };
    let messages = cx.model.thread.as_ref().filter(|loaded| loaded.id == one.id);
    let texts = messages.map_or(&[][..], |loaded| loaded.messages.as_slice());
    let mut rows = Column::new().width(Length::Fill);
    if let Some(loaded) = messages {
        rows = rows.push(container(if loaded.more {
            Element::from(button::small(p, Kind::Side, Icon::Up, cx.t("thread-earlier")).on_press(Message::Earlier))
        } else {
            text::caption(cx.t("thread-start")).color(p.muted).align_x(iced::Center).into()
        }));
    }
    let pane = if cx.narrow() { cx.size.width } else { cx.size.width - 400.0 };
    let width = (pane * 0.78).clamp(120.0, 520.0);
    for (at, one) in texts.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| texts.get(before));
        let after = texts.get(at + 1);
        let new_day = before.is_none_or(|before| !same_day(cx, before, one));
        if new_day {
            rows = rows.push(day(cx, one));
        }
        let joined = !new_day && before.is_some_and(|before| together(before, one));
        let last = after.is_none_or(|after| !together(one, after) || !same_day(cx, one, after));
        let gap = if joined { 3.0 } else { space::M };
        rows = rows.push(container(said(cx, one, last, width)).padding(Padding::ZERO.top(gap)));
    }
    let rows =
        container(rows.align_x(iced::Center).max_width(900.0)).padding([space::M, space::L]).center_x(Length::Fill);
    let scroll = plain_scroll(p, rows).id(FROM_THE_END).anchor_bottom();
    column![
        head(cx, one),
        rule(p),
        scroll,
        composer(p, &thread.words, cx.t("thread-write"), cx.t("thread-send"), Some(Message::Send), Message::Edit)
    ]
    .into()
}

/// A hairline.
fn rule<'a, M: 'a>(p: &'static Palette) -> Element<'a, M> {
    container(iced::widget::space()).width(Length::Fill).height(1.0).style(shape::fill(p.line)).into()
}

fn head<'a>(cx: Context<'a>, one: &'a Conversation) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(one.name.as_ref(), &one.peer);
    let back = cx.narrow().then(|| button::round(p, Kind::Quiet, Icon::Back, cx.t("action-back"), Message::Back));
    let address = one.peer.display();
    let account = cx.model.account_name(&one.account);
    let below = match (address == name, cx.narrow()) {
        (true, _) => account.to_owned(),
        (false, true) => address.to_owned(),
        (false, false) => format!("{address} · {account}"),
    };
    let title = text::strong(name.to_owned()).size(text::BODY + 1.0).color(p.text).wrapping(Wrapping::None);
    let below = text::caption(below).color(p.muted).wrapping(Wrapping::None);
    let who = container(column![title, below].spacing(1.0)).width(Length::Fill).clip(true);
    let call: Element<'a, Message> = if cx.narrow() {
        button::round(p, Kind::Side, Icon::Phone, cx.t("action-call"), Message::Call)
    } else {
        button::with_icon(p, Kind::Side, Icon::Phone, cx.t("action-call")).on_press(Message::Call).into()
    };
    let picture = (!cx.tiny()).then(|| avatar(p, name, one.peer.rest(), 40.0));
    let row = Row::new().push(back).push(picture).push(who).push(call).spacing(space::M).align_y(Alignment::Center);
    container(row)
        .padding(Padding::from([space::S + 2.0, space::L]).left(if cx.narrow() { space::S } else { space::L }))
        .into()
}

fn same_day(cx: Context<'_>, a: &Text, b: &Text) -> bool {
    let date = |one: &Text| one.sent_at.to_zoned(cx.zone.clone()).date();
    date(a) == date(b)
}

fn together(a: &Text, b: &Text) -> bool {
    a.direction == b.direction && a.sender == b.sender && b.sent_at.duration_since(a.sent_at) < RUN
}

fn day<'a>(cx: Context<'a>, one: &Text) -> Element<'a, Message> {
    let p = cx.p;
    let name = text::caption(moment::day(cx.words, one.sent_at, cx.now, cx.zone)).font(text::STRONG).color(p.muted);
    let pill = container(name).padding([3.0, space::M]).style(shape::round(p.hover, space::PILL));
    container(pill).center_x(Length::Fill).padding(Padding::ZERO.top(space::L)).into()
}

fn said<'a>(cx: Context<'a>, one: &'a Text, last: bool, width: f32) -> Element<'a, Message> {
    let p = cx.p;
    let mine = one.direction == Direction::Outgoing;
    let mark = mine.then(|| mark(cx, one.state, last)).flatten();
    let stuck = matches!(one.state, MessageState::Queued | MessageState::Failed);
    let failed = one.state == MessageState::Failed;
    let below = failed.then(|| {
        let why = one.failure.map(|failure| text::caption(cx.t(failure.key())).color(p.bad_text).align_x(iced::Right));
        let again = button::small(p, Kind::Side, Icon::Retry, cx.t("action-retry")).on_press(Message::Retry(one.id));
        Column::new().push(why).push(again).spacing(space::XS).align_x(Alignment::End).max_width(width).into()
    });
    let parts = bubble::Parts {
        mine,
        writer: one.sender.as_ref().map(|sender| sender.display().to_owned()),
        body: one.body.expose(),
        code: one.code.as_ref().map(|found| chip(cx, one, found)),
        time: (last || stuck).then(|| moment::clock(one.sent_at, cx.zone)),
        mark,
        below,
        width,
    };
    bubble(p, parts)
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

/// The composer: a field of up to six lines and Send; without `send` it cannot be sent yet.
pub fn composer<'a, M: Clone + 'a>(
    p: &'static Palette,
    words: &'a Content,
    hint: String,
    word: String,
    send: Option<M>,
    on_edit: impl Fn(Action) -> M + 'a,
) -> Element<'a, M> {
    let on_enter = send.clone();
    let editor = text_editor::TextEditor::new(words)
        .id(COMPOSER)
        .placeholder(hint)
        .size(text::BODY)
        .font(text::SANS)
        .padding(Padding::from([9.0, space::M + 2.0]))
        .min_height(space::CONTROL - 18.0)
        .max_height(140.0)
        .wrapping(Wrapping::WordOrGlyph)
        .style(shape::editor(p))
        .on_action(on_edit)
        .key_binding(move |press| binding(press, on_enter.clone()));
    let ready = send.filter(|_| words.text().chars().any(|c| !c.is_whitespace()));
    let send = button::round(p, Kind::Main, Icon::Send, word, ready);
    let row = Row::new().push(editor).push(send).spacing(space::S).align_y(Alignment::End);
    container(row).padding([space::S + 2.0, space::L]).max_width(932.0).center_x(Length::Fill).into()
}

/// Enter sends, Shift and Enter breaks the line, Escape is left to the window.
fn binding<M>(press: KeyPress, send: Option<M>) -> Option<Binding<M>> {
    let focused = matches!(press.status, text_editor::Status::Focused { .. });
    match press.modified_key.as_ref() {
        Key::Named(Named::Enter) if focused && press.modifiers.is_empty() => {
            Some(send.map_or(Binding::Sequence(Vec::new()), Binding::Custom))
        }
        Key::Named(Named::Escape) => None,
        _ => Binding::from_key_press(press),
    }
}
