//! The servers and peers that every other system test stands on do start, and two real peers can call each other.
use crate::support::{baresip::*, kamailio::Kamailio, prosody::Prosody};

#[test]
fn baresip_calls_baresip_through_kamailio() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let options = |user, answer, tone| Options { user, server: &server, answer, tone, codec: "opus/48000/2" };
    let mut bob = Baresip::start(&options("bob", "auto", 880));
    let mut alice = Baresip::start(&options("alice", "manual", 660));
    alice.command("dial", "sip:bob@sip.test");
    bob.wait_event("CALL_ESTABLISHED");
    crate::support::wait_for("the tone at bob", || bob.hears(660.0).then_some(()));
    crate::support::wait_for("the tone at alice", || alice.hears(880.0).then_some(()));
    assert!(!alice.hears(660.0), "alice must not hear herself");
    alice.command("hangup", "");
    bob.wait_event("CALL_CLOSED");
}

#[test]
fn prosody_and_its_gateway_start_again_after_kill_9() {
    let mut prosody = Prosody::start(&["alice"]);
    prosody.kill();
    prosody.run();
    assert!(prosody.log_of("gateway").contains("\"ready\""));
}
