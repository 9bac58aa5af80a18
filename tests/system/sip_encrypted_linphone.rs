//! Encrypted calls with linphonec, through Kamailio, both ways; the sound is measured at both ends.
use crate::support::{kamailio::Kamailio, landline::Landline, linphone::Linphone, sound, wait_for};

struct Scene {
    _kamailio: Kamailio,
    bob: Linphone,
    alice: Landline,
}

fn scene(theirs: &str, ours: &str) -> Scene {
    let kamailio = Kamailio::start();
    let bob = Linphone::start("bob", &kamailio.server(), theirs, 880);
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    let more = ["--encryption", ours];
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), &more);
    alice.run();
    alice.wait_registered();
    Scene { _kamailio: kamailio, bob, alice }
}

impl Scene {
    fn both_hear(&self, from: (usize, usize)) {
        let (here, there) = (self.alice.file("heard.wav"), self.bob.heard());
        wait_for("linphonec's tone at Landline", || sound::hears_tone_since(&here, 880.0, from.0).then_some(()));
        wait_for("Landline's tone at linphonec", || sound::hears_tone_since(&there, 660.0, from.1).then_some(()));
    }
}

#[test]
fn to_linphone_held_and_resumed() {
    let mut scene = scene("mandatory", "preferred");
    scene.alice.json(&["call", "sip:bob@sip.test"]);
    let active = scene.alice.wait_call("active");
    scene.both_hear((0, 0));
    assert_eq!(scene.alice.json(&["calls"])[0]["encryption"], "sdes", "{active}");
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let from = (sound::length(&scene.alice.file("heard.wav")), sound::length(&scene.bob.heard()));
    scene.alice.json(&["resume"]);
    scene.alice.wait_call("active");
    scene.both_hear(from);
    scene.alice.json(&["hangup"]);
    scene.alice.wait_call("ended");
}

#[test]
fn from_linphone_that_only_prefers_it() {
    let mut scene = scene("srtp", "required");
    scene.bob.command("call sip:alice@sip.test");
    scene.alice.wait_call("incoming");
    scene.alice.json(&["answer"]);
    scene.alice.wait_call("active");
    scene.both_hear((0, 0));
    assert_eq!(scene.alice.json(&["calls"])[0]["encryption"], "sdes");
    scene.bob.command("terminate");
    scene.alice.wait_call("ended");
}

#[test]
fn a_linphone_in_the_clear_is_refused_where_encryption_is_required() {
    let mut scene = scene("none", "required");
    scene.alice.json(&["call", "sip:bob@sip.test"]);
    let ended = scene.alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "not_encrypted", "{ended}");
}
