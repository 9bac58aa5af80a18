//! The sign in the desktop's tray (StatusNotifierItem of freedesktop and KDE) with its menu (com.canonical.dbusmenu), on a
//! connection of its own: it leaves the tray by leaving the bus. Where there is no tray nothing is shown and nothing is
//! missing. What stands there is decided elsewhere.
use super::bus::{self, ANSWER};
use futures::StreamExt;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};
use zbus::{Connection, connection::Builder, fdo::DBusProxy};

mod item;
mod menu;
mod picture;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU_PATH: &str = "/MenuBar";
/// Entries that were pressed and wait; more wait on the bus.
const CHANNEL: usize = 16;

/// What the sign says at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// No account is connected.
    Offline,
    /// All is well and seen.
    Calm,
    /// Something waits to be seen.
    News,
}

/// What an entry of the menu, or a click on the sign, asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrayAction {
    /// Show the window.
    Show,
    /// Do not disturb, or do again.
    Quiet,
    /// Copy the newest code.
    CopyCode,
    /// End the program.
    Quit,
}

impl TrayAction {
    const ALL: [Self; 4] = [Self::Show, Self::Quiet, Self::CopyCode, Self::Quit];

    /// Its number in the menu; 0 is the menu itself.
    const fn number(self) -> i32 {
        match self {
            Self::Show => 1,
            Self::Quiet => 2,
            Self::CopyCode => 3,
            Self::Quit => 4,
        }
    }
    fn from_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.number() == number)
    }
}

/// An entry of the menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it asks for.
    pub action: TrayAction,
    /// Its words.
    pub label: String,
    /// It can be pressed.
    pub enabled: bool,
    /// It is a switch, and on or off.
    pub on: Option<bool>,
}

/// All that stands in the tray.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// The picture.
    pub sign: Sign,
    /// What shows under the pointer: how many texts and calls wait, never whose.
    pub about: String,
    /// The menu.
    pub entries: Vec<Entry>,
}

/// The face that stands there now, for whoever on the bus asks.
#[derive(Debug, Clone)]
struct Shared(Arc<Mutex<Face>>);

impl Shared {
    fn read<T>(&self, of: impl FnOnce(&Face) -> T) -> T {
        of(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
    fn set(&self, face: Face) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = face;
    }
}

/// The hand that holds the sign. Its task ends with it.
#[derive(Debug)]
pub struct Tray {
    faces: watch::Sender<Option<Face>>,
}

impl Tray {
    /// A tray's place, and what is pressed there. Must be called within a tokio runtime.
    pub fn new() -> (Self, mpsc::Receiver<TrayAction>) {
        let (faces, wanted) = watch::channel(None);
        let (pressed, actions) = mpsc::channel(CHANNEL);
        tokio::spawn(keep(wanted, pressed));
        (Self { faces }, actions)
    }

    /// Shows this; `None`: no sign at all.
    pub fn show(&self, face: Option<Face>) {
        self.faces.send_if_modified(|shown| {
            let changed = *shown != face;
            *shown = face;
            changed
        });
    }
}

/// Comes to the bus while there is something to show, and leaves it afterwards.
async fn keep(mut wanted: watch::Receiver<Option<Face>>, pressed: mpsc::Sender<TrayAction>) {
    while wanted.wait_for(Option::is_some).await.is_ok() {
        let Some(face) = wanted.borrow_and_update().clone() else { continue };
        let shared = Shared(Arc::new(Mutex::new(face)));
        let Ok(Ok(connection)) = timeout(ANSWER, join(&shared, &pressed)).await else {
            tracing::info!("no bus for a tray");
            return;
        };
        if let Err(error) = stand(&connection, shared, &mut wanted).await {
            tracing::info!(%error, "no sign in the tray");
            if wanted.wait_for(Option::is_none).await.is_err() {
                return;
            }
        }
        // the bus tells the tray that we are gone
        let _ = connection.close().await;
    }
}

/// A connection that is built with its objects: a tray asks them as soon as it hears of us.
async fn join(shared: &Shared, pressed: &mpsc::Sender<TrayAction>) -> zbus::Result<Connection> {
    let item = item::Item::new(shared.clone(), pressed.clone());
    let menu = menu::Menu::new(shared.clone(), pressed.clone());
    Builder::session()?.serve_at(ITEM_PATH, item)?.serve_at(MENU_PATH, menu)?.build().await
}

/// Stands in the tray until nothing is to be shown.
async fn stand(
    connection: &Connection,
    shared: Shared,
    wanted: &mut watch::Receiver<Option<Face>>,
) -> zbus::Result<()> {
    let names = DBusProxy::new(connection).await?;
    // a tray that comes later, or again, is told, too
    let mut watchers = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
    register(connection).await;
    loop {
        tokio::select! {
            changed = wanted.changed() => {
                let face = wanted.borrow_and_update().clone();
                let Some(face) = face.filter(|_| changed.is_ok()) else { return Ok(()) };
                shared.set(face);
                item::changed(connection).await?;
                menu::changed(connection).await?;
            }
            Some(watcher) = watchers.next() => {
                if watcher.args().is_ok_and(|args| args.new_owner().is_some()) {
                    register(connection).await;
                }
            }
        }
    }
}

async fn register(connection: &Connection) {
    let Some(ours) = connection.unique_name().map(ToString::to_string) else { return };
    let watcher = (WATCHER, WATCHER_PATH, WATCHER);
    let told: Option<()> = bus::call(connection, watcher, "RegisterStatusNotifierItem", &(ours,), ANSWER).await;
    tracing::debug!(there = told.is_some(), "the tray");
}

/// Passes on what was pressed.
async fn pass(pressed: &mpsc::Sender<TrayAction>, action: TrayAction) {
    if timeout(ANSWER, pressed.send(action)).await.is_err() {
        tracing::debug!("the tray was pressed and nobody listens");
    }
}
