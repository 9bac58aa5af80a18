//! Calls of ours until they stand: INVITE, early media, the first of several acceptances, giving up (RFC 3261 section 13.2).
use super::{
    super::{
        body::{self, Body},
        identity,
        session_timer::{self, SessionTimer},
        transaction::PATIENCE,
    },
    Agent, AgentEvent, ClientId, Dialog, HeaderName, Invitation, Method, NameAddr, Purpose, Request, Response,
    call::{Call, Calling, MOST_CALLS, Mid, RINGING, Stage},
    reliable, replaces,
};
use crate::domain::call::{CallId, EndReason};
use std::{net::SocketAddr, time::Instant};

/// Phones that may answer one call; each is let go but the first.
const MOST_ANSWERS: usize = 32;

impl Agent {
    /// Places a call.
    pub(crate) fn place(&mut self, call: CallId, invitation: Invitation, now: Instant) {
        self.place_with(call, invitation, Vec::new(), now);
    }

    /// The same with more headers.
    pub(super) fn place_with(
        &mut self,
        call: CallId,
        invitation: Invitation,
        more: Vec<(HeaderName, String)>,
        now: Instant,
    ) {
        let Invitation { from, to, hop, offer, second, hidden } = invitation;
        if self.calls.len() >= MOST_CALLS || self.calls.contains_key(&call) {
            return self.event(AgentEvent::Ended { call, reason: EndReason::LocalFault });
        }
        // a Contact would say what From does not
        let user = from.uri.user().filter(|_| !hidden).map(str::to_owned);
        let Some(contact) = self.call_contact(user.as_deref()) else {
            return self.event(AgentEvent::Ended { call, reason: EndReason::ServerGone });
        };
        let (tag, call_id) = (self.chance.token(), self.chance.token());
        let shown = if hidden { identity::nobody() } else { from.clone() };
        let ends = (&shown.with_tag(&tag), &NameAddr::new(to.clone()));
        let mut request = Self::compose(Method::Invite, to.clone(), ends, &call_id, 1);
        if hidden {
            identity::hide(&mut request.headers, &from);
        }
        let calling = Calling {
            client: ClientId::default(),
            heard: false,
            cancelled: false,
            second,
            early: Vec::new(),
            heard_from: None,
            asked: vec![to],
            limit: now + RINGING,
        };
        let mut state = Call::new(Stage::Calling(calling), u64::from(self.chance.number()), user);
        state.session.local = Some(offer.clone());
        describe(&mut request, &contact, state.session.write(&offer));
        request
            .headers
            .push(HeaderName::Supported, format!("{}, {}, {}", reliable::TAG, session_timer::TAG, replaces::TAG));
        request.headers.push(HeaderName::SessionExpires, state.interval.to_string());
        more.into_iter().for_each(|(name, value)| request.headers.push(name, value));
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
        let (invite, to) = (sent.request.clone(), sent.to);
        self.send_cancel(&invite, to, now);
    }

    pub(super) fn send_cancel(&mut self, invite: &Request, to: SocketAddr, now: Instant) {
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
        if sent.acks.len() >= MOST_ANSWERS {
            return tracing::info!("more phones answer than were ever asked");
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
            Purpose::Bye
            | Purpose::Owner(_)
            | Purpose::Inside(_)
            | Purpose::Asking(_)
            | Purpose::Key(_)
            | Purpose::Refer(_) => {}
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
            Stage::Calling(calling) if calling.client == client => calling.take_early(dialog.remote_tag()),
            // another fork was first
            _ => return self.bye(dialog, now),
        };
        let dialog = match &early {
            Some(early) => dialog.continuing(&early.dialog),
            None => dialog,
        };
        if state.ended {
            // it was given up and the answer crossed the CANCEL
            self.calls.remove(&call);
            return self.bye(dialog, now);
        }
        let of_loser =
            |request: &Request| request.headers.from().and_then(|from| from.tag()).as_deref() != dialog.remote_tag();
        let undecided = matches!(&state.mid, Mid::Theirs { request, .. } if of_loser(request));
        let (mut known, mut reliably) = (None, false);
        if let Some(early) = early {
            (state.session, known, reliably) = (early.session, early.answer, early.rseq.is_some());
        }
        let answer = match body::session(&response.headers, &response.body) {
            // what was said so that it arrived cannot be said otherwise (RFC 6337 section 2.2)
            _ if reliably && known.is_some() => known,
            Body::Session(bytes) => state.session.read(bytes).ok(),
            // it was said in a provisional answer already
            Body::Empty => known,
            Body::Other => None,
        };
        state.timer = SessionTimer::of_response(response, now);
        state.updates = allows_updates(response);
        if undecided {
            self.drop_mid(call, now);
        }
        let Some(answer) = answer else {
            self.bye(dialog, now);
            return self.call_over(call, EndReason::NoCommonMedia);
        };
        if let Some(state) = self.calls.get_mut(&call) {
            state.stage = Stage::Talking(Box::new(dialog));
        }
        self.event(AgentEvent::Accepted { call, answer });
        self.next_offer(call, now);
    }

    /// Ends a dialog; nobody waits for the answer.
    pub(super) fn bye(&mut self, mut dialog: Dialog, now: Instant) {
        if self.way.is_none() {
            // the next connection takes it there
            return self.byes.push(dialog);
        }
        let request = dialog.request(Method::Bye);
        self.referrals_follow(&dialog);
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
        if let Some(mut state) = self.calls.remove(&call) {
            if let Some(dialog) = state.dialog() {
                self.referrals_follow(dialog);
            }
            if state.ended {
                return;
            }
            self.event(AgentEvent::Ended { call, reason });
        }
    }
}

/// Whether the other side says that it understands UPDATE.
pub(super) fn allows_updates(response: &Response) -> bool {
    response.headers.list(&HeaderName::Allow).any(|method| method == Method::Update.as_str())
}

/// Adds what every offer and answer of ours bears.
pub(super) fn describe(request: &mut Request, contact: &NameAddr, body: bytes::Bytes) {
    request.headers.push(HeaderName::Contact, contact.to_string());
    request.headers.push(HeaderName::Allow, super::ALLOW);
    request.headers.push(HeaderName::ContentType, "application/sdp");
    request.headers.push(HeaderName::Accept, "application/sdp");
    request.body = body;
}
