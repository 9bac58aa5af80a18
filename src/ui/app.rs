//! The window without a window: all state, moved on by messages, drawn by `frame`. Pure but for the time it is handed;
//! what has to happen outside comes out as wishes.
use super::{
    alert::Alerts,
    context::Context,
    feed::Feed,
    keys::Shortcut,
    model::Model,
    screen::{call, codes, conversations, dial, new, settings, thread, trouble, unlock, welcome},
    theme::{Palette, palette},
    tray,
    wish::{About, Place, Then, Wish},
};
use crate::{
    config::{Appearance, WindowConfig},
    desktop::{
        entries::Standing,
        look::Look,
        notify::{Chosen, NotificationId},
        tray::{Face, TrayAction},
    },
    domain::{conversation::ConversationId, message::MessageId, private::Private},
    engine::api::{Command, Event, Refusal, Reply},
    words::{Language, Words},
};
use iced::Size;
use jiff::{Timestamp, tz::TimeZone};

mod answers;
mod closing;
mod handed;
mod places;

pub use closing::{Closing, KEEP};

/// Everything that can come in.
#[derive(Clone)]
#[allow(clippy::large_enum_variant)] // one at a time
pub enum Message {
    /// From the engine.
    Feed(Feed),
    /// The engine's answer.
    Answer(Then, Result<Reply, Refusal>),
    /// A key that means the same everywhere.
    Key(Shortcut),
    /// The window's new size in logical pixels.
    Resized(Size),
    /// The window has the person's attention, or not.
    Focused(bool),
    /// How the desktop wants programs to look.
    Look(Look),
    /// The window is to be closed.
    Close,
    /// What closing it means.
    Closing(Closing),
    /// The sign in the tray was pressed.
    Tray(TrayAction),
    /// How the desktop stands to Landline; the last change of that was written, or not.
    Standing(Standing, bool),
    /// The desktop asks for the window, with a link or without.
    Activated(Option<Private<String>>),
    /// Time passes while a clock is on the screen.
    Tick,
    /// A notification is shown, or not.
    Notified(About, Option<NotificationId>),
    /// A button of a notification.
    Chosen(Chosen),
    /// The clipboard, a minute after a code was put there.
    Clipboard {
        /// What was put there.
        copied: Private<String>,
        /// What it holds.
        holds: Private<Option<String>>,
    },
    /// A tab.
    Go(Place),
    /// Words of a refusal were read.
    Read,
    /// Where the last recording is was read.
    Recorded,
    /// The code above the screen was seen.
    Dismiss(MessageId),
    /// A code above the screen is copied.
    Copy(MessageId, Private<String>),
    /// Radio is to be allowed: to the words about it.
    Wireless,
    /// Says whether a link may be used, having been asked.
    MayUse { link: String, allow: bool },
    /// A screen's own.
    Welcome(welcome::Message),
    /// A screen's own.
    Unlock(unlock::Message),
    /// A screen's own.
    Trouble(trouble::Message),
    /// A screen's own.
    List(conversations::Message),
    /// A screen's own.
    Thread(thread::Message),
    /// A screen's own.
    New(new::Message),
    /// A screen's own.
    Dial(dial::Message),
    /// A screen's own.
    Call(call::Message),
    /// A screen's own.
    Codes(codes::Message),
    /// A screen's own.
    Settings(settings::Message),
}

impl Message {
    /// It changes a field, a meter or figures, and nothing else on the screen: painting must not hold up the next key.
    fn is_typing(&self) -> bool {
        match self {
            Self::Thread(thread::Message::Edit(_)) | Self::New(new::Message::Edit(_)) => true,
            Self::Welcome(welcome::Message::Address(_) | welcome::Message::Password(_)) => true,
            // the timer beside a line's figures is painted every second anyway
            Self::Feed(Feed::Events(events)) => {
                events.iter().all(|event| matches!(event, Event::Levels { .. } | Event::Quality { .. }))
            }
            _ => false,
        }
    }
}

/// See the head of this file.
pub struct App {
    pub(super) model: Model,
    words: Words,
    zone: TimeZone,
    now: Timestamp,
    /// Before the text size, so that a change of it needs no word from the window system.
    size: Size,
    focused: bool,
    /// There is a window now.
    shown: bool,
    /// What closing means is being asked.
    pub(super) closing: bool,
    /// A link that waits for a phone to be used.
    handed: Option<Private<String>>,
    pub(super) place: Place,
    under: Place,
    copied: Option<MessageId>,
    dismissed: Option<MessageId>,
    pub(super) told: Option<Refusal>,
    alerts: Alerts,
    /// Turns with everything but typing: the whole window is painted anew then.
    pub(super) turn: u8,
    pub(super) welcome: welcome::Welcome,
    pub(super) unlock: unlock::Unlock,
    pub(super) trouble: trouble::Trouble,
    pub(super) list: conversations::List,
    pub(super) thread: thread::Thread,
    pub(super) new: new::New,
    pub(super) dial: dial::Dial,
    pub(super) call: call::Screen,
    pub(super) settings: settings::Settings,
}

impl App {
    /// A window that has heard nothing yet.
    pub fn new(window: WindowConfig, zone: TimeZone, now: Timestamp) -> Self {
        let model = Model { window, ..Model::default() };
        Self {
            words: Words::new(language(&model.window)),
            model,
            zone,
            now,
            size: Size::new(1100.0, 760.0),
            focused: true,
            shown: false,
            closing: false,
            handed: None,
            place: Place::default(),
            under: Place::default(),
            copied: None,
            dismissed: None,
            told: None,
            alerts: Alerts::default(),
            turn: 0,
            welcome: welcome::Welcome::default(),
            unlock: unlock::Unlock::default(),
            trouble: trouble::Trouble::default(),
            list: conversations::List::default(),
            thread: thread::Thread::default(),
            new: new::New::default(),
            dial: dial::Dial::default(),
            call: call::Screen::default(),
            settings: settings::Settings::default(),
        }
    }

    /// Moves on by one message at a moment.
    pub fn update(&mut self, message: Message, now: Timestamp) -> Vec<Wish> {
        self.now = now;
        self.turn = self.turn.wrapping_add(u8::from(!message.is_typing()));
        let wishes = self.take(message);
        self.settle(wishes)
    }

    fn take(&mut self, message: Message) -> Vec<Wish> {
        match message {
            Message::Feed(feed) => self.feed(feed),
            Message::Answer(then, answer) => self.answered(then, answer),
            Message::Key(shortcut) => self.key(shortcut),
            Message::Resized(size) => {
                let scale = self.scale();
                self.shown = true;
                self.size = Size::new(size.width * scale, size.height * scale);
                Vec::new()
            }
            Message::Focused(focused) => {
                self.focused = focused;
                self.seen()
            }
            Message::Look(look) => self.look_like(look),
            Message::Close => self.close(),
            Message::Closing(choice) => self.closing(choice),
            Message::Tray(TrayAction::Quit) => self.closing(Closing::QuitNow),
            Message::Tray(action) => tray::pressed(action, &mut self.model),
            Message::Standing(standing, written) => {
                self.model.standing = Some(standing);
                self.told = if written { self.told } else { Some(Refusal::Config) };
                Vec::new()
            }
            Message::Activated(None) => vec![Wish::Show],
            Message::Activated(Some(link)) => self.hand(link),
            Message::Tick => Vec::new(),
            Message::Notified(About::Call(_), None) => vec![Wish::Appear],
            Message::Notified(about, id) => self.alerts.shown(about, id, &self.model),
            Message::Chosen(chosen) => self.alerts.chosen(chosen, &self.model),
            Message::Clipboard { copied, holds } => {
                self.copied = None;
                let unchanged = holds.expose().as_ref() == Some(copied.expose());
                if unchanged { vec![Wish::Clipboard(Private::default())] } else { Vec::new() }
            }
            Message::Go(place) => vec![Wish::Go(place)],
            Message::Read => {
                self.told = None;
                Vec::new()
            }
            Message::Recorded => {
                (self.model.recorded, self.model.saved) = (None, None);
                Vec::new()
            }
            Message::Dismiss(message) => {
                self.dismissed = Some(message);
                Vec::new()
            }
            Message::Copy(message, code) => vec![Wish::Copy(message, code)],
            Message::MayUse { link, allow } => vec![Wish::Ask(Command::AnswerLink { link, allow }, Then::Done)],
            Message::Wireless => {
                self.settings.allowing = true;
                vec![Wish::Go(Place::Settings)]
            }
            Message::Welcome(message) => self.welcome.update(message, &self.model),
            Message::Unlock(message) => {
                if matches!(message, unlock::Message::Later) {
                    self.welcome.gave_up();
                }
                self.unlock.update(message, &self.model)
            }
            Message::Trouble(message) => self.trouble.update(message),
            Message::List(message) => self.list.update(message),
            Message::Thread(message) => self.thread.update(message, &self.model),
            Message::New(message) => self.new.update(message),
            Message::Dial(message) => self.dial.update(message),
            Message::Call(message) => self.call.update(message),
            Message::Codes(message) => codes::update(message),
            Message::Settings(message) => {
                if matches!(message, settings::Message::Recovery) {
                    self.unlock.offer();
                }
                let wishes = self.settings.update(message, &mut self.model);
                self.relearn();
                wishes
            }
        }
    }

    /// Does what needs no outside, and leaves the rest.
    fn settle(&mut self, wishes: Vec<Wish>) -> Vec<Wish> {
        let mut left = Vec::new();
        for wish in wishes {
            match wish {
                Wish::Go(place) => left.extend(self.go(place)),
                Wish::Open(conversation) => left.extend(self.open(conversation)),
                Wish::Back => left.extend(self.back()),
                Wish::Copy(message, code) => {
                    self.copied = Some(message);
                    left.extend(self.alerts.copied(message));
                    left.extend([Wish::Clipboard(code.clone()), Wish::ForgetLater(code)]);
                }
                other => left.push(other),
            }
        }
        left
    }

    /// The words follow the language chosen.
    pub(super) fn relearn(&mut self) {
        let language = language(&self.model.window);
        if language != self.words.language() {
            self.words = Words::new(language);
        }
    }

    /// What views are given.
    pub(super) fn context(&self) -> Context<'_> {
        let scale = self.scale();
        Context {
            model: &self.model,
            words: &self.words,
            p: self.palette(),
            now: self.now,
            zone: &self.zone,
            size: Size::new(self.size.width / scale, self.size.height / scale),
            copied: self.copied,
        }
    }

    /// The desktop looks so now: kept, so that the next start looks so from the first moment.
    fn look_like(&mut self, look: Look) -> Vec<Wish> {
        let window = &mut self.model.window;
        let (dark, high) = (look.dark.unwrap_or(false), look.contrast);
        if (window.dark, window.high) == (dark, high) {
            return Vec::new();
        }
        (window.dark, window.high) = (dark, high);
        vec![Wish::Ask(Command::SetWindow { window: window.clone() }, Then::Done)]
    }

    /// Colours by choice or by the desktop.
    pub fn palette(&self) -> &'static Palette {
        let window = &self.model.window;
        let dark = match window.appearance {
            Appearance::System => window.dark,
            Appearance::Light => false,
            Appearance::Dark => true,
        };
        match (dark, window.contrast.unwrap_or(window.high)) {
            (false, false) => &palette::LIGHT,
            (true, false) => &palette::DARK,
            (false, true) => &palette::LIGHT_HIGH,
            (true, true) => &palette::DARK_HIGH,
        }
    }

    /// How much larger than 100 % everything is.
    pub fn scale(&self) -> f32 {
        scale(&self.model.window)
    }

    /// What the window looks like.
    pub const fn look(&self) -> &WindowConfig {
        &self.model.window
    }

    /// What stands in the tray.
    pub fn tray(&self) -> Option<Face> {
        tray::face(&self.model, &self.words)
    }

    /// The window's name, with how many texts wait.
    pub fn title(&self) -> String {
        let name = self.words.text("app-name");
        match self.model.unread() {
            0 => name,
            unread => format!("({unread}) {name}"),
        }
    }

    /// A meter is on the screen.
    pub const fn metering(&self) -> bool {
        self.settings.testing
    }

    /// How often what is on the screen changes by time alone, in seconds.
    pub fn beat(&self) -> Option<u64> {
        if !self.shown {
            return None;
        }
        let timed = |call: &crate::domain::call::Call| call.answered_at.is_some();
        if self.model.call().is_some_and(timed) {
            return Some(1);
        }
        let codes = self.place == Place::Codes && !self.model.codes.is_empty();
        (codes || self.banner().is_some()).then_some(60)
    }

    /// The code offered above the screen.
    pub(super) fn banner(&self) -> Option<&crate::domain::code::ReceivedCode> {
        let fresh = self.model.fresh_code(self.now)?;
        let here = self.shown_thread().is_some()
            && self
                .model
                .thread
                .as_ref()
                .is_some_and(|thread| thread.messages.iter().any(|one| one.id == fresh.message));
        let wanted = self.dismissed != Some(fresh.message) && !here;
        let cramped = self.place == Place::Call && self.context().low();
        let elsewhere =
            !matches!(self.place, Place::Codes | Place::Welcome | Place::Unlock | Place::Trouble) && !cramped;
        (wanted && elsewhere).then_some(fresh)
    }

    /// The conversation on the screen.
    pub(super) fn shown_thread(&self) -> Option<ConversationId> {
        let wide = !self.context().narrow();
        let here = self.place == Place::Thread || (wide && self.place == Place::Conversations);
        self.thread.open.filter(|_| here)
    }
}

/// How much larger than 100 % everything is.
pub fn scale(window: &WindowConfig) -> f32 {
    f32::from(window.text_size.clamp(100, 200)) / 100.0
}

/// The language chosen, or the desktop's.
pub fn language(window: &WindowConfig) -> Language {
    window.language.as_deref().and_then(Language::parse).unwrap_or_else(Language::from_env)
}
