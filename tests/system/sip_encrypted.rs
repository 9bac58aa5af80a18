//! Encrypted calls with baresip, through Kamailio: both profiles, both ways, held and resumed, and what a phone that cannot
//! encrypt gets. The sound is measured at both ends.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, sound, wait_for};

struct Scene {
    _kamailio: Kamailio,
    bob: Baresip,
    alice: Landline,
}

/// `theirs`: baresip's `mediaenc`, empty for none. `ours`: the policy, empty for what TLS implies.
fn scene(theirs: &str, ours: &str, answer: &str) -> Scene {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let options = Options { user: "bob", server: &server, answer, tone: 880, codec: "opus/48000/2" };
    let bob = if theirs.is_empty() { Baresip::start(&options) } else { Baresip::start_encrypted(&options, theirs) };
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    let more: &[&str] = if ours.is_empty() { &[] } else { &["--encryption", ours] };
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), more);
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
        self.bob.command("dial", "sip:alice@sip.test");
        self.alice.wait_call("incoming");
        self.alice.json(&["answer"]);
        self.alice.wait_call("active");
    }
    /// Waits until both hear each other; how it is encrypted.
    fn both_hear(&self) -> serde_json::Value {
        wait_for("Landline's tone at baresip", || self.bob.hears(660.0).then_some(()));
        let heard = self.alice.file("heard.wav");
        wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
        self.alice.json(&["calls"])[0]["encryption"].clone()
    }
}

#[test]
fn to_one_that_insists() {
    let mut scene = scene("srtp-mand", "", "auto");
    scene.call();
    assert_eq!(scene.both_hear(), "sdes");
    scene.bob.command("hangup", "");
    scene.alice.wait_call("ended");
}

#[test]
fn held_and_resumed() {
    let mut scene = scene("srtp", "required", "auto");
    scene.call();
    assert_eq!(scene.both_hear(), "sdes");
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let (here, there) = (scene.alice.file("heard.wav"), scene.bob.heard().expect("its sound"));
    let (so_far_here, so_far_there) = (sound::length(&here), sound::length(&there));
    scene.alice.json(&["resume"]);
    wait_for("the tone here again", || sound::hears_tone_since(&here, 880.0, so_far_here).then_some(()));
    wait_for("the tone there again", || {
        let now = scene.bob.heard().expect("its sound");
        let from = if now == there { so_far_there } else { 0 };
        sound::hears_tone_since(&now, 660.0, from).then_some(())
    });
    assert_eq!(scene.alice.json(&["calls"])[0]["encryption"], "sdes");
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("CALL_CLOSED");
}

#[test]
fn from_one_that_insists() {
    let mut scene = scene("srtp-mand", "required", "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "sdes");
}

#[test]
fn from_one_that_would_like_to() {
    let mut scene = scene("srtp", "", "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "sdes");
}

#[test]
fn in_the_clear_where_the_other_cannot_and_it_is_only_preferred() {
    let mut scene = scene("", "preferred", "auto");
    scene.call();
    assert_eq!(scene.both_hear(), serde_json::Value::Null);
}

#[test]
fn required_and_the_other_cannot() {
    let mut scene = scene("", "required", "auto");
    scene.alice.json(&["call", "sip:bob@sip.test"]);
    let ended = scene.alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "not_encrypted", "{ended}");
    scene.bob.command("dial", "sip:alice@sip.test");
    let logged = scene
        .alice
        .wait_event("the history line", |e| e["event"] == "call_logged" && e["record"]["direction"] == "incoming");
    assert_eq!(logged["record"]["reason"], "not_encrypted", "{logged}");
    scene.bob.wait_event("CALL_CLOSED");
}

#[test]
fn insisted_on_over_a_way_in_the_clear_is_called_what_it_is() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let options = Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "pcmu" };
    let bob = Baresip::start_encrypted(&options, "srtp-mand");
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    let mut scene = Scene { _kamailio: kamailio, bob, alice };
    scene.is_called();
    assert_eq!(scene.both_hear(), "sdes_in_clear");
}
