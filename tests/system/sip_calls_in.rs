//! baresip calls Landline through Kamailio: it rings, is answered or declined; the sound is measured at both ends.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, sound, wait_for};

fn ringing() -> (Kamailio, Baresip, Landline) {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
    bob.command("dial", "sip:alice@sip.test");
    let incoming = alice.wait_call("incoming");
    assert_eq!(incoming["call"]["peer"], "sip:bob@sip.test", "{incoming}");
    bob.wait_event("CALL_RINGING");
    (kamailio, bob, alice)
}

#[test]
fn answered_and_heard() {
    let (_kamailio, mut bob, mut alice) = ringing();
    alice.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_event("CALL_ESTABLISHED");
    wait_for("Landline's tone at baresip", || bob.hears(660.0).then_some(()));
    let heard = alice.file("heard.wav");
    wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    bob.command("hangup", "");
    alice.wait_call("ended");
}

#[test]
fn declined() {
    let (_kamailio, mut bob, mut alice) = ringing();
    alice.json(&["decline"]);
    bob.wait_event("CALL_CLOSED");
    alice.wait_call("ended");
}

#[test]
fn given_up_is_a_missed_call() {
    let (_kamailio, mut bob, mut alice) = ringing();
    bob.command("hangup", "");
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "cancelled", "{ended}");
    let logged = alice.wait_event("the history line", |e| e["event"] == "call_logged");
    assert_eq!(logged["record"]["answered_at"], serde_json::Value::Null);
}

#[test]
fn the_server_dies_in_mid_call_and_the_sound_goes_on() {
    let (mut kamailio, mut bob, mut alice) = ringing();
    alice.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_event("CALL_ESTABLISHED");
    kamailio.kill();
    let heard = alice.file("heard.wav");
    wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    kamailio.run();
    alice.json(&["hangup"]);
    alice.wait_call("ended");
}
