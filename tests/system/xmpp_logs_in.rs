//! An XMPP account logs in to Prosody and ejabberd by STARTTLS and by direct TLS, with each mechanism, and says why it cannot.
use crate::support::{certificate::Flaw, ejabberd::Ejabberd, landline::Landline, prosody::Prosody, wait_for};
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

/// SASL2, Bind 2 and FAST, as Prosody's community modules have them: the whole log-in in one exchange, and from the second on by a
/// token, which is kept where the password is.
#[test]
fn in_one_exchange_and_then_by_token() {
    let mut prosody = Prosody::start_with_modules(
        &["alice", "bob"],
        r#" "newer_connections"; "sasl2"; "sasl2_bind2"; "sasl2_fast";"#,
    );
    let bob = super::xmpp_texts::login(&prosody, "bob");
    let mut alice = super::xmpp_texts::login(&prosody, "alice");
    let said = |prosody: &Prosody, what: &str| prosody.log_of("prosody").matches(what).count();
    wait_for("two tokens", || (said(&prosody, "Provided new FAST token to client") == 2).then_some(()));
    assert_eq!(said(&prosody, "Client is authenticating using FAST"), 0);
    bob.json(&["text", "alice@xmpp.test", "in one exchange", "--wait", "delivered"]);
    alice.wait_text("in one exchange");
    // the token is kept when the log-in is told, or soon after
    let vault = alice.home().join("data/vault");
    let kept = std::fs::read(&vault).expect("the vault");
    assert!(alice.stop());
    alice.run();
    alice.wait_registered();
    wait_for("a log-in by token", || (said(&prosody, "Client is authenticating using FAST") == 1).then_some(()));
    // the server has forgotten it: the password is asked for nobody
    prosody.kill();
    prosody.forget("fast_tokens");
    prosody.run();
    alice.wait_registered();
    bob.json(&["text", "alice@xmpp.test", "with the password again", "--wait", "delivered"]);
    alice.wait_text("with the password again");
    assert!(alice.stop());
    assert_ne!(kept, std::fs::read(&vault).expect("the vault"), "another token is kept");
    for home in [alice.home(), bob.home()] {
        let told = super::privacy::files(&home)
            .into_iter()
            .filter(|path| super::privacy::holds(&std::fs::read(path).expect("a file"), "secret-token"));
        assert_eq!(told.collect::<Vec<_>>(), [] as [std::path::PathBuf; 0]);
    }
}

#[test]
fn wrong_password_and_untrusted_certificate() {
    let prosody = Prosody::start(&["alice"]);
    let server = prosody.server();
    assert_eq!(refused(&server, "starttls", "not-the-password", Some(&prosody.ca)), "wrong_password");
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
            assert_eq!(
                refused(&address, tls, "not-the-password", Some(&server.ca)),
                "wrong_password",
                "{hash:?} {tls}"
            );
        }
        let log = server.log();
        assert!(log.contains(&format!("Accepted c2s {chosen}")), "{hash:?}: {log}");
    }
}
