//! One request of theirs until our answer has arrived (RFC 3261 section 17.2, RFC 6026 section 7.1). A 2xx to an INVITE is
//! sent again from here too, until the dialog says that its ACK came (section 13.3.1.4).
use super::{PATIENCE, T1, T2, T4};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Trying, Proceeding: we have not answered finally.
    Proceeding,
    /// We accepted an INVITE; ACKs go to the dialog.
    Accepted,
    /// We answered.
    Completed,
    /// Our refusal of an INVITE was acknowledged.
    Confirmed,
    /// Nothing more is to be done.
    Over,
}

pub(super) struct Server {
    invite: bool,
    to: SocketAddr,
    reliable: bool,
    state: State,
    /// The last answer.
    answer: Option<Bytes>,
    again: Option<(Instant, Duration)>,
    end: Option<Instant>,
    acked: bool,
}

impl Server {
    pub(super) const fn new(invite: bool, to: SocketAddr, reliable: bool) -> Self {
        Self { invite, to, reliable, state: State::Proceeding, answer: None, again: None, end: None, acked: false }
    }

    pub(super) fn is_over(&self) -> bool {
        self.state == State::Over
    }

    /// Whether it is answered, and no ACK is owed to it.
    pub(super) fn is_answered(&self) -> bool {
        self.state == State::Completed && !self.invite
    }

    /// The request came again, or its ACK. True: an ACK for the dialog.
    pub(super) fn receive(&mut self, ack: bool, now: Instant, out: &mut VecDeque<(SocketAddr, Bytes)>) -> bool {
        match (self.state, ack) {
            (State::Accepted, true) => return true,
            (State::Completed, true) if self.invite => {
                self.state = State::Confirmed;
                self.again = None;
                self.end = Some(now + if self.reliable { Duration::ZERO } else { T4 });
            }
            (State::Proceeding | State::Completed, false) => {
                out.extend(self.answer.clone().map(|answer| (self.to, answer)))
            }
            _ => {}
        }
        false
    }

    pub(super) fn respond(&mut self, code: u16, bytes: Bytes, now: Instant, out: &mut VecDeque<(SocketAddr, Bytes)>) {
        if self.state != State::Proceeding {
            return;
        }
        out.push_back((self.to, bytes.clone()));
        self.answer = Some(bytes);
        match (code, self.invite) {
            (..=199, _) => {}
            (200..=299, true) => {
                self.state = State::Accepted;
                // over reliable transports too: proxies on the way may lose it
                (self.again, self.end) = (Some((now + T1, T1)), Some(now + PATIENCE));
            }
            (_, true) => {
                self.state = State::Completed;
                self.again = (!self.reliable).then_some((now + T1, T1));
                self.end = Some(now + PATIENCE);
            }
            (_, false) if self.reliable => self.state = State::Over,
            (_, false) => {
                self.state = State::Completed;
                self.end = Some(now + PATIENCE);
            }
        }
    }

    pub(super) const fn acked(&mut self) {
        self.acked = true;
        self.again = None;
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.again.map(|(at, _)| at).into_iter().chain(self.end).min()
    }

    /// True: our 2xx was never acknowledged.
    pub(super) fn timeout(&mut self, now: Instant, out: &mut VecDeque<(SocketAddr, Bytes)>) -> bool {
        if self.end.is_some_and(|end| end <= now) {
            let unheard = self.state == State::Accepted && !self.acked;
            self.state = State::Over;
            return unheard;
        }
        if let Some((at, pause)) = self.again
            && at <= now
        {
            out.extend(self.answer.clone().map(|answer| (self.to, answer)));
            let pause = (pause * 2).min(T2);
            self.again = Some((now + pause, pause));
        }
        false
    }
}
