//! An XMPP account logs in to Prosody and ejabberd by STARTTLS and by direct TLS, with each mechanism, and says why it cannot.
use crate::support::{certificate::Flaw, ejabberd::Ejabberd, landline::Landline, prosody::Prosody};
use std::path::Path;

/// The reason told for a log-in that fails.
fn refused(server: &str, tls: &str, password: &str, ca: Option<&Path>) -> String {
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", password, server, tls, ca);
    alice.run();
    let event = alice.wait_event("a failed login", |e| e["event"] == "registration_failed");
    event["problem"].as_str().expect("a reason").to_owned()
}

fn logs_in(tls: &str) {
    let prosody = Prosody::start(&["alice"]);
    let server = if tls == "direct" { prosody.tls_server() } else { prosody.server() };
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &server, tls, Some(&prosody.ca));
    alice.run();
    alice.wait_registered();
    assert!(alice.stop(), "it must end politely");
}

#[test]
fn by_starttls() {
    logs_in("starttls");
}

#[test]
fn by_direct_tls() {
    logs_in("direct");
}

#[test]
fn wrong_password_and_untrusted_certificate() {
    let prosody = Prosody::start(&["alice"]);
    let server = prosody.server();
    assert_eq!(refused(&server, "starttls", "wrong", Some(&prosody.ca)), "wrong_password");
    assert_eq!(refused(&server, "starttls", "secret-alice", None), "certificate_untrusted");
}

#[test]
fn wrong_certificates_are_told_apart() {
    for (flaw, problem) in [
        (Flaw::Name, "certificate_name"),
        (Flaw::Expired, "certificate_expired"),
        (Flaw::SelfSigned, "certificate_untrusted"),
    ] {
        let prosody = Prosody::start_flawed(&["alice"], flaw);
        for (server, tls) in [(prosody.server(), "starttls"), (prosody.tls_server(), "direct")] {
            assert_eq!(refused(&server, tls, "secret-alice", Some(&prosody.ca)), problem, "{flaw:?} {tls}");
        }
    }
}

/// ejabberd with passwords kept in each way that decides which mechanisms it offers.
#[test]
fn to_ejabberd_by_every_mechanism() {
    for (hash, chosen) in [
        (None, "SCRAM-SHA-512"),
        (Some("sha"), "SCRAM-SHA-1"),
        (Some("sha256"), "SCRAM-SHA-256"),
        (Some("sha512"), "SCRAM-SHA-512"),
    ] {
        let server = Ejabberd::start(&["alice"], hash);
        for (port, tls) in [(server.port, "starttls"), (server.tls_port, "direct")] {
            let address = format!("127.0.0.1:{port}");
            let mut alice = Landline::new();
            alice.add_xmpp("alice@xmpp.test", "secret-alice", &address, tls, Some(&server.ca));
            alice.run();
            alice.wait_registered();
            assert!(alice.stop(), "it must end politely");
            assert_eq!(refused(&address, tls, "wrong", Some(&server.ca)), "wrong_password", "{hash:?} {tls}");
        }
        let log = server.log();
        assert!(log.contains(&format!("Accepted c2s {chosen}")), "{hash:?}: {log}");
    }
}
