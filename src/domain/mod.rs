//! The nouns of a phone: what every room may name. Imports no other room.
pub mod account;
pub mod address;
pub mod archive;
pub mod call;
pub mod code;
pub mod contact;
pub mod conversation;
pub mod ice;
pub mod key;
pub mod link;
pub mod message;
pub mod private;
pub mod protection;
pub mod quality;
pub mod server;
pub mod session;
pub mod transfer;
