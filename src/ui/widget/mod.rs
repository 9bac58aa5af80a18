//! Every control of the window. Screens use these only, so that focus, contrast and later an accessibility adapter
//! are decided in one place.
pub mod avatar;
pub mod bars;
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
pub mod styled;

use super::theme::{Palette, shape};
use iced::{
    Element, Length, Padding,
    widget::{Column, Scrollable, container, scrollable, space},
};

/// A child that may be absent: its siblings keep their place, and with it their focus and cursor.
pub fn slot<'a, M: 'a>(child: Option<Element<'a, M>>) -> Element<'a, M> {
    child.unwrap_or_else(|| space().into())
}

/// Children below each other, some of which may be absent: the others keep their place in the tree, and no gap is left.
pub fn pile<'a, M: 'a>(gap: f32, children: impl IntoIterator<Item = Option<Element<'a, M>>>) -> Column<'a, M> {
    let mut above = false;
    Column::with_children(children.into_iter().map(|child| {
        let gap = if child.is_some() && above { gap } else { 0.0 };
        above |= child.is_some();
        container(slot(child)).padding(Padding::ZERO.top(gap)).into()
    }))
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
