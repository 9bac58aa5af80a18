//! Desktop notifications (freedesktop Desktop Notifications Specification 1.2) over D-Bus, with buttons: answer a call
//! or copy a code without looking for the window. A server that is not there yet is waited for, without a clock.
//! What a notification may show is decided before it comes here, but for whether the screen is locked.
use super::{
    application,
    bus::{self, ANSWER},
    lock,
};
use crate::domain::private::Private;
use futures::StreamExt;
use std::collections::{HashMap, HashSet};
use tokio::{
    sync::{mpsc, oneshot},
    time::timeout,
};
use zbus::{
    Connection, Proxy,
    fdo::{DBusProxy, NameOwnerChangedStream},
    proxy::SignalStream,
    zvariant::Value,
};

const SERVICE: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Room in both channels. A full one makes the sender wait.
const CHANNEL: usize = 16;

/// What a notification is about: how urgent it is and how long it stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationKind {
    /// A call comes in: stays until closed; silent, since the phone rings.
    Call,
    /// A call was missed.
    MissedCall,
    /// A text came.
    Text,
    /// A verification code came. Not kept in the server's history.
    Code,
}

impl NotificationKind {
    /// `category` hint of the specification.
    const fn category(self) -> &'static str {
        match self {
            Self::Call => "call.incoming",
            Self::MissedCall => "call.unanswered",
            Self::Text | Self::Code => "im.received",
        }
    }
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotificationAction {
    /// Answer the call.
    Answer,
    /// Decline the call.
    Decline,
    /// Write back.
    Reply,
    /// Call back.
    CallBack,
    /// Copy the code.
    CopyCode,
    /// Show the window: a click on the notification itself.
    Open,
}

impl NotificationAction {
    const ALL: [Self; 6] = [Self::Answer, Self::Decline, Self::Reply, Self::CallBack, Self::CopyCode, Self::Open];

    /// The key on the bus; `default` is the click on the notification.
    const fn key(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Decline => "decline",
            Self::Reply => "reply",
            Self::CallBack => "return",
            Self::CopyCode => "copy-code",
            Self::Open => "default",
        }
    }
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.key() == key)
    }
}

/// What to show.
#[derive(Debug, Clone)]
pub struct Notification {
    /// What it is about.
    pub kind: NotificationKind,
    /// First line, plain text.
    pub title: Private<String>,
    /// What follows, plain text.
    pub body: Private<String>,
    /// Stands alone where names and words are not to be seen.
    pub plain: String,
    /// When that is.
    pub hidden: Hidden,
    /// Buttons with their words, in order. Left out where the server has none.
    pub actions: Vec<(NotificationAction, String)>,
    /// Takes the place of this one.
    pub replaces: Option<NotificationId>,
}

/// When a notification keeps names and words to itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hidden {
    /// Never.
    Never,
    /// While the screen is locked.
    Locked,
    /// Always.
    Always,
}

/// A notification that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NotificationId(u32);

#[cfg(test)]
impl NotificationId {
    pub(crate) const fn of(id: u32) -> Self {
        Self(id)
    }
}

/// A button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// On which notification.
    pub notification: NotificationId,
    /// Which button.
    pub action: NotificationAction,
}

/// A connection to the desktop's notification server. Cheap to clone; its task ends with the last clone.
#[derive(Debug, Clone)]
pub struct Notifier {
    commands: mpsc::Sender<Command>,
}

#[derive(Debug)]
enum Command {
    Show(Notification, oneshot::Sender<Option<NotificationId>>),
    Close(NotificationId),
}

impl Notifier {
    /// The notification server on a session bus, and the buttons people press. Must be called within a tokio runtime.
    pub fn over(connection: Connection) -> (Self, mpsc::Receiver<Chosen>) {
        let (commands, received) = mpsc::channel(CHANNEL);
        let (chosen, choices) = mpsc::channel(CHANNEL);
        tokio::spawn(wait(connection, received, chosen));
        (Self { commands }, choices)
    }

    /// Shows a notification. `None`: there is no server, or it refused.
    pub async fn notify(&self, notification: Notification) -> Option<NotificationId> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Show(notification, answer)).await.ok()?;
        answered.await.ok()?
    }

    /// Takes a notification away, if it is still shown.
    pub async fn close(&self, notification: NotificationId) {
        // a server that is gone shows nothing
        let _ = self.commands.send(Command::Close(notification)).await;
    }
}

/// Until there is a server nothing is shown.
async fn wait(connection: Connection, mut commands: mpsc::Receiver<Command>, chosen: mpsc::Sender<Chosen>) {
    let system = bus::system().await;
    let Some(mut comers) = comers(&connection).await else { return };
    loop {
        match timeout(ANSWER, Server::find(&connection, system.as_ref())).await {
            Ok(Ok((server, signals))) => return server.run(signals, commands, chosen).await,
            Ok(Err(error)) => tracing::info!(%error, "no notification server"),
            Err(_) => tracing::info!("the notification server does not answer"),
        }
        loop {
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Show(_, answer)) => drop(answer.send(None)),
                    Some(Command::Close(_)) => {}
                    None => return,
                },
                comer = comers.next() => match comer {
                    Some(comer) if comer.args().is_ok_and(|args| args.new_owner().is_some()) => break,
                    Some(_) => {}
                    None => return,
                },
            }
        }
    }
}

/// Servers as they come.
async fn comers(connection: &Connection) -> Option<NameOwnerChangedStream> {
    let names = DBusProxy::new(connection).await.ok()?;
    names.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await.ok()
}

/// The server and what it can do.
struct Server {
    proxy: Proxy<'static>,
    system: Option<Connection>,
    /// It has buttons.
    actions: bool,
    /// It reads `<b>` and the like in bodies.
    markup: bool,
    /// Ours that are shown: signals for other programs' come here too.
    shown: HashSet<u32>,
}

impl Server {
    async fn find(connection: &Connection, system: Option<&Connection>) -> zbus::Result<(Self, SignalStream<'static>)> {
        let proxy = Proxy::new_owned(connection.clone(), SERVICE, PATH, SERVICE).await?;
        let signals = proxy.receive_all_signals().await?;
        let can: Vec<String> = proxy.call("GetCapabilities", &()).await?;
        let has = |name: &str| can.iter().any(|capability| capability == name);
        let (actions, markup) = (has("actions"), has("body-markup"));
        Ok((Self { proxy, system: system.cloned(), actions, markup, shown: HashSet::new() }, signals))
    }

    async fn run(
        mut self,
        mut signals: SignalStream<'static>,
        mut commands: mpsc::Receiver<Command>,
        chosen: mpsc::Sender<Chosen>,
    ) {
        loop {
            // a signal never overtakes the answer that tells its id: both are taken here, one after the other
            tokio::select! {
                command = commands.recv() => match command {
                    Some(Command::Show(notification, answer)) => {
                        let id = self.show(&notification).await;
                        self.shown.extend(id);
                        // nobody waits any more: it stays until the person closes it
                        let _ = answer.send(id.map(NotificationId));
                    }
                    Some(Command::Close(NotificationId(id))) => self.close(id).await,
                    None => return,
                },
                signal = signals.next() => match signal {
                    Some(message) => {
                        if let Some(choice) = self.signal(&message) && chosen.send(choice).await.is_err() {
                            tracing::debug!("a button was pressed and nobody listens");
                        }
                    }
                    None => return,
                },
            }
        }
    }

    async fn show(&self, notification: &Notification) -> Option<u32> {
        let kind = notification.kind;
        let mut hints: HashMap<&str, Value<'_>> = HashMap::from([
            ("desktop-entry", Value::from(application::NAME)),
            ("category", Value::from(kind.category())),
            ("urgency", Value::from(if kind == NotificationKind::Call { 2_u8 } else { 1 })),
        ]);
        let mut expires = -1; // as the server likes
        match kind {
            NotificationKind::Call => {
                expires = 0; // never
                hints.insert("suppress-sound", Value::from(true));
            }
            NotificationKind::Code => {
                hints.insert("transient", Value::from(true));
            }
            NotificationKind::MissedCall | NotificationKind::Text => {}
        }
        let buttons = notification.actions.iter().filter(|_| self.actions);
        let actions: Vec<&str> = buttons.flat_map(|(action, label)| [action.key(), label.as_str()]).collect();
        let hidden = match notification.hidden {
            Hidden::Never => false,
            Hidden::Locked => lock::is_locked(self.proxy.connection(), self.system.as_ref()).await,
            Hidden::Always => true,
        };
        let (title, body) = if hidden {
            (notification.plain.as_str(), "")
        } else {
            (notification.title.expose().as_str(), notification.body.expose().as_str())
        };
        let body = if self.markup { escaped(body) } else { body.to_owned() };
        let replaced = notification.replaces.map_or(0, |NotificationId(id)| id);
        let call = ("Landline", replaced, application::NAME, title, body.as_str(), actions, hints, expires);
        match timeout(ANSWER, self.proxy.call::<_, _, u32>("Notify", &call)).await {
            Ok(Ok(id)) => Some(id),
            Ok(Err(_)) => {
                // the server's words may hold ours: they stay out of the log
                tracing::warn!("a notification was refused");
                None
            }
            Err(_) => {
                tracing::warn!("the notification server does not answer");
                None
            }
        }
    }

    async fn close(&mut self, id: u32) {
        if self.shown.remove(&id) {
            // servers answer an error for one the person has just closed
            let _ = timeout(ANSWER, self.proxy.call::<_, _, ()>("CloseNotification", &id)).await;
        }
    }

    fn signal(&mut self, message: &zbus::Message) -> Option<Chosen> {
        match message.header().member()?.as_str() {
            "ActionInvoked" => {
                let (id, key): (u32, String) = message.body().deserialize().ok()?;
                let action = NotificationAction::from_key(&key)?;
                self.shown.contains(&id).then_some(Chosen { notification: NotificationId(id), action })
            }
            "NotificationClosed" => {
                let (id, _reason): (u32, u32) = message.body().deserialize().ok()?;
                self.shown.remove(&id);
                None
            }
            _ => None,
        }
    }
}

/// Plain text for a server that reads markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
#[path = "notify_tests.rs"]
mod tests;
