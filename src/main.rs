//! Arguments -> window, headless run, or one command to a running instance.
fn main() {}
