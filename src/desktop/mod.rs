//! What surrounds the window: notifications, secrets on the clipboard.
pub mod clipboard;
pub mod notify;
