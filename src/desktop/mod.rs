//! What surrounds the window: notifications, the tray, the name on the session bus, calls and suspend, secrets on the clipboard.
pub mod application;
pub mod around;
mod awake;
pub mod bus;
pub mod clipboard;
pub mod entries;
mod lock;
pub mod look;
pub mod notify;
mod players;
pub mod sleep;
pub mod tray;
