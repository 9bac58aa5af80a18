//! What the keyboard does, for those who use no mouse.
use super::Message;
use crate::ui::{
    context::Context,
    theme::{shape, space, text},
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, container},
};

/// Names of keys, left as they stand on the keys, and what they do.
const KEYS: [(&str, &str); 10] = [
    ("Tab", "keys-move"),
    ("Esc", "keys-back"),
    ("Ctrl 1–4", "keys-tabs"),
    ("Ctrl N", "keys-new"),
    ("Ctrl F", "keys-search"),
    ("Ctrl Enter", "keys-answer"),
    ("Ctrl D", "keys-hang-up"),
    ("Ctrl M", "keys-mute"),
    ("Ctrl L", "keys-voicemail"),
    ("Ctrl Q", "keys-quit"),
];

/// The section.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let rows = KEYS.map(|(keys, key)| {
        let keys = container(text::mono(keys, text::CAPTION).color(p.text))
            .padding([2.0, space::S])
            .style(shape::card(p.hover, p.line, 6.0));
        let about = text::body(cx.t(key)).color(p.text).width(Length::Fill);
        if cx.tiny() {
            return Column::new().push(keys).push(about).spacing(space::XS).into();
        }
        Row::new().push(container(keys).width(110.0)).push(about).spacing(space::M).align_y(Alignment::Center).into()
    });
    Column::with_children(rows).spacing(space::S).into()
}
