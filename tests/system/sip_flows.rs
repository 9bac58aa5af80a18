//! Flows (RFC 5626) and names of devices (RFC 5627), with registrars and edge proxies that know them.
use crate::support::{kamailio::Kamailio, landline::Landline, sipp::Sipp, wait_for, zone};

#[test]
fn calls_reach_the_device_by_its_own_name() {
    let kamailio = Kamailio::start_defining(&["FLOWS", "GRUU"]);
    for transport in ["udp", "tcp"] {
        let mut alice = Landline::new();
        alice.add_sip("alice", "secret-alice", &kamailio.server(), transport, None);
        alice.run();
        alice.wait_registered();
        let bob = Sipp::called(include_str!("../support/sipp/keys.xml"));
        alice.json(&["call", &bob.address()]);
        alice.wait_call("active");
        alice.json(&["dtmf", "1#"]);
        // their BYE finds us by that name
        assert_eq!(alice.wait_call("ended")["call"]["reason"], "hung_up_there");
        let said = bob.finish();
        let contact = said.lines().find(|line| line.starts_with("Contact: <sip:alice@")).expect("a Contact");
        assert!(contact.contains("@sip.test;gr=urn:uuid:"), "{contact}");
        assert!(alice.stop());
    }
}

#[test]
fn a_caller_who_hides_has_a_name_that_says_nothing() {
    let kamailio = Kamailio::start_defining(&["FLOWS", "GRUU"]);
    let mut alice = Landline::new();
    alice.add_sip_with("alice", "secret-alice", &kamailio.server(), "tcp", None, &["--hide-number"]);
    alice.run();
    alice.wait_registered();
    let bob = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &bob.address()]);
    alice.wait_call("ended");
    let said = bob.finish();
    let invite = said.split("\nINVITE ").nth(1).and_then(|rest| rest.split("\n-----").next()).expect("an INVITE");
    let contact = invite.lines().find(|line| line.starts_with("Contact: ")).expect("a Contact");
    assert!(contact.contains("@sip.test;gr") && !contact.contains("alice"), "{contact}");
}

/// How many flows the registrar knows.
fn flows(home: &Kamailio) -> usize {
    home.log().matches("alice registered by").count()
}

/// One registrar behind two edges.
fn two_edges(words: &[&str]) -> (Kamailio, Kamailio, Kamailio, zone::Zone) {
    let home = Kamailio::start_defining(words);
    let (one, two) = (Kamailio::start_edge(&home), Kamailio::start_edge(&home));
    let zone = zone::Zone::serve(&[
        format!("_sip._tcp.sip.test SRV 1 0 {} a.sip.test", one.port),
        format!("_sip._tcp.sip.test SRV 2 0 {} b.sip.test", two.port),
        "a.sip.test A 127.0.0.1".to_owned(),
        "b.sip.test A 127.0.0.1".to_owned(),
    ]);
    (home, one, two, zone)
}

/// Alice by both edges, and Bob at the registrar itself.
fn alice_and_bob(home: &Kamailio) -> (Landline, Landline) {
    let mut alice = Landline::new();
    let args = ["account", "add", "sip", "--address", "sip:alice@sip.test", "--transport", "tcp", "--password-stdin"];
    assert!(alice.cli_with_input(&args, "secret-alice\n").status.success());
    alice.run();
    alice.wait_registered();
    wait_for("two flows", || (flows(home) >= 2).then_some(()));
    let mut bob = Landline::new();
    bob.add_sip("bob", "secret-bob", &home.server(), "udp", None);
    bob.run();
    bob.wait_registered();
    (alice, bob)
}

#[test]
fn a_registrar_that_sends_a_call_by_both_flows_rings_once() {
    if !zone::inside("sip_flows::a_registrar_that_sends_a_call_by_both_flows_rings_once") {
        return;
    }
    let (home, _one, _two, _zone) = two_edges(&["FLOWS", "ALL_FLOWS"]);
    let (mut alice, mut bob) = alice_and_bob(&home);
    bob.json(&["call", "sip:alice@sip.test"]);
    alice.wait_call("incoming");
    wait_for("the second copy to be refused", || home.log().contains("a copy was answered 482").then_some(()));
    let calls = alice.json(&["calls"]).as_array().map(Vec::len);
    assert_eq!(calls, Some(1), "it rings once");
    alice.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    bob.json(&["hangup"]);
    alice.wait_call("ended");
    let calls = alice.json(&["calls"]).as_array().map(Vec::len);
    assert_eq!(calls, Some(0), "nothing rings on");
}

#[test]
fn with_two_edges_one_may_die_and_the_phone_rings_on() {
    if !zone::inside("sip_flows::with_two_edges_one_may_die_and_the_phone_rings_on") {
        return;
    }
    let (home, mut one, _two, _zone) = two_edges(&["FLOWS"]);
    let (mut alice, mut bob) = alice_and_bob(&home);
    bob.json(&["text", "sip:alice@sip.test", "by one of two"]);
    alice.wait_text("by one of two");
    one.kill();
    bob.json(&["text", "sip:alice@sip.test", "by the other one"]);
    alice.wait_text("by the other one");
    assert_eq!(alice.take_event(|e| e["event"] == "registration_failed"), None, "it was reachable all the time");
    bob.json(&["call", "sip:alice@sip.test"]);
    alice.wait_call("incoming");
    alice.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    bob.json(&["hangup"]);
    alice.wait_call("ended");
    let before = flows(&home);
    one.run();
    wait_for("the first flow again", || (flows(&home) > before).then_some(()));
    alice.json(&["text", "sip:bob@sip.test", "still here"]);
    bob.wait_text("still here");
    assert_eq!(alice.json(&["messages"]).as_array().map(Vec::len), Some(3), "each text came once");
}
