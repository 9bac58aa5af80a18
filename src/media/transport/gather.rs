//! Candidates gathered (RFC 8445 section 5.1): our ports themselves, how STUN servers see them, and what TURN servers relay
//! for them. Servers come with their addresses: names and connections are the edge's. Sans-IO.
use super::{
    Port,
    ice::{
        Base, Via, priority,
        stun::{Class, HEADER, Message, Method, Transaction, Writer, attribute, transaction},
    },
    turn::{Account, Came, Relay, Stand},
};
use crate::domain::ice::{Candidate, CandidateKind, Server, ServerKind, ServerTransport};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    ops::Range,
    time::{Duration, Instant},
};

/// After that nobody waits for servers any more; who answers later is still taken.
const PATIENCE: Duration = Duration::from_secs(4);
/// Until the first repetition of a question, and how many there are.
const FIRST: Duration = Duration::from_millis(300);
const TRIES: u8 = 5;
/// Servers asked for each port, and how often one may send us elsewhere.
const HELPERS: usize = 16;
const ELSEWHERE: u8 = 3;
/// A question that keeps the NAT's mapping open until the checks do.
const KEEP: Duration = Duration::from_secs(15);

/// How bytes reach a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Hop {
    Datagram(SocketAddr),
    /// The stream with this number.
    Stream(usize),
}

/// What gathering tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Gathered {
    /// Packets can leave from there.
    Base(Base),
    /// Packets cannot leave from there any more.
    Gone(Port, Via),
    /// To be told to the other side.
    Candidate(Candidate),
    /// A stream to that server is needed for that port.
    Connect(Port, Server, SocketAddr),
}

/// One question, or one allocation, for one port.
#[derive(Debug)]
struct Helper {
    port: Port,
    hop: Hop,
    server: Server,
    kind: Kind,
    /// It has said all.
    done: bool,
    moved: u8,
}

#[derive(Debug)]
enum Kind {
    Stun { transaction: Transaction, bytes: Vec<u8>, next: Instant, wait: Duration, tries: u8 },
    Turn(Box<Relay>),
}

/// All of a session.
#[derive(Debug)]
pub(super) struct Gather {
    locals: [SocketAddr; 2],
    helpers: Vec<Helper>,
    /// Servers whose address or stream is not there yet.
    awaited: usize,
    began: Instant,
    complete: bool,
    told: Vec<Candidate>,
    events: VecDeque<Gathered>,
    closed: bool,
}

impl Gather {
    /// From these two ports, and with answers of so many servers to come.
    pub(super) fn new(locals: [SocketAddr; 2], servers: usize, now: Instant) -> Self {
        let (told, events) = Default::default();
        let (helpers, complete, closed) = (Vec::new(), false, false);
        let mut gather = Self { locals, helpers, awaited: servers, began: now, complete, told, events, closed };
        for port in [Port::Media, Port::Control] {
            let (via, address) = (Via::Direct, gather.local(port));
            gather.events.push_back(Gathered::Base(Base { port, via, address, rank: 0 }));
            gather.tell(port, CandidateKind::Host, address, None, 0);
        }
        gather
    }

    const fn local(&self, port: Port) -> SocketAddr {
        let [media, control] = self.locals;
        match port {
            Port::Media => media,
            Port::Control => control,
        }
    }

    pub(super) fn poll_event(&mut self) -> Option<Gathered> {
        self.events.pop_front()
    }

    /// A server's addresses are known; none: it cannot be found.
    pub(super) fn found(&mut self, server: &Server, addresses: &[SocketAddr], now: Instant) {
        self.awaited = self.awaited.saturating_sub(1);
        if self.closed {
            return;
        }
        let [local, _] = self.locals;
        let like = addresses.iter().find(|address| address.is_ipv4() == local.is_ipv4());
        for port in [Port::Media, Port::Control] {
            match (server.transport, like, addresses.first()) {
                (ServerTransport::Udp, Some(address), _) => self.ask(port, server, Hop::Datagram(*address), now),
                (ServerTransport::Tcp | ServerTransport::Tls, _, Some(address)) => {
                    self.awaited += 1;
                    self.events.push_back(Gathered::Connect(port, server.clone(), *address));
                }
                _ => tracing::debug!("a server for paths is not found"),
            }
        }
    }

    /// A stream to a server is open; `None`: it cannot be opened.
    pub(super) fn connected(&mut self, port: Port, server: &Server, stream: Option<usize>, now: Instant) {
        self.awaited = self.awaited.saturating_sub(1);
        if let Some(stream) = stream.filter(|_| !self.closed) {
            self.ask(port, server, Hop::Stream(stream), now);
        }
    }

    /// A stream ended.
    pub(super) fn ended(&mut self, stream: usize) {
        for (at, helper) in self.helpers.iter_mut().enumerate() {
            if helper.hop == Hop::Stream(stream) && !helper.done {
                helper.done = true;
            }
            if helper.hop == Hop::Stream(stream) {
                self.events.push_back(Gathered::Gone(helper.port, Via::Relay(at)));
            }
        }
    }

    fn ask(&mut self, port: Port, server: &Server, hop: Hop, now: Instant) {
        if self.helpers.len() >= 2 * HELPERS {
            return;
        }
        let kind = match &server.kind {
            ServerKind::Stun => {
                let Some(transaction) = transaction() else { return };
                let bytes = Writer::new(Method::BINDING, Class::Request, transaction).finish();
                Kind::Stun { transaction, bytes, next: now, wait: FIRST, tries: 0 }
            }
            ServerKind::Turn { username, password } => {
                let account = Account { username: username.clone(), password: password.clone() };
                Kind::Turn(Box::new(Relay::new(account, matches!(hop, Hop::Stream(_)), now)))
            }
        };
        self.helpers.push(Helper { port, hop, server: server.clone(), kind, done: false, moved: 0 });
    }

    /// Time goes on; gives what goes out.
    pub(super) fn tick(&mut self, now: Instant, out: &mut VecDeque<(Port, Hop, Vec<u8>)>) {
        for at in 0..self.helpers.len() {
            if let Some(helper) = self.helpers.get_mut(at) {
                match &mut helper.kind {
                    Kind::Stun { bytes, next, wait, tries, .. } if now >= *next && !self.closed => {
                        (*tries, *next, *wait) = (tries.saturating_add(1), now + *wait, (*wait * 2).min(KEEP));
                        if *tries <= TRIES || helper.done {
                            out.push_back((helper.port, helper.hop, bytes.clone()));
                        }
                        helper.done |= *tries > TRIES;
                    }
                    Kind::Stun { .. } => {}
                    Kind::Turn(relay) => {
                        relay.tick(now);
                        out.extend(std::iter::from_fn(|| relay.poll()).map(|bytes| (helper.port, helper.hop, bytes)));
                    }
                }
            }
            self.follow(at, now);
        }
    }

    /// Whether all servers have answered or their time is up.
    pub(super) fn is_complete(&mut self, now: Instant) -> bool {
        let answered = self.awaited == 0 && self.helpers.iter().all(|helper| helper.done);
        self.complete |= answered || now.saturating_duration_since(self.began) >= PATIENCE;
        self.complete
    }

    /// What a relay has come to.
    fn follow(&mut self, at: usize, now: Instant) {
        let Some(helper) = self.helpers.get_mut(at) else { return };
        let Kind::Turn(relay) = &helper.kind else { return };
        let (port, rank, moved) = (helper.port, rank(helper.server.transport), helper.moved);
        match relay.stand() {
            Stand::Asking => {}
            Stand::Allocated { relayed, mapped } if !helper.done => {
                helper.done = true;
                let direct = matches!(helper.hop, Hop::Datagram(_));
                self.events.push_back(Gathered::Base(Base { port, via: Via::Relay(at), address: relayed, rank }));
                if let Some(mapped) = mapped.filter(|_| direct) {
                    self.reflexive(port, mapped);
                }
                self.tell(port, CandidateKind::Relayed, relayed, mapped, rank);
            }
            Stand::Allocated { .. } => {}
            Stand::Elsewhere(address) if !helper.done => {
                helper.done = true;
                let server = helper.server.clone();
                if moved < ELSEWHERE {
                    match helper.hop {
                        Hop::Datagram(_) => self.ask(port, &server, Hop::Datagram(address), now),
                        Hop::Stream(_) => {
                            self.awaited += 1;
                            self.events.push_back(Gathered::Connect(port, server, address));
                        }
                    }
                    if let Some(last) = self.helpers.last_mut() {
                        last.moved = last.moved.max(moved + 1);
                    }
                }
            }
            Stand::Elsewhere(_) => {}
            Stand::Failed => {
                let had = std::mem::replace(&mut helper.done, true);
                if had && std::mem::replace(&mut helper.moved, u8::MAX) != u8::MAX {
                    self.events.push_back(Gathered::Gone(port, Via::Relay(at)));
                }
            }
        }
    }

    fn reflexive(&mut self, port: Port, mapped: SocketAddr) {
        let local = self.local(port);
        if mapped != local {
            self.tell(port, CandidateKind::ServerReflexive, mapped, Some(local), 0);
        }
    }

    fn tell(&mut self, port: Port, kind: CandidateKind, address: SocketAddr, related: Option<SocketAddr>, rank: u16) {
        let component = port.component();
        if self.told.iter().any(|known| (known.component, known.address) == (component, address)) {
            return;
        }
        let letter = match kind {
            CandidateKind::Host => 'h',
            CandidateKind::ServerReflexive => 's',
            CandidateKind::PeerReflexive => 'p',
            CandidateKind::Relayed => 'r',
        };
        let (foundation, priority) = (format!("{letter}{rank}"), priority(kind, rank, port));
        let candidate = Candidate { foundation, component, priority, address, kind, related };
        self.told.push(candidate.clone());
        self.events.push_back(Gathered::Candidate(candidate));
    }

    /// A message that may be a server's; tells what of it is a packet of a peer, and over which relay. `None`: it is not a
    /// server's.
    pub(super) fn receive(
        &mut self,
        bytes: &[u8],
        (port, hop): (Port, Hop),
        now: Instant,
    ) -> Option<Option<(Via, SocketAddr, Range<usize>)>> {
        let mut took = None;
        for (at, helper) in self.helpers.iter_mut().enumerate() {
            // a stream has one port, and says so by its number
            if helper.hop != hop || (helper.port != port && matches!(hop, Hop::Datagram(_))) {
                continue;
            }
            match &mut helper.kind {
                Kind::Stun { transaction, next, wait, .. } => {
                    let answer = || Message::parse(bytes).filter(|message| message.transaction == *transaction);
                    let Some(message) = (bytes.len() >= HEADER).then(answer).flatten() else { continue };
                    helper.done = true;
                    (*wait, *next) = (KEEP, now + KEEP);
                    let mapped = message.address(attribute::XOR_MAPPED_ADDRESS);
                    let mapped = mapped.or_else(|| message.plain_address(attribute::MAPPED_ADDRESS));
                    took = Some((at, Came::Own));
                    if let (Class::Success, Some(mapped)) = (message.class, mapped) {
                        let port = helper.port;
                        self.reflexive(port, mapped);
                    }
                    break;
                }
                Kind::Turn(relay) => match relay.receive(bytes, now) {
                    Came::NotOurs => {}
                    came => {
                        took = Some((at, came));
                        break;
                    }
                },
            }
        }
        let (at, came) = took?;
        self.follow(at, now);
        match came {
            Came::Packet(peer, range) => Some(Some((Via::Relay(at), peer, range))),
            _ => Some(None),
        }
    }

    /// Which port a stream serves.
    pub(super) fn port_of(&self, stream: usize) -> Option<Port> {
        self.helpers.iter().find(|helper| helper.hop == Hop::Stream(stream)).map(|helper| helper.port)
    }

    /// Sends over a relay.
    pub(super) fn relay(
        &mut self,
        relay: usize,
        to: SocketAddr,
        packet: &[u8],
        now: Instant,
        out: &mut VecDeque<(Port, Hop, Vec<u8>)>,
    ) {
        let Some(helper) = self.helpers.get_mut(relay) else { return };
        let Kind::Turn(relay) = &mut helper.kind else { return };
        relay.send(to, packet, now);
        out.extend(std::iter::from_fn(|| relay.poll()).map(|bytes| (helper.port, helper.hop, bytes)));
    }

    /// Gives all relays back, of both ports or of one.
    pub(super) fn close(&mut self, of: Option<Port>, now: Instant, out: &mut VecDeque<(Port, Hop, Vec<u8>)>) {
        self.closed |= of.is_none();
        for helper in &mut self.helpers {
            if of.is_none_or(|port| port == helper.port)
                && let Kind::Turn(relay) = &mut helper.kind
            {
                relay.close(now);
                out.extend(std::iter::from_fn(|| relay.poll()).map(|bytes| (helper.port, helper.hop, bytes)));
            }
        }
    }
}

/// A relay that is reached over a stream is the worse one.
const fn rank(transport: ServerTransport) -> u16 {
    match transport {
        ServerTransport::Udp => 0,
        ServerTransport::Tcp => 1,
        ServerTransport::Tls => 2,
    }
}

#[cfg(test)]
#[path = "gather_tests.rs"]
mod tests;
