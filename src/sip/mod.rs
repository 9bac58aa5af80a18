//! The only room that imports the SIP crates: our sans-IO user agent core, and the sockets at its edge.
#![allow(dead_code)]
mod addressing;
mod agent;
mod auth;
mod body;
mod chance;
mod dialog;
mod digest;
mod failure;
mod message;
mod params;
mod parse;
mod sdp;
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
use crate::account::{AccountSetup, CommandSender, EventSender};
pub fn spawn(_setup: AccountSetup, _events: EventSender) -> CommandSender {
    tokio::sync::mpsc::channel(1).0
}
