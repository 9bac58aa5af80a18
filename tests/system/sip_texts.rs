//! Texts between two Landlines over Kamailio (RFC 3428), both ways, with states told truthfully.
use crate::support::{kamailio::Kamailio, landline::Landline};

fn pair(kamailio: &Kamailio) -> (Landline, Landline) {
    let mut both = ["alice", "bob"].map(|user| {
        let mut landline = Landline::new();
        landline.add_sip(user, &format!("secret-{user}"), &kamailio.server(), "udp", None);
        landline.run();
        landline.wait_registered();
        landline
    });
    let [alice, bob] = &mut both;
    (std::mem::take(alice), std::mem::take(bob))
}

#[test]
fn both_ways() {
    let kamailio = Kamailio::start();
    let (mut alice, mut bob) = pair(&kamailio);
    let sent = alice.json(&["text", "sip:bob@sip.test", "¿Qué tal? 🙂 <&>", "--wait", "sent"]);
    assert_eq!(sent["state"], "sent", "{sent}");
    let got = bob.wait_text("¿Qué tal? 🙂 <&>");
    assert_eq!(got["message"]["peer"], "sip:alice@sip.test", "{got}");
    bob.json(&["text", "sip:alice@sip.test", "bien, gracias", "--wait", "sent"]);
    alice.wait_text("bien, gracias");
    let thread = alice.json(&["messages", "sip:bob@sip.test"]);
    let bodies: Vec<_> = thread.as_array().expect("a list").iter().map(|m| m["body"].clone()).collect();
    assert_eq!(bodies, ["bien, gracias", "¿Qué tal? 🙂 <&>"]);
    assert_eq!(bob.json(&["messages", "--search", "gracias"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn to_nobody_fails_with_a_reason() {
    let kamailio = Kamailio::start();
    let (mut alice, _bob) = pair(&kamailio);
    let output = alice.cli(&["text", "sip:nobody@sip.test", "hello?", "--wait", "sent", "--timeout", "20"]);
    assert_eq!(output.status.code(), Some(1));
    let state = alice.wait_event("the state", |e| e["event"] == "message_state" && e["state"] == "failed");
    assert_eq!(state["failure"], "not_found", "{state}");
}

#[test]
fn written_while_the_server_is_away_goes_out_when_it_is_back() {
    let mut kamailio = Kamailio::start();
    let (alice, mut bob) = pair(&kamailio);
    kamailio.kill();
    let queued = alice.json(&["text", "sip:bob@sip.test", "held back"]);
    assert_eq!(queued["state"], "queued", "{queued}");
    kamailio.run();
    bob.wait_text("held back");
}

#[test]
fn one_too_large_for_a_datagram_arrives_whole() {
    let kamailio = Kamailio::start();
    let (alice, mut bob) = pair(&kamailio);
    let text = "A long letter. ".repeat(400);
    let text = text.trim();
    let sent = alice.json(&["text", "sip:bob@sip.test", text, "--wait", "sent"]);
    assert_eq!(sent["state"], "sent", "{sent}");
    bob.wait_text(text);
    assert!(kamailio.log().contains("MESSAGE by tcp"), "{}", kamailio.log());
}
