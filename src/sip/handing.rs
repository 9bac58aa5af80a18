//! Handing calls over, as an account does it: addresses to URIs and back, and nobody called who was not agreed to.
use super::{addressing, agent, session::Session, uri::Uri};
use crate::{
    account::CallEvent,
    domain::{
        call::{CallId, EndReason},
        session::SessionDescription,
        transfer::{Outcome, Target},
    },
};
use std::time::Instant;

impl Session {
    /// Asks the other side of a call to call somebody else.
    pub(super) fn transfer(&mut self, call: CallId, to: Target, now: Instant) {
        let target = match to {
            Target::Address(address) => addressing::to_uri(&address, &self.domain).map(agent::Target::Uri),
            Target::Call(other) => Some(agent::Target::Call(other)),
        };
        match target {
            Some(target) => self.agent.transfer(call, target, now),
            None => {
                let outcome = Outcome::Failed { reason: EndReason::NotFound };
                self.call(call, CallEvent::Handover { outcome });
            }
        }
    }

    /// The other side of a call asks us to call somebody: the person has to say so.
    pub(super) fn referred(&mut self, call: CallId, to: &Uri, now: Instant) {
        match addressing::from_uri(to) {
            Some(to) => self.call(call, CallEvent::Referred { to }),
            None => self.agent.refuse(call, now),
        }
    }

    /// The person said so.
    pub(super) fn follow(
        &mut self,
        referred: CallId,
        call: CallId,
        (offer, second): (SessionDescription, Option<Box<SessionDescription>>),
        now: Instant,
    ) {
        let to = self.agent.referred_to(referred).and_then(|uri| {
            // a number alone is asked of the account's own server
            if uri.is("tel") {
                addressing::to_uri(&addressing::from_uri(uri)?, &self.domain)
            } else {
                Some(uri.clone())
            }
        });
        match self.invitation(to, offer, second) {
            Ok(invitation) => self.agent.follow(referred, call, invitation, now),
            Err(reason) => {
                self.agent.refuse(referred, now);
                self.call(call, CallEvent::Ended { reason });
            }
        }
    }
}
