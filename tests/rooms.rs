//! Keeps the rooms true: who may import what, how long a file may get, and that each says what it is.
#![allow(clippy::expect_used, missing_docs)]
use std::{
    fs,
    path::{Path, PathBuf},
};

/// External crates that belong to one room each.
const OWNED: &[(&str, &[&str])] = &[
    ("rvoip_", &["sip"]),
    ("tokio_xmpp", &["xmpp"]),
    ("xmpp_parsers", &["xmpp"]),
    ("sasl", &["xmpp"]),
    ("cpal", &["audio"]),
    ("alsa", &["audio"]),
    ("opusic_sys", &["media"]),
    ("pulseaudio", &["audio"]),
    ("sonora", &["audio"]),
    ("opus", &["media"]),
    ("rusqlite", &["store"]),
    ("iced", &["ui"]),
    ("keyring", &["secrets"]),
    ("x11rb", &["desktop"]),
    ("fluent_bundle", &["words"]),
    ("rtnetlink", &["net"]),
    ("hickory_resolver", &["net"]),
    ("rustls_native_certs", &["net"]),
    ("clap", &["cli"]),
];

/// Our own rooms and what each may import besides itself.
const MAY: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("logic", &["domain"]),
    ("account", &["domain", "net"]),
    ("net", &["domain", "logic"]),
    ("audio", &["domain"]),
    ("media", &["domain", "audio", "net"]),
    ("sip", &["domain", "account", "net"]),
    ("xmpp", &["domain", "account", "net"]),
    ("store", &["domain"]),
    ("config", &["domain", "audio", "net"]),
    ("secrets", &["domain", "config"]),
    ("words", &["domain"]),
    ("desktop", &["domain", "words"]),
    ("demo", &["domain", "sip", "media", "audio", "net", "account", "words"]),
    (
        "engine",
        &[
            "domain", "logic", "account", "net", "audio", "media", "sip", "xmpp", "store", "config", "secrets", "demo",
            "desktop",
        ],
    ),
    ("ui", &["domain", "engine", "words", "config", "audio", "net", "logic", "desktop"]),
    (
        "cli",
        &["domain", "engine", "words", "config", "audio", "net", "store", "secrets", "ui", "demo", "logic", "desktop"],
    ),
];

fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).expect("a folder of this repository") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn room(path: &Path) -> String {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(src).expect("below src");
    inside.components().next().expect("a name").as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Lines of code: comments do not import anything.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with("//"))
}

/// Whether `word` stands in the line as the head of a path.
fn names(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + word.len()..];
        let whole = word.ends_with('_') || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':' || c == '"' || c == '.')
            && whole
            && (word.ends_with('_') || after.starts_with("::") || after.starts_with(';'))
    })
}

/// Own rooms imported by a file: `crate::room`, also inside `use crate::{a::…, b::…}`.
fn own_imports(text: &str) -> Vec<String> {
    let joined = code(text).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in joined.match_indices("crate::") {
        let rest = &joined[at + "crate::".len()..];
        let Some(inner) = rest.strip_prefix('{') else {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            continue;
        };
        let mut depth = 0;
        let mut word = String::new();
        let mut head = true;
        for c in inner.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => head = true,
                c if depth == 0 && head && (c.is_alphanumeric() || c == '_') => {
                    word.push(c);
                    continue;
                }
                _ => {}
            }
            if !word.is_empty() {
                found.push(std::mem::take(&mut word));
                head = false;
            }
        }
        if !word.is_empty() {
            found.push(word);
        }
    }
    found
}

#[test]
fn an_external_family_stays_in_its_room() {
    let mut wrong = Vec::new();
    for path in sources("src") {
        let room = room(&path);
        let text = fs::read_to_string(&path).expect("source");
        for (family, owners) in OWNED {
            if !owners.contains(&room.as_str()) && code(&text).any(|line| names(line, family)) {
                wrong.push(format!("{} names {family}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn rooms_import_only_what_they_may() {
    let mut wrong = Vec::new();
    for path in sources("src") {
        let room = room(&path);
        let Some((_, may)) = MAY.iter().find(|(name, _)| *name == room) else {
            assert!(["lib", "main"].contains(&room.as_str()), "room {room} is missing from the table");
            continue;
        };
        let text = fs::read_to_string(&path).expect("source");
        for import in own_imports(&text) {
            if import != room && MAY.iter().any(|(name, _)| *name == import) && !may.contains(&import.as_str()) {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    for path in sources("src").into_iter().chain(sources("tests")) {
        let text = fs::read_to_string(&path).expect("source");
        let lines = text.lines().count();
        if lines > 500 {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("{}: no //! header", path.display()));
        }
        for name in ["utils", "common", "types", "helpers", "misc"] {
            if path.file_stem().is_some_and(|stem| stem == name) {
                wrong.push(format!("{}: a name that says nothing", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn top_level_is_fixed() {
    let allowed = ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "assets", "packaging", "src", "tests", "target"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in fs::read_dir(root).expect("the repository") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || allowed.contains(&name.as_str()), "{name} does not belong at the top");
    }
}

#[test]
fn the_checks_can_fail() {
    assert!(names("use iced::Element;", "iced"));
    assert!(names("    let x = rvoip_sip_core::parse();", "rvoip_"));
    assert!(!names("use crate::opus_like::X;", "opus"));
    assert_eq!(own_imports("use crate::{domain::{a, b}, net::Bind};\nuse crate::store;"), ["domain", "net", "store"]);
}
