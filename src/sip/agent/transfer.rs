//! Handing a call over (RFC 3515, 5589): the other side is asked to call somebody, and says how that goes. The call itself
//! stands until the owner ends it, so that there is a way back.
use super::{
    super::{failure, params},
    Agent, AgentEvent, HeaderName, Method, Purpose, Request, Response, ServerId, Uri,
    call::{Call, Handover, Stage},
    referral,
};
use crate::domain::{
    call::{CallId, EndReason},
    transfer::Outcome,
};
use std::time::{Duration, Instant};

/// How long they may take to reach whom they were asked to call: as long as it may ring, and a little more.
const PROGRESS: Duration = Duration::from_secs(200);
/// How NOTIFY calls it.
const PACKAGE: &str = "refer";

/// Who is to be called in our place.
#[derive(Debug, Clone)]
pub(crate) enum Target {
    /// Whoever this is.
    Uri(Uri),
    /// The other side of this call, which is then theirs.
    Call(CallId),
}

impl Agent {
    /// Asks the other side of a call to call somebody else. Its end is told by [`AgentEvent::Handover`].
    pub(crate) fn transfer(&mut self, call: CallId, to: Target, now: Instant) {
        let to = match to {
            Target::Uri(uri) => Some(uri),
            Target::Call(other) => self.replacing(other),
        };
        let stands = |state: &&mut Call| {
            matches!(state.stage, Stage::Talking(_)) && state.handover.is_none() && state.refer.is_none()
        };
        match (self.calls.get_mut(&call).filter(stands), to) {
            (Some(state), Some(to)) => {
                state.refer = Some(to);
                self.next_offer(call, now);
            }
            _ => self.handed_over(call, Outcome::Failed { reason: EndReason::Unavailable }),
        }
    }

    /// Asks them, as no offer is under way: a large one may take another way, and come later than what was sent after it.
    pub(super) fn next_refer(&mut self, call: CallId, now: Instant) {
        let datagrams = !self.is_reliable();
        let Some(contact) = self.call_contact(self.calls.get(&call).and_then(|state| state.user.as_deref())) else {
            return;
        };
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Talking(dialog) = &mut state.stage else { return };
        let Some(to) = state.refer.take() else { return };
        let mut request = dialog.request(Method::Refer);
        request.headers.push(HeaderName::ReferTo, format!("<{to}>"));
        request.headers.push(HeaderName::ReferredBy, format!("<{}>", dialog.local().uri));
        request.headers.push(HeaderName::Contact, contact.to_string());
        request.headers.push(HeaderName::Supported, referral::SILENT);
        state.handover = Some(Handover { number: dialog.local_seq, limit: now + PROGRESS });
        let hop = dialog.next_hop(datagrams);
        if self.send(request, hop, Purpose::Refer(call), now).is_none() {
            self.handed_over(call, Outcome::Failed { reason: EndReason::Unavailable });
        }
    }

    /// The address of the other side of a call, with what lets somebody else take our place in it.
    fn replacing(&self, call: CallId) -> Option<Uri> {
        let Stage::Talking(dialog) = &self.calls.get(&call)?.stage else { return None };
        // their own phone's address is rarely one that others can reach; who hides can be reached in no other way
        let known = Some(&dialog.remote().uri).filter(|uri| !uri.host().ends_with(".invalid"));
        let global = Some(&dialog.target).filter(|uri| uri.param("gr").is_some());
        global.or(known).unwrap_or(&dialog.target).with_header("Replaces", &dialog.replaces())
    }

    /// How it went, or goes.
    pub(super) fn handed_over(&mut self, call: CallId, outcome: Outcome) {
        if outcome != Outcome::Ringing
            && let Some(state) = self.calls.get_mut(&call)
        {
            state.handover = None;
        }
        self.event(AgentEvent::Handover { call, outcome });
    }

    /// They said whether they will.
    pub(super) fn refer_answered(&mut self, call: CallId, response: &Response, now: Instant) {
        let Some(handover) = self.calls.get_mut(&call).and_then(|state| state.handover.as_mut()) else { return };
        if response.code >= 300 {
            return self.handed_over(call, Outcome::Failed { reason: failure::of_call(response.code) });
        }
        handover.limit = now + PROGRESS;
        if referral::is_silent(&response.headers) {
            // they will not say how it goes (RFC 4488)
            self.handed_over(call, Outcome::Done);
        }
    }

    /// NOTIFY inside a call.
    pub(super) fn notify_came(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let event = request.headers.get(&HeaderName::Event).unwrap_or_default();
        let (package, parameters) = event.split_once(';').unwrap_or((event, ""));
        let Some(handover) = self.calls.get(&call).and_then(|state| state.handover.as_ref()) else {
            return self.answer_with(server, request, 481, now);
        };
        let other = params::get(parameters, "id").is_some_and(|id| id.parse() != Ok(handover.number));
        if !package.trim().eq_ignore_ascii_case(PACKAGE) || other {
            return self.answer_with(server, request, 481, now);
        }
        if !request.body.is_empty() && request.headers.content_type() != referral::FRAGMENT {
            return self.unsupported(server, request, referral::FRAGMENT, now);
        }
        self.answer_with(server, request, 200, now);
        let state = request.headers.get(&HeaderName::SubscriptionState).unwrap_or_default();
        let over = state.split(';').next().is_some_and(|state| state.trim().eq_ignore_ascii_case("terminated"));
        match status(&request.body) {
            Some(200..=299) => self.handed_over(call, Outcome::Done),
            Some(code @ 300..=699) => self.handed_over(call, Outcome::Failed { reason: failure::of_call(code) }),
            // how it ended stays unknown: the call stands, and that is what is known
            _ if over => self.handed_over(call, Outcome::Failed { reason: EndReason::Unavailable }),
            Some(180..=189) => self.handed_over(call, Outcome::Ringing),
            _ => {}
        }
    }

    pub(super) fn handover_timeout(&mut self, call: CallId, now: Instant) {
        let handover = self.calls.get(&call).and_then(|state| state.handover.as_ref());
        if handover.is_some_and(|handover| handover.limit <= now) {
            self.handed_over(call, Outcome::Failed { reason: EndReason::NoAnswer });
        }
    }
}

impl Call {
    /// The REFER went out once more, with this number.
    pub(super) fn refer_goes_by(&mut self, number: u32) {
        if let Some(handover) = &mut self.handover {
            handover.number = number;
        }
    }
}

/// The status that a fragment of a response names.
fn status(body: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(body.split(|b| *b == b'\n').next()?).ok()?;
    let mut words = line.split_whitespace();
    words.next().filter(|version| version.eq_ignore_ascii_case("SIP/2.0"))?;
    words.next()?.parse().ok().filter(|code| (100..700).contains(code))
}
