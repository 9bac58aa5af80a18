//! Kamailio is killed and comes back without memory: Landline registers anew by itself, over every transport.
use crate::support::{kamailio::Kamailio, landline::Landline};

fn recovers(transport: &str) {
    let mut kamailio = Kamailio::start();
    let mut alice = Landline::new();
    let (server, ca) = match transport {
        "tls" => (kamailio.tls_server(), Some(kamailio.ca.clone())),
        _ => (kamailio.server(), None),
    };
    alice.add_sip("alice", "secret-alice", &server, transport, ca.as_deref());
    alice.run();
    alice.wait_registered();
    let mut bob = Landline::new();
    bob.add_sip("bob", "secret-bob", &kamailio.server(), "udp", None);
    bob.run();
    bob.wait_registered();
    kamailio.kill();
    alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    kamailio.run();
    let back = std::time::Instant::now();
    alice.wait_registered();
    assert!(back.elapsed() < std::time::Duration::from_secs(5), "{:?} after the server was back", back.elapsed());
    bob.json(&["text", "sip:alice@sip.test", "back again"]);
    alice.wait_text("back again");
}

#[test]
fn over_udp() {
    recovers("udp");
}

#[test]
fn over_tcp() {
    recovers("tcp");
}

#[test]
fn over_tls() {
    recovers("tls");
}
