//! The only room that imports the SIP crates: our sans-IO user agent core, and the sockets at its edge.
//!
//! [`agent::Agent`] is the core: bytes and wishes in with the time, bytes and events out by [`agent::Agent::poll`]. Below it
//! lie [`transaction`] (RFC 3261 section 17), [`dialog`], [`session_timer`], [`identity`], [`redirect`], [`auth`]; below those [`parse`] and [`message`], where
//! rvoip-sip-core gives the typed names of methods, headers and statuses.
//!
//! An exchange uses the core without an account: `Agent::new(seed, None, vec![Method::Register])`, then
//! `connected(Way { transport, local }, None, now)`: without a [`agent::Home`] everybody may ask. Calls come as
//! [`agent::AgentEvent::Invited`] with the URI that was dialled, texts as [`agent::AgentEvent::Text`], and REGISTER as
//! [`agent::AgentEvent::Request`], to be answered by `respond(server, request.response(code), now)`. It calls a contact by
//! `place` with an [`agent::Invitation`] whose `hop` is the contact's address, and texts one by `Agent::compose` and `request`.
mod addressing;
mod agent;
mod auth;
mod body;
mod chance;
mod dialog;
mod digest;
mod failure;
mod flow;
mod framing;
mod handing;
mod identity;
mod keepalive;
mod leg;
mod locate;
mod message;
mod outbound;
mod params;
mod parse;
#[cfg(test)]
mod parse_tests;
mod places;
mod probe;
mod redirect;
mod registration;
mod sdes;
mod sdp;
mod sdp_dtls;
mod sdp_ice;
mod session;
mod session_timer;
mod side;
mod stun;
mod task;
mod text;
mod transaction;
mod uri;
mod via;
mod wire_id;

#[cfg(test)]
pub(crate) use self::digest::{Challenge, answer};
pub(crate) use self::{
    agent::{Agent, AgentEvent, Output, RequestId, Way},
    digest::{Credentials, verify},
    message::{HeaderName, Method, Request, Response},
    uri::{NameAddr, Uri},
};
pub use task::spawn;
