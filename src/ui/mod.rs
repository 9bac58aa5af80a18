//! The only room that imports iced: the window. Messages go in, wishes come out, the engine's events move the model on:
//! one direction. `app` holds all state and is pure; `shell` joins it to iced, the engine and the desktop.
use crate::{config::WindowConfig, domain::private::Private, engine::api::EngineHandle};

mod alert;
mod app;
mod context;
mod desk;
mod feed;
mod frame;
mod keys;
mod model;
mod moment;
mod screen;
mod shell;
mod target;
mod theme;
mod tray;
mod widget;
mod wish;

#[cfg(test)]
mod call_tests;
#[cfg(test)]
mod desk_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod fixture;
#[cfg(test)]
mod journey_tests;
#[cfg(test)]
mod links_tests;
#[cfg(test)]
mod look_tests;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod stage;
#[cfg(test)]
mod thread_tests;
#[cfg(test)]
mod voicemail_tests;

/// Why there is no window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UiError {
    /// No display, or none that can be drawn on.
    #[error("the window does not open: is there a display?")]
    Window,
}

/// How the window comes up.
#[derive(Debug, Clone, Default)]
pub struct Opening {
    /// Not before it is asked for.
    pub minimized: bool,
    /// With this link in the field it is for.
    pub link: Option<Private<String>>,
    /// It is the person's own phone, and answers to its name on the session bus.
    pub service: bool,
}

/// Runs the window until the program ends; it may be closed and shown again meanwhile. Must be called on the main thread.
///
/// # Errors
/// [`UiError::Window`] where there is no display to show it on.
pub fn run(engine: EngineHandle, window: &WindowConfig, opening: Opening) -> Result<(), UiError> {
    shell::run(engine, window, opening)
}
