//! Three people in one call: each hears the others, and whoever leaves leaves the rest talking.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sound, wait_for,
};

#[test]
fn everybody_hears_everybody_and_one_may_leave() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    // a Landline, since baresip no longer writes what it hears once it was on hold
    let mut bob = Landline::new();
    let bob_heard = bob.file("heard.wav");
    bob.choose_sound("tone:880", &format!("file:{}", bob_heard.display()));
    bob.add_sip("bob", "secret-bob", &server, "udp", None);
    bob.run();
    bob.wait_registered();
    let carol =
        Baresip::start(&Options { user: "carol", server: &server, answer: "auto", tone: 1320, codec: "pcmu/8000/1" });
    let mut alice = Landline::new();
    alice.choose_sound("tone:660", "null");
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    assert!(!alice.cli(&["join"]).status.success(), "one alone cannot be joined");
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    wait_for("our tone at bob", || sound::hears_tone(&bob_heard, 660.0).then_some(()));
    alice.json(&["call", "sip:carol@sip.test"]);
    wait_for("carol", || {
        let calls = alice.json(&["calls"]);
        let states: Vec<_> = calls.as_array().unwrap().iter().map(|call| call["state"].as_str().unwrap()).collect();
        (states == ["held", "active"]).then_some(())
    });
    assert!(!sound::hears_tone(&bob_heard, 1320.0), "a call on hold hears nobody");
    let calls = alice.json(&["join"]);
    assert!(calls.as_array().unwrap().iter().all(|call| call["joined"] == true), "{calls}");
    // our microphone alone is muted: the others still hear each other, and nobody themselves
    alice.json(&["mute"]);
    wait_for("carol's tone at bob", || sound::hears_tone(&bob_heard, 1320.0).then_some(()));
    wait_for("bob's tone at carol", || carol.hears(880.0).then_some(()));
    assert!(!sound::hears_tone(&bob_heard, 880.0) && !carol.hears(1320.0), "nobody hears themselves");

    // carol is made softer, for us and for bob
    let id = calls[1]["id"].to_string();
    let joined = sound::length(&bob_heard);
    wait_for("a second of her", || (sound::length(&bob_heard) > joined + 48_000).then_some(()));
    let before = sound::strength_since(&bob_heard, 1320.0, joined);
    assert_eq!(alice.json(&["volume", "25", "--call", &id])["volume"], 25);
    let from = sound::length(&bob_heard);
    wait_for("a softer carol at bob", || {
        let now = sound::strength_since(&bob_heard, 1320.0, from.max(sound::length(&bob_heard).saturating_sub(24_000)));
        (sound::length(&bob_heard) > from + 96_000 && (0.15..0.4).contains(&(now / before))).then_some(())
    });
    alice.json(&["hangup", "--call", &id]);
    let calls = alice.json(&["calls"]);
    assert_eq!((calls.as_array().unwrap().len(), &calls[0]["joined"]), (1, &false.into()), "{calls}");
    assert_eq!(calls[0]["state"], "active");
}
