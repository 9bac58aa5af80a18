//! Sound devices, with meters and a tone to try them. The meters move only while the test runs.
use super::{Message, SILENCE, Settings, Use};
use crate::{
    audio::{Country, Device, HoldSound, voice::VoiceChoice},
    ui::{
        context::Context,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            choice, field,
            icon::{Icon, icon},
            meter::meter,
            notice, pile,
        },
    },
};
use iced::{
    Alignment, Element,
    widget::{Column, Row, row},
};

/// The section.
pub fn view<'a>(settings: &'a Settings, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let model = cx.model;
    let (inputs, outputs) = (&model.devices.inputs, &model.devices.outputs);
    let told = |key| notice::problem(p, cx.t(key));
    let deaf = match (model.no_microphone, model.other_microphone) {
        (true, _) => Some(told("settings-no-microphone")),
        (false, other) => other.then(|| told("settings-other-microphone")),
    };
    let mute = match (model.no_loudspeaker, model.other_loudspeaker) {
        (true, _) => Some(told("settings-no-loudspeaker")),
        (false, other) => other.then(|| told("settings-other-loudspeaker")),
    };
    pile(
        space::L,
        [
            Some(devices(settings, cx, Use::Microphone, inputs, model.sound.input.as_slice())),
            deaf,
            Some(devices(settings, cx, Use::Loudspeaker, outputs, model.sound.output.as_slice())),
            mute,
            Some(devices(settings, cx, Use::Ring, outputs, &model.sound.ring)),
            Some(voice(cx)),
            Some(tones(cx)),
            Some(hold(settings, cx)),
            Some(test(settings, cx)),
        ],
    )
    .into()
}

fn devices<'a>(
    settings: &Settings,
    cx: Context<'a>,
    which: Use,
    all: &'a [Device],
    chosen: &'a [String],
) -> Element<'a, Message> {
    let label = match which {
        Use::Microphone => "settings-microphone",
        Use::Loudspeaker => "settings-loudspeaker",
        Use::Ring => "settings-ring-on",
    };
    let default = || match (which, all.iter().find(|device| device.default)) {
        (Use::Ring, _) => cx.t("settings-ring-same"),
        (_, Some(device)) => cx.with("settings-device-default-named", "name", &device.name),
        (_, None) => cx.t("settings-device-default"),
    };
    let name = |id: Option<&str>| match id {
        None => default(),
        Some(SILENCE) => cx.t("settings-device-silence"),
        Some(id) => match all.iter().find(|device| device.id == id) {
            Some(device) => device.name.clone(),
            None => cx.with("settings-device-gone", "name", id),
        },
    };
    let option = |id: Option<String>| {
        let on = id.as_ref().map_or(chosen.is_empty(), |id| chosen.contains(id));
        (name(id.as_deref()), on, Message::Device(which, id))
    };
    let now = match chosen {
        [] => name(None),
        all => all.iter().map(|id| name(Some(id))).collect::<Vec<_>>().join(", "),
    };
    let mut options = vec![option(None)];
    options.extend(all.iter().map(|device| option(Some(device.id.clone()))));
    options.push(option(Some(SILENCE.to_owned())));
    let open = settings.open == Some(which);
    field::labelled(cx.p, cx.t(label), choice::fold(cx.p, now, open, Message::Open(which), options), None)
}

/// What is done with the microphone's sound: each can be switched.
fn voice<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let now = cx.model.sound.voice;
    let options = [
        ("settings-voice-echo", now.echo, VoiceChoice { echo: !now.echo, ..now }),
        ("settings-voice-noise", now.noise, VoiceChoice { noise: !now.noise, ..now }),
        ("settings-voice-gain", now.gain, VoiceChoice { gain: !now.gain, ..now }),
    ];
    let switches = choice::segments(cx.p, options.map(|(key, on, voice)| (cx.t(key), on, Message::Voice(voice))));
    field::labelled(cx.p, cx.t("settings-voice"), switches, None)
}

/// Whose telephones' tones are heard.
fn tones<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let key = |country: Option<Country>| match country {
        None => "settings-tones-automatic",
        Some(Country::Us) => "settings-tones-us",
        Some(Country::Mx) => "settings-tones-mx",
        Some(Country::Eu) => "settings-tones-eu",
    };
    let all = [None].into_iter().chain(Country::ALL.map(Some));
    let options = all.map(|country| (cx.t(key(country)), cx.model.sound.tones == country, Message::Tones(country)));
    field::labelled(cx.p, cx.t("settings-tones"), choice::segments(cx.p, options), None)
}

/// What somebody hears whom the person puts on hold.
fn hold<'a>(settings: &Settings, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let now = &cx.model.sound.hold;
    let kept = if let HoldSound::File(path) = now { Some(path.to_string_lossy().into_owned()) } else { None };
    let typed = settings.tune.clone().or_else(|| kept.clone());
    let options = [
        (
            cx.t("settings-hold-silence"),
            typed.is_none() && *now == HoldSound::Silence,
            Message::Hold(HoldSound::Silence),
        ),
        (cx.t("settings-hold-tune"), typed.is_none() && *now == HoldSound::Tune, Message::Hold(HoldSound::Tune)),
        (cx.t("settings-hold-file"), typed.is_some(), Message::Tune(typed.clone().unwrap_or_default())),
    ];
    let path = typed.map(|typed| {
        let (used, hint) = (kept.as_ref() == Some(&typed), cx.t("settings-hold-path-hint"));
        let input = field::bare(p, &hint, &typed).on_input(Message::Tune).on_submit(Message::UseTune);
        let button = button::button(p, Kind::Side, cx.t("settings-hold-use"));
        let button = button.on_press((!used && !typed.trim().is_empty()).then_some(Message::UseTune));
        let both = Column::new().push(input).push(button).spacing(space::S);
        field::labelled(p, cx.t("settings-hold-path"), both, None)
    });
    let choice = field::labelled(p, cx.t("settings-hold"), choice::segments(p, options), None);
    pile(space::M, [Some(choice), path]).into()
}

fn test<'a>(settings: &Settings, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    if !settings.testing {
        let start =
            button::with_icon(p, Kind::Side, Icon::Mic, cx.t("settings-test-start")).on_press(Message::Test(true));
        return Row::new().push(start).into();
    }
    let (input, output) = cx.model.levels;
    let line = |picture: Icon, level: f32| {
        row![icon(picture, 16.0).color(p.muted), meter(p, level)].spacing(space::M).align_y(Alignment::Center)
    };
    let buttons = Row::new()
        .push(button::with_icon(p, Kind::Side, Icon::Loudspeaker, cx.t("settings-test-tone")).on_press(Message::Tone))
        .push(button::button(p, Kind::Side, cx.t("settings-test-stop")).on_press(Message::Test(false)))
        .spacing(space::S)
        .wrap();
    Column::new()
        .push(text::caption(cx.t("settings-test-about")).color(p.muted))
        .push(line(Icon::Mic, input))
        .push(line(Icon::Loudspeaker, output))
        .push(buttons)
        .spacing(space::M)
        .into()
}
