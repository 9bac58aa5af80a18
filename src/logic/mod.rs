//! Decisions without I/O or clock: `now` is an argument. Imports only `domain`.
pub mod codes;
pub mod dial;
pub mod outbox;
pub mod quality;
pub mod switchboard;
pub mod wired;
