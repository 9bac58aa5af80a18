//! Calls through a gateway that does what gateways in use do (`gateway_calls.py`), on a real Prosody, both ways. The sound is
//! measured at both ends.
use super::xmpp_calls::speaker;
use crate::support::{landline::Landline, prosody::Prosody, sound, wait_for};
use serde_json::{Value, json};

const NUMBER: &str = "+15551234567";
const DEVICE: &str = "+15551234567@sms.test/sip:caller\\40voip.test";

struct Scene {
    prosody: Prosody,
    alice: Landline,
}

fn scene() -> Scene {
    let prosody = Prosody::start(&["alice"]);
    let alice = speaker(&prosody);
    Scene { prosody, alice }
}

fn action<'a>(name: &'a str) -> impl Fn(&Value) -> bool + 'a {
    move |event| event["action"] == name
}

impl Scene {
    /// Calls the number as a person writes it; the gateway lets it proceed, and has the session.
    fn call(&mut self) {
        let placed = wait_for("the gateway to be found", || {
            let output = self.alice.cli(&["call", "+1 (555) 123-4567", "--json"]);
            output.status.success().then(|| serde_json::from_slice::<Value>(&output.stdout).expect("JSON"))
        });
        assert_eq!(placed["peer"], "xmpp:+15551234567@sms.test", "{placed}");
        self.prosody.wait_gateway("the session", action("session-initiate"));
    }
    /// Is called by a proposal, and answers.
    fn is_called(&mut self) {
        self.prosody.gateway(&json!({"do": "call", "to": "alice@xmpp.test", "from": NUMBER}));
        let incoming = self.alice.wait_call("incoming");
        assert_eq!(incoming["call"]["peer"], "xmpp:+15551234567@sms.test", "{incoming}");
        self.alice.json(&["answer"]);
        self.alice.wait_call("active");
    }
    fn both_hear(&mut self) {
        let (here, there) = (self.alice.file("heard.wav"), self.prosody.gateway_heard());
        wait_for("the caller's tone at Landline", || sound::hears_tone(&here, 880.0).then_some(()));
        wait_for("Landline's tone at the caller", || sound::hears_tone(&there, 660.0).then_some(()));
        let call = self.alice.json(&["calls"]);
        assert_eq!((&call[0]["encryption"], &call[0]["codec"]), (&json!("dtls"), &json!("PCMU")), "{call}");
    }
}

#[test]
fn to_be_let_proceed_at_once_by_a_message_without_a_type_is_no_answer() {
    let mut scene = scene();
    scene.call();
    assert_eq!(scene.alice.json(&["calls"])[0]["state"], "dialling");
    scene.prosody.gateway(&json!({"do": "answer"}));
    scene.alice.wait_call("active");
    scene.both_hear();
    scene.alice.json(&["hangup"]);
    let told = scene.prosody.wait_gateway("the end", action("session-terminate"));
    assert_eq!(told["reason"][0], "success", "{told}");
}

#[test]
fn an_early_actpass_in_transport_info_does_not_outweigh_the_answer() {
    let mut scene = scene();
    scene.call();
    scene.prosody.gateway(&json!({"do": "answer"}));
    scene.alice.wait_call("active");
    // its candidates came there, and there alone
    scene.both_hear();
    scene.prosody.gateway(&json!({"do": "hangup"}));
    assert_eq!(scene.alice.wait_call("ended")["call"]["reason"], "hung_up_there");
}

#[test]
fn the_callers_whole_jid_is_answered_and_who_it_says_began_the_session_is_passed_over() {
    let mut scene = scene();
    scene.is_called();
    let word = scene.prosody.wait_gateway("to be let proceed", |event| event["word"] == "proceed");
    assert_eq!(word["to"], DEVICE, "{word}");
    scene.both_hear();
}

#[test]
fn pcmu_alone_and_no_rtcp_mux_are_answered_so() {
    let mut scene = scene();
    scene.is_called();
    let accepted = scene.prosody.wait_gateway("our answer", action("session-accept"));
    assert_eq!((&accepted["mux"], &accepted["codecs"]), (&json!(false), &json!(["PCMU"])), "{accepted}");
    scene.both_hear();
}

#[test]
fn another_ssrc_in_mid_call_is_heard() {
    let mut scene = scene();
    scene.is_called();
    scene.both_hear();
    scene.prosody.gateway(&json!({"do": "ssrc"}));
    let here = scene.alice.file("heard.wav");
    let from = sound::length(&here) + 48_000;
    wait_for("the other stream", || sound::hears_tone_since(&here, 880.0, from).then_some(()));
}

#[test]
fn a_session_without_a_proposal_is_taken() {
    let mut scene = scene();
    // a word to everybody tells the gateway which device there is
    scene.prosody.gateway(&json!({"do": "call", "to": "alice@xmpp.test", "from": NUMBER}));
    scene.alice.wait_call("incoming");
    let ringing = scene.prosody.wait_gateway("ringing", |event| event["word"] == "ringing");
    scene.prosody.gateway(&json!({"do": "hangup"}));
    assert_eq!(scene.alice.wait_call("ended")["call"]["reason"], "cancelled");
    scene.prosody.gateway(&json!({"do": "call", "direct": true, "to": ringing["from"], "from": NUMBER}));
    scene.alice.wait_call("incoming");
    scene.prosody.wait_gateway("that it rings", action("session-info"));
    scene.alice.json(&["answer"]);
    scene.alice.wait_call("active");
    scene.both_hear();
}

#[test]
fn a_call_that_was_given_up_while_away_is_a_missed_call() {
    let mut scene = scene();
    assert!(scene.alice.stop());
    scene.prosody.gateway(&json!({"do": "call", "to": "alice@xmpp.test", "from": NUMBER}));
    scene.prosody.gateway(&json!({"do": "hangup"}));
    wait_for("both in the archive", || scene.prosody.archive("alice").contains("retract").then_some(()));
    scene.alice.run();
    let logged = scene.alice.wait_event("the missed call", |event| event["event"] == "call_logged");
    let record = &logged["record"];
    assert_eq!(
        (&record["peer"], &record["reason"]),
        (&json!("xmpp:+15551234567@sms.test"), &json!("cancelled")),
        "{logged}"
    );
    assert_eq!(record["answered_at"], json!(null), "{logged}");
    // the archive tells it again whenever it is read from an earlier place
    scene.alice.wait_registered();
    assert!(scene.alice.stop());
    scene.alice.run();
    scene.alice.wait_registered();
    assert!(scene.alice.take_event(|event| event["event"] == "call_logged").is_none());
}
