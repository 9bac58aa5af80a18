//! One line of a list: a picture, two lines of text, something small at the end; the whole of it can be pressed.
use super::press::{Face, Press};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Alignment, Color, Element, Length,
    widget::{Column, Row, container, text::Wrapping},
};

/// What a row shows.
pub struct Parts<'a, M> {
    /// At the front.
    pub picture: Element<'a, M>,
    /// First line.
    pub title: String,
    /// Second line.
    pub below: Option<Element<'a, M>>,
    /// At the end of the first line.
    pub end: Option<String>,
    /// At the end of the second line.
    pub badge: Option<Element<'a, M>>,
    /// It is the chosen one.
    pub chosen: bool,
}

/// A row.
pub fn row<'a, M: Clone + 'a>(p: &'static Palette, parts: Parts<'a, M>) -> Press<'a, M> {
    let title =
        container(text::strong(parts.title).color(p.text).wrapping(Wrapping::None)).width(Length::Fill).clip(true);
    let first = Row::new()
        .push(title)
        .push(parts.end.map(|end| text::caption(end).color(p.muted)))
        .spacing(space::S)
        .align_y(Alignment::Center);
    let second = (parts.below.is_some() || parts.badge.is_some()).then(|| {
        Row::new()
            .push(container(super::slot(parts.below)).width(Length::Fill).height(20.0).clip(true))
            .push(parts.badge)
            .spacing(space::S)
            .align_y(Alignment::Center)
    });
    let lines = Column::new().push(first).push(second).spacing(2.0).width(Length::Fill);
    let content = Row::new().push(parts.picture).push(lines).spacing(space::M).align_y(Alignment::Center);
    let chosen = parts.chosen;
    Press::new(content, p.focus, move |status| Face {
        ground: match (chosen, status.hovered) {
            (true, _) => p.soft,
            (false, true) => p.hover,
            (false, false) => Color::TRANSPARENT,
        },
        text: p.text,
        line: Color::TRANSPARENT,
        radius: space::RADIUS,
    })
    .ring_inside()
    .width(Length::Fill)
    .padding([10.0, space::M])
}

/// A count in a pill.
pub fn badge<'a, M: 'a>(p: &'static Palette, count: u32) -> Element<'a, M> {
    let count = if count > 99 { "99+".to_owned() } else { count.to_string() };
    container(text::strong(count).size(12.0).line_height(1.0).color(p.on_accent))
        .padding([4.0, 7.0])
        .style(shape::round(p.accent, space::PILL))
        .into()
}

/// The name of a group of rows.
pub fn group<'a, M: 'a>(p: &'static Palette, name: String) -> Element<'a, M> {
    container(text::strong(name).size(text::CAPTION).color(p.muted)).padding([space::S, space::M]).into()
}
