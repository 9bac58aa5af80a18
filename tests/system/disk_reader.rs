//! Whoever reads the disk of a computer that is off, or of a stopped process, learns nothing: the whole home after a log-in,
//! texts both ways with a code, a file that was fetched, a call and a contact holds no text, file, number, code, password or
//! address in the clear.
use super::xmpp_files::{attach, fetched, ready};
use crate::support::{landline::Landline, prosody::Prosody};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

fn below(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    let lower: Vec<u8> = bytes.iter().map(u8::to_ascii_lowercase).collect();
    let needle = needle.to_ascii_lowercase();
    lower.windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// Every file, and every name, of a home.
fn reads_nothing(home: &Landline, private: &[&str]) {
    let mut files = 0;
    for path in below(&home.home()) {
        let name = path.strip_prefix(home.home()).unwrap().to_string_lossy().into_owned();
        let mode = std::fs::symlink_metadata(&path).unwrap().permissions().mode();
        // the configuration was written by the test; its folder is closed
        assert!(
            path == home.home() || name.ends_with("config.toml") || mode & 0o077 == 0,
            "{name} is open to others: {mode:o}"
        );
        let bytes = if path.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
        files += usize::from(!bytes.is_empty());
        for secret in private {
            assert!(!holds(&bytes, secret), "{secret:?} stands in {name}");
            assert!(!holds(name.as_bytes(), secret), "{secret:?} is in the name {name}");
        }
    }
    assert!(files >= 4, "database, vault, configuration and log were expected");
}

#[test]
fn nothing_can_be_read_from_the_disk() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let mut bob = ready(&prosody, "bob");
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice.run();
    alice.wait_registered();
    alice.json(&["text", "xmpp:+15551239876@sms.test", "code please, nightingale", "--wait", "delivered"]);
    let event = alice.wait_event("the code", |e| e["event"] == "code");
    let code = event["code"]["code"]["value"].as_str().expect("a code").to_owned();
    alice.json(&["text", "bob@xmpp.test", "the lantern is lit", "--wait", "delivered"]);
    // a file of one she knows is fetched by itself
    let words = "the magpie has seven eggs ".repeat(20_000);
    std::fs::write(bob.file("magpie.txt"), &words).expect("a file");
    attach(&bob, &bob.file("magpie.txt"), "xmpp:alice@xmpp.test");
    let saved = fetched(&mut alice);
    assert!(saved == words.as_bytes(), "the file is whole");
    bob.json(&["call", "xmpp:alice@xmpp.test"]);
    alice.wait_call("incoming");
    alice.json(&["decline"]);
    alice.wait_event("the call in the history", |e| e["event"] == "call_logged");
    let private = [
        "nightingale",
        "lantern",
        "magpie",
        "5551239876",
        "1239876",
        &code,
        "alice@",
        "bob@",
        "xmpp.test",
        "sms.test",
        "secret-alice",
        "correct horse battery",
    ];
    for secret in ["nightingale", "5551239876", &code, "bob@xmpp.test"] {
        assert!(holds(alice.log().as_bytes(), secret), "the test must be able to fail: {secret}");
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", alice.pid())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "a core dump would hold everything: {core}");
    // while it runs: the log of the database is there
    assert!(alice.home().join("data/landline.db-wal").exists());
    reads_nothing(&alice, &private);
    alice.kill();
    reads_nothing(&alice, &private);
    alice.run();
    alice.wait_registered();
    assert!(alice.json(&["messages"]).to_string().contains("nightingale"), "it is all there");
    assert!(alice.stop());
    reads_nothing(&alice, &private);
    assert!(bob.stop());
}
