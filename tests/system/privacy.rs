//! Nothing personal leaves for a log, and no password stands in a plain file. Every other scenario checks its own logs as well
//! (`support/secrets.rs`).
use crate::support::{landline::Landline, prosody::Prosody, secrets};
use std::path::{Path, PathBuf};

pub fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.is_file() {
            found.push(path);
        }
    }
    found
}

pub fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
}

#[test]
fn logs_and_files_are_clean() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice.run();
    alice.wait_registered();
    alice.json(&["text", "xmpp:+15551239876@sms.test", "code please, nightingale", "--wait", "delivered"]);
    let event = alice.wait_event("the code", |e| e["event"] == "code");
    let code = event["code"]["code"]["value"].as_str().expect("a code").to_owned();
    assert!(alice.stop());
    let mut logs = 0;
    for path in files(&alice.home()) {
        let bytes = std::fs::read(&path).expect("a file");
        assert!(!holds(&bytes, "secret-alice"), "the password stands in {}", path.display());
        if path.extension().is_some_and(|e| e == "log") {
            logs += 1;
            for private in ["nightingale", "5551239876", code.as_str(), "alice@xmpp.test", "xmpp-alice"] {
                assert!(!holds(&bytes, private), "{private:?} stands in {}", path.display());
            }
        }
    }
    assert!(logs > 0, "a log was expected below {}", alice.home().display());
    alice.check_logs();
}

/// The check of all scenarios, against a log that tells what only a careless line could have told.
#[test]
fn a_log_that_tells_is_noticed() {
    let landline = Landline::new();
    landline.cli(&["text", "xmpp:+15551239876@sms.test", "the parcel is at the blue door"]);
    secrets::learn_json(
        &serde_json::json!({ "event": "code", "code": { "value": "482913" }, "peer": "sip:anna@sip.test" }),
    );
    let log = landline.home().join("state/landline.log");
    std::fs::create_dir_all(log.parent().expect("a folder")).expect("a folder");
    let said = |line: &str| {
        std::fs::write(&log, format!("2026-01-01T00:00:00.482913Z  INFO landline::xmpp: {line}\n")).expect("a log");
        secrets::told(&landline.home()).len()
    };
    assert_eq!(said("not registered problem=482914 retry=true parcel"), 0);
    for line in [
        "received body=\"the parcel is at the blue door\"",
        "calling +15551239876",
        "calling tel:15551239876;x=1",
        "code=482913",
        "from anna",
    ] {
        assert!(said(line) > 0, "{line}");
    }
    std::fs::remove_file(&log).expect("it is gone");
}
