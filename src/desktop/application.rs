//! Landline by its name on the session bus (Desktop Entry Specification, "D-Bus Activation"): the desktop starts it, shows
//! it and hands links to it this way. What came is passed on unread; what it means is decided elsewhere.
use super::bus::ANSWER;
use crate::domain::private::Private;
use std::collections::HashMap;
use tokio::{sync::mpsc, time::timeout};
use zbus::{Connection, connection::Builder, zvariant::OwnedValue};

/// The name, the desktop entry and the icon.
pub const NAME: &str = "org.landline.Landline";
const PATH: &str = "/org/landline/Landline";
/// Wishes that may wait; more wait on the bus.
const CHANNEL: usize = 16;
/// Links in one call at the most: a field holds one.
const LINKS: usize = 1;

/// What the desktop asks for.
#[derive(Debug, Clone)]
pub enum Activation {
    /// Show the window.
    Show,
    /// Show it with a link.
    Open(Private<String>),
}

struct Application {
    wishes: mpsc::Sender<Activation>,
}

/// What an activation may carry along: a start-up id, an activation token.
type Platform = HashMap<String, OwnedValue>;

#[zbus::interface(name = "org.freedesktop.Application")]
impl Application {
    async fn activate(&self, _platform: Platform) {
        self.pass(Activation::Show).await;
    }
    async fn open(&self, links: Vec<String>, _platform: Platform) {
        if links.is_empty() {
            self.pass(Activation::Show).await;
        }
        for link in links.into_iter().take(LINKS) {
            self.pass(Activation::Open(Private::new(link))).await;
        }
    }
    /// There are no actions of its own: whatever is named, the window is wanted.
    async fn activate_action(&self, _name: String, _parameter: Vec<OwnedValue>, _platform: Platform) {
        self.pass(Activation::Show).await;
    }
}

impl Application {
    async fn pass(&self, wish: Activation) {
        if self.wishes.send(wish).await.is_err() {
            tracing::debug!("the window is wanted while the program ends");
        }
    }
}

/// Takes the name; what is asked for follows while the connection is kept. `None`: somebody else has it, or there is no bus.
pub async fn serve() -> Option<(Connection, mpsc::Receiver<Activation>)> {
    let (wishes, asked) = mpsc::channel(CHANNEL);
    let served = async {
        // a connection of its own, built with its object: who starts us by our name calls it as soon as the name is there
        let builder = Builder::session()?.serve_at(PATH, Application { wishes })?.name(NAME)?;
        builder.allow_name_replacements(false).replace_existing_names(false).build().await
    };
    match timeout(ANSWER, served).await.ok()? {
        Ok(connection) => Some((connection, asked)),
        Err(error) => {
            tracing::info!(%error, "no name on the session bus");
            None
        }
    }
}
