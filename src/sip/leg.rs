//! One flow of an account (RFC 5626 section 3.1) and all that keeps it: the server is found, a socket opened, [`Session`]
//! driven by both, and the server left for a better one. It decides when to connect; it must not wait on the engine.
use super::{
    flow::{Flow, Received},
    locate::{Target, locate},
    places::Places,
    probe::probe,
    session::{Ends, Output, Session},
    side::{self, Side},
    transaction::ServerId,
};
use crate::{
    account::{AccountCommand, AccountEvent, AccountSetup},
    domain::{
        account::{Problem, Registration, SipTransport},
        message::NewMessage,
    },
    net::Backoff,
};
use bytes::Bytes;
use std::{
    collections::VecDeque,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::{sleep_until, timeout};

/// The time a log-out may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// With nothing to wait for.
const LONG: Duration = Duration::from_secs(3600);
/// How long opening may take where another server can be asked.
const OPEN_OF_SEVERAL: Duration = Duration::from_secs(4);
/// A server that is not there is asked again so soon: it is to be seen within seconds that it is back.
const ABSENT: Duration = Duration::from_secs(3);

/// What a leg has for the account's task.
pub(super) enum News {
    /// For the engine.
    Event(AccountEvent),
    /// How it stands now.
    Registration(Registration),
    /// For the engine; [`Session::kept`] or [`Session::not_kept`] is owed.
    Deliver(ServerId, NewMessage),
}

/// What an attempt is for.
#[derive(Clone, Copy)]
enum Aim {
    /// To find servers.
    Find,
    /// To open a flow to one.
    Open,
    /// To see whether there is a better one.
    Look,
    /// To see whether that works.
    Probe,
}

/// What came of it.
pub(super) enum Reached {
    Found(Vec<Target>),
    /// `None`: the flow that stands leads there.
    Opened(Option<Flow>, Target),
}

type Attempt = (Aim, Pin<Box<dyn Future<Output = Result<Reached, Problem>> + Send>>);

/// See the head of this file.
pub(super) struct Leg {
    setup: Arc<AccountSetup>,
    pub(super) session: Session,
    flow: Option<Flow>,
    /// For what is too large for a datagram.
    side: Side,
    attempt: Option<Attempt>,
    /// When to try again.
    retry: Option<Instant>,
    places: Places,
    /// The account has another flow, which leads there while it stands.
    twin: Option<Option<SocketAddr>>,
    backoff: Backoff,
    /// What ended the last connection, as long as trying again alone does not help.
    stuck: Option<Problem>,
    /// The last one told.
    registration: Registration,
    news: VecDeque<News>,
}

/// What woke a leg.
pub(super) enum Happened {
    Attempted(Result<Reached, Problem>),
    Received(Result<Received, Problem>),
    Beside(side::Happened),
    Time,
}

impl Leg {
    /// One that is not connected yet.
    pub(super) fn new(setup: Arc<AccountSetup>, session: Session) -> Self {
        Self {
            setup,
            session,
            flow: None,
            side: Side::default(),
            attempt: None,
            retry: None,
            places: Places::default(),
            twin: None,
            backoff: Backoff::default(),
            stuck: None,
            registration: Registration::Offline,
            news: VecDeque::new(),
        }
    }

    /// Connects.
    pub(super) fn start(&mut self) {
        self.tell(Registration::Connecting);
        self.find();
    }

    /// Another flow of the account leads there, while it stands; this one is to lead elsewhere, and stays where it is.
    pub(super) const fn twin(&mut self, server: Option<Option<SocketAddr>>) {
        self.twin = server;
    }

    /// The server in use.
    pub(super) fn server(&self) -> Option<SocketAddr> {
        self.places.current().map(|target| target.addr).filter(|_| self.session.is_registered())
    }

    /// Whether a second flow can and is to be kept beside this one.
    pub(super) fn wants_second(&self) -> bool {
        self.session.has_flow() && self.places.has_other()
    }

    /// What it has to say; `None`: nothing until something happens.
    pub(super) fn poll(&mut self) -> Option<News> {
        self.news.pop_front()
    }

    /// The next thing that happens. Cancel-safe. `calm`: more may be read from the server.
    pub(super) async fn happen(&mut self, calm: bool) -> Happened {
        let look = self.next_look();
        let timer = self.session.next_timeout().into_iter().chain(self.retry).chain(look).min();
        let deadline = timer.unwrap_or_else(|| Instant::now() + LONG);
        tokio::select! {
            result = poll(&mut self.attempt), if self.attempt.is_some() => Happened::Attempted(result),
            received = receive(&mut self.flow), if self.flow.is_some() && calm => Happened::Received(received),
            happened = self.side.next(), if !self.side.is_closed() && calm => Happened::Beside(happened),
            () = sleep_until(deadline.into()) => Happened::Time,
        }
    }

    /// When to look for a better server.
    fn next_look(&self) -> Option<Instant> {
        let looks = self.attempt.is_none() && self.twin.is_none() && self.session.is_registered();
        self.places.next_look().filter(|_| looks)
    }

    /// Acts on what happened.
    pub(super) async fn act(&mut self, happened: Happened) {
        match happened {
            Happened::Attempted(result) => self.attempted(result),
            Happened::Received(received) => self.received(received).await,
            Happened::Beside(happened) => self.beside(happened).await,
            Happened::Time => self.time(),
        }
        self.drain().await;
    }

    /// Something from the engine.
    pub(super) async fn command(&mut self, command: AccountCommand) {
        match command {
            AccountCommand::NetworkChanged => self.network_changed(),
            command => self.session.command(command, Instant::now()),
        }
        self.drain().await;
    }

    /// A text that was delivered is kept, or is not.
    pub(super) async fn committed(&mut self, token: ServerId, kept: bool) {
        if kept {
            self.session.kept(token, Instant::now());
        } else {
            self.session.not_kept(token, Instant::now());
        }
        self.drain().await;
    }

    fn time(&mut self) {
        let now = Instant::now();
        self.session.timeout(now);
        if self.retry.is_some_and(|at| at <= now) {
            self.find();
        }
        if self.next_look().is_some_and(|at| at <= now) {
            if self.session.is_idle() {
                let setup = self.setup.clone();
                let look = async move { Ok(Reached::Found(locate(&setup.config, &setup.bind).await?)) };
                self.attempt = Some((Aim::Look, Box::pin(look)));
            } else {
                self.places.stay(now);
            }
        }
    }

    /// Looks for the servers.
    fn find(&mut self) {
        self.retry = None;
        let setup = self.setup.clone();
        let find = async move { Ok(Reached::Found(locate(&setup.config, &setup.bind).await?)) };
        self.attempt = Some((Aim::Find, Box::pin(find)));
    }

    /// Opens a flow to the next server; false: there is none.
    fn open_next(&mut self) -> bool {
        let Some(target) = self.places.next() else { return false };
        let stands = self.flow.as_ref().is_some_and(|flow| {
            (flow.transport(), target.transport) == (SipTransport::Udp, SipTransport::Udp)
                && flow.remote() == SocketAddr::new(target.addr.ip().to_canonical(), target.addr.port())
                && self.setup.bind.local_for(target.addr) == Ok(flow.local().ip())
        });
        let (setup, several) = (self.setup.clone(), self.places.has_next());
        let open = async move {
            if stands {
                return Ok(Reached::Opened(None, target));
            }
            let open = Flow::open(&setup.bind, &target, setup.config.ca.as_deref());
            let flow = match several {
                true => timeout(OPEN_OF_SEVERAL, open).await.map_err(|_| Problem::TimedOut)??,
                false => open.await?,
            };
            Ok(Reached::Opened(Some(flow), target))
        };
        self.attempt = Some((Aim::Open, Box::pin(open)));
        true
    }

    fn attempted(&mut self, result: Result<Reached, Problem>) {
        let now = Instant::now();
        let Some((aim, _)) = self.attempt.take() else { return };
        match (aim, result) {
            (Aim::Find, Ok(Reached::Found(found))) => {
                self.places.found(found, self.twin.flatten(), now);
                if !self.open_next() {
                    self.failed(Problem::Unreachable, None);
                }
            }
            (Aim::Look, Ok(Reached::Found(found))) => {
                if let Some(target) = self.places.better(found, now) {
                    let setup = self.setup.clone();
                    let ask = async move { Ok(Reached::Opened(Some(probe(&setup, &target).await?), target)) };
                    self.attempt = Some((Aim::Probe, Box::pin(ask)));
                }
            }
            (Aim::Open, Ok(Reached::Opened(flow, target))) => self.opened(flow, &target),
            (Aim::Probe, Ok(Reached::Opened(flow, target))) if self.session.is_idle() => {
                tracing::info!(account = self.setup.config.id.in_log(), "a better server is back");
                self.places.moved(target.clone());
                self.opened(flow, &target);
            }
            (Aim::Look | Aim::Probe, _) => {}
            (Aim::Find, Err(problem)) => self.failed(problem, None),
            (_, Err(problem)) => self.refused(problem, None, true),
            (Aim::Find | Aim::Open, Ok(_)) => self.failed(Problem::Protocol, None),
        }
    }

    fn opened(&mut self, flow: Option<Flow>, target: &Target) {
        let now = Instant::now();
        if let Some(flow) = flow {
            self.side = Side::Closed;
            if self.flow.take().is_some_and(|old| old.transport() != SipTransport::Udp) {
                self.session.offline(now);
            }
            self.flow = Some(flow);
        }
        let Some(flow) = &self.flow else { return };
        let addresses = self.places.addresses();
        let (local, server) = (flow.local(), flow.remote());
        let several = self.places.has_next();
        self.session.set_clock(now, jiff::Timestamp::now());
        self.session.online(Ends { transport: target.transport, local, server, addresses, several }, now);
    }

    async fn received(&mut self, received: Result<Received, Problem>) {
        let now = Instant::now();
        match received {
            Ok(Received::Message { from, bytes }) => self.session.receive(from, &bytes, now),
            Ok(Received::Ping) => {
                self.session.heard(now);
                if self.flow.as_ref().is_some_and(|flow| flow.transport() != SipTransport::Udp) {
                    self.send(None, b"\r\n").await;
                }
            }
            Ok(Received::Stun { from, bytes }) => self.session.stun_came(from, &bytes, now),
            Ok(Received::Pong) => self.session.heard(now),
            Err(problem) => self.flow_lost(problem),
        }
    }

    /// The flow is of no use any more.
    fn flow_lost(&mut self, problem: Problem) {
        self.flow = None;
        self.session.offline(Instant::now());
        if matches!(self.attempt, Some((Aim::Find | Aim::Open, _))) {
            return; // it goes on
        }
        self.attempt = None;
        if matches!(self.registration, Registration::Registered { .. }) {
            // the server may be well: whether it takes another flow shows at once
            self.failed(problem, None);
        } else {
            self.refused(problem, None, true);
        }
    }

    /// Does all the session wants done.
    async fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send { bytes, stream: true, .. } => self.send_beside(bytes).await,
                Output::Send { to, bytes, stream: false } => self.send(Some(to), &bytes).await,
                Output::Ping => self.send(None, b"\r\n\r\n").await,
                Output::Event(AccountEvent::Registration(registration)) => {
                    let now = Instant::now();
                    if self.registration != registration {
                        self.backoff.connected(now);
                    }
                    self.stuck = None;
                    self.places.settled(now);
                    self.tell(registration);
                }
                Output::Event(event) => self.news.push_back(News::Event(event)),
                Output::Deliver(token, message) => self.news.push_back(News::Deliver(token, message)),
                Output::Close { problem, after, elsewhere } => {
                    if self.flow.as_ref().is_some_and(|flow| flow.transport() != SipTransport::Udp) {
                        self.flow = None;
                        self.session.offline(Instant::now());
                    }
                    self.refused(problem, after, elsewhere);
                }
                Output::Gone => {}
            }
        }
    }

    async fn send(&mut self, to: Option<SocketAddr>, bytes: &[u8]) {
        let Some(flow) = &mut self.flow else { return };
        let to = to.unwrap_or_else(|| flow.remote());
        let datagrams = flow.transport() == SipTransport::Udp;
        match flow.send(to, bytes).await {
            Ok(()) => {}
            // retransmission and keepalive see to it
            Err(problem) if datagrams => {
                tracing::debug!(account = self.setup.config.id.in_log(), %problem, "a datagram did not go out")
            }
            Err(problem) => self.flow_lost(problem),
        }
    }

    /// Sends what is too large for a datagram.
    async fn send_beside(&mut self, bytes: Bytes) {
        let Some(server) = self.flow.as_ref().map(Flow::remote) else { return };
        let setup = self.setup.clone();
        let open = || -> side::Attempt {
            let server_name = setup.config.domain().to_owned();
            let target = Target { addr: server, transport: SipTransport::Tcp, server_name, rank: 0 };
            Box::pin(async move { Flow::open(&setup.bind, &target, None).await })
        };
        if !self.side.send(bytes, open).await {
            self.session.stream_lost(false, Instant::now());
        }
    }

    /// Something happened on the stream beside the datagrams.
    async fn beside(&mut self, happened: side::Happened) {
        let now = Instant::now();
        match happened {
            side::Happened::Received(Received::Message { from, bytes }) => self.session.receive(from, &bytes, now),
            side::Happened::Received(Received::Ping) => self.send_beside(Bytes::from_static(b"\r\n")).await,
            side::Happened::Received(Received::Pong | Received::Stun { .. }) => self.session.heard(now),
            side::Happened::Lost { refused } => self.session.stream_lost(refused, now),
        }
    }

    fn tell(&mut self, registration: Registration) {
        if self.registration != registration {
            self.registration = registration.clone();
            self.news.push_back(News::Registration(registration));
        }
    }

    /// The server is not to be used now: another one at once, or all of them again later.
    fn refused(&mut self, problem: Problem, after: Option<Duration>, elsewhere: bool) {
        self.attempt = None;
        self.places.refused(problem, after, Instant::now());
        let registered = matches!(self.registration, Registration::Registered { .. });
        if elsewhere && !registered && self.open_next() {
            return;
        }
        match (elsewhere, registered) {
            (true, false) => {
                let (problem, after) = self.places.outcome();
                self.failed(problem, after);
            }
            (true, true) if self.places.has_several() => self.failed(problem, None),
            _ => self.failed(problem, after),
        }
    }

    /// No server is to be used now.
    fn failed(&mut self, problem: Problem, after: Option<Duration>) {
        let retry = problem.may_pass();
        tracing::info!(account = self.setup.config.id.in_log(), %problem, retry, "not registered");
        self.tell(Registration::Failed { problem, retry });
        self.places.forget();
        self.stuck = (!retry).then_some(problem);
        let now = Instant::now();
        let wait = self.backoff.next(now, getrandom::u32().unwrap_or(u32::MAX));
        let absent =
            matches!(problem, Problem::TimedOut | Problem::ServerGone | Problem::Unreachable | Problem::UnknownHost);
        let wait = if absent { wait.min(ABSENT) } else { wait };
        self.retry = retry.then(|| now + wait.max(after.unwrap_or_default()));
    }

    /// A new network may lead past a captive portal's certificate; it does not make a password right.
    fn network_changed(&mut self) {
        self.backoff.reset();
        if matches!(self.stuck, Some(Problem::WrongPassword | Problem::Conflict)) {
            return;
        }
        let same = |flow: &Flow| self.setup.bind.local_for(flow.remote()) == Ok(flow.local().ip());
        match &self.flow {
            Some(flow) if same(flow) && self.session.is_registered() => return self.session.check(Instant::now()),
            Some(flow) if flow.transport() != SipTransport::Udp => {
                self.flow = None;
                self.session.offline(Instant::now());
            }
            _ => {}
        }
        if !self.session.is_registered() {
            self.tell(Registration::Connecting);
        }
        self.places.forget();
        self.find();
    }

    /// Hangs up and logs out, as far as that can be done in a moment.
    pub(super) async fn goodbye(&mut self) {
        (self.attempt, self.retry) = (None, None);
        self.session.farewell(Instant::now());
        let farewell = async {
            loop {
                while let Some(output) = self.session.poll() {
                    match output {
                        Output::Send { to, bytes, .. } => self.send(Some(to), &bytes).await,
                        Output::Gone => return,
                        Output::Event(AccountEvent::Registration(_)) | Output::Ping | Output::Close { .. } => {}
                        Output::Event(event) => self.news.push_back(News::Event(event)),
                        // it is to come again
                        Output::Deliver(token, _) => self.session.not_kept(token, Instant::now()),
                    }
                }
                if self.flow.is_none() {
                    return;
                }
                let deadline = self.session.next_timeout().unwrap_or_else(|| Instant::now() + LONG);
                tokio::select! {
                    received = receive(&mut self.flow) => self.received(received).await,
                    () = sleep_until(deadline.into()) => self.session.timeout(Instant::now()),
                }
            }
        };
        // the server need not be there
        let _ = timeout(GOODBYE, farewell).await;
        if let Some(flow) = self.flow.take() {
            flow.close().await;
        }
    }
}

async fn poll(attempt: &mut Option<Attempt>) -> Result<Reached, Problem> {
    match attempt {
        Some((_, attempt)) => attempt.await,
        None => std::future::pending().await,
    }
}

async fn receive(flow: &mut Option<Flow>) -> Result<Received, Problem> {
    match flow {
        Some(flow) => flow.recv().await,
        None => std::future::pending().await,
    }
}
