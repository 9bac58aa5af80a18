//! A call outlives its server: Kamailio is killed and comes back, the connection is another one, and hanging up on the far
//! side still ends the call here. Offers in mid-call come from the far side too.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, sound, wait_for};

fn talking(transport: &str) -> (Kamailio, Baresip, Landline) {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
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
    bob.command("dial", "sip:alice@sip.test");
    alice.wait_call("incoming");
    alice.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_event("CALL_ESTABLISHED");
    wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    (kamailio, bob, alice)
}

fn ends_with_their_hang_up(bob: &mut Baresip, alice: &mut Landline) {
    bob.command("hangup", "");
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "hung_up_there", "{ended}");
}

#[test]
fn over_udp() {
    let (mut kamailio, mut bob, mut alice) = talking("udp");
    kamailio.kill();
    kamailio.run();
    ends_with_their_hang_up(&mut bob, &mut alice);
}

fn over_a_new_connection(transport: &str) {
    let (mut kamailio, mut bob, mut alice) = talking(transport);
    kamailio.kill();
    alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    kamailio.run();
    alice.wait_registered();
    // Landline tells where it is reached now: an offer that changes nothing else
    while bob.wait_event("CALL_REMOTE_SDP")["param"] != "offer" {}
    ends_with_their_hang_up(&mut bob, &mut alice);
}

#[test]
fn over_a_new_tcp_connection() {
    over_a_new_connection("tcp");
}

#[test]
fn over_a_new_tls_connection() {
    over_a_new_connection("tls");
}

#[test]
fn held_and_resumed_by_them() {
    let (_kamailio, mut bob, mut alice) = talking("udp");
    bob.command("hold", "");
    alice.wait_event("being held", |e| e["event"] == "call" && e["call"]["held_there"] == true);
    bob.command("resume", "");
    wait_for("being resumed", || (alice.json(&["calls"])[0]["held_there"] == false).then_some(()));
    ends_with_their_hang_up(&mut bob, &mut alice);
}
