//! The ways that requests take as the registrar asks (RFC 3608), and log-ins of every kind that it may ask for.
use crate::support::{kamailio::Kamailio, landline::Landline};

fn pair(kamailio: &Kamailio, transport: &str) -> (Landline, Landline) {
    let phone = |user: &str, transport| {
        let mut phone = Landline::new();
        phone.add_sip(user, &format!("secret-{user}"), &kamailio.server(), transport, None);
        phone.run();
        phone.wait_registered();
        phone
    };
    (phone("alice", transport), phone("bob", "udp"))
}

#[test]
fn requests_take_the_way_the_registrar_names() {
    let kamailio = Kamailio::start_defining(&["SERVICE_ROUTE"]);
    let (mut alice, mut bob) = pair(&kamailio, "tcp");
    alice.json(&["text", "sip:bob@sip.test", "by the route"]);
    bob.wait_text("by the route");
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    alice.json(&["hangup"]);
    bob.wait_call("ended");
    let (log, route) = (kamailio.log(), format!("by route <sip:service@127.0.0.1:{};lr>", kamailio.port));
    for method in ["MESSAGE", "INVITE"] {
        assert!(log.contains(&format!("{method} {route}")), "{method}: {log}");
    }
}

/// A text, a call and a hang-up with a server that asks so.
fn logs_in(word: &str) {
    let kamailio = Kamailio::start_defining(&[word]);
    let (mut alice, mut bob) = pair(&kamailio, "udp");
    alice.json(&["text", "sip:bob@sip.test", "one"]);
    bob.wait_text("one");
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    alice.json(&["hangup"]);
    bob.wait_call("ended");
    alice.json(&["text", "sip:bob@sip.test", "two"]);
    bob.wait_text("two");
}

#[test]
fn where_the_body_is_to_be_signed_too() {
    logs_in("AUTH_INT");
}

#[test]
fn where_the_hash_is_a_newer_one() {
    logs_in("SHA_256");
}

#[test]
fn where_a_challenge_is_old_after_a_second() {
    logs_in("STALE");
}
