//! How fast an archive of texts (XEP-0313) comes into the store with its search: a first log-in with a large one, and a catch-up.
//! The archive is given by a feeder of our own (`archive_server.py`), because no server gives pages as fast; that real servers'
//! archives are read right is shown by the system tests. `cargo bench --bench archive`; TEXTS=N for another size.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout)]
#[path = "../support/mod.rs"]
mod support;

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};
use support::{Process, certificate, free_port, landline::Landline, wait_for_port};

fn count(landline: &Landline) -> usize {
    let found = landline.json(&["messages", "--search", "parcel", "--limit", "1"]);
    found.as_array().map_or(0, Vec::len)
}

fn set(dir: &Path, texts: usize) {
    std::fs::write(dir.join("count"), texts.to_string()).expect("a file");
}

fn rate(texts: usize, time: Duration) -> f64 {
    texts as f64 / time.as_secs_f64()
}

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let texts: usize = std::env::var("TEXTS").ok().and_then(|texts| texts.parse().ok()).unwrap_or(100_000);
    let dir = tempfile::tempdir().expect("a folder");
    let files = certificate::make(dir.path(), "xmpp.test");
    set(dir.path(), texts);
    let port = free_port();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/archive_server.py");
    let mut command = Command::new("python3");
    command.args([script, &port.to_string()]).arg(&files.certificate).arg(&files.key).arg(dir.path().join("count"));
    let _server = Process::start("archive", dir.path(), &mut command);
    wait_for_port(port);
    let mut home = Landline::new();
    home.add_xmpp("alice@xmpp.test", "secret-alice", &format!("127.0.0.1:{port}"), "direct", Some(&files.ca));

    let start = Instant::now();
    home.run();
    home.wait_event("the newest text", |event| event["event"] == "message");
    let newest = start.elapsed();
    home.wait_registered();
    let usable = start.elapsed();
    assert_eq!(count(&home), 1, "what is here can be searched");
    let searched = start.elapsed();
    home.wait_event_for("all of it", Duration::from_secs(600), |event| {
        event["event"] == "history_fetched" && event["complete"] == true
    });
    let all = start.elapsed();
    println!("first log-in with {texts} texts, since the start of the process:");
    println!("  newest text shown   {:>8.0} ms", newest.as_secs_f64() * 1000.0);
    println!("  account usable      {:>8.0} ms", usable.as_secs_f64() * 1000.0);
    println!("  first search        {:>8.0} ms", searched.as_secs_f64() * 1000.0);
    println!("  all there           {:>8.1} s, {:.0} texts/s", all.as_secs_f64(), rate(texts, all - usable));
    assert!(home.stop());

    let more = texts / 5;
    set(dir.path(), texts + more);
    let start = Instant::now();
    home.run();
    home.wait_event_for("registration", Duration::from_secs(600), |event| event["event"] == "registered");
    let caught_up = start.elapsed();
    println!("catch-up with {more} new texts: {:.1} s, {:.0} texts/s", caught_up.as_secs_f64(), rate(more, caught_up));
}
