//! Every sentence in both languages: the files parse, have the same keys in the same order and the same variables, every
//! key is used and every used key is there, and no sentence for people is written in the code.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]
use fluent_bundle::FluentResource;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

const EN: &str = include_str!("../assets/words/en.ftl");
const ES: &str = include_str!("../assets/words/es.ftl");

/// Keys are looked up by these beginnings with something computed behind; their own tests see that none is missing or left
/// over (`cli/help.rs`).
const COMPUTED: &[&str] = &["help-"];

/// Key and pattern, in the order of the file.
fn entries(source: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in source.lines() {
        if line.starts_with('#') || line.trim().is_empty() && !found.is_empty() {
            continue;
        }
        if line.starts_with([' ', '}']) {
            found.last_mut().expect("a key before its continuation").1.push_str(&format!("\n{line}"));
        } else if let Some((key, pattern)) = line.split_once('=') {
            found.push((key.trim().to_owned(), pattern.trim().to_owned()));
        } else {
            assert!(line.trim().is_empty(), "not an entry: {line}");
        }
    }
    found
}

/// `$name`s of a pattern.
fn variables(pattern: &str) -> BTreeSet<String> {
    pattern
        .split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect())
        .collect()
}

fn sections(source: &str) -> usize {
    source.lines().filter(|line| line.starts_with("## ")).count()
}

fn sources() -> Vec<(PathBuf, String)> {
    let (mut found, mut open) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(dir).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("source");
                found.push((path, text));
            }
        }
    }
    let tests: BTreeSet<_> = found.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    found.retain(|(path, _)| !tests.contains(path));
    found.sort();
    found
}

/// Files that are there for tests only: modules declared below `#[cfg(test)]`.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let dir = path.parent().expect("a folder");
    let mut found = Vec::new();
    for (at, _) in text.match_indices("#[cfg(test)]\n") {
        let declared = text[at..].lines().skip(1);
        let mut given = None;
        for line in declared {
            if let Some(file) = line.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]")) {
                given = Some(dir.join(file));
            } else if let Some(name) = line.strip_suffix(';').and_then(|line| line.rsplit_once("mod ")) {
                let stem = path.file_stem().is_some_and(|stem| stem != "mod" && stem != "lib");
                let below = if stem { path.with_extension("") } else { dir.to_owned() };
                found.push(given.unwrap_or_else(|| below.join(format!("{}.rs", name.1))));
                break;
            } else if !line.starts_with('#') {
                break;
            }
        }
    }
    found
}

/// The code of a file: no comments, and nothing from its tests on.
fn code(text: &str) -> String {
    let text = text.split("\n#[cfg(test)]\n").next().unwrap_or(text);
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// String literals of Rust code, escapes left as they are; good enough for this repository's formatting.
fn literals(code: &str) -> Vec<String> {
    let (mut found, mut chars) = (Vec::new(), code.chars().peekable());
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match c {
            // a character, not a lifetime
            '\'' => {
                let next = chars.next();
                if next == Some('\\') {
                    chars.next();
                    while chars.next_if(|c| *c != '\'').is_some() {}
                    chars.next();
                } else {
                    chars.next_if_eq(&'\'');
                }
            }
            '"' => {
                let raw = before == '#' || before == 'r';
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' if !raw || before == 'r' || chars.peek() == Some(&'#') => break,
                        '\\' if !raw => {
                            text.push(c);
                            text.extend(chars.next());
                        }
                        c => text.push(c),
                    }
                }
                found.push(text);
            }
            _ => {}
        }
        before = c;
    }
    found
}

fn is_key(text: &str) -> bool {
    text.contains('-')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}

/// The key families there are: what stands before the first hyphen.
fn families() -> BTreeSet<String> {
    entries(EN).iter().filter_map(|(key, _)| Some(key.split_once('-')?.0.to_owned())).collect()
}

#[test]
fn both_files_parse() {
    for (name, source) in [("en", EN), ("es", ES)] {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{name}.ftl: {errors:#?}");
        }
        let keys: Vec<_> = entries(source).into_iter().map(|(key, _)| key).collect();
        let once: BTreeSet<_> = keys.iter().collect();
        assert_eq!(once.len(), keys.len(), "{name}.ftl has a key twice");
    }
}

#[test]
fn both_have_the_same_keys_in_the_same_order() {
    let keys = |source| entries(source).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
    let (en, es) = (keys(EN), keys(ES));
    let missing =
        |from: &[String], of: &[String]| of.iter().filter(|key| !from.contains(key)).cloned().collect::<Vec<_>>();
    assert_eq!(missing(&es, &en), Vec::<String>::new(), "missing in Spanish");
    assert_eq!(missing(&en, &es), Vec::<String>::new(), "missing in English");
    assert_eq!(en, es, "the order differs");
    assert_eq!(sections(EN), sections(ES), "the sections differ");
}

#[test]
fn both_have_the_same_variables_and_say_something() {
    let es: BTreeMap<_, _> = entries(ES).into_iter().collect();
    for (key, english) in entries(EN) {
        let spanish = &es[&key];
        assert_eq!(variables(&english), variables(spanish), "{key}");
        assert!(!english.trim().is_empty() && !spanish.trim().is_empty(), "{key} is empty");
    }
}

#[test]
fn every_key_is_used() {
    let used: BTreeSet<String> = sources().iter().flat_map(|(_, text)| literals(&code(text))).collect();
    let idle: Vec<_> = entries(EN)
        .into_iter()
        .map(|(key, _)| key)
        .filter(|key| !used.contains(key) && !COMPUTED.iter().any(|start| key.starts_with(start)))
        .collect();
    assert!(idle.is_empty(), "no code asks for: {idle:#?}");
}

#[test]
fn every_key_that_is_asked_for_is_there() {
    let (there, families) = (entries(EN).into_iter().map(|(key, _)| key).collect::<BTreeSet<_>>(), families());
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let code = code(&text);
        // surely a key: handed to a look-up of words
        for call in ["words.text(", "words.with(", "cx.t(", "cx.with(", "context.t("] {
            for (at, _) in code.match_indices(call) {
                let rest = code[at + call.len()..].trim_start();
                if let Some(key) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next())
                    && !there.contains(key)
                {
                    wrong.push(format!("{}: {key}", path.display()));
                }
            }
        }
        // nearly surely a key: looks like one, in a room that speaks, and its family is known
        let room = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("below src");
        let speaks = ["ui", "cli", "domain", "desktop"].iter().any(|speaking| room.starts_with(speaking));
        let refusals = path.ends_with("engine/api.rs") || path.ends_with("engine/refusal.rs");
        // a lone constant of text is the name of a widget
        let code: String = code.lines().filter(|line| !line.contains("const ") || !line.contains(": &str =")).collect();
        for key in literals(&code).iter().filter(|text| (speaks || refusals) && is_key(text)) {
            let family = key.split('-').next().unwrap_or(key);
            if families.contains(family) && !there.contains(key) && key.matches('-').count() > 0 {
                wrong.push(format!("{}: {key}", path.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "keys without words: {wrong:#?}");
}

/// A sentence has two words beside each other, the second one small: `Landline Sans` and `Ctrl Enter` are names.
fn is_sentence(text: &str) -> bool {
    let plain = |word: &str| {
        let word = word.trim_matches(|c: char| ".,:;!?…“”()".contains(c));
        word.len() > 1 && word.chars().all(|c| c.is_alphabetic() || c == '\'' || c == '’')
    };
    let words: Vec<_> = text.split_whitespace().collect();
    words.len() >= 2
        && words.windows(2).any(|pair| plain(pair[0]) && plain(pair[1]) && pair[1].starts_with(char::is_lowercase))
}

#[test]
fn no_sentence_for_people_is_written_in_the_code() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("below src");
        if !(room.starts_with("ui") || room.starts_with("cli")) {
            continue;
        }
        let mut skip = 0;
        // the log and error types speak to programmers; a statement may go over some lines
        for line in code(&text).lines() {
            let quiet = ["tracing::", "#[error(", "#[path", "panicked at", "unreachable!("];
            if quiet.iter().any(|word| line.contains(word)) {
                skip = usize::from(!line.trim_end().ends_with([';', ']', '}', ','])) * 3;
                continue;
            }
            if skip > 0 {
                skip = if line.trim_end().ends_with(';') { 0 } else { skip - 1 };
                continue;
            }
            for literal in literals(line).iter().filter(|literal| is_sentence(literal)) {
                wrong.push(format!("{}: {literal:?}", room.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these belong into assets/words: {wrong:#?}");
}

#[test]
fn the_checks_can_fail() {
    assert_eq!(entries("a = b\n\n# c\nd =\n    e\n")[1], ("d".into(), "\n    e".into()));
    assert_eq!(variables("{ $count -> [one] { $name } *[other] x }"), BTreeSet::from(["count".into(), "name".into()]));
    assert_eq!(literals(r##"f("a-b", '"', 'x', "c\"d", r#"e"f"#)"##), ["a-b", "c\\\"d", "e\"f"]);
    assert!(is_sentence("You are here") && is_sentence("Not connected"));
    assert!(!is_sentence("%Y-%m-%d %H:%M") && !is_sentence("{id}  {address}") && !is_sentence("Landline Sans"));
    let declared =
        "#[cfg(test)]\nmod a;\n#[cfg(test)]\n#[path = \"b_tests.rs\"]\nmod tests;\n#[cfg(test)]\nmod tests {\n";
    assert_eq!(test_modules(Path::new("/x/mod.rs"), declared), [Path::new("/x/a.rs"), Path::new("/x/b_tests.rs")]);
    assert_eq!(test_modules(Path::new("/x/y.rs"), "#[cfg(test)]\nmod a;"), [Path::new("/x/y/a.rs")]);
    assert!(is_key("call-hang-up") && !is_key("x") && !is_key("Not a key") && !is_key("-x"));
}
