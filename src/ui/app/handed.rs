//! Links that other programs hand over: they fill a field and bring the window up. Nothing is dialled and nothing sent.
use super::App;
use crate::{
    domain::private::Private,
    logic::handed::{self, Handed},
    ui::{
        screen::{dial, thread},
        wish::{Place, Wish},
    },
};

impl App {
    /// A link came. Before there is a phone to use it waits.
    pub(super) fn hand(&mut self, link: Private<String>) -> Vec<Wish> {
        self.handed = Some(link);
        let mut wishes = self.take_handed();
        wishes.push(Wish::Show);
        wishes
    }

    /// The link that waits, if it can be used now.
    pub(super) fn take_handed(&mut self) -> Vec<Wish> {
        if !self.model.ready || self.model.accounts.is_empty() || matches!(self.place, Place::Unlock | Place::Trouble) {
            return Vec::new();
        }
        let Some(handed) = self.handed.take().and_then(|link| handed::read(link.expose())) else {
            return Vec::new();
        };
        match handed {
            Handed::Call(to) => {
                let mut wishes = vec![Wish::Go(Place::Calls)];
                wishes.extend(self.dial.update(dial::Message::To(to.into_inner())));
                wishes.push(Wish::Focus(dial::TO));
                wishes
            }
            Handed::Text { to, body } => {
                let mut wishes = vec![Wish::Go(Place::New)];
                wishes.extend(self.new.fill(to.into_inner(), body.as_ref().map(|body| body.expose().as_str())));
                wishes.push(Wish::Focus(thread::COMPOSER));
                wishes
            }
        }
    }
}
