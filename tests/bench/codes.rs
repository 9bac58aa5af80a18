//! What it costs to look for a code in a text: median and 95th percentile over the texts of `tests/codes`.
//! `cargo bench --bench codes` prints them and fails above 20 µs in the median, which an old machine keeps, too.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
use landline::logic::codes::detect;
use std::{fs, hint::black_box, path::Path, time::Instant};

/// Times each text is read; the fastest counts: the others tell of what else the machine does.
const ROUNDS: usize = 50;
/// Nanoseconds.
const ALLOWED: u128 = 20_000;

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/codes");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let lists: Vec<String> = files.map(|path| fs::read_to_string(path).unwrap()).collect();
    let lines = lists.iter().flat_map(|list| list.lines()).filter_map(|line| line.split_once(" | "));
    let texts: Vec<String> = lines.map(|(_, text)| text.replace("\\n", "\n")).collect();
    black_box(detect("the lists are read once", ""));
    let mut costs: Vec<u128> = texts.iter().map(|text| (0..ROUNDS).map(|_| cost(text)).min().unwrap()).collect();
    costs.sort_unstable();
    let at = |percent: usize| costs.get(costs.len() * percent / 100).copied().unwrap();
    println!("{} texts: median {} ns, 95 % below {} ns", costs.len(), at(50), at(95));
    assert!(at(50) <= ALLOWED, "slower than {ALLOWED} ns");
}

fn cost(text: &str) -> u128 {
    let start = Instant::now();
    black_box(detect(black_box(text), "22395"));
    start.elapsed().as_nanos()
}
