//! Whether the other side of a call is still there: sessions are refreshed (RFC 4028), and where sound stays away it is
//! asked. Who has gone without a word is told as such, and the call ends.
use super::{
    super::session_timer::{self, Due, SessionTimer},
    Agent, ClientId, Failure, HeaderName, Method, Purpose, Request, Response,
    call::{Call, Mid, Stage},
};
use crate::domain::{
    call::{CallId, EndReason},
    session::SessionDescription,
};
use std::time::{Duration, Instant};

/// The pause between two questions while no sound comes.
const DOUBT: Duration = Duration::from_secs(60);

impl Agent {
    /// The sound of a call stays away though it should come, or has come again.
    pub(crate) fn doubt(&mut self, call: CallId, away: bool, now: Instant) {
        if let Some(state) = self.calls.get_mut(&call) {
            state.doubt = away.then_some(now);
        }
    }

    /// Asks what is due, refreshes what is due.
    pub(super) fn refresh_timeout(&mut self, call: CallId, now: Instant) {
        let Some(state) = self.calls.get_mut(&call).filter(|call| matches!(call.stage, Stage::Talking(_))) else {
            return;
        };
        let asks = state.doubt.is_some_and(|at| at <= now);
        if asks {
            state.doubt = Some(now + DOUBT);
        }
        let updates = state.updates;
        match state.timer.as_mut().and_then(|timer| timer.timeout(now)) {
            Some(Due::Over) => return self.gone(call, now),
            Some(Due::Refresh) if !updates => self.say_again(call, now),
            Some(Due::Refresh) => return self.ask(call, now),
            None => {}
        }
        if asks {
            self.ask(call, now);
        }
    }

    /// A request inside the call that changes nothing.
    fn ask(&mut self, call: CallId, now: Instant) {
        let datagrams = !self.is_reliable();
        if self.sent.values().any(|sent| sent.purpose == Purpose::Asking(call)) {
            return;
        }
        let Some(contact) = self.call_contact(self.calls.get(&call).and_then(|state| state.user.as_deref())) else {
            return;
        };
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Talking(dialog) = &mut state.stage else { return };
        let mut request = dialog.request(if state.updates { Method::Update } else { Method::Options });
        if state.updates {
            request.headers.push(HeaderName::Contact, contact.to_string());
            prolong(&mut request, state.timer.as_ref());
        }
        let to = dialog.next_hop(datagrams);
        self.send(request, to, Purpose::Asking(call), now);
    }

    /// What was answered to a question.
    pub(super) fn asked(&mut self, call: CallId, method: &Method, response: &Response, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        match (response.code, &mut state.timer) {
            (200..=299, _) if *method == Method::Update => {
                state.timer = SessionTimer::of_response(response, now);
                if let Some(dialog) = state.dialog() {
                    dialog.follow(response.headers.contact());
                }
            }
            (481, _) => self.gone(call, now),
            (408, _) if state.doubt.is_some() => self.gone(call, now),
            (405 | 501, _) => state.updates = false,
            (422, Some(timer)) => timer.lengthen(session_timer::least(response).unwrap_or_default()),
            _ => {}
        }
    }

    /// Nothing was answered to a question: without sound that is the end.
    pub(super) fn asked_in_vain(&mut self, call: CallId, failure: Failure, now: Instant) {
        let doubted = self.calls.get(&call).is_some_and(|state| state.doubt.is_some());
        if doubted && failure == Failure::TimedOut {
            self.gone(call, now);
        }
    }

    /// The other side has gone without a word.
    fn gone(&mut self, call: CallId, now: Instant) {
        self.drop_mid(call, now);
        if let Some(Call { stage: Stage::Talking(dialog), .. }) = self.calls.get(&call) {
            let dialog = dialog.as_ref().clone();
            self.bye(dialog, now);
        }
        self.call_over(call, EndReason::Lost);
    }
}

/// Asks for as long a session as there is.
pub(super) fn prolong(request: &mut Request, timer: Option<&SessionTimer>) {
    request.headers.push(HeaderName::Supported, session_timer::TAG);
    if let Some(timer) = timer {
        request.headers.push(HeaderName::SessionExpires, timer.renewal());
    }
}

impl Call {
    /// A 2xx to a request of theirs that refreshes the session: says for how long, and the time runs anew.
    pub(super) fn renewed(&mut self, request: &Request, mut response: Response, now: Instant) -> Response {
        let early = matches!(self.stage, Stage::Calling(_) | Stage::Offered(_));
        if early && request.method == Method::Update {
            return response;
        }
        let agreed = SessionTimer::of_request(&request.headers, now);
        self.timer = agreed.as_ref().map(|(timer, ..)| *timer);
        let Some((_, value, needed)) = agreed else { return response };
        response.headers.push(HeaderName::Supported, session_timer::TAG);
        response.headers.push(HeaderName::SessionExpires, value);
        if needed {
            response.headers.push(HeaderName::Require, session_timer::TAG);
        }
        response
    }

    /// Our offer in mid-call went out once more with an answer to a challenge.
    pub(super) fn offer_goes_by(&mut self, again: ClientId) {
        if let Mid::Ours { client, .. } = &mut self.mid {
            *client = again;
        }
    }

    /// A phone that may take our call changed its description.
    pub(super) fn described_early(&mut self, tag: Option<&str>, offer: &SessionDescription) {
        let Stage::Calling(calling) = &mut self.stage else { return };
        if let Some(early) = calling.early.iter_mut().find(|early| early.dialog.remote_tag() == tag) {
            early.answer = Some(offer.clone());
        }
    }
}
