//! What a call does to the desktop around it, on real buses with services of the test's own: the computer stays awake, players
//! pause and go on; and what waking from suspend does to accounts.
use crate::support::{kamailio::Kamailio, landline::Landline, session_bus::SessionBus, wait_for};
use std::{
    collections::HashMap,
    io::{PipeReader, Read},
    os::fd::OwnedFd,
    sync::{Arc, Mutex},
};
use tokio::runtime::Runtime;
use zbus::{Connection, connection::Builder, message::Header, zvariant};

type Log = Arc<Mutex<Vec<String>>>;

/// A screen saver: who keeps it off, and why.
struct Saver(Log);

#[zbus::interface(name = "org.freedesktop.ScreenSaver")]
impl Saver {
    fn inhibit(&self, #[zbus(header)] header: Header<'_>, _app: String, why: String) -> u32 {
        let who = header.sender().map(ToString::to_string).unwrap_or_default();
        self.0.lock().unwrap().extend([who, why]);
        7
    }
}

/// A portal that keeps the computer awake.
struct Portal(Log);

#[zbus::interface(name = "org.freedesktop.portal.Inhibit")]
impl Portal {
    fn inhibit(
        &self,
        #[zbus(header)] header: Header<'_>,
        _window: String,
        flags: u32,
        options: HashMap<String, zvariant::OwnedValue>,
    ) -> zvariant::OwnedObjectPath {
        let who = header.sender().map(ToString::to_string).unwrap_or_default();
        let why = String::try_from(options["reason"].try_clone().unwrap()).unwrap();
        self.0.lock().unwrap().extend([who, why, flags.to_string()]);
        zvariant::ObjectPath::from_static_str_unchecked("/org/freedesktop/portal/desktop/request/1").into()
    }
}

/// A player of music.
struct Player {
    status: Arc<Mutex<&'static str>>,
    told: Log,
}

#[zbus::interface(name = "org.mpris.MediaPlayer2.Player")]
impl Player {
    #[zbus(property)]
    fn playback_status(&self) -> &'static str {
        *self.status.lock().unwrap()
    }
    fn pause(&self) {
        *self.status.lock().unwrap() = "Paused";
        self.told.lock().unwrap().push("pause".to_owned());
    }
    fn play(&self) {
        *self.status.lock().unwrap() = "Playing";
        self.told.lock().unwrap().push("play".to_owned());
    }
}

/// The session manager: what holds it awake is a pipe whose other end we keep.
struct Logind {
    told: Log,
    held: Arc<Mutex<Option<PipeReader>>>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Logind {
    fn inhibit(&self, what: String, _who: String, _why: String, mode: String) -> zvariant::OwnedFd {
        let (reader, writer) = std::io::pipe().unwrap();
        *self.held.lock().unwrap() = Some(reader);
        self.told.lock().unwrap().extend([what, mode]);
        OwnedFd::from(writer).into()
    }
    #[zbus(signal)]
    async fn prepare_for_sleep(emitter: &zbus::object_server::SignalEmitter<'_>, start: bool) -> zbus::Result<()>;
}

fn serve<I: zbus::object_server::Interface>(
    runtime: &Runtime,
    bus: &SessionBus,
    name: &'static str,
    path: &'static str,
    service: I,
) -> Connection {
    runtime.block_on(async {
        let builder = Builder::address(bus.address().as_str()).unwrap();
        builder.serve_at(path, service).unwrap().name(name).unwrap().build().await.unwrap()
    })
}

const LOGIND: (&str, &str) = ("org.freedesktop.login1", "/org/freedesktop/login1");

/// A demo on these buses, in a call with its echo.
fn call(session: &SessionBus, system: &SessionBus) -> Landline {
    let mut home = Landline::new();
    let variables = (session.address(), system.address());
    let variables = [("DBUS_SESSION_BUS_ADDRESS", variables.0.as_str()), ("DBUS_SYSTEM_BUS_ADDRESS", &variables.1)];
    home.run_with(&["--demo", "run", "--headless", "--json"], &variables);
    home.wait_registered();
    home.json(&["call", "600"]);
    home.wait_call("active");
    home
}

#[test]
fn the_computer_stays_awake_and_players_pause_until_the_call_is_over() {
    let (runtime, session, system) = (Runtime::new().unwrap(), SessionBus::start(&[]), SessionBus::start(&[]));
    let (saver, told, held): (Log, Log, _) = (Log::default(), Log::default(), Arc::default());
    let _saver = serve(
        &runtime,
        &session,
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        Saver(Arc::clone(&saver)),
    );
    let logind = Logind { told: Arc::clone(&told), held: Arc::clone(&held) };
    let _logind = serve(&runtime, &system, LOGIND.0, LOGIND.1, logind);
    let player = |name: &'static str, status: &'static str| {
        let (status, told) = (Arc::new(Mutex::new(status)), Log::default());
        let player = Player { status: Arc::clone(&status), told: Arc::clone(&told) };
        (serve(&runtime, &session, name, "/org/mpris/MediaPlayer2", player), status, told)
    };
    let (_radio, radio, radio_told) = player("org.mpris.MediaPlayer2.radio", "Playing");
    let (_film, film, _) = player("org.mpris.MediaPlayer2.film", "Playing");
    let (_silent, silent, silent_told) = player("org.mpris.MediaPlayer2.silent", "Paused");
    let mut home = call(&session, &system);
    wait_for("the pause", || (*radio.lock().unwrap() == "Paused" && *film.lock().unwrap() == "Paused").then_some(()));
    wait_for("the computer held awake", || held.lock().unwrap().is_some().then_some(()));
    assert_eq!(*told.lock().unwrap(), ["sleep:idle", "block"]);
    let saved = saver.lock().unwrap().clone();
    assert_eq!(saved[1], "In a call");
    assert!(session.has(&saved[0]));
    // the person stops the film for good
    *film.lock().unwrap() = "Stopped";
    assert!(home.cli(&["--demo", "hangup"]).status.success());
    wait_for("the radio", || (*radio.lock().unwrap() == "Playing").then_some(()));
    wait_for("the screen saver's turn", || (!session.has(&saved[0])).then_some(()));
    let mut end = Vec::new();
    let pipe = held.lock().unwrap().take();
    pipe.unwrap().read_to_end(&mut end).unwrap();
    assert_eq!((*film.lock().unwrap(), *silent.lock().unwrap()), ("Stopped", "Paused"));
    assert_eq!(*radio_told.lock().unwrap(), ["pause", "play"]);
    assert!(silent_told.lock().unwrap().is_empty());
    assert!(home.stop());
}

#[test]
fn by_the_portal_where_there_is_one_even_when_it_is_killed() {
    let (runtime, session, system) = (Runtime::new().unwrap(), SessionBus::start(&[]), SessionBus::start(&[]));
    let (asked, told): (Log, Log) = (Log::default(), Log::default());
    let path = "/org/freedesktop/portal/desktop";
    let _portal = serve(&runtime, &session, "org.freedesktop.portal.Desktop", path, Portal(Arc::clone(&asked)));
    let logind = Logind { told: Arc::clone(&told), held: Arc::default() };
    let _logind = serve(&runtime, &system, LOGIND.0, LOGIND.1, logind);
    let mut home = call(&session, &system);
    let asked = wait_for("the portal asked", || Some(asked.lock().unwrap().clone()).filter(|asked| !asked.is_empty()));
    assert_eq!(asked[1..], ["In a call", "12"]);
    assert!(told.lock().unwrap().is_empty(), "the portal is enough");
    home.kill();
    wait_for("the end of it", || (!session.has(&asked[0])).then_some(()));
}

#[test]
fn an_account_is_looked_after_at_once_when_the_computer_wakes() {
    let (runtime, system) = (Runtime::new().unwrap(), SessionBus::start(&[]));
    let logind = Logind { told: Log::default(), held: Arc::default() };
    let logind = serve(&runtime, &system, LOGIND.0, LOGIND.1, logind);
    let mut kamailio = Kamailio::start();
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.run_with(&["run", "--headless", "--json"], &[("DBUS_SYSTEM_BUS_ADDRESS", &system.address())]);
    alice.wait_registered();
    let mut bob = Landline::new();
    bob.add_sip("bob", "secret-bob", &kamailio.server(), "udp", None);
    // while it sleeps the server forgets it
    kamailio.kill();
    kamailio.run();
    bob.run();
    bob.wait_registered();
    let sleep = |start: bool| {
        runtime.block_on(async {
            let manager = logind.object_server().interface::<_, Logind>(LOGIND.1).await.unwrap();
            Logind::prepare_for_sleep(manager.signal_emitter(), start).await.unwrap();
        });
    };
    let woke = std::time::Instant::now();
    sleep(true);
    sleep(false);
    wait_for("a text that reaches it", || {
        bob.json(&["text", "sip:alice@sip.test", "awake?"]);
        let come = |event: &serde_json::Value| event["event"] == "message" && event["message"]["body"] == "awake?";
        alice.take_event(come).map(drop)
    });
    // left alone it would have noticed within its keep-alive at the earliest
    assert!(woke.elapsed() < std::time::Duration::from_secs(8), "{:?}", woke.elapsed());
    assert!(alice.stop());
}
