//! What a log must not tell: every password, address, number, body and code that a test gives the program or gets from it. The
//! harness learns them by itself, and looks for them in each home's logs when the home goes, so that every scenario checks itself.
use serde_json::Value;
use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    sync::Mutex,
};

/// Of all homes: one's text stands in the other's log, too.
static KNOWN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
/// Shorter words and numbers stand in a log by chance.
const SHORTEST: usize = 4;

fn known() -> std::sync::MutexGuard<'static, BTreeSet<String>> {
    KNOWN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Text: each of its lines.
pub fn learn(secret: &str) {
    let lines = secret.lines().map(str::trim).filter(|line| line.chars().count() >= SHORTEST);
    known().extend(lines.map(str::to_owned));
}

/// An address or a number, whole and by its user part.
pub fn learn_address(address: &str) {
    let rest =
        ["xmpp:", "sip:", "sips:", "tel:"].iter().find_map(|scheme| address.strip_prefix(scheme)).unwrap_or(address);
    let user = rest.split(['@', ';']).next().unwrap_or(rest);
    let digits: String = user.chars().filter(char::is_ascii_digit).collect();
    for part in [rest, user, user.trim_start_matches('+')] {
        learn(part);
    }
    if user.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c)) {
        learn(&digits);
    }
}

/// What a command line tells.
pub fn learn_command(args: &[&str]) {
    match args {
        ["text", to, body, ..] => {
            learn_address(to);
            learn(body);
        }
        ["reply" | "correct", _, body, ..] => learn(body),
        ["call", to, ..] => learn_address(to),
        _ => {}
    }
    for pair in args.windows(2).filter(|pair| pair[0] == "--address") {
        learn_address(pair[1]);
    }
}

/// What the program tells in JSON: events and answers.
pub fn learn_json(value: &Value) {
    match value {
        Value::Array(all) => all.iter().for_each(learn_json),
        Value::Object(all) => {
            for (name, value) in all {
                match (name.as_str(), value) {
                    ("body" | "value", Value::String(text)) => learn(text),
                    ("peer" | "sender" | "address", Value::String(text)) => learn_address(text),
                    _ => learn_json(value),
                }
            }
        }
        _ => {}
    }
}

/// Whether `line` holds `secret` as a whole word.
fn holds(line: &str, secret: &str) -> bool {
    line.match_indices(secret).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + secret.len()..].chars().next();
        ![before, after].into_iter().flatten().any(char::is_alphanumeric)
    })
}

fn logs(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for path in std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            found.extend(logs(&path));
        } else if path.extension().is_some_and(|extension| extension == "log") {
            found.push(path);
        }
    }
    found
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// Lines of the logs in this home that tell something, with what they tell.
pub fn told(home: &Path) -> Vec<String> {
    let known = known();
    // there may be thousands: by the longest word of each
    let mut by_word = HashMap::<&str, Vec<&str>>::new();
    for secret in known.iter() {
        by_word.entry(words(secret).max_by_key(|word| word.len()).unwrap_or_default()).or_default().push(secret);
    }
    let mut told = Vec::new();
    for path in logs(home) {
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap_or_default()).into_owned();
        for line in text.lines() {
            // the time is digits of all kinds
            let said = line.split_once('Z').map_or(line, |(_, said)| said);
            let may = words(said).chain([""]).filter_map(|word| by_word.get(word)).flatten();
            let secrets = may.filter(|secret| holds(said, secret));
            told.extend(secrets.map(|secret| format!("{secret:?} in {}: {line}", path.display())));
        }
    }
    told
}
