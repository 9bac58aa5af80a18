//! Texts over Prosody, both ways, with receipts; our own texts from another device are shown (carbons, XEP-0280).
use crate::support::{landline::Landline, prosody::Prosody, wait_for};

/// A Landline logged in as `USER@xmpp.test`.
pub fn login(prosody: &Prosody, user: &str) -> Landline {
    login_at(prosody, user, &prosody.server())
}

/// The same, with the server reached at this place.
pub fn login_at(prosody: &Prosody, user: &str, server: &str) -> Landline {
    let mut landline = Landline::new();
    let address = format!("{user}@xmpp.test");
    landline.add_xmpp(&address, &format!("secret-{user}"), server, "starttls", Some(&prosody.ca));
    landline.run();
    landline.wait_registered();
    landline
}

#[test]
fn both_ways_with_receipts_and_carbons() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut other, mut bob) = (login(&prosody, "alice"), login(&prosody, "alice"), login(&prosody, "bob"));
    let sent = alice.json(&["text", "xmpp:bob@xmpp.test", "¡Hola! 🙂 <b>&", "--wait", "delivered"]);
    assert_eq!(sent["state"], "delivered", "{sent}");
    let got = bob.wait_text("¡Hola! 🙂 <b>&");
    assert_eq!(got["message"]["peer"], "xmpp:alice@xmpp.test", "{got}");
    let carbon = other.wait_text("¡Hola! 🙂 <b>&");
    assert_eq!(carbon["message"]["direction"], "outgoing", "{carbon}");
    bob.json(&["text", "alice@xmpp.test", "buenas", "--wait", "delivered"]);
    alice.wait_text("buenas");
    other.wait_text("buenas");
    for home in [&alice, &other] {
        assert_eq!(home.json(&["messages", "bob@xmpp.test"]).as_array().map(Vec::len), Some(2));
    }
}

#[test]
fn through_the_gateway() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    let sent = alice.json(&["text", "xmpp:+15551234567@sms.test", "hello sms", "--wait", "delivered"]);
    assert_eq!(sent["state"], "delivered", "{sent}");
    alice.wait_event("the gateway's answer", |e| {
        e["event"] == "message"
            && e["message"]["direction"] == "incoming"
            && e["message"]["peer"] == "xmpp:+15551234567@sms.test"
    });
    // A bare number goes through the gateway that is in use.
    let again = alice.json(&["text", "+1 (555) 123-4567", "by number", "--wait", "sent"]);
    assert_eq!(again["peer"], "xmpp:+15551234567@sms.test", "{again}");
}

#[test]
fn what_the_gateway_refuses_is_told_though_the_server_took_it() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    for (number, failure) in [
        ("+15550000404", "not_found"),
        ("+15550000407", "not_registered"),
        ("+15550000403", "refused"),
        ("+15550000480", "unavailable"),
    ] {
        let address = format!("xmpp:{number}@sms.test");
        let output = alice.cli(&["text", &address, "hello?", "--wait", "delivered", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{number}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim().lines().count(), 1, "{output:?}");
        let event = alice.wait_event("the refusal", |e| e["event"] == "message_state" && e["state"] == "failed");
        assert_eq!(event["failure"], failure, "{event}");
        assert_eq!(alice.json(&["messages", &address])[0]["state"], "failed");
    }
    // it does not turn into "sent" when the archive shows our own copy at the next log-in
    assert!(alice.stop());
    alice.run();
    alice.wait_registered();
    alice.json(&["text", "xmpp:+15551234567@sms.test", "after", "--wait", "delivered"]);
    assert_eq!(alice.json(&["messages", "xmpp:+15550000404@sms.test"])[0]["state"], "failed");
}

#[test]
fn the_gateway_of_the_server_is_found_before_it_was_ever_used() {
    let prosody = Prosody::start(&["alice"]);
    let alice = login(&prosody, "alice");
    // It is looked for right after the log-in; until it is found a number cannot be reached.
    let sent = wait_for("the gateway", || {
        let output = alice.cli(&["text", "+1 555 123 4567", "first of all", "--wait", "delivered", "--json"]);
        output.status.success().then(|| serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON"))
    });
    assert_eq!(sent["peer"], "xmpp:+15551234567@sms.test", "{sent}");
}
