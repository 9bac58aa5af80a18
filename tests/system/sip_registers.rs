//! A SIP account registers with Kamailio over UDP, TCP and TLS, and says in words a program can act on why it cannot.
use crate::support::{certificate, free_port, kamailio::Kamailio, landline::Landline};
use tempfile::TempDir;

fn registers(transport: &str) {
    let kamailio = Kamailio::start();
    let mut alice = Landline::new();
    let (server, ca) = match transport {
        "tls" => (kamailio.tls_server(), Some(kamailio.ca.as_path())),
        _ => (kamailio.server(), None),
    };
    alice.add_sip("alice", "secret-alice", &server, transport, ca);
    alice.run();
    let event = alice.wait_registered();
    assert_eq!(event["account"], alice.account());
    let status = alice.json(&["status"]);
    assert_eq!(status["accounts"][0]["registration"]["state"], "registered", "{status}");
    assert!(alice.stop(), "it must end politely");
}

#[test]
fn over_udp() {
    registers("udp");
}

#[test]
fn over_tcp() {
    registers("tcp");
}

#[test]
fn over_tls() {
    registers("tls");
}

fn fails(password: &str, server: &str, transport: &str, ca: Option<&std::path::Path>, problem: &str) {
    let mut alice = Landline::new();
    alice.add_sip("alice", password, server, transport, ca);
    alice.run();
    let event = alice.wait_event("a failed registration", |e| e["event"] == "registration_failed");
    assert_eq!(event["problem"], problem, "{event}");
}

#[test]
fn wrong_password() {
    let kamailio = Kamailio::start();
    fails("not-the-password", &kamailio.server(), "udp", None, "wrong_password");
}

#[test]
fn certificate_not_trusted() {
    let kamailio = Kamailio::start();
    fails("secret-alice", &kamailio.tls_server(), "tls", None, "certificate_untrusted");
    let other = TempDir::new().expect("a folder");
    let stranger = certificate::make(other.path(), "sip.test");
    fails("secret-alice", &kamailio.tls_server(), "tls", Some(&stranger.ca), "certificate_untrusted");
}

#[test]
fn nobody_listens() {
    fails("secret-alice", &format!("127.0.0.1:{}", free_port()), "tcp", None, "unreachable");
    fails("secret-alice", "no-such-host.invalid:5060", "udp", None, "unknown_host");
}
