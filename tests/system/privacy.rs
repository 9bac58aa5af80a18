//! Nothing personal leaves for a log, and no password stands in a plain file.
use crate::support::{landline::Landline, prosody::Prosody};
use std::path::{Path, PathBuf};

fn files(dir: &Path) -> Vec<PathBuf> {
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

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle.as_bytes())
}

#[test]
fn logs_and_files_are_clean() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    // Everything that can be logged is logged; events go to standard output, the log to its file.
    alice.log_everything();
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
            for private in ["nightingale", "5551239876", code.as_str(), "alice@xmpp.test"] {
                assert!(!holds(&bytes, private), "{private:?} stands in {}", path.display());
            }
        }
    }
    assert!(logs > 0, "a log was expected below {}", alice.home().display());
}
