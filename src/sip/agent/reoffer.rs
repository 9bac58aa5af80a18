//! Offers in mid-call, ours and theirs: hold, resume, moving (RFC 3261 section 14, RFC 3311, RFC 6141).
use super::{
    super::{
        body::{self, Body},
        session_timer::{self, SessionTimer},
    },
    Agent, AgentEvent, ClientId, HeaderName, Method, Purpose, Request, Response, ServerId,
    call::{Call, Calling, DECISION, Mid, Offer, Stage},
    outgoing::describe,
    refresh::prolong,
};
use crate::domain::{
    call::{CallId, EndReason},
    session::SessionDescription,
};
use std::time::{Duration, Instant};

/// Collisions with offers of theirs before ours counts as refused.
const COLLISIONS: u32 = 4;
/// The longest that a busy other side may make us wait (section 14.2 says ten seconds).
const LONGEST_WAIT: Duration = Duration::from_secs(10);

impl Agent {
    /// Offers a changed description.
    pub(crate) fn reoffer(&mut self, call: CallId, offer: SessionDescription, now: Instant) {
        self.want(call, Offer { description: Some(offer), collisions: 0 }, now);
    }

    /// Tells the other side of every call where we are now, after our address has changed.
    pub(crate) fn moved(&mut self, now: Instant) {
        let calls: Vec<_> = self.calls.iter().filter(|(_, call)| !call.ended).map(|(id, _)| *id).collect();
        for call in calls {
            self.moved_early(call, now);
            self.say_again(call, now);
        }
    }

    /// Offers what was agreed on once more: only to be heard of.
    pub(super) fn say_again(&mut self, call: CallId, now: Instant) {
        let talking = |call: &&Call| matches!(call.stage, Stage::Talking(_)) && call.wish.is_none();
        if self.calls.get(&call).is_some_and(|state| talking(&state) && state.session.local.is_some()) {
            self.want(call, Offer { description: None, collisions: 0 }, now);
        }
    }

    fn want(&mut self, call: CallId, offer: Offer, now: Instant) {
        let Some(state) = self.calls.get_mut(&call).filter(|call| !call.ended) else { return };
        match state.stage {
            Stage::Talking(_) | Stage::Answered(_) => state.wish = Some(offer),
            Stage::Calling(_) | Stage::Offered(_) => return self.event(AgentEvent::OfferRefused { call }),
        }
        self.next_offer(call, now);
    }

    /// Makes the offer that waits, if nothing else is under way.
    pub(super) fn next_offer(&mut self, call: CallId, now: Instant) {
        let Some(contact) = self.call_contact(self.calls.get(&call).and_then(|state| state.user.as_deref())) else {
            return;
        };
        let Some(state) = self.calls.get_mut(&call).filter(|call| matches!(call.mid, Mid::Idle)) else { return };
        let Stage::Talking(dialog) = &mut state.stage else { return };
        let Some(offer) = state.wish.take() else { return self.next_refer(call, now) };
        let silent = offer.description.is_none();
        // an offer of the owner's may have been agreed on since this was wished for
        let body = match (&offer.description, &state.session.local) {
            (Some(description), _) => state.session.write(&description.clone()),
            (None, Some(agreed)) => state.session.write_again(agreed),
            (None, None) => return,
        };
        // what nobody has to decide on is quicker by UPDATE (RFC 3311 section 1)
        let method = if silent && state.updates { Method::Update } else { Method::Invite };
        let mut request = dialog.request(method);
        describe(&mut request, &contact, body);
        prolong(&mut request, state.timer.as_ref());
        let dialog = dialog.clone();
        let to = dialog.next_hop(!self.is_reliable());
        match self.send(request, to, Purpose::Reinvite(call), now) {
            Some(client) => {
                if let Some(sent) = self.sent.get_mut(&client) {
                    sent.dialog = Some(*dialog);
                }
                if let Some(state) = self.calls.get_mut(&call) {
                    state.mid = Mid::Ours { client, offer };
                }
            }
            None if silent => {}
            None => self.event(AgentEvent::OfferRefused { call }),
        }
    }

    /// Takes our offer out of the middle, if this is its request.
    fn our_offer(&mut self, call: CallId, of: Option<ClientId>) -> Option<(&mut Call, Offer)> {
        let state = self.calls.get_mut(&call)?;
        match std::mem::take(&mut state.mid) {
            Mid::Ours { client, offer } if of.is_none_or(|of| of == client) => Some((state, offer)),
            other => {
                state.mid = other;
                None
            }
        }
    }

    /// A 2xx to our re-INVITE or UPDATE.
    pub(super) fn reoffer_accepted(&mut self, call: CallId, client: ClientId, response: &Response, now: Instant) {
        let Some((state, offer)) = self.our_offer(call, Some(client)) else { return };
        if let Some(dialog) = state.dialog() {
            dialog.follow(response.headers.contact());
        }
        state.timer = SessionTimer::of_response(response, now);
        let answer = match body::session(&response.headers, &response.body) {
            Body::Session(bytes) => state.session.read(bytes).ok(),
            Body::Empty | Body::Other => None,
        };
        if let Some(description) = offer.description {
            let event = match answer {
                Some(answer) => {
                    state.session.local = Some(description);
                    AgentEvent::Accepted { call, answer }
                }
                None => AgentEvent::OfferRefused { call },
            };
            self.event(event);
        }
        self.next_offer(call, now);
    }

    /// Our re-INVITE or UPDATE was refused: the session stays as it was (section 14.1).
    pub(super) fn reoffer_refused(
        &mut self,
        call: CallId,
        client: ClientId,
        method: &Method,
        response: &Response,
        now: Instant,
    ) {
        if response.code == 481 {
            // they know of no such call (section 12.2.1.2)
            return self.call_over(call, EndReason::HungUpThere);
        }
        let ours = self.calls.get(&call).is_some_and(|call| call.ours);
        let wait = match ours {
            true => self.chance.between(Duration::from_millis(2100), Duration::from_secs(4)),
            false => self.chance.between(Duration::ZERO, Duration::from_secs(2)),
        };
        let later = response.headers.seconds(&HeaderName::RetryAfter).map(u64::from).map(Duration::from_secs);
        let Some((state, mut offer)) = self.our_offer(call, Some(client)) else { return };
        offer.collisions += 1;
        let wait = match (response.code, later, session_timer::least(response), &mut state.timer) {
            (491, ..) => Some(wait),
            // they had to answer another offer first (section 14.2)
            (500, Some(later), ..) => Some(later.min(LONGEST_WAIT)),
            (405 | 501, ..) if *method == Method::Update => {
                state.updates = false;
                Some(Duration::ZERO)
            }
            (422, _, Some(least), Some(timer)) => {
                timer.lengthen(least);
                Some(Duration::ZERO)
            }
            _ => None,
        };
        if let Some(wait) = wait
            && offer.collisions <= COLLISIONS
            && state.wish.is_none()
        {
            state.mid = Mid::Waiting { until: now + wait, offer };
            return;
        }
        if offer.description.is_some() {
            self.event(AgentEvent::OfferRefused { call });
        }
        self.next_offer(call, now);
    }

    /// Our re-INVITE got no answer. The sound may well go on: the call is not ended for it.
    pub(super) fn reoffer_failed(&mut self, call: CallId, now: Instant) {
        let Some((_, offer)) = self.our_offer(call, None) else { return };
        if offer.description.is_some() {
            self.event(AgentEvent::OfferRefused { call });
        }
        self.next_offer(call, now);
    }

    /// A re-INVITE or UPDATE of theirs.
    pub(super) fn offered_again(&mut self, call: CallId, server: ServerId, request: Request, now: Instant) {
        let body = body::session(&request.headers, &request.body);
        let tag = request.headers.from().and_then(|from| from.tag());
        let Some(state) = self.calls.get_mut(&call) else { return };
        if session_timer::too_brief(&request.headers) {
            return self.too_brief(server, &request, now);
        }
        if request.method == Method::Update && body == Body::Empty {
            return self.updated(call, server, &request, now);
        }
        let answered_early = |calling: &Calling| {
            let early = calling.early.iter().find(|early| early.dialog.remote_tag() == tag.as_deref());
            early.is_some_and(|early| early.answer.is_some()) && request.method == Method::Update
        };
        match (&state.stage, &state.mid) {
            (Stage::Talking(_), Mid::Idle | Mid::Waiting { .. }) => {}
            (Stage::Calling(calling), Mid::Idle) if answered_early(calling) && !state.ended => {}
            // an offer of theirs waits for its answer already (section 14.2, RFC 3311 section 5.2)
            (_, Mid::Theirs { .. }) | (Stage::Offered(_), _) => {
                let wait = self.chance.number() % 10;
                let response = request.response(500).with(HeaderName::RetryAfter, wait.to_string());
                return self.transactions.respond(server, &response, now);
            }
            _ => return self.answer_with(server, &request, 491, now),
        }
        if let Mid::Waiting { offer, .. } = std::mem::take(&mut state.mid) {
            state.wish.get_or_insert(offer);
        }
        match body {
            Body::Other => self.unsupported(server, &request, "application/sdp", now),
            Body::Empty => self.offer_for_offer(call, server, &request, now),
            Body::Session(bytes) => match state.inside(tag.as_deref()).map(|(_, session)| session.read(bytes)) {
                Some(Ok(offer)) => {
                    state.described_early(tag.as_deref(), &offer);
                    state.mid = Mid::Theirs { server, request: Box::new(request), limit: now + DECISION };
                    self.event(AgentEvent::Reoffered { call, offer });
                }
                Some(Err(_)) | None => {
                    self.answer_with(server, &request, 488, now);
                    self.next_offer(call, now);
                }
            },
        }
    }

    /// UPDATE without an offer: they are elsewhere now, or the session goes on.
    fn updated(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let tag = request.headers.from().and_then(|from| from.tag());
        let Some(state) = self.calls.get_mut(&call) else { return };
        if let Some((dialog, _)) = state.inside(tag.as_deref()) {
            dialog.follow(request.headers.contact());
        }
        let user = state.user.clone();
        let response = state.renewed(request, request.response(200), now);
        if let Some(response) = self.in_dialog(response, user.as_deref()) {
            self.transactions.respond(server, &response, now);
        }
    }

    /// 422: the session would have to be refreshed too often.
    pub(super) fn too_brief(&mut self, server: ServerId, request: &Request, now: Instant) {
        let least = session_timer::LEAST.to_string();
        self.respond(server, request.response(422).with(HeaderName::MinSE, least), now);
    }

    /// A re-INVITE without an offer: ours is what was agreed on.
    fn offer_for_offer(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let (Some(local), Some((number, _))) = (state.session.local.clone(), request.headers.cseq()) else { return };
        let body = state.session.write_again(&local);
        state.mid = Mid::Unconfirmed { server, number, delayed: true };
        self.accept_in_dialog(call, server, request, body, now);
    }

    /// Answers an offer in mid-call.
    pub(crate) fn answer_reoffer(&mut self, call: CallId, answer: SessionDescription, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Mid::Theirs { server, request, .. } = std::mem::take(&mut state.mid) else { return };
        let tag = request.headers.from().and_then(|from| from.tag());
        let Some((_, session)) = state.inside(tag.as_deref()) else { return };
        let body = session.write(&answer);
        session.local = Some(answer);
        let number = request.headers.cseq().map_or(0, |(number, _)| number);
        if request.method == Method::Invite {
            state.mid = Mid::Unconfirmed { server, number, delayed: false };
        }
        self.accept_in_dialog(call, server, &request, body, now);
        self.next_offer(call, now);
    }

    fn accept_in_dialog(
        &mut self,
        call: CallId,
        server: ServerId,
        request: &Request,
        body: bytes::Bytes,
        now: Instant,
    ) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let tag = request.headers.from().and_then(|from| from.tag());
        if let Some((dialog, _)) = state.inside(tag.as_deref()) {
            dialog.follow(request.headers.contact());
        }
        let user = state.user.clone();
        let response = request.response(200).with(HeaderName::Allow, super::ALLOW);
        let mut response = state.renewed(request, response, now);
        response.headers.push(HeaderName::ContentType, "application/sdp");
        response.headers.copy(&request.headers, &HeaderName::RecordRoute);
        response.body = body;
        if let Some(response) = self.in_dialog(response, user.as_deref()) {
            self.transactions.respond(server, &response, now);
        }
    }

    /// Ends what is under way in mid-call: the call ends, or they gave their offer up.
    pub(super) fn drop_mid(&mut self, call: CallId, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        match std::mem::take(&mut state.mid) {
            Mid::Theirs { server, request, .. } => self.answer_with(server, &request, 487, now),
            Mid::Unconfirmed { server, .. } => self.transactions.acked(server),
            Mid::Idle | Mid::Ours { .. } | Mid::Waiting { .. } => {}
        }
    }

    pub(super) fn mid_timeout(&mut self, call: CallId, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        match std::mem::take(&mut state.mid) {
            Mid::Waiting { until, offer } if until <= now => {
                state.wish.get_or_insert(offer);
                self.next_offer(call, now);
            }
            Mid::Theirs { server, request, limit } if limit <= now => {
                // nobody decided
                self.answer_with(server, &request, 488, now);
                self.next_offer(call, now);
            }
            other => state.mid = other,
        }
    }
}
