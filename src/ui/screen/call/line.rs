//! How the call's line does: one quiet sentence, and on demand its figures, a graph of the last minute, and how loud the
//! other side is.
use super::{Message, Screen};
use crate::{
    domain::{
        call::{AS_IT_COMES, Call, CallState, LOUDEST},
        quality::{Quality, Verdict},
    },
    ui::{
        context::Context,
        model::DRAWN,
        moment,
        theme::{shape, space, text},
        widget::{
            bars::bars,
            button::{self, Kind},
            icon::{Icon, icon},
        },
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, column, container},
};

/// How loud one may hear the other side, in percent: steps of 3 dB.
const STEPS: [u16; 9] = [25, 35, 50, 70, AS_IT_COMES, 140, 200, 280, LOUDEST];

/// The sentence, and what unfolds the rest; nothing while there is nothing to say.
pub fn sentence<'a>(screen: &Screen, cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let verdict = verdict(call)?;
    // a notice says so already
    let told = verdict == Verdict::NoMicrophone && cx.model.no_microphone;
    let arrow = if screen.details { Icon::Up } else { Icon::Down };
    let more = button::small(cx.p, Kind::Quiet, arrow, cx.t("call-details")).on_press(Message::Details);
    Some(Column::new().push((!told).then(|| words(cx, verdict))).push(more).align_x(Alignment::Center).into())
}

/// What is wrong with the line of one of several calls.
pub fn trouble<'a>(cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    verdict(call).filter(|verdict| *verdict != Verdict::Good).map(|verdict| words(cx, verdict))
}

fn verdict(call: &Call) -> Option<Verdict> {
    let talked_in = call.state == CallState::Active && !call.held_there;
    call.quality.filter(|_| talked_in).map(|quality| quality.verdict)
}

fn words<'a>(cx: Context<'a>, verdict: Verdict) -> Element<'a, Message> {
    let good = verdict == Verdict::Good;
    let color = if good { cx.p.muted } else { cx.p.warn_text };
    let mark = (!good).then(|| icon(Icon::Alert, 13.0).color(color));
    let words = text::caption(cx.words.verdict(verdict)).color(color).align_x(iced::Center);
    Row::new().push(mark).push(words).spacing(space::XS).align_y(Alignment::Center).into()
}

/// The figures, the graph and the volume.
pub fn details<'a>(cx: Context<'a>, call: &Call) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let quality = call.quality?;
    let all = Column::new()
        .push(figures(cx, &quality))
        .push(graph(cx, call, "quality-heard", |quality| Some(quality.heard.loss_permille)))
        .push(graph(cx, call, "quality-said", |quality| Some(quality.said?.loss_permille)))
        .push((!call.joined).then(|| volume(cx, call)))
        .spacing(space::M)
        .width(Length::Fill);
    Some(container(all).padding(space::M).max_width(400.0).style(shape::card(p.surface, p.line, space::RADIUS)).into())
}

/// How loud the other side is, with a softer and a louder.
pub fn volume<'a>(cx: Context<'a>, call: &Call) -> Element<'a, Message> {
    let p = cx.p;
    let id = call.id;
    let turn = |to: Option<u16>| to.map(|percent| Message::Volume(id, percent));
    let softer = STEPS.into_iter().rfind(|step| *step < call.volume);
    let louder = STEPS.into_iter().find(|step| *step > call.volume);
    let words = cx.with("call-volume", "percent", &call.volume.to_string());
    let words = Row::new()
        .push(icon(Icon::Loudspeaker, 16.0).color(p.muted))
        .push(text::caption(words).color(p.text).width(Length::Fill))
        .spacing(space::S)
        .align_y(Alignment::Center);
    let buttons = Row::new()
        .push(button::round(p, Kind::Side, Icon::Minus, cx.t("call-softer"), turn(softer)))
        .push(button::round(p, Kind::Side, Icon::Plus, cx.t("call-louder"), turn(louder)))
        .spacing(space::S);
    if cx.tiny() {
        return column![words, buttons].spacing(space::XS).into();
    }
    Row::new().push(words).push(buttons).spacing(space::S).align_y(Alignment::Center).into()
}

fn share(permille: u16) -> String {
    format!("{}.{} %", permille / 10, permille % 10)
}

/// Rows of a word and what comes; what goes stands beside it.
fn figures<'a>(cx: Context<'a>, quality: &Quality) -> Element<'a, Message> {
    let p = cx.p;
    let time = |ms: u32| format!("{ms} ms");
    let none = || "–".to_owned();
    let (heard, said) = (quality.heard, quality.said);
    let rows = [
        ("quality-loss", share(heard.loss_permille), said.map(|said| share(said.loss_permille))),
        ("quality-jitter", time(heard.jitter_ms), said.map(|said| time(said.jitter_ms))),
        ("quality-concealed", share(heard.concealed_permille), None),
        ("quality-delay", time(heard.delay_ms), None),
        ("quality-round-trip", quality.round_trip_ms.map_or_else(none, time), None),
    ];
    let cell = |words: String| text::caption(words).color(p.text).width(Length::FillPortion(3)).align_x(iced::Right);
    let head = |key: &str| cell(cx.t(key)).font(text::STRONG);
    let word = |words: String| text::caption(words).color(p.muted).width(Length::FillPortion(4));
    let head = Row::new().push(word(String::new())).push(head("quality-heard")).push(head("quality-said"));
    let rows = rows.into_iter().map(|(key, heard, said)| {
        let said = cell(said.unwrap_or_else(none));
        Row::new().push(word(moment::capital(&cx.t(key)))).push(cell(heard)).push(said).spacing(space::S).into()
    });
    let untold = said.is_none().then(|| {
        let words = format!("{}: {}", cx.t("quality-said"), cx.t("quality-unreported"));
        text::caption(words).color(p.muted)
    });
    Column::new().push(head.spacing(space::S)).extend(rows).push(untold).spacing(2.0).into()
}

/// What was lost in the last minute in one direction.
fn graph<'a>(
    cx: Context<'a>,
    call: &Call,
    direction: &str,
    loss: impl Fn(&Quality) -> Option<u16>,
) -> Element<'a, Message> {
    let p = cx.p;
    let line = cx.model.lines.get(&call.id);
    let values = line.into_iter().flatten().map(|quality| loss(quality).unwrap_or(0));
    let words = format!("{}: {}", cx.t(direction), cx.t("quality-loss"));
    column![text::caption(words).color(p.muted), bars(p, DRAWN, values.collect())].spacing(2.0).into()
}
