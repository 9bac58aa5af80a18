//! Somebody between us and the server takes away what is safe: the log-in fails with a sentence, and the password is not heard.
use crate::support::{landline::Landline, meddler::Meddler, prosody::Prosody};

/// What became of a log-in through a meddler, and all that the meddler could read.
fn through(prosody: &Prosody, mode: &str, port: u16, tls: &str) -> (Option<String>, String) {
    let [certificate, key] = prosody.certificate();
    let meddler = Meddler::start(mode, port, &certificate, &key);
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &meddler.server(), tls, Some(&prosody.ca));
    alice.run();
    let event = alice.wait_event("an end", |e| e["event"] == "registration_failed" || e["event"] == "registered");
    (event["problem"].as_str().map(str::to_owned), meddler.overheard())
}

/// Neither as it is nor as SASL PLAIN would carry it.
fn assert_silent(overheard: &str) {
    // base64 of NUL alice NUL secret-alice
    assert!(!overheard.contains("secret-alice") && !overheard.contains("AGFsaWNlAHNlY3JldC1hbGljZQ"), "{overheard}");
}

#[test]
fn without_encryption_there_is_no_log_in() {
    let prosody = Prosody::start(&["alice"]);
    let (problem, overheard) = through(&prosody, "strip-starttls", prosody.port, "starttls");
    assert_eq!(problem.as_deref(), Some("no_safe_login"));
    assert!(!overheard.contains("<auth"), "{overheard}");
    let (problem, overheard) = through(&prosody, "clear-after", prosody.port, "starttls");
    assert!(problem.is_some_and(|problem| problem != "wrong_password"));
    assert!(!overheard.contains("<auth"), "{overheard}");
}

#[test]
fn a_trusted_certificate_does_not_get_the_password() {
    let prosody = Prosody::start(&["alice"]);
    let (problem, overheard) = through(&prosody, "plain-only", prosody.tls_port, "direct");
    assert_eq!(problem.as_deref(), Some("no_safe_login"));
    assert!(!overheard.contains("<auth"), "{overheard}");
    // PLAIN beside SCRAM is not taken
    let (problem, overheard) = through(&prosody, "plain-first", prosody.tls_port, "direct");
    assert_eq!(problem, None, "it logs in by SCRAM");
    assert!(overheard.contains("SCRAM-SHA-1"), "{overheard}");
    assert_silent(&overheard);
}

#[test]
fn a_connection_that_ends_in_the_middle_is_tried_again() {
    let prosody = Prosody::start(&["alice"]);
    let (problem, overheard) = through(&prosody, "truncate", prosody.tls_port, "direct");
    assert_eq!(problem.as_deref(), Some("server_gone"));
    assert_silent(&overheard);
}

#[test]
fn only_a_server_with_its_certificate_may_send_us_elsewhere() {
    let prosody = Prosody::start(&["alice"]);
    let (problem, _) = through(&prosody, "elsewhere", prosody.tls_port, "direct");
    assert_eq!(problem, None, "it goes on to the server it was sent to");
    let (problem, _) = through(&prosody, "elsewhere-in-clear", prosody.port, "starttls");
    assert_eq!(problem.as_deref(), Some("server_gone"));
}
