//! Every control of the window. Screens use these only, so that focus, contrast and later an accessibility adapter
//! are decided in one place.
pub mod avatar;
pub mod bubble;
pub mod button;
pub mod choice;
pub mod code;
pub mod field;
pub mod focus;
pub mod icon;
pub mod keypad;
pub mod meter;
pub mod notice;
pub mod press;
pub mod row;
pub mod shortcuts;
pub mod status;

use super::theme::{Palette, shape};
use iced::{
    Element, Length,
    widget::{Scrollable, scrollable, space},
};

/// A child that may be absent: its siblings keep their place, and with it their focus and cursor.
pub fn slot<'a, M: 'a>(child: Option<Element<'a, M>>) -> Element<'a, M> {
    child.unwrap_or_else(|| space().into())
}

/// Content that scrolls where the pane is too small for it.
pub fn scrolled<'a, M: 'a>(p: &'static Palette, content: impl Into<Element<'a, M>>) -> Element<'a, M> {
    plain_scroll(p, content).into()
}

/// The same, to be given a name or an anchor.
pub fn plain_scroll<'a, M: 'a>(
    p: &'static Palette,
    content: impl Into<Element<'a, M>>,
) -> Scrollable<'a, M, iced::Theme, iced::Renderer> {
    let bar = scrollable::Scrollbar::new().width(8.0).scroller_width(6.0).margin(2.0);
    scrollable(content)
        .direction(scrollable::Direction::Vertical(bar))
        .width(Length::Fill)
        .height(Length::Fill)
        .style(shape::scroll(p))
}
