//! Calls with linphonec that find their path by ICE, with each kind of keys it has, through Kamailio, both ways. The sound is
//! measured at both ends.
use crate::support::{coturn::Coturn, kamailio::Kamailio, landline::Landline, linphone::Linphone, sound, wait_for};

struct Scene {
    _kamailio: Kamailio,
    _coturn: Coturn,
    bob: Linphone,
    alice: Landline,
}

fn scene(theirs: &str, ours: &[&str]) -> Scene {
    let kamailio = Kamailio::start();
    let coturn = Coturn::start(&["127.0.0.1"]);
    let bob = Linphone::start_with_ice("bob", &kamailio.server(), theirs, 880, &format!("127.0.0.1:{}", coturn.port));
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), ours);
    alice.run();
    alice.wait_registered();
    Scene { _kamailio: kamailio, _coturn: coturn, bob, alice }
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
    fn both_hear(&self, encryption: impl Into<serde_json::Value>) {
        let here = self.alice.file("heard.wav");
        wait_for("linphonec's tone at Landline", || sound::hears_tone(&here, 880.0).then_some(()));
        wait_for("Landline's tone at linphonec", || self.bob.hears_since(660.0, 0).then_some(()));
        assert_eq!(self.alice.json(&["calls"])[0]["encryption"], encryption.into());
    }
}

#[test]
fn ice_to_linphone_with_keys_that_travel() {
    let mut scene = scene("mandatory", &[]);
    scene.call();
    scene.both_hear("sdes");
    scene.alice.json(&["hangup"]);
    scene.alice.wait_call("ended");
}

#[test]
fn ice_from_linphone_with_keys_that_travel() {
    let mut scene = scene("srtp", &["--encryption", "required"]);
    scene.is_called();
    scene.both_hear("sdes");
    scene.bob.command("terminate");
    scene.alice.wait_call("ended");
}

#[test]
fn ice_from_linphone_in_the_clear() {
    let mut scene = scene("none", &[]);
    scene.is_called();
    scene.both_hear(serde_json::Value::Null);
}

#[test]
fn ice_and_dtls_to_linphone() {
    let mut scene = scene("dtls", &["--keys", "dtls"]);
    scene.call();
    scene.both_hear("dtls");
}

#[test]
fn ice_and_dtls_from_linphone() {
    let mut scene = scene("dtls", &[]);
    scene.is_called();
    scene.both_hear("dtls");
}
