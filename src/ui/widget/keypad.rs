//! The twelve keys of a telephone, with their letters.
use super::press::{Face, Press};
use crate::ui::theme::{Palette, space, text};
use iced::{
    Element, Length,
    widget::{Column, Row, column, container},
};

const KEYS: [[(char, &str); 3]; 4] = [
    [('1', ""), ('2', "ABC"), ('3', "DEF")],
    [('4', "GHI"), ('5', "JKL"), ('6', "MNO")],
    [('7', "PQRS"), ('8', "TUV"), ('9', "WXYZ")],
    [('*', ""), ('0', "+"), ('#', "")],
];

/// A keypad; every press says its key.
pub fn keypad<'a, M: Clone + 'a>(p: &'static Palette, height: f32, on_key: impl Fn(char) -> M + 'a) -> Element<'a, M> {
    let rows = KEYS.iter().map(|keys| {
        let keys = keys.iter().map(|(key, letters)| {
            let face = column![
                text::strong(key.to_string()).size(22.0).line_height(1.1),
                text::caption(*letters).size(10.0).line_height(1.0).color(p.muted)
            ]
            .spacing(1.0)
            .align_x(iced::Center);
            Press::new(container(face).center(Length::Fill), p.focus, move |status| Face {
                ground: if status.hovered { p.hover } else { p.surface },
                text: p.text,
                line: p.line,
                radius: space::RADIUS_LARGE,
            })
            .width(Length::Fill)
            .height(height)
            .on_press(on_key(*key))
            .into()
        });
        Row::with_children(keys).spacing(space::S).into()
    });
    container(Column::with_children(rows).spacing(space::S)).max_width(300.0).into()
}
