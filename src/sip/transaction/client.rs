//! One request of ours until its answer (RFC 3261 section 17.1, RFC 6026 section 7.2).
use super::{PATIENCE, T1, T2, T4};
use crate::sip::message::{HeaderName, Headers, Method, Request, Response};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calling, Trying: nothing was heard.
    Calling,
    /// A provisional answer came.
    Proceeding,
    /// A 2xx to an INVITE came; more may.
    Accepted,
    /// The final answer came; it may come again.
    Completed,
}

/// What time brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Goes,
    Unanswered,
    Over,
}

pub(super) struct Client {
    request: Request,
    bytes: Bytes,
    to: SocketAddr,
    invite: bool,
    reliable: bool,
    state: State,
    repeats: u32,
    /// When to send again (timers A, E), and the pause before it.
    again: Option<(Instant, Duration)>,
    /// The end: timers B, F while waiting, D, K, M after.
    end: Option<Instant>,
    /// The ACK to a refusal.
    ack: Option<Bytes>,
}

impl Client {
    pub(super) fn new(
        request: Request,
        to: SocketAddr,
        reliable: bool,
        now: Instant,
        out: &mut VecDeque<(SocketAddr, Bytes)>,
    ) -> Self {
        let bytes = request.to_bytes();
        out.push_back((to, bytes.clone()));
        Self {
            invite: request.method == Method::Invite,
            request,
            bytes,
            to,
            reliable,
            state: State::Calling,
            repeats: 0,
            again: (!reliable).then_some((now + T1, T1)),
            end: Some(now + PATIENCE),
            ack: None,
        }
    }

    pub(super) const fn repeats(&self) -> u32 {
        self.repeats
    }

    pub(super) const fn is_waiting(&self) -> bool {
        matches!(self.state, State::Calling | State::Proceeding)
    }

    pub(super) const fn is_unheard(&self) -> bool {
        matches!(self.state, State::Calling)
    }

    /// True: the owner has to see it.
    pub(super) fn receive(
        &mut self,
        response: &Response,
        now: Instant,
        out: &mut VecDeque<(SocketAddr, Bytes)>,
    ) -> bool {
        match (self.state, response.code) {
            (State::Calling | State::Proceeding, 100..=199) => {
                self.state = State::Proceeding;
                if self.invite {
                    // from here on it rings as long as it rings: the call has a limit of its own
                    (self.again, self.end) = (None, None);
                } else if let Some((_, pause)) = &mut self.again {
                    *pause = T2;
                }
                true
            }
            (State::Calling | State::Proceeding, 200..=299) if self.invite => {
                self.state = State::Accepted;
                (self.again, self.end) = (None, Some(now + PATIENCE));
                true
            }
            // each fork may accept
            (State::Accepted, 200..=299) => true,
            (State::Calling | State::Proceeding, _) => {
                self.state = State::Completed;
                self.again = None;
                let linger = match (self.reliable, self.invite) {
                    (true, _) => Duration::ZERO,
                    (false, true) => PATIENCE,
                    (false, false) => T4,
                };
                self.end = Some(now + linger);
                if self.invite {
                    self.ack = ack(&self.request, response).map(|ack| ack.to_bytes());
                    out.extend(self.ack.clone().map(|ack| (self.to, ack)));
                }
                true
            }
            (State::Completed, 300..=699) => {
                out.extend(self.ack.clone().map(|ack| (self.to, ack)));
                false
            }
            _ => false,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.again.map(|(at, _)| at).into_iter().chain(self.end).min()
    }

    pub(super) fn timeout(&mut self, now: Instant, out: &mut VecDeque<(SocketAddr, Bytes)>) -> Time {
        if self.end.is_some_and(|end| end <= now) {
            return if self.is_waiting() { Time::Unanswered } else { Time::Over };
        }
        if let Some((at, pause)) = self.again
            && at <= now
        {
            out.push_back((self.to, self.bytes.clone()));
            self.repeats += 1;
            let longest = if self.invite { PATIENCE } else { T2 };
            let pause = (pause * 2).min(longest);
            self.again = Some((now + pause, pause));
        }
        Time::Goes
    }
}

/// The ACK to a refusal belongs to the transaction (section 17.1.1.3).
fn ack(request: &Request, response: &Response) -> Option<Request> {
    let mut ack = Request::new(Method::Ack, request.uri.clone());
    let mut headers = Headers::default();
    headers.push(HeaderName::Via, request.headers.via()?.to_string());
    headers.copy(&request.headers, &HeaderName::Route);
    headers.push(HeaderName::MaxForwards, "70");
    headers.copy(&request.headers, &HeaderName::From);
    headers.copy(&response.headers, &HeaderName::To);
    headers.copy(&request.headers, &HeaderName::CallId);
    headers.push(HeaderName::CSeq, format!("{} ACK", request.headers.cseq()?.0));
    ack.headers = headers;
    Some(ack)
}
