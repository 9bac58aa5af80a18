//! One account's session, without socket and clock: commands, stanzas and `now` in; [`Output`] out, drained by [`Session::poll`].
//! It outlives connections: what the server has not counted is sent again, in a resumed session or a new one.
//! What comes in is in [`super::inbound`]. It must not wait for anything.
use super::{
    archive::Archive,
    blocking::Blocked,
    catch_up::Live,
    disco,
    gateways::Gateways,
    jingle::{Away, Calls, Do},
    presence, roster,
    sm::{Sent, Sm},
    wire_id::{WireIds, hex},
};
use crate::account::{AccountCommand, AccountEvent, TextProgress};
use crate::domain::{
    account::{AccountId, Capabilities, Problem, Registration},
    address::{Address, Scheme},
    archive::{ArchivePage, ArchivePlace, ArchiveStep},
    extras::Outgoing,
    message::{MessageId, NewMessage, SendFailure},
};
use sha2::{Digest, Sha256};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::IpAddr,
    time::{Duration, Instant},
};
use xmpp_parsers::{
    iq::Iq,
    jid::{BareJid, Jid},
    minidom::Element,
    ping::Ping,
    sm as nonza,
};

/// How long a request of ours may stay without an answer.
pub(super) const ANSWER: Duration = Duration::from_secs(30);
/// How long a live server takes to answer after the network changed.
const PROBE: Duration = Duration::from_secs(5);
/// Texts that may wait for a connection; more are handed back to the outbox.
pub(super) const WAITING: usize = 1000;

/// Names one text until it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Token(pub(super) u64);

/// What the driver is to do.
#[derive(Debug)]
pub(super) enum Output {
    /// Write this.
    Send(Element),
    /// Once all before it is written, tell [`Session::written`].
    Report(MessageId),
    /// Tell the engine.
    Event(AccountEvent),
    /// Hand the text up, then call [`Session::kept`] or [`Session::not_kept`].
    Deliver(Token, NewMessage),
    /// The same with a part of the archive.
    Archived(Token, ArchivePage),
    /// Give the connection up.
    Close {
        /// Why.
        problem: Problem,
        /// Connect again.
        retry: bool,
    },
}

/// How a connection begins.
#[derive(Debug)]
pub(super) enum Begin {
    /// The old session goes on; the server has this many of our stanzas.
    Resumed(u32),
    /// A new session, counted if `Some`, and resumable if an id is inside. `last`: the old one's last count, where it is told.
    New {
        /// The answer to `<enable/>`.
        counted: Option<Option<String>>,
        /// The old session's last `h`.
        last: Option<u32>,
        /// Copies (XEP-0280) are on already.
        carbons: bool,
    },
}

/// What a request of ours asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Server,
    Account,
    Roster,
    Carbons,
    Archive,
    Ping,
    /// What our server has.
    Items,
    /// Who helps calls to find a path.
    Helpers,
    /// What a domain is, by its number among the [`Gateways`].
    Service(usize),
    /// Who is blocked.
    Blocklist,
    /// That somebody is, or no longer.
    Block,
    /// A place for the file of a text.
    Slot(MessageId),
}

/// A text that was handed up.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) slot: Option<super::sm::Slot>,
    /// It is a page of this session's catch-up.
    pub(super) page: bool,
    pub(super) step: Option<ArchiveStep>,
    pub(super) receipt: Option<Element>,
}

/// The session.
pub(super) struct Session {
    pub(super) account: AccountId,
    pub(super) me: BareJid,
    pub(super) ids: WireIds,
    /// Starts the ids of our requests: not to be guessed from outside.
    nonce: String,
    pub(super) counter: u64,
    pub(super) online: bool,
    /// Our address and the server's.
    ends: Option<(IpAddr, IpAddr)>,
    pub(super) capabilities: Option<Capabilities>,
    /// Carbons are on, or known not to be had.
    pub(super) copies_settled: bool,
    pub(super) sm: Sm,
    /// The server asked for our count while a text was not kept yet.
    pub(super) owed: bool,
    pub(super) archive: Archive,
    pub(super) gateways: Gateways,
    pub(super) calls: Calls,
    /// Calls that came while we were away.
    pub(super) away: Away,
    /// Who is blocked.
    pub(super) blocked: Blocked,
    /// Who has room for files.
    pub(super) upload: Option<BareJid>,
    /// When to ask again who helps calls to find a path.
    pub(super) helpers_due: Option<Instant>,
    pub(super) asked: HashMap<String, (Asked, Instant)>,
    pub(super) pending: HashMap<Token, Pending>,
    /// Texts that are on their way, so that one given twice is sent once.
    pub(super) in_flight: HashSet<MessageId>,
    /// A new session: what may have been sent in the one before waits until the archive has shown what the server took.
    pub(super) holding: bool,
    /// Texts that came to this connection before the archive brought those of before: they would stand above them.
    pub(super) early: Vec<Live>,
    pub(super) waiting: VecDeque<(Element, Sent)>,
    /// The first text to each address that there was no room for: none after it goes before it.
    handed_back: HashMap<BareJid, MessageId>,
    /// Without stream management: not known to be written yet.
    unwritten: VecDeque<(Element, Sent)>,
    pub(super) probe: Option<Instant>,
    pub(super) out: VecDeque<Output>,
}

impl Session {
    /// A session of `me`. `nonce` is fresh random text.
    pub(super) fn new(account: AccountId, me: BareJid, ids: WireIds, archive: ArchivePlace, nonce: String) -> Self {
        let calls = Calls::new(me.clone(), hex(Sha256::digest(format!("calls {nonce}")).as_slice()));
        Self {
            account,
            me,
            ids,
            calls,
            away: Away::default(),
            blocked: Blocked::default(),
            upload: None,
            helpers_due: None,
            nonce,
            counter: 0,
            online: false,
            ends: None,
            capabilities: None,
            copies_settled: false,
            sm: Sm::default(),
            owed: false,
            archive: Archive::new(archive),
            gateways: Gateways::default(),
            asked: HashMap::new(),
            pending: HashMap::new(),
            in_flight: HashSet::new(),
            holding: false,
            early: Vec::new(),
            waiting: VecDeque::new(),
            handed_back: HashMap::new(),
            unwritten: VecDeque::new(),
            probe: None,
            out: VecDeque::new(),
        }
    }

    /// What to do next; `None`: nothing until something comes in.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// What to resume, for the log-in.
    pub(super) fn resumable(&self) -> Option<(String, u32)> {
        self.sm.resumable().map(|(id, h)| (id.to_owned(), h))
    }

    /// A connection stands; `ends` are its addresses here and there.
    pub(super) fn online(&mut self, begin: Begin, ends: (IpAddr, IpAddr), now: Instant) {
        self.online = true;
        self.ends = Some(ends);
        self.probe = None;
        match begin {
            Begin::Resumed(h) => self.resumed(h, now),
            Begin::New { counted, last, carbons } => self.begun(counted, last, carbons, now),
        }
    }

    fn resumed(&mut self, h: u32, now: Instant) {
        self.asked.values_mut().for_each(|(_, deadline)| *deadline = now + ANSWER);
        let Ok((acked, again)) = self.sm.resumed(h) else { return self.broken() };
        acked.into_iter().for_each(|what| self.taken(what));
        self.out.extend(again.into_iter().map(Output::Send));
        if !self.holding {
            self.flush_waiting();
            self.announce();
        }
        self.request_ack();
    }

    fn begun(&mut self, counted: Option<Option<String>>, last: Option<u32>, carbons: bool, now: Instant) {
        let (acked, lost) = self.sm.lost(last);
        acked.into_iter().for_each(|what| self.taken(what));
        lost.into_iter().rev().filter(|(_, what)| *what != Sent::Other).for_each(|lost| self.waiting.push_front(lost));
        for pending in self.pending.values_mut() {
            (pending.slot, pending.page) = (None, false);
        }
        self.sm.start(counted.is_some(), counted.flatten());
        self.owed = false;
        self.asked.clear();
        self.archive.reset();
        (self.capabilities, self.copies_settled) = (None, carbons);
        self.helpers_due = None;
        self.gateways = Gateways::default();
        let domain = Jid::from_parts(None, self.me.domain(), None);
        self.ask(Asked::Server, now, |id| disco::ask(id, domain));
        let me = self.me.clone();
        self.ask(Asked::Account, now, |id| disco::ask(id, me));
        self.ask(Asked::Roster, now, roster::ask);
        self.send(presence::initial(), Sent::Other);
        self.holding = true;
        self.request_ack();
    }

    /// The connection is gone.
    pub(super) fn offline(&mut self) {
        self.online = false;
        self.probe = None;
        self.give_up_early();
        self.sm.disconnected();
        self.out.retain(|output| matches!(output, Output::Event(_) | Output::Deliver(..) | Output::Archived(..)));
        while let Some(unwritten) = self.unwritten.pop_back() {
            self.waiting.push_front(unwritten);
        }
    }

    /// Something from the engine; `Stop` is the driver's.
    pub(super) fn command(&mut self, command: AccountCommand, now: Instant) {
        match command {
            AccountCommand::SendText { id, to, body } => self.text(id, &to, body.expose(), &Outgoing::default()),
            AccountCommand::Chat(command) => self.chat(command, now),
            AccountCommand::NetworkChanged if self.online => {
                self.idle(now);
                self.probe = Some(now + PROBE);
            }
            AccountCommand::NetworkChanged | AccountCommand::Stop => {}
            about_a_call => {
                self.calls.command(about_a_call, now);
                self.follow_calls();
            }
        }
    }

    /// Does what the calls want done.
    pub(super) fn follow_calls(&mut self) {
        while let Some(wish) = self.calls.poll() {
            match wish {
                Do::Send(stanza) => self.send(stanza, Sent::Other),
                Do::SendSurely(stanza) => self.send(stanza, Sent::CallEnd),
                Do::Tell(call, event) => self.out.push_back(Output::Event(AccountEvent::Call { call, event })),
            }
        }
    }

    pub(super) fn text(&mut self, id: MessageId, to: &Address, body: &str, more: &Outgoing) {
        if !self.in_flight.insert(id) {
            return;
        }
        let Some(to) = bare(to) else { return self.failed(id, SendFailure::NotFound, false) };
        if self.waiting.len() >= WAITING || self.handed_back.get(&to).is_some_and(|first| *first < id) {
            self.handed_back.entry(to).or_insert(id);
            return self.failed(id, SendFailure::Unavailable, true);
        }
        if self.handed_back.get(&to) == Some(&id) {
            self.handed_back.remove(&to);
        }
        let wire_id = self.ids.write(to.as_str(), id);
        match self.with_more(&to, &wire_id, body, more) {
            Ok(stanza) => {
                self.send(stanza, Sent::Text(id));
                self.request_ack();
            }
            Err(failure) => self.failed(id, failure, false),
        }
    }

    fn failed(&mut self, id: MessageId, failure: SendFailure, retry: bool) {
        self.progress(id, TextProgress::Failed { failure, retry });
    }

    pub(super) fn progress(&mut self, id: MessageId, progress: TextProgress) {
        if matches!(progress, TextProgress::Failed { .. }) {
            self.in_flight.remove(&id);
        }
        self.out.push_back(Output::Event(AccountEvent::TextProgress { id, progress }));
    }

    /// The server has a stanza of ours.
    pub(super) fn taken(&mut self, what: Sent) {
        if let Sent::Text(id) = what
            && self.in_flight.remove(&id)
        {
            self.progress(id, TextProgress::Sent);
        }
    }

    /// The text was written and the server does not count: that is all that will be known.
    pub(super) fn written(&mut self, id: MessageId) {
        self.unwritten.retain(|(_, what)| *what != Sent::Text(id));
        self.taken(Sent::Text(id));
    }

    /// Sends a stanza now, or keeps it for the next connection if it has a meaning there.
    pub(super) fn send(&mut self, stanza: Element, what: Sent) {
        if !self.online || (self.holding && matches!(what, Sent::Text(_))) {
            if what != Sent::Other {
                self.waiting.push_back((stanza, what));
            }
            return;
        }
        self.sm.sent(&stanza, what);
        self.out.push_back(Output::Send(stanza.clone()));
        if let (Sent::Text(id), false) = (what, self.sm.enabled()) {
            self.unwritten.push_back((stanza, what));
            self.out.push_back(Output::Report(id));
        }
    }

    pub(super) fn flush_waiting(&mut self) {
        for (stanza, what) in std::mem::take(&mut self.waiting) {
            self.send(stanza, what);
        }
    }

    pub(super) fn request_ack(&mut self) {
        if self.online && self.sm.enabled() && self.sm.waits() {
            self.out.push_back(Output::Send(nonza::R.into()));
        }
    }

    pub(super) fn send_count(&mut self) {
        self.out.push_back(Output::Send(nonza::A::new(self.sm.h()).into()));
    }

    pub(super) fn ask(&mut self, asked: Asked, now: Instant, request: impl FnOnce(String) -> Element) {
        let id = self.request_id();
        let request = request(id.clone());
        self.asked.insert(id, (asked, now + ANSWER));
        self.send(request, Sent::Other);
    }

    /// Says that the account is reachable, once it is known what it can do.
    pub(super) fn announce(&mut self) {
        if let (Some((local, server)), Some(capabilities)) = (self.ends, self.capabilities) {
            let registered = Registration::Registered { local, server, capabilities };
            self.out.push_back(Output::Event(AccountEvent::Registration(registered)));
        }
    }

    pub(super) fn deliver(&mut self, message: NewMessage, pending: Pending) {
        self.counter += 1;
        let token = Token(self.counter);
        self.pending.insert(token, pending);
        self.out.push_back(Output::Deliver(token, message));
    }

    /// The store has the text: now it may be counted, and its sender told.
    pub(super) fn kept(&mut self, token: Token, now: Instant) {
        let Some(pending) = self.pending.remove(&token) else { return };
        if let Some(slot) = pending.slot {
            self.sm.handled(slot);
        }
        if let Some(step) = pending.step {
            self.archive.moved(step);
        }
        if let Some(receipt) = pending.receipt {
            self.send(receipt, Sent::Receipt);
        }
        if pending.page {
            self.archive.page_kept();
            self.more_archive(now);
        }
        if self.online && self.owed && !self.sm.is_behind() {
            self.owed = false;
            self.send_count();
        }
    }

    /// The store could not keep the text: the server is to give it again.
    pub(super) fn not_kept(&mut self, token: Token) {
        let Some(pending) = self.pending.remove(&token) else { return };
        self.archive.not_kept(pending.page);
        if pending.page {
            // only a new session asks the archive again
            self.sm.forget();
        }
        if self.online {
            self.out.push_back(Output::Close { problem: Problem::ServerGone, retry: true });
        }
    }

    pub(super) fn request_id(&mut self) -> String {
        self.counter += 1;
        format!("{}-{}", self.nonce, self.counter)
    }

    /// The counts cannot be trusted: a new session.
    pub(super) fn broken(&mut self) {
        self.sm.forget();
        self.out.push_back(Output::Close { problem: Problem::Protocol, retry: true });
    }

    /// Nothing was heard for a while: ask for something.
    pub(super) fn idle(&mut self, now: Instant) {
        if self.sm.enabled() {
            self.out.push_back(Output::Send(nonza::R.into()));
        } else {
            let domain = Jid::from_parts(None, self.me.domain(), None);
            self.ask(Asked::Ping, now, |id| Iq::from_get(id, Ping).with_to(domain).into());
        }
    }

    /// When [`Session::timeout`] wants to be called.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let asked = self.asked.values().map(|(_, deadline)| *deadline).chain(self.probe).chain(self.helpers_due);
        asked.filter(|_| self.online).chain(self.calls.next_timeout()).min()
    }

    /// Time has passed.
    pub(super) fn timeout(&mut self, now: Instant) {
        if self.online && self.probe.is_some_and(|probe| now >= probe) {
            self.probe = None;
            self.out.push_back(Output::Close { problem: Problem::TimedOut, retry: true });
        }
        if self.online && self.helpers_due.is_some_and(|due| now >= due) {
            self.ask_for_helpers(now);
        }
        self.calls.timeout(now);
        self.follow_calls();
        let late: Vec<_> = self.asked.extract_if(|_, (_, deadline)| now >= *deadline).collect();
        for (_, (asked, _)) in late {
            self.answered(asked, Err("remote-server-timeout"), now);
        }
    }

    /// The last stanzas before a log-out.
    pub(super) fn farewell(&mut self) {
        if self.online {
            self.send(presence::unavailable(), Sent::Other);
            if self.sm.enabled() {
                self.send_count();
            }
        }
    }
}

/// The JID of an address that an XMPP account reaches.
pub(super) fn bare(to: &Address) -> Option<BareJid> {
    Some(to).filter(|to| to.scheme() == Scheme::Xmpp).and_then(|to| Jid::new(to.rest()).ok()).map(Jid::into_bare)
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
