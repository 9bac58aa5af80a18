//! Choosing one of several, by mouse or keyboard: a row of segments for few, a list that folds out for many.
//! iced's pick list cannot take the keyboard.
use super::{
    button::{Kind, face},
    icon::{Icon, icon},
    press::{Face, Press},
};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Alignment, Color, Element, Length,
    widget::{Column, Row, container, row},
};

/// All options side by side, wrapping where they must.
pub fn segments<'a, M: Clone + 'a>(
    p: &'static Palette,
    options: impl IntoIterator<Item = (String, bool, M)>,
) -> Element<'a, M> {
    Row::with_children(options.into_iter().map(|(label, chosen, message)| {
        let mark = chosen.then(|| icon(Icon::Check, 14.0));
        let content =
            Row::new().push(mark).push(text::strong(label)).spacing(space::XS + 2.0).align_y(Alignment::Center);
        let face = face(p, if chosen { Kind::Main } else { Kind::Side }, space::RADIUS);
        Press::new(content, p.focus, face).padding([space::S, space::M]).on_press(message).into()
    }))
    .spacing(space::S)
    .wrap()
    .into()
}

/// The chosen one, and below it all of them while `open`.
pub fn fold<'a, M: Clone + 'a>(
    p: &'static Palette,
    chosen: String,
    open: bool,
    toggle: M,
    options: impl IntoIterator<Item = (String, bool, M)>,
) -> Element<'a, M> {
    let arrow = if open { Icon::Up } else { Icon::Down };
    let head =
        row![text::body(chosen).width(Length::Fill), icon(arrow, 16.0).color(p.muted)].align_y(Alignment::Center);
    let head = Press::new(head, p.focus, move |status| Face {
        ground: if status.hovered { p.hover } else { p.surface },
        text: p.text,
        line: p.outline,
        radius: space::RADIUS,
    })
    .width(Length::Fill)
    .padding([10.0, space::M])
    .on_press(toggle);
    let list = open.then(|| {
        let options = options.into_iter().map(|(label, chosen, message)| {
            let mark: Element<'a, M> =
                container(chosen.then(|| icon(Icon::Check, 14.0).color(p.accent_text))).width(18.0).into();
            let content =
                row![mark, text::body(label).width(Length::Fill)].spacing(space::S).align_y(Alignment::Center);
            Press::new(content, p.focus, move |status| Face {
                ground: if status.hovered { p.hover } else { p.surface },
                text: p.text,
                line: Color::TRANSPARENT,
                radius: space::RADIUS,
            })
            .ring_inside()
            .width(Length::Fill)
            .padding([10.0, space::M])
            .on_press(message)
            .into()
        });
        container(Column::with_children(options).spacing(2.0)).padding(space::XS).style(shape::card(
            p.surface,
            p.line,
            space::RADIUS,
        ))
    });
    Column::new().push(head).push(list).spacing(space::XS).into()
}
