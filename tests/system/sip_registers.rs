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

#[test]
fn a_known_phone_service_is_recognised_and_named_with_where_it_was_read() {
    let alice = Landline::new();
    let add = ["account", "add", "sip", "--address", "sip:0033912345678@sip5.ovh.fr", "--password-stdin"];
    let added = alice.cli_with_input(&add, "secret\n");
    let told = String::from_utf8_lossy(&added.stdout).into_owned();
    assert!(
        added.status.success() && told.contains("OVHcloud") && told.contains("https://github.com/ovh/docs"),
        "{told}"
    );
    let account = alice.json(&["account", "list"])[0].clone();
    assert_eq!((&account["calls"]["provider"], &account["calls"]["way"]["transport"]), (&"ovh".into(), &"udp".into()));
    let known = alice.json(&["account", "providers"]);
    assert!(known.as_array().is_some_and(|known| known.iter().any(|one| one["id"] == "ovh")), "{known}");
    let wrong = alice.cli_with_input(&[&add[..], &["--provider", "nobody"]].concat(), "secret\n");
    assert_eq!(wrong.status.code(), Some(2), "there is no such service");
}
