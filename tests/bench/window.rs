//! How long the window takes to come up, what it holds in memory and what it costs when nothing happens, with a SIP and an
//! XMPP account connected to real servers. `cargo bench --bench window` prints a table: medians of several starts.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#[path = "../support/mod.rs"]
mod support;

use std::{
    process::Command,
    time::{Duration, Instant},
};
use support::{kamailio::Kamailio, landline::Landline, prosody::Prosody, screen::Screen, wait_for};

const STARTS: usize = 7;
const IDLE: Duration = Duration::from_secs(10);

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let (kamailio, prosody, screen) = (Kamailio::start(), Prosody::start(&["alice"]), Screen::start());
    let mut home = Landline::new();
    home.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    home.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    let mut rows: [(&str, Vec<f64>); 4] = [
        ("window shown after, ms", Vec::new()),
        ("resident, MiB", Vec::new()),
        ("processor ticks (10 ms) in 10 s idle", Vec::new()),
        ("threads", Vec::new()),
    ];
    for _ in 0..STARTS {
        let start = Instant::now();
        home.run_with(&[], &[("DISPLAY", &screen.display)]);
        while !screen.shows("Landline") {
            assert!(start.elapsed() < support::PATIENCE, "no window");
        }
        rows[0].1.push(start.elapsed().as_secs_f64() * 1000.0);
        wait_for("both accounts", || {
            let status = home.cli(&["status", "--json"]);
            let registered = String::from_utf8_lossy(&status.stdout).matches("\"registered\"").count();
            (registered >= 2).then_some(())
        });
        // what starting up still has to do is not idleness
        std::thread::sleep(Duration::from_secs(3));
        let before = ticks(home.pid());
        std::thread::sleep(IDLE);
        rows[2].1.push((ticks(home.pid()) - before) as f64);
        rows[1].1.push(status(home.pid(), "VmRSS:") / 1024.0);
        rows[3].1.push(status(home.pid(), "Threads:"));
        assert!(home.stop(), "it must end politely");
    }
    let version = Command::new("uname").arg("-srm").output().expect("uname").stdout;
    println!("{STARTS} starts, {}", String::from_utf8_lossy(&version).trim());
    println!("| | median | least | most |\n| --- | --- | --- | --- |");
    for (name, mut values) in rows {
        values.sort_by(f64::total_cmp);
        println!("| {name} | {:.0} | {:.0} | {:.0} |", values[values.len() / 2], values[0], values[values.len() - 1]);
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
