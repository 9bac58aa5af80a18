//! Calls of ours until they stand: INVITE, early media, the first of several acceptances, giving up (RFC 3261 section 13.2).
use super::{
    super::body::{self, Body},
    Agent, AgentEvent, ClientId, Dialog, HeaderName, Invitation, Method, NameAddr, Purpose, Request, Response, Sent,
    call::{Call, Calling, MOST_CALLS, RINGING, Stage},
};
use crate::{
    domain::{
        call::{CallId, EndReason},
        protection::Profile,
        session::SessionDescription,
    },
    sip::{failure, transaction::PATIENCE},
};
use std::time::Instant;

impl Agent {
    /// Places a call.
    pub(crate) fn place(&mut self, call: CallId, invitation: Invitation, now: Instant) {
        let Invitation { from, to, hop, offer, second } = invitation;
        if self.calls.len() >= MOST_CALLS || self.calls.contains_key(&call) {
            return self.event(AgentEvent::Ended { call, reason: EndReason::LocalFault });
        }
        let user = from.uri.user().map(str::to_owned);
        let Some(contact) = self.contact(user.as_deref()) else {
            return self.event(AgentEvent::Ended { call, reason: EndReason::ServerGone });
        };
        let (tag, call_id) = (self.chance.token(), self.chance.token());
        let ends = (&from.with_tag(&tag), &NameAddr::new(to.clone()));
        let mut request = Self::compose(Method::Invite, to, ends, &call_id, 1);
        let calling = Calling {
            client: ClientId::default(),
            heard: false,
            cancelled: false,
            second: second.map(Box::new),
            early: None,
            limit: now + RINGING,
        };
        let mut state = Call::new(Stage::Calling(calling), u64::from(self.chance.number()), user);
        state.session.local = Some(offer.clone());
        describe(&mut request, &contact, state.session.write(&offer));
        match self.send(request, hop, Purpose::Invite(call), now) {
            Some(sent) => {
                if let Stage::Calling(calling) = &mut state.stage {
                    calling.client = sent;
                }
                self.calls.insert(call, state);
            }
            None => self.event(AgentEvent::Ended { call, reason: EndReason::LocalFault }),
        }
    }

    /// The INVITE, or re-INVITE, went out once more with an answer to a challenge.
    pub(super) fn sent_again(&mut self, purpose: Purpose, client: ClientId, number: u32) {
        match purpose {
            Purpose::Invite(call) => {
                if let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get_mut(&call) {
                    (calling.client, calling.heard) = (client, false);
                }
            }
            Purpose::Reinvite(call) => self.reoffer_sent_again(call, client, number),
            Purpose::Bye | Purpose::Owner(_) => {}
        }
    }

    /// 1xx.
    pub(super) fn progressed(&mut self, call: CallId, response: &Response, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Calling(calling) = &mut state.stage else { return };
        calling.heard = true;
        if state.ended {
            return self.cancel(call, now);
        }
        calling.limit = now + RINGING;
        let early = match body::session(&response.headers, &response.body) {
            Body::Session(bytes) => state.session.read(bytes).ok(),
            Body::Empty | Body::Other => None,
        };
        let rings = matches!(response.code, 180..=182);
        if let Some(description) = &early {
            calling.early = Some(description.clone());
        }
        if rings || early.is_some() {
            self.event(AgentEvent::Ringing { call, early });
        }
    }

    /// Sends CANCEL, once, for a call of ours that somebody has answered provisionally.
    pub(super) fn cancel(&mut self, call: CallId, now: Instant) {
        let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get_mut(&call) else { return };
        if calling.cancelled || !calling.heard {
            return;
        }
        calling.cancelled = true;
        calling.limit = now + PATIENCE;
        let client = calling.client;
        let Some(sent) = self.sent.get(&client).filter(|_| self.way.is_some()) else { return };
        let (invite, to) = (&sent.request, sent.to);
        let Some((number, _)) = invite.headers.cseq() else { return };
        let mut cancel = Request::new(Method::Cancel, invite.uri.clone());
        for name in [HeaderName::Via, HeaderName::Route, HeaderName::From, HeaderName::To, HeaderName::CallId] {
            cancel.headers.copy(&invite.headers, &name);
        }
        cancel.headers.push(HeaderName::CSeq, format!("{number} CANCEL"));
        cancel.headers.push(HeaderName::MaxForwards, "70");
        self.transactions.request(&cancel, to, self.is_reliable(), now);
    }

    /// A 2xx to an INVITE or re-INVITE: it is acknowledged whatever became of the call; only the first fork gets it.
    pub(super) fn accepted(&mut self, client: ClientId, response: &Response, now: Instant) {
        let tag = response.headers.to().and_then(|to| to.tag()).unwrap_or_default();
        let Some(sent) = self.sent.get(&client) else { return };
        if let Some((_, to, ack)) = sent.acks.iter().find(|(known, ..)| *known == tag) {
            return self.transactions.send(*to, ack.clone());
        }
        let purpose = sent.purpose;
        let dialog = match &sent.dialog {
            Some(dialog) => {
                let mut dialog = dialog.clone();
                dialog.follow(response.headers.contact());
                Some(dialog)
            }
            None => Dialog::of_response(&sent.request, response, sent.to),
        };
        let Some(dialog) = dialog else { return };
        self.acknowledge(client, tag, &dialog);
        match purpose {
            Purpose::Reinvite(call) => self.reoffer_accepted(call, client, response, now),
            Purpose::Invite(call) => self.established(call, client, dialog, response, now),
            Purpose::Bye | Purpose::Owner(_) => {}
        }
    }

    /// Sends the ACK of a 2xx along the dialog's route, and keeps it.
    fn acknowledge(&mut self, client: ClientId, tag: String, dialog: &Dialog) {
        let Some(mut ack) = self.sent.get(&client).and_then(|sent| dialog.ack(&sent.request)) else { return };
        if self.address(&mut ack).is_none() {
            return;
        }
        let (to, bytes) = (dialog.next_hop(!self.is_reliable()), ack.to_bytes());
        self.transactions.send(to, bytes.clone());
        if let Some(sent) = self.sent.get_mut(&client) {
            sent.acks.push((tag, to, bytes));
        }
    }

    fn established(&mut self, call: CallId, client: ClientId, dialog: Dialog, response: &Response, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return self.bye(dialog, now) };
        let early = match &mut state.stage {
            Stage::Calling(calling) if calling.client == client => calling.early.take(),
            // another fork was first
            _ => return self.bye(dialog, now),
        };
        if state.ended {
            // it was given up and the answer crossed the CANCEL
            self.calls.remove(&call);
            return self.bye(dialog, now);
        }
        let answer = match body::session(&response.headers, &response.body) {
            Body::Session(bytes) => state.session.read(bytes).ok(),
            // it was said in a provisional answer already
            Body::Empty => early,
            Body::Other => None,
        };
        let Some(answer) = answer else {
            self.bye(dialog, now);
            return self.call_over(call, EndReason::NoCommonMedia);
        };
        state.stage = Stage::Talking(Box::new(dialog));
        self.event(AgentEvent::Accepted { call, answer });
    }

    /// The INVITE was refused.
    pub(super) fn invite_refused(&mut self, call: CallId, sent: Sent, code: u16, now: Instant) {
        let reason = failure::of_call(code);
        let Some(state) = self.calls.get_mut(&call).filter(|_| reason == EndReason::NoCommonMedia) else {
            return self.call_over(call, reason);
        };
        let second = match &mut state.stage {
            Stage::Calling(calling) if !state.ended => calling.second.take(),
            _ => None,
        };
        let secure = state.session.local.as_ref().is_some_and(|local| local.protection.profile != Profile::Open);
        match second {
            Some(second) => self.offer_again(call, sent, *second, now),
            None => self.call_over(call, if secure { EndReason::NotEncrypted } else { reason }),
        }
    }

    /// Invites once more, with the second offer.
    fn offer_again(&mut self, call: CallId, sent: Sent, offer: SessionDescription, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Sent { mut request, to, .. } = sent;
        let number = request.headers.cseq().map_or(1, |(number, _)| number).saturating_add(1);
        request.headers.set(HeaderName::CSeq, format!("{number} {}", Method::Invite));
        request.body = state.session.write(&offer);
        state.session.local = Some(offer);
        if let Stage::Calling(calling) = &mut state.stage {
            calling.early = None;
        }
        match self.send(request, to, Purpose::Invite(call), now) {
            Some(client) => self.sent_again(Purpose::Invite(call), client, number),
            None => self.call_over(call, EndReason::LocalFault),
        }
    }

    /// Ends a dialog; nobody waits for the answer.
    pub(super) fn bye(&mut self, mut dialog: Dialog, now: Instant) {
        if self.way.is_none() {
            // the next connection takes it there
            return self.byes.push(dialog);
        }
        let request = dialog.request(Method::Bye);
        let to = dialog.next_hop(!self.is_reliable());
        let client = self.send(request, to, Purpose::Bye, now);
        if let Some(sent) = client.and_then(|client| self.sent.get_mut(&client)) {
            sent.dialog = Some(dialog);
        }
    }

    /// Gives up a call of ours without a word to anybody else.
    pub(super) fn abandon_call(&mut self, call: CallId, reason: EndReason) {
        if let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get(&call) {
            let client = calling.client;
            self.transactions.forget(client);
            self.sent.remove(&client);
        }
        self.call_over(call, reason);
    }

    /// Forgets a call, and tells its end unless that was told.
    pub(super) fn call_over(&mut self, call: CallId, reason: EndReason) {
        if let Some(state) = self.calls.remove(&call)
            && !state.ended
        {
            self.event(AgentEvent::Ended { call, reason });
        }
    }
}

/// Adds what every offer and answer of ours bears.
pub(super) fn describe(request: &mut Request, contact: &NameAddr, body: bytes::Bytes) {
    request.headers.push(HeaderName::Contact, contact.to_string());
    request.headers.push(HeaderName::Allow, super::ALLOW);
    request.headers.push(HeaderName::ContentType, "application/sdp");
    request.headers.push(HeaderName::Accept, "application/sdp");
    request.body = body;
}
