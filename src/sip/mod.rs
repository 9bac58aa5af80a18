//! The only room that imports the SIP crates: our sans-IO user agent core, and the sockets at its edge.
#[allow(dead_code)]
mod digest;
#[allow(dead_code)]
mod flow;
#[allow(dead_code)]
mod framing;
#[allow(dead_code)]
mod locate;
#[allow(dead_code)]
mod sdp;
use crate::account::{AccountSetup, EventSender, CommandSender};
pub fn spawn(_setup: AccountSetup, _events: EventSender) -> CommandSender { tokio::sync::mpsc::channel(1).0 }
