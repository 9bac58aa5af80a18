//! One association (RFC 6347): a handshake in either role, then keys for SRTP; nothing is ever sent through it.
//!
//! Order is strict: each step takes one message and knows what may follow. The other side's certificate is compared with the
//! fingerprints before anything is made of it, and keys are given out only once its Finished message was right.
use super::{
    certificate::{ECDSA_SHA256, Identity, PeerKey, SCHEMES, matches},
    crypto::{Cipher, Exchange, FINISHED, SUITES, Suite},
    flight::Flight,
    hello::{self, ClientHello, ServerHello},
    reassembly::{Message, Pushed, Reassembly},
    record::{ALERT, HANDSHAKE, records},
    wire::{Reader, numbers, put_long, put_longer, put_short},
};
use crate::domain::protection::{self, Fingerprint};
use std::{
    fmt,
    time::{Duration, Instant},
};
use zeroize::Zeroizing;

const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const VERIFY_REQUEST: u8 = 3;
const CERTIFICATE: u8 = 11;
const SERVER_KEY: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const HELLO_DONE: u8 = 14;
const CERTIFICATE_VERIFY: u8 = 15;
const CLIENT_KEY: u8 = 16;
const FINISH: u8 = 20;

const NAMED_CURVE: u8 = 3;
const FATAL: u8 = 2;
const HANDSHAKE_FAILURE: u8 = 40;
const BAD_CERTIFICATE: u8 = 42;
/// Without a next step for so long it is over.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Fault {
    /// Its certificate is not the one that the description names, or it does not own it.
    NotAuthentic,
    /// Nothing in common, or what cannot be understood.
    Refused,
    /// It does not answer.
    TimedOut,
}

/// Keys for SRTP (RFC 5764 section 4.2): master key, then master salt.
pub(in crate::media) struct Keys {
    pub suite: protection::Suite,
    pub ours: Zeroizing<Vec<u8>>,
    pub theirs: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({:?})", self.suite)
    }
}

/// What comes next.
enum Step {
    /// As a server: their hello. As a client: theirs, or the wish for a cookie.
    Hello,
    Certificate,
    /// As a client.
    ServerKey(PeerKey),
    /// As a client; what is known: our half, their half, whether they want a certificate.
    HelloDone(Exchange, Vec<u8>, bool),
    /// As a server.
    ClientKey(PeerKey),
    /// As a server.
    CertificateVerify(PeerKey),
    Finished,
    Done,
}

/// One association.
pub(in crate::media) struct Connection {
    identity: Identity,
    peer: Vec<Fingerprint>,
    client: bool,
    step: Step,
    incoming: Reassembly,
    flight: Flight,
    /// All messages, for the hashes; bounded, as each of them is.
    transcript: Vec<u8>,
    ours: [u8; 32],
    theirs: [u8; 32],
    suite: Suite,
    profile: u16,
    extended: bool,
    exchange: Option<Exchange>,
    master: Zeroizing<Vec<u8>>,
    /// Ours, as a server, until the last flight.
    writing: Option<Cipher>,
    reading: Option<Cipher>,
    keys: Option<Keys>,
    fault: Option<Fault>,
    out: Vec<Vec<u8>>,
    /// Of the last step.
    moved: Instant,
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection").field("client", &self.client).field("fault", &self.fault).finish_non_exhaustive()
    }
}

impl Connection {
    /// `active`: we open it. `peer`: what their certificate must match. `None`: the system has no randomness.
    pub(in crate::media) fn new(
        identity: Identity,
        peer: Vec<Fingerprint>,
        active: bool,
        now: Instant,
    ) -> Option<Self> {
        let mut ours = [0; 32];
        getrandom::fill(&mut ours).ok()?;
        let [suite, ..] = SUITES;
        let mut connection = Self {
            identity,
            peer,
            client: active,
            step: Step::Hello,
            incoming: Reassembly::default(),
            flight: Flight::default(),
            transcript: Vec::new(),
            ours,
            theirs: [0; 32],
            suite,
            profile: 0,
            extended: false,
            exchange: None,
            master: Zeroizing::default(),
            writing: None,
            reading: None,
            keys: None,
            fault: None,
            out: Vec::new(),
            moved: now,
        };
        if active {
            connection.client_hello(&[]);
        }
        Some(connection)
    }

    /// Why it failed; `None`: it has not.
    pub(in crate::media) const fn fault(&self) -> Option<Fault> {
        self.fault
    }

    /// The keys, once.
    pub(in crate::media) const fn take_keys(&mut self) -> Option<Keys> {
        self.keys.take()
    }

    /// The next datagram to send.
    pub(in crate::media) fn poll(&mut self) -> Option<Vec<u8>> {
        (!self.out.is_empty()).then(|| self.out.remove(0))
    }

    /// Time goes on: sends what is due.
    pub(in crate::media) fn tick(&mut self, now: Instant) {
        if self.fault.is_some() || matches!(self.step, Step::Done) {
            return;
        }
        if now.saturating_duration_since(self.moved) >= PATIENCE {
            self.fault = Some(Fault::TimedOut);
            return;
        }
        let due = self.flight.due(now);
        self.out.extend(due);
    }

    /// A datagram came.
    pub(in crate::media) fn receive(&mut self, datagram: &[u8], now: Instant) {
        for record in records(datagram) {
            if self.fault.is_some() {
                return;
            }
            let opened;
            let (content, sealed) = match record.epoch() {
                0 => (record.content, false),
                1 => {
                    let Some(reading) = &self.reading else { continue };
                    match reading.open(record.number, record.kind, record.version, record.content) {
                        Some(content) => opened = content,
                        None => continue,
                    }
                    (opened.as_slice(), true)
                }
                _ => continue,
            };
            match (record.kind, content) {
                (HANDSHAKE, _) => self.handshake(content, sealed, now),
                // one in the clear may be anybody's: the handshake goes on until it is over or time is up
                (ALERT, [level, alert]) => {
                    tracing::debug!(level, alert, sealed, "an alert of DTLS");
                    if sealed && *level == FATAL && !matches!(self.step, Step::Done) {
                        self.fault = Some(Fault::Refused);
                    }
                }
                _ => {}
            }
        }
        if !matches!(self.step, Step::Done) {
            let due = self.flight.due(now);
            self.out.extend(due);
        }
    }

    fn handshake(&mut self, content: &[u8], sealed: bool, now: Instant) {
        // only the last message is protected, and it always is
        let pushed = self.incoming.push(content, |kind| (kind == FINISH) == sealed);
        // whoever finished last answers a repetition even when all is done
        if pushed == Pushed::Old && !(self.client && matches!(self.step, Step::Done)) {
            let again = self.flight.again(now);
            self.out.extend(again);
        }
        while self.fault.is_none()
            && !matches!(self.step, Step::Done)
            && let Some(message) = self.incoming.pop()
        {
            self.moved = now;
            if let Err(fault) = self.step(&message, now) {
                let alert = if fault == Fault::NotAuthentic { BAD_CERTIFICATE } else { HANDSHAKE_FAILURE };
                let datagram = self.flight.single(ALERT, &[FATAL, alert]);
                self.out.push(datagram);
                self.fault = Some(fault);
            }
        }
    }

    fn step(&mut self, message: &Message, now: Instant) -> Result<(), Fault> {
        let body = Reader::new(&message.body);
        let step = std::mem::replace(&mut self.step, Step::Done);
        // what a client verifies is signed over all before it
        if message.kind == CERTIFICATE_VERIFY
            && let Step::CertificateVerify(key) = step
        {
            self.step = self.certificate_verify(&key, body)?;
            self.transcript.extend(&message.whole);
            return Ok(());
        }
        if message.kind == FINISH && matches!(step, Step::Finished) {
            self.check_finished(&message.body)?;
            self.transcript.extend(&message.whole);
            return self.finish(now);
        }
        if message.kind != VERIFY_REQUEST {
            self.transcript.extend(&message.whole);
        }
        self.step = match (self.client, step, message.kind) {
            (true, Step::Hello, VERIFY_REQUEST) => self.verify_request(body).ok_or(Fault::Refused)?,
            (true, Step::Hello, SERVER_HELLO) => self.server_hello(&message.body).ok_or(Fault::Refused)?,
            (true, Step::Certificate, CERTIFICATE) => Step::ServerKey(self.certificate(body)?),
            (true, Step::ServerKey(key), SERVER_KEY) => self.server_key(&key, body)?,
            (true, Step::HelloDone(ours, theirs, false), CERTIFICATE_REQUEST) => {
                let mut body = body;
                let _kinds_of_keys = body.short();
                if !numbers(body.long().unwrap_or_default()).any(|scheme| scheme == ECDSA_SHA256) {
                    return Err(Fault::Refused);
                }
                Step::HelloDone(ours, theirs, true)
            }
            (true, Step::HelloDone(ours, theirs, wanted), HELLO_DONE) => {
                self.answer_server(ours, &theirs, wanted).ok_or(Fault::Refused)?
            }
            (false, Step::Hello, CLIENT_HELLO) => self.client_hello_came(&message.body).ok_or(Fault::Refused)?,
            (false, Step::Certificate, CERTIFICATE) => Step::ClientKey(self.certificate(body)?),
            (false, Step::ClientKey(key), CLIENT_KEY) => self.client_key(key, body).ok_or(Fault::Refused)?,
            _ => return Err(Fault::Refused),
        };
        Ok(())
    }

    // ---- as a client

    fn client_hello(&mut self, cookie: &[u8]) {
        self.flight.begin();
        let body = hello::write_client(&self.ours, cookie);
        // the hello before a cookie is not hashed
        self.transcript = self.flight.message(CLIENT_HELLO, &body);
    }

    fn verify_request(&mut self, mut body: Reader<'_>) -> Option<Step> {
        body.u16()?;
        let cookie = body.short()?;
        self.client_hello(cookie);
        Some(Step::Hello)
    }

    fn server_hello(&mut self, body: &[u8]) -> Option<Step> {
        let hello = ServerHello::parse(body)?;
        self.suite = SUITES.into_iter().find(|suite| suite.number == hello.suite)?;
        hello::profile(hello.profile)?;
        (self.theirs, self.profile, self.extended) = (hello.random, hello.profile, hello.extended);
        Some(Step::Certificate)
    }

    fn server_key(&self, key: &PeerKey, mut body: Reader<'_>) -> Result<Step, Fault> {
        let whole = body.rest();
        let mut parameters = || Some((body.u8()?, body.u16()?, body.short()?));
        let (curve, group, public) = parameters().ok_or(Fault::Refused)?;
        let signed = whole.get(..whole.len() - body.rest().len()).unwrap_or_default();
        let mut signature = || Some((body.u16()?, body.long()?));
        let (scheme, signature) = signature().ok_or(Fault::Refused)?;
        let signed = [&self.ours, &self.theirs, signed].concat();
        if !SCHEMES.contains(&scheme) || !key.verifies(scheme, &signed, signature) {
            return Err(Fault::NotAuthentic);
        }
        let ours = Exchange::new(group).filter(|_| curve == NAMED_CURVE).ok_or(Fault::Refused)?;
        Ok(Step::HelloDone(ours, public.to_vec(), false))
    }

    fn answer_server(&mut self, ours: Exchange, theirs: &[u8], wanted: bool) -> Option<Step> {
        self.flight.begin();
        if wanted {
            let chain = chain(self.identity.certificate());
            self.send(CERTIFICATE, &chain);
        }
        let mut key = Vec::new();
        put_short(&mut key, &ours.public);
        self.send(CLIENT_KEY, &key);
        let writing = self.derive(ours, theirs)?;
        if wanted {
            let mut verify = ECDSA_SHA256.to_be_bytes().to_vec();
            put_long(&mut verify, &self.identity.sign(&self.transcript)?);
            self.send(CERTIFICATE_VERIFY, &verify);
        }
        self.flight.change(writing);
        self.send_finished();
        Some(Step::Finished)
    }

    // ---- as a server

    fn client_hello_came(&mut self, body: &[u8]) -> Option<Step> {
        let hello = ClientHello::parse(body)?;
        let known = |number| numbers(hello.suites).any(|theirs| theirs == number);
        self.suite = SUITES.into_iter().find(|suite| suite.ecdsa && known(suite.number))?;
        if !numbers(hello.schemes).any(|scheme| scheme == ECDSA_SHA256) {
            return None;
        }
        self.profile = hello::choose_profile(hello.profiles)?;
        (self.theirs, self.extended) = (hello.random, hello.extended);
        let exchange = Exchange::new(hello.group()?)?;
        let (random, suite, profile, extended) = (self.ours, self.suite.number, self.profile, self.extended);
        let answer = ServerHello { random, suite, profile, extended }.write(&hello);
        self.flight.begin();
        self.send(SERVER_HELLO, &answer);
        let chain = chain(self.identity.certificate());
        self.send(CERTIFICATE, &chain);
        let [high, low] = exchange.group.to_be_bytes();
        let mut key = vec![NAMED_CURVE, high, low];
        put_short(&mut key, &exchange.public);
        let signed = [&self.theirs, &self.ours, key.as_slice()].concat();
        key.extend(ECDSA_SHA256.to_be_bytes());
        put_long(&mut key, &self.identity.sign(&signed)?);
        self.send(SERVER_KEY, &key);
        let mut request = vec![2, 64, 1]; // certificates with ECDSA or RSA keys
        put_long(&mut request, &SCHEMES.into_iter().flat_map(u16::to_be_bytes).collect::<Vec<_>>());
        put_long(&mut request, &[]);
        self.send(CERTIFICATE_REQUEST, &request);
        self.send(HELLO_DONE, &[]);
        self.exchange = Some(exchange);
        Some(Step::Certificate)
    }

    fn client_key(&mut self, key: PeerKey, mut body: Reader<'_>) -> Option<Step> {
        let exchange = self.exchange.take()?;
        let writing = self.derive(exchange, body.short()?)?;
        self.writing = Some(writing);
        Some(Step::CertificateVerify(key))
    }

    fn certificate_verify(&self, key: &PeerKey, mut body: Reader<'_>) -> Result<Step, Fault> {
        let mut parts = || Some((body.u16()?, body.long()?));
        let (scheme, signature) = parts().ok_or(Fault::Refused)?;
        let right = SCHEMES.contains(&scheme) && key.verifies(scheme, &self.transcript, signature);
        if right { Ok(Step::Finished) } else { Err(Fault::NotAuthentic) }
    }

    // ---- as both

    /// Their certificate, compared with the fingerprints.
    fn certificate(&self, mut body: Reader<'_>) -> Result<PeerKey, Fault> {
        let mut leaf = || Reader::new(body.longer()?).longer();
        let leaf = leaf().ok_or(Fault::NotAuthentic)?;
        if !self.peer.iter().any(|fingerprint| matches(leaf, fingerprint)) {
            return Err(Fault::NotAuthentic);
        }
        PeerKey::of(leaf).ok_or(Fault::Refused)
    }

    /// Makes the master secret and the keys of records; gives what protects our side.
    fn derive(&mut self, ours: Exchange, theirs: &[u8]) -> Option<Cipher> {
        let shared = ours.agree(theirs)?;
        let (client, server) = if self.client { (self.ours, self.theirs) } else { (self.theirs, self.ours) };
        self.master = if self.extended {
            self.suite.master(&shared, "extended master secret", &self.suite.hash(&self.transcript))
        } else {
            self.suite.master(&shared, "master secret", &[client, server].concat())
        };
        let (from_client, from_server) = self.suite.keys(&self.master, &[server, client].concat())?;
        let (writing, reading) = if self.client { (from_client, from_server) } else { (from_server, from_client) };
        self.reading = Some(reading);
        Some(writing)
    }

    fn send(&mut self, kind: u8, body: &[u8]) {
        let whole = self.flight.message(kind, body);
        self.transcript.extend(whole);
    }

    fn send_finished(&mut self) {
        let right = self.finished(self.client);
        self.send(FINISH, &right);
    }

    /// What a side's Finished message has to be by now.
    fn finished(&self, client: bool) -> Zeroizing<Vec<u8>> {
        let label = if client { "client finished" } else { "server finished" };
        self.suite.prf(&self.master, label, &self.suite.hash(&self.transcript), FINISHED)
    }

    fn check_finished(&self, theirs: &[u8]) -> Result<(), Fault> {
        let right = self.finished(!self.client);
        let differ = right.iter().zip(theirs).fold(right.len() ^ theirs.len(), |all, (a, b)| all | usize::from(a ^ b));
        if differ == 0 { Ok(()) } else { Err(Fault::NotAuthentic) }
    }

    /// Their Finished was right: ours follows if we are the server, and there are keys.
    fn finish(&mut self, now: Instant) -> Result<(), Fault> {
        if !self.client {
            self.flight.begin();
            self.flight.change(self.writing.take().ok_or(Fault::Refused)?);
            self.send_finished();
            let due = self.flight.due(now);
            self.out.extend(due);
        }
        self.flight.rest();
        self.keys = Some(self.export().ok_or(Fault::Refused)?);
        self.transcript = Vec::new();
        Ok(())
    }

    /// Keys for SRTP (RFC 5764 section 4.2, RFC 5705).
    fn export(&self) -> Option<Keys> {
        let suite = hello::profile(self.profile)?;
        let (key, salt) = (suite.key_length(), suite.salt_length());
        let (client, server) = if self.client { (self.ours, self.theirs) } else { (self.theirs, self.ours) };
        let seed = [client, server].concat();
        let block = self.suite.prf(&self.master, "EXTRACTOR-dtls_srtp", &seed, 2 * (key + salt));
        let mut reader = Reader::new(&block);
        let (client_key, server_key) = (reader.take(key)?, reader.take(key)?);
        let (client_salt, server_salt) = (reader.take(salt)?, reader.take(salt)?);
        let client = Zeroizing::new([client_key, client_salt].concat());
        let server = Zeroizing::new([server_key, server_salt].concat());
        let (ours, theirs) = if self.client { (client, server) } else { (server, client) };
        Some(Keys { suite, ours, theirs })
    }
}

/// A Certificate message with one certificate.
fn chain(certificate: &[u8]) -> Vec<u8> {
    let (mut list, mut body) = (Vec::new(), Vec::new());
    put_longer(&mut list, certificate);
    put_longer(&mut body, &list);
    body
}

#[cfg(test)]
impl Connection {
    pub(super) fn distrust(&mut self, wrong: Fingerprint) {
        self.peer = vec![wrong];
    }
    pub(super) fn trust(&mut self, right: Fingerprint) {
        self.peer.push(right);
    }
    pub(super) fn trusted(&self) -> Fingerprint {
        self.peer.first().cloned().unwrap_or(Fingerprint { hash: protection::Hash::Sha256, digest: Vec::new() })
    }
}
