//! Every text of `tests/codes/corpus.jsonl` through the detector: code, site and validity as expected, or nothing found.
//!
//! One JSON object a line: `lang` (ISO 639-1), `from` (the sender), `text`, and for texts that hold a code `code` (what
//! to type) and, where the text says so, `site` and `valid_for` (seconds). Services and numbers are made up.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
use landline::logic::codes::detect;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    lang: String,
    from: String,
    text: String,
    code: Option<String>,
    site: Option<String>,
    valid_for: Option<u32>,
}

/// Counts of one language: codes found rightly, found wrongly, missed; and texts without a code left alone.
#[derive(Default)]
struct Count {
    right: u32,
    wrong: u32,
    missed: u32,
    quiet: u32,
}

fn cases() -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes/corpus.jsonl");
    fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs all cases, prints precision and recall per language, returns what went wrong.
fn run(cases: &[Case]) -> Vec<String> {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut faults = Vec::new();
    for case in cases {
        let found = detect(&case.text, &case.from);
        let value = found.as_ref().map(|code| code.value.expose());
        let count = counts.entry(&case.lang).or_default();
        match (&case.code, value) {
            (Some(expected), Some(value)) if expected == value => count.right += 1,
            (None, None) => count.quiet += 1,
            (Some(_), None) => count.missed += 1,
            (Some(_), Some(_)) => (count.wrong, count.missed) = (count.wrong + 1, count.missed + 1),
            (None, Some(_)) => count.wrong += 1,
        }
        let site = found.as_ref().and_then(|code| code.site.as_ref());
        let valid_for = found.as_ref().and_then(|code| code.valid_for);
        let expected = (case.code.as_ref(), case.site.as_ref(), case.valid_for);
        if (value, site, valid_for) != expected {
            faults.push(format!("{expected:?}\n  {:?} {:?} {:?}\n  in {:?}", value, site, valid_for, case.text));
        }
    }
    for (lang, Count { right, wrong, missed, quiet }) in counts {
        let part = |of: u32| 100.0 * f64::from(right) / f64::from((right + of).max(1));
        println!("{lang}: precision {:.1} %, recall {:.1} %, {quiet} left alone", part(wrong), part(missed));
    }
    faults
}

#[test]
fn the_corpus_is_read_as_a_person_reads_it() {
    let cases = cases();
    let of = |lang: &str| cases.iter().filter(|case| case.lang == lang).count();
    assert!(cases.len() >= 160 && of("en") >= 60 && of("es") >= 60, "{} texts", cases.len());
    assert!(cases.iter().filter(|case| case.code.is_none()).count() >= 60);
    let faults = run(&cases);
    assert!(faults.is_empty(), "{} of {}:\n{}", faults.len(), cases.len(), faults.join("\n"));
}
