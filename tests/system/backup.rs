//! A backup made while Landline runs, restored in another home: the same texts, codes, calls, contacts and accounts, which log in
//! with their passwords. Exports hold them, too.
use super::xmpp_texts::login;
use crate::support::{landline::Landline, prosody::Prosody};
use serde_json::Value;

const PHRASE: &str = "river stone lantern\n";

/// All texts with what does not depend on the home.
fn texts(home: &Landline) -> Vec<Value> {
    home.json(&["messages", "--limit", "1000"]).as_array().cloned().unwrap_or_default()
}

#[test]
fn everything_comes_back_in_another_home() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    for n in 0..20 {
        bob.json(&["text", "alice@xmpp.test", &format!("number {n}: your code is 48{n:02}13"), "--wait", "delivered"]);
    }
    alice.wait_text("number 19: your code is 481913");
    bob.json(&["call", "xmpp:alice@xmpp.test"]);
    alice.wait_call("incoming");
    alice.json(&["decline"]);
    alice.wait_event("the call in the history", |e| e["event"] == "call_logged");
    let (before, codes) = (texts(&alice), alice.json(&["codes"]));
    assert_eq!(before.len(), 20);
    let file = alice.file("everything.landline");
    let path = file.to_str().unwrap();
    let made = alice.cli_with_input(&["backup", path, "--password-stdin"], PHRASE);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let again = alice.cli_with_input(&["backup", path, "--password-stdin"], PHRASE);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("not replaced"));
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"number" || window == b"secret"), "the backup is encrypted");
    let folder = alice.file("export");
    assert!(alice.cli(&["export", "--format", "csv", folder.to_str().unwrap()]).status.success());
    let csv = std::fs::read_to_string(folder.join("messages.csv")).unwrap();
    assert!(csv.lines().count() == 21 && csv.contains("your code is ••••••") && !csv.contains("481913"), "{csv}");
    let refused = alice.cli_with_input(&["restore", path, "--password-stdin"], PHRASE);
    assert!(!refused.status.success(), "it runs");
    assert!(alice.stop());

    let mut other = Landline::new();
    let wrong = other.cli_with_input(&["restore", path, "--password-stdin"], "another\n");
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("no backup of Landline"));
    let restored = other.cli_with_input(&["restore", path, "--password-stdin"], PHRASE);
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    assert_eq!(texts(&other), before);
    assert_eq!(other.json(&["codes"]), codes);
    assert_eq!(other.json(&["account", "list"])[0]["address"], "alice@xmpp.test");
    other.run();
    other.wait_registered();
    bob.json(&["text", "alice@xmpp.test", "welcome back", "--wait", "delivered"]);
    other.wait_text("welcome back");
    assert_eq!(texts(&other).len(), 21, "nothing twice");
    assert!(other.stop() && bob.stop());
}
