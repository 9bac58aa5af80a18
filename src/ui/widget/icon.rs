//! The icons of the bundled face (Lucide; minus and record are drawn after its measures), by what they mean here.
use crate::ui::theme::text::ICONS;
use iced::widget::{Text, text};

/// An icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // each variant names its picture
pub enum Icon {
    Messages,
    Phone,
    Incoming,
    Outgoing,
    Missed,
    HangUp,
    Key,
    Settings,
    Search,
    Send,
    Copy,
    Check,
    Checks,
    Clock,
    Alert,
    Retry,
    Back,
    Close,
    Mic,
    MicOff,
    Pause,
    Play,
    Keypad,
    Backspace,
    Loudspeaker,
    Cable,
    Unplugged,
    Radio,
    Trash,
    Down,
    Up,
    Right,
    Lock,
    Info,
    Write,
    Eye,
    EyeOff,
    Wait,
    Demo,
    Plus,
    Minus,
    Record,
}

impl Icon {
    const fn glyph(self) -> char {
        match self {
            Self::Messages => '\u{e116}',
            Self::Phone => '\u{e133}',
            Self::Incoming => '\u{e136}',
            Self::Outgoing => '\u{e139}',
            Self::Missed => '\u{e137}',
            Self::HangUp => '\u{e138}',
            Self::Key => '\u{e4a3}',
            Self::Settings => '\u{e154}',
            Self::Search => '\u{e151}',
            Self::Send => '\u{e4f2}',
            Self::Copy => '\u{e09e}',
            Self::Check => '\u{e06c}',
            Self::Checks => '\u{e38e}',
            Self::Clock => '\u{e087}',
            Self::Alert => '\u{e077}',
            Self::Retry => '\u{e149}',
            Self::Back => '\u{e048}',
            Self::Close => '\u{e1b2}',
            Self::Mic => '\u{e118}',
            Self::MicOff => '\u{e119}',
            Self::Pause => '\u{e12e}',
            Self::Play => '\u{e13c}',
            Self::Keypad => '\u{e3b1}',
            Self::Backspace => '\u{e0ae}',
            Self::Loudspeaker => '\u{e1ab}',
            Self::Cable => '\u{e4e3}',
            Self::Unplugged => '\u{e45d}',
            Self::Radio => '\u{e1ae}',
            Self::Trash => '\u{e18e}',
            Self::Down => '\u{e06d}',
            Self::Up => '\u{e070}',
            Self::Right => '\u{e06f}',
            Self::Lock => '\u{e10b}',
            Self::Info => '\u{e0f9}',
            Self::Write => '\u{e172}',
            Self::Eye => '\u{e0ba}',
            Self::EyeOff => '\u{e0bb}',
            Self::Wait => '\u{e10a}',
            Self::Demo => '\u{e0d5}',
            Self::Plus => '\u{e13d}',
            Self::Minus => '\u{e11c}',
            Self::Record => '\u{e345}',
        }
    }
}

/// An icon of a size, in the colour of the text around it.
pub fn icon<'a>(icon: Icon, size: f32) -> Text<'a> {
    text(icon.glyph()).font(ICONS).size(size).line_height(1.0)
}
