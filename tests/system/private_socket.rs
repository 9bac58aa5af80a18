//! One instance a home: a second start, a socket that a killed one left, another program's requests, and an account that is
//! connected anew while its old log-in is still ending.
use super::xmpp_texts::login;
use crate::support::{landline::Landline, prosody::Prosody, wait_for};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
};

/// Asks as any program may: one JSON object a line.
pub fn ask(home: &Landline, request: &Value) -> Value {
    let mut stream = UnixStream::connect(home.home().join("state/landline.sock")).expect("the private socket");
    writeln!(stream, "{request}").expect("written");
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).expect("an answer");
    serde_json::from_str(&line).expect("JSON")
}

/// Starts an instance and waits until it listens.
fn start(home: &mut Landline) {
    home.run();
    wait_for("the instance", || (home.json(&["status"])["running"] == true).then_some(()));
}

#[test]
fn a_second_start_says_so_and_harms_nothing() {
    let mut home = Landline::new();
    start(&mut home);
    let second = home.cli(&["run", "--headless", "--json"]);
    assert_eq!(second.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&second.stderr).trim().lines().count(), 1, "{second:?}");
    assert_eq!(home.json(&["status"])["running"], true);
    assert_eq!(ask(&home, &json!({"command": "show_window"})), json!({"fault": "no_window"}));
    assert_eq!(ask(&home, &json!({"command": "no_such"})), json!({"fault": "not_understood"}));
    home.kill();
    assert_eq!(home.json(&["status"])["running"], false);
    start(&mut home);
    assert!(home.stop());
    assert!(!home.home().join("state/landline.sock").exists());
}

#[test]
fn quitting_by_the_socket_ends_it_politely() {
    let mut home = Landline::new();
    start(&mut home);
    assert_eq!(ask(&home, &json!({"command": "quit"})), json!({"reply": "done"}));
    home.wait_event("the end", |e| e["event"] == "quit");
    wait_for("the end of the process", || (home.json(&["status"])["running"] == false).then_some(()));
}

#[test]
fn an_account_connects_anew_after_its_old_log_in_has_ended() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    for policy in ["allow_wireless", "wired_only"] {
        assert_eq!(ask(&alice, &json!({"command": "choose_links", "policy": policy})), json!({"reply": "done"}));
        alice.wait_registered();
        alice.json(&["text", "xmpp:+15551234567@sms.test", "still here", "--wait", "delivered"]);
    }
    let id = alice.account();
    assert!(alice.cli(&["account", "remove", &id]).status.success());
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice.wait_registered();
    alice.json(&["text", "xmpp:+15551234567@sms.test", "and again", "--wait", "delivered"]);
    assert!(alice.stop());
}
