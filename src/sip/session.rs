//! One account's life with its server, without sockets and without a clock: registration, keepalive, texts, calls. The
//! [`Agent`] below speaks SIP, the task above owns the socket. It must not wait, and must not decide when to connect again.
mod registering;

use super::{
    addressing,
    agent::{Agent, AgentEvent, Home, Invitation, RequestId, Way},
    digest::Credentials,
    failure,
    keepalive::{Due, Keepalive},
    message::{Method, Response},
    registration::{Named, Registration},
    stun,
    transaction::ServerId,
    uri::{NameAddr, Uri},
    watch::Watch,
    wire_id::WireIds,
};
use crate::{
    account::{AccountCommand, AccountEvent, AccountSetup, CallEvent},
    domain::{
        account::{AccountKind, CallRules, Problem, SipTransport},
        address::Address,
        call::{CallId, EndReason},
        message::{MessageId, NewMessage},
        session::SessionDescription,
    },
};
use bytes::Bytes;
use registering::{CHECK, Registering, instance};
use std::{
    collections::{HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// What to do.
#[derive(Debug)]
pub(super) enum Output {
    /// Send these bytes.
    Send { to: SocketAddr, bytes: Bytes, stream: bool },
    /// Send two line breaks to the server.
    Ping,
    /// Tell the engine.
    Event(AccountEvent),
    /// Tell the engine of a text, and answer [`Session::kept`] or [`Session::not_kept`] with this token.
    Deliver(ServerId, NewMessage),
    /// The server is of no use now: find it anew, after this time at least. `elsewhere`: another one may do better.
    Close { problem: Problem, after: Option<Duration>, elsewhere: bool },
    /// The farewell is done.
    Gone,
}

/// The two ends of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ends {
    pub(super) transport: SipTransport,
    pub(super) local: SocketAddr,
    pub(super) server: SocketAddr,
    /// All addresses the server may speak from.
    pub(super) addresses: Vec<IpAddr>,
    /// Another server can be asked in the place of this one.
    pub(super) several: bool,
}

/// The session.
pub(super) struct Session {
    pub(super) agent: Agent,
    pub(super) aor: NameAddr,
    pub(super) domain: String,
    pub(super) ids: WireIds,
    rules: CallRules,
    registration: Registration,
    pub(super) ends: Option<Ends>,
    keepalive: Option<Keepalive>,
    registering: Option<Registering>,
    /// Registered, as this contact.
    contact: Option<NameAddr>,
    /// Registered once, and perhaps still known to the server as this one.
    stale: Option<NameAddr>,
    /// The contact that the other sides of calls know.
    known_as: Option<NameAddr>,
    moves: u8,
    refresh: Option<Instant>,
    /// When the server must have been heard, because something was asked of it.
    expected: Option<Instant>,
    /// The question that was asked by STUN, and where the server saw us before.
    stun: (stun::Id, Option<SocketAddr>),
    leaving: Option<RequestId>,
    pub(super) texts: HashMap<RequestId, MessageId>,
    pub(super) doubt: super::outbound::Doubt,
    pub(super) watch: Watch,
    pub(super) texting: super::inbound::Texting,
    pub(super) out: VecDeque<Output>,
}

impl Session {
    /// A session of this account by the flow of this number; `seed` is fresh randomness. `None`: its address is none.
    pub(super) fn new(setup: &AccountSetup, seed: [u8; 32], flow: u8) -> Option<Self> {
        let config = &setup.config;
        let AccountKind::Sip { auth_user, .. } = &config.kind else { return None };
        let user = addressing::escape_user(config.user());
        let aor = Uri::parse(&format!("sip:{user}@{}", config.domain())).filter(|_| !user.is_empty())?;
        let registrar = Uri::parse(&format!("sip:{}", config.domain()))?;
        let credentials = Credentials {
            user: auth_user.clone().unwrap_or_else(|| config.user().to_owned()),
            password: setup.password.clone(),
        };
        let mut agent = Agent::new(seed, Some(credentials), vec![Method::Notify]);
        agent.trust(config.calls.realm.clone(), config.domain());
        let named = Named {
            aor: NameAddr::new(aor.clone()).with_tag(&agent.token()),
            registrar,
            call_id: agent.token(),
            instance: instance(&config.address, &setup.instance),
            flow,
        };
        let registration = Registration::new(named, config.calls.expires);
        Some(Self {
            agent,
            aor: NameAddr::new(aor),
            domain: config.domain().to_owned(),
            ids: WireIds::new(&config.address, &setup.instance),
            rules: config.rules.clone(),
            registration,
            ends: None,
            keepalive: None,
            registering: None,
            contact: None,
            stale: None,
            known_as: None,
            moves: 0,
            refresh: None,
            expected: None,
            stun: Default::default(),
            leaving: None,
            texts: HashMap::new(),
            doubt: super::outbound::Doubt::default(),
            watch: Watch::default(),
            texting: super::inbound::Texting::default(),
            out: VecDeque::new(),
        })
    }

    /// What to do next; `None`: nothing until something comes in.
    pub(super) fn poll(&mut self) -> Option<Output> {
        self.out.pop_front()
    }

    /// Whether nothing is under way that a change of servers would disturb.
    pub(super) fn is_idle(&self) -> bool {
        self.agent.is_idle() && self.texts.is_empty() && self.registering.is_none()
    }

    /// Whether this call is its own.
    pub(super) fn has_call(&self, call: CallId) -> bool {
        self.agent.has_call(call)
    }

    /// Where requests go.
    pub(super) fn server(&self) -> Option<SocketAddr> {
        self.ends.as_ref().map(|ends| ends.server)
    }

    /// A connection stands, a new one or the old one once more: register.
    pub(super) fn online(&mut self, ends: Ends, now: Instant) {
        let stream = ends.transport != SipTransport::Udp;
        let home = Home { server: ends.server, addresses: ends.addresses.clone() };
        self.agent.connected(Way { transport: ends.transport, local: ends.local }, Some(home), now);
        self.keepalive = Some(Keepalive::new(stream, now));
        self.registration.begin(stream);
        self.ends = Some(ends);
        self.moves = 0;
        self.stale = self.contact.take().or(self.stale.take());
        self.log_in(now);
        self.settle(now);
    }

    /// The connection is gone.
    pub(super) fn offline(&mut self, now: Instant) {
        self.unregistered();
        self.ends = None;
        self.agent.disconnected(now);
        self.settle(now);
    }

    /// A message came.
    pub(super) fn receive(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        if self.ends.as_ref().is_some_and(|ends| ends.addresses.contains(&from.ip())) {
            self.heard(now);
        }
        self.agent.receive(from, bytes, now);
        self.settle(now);
    }

    /// The stream beside the datagrams is gone; `refused`: the server takes none.
    pub(super) fn stream_lost(&mut self, refused: bool, now: Instant) {
        self.agent.stream_lost(refused, now);
        self.settle(now);
    }

    /// The server showed life.
    pub(super) fn heard(&mut self, now: Instant) {
        if let Some(keepalive) = &mut self.keepalive {
            keepalive.heard(now);
        }
        self.expected = None;
    }

    /// When [`Self::timeout`] is to be called.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let keepalive = self.keepalive.as_ref().filter(|_| self.is_registered()).map(Keepalive::next_timeout);
        let registering = self.registering.as_ref().map(|registering| registering.until);
        let watch = self.watch.next_timeout().filter(|_| self.is_registered());
        let own = [self.agent.next_timeout(), keepalive, registering, self.refresh, self.expected, watch];
        own.into_iter().flatten().min()
    }

    /// Time has come to this point.
    pub(super) fn timeout(&mut self, now: Instant) {
        self.agent.timeout(now);
        self.settle(now);
        self.register_timeout(now);
        if self.expected.take_if(|at| *at <= now).is_some() {
            self.register(CHECK, now);
        }
        if self.refresh.is_some_and(|at| at <= now) {
            self.refresh = None;
            self.register(CHECK, now);
        }
        let due =
            self.keepalive.as_mut().filter(|_| self.contact.is_some()).and_then(|keepalive| keepalive.timeout(now));
        match due {
            None => {}
            Some(Due::Ping) => self.out.push_back(Output::Ping),
            Some(Due::Stun) => self.ask_where_we_are(),
            Some(Due::Options) => self.options(now),
            Some(Due::Register) => self.register(CHECK, now),
        }
        if self.is_registered() {
            self.watch_timeout(now);
        }
        self.settle(now);
    }

    fn options(&mut self, now: Instant) {
        let (Some(server), Some(uri)) = (self.server(), Uri::parse(&format!("sip:{}", self.domain))) else { return };
        let (from, call_id) = (self.aor.clone().with_tag(&self.agent.token()), self.agent.token());
        let request = Agent::compose(Method::Options, uri.clone(), (&from, &NameAddr::new(uri)), &call_id, 1);
        // that something comes is all that matters, and the keepalive sees to that
        self.agent.request(request, server, now);
    }

    fn close(&mut self, problem: Problem, after: Option<Duration>, elsewhere: bool, now: Instant) {
        if self.is_registered() {
            self.doubt.lost(now);
        }
        self.unregistered();
        self.agent.server_gone();
        self.settle(now);
        self.out.push_back(Output::Close { problem, after, elsewhere });
    }

    /// Something from the engine; `Stop` and `NetworkChanged` are the task's.
    pub(super) fn command(&mut self, command: AccountCommand, now: Instant) {
        let asks = matches!(command, AccountCommand::SendText { .. } | AccountCommand::PlaceCall { .. });
        match command {
            AccountCommand::SendText { id, to, body } => self.send_text(id, &to, body.expose(), now),
            AccountCommand::PlaceCall { call, to, offer, second } => self.place(call, &to, offer, second, now),
            AccountCommand::Answer { call, answer } => self.agent.answer(call, answer, now),
            AccountCommand::Ring { call } => self.agent.ring(call, now),
            AccountCommand::EndCall { call, decline } => self.agent.end(call, decline, now),
            AccountCommand::Reoffer { call, offer } => self.agent.reoffer(call, offer, now),
            AccountCommand::AnswerReoffer { call, answer } => self.agent.answer_reoffer(call, answer, now),
            AccountCommand::Press { call, keys } => self.agent.press(call, keys.expose(), now),
            AccountCommand::Silence { call, away } => self.agent.doubt(call, away, now),
            AccountCommand::Transfer { call, to } => self.transfer(call, to, now),
            AccountCommand::Follow { referred, call, offer, second } => {
                self.follow(referred, call, (offer, second), now);
            }
            AccountCommand::Refuse { referred } => self.agent.refuse(referred, now),
            AccountCommand::Rules(rules) => self.rules = rules,
            // SIP names all candidates in its descriptions
            AccountCommand::Candidate { .. }
            | AccountCommand::Chat(_)
            | AccountCommand::NetworkChanged
            | AccountCommand::Stop => {}
        }
        if asks {
            self.expect_answer(now);
        }
        self.settle(now);
    }

    fn place(
        &mut self,
        call: CallId,
        to: &Address,
        offer: SessionDescription,
        second: Option<Box<SessionDescription>>,
        now: Instant,
    ) {
        let to = addressing::to_uri(to, &self.domain);
        match self.invitation(to, offer, second) {
            Ok(invitation) => {
                self.agent.place(call, invitation, now);
            }
            Err(reason) => self.call(call, CallEvent::Ended { reason }),
        }
    }

    /// What a call of ours is placed with.
    pub(super) fn invitation(
        &self,
        to: Option<Uri>,
        offer: SessionDescription,
        second: Option<Box<SessionDescription>>,
    ) -> Result<Invitation, EndReason> {
        let to = to.ok_or(EndReason::NotFound)?;
        let hop = self.server().filter(|_| self.is_registered()).ok_or(EndReason::ServerGone)?;
        Ok(Invitation { from: self.aor.clone(), to, hop, offer, second, hidden: self.rules.hide_number })
    }

    pub(super) fn call(&mut self, call: CallId, event: CallEvent) {
        self.out.push_back(Output::Event(AccountEvent::Call { call, event }));
    }

    /// Hangs up and takes the registration away; [`Output::Gone`] tells when that is done.
    pub(super) fn farewell(&mut self, now: Instant) {
        self.agent.end_all(now);
        self.watch_ends(now);
        let contact = self.contact.clone();
        self.unregistered();
        match (contact, self.server()) {
            (Some(contact), Some(server)) => {
                let request = self.registration.removal(&contact);
                self.leaving = Some(self.agent.request(request, server, now));
            }
            _ => self.out.push_back(Output::Gone),
        }
        self.settle(now);
    }

    /// Moves what the agent wants done outward, and acts on what it tells.
    pub(super) fn settle(&mut self, now: Instant) {
        while let Some(output) = self.agent.poll() {
            match output {
                super::agent::Output::Send { to, bytes, stream } => {
                    self.out.push_back(Output::Send { to, bytes, stream });
                }
                super::agent::Output::Event(event) => self.event(*event, now),
            }
        }
    }

    fn event(&mut self, event: AgentEvent, now: Instant) {
        match event {
            AgentEvent::Invited { call, from, name, via, at_once, replaces, offer, .. } => {
                let at_once = at_once && self.rules.answer_at_once;
                self.call(call, CallEvent::Offered { from, name, via, at_once, replaces, offer })
            }
            AgentEvent::Redirected { call, to } => self.call(call, CallEvent::Redirected { to }),
            AgentEvent::Key { call, key } => self.call(call, CallEvent::Key { key }),
            AgentEvent::Ringing { call, early } => {
                self.agent.report(call, 180, now);
                self.call(call, CallEvent::Ringing { early });
            }
            AgentEvent::Accepted { call, answer } => {
                self.agent.report(call, 200, now);
                self.call(call, CallEvent::Answered { answer });
            }
            AgentEvent::Referred { call, to } => self.referred(call, &to, now),
            AgentEvent::ReferralOver { call } => self.call(call, CallEvent::ReferralOver),
            AgentEvent::Handover { call, outcome } => self.call(call, CallEvent::Handover { outcome }),
            AgentEvent::Confirmed { call, answer } => self.call(call, CallEvent::Confirmed { answer }),
            AgentEvent::Reoffered { call, offer } => self.call(call, CallEvent::Reoffered { offer }),
            AgentEvent::OfferRefused { call } => self.call(call, CallEvent::OfferRefused),
            AgentEvent::Ended { call, reason } => {
                self.agent.report(call, failure::code_of(reason), now);
                self.call(call, CallEvent::Ended { reason });
            }
            AgentEvent::Text { server, text, .. } => self.text_came(server, text, now),
            AgentEvent::Notice { notice, from } => self.notice_came(&notice, &from),
            AgentEvent::Request { server, request, source } => self.request_came(server, &request, source, now),
            AgentEvent::Answered { request, result, repeats } => self.answered(request, result, repeats, now),
        }
    }

    fn answered(
        &mut self,
        request: RequestId,
        result: Result<Response, super::agent::Failure>,
        repeats: u32,
        now: Instant,
    ) {
        if self.leaving == Some(request) {
            self.leaving = None;
            self.out.push_back(Output::Gone);
        } else if self.registering.as_ref().is_some_and(|registering| registering.request == request) {
            self.register_answered(&result, now);
        } else if self.doubt.is_question(request) {
            self.doubt_answered(&result, now);
        } else if self.watch.is_asked(request) {
            self.watch_answered(request, &result, now);
        } else {
            self.text_answered(request, &result, repeats, now);
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
