//! One allocation (RFC 8656): asked for with long-term credentials (RFC 8489 section 9.2), kept alive, given back at the end.
use super::{
    super::ice::stun::{Class, Message, Method, Transaction, Writer, attribute, transaction},
    peers::Peers,
};
use crate::domain::private::Private;
use md5::{Digest, Md5};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    ops::Range,
    time::{Duration, Instant},
};

/// Until the first repetition over datagrams, and how many there are (RFC 8489 section 6.2.1).
const FIRST: Duration = Duration::from_millis(500);
const TRIES: u8 = 6;
/// Over a stream nothing is repeated; no answer for so long is none.
const PATIENCE: Duration = Duration::from_secs(15);
/// The lifetime that is asked for, in seconds, and how long before its end it is renewed.
const LIFETIME: u32 = 600;
const BEFORE: Duration = Duration::from_secs(60);
/// How often one request may get another nonce.
const STALE: u8 = 3;
/// Requests under way at once.
const REQUESTS: usize = 80;
const UDP: [u8; 4] = [17, 0, 0, 0];

const TRY_ALTERNATE: u16 = 300;
const UNAUTHORIZED: u16 = 401;
const STALE_NONCE: u16 = 438;
const MISMATCH: u16 = 437;

/// Who asks.
#[derive(Debug, Clone)]
pub(in crate::media::transport) struct Account {
    pub username: Private<String>,
    pub password: Private<String>,
}

/// How the allocation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media::transport) enum Stand {
    Asking,
    /// Our address on the server, and how the server sees us.
    Allocated {
        relayed: SocketAddr,
        mapped: Option<SocketAddr>,
    },
    /// The server sends us to another one.
    Elsewhere(SocketAddr),
    /// It is not granted, or it ended.
    Failed,
}

/// What a message from the server is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media::transport) enum Came {
    /// Its answer, or nothing that we asked for.
    Own,
    /// A packet from a peer, and where in the message it stands.
    Packet(SocketAddr, Range<usize>),
    /// Not for this allocation.
    NotOurs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    Allocate,
    Refresh(u32),
    Bind(u16, SocketAddr),
}

#[derive(Debug)]
struct Request {
    ask: Ask,
    transaction: Transaction,
    bytes: Vec<u8>,
    next: Instant,
    wait: Duration,
    tries: u8,
    stale: u8,
    /// It bore credentials.
    signed: bool,
}

/// One allocation.
#[derive(Debug)]
pub(in crate::media::transport) struct Relay {
    account: Account,
    /// Over a stream nothing is repeated, and packets are padded.
    stream: bool,
    realm: String,
    nonce: Vec<u8>,
    key: Private<Vec<u8>>,
    stand: Stand,
    requests: Vec<Request>,
    renew: Option<Instant>,
    ends: Option<Instant>,
    peers: Peers,
    out: VecDeque<Vec<u8>>,
}

impl Relay {
    pub(in crate::media::transport) fn new(account: Account, stream: bool, now: Instant) -> Self {
        let (peers, out) = Default::default();
        let mut relay = Self {
            account,
            stream,
            realm: String::new(),
            nonce: Vec::new(),
            key: Private::default(),
            stand: Stand::Asking,
            requests: Vec::new(),
            renew: None,
            ends: None,
            peers,
            out,
        };
        relay.ask(Ask::Allocate, 0, now);
        relay
    }

    pub(in crate::media::transport) const fn stand(&self) -> Stand {
        self.stand
    }

    /// The next message for the server.
    pub(in crate::media::transport) fn poll(&mut self) -> Option<Vec<u8>> {
        self.out.pop_front()
    }

    /// Sends a packet to a peer; the last one waits until the channel is bound.
    pub(in crate::media::transport) fn send(&mut self, to: SocketAddr, packet: &[u8], now: Instant) {
        if !matches!(self.stand, Stand::Allocated { .. }) {
            return;
        }
        let Some(peer) = self.peers.at(to, now) else { return };
        if peer.bound {
            let message = channel_data(peer.channel, packet, self.stream);
            self.out.push_back(message);
        } else {
            peer.held = Some(packet.to_vec());
            self.bind(now);
        }
    }

    /// Gives the allocation back; nothing is awaited.
    pub(in crate::media::transport) fn close(&mut self, now: Instant) {
        if matches!(self.stand, Stand::Allocated { .. }) {
            self.ask(Ask::Refresh(0), 0, now);
        }
        self.stand = Stand::Failed;
        self.requests.clear();
    }

    /// Time goes on: repeats, renews, gives up.
    pub(in crate::media::transport) fn tick(&mut self, now: Instant) {
        let mut over = Vec::new();
        for request in &mut self.requests {
            if now < request.next {
                continue;
            }
            if self.stream || request.tries >= TRIES {
                over.push(request.ask);
                request.tries = u8::MAX;
                continue;
            }
            request.tries += 1;
            request.wait *= 2;
            request.next = now + request.wait;
            self.out.push_back(request.bytes.clone());
        }
        self.requests.retain(|request| request.tries != u8::MAX);
        over.into_iter().for_each(|ask| self.failed(ask, now));
        if self.renew.is_some_and(|renew| now >= renew) {
            self.renew = None;
            self.ask(Ask::Refresh(LIFETIME), 0, now);
        }
        if self.ends.is_some_and(|ends| now >= ends) {
            self.stand = Stand::Failed;
        }
        self.bind(now);
    }

    fn bind(&mut self, now: Instant) {
        if !matches!(self.stand, Stand::Allocated { .. }) {
            return;
        }
        while self.requests.len() < REQUESTS
            && let Some((channel, address)) = self.peers.due(now).map(|peer| (peer.channel, peer.address))
        {
            let asked = self.ask(Ask::Bind(channel, address), 0, now);
            let Some(peer) = self.peers.due(now) else { return };
            peer.asked = asked;
            if asked.is_none() {
                return;
            }
        }
    }

    fn ask(&mut self, ask: Ask, stale: u8, now: Instant) -> Option<Transaction> {
        let transaction = transaction()?;
        let (method, lifetime) = match ask {
            Ask::Allocate => (Method::ALLOCATE, Some(LIFETIME)),
            Ask::Refresh(lifetime) => (Method::REFRESH, Some(lifetime)),
            Ask::Bind(..) => (Method::CHANNEL_BIND, None),
        };
        let mut message = Writer::new(method, Class::Request, transaction);
        if ask == Ask::Allocate {
            message = message.put(attribute::TRANSPORT, &UDP);
        }
        if let Some(lifetime) = lifetime {
            message = message.put(attribute::LIFETIME, &lifetime.to_be_bytes());
        }
        if let Ask::Bind(channel, address) = ask {
            let [high, low] = channel.to_be_bytes();
            message = message.put(attribute::CHANNEL, &[high, low, 0, 0]).put_address(attribute::PEER, address);
        }
        let signed = !self.nonce.is_empty();
        if signed {
            message = message
                .put(attribute::USERNAME, self.account.username.expose().as_bytes())
                .put(attribute::REALM, self.realm.as_bytes())
                .put(attribute::NONCE, &self.nonce)
                .sign(self.key.expose());
        }
        let bytes = message.finish();
        self.out.push_back(bytes.clone());
        let wait = if self.stream { PATIENCE } else { FIRST };
        self.requests.push(Request { ask, transaction, bytes, next: now + wait, wait, tries: 1, stale, signed });
        Some(transaction)
    }

    /// A message from the server came.
    pub(in crate::media::transport) fn receive(&mut self, bytes: &[u8], now: Instant) -> Came {
        if let Some([a, b, high, low]) = bytes.first_chunk::<4>().copied().filter(|[first, ..]| first >> 6 == 1) {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let peer = self.peers.of_channel(u16::from_be_bytes([a, b]));
            return match peer.filter(|_| 4 + length <= bytes.len()) {
                Some(peer) => Came::Packet(peer, 4..4 + length),
                None => Came::NotOurs,
            };
        }
        let Some(message) = Message::parse(bytes) else { return Came::NotOurs };
        match message.class {
            Class::Indication if message.method == Method::DATA => self.indication(&message, bytes),
            Class::Success | Class::Failure => self.answer(&message, now),
            _ => Came::NotOurs,
        }
    }

    fn indication(&self, message: &Message<'_>, bytes: &[u8]) -> Came {
        let relays = matches!(self.stand, Stand::Allocated { .. });
        let parts = message.address(attribute::PEER).zip(message.attribute(attribute::DATA));
        let Some((peer, data)) = parts.filter(|_| relays) else { return Came::NotOurs };
        let start = data.as_ptr().addr() - bytes.as_ptr().addr();
        Came::Packet(peer, start..start + data.len())
    }

    fn answer(&mut self, message: &Message<'_>, now: Instant) -> Came {
        let asked = |request: &Request| request.transaction == message.transaction;
        let Some(place) = self.requests.iter().position(asked) else { return Came::NotOurs };
        let code = message.code();
        let signed = self.requests.get(place).is_some_and(|request| request.signed);
        // whoever grants must know the password, too
        if message.class == Class::Success && !(signed && message.is_authentic(self.key.expose())) {
            return Came::Own;
        }
        let Request { ask, stale, signed, .. } = self.requests.swap_remove(place);
        match (message.class, code) {
            (Class::Success, _) => self.granted(ask, message, now),
            (_, UNAUTHORIZED) if !signed => self.authorize(ask, stale, message, now),
            (_, STALE_NONCE) if stale < STALE => self.authorize(ask, stale + 1, message, now),
            (_, TRY_ALTERNATE) if ask == Ask::Allocate => {
                let address = message.address(attribute::ALTERNATE);
                // it stands there as it is: only XOR-… attributes are masked
                let plain = message.plain_address(attribute::ALTERNATE);
                self.stand = plain.or(address).map_or(Stand::Failed, Stand::Elsewhere);
            }
            // the server knows of no allocation any more
            (_, MISMATCH) if matches!(ask, Ask::Refresh(_)) => self.stand = Stand::Failed,
            _ => {
                tracing::debug!(code, "a TURN server refuses");
                self.failed(ask, now);
            }
        }
        Came::Own
    }

    /// The server wants to know who asks, or has a new nonce.
    fn authorize(&mut self, ask: Ask, stale: u8, message: &Message<'_>, now: Instant) {
        let nonce = message.attribute(attribute::NONCE).filter(|nonce| !nonce.is_empty() && nonce.len() < 764);
        let realm = message.text(attribute::REALM).map(str::to_owned).or((stale > 0).then(|| self.realm.clone()));
        let Some((nonce, realm)) = nonce.zip(realm).filter(|(_, realm)| realm.len() < 764) else {
            return self.failed(ask, now);
        };
        self.nonce = nonce.to_vec();
        let (username, password) = (self.account.username.expose(), self.account.password.expose());
        let digest = Md5::new().chain_update(username).chain_update(":").chain_update(&realm).chain_update(":");
        self.key = Private::new(digest.chain_update(password).finalize().to_vec());
        self.realm = realm;
        let asked = self.ask(ask, stale, now);
        if let Ask::Bind(_, address) = ask
            && let Some(peer) = self.peers.known(address)
        {
            peer.asked = asked;
        }
    }

    fn granted(&mut self, ask: Ask, message: &Message<'_>, now: Instant) {
        match ask {
            Ask::Allocate | Ask::Refresh(_) => {
                let seconds = message.u32(attribute::LIFETIME).unwrap_or(LIFETIME).clamp(10, 3600);
                let lifetime = Duration::from_secs(seconds.into());
                self.renew = Some(now + lifetime.saturating_sub(BEFORE).max(lifetime / 2));
                self.ends = Some(now + lifetime);
                if ask == Ask::Allocate {
                    let mapped = message.address(attribute::XOR_MAPPED_ADDRESS);
                    let relayed = message.address(attribute::RELAYED);
                    self.stand = relayed.map_or(Stand::Failed, |relayed| Stand::Allocated { relayed, mapped });
                }
            }
            Ask::Bind(channel, _) => {
                let held = self.peers.asked(message.transaction).and_then(|peer| peer.granted(now));
                if let Some(packet) = held {
                    let message = channel_data(channel, &packet, self.stream);
                    self.out.push_back(message);
                }
            }
        }
    }

    fn failed(&mut self, ask: Ask, now: Instant) {
        match ask {
            Ask::Allocate => self.stand = Stand::Failed,
            // what was granted holds until its end; another try comes before
            Ask::Refresh(_) => {
                let left = self.ends.map_or(Duration::ZERO, |ends| ends.saturating_duration_since(now));
                if left < Duration::from_secs(1) {
                    self.stand = Stand::Failed;
                } else {
                    self.renew = Some(now + left / 2);
                }
            }
            Ask::Bind(_, address) => {
                if let Some(peer) = self.peers.known(address) {
                    peer.refused(now);
                }
            }
        }
    }
}

/// A packet on a channel; padded over a stream (RFC 8656 section 12.5).
fn channel_data(channel: u16, packet: &[u8], stream: bool) -> Vec<u8> {
    let mut message = channel.to_be_bytes().to_vec();
    message.extend((packet.len() as u16).to_be_bytes());
    message.extend(packet);
    if stream {
        message.resize(message.len().next_multiple_of(4), 0);
    }
    message
}
