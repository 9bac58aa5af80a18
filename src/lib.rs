//! Landline: a wired desktop phone. This page is the map of the code.
pub mod account;
pub mod audio;
pub mod cli;
pub mod config;
pub mod demo;
pub mod desktop;
pub mod domain;
pub mod engine;
pub mod logic;
pub mod media;
pub mod net;
pub mod secrets;
pub mod sip;
pub mod store;
pub mod ui;
pub mod words;
pub mod xmpp;
