//! What the call screen looks like.
use super::{Message, Screen, line, transfer};
use crate::{
    domain::call::{Call, CallState},
    ui::{
        context::Context,
        moment,
        theme::{shape, space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            field,
            icon::{Icon, icon},
            keypad::keypad,
            notice, pile, scrolled, slot,
        },
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    widget::{Column, Row, column, container, text::Wrapping},
};

/// The screen: the call one talks in, or why the last one ended.
pub fn view<'a>(screen: &'a Screen, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let Some(call) = cx.model.call().or(cx.model.ended.as_ref()) else {
        return container(notice::empty(p, Icon::Phone, cx.t("refusal-no-call"), None)).center(Length::Fill).into();
    };
    let over = call.state.is_ended();
    let keys = (screen.keypad && !over).then(|| {
        let id = call.id;
        let sent = call.dtmf_sent.expose();
        let sent = if sent.is_empty() { cx.t("call-keys-hint") } else { cx.with("call-keys-sent", "keys", sent) };
        let pad = keypad(p, if cx.size.height < 720.0 { 44.0 } else { 56.0 }, move |key| Message::Key(id, key));
        let note =
            field::bare(p, &cx.t("call-note-hint"), screen.noted(id)).on_input(move |note| Message::Note(id, note));
        let note =
            container(field::labelled(p, cx.t("call-note"), note, Some(cx.t("call-note-about")))).max_width(300.0);
        column![text::caption(sent).color(p.text), pad, note].spacing(space::S).align_x(Alignment::Center).into()
    });
    let hand = if over { None } else { transfer::panel(screen, cx, call) };
    let figures = if screen.details && !over { line::details(cx, call) } else { None };
    let others =
        cx.model.calls.iter().filter(|other| other.id != call.id && (other.state == CallState::Held || other.joined));
    let others: Vec<_> = others.map(|other| waiting(cx, other)).collect();
    let others = (!others.is_empty()).then(|| Column::with_children(others).spacing(space::S).into());
    let loud = call.joined.then(|| container(line::volume(cx, call)).max_width(400.0).into());
    let warnings = warnings(cx, call);
    // in a wide window the keypad stands beside the rest
    let beside = !cx.narrow();
    let full = [
        keys.is_some() && (!beside || figures.is_some()),
        figures.is_some() && !beside,
        others.is_some(),
        warnings.is_some(),
        call.joined,
        hand.is_some(),
    ];
    let height = full.into_iter().filter(|there| *there).fold(560.0, |height, _| height + 150.0);
    // what ends the call never scrolls away: where all does not fit, the rest is made small and scrolls
    if cx.size.height < height {
        let line = line::sentence(screen, cx, call);
        return small(screen, cx, call, [line, warnings, hand, figures, loud, keys, others]);
    }
    let name = cx.who(call);
    let address = call.peer.display();
    let who = Column::new()
        .push(avatar(p, &name, call.peer.rest(), 104.0))
        .push(text::heading(name.clone()).color(p.text).align_x(iced::Center))
        .push((address != name && !call.peer.is_hidden()).then(|| text::body(address.to_owned()).color(p.muted)))
        .push(stand(cx, call, Alignment::Center))
        .push(line::sentence(screen, cx, call))
        .spacing(space::S)
        .align_x(Alignment::Center);
    let actions = if over { ended(cx, call) } else { controls(screen, cx, call) };
    let there = keys.is_some() || figures.is_some();
    let width = if figures.is_some() { 400.0 } else { 300.0 };
    let more = || pile(space::L, [figures, keys]).align_x(Alignment::Center);
    let more: Option<Element<'a, Message>> = there.then(|| container(more()).max_width(width).into());
    let (below, aside) = if beside { (None, more) } else { (more, None) };
    let content = pile(space::XL, [Some(who.into()), loud, warnings, hand, below, others, Some(actions)]);
    let content = content.align_x(Alignment::Center).max_width(440.0);
    // always a row where there is room for one: what has the keyboard keeps it when something unfolds
    let content: Element<'a, Message> = if beside {
        let content = container(content).center_x(440.0);
        let (gap, width) = if there { (space::XXL, Length::Fixed(width + space::XXL)) } else { (0.0, Length::Shrink) };
        let aside = container(slot(aside)).width(width).padding(Padding::ZERO.left(gap));
        Row::new().push(content).push(aside).align_y(Alignment::Center).into()
    } else {
        content.into()
    };
    let back = container(back(cx)).padding([space::XS, space::S]);
    column![back, container(content).center(Length::Fill).padding(space::L)].into()
}

fn back<'a>(cx: Context<'a>) -> Element<'a, Message> {
    button::with_icon(cx.p, Kind::Quiet, Icon::Back, cx.t("action-back")).on_press(Message::Leave).into()
}

/// The same in a small window: who in one line above, what can be done in one line below.
fn small<'a>(
    screen: &Screen,
    cx: Context<'a>,
    call: &'a Call,
    rest: [Option<Element<'a, Message>>; 7],
) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.who(call);
    let back = button::round(p, Kind::Quiet, Icon::Back, cx.t("action-back"), Message::Leave);
    let picture = (!cx.tiny()).then(|| avatar(p, &name, call.peer.rest(), 44.0));
    let words = Column::new().push(text::title(name).color(p.text).wrapping(Wrapping::None)).push(stand(
        cx,
        call,
        Alignment::Start,
    ));
    let words = container(words).width(Length::Fill).clip(true);
    let top = Row::new().push(back).push(picture).push(words).spacing(space::M).align_y(Alignment::Center);
    let rest = pile(space::M, rest).align_x(Alignment::Center).max_width(440.0);
    let actions = if call.state.is_ended() { ended(cx, call) } else { one_line(screen, cx, call) };
    column![
        container(top).padding([space::S, space::S]),
        scrolled(p, container(rest).center_x(Length::Fill).padding(Padding::from([space::S, space::L]))),
        container(actions).center_x(Length::Fill).padding([space::S, if cx.tiny() { space::S } else { space::L }])
    ]
    .into()
}

/// The timer once it is answered, the state in words before and beside it.
fn stand<'a>(cx: Context<'a>, call: &Call, side: Alignment) -> Element<'a, Message> {
    let p = cx.p;
    let words = cx.t(call.key());
    let timer = call.answered_at.filter(|_| !call.state.is_ended()).map(|from| moment::timer(from, cx.now));
    let line = match (timer, call.state) {
        (Some(timer), CallState::Active) if !call.held_there => timer,
        (Some(timer), _) => format!("{words} · {timer}"),
        (None, _) => words,
    };
    let size = if call.state == CallState::Active { text::TITLE } else { text::BODY };
    let codec = call.codec.as_ref().filter(|_| call.state == CallState::Active);
    let codec = codec.map(|codec| text::caption(cx.with("call-codec", "codec", codec)).color(p.muted));
    let locked = call.encryption.filter(|_| !call.state.is_ended()).map(|encryption| {
        let color = if encryption.is_sound() { p.good_text } else { p.muted };
        let words = text::caption(cx.t(encryption.key())).color(color);
        Row::new().push(icon(Icon::Lock, 13.0).color(color)).push(words).spacing(space::XS).align_y(Alignment::Center)
    });
    Column::new()
        .push(
            text::mono(line, size)
                .font(if call.state == CallState::Active { text::MONO } else { text::SANS })
                .color(p.text),
        )
        .push(cx.forwarded(call).map(|words| text::caption(words).color(p.muted)))
        .push(transfer::progress(cx, call))
        .push(codec)
        .push(locked)
        .spacing(2.0)
        .align_x(side)
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
    let searching = call.searching.then(|| {
        let key = if cx.model.wired.allowed { "call-searching" } else { "call-cable-out" };
        notice::problem(p, cx.t(key))
    });
    let deaf = cx.model.no_microphone.then(|| notice::problem(p, cx.t("settings-no-microphone")));
    let mute = cx.model.no_loudspeaker.then(|| notice::problem(p, cx.t("settings-no-loudspeaker")));
    let stays = cx
        .model
        .transfer_failed
        .filter(|(id, _)| *id == call.id)
        .map(|(_, reason)| notice::problem(p, cx.with("transfer-failed", "reason", &cx.t(reason.key()))));
    let failed = cx.model.recording_failed.map(|reason| notice::problem(p, cx.t(reason.key())));
    let all: Vec<_> =
        [recording(cx, call), muted, held, stays, searching, failed, deaf, mute].into_iter().flatten().collect();
    (!all.is_empty()).then(|| Column::with_children(all).spacing(space::S).align_x(Alignment::Center).into())
}

/// That it is recorded, which nobody may overlook: a sign, words, for how long, and where.
fn recording<'a>(cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let path = call.recording.as_ref()?;
    let time = call.recording_since.map(|since| moment::timer(since, cx.now));
    let words = time.map_or_else(|| cx.t("call-recording"), |time| format!("{} {time}", cx.t("call-recording")));
    let inside = Row::new()
        .push(icon(Icon::Record, 15.0).color(p.on_bad))
        .push(text::strong(words).color(p.on_bad))
        .spacing(space::S)
        .align_y(Alignment::Center);
    let sign = container(inside).padding([space::XS + 1.0, space::M]).style(shape::round(p.bad, space::PILL));
    let place = text::caption(cx.with("call-recording-into", "path", &path.to_string_lossy())).color(p.muted);
    Some(Column::new().push(sign).push(place.align_x(iced::Center)).spacing(2.0).align_x(Alignment::Center).into())
}

/// What can be done with a call besides hanging up: whether it is on, its picture, its word, what it means.
fn actions(screen: &Screen, call: &Call) -> [(bool, Icon, &'static str, Option<Message>); 5] {
    let id = call.id;
    let talks = matches!(call.state, CallState::Active | CallState::Held);
    let can = |message: Message| talks.then_some(message);
    let (mic, mute) = if call.muted { (Icon::MicOff, "call-unmute") } else { (Icon::Mic, "call-mute") };
    let held = call.state == CallState::Held;
    let recorded = call.recording.is_some();
    let record = if recorded { "call-record-stop" } else { "call-record" };
    let transfer = can(Message::Transfer).filter(|_| call.handover.is_none());
    let (pause, hold) = if held { (Icon::Play, "call-resume") } else { (Icon::Pause, "call-hold") };
    [
        (call.muted, mic, mute, can(Message::Mute(id, !call.muted))),
        (screen.keypad, Icon::Keypad, "call-keypad", can(Message::Keypad)),
        (held, pause, hold, can(if held { Message::Resume(id) } else { Message::Hold(id) })),
        (recorded, Icon::Record, record, can(Message::Record(id, !recorded))),
        (screen.transfer.is_some(), Icon::Outgoing, "call-transfer", transfer),
    ]
}

fn controls<'a>(screen: &Screen, cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let all = actions(screen, call).map(|(on, picture, word, message)| {
        button::tall(p, if on { Kind::On } else { Kind::Side }, picture, cx.t(word), message)
    });
    let end = button::hang_up(p, cx.t("call-hang-up")).on_press(Message::HangUp(call.id));
    let all = container(Row::with_children(all).spacing(space::XS)).max_width(400.0);
    column![all, end].spacing(space::L).align_x(Alignment::Center).into()
}

fn one_line<'a>(screen: &Screen, cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let all = actions(screen, call).map(|(on, picture, word, message)| {
        button::round(p, if on { Kind::On } else { Kind::Side }, picture, cx.t(word), message)
    });
    let end = Message::HangUp(call.id);
    if cx.tiny() {
        // there is no room for a word
        let [mute, keypad, hold, record, transfer] = all;
        let first = Row::with_children([mute, keypad, hold]).spacing(space::S);
        let sign = button::round(p, Kind::Bad, Icon::HangUp, cx.t("call-hang-up"), end);
        let second = Row::with_children([record, transfer, sign]).spacing(space::S);
        return column![first, second].spacing(space::XS).align_x(Alignment::Center).into();
    }
    if cx.narrow() {
        // six in a row leave no room for a word: what ends the call has a row of its own, to be hit in a hurry
        let all = Row::with_children(all).spacing(space::S);
        let end = button::hang_up(p, cx.t("call-hang-up")).on_press(end);
        return column![all, end].spacing(space::S).align_x(Alignment::Center).into();
    }
    let end = button::with_icon(p, Kind::Bad, Icon::HangUp, cx.t("call-hang-up")).on_press(end);
    Row::with_children(all).push(end).spacing(space::S).align_y(Alignment::Center).into()
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
    let words = column![
        text::strong(name).color(p.text),
        text::caption(cx.t(if call.joined { "call-joined" } else { "call-held" })).color(p.muted)
    ];
    let resume = if call.joined {
        button::small(p, Kind::Side, Icon::Pause, cx.t("call-hold")).on_press(Message::Hold(call.id))
    } else {
        button::small(p, Kind::Side, Icon::Play, cx.t("call-resume")).on_press(Message::Resume(call.id))
    };
    let join =
        (!call.joined).then(|| button::small(p, Kind::Side, Icon::Plus, cx.t("call-join")).on_press(Message::Join));
    let end = button::small(p, Kind::Bad, Icon::HangUp, cx.t("call-hang-up")).on_press(Message::HangUp(call.id));
    let buttons = Row::new()
        .push(resume)
        .push(transfer::together(cx, call))
        .push(join)
        .push(end)
        .spacing(space::S)
        .align_y(Alignment::Center)
        .wrap();
    let loud = call.joined.then(|| line::volume(cx, call));
    let trouble = line::trouble(cx, call);
    let all = Column::new().push(words).push(trouble).push(loud).push(buttons).spacing(space::S).width(Length::Fill);
    container(all).padding(space::M).style(shape::card(p.surface, p.line, space::RADIUS)).into()
}
