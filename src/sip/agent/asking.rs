//! Requests of ours: named, signed, sent, and what their responses mean (RFC 3261 section 8.1). Challenges are answered here,
//! so that neither calls nor the owner see them.
use super::{
    Agent, AgentEvent, Answered, Call, ClientId, Failure, HeaderName, Home, Method, NameAddr, Purpose, Request,
    RequestId, Response, Sent, Stage, Unanswerable, Uri, Via, Way,
};
use crate::domain::{call::EndReason, transfer::Outcome};
use std::{net::SocketAddr, time::Instant};

/// How we name ourselves.
const NAME: &str = concat!("Landline/", env!("CARGO_PKG_VERSION"));

impl Agent {
    /// A request outside any dialog, with what names it; the owner adds to it and gives it to [`Self::request`].
    pub(crate) fn compose(
        method: Method,
        uri: Uri,
        ends: (&NameAddr, &NameAddr),
        call_id: &str,
        number: u32,
    ) -> Request {
        let seq = format!("{number} {method}");
        let mut request = Request::new(method, uri);
        request.headers.push(HeaderName::From, ends.0.to_string());
        request.headers.push(HeaderName::To, ends.1.to_string());
        request.headers.push(HeaderName::CallId, call_id);
        request.headers.push(HeaderName::CSeq, seq);
        request
    }

    /// Sends a request of the owner's; its end is told by [`AgentEvent::Answered`]. Challenges are answered on the way.
    pub(crate) fn request(&mut self, request: Request, to: SocketAddr, now: Instant) -> RequestId {
        self.counter += 1;
        let id = RequestId(self.counter);
        if self.send(request, to, Purpose::Owner(id), now).is_none() {
            self.event(AgentEvent::Answered { request: id, result: Err(Failure::Lost), repeats: 0 });
        }
        id
    }

    /// Gives a request of the owner's up; nothing is told of it any more.
    pub(crate) fn abandon(&mut self, request: RequestId) {
        let found = self.sent.iter().find(|(_, sent)| sent.purpose == Purpose::Owner(request)).map(|(id, _)| *id);
        if let Some(client) = found {
            self.transactions.forget(client);
            self.sent.remove(&client);
        }
    }

    /// Signs and sends; `None`: there is no socket, or too much is under way.
    pub(super) fn send(
        &mut self,
        request: Request,
        to: SocketAddr,
        purpose: Purpose,
        now: Instant,
    ) -> Option<ClientId> {
        self.send_counted(request, to, purpose, (Answered::default(), 0), now)
    }

    fn send_counted(
        &mut self,
        mut request: Request,
        to: SocketAddr,
        purpose: Purpose,
        (answered, repeats): (Answered, u32),
        now: Instant,
    ) -> Option<ClientId> {
        if !self.transactions.has_room() {
            return None;
        }
        self.address(&mut request)?;
        self.guide(&mut request);
        self.auth.sign(&mut request, &answered);
        let reliable = self.is_reliable() || self.goes_by_stream(&mut request, to);
        let client = self.transactions.request(&request, to, reliable, now);
        self.sent.insert(client, Sent { purpose, request, to, answered, repeats, dialog: None, acks: Vec::new() });
        Some(client)
    }

    /// Adds our Via and what every request bears.
    pub(super) fn address(&mut self, request: &mut Request) -> Option<()> {
        let way = self.way?;
        let branch = format!("z9hG4bK{}", self.chance.token());
        request.headers.remove(&HeaderName::Via);
        request.headers.push_front(HeaderName::Via, Via::own(way.via(), Self::bare(way.local), &branch).to_string());
        request.headers.set(HeaderName::MaxForwards, "70");
        request.headers.set(HeaderName::UserAgent, NAME);
        Some(())
    }

    pub(super) fn response_came(&mut self, response: &Response, from: SocketAddr, now: Instant) {
        let Some(client) = self.transactions.receive_response(response, now) else {
            return tracing::debug!(code = response.code, "a response that answers nothing");
        };
        let at_home = self.home.as_ref().is_some_and(|home| home.server == from);
        let way = self.way.map(Way::via);
        let via = response.headers.via().filter(|via| Some(via.transport.as_str()) == way);
        if let (true, Some(seen)) = (at_home, via.and_then(|via| via.seen())) {
            self.seen = Some(seen);
        }
        let Some(sent) = self.sent.get(&client) else { return };
        let purpose = sent.purpose;
        match (response.code, purpose) {
            (100..=199, Purpose::Invite(call)) => self.progressed(call, client, response, now),
            (100..=199, _) => {}
            (200..=299, Purpose::Reinvite(call)) if sent.request.method == Method::Update => {
                self.sent.remove(&client);
                self.reoffer_accepted(call, client, response, now);
            }
            (200..=299, Purpose::Invite(_) | Purpose::Reinvite(_)) => self.accepted(client, response, now),
            (401 | 407, _) if self.wants_answer(purpose) => match self.authenticate(client, response, now) {
                Ok(()) => {}
                Err(failure) => self.refused(client, response, Some(failure), now),
            },
            _ => self.refused(client, response, None, now),
        }
    }

    /// Whether a challenge is worth an answer: not for a call that was given up.
    fn wants_answer(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Invite(call) => self.calls.get(&call).is_some_and(|call| !call.ended),
            Purpose::Reinvite(call)
            | Purpose::Inside(call)
            | Purpose::Asking(call)
            | Purpose::Key(call)
            | Purpose::Refer(call) => self.calls.contains_key(&call),
            Purpose::Bye | Purpose::Owner(_) => true,
        }
    }

    /// Whether our own server may be the one that asks: the request went there, and has not rung anywhere yet.
    fn may_answer(&self, sent: &Sent) -> bool {
        let rang = |call: &Call| matches!(&call.stage, Stage::Calling(calling) if !calling.early.is_empty());
        let past = matches!(sent.purpose, Purpose::Invite(call) if self.calls.get(&call).is_some_and(rang));
        let home = |home: &Home| home.addresses.contains(&sent.to.ip()) || home.server == sent.to;
        (self.is_reliable() || self.home.as_ref().is_none_or(home)) && !past
    }

    fn authenticate(&mut self, client: ClientId, response: &Response, now: Instant) -> Result<(), Unanswerable> {
        let repeats = self.transactions.repeats(client);
        let Some(mut sent) = self.sent.remove(&client) else { return Ok(()) };
        let method = sent.request.method.clone();
        let asked = match self.may_answer(&sent) {
            true => self.auth.challenged(response, &method, &mut sent.answered, &mut self.chance),
            false => Err(Unanswerable::NotOurs),
        };
        if let Err(failure) = asked {
            self.auth.forget(&method);
            self.sent.insert(client, sent);
            return Err(failure);
        }
        let Sent { purpose, mut request, to, answered, dialog, repeats: earlier, .. } = sent;
        let number = request.headers.cseq().map_or(1, |(number, _)| number).saturating_add(1);
        request.headers.set(HeaderName::CSeq, format!("{number} {method}"));
        let tag = request.headers.to().and_then(|to| to.tag());
        let next = self.send_counted(request, to, purpose, (answered, earlier + repeats), now);
        if let (Some(next), Some(mut dialog)) = (next, dialog) {
            dialog.local_seq = number;
            self.sent.entry(next).and_modify(|sent| sent.dialog = Some(dialog));
        }
        match next {
            Some(next) => self.sent_again(purpose, next, tag.as_deref(), number),
            None => self.gave_up(purpose, Failure::Lost, now),
        }
        Ok(())
    }

    /// A final answer that is no acceptance of an INVITE.
    fn refused(&mut self, client: ClientId, response: &Response, why: Option<Unanswerable>, now: Instant) {
        let repeats = self.transactions.repeats(client);
        let Some(sent) = self.sent.remove(&client) else { return };
        match sent.purpose {
            Purpose::Invite(call) if why == Some(Unanswerable::NotOurs) => {
                self.call_over(call, EndReason::PasswordAsked)
            }
            Purpose::Invite(call) => self.invite_refused(call, sent, response, now),
            Purpose::Reinvite(call) => self.reoffer_refused(call, client, &sent.request.method, response, now),
            Purpose::Asking(call) => self.asked(call, &sent.request.method, response, now),
            Purpose::Key(call) => self.key_told(call, response.code < 300, now),
            Purpose::Refer(call) => self.refer_answered(call, response, now),
            Purpose::Bye | Purpose::Inside(_) => {}
            Purpose::Owner(request) => {
                let result = why.map_or_else(|| Ok(response.clone()), |why| Err(why.into()));
                self.event(AgentEvent::Answered { request, result, repeats: sent.repeats + repeats });
            }
        }
    }

    pub(super) fn unanswered(&mut self, client: ClientId, failure: Failure, now: Instant) {
        if let Some(sent) = self.sent.remove(&client) {
            self.gave_up(sent.purpose, failure, now);
        }
    }

    pub(super) fn gave_up(&mut self, purpose: Purpose, failure: Failure, now: Instant) {
        match purpose {
            Purpose::Invite(call) => self.call_over(call, EndReason::ServerGone),
            Purpose::Reinvite(call) => self.reoffer_failed(call, now),
            Purpose::Asking(call) => self.asked_in_vain(call, failure, now),
            Purpose::Key(call) => self.key_told(call, false, now),
            Purpose::Refer(call) => self.handed_over(call, Outcome::Failed { reason: EndReason::Unavailable }),
            Purpose::Bye | Purpose::Inside(_) => {}
            Purpose::Owner(request) => {
                self.event(AgentEvent::Answered { request, result: Err(failure), repeats: 0 });
            }
        }
    }
}
