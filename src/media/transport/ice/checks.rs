//! Checks in time, and the choice among pairs (RFC 8445 sections 6.1.4, 7.2 and 8), consent (RFC 7675).
//!
//! As the controlling side we choose once (regular nomination): the best pair there is, as soon as no better one is under
//! way or has had its time; one over a relay waits longer, since a straight one is worth it. Packets do not wait for that: they
//! go over the best pair that works. All pairs that work are asked for consent, so that one of them can take over within some
//! 10 s when the chosen one goes silent.
use super::{
    super::Port,
    agent::{Agent, State},
    pair::{Check, FIRST, LONGEST, Pair, Path, Progress, TRIES, Transmit, Via, pair_priority},
    stun::{Class, Message, Method, Writer, attribute, transaction},
};
use crate::domain::ice::CandidateKind;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Without an answer for so long there is no consent.
pub(super) const CONSENT: Duration = Duration::from_secs(30);
/// Between two checks of a pair that works, varied by a fifth.
const ASK: Duration = Duration::from_secs(5);
/// Between the first checks of two pairs.
const PACE: Duration = Duration::from_millis(20);
/// How long a better pair is waited for, and how long a straight one is.
const BETTER: Duration = Duration::from_millis(300);
const STRAIGHT: Duration = Duration::from_millis(1000);
/// Before that it has not failed: the other side's checks may make candidates known.
const PATIENCE: Duration = Duration::from_secs(15);
const ROLE_CONFLICT: u16 = 487;

impl Agent {
    /// Time goes on: sends what is due, forgets what is over.
    pub(in crate::media::transport) fn tick(&mut self, now: Instant) {
        if self.theirs.is_none() {
            return;
        }
        for at in 0..self.pairs.len() {
            self.repeat(at, now);
        }
        let paced = self.paced.is_none_or(|paced| now.saturating_duration_since(paced) >= PACE);
        if paced && let Some(at) = self.next_pair() {
            self.paced = Some(now);
            self.check(at, false, now);
        }
        for port in [Port::Media, Port::Control] {
            if self.controlling {
                self.nominate(port, now);
            }
            self.choose(port, now);
        }
        self.judge(now);
    }

    /// Sends a check again whose time has come, asks for consent, or gives the pair up.
    fn repeat(&mut self, at: usize, now: Instant) {
        let Some(pair) = self.pairs.get_mut(at) else { return };
        let answered = pair.consent.is_some_and(|last| now.saturating_duration_since(last) < CONSENT);
        if pair.is(Progress::Succeeded) && !answered {
            pair.progress = Progress::Failed;
            pair.nominated = false;
            pair.check = None;
        }
        if pair.is(Progress::Succeeded) && pair.ask.is_some_and(|ask| now >= ask) {
            pair.missed = pair.missed.saturating_add(pair.check.is_some().into());
            // a nomination that got no answer is asked for again
            let nominates = self.controlling && pair.check.is_some_and(|check| check.nominates);
            self.check(at, nominates, now);
            return;
        }
        let Some(check) = pair.check.as_mut().filter(|check| now >= check.next) else { return };
        if check.tries >= TRIES {
            pair.check = None;
            if pair.is(Progress::Asking) {
                pair.progress = Progress::Failed;
            }
            return;
        }
        check.tries += 1;
        check.wait = (check.wait * 2).min(LONGEST);
        check.next = now + check.wait;
        let check = *check;
        self.send(at, &check);
    }

    /// Whose turn it is: those that the other side's checks call for, then the best.
    fn next_pair(&mut self) -> Option<usize> {
        while let Some(called) = self.triggered.pop_front() {
            let place = self.pairs.iter().position(|pair| (pair.base, pair.remote) == called);
            if let Some(at) = place.filter(|at| self.pairs.get(*at).is_some_and(|pair| pair.is(Progress::Waiting))) {
                return Some(at);
            }
        }
        let waiting = self
            .pairs
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.is(Progress::Waiting) && (pair.port == Port::Media || !self.muxed));
        waiting.max_by_key(|(_, pair)| self.priority(pair)).map(|(at, _)| at)
    }

    fn priority(&self, pair: &Pair) -> u64 {
        let ours = self.bases.get(pair.base).map_or(0, |base| base.priority(base.kind()));
        let theirs = self.remotes.get(pair.remote).map_or(0, |remote| remote.priority);
        pair_priority(self.controlling, ours, theirs)
    }

    /// Begins a check.
    fn check(&mut self, at: usize, nominates: bool, now: Instant) {
        let (Some(transaction), Some(pair)) = (transaction(), self.pairs.get_mut(at)) else { return };
        let controlling = self.controlling;
        let check = Check { transaction, next: now + FIRST, wait: FIRST, tries: 1, nominates, controlling };
        pair.check = Some(check);
        if pair.is(Progress::Succeeded) {
            let [spread, ..] = transaction;
            pair.ask = Some(now + ASK.mul_f64(0.8 + 0.4 * f64::from(spread) / 255.0));
        } else {
            pair.progress = Progress::Asking;
        }
        self.send(at, &check);
    }

    fn send(&mut self, at: usize, check: &Check) {
        let (Some(pair), Some(theirs)) = (self.pairs.get(at), &self.theirs) else { return };
        let (Some(base), Some(remote)) = (self.bases.get(pair.base), self.remotes.get(pair.remote)) else { return };
        let role = if check.controlling { attribute::CONTROLLING } else { attribute::CONTROLLED };
        let name = format!("{}:{}", theirs.ufrag, self.ours.ufrag);
        let mut message = Writer::new(Method::BINDING, Class::Request, check.transaction)
            .put(attribute::USERNAME, name.as_bytes())
            .put(attribute::PRIORITY, &base.priority(CandidateKind::PeerReflexive).to_be_bytes())
            .put(role, &self.tie.to_be_bytes());
        if check.nominates {
            message = message.put(attribute::USE_CANDIDATE, &[]);
        }
        let bytes = message.sign(theirs.pwd.expose().as_bytes()).finish();
        self.out.push_back(Transmit { port: base.port, via: base.via, to: remote.address, bytes });
    }

    /// An answer to a check of ours.
    pub(super) fn answer(
        &mut self,
        message: &Message<'_>,
        (port, via, from): (Port, Via, SocketAddr),
        now: Instant,
    ) -> bool {
        let Some(theirs) = &self.theirs else { return false };
        let asked = |pair: &Pair| pair.check.is_some_and(|check| check.transaction == message.transaction);
        let Some(at) = self.pairs.iter().position(asked) else { return false };
        if !message.is_authentic(theirs.pwd.expose().as_bytes()) {
            return false;
        }
        let Some(pair) = self.pairs.get_mut(at) else { return false };
        let Some(check) = pair.check.take() else { return false };
        let straight = self.bases.get(pair.base).is_some_and(|base| (base.port, base.via) == (port, via))
            && self.remotes.get(pair.remote).is_some_and(|remote| remote.address == from);
        match (message.class, straight) {
            (Class::Success, true) => {
                pair.mapped = message.address(attribute::XOR_MAPPED_ADDRESS);
                pair.consent = Some(now);
                pair.missed = 0;
                pair.since = pair.since.or(Some(now));
                pair.progress = Progress::Succeeded;
                pair.ask = Some(pair.ask.filter(|ask| *ask > now).unwrap_or(now + ASK));
                pair.nominated |= check.nominates && self.controlling;
            }
            // its ways there and back differ (RFC 8445 section 7.2.5.2.1)
            (Class::Success, false) => pair.progress = Progress::Failed,
            _ if message.code() == ROLE_CONFLICT => {
                pair.progress = Progress::Waiting;
                self.triggered.push_back((pair.base, pair.remote));
                if self.controlling == check.controlling {
                    self.controlling = !self.controlling;
                }
            }
            _ => pair.progress = Progress::Failed,
        }
        self.choose(port, now);
        true
    }

    /// Chooses, as the controlling side: once for each component.
    fn nominate(&mut self, port: Port, now: Instant) {
        let of_port = |pair: &&Pair| pair.port == port;
        let asked = |pair: &Pair| pair.check.is_some_and(|check| check.nominates);
        let decided = |pair: &Pair| !pair.ails() && (pair.nominated || asked(pair));
        if self.pairs.iter().filter(of_port).any(decided) {
            return;
        }
        let works = self.pairs.iter().enumerate().filter(|(_, pair)| of_port(pair) && pair.is(Progress::Succeeded));
        let works = works.filter(|(_, pair)| !pair.ails());
        let Some((at, best)) = works.max_by_key(|(_, pair)| self.priority(pair)) else { return };
        let better = self.pairs.iter().filter(of_port).any(|pair| {
            matches!(pair.progress, Progress::Waiting | Progress::Asking) && self.priority(pair) > self.priority(best)
        });
        let first = self.pairs.iter().filter(of_port).filter_map(|pair| pair.since).min();
        let patience = if self.is_relayed(best) { STRAIGHT } else { BETTER };
        let waited = first.is_some_and(|first| now.saturating_duration_since(first) >= patience);
        if !better || waited {
            self.check(at, true, now);
        }
    }

    fn is_relayed(&self, pair: &Pair) -> bool {
        self.bases.get(pair.base).is_some_and(|base| base.via != Via::Direct)
            || self.remotes.get(pair.remote).is_some_and(|remote| remote.kind == CandidateKind::Relayed)
    }

    /// The path of a component: what was nominated, the best of it; until then the best that works; after a restart the old
    /// one until there is another.
    fn choose(&mut self, port: Port, now: Instant) {
        let works = self.pairs.iter().filter(|pair| pair.port == port && pair.is(Progress::Succeeded));
        let best = works
            .max_by_key(|pair| (!pair.ails(), pair.nominated, self.priority(pair)))
            .and_then(|pair| self.describe(pair));
        let kept = self.until.is_some_and(|until| now < until);
        let [media, control] = &mut self.paths;
        let path = if port == Port::Media { media } else { control };
        if best.is_some() || !kept {
            *path = best;
        }
    }

    fn describe(&self, pair: &Pair) -> Option<Path> {
        let (base, remote) = (self.bases.get(pair.base)?, self.remotes.get(pair.remote)?);
        let (local, kind) = match pair.mapped.filter(|mapped| *mapped != base.address) {
            Some(mapped) if base.via == Via::Direct => (mapped, CandidateKind::ServerReflexive),
            _ => (base.address, base.kind()),
        };
        Some(Path { via: base.via, kind, local, remote_kind: remote.kind, remote: remote.address })
    }

    /// How it stands now.
    fn judge(&mut self, now: Instant) {
        if self.paths[0].is_some() {
            self.state = State::Connected;
            return;
        }
        let hope = |pair: &Pair| pair.port == Port::Media && !pair.is(Progress::Failed);
        let hope = self.pairs.iter().any(hope);
        let more = self.theirs.as_ref().is_some_and(|theirs| theirs.more) || !self.gathered;
        let long = self.began.is_some_and(|began| now.saturating_duration_since(began) >= PATIENCE);
        self.state = match self.state {
            State::Connected | State::Lost => State::Lost,
            // candidates that never come are no hope for ever
            _ if long && !hope && (!more || self.began.is_some_and(|began| now - began >= 2 * PATIENCE)) => {
                State::Failed
            }
            _ => State::Checking,
        };
    }
}
