//! Landline calls baresip through Kamailio: sound is measured at both ends, keys arrive, hanging up ends it.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, sound, wait_for};

fn call(codec: &str, transport: &str) -> (Kamailio, Baresip, Landline) {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec });
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    let (server, ca) = match transport {
        "tls" => (kamailio.tls_server(), Some(kamailio.ca.clone())),
        _ => (server, None),
    };
    alice.add_sip("alice", "secret-alice", &server, transport, ca.as_deref());
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    (kamailio, bob, alice)
}

fn both_hear(bob: &Baresip, alice: &Landline) {
    wait_for("Landline's tone at baresip", || bob.hears(660.0).then_some(()));
    let heard = alice.file("heard.wav");
    wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    assert!(!sound::hears_tone(&heard, 660.0), "nobody hears themselves");
}

#[test]
fn opus_and_hang_up_here() {
    let (_kamailio, mut bob, mut alice) = call("opus/48000/2", "udp");
    both_hear(&bob, &alice);
    alice.json(&["hangup"]);
    bob.wait_event("CALL_CLOSED");
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "hung_up_here", "{ended}");
    let told: Vec<serde_json::Value> = alice.log().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let codecs = told.iter().filter(|e| e["event"] == "call").map(|e| e["call"]["codec"].as_str());
    assert!(codecs.skip_while(Option::is_none).all(|codec| codec == Some("opus")), "old news came after new: {told:?}");
}

#[test]
fn pcmu_over_tls_and_hang_up_there() {
    let (_kamailio, mut bob, mut alice) = call("pcmu", "tls");
    both_hear(&bob, &alice);
    bob.command("hangup", "");
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "hung_up_there", "{ended}");
}

#[test]
fn pcma_over_tcp() {
    let (_kamailio, bob, alice) = call("pcma", "tcp");
    both_hear(&bob, &alice);
}

#[test]
fn keys_arrive_in_order() {
    let (_kamailio, mut bob, alice) = call("opus/48000/2", "udp");
    alice.json(&["dtmf", "159#*0"]);
    let keys: String =
        (0..6).map(|_| bob.wait_event("CALL_DTMF_START")["param"].as_str().expect("a key").to_owned()).collect();
    assert_eq!(keys, "159#*0");
}

#[test]
fn hold_is_silent_and_resume_is_not() {
    let (_kamailio, mut bob, mut alice) = call("opus/48000/2", "udp");
    both_hear(&bob, &alice);
    alice.json(&["hold"]);
    alice.wait_call("held");
    alice.json(&["resume"]);
    alice.wait_call("active");
    bob.command("hangup", "");
    alice.wait_call("ended");
}

#[test]
fn hanging_up_while_it_rings_ends_it() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("ringing");
    bob.wait_event("CALL_INCOMING");
    alice.json(&["hangup"]);
    bob.wait_event("CALL_CLOSED");
    alice.wait_call("ended");
    assert_eq!(alice.json(&["calls"]).as_array().map(Vec::len), Some(0));
}

#[test]
fn an_unknown_name_is_not_found() {
    let kamailio = Kamailio::start();
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:nobody@sip.test"]);
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "not_found", "{ended}");
}
