//! With a Secret Service on the session bus (gnome-keyring) passwords and the store's key go there, and no passphrase is asked
//! for; when the keyring is lost, the recovery passphrase opens the messages.
use crate::support::{landline::Landline, prosody::Prosody, session_bus::SessionBus};

const RECOVERY: (&str, &str) = ("LANDLINE_PASSPHRASE", "river stone lantern");

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
    // A second home on the same keyring does not get the first one's key.
    let mut other = Landline::new();
    other.use_keyring(&bus.address());
    std::fs::create_dir_all(other.home().join("data")).unwrap();
    std::fs::copy(alice.home().join("data/landline.db"), other.home().join("data/landline.db")).unwrap();
    let refused = other.cli(&["run", "--headless"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not in the keyring"), "{refused:?}");
    assert!(alice.cli(&["account", "remove", &alice.account()]).status.success());
    assert!(alice.stop());
}

#[test]
fn what_a_lost_keyring_locks_the_recovery_passphrase_opens() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = Landline::new();
    {
        let bus = SessionBus::with_keyring();
        alice.use_keyring(&bus.address());
        alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
        alice.run();
        alice.wait_registered();
        alice.json(&["text", "xmpp:alice@xmpp.test", "the nightingale", "--wait", "sent"]);
        let set = alice.cli_with_input(&["recovery", "--password-stdin"], &format!("{}\n", RECOVERY.1));
        assert!(set.status.success(), "{}", String::from_utf8_lossy(&set.stderr));
        assert!(alice.stop());
    }
    // an empty keyring, as on another computer: a sentence, and the file is left as it is
    let bus = SessionBus::with_keyring();
    alice.use_keyring(&bus.address());
    let file = alice.home().join("data/landline.db");
    let before = std::fs::read(&file).unwrap();
    let refused = alice.cli(&["run", "--headless"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("recovery passphrase"), "{refused:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    // a passphrase that is not the recovery passphrase does not do
    let mut other = alice.spawn(&["run", "--headless"], &[("LANDLINE_PASSPHRASE", "another")]);
    assert!(!other.end().success());
    alice.run_with(&["run", "--headless", "--json"], &[RECOVERY]);
    alice.wait_event("the account without its password", |e| e["problem"] == "no_password");
    let texts = alice.json(&["messages"]);
    assert!(texts.to_string().contains("the nightingale"), "{texts}");
    assert!(alice.stop());
}
