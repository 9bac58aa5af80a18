//! Handing a call over: to whom, with a word before or without; and what the other side of a call asks of the person.
use super::{Message, Screen, TO};
use crate::{
    domain::{call::Call, transfer::Referral},
    ui::{
        context::Context,
        theme::{shape, space, text},
        widget::{
            button::{self, Kind},
            field,
            icon::Icon,
        },
    },
};
use iced::{
    Element, Length,
    widget::{Column, Row, column, container},
};

/// Whom to hand the call over to; nothing unless it was asked for.
pub fn panel<'a>(screen: &'a Screen, cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let typed = screen.transfer.as_ref()?;
    let to = field::bare(p, "", typed).id(TO).on_input(Message::TransferTo);
    let to = field::labelled(p, cx.t("transfer-to"), to, Some(cx.t("transfer-about")));
    let ready = !typed.trim().is_empty();
    let first = button::button(p, Kind::Main, cx.t("transfer-talk-first"));
    let now = button::button(p, Kind::Side, cx.t("transfer-send-now"));
    let first = first.on_press(ready.then(|| Message::TalkFirst(call.account.clone())));
    let now = now.on_press(ready.then_some(Message::SendNow(call.id)));
    let buttons = Row::new().push(first).push(now).spacing(space::S).wrap();
    let all = column![to, buttons].spacing(space::M).width(Length::Fill);
    Some(container(all).padding(space::M).style(shape::card(p.surface, p.line, space::RADIUS)).into())
}

/// How far it has come.
pub fn progress<'a>(cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let words = cx.t(call.handover.filter(|_| !call.state.is_ended())?.key());
    Some(text::caption(words).color(cx.p.muted).into())
}

/// Puts a call that waits through to the one that is talked in.
pub fn together<'a>(cx: Context<'a>, waiting: &Call) -> Option<Element<'a, Message>> {
    let live = cx.model.call().filter(|live| live.id != waiting.id && live.account == waiting.account)?;
    let free = !waiting.joined && waiting.handover.is_none() && live.handover.is_none();
    let through = button::small(cx.p, Kind::Side, Icon::Right, cx.t("transfer-together"));
    free.then(|| through.on_press(Message::PutThrough(waiting.id, live.id)).into())
}

/// The card of what the other side of a call asks for.
pub fn asked<'a>(cx: Context<'a>, referral: &'a Referral) -> Element<'a, Message> {
    let p = cx.p;
    let by = cx.with("transfer-asked-by", "name", cx.model.name(referral.name.as_ref(), &referral.by));
    let to = cx.model.name(None, &referral.to).to_owned();
    let address = referral.to.display();
    let known = (address != to).then(|| text::caption(address.to_owned()).color(p.muted));
    let words = Column::new()
        .push(text::body(by).color(p.text))
        .push(text::title(to).color(p.text))
        .push(known)
        .spacing(2.0)
        .width(Length::Fill);
    let yes = button::half(p, Kind::Good, Icon::Phone, cx.t("transfer-follow"));
    let no = button::half(p, Kind::Side, Icon::Close, cx.t("transfer-refuse"));
    let (yes, no) =
        (yes.on_press(Message::Follow(referral.call, true)), no.on_press(Message::Follow(referral.call, false)));
    let buttons: Element<'a, Message> = if cx.tiny() {
        column![yes, no].spacing(space::S).into()
    } else {
        Row::new().push(no).push(yes).spacing(space::M).into()
    };
    container(column![words, buttons].spacing(space::L))
        .padding(if cx.tiny() { space::M } else { space::L })
        .max_width(400.0)
        .style(shape::floating(p))
        .into()
}
