//! Decisions without I/O or clock: `now` is an argument. Imports only `domain`.
pub mod cable;
pub mod codes;
pub mod dial;
pub mod emergency;
pub mod handed;
pub mod outbox;
pub mod plan;
pub mod quality;
pub mod sms;
pub mod switchboard;
pub mod wired;
