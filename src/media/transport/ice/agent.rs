//! The agent: who both sides are, their candidates, and what comes in. Checks and the choice among pairs are in `checks`.
use super::{
    super::{IceWay, Port},
    Credentials,
    pair::{Base, Pair, Path, Progress, Transmit, Via, same},
    stun::{Class, Message, Method, Writer, attribute},
};
use crate::domain::{
    ice::{Candidate, CandidateKind, Ice},
    private::Private,
};
use std::{collections::VecDeque, net::SocketAddr, time::Instant};

/// Candidates of theirs, those included that only packets made known; and pairs.
const REMOTES: usize = 64;
const PAIRS: usize = 100;
/// Checks that came before their description.
const EARLY: usize = 16;
const ROLE_CONFLICT: u16 = 487;

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media::transport) enum State {
    /// Their description is not here yet.
    New,
    /// Checks are under way, and there is no path yet.
    Checking,
    /// There is a path.
    Connected,
    /// No check leads anywhere.
    Failed,
    /// There was a path, and the other side has not answered on it for 30 s.
    Lost,
}

/// Their credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Theirs {
    pub ufrag: String,
    pub pwd: Private<String>,
    pub lite: bool,
    /// More candidates may come.
    pub more: bool,
}

/// A check of theirs.
#[derive(Debug, Clone, Copy)]
struct Came {
    port: Port,
    via: Via,
    from: SocketAddr,
    priority: u32,
    nominates: bool,
}

/// One session's agent, for both components.
#[derive(Debug)]
pub(in crate::media::transport) struct Agent {
    pub(super) ours: Credentials,
    /// Told in an offer of ours that is not answered yet.
    next: Option<Credentials>,
    /// Before the last restart: their last checks under it are answered.
    before: Option<Credentials>,
    pub(super) theirs: Option<Theirs>,
    pub(super) controlling: bool,
    pub(super) tie: u64,
    pub(super) bases: Vec<Base>,
    pub(super) remotes: Vec<Candidate>,
    pub(super) pairs: Vec<Pair>,
    pub(super) triggered: VecDeque<(usize, usize)>,
    early: VecDeque<Came>,
    /// RTCP has no port of its own.
    pub(super) muxed: bool,
    /// The path of each component, until there is another.
    pub(super) paths: [Option<Path>; 2],
    /// Paths from before a restart: used while the new checks are under way, but not for ever.
    pub(super) until: Option<Instant>,
    pub(super) began: Option<Instant>,
    pub(super) paced: Option<Instant>,
    pub(super) gathered: bool,
    pub(super) state: State,
    pub(super) out: VecDeque<Transmit>,
}

impl Agent {
    /// `tie`: a random number, for when both sides take themselves for the controlling one.
    pub(in crate::media::transport) fn new(ours: Credentials, tie: u64) -> Self {
        Self {
            ours,
            next: None,
            before: None,
            theirs: None,
            controlling: true,
            tie,
            bases: Vec::new(),
            remotes: Vec::new(),
            pairs: Vec::new(),
            triggered: VecDeque::new(),
            early: VecDeque::new(),
            muxed: false,
            paths: [None; 2],
            until: None,
            began: None,
            paced: None,
            gathered: false,
            state: State::New,
            out: VecDeque::new(),
        }
    }

    /// Credentials that an offer of ours tells: the other side may use them before its answer is here.
    pub(in crate::media::transport) fn announce(&mut self, credentials: Credentials) {
        if self.theirs.is_none() {
            self.ours = credentials;
        } else if credentials != self.ours {
            self.next = Some(credentials);
        }
    }

    /// Both descriptions are here. Other credentials than before begin anew; the path goes on until there is another.
    pub(in crate::media::transport) fn agree(&mut self, way: &IceWay, muxed: bool, now: Instant) {
        let Ice { ufrag, pwd, lite, trickle, candidates } = &way.theirs;
        self.muxed = muxed;
        let known = self.theirs.as_ref().is_some_and(|theirs| (&theirs.ufrag, &theirs.pwd) == (ufrag, pwd));
        if !known || way.ours != self.ours {
            if self.theirs.is_some() {
                self.before = Some(std::mem::replace(&mut self.ours, way.ours.clone()));
                self.until = Some(now + super::checks::CONSENT);
            }
            self.ours = way.ours.clone();
            self.theirs = Some(Theirs { ufrag: ufrag.clone(), pwd: pwd.clone(), lite: *lite, more: *trickle });
            self.next = None;
            self.controlling = way.controlling || *lite;
            self.remotes.clear();
            self.pairs.clear();
            self.triggered.clear();
            self.began = Some(now);
            self.state = if self.paths[0].is_some() { State::Connected } else { State::Checking };
        }
        for candidate in candidates {
            self.add_remote(candidate.clone());
        }
        for came in std::mem::take(&mut self.early) {
            self.check_came(came, now);
        }
    }

    /// Another address of ours that packets can leave from.
    pub(in crate::media::transport) fn add_base(&mut self, base: Base) {
        if self.bases.iter().any(|known| (known.port, known.via) == (base.port, base.via)) {
            return;
        }
        self.bases.push(base);
        let at = self.bases.len() - 1;
        for remote in 0..self.remotes.len() {
            self.pair(at, remote);
        }
    }

    /// A base is gone: its relay ended.
    pub(in crate::media::transport) fn remove_base(&mut self, port: Port, via: Via) {
        for at in 0..self.pairs.len() {
            let Some(pair) = self.pairs.get_mut(at) else { continue };
            if self.bases.get(pair.base).is_some_and(|base| (base.port, base.via) == (port, via)) {
                pair.progress = Progress::Failed;
                pair.check = None;
                pair.nominated = false;
            }
        }
    }

    /// All bases are there.
    pub(in crate::media::transport) const fn gathered(&mut self) {
        self.gathered = true;
    }

    /// Another candidate of theirs.
    pub(in crate::media::transport) fn add_remote(&mut self, candidate: Candidate) {
        if let Some(known) = self.remotes.iter_mut().find(|known| same(known, &candidate)) {
            if known.kind == CandidateKind::PeerReflexive {
                *known = candidate; // it was known by its packets alone
            }
            return;
        }
        let usable = !candidate.address.ip().is_unspecified() && candidate.address.port() != 0;
        if self.remotes.len() >= REMOTES || Port::of(candidate.component).is_none() || !usable {
            tracing::debug!("a candidate that is not used");
            return;
        }
        self.remotes.push(candidate);
        for base in 0..self.bases.len() {
            self.pair(base, self.remotes.len() - 1);
        }
    }

    /// They have told all candidates.
    pub(in crate::media::transport) const fn end_of_candidates(&mut self) {
        if let Some(theirs) = &mut self.theirs {
            theirs.more = false;
        }
    }

    pub(in crate::media::transport) const fn state(&self) -> State {
        self.state
    }

    /// Which way packets go from this port; `None`: none.
    pub(in crate::media::transport) fn path(&self, port: Port) -> Option<Path> {
        match port {
            Port::Media => self.paths[0],
            Port::Control => self.paths[1],
        }
    }

    /// Whether the other side has answered from this address.
    pub(in crate::media::transport) fn knows(&self, port: Port, via: Via, from: SocketAddr) -> bool {
        let kept = self.path(port).is_some_and(|path| (path.via, path.remote) == (via, from));
        kept || self.pairs.iter().any(|pair| {
            pair.port == port
                && pair.is(Progress::Succeeded)
                && self.bases.get(pair.base).is_some_and(|base| base.via == via)
                && self.remotes.get(pair.remote).is_some_and(|remote| remote.address == from)
        })
    }

    /// The next message to send.
    pub(in crate::media::transport) fn poll(&mut self) -> Option<Transmit> {
        self.out.pop_front()
    }

    /// A message came; tells whether it was for this agent and authentic.
    pub(in crate::media::transport) fn receive(
        &mut self,
        message: &Message<'_>,
        (port, via, from): (Port, Via, SocketAddr),
        now: Instant,
    ) -> bool {
        if message.method != Method::BINDING {
            return false;
        }
        match message.class {
            Class::Request => self.request(message, (port, via, from), now),
            Class::Success | Class::Failure => self.answer(message, (port, via, from), now),
            Class::Indication => true, // keeps a NAT open, no more
        }
    }

    fn request(&mut self, message: &Message<'_>, (port, via, from): (Port, Via, SocketAddr), now: Instant) -> bool {
        let name = message.text(attribute::USERNAME).and_then(|name| name.split_once(':'));
        let Some((name, theirs)) = name else { return false };
        let all = [Some(&self.ours), self.next.as_ref(), self.before.as_ref()];
        let Some((place, ours)) = all
            .into_iter()
            .enumerate()
            .find_map(|(place, ours)| ours.filter(|ours| ours.ufrag == name).map(|ours| (place, ours.clone())))
        else {
            return false;
        };
        if !message.is_authentic(ours.pwd.expose().as_bytes()) {
            return false;
        }
        let answer = |class| Writer::new(Method::BINDING, class, message.transaction);
        let key = ours.pwd.expose().as_bytes();
        let current = place == 0 && self.theirs.as_ref().is_some_and(|known| known.ufrag == theirs);
        if current && self.conflicts(message) {
            let bytes = answer(Class::Failure).put_code(ROLE_CONFLICT).sign(key).finish();
            self.out.push_back(Transmit { port, via, to: from, bytes });
            return true;
        }
        let bytes = answer(Class::Success).put_address(attribute::XOR_MAPPED_ADDRESS, from).sign(key).finish();
        self.out.push_back(Transmit { port, via, to: from, bytes });
        let priority = message.u32(attribute::PRIORITY).unwrap_or_default();
        let nominates = message.attribute(attribute::USE_CANDIDATE).is_some();
        let came = Came { port, via, from, priority, nominates };
        if current {
            self.check_came(came, now);
        } else if place == 1 || self.theirs.is_none() {
            self.early.truncate(EARLY - 1);
            self.early.push_front(came);
        }
        true
    }

    /// Two that both take themselves for the same (RFC 8445 section 7.3.1.1): true where the other side has to yield.
    fn conflicts(&mut self, message: &Message<'_>) -> bool {
        let role = if self.controlling { attribute::CONTROLLING } else { attribute::CONTROLLED };
        let Some(theirs) = message.u64(role) else { return false };
        // who wins is controlling
        let we_win = self.tie >= theirs;
        if we_win != self.controlling {
            self.controlling = !self.controlling;
            return false;
        }
        true
    }

    /// A check of theirs that was answered: it may make a candidate known, it calls for one of ours, and it may choose.
    fn check_came(&mut self, came: Came, now: Instant) {
        let component = came.port.component();
        let known = |remote: &Candidate| (remote.component, remote.address) == (component, came.from);
        let remote = match self.remotes.iter().position(known) {
            Some(at) => at,
            None if self.remotes.len() < REMOTES => {
                self.remotes.push(Candidate {
                    foundation: "peer".to_owned(),
                    component,
                    priority: came.priority,
                    address: came.from,
                    kind: CandidateKind::PeerReflexive,
                    related: None,
                });
                self.remotes.len() - 1
            }
            None => return,
        };
        let Some(base) = self.bases.iter().position(|base| (base.port, base.via) == (came.port, came.via)) else {
            return;
        };
        self.pair(base, remote);
        let controlled = !self.controlling;
        let Some(pair) = self.pairs.iter_mut().find(|pair| (pair.base, pair.remote) == (base, remote)) else { return };
        pair.nominated |= came.nominates && controlled;
        match pair.progress {
            Progress::Succeeded => {}
            // their packet has opened the way for ours: now, not when it is time
            Progress::Asking => {
                if let Some(check) = &mut pair.check {
                    check.next = now;
                }
            }
            Progress::Waiting | Progress::Failed => {
                pair.progress = Progress::Waiting;
                if !self.triggered.contains(&(base, remote)) {
                    self.triggered.push_back((base, remote));
                }
            }
        }
    }

    /// Makes a pair of them, if they fit and are none yet.
    fn pair(&mut self, base: usize, remote: usize) {
        let (Some(ours), Some(theirs)) = (self.bases.get(base), self.remotes.get(remote)) else { return };
        let fits = ours.port.component() == theirs.component && ours.address.is_ipv4() == theirs.address.is_ipv4();
        let known = self.pairs.iter().any(|pair| (pair.base, pair.remote) == (base, remote));
        if fits && !known && self.pairs.len() < PAIRS {
            self.pairs.push(Pair::new(base, remote, ours.port));
        }
    }
}
