//! Calls with baresip that find their path by ICE, make their keys by DTLS, or both, through Kamailio, both ways. The sound
//! is measured at both ends.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, sound, wait_for};
use serde_json::Value;

struct Scene {
    _kamailio: Kamailio,
    bob: Baresip,
    alice: Landline,
}

/// `theirs`: parameters of baresip's account. `transport`: how Landline reaches the server; `ours`: its arguments.
fn scene(theirs: &str, transport: &str, ours: &[&str], answer: &str) -> Scene {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let options = Options { user: "bob", server: &server, answer, tone: 880, codec: "opus/48000/2" };
    let bob = Baresip::start_with(&options, theirs);
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    let place = if transport == "tls" { kamailio.tls_server() } else { server };
    alice.add_sip_with("alice", "secret-alice", &place, transport, Some(&kamailio.ca), ours);
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
    fn both_hear(&self) -> Value {
        wait_for("Landline's tone at baresip", || self.bob.hears(660.0).then_some(()));
        let heard = self.alice.file("heard.wav");
        wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
        self.alice.json(&["calls"])[0]["encryption"].clone()
    }
    fn finds_a_path(&self) {
        wait_for("a path", || self.bob.log().contains("connectivity check is complete").then_some(()));
    }
}

#[test]
fn dtls_to_one_that_insists_held_and_resumed() {
    let mut scene = scene(";mediaenc=dtls_srtp", "tls", &[], "auto");
    scene.call();
    assert_eq!(scene.both_hear(), "dtls");
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let here = scene.alice.file("heard.wav");
    let so_far = sound::length(&here);
    scene.alice.json(&["resume"]);
    wait_for("the tone here again", || sound::hears_tone_since(&here, 880.0, so_far).then_some(()));
    assert_eq!(scene.alice.json(&["calls"])[0]["encryption"], "dtls");
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("CALL_CLOSED");
}

#[test]
fn dtls_where_the_person_wants_no_other_keys() {
    let mut scene = scene(";mediaenc=dtls_srtp", "tls", &["--encryption", "required", "--keys", "dtls"], "auto");
    scene.call();
    assert_eq!(scene.both_hear(), "dtls");
    scene.bob.command("hangup", "");
    scene.alice.wait_call("ended");
}

#[test]
fn dtls_from_one_that_insists() {
    let mut scene = scene(";mediaenc=dtls_srtp", "tls", &["--encryption", "required"], "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "dtls");
}

#[test]
fn dtls_over_a_way_in_the_clear_is_called_what_it_is() {
    let mut scene = scene(";mediaenc=dtls_srtp", "udp", &[], "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "dtls_in_clear");
}

#[test]
fn ice_to_one_that_has_it() {
    let mut scene = scene(";medianat=ice", "tls", &["--encryption", "off"], "auto");
    scene.call();
    assert_eq!(scene.both_hear(), Value::Null);
    scene.finds_a_path();
}

#[test]
fn ice_from_one_that_has_it() {
    let mut scene = scene(";medianat=ice", "udp", &[], "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), Value::Null);
    scene.finds_a_path();
}

#[test]
fn ice_and_dtls_to_one_that_has_both() {
    let mut scene = scene(";mediaenc=dtls_srtp;medianat=ice", "tls", &[], "auto");
    scene.call();
    assert_eq!(scene.both_hear(), "dtls");
    scene.finds_a_path();
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("CALL_CLOSED");
}

#[test]
fn ice_and_dtls_from_one_that_has_both() {
    let mut scene = scene(";mediaenc=dtls_srtp;medianat=ice", "tls", &[], "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "dtls");
    scene.finds_a_path();
}

/// The other way baresip 1.0 contradicts itself: it answers with one suite, seals with another.
#[test]
fn ice_and_keys_that_travel() {
    let mut scene = scene(";mediaenc=srtp-mand;medianat=ice", "tls", &[], "manual");
    scene.is_called();
    assert_eq!(scene.both_hear(), "sdes");
    scene.finds_a_path();
}
