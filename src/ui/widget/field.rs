//! A labelled field: the label stands above and stays while one types.
use crate::ui::theme::{Palette, shape, space, text};
use iced::{
    Element,
    widget::{Column, TextInput, text_input},
};

/// A field without a label.
pub fn bare<'a, M: Clone + 'a>(p: &'static Palette, hint: &str, value: &str) -> TextInput<'a, M> {
    text_input(hint, value).size(text::BODY).font(text::SANS).padding([10.0, space::M]).style(shape::field(p))
}

/// A label, its field, and a sentence below where one helps.
pub fn labelled<'a, M: Clone + 'a>(
    p: &'static Palette,
    label: String,
    field: impl Into<Element<'a, M>>,
    about: Option<String>,
) -> Element<'a, M> {
    Column::new()
        .push(text::strong(label).size(text::CAPTION).color(p.text))
        .push(field)
        .push(about.map(|about| text::caption(about).color(p.muted)))
        .spacing(space::XS + 2.0)
        .into()
}
