//! Calls through rtpengine, as providers have it in the path: it takes our ICE and DTLS for itself and hands plain RTP to a
//! phone that has neither, both ways; and it passes keys on as they are. The sound is measured at both ends.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, rtpengine::Rtpengine, sound, wait_for};

struct Scene {
    _kamailio: Kamailio,
    relay: Rtpengine,
    bob: Baresip,
    alice: Landline,
}

/// `from_us` and `to_us`: what the relay makes of offers.
fn scene(from_us: &str, to_us: &str, theirs: &str, ours: &[&str], answer: &str) -> Scene {
    let relay = Rtpengine::start();
    let kamailio = Kamailio::start_with_relay(&relay, from_us, to_us);
    let server = kamailio.server();
    let options = Options { user: "bob", server: &server, answer, tone: 880, codec: "pcmu" };
    let bob = Baresip::start_with(&options, theirs);
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), ours);
    alice.run();
    alice.wait_registered();
    Scene { _kamailio: kamailio, relay, bob, alice }
}

/// Towards the phone: nothing but plain RTP. Towards us: all that a browser wants.
const PLAIN: &str = "replace-origin replace-session-connection RTP/AVP ICE=remove";
const BROWSER: &str = "replace-origin replace-session-connection UDP/TLS/RTP/SAVPF ICE=force";

impl Scene {
    fn both_hear(&self, encryption: &str) {
        let log = || self.relay.log();
        wait_for("Landline's tone at baresip", || self.bob.hears(660.0).then_some(()));
        let heard = self.alice.file("heard.wav");
        wait_for("baresip's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
        assert_eq!(self.alice.json(&["calls"])[0]["encryption"], encryption, "{}", log());
    }
}

#[test]
fn our_dtls_ends_at_the_relay_and_the_phone_gets_plain_rtp() {
    let mut scene = scene(PLAIN, BROWSER, "", &["--encryption", "required"], "auto");
    scene.alice.json(&["call", "sip:bob@sip.test"]);
    scene.alice.wait_call("active");
    scene.both_hear("dtls");
    scene.alice.json(&["hold"]);
    scene.alice.wait_call("held");
    let here = scene.alice.file("heard.wav");
    let so_far = sound::length(&here);
    scene.alice.json(&["resume"]);
    wait_for("the tone here again", || sound::hears_tone_since(&here, 880.0, so_far).then_some(()));
    scene.alice.json(&["hangup"]);
    scene.bob.wait_event("CALL_CLOSED");
}

#[test]
fn a_plain_phone_calls_and_the_relay_offers_us_what_browsers_want() {
    let mut scene = scene(PLAIN, BROWSER, "", &["--encryption", "required"], "manual");
    scene.bob.command("dial", "sip:alice@sip.test");
    scene.alice.wait_call("incoming");
    scene.alice.json(&["answer"]);
    scene.alice.wait_call("active");
    scene.both_hear("dtls");
    scene.bob.command("hangup", "");
    scene.alice.wait_call("ended");
}

#[test]
fn keys_that_travel_and_ice_through_the_relay() {
    // what rtpengine 10.5 seals with GCM, baresip 1.0 does not open; our own side of it has GCM all the same
    let from_us = "replace-origin replace-session-connection ICE=remove DTLS=off SDES-no-AEAD_AES_256_GCM SDES-no-AEAD_AES_128_GCM";
    let mut scene =
        scene(from_us, BROWSER, ";mediaenc=srtp-mand", &["--keys", "sdes", "--encryption", "required"], "auto");
    scene.alice.json(&["call", "sip:bob@sip.test"]);
    scene.alice.wait_call("active");
    scene.both_hear("sdes");
}
