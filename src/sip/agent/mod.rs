//! The user agent core: transactions, dialogs, calls, texts, without sockets and without a clock. Inputs carry the time and
//! change it; what it wants done is drained by [`Agent::poll`]. It serves an account (behind one server, with a password)
//! and the demo exchange (many peers, no server) alike. It must not know accounts, registrations or stores.
mod again;
mod asking;
mod call;
mod early;
mod event;
mod incoming;
mod keys;
mod outgoing;
mod reach;
mod referral;
mod refresh;
mod reliable;
mod reoffer;
mod replaces;
mod requests;
mod size;
mod strangers;
mod transfer;
mod within;

#[cfg(test)]
mod tests;

use super::{
    addressing,
    auth::{Answered, Auth, Unanswerable},
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
use call::{Call, Copied, Stage};
pub(crate) use event::{AgentEvent, Failure, Invitation, Output, RequestId};
pub(crate) use reach::Reach;
use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::Instant,
};
pub(crate) use transfer::Target;

/// What we understand; everything else is answered 405 or 501.
pub(crate) const ALLOW: &str = "INVITE, ACK, CANCEL, BYE, OPTIONS, MESSAGE, INFO, UPDATE, PRACK, REFER, NOTIFY";
/// Extensions that may be demanded of us.
const UNDERSTOOD: [&str; 4] = [reliable::TAG, super::session_timer::TAG, replaces::TAG, referral::SILENT];
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
    /// Inside a call, whatever is answered: PRACK, or where we are now.
    Inside(CallId),
    /// Whether they are still there.
    Asking(CallId),
    /// A key that is told.
    Key(CallId),
    /// They are asked to call somebody else.
    Refer(CallId),
}

/// A request of ours under way.
struct Sent {
    purpose: Purpose,
    /// As it was sent, with Via and credentials.
    request: Request,
    to: SocketAddr,
    /// Challenges answered so far.
    answered: Answered,
    /// Retransmissions before the last challenge.
    repeats: u32,
    /// For a re-INVITE or a BYE: the dialog it is in.
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
    reach: Reach,
    /// Our address as the server sees it.
    seen: Option<SocketAddr>,
    owned: Vec<Method>,
    sent: BTreeMap<ClientId, Sent>,
    calls: BTreeMap<CallId, Call>,
    /// What the other sides of calls asked us to do, by the call they asked in.
    referrals: BTreeMap<CallId, referral::Referral>,
    /// Texts that are not known to be kept yet.
    texts: BTreeMap<ServerId, Request>,
    counter: u64,
    out: VecDeque<Output>,
    held: VecDeque<(SocketAddr, Bytes)>,
    /// Dialogs to end as soon as there is a connection.
    byes: Vec<Dialog>,
    /// INVITEs to cancel then: whoever rings by them has not heard that nobody waits any more.
    cancels: Vec<(Request, SocketAddr)>,
    /// The server takes no stream.
    no_stream: bool,
    strangers: strangers::Strangers,
    /// Calls that came by another flow of the account.
    elsewhere: Vec<Copied>,
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
            reach: Reach::default(),
            seen: None,
            owned,
            sent: BTreeMap::new(),
            calls: BTreeMap::new(),
            referrals: BTreeMap::new(),
            texts: BTreeMap::new(),
            counter: 0,
            out: VecDeque::new(),
            held: VecDeque::new(),
            byes: Vec::new(),
            cancels: Vec::new(),
            no_stream: false,
            strangers: strangers::Strangers::default(),
            elsewhere: Vec::new(),
        }
    }

    /// Which realms are answered besides those that the registrar asks in: `given`, and `usual` as long as it named none.
    pub(crate) fn trust(&mut self, given: Option<String>, usual: &str) {
        self.auth.trust(given, usual);
    }

    /// A socket stands; `home` is the account's server, `None`: everybody may ask (an exchange).
    pub(crate) fn connected(&mut self, way: Way, home: Option<Home>, now: Instant) {
        if let (Some(old), Some(new)) = (&self.home, &home) {
            let dialogs = self.calls.values_mut().filter_map(Call::dialog).chain(&mut self.byes);
            dialogs.filter(|dialog| dialog.hop == old.server).for_each(|dialog| dialog.hop = new.server);
        }
        if self.way != Some(way) || self.home != home {
            (self.seen, self.reach) = (None, Reach::default());
            self.no_stream = false;
        }
        (self.way, self.home) = (Some(way), home);
        let held = std::mem::take(&mut self.held);
        held.into_iter().for_each(|(to, bytes)| self.carry(to, bytes));
        std::mem::take(&mut self.byes).into_iter().for_each(|dialog| self.bye(dialog, now));
        std::mem::take(&mut self.cancels).into_iter().for_each(|(invite, to)| self.send_cancel(&invite, to, now));
        let calls: Vec<_> = self.calls.keys().copied().collect();
        calls.into_iter().for_each(|call| self.next_offer(call, now));
    }

    /// The connection is gone: what waited for an answer on it has failed. Calls that stand go on.
    pub(crate) fn disconnected(&mut self, now: Instant) {
        self.way = None;
        for client in self.transactions.connection_lost() {
            let bye = self.sent.get_mut(&client).filter(|sent| sent.purpose == Purpose::Bye);
            self.byes.extend(bye.and_then(|sent| sent.dialog.take()));
            let rings = |call: &Call| matches!(&call.stage, Stage::Calling(calling) if calling.client == client && calling.heard);
            if self.calls.values().any(rings)
                && let Some(sent) = self.sent.get(&client)
            {
                self.cancels.push((sent.request.clone(), sent.to));
            }
            self.unanswered(client, Failure::Lost, now);
        }
    }

    /// The server is known to be away: calls of ours that nobody has heard of are over.
    pub(crate) fn server_gone(&mut self) {
        let unheard = |call: &Call| matches!(&call.stage, Stage::Calling(calling) if !calling.heard);
        let calls: Vec<_> = self.calls.iter().filter(|(_, call)| unheard(call)).map(|(id, _)| *id).collect();
        calls.into_iter().for_each(|call| self.abandon_call(call, EndReason::ServerGone));
    }

    /// What to do next; `None`: nothing until something comes in.
    pub(crate) fn poll(&mut self) -> Option<Output> {
        while let Some((to, bytes)) = self.transactions.poll() {
            if self.way.is_some() {
                self.carry(to, bytes);
            } else if self.held.len() < HELD && !self.held.iter().any(|(_, held)| *held == bytes) {
                self.held.push_back((to, bytes));
            }
        }
        self.out.pop_front()
    }

    /// When [`Self::timeout`] is to be called.
    pub(crate) fn next_timeout(&self) -> Option<Instant> {
        let calls = self.calls.values().filter_map(Call::next_timeout);
        let referrals = self.referrals.values().map(referral::Referral::next_timeout);
        self.transactions.next_timeout().into_iter().chain(calls).chain(referrals).min()
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
        self.referral_timeout(now);
        let transactions = &self.transactions;
        self.sent.retain(|client, _| transactions.knows(*client));
    }

    /// One whole message came from this address.
    pub(crate) fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        if !self.reads(from, now) {
            return;
        }
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
        self.out.push_back(Output::Event(Box::new(event)));
    }

    /// A fresh tag, call id or the like.
    pub(crate) fn token(&mut self) -> String {
        self.chance.token()
    }

    /// Chance for the owner's own decisions.
    pub(crate) const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }
}
