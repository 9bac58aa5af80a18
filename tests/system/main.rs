//! System tests: the program against real servers and peers, one behaviour per file.
#[path = "../support/mod.rs"]
mod support;

mod peers_start;
