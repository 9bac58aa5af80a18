//! A line that loses packets in one direction: the call says which one suffers, in figures and in one sentence.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    relay::Relay,
    wait_for,
};
use serde_json::Value;
use std::sync::atomic::Ordering;

/// Waits for a look at the line that says so.
fn wait_verdict(alice: &mut Landline, verdict: &str) -> Value {
    let what = format!("verdict {verdict}");
    alice.wait_event(&what, |e| e["event"] == "quality" && e["quality"]["verdict"] == verdict)["quality"].take()
}

#[test]
fn the_direction_that_loses_is_told() {
    let kamailio = Kamailio::start();
    let relay = Relay::start(&kamailio.server());
    let server = kamailio.server();
    let bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "pcmu" });
    let mut alice = Landline::new();
    alice.choose_sound("tone:660", "null");
    alice.add_sip("alice", "secret-alice", &relay.server, "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    wait_for("our tone at baresip", || bob.hears(660.0).then_some(()));
    wait_verdict(&mut alice, "good");

    relay.out.store(300, Ordering::Relaxed);
    wait_verdict(&mut alice, "they_miss");
    // the first report is of the good line, too: the next ones are of the bad line alone
    let they = alice.wait_event("a third or so", |e| {
        e["event"] == "quality" && e["quality"]["said"]["loss_permille"].as_u64().is_some_and(|loss| loss > 200)
    });
    let loss = |way: &str| they["quality"][way]["loss_permille"].as_u64().unwrap();
    assert!(loss("heard") * 2 < loss("said") && loss("said") < 450, "{they}");
    assert!(they["quality"]["round_trip_ms"].is_u64(), "{they}");
    wait_for("the sentence and the figures", || {
        let told = String::from_utf8_lossy(&alice.cli(&["calls"]).stdout).into_owned();
        (told.contains("They hear you badly") && told.contains("  They hear: lost ")).then_some(())
    });
    let call = &alice.json(&["calls"])[0];
    assert_eq!((call["quality"]["said"].is_object(), &call["codec"]), (true, &"PCMU".into()), "{call}");

    relay.out.store(0, Ordering::Relaxed);
    relay.back.store(300, Ordering::Relaxed);
    let you = wait_verdict(&mut alice, "you_miss");
    let loss = you["heard"]["loss_permille"].as_u64().unwrap();
    assert!((100..500).contains(&loss), "{you}");
    relay.back.store(0, Ordering::Relaxed);
    wait_verdict(&mut alice, "good");

    // nothing at all comes any more
    relay.back.store(1000, Ordering::Relaxed);
    wait_verdict(&mut alice, "no_sound");
    relay.back.store(0, Ordering::Relaxed);
    wait_for("sound again", || (alice.json(&["calls"])[0]["quality"]["verdict"] != "no_sound").then_some(()));
    alice.json(&["hangup"]);
    alice.wait_call("ended");
}

#[test]
fn a_microphone_that_is_silent_is_told() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let _bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "pcmu" });
    let mut alice = Landline::new();
    let silence = alice.file("silence.wav");
    crate::support::sound::write_tone(&silence, 0, 1);
    alice.choose_sound(&format!("file:{}", silence.display()), "null");
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    wait_verdict(&mut alice, "microphone_silent");
    alice.json(&["mute"]);
    wait_verdict(&mut alice, "good");
}
