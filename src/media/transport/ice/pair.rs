//! Candidates in pairs (RFC 8445 section 6.1.2): what may become a path, and how far its check is.
use super::{super::Port, stun::Transaction};
use crate::domain::ice::{Candidate, CandidateKind};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How often a check is sent, and until its first repetition; the pauses double up to the longest.
pub(super) const TRIES: u8 = 8;
pub(super) const FIRST: Duration = Duration::from_millis(200);
pub(super) const LONGEST: Duration = Duration::from_millis(1600);

/// How often consent is asked for in vain, each time with its repetitions, until another pair is preferred: some 10 s.
const MISSED: u8 = 2;

/// Where a datagram leaves from, and comes in at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(in crate::media) enum Via {
    /// The port itself.
    Direct,
    /// That relay.
    Relay(usize),
}

/// One of our addresses that packets can leave from: a host's or a relayed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media::transport) struct Base {
    pub port: Port,
    pub via: Via,
    pub address: SocketAddr,
    /// Lower than others of its kind by so much.
    pub rank: u16,
}

impl Base {
    pub(super) const fn kind(&self) -> CandidateKind {
        match self.via {
            Via::Direct => CandidateKind::Host,
            Via::Relay(_) => CandidateKind::Relayed,
        }
    }

    /// The priority of a candidate of that kind made from this base.
    pub(super) const fn priority(&self, kind: CandidateKind) -> u32 {
        priority(kind, self.rank, self.port)
    }
}

/// RFC 8445 section 5.1.2.1.
pub(in crate::media::transport) const fn priority(kind: CandidateKind, rank: u16, port: Port) -> u32 {
    let preference: u32 = match kind {
        CandidateKind::Host => 126,
        CandidateKind::PeerReflexive => 110,
        CandidateKind::ServerReflexive => 100,
        CandidateKind::Relayed => 0,
    };
    (preference << 24) + (u16::MAX - rank) as u32 * 256 + 256 - port.component() as u32
}

/// A message on its way out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media::transport) struct Transmit {
    pub port: Port,
    pub via: Via,
    pub to: SocketAddr,
    pub bytes: Vec<u8>,
}

/// Which way packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) struct Path {
    pub via: Via,
    /// What our address is, as the other side sees it.
    pub kind: CandidateKind,
    pub local: SocketAddr,
    pub remote_kind: CandidateKind,
    pub remote: SocketAddr,
}

/// How far a pair is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    Waiting,
    Asking,
    Succeeded,
    Failed,
}

/// One check under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Check {
    pub transaction: Transaction,
    pub next: Instant,
    pub wait: Duration,
    pub tries: u8,
    /// It bears USE-CANDIDATE.
    pub nominates: bool,
    /// As which role it was sent.
    pub controlling: bool,
}

/// A base of ours and a candidate of theirs, by their places in the agent's lists.
#[derive(Debug)]
pub(super) struct Pair {
    pub base: usize,
    pub remote: usize,
    pub port: Port,
    pub progress: Progress,
    pub check: Option<Check>,
    /// The controlling side chose it.
    pub nominated: bool,
    /// Times that consent was asked for in vain, since the last answer.
    pub missed: u8,
    /// When the other side answered last.
    pub consent: Option<Instant>,
    /// When it succeeded first.
    pub since: Option<Instant>,
    /// When consent is asked for again.
    pub ask: Option<Instant>,
    /// How the other side sees us.
    pub mapped: Option<SocketAddr>,
}

impl Pair {
    pub(super) const fn new(base: usize, remote: usize, port: Port) -> Self {
        let (progress, check) = (Progress::Waiting, None);
        let (consent, since, ask, mapped) = (None, None, None, None);
        Self { base, remote, port, progress, check, nominated: false, missed: 0, consent, since, ask, mapped }
    }

    /// It works no longer, as it seems: packets take another that does, if there is one.
    pub(super) const fn ails(&self) -> bool {
        self.missed >= MISSED
    }

    pub(super) fn is(&self, progress: Progress) -> bool {
        self.progress == progress
    }
}

/// RFC 8445 section 6.1.2.3.
pub(super) fn pair_priority(controlling: bool, ours: u32, theirs: u32) -> u64 {
    let (g, d) = if controlling { (ours, theirs) } else { (theirs, ours) };
    (u64::from(g.min(d)) << 32) + 2 * u64::from(g.max(d)) + u64::from(g > d)
}

/// What is the same of two candidates is one candidate.
pub(super) fn same(a: &Candidate, b: &Candidate) -> bool {
    (a.component, a.address) == (b.component, b.address)
}
