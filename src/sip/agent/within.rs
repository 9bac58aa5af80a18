//! Requests that came: to whom they belong, and who may ask (RFC 3261 section 8.2 and 12.2.2).
use super::{
    super::message::Headers,
    Agent, AgentEvent, CallId, HeaderName, Incoming, Method, Request, ServerId, UNDERSTOOD,
    call::{Call, Stage},
};
use crate::domain::call::EndReason;
use std::{net::SocketAddr, time::Instant};

impl Agent {
    pub(super) fn request_came(&mut self, mut request: Request, from: SocketAddr, now: Instant) {
        let Some(mut via) = request.headers.via() else { return };
        via.received_from(from);
        request.headers.replace_via(&via);
        let call = self.calls.iter().find(|(_, call)| call.owns(&request)).map(|(id, _)| *id);
        if !self.may_ask(call, from) {
            tracing::info!("a request that did not come by our server is refused");
            return self.refuse_at_once(request, 403, from);
        }
        match self.transactions.receive_request(&request, from, self.is_reliable(), now) {
            Incoming::New(server) => self.new_request(call, server, request, from, now),
            Incoming::Again => {}
            Incoming::Ack => self.ack_came(&request, now),
            Incoming::Full => self.refuse_at_once(request, 503, from),
        }
    }

    /// An account hears its server, and inside a call its other side.
    fn may_ask(&self, call: Option<CallId>, from: SocketAddr) -> bool {
        let in_call = |call| self.calls.get(&call).is_some_and(|call: &Call| call.is_with(from.ip()));
        self.is_at_home(from.ip()) || call.is_some_and(in_call)
    }

    fn new_request(
        &mut self,
        call: Option<CallId>,
        server: ServerId,
        request: Request,
        from: SocketAddr,
        now: Instant,
    ) {
        if request.method == Method::Cancel {
            let invite = self.transactions.cancelled_by(&request);
            self.answer_with(server, &request, if invite.is_some() { 200 } else { 481 }, now);
            if let Some(invite) = invite {
                self.cancelled(invite, &request.headers, now);
            }
            return;
        }
        if let Some(missing) = unknown_extensions(&request.headers) {
            let response = request.response(420).with(HeaderName::Unsupported, missing);
            return self.respond(server, response, now);
        }
        if !["sip", "sips", "tel"].iter().any(|scheme| request.uri.is(scheme)) {
            return self.answer_with(server, &request, 416, now);
        }
        if let Some(call) = call {
            return self.in_call(call, server, request, now);
        }
        let inside = request.headers.to().is_some_and(|to| to.tag().is_some());
        match &request.method {
            method if self.owned.contains(method) => {
                self.event(AgentEvent::Request { server, request, source: from });
            }
            // after a restart of ours: calls are gone, texts are still texts
            method if inside && *method != Method::Message && *method != Method::Options => {
                self.answer_with(server, &request, 481, now);
            }
            Method::Invite => self.invited(server, request, from, now),
            _ => self.other_request(server, request, now),
        }
    }

    /// A request inside a dialog of ours.
    fn in_call(&mut self, call: CallId, server: ServerId, request: Request, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let tag = request.headers.from().and_then(|from| from.tag());
        if state.inside(tag.as_deref()).is_some_and(|(dialog, _)| !dialog.advance(&request)) {
            return self.answer_with(server, &request, 500, now);
        }
        match request.method {
            Method::Bye => self.bye_came(call, server, &request, now),
            Method::Invite | Method::Update => self.offered_again(call, server, request, now),
            Method::Info => self.info_came(call, server, &request, now),
            Method::Prack => self.prack_came(call, server, &request, now),
            Method::Refer => self.refer_came(call, server, &request, now),
            Method::Notify => self.notify_came(call, server, &request, now),
            _ => self.other_request(server, request, now),
        }
    }

    fn bye_came(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        self.answer_with(server, request, 200, now);
        self.drop_mid(call, now);
        let Some(state) = self.calls.get(&call) else { return };
        let reason = match &state.stage {
            Stage::Offered(offered) => {
                let (invite, response) = (offered.server, offered.invite.response(487).tagged(&offered.tag));
                self.transactions.respond(invite, &response, now);
                EndReason::Cancelled
            }
            Stage::Answered(answered) => {
                self.transactions.acked(answered.server);
                EndReason::HungUpThere
            }
            Stage::Talking(_) | Stage::Calling(_) => EndReason::HungUpThere,
        };
        self.call_over(call, reason);
    }
}

/// What they demand and we do not have.
fn unknown_extensions(headers: &Headers) -> Option<String> {
    let unknown = |tag: &&str| !UNDERSTOOD.iter().any(|known| tag.eq_ignore_ascii_case(known));
    let demanded: Vec<_> = headers.list(&HeaderName::Require).filter(unknown).collect();
    (!demanded.is_empty()).then(|| demanded.join(", "))
}
