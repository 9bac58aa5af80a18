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
pub mod status;

use iced::{Element, widget::space};

/// A child that may be absent: its siblings keep their place, and with it their focus and cursor.
pub fn slot<'a, M: 'a>(child: Option<Element<'a, M>>) -> Element<'a, M> {
    child.unwrap_or_else(|| space().into())
}
