//! Who is put on hold hears silence or what the person has chosen for it, and never the microphone.
use crate::support::{PATIENCE, kamailio::Kamailio, landline::Landline, sound, wait_for};
use std::time::Instant;

/// Alice, whose people on hold hear `hold` (as the configuration writes it), in a call with a Landline that writes what it
/// hears: baresip no longer does once it was on hold.
fn call(hold: impl FnOnce(&Landline) -> String) -> (Kamailio, Landline, Landline) {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut bob = Landline::new();
    let heard = bob.file("heard.wav");
    bob.choose_sound("tone:880", &format!("file:{}", heard.display()));
    bob.add_sip("bob", "secret-bob", &server, "udp", None);
    bob.run();
    bob.wait_registered();
    let mut alice = Landline::new();
    alice.choose_sound("tone:660", "null");
    let hold = hold(&alice);
    let config = alice.home().join("config/config.toml");
    let text = std::fs::read_to_string(&config).unwrap().replace("[sound]\n", &format!("[sound]\n{hold}\n"));
    std::fs::write(&config, text).unwrap();
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    wait_for("our tone at bob", || sound::hears_tone(&heard, 660.0).then_some(()));
    alice.json(&["hold"]);
    alice.wait_call("held");
    (kamailio, alice, bob)
}

#[test]
fn a_file_is_heard_on_hold_and_the_microphone_after_it() {
    let (_kamailio, mut alice, bob) = call(|alice| {
        let tune = alice.file("tune.wav");
        sound::write_tone(&tune, 1200, 2);
        format!("hold = {{ file = {:?} }}", tune.display().to_string())
    });
    let heard = bob.file("heard.wav");
    let held = sound::length(&heard);
    let waits = bob.json(&["calls"]);
    assert_eq!(waits[0]["held_there"], true, "told as RFC 3264 says: {waits}");
    // round and round: longer than the file is
    let hears = |from: usize, hz: f64| sound::hears_tone_since(&heard, hz, from);
    wait_for("the tune", || hears(held, 1200.0).then_some(()));
    wait_for("the tune again", || hears(held + 3 * 48_000, 1200.0).then_some(()));
    assert!(!hears(held + 48_000, 660.0), "the microphone is heard on hold");
    // mute is about the microphone
    alice.json(&["mute"]);
    let muted = sound::length(&heard);
    wait_for("the tune while muted", || hears(muted, 1200.0).then_some(()));
    alice.json(&["unmute"]);
    alice.json(&["resume"]);
    alice.wait_call("active");
    let resumed = sound::length(&heard);
    wait_for("our tone again", || hears(resumed, 660.0).then_some(()));
    assert!(!hears(resumed + 48_000, 1200.0), "the tune goes on");
}

#[test]
fn silence_is_heard_where_nothing_is_chosen() {
    let (_kamailio, _alice, bob) = call(|_| String::new());
    let heard = bob.file("heard.wav");
    // what was said before the hold is still to be played
    let held = sound::length(&heard) + 48_000;
    let end = Instant::now() + PATIENCE;
    while sound::length(&heard) < held + 2 * 48_000 {
        assert!(Instant::now() < end, "bob's loudspeaker stands still");
        std::thread::sleep(std::time::Duration::from_millis(30));
    }
    let (samples, _) = sound::read_wav(&heard).unwrap();
    let loudest = samples[held..].iter().fold(0.0_f64, |peak, sample| peak.max(sample.abs()));
    assert!(loudest < 60.0, "{loudest}");
}

#[test]
fn the_tune_that_comes_along_is_heard() {
    let (_kamailio, _alice, bob) = call(|_| "hold = \"tune\"".to_owned());
    let heard = bob.file("heard.wav");
    let held = sound::length(&heard) + 48_000;
    wait_for("music", || {
        let (samples, _) = sound::read_wav(&heard)?;
        let loud =
            samples.get(held..)?.chunks_exact(4_800).filter(|piece| piece.iter().any(|s| s.abs() > 500.0)).count();
        (loud > 20).then_some(())
    });
    assert!(!sound::hears_tone_since(&heard, 660.0, held), "the microphone is heard on hold");
}
