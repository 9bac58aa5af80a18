//! The only room that imports tokio-xmpp and xmpp-parsers: our session driver, one file per extension.
//!
//! [`task`] owns the socket and the clock; [`session`] decides, without either; [`jingle`] has the calls. A text goes wire ->
//! [`frame`] -> [`session`] -> [`message`] (with [`carbons`] and [`archive`] as its wrappers) -> event; its stanza is
//! acknowledged ([`sm`]) once it is kept.
mod archive;
mod at_once;
mod blocking;
mod carbons;
mod catch_up;
mod chat;
mod correction;
mod dial;
mod disco;
mod extdisco;
mod failure;
mod fallback;
mod fast;
mod frame;
mod gateways;
mod group;
mod inbound;
mod jingle;
mod login;
mod markers;
mod message;
mod presence;
mod reactions;
mod receipts;
mod reply;
mod request;
mod resolve;
mod retraction;
mod roster;
mod sasl2;
mod scram;
mod session;
mod sharing;
mod sm;
mod stanza;
mod task;
mod text;
mod tls;
mod upload;
mod wire_id;
mod writing;

pub use task::spawn;
