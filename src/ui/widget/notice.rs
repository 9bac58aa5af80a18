//! A sentence that matters: what went wrong, or what to know, in a card with an icon.
use super::icon::{Icon, icon};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Color, Element, Length,
    widget::{container, row},
};

fn card<'a, M: 'a>(
    ground: Color,
    line: Color,
    tint: Color,
    text: Color,
    picture: Icon,
    words: String,
) -> Element<'a, M> {
    let mark = container(icon(picture, 18.0).color(tint)).padding([1.0, 0.0]);
    container(row![mark, text::body(words).color(text).width(Length::Fill)].spacing(space::M))
        .padding(space::M)
        .width(Length::Fill)
        .style(shape::card(ground, line, space::RADIUS))
        .into()
}

/// What went wrong and what to do.
pub fn problem<'a, M: 'a>(p: &'static Palette, words: String) -> Element<'a, M> {
    card(p.bad_soft, p.bad_text, p.bad_text, p.text, Icon::Alert, words)
}

/// What went wrong, with a button beside it, or below it where there is little room.
pub fn with_action<'a, M: 'a>(
    p: &'static Palette,
    words: String,
    action: Element<'a, M>,
    below: bool,
) -> Element<'a, M> {
    let words = text::body(words).color(p.text).width(Length::Fill);
    let both: Element<'a, M> = if below {
        iced::widget::column![words, action].spacing(space::S).into()
    } else {
        row![words, action].spacing(space::M).align_y(iced::Center).into()
    };
    let mark = icon(Icon::Alert, 18.0).color(p.bad_text);
    let line = row![mark, both].spacing(space::M).align_y(if below { iced::Top } else { iced::Center.into() });
    container(line)
        .padding(if below { [space::M, space::M] } else { [space::XS, space::M] })
        .width(Length::Fill)
        .style(shape::card(p.bad_soft, p.bad_text, space::RADIUS))
        .into()
}

/// What has been done, with a button beside it.
pub fn done<'a, M: 'a>(p: &'static Palette, words: String, action: Element<'a, M>) -> Element<'a, M> {
    let words = text::body(words).color(p.text).width(Length::Fill);
    let mark = icon(Icon::Check, 18.0).color(p.good_text);
    container(row![mark, words, action].spacing(space::M).align_y(iced::Center))
        .padding([space::XS, space::M])
        .width(Length::Fill)
        .style(shape::card(p.surface, p.line, space::RADIUS))
        .into()
}

/// Something goes on.
pub fn busy<'a, M: 'a>(p: &'static Palette, words: String) -> Element<'a, M> {
    card(p.surface, p.line, p.warn_text, p.text, Icon::Wait, words)
}

/// An empty place: what would be here, and how it gets there.
pub fn empty<'a, M: 'a>(p: &'static Palette, picture: Icon, head: String, words: Option<String>) -> Element<'a, M> {
    let column = iced::widget::Column::new()
        .push(icon(picture, 36.0).color(p.muted))
        .push(text::title(head).color(p.text).align_x(iced::Center))
        .push(words.map(|words| text::body(words).color(p.muted).align_x(iced::Center)))
        .spacing(space::M)
        .align_x(iced::Center)
        .max_width(420.0);
    container(column).center_x(Length::Fill).padding([space::XXL, space::L]).into()
}
