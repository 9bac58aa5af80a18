//! One phone a person: a second start, or the desktop by its name on the bus, shows the one that runs. Closing its window
//! asks once, then keeps it running; it is reopened, and never pops up when it is started minimized.
use crate::support::{
    Process, kamailio::Kamailio, landline::Landline, screen::Screen, session_bus::SessionBus, wait_for,
};
use std::{collections::HashMap, process::Command};

const NAME: &str = "org.landline.Landline";
const APPLICATION: (&str, &str, &str) = (NAME, "/org/landline/Landline", "org.freedesktop.Application");
type Platform = HashMap<String, zbus::zvariant::OwnedValue>;

fn registered(home: &Landline) {
    wait_for("the registration", || {
        String::from_utf8_lossy(&home.cli(&["status", "--json"]).stdout).contains("\"registered\"").then_some(())
    });
}

/// Another program's window, in front.
fn other(screen: &Screen, home: &Landline) -> Process {
    let mut other = Command::new("xev");
    other.args(["-name", "Other"]).env("DISPLAY", &screen.display);
    let other = Process::start("other", &home.home(), &mut other);
    wait_for("another window in front", || (screen.focused() == "Other").then_some(()));
    other
}

#[test]
fn a_second_start_and_the_bus_bring_the_first_to_the_front() {
    let (kamailio, screen, bus) = (Kamailio::start(), Screen::with_manager(), SessionBus::start(&[]));
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.live_in_xdg();
    let address = bus.address();
    let variables = [("DISPLAY", screen.display.as_str()), ("DBUS_SESSION_BUS_ADDRESS", &address)];
    alice.run_with(&[], &variables);
    wait_for("the window in front", || (screen.focused() == "Landline").then_some(()));
    registered(&alice);
    let first = other(&screen, &alice);
    let mut second = alice.spawn(&[], &variables);
    assert!(second.end().success());
    wait_for("the window in front again", || (screen.focused() == "Landline").then_some(()));
    drop(first);
    let _second = other(&screen, &alice);
    // minimized it is not to be seen: nothing changes
    assert!(alice.spawn(&["--minimized"], &variables).end().success());
    assert_eq!(screen.focused(), "Other");
    bus.call(APPLICATION, "Activate", &(Platform::new(),));
    wait_for("the window in front once more", || (screen.focused() == "Landline").then_some(()));
    assert!(alice.stop());
    wait_for("its name to be free", || (!bus.has(NAME)).then_some(()));
}

#[test]
fn closing_asks_once_then_keeps_it_running_and_it_reopens() {
    let (kamailio, screen) = (Kamailio::start(), Screen::with_manager());
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.run_with(&[], &[("DISPLAY", &screen.display)]);
    wait_for("the window", || screen.shows("Landline").then_some(()));
    registered(&alice);
    screen.close("Landline");
    // Enter is "Keep running": until the question is there it does nothing
    wait_for("the answer to the question", || {
        screen.picture("closing");
        screen.xdotool(&["search", "--onlyvisible", "--name", "Landline", "windowfocus", "key", "Return"]);
        (!screen.shows("Landline")).then_some(())
    });
    wait_for("the answer to be kept", || {
        let kept = std::fs::read_to_string(alice.home().join("config/config.toml")).unwrap();
        kept.contains("keep_running = true").then_some(())
    });
    registered(&alice);
    for _ in 0..2 {
        assert!(alice.spawn(&[], &[("DISPLAY", &screen.display)]).end().success());
        wait_for("the window again", || screen.shows("Landline").then_some(()));
        // it draws: what it asks of the X server now is answered
        screen.close("Landline");
        wait_for("no window", || (!screen.shows("Landline")).then_some(()));
    }
    assert!(alice.stop());
}

#[test]
fn the_bus_starts_it_by_its_name_with_a_link() {
    let (kamailio, screen) = (Kamailio::start(), Screen::with_manager());
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.live_in_xdg();
    let folders = alice.xdg_variables();
    let mut variables: Vec<(&str, &str)> =
        folders.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    variables.extend([("DISPLAY", screen.display.as_str()), ("LANDLINE_PASSPHRASE", "correct horse battery")]);
    let bus = SessionBus::start(&variables);
    let service =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/org.landline.Landline.service"));
    let service = service.unwrap().replace("/usr/bin/landline", env!("CARGO_BIN_EXE_landline"));
    std::fs::write(bus.services().join("org.landline.Landline.service"), service).unwrap();
    bus.ask(&["org.freedesktop.DBus", "/", "org.freedesktop.DBus.ReloadConfig"]);
    bus.call(APPLICATION, "Open", &(vec!["tel:+15550100"], Platform::new()));
    let pid = bus.ask(&[
        "org.freedesktop.DBus",
        "/",
        "org.freedesktop.DBus.GetConnectionUnixProcessID",
        &format!("string:{NAME}"),
    ]);
    let pid = pid.split_whitespace().next_back().unwrap().to_owned();
    wait_for("the window", || screen.shows("Landline").then_some(()));
    registered(&alice);
    screen.picture("started-by-link");
    let calls = alice.json(&["calls"]);
    let gone = || {
        Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        wait_for("its end", || (!bus.has(NAME)).then_some(()));
    };
    gone();
    assert_eq!(calls.as_array().map(Vec::len), Some(0), "a link dialled by itself");
}
