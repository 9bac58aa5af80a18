//! The user agent core: transactions, dialogs, calls, texts, without sockets and without a clock. Inputs carry the time and
//! change it; what it wants done is drained by [`Agent::poll`]. It serves an account (behind one server, with a password)
//! and the demo exchange (many peers, no server) alike. It must not know accounts, registrations or stores.
mod call;
mod event;
mod incoming;
mod outgoing;
mod reoffer;
mod requests;
mod within;

#[cfg(test)]
mod tests;

use super::{
    addressing,
    auth::{Auth, Unanswerable},
    chance::Chance,
    dialog::Dialog,
    digest::Credentials,
    message::{HeaderName, Message, Method, Request, Response},
    parse,
    transaction::{ClientId, Expired, Incoming, ServerId, Transactions},
    uri::{NameAddr, Uri},
    via::Via,
};
use crate::domain::{
    account::SipTransport,
    call::{CallId, EndReason},
};
use bytes::Bytes;
use call::Call;
pub(crate) use event::{AgentEvent, Failure, Invitation, Output, RequestId};
use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// What we understand; everything else is answered 405 or 501.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, INFO, UPDATE";
/// How we name ourselves.
const NAME: &str = concat!("Landline/", env!("CARGO_PKG_VERSION"));
/// Messages kept for the next connection.
const HELD: usize = 64;

/// The socket in use: how it is named in Via and Contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    /// Its kind.
    pub(crate) transport: SipTransport,
    /// Its local address; never an unspecified one.
    pub(crate) local: SocketAddr,
}

impl Way {
    /// As Via names it.
    const fn via(self) -> &'static str {
        match self.transport {
            SipTransport::Udp => "UDP",
            SipTransport::Tcp => "TCP",
            SipTransport::Tls => "TLS",
        }
    }
    /// As a URI parameter.
    const fn parameter(self) -> &'static str {
        match self.transport {
            SipTransport::Udp => "",
            SipTransport::Tcp => ";transport=tcp",
            SipTransport::Tls => ";transport=tls",
        }
    }
    fn is_reliable(self) -> bool {
        self.transport != SipTransport::Udp
    }
}

/// The one server of an account: requests from anywhere else are refused, and it tells us our address as it sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Home {
    /// Where requests go.
    pub(crate) server: SocketAddr,
    /// All addresses its requests may come from.
    pub(crate) addresses: Vec<IpAddr>,
}

/// What a request of ours is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Invite(CallId),
    Reinvite(CallId),
    Bye,
    Owner(RequestId),
}

/// A request of ours under way.
struct Sent {
    purpose: Purpose,
    /// As it was sent, with Via and credentials.
    request: Request,
    to: SocketAddr,
    /// Challenges answered so far.
    answered: u8,
    /// Retransmissions before the last challenge.
    repeats: u32,
    /// For a re-INVITE: the dialog its ACK belongs to.
    dialog: Option<Dialog>,
    /// ACKs of 2xx by their To tag, sent again when the 2xx comes again.
    acks: Vec<(String, SocketAddr, Bytes)>,
}

/// A user agent.
pub(crate) struct Agent {
    transactions: Transactions,
    auth: Auth,
    chance: Chance,
    way: Option<Way>,
    home: Option<Home>,
    /// Our address as the server sees it.
    seen: Option<SocketAddr>,
    owned: Vec<Method>,
    sent: BTreeMap<ClientId, Sent>,
    calls: BTreeMap<CallId, Call>,
    /// Texts that are not known to be kept yet.
    texts: BTreeMap<ServerId, Request>,
    counter: u64,
    out: VecDeque<Output>,
    held: VecDeque<(SocketAddr, Bytes)>,
    /// Dialogs to end as soon as there is a connection.
    byes: Vec<Dialog>,
}

impl Agent {
    /// One without a socket yet. `seed` is fresh randomness; requests with a method of `owned` are handed to the owner.
    pub(crate) fn new(seed: [u8; 32], credentials: Option<Credentials>, owned: Vec<Method>) -> Self {
        Self {
            transactions: Transactions::default(),
            auth: Auth::new(credentials),
            chance: Chance::new(seed),
            way: None,
            home: None,
            seen: None,
            owned,
            sent: BTreeMap::new(),
            calls: BTreeMap::new(),
            texts: BTreeMap::new(),
            counter: 0,
            out: VecDeque::new(),
            held: VecDeque::new(),
            byes: Vec::new(),
        }
    }

    /// A socket stands; `home` is the account's server, `None`: everybody may ask (an exchange).
    pub(crate) fn connected(&mut self, way: Way, home: Option<Home>, now: Instant) {
        if let (Some(old), Some(new)) = (&self.home, &home) {
            let dialogs = self.calls.values_mut().filter_map(Call::dialog).chain(&mut self.byes);
            dialogs.filter(|dialog| dialog.hop == old.server).for_each(|dialog| dialog.hop = new.server);
        }
        if self.way != Some(way) || self.home != home {
            self.seen = None;
        }
        (self.way, self.home) = (Some(way), home);
        self.out.extend(self.held.drain(..).map(|(to, bytes)| Output::Send { to, bytes }));
        std::mem::take(&mut self.byes).into_iter().for_each(|dialog| self.bye(dialog, now));
    }

    /// The connection is gone: what waited for an answer on it has failed. Calls that stand go on.
    pub(crate) fn disconnected(&mut self, now: Instant) {
        self.way = None;
        for client in self.transactions.connection_lost() {
            self.unanswered(client, Failure::Lost, now);
        }
    }

    /// What to do next; `None`: nothing until something comes in.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        while let Some((to, bytes)) = self.transactions.poll() {
            if self.way.is_some() {
                self.out.push_back(Output::Send { to, bytes });
            } else if self.held.len() < HELD && !self.held.iter().any(|(_, held)| *held == bytes) {
                self.held.push_back((to, bytes));
            }
        }
        self.out.pop_front()
    }

    /// When [`Self::timeout`] is to be called.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        self.transactions.next_timeout().into_iter().chain(self.calls.values().filter_map(Call::next_timeout)).min()
    }

    /// Time has come to this point.
    pub(crate) fn timeout(&mut self, now: Instant) {
        for expired in self.transactions.timeout(now) {
            match expired {
                Expired::Unanswered(client) => self.unanswered(client, Failure::TimedOut, now),
                Expired::NotAcked(server) => self.not_acked(server, now),
            }
        }
        let due: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, call)| call.next_timeout().is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        due.into_iter().for_each(|call| self.call_timeout(call, now));
        let transactions = &self.transactions;
        self.sent.retain(|client, _| transactions.knows(*client));
    }

    /// One whole message came from this address.
    pub(crate) fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        match parse::parse(bytes) {
            Ok(Message::Request(request)) => self.request_came(request, from, now),
            Ok(Message::Response(response)) => self.response_came(&response, from, now),
            Err(unreadable) => {
                tracing::debug!(why = %unreadable.why, "an unreadable message");
                if let Some((request, code)) = unreadable.answer {
                    self.refuse_at_once(*request, code, from);
                }
            }
        }
    }

    /// Contact and Via never name an interface's zone.
    fn bare(addr: SocketAddr) -> SocketAddr {
        SocketAddr::new(addr.ip(), addr.port())
    }

    /// Where we are reached, as told to others.
    pub(crate) fn contact(&self, user: Option<&str>) -> Option<NameAddr> {
        let way = self.way?;
        Some(NameAddr::new(Uri::at(user, Self::bare(self.seen.unwrap_or(way.local)), way.parameter())))
    }

    fn is_reliable(&self) -> bool {
        self.way.is_some_and(Way::is_reliable)
    }

    fn event(&mut self, event: AgentEvent) {
        self.out.push_back(Output::Event(event));
    }

    /// A fresh tag, call id or the like.
    pub(crate) fn token(&mut self) -> String {
        self.chance.token()
    }

    /// Chance for the owner's own decisions.
    pub(crate) const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    /// A request outside any dialog, with what names it; the owner adds to it and gives it to [`Self::request`].
    pub(crate) fn compose(
        method: Method,
        uri: Uri,
        ends: (&NameAddr, &NameAddr),
        call_id: &str,
        number: u32,
    ) -> Request {
        let seq = format!("{number} {method}");
        let mut request = Request::new(method, uri);
        request.headers.push(HeaderName::From, ends.0.to_string());
        request.headers.push(HeaderName::To, ends.1.to_string());
        request.headers.push(HeaderName::CallId, call_id);
        request.headers.push(HeaderName::CSeq, seq);
        request
    }

    /// Sends a request of the owner's; its end is told by [`AgentEvent::Answered`]. Challenges are answered on the way.
    pub(crate) fn request(&mut self, request: Request, to: SocketAddr, now: Instant) -> RequestId {
        self.counter += 1;
        let id = RequestId(self.counter);
        if self.send(request, to, Purpose::Owner(id), now).is_none() {
            self.event(AgentEvent::Answered { request: id, result: Err(Failure::Lost), repeats: 0 });
        }
        id
    }

    /// Gives a request of the owner's up; nothing is told of it any more.
    pub(crate) fn abandon(&mut self, request: RequestId) {
        let found = self.sent.iter().find(|(_, sent)| sent.purpose == Purpose::Owner(request)).map(|(id, _)| *id);
        if let Some(client) = found {
            self.transactions.forget(client);
            self.sent.remove(&client);
        }
    }

    /// Signs and sends; `None`: there is no socket, or too much is under way.
    fn send(&mut self, request: Request, to: SocketAddr, purpose: Purpose, now: Instant) -> Option<ClientId> {
        self.send_counted(request, to, purpose, (0, 0), now)
    }

    fn send_counted(
        &mut self,
        mut request: Request,
        to: SocketAddr,
        purpose: Purpose,
        (answered, repeats): (u8, u32),
        now: Instant,
    ) -> Option<ClientId> {
        if !self.transactions.has_room() {
            return None;
        }
        self.address(&mut request)?;
        self.auth.sign(&mut request);
        let client = self.transactions.request(&request, to, self.is_reliable(), now);
        self.sent.insert(client, Sent { purpose, request, to, answered, repeats, dialog: None, acks: Vec::new() });
        Some(client)
    }

    /// Adds our Via and what every request bears.
    fn address(&mut self, request: &mut Request) -> Option<()> {
        let way = self.way?;
        let branch = format!("z9hG4bK{}", self.chance.token());
        request.headers.remove(&HeaderName::Via);
        request.headers.push_front(HeaderName::Via, Via::own(way.via(), Self::bare(way.local), &branch).to_string());
        request.headers.set(HeaderName::MaxForwards, "70");
        request.headers.set(HeaderName::UserAgent, NAME);
        Some(())
    }

    fn response_came(&mut self, response: &Response, from: SocketAddr, now: Instant) {
        let Some(client) = self.transactions.receive_response(response, now) else {
            return tracing::debug!(code = response.code, "a response that answers nothing");
        };
        let at_home = self.home.as_ref().is_some_and(|home| home.server == from);
        if let (true, Some(seen)) = (at_home, response.headers.via().and_then(|via| via.seen())) {
            self.seen = Some(seen);
        }
        let Some(sent) = self.sent.get(&client) else { return };
        let purpose = sent.purpose;
        match (response.code, purpose) {
            (100..=199, Purpose::Invite(call)) => self.progressed(call, response, now),
            (100..=199, _) => {}
            (200..=299, Purpose::Invite(_) | Purpose::Reinvite(_)) => self.accepted(client, response, now),
            (401 | 407, _) if self.wants_answer(purpose) => match self.authenticate(client, response, now) {
                Ok(()) => {}
                Err(failure) => self.refused(client, response, Some(failure), now),
            },
            _ => self.refused(client, response, None, now),
        }
    }

    /// Whether a challenge is worth an answer: not for a call that was given up.
    fn wants_answer(&self, purpose: Purpose) -> bool {
        match purpose {
            Purpose::Invite(call) => self.calls.get(&call).is_some_and(|call| !call.ended),
            Purpose::Reinvite(call) => self.calls.contains_key(&call),
            Purpose::Bye | Purpose::Owner(_) => true,
        }
    }

    fn authenticate(&mut self, client: ClientId, response: &Response, now: Instant) -> Result<(), Unanswerable> {
        let repeats = self.transactions.repeats(client);
        let Some(sent) = self.sent.remove(&client) else { return Ok(()) };
        let method = sent.request.method.clone();
        if let Err(failure) = self.auth.challenged(response, &method, sent.answered, &mut self.chance) {
            self.auth.forget(&method);
            self.sent.insert(client, sent);
            return Err(failure);
        }
        let Sent { purpose, mut request, to, answered, dialog, repeats: earlier, .. } = sent;
        let number = request.headers.cseq().map_or(1, |(number, _)| number).saturating_add(1);
        request.headers.set(HeaderName::CSeq, format!("{number} {method}"));
        let next = self.send_counted(request, to, purpose, (answered + 1, earlier + repeats), now);
        if let (Some(next), Some(mut dialog)) = (next, dialog) {
            dialog.local_seq = number;
            self.sent.entry(next).and_modify(|sent| sent.dialog = Some(dialog));
        }
        match next {
            Some(next) => self.sent_again(purpose, next, number),
            None => self.gave_up(purpose, Failure::Lost, now),
        }
        Ok(())
    }

    /// A final answer that is no acceptance of an INVITE.
    fn refused(&mut self, client: ClientId, response: &Response, why: Option<Unanswerable>, now: Instant) {
        let repeats = self.transactions.repeats(client);
        let Some(sent) = self.sent.remove(&client) else { return };
        match sent.purpose {
            Purpose::Invite(call) => self.invite_refused(call, response.code, now),
            Purpose::Reinvite(call) => self.reoffer_refused(call, client, response.code, now),
            Purpose::Bye => {}
            Purpose::Owner(request) => {
                let result = why.map_or_else(|| Ok(response.clone()), |why| Err(why.into()));
                self.event(AgentEvent::Answered { request, result, repeats: sent.repeats + repeats });
            }
        }
    }

    fn unanswered(&mut self, client: ClientId, failure: Failure, now: Instant) {
        if let Some(sent) = self.sent.remove(&client) {
            self.gave_up(sent.purpose, failure, now);
        }
    }

    fn gave_up(&mut self, purpose: Purpose, failure: Failure, now: Instant) {
        match purpose {
            Purpose::Invite(call) => self.call_over(call, EndReason::ServerGone),
            Purpose::Reinvite(call) => self.reoffer_failed(call, now),
            Purpose::Bye => {}
            Purpose::Owner(request) => {
                self.event(AgentEvent::Answered { request, result: Err(failure), repeats: 0 });
            }
        }
    }
}
