//! Calls with aiortc, which has ICE and DTLS-SRTP as browsers do and nothing else, through Kamailio, both ways; and a
//! certificate that is not the one that was told of.
use crate::support::{aiortc::Aiortc, kamailio::Kamailio, landline::Landline, sound, wait_for};

struct Scene {
    _kamailio: Kamailio,
    bob: Aiortc,
    alice: Landline,
}

fn scene(theirs: &[&str], ours: &[&str]) -> Scene {
    let kamailio = Kamailio::start();
    let bob = Aiortc::start("bob", &kamailio.server(), 880, theirs);
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), ours);
    alice.run();
    alice.wait_registered();
    Scene { _kamailio: kamailio, bob, alice }
}

impl Scene {
    fn call(&mut self) {
        self.alice.json(&["call", "sip:bob@sip.test"]);
        self.alice.wait_call("active");
    }
    fn is_called(&mut self) {
        self.bob.command("call sip:alice@sip.test");
        self.alice.wait_call("incoming");
        self.alice.json(&["answer"]);
        self.alice.wait_call("active");
    }
    fn both_hear(&mut self, from: (usize, usize)) {
        self.bob.wait_connection("connected");
        let here = self.alice.file("heard.wav");
        wait_for("aiortc's tone at Landline", || sound::hears_tone_since(&here, 880.0, from.0).then_some(()));
        self.bob.wait_hears(660.0, from.1);
        assert_eq!(self.alice.json(&["calls"])[0]["encryption"], "dtls");
    }
}

#[test]
fn we_choose_the_path_and_they_open_the_association() {
    let mut scene = scene(&[], &[]);
    scene.call();
    let offered = scene.bob.wait_event("offered");
    let sdp = offered["sdp"].as_str().unwrap();
    assert!(sdp.contains("a=setup:actpass") && sdp.contains("a=ice-ufrag:"), "{sdp}");
    scene.both_hear((0, 0));
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("closed");
}

#[test]
fn they_choose_the_path_and_we_open_the_association() {
    let mut scene = scene(&[], &["--encryption", "required"]);
    scene.is_called();
    let answered = scene.bob.wait_event("answered");
    let sdp = answered["sdp"].as_str().unwrap();
    assert!(sdp.contains("a=setup:active") && sdp.contains("UDP/TLS/RTP/SAVPF"), "{sdp}");
    scene.both_hear((0, 0));
    scene.bob.command("hangup");
    scene.alice.wait_call("ended");
}

#[test]
fn held_and_resumed() {
    let mut scene = scene(&[], &["--keys", "dtls"]);
    scene.call();
    scene.both_hear((0, 0));
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let from = (sound::length(&scene.alice.file("heard.wav")), sound::length(&scene.bob.heard()));
    scene.alice.json(&["resume"]);
    scene.alice.wait_call("active");
    scene.both_hear(from);
}

#[test]
fn another_certificate_than_the_one_told_of_ends_the_call_and_nothing_is_said() {
    for call in [Scene::call, Scene::is_called] {
        let mut scene = scene(&["--wrong-fingerprint"], &[]);
        call(&mut scene);
        let ended = scene.alice.wait_call("ended");
        assert_eq!(ended["call"]["reason"], "encryption_failed", "{ended}");
        scene.bob.wait_event("closed");
        assert!(!sound::hears_tone(&scene.bob.heard(), 660.0), "nothing is said to one who is not known");
        assert!(!sound::hears_tone(&scene.alice.file("heard.wav"), 880.0), "nothing of theirs is heard");
        let told = scene.alice.log();
        assert!(!told.contains(r#""encryption":"dtls""#), "it is never called encrypted: {told}");
    }
}
