//! An XMPP account logs in to Prosody by STARTTLS and by direct TLS, and says why it cannot.
use crate::support::{landline::Landline, prosody::Prosody};

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
    for (password, ca, problem) in
        [("wrong", Some(prosody.ca.as_path()), "wrong_password"), ("secret-alice", None, "certificate_untrusted")]
    {
        let mut alice = Landline::new();
        alice.add_xmpp("alice@xmpp.test", password, &prosody.server(), "starttls", ca);
        alice.run();
        let event = alice.wait_event("a failed login", |e| e["event"] == "registration_failed");
        assert_eq!(event["problem"], problem, "{event}");
    }
}
