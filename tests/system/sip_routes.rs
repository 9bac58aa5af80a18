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

#[test]
fn everything_inside_a_call_goes_to_the_other_phone_by_the_recorded_route() {
    let kamailio = Kamailio::start();
    let (mut alice, mut bob) = pair(&kamailio, "udp");
    let mut carol = Landline::new();
    carol.add_sip("carol", "secret-carol", &kamailio.server(), "udp", None);
    carol.run();
    carol.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    alice.json(&["hold"]);
    alice.wait_call("held");
    alice.json(&["resume"]);
    alice.wait_call("active");
    alice.json(&["transfer", "--to", "sip:carol@sip.test"]);
    bob.wait_event("what is asked", |e| e["event"] == "referred");
    bob.json(&["transfer", "--accept"]);
    carol.wait_call("incoming");
    carol.json(&["answer"]);
    alice.wait_call("ended");
    carol.wait_call("active");
    carol.json(&["hangup"]);
    bob.wait_call("ended");
    bob.wait_call("ended");
    let (log, proxy) = (kamailio.log(), format!("<sip:127.0.0.1:{};lr", kamailio.port));
    let inside: Vec<_> = log.lines().filter_map(|line| line.split_once("inside: ")).map(|(_, line)| line).collect();
    let kinds: std::collections::BTreeSet<_> = inside.iter().filter_map(|line| line.split(' ').next()).collect();
    for kind in ["ACK", "BYE", "INVITE", "NOTIFY", "REFER"] {
        assert!(kinds.contains(kind), "no {kind} inside: {inside:#?}");
    }
    for line in &inside {
        let (uri, route) = line.split_once(" to ").and_then(|(_, rest)| rest.split_once(" by ")).expect("two parts");
        // the phone's own address, never the proxy's; the proxy alone in the route
        assert!(uri.starts_with("sip:") && uri.contains("@127.0.0.1:"), "{line}");
        assert!(!uri.contains(&format!(":{}", kamailio.port)), "{line}");
        assert!(route.starts_with(&proxy), "past the proxy: {line}");
    }
    // of each 2xx to an INVITE there is an ACK: the first calls, the hold and its end
    assert!(inside.iter().filter(|line| line.starts_with("ACK ")).count() >= 4, "{inside:#?}");
}
