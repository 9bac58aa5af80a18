//! How long the window takes to come up, what it holds in memory and what it costs when nothing happens, with a SIP and an
//! XMPP account connected to real servers; the same with many texts in the store; how soon a long conversation opens, a key
//! shows and scrolling follows; and other phones beside it, where they are installed. `cargo bench --bench window` prints
//! tables of medians; TEXTS=N for another largest store.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#[path = "window/fill.rs"]
mod fill;
#[path = "window/hand.rs"]
mod hand;
#[path = "../support/mod.rs"]
mod support;

use hand::Hand;
use std::{
    process::Command,
    time::{Duration, Instant},
};
use support::{
    Process, baresip::*, kamailio::Kamailio, landline::Landline, prosody::Prosody, screen::Screen,
    session_bus::SessionBus, wait_for,
};

const STARTS: usize = 5;
/// Of the wheel: fewer than lead to the end of the page that is shown first.
const STEPS: u32 = 40;
const IDLE: Duration = Duration::from_secs(10);
/// The rail of tabs by day: it is drawn when the phone's state is known and can be used.
const RAIL: (i16, i16, u32) = (6, 400, 0x000D_3B3D);

/// Values of one row of a table.
struct Row(String, Vec<f64>);

impl Row {
    fn print(&mut self) {
        self.1.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (self.1.first(), self.1.last()) else { return };
        println!("| {} | {:.1} | {least:.1} | {most:.1} |", self.0, self.1[self.1.len() / 2]);
    }
}

fn head(what: &str) {
    println!("\n| {what} | median | least | most |\n| --- | --- | --- | --- |");
}

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let most: u32 = std::env::var("TEXTS").ok().and_then(|texts| texts.parse().ok()).unwrap_or(1_000_000);
    let version = Command::new("uname").arg("-srm").output().expect("uname").stdout;
    println!("{STARTS} starts, {}", String::from_utf8_lossy(&version).trim());
    let (kamailio, prosody, screen) = (Kamailio::start(), Prosody::start(&["alice"]), Screen::start());
    let server = kamailio.server();
    let home = || {
        let home = Landline::new();
        home.add_sip("alice", "secret-alice", &server, "udp", None);
        home.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
        home
    };
    idle(&mut home(), &screen, &server);
    for texts in [0, 1000, 100_000, 1_000_000].into_iter().filter(|texts| *texts <= most) {
        let mut home = home();
        fill::fill(&home, texts);
        head(&format!("{texts} texts"));
        starts(&mut home, &screen);
        if texts > 0 {
            using(&mut home, &screen);
            Row("search for a rare word, ms".to_owned(), fill::search(&home, "porcelain")).print();
            Row("search for a word in every tenth text, ms".to_owned(), fill::search(&home, "parcel")).print();
        }
    }
    others(&screen);
}

/// Starts it and waits until it can be used; gives the time in milliseconds.
fn start(home: &mut Landline, screen: &Screen, hand: &Hand) -> f64 {
    let start = Instant::now();
    home.run_with(&[], &[("DISPLAY", &screen.display)]);
    hand.wait_colour(RAIL);
    start.elapsed().as_secs_f64() * 1000.0
}

fn registered(home: &Landline) {
    wait_for("both accounts", || {
        let status = home.cli(&["status", "--json"]);
        (String::from_utf8_lossy(&status.stdout).matches("\"registered\"").count() >= 2).then_some(())
    });
}

/// Nothing is done with it; then a call.
fn idle(home: &mut Landline, screen: &Screen, server: &str) {
    let hand = Hand::new(&screen.display);
    let names = ["usable after, ms", "resident, MiB", "processor ticks (10 ms) in 10 s idle", "threads"];
    let mut rows = names.map(|name| Row(name.to_owned(), Vec::new()));
    for _ in 0..STARTS {
        rows[0].1.push(start(home, screen, &hand));
        registered(home);
        // what starting up still has to do is not idleness
        std::thread::sleep(Duration::from_secs(3));
        let before = ticks(home.pid());
        std::thread::sleep(IDLE);
        rows[2].1.push((ticks(home.pid()) - before) as f64);
        rows[1].1.push(status(home.pid(), "VmRSS:") / 1024.0);
        rows[3].1.push(status(home.pid(), "Threads:"));
        assert!(home.stop(), "it must end politely");
        hand.wait_other(RAIL);
    }
    head("two accounts");
    rows.iter_mut().for_each(Row::print);
    start(home, screen, &hand);
    registered(home);
    let _bob = Baresip::start(&Options { user: "bob", server, answer: "auto", tone: 880, codec: "opus/48000/2" });
    home.json(&["call", "sip:bob@sip.test"]);
    wait_for("the call", || (home.json(&["calls"])[0]["state"] == "active").then_some(()));
    std::thread::sleep(IDLE);
    Row("resident in a call, MiB".to_owned(), vec![status(home.pid(), "VmRSS:") / 1024.0]).print();
    let before = ticks(home.pid());
    std::thread::sleep(IDLE);
    Row("ticks in 10 s of a call".to_owned(), vec![(ticks(home.pid()) - before) as f64]).print();
    assert!(home.stop());
    hand.wait_other(RAIL);
}

fn starts(home: &mut Landline, screen: &Screen) {
    let hand = Hand::new(&screen.display);
    let mut row = Row("usable after, ms".to_owned(), Vec::new());
    for _ in 0..STARTS {
        row.1.push(start(home, screen, &hand));
        assert!(home.stop());
        hand.wait_other(RAIL);
    }
    row.print();
}

/// The long conversation is the first of the list; its composer is at the foot of the window.
fn using(home: &mut Landline, screen: &Screen) {
    let hand = Hand::new(&screen.display);
    let (mut open, mut keys, mut scrolled) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        start(home, screen, &hand);
        registered(home);
        screen.picture("list");
        let before = hand.picture(hand::THREAD);
        hand.click(hand::FIRST);
        open.push(hand.settle(hand::THREAD, &before).as_secs_f64() * 1000.0);
        screen.picture("conversation");
        hand.click(hand::COMPOSER.0);
        for _ in 0..20 {
            // the caret stands still for half a second after each key
            std::thread::sleep(Duration::from_millis(100));
            let before = hand.picture(hand::COMPOSER.1);
            let from = Instant::now();
            hand.key();
            hand.wait_change(hand::COMPOSER.1, &before);
            keys.push(from.elapsed().as_secs_f64() * 1000.0);
        }
        let from = Instant::now();
        for _ in 0..STEPS {
            hand.scroll_up(hand::MIDDLE);
        }
        scrolled.push(f64::from(STEPS) / from.elapsed().as_secs_f64());
        screen.picture("scrolled");
        assert!(home.stop());
        hand.wait_other(RAIL);
    }
    Row("opening the long conversation, ms".to_owned(), open).print();
    Row("a key until it shows, ms".to_owned(), keys).print();
    Row("scrolling, frames a second".to_owned(), scrolled).print();
}

/// Other phones on the same screen, each with an empty home and a session bus of its own.
fn others(screen: &Screen) {
    for (program, name) in [("dino-im", "Dino"), ("linphone", "Linphone")] {
        let there = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().expect("sh");
        if !there.status.success() {
            println!("\n{name} is not installed");
            continue;
        }
        let names = ["window shown after, ms", "resident, MiB", "processor ticks (10 ms) in 10 s idle", "threads"];
        let mut rows = names.map(|name| Row(name.to_owned(), Vec::new()));
        for _ in 0..3 {
            let (dir, bus) = (tempfile::tempdir().expect("a folder"), SessionBus::start(&[]));
            let mut command = Command::new(program);
            command.env("HOME", dir.path()).env("XDG_RUNTIME_DIR", dir.path()).env("DISPLAY", &screen.display);
            command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).env("NO_AT_BRIDGE", "1");
            let from = Instant::now();
            let running = Process::start("other", dir.path(), &mut command);
            while !screen.shows(name) {
                assert!(from.elapsed() < support::PATIENCE, "no window of {name}");
            }
            rows[0].1.push(from.elapsed().as_secs_f64() * 1000.0);
            std::thread::sleep(Duration::from_secs(5));
            let before = ticks(running.pid());
            std::thread::sleep(IDLE);
            rows[2].1.push((ticks(running.pid()) - before) as f64);
            rows[1].1.push(status(running.pid(), "VmRSS:") / 1024.0);
            rows[3].1.push(status(running.pid(), "Threads:"));
        }
        head(&format!("{name}, without an account"));
        rows.iter_mut().for_each(Row::print);
    }
}

/// User and system time of a process so far, in clock ticks.
fn ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).expect("its statistics");
    let after = stat.rsplit_once(')').expect("a name").1;
    after.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().expect("ticks")).sum()
}

/// A number of `/proc/PID/status`.
fn status(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("that line");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).expect("a number")
}
