//! One text in a thread: the words, the code found in them, when, and how far they have come.
use super::{
    icon::{Icon, icon},
    press::{Face, Press},
};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Alignment, Border, Color, Element, Length, Padding,
    widget::{Column, Row, container, space as gap},
};

/// How a text's way is shown: a picture, and words where they matter.
pub struct Mark {
    /// Picture.
    pub picture: Icon,
    /// Words.
    pub words: Option<String>,
    /// It failed.
    pub failed: bool,
}

/// What a bubble shows.
pub struct Parts<'a, M> {
    /// Ours.
    pub mine: bool,
    /// Above the words: who wrote it, in a group.
    pub writer: Option<String>,
    /// Above the words: what it answers, files.
    pub above: Vec<Element<'a, M>>,
    /// The words, from outside.
    pub body: Option<&'a str>,
    /// The code chip.
    pub code: Option<Element<'a, M>>,
    /// What is to be known of the words.
    pub note: Option<String>,
    /// When; absent inside a run of texts.
    pub time: Option<String>,
    /// How far it has come.
    pub mark: Option<Mark>,
    /// What people think of it.
    pub signs: Option<Element<'a, M>>,
    /// Below all: why it failed and what to do.
    pub below: Vec<Element<'a, M>>,
    /// What pressing it does.
    pub press: M,
    /// Widest.
    pub width: f32,
}

/// A bubble at its side of the thread.
pub fn bubble<'a, M: Clone + 'a>(p: &'static Palette, parts: Parts<'a, M>) -> Element<'a, M> {
    let writer = parts.writer.map(|writer| text::strong(writer).size(text::CAPTION).color(p.accent_text));
    let body = parts.body.map(|body| super::styled::view(p, body));
    let inside = Column::new().push(writer).extend(parts.above).push(body).push(parts.code).spacing(space::S);
    let (ground, line) = if parts.mine { (p.soft, Color::TRANSPARENT) } else { (p.bubble, p.line) };
    let tail = 4.0;
    let round = space::RADIUS_LARGE;
    let radius = if parts.mine {
        iced::border::Radius { top_left: round, top_right: round, bottom_right: tail, bottom_left: round }
    } else {
        iced::border::Radius { top_left: round, top_right: round, bottom_right: round, bottom_left: tail }
    };
    let card = container(inside).padding([space::S + 1.0, space::M]).max_width(parts.width).style(move |theme| {
        let style = shape::card(ground, line, 0.0)(theme);
        iced::widget::container::Style {
            border: Border { color: line, width: if line.a > 0.0 { 1.0 } else { 0.0 }, radius },
            ..style
        }
    });
    let press = Press::new(card, p.focus, move |_| Face {
        ground: Color::TRANSPARENT,
        text: p.text,
        line: Color::TRANSPARENT,
        radius: round,
    })
    .on_press(parts.press);
    let note = parts.note.map(|note| text::caption(note).color(p.muted));
    let time = parts.time.map(|time| text::caption(time).color(p.muted));
    let mark = parts.mark.map(|mark| {
        let color = if mark.failed { p.bad_text } else { p.muted };
        Row::new()
            .push(icon(mark.picture, 13.0).color(color))
            .push(mark.words.map(|words| text::caption(words).color(color)))
            .spacing(space::XS)
            .align_y(Alignment::Center)
    });
    let shown = note.is_some() || time.is_some() || mark.is_some();
    let foot = shown.then(|| {
        container(Row::new().push(note).push(time).push(mark).spacing(space::S).align_y(Alignment::Center))
            .padding(Padding::ZERO.left(space::XS).right(space::XS).top(2.0))
    });
    let side = if parts.mine { Alignment::End } else { Alignment::Start };
    let column = Column::new().push(press).push(parts.signs).push(foot).extend(parts.below).align_x(side).spacing(2.0);
    if parts.mine {
        Row::new().push(gap().width(Length::Fill)).push(column).into()
    } else {
        Row::new().push(column).push(gap().width(Length::Fill)).into()
    }
}
