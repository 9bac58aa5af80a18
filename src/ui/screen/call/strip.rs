//! A call away from its screen: the card while it rings, and the bar while one talks. Neither takes the keyboard.
use super::Message;
use crate::{
    domain::call::{Call, CallState},
    ui::{
        context::Context,
        moment,
        theme::{shape, space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            icon::{Icon, icon},
            press::{Face, Press},
        },
    },
};
use iced::{
    Alignment, Color, Element, Length,
    widget::{Column, Row, column, container, text::Wrapping},
};

/// The card of a call that rings here.
pub fn incoming<'a>(cx: Context<'a>, call: &'a Call) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(call.name.as_ref(), &call.peer);
    let address = call.peer.display();
    let account = cx.with("call-to-account", "account", cx.model.account_name(&call.account));
    let known = (address != name).then(|| text::caption(address.to_owned()).color(p.muted));
    let words = Column::new()
        .push(text::caption(cx.t("call-incoming")).font(text::STRONG).color(p.good_text))
        .push(text::title(name.to_owned()).color(p.text))
        .push(known)
        .push((!cx.tiny()).then(|| text::caption(account).color(p.muted)))
        .spacing(2.0)
        .width(Length::Fill);
    let picture = (!cx.tiny()).then(|| avatar(p, name, call.peer.rest(), 56.0));
    let who = Row::new().push(picture).push(words).spacing(space::M).align_y(Alignment::Center);
    let answer = button::half(p, Kind::Good, Icon::Phone, cx.t("call-answer")).on_press(Message::Answer(call.id));
    let decline = button::half(p, Kind::Bad, Icon::HangUp, cx.t("call-decline")).on_press(Message::Decline(call.id));
    let buttons: Element<'a, Message> = if cx.tiny() {
        column![answer, decline].spacing(space::S).into()
    } else {
        Row::new().push(decline).push(answer).spacing(space::M).into()
    };
    container(column![who, buttons].spacing(if cx.tiny() { space::S } else { space::L }))
        .padding(if cx.tiny() { space::M } else { space::L })
        .max_width(400.0)
        .style(shape::floating(p))
        .into()
}

/// The bar of the call one talks in.
pub fn bar<'a>(cx: Context<'a>, call: &'a Call) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(call.name.as_ref(), &call.peer);
    let timer = call.answered_at.map(|from| moment::timer(from, cx.now));
    let stands = match (timer, call.state) {
        (Some(timer), CallState::Active) => timer,
        (Some(timer), _) => format!("{} {timer}", cx.t(call.key())),
        (None, _) => cx.t(call.key()),
    };
    // that it is recorded is seen on every screen
    let recorded = call.recording.is_some();
    let sign = recorded.then(|| {
        let word = (!cx.narrow()).then(|| text::strong(cx.t("call-recording")).color(p.on_bad));
        let sign = Row::new().push(icon(Icon::Record, 15.0).color(p.on_bad)).push(word).spacing(space::XS);
        let sign = container(sign.align_y(Alignment::Center)).padding([space::XS, space::S]);
        button::hint(p, sign.style(shape::round(p.bad, space::PILL)), cx.t("call-recording"))
    });
    let line = Row::new()
        .push((!recorded).then(|| icon(Icon::Phone, 15.0)))
        .push(sign)
        .push(container(text::strong(name.to_owned()).wrapping(Wrapping::None)).clip(true))
        .push(text::caption(stands).font(text::STRONG))
        .spacing(space::S)
        .align_y(Alignment::Center);
    let back =
        Press::new(container(line).center_y(Length::Fill).width(Length::Fill).clip(true), p.focus, move |status| {
            Face {
                ground: if status.hovered { p.good_hover } else { Color::TRANSPARENT },
                text: p.on_good,
                line: Color::TRANSPARENT,
                radius: space::RADIUS,
            }
        })
        .ring_inside()
        .width(Length::Fill)
        .height(space::CONTROL)
        .padding([0.0, space::M])
        .on_press(Message::Show);
    let (mic, mute) = if call.muted { (Icon::MicOff, "call-unmute") } else { (Icon::Mic, "call-mute") };
    let kind = if call.muted { Kind::On } else { Kind::Good };
    let mute = button::round(p, kind, mic, cx.t(mute), Message::Mute(call.id, !call.muted));
    let end = button::round(p, Kind::Bad, Icon::HangUp, cx.t("call-hang-up"), Message::HangUp(call.id));
    let back = button::hint(p, back, cx.t("call-return"));
    let mute = (!cx.tiny()).then_some(mute);
    let bar = Row::new().push(back).push(mute).push(end).spacing(space::S).align_y(Alignment::Center);
    container(bar).padding([space::XS, space::S]).width(Length::Fill).style(shape::fill(p.good)).into()
}
