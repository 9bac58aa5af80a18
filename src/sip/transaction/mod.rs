//! Transactions (RFC 3261 section 17, RFC 6026): a request and its responses, sent again until they arrive. Clients and
//! servers, INVITE and others; pure. It must not know dialogs, calls or accounts.
mod client;
mod server;

#[cfg(test)]
mod tests;

use super::message::{Method, Request, Response};
use bytes::Bytes;
use client::Client;
use server::Server;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    net::SocketAddr,
    time::{Duration, Instant},
};

/// The round trip that is taken for granted (section 17.1.1.1).
pub(super) const T1: Duration = Duration::from_millis(500);
/// The longest pause between two retransmissions.
pub(super) const T2: Duration = Duration::from_secs(4);
/// How long a message may stay in the network.
const T4: Duration = Duration::from_secs(5);
/// 64 * T1: the end of every patience (timers B, F, H, J, L, M).
pub(super) const PATIENCE: Duration = Duration::from_secs(32);
/// More open transactions than this are an attack or a fault.
const MOST: usize = 1024;

/// A request of ours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ClientId(u64);

/// A request of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ServerId(u64);

/// What a request that came in is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming {
    /// New: to be answered.
    New(ServerId),
    /// Known: done with.
    Again,
    /// The ACK to a 2xx: it belongs to a dialog.
    Ack,
    /// Too many are open.
    Full,
}

/// What time brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Expired {
    /// No final answer came.
    Unanswered(ClientId),
    /// No ACK came to our 2xx.
    NotAcked(ServerId),
}

/// All transactions of one user agent.
#[derive(Default)]
pub(super) struct Transactions {
    counter: u64,
    clients: BTreeMap<ClientId, Client>,
    servers: BTreeMap<ServerId, (ServerKey, Server)>,
    client_keys: HashMap<(String, Method), ClientId>,
    server_keys: HashMap<ServerKey, ServerId>,
    out: VecDeque<(SocketAddr, Bytes)>,
}

/// Names a transaction of theirs (section 17.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct ServerKey {
    branch: String,
    sent_by: String,
    method: Method,
}

impl ServerKey {
    /// The key of the transaction that this method's request belongs to.
    fn of(request: &Request, method: Method) -> Option<Self> {
        let via = request.headers.via()?;
        let branch = via.branch().or_else(|| {
            // older than RFC 3261: what else tells its transactions apart
            let (number, _) = request.headers.cseq()?;
            let from = request.headers.from()?.tag().unwrap_or_default();
            Some(format!("{} {number} {from} {}", request.headers.call_id()?, request.uri))
        })?;
        Some(Self { branch, sent_by: via.sent_by.to_ascii_lowercase(), method })
    }
}

impl Transactions {
    /// What to send next.
    pub(super) fn poll(&mut self) -> Option<(SocketAddr, Bytes)> {
        self.out.pop_front()
    }

    /// Sends a request whose topmost Via is ours. An ACK is no transaction: see [`Self::send`].
    pub(super) fn request(&mut self, request: &Request, to: SocketAddr, reliable: bool, now: Instant) -> ClientId {
        if self.clients.len() >= MOST
            && let Some(oldest) = self.clients.iter().find(|(_, client)| !client.is_waiting()).map(|(id, _)| *id)
        {
            self.forget(oldest);
        }
        self.counter += 1;
        let id = ClientId(self.counter);
        let branch = request.headers.via().and_then(|via| via.branch()).unwrap_or_default();
        self.client_keys.insert((branch, request.method.clone()), id);
        let client = Client::new(request.clone(), to, reliable, now, &mut self.out);
        self.clients.insert(id, client);
        id
    }

    /// Whether one more request of ours may be opened: those that only listen for repeated answers make room.
    pub(super) fn has_room(&self) -> bool {
        self.clients.len() < MOST || self.clients.values().any(|client| !client.is_waiting())
    }

    /// Sends bytes outside any transaction.
    pub(super) fn send(&mut self, to: SocketAddr, bytes: Bytes) {
        self.out.push_back((to, bytes));
    }

    /// How often a request of ours has been sent again.
    pub(super) fn repeats(&self, id: ClientId) -> u32 {
        self.clients.get(&id).map_or(0, Client::repeats)
    }

    /// Whether nothing at all was heard to this one.
    pub(super) fn is_unheard(&self, id: ClientId) -> bool {
        self.clients.get(&id).is_some_and(Client::is_unheard)
    }

    /// Whether this one is still open.
    pub(super) fn knows(&self, id: ClientId) -> bool {
        self.clients.contains_key(&id)
    }

    /// A response came. `Some`: it is news for the owner of that request.
    pub(super) fn receive_response(&mut self, response: &Response, now: Instant) -> Option<ClientId> {
        let (_, method) = response.headers.cseq()?;
        let branch = response.headers.via()?.branch()?;
        let id = *self.client_keys.get(&(branch, method))?;
        let client = self.clients.get_mut(&id)?;
        client.receive(response, now, &mut self.out).then_some(id)
    }

    /// Gives a request of ours up: nothing more is heard of it.
    pub(super) fn forget(&mut self, id: ClientId) {
        self.clients.remove(&id);
        self.client_keys.retain(|_, known| *known != id);
    }

    /// The connection is gone: requests of ours that wait for an answer will not get one.
    pub(super) fn connection_lost(&mut self) -> Vec<ClientId> {
        let lost: Vec<_> = self.clients.iter().filter(|(_, c)| c.is_waiting()).map(|(id, _)| *id).collect();
        lost.iter().for_each(|id| self.forget(*id));
        lost
    }

    /// A request came from this address.
    pub(super) fn receive_request(
        &mut self,
        request: &Request,
        from: SocketAddr,
        reliable: bool,
        now: Instant,
    ) -> Incoming {
        let is_ack = request.method == Method::Ack;
        let method = if is_ack { Method::Invite } else { request.method.clone() };
        let Some(key) = ServerKey::of(request, method) else { return Incoming::Again };
        if let Some((_, server)) = self.server_keys.get(&key).and_then(|id| self.servers.get_mut(id)) {
            return if server.receive(is_ack, now, &mut self.out) { Incoming::Ack } else { Incoming::Again };
        }
        if is_ack {
            return Incoming::Ack;
        }
        if self.servers.len() >= MOST && !self.make_room() {
            return Incoming::Full;
        }
        self.counter += 1;
        let id = ServerId(self.counter);
        self.server_keys.insert(key.clone(), id);
        let invite = request.method == Method::Invite;
        let to = match request.headers.via() {
            Some(via) if !reliable => via.reply_to(from),
            _ => from,
        };
        self.servers.insert(id, (key, Server::new(invite, to, reliable)));
        Incoming::New(id)
    }

    /// The INVITE that a CANCEL is about.
    pub(super) fn cancelled_by(&self, cancel: &Request) -> Option<ServerId> {
        self.server_keys.get(&ServerKey::of(cancel, Method::Invite)?).copied()
    }

    /// Answers a request of theirs.
    pub(super) fn respond(&mut self, id: ServerId, response: &Response, now: Instant) {
        if let Some((_, server)) = self.servers.get_mut(&id) {
            server.respond(response.code, response.to_bytes(), now, &mut self.out);
            if server.is_over() {
                self.drop_server(id);
            }
        }
    }

    /// The ACK to our 2xx came: it need not be sent again.
    pub(super) fn acked(&mut self, id: ServerId) {
        if let Some((_, server)) = self.servers.get_mut(&id) {
            server.acked();
        }
    }

    fn drop_server(&mut self, id: ServerId) {
        if let Some((key, _)) = self.servers.remove(&id) {
            self.server_keys.remove(&key);
        }
    }

    /// Forgets the oldest request that is answered, and is kept only in case it comes again: a flood of what is refused at
    /// once must not keep out what matters.
    fn make_room(&mut self) -> bool {
        let oldest = self.servers.iter().find(|(_, (_, server))| server.is_answered()).map(|(id, _)| *id);
        oldest.map(|id| self.drop_server(id)).is_some()
    }

    /// When [`Self::timeout`] is to be called.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let clients = self.clients.values().filter_map(Client::next_timeout);
        clients.chain(self.servers.values().filter_map(|(_, server)| server.next_timeout())).min()
    }

    /// Sends again what is due, ends what is over.
    pub(super) fn timeout(&mut self, now: Instant) -> Vec<Expired> {
        let mut expired = Vec::new();
        let mut over = Vec::new();
        for (id, client) in &mut self.clients {
            match client.timeout(now, &mut self.out) {
                client::Time::Goes => {}
                client::Time::Unanswered => {
                    expired.push(Expired::Unanswered(*id));
                    over.push(*id);
                }
                client::Time::Over => over.push(*id),
            }
        }
        over.into_iter().for_each(|id| self.forget(id));
        let mut over = Vec::new();
        for (id, (_, server)) in &mut self.servers {
            if server.timeout(now, &mut self.out) {
                expired.push(Expired::NotAcked(*id));
            }
            if server.is_over() {
                over.push(*id);
            }
        }
        over.into_iter().for_each(|id| self.drop_server(id));
        expired
    }
}
