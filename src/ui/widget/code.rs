//! A verification code as a chip in a bubble and as a card: the code large and spaced, the site it is bound to, Copy.
use super::{
    button::{self, Kind},
    icon::{Icon, icon},
};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, container},
};

/// A code in words and characters.
pub struct Parts<M> {
    /// The code as it is to be typed.
    pub code: String,
    /// Above it: who sent it.
    pub head: Option<String>,
    /// Below it, each on a line: site, age, validity.
    pub below: Vec<String>,
    /// Why to be careful with it, each a sentence.
    pub warnings: Vec<String>,
    /// The word on the button.
    pub copy: String,
    /// What the button means.
    pub on_copy: M,
}

/// Groups long codes in threes or fours so that they can be read aloud; copying takes the code as it is.
pub fn spaced(code: &str) -> String {
    let digits = code.chars().all(|c| c.is_ascii_digit());
    let group = match code.chars().count() {
        6 | 9 if digits => 3,
        8 if digits => 4,
        _ => return code.to_owned(),
    };
    let mut spaced = String::with_capacity(code.len() + 3);
    for (at, c) in code.chars().enumerate() {
        if at > 0 && at % group == 0 {
            spaced.push(' ');
        }
        spaced.push(c);
    }
    spaced
}

/// Above the code: they are read before it is used.
fn warnings<'a, M: 'a>(p: &'static Palette, words: Vec<String>) -> impl Iterator<Item = Element<'a, M>> {
    words.into_iter().map(move |words| super::notice::problem(p, words))
}

/// Inside a bubble.
pub fn chip<'a, M: Clone + 'a>(p: &'static Palette, parts: Parts<M>) -> Element<'a, M> {
    let code = text::mono(spaced(&parts.code), 22.0).color(p.text);
    let copy = button::small(p, Kind::Main, Icon::Copy, parts.copy).on_press(parts.on_copy);
    let line = Row::new().push(code).push(copy).spacing(space::M).align_y(Alignment::Center).wrap();
    let warnings = warnings(p, parts.warnings);
    let below = parts.below.into_iter().map(|line| text::caption(line).color(p.muted).into());
    container(Column::new().extend(warnings).push(line).extend(below).spacing(space::XS))
        .padding([space::S, space::M])
        .style(shape::card(p.code, p.code_line, space::RADIUS))
        .into()
}

/// Room for a banner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// The words stand beside the code.
    Wide,
    /// Below it.
    Narrow,
    /// No words, and Copy below the code.
    Tiny,
}

/// Above the screens: as low as it can be.
pub fn banner<'a, M: Clone + 'a>(
    p: &'static Palette,
    parts: Parts<M>,
    room: Room,
    close: Element<'a, M>,
) -> Element<'a, M> {
    let head = parts.head.map(|head| text::caption(head).font(text::STRONG).color(p.text));
    let code = text::mono(spaced(&parts.code), 26.0).line_height(1.2).color(p.text);
    let below: Vec<Element<'a, M>> =
        parts.below.into_iter().map(|line| text::caption(line).color(p.muted).into()).collect();
    let warnings = warnings(p, parts.warnings);
    let copy = button::small(p, Kind::Main, Icon::Copy, parts.copy).on_press(parts.on_copy);
    let inside = match room {
        Room::Wide => {
            let words = Column::new().push(head).extend(below).spacing(1.0).width(Length::Fill);
            Row::new().push(code).push(words).push(copy).push(close).spacing(space::L).align_y(Alignment::Center)
        }
        Room::Narrow => {
            let words = Column::new().push(head).push(code).width(Length::Fill);
            let line = Row::new().push(words).push(copy).push(close).spacing(space::S).align_y(Alignment::Center);
            Row::new().push(Column::new().push(line).extend(below).spacing(1.0))
        }
        Room::Tiny => {
            let line = Row::new().push(container(code).width(Length::Fill)).push(close).align_y(Alignment::Center);
            Row::new().push(Column::new().push(line).push(copy))
        }
    };
    container(Column::new().extend(warnings).push(inside).spacing(space::S))
        .padding([space::S, space::M])
        .width(Length::Fill)
        .style(shape::card(p.code, p.code_line, space::RADIUS))
        .into()
}

/// The one thing on the screen.
pub fn large<'a, M: Clone + 'a>(
    p: &'static Palette,
    parts: Parts<M>,
    size: f32,
    beside: Option<Element<'a, M>>,
) -> Element<'a, M> {
    let head = parts.head.map(|head| {
        Row::new()
            .push(icon(Icon::Key, 16.0).color(p.muted))
            .push(text::strong(head).color(p.text))
            .spacing(space::S)
            .align_y(Alignment::Center)
    });
    let code = text::mono(spaced(&parts.code), size).line_height(1.2).color(p.text);
    let warnings = warnings(p, parts.warnings);
    let below = parts.below.into_iter().map(|line| text::body(line).color(p.muted).into());
    let copy = button::with_icon(p, Kind::Main, Icon::Copy, parts.copy).on_press(parts.on_copy);
    let actions = Row::new().push(copy).push(beside).spacing(space::S).wrap();
    container(Column::new().push(head).extend(warnings).push(code).extend(below).push(actions).spacing(space::M))
        .padding(space::XL)
        .width(Length::Fill)
        .style(shape::card(p.code, p.code_line, space::RADIUS_LARGE))
        .into()
}

#[cfg(test)]
mod tests {
    use super::spaced;

    #[test]
    fn long_codes_are_grouped() {
        assert_eq!(spaced("123456"), "123 456");
        assert_eq!(spaced("12345678"), "1234 5678");
        assert_eq!(spaced("1234"), "1234");
        assert_eq!(spaced("GX7K2P"), "GX7K2P");
    }
}
