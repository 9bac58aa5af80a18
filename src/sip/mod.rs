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
pub(crate) use self::{
    agent::{Agent, AgentEvent, Output, RequestId, Way},
    digest::{Challenge, Credentials, answer, verify},
    message::{HeaderName, Method, Request, Response},
    uri::{NameAddr, Uri},
};
use crate::account::{AccountSetup, EventSender, CommandSender};
pub fn spawn(_setup: AccountSetup, _events: EventSender) -> CommandSender { tokio::sync::mpsc::channel(1).0 }
