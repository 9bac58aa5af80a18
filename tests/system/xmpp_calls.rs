//! Calls of an XMPP account over Prosody with a real client (slixmpp and aiortc), both ways: proposed, declined, withdrawn,
//! taken by another device, begun without a proposal, hung up by either side. The sound is measured at both ends.
use super::xmpp_texts::login;
use crate::support::{
    coturn::{self, Coturn},
    jingle::JinglePeer,
    landline::Landline,
    prosody::Prosody,
    sound, wait_for,
};

struct Scene {
    prosody: Prosody,
    bob: JinglePeer,
    alice: Landline,
}

fn scene(theirs: &[&str]) -> Scene {
    let prosody = Prosody::start(&["alice", "bob"]);
    let bob = JinglePeer::start(&prosody, "bob", 880, theirs);
    let alice = speaker(&prosody);
    Scene { prosody, bob, alice }
}

/// A Landline logged in as alice, with a tone as its microphone.
pub fn speaker(prosody: &Prosody) -> Landline {
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice.run();
    alice.wait_registered();
    alice
}

impl Scene {
    fn call(&mut self) {
        self.alice.json(&["call", "xmpp:bob@xmpp.test"]);
        self.bob.wait_event("propose");
        self.alice.wait_call("ringing");
    }
    fn both_hear(&mut self, from: (usize, usize)) {
        let here = self.alice.file("heard.wav");
        wait_for("their tone at Landline", || sound::hears_tone_since(&here, 880.0, from.0).then_some(()));
        self.bob.wait_hears(660.0, from.1);
        assert_eq!(self.alice.json(&["calls"])[0]["encryption"], "dtls");
    }
    fn lengths(&self) -> (usize, usize) {
        (sound::length(&self.alice.file("heard.wav")), sound::length(&self.bob.heard()))
    }
    fn ended(&mut self, reason: &str) {
        let ended = self.alice.wait_call("ended");
        assert_eq!(ended["call"]["reason"], reason, "{ended}");
    }
}

#[test]
fn a_call_of_ours_is_heard_at_both_ends_and_hung_up_here() {
    let mut scene = scene(&["--answer"]);
    scene.call();
    scene.bob.command("accept");
    scene.alice.wait_call("active");
    scene.bob.wait_connection("connected");
    scene.both_hear((0, 0));
    scene.alice.json(&["hangup"]);
    let told = scene.bob.wait_event("terminated");
    assert_eq!(told["reason"][0], "success", "{told}");
    scene.ended("hung_up_here");
}

#[test]
fn a_call_of_theirs_rings_is_answered_and_hung_up_there() {
    let mut scene = scene(&[]);
    scene.bob.command("call alice@xmpp.test");
    let incoming = scene.alice.wait_call("incoming");
    assert_eq!(incoming["call"]["peer"], "xmpp:bob@xmpp.test", "{incoming}");
    scene.bob.wait_event("ringing");
    scene.alice.json(&["answer"]);
    scene.bob.wait_event("proceed");
    scene.alice.wait_call("active");
    scene.bob.wait_connection("connected");
    scene.both_hear((0, 0));
    scene.bob.command("hangup");
    scene.ended("hung_up_there");
}

#[test]
fn candidates_that_come_one_by_one_are_taken() {
    let mut scene = scene(&["--trickle"]);
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    scene.alice.json(&["answer"]);
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
}

#[test]
fn a_session_that_nobody_proposed_rings_too() {
    let mut scene = scene(&["--quiet"]);
    let device = device_of(&mut scene);
    scene.bob.command(&format!("initiate {device}"));
    scene.alice.wait_call("incoming");
    let ringing = scene.bob.wait_event("info");
    assert_eq!(ringing["what"][0], "ringing", "{ringing}");
    scene.alice.json(&["answer"]);
    scene.bob.wait_event("answered");
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
}

/// Alice's full JID, as bob learns it from a call.
fn device_of(scene: &mut Scene) -> String {
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    let rings = scene.bob.wait_event("ringing");
    scene.bob.command("retract");
    scene.alice.wait_call("ended");
    rings["from"].as_str().expect("a name").to_owned()
}

#[test]
fn held_and_resumed_by_either_side() {
    let mut scene = scene(&["--answer"]);
    scene.call();
    scene.bob.command("accept");
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let told = scene.bob.wait_event("info");
    assert_eq!(told["what"][0], "hold", "{told}");
    scene.alice.json(&["resume"]);
    scene.alice.wait_call("active");
    let from = scene.lengths();
    scene.both_hear(from);
    let held = |there: bool| move |e: &serde_json::Value| e["event"] == "call" && e["call"]["held_there"] == there;
    scene.bob.command("hold");
    scene.alice.wait_event("their hold", held(true));
    scene.bob.command("unhold");
    scene.alice.wait_event("its end", held(false));
    let from = scene.lengths();
    scene.both_hear(from);
}

#[test]
fn declined_there() {
    let mut scene = scene(&[]);
    scene.call();
    scene.bob.command("decline busy");
    scene.ended("busy");
    scene.alice.json(&["call", "xmpp:bob@xmpp.test"]);
    scene.bob.wait_event("propose");
    scene.alice.wait_call("ringing");
    scene.bob.command("decline decline");
    scene.ended("declined");
    // or once the session is there
    scene.call();
    scene.bob.command("accept");
    scene.bob.wait_event("offered");
    scene.bob.command("decline decline");
    scene.ended("declined");
}

#[test]
fn given_up_before_it_was_answered() {
    let mut scene = scene(&[]);
    scene.call();
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("retract");
    scene.alice.wait_call("ended");
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    scene.bob.wait_event("ringing");
    scene.bob.command("retract");
    scene.ended("cancelled");
}

#[test]
fn declined_here() {
    let mut scene = scene(&[]);
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("reject");
}

#[test]
fn another_device_of_ours_takes_it_or_declines_it() {
    let mut scene = scene(&[]);
    let mut other = login(&scene.prosody, "alice");
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    other.wait_call("incoming");
    other.json(&["answer"]);
    scene.ended("handled_elsewhere");
    other.wait_call("active");
    scene.bob.command("hangup");
    other.wait_call("ended");
    scene.bob.command("call alice@xmpp.test");
    scene.alice.wait_call("incoming");
    other.wait_call("incoming");
    other.json(&["hangup"]);
    scene.ended("handled_elsewhere");
}

#[test]
fn nobody_of_that_name() {
    let mut scene = scene(&[]);
    scene.alice.json(&["call", "xmpp:nobody@xmpp.test"]);
    scene.ended("unavailable");
}

#[test]
fn the_relay_that_the_server_names_is_asked() {
    let coturn = Coturn::start(&["127.0.0.1"]);
    let (user, password, port) = (coturn::USER, coturn::PASSWORD, coturn.port);
    let place = format!("type = 'turn'; transport = 'udp'; host = '127.0.0.1'; port = {port};");
    let prosody =
        Prosody::start_with(&["alice", "bob"], &format!("{{ {place} username = '{user}'; password = '{password}' }}"));
    let alice = speaker(&prosody);
    // while he logs in, the server answers her
    let bob = JinglePeer::start(&prosody, "bob", 880, &["--answer"]);
    let mut scene = Scene { prosody, bob, alice };
    scene.call();
    scene.bob.command("accept");
    let offered = scene.bob.wait_event("offered");
    let xml = offered["xml"].as_str().unwrap();
    assert!(xml.contains("type=\"relay\""), "{xml}");
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
}

#[test]
fn a_call_that_stands_outlives_its_server() {
    let mut scene = scene(&["--answer"]);
    scene.call();
    scene.bob.command("accept");
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
    scene.prosody.kill();
    scene.alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    let from = scene.lengths();
    scene.both_hear(from);
    scene.prosody.run();
    scene.alice.wait_registered();
    let from = scene.lengths();
    scene.both_hear(from);
    assert_eq!(scene.alice.json(&["calls"])[0]["state"], "active");
    scene.alice.json(&["hangup"]);
    scene.ended("hung_up_here");
}
