//! The exchange's one task: its socket, its user agent, and what its people do when. Texts of theirs wait until the account is
//! registered, and are sent again until it has them.
use super::{
    line::{Line, Voice},
    people::{ECHO, FRIEND, People, Text, VOICE},
    registrar::{DOMAIN, Registrar, USER},
    voice,
};
use crate::{
    domain::{
        account::SipTransport,
        call::{CallId, Decline},
        session::SessionDescription,
    },
    sip::{Agent, AgentEvent, HeaderName, Method, NameAddr, Output, RequestId, Uri, Way},
    words::{Language, Words},
};
use futures::{StreamExt, future::BoxFuture, stream::FuturesUnordered};
use std::{
    collections::HashMap,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{net::UdpSocket, time::sleep_until};

/// A code comes this often.
const CODES: Duration = Duration::from_secs(60);
/// Nobody answers a text at once.
const THINKING: Duration = Duration::from_millis(1200);
/// A text that was not taken is sent again after this.
const AGAIN: Duration = Duration::from_secs(5);
/// How long it rings where nobody will answer.
const RINGING: Duration = Duration::from_secs(4);
/// No SIP message is longer than a datagram.
const DATAGRAM: usize = 65_535;

/// What happens later.
enum Later {
    Text(Text),
    Code,
    Decline { call: CallId, text: bool },
}

/// Runs until it is aborted.
pub(super) async fn run(
    socket: UdpSocket,
    local: SocketAddr,
    seed: [u8; 32],
    registrar: Registrar,
    language: Language,
) {
    let mut agent = Agent::new(seed, None, vec![Method::Register]);
    agent.connected(Way { transport: SipTransport::Udp, local }, None, Instant::now());
    let mut exchange = Desk {
        agent,
        registrar,
        people: People::new(Words::new(language)),
        language,
        begun: false,
        later: Vec::new(),
        sent: HashMap::new(),
        lines: HashMap::new(),
        voices: FuturesUnordered::new(),
    };
    let mut datagram = vec![0; DATAGRAM];
    loop {
        exchange.act(Instant::now()).await;
        while let Some(output) = exchange.agent.poll() {
            match output {
                // a lost datagram is sent again by its transaction
                Output::Send { to, bytes, .. } => drop(socket.send_to(&bytes, to).await),
                Output::Event(event) => exchange.event(*event, Instant::now()).await,
            }
        }
        let wake = exchange.next_wake();
        tokio::select! {
            received = socket.recv_from(&mut datagram) => {
                if let Ok((length, from)) = received
                    && let Some(bytes) = datagram.get(..length)
                {
                    exchange.agent.receive(from, bytes, Instant::now());
                }
            }
            Some(call) = exchange.voices.next() => exchange.agent.end(call, Decline::Declined, Instant::now()),
            () = sleep_until(wake.into()) => exchange.agent.timeout(Instant::now()),
        }
    }
}

struct Desk {
    agent: Agent,
    registrar: Registrar,
    people: People,
    language: Language,
    /// The account has been here: the first texts are on their way.
    begun: bool,
    later: Vec<(Instant, Later)>,
    sent: HashMap<RequestId, Text>,
    lines: HashMap<CallId, Line>,
    /// Each gives its call when it has nothing more to say.
    voices: FuturesUnordered<BoxFuture<'static, CallId>>,
}

impl Desk {
    fn next_wake(&self) -> Instant {
        let idle = Instant::now() + CODES;
        self.later.iter().map(|(at, _)| *at).chain(self.agent.next_timeout()).min().unwrap_or(idle)
    }

    /// Does what is due.
    async fn act(&mut self, now: Instant) {
        let (due, later) = std::mem::take(&mut self.later).into_iter().partition(|(at, _)| *at <= now);
        self.later = later;
        let due: Vec<(Instant, Later)> = due;
        for (_, what) in due {
            match what {
                Later::Text(text) => self.send(text, now),
                Later::Code => {
                    let code = self.people.code(self.agent.chance().number());
                    self.send(code, now);
                    self.later.push((now + CODES, Later::Code));
                }
                Later::Decline { call, text } => {
                    self.agent.end(call, if text { Decline::Declined } else { Decline::Busy }, now);
                    if text {
                        self.later.push((now + THINKING, Later::Text(self.people.missed_call())));
                    }
                }
            }
        }
    }

    /// Sends a text to where the account is registered, or keeps it until it is.
    fn send(&mut self, text: Text, now: Instant) {
        let (Some(binding), Some(from)) = (self.registrar.binding(now), sender(&text)) else {
            self.later.push((now + AGAIN, Later::Text(text)));
            return;
        };
        let (contact, at) = (binding.contact.clone(), binding.at);
        let Some(to) = Uri::parse(&format!("sip:{USER}@{DOMAIN}")) else { return };
        let (tag, call_id) = (self.agent.token(), self.agent.token());
        let ends = (&from.with_tag(&tag), &NameAddr::new(to));
        let mut request = Agent::compose(Method::Message, contact, ends, &call_id, 1);
        request.headers.push(HeaderName::ContentType, "text/plain;charset=UTF-8");
        request.body = text.body.expose().clone().into_bytes().into();
        let id = self.agent.request(request, at, now);
        self.sent.insert(id, text);
    }

    async fn event(&mut self, event: AgentEvent, now: Instant) {
        match event {
            AgentEvent::Request { server, request, source } => {
                let response = self.registrar.register(&request, source, now);
                self.agent.respond(server, response, now);
                if self.registrar.binding(now).is_some() && !std::mem::replace(&mut self.begun, true) {
                    self.later.push((now, Later::Code));
                    self.later.push((now + THINKING, Later::Text(self.people.hello())));
                }
            }
            AgentEvent::Text { server, text, to, .. } => {
                self.agent.accept_text(server, now);
                let chance = self.agent.chance().number();
                let answer = self.people.answer(to.user().unwrap_or_default(), text.body.expose(), chance);
                self.later.push((now + THINKING, Later::Text(answer)));
            }
            AgentEvent::Answered { request, result, .. } => {
                let Some(text) = self.sent.remove(&request) else { return };
                if !result.is_ok_and(|response| (200..300).contains(&response.code)) {
                    self.later.push((now + AGAIN, Later::Text(text)));
                }
            }
            AgentEvent::Invited { call, to, offer, .. } => self.called(call, to.user(), offer, now).await,
            AgentEvent::Reoffered { call, offer } => {
                match self.lines.get_mut(&call).map(|line| line.answer_again(offer)) {
                    Some(Ok(answer)) => self.agent.answer_reoffer(call, answer, now),
                    Some(Err(_)) | None => self.agent.end(call, Decline::Declined, now),
                }
            }
            // it calls nobody
            AgentEvent::Referred { call, .. } => self.agent.refuse(call, now),
            AgentEvent::Ended { call, .. } => drop(self.lines.remove(&call)),
            // calls of ours are never placed, and theirs bring their offer
            AgentEvent::Ringing { .. }
            | AgentEvent::Redirected { .. }
            | AgentEvent::Notice { .. }
            | AgentEvent::Key { .. }
            | AgentEvent::Accepted { .. }
            | AgentEvent::Confirmed { .. }
            | AgentEvent::ReferralOver { .. }
            | AgentEvent::Handover { .. }
            | AgentEvent::OfferRefused { .. } => {}
        }
    }

    async fn called(&mut self, call: CallId, user: Option<&str>, offer: Option<SessionDescription>, now: Instant) {
        self.agent.ring(call, now);
        let voice = match user {
            Some(ECHO) => Voice::Echo,
            Some(VOICE) => Voice::Speech(voice::reading(self.language, self.people.newest_code().expose())),
            _ => {
                let text = user == Some(FRIEND);
                return self.later.push((now + RINGING, Later::Decline { call, text }));
            }
        };
        let Some(offer) = offer else { return self.agent.end(call, Decline::Busy, now) };
        match Line::answer(offer, voice).await {
            Ok((line, answer, speaking)) => {
                self.lines.insert(call, line);
                self.agent.answer(call, answer, now);
                self.voices.push(Box::pin(async move {
                    speaking.await;
                    call
                }));
            }
            Err(error) => {
                tracing::info!(%error, "the exchange cannot answer");
                self.agent.end(call, Decline::Busy, now);
            }
        }
    }
}

fn sender(text: &Text) -> Option<NameAddr> {
    let mut from = NameAddr::new(Uri::parse(&format!("sip:{}@{DOMAIN}", text.from))?);
    from.name = text.name.as_ref().map(|name| name.expose().clone());
    Some(from)
}
