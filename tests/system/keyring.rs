//! With a Secret Service on the session bus (gnome-keyring) a password goes there, and no passphrase is asked for.
use crate::support::{landline::Landline, prosody::Prosody, session_bus::SessionBus};

#[test]
fn a_password_is_kept_in_the_secret_service() {
    let bus = SessionBus::with_keyring();
    let prosody = Prosody::start(&["alice"]);
    let mut alice = Landline::new();
    alice.use_keyring(&bus.address());
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    assert!(!alice.home().join("data/vault").exists(), "a vault was made although there is a keyring");
    alice.run();
    alice.wait_registered();
    // A second home on the same keyring does not see the first one's password.
    let mut other = Landline::new();
    other.use_keyring(&bus.address());
    std::fs::copy(alice.home().join("config/config.toml"), other.home().join("config/config.toml")).unwrap();
    other.run();
    let event = other.wait_event("a missing password", |e| e["event"] == "registration_failed");
    assert_eq!(event["problem"], "no_password", "{event}");
    assert!(alice.cli(&["account", "remove", &alice.account()]).status.success());
    assert!(alice.stop());
}
