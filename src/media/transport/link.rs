//! What lies between the sockets and the packets of a session: gathering and checks of ICE, DTLS, and relays. It takes every
//! datagram first (RFC 7983), keeps what is its own, and passes up what is a packet; nothing of it passes unasked. Sans-IO.
use super::{
    DtlsWay, Port, Refused, Way,
    dtls::{self, Connection},
    gather::{Gather, Gathered, Hop},
    ice::{Agent, Credentials, Path, State, Via, stun::Message},
};
use crate::domain::ice::{Candidate, Server};
use std::{collections::VecDeque, net::SocketAddr, ops::Range, time::Instant};

/// Datagrams of DTLS that are kept while it is not known whose they are.
const EARLY: usize = 8;

/// What happens to a link.
#[derive(Debug)]
pub(in crate::media) enum Happened {
    /// To be told to the other side.
    Candidate(Candidate),
    /// All servers have answered, or their time is up.
    Gathered,
    /// A stream to a server is wanted.
    Connect(Port, Server, SocketAddr),
    /// Keys for the packets of that port.
    Keys(Port, dtls::Keys),
    /// There is a path now, or another one.
    Path(Option<Path>),
    /// There is no sound for that reason.
    Fault(Fault),
}

/// Why a link carries nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Fault {
    /// No check found a path.
    NoPath,
    /// The other side has not answered on the path for 30 s (RFC 7675).
    Lost,
    /// The other side's certificate is not the one that its description names.
    NotAuthentic,
    /// It has no keys in common with us, or does not answer.
    NoKeys,
}

/// Where a packet came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media) struct Packet {
    pub port: Port,
    /// Whose it is.
    pub from: SocketAddr,
    /// Where in the datagram it stands.
    pub range: Range<usize>,
    /// The other side has answered from there, by ICE.
    pub known: bool,
}

/// Where packets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Route {
    /// As descriptions and packets say: there is no ICE.
    Described,
    /// That way.
    Path(Path),
    /// Nowhere yet, or no longer.
    Nowhere,
}

/// The association of one port.
#[derive(Debug)]
struct Secured {
    port: Port,
    connection: Option<Connection>,
    /// Where it is, without ICE: as described, then where its datagrams come from.
    at: SocketAddr,
    told: bool,
}

/// The link of a session.
#[derive(Debug)]
pub(in crate::media) struct Link {
    agent: Option<Agent>,
    gather: Option<Gather>,
    /// Both sides speak ICE; `None`: that is not known yet.
    ice: Option<bool>,
    dtls: Option<DtlsWay>,
    secured: Vec<Secured>,
    early: VecDeque<(Port, Via, SocketAddr, Vec<u8>)>,
    state: State,
    path: Option<Path>,
    complete: bool,
    out: VecDeque<(Port, Hop, Vec<u8>)>,
    happened: VecDeque<Happened>,
}

impl Link {
    /// `ice`: our credentials and a random number, where ICE may be spoken; then candidates are gathered from these ports,
    /// with so many servers.
    pub(in crate::media) fn new(
        ice: Option<(Credentials, u64)>,
        locals: [SocketAddr; 2],
        servers: usize,
        now: Instant,
    ) -> Self {
        let gather = ice.is_some().then(|| Gather::new(locals, servers, now));
        let agent = ice.map(|(credentials, tie)| Agent::new(credentials, tie));
        let (early, out, happened) = Default::default();
        let (secured, state, path, complete) = (Vec::new(), State::New, None, false);
        let mut link =
            Self { agent, gather, ice: None, dtls: None, secured, early, state, path, complete, out, happened };
        link.follow(now);
        link
    }

    /// Credentials that an offer of ours tells.
    pub(in crate::media) fn announce(&mut self, credentials: Credentials) {
        if let Some(agent) = &mut self.agent {
            agent.announce(credentials);
        }
    }

    /// What both descriptions made; again for each later pair.
    pub(in crate::media) fn agree(&mut self, way: &Way, now: Instant) {
        self.ice = Some(way.ice.is_some() && self.agent.is_some());
        match (&way.ice, &mut self.agent) {
            (Some(ice), Some(agent)) => agent.agree(ice, way.muxed, now),
            _ => self.close(None, now),
        }
        if way.muxed {
            self.close(Some(Port::Control), now);
        }
        let ports: &[Port] = if way.muxed { &[Port::Media] } else { &[Port::Media, Port::Control] };
        let known = |other: &DtlsWay, ours: &DtlsWay| {
            (&other.identity, &other.peer, &other.id) == (&ours.identity, &ours.peer, &ours.id)
        };
        match (&way.dtls, &self.dtls) {
            (None, _) => self.secured.clear(),
            (Some(new), Some(old)) if known(new, old) => self.secured.retain(|secured| ports.contains(&secured.port)),
            (Some(_), _) => self.secured.clear(),
        }
        self.dtls.clone_from(&way.dtls);
        for port in ports.iter().filter(|_| way.dtls.is_some()) {
            let at = if *port == Port::Media { way.rtp } else { way.rtcp };
            if self.secured.iter().all(|secured| secured.port != *port) {
                self.secured.push(Secured { port: *port, connection: None, at, told: false });
            }
        }
        self.tick(now);
    }

    fn close(&mut self, of: Option<Port>, now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.close(of, now, &mut self.out);
        }
    }

    /// The end: relays are given back.
    pub(in crate::media) fn stop(&mut self, now: Instant) {
        self.close(None, now);
    }

    pub(in crate::media) fn add_remote(&mut self, candidate: Candidate) {
        if let Some(agent) = &mut self.agent {
            agent.add_remote(candidate);
        }
    }

    pub(in crate::media) fn end_of_candidates(&mut self) {
        if let Some(agent) = &mut self.agent {
            agent.end_of_candidates();
        }
    }

    /// A server's addresses are known.
    pub(in crate::media) fn found(&mut self, server: &Server, addresses: &[SocketAddr], now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.found(server, addresses, now);
        }
        self.follow(now);
    }

    /// A stream that was wanted is open under that number, or cannot be opened.
    pub(in crate::media) fn connected(&mut self, port: Port, server: &Server, stream: Option<usize>, now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.connected(port, server, stream, now);
        }
        self.follow(now);
    }

    /// A stream ended.
    pub(in crate::media) fn ended(&mut self, stream: usize, now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.ended(stream);
        }
        self.follow(now);
    }

    /// The next message to send: over the port's own socket, or into a stream.
    pub(in crate::media) fn poll(&mut self) -> Option<(Port, Hop, Vec<u8>)> {
        self.out.pop_front()
    }

    pub(in crate::media) fn poll_event(&mut self) -> Option<Happened> {
        self.happened.pop_front()
    }

    /// Where packets of a port go.
    pub(in crate::media) fn route(&self, port: Port) -> Route {
        match (&self.agent, self.ice) {
            (Some(agent), Some(true)) => agent.path(port).map_or(Route::Nowhere, Route::Path),
            _ => Route::Described,
        }
    }

    /// Sends a packet over a relay.
    pub(in crate::media) fn relay(&mut self, relay: usize, to: SocketAddr, packet: &[u8], now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.relay(relay, to, packet, now, &mut self.out);
        }
    }

    /// Time goes on.
    pub(in crate::media) fn tick(&mut self, now: Instant) {
        if let Some(gather) = &mut self.gather {
            gather.tick(now, &mut self.out);
        }
        self.follow(now);
        if let Some(agent) = &mut self.agent
            && self.ice == Some(true)
        {
            agent.tick(now);
        }
        self.transmit(now);
        self.watch();
        if self.dtls.is_some() && !self.early.is_empty() {
            for (port, via, from, bytes) in std::mem::take(&mut self.early) {
                self.handshake(&bytes, (port, via, from), now);
            }
        }
        for at in 0..self.secured.len() {
            self.secure(at, now);
        }
    }

    /// What gathering has found.
    fn follow(&mut self, now: Instant) {
        let (Some(gather), Some(agent)) = (&mut self.gather, &mut self.agent) else { return };
        while let Some(gathered) = gather.poll_event() {
            match gathered {
                Gathered::Base(base) => agent.add_base(base),
                Gathered::Gone(port, via) => agent.remove_base(port, via),
                Gathered::Candidate(candidate) => self.happened.push_back(Happened::Candidate(candidate)),
                Gathered::Connect(port, server, at) => self.happened.push_back(Happened::Connect(port, server, at)),
            }
        }
        if !self.complete && gather.is_complete(now) {
            self.complete = true;
            agent.gathered();
            self.happened.push_back(Happened::Gathered);
        }
    }

    /// Takes out what the agent sends.
    fn transmit(&mut self, now: Instant) {
        while let Some(sent) = self.agent.as_mut().and_then(Agent::poll) {
            self.send((sent.port, sent.via, sent.to), sent.bytes, now);
        }
    }

    fn send(&mut self, (port, via, to): (Port, Via, SocketAddr), bytes: Vec<u8>, now: Instant) {
        match via {
            Via::Direct => self.out.push_back((port, Hop::Datagram(to), bytes)),
            Via::Relay(relay) => self.relay(relay, to, &bytes, now),
        }
    }

    /// Tells what has changed of the path.
    fn watch(&mut self) {
        let Some(agent) = &self.agent else { return };
        let (state, path) = (agent.state(), agent.path(Port::Media));
        if std::mem::replace(&mut self.path, path) != path {
            self.happened.push_back(Happened::Path(path));
        }
        if std::mem::replace(&mut self.state, state) != state {
            match state {
                State::Failed => self.happened.push_back(Happened::Fault(Fault::NoPath)),
                State::Lost => self.happened.push_back(Happened::Fault(Fault::Lost)),
                State::New | State::Checking | State::Connected => {}
            }
        }
    }

    /// A datagram came to a port, or a message out of a stream; gives the packet in it, if it is one.
    ///
    /// # Errors
    /// What is wrong with it; what was for the link itself is `Ok(None)`.
    pub(in crate::media) fn receive(
        &mut self,
        bytes: &[u8],
        (port, hop): (Port, Hop),
        now: Instant,
    ) -> Result<Option<Packet>, Refused> {
        let (port, from) = match hop {
            Hop::Datagram(from) => (port, Some(from)),
            Hop::Stream(stream) => (self.gather.as_ref().and_then(|g| g.port_of(stream)).unwrap_or(port), None),
        };
        let relayed = self.gather.as_mut().and_then(|gather| gather.receive(bytes, (port, hop), now));
        let result = match (relayed, from) {
            (Some(Some((via, peer, range))), _) => self.sort(bytes, range, (port, via, peer), now),
            (Some(None), _) => Ok(None),
            (None, Some(from)) => self.sort(bytes, 0..bytes.len(), (port, Via::Direct, from), now),
            (None, None) => Err(Refused::Foreign),
        };
        self.transmit(now);
        self.follow(now);
        self.watch();
        result
    }

    /// By its first octet (RFC 7983).
    fn sort(
        &mut self,
        bytes: &[u8],
        range: Range<usize>,
        (port, via, from): (Port, Via, SocketAddr),
        now: Instant,
    ) -> Result<Option<Packet>, Refused> {
        let inner = bytes.get(range.clone()).unwrap_or_default();
        match inner.first() {
            Some(0..=3) => {
                let message = Message::parse(inner).ok_or(Refused::Malformed)?;
                let ours = self.agent.as_mut().is_some_and(|agent| agent.receive(&message, (port, via, from), now));
                if ours { Ok(None) } else { Err(Refused::Foreign) }
            }
            Some(20..=63) => {
                self.handshake(inner, (port, via, from), now);
                Ok(None)
            }
            Some(128..=191) => {
                let known = self.agent.as_ref().is_some_and(|agent| agent.knows(port, via, from));
                // a relay carries only what ICE has found
                if via != Via::Direct && !known {
                    return Err(Refused::Foreign);
                }
                Ok(Some(Packet { port, from, range, known: known || self.ice != Some(true) }))
            }
            _ => Err(Refused::Malformed),
        }
    }

    /// A datagram of DTLS: for the association of that port, or kept while there is none.
    fn handshake(&mut self, bytes: &[u8], (port, via, from): (Port, Via, SocketAddr), now: Instant) {
        let ice = self.ice == Some(true);
        let expected = !ice || self.agent.as_ref().is_some_and(|agent| agent.knows(port, via, from));
        let place = self.secured.iter().position(|secured| secured.port == port);
        let Some(at) = place.filter(|_| expected) else {
            if self.ice.is_none() || (ice && self.dtls.is_some() && place.is_some()) {
                self.early.truncate(EARLY - 1);
                self.early.push_back((port, via, from, bytes.to_vec()));
            }
            return;
        };
        self.associate(at, now);
        let Some(secured) = self.secured.get_mut(at) else { return };
        let Some(connection) = &mut secured.connection else { return };
        if !ice && !secured.told {
            secured.at = from; // behind a NAT, too
        }
        connection.receive(bytes, now);
        self.secure(at, now);
    }

    fn associate(&mut self, at: usize, now: Instant) {
        let (Some(dtls), Some(secured)) = (&self.dtls, self.secured.get_mut(at)) else { return };
        if secured.connection.is_none() {
            secured.connection = Connection::new(dtls.identity.clone(), dtls.peer.clone(), dtls.active, now);
        }
    }

    /// Moves an association on: what it sends, its keys, its end.
    fn secure(&mut self, at: usize, now: Instant) {
        let Some(port) = self.secured.get(at).map(|secured| secured.port) else { return };
        let route = self.route(port);
        if route == Route::Nowhere {
            return;
        }
        self.associate(at, now);
        let Some(secured) = self.secured.get_mut(at) else { return };
        let Some(connection) = &mut secured.connection else { return };
        connection.tick(now);
        let sent: Vec<_> = std::iter::from_fn(|| connection.poll()).collect();
        let way = match route {
            Route::Path(path) => (port, path.via, path.remote),
            Route::Described | Route::Nowhere => (port, Via::Direct, secured.at),
        };
        if let Some(keys) = connection.take_keys() {
            secured.told = true;
            self.happened.push_back(Happened::Keys(port, keys));
        }
        if let Some(fault) = connection.fault()
            && !std::mem::replace(&mut secured.told, true)
        {
            let fault = match fault {
                dtls::Fault::NotAuthentic => Fault::NotAuthentic,
                dtls::Fault::Refused | dtls::Fault::TimedOut => Fault::NoKeys,
            };
            self.happened.push_back(Happened::Fault(fault));
        }
        if !way.2.ip().is_unspecified() {
            sent.into_iter().for_each(|bytes| self.send(way, bytes, now));
        }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
