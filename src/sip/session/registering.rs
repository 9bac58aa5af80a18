//! The registration of a session: when it is asked for, how long an answer may take, and what follows from it. What each
//! answer means is `registration`'s to say.
use super::{
    super::{
        agent::{Failure, RequestId},
        message::Response,
        registration::{Granted, Registration, Verdict},
        stun,
        uri::NameAddr,
    },
    Output, Session,
};
use crate::{
    account::AccountEvent,
    domain::account::{Capabilities, Problem, Registration as Told, SipTransport},
};
use sha2::{Digest, Sha256};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// How long the first registration on a connection may take.
const LOGIN: Duration = Duration::from_secs(8);
/// The same where another server can be asked.
const LOGIN_OF_SEVERAL: Duration = Duration::from_secs(4);
/// How long a later one may: the server is known to answer.
pub(super) const CHECK: Duration = Duration::from_secs(4);
/// A server that was heard so lately is taken to be there.
const SILENCE: Duration = Duration::from_secs(3);
/// And where there is reason to doubt that.
const DOUBT: Duration = Duration::from_secs(2);
/// Changes of our address in a row that are followed by a new registration.
const MOVES: u8 = 3;

/// A REGISTER under way.
pub(super) struct Registering {
    pub(super) request: RequestId,
    contact: NameAddr,
    pub(super) until: Instant,
}

impl Session {
    /// Whether the server has registered us.
    pub(in super::super) const fn is_registered(&self) -> bool {
        self.contact.is_some()
    }

    /// Whether it knows our flow, and would know a second one (RFC 5626).
    pub(in super::super) const fn has_flow(&self) -> bool {
        self.is_registered() && self.agent.has_flow()
    }

    pub(super) fn unregistered(&mut self) {
        if let Some(registering) = self.registering.take() {
            self.agent.abandon(registering.request);
        }
        self.stale = self.contact.take().or(self.stale.take());
        (self.keepalive, self.refresh, self.expected, self.stun.1) = (None, None, None, None);
    }

    /// Is the server still there, and are we still known to it? Registers at once.
    pub(in super::super) fn check(&mut self, now: Instant) {
        if self.ends.is_some() {
            self.register(DOUBT, now);
            self.settle(now);
        }
    }

    /// A person waits for what was just asked: learn soon whether the server is there.
    pub(super) fn expect_answer(&mut self, now: Instant) {
        let Some(keepalive) = &self.keepalive else { return };
        if keepalive.silence(now) > SILENCE {
            self.register(CHECK, now);
        } else if self.expected.is_none() {
            self.expected = Some(now + SILENCE);
        }
    }

    /// The first registration on a connection.
    pub(super) fn log_in(&mut self, now: Instant) {
        let several = self.ends.as_ref().is_some_and(|ends| ends.several);
        self.register(if several { LOGIN_OF_SEVERAL } else { LOGIN }, now);
    }

    pub(super) fn register(&mut self, patience: Duration, now: Instant) {
        let contact = self.agent.contact(self.aor.uri.user());
        let (Some(server), Some(contact), None) = (self.server(), contact, &self.registering) else { return };
        // nobody is to ring where we are not any more
        let before = self.contact.as_ref().or(self.stale.as_ref()).filter(|before| before.uri != contact.uri);
        let request = self.registration.request(&contact, before);
        let request = self.agent.request(request, server, now);
        self.registering = Some(Registering { request, contact, until: now + patience });
    }

    /// Asks by STUN.
    pub(super) fn ask_where_we_are(&mut self) {
        let Some(to) = self.server() else { return };
        let mut id = stun::Id::default();
        for part in id.chunks_exact_mut(4) {
            part.copy_from_slice(&self.agent.chance().number().to_be_bytes());
        }
        self.stun.0 = id;
        self.out.push_back(Output::Send { to, bytes: stun::request(id).into(), stream: false });
    }

    /// Something came by STUN.
    pub(in super::super) fn stun_came(&mut self, from: SocketAddr, bytes: &[u8], now: Instant) {
        let Some(seen) = stun::answer(bytes, self.stun.0).filter(|_| self.server() == Some(from)) else {
            return tracing::debug!("an answer by STUN to nothing that was asked");
        };
        self.heard(now);
        if self.stun.1.replace(seen).is_some_and(|before| before != seen) {
            // a router on the way has forgotten the flow (RFC 5626 section 4.4.2)
            self.register(CHECK, now);
        }
        self.settle(now);
    }

    /// No answer came in time.
    pub(super) fn register_timeout(&mut self, now: Instant) {
        if self.registering.as_ref().is_some_and(|registering| registering.until <= now) {
            let problem = if self.is_registered() { Problem::ServerGone } else { Problem::TimedOut };
            self.close(problem, None, true, now);
        }
    }

    pub(super) fn register_answered(&mut self, result: &Result<Response, Failure>, now: Instant) {
        let Some(Registering { contact, .. }) = self.registering.take() else { return };
        match self.registration.answered(result, &contact) {
            Verdict::Again => self.log_in(now),
            Verdict::Failed { problem, after, elsewhere } => self.close(problem, after, elsewhere, now),
            Verdict::Registered { refresh, granted } => {
                let Granted { reach, alive } = granted;
                if let Some(keepalive) = &mut self.keepalive {
                    keepalive.promise(alive);
                    if reach.flow {
                        keepalive.knows_flow();
                    }
                }
                self.agent.registered(reach);
                (self.contact, self.stale, self.refresh) = (Some(contact.clone()), None, Some(now + refresh));
                let seen = self.agent.contact(self.aor.uri.user());
                if seen.as_ref().is_some_and(|seen| seen.uri != contact.uri) && self.moves < MOVES {
                    // the server sees us elsewhere: be reachable there
                    self.moves += 1;
                    return self.register(CHECK, now);
                }
                let reached = self.agent.call_contact(self.aor.uri.user()).unwrap_or(contact);
                let uri = reached.uri.clone();
                if self.known_as.replace(reached).is_some_and(|known| known.uri != uri) {
                    self.agent.moved(now);
                }
                self.announce();
            }
        }
    }

    fn announce(&mut self) {
        let Some(ends) = &self.ends else { return };
        let capabilities = Capabilities {
            calls: true,
            texts: true,
            secure: ends.transport == SipTransport::Tls,
            ..Capabilities::default()
        };
        let told = Told::Registered { local: ends.local.ip(), server: ends.server.ip(), capabilities };
        self.out.push_back(Output::Event(AccountEvent::Registration(told)));
    }

    /// Asks the server what it knows of us, and changes nothing.
    pub(in super::super) fn question(&mut self, now: Instant) -> Option<RequestId> {
        let (server, true) = (self.server()?, self.is_registered()) else { return None };
        let request = self.registration.query();
        Some(self.agent.request(request, server, now))
    }

    /// Whether the answer to a question names our contact.
    pub(in super::super) fn knows_us(&self, response: &Response) -> bool {
        self.contact.as_ref().is_some_and(|contact| Registration::is_known(response, contact))
    }
}

/// The instance id: a name-based UUID (RFC 9562 section 5.8), the same for the same account in the same home.
pub(super) fn instance(address: &str, instance: &str) -> String {
    let digest = Sha256::new().chain_update("landline instance\0").chain_update(address).chain_update("\0");
    let digest = digest.chain_update(instance).finalize();
    let digits: Vec<char> = super::super::chance::hex(digest.iter().take(16)).chars().collect();
    let part = |from: usize, to: usize| digits.iter().skip(from).take(to - from).collect::<String>();
    format!("urn:uuid:{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}
