//! Provisional answers that have to arrive (RFC 3262): ours are sent again until their PRACK comes, theirs are acknowledged
//! in their order. Ours are sent so only to callers who insist on it.
use super::{
    super::{
        message::Headers,
        transaction::{PATIENCE, T1},
    },
    Agent, HeaderName, Method, Purpose, Request, Response, ServerId,
    call::{Call, Stage},
};
use crate::domain::call::{CallId, EndReason};
use std::time::{Duration, Instant};

/// The option tag.
pub(super) const TAG: &str = "100rel";
/// First numbers are below this (section 3: there is room for as many again).
const FIRST: u32 = 1 << 31;

/// An answer of ours that has to arrive.
pub(super) struct Reliable {
    number: u32,
    /// The number of the INVITE it answers.
    invite: u32,
    response: Response,
    /// When to send it again, and the pause before it; `None`: it has arrived.
    again: Option<(Instant, Duration)>,
    /// When there is no hope left.
    end: Instant,
}

impl Reliable {
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.again.map(|(at, _)| at.min(self.end))
    }

    /// Whether this PRACK is about it.
    fn is_acknowledged_by(&self, prack: &Request) -> bool {
        let Some(rack) = prack.headers.get(&HeaderName::RAck) else { return false };
        let words: Vec<_> = rack.split_ascii_whitespace().collect();
        let [number, invite, method] = words.as_slice() else { return false };
        (number.parse(), invite.parse()) == (Ok(self.number), Ok(self.invite)) && *method == Method::Invite.as_str()
    }
}

/// Whether a message names this option as needed.
pub(super) fn requires(headers: &Headers, tag: &str) -> bool {
    headers.list(&HeaderName::Require).any(|named| named.eq_ignore_ascii_case(tag))
}

/// The number of a provisional answer that has to be acknowledged.
pub(super) fn number(response: &Response) -> Option<u32> {
    let number = response.headers.get(&HeaderName::RSeq)?.trim().parse().ok()?;
    (response.code > 100 && requires(&response.headers, TAG)).then_some(number)
}

impl Agent {
    /// Sends 180 so that it arrives, unless one is on its way.
    pub(super) fn ring_reliably(&mut self, call: CallId, mut response: Response, now: Instant) {
        let first = 1 + self.chance.number() % (FIRST - 1);
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Offered(offered) = &state.stage else { return };
        let number = match &state.reliable {
            Some(before) if before.again.is_some() => return,
            Some(before) => before.number.wrapping_add(1),
            None => first,
        };
        response.headers.push(HeaderName::Require, TAG);
        response.headers.push(HeaderName::RSeq, number.to_string());
        let invite = offered.invite.headers.cseq().map_or(0, |(number, _)| number);
        let server = offered.server;
        self.transactions.respond(server, &response, now);
        let again = Some((now + T1, T1));
        state.reliable = Some(Reliable { number, invite, response, again, end: now + PATIENCE });
    }

    /// PRACK to an answer of ours.
    pub(super) fn prack_came(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let reliable = self.calls.get_mut(&call).and_then(|state| state.reliable.as_mut());
        // one that has arrived already is acknowledged as another request only by a confused peer
        let fits = reliable.filter(|reliable| reliable.again.is_some() && reliable.is_acknowledged_by(request));
        let code = if fits.is_some() { 200 } else { 481 };
        if let Some(reliable) = fits {
            reliable.again = None;
        }
        if !request.body.is_empty() {
            // our answers bear no description that it could answer, and theirs waits for the person
            tracing::info!("a description in PRACK is not looked at");
        }
        self.answer_with(server, request, code, now);
    }

    /// Sends an answer of ours again, or gives the call up: whoever insists on PRACK and sends none is not there.
    pub(super) fn reliable_timeout(&mut self, call: CallId, now: Instant) {
        let Some(Call { stage: Stage::Offered(offered), reliable: Some(reliable), .. }) = self.calls.get_mut(&call)
        else {
            return;
        };
        if reliable.end <= now {
            let (server, response) = (offered.server, offered.response(504));
            self.transactions.respond(server, &response, now);
            return self.call_over(call, EndReason::Cancelled);
        }
        if let Some((at, pause)) = reliable.again.filter(|(at, _)| *at <= now) {
            let pause = pause * 2;
            reliable.again = Some((at.max(now) + pause, pause));
            self.transactions.respond(offered.server, &reliable.response, now);
        }
    }

    /// Acknowledges a provisional answer of theirs.
    pub(super) fn acknowledge_provisional(&mut self, call: CallId, tag: Option<&str>, number: u32, now: Instant) {
        let datagrams = !self.is_reliable();
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Stage::Calling(calling) = &state.stage else { return };
        let invite = self.sent.get(&calling.client).and_then(|sent| sent.request.headers.cseq());
        let (Some((invite, _)), Some((dialog, _))) = (invite, state.inside(tag)) else { return };
        let mut request = dialog.request(Method::Prack);
        let to = dialog.next_hop(datagrams);
        request.headers.push(HeaderName::RAck, format!("{number} {invite} {}", Method::Invite));
        // it is sent again by its transaction; what is answered to it changes nothing
        self.send(request, to, Purpose::Inside(call), now);
    }
}
