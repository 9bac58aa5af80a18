//! What surrounds the window: notifications, single instance.
