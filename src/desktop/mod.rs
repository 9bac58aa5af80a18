//! What surrounds the window: notifications, single instance.
pub mod notify;
