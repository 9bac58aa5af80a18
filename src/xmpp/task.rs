//! The account's task: sockets, clock and chance around [`Session`], which decides. It must not decide anything a test
//! without a network could not see, and must not wait on the engine while the engine may be waiting on it.
use super::{
    dial,
    fast::FastToken,
    frame::Frame,
    login::{self, Credentials, Established, Refused, Stream},
    resolve, sasl2,
    session::{Output, Session, Token},
    tls::Tls,
    wire_id::{WireIds, hex},
};
use crate::account::{AccountCommand, AccountEvent, AccountSetup, CHANNEL, CommandSender, EventSender};
use crate::domain::{
    account::{AccountId, Problem, Registration},
    archive::ArchivePage,
    message::NewMessage,
};
use crate::net::{Backoff, Bind, Dns};
use futures::{SinkExt, StreamExt, stream::FuturesUnordered};
use std::{
    collections::VecDeque,
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{sleep, sleep_until, timeout},
};
use tokio_xmpp::xmlstream::ReadError;
use xmpp_parsers::jid::Jid;

/// From the TCP connection to the session.
const NEGOTIATION: Duration = Duration::from_secs(20);
/// A write that takes longer goes to nobody.
const WRITE: Duration = Duration::from_secs(15);
/// How often a server may send us to another one before there is a session.
const ELSEWHERE: usize = 3;
/// The time a log-out may take.
const GOODBYE: Duration = Duration::from_secs(2);
/// Events or texts under way; above it nothing more is read from the server.
const UNDER_WAY: usize = 64;

/// Starts an account's task.
pub fn spawn(setup: AccountSetup, events: EventSender) -> CommandSender {
    let (sender, commands) = mpsc::channel(CHANNEL);
    tokio::spawn(run(setup, events, commands));
    sender
}

async fn run(setup: AccountSetup, events: EventSender, commands: mpsc::Receiver<AccountCommand>) {
    let account = setup.config.id.clone();
    match Task::new(setup, events.clone(), commands) {
        Ok(mut task) => {
            task.live().await;
            task.session.offline();
            task.drain_offline();
            task.registration(Registration::Offline);
            let rest = std::mem::take(&mut task.events);
            for event in rest {
                // the engine has gone: nobody is left to tell
                if events.send((account.clone(), event)).await.is_err() {
                    return;
                }
            }
        }
        Err((problem, mut commands)) => {
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

/// What a connection is made from; shared with the attempt under way.
struct Plan {
    setup: AccountSetup,
    who: Credentials,
    /// What the server gave for the next log-in.
    token: Mutex<Option<FastToken>>,
}

impl Plan {
    fn token(&self) -> MutexGuard<'_, Option<FastToken>> {
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Attempt = Pin<Box<dyn Future<Output = Result<Established, Problem>> + Send>>;
type Commit = Pin<Box<dyn Future<Output = (Token, bool)> + Send>>;

struct Task {
    account: AccountId,
    plan: Arc<Plan>,
    session: Session,
    backoff: Backoff,
    sender: EventSender,
    commands: mpsc::Receiver<AccountCommand>,
    /// Not yet taken by the engine: waiting for it here would be a deadlock when it waits for us.
    events: VecDeque<AccountEvent>,
    /// Texts handed up and not kept yet.
    commits: FuturesUnordered<Commit>,
    /// The last one told.
    registration: Registration,
    /// What the engine keeps for the next log-in.
    token: Option<FastToken>,
}

/// What ended a wait.
enum Woken<T> {
    /// What was waited for.
    Done(T),
    NetworkChanged,
    Stop,
}

/// How a connection ended.
enum Ended {
    Lost { problem: Problem, retry: bool },
    Stop,
}

impl Task {
    fn new(
        setup: AccountSetup,
        sender: EventSender,
        commands: mpsc::Receiver<AccountCommand>,
    ) -> Result<Self, (Problem, mpsc::Receiver<AccountCommand>)> {
        let Some(me) = Jid::new(&setup.config.address).ok().map(Jid::into_bare).filter(|me| me.node().is_some()) else {
            return Err((Problem::UnknownHost, commands));
        };
        if setup.password.expose().is_empty() {
            return Err((Problem::NoPassword, commands));
        }
        let mut chance = [0u8; 16];
        if getrandom::fill(&mut chance).is_err() {
            return Err((Problem::NoSafeLogin, commands));
        }
        let (resource, nonce) = chance.split_at(4);
        let who = Credentials {
            me: me.clone(),
            password: setup.password.clone(),
            resource: format!("landline-{}", hex(resource)),
            agent: sasl2::agent(me.as_str(), &setup.instance),
            token: None,
        };
        let token = Mutex::new(setup.kept.as_ref().and_then(FastToken::read));
        let ids = WireIds::new(me.as_str(), &setup.instance);
        let account = setup.config.id.clone();
        let session = Session::new(account.clone(), me, ids, setup.archive.clone(), hex(nonce));
        let kept = token.lock().ok().and_then(|token| token.clone());
        Ok(Self {
            account,
            token: kept,
            plan: Arc::new(Plan { setup, who, token }),
            session,
            backoff: Backoff::default(),
            sender,
            commands,
            events: VecDeque::new(),
            commits: FuturesUnordered::new(),
            registration: Registration::Offline,
        })
    }

    /// Connects, stays, connects again, until told to stop.
    async fn live(&mut self) {
        self.registration(Registration::Connecting);
        loop {
            let attempt: Attempt = Box::pin(connect(self.plan.clone(), self.session.resumable()));
            let (problem, retry) = match self.attend(attempt).await {
                Woken::Stop => return,
                Woken::NetworkChanged => continue,
                Woken::Done(Err(problem)) => (problem, problem.may_pass()),
                Woken::Done(Ok(established)) => {
                    self.keep_token();
                    self.backoff.connected(Instant::now());
                    match self.connected(established).await {
                        Ended::Stop => return,
                        Ended::Lost { problem, retry } => {
                            self.session.offline();
                            (problem, retry)
                        }
                    }
                }
            };
            tracing::info!(account = self.account.in_log(), %problem, retry, "not connected");
            self.registration(Registration::Failed { problem, retry });
            let wait = self.backoff.next(Instant::now(), getrandom::u32().unwrap_or(u32::MAX));
            let woken = if retry { self.attend(sleep(wait)).await } else { self.attend(std::future::pending()).await };
            match woken {
                Woken::Stop => return,
                Woken::Done(()) => {}
                Woken::NetworkChanged => self.network_changed(problem).await,
            }
        }
    }

    /// Has the token kept that the log-in brought, or forgotten that it showed to be of no use.
    fn keep_token(&mut self) {
        let token = self.plan.token().clone();
        if token != self.token {
            self.events.push_back(AccountEvent::Keep(token.as_ref().map(FastToken::written)));
            self.token = token;
        }
    }

    /// A new network may lead past a captive portal's certificate; it does not make a password right.
    async fn network_changed(&mut self, problem: Problem) {
        self.backoff.reset();
        if matches!(problem, Problem::WrongPassword | Problem::Conflict) {
            while matches!(self.attend(std::future::pending::<()>()).await, Woken::NetworkChanged) {}
        }
        self.registration(Registration::Connecting);
    }

    /// Waits for `what` while the seam with the engine is kept moving.
    async fn attend<T>(&mut self, what: impl Future<Output = T>) -> Woken<T> {
        let mut what = pin!(what);
        loop {
            self.drain_offline();
            tokio::select! {
                done = &mut what => return Woken::Done(done),
                command = self.commands.recv() => match command {
                    None | Some(AccountCommand::Stop) => return Woken::Stop,
                    Some(AccountCommand::NetworkChanged) => return Woken::NetworkChanged,
                    Some(command) => self.session.command(command, Instant::now()),
                },
                permit = self.sender.reserve(), if !self.events.is_empty() => match permit {
                    Ok(permit) => {
                        if let Some(event) = self.events.pop_front() {
                            permit.send((self.account.clone(), event));
                        }
                    }
                    Err(_) => return Woken::Stop,
                },
                Some((token, kept)) = self.commits.next() => {
                    if kept { self.session.kept(token, Instant::now()) } else { self.session.not_kept(token) }
                }
            }
        }
    }

    fn drain_offline(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Event(event) => self.events.push_back(event),
                Output::Deliver(token, message) => self.deliver(token, message),
                Output::Archived(token, page) => self.archived(token, page),
                Output::Send(_) | Output::Report(_) | Output::Close { .. } => {}
            }
        }
    }

    fn deliver(&mut self, token: Token, message: NewMessage) {
        let (committed, answer) = oneshot::channel();
        self.events.push_back(AccountEvent::Message { message, committed });
        self.commits.push(Box::pin(async move { (token, answer.await.is_ok()) }));
    }

    fn archived(&mut self, token: Token, page: ArchivePage) {
        let (committed, answer) = oneshot::channel();
        self.events.push_back(AccountEvent::Archived { page, committed });
        self.commits.push(Box::pin(async move { (token, answer.await.is_ok()) }));
    }

    fn registration(&mut self, registration: Registration) {
        if self.registration != registration {
            self.registration = registration.clone();
            self.events.push_back(AccountEvent::Registration(registration));
        }
    }

    /// One connection, until it ends.
    async fn connected(&mut self, established: Established) -> Ended {
        let Established { mut stream, closed, begin, early, local, server, .. } = established;
        self.session.online(begin, (local, server), Instant::now());
        early.iter().for_each(|element| self.session.receive_uncounted(element, Instant::now()));
        loop {
            if let Some(ended) = self.drain(&mut stream).await {
                return ended;
            }
            let calm = self.events.len() < UNDER_WAY && self.commits.len() < UNDER_WAY;
            let timer = self.session.next_timeout();
            let deadline = timer.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600));
            let mut stop = false;
            tokio::select! {
                element = stream.next(), if calm => match element {
                    Some(Ok(Frame(element))) => self.session.receive(&element, Instant::now()),
                    Some(Err(ReadError::SoftTimeout)) => self.session.idle(Instant::now()),
                    Some(Err(error)) => return Ended::Lost { problem: login::lost(&error), retry: true },
                    None => return Ended::Lost { problem: Problem::ServerGone, retry: true },
                },
                command = self.commands.recv() => match command {
                    None | Some(AccountCommand::Stop) => stop = true,
                    Some(command) => self.session.command(command, Instant::now()),
                },
                permit = self.sender.reserve(), if !self.events.is_empty() => match permit {
                    Ok(permit) => {
                        if let Some(event) = self.events.pop_front() {
                            permit.send((self.account.clone(), event));
                        }
                    }
                    Err(_) => stop = true,
                },
                Some((token, kept)) = self.commits.next() => {
                    if kept { self.session.kept(token, Instant::now()) } else { self.session.not_kept(token) }
                }
                () = sleep_until(deadline.into()), if timer.is_some() => self.session.timeout(Instant::now()),
            }
            if stop {
                self.goodbye(stream, closed).await;
                return Ended::Stop;
            }
        }
    }

    /// Does all the session wants done. Writes are gathered and flushed before anything that depends on them.
    async fn drain(&mut self, stream: &mut Stream) -> Option<Ended> {
        const GONE: Ended = Ended::Lost { problem: Problem::ServerGone, retry: true };
        loop {
            let (mut sent, mut written) = (false, Vec::new());
            while let Some(output) = self.session.poll() {
                match output {
                    Output::Send(element) => {
                        if !matches!(timeout(WRITE, stream.feed(&element)).await, Ok(Ok(()))) {
                            return Some(GONE);
                        }
                        sent = true;
                    }
                    Output::Report(id) => written.push(id),
                    Output::Event(AccountEvent::Registration(registration)) => self.registration(registration),
                    Output::Event(event) => self.events.push_back(event),
                    Output::Deliver(token, message) => self.deliver(token, message),
                    Output::Archived(token, page) => self.archived(token, page),
                    // without a closing tag: it would end the session that is to be resumed
                    Output::Close { problem, retry } => return Some(Ended::Lost { problem, retry }),
                }
            }
            if !sent && written.is_empty() {
                return None;
            }
            if !matches!(timeout(WRITE, flush(stream)).await, Ok(Ok(()))) {
                return Some(GONE);
            }
            written.into_iter().for_each(|id| self.session.written(id));
        }
    }

    async fn goodbye(&mut self, mut stream: Stream, closed: oneshot::Receiver<()>) {
        self.session.farewell();
        let farewell = async {
            self.drain(&mut stream).await;
            // the connection may be gone already
            let _ = stream.shutdown().await;
            while let Some(Ok(_)) = stream.next().await {}
            drop(stream);
            let _ = closed.await;
        };
        let _ = timeout(GOODBYE, farewell).await;
    }
}

async fn flush(stream: &mut Stream) -> std::io::Result<()> {
    SinkExt::<&xmpp_parsers::minidom::Element>::flush(stream).await
}

/// Tries every place in turn. A server that answers and refuses ends the search.
async fn connect(plan: Arc<Plan>, resume: Option<(String, u32)>) -> Result<Established, Problem> {
    let config = &plan.setup.config;
    let own = config.ca.clone();
    let tls = tokio::task::spawn_blocking(move || Tls::load(own.as_deref())).await.map_err(|_| Problem::Protocol)??;
    let mut problem = Problem::Unreachable;
    let dns = Dns::system(&plan.setup.bind);
    let mut targets = VecDeque::from(resolve::targets(config, &dns).await?);
    let mut followed = 0;
    while let Some(target) = targets.pop_front() {
        let mut addresses = match dns.addresses(&target.host, target.port).await {
            Ok(addresses) => dial::order(addresses),
            Err(failed) => {
                problem = dial::worse(problem, failed);
                continue;
            }
        };
        while !addresses.is_empty() {
            let tcp = match dial::race(&mut addresses, |address| tcp(&plan.setup.bind, address)).await {
                Ok(tcp) => tcp,
                Err(failed) => {
                    problem = dial::worse(problem, failed);
                    break;
                }
            };
            let who = Credentials { token: plan.token().clone(), ..plan.who.clone() };
            let login = login::login(tcp, target.tls, &tls, &who, resume.clone());
            match timeout(NEGOTIATION, login).await.unwrap_or(Err(Problem::TimedOut.into())) {
                Ok(established) => {
                    if let Some(token) = &established.token {
                        *plan.token() = Some(token.clone());
                    }
                    return Ok(established);
                }
                // again with the password; it has no token to be refused
                Err(Refused::Token) => {
                    *plan.token() = None;
                    targets.push_front(target);
                    break;
                }
                Err(Refused::Elsewhere(said)) => {
                    followed += 1;
                    let other = resolve::elsewhere(&said, target.tls).filter(|_| followed <= ELSEWHERE);
                    targets.push_front(other.ok_or(Problem::Protocol)?);
                    break;
                }
                Err(Refused::Problem(failed @ (Problem::ServerGone | Problem::TimedOut | Problem::Protocol))) => {
                    problem = failed;
                }
                Err(Refused::Problem(failed)) => return Err(failed),
            }
        }
    }
    Err(problem)
}

async fn tcp(bind: &Bind, address: std::net::SocketAddr) -> Result<tokio::net::TcpStream, Problem> {
    let tcp = bind.connect(address).await?;
    // stanzas are small and wait for nobody
    tcp.set_nodelay(true).map_err(|_| Problem::ServerGone)?;
    Ok(tcp)
}
