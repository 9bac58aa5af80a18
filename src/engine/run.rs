//! The engine's one task: it owns the state, takes requests and events one after the other, and never waits for the
//! network or for an account while it does.
use super::{
    Setup,
    accounts::Account,
    api::{Command, Event, Refusal, Reply, Request, StoreState},
    calls::Leg,
    conference::Conference,
    files::{FileEvent, Files},
};
use crate::{
    account::{self, AccountCommand, AccountEvent},
    audio,
    demo::Exchange,
    desktop::{around, sleep},
    domain::{
        account::{AccountConfig, AccountId},
        call::{Call, CallId, CallState},
        link::WiredStatus,
        private::Private,
        transfer::Referral,
    },
    logic::{codes, switchboard::Switchboard},
    media::MediaEvent,
    net,
    store::Store,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::Instant,
};
use tokio::sync::{broadcast, mpsc, watch};

/// An account and its passwords, where they are kept.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) config: AccountConfig,
    pub(super) password: Option<Private<String>>,
    pub(super) turn_password: Option<Private<String>>,
    pub(super) kept: Option<Private<String>>,
}

/// All state of a running Landline.
pub(super) struct Engine {
    pub(super) setup: Setup,
    pub(super) store: Store,
    pub(super) store_state: StoreState,
    /// Why the last thing that was to be kept could not be.
    pub(super) not_kept: Option<StoreState>,
    /// The demo's texts are forgotten with the process, as long as no real account is added.
    pub(super) in_memory: bool,
    pub(super) events: broadcast::Sender<Event>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    /// Accounts whose task was told to stop and has not ended yet.
    pub(super) leaving: BTreeSet<AccountId>,
    pub(super) account_events: account::EventSender,
    pub(super) switchboard: Switchboard,
    pub(super) legs: HashMap<CallId, Leg>,
    /// What the other sides of calls ask of us.
    pub(super) referrals: Vec<Referral>,
    pub(super) media_events: mpsc::Sender<(CallId, MediaEvent)>,
    /// Files under way.
    pub(super) files: Files,
    pub(super) file_events: mpsc::Sender<FileEvent>,
    file_queue: Option<mpsc::Receiver<FileEvent>>,
    pub(super) conference: Option<Conference>,
    pub(super) ringer: audio::Ringer,
    pub(super) sound_test: Option<audio::SoundTest>,
    pub(super) wired: WiredStatus,
    pub(super) exchange: Option<Exchange>,
    /// Texts without a code that may be pieces of one.
    pub(super) parts: codes::Parts,
    /// When old codes are looked for.
    pub(super) codes_due: Option<Instant>,
    /// Passwords that were looked for.
    pub(super) passwords: mpsc::Sender<Found>,
    password_queue: Option<mpsc::Receiver<Found>>,
    account_queue: Option<mpsc::Receiver<(AccountId, AccountEvent)>>,
    media_queue: Option<mpsc::Receiver<(CallId, MediaEvent)>>,
    stopping: bool,
}

impl Engine {
    pub(super) fn new(
        setup: Setup,
        store: Store,
        in_memory: bool,
        events: broadcast::Sender<Event>,
        exchange: Option<Exchange>,
    ) -> Self {
        let (account_events, account_queue) = mpsc::channel(account::CHANNEL);
        let (media_events, media_queue) = mpsc::channel(account::CHANNEL);
        let (passwords, password_queue) = mpsc::channel(account::CHANNEL);
        let (file_events, file_queue) = mpsc::channel(account::CHANNEL);
        let wired = net::status(&setup.config.link_rule(), &net::interfaces());
        Self {
            setup,
            store,
            store_state: if in_memory { StoreState::Open } else { StoreState::Closed },
            not_kept: None,
            in_memory,
            events,
            accounts: BTreeMap::new(),
            leaving: BTreeSet::new(),
            account_events,
            switchboard: Switchboard::default(),
            legs: HashMap::new(),
            referrals: Vec::new(),
            media_events,
            files: Files::default(),
            file_events,
            file_queue: Some(file_queue),
            conference: None,
            ringer: audio::Ringer::new(),
            sound_test: None,
            wired,
            exchange,
            parts: codes::Parts::default(),
            codes_due: None,
            passwords,
            password_queue: Some(password_queue),
            account_queue: Some(account_queue),
            media_queue: Some(media_queue),
            stopping: false,
        }
    }

    /// Runs until it is told to quit.
    pub(super) async fn run(mut self, mut requests: mpsc::Receiver<Request>) {
        let queues = (self.account_queue.take(), self.media_queue.take(), self.password_queue.take());
        let (Some(mut accounts), Some(mut media), Some(mut passwords)) = queues else { return };
        let Some(mut files) = self.file_queue.take() else { return };
        let (mut links, mut wakes, mut told) = (net::watch(), net::wakes(), sleep::wakes());
        let around = around::Around::start(&self.setup.language);
        while !self.stopping {
            around.set(self.calling());
            let wake = self.next_wake();
            tokio::select! {
                request = requests.recv() => match request {
                    Some(request) => self.answer(request).await,
                    None => break,
                },
                Some((id, event)) = accounts.recv() => {
                    self.account_event(id, event).await;
                    if self.not_kept == Some(StoreState::Damaged) {
                        self.close_damaged().await;
                    }
                }
                Some(found) = passwords.recv() => self.password_found(found).await,
                Some(event) = files.recv() => self.file_event(event).await,
                Some((call, event)) = media.recv() => self.media_event(call, event).await,
                Some(()) = wakes.recv() => self.woke().await,
                Ok(()) = links.changed() => self.links_changed(&mut links).await,
                Some(()) = told.recv() => self.woke().await,
                () = sleep_until(wake) => self.wake().await,
            }
        }
        self.stop_all(&mut accounts).await;
        if self.store.close().await.is_err() {
            tracing::error!("the store does not close");
        }
    }

    /// What the desktop around calls is to do now: for a call that rings in silence nothing.
    fn calling(&self) -> around::Now {
        let desktop = self.setup.config.desktop;
        let heard = |call: &Call| !(desktop.quiet && call.state == CallState::Incoming);
        let mut calls = self.legs.keys().filter_map(|id| self.switchboard.call(*id));
        around::Now { calling: calls.any(heard), pause_players: desktop.pause_players }
    }

    /// The computer was asleep: no connection can be trusted, and links may have changed.
    async fn woke(&mut self) {
        tracing::info!("awake again");
        self.look_again();
        self.update_wired(&net::interfaces()).await;
    }

    async fn answer(&mut self, request: Request) {
        if let Command::TestAccount { config, password } = request.command {
            // It takes as long as the network does: calls and texts must not wait for it.
            let trial = self.try_account(config, password);
            tokio::spawn(async move {
                let _ = request.reply.send(trial.await);
            });
            return;
        }
        let reply = self.command(request.command).await;
        if matches!(reply, Err(Refusal::Store(StoreState::Damaged))) {
            self.close_damaged().await;
        }
        // Who asked may be gone: what was asked is done all the same.
        let _ = request.reply.send(reply);
    }

    /// Tells everybody; nobody listening is no fault.
    pub(super) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    /// Ends the program.
    pub(super) fn quit(&mut self) -> Result<Reply, Refusal> {
        self.tell(Event::Quit);
        self.stopping = true;
        Ok(Reply::Done)
    }

    /// Writes the configuration. As long as the store, which has the accounts, is not open they stay where they are.
    pub(super) fn save_config(&self) -> Result<(), Refusal> {
        let (config, home) = (&self.setup.config, &self.setup.home);
        let shut = !self.in_memory && self.store_state != StoreState::Open;
        let saved = if shut { config.save(home) } else { config.save_settings(home) };
        saved.map_err(|error| {
            tracing::error!(%error, "the configuration is not written");
            Refusal::Config
        })
    }

    async fn links_changed(&mut self, links: &mut watch::Receiver<Vec<net::Interface>>) {
        let interfaces = links.borrow_and_update().clone();
        self.update_wired(&interfaces).await;
    }

    /// Tells the new state of the links, and the accounts that they should look whether they still stand.
    pub(super) async fn update_wired(&mut self, interfaces: &[net::Interface]) {
        let status = net::status(&self.setup.config.link_rule(), interfaces);
        if status == self.wired {
            return;
        }
        let before = std::mem::replace(&mut self.wired, status.clone());
        let radio = |status: &net::WiredStatus| status.carrier.as_ref().is_some_and(net::Interface::is_wireless);
        // a radio that was granted is used only as long as there is no cable; a call on it is not cut off
        let back = status.rule.policy == net::WiredPolicy::Ask && before.allowed && radio(&before) && !radio(&status);
        self.tell(Event::Wired { status });
        if back && self.legs.is_empty() {
            self.restart_accounts().await;
        } else {
            self.look_again();
        }
        self.look_at_cables(&before.interfaces, interfaces).await;
    }

    /// Has every account look whether its connection still stands: the network changed, or the computer has slept.
    fn look_again(&self) {
        for account in self.accounts.values() {
            account.send(AccountCommand::NetworkChanged);
        }
    }

    fn next_wake(&self) -> Option<Instant> {
        let outboxes = self.accounts.values().filter_map(|account| account.outbox.next());
        let levels = self.next_levels();
        outboxes.chain(levels).chain(self.codes_due).chain(self.next_cable()).min()
    }

    async fn wake(&mut self) {
        self.tell_levels();
        self.cables_waited().await;
        let now = Instant::now();
        if self.codes_due.is_some_and(|at| at <= now) {
            self.forget_codes().await;
        }
        let due: Vec<_> = self.accounts.iter().filter(|(_, a)| a.outbox.next().is_some_and(|at| at <= now)).collect();
        let due: Vec<_> = due.into_iter().map(|(id, _)| id.clone()).collect();
        for id in due {
            self.send_queued(&id).await;
        }
    }
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
