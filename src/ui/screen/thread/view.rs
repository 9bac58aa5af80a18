//! What a conversation looks like: days, bubbles, how far each text has come, the code in it, the composer.
use super::{Message, Thread, compose, said};
use crate::{
    domain::{conversation::Conversation, message::Message as Text},
    ui::{
        context::Context,
        moment,
        theme::{Palette, shape, space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            focus::FROM_THE_END,
            icon::Icon,
            notice, plain_scroll,
        },
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    widget::{Column, Row, column, container, text::Wrapping},
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
        rows = rows.push(container(said::view(thread, cx, one, last, width)).padding(Padding::ZERO.top(gap)));
    }
    let rows =
        container(rows.align_x(iced::Center).max_width(900.0)).padding([space::M, space::L]).center_x(Length::Fill);
    let scroll = plain_scroll(p, rows).id(FROM_THE_END).anchor_bottom();
    column![head(cx, one), rule(p), scroll, compose::view(thread, cx, one)].into()
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
    let writing = cx.model.writing.contains(&one.id);
    let below = if writing { cx.with("thread-writing", "who", name) } else { below };
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
    a.direction == b.direction
        && a.sender == b.sender
        && a.extras.nick == b.extras.nick
        && b.sent_at.duration_since(a.sent_at) < RUN
}

fn day<'a>(cx: Context<'a>, one: &Text) -> Element<'a, Message> {
    let p = cx.p;
    let name = text::caption(moment::day(cx.words, one.sent_at, cx.now, cx.zone)).font(text::STRONG).color(p.muted);
    let pill = container(name).padding([3.0, space::M]).style(shape::round(p.hover, space::PILL));
    container(pill).center_x(Length::Fill).padding(Padding::ZERO.top(space::L)).into()
}
