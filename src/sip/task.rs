//! The account's task: its flows, one or two (RFC 5626 section 4.2), between the engine and the servers. What one flow needs is
//! in [`Leg`]; here it is decided which flow bears what. It must not wait on the engine while the engine may be waiting on it.
use super::{
    leg::{Happened, Leg, News},
    session::Session,
    transaction::ServerId,
};
use crate::{
    account::{AccountCommand, AccountEvent, AccountSetup, CHANNEL, CommandSender, EventSender},
    domain::account::{AccountId, CallRules, Problem, Registration},
    domain::call::CallId,
    domain::message::NewMessage,
};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use std::{collections::VecDeque, future::Future, pin::Pin, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// Events or texts under way; above it nothing more is read from the server.
const UNDER_WAY: usize = 64;

/// Starts an account's task.
pub fn spawn(setup: AccountSetup, events: EventSender) -> CommandSender {
    let (sender, commands) = mpsc::channel(CHANNEL);
    tokio::spawn(run(setup, events, commands));
    sender
}

/// The session of a flow.
fn session(setup: &AccountSetup, flow: u8) -> Result<Session, Problem> {
    let mut seed = [0; 32];
    match getrandom::fill(&mut seed) {
        _ if setup.password.expose().is_empty() => Err(Problem::NoPassword),
        Ok(()) => Session::new(setup, seed, flow).ok_or(Problem::UnknownHost),
        Err(_) => Err(Problem::NoSafeLogin),
    }
}

async fn run(setup: AccountSetup, events: EventSender, mut commands: mpsc::Receiver<AccountCommand>) {
    let account = setup.config.id.clone();
    match session(&setup, 1) {
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

/// A text that the engine keeps, by the flow it came by.
type Commit = Pin<Box<dyn Future<Output = (Way, ServerId, bool)> + Send>>;

/// Which flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    First,
    Second,
}

struct Task {
    account: AccountId,
    setup: Arc<AccountSetup>,
    first: Leg,
    /// Where the provider knows flows and has a second edge: if one is cut the other one still rings.
    second: Option<Leg>,
    /// How calls are placed and taken, where that was changed since.
    rules: Option<CallRules>,
    /// How each stands.
    stand: [Registration; 2],
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
    Leg(Way, Happened),
    Command(Option<AccountCommand>),
    /// The engine has gone.
    Deserted,
    Committed(Way, ServerId, bool),
    Told,
}

impl Task {
    fn new(
        setup: AccountSetup,
        session: Session,
        sender: EventSender,
        commands: mpsc::Receiver<AccountCommand>,
    ) -> Self {
        let setup = Arc::new(setup);
        Self {
            account: setup.config.id.clone(),
            first: Leg::new(setup.clone(), session),
            setup,
            second: None,
            rules: None,
            stand: [Registration::Offline, Registration::Offline],
            sender,
            commands,
            events: VecDeque::new(),
            commits: FuturesUnordered::new(),
            registration: Registration::Offline,
        }
    }

    /// Connects, stays, connects again, until told to stop.
    async fn live(&mut self) {
        self.first.start();
        loop {
            self.listen();
            self.pair().await;
            match self.wait().await {
                Woken::Leg(way, happened) => {
                    if let Some(leg) = self.leg(way) {
                        leg.act(happened).await;
                    }
                }
                Woken::Command(None | Some(AccountCommand::Stop)) | Woken::Deserted => return,
                Woken::Command(Some(AccountCommand::NetworkChanged)) => {
                    self.first.command(AccountCommand::NetworkChanged).await;
                    if let Some(second) = &mut self.second {
                        second.command(AccountCommand::NetworkChanged).await;
                    }
                }
                Woken::Command(Some(AccountCommand::Rules(rules))) => self.rules_changed(rules).await,
                Woken::Command(Some(command)) => self.by(&command).command(command).await,
                Woken::Committed(way, token, kept) => {
                    if let Some(leg) = self.leg(way) {
                        leg.committed(token, kept).await;
                    }
                }
                Woken::Told => {}
            }
        }
    }

    async fn rules_changed(&mut self, rules: CallRules) {
        self.rules = Some(rules.clone());
        self.first.command(AccountCommand::Rules(rules.clone())).await;
        if let Some(second) = &mut self.second {
            second.command(AccountCommand::Rules(rules)).await;
        }
    }

    async fn wait(&mut self) -> Woken {
        let calm = self.events.len() < UNDER_WAY && self.commits.len() < UNDER_WAY;
        tokio::select! {
            happened = self.first.happen(calm) => Woken::Leg(Way::First, happened),
            happened = happen(&mut self.second, calm) => Woken::Leg(Way::Second, happened),
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
            Some((way, token, kept)) = self.commits.next() => Woken::Committed(way, token, kept),
        }
    }

    const fn leg(&mut self, way: Way) -> Option<&mut Leg> {
        match way {
            Way::First => Some(&mut self.first),
            Way::Second => self.second.as_mut(),
        }
    }

    /// The flow that is to carry a command: a call keeps to its own, what is new takes one that stands.
    fn by(&mut self, command: &AccountCommand) -> &mut Leg {
        let call = call(command);
        match &mut self.second {
            Some(second)
                if call.is_some_and(|call| second.session.has_call(call))
                    || !call.is_some_and(|call| self.first.session.has_call(call))
                        && !self.first.session.is_registered()
                        && second.session.is_registered() =>
            {
                second
            }
            _ => &mut self.first,
        }
    }

    /// Keeps a second flow where it can be had and is of use, and none otherwise.
    async fn pair(&mut self) {
        match &mut self.second {
            None if self.first.wants_second() => {
                let Ok(session) = session(&self.setup, 2) else { return };
                let mut second = Leg::new(self.setup.clone(), session);
                second.twin(Some(self.first.server()));
                if let Some(rules) = self.rules.clone() {
                    second.command(AccountCommand::Rules(rules)).await;
                }
                second.start();
                self.second = Some(second);
            }
            None => return,
            Some(second) if self.first.session.is_registered() && !self.first.session.has_flow() => {
                // the provider does not know flows any more: two of them would ring twice
                second.goodbye().await;
                self.listen();
                self.second = None;
                self.stand[1] = Registration::Offline;
            }
            Some(_) => {}
        }
        let (one, other) = (self.first.server(), self.second.as_ref().map(Leg::server));
        self.first.twin(other);
        if let Some(second) = &mut self.second {
            second.twin(Some(one));
            // a proxy that sends one call by both is to ring once
            second.session.agent.came_elsewhere(self.first.session.agent.came());
            self.first.session.agent.came_elsewhere(second.session.agent.came());
        }
    }

    /// Takes what the flows have to say.
    fn listen(&mut self) {
        while let Some(news) = self.first.poll() {
            self.hear(Way::First, news);
        }
        while let Some(news) = self.second.as_mut().and_then(Leg::poll) {
            self.hear(Way::Second, news);
        }
    }

    fn hear(&mut self, way: Way, news: News) {
        match news {
            News::Event(event) => self.events.push_back(event),
            News::Deliver(token, message) => self.deliver(way, token, message),
            News::Registration(registration) => {
                let [first, second] = &mut self.stand;
                *(if way == Way::First { &mut *first } else { &mut *second }) = registration;
                let stands = |one: &Registration| matches!(one, Registration::Registered { .. });
                let told = if !stands(first) && stands(second) { second.clone() } else { first.clone() };
                self.tell(told);
            }
        }
    }

    fn deliver(&mut self, way: Way, token: ServerId, message: NewMessage) {
        let (committed, answer) = oneshot::channel();
        self.events.push_back(AccountEvent::Message { message, committed });
        self.commits.push(Box::pin(async move { (way, token, answer.await.is_ok()) }));
    }

    fn tell(&mut self, registration: Registration) {
        if self.registration != registration {
            self.registration = registration.clone();
            self.events.push_back(AccountEvent::Registration(registration));
        }
    }

    /// Hangs up and logs out, as far as that can be done in a moment.
    async fn goodbye(&mut self) {
        let legs = std::iter::once(&mut self.first).chain(&mut self.second);
        join_all(legs.map(Leg::goodbye)).await;
        self.listen();
    }
}

async fn happen(leg: &mut Option<Leg>, calm: bool) -> Happened {
    match leg {
        Some(leg) => leg.happen(calm).await,
        None => std::future::pending().await,
    }
}

/// The call that a command is about.
const fn call(command: &AccountCommand) -> Option<CallId> {
    match command {
        AccountCommand::Answer { call, .. }
        | AccountCommand::Ring { call }
        | AccountCommand::EndCall { call, .. }
        | AccountCommand::Reoffer { call, .. }
        | AccountCommand::AnswerReoffer { call, .. }
        | AccountCommand::Press { call, .. }
        | AccountCommand::Silence { call, .. }
        | AccountCommand::Transfer { call, .. }
        | AccountCommand::Candidate { call, .. } => Some(*call),
        AccountCommand::Follow { referred, .. } | AccountCommand::Refuse { referred } => Some(*referred),
        AccountCommand::SendText { .. }
        | AccountCommand::PlaceCall { .. }
        | AccountCommand::Chat(_)
        | AccountCommand::NetworkChanged
        | AccountCommand::Rules(_)
        | AccountCommand::Stop => None,
    }
}

#[cfg(test)]
#[path = "task_tests.rs"]
mod tests;
