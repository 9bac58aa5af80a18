//! The line at the foot of every screen: each account, and the cable. Colour is never the only sign: a word stands by.
use super::{
    icon::{Icon, icon},
    press::{Face, Press},
};
use crate::ui::theme::{Palette, space, text};
use iced::{
    Alignment, Color, Element,
    widget::{Row, container, row, space as gap},
};

/// How something stands, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// As it should be.
    Good,
    /// On its way, or not wanted.
    Waiting,
    /// Needs the person.
    Bad,
}

/// Its colour as text.
pub const fn tint(p: &Palette, tone: Tone) -> Color {
    match tone {
        Tone::Good => p.good_text,
        Tone::Waiting => p.warn_text,
        Tone::Bad => p.bad_text,
    }
}

/// A dot.
pub fn dot<'a, M: 'a>(p: &'static Palette, tone: Tone) -> Element<'a, M> {
    container(gap()).width(9.0).height(9.0).style(crate::ui::theme::shape::round(tint(p, tone), space::PILL)).into()
}

/// One account: dot, name, word.
pub fn account<'a, M: Clone + 'a>(
    p: &'static Palette,
    tone: Tone,
    name: String,
    word: String,
    message: M,
) -> Element<'a, M> {
    let content = Row::new()
        .push(dot(p, tone))
        .push(text::caption(name).color(p.text))
        .push(text::caption(word).color(if tone == Tone::Good { p.muted } else { tint(p, tone) }))
        .spacing(space::XS + 2.0)
        .align_y(Alignment::Center);
    press(p, content.into(), message)
}

/// All accounts where there is little room: a dot each and one word.
pub fn accounts<'a, M: Clone + 'a>(p: &'static Palette, dots: Vec<Tone>, word: String, message: M) -> Element<'a, M> {
    let worst = dots.iter().max().copied().unwrap_or(Tone::Good);
    let color = if worst == Tone::Good { p.muted } else { tint(p, worst) };
    let content = Row::with_children(dots.into_iter().map(|tone| dot(p, tone)))
        .push(text::caption(word).color(color))
        .spacing(space::XS + 2.0)
        .align_y(Alignment::Center);
    press(p, content.into(), message)
}

/// The cable: picture and words.
pub fn link<'a, M: Clone + 'a>(
    p: &'static Palette,
    tone: Tone,
    picture: Icon,
    words: String,
    message: M,
) -> Element<'a, M> {
    let color = if tone == Tone::Good { p.muted } else { tint(p, tone) };
    let content = row![icon(picture, 14.0).color(color), text::caption(words).color(color)]
        .spacing(space::XS + 2.0)
        .align_y(Alignment::Center);
    press(p, content.into(), message)
}

fn press<'a, M: Clone + 'a>(p: &'static Palette, content: Element<'a, M>, message: M) -> Element<'a, M> {
    Press::new(content, p.focus, move |status| Face {
        ground: if status.hovered { p.hover } else { Color::TRANSPARENT },
        text: p.muted,
        line: Color::TRANSPARENT,
        radius: space::RADIUS,
    })
    .ring_inside()
    .padding([space::XS, space::S])
    .on_press(message)
    .into()
}
