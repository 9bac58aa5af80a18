//! What waits in a voice mailbox (RFC 3842): told by Kamailio's presence server to who subscribed, told unasked through it,
//! and listened to with one command.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sipp::Sipp,
};
use serde_json::Value;

fn alice(kamailio: &Kamailio, more: &[&str]) -> Landline {
    let mut alice = Landline::new();
    alice.add_sip_with("alice", "secret-alice", &kamailio.server(), "udp", None, more);
    alice.run();
    alice.wait_registered();
    alice
}

fn bob(kamailio: &Kamailio) -> Baresip {
    let server = kamailio.server();
    Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 660, codec: "pcmu" })
}

/// Waits until this many voice messages are new.
fn wait_new(alice: &mut Landline, count: u64) -> Value {
    let told = alice.wait_event("the mailbox", |e| e["event"] == "mailbox" && e["mailbox"]["new"] == count);
    told["mailbox"].clone()
}

/// The mailbox tells the server what waits in it.
fn publish(kamailio: &Kamailio, count: &str) {
    let waiting = if count == "0" { "no" } else { "yes" };
    let scenario = include_str!("../support/sipp/mwi_published.xml");
    let scenario = scenario.replace("@COUNT@", count).replace("@WAITING@", waiting);
    Sipp::calling(&scenario, "alice", kamailio.port).finish();
}

#[test]
fn what_is_subscribed_to_is_told_and_told_again_after_the_server_has_lost_its_memory() {
    let mut kamailio = Kamailio::start_defining(&["PRESENCE"]);
    publish(&kamailio, "1");
    let mut alice = alice(&kamailio, &[]);
    let mailbox = wait_new(&mut alice, 1);
    assert_eq!((&mailbox["waiting"], &mailbox["old"]), (&true.into(), &3.into()), "{mailbox}");
    publish(&kamailio, "0");
    let mailbox = wait_new(&mut alice, 0);
    assert_eq!(mailbox["waiting"], false, "{mailbox}");
    kamailio.kill();
    alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    kamailio.forget();
    kamailio.run();
    alice.wait_registered();
    publish(&kamailio, "4");
    wait_new(&mut alice, 4);
    assert_eq!(alice.json(&["status"])["accounts"][0]["mailbox"]["new"], 4);
}

#[test]
fn what_is_told_unasked_is_shown_and_one_command_listens_to_it() {
    let kamailio = Kamailio::start();
    let mut bob = bob(&kamailio);
    let mut alice = alice(&kamailio, &[]);
    let refused = alice.cli(&["voicemail"]);
    assert_eq!(refused.status.code(), Some(1), "nothing is known yet: {refused:?}");
    Sipp::calling(include_str!("../support/sipp/mwi_unasked.xml"), "alice", kamailio.port).finish();
    let mailbox = wait_new(&mut alice, 2);
    assert_eq!(mailbox["listen"], "sip:bob@sip.test", "{mailbox}");
    let status = String::from_utf8(alice.cli(&["status"]).stdout).expect("text");
    assert!(status.contains("Voicemail: 2 new"), "{status}");
    let call = alice.json(&["voicemail"]);
    assert_eq!(call["peer"], "sip:bob@sip.test", "{call}");
    alice.wait_call("active");
    bob.wait_event("CALL_ESTABLISHED");
}

#[test]
fn the_persons_own_number_for_it_goes_first() {
    let kamailio = Kamailio::start();
    let _bob = bob(&kamailio);
    let alice = alice(&kamailio, &["--voicemail", "bob@sip.test"]);
    let call = alice.json(&["voicemail"]);
    assert_eq!(call["peer"], "sip:bob@sip.test", "{call}");
}
