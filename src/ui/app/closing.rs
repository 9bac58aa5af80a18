//! Closing the window: the phone rings on without it, or the program ends. What it is to be is asked once, and kept.
use super::App;
use crate::{
    config::{DesktopConfig, WindowConfig},
    engine::api::Command,
    ui::wish::{Then, Wish},
};

/// The control that keeps the phone running.
pub const KEEP: &str = "closing-keep";

/// What closing the window means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// The phone rings on, from now on always.
    KeepRunning,
    /// The program ends, from now on always.
    Quit,
    /// The window stays.
    Stay,
    /// The program ends now; what closing means stays as it is.
    QuitNow,
}

impl App {
    /// The window is to be closed.
    pub(super) fn close(&mut self) -> Vec<Wish> {
        // a demo, or a phone without a line, has nothing to wait for
        let idle = self.model.demo || self.model.accounts.is_empty();
        match self.model.desktop.keep_running {
            _ if idle => self.quit(),
            Some(false) => self.quit(),
            Some(true) => self.hide(),
            // whoever closes the question as well wants it gone, and to miss no call
            None if self.closing => self.closing(Closing::KeepRunning),
            None => {
                self.closing = true;
                vec![Wish::Focus(KEEP)]
            }
        }
    }

    /// What it means was chosen.
    pub(super) fn closing(&mut self, choice: Closing) -> Vec<Wish> {
        self.closing = false;
        let keep = match choice {
            Closing::Stay => return Vec::new(),
            Closing::QuitNow => return self.quit(),
            Closing::KeepRunning => true,
            Closing::Quit => false,
        };
        let desktop = DesktopConfig { keep_running: Some(keep), ..self.model.desktop };
        self.model.desktop = desktop;
        let mut wishes = vec![Wish::Ask(Command::SetDesktop { desktop }, Then::Done)];
        wishes.extend(if keep { self.hide() } else { self.quit() });
        wishes
    }

    fn hide(&mut self) -> Vec<Wish> {
        let mut wishes = self.thread.keep();
        wishes.push(self.keep_size());
        (self.shown, self.focused) = (false, false);
        wishes.push(Wish::Hide);
        wishes
    }

    fn quit(&mut self) -> Vec<Wish> {
        let mut wishes = self.thread.close();
        wishes.extend([self.keep_size(), Wish::Ask(Command::Quit, Then::Quit)]);
        wishes
    }

    fn keep_size(&mut self) -> Wish {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
        let size = |length: f32| length.round().clamp(1.0, 20_000.0) as u16;
        let size = Some((size(self.size.width), size(self.size.height)));
        self.model.window = WindowConfig { size, ..self.model.window.clone() };
        Wish::Ask(Command::SetWindow { window: self.model.window.clone() }, Then::Done)
    }
}
