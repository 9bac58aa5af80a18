//! The account's task: sockets, clock and chance around [`Session`], which decides. It finds the server, opens the flow, and
//! opens it anew; it must not wait on the engine while the engine may be waiting on it.
use super::{
    flow::{Flow, Received},
    locate::{Target, locate},
    session::{Ends, Output, Session},
    side::{Happened, Side},
    transaction::ServerId,
};
use crate::{
    account::{AccountCommand, AccountEvent, AccountSetup, CHANNEL, CommandSender, EventSender},
    domain::account::{AccountId, Problem, Registration, SipTransport},
    domain::message::NewMessage,
    net::Backoff,
};
use bytes::Bytes;
use futures::{StreamExt, stream::FuturesUnordered};
use std::{
    collections::VecDeque,
    future::Future,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep_until, timeout},
};

/// The time a log-out may take.
const GOODBYE: Duration = Duration::from_secs(1);
/// Events or texts under way; above it nothing more is read from the server.
const UNDER_WAY: usize = 64;
/// With nothing to wait for.
const LONG: Duration = Duration::from_secs(3600);

/// Starts an account's task.
pub fn spawn(setup: AccountSetup, events: EventSender) -> CommandSender {
    let (sender, commands) = mpsc::channel(CHANNEL);
    tokio::spawn(run(setup, events, commands));
    sender
}

async fn run(setup: AccountSetup, events: EventSender, mut commands: mpsc::Receiver<AccountCommand>) {
    let account = setup.config.id.clone();
    let mut seed = [0; 32];
    let session = match getrandom::fill(&mut seed) {
        _ if setup.password.expose().is_empty() => Err(Problem::NoPassword),
        Ok(()) => Session::new(&setup, seed).ok_or(Problem::UnknownHost),
        Err(_) => Err(Problem::NoSafeLogin),
    };
    match session {
        Ok(session) => {
            let mut task = Task::new(setup, session, events.clone(), commands);
            task.live().await;
            task.goodbye().await;
            task.tell(Registration::Offline);
            for event in std::mem::take(&mut task.events) {
                // the engine has gone: nobody is left to tell
                if events.send((account.clone(), event)).await.is_err() {
                    return;
                }
            }
        }
        Err(problem) => {
            let failed = AccountEvent::Registration(Registration::Failed { problem, retry: false });
            if events.send((account.clone(), failed)).await.is_err() {
                return;
            }
            while !matches!(commands.recv().await, None | Some(AccountCommand::Stop)) {}
        }
    }
    // fails only when the engine has gone
    let _ = events.send((account, AccountEvent::Stopped)).await;
}

/// A place where the server may be, and the flow to it; `None`: the flow that stands leads there.
struct Opened {
    flow: Option<Flow>,
    target: Target,
    /// All that were found, and those not tried yet.
    found: Vec<Target>,
    rest: VecDeque<Target>,
}

type Attempt = Pin<Box<dyn Future<Output = Result<Opened, Problem>> + Send>>;
type Commit = Pin<Box<dyn Future<Output = (ServerId, bool)> + Send>>;

struct Task {
    account: AccountId,
    setup: Arc<AccountSetup>,
    session: Session,
    flow: Option<Flow>,
    /// For what is too large for a datagram.
    side: Side,
    attempt: Option<Attempt>,
    /// When to try again.
    retry: Option<Instant>,
    found: Vec<Target>,
    rest: VecDeque<Target>,
    backoff: Backoff,
    /// What ended the last connection, as long as trying again alone does not help.
    stuck: Option<Problem>,
    sender: EventSender,
    commands: mpsc::Receiver<AccountCommand>,
    /// Not yet taken by the engine: waiting for it here would be a deadlock when it waits for us.
    events: VecDeque<AccountEvent>,
    /// Texts handed up and not kept yet.
    commits: FuturesUnordered<Commit>,
    /// The last one told.
    registration: Registration,
}

/// What woke the task.
enum Woken {
    Attempted(Result<Opened, Problem>),
    Received(Result<Received, Problem>),
    Beside(Happened),
    Command(Option<AccountCommand>),
    /// The engine has gone.
    Deserted,
    Committed(ServerId, bool),
    Time,
    Told,
}

impl Task {
    fn new(
        setup: AccountSetup,
        session: Session,
        sender: EventSender,
        commands: mpsc::Receiver<AccountCommand>,
    ) -> Self {
        Self {
            account: setup.config.id.clone(),
            setup: Arc::new(setup),
            session,
            flow: None,
            side: Side::default(),
            attempt: None,
            retry: None,
            found: Vec::new(),
            rest: VecDeque::new(),
            backoff: Backoff::default(),
            stuck: None,
            sender,
            commands,
            events: VecDeque::new(),
            commits: FuturesUnordered::new(),
            registration: Registration::Offline,
        }
    }

    /// Connects, stays, connects again, until told to stop.
    async fn live(&mut self) {
        self.tell(Registration::Connecting);
        self.try_now();
        loop {
            self.drain().await;
            match self.wait().await {
                Woken::Attempted(result) => {
                    self.attempt = None;
                    match result {
                        Ok(opened) => self.opened(opened),
                        Err(problem) => self.lost(problem, None),
                    }
                }
                Woken::Received(received) => self.received(received).await,
                Woken::Beside(happened) => self.beside(happened).await,
                Woken::Command(None | Some(AccountCommand::Stop)) | Woken::Deserted => return,
                Woken::Command(Some(AccountCommand::NetworkChanged)) => self.network_changed(),
                Woken::Command(Some(command)) => self.session.command(command, Instant::now()),
                Woken::Committed(token, true) => self.session.kept(token, Instant::now()),
                Woken::Committed(token, false) => self.session.not_kept(token, Instant::now()),
                Woken::Time => self.time(),
                Woken::Told => {}
            }
        }
    }

    async fn wait(&mut self) -> Woken {
        let calm = self.events.len() < UNDER_WAY && self.commits.len() < UNDER_WAY;
        let timer = self.session.next_timeout().into_iter().chain(self.retry).min();
        let deadline = timer.unwrap_or_else(|| Instant::now() + LONG);
        tokio::select! {
            result = poll(&mut self.attempt), if self.attempt.is_some() => Woken::Attempted(result),
            received = receive(&mut self.flow), if self.flow.is_some() && calm => Woken::Received(received),
            happened = self.side.next(), if !self.side.is_closed() && calm => Woken::Beside(happened),
            command = self.commands.recv() => Woken::Command(command),
            permit = self.sender.reserve(), if !self.events.is_empty() => match permit {
                Ok(permit) => {
                    if let Some(event) = self.events.pop_front() {
                        permit.send((self.account.clone(), event));
                    }
                    Woken::Told
                }
                Err(_) => Woken::Deserted,
            },
            Some((token, kept)) = self.commits.next() => Woken::Committed(token, kept),
            () = sleep_until(deadline.into()) => Woken::Time,
        }
    }

    fn time(&mut self) {
        let now = Instant::now();
        self.session.timeout(now);
        if self.retry.is_some_and(|at| at <= now) {
            self.try_now();
        }
    }

    /// Looks for the server, or for the next place where it may be.
    fn try_now(&mut self) {
        self.retry = None;
        let stands = self.flow.as_ref().filter(|flow| flow.transport() == SipTransport::Udp);
        let stands = stands.map(|flow| (flow.remote(), flow.local()));
        let (found, rest) = (std::mem::take(&mut self.found), std::mem::take(&mut self.rest));
        self.attempt = Some(Box::pin(connect(self.setup.clone(), found, rest, stands)));
    }

    fn opened(&mut self, opened: Opened) {
        let now = Instant::now();
        let Opened { flow, target, found, rest } = opened;
        if let Some(flow) = flow {
            self.side = Side::Closed;
            if self.flow.take().is_some_and(|old| old.transport() != SipTransport::Udp) {
                self.session.offline(now);
            }
            self.flow = Some(flow);
        }
        let Some(flow) = &self.flow else { return };
        let addresses = found.iter().map(|target| target.addr.ip().to_canonical()).collect();
        let ends = Ends { transport: target.transport, local: flow.local(), server: flow.remote(), addresses };
        (self.found, self.rest) = (found, rest);
        self.session.online(ends, now);
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
            Ok(Received::Pong) => self.session.heard(now),
            Err(problem) => self.flow_lost(problem),
        }
    }

    /// The flow is of no use any more.
    fn flow_lost(&mut self, problem: Problem) {
        self.flow = None;
        self.session.offline(Instant::now());
        // an attempt under way goes on
        if self.attempt.is_none() {
            self.lost(problem, None);
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
                    if self.registration != registration {
                        self.backoff.connected(Instant::now());
                    }
                    (self.stuck, self.rest) = (None, VecDeque::new());
                    self.tell(registration);
                }
                Output::Event(event) => self.events.push_back(event),
                Output::Deliver(token, message) => self.deliver(token, message),
                Output::Close { problem, after } => {
                    if self.flow.as_ref().is_some_and(|flow| flow.transport() != SipTransport::Udp) {
                        self.flow = None;
                        self.session.offline(Instant::now());
                    }
                    self.lost(problem, after);
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
                tracing::debug!(account = %self.account, %problem, "a datagram did not go out")
            }
            Err(problem) => self.flow_lost(problem),
        }
    }

    /// Sends what is too large for a datagram.
    async fn send_beside(&mut self, bytes: Bytes) {
        let Some(server) = self.flow.as_ref().map(Flow::remote) else { return };
        let setup = self.setup.clone();
        let open = || -> super::side::Attempt {
            let target =
                Target { addr: server, transport: SipTransport::Tcp, server_name: setup.config.domain().to_owned() };
            Box::pin(async move { Flow::open(&setup.bind, &target, None).await })
        };
        if !self.side.send(bytes, open).await {
            self.session.stream_lost(false, Instant::now());
        }
    }

    /// Something happened on the stream beside the datagrams.
    async fn beside(&mut self, happened: Happened) {
        let now = Instant::now();
        match happened {
            Happened::Received(Received::Message { from, bytes }) => self.session.receive(from, &bytes, now),
            Happened::Received(Received::Ping) => self.send_beside(Bytes::from_static(b"\r\n")).await,
            Happened::Received(Received::Pong) => self.session.heard(now),
            Happened::Lost { refused } => self.session.stream_lost(refused, now),
        }
    }

    fn deliver(&mut self, token: ServerId, message: NewMessage) {
        let (committed, answer) = oneshot::channel();
        self.events.push_back(AccountEvent::Message { message, committed });
        self.commits.push(Box::pin(async move { (token, answer.await.is_ok()) }));
    }

    fn tell(&mut self, registration: Registration) {
        if self.registration != registration {
            self.registration = registration.clone();
            self.events.push_back(AccountEvent::Registration(registration));
        }
    }

    /// The server is not to be used now: the next place at once, or all of them again later.
    fn lost(&mut self, problem: Problem, after: Option<Duration>) {
        self.attempt = None;
        let retry = problem.may_pass();
        let registered = matches!(self.registration, Registration::Registered { .. });
        let elsewhere = matches!(problem, Problem::TimedOut | Problem::ServerGone | Problem::Unreachable);
        if elsewhere && !registered && !self.rest.is_empty() {
            return self.try_now();
        }
        tracing::info!(account = %self.account, %problem, retry, "not registered");
        self.tell(Registration::Failed { problem, retry });
        (self.found, self.rest) = (Vec::new(), VecDeque::new());
        self.stuck = (!retry).then_some(problem);
        let now = Instant::now();
        let wait = self.backoff.next(now, getrandom::u32().unwrap_or(u32::MAX));
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
        (self.found, self.rest) = (Vec::new(), VecDeque::new());
        self.try_now();
    }

    /// Hangs up and logs out, as far as that can be done in a moment.
    async fn goodbye(&mut self) {
        (self.attempt, self.retry) = (None, None);
        self.session.farewell(Instant::now());
        let farewell = async {
            loop {
                while let Some(output) = self.session.poll() {
                    match output {
                        Output::Send { to, bytes, .. } => self.send(Some(to), &bytes).await,
                        Output::Gone => return,
                        Output::Event(AccountEvent::Registration(_)) | Output::Ping | Output::Close { .. } => {}
                        Output::Event(event) => self.events.push_back(event),
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
    }
}

async fn poll(attempt: &mut Option<Attempt>) -> Result<Opened, Problem> {
    match attempt {
        Some(attempt) => attempt.await,
        None => std::future::pending().await,
    }
}

async fn receive(flow: &mut Option<Flow>) -> Result<Received, Problem> {
    match flow {
        Some(flow) => flow.recv().await,
        None => std::future::pending().await,
    }
}

/// Opens a flow to the first place that lets us. A bad certificate ends the search: a weaker transport would hand the log-in
/// to whoever stands in between. `stands`: the datagram flow there is, remote and local, kept if it leads the right way.
async fn connect(
    setup: Arc<AccountSetup>,
    mut found: Vec<Target>,
    mut rest: VecDeque<Target>,
    stands: Option<(SocketAddr, SocketAddr)>,
) -> Result<Opened, Problem> {
    if rest.is_empty() {
        found = locate(&setup.config, &setup.bind).await?;
        rest = found.iter().cloned().collect();
    }
    let mut problem = Problem::Unreachable;
    while let Some(target) = rest.pop_front() {
        if target.transport == SipTransport::Udp
            && let Some((remote, local)) = stands
            && (remote.ip(), remote.port()) == (target.addr.ip().to_canonical(), target.addr.port())
            && setup.bind.local_for(target.addr) == Ok(local.ip())
        {
            return Ok(Opened { flow: None, target, found, rest });
        }
        match Flow::open(&setup.bind, &target, setup.config.ca.as_deref()).await {
            Ok(flow) => return Ok(Opened { flow: Some(flow), target, found, rest }),
            Err(failed) if !failed.may_pass() || failed == Problem::CertificateExpired => return Err(failed),
            // a forbidden route says more than an unreachable one
            Err(failed) if problem != Problem::NotWired => problem = failed,
            Err(_) => {}
        }
    }
    Err(problem)
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
