//! The first minute: `landline --demo` needs no account and no network, and has a code within 5 s of its start,
//! in a window under a real X server and on the console alike.
use crate::support::{landline::Landline, screen::Screen, wait_for};
use std::time::{Duration, Instant};

/// From the start of the program to the first code, as a script sees it.
fn first_code(home: &Landline) -> Duration {
    let start = Instant::now();
    let codes = wait_for("a code of the demo", || {
        let output = home.cli(&["codes", "--json"]);
        let codes: serde_json::Value = serde_json::from_slice(&output.stdout).ok()?;
        (!codes.as_array()?.is_empty()).then_some(codes)
    });
    assert!(codes[0]["code"]["value"].as_str().is_some_and(|code| code.len() >= 4), "{codes}");
    start.elapsed()
}

#[test]
fn on_the_console() {
    let mut home = Landline::new();
    home.run_with(&["--demo"], &[]);
    assert!(first_code(&home) < Duration::from_secs(5), "the demo is slow to show a code");
    assert!(home.stop());
}

#[test]
fn in_a_window() {
    let screen = Screen::start();
    let mut home = Landline::new();
    home.run_with(&["--demo"], &[("DISPLAY", &screen.display)]);
    wait_for("the window", || screen.shows("Landline").then_some(()));
    assert!(first_code(&home) < Duration::from_secs(5), "the demo is slow to show a code");
    assert!(home.stop());
}
