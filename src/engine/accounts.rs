//! Accounts: started, stopped, tried out, and what they report.
use super::{
    api::{AccountStatus, Event, Refusal, Reply, SecretsState, StoreState},
    keep::secrets_refusal,
    run::{Engine, Found},
};
use crate::{
    account::{self, AccountCommand, AccountEvent, AccountSetup, CommandSender},
    domain::{
        account::{AccountConfig, AccountId, AccountKind, CallSettings, Problem, Registration},
        address::Address,
        archive::ArchivePlace,
        ice::Server,
        mailbox::Mailbox,
        private::Private,
        server::StunServer,
    },
    logic::outbox::Outbox,
    net::Bind,
    secrets, sip, xmpp,
};
use std::time::Duration;
use tokio::sync::mpsc;

/// How long a polite log-out of all accounts may take.
const GOODBYE: Duration = Duration::from_millis(1500);
/// How long trying an account out may take.
const TRIAL: Duration = Duration::from_secs(25);

/// One configured account.
pub(super) struct Account {
    pub(super) config: AccountConfig,
    pub(super) registration: Registration,
    pub(super) outbox: Outbox,
    /// Domains that turn phone numbers into addresses, the person's own choice first.
    pub(super) gateways: Vec<String>,
    /// Its server takes files, up to this many bytes where it tells.
    pub(super) upload: Option<Option<u64>>,
    /// Whom its server holds back; `None`: it holds back nobody.
    pub(super) blocked: Option<Vec<Address>>,
    /// Servers for paths that its own server names.
    helpers: Vec<Server>,
    /// What waits in its mailbox, if its server told.
    pub(super) mailbox: Option<Mailbox>,
    turn_password: Option<Private<String>>,
    commands: Option<CommandSender>,
}

impl Account {
    /// One that is not connected yet.
    fn waiting(config: AccountConfig) -> Self {
        Self {
            config,
            registration: Registration::Connecting,
            outbox: Outbox::default(),
            gateways: Vec::new(),
            upload: None,
            blocked: None,
            helpers: Vec::new(),
            mailbox: None,
            turn_password: None,
            commands: None,
        }
    }
    /// Gives a command without waiting: an engine that waited for an account that waits for the engine would stand
    /// still. False: the account is not running, or so far behind that it must not be given more.
    pub(super) fn send(&self, command: AccountCommand) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.try_send(command).is_ok())
    }
    pub(super) fn is_registered(&self) -> bool {
        matches!(self.registration, Registration::Registered { .. })
    }
    /// What its calls find their path with, the person's own choice first.
    pub(super) fn servers(&self) -> Vec<Server> {
        let CallSettings { stun, turn, turn_user, .. } = &*self.config.calls;
        let relay = match (turn, turn_user, &self.turn_password) {
            (Some(turn), Some(user), Some(password)) => Some(turn.server(user, password.clone())),
            (None, ..) => None,
            _ => {
                tracing::warn!("a TURN server without name or password is of no use");
                None
            }
        };
        stun.iter().map(StunServer::server).chain(relay).chain(self.helpers.iter().cloned()).collect()
    }
    pub(super) fn status(&self) -> AccountStatus {
        AccountStatus {
            config: self.config.clone(),
            registration: self.registration.clone(),
            blocked: self.blocked.clone(),
            upload: self.upload.map(|largest| largest.unwrap_or(u64::MAX)),
            mailbox: self.mailbox.clone(),
        }
    }
}

fn spawn(setup: AccountSetup, events: account::EventSender) -> CommandSender {
    match setup.config.kind {
        AccountKind::Sip { .. } => sip::spawn(setup, events),
        AccountKind::Xmpp { .. } => xmpp::spawn(setup, events),
    }
}

impl Engine {
    pub(super) fn bind(&self) -> Bind {
        Bind { rule: self.setup.config.link_rule() }
    }

    /// Starts every configured account, and the demo's, that does not run yet.
    pub(super) async fn start_accounts(&mut self) {
        let demo = self.exchange.as_ref().map(|exchange| exchange.account().0);
        for config in demo.into_iter().chain(self.setup.config.accounts.clone()) {
            let ending = self.leaving.contains(&config.id);
            if self.accounts.get(&config.id).is_none_or(|account| account.commands.is_none() && !ending) {
                self.start_account(config).await;
            }
        }
    }

    /// Starts an account as soon as its password is here: a keyring may ask the person for it first.
    async fn start_account(&mut self, config: AccountConfig) {
        let demo = self.exchange.as_ref().map(crate::demo::Exchange::account).filter(|(demo, _)| demo.id == config.id);
        if let Some((_, password)) = demo {
            return self.run_account(config, Ok(password), None, None).await;
        }
        let (secrets, found) = (self.setup.secrets.clone(), self.passwords.clone());
        match self.store_state {
            StoreState::Open => {}
            StoreState::Closed => return self.run_account(config, Err(Problem::NoPassword), None, None).await,
            _ => {
                let account = Account { registration: Registration::Offline, ..Account::waiting(config) };
                self.accounts.insert(account.config.id.clone(), account);
                return;
            }
        }
        self.accounts.entry(config.id.clone()).or_insert_with(|| Account::waiting(config.clone()));
        tokio::spawn(async move {
            let password = secrets.get(&config.id).await.ok().flatten();
            let turn_password = match &config.calls.turn {
                Some(_) => secrets.get(&config.turn_secret()).await.ok().flatten(),
                None => None,
            };
            let kept = secrets.get(&config.kept_secret()).await.ok().flatten();
            // fails only when the engine has gone
            let _ = found.send(Found { config, password, turn_password, kept }).await;
        });
    }

    /// The password of an account was looked for.
    pub(super) async fn password_found(&mut self, found: Found) {
        let Found { config, password, turn_password, kept } = found;
        // it may have been removed, or started, since
        if self.accounts.get(&config.id).is_some_and(|account| account.commands.is_none()) {
            self.run_account(config, password.ok_or(Problem::NoPassword), turn_password, kept).await;
        }
    }

    async fn run_account(
        &mut self,
        config: AccountConfig,
        password: Result<Private<String>, Problem>,
        turn_password: Option<Private<String>>,
        kept: Option<Private<String>>,
    ) {
        let id = config.id.clone();
        let mut account = Account { turn_password, ..Account::waiting(config) };
        match password {
            // its old task is logging out: the new log-in comes after it, or the server would take the one for the other
            Ok(_) if self.leaving.contains(&id) => {}
            Ok(password) => {
                let archive = self.store.archive_place(id.clone()).await.unwrap_or_default();
                // where it cannot be read nothing can be sent either: texts are kept first
                let instance = self.store.instance().await.unwrap_or_default();
                let (config, bind) = (account.config.clone(), self.bind());
                let setup = AccountSetup { config, password, kept, archive, bind, instance };
                account.commands = Some(spawn(setup, self.account_events.clone()));
            }
            Err(problem) => account.registration = Registration::Failed { problem, retry: false },
        }
        let registration = account.registration.clone();
        self.accounts.insert(id.clone(), account);
        self.tell_registration(id, registration);
    }

    fn tell_registration(&self, account: AccountId, registration: Registration) {
        self.tell(match registration {
            Registration::Registered { .. } => Event::Registered { account, registration },
            Registration::Failed { problem, retry } => Event::RegistrationFailed { account, problem, retry },
            Registration::Offline | Registration::Connecting => Event::RegistrationChanged { account, registration },
        });
    }

    /// One event of an account. Events of accounts that were removed find nobody; a text among them is not
    /// acknowledged, so the server keeps it.
    pub(super) async fn account_event(&mut self, id: AccountId, event: AccountEvent) {
        if self.leaving.contains(&id) {
            if matches!(event, AccountEvent::Stopped) {
                self.leaving.remove(&id);
                if let Some(config) = self.accounts.get(&id).map(|account| account.config.clone()) {
                    self.start_account(config).await;
                }
            }
            return;
        }
        let Some(account) = self.accounts.get_mut(&id) else { return };
        match event {
            AccountEvent::Registration(registration) => {
                let fresh = matches!(registration, Registration::Registered { .. }) && !account.is_registered();
                account.registration = registration.clone();
                self.tell_registration(id.clone(), registration);
                if fresh {
                    self.outbox_may_go(&id).await;
                    self.resume_calls().await;
                }
            }
            AccountEvent::Message { message, committed } if message.change.is_some() => {
                self.change_came(id, message, committed).await;
            }
            AccountEvent::Message { message, committed } => self.received(id, message, committed).await,
            AccountEvent::Archived { page, committed } => self.archived(id, page, committed).await,
            AccountEvent::TextProgress { id: text, progress } => self.text_progress(&id, text, progress).await,
            AccountEvent::Contacts(contacts) => {
                let kept = self.store.set_contacts(contacts).await;
                self.tell_contacts(kept).await;
            }
            AccountEvent::Roster(contacts) => {
                let kept = self.store.replace_contacts(id, contacts).await;
                self.tell_contacts(kept).await;
            }
            AccountEvent::ContactsRemoved(addresses) => {
                let kept = self.store.remove_contacts(id, addresses).await;
                self.tell_contacts(kept).await;
            }
            AccountEvent::Gateway { domain, rostered } => {
                account.gateways.retain(|known| *known != domain);
                let at = if rostered { 0 } else { account.gateways.len() };
                account.gateways.insert(at, domain);
            }
            AccountEvent::Keep(secret) => {
                let (secrets, place) = (self.setup.secrets.clone(), account.config.kept_secret());
                // a keyring may ask the person first: calls and texts must not wait for it
                tokio::spawn(async move {
                    let kept = match secret {
                        Some(secret) => secrets.set(&place, &secret).await,
                        None => secrets.remove(&place).await,
                    };
                    if let Err(error) = kept {
                        tracing::info!(%error, "a log-in is not remembered");
                    }
                });
            }
            AccountEvent::Helpers(servers) => account.helpers = servers,
            AccountEvent::MissedCall { from, name, at } => self.missed_call(id, from, name, at).await,
            AccountEvent::Chat(event) => self.chat_event(id, event).await,
            AccountEvent::Mailbox(mailbox) => self.mailbox_told(id, mailbox),
            AccountEvent::Call { call, event } => self.call_event(id, call, event).await,
            AccountEvent::Stopped => {
                account.commands = None;
                self.referrals_gone(&id);
                let actions = self.switchboard.account_gone(&id);
                self.carry_out(actions).await;
            }
        }
    }

    async fn tell_contacts(&self, kept: Result<(), crate::store::StoreError>) {
        match kept {
            Ok(()) => {
                if let Ok(contacts) = self.store.contacts().await {
                    self.tell(Event::Contacts { contacts });
                }
            }
            // The server sends the roster again at the next log-in.
            Err(error) => tracing::error!(%error, "contacts are not kept"),
        }
    }

    /// Logs in with these in a task of its own; the answer tells how it went, nothing is kept.
    pub(super) fn try_account(
        &self,
        config: AccountConfig,
        password: Private<String>,
    ) -> impl Future<Output = Result<Reply, Refusal>> + Send + 'static + use<> {
        let instance = format!("{}-trial", self.setup.home.tag());
        let (archive, bind) = (ArchivePlace::default(), self.bind());
        let setup = AccountSetup { config, password, kept: None, archive, bind, instance };
        async move {
            let (sender, mut events) = mpsc::channel(account::CHANNEL);
            let commands = spawn(setup, sender);
            let trial = async {
                while let Some((_, event)) = events.recv().await {
                    match event {
                        AccountEvent::Registration(Registration::Registered { .. }) => return Ok(Reply::Done),
                        AccountEvent::Registration(Registration::Failed { problem, .. }) => {
                            return Err(Refusal::Account(problem));
                        }
                        // Texts that come meanwhile are not acknowledged: the server keeps them.
                        _ => {}
                    }
                }
                Err(Refusal::Account(Problem::ServerGone))
            };
            let result = tokio::time::timeout(TRIAL, trial).await;
            let _ = commands.send(AccountCommand::Stop).await;
            let goodbye = async { while events.recv().await.is_some() {} };
            let _ = tokio::time::timeout(GOODBYE, goodbye).await;
            result.unwrap_or(Err(Refusal::Account(Problem::TimedOut)))
        }
    }

    /// Keeps an account and connects it.
    pub(super) async fn add_account(
        &mut self,
        config: AccountConfig,
        password: Private<String>,
        turn_password: Option<Private<String>>,
    ) -> Result<Reply, Refusal> {
        let config = AccountConfig { id: AccountConfig::derive_id(&config.kind, &config.address), ..config };
        if config.user().is_empty() || config.domain().is_empty() {
            return Err(Refusal::BadAccountAddress);
        }
        if self.accounts.contains_key(&config.id) {
            return Err(Refusal::AccountExists);
        }
        self.need_store().await?;
        self.setup.secrets.set(&config.id, &password).await.map_err(secrets_refusal)?;
        if let Some(password) = &turn_password {
            self.setup.secrets.set(&config.turn_secret(), password).await.map_err(secrets_refusal)?;
        }
        self.setup.config.accounts.push(config.clone());
        if let Err(refusal) = self.save_accounts().await {
            self.setup.config.accounts.retain(|known| known.id != config.id);
            return Err(refusal);
        }
        let id = config.id.clone();
        self.run_account(config, Ok(password), turn_password, None).await;
        let status = self.accounts.get(&id).map(Account::status).ok_or(Refusal::UnknownAccount)?;
        self.tell(Event::AccountAdded { account: id, status: status.clone() });
        Ok(Reply::Account(status))
    }

    /// Logs an account out and forgets it and its password; its history stays.
    pub(super) async fn remove_account(&mut self, id: AccountId) -> Result<Reply, Refusal> {
        let account = self.accounts.remove(&id).ok_or(Refusal::UnknownAccount)?;
        let (turn_secret, kept_secret) = (account.config.turn_secret(), account.config.kept_secret());
        self.referrals_gone(&id);
        let actions = self.switchboard.account_gone(&id);
        self.carry_out(actions).await;
        self.leave(account);
        self.setup.config.accounts.retain(|known| known.id != id);
        self.save_accounts().await?;
        for secret in [id.clone(), turn_secret, kept_secret] {
            if let Err(error) = self.setup.secrets.remove(&secret).await {
                tracing::warn!(%error, "a password is not forgotten");
            }
        }
        self.tell(Event::AccountRemoved { account: id });
        Ok(Reply::Done)
    }

    /// Connects all accounts anew, under the policy as it is now.
    pub(super) async fn restart_accounts(&mut self) {
        for account in std::mem::take(&mut self.accounts).into_values() {
            self.leave(account);
        }
        self.start_accounts().await;
    }

    /// Ends an account's task; what it still reports is about a log-in that is over.
    fn leave(&mut self, account: Account) {
        if let Some(commands) = account.commands {
            // a full channel does not matter: the task ends as well when its last sender is gone
            let _ = commands.try_send(AccountCommand::Stop);
            self.leaving.insert(account.config.id);
        }
    }

    pub(super) async fn secrets_state(&self) -> SecretsState {
        match self.setup.secrets.state().await {
            secrets::State::Open => SecretsState::Open,
            secrets::State::Locked => SecretsState::Locked,
            secrets::State::NeedsPassphrase => SecretsState::NeedsPassphrase,
        }
    }

    /// Hangs up, logs out politely, and waits a moment for it.
    pub(super) async fn stop_all(&mut self, events: &mut mpsc::Receiver<(AccountId, AccountEvent)>) {
        for call in self.switchboard.calls() {
            if let Ok(actions) = self.switchboard.hang_up(Some(call.id)) {
                self.carry_out(actions).await;
            }
        }
        for account in std::mem::take(&mut self.accounts).into_values() {
            self.leave(account);
        }
        let goodbye = async {
            while !self.leaving.is_empty() {
                match events.recv().await {
                    Some((id, AccountEvent::Stopped)) => self.leaving.remove(&id),
                    Some(_) => continue,
                    None => break,
                };
            }
        };
        let _ = tokio::time::timeout(GOODBYE, goodbye).await;
    }
}
