//! The only room that imports iced: the window.
