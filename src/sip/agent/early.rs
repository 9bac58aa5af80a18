//! Calls of ours before they stand: provisional answers, from one phone or from several at once (RFC 3261 sections 12.1 and
//! 13.2.2.1, RFC 3262, RFC 6228). Each phone that answers is a dialog with a session of its own; the one that spoke last is
//! heard.
use super::{
    super::body::{self, Body},
    Agent, AgentEvent, ClientId, Dialog, Method, Purpose, Response,
    call::{Call, RINGING, Stage},
    outgoing::allows_updates,
    reliable,
};
use crate::domain::{call::CallId, session::SessionDescription};
use std::time::Instant;

/// Early Dialog Terminated: this phone rings no longer.
const ONE_IS_OUT: u16 = 199;

impl Agent {
    /// 1xx.
    pub(super) fn progressed(&mut self, call: CallId, client: ClientId, response: &Response, now: Instant) {
        let Some(sent) = self.sent.get(&client) else { return };
        let dialog = Dialog::of_response(&sent.request, response, sent.to);
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Calling(calling) = &mut state.stage else { return };
        calling.heard = true;
        if state.ended {
            return self.cancel(call, now);
        }
        calling.limit = now + RINGING;
        let heard_from = calling.heard_from.clone();
        let dialog = dialog.filter(|dialog| dialog.remote_tag().is_some() && response.code > 100);
        let tag = dialog.as_ref().and_then(|dialog| dialog.remote_tag().map(str::to_owned));
        if response.code == ONE_IS_OUT {
            calling.take_early(tag.as_deref());
            return;
        }
        let number = reliable::number(response);
        let mut early = None;
        if let Some(known) = dialog.and_then(|dialog| calling.early(dialog, &state.session)) {
            if let (Some(number), Some(last)) = (number, known.rseq)
                && last.checked_add(1) != Some(number)
            {
                // it came again, or one before it is still on its way (RFC 3262 section 4)
                return;
            }
            known.rseq = number.or(known.rseq);
            known.dialog.follow(response.headers.contact());
            known.updates |= allows_updates(response);
            let described = match body::session(&response.headers, &response.body) {
                Body::Session(bytes) => known.session.read(bytes).ok(),
                Body::Empty | Body::Other => None,
            };
            let news = described.is_some() && described != known.answer;
            known.answer = described.or(known.answer.take());
            if news || known.answer.is_some() && heard_from != tag {
                early = known.answer.clone();
                calling.heard_from.clone_from(&tag);
            }
        }
        if let Some(number) = number {
            self.acknowledge_provisional(call, tag.as_deref(), number, now);
        }
        self.tell_progress(call, response.code, early);
    }

    fn tell_progress(&mut self, call: CallId, code: u16, early: Option<SessionDescription>) {
        if matches!(code, 180..=182) || early.is_some() {
            self.event(AgentEvent::Ringing { call, early });
        }
    }

    /// Tells phones that may take our call where we are now.
    pub(super) fn moved_early(&mut self, call: CallId, now: Instant) {
        let datagrams = !self.is_reliable();
        let Some(contact) = self.call_contact(self.calls.get(&call).and_then(|state| state.user.as_deref())) else {
            return;
        };
        let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get_mut(&call) else { return };
        let told: Vec<_> = calling
            .early
            .iter_mut()
            .filter(|early| early.updates)
            .map(|early| {
                let mut request = early.dialog.request(Method::Update);
                request.headers.push(super::HeaderName::Contact, contact.to_string());
                (request, early.dialog.next_hop(datagrams))
            })
            .collect();
        for (request, to) in told {
            self.send(request, to, Purpose::Inside(call), now);
        }
    }
}
