//! Against a real `dbus-daemon` of the test's own, and a double of a notification server on it: no desktop's server
//! was asked here.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::{
    io::{BufRead, BufReader},
    process::{Child, Command as Process, Stdio},
};
use tempfile::TempDir;
use zbus::{connection::Builder, zvariant::OwnedValue};

/// A bus of the test's own; ends with it.
struct Bus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl Bus {
    /// `None` where no `dbus-daemon` is installed.
    fn start() -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let config = folder.path().join("bus.conf");
        let listen = format!("unix:path={}", folder.path().join("bus").display());
        let text = format!(
            "<busconfig><type>session</type><listen>{listen}</listen><auth>EXTERNAL</auth><policy context=\"default\">\
             <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/>\
             </policy></busconfig>"
        );
        std::fs::write(&config, text).unwrap();
        let mut daemon = Process::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .inspect_err(|_| eprintln!("skipped: no dbus-daemon here"))
            .ok()?;
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Some(Self { daemon, address: address.trim().to_owned(), _folder: folder })
    }
    async fn join(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What the double was told.
#[derive(Debug)]
enum Told {
    Notify { title: String, body: String, actions: Vec<String>, urgency: u8, transient: bool, expires: i32 },
    Close(u32),
}

struct Double {
    told: mpsc::Sender<Told>,
    capabilities: &'static [&'static str],
    last: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Double {
    fn get_capabilities(&self) -> Vec<String> {
        self.capabilities.iter().map(|name| (*name).to_owned()).collect()
    }
    #[allow(clippy::too_many_arguments)]
    async fn notify(
        &mut self,
        _app: String,
        _replaces: u32,
        _icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expires: i32,
    ) -> u32 {
        let urgency = u8::try_from(&hints["urgency"]).unwrap();
        let transient = hints.contains_key("transient");
        self.told.send(Told::Notify { title, body, actions, urgency, transient, expires }).await.unwrap();
        self.last += 1;
        self.last
    }
    async fn close_notification(&self, id: u32) {
        self.told.send(Told::Close(id)).await.unwrap();
    }
}

async fn double(bus: &Bus, capabilities: &'static [&'static str]) -> (Connection, mpsc::Receiver<Told>) {
    let (told, heard) = mpsc::channel(8);
    let builder = Builder::address(bus.address.as_str()).unwrap().name(SERVICE).unwrap();
    let double = Double { told, capabilities, last: 6 };
    (builder.serve_at(PATH, double).unwrap().build().await.unwrap(), heard)
}

async fn press(server: &Connection, id: u32, key: &str) {
    server.emit_signal(None::<&str>, PATH, SERVICE, "ActionInvoked", &(id, key)).await.unwrap();
}

fn call() -> Notification {
    let actions = [(NotificationAction::Answer, "Answer"), (NotificationAction::Decline, "Decline")];
    Notification {
        kind: NotificationKind::Call,
        title: Private::from("Ana"),
        body: Private::from("<calls> & waits"),
        plain: "A call".to_owned(),
        hidden: Hidden::Locked,
        replaces: None,
        actions: actions.map(|(action, label)| (action, label.to_owned())).to_vec(),
    }
}

#[tokio::test]
async fn a_call_is_shown_answered_and_closed() {
    let Some(bus) = Bus::start() else { return };
    let (server, mut heard) = double(&bus, &["actions", "body", "body-markup"]).await;
    let (notifier, mut chosen) = Notifier::over(bus.join().await);
    let id = notifier.notify(call()).await.unwrap();
    let Some(Told::Notify { body, actions, urgency, transient, expires, .. }) = heard.recv().await else { panic!() };
    assert_eq!(body, "&lt;calls&gt; &amp; waits");
    assert_eq!(actions, ["answer", "Answer", "decline", "Decline"]);
    assert_eq!((urgency, transient, expires), (2, false, 0));
    // another program's, then a button we do not have, then ours
    press(&server, 99, "answer").await;
    press(&server, id.0, "explode").await;
    press(&server, id.0, "decline").await;
    let decline = Chosen { notification: id, action: NotificationAction::Decline };
    assert_eq!(chosen.recv().await, Some(decline));
    notifier.close(id).await;
    assert!(matches!(heard.recv().await, Some(Told::Close(closed)) if closed == id.0));
    // closed: its buttons count no more, and it is not closed twice
    press(&server, id.0, "answer").await;
    notifier.close(id).await;
    let next = notifier.notify(call()).await.unwrap();
    assert!(matches!(heard.recv().await, Some(Told::Notify { .. })));
    press(&server, next.0, "default").await;
    assert_eq!(chosen.recv().await, Some(Chosen { notification: next, action: NotificationAction::Open }));
}

#[tokio::test]
async fn a_plain_server_gets_plain_text_and_no_buttons() {
    let Some(bus) = Bus::start() else { return };
    let (_server, mut heard) = double(&bus, &["body"]).await;
    let (notifier, _chosen) = Notifier::over(bus.join().await);
    let code = Notification { kind: NotificationKind::Code, ..call() };
    assert!(notifier.notify(code).await.is_some());
    let Some(Told::Notify { body, actions, urgency, transient, expires, .. }) = heard.recv().await else { panic!() };
    assert_eq!((body.as_str(), actions.len()), ("<calls> & waits", 0));
    assert_eq!((urgency, transient, expires), (1, true, -1));
}

/// A screen saver that says whether it locks.
struct Saver(bool);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn get_active(&self) -> bool {
        self.0
    }
}

#[tokio::test]
async fn on_a_locked_screen_the_title_says_nothing_of_whom() {
    let Some(bus) = Bus::start() else { return };
    let (_server, mut heard) = double(&bus, &["body"]).await;
    let (notifier, _chosen) = Notifier::over(bus.join().await);
    let saver = bus.join().await;
    saver.object_server().at("/org/freedesktop/ScreenSaver", Saver(true)).await.unwrap();
    notifier.notify(call()).await.unwrap();
    let Some(Told::Notify { title, body, .. }) = heard.recv().await else { panic!() };
    // nobody says it is locked before the saver has its name
    assert_eq!((title.as_str(), body.as_str()), ("Ana", "<calls> & waits"));
    saver.request_name("org.freedesktop.ScreenSaver").await.unwrap();
    notifier.notify(call()).await.unwrap();
    let Some(Told::Notify { title, body, .. }) = heard.recv().await else { panic!() };
    assert_eq!((title.as_str(), body.as_str()), ("A call", ""));
    notifier.notify(Notification { hidden: Hidden::Never, ..call() }).await.unwrap();
    let Some(Told::Notify { title, .. }) = heard.recv().await else { panic!() };
    assert_eq!(title, "Ana");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for_and_one_that_leaves_is_no_harm() {
    let Some(bus) = Bus::start() else { return };
    let (notifier, _chosen) = Notifier::over(bus.join().await);
    assert_eq!(notifier.notify(call()).await, None);
    let (server, _heard) = double(&bus, &["actions"]).await;
    // the news of it is on its way to us
    let shown = async {
        loop {
            if let Some(id) = notifier.notify(call()).await {
                return id;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(ANSWER, shown).await.unwrap();
    server.close().await.unwrap();
    assert_eq!(notifier.notify(call()).await, None);
}
