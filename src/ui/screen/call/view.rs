//! What the call screen looks like.
use super::{Message, Screen, state};
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
            keypad::keypad,
            notice, scrolled, slot,
        },
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, column, container},
};

/// The screen: the call one talks in, or why the last one ended.
pub fn view<'a>(screen: &'a Screen, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let Some(call) = cx.model.call().or(cx.model.ended.as_ref()) else {
        return container(notice::empty(p, Icon::Phone, cx.t("refusal-no-call"), None)).center(Length::Fill).into();
    };
    let over = call.state.is_ended();
    let name = cx.model.name(call.name.as_ref(), &call.peer);
    let address = call.peer.display();
    let away =
        button::round(p, Kind::Quiet, if over { Icon::Close } else { Icon::Down }, cx.t("action-back"), Message::Leave);
    let small = cx.low() || (screen.keypad && cx.size.height < 720.0);
    let picture = avatar(p, name, call.peer.rest(), if small { 56.0 } else { 104.0 });
    let known = (address != name).then(|| text::body(address.to_owned()).color(p.muted));
    let who = Column::new()
        .push(picture)
        .push(text::heading(name.to_owned()).color(p.text).align_x(iced::Center))
        .push(known)
        .push(stand(cx, call))
        .push(slot(warnings(cx, call)))
        .spacing(space::S)
        .align_x(Alignment::Center);
    let keys = (screen.keypad && !over).then(|| {
        let id = call.id;
        let sent = call.dtmf_sent.expose();
        let sent = if sent.is_empty() { cx.t("call-keys-hint") } else { cx.with("call-keys-sent", "keys", sent) };
        let pad = keypad(p, if small { 44.0 } else { 54.0 }, move |key| Message::Key(id, key));
        column![text::caption(sent).color(p.text), pad].spacing(space::S).align_x(Alignment::Center).into()
    });
    let actions = if over { ended(cx, call) } else { controls(screen, cx, call) };
    let others = cx.model.calls.iter().filter(|other| other.id != call.id && other.state == CallState::Held);
    let others = others.map(|other| waiting(cx, other));
    let content = Column::new()
        .push(who)
        .push(slot(keys))
        .push(actions)
        .extend(others)
        .spacing(if small { space::L } else { space::XL })
        .align_x(Alignment::Center)
        .max_width(440.0);
    let top = container(away).padding([space::S, space::S]);
    let body = container(content).center_x(Length::Fill).padding(space::L);
    column![top, scrolled(p, body)].into()
}

/// The timer once it is answered, the state in words before and beside it.
fn stand<'a>(cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let words = cx.t(state(call));
    let timer = call.answered_at.filter(|_| !call.state.is_ended()).map(|from| moment::timer(from, cx.now));
    let line = match (timer, call.state) {
        (Some(timer), CallState::Active) if !call.held_there => timer,
        (Some(timer), _) => format!("{words} · {timer}"),
        (None, _) => words,
    };
    let size = if call.state == CallState::Active { text::TITLE } else { text::BODY };
    let codec = call.codec.as_ref().filter(|_| call.state == CallState::Active);
    let codec = codec.map(|codec| text::caption(cx.with("call-codec", "codec", codec)).color(p.muted));
    Column::new()
        .push(
            text::mono(line, size)
                .font(if call.state == CallState::Active { text::MONO } else { text::SANS })
                .color(p.text),
        )
        .push(codec)
        .spacing(2.0)
        .align_x(Alignment::Center)
        .into()
}

/// What must be seen at a glance.
fn warnings<'a>(cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let p = cx.p;
    if call.state.is_ended() {
        return None;
    }
    let tag = |picture: Icon, words: String| {
        let inside = Row::new()
            .push(icon(picture, 15.0).color(p.canvas))
            .push(text::strong(words).color(p.canvas))
            .spacing(space::S)
            .align_y(Alignment::Center);
        Element::from(container(inside).padding([space::XS + 1.0, space::M]).style(shape::round(p.text, space::PILL)))
    };
    let muted = call.muted.then(|| tag(Icon::MicOff, cx.t("call-muted")));
    let held = call.held_there.then(|| tag(Icon::Pause, cx.t("call-held-there")));
    let deaf = cx.model.no_microphone.then(|| notice::problem(p, cx.t("settings-no-microphone")));
    let mute = cx.model.no_loudspeaker.then(|| notice::problem(p, cx.t("settings-no-loudspeaker")));
    let all: Vec<_> = [muted, held, deaf, mute].into_iter().flatten().collect();
    (!all.is_empty()).then(|| Column::with_children(all).spacing(space::S).align_x(Alignment::Center).into())
}

fn controls<'a>(screen: &Screen, cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let id = call.id;
    let talks = matches!(call.state, CallState::Active | CallState::Held);
    let (mic, mute) = if call.muted { (Icon::MicOff, "call-unmute") } else { (Icon::Mic, "call-mute") };
    let held = call.state == CallState::Held;
    let (pause, hold) = if held { (Icon::Play, "call-resume") } else { (Icon::Pause, "call-hold") };
    let on = |on: bool| if on { Kind::On } else { Kind::Side };
    let can = |message: Message, can: bool| can.then_some(message);
    let hold_message = if held { Message::Resume(id) } else { Message::Hold(id) };
    let three = Row::new()
        .push(button::tall(p, on(call.muted), mic, cx.t(mute), can(Message::Mute(id, !call.muted), talks)))
        .push(button::tall(p, on(screen.keypad), Icon::Keypad, cx.t("call-keypad"), can(Message::Keypad, talks)))
        .push(button::tall(p, on(held), pause, cx.t(hold), can(hold_message, talks)))
        .spacing(space::M);
    let end = button::hang_up(p, cx.t("call-hang-up")).on_press(Message::HangUp(id));
    column![three, end].spacing(space::L).align_x(Alignment::Center).into()
}

fn ended<'a>(cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let known = cx.model.conversations.iter().find(|known| known.peer == call.peer);
    let write = known.map(|known| {
        button::with_icon(p, Kind::Side, Icon::Messages, cx.t("call-message")).on_press(Message::Write(known.id))
    });
    let close = button::button(p, Kind::Main, cx.t("action-close")).on_press(Message::Seen);
    Row::new().push(write).push(close).spacing(space::S).wrap().into()
}

/// A call that waits on hold.
fn waiting<'a>(cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(call.name.as_ref(), &call.peer).to_owned();
    let words = column![text::strong(name).color(p.text), text::caption(cx.t("call-held")).color(p.muted)];
    let resume = button::small(p, Kind::Side, Icon::Play, cx.t("call-resume")).on_press(Message::Resume(call.id));
    let end = button::small(p, Kind::Bad, Icon::HangUp, cx.t("call-hang-up")).on_press(Message::HangUp(call.id));
    let line =
        Row::new().push(words.width(Length::Fill)).push(resume).push(end).spacing(space::S).align_y(Alignment::Center);
    container(line).padding(space::M).style(shape::card(p.surface, p.line, space::RADIUS)).into()
}
