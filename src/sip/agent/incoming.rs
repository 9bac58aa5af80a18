//! Calls of theirs until they stand: INVITE, ringing, our answer, its ACK, CANCEL (RFC 3261 section 13.3).
use super::{
    super::{
        body::{self, Body},
        identity,
        message::Headers,
        session_timer,
    },
    Agent, AgentEvent, Dialog, HeaderName, Method, Request, Response, ServerId,
    call::{Answered, Call, Copied, MOST_CALLS, Mid, Offered, RING_AGAIN, RINGING, Stage},
    reliable, replaces,
};
use crate::domain::{
    call::{CallId, Decline, EndReason},
    private::Private,
    session::SessionDescription,
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

impl Agent {
    /// A first INVITE.
    pub(super) fn invited(&mut self, server: ServerId, request: Request, source: SocketAddr, now: Instant) {
        if self.copies().chain(&self.elsewhere).any(|known| known.is(&request)) {
            // it came by two ways (section 8.2.2.2)
            return self.answer_with(server, &request, 482, now);
        }
        if self.calls.len() >= MOST_CALLS {
            return self.answer_with(server, &request, 486, now);
        }
        if session_timer::too_brief(&request.headers) {
            return self.too_brief(server, &request, now);
        }
        if !takes_sdp(&request.headers) {
            return self.answer_with(server, &request, 406, now);
        }
        // only the account's own server gets so far, and nobody else may assert who calls
        let Some(caller) = identity::caller(&request.headers, self.home.is_some()) else {
            return self.answer_with(server, &request, 400, now);
        };
        let (tag, number) = (self.chance.token(), u64::from(self.chance.number()));
        let Some(dialog) = Dialog::of_request(&request, &tag, source) else {
            return self.answer_with(server, &request, 400, now);
        };
        let replaces = match self.replaced(&request.headers) {
            Ok(replaced) => replaced,
            Err(code) => return self.answer_with(server, &request, code, now),
        };
        self.answer_with(server, &request, 100, now);
        let call = self.fresh_call();
        let limit = now + request.headers.seconds(&HeaderName::Expires).map_or(RINGING, ring_time);
        let user = request.uri.user().map(str::to_owned);
        let reliably = reliable::requires(&request.headers, reliable::TAG);
        let (invite, dialog) = (Box::new(request.clone()), Box::new(dialog));
        let copied = Copied::of(&request);
        let offered =
            Offered { server, copied, invite, dialog, tag, delayed: false, reliably, ring_again: None, limit };
        let mut state = Call::new(Stage::Offered(offered), number, user);
        state.updates = request.headers.list(&HeaderName::Allow).any(|method| method == Method::Update.as_str());
        let offer = match body::session(&request.headers, &request.body) {
            Body::Empty => None,
            Body::Session(bytes) => match state.session.read(bytes) {
                Ok(offer) => Some(offer),
                Err(error) => {
                    tracing::info!(%error, "an offer that is of no use here");
                    return self.answer_with(server, &request, 488, now);
                }
            },
            Body::Other => return self.unsupported(server, &request, "application/sdp", now),
        };
        if let Stage::Offered(offered) = &mut state.stage {
            offered.delayed = offer.is_none();
        }
        self.calls.insert(call, state);
        let at_once = identity::wants_to_be_answered(&request.headers);
        let identity::Caller { from, name, via } = caller;
        let (name, to) = (name.map(Private::new), request.uri);
        self.event(AgentEvent::Invited { call, from, name, to, via, at_once, replaces, offer });
    }

    /// What the calls that came are known by, until they are answered.
    fn copies(&self) -> impl Iterator<Item = &Copied> {
        self.calls.values().filter_map(|call| match &call.stage {
            Stage::Offered(offered) => Some(&offered.copied),
            Stage::Calling(_) | Stage::Answered(_) | Stage::Talking(_) => None,
        })
    }

    /// The same for another agent of the account: a proxy may send one call by all its flows.
    pub(crate) fn came(&self) -> Vec<Copied> {
        self.copies().cloned().collect()
    }

    /// These came by another flow of the account: their copies are refused.
    pub(crate) fn came_elsewhere(&mut self, copied: Vec<Copied>) {
        self.elsewhere = copied;
    }

    fn fresh_call(&mut self) -> CallId {
        loop {
            let id = CallId(self.chance.number());
            if !self.calls.contains_key(&id) {
                return id;
            }
        }
    }

    /// Tells the caller that it rings here.
    pub(crate) fn ring(&mut self, call: CallId, now: Instant) {
        let Some(Call { stage: Stage::Offered(offered), user, .. }) = self.calls.get_mut(&call) else { return };
        offered.ring_again = Some(now + RING_AGAIN);
        let (server, user, reliably, delayed) = (offered.server, user.clone(), offered.reliably, offered.delayed);
        let response = offered.response(180);
        let Some(response) = self.in_dialog(response, user.as_deref()) else { return };
        match (reliably, delayed) {
            (false, _) => self.transactions.respond(server, &response, now),
            (true, false) => self.ring_reliably(call, response, now),
            // it would have to bear our offer, which waits for the person (RFC 3262 section 5)
            (true, true) => tracing::debug!("nothing is said of the ringing"),
        }
    }

    /// Answers a call with this description: the answer to their offer, or our offer where they sent none.
    pub(crate) fn answer(&mut self, call: CallId, description: SessionDescription, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Offered(offered) = &mut state.stage else { return };
        let (server, delayed, user) = (offered.server, offered.delayed, state.user.clone());
        let Some((number, _)) = offered.invite.headers.cseq() else { return };
        let (invite, dialog, response) = (offered.invite.clone(), offered.dialog.clone(), offered.response(200));
        let mut response = state.renewed(&invite, response, now);
        response.body = state.session.write(&description);
        state.session.local = Some(description);
        state.stage = Stage::Answered(Answered { server, dialog, delayed, number });
        response.headers.push(HeaderName::Allow, super::ALLOW);
        response.headers.push(HeaderName::Supported, replaces::TAG);
        response.headers.push(HeaderName::ContentType, "application/sdp");
        match self.in_dialog(response, user.as_deref()) {
            Some(response) => self.transactions.respond(server, &response, now),
            None => self.call_over(call, EndReason::ServerGone),
        }
    }

    /// Ends a call whatever its state: declines, cancels or hangs up.
    pub(crate) fn end(&mut self, call: CallId, decline: Decline, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        if state.ended {
            return;
        }
        let code = match decline {
            Decline::Declined => 603,
            Decline::Busy => 486,
            Decline::Media => 488,
        };
        let reason = match &mut state.stage {
            Stage::Calling(_) => {
                state.ended = true;
                self.cancel(call, now);
                EndReason::Cancelled
            }
            Stage::Offered(offered) => {
                let (server, response) = (offered.server, offered.response(code));
                self.calls.remove(&call);
                self.transactions.respond(server, &response, now);
                EndReason::Declined
            }
            Stage::Answered(_) => {
                // BYE has to wait for their ACK (section 15)
                state.ended = true;
                EndReason::HungUpHere
            }
            Stage::Talking(dialog) => {
                let dialog = Dialog::clone(dialog);
                self.drop_mid(call, now);
                self.calls.remove(&call);
                self.bye(dialog, now);
                EndReason::HungUpHere
            }
        };
        self.event(AgentEvent::Ended { call, reason });
    }

    /// Ends all calls.
    pub(crate) fn end_all(&mut self, now: Instant) {
        let calls: Vec<_> = self.calls.keys().copied().collect();
        calls.into_iter().for_each(|call| self.end(call, Decline::Declined, now));
    }

    /// The ACK to a 2xx of ours.
    pub(super) fn ack_came(&mut self, request: &Request, now: Instant) {
        let Some((&call, state)) = self.calls.iter_mut().find(|(_, call)| call.owns(request)) else { return };
        let number = request.headers.cseq().map(|(number, _)| number);
        let session = body::session(&request.headers, &request.body);
        match &mut state.stage {
            Stage::Answered(answered) if Some(answered.number) == number => {
                let (dialog, delayed) = (answered.dialog.clone(), answered.delayed);
                self.transactions.acked(answered.server);
                let answer = match session {
                    Body::Session(bytes) if delayed => Some(state.session.read(bytes)),
                    _ => None,
                };
                if state.ended {
                    self.calls.remove(&call);
                    return self.bye(*dialog, now);
                }
                match answer {
                    Some(Err(_)) => self.no_common_media(call, *dialog, now),
                    None if delayed => self.no_common_media(call, *dialog, now),
                    answer => {
                        state.stage = Stage::Talking(dialog);
                        self.event(AgentEvent::Confirmed { call, answer: answer.and_then(Result::ok) });
                        self.next_offer(call, now);
                    }
                }
            }
            Stage::Talking(_) => {
                let Mid::Unconfirmed { server, number: expected, delayed } = state.mid else { return };
                if number != Some(expected) {
                    return;
                }
                self.transactions.acked(server);
                state.mid = Mid::Idle;
                if let (true, Body::Session(bytes)) = (delayed, session)
                    && let Ok(answer) = state.session.read(bytes)
                {
                    self.event(AgentEvent::Confirmed { call, answer: Some(answer) });
                }
                self.next_offer(call, now);
            }
            _ => {}
        }
    }

    fn no_common_media(&mut self, call: CallId, dialog: Dialog, now: Instant) {
        self.bye(dialog, now);
        self.call_over(call, EndReason::NoCommonMedia);
    }

    /// No ACK came to a 2xx of ours.
    pub(super) fn not_acked(&mut self, server: ServerId, now: Instant) {
        let waits = |call: &Call| match (&call.stage, &call.mid) {
            (Stage::Answered(answered), _) => answered.server == server,
            (_, Mid::Unconfirmed { server: waiting, .. }) => *waiting == server,
            _ => false,
        };
        let Some((&call, state)) = self.calls.iter_mut().find(|(_, call)| waits(call)) else { return };
        match &state.stage {
            Stage::Answered(answered) => {
                let dialog = Dialog::clone(&answered.dialog);
                self.bye(dialog, now);
                self.call_over(call, EndReason::Unavailable);
            }
            _ => {
                // the session itself may well go on
                state.mid = Mid::Idle;
                self.next_offer(call, now);
            }
        }
    }

    /// They gave up an INVITE or re-INVITE.
    pub(super) fn cancelled(&mut self, server: ServerId, headers: &Headers, now: Instant) {
        let concerned = |call: &Call| match (&call.stage, &call.mid) {
            (Stage::Offered(offered), _) => offered.server == server,
            (_, Mid::Theirs { server: theirs, .. }) => *theirs == server,
            _ => false,
        };
        let Some((&call, state)) = self.calls.iter_mut().find(|(_, call)| concerned(call)) else { return };
        if let Stage::Offered(offered) = &state.stage {
            let response = offered.response(487);
            self.transactions.respond(server, &response, now);
            self.call_over(call, given_up(headers));
        } else {
            self.drop_mid(call, now);
            self.next_offer(call, now);
        }
    }

    /// With Contact and the route, as responses that make or move a dialog bear it.
    pub(super) fn in_dialog(&self, mut response: Response, user: Option<&str>) -> Option<Response> {
        response.headers.push(HeaderName::Contact, self.call_contact(user)?.to_string());
        Some(response)
    }

    /// A call's time has come.
    pub(super) fn call_timeout(&mut self, call: CallId, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        match &mut state.stage {
            Stage::Calling(calling) if calling.limit <= now => {
                if calling.cancelled || !calling.heard {
                    // nobody even answered the CANCEL
                    return self.abandon_call(call, EndReason::NoAnswer);
                }
                let told = std::mem::replace(&mut state.ended, true);
                self.cancel(call, now);
                if !told {
                    self.event(AgentEvent::Ended { call, reason: EndReason::NoAnswer });
                }
            }
            Stage::Offered(offered) if offered.limit <= now => {
                let (server, response) = (offered.server, offered.response(480));
                self.transactions.respond(server, &response, now);
                self.call_over(call, EndReason::Cancelled);
            }
            Stage::Offered(offered) if offered.ring_again.is_some_and(|at| at <= now) => self.ring(call, now),
            Stage::Offered(_) => self.reliable_timeout(call, now),
            _ => {
                self.mid_timeout(call, now);
                self.next_key(call, now);
                self.refresh_timeout(call, now);
                self.handover_timeout(call, now);
            }
        }
    }
}

impl Offered {
    /// An answer to the INVITE, with our tag and their route.
    pub(super) fn response(&self, code: u16) -> Response {
        let mut response = self.invite.response(code).tagged(&self.tag);
        if code < 300 {
            response.headers.copy(&self.invite.headers, &HeaderName::RecordRoute);
        }
        response
    }
}

impl Copied {
    fn of(request: &Request) -> Self {
        let headers = &request.headers;
        Self {
            call_id: headers.call_id().map(str::to_owned),
            tag: headers.from().and_then(|from| from.tag()),
            number: headers.cseq().map(|(number, _)| number),
        }
    }

    /// Whether this INVITE is the same, come by another way.
    fn is(&self, request: &Request) -> bool {
        *self == Self::of(request)
    }
}

/// Whether the caller understands what our answer would describe the sound in (section 20.1).
fn takes_sdp(headers: &Headers) -> bool {
    let kinds: Vec<_> =
        headers.list(&HeaderName::Accept).map(|kind| kind.split(';').next().unwrap_or("").trim()).collect();
    let fits =
        |kind: &&str| ["application/sdp", "application/*", "*/*"].iter().any(|sdp| kind.eq_ignore_ascii_case(sdp));
    kinds.is_empty() || kinds.iter().any(fits)
}

/// The caller's own limit, within ours.
fn ring_time(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)).clamp(Duration::from_secs(1), RINGING)
}

/// Why a ringing call was cancelled (RFC 3326): another device of ours took it or refused it, or the caller gave up.
fn given_up(headers: &Headers) -> EndReason {
    let causes = headers.list(&HeaderName::Reason).filter_map(|reason| {
        let (protocol, params) = reason.split_once(';')?;
        let cause: u16 = super::super::params::get(params, "cause")?.parse().ok()?;
        protocol.trim().eq_ignore_ascii_case("SIP").then_some(cause)
    });
    if causes.into_iter().any(|cause| matches!(cause, 200 | 600..=699)) {
        EndReason::HandledElsewhere
    } else {
        EndReason::Cancelled
    }
}
