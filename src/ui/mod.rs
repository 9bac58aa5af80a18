//! The only room that imports iced: the window.
use crate::{config::WindowConfig, engine::api::EngineHandle};

/// Why the window cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum UiError {
    /// No display answers.
    #[error("no display")]
    NoDisplay,
}

/// Shows the window until it is closed or the engine quits.
pub fn run(_engine: EngineHandle, _window: &WindowConfig) -> Result<(), UiError> {
    Err(UiError::NoDisplay)
}
