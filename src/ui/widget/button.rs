//! Buttons: a few kinds, each a [`Press`] with a fixed face.
use super::{
    icon::{Icon, icon},
    press::{Face, Press, Status},
};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Alignment, Color, Element, Length,
    widget::{container, row, tooltip},
};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one main action.
    Main,
    /// Another action.
    Side,
    /// An action that should not draw the eye.
    Quiet,
    /// Answer.
    Good,
    /// Hang up, remove.
    Bad,
    /// Switched on.
    On,
}

/// The face of a kind.
pub fn face(p: &'static Palette, kind: Kind, radius: f32) -> impl Fn(Status) -> Face {
    move |status| {
        let hover = |rest: Color, over: Color| if status.hovered { over } else { rest };
        let none = Color::TRANSPARENT;
        let (ground, text, line) = match kind {
            _ if !status.enabled => (p.hover, p.muted, p.line),
            Kind::Main => (hover(p.accent, p.accent_hover), p.on_accent, none),
            Kind::Side => (hover(p.surface, p.hover), p.accent_text, p.outline),
            Kind::Quiet => (hover(none, p.hover), p.accent_text, none),
            Kind::Good => (hover(p.good, p.good_hover), p.on_good, none),
            Kind::Bad => (hover(p.bad, p.bad_hover), p.on_bad, none),
            Kind::On => (p.text, p.canvas, none),
        };
        Face { ground, text, line, radius }
    }
}

/// Space above and below one line of text so that the control gets a height; more lines make it higher.
const fn inside(height: f32, line: f32) -> f32 {
    (height - line * 1.3) / 2.0
}

/// A button with a word.
pub fn button<'a, M: Clone + 'a>(p: &'static Palette, kind: Kind, label: String) -> Press<'a, M> {
    Press::new(text::strong(label).align_x(iced::Center), p.focus, face(p, kind, space::RADIUS))
        .padding([inside(space::CONTROL, text::BODY), space::L])
}

/// The same over the whole width.
pub fn wide<'a, M: Clone + 'a>(p: &'static Palette, kind: Kind, label: String) -> Press<'a, M> {
    let label = text::strong(label).width(Length::Fill).align_x(iced::Center);
    Press::new(label, p.focus, face(p, kind, space::RADIUS))
        .width(Length::Fill)
        .padding([inside(44.0, text::BODY), space::M])
}

/// A button with a picture and a word.
pub fn with_icon<'a, M: Clone + 'a>(p: &'static Palette, kind: Kind, picture: Icon, label: String) -> Press<'a, M> {
    let content = row![icon(picture, 16.0), text::strong(label)].spacing(space::S).align_y(Alignment::Center);
    Press::new(content, p.focus, face(p, kind, space::RADIUS)).padding([inside(space::CONTROL, text::BODY), space::L])
}

/// A small button with a picture and a word, to stand inside a card or bubble.
pub fn small<'a, M: Clone + 'a>(p: &'static Palette, kind: Kind, picture: Icon, label: String) -> Press<'a, M> {
    let content = row![icon(picture, 14.0), text::caption(label).font(text::STRONG)]
        .spacing(space::XS + 2.0)
        .align_y(Alignment::Center);
    Press::new(content, p.focus, face(p, kind, space::RADIUS)).padding([inside(32.0, text::CAPTION), space::M])
}

/// A round button with a picture; its word shows under the pointer.
pub fn round<'a, M: Clone + 'a>(
    p: &'static Palette,
    kind: Kind,
    picture: Icon,
    word: String,
    message: impl Into<Option<M>>,
) -> Element<'a, M> {
    let press = Press::new(container(icon(picture, 20.0)).center(Length::Fill), p.focus, face(p, kind, space::PILL))
        .width(space::CONTROL)
        .height(space::CONTROL)
        .on_press(message);
    hint(p, press, word)
}

/// A round picture with its word below, both to be pressed: the controls of a call.
pub fn tall<'a, M: Clone + 'a>(
    p: &'static Palette,
    kind: Kind,
    picture: Icon,
    word: String,
    message: Option<M>,
) -> Element<'a, M> {
    let Face { ground, text: ink, line, .. } =
        face(p, kind, space::PILL)(Status { enabled: message.is_some(), hovered: false });
    let picture = container(icon(picture, 24.0).color(ink)).center(60.0).style(shape::card(ground, line, space::PILL));
    let word = text::caption(word).align_x(iced::Center);
    let both =
        iced::widget::column![picture, word].spacing(space::XS + 2.0).width(Length::Fill).align_x(Alignment::Center);
    Press::new(both, p.focus, move |status| Face {
        ground: if status.hovered { p.hover } else { Color::TRANSPARENT },
        text: if status.enabled { p.text } else { p.muted },
        line: Color::TRANSPARENT,
        radius: space::RADIUS_LARGE,
    })
    .width(Length::Fill)
    .padding([space::S, 0.0])
    .on_press(message)
    .into()
}

/// Call, over the whole width.
pub fn call<'a, M: Clone + 'a>(p: &'static Palette, word: String) -> Press<'a, M> {
    half(p, Kind::Good, Icon::Phone, word)
}

/// Hang up, wide enough to be hit in a hurry.
pub fn hang_up<'a, M: Clone + 'a>(p: &'static Palette, word: String) -> Press<'a, M> {
    half(p, Kind::Bad, Icon::HangUp, word).width(220.0)
}

/// A tall button with picture and word that shares its row.
pub fn half<'a, M: Clone + 'a>(p: &'static Palette, kind: Kind, picture: Icon, word: String) -> Press<'a, M> {
    let content = row![icon(picture, 18.0), text::strong(word)].spacing(space::S).align_y(Alignment::Center);
    Press::new(container(content).center_x(Length::Fill), p.focus, face(p, kind, space::PILL))
        .width(Length::Fill)
        .padding([inside(48.0, text::BODY), space::S])
}

/// Puts a word under the pointer.
pub fn hint<'a, M: 'a>(p: &'static Palette, content: impl Into<Element<'a, M>>, word: String) -> Element<'a, M> {
    let word = container(text::caption(word).color(p.canvas)).padding([space::XS, space::S]);
    tooltip(content, word.style(shape::round(p.text, space::RADIUS)), tooltip::Position::Bottom)
        .gap(space::XS)
        .delay(std::time::Duration::from_millis(500))
        .into()
}
