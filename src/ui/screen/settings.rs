//! The settings: accounts, sound, recordings, network, appearance. Each choice acts at once and is kept by the engine.
use crate::{
    audio::{Country, DeviceChoice, HoldSound, voice::VoiceChoice},
    config::{Appearance, CodesConfig, DesktopConfig, PrivacyConfig, RecordingConfig, WindowConfig},
    domain::{account::AccountId, link::WiredPolicy},
    engine::api::Command,
    ui::{
        context::Context,
        model::Model,
        theme::{shape, space, text},
        widget::scrolled,
        wish::{Place, Then, Wish},
    },
    words::Language,
};
use iced::{
    Element, Length,
    widget::{Column, container},
};

mod accounts;
mod data;
mod desktop;
mod keyboard;
mod look;
mod network;
mod privacy;
mod recording;
mod rules;
mod sound;

pub use accounts::stands;
pub use rules::Draft;

/// A sound device's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// To speak into.
    Microphone,
    /// To hear from.
    Loudspeaker,
    /// To ring on.
    Ring,
}

/// The screen's own state.
#[derive(Default)]
pub struct Settings {
    removing: Option<AccountId>,
    /// The account whose call rules are unfolded, and the form.
    rules: Option<(AccountId, Draft)>,
    open: Option<Use>,
    /// The path of a file to be heard on hold, while it is being typed.
    tune: Option<String>,
    /// Sound is being tried: the meters move.
    pub testing: bool,
    /// Wireless is about to be allowed: the words are shown.
    pub allowing: bool,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Adds an account.
    Add,
    /// Wants to remove one; `None`: not after all.
    Removing(Option<AccountId>),
    /// Removes it.
    Remove(AccountId),
    /// Unfolds an account's call rules; `None`: folds them in.
    Rules(Option<AccountId>),
    /// Changes the form.
    Rule(Box<Draft>),
    /// Keeps what it says.
    KeepRules,
    /// Folds devices out or in.
    Open(Use),
    /// Chooses a device.
    Device(Use, Option<String>),
    /// Switches what is done with the microphone's sound.
    Voice(VoiceChoice),
    /// Chooses whose tones are heard; `None`: those of the desktop's country.
    Tones(Option<Country>),
    /// Chooses what is heard on hold.
    Hold(HoldSound),
    /// Types the path of a file to be heard on hold.
    Tune(String),
    /// Uses that file.
    UseTune,
    /// Chooses how calls are recorded.
    Recording(RecordingConfig),
    /// Chooses what others are told.
    Privacy(PrivacyConfig),
    /// Starts or stops the test.
    Test(bool),
    /// Plays a tone.
    Tone,
    /// Wants to allow wireless, or not after all.
    Allowing(bool),
    /// Chooses which links may be used.
    Links(WiredPolicy),
    /// Chooses how Landline behaves on the desktop around it.
    Desktop(DesktopConfig),
    /// Chooses how codes are treated.
    Codes(CodesConfig),
    /// Starts with the session, or no longer.
    StartWithSession(bool),
    /// Opens links for phones, or no longer.
    OpenLinks(bool),
    /// Ends the program.
    Quit,
    /// Sets a recovery passphrase.
    Recovery,
    /// Chooses colours.
    Appearance(Appearance),
    /// Chooses high contrast; `None`: as the desktop says.
    Contrast(Option<bool>),
    /// Chooses a language; `None`: the desktop's.
    Language(Option<Language>),
    /// Chooses the text size in percent.
    TextSize(u16),
}

/// The device that is none, on purpose.
const SILENCE: &str = "null";
/// The text sizes there are, in percent.
const SIZES: [u16; 6] = [100, 115, 130, 150, 175, 200];

impl Settings {
    /// One step.
    pub fn update(&mut self, message: Message, model: &mut Model) -> Vec<Wish> {
        let ask = |command| vec![Wish::Ask(command, Then::Done)];
        match message {
            Message::Add => return vec![Wish::Go(Place::Welcome)],
            Message::Removing(id) => self.removing = id,
            Message::Remove(id) => {
                self.removing = None;
                return ask(Command::RemoveAccount { id });
            }
            Message::Rules(id) => {
                let known = id.and_then(|id| model.accounts.iter().find(|known| known.config.id == id));
                self.rules = known.map(|known| (known.config.id.clone(), Draft::of(known)));
            }
            Message::Rule(changed) => {
                if let Some((_, draft)) = &mut self.rules {
                    *draft = *changed;
                }
            }
            Message::KeepRules => return self.keep_rules(),
            Message::Open(which) => self.open = (self.open != Some(which)).then_some(which),
            Message::Device(which, device) => {
                self.open = self.open.filter(|open| *open == Use::Ring && device.is_some());
                let choice = chosen(&mut model.sound, which, device);
                let mut wishes = ask(Command::ChooseDevices { choice });
                if self.testing {
                    // the test hears the devices it was started with
                    wishes.push(Wish::Ask(Command::SoundTest { on: true, tone: false }, Then::Done));
                }
                return wishes;
            }
            Message::Voice(voice) => {
                model.sound.voice = voice;
                return ask(Command::ChooseDevices { choice: model.sound.clone() });
            }
            Message::Tones(country) => {
                model.sound.tones = country;
                return ask(Command::ChooseDevices { choice: model.sound.clone() });
            }
            Message::Hold(hold) => {
                self.tune = None;
                model.sound.hold = hold;
                return ask(Command::ChooseDevices { choice: model.sound.clone() });
            }
            Message::Tune(path) => self.tune = Some(path),
            Message::UseTune => {
                let Some(path) = self.tune.as_deref().map(crate::ui::target::path_of) else { return Vec::new() };
                let before = std::mem::replace(&mut model.sound.hold, HoldSound::File(path));
                return vec![Wish::Ask(Command::ChooseDevices { choice: model.sound.clone() }, Then::Tune(before))];
            }
            Message::Recording(recording) => {
                model.recording = recording;
                return ask(Command::SetRecording { recording });
            }
            Message::Privacy(privacy) => {
                model.privacy = privacy;
                return ask(Command::SetPrivacy { privacy });
            }
            Message::Test(on) => {
                self.testing = on;
                model.levels = (0.0, 0.0);
                return ask(Command::SoundTest { on, tone: false });
            }
            Message::Tone => return ask(Command::SoundTest { on: true, tone: true }),
            Message::Allowing(on) => self.allowing = on,
            Message::Links(policy) => {
                self.allowing = false;
                return ask(Command::ChooseLinks { policy });
            }
            Message::Desktop(desktop) => {
                model.desktop = desktop;
                return ask(Command::SetDesktop { desktop });
            }
            Message::Codes(codes) => {
                model.code_rules = codes;
                return ask(Command::SetCodes { codes });
            }
            Message::StartWithSession(yes) => return vec![Wish::StartWithSession(yes)],
            Message::OpenLinks(yes) => return vec![Wish::OpenLinks(yes)],
            Message::Quit => return ask(Command::Quit),
            // the app knows the form of passphrases
            Message::Recovery => return vec![Wish::Go(Place::Unlock)],
            Message::Appearance(appearance) => return keep(model, |window| window.appearance = appearance),
            Message::Contrast(high) => return keep(model, |window| window.contrast = high),
            Message::Language(language) => {
                return keep(model, |window| window.language = language.map(|language| language.code().to_owned()));
            }
            Message::TextSize(size) => return keep(model, |window| window.text_size = size),
        }
        Vec::new()
    }

    /// The engine tells the account anew when they are kept.
    fn keep_rules(&mut self) -> Vec<Wish> {
        let Some((id, draft)) = self.rules.take_if(|(_, draft)| draft.whole().is_some()) else { return Vec::new() };
        let Some(rules) = draft.whole() else { return Vec::new() };
        vec![Wish::Ask(Command::SetRules { id, rules, encryption: draft.encryption }, Then::Done)]
    }

    /// Leaves the screen: what was unfolded is not there when one comes back.
    pub fn leave(&mut self) -> Vec<Wish> {
        let testing = self.testing;
        *self = Self::default();
        if testing { vec![Wish::Ask(Command::SoundTest { on: false, tone: false }, Then::Done)] } else { Vec::new() }
    }
}

fn chosen(sound: &mut DeviceChoice, which: Use, device: Option<String>) -> DeviceChoice {
    match which {
        Use::Microphone => sound.input = device,
        Use::Loudspeaker => sound.output = device,
        Use::Ring => match device {
            None => sound.ring.clear(),
            // several ring at once: choosing one again leaves it out
            Some(id) if sound.ring.contains(&id) => sound.ring.retain(|known| *known != id),
            Some(id) if id == SILENCE => sound.ring = vec![id],
            Some(id) => {
                sound.ring.retain(|known| known != SILENCE);
                sound.ring.push(id);
            }
        },
    }
    sound.clone()
}

fn keep(model: &mut Model, change: impl FnOnce(&mut WindowConfig)) -> Vec<Wish> {
    change(&mut model.window);
    vec![Wish::Ask(Command::SetWindow { window: model.window.clone() }, Then::Done)]
}

/// The next smaller or larger text size.
fn next_size(now: u16, larger: bool) -> Option<u16> {
    if larger { SIZES.into_iter().find(|size| *size > now) } else { SIZES.into_iter().rev().find(|size| *size < now) }
}

/// The screen.
pub fn view<'a>(settings: &'a Settings, cx: Context<'a>) -> Element<'a, Message> {
    let all = Column::new()
        .push(section(cx, "settings-accounts", accounts::view(settings, cx)))
        .push(section(cx, "settings-sound", sound::view(settings, cx)))
        .push(section(cx, "settings-recording", recording::view(cx)))
        .push(section(cx, "settings-privacy", privacy::view(cx)))
        .push(section(cx, "settings-network", network::view(settings, cx)))
        .push(section(cx, "settings-notifications", desktop::notifications(cx)))
        .push(section(cx, "settings-codes", desktop::codes(cx)))
        .push(section(cx, "settings-desktop", desktop::view(cx)))
        .push(section(cx, "settings-data", data::view(cx)))
        .push(section(cx, "settings-look", look::view(cx)))
        .push(section(cx, "settings-keys", keyboard::view(cx)))
        .spacing(space::XL)
        .max_width(space::COLUMN);
    let around = if cx.narrow() { space::L } else { space::XL };
    scrolled(cx.p, container(all).center_x(Length::Fill).padding(around))
}

/// A titled card.
fn section<'a>(cx: Context<'a>, title: &str, content: Element<'a, Message>) -> Element<'a, Message> {
    let p = cx.p;
    let card = container(content).padding(space::L).width(Length::Fill).style(shape::card(
        p.surface,
        p.line,
        space::RADIUS_LARGE,
    ));
    Column::new().push(text::title(cx.t(title)).color(p.text)).push(card).spacing(space::S).into()
}
