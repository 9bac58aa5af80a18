//! What is asked of the engine, and what it answers.
use super::{
    api::{Command, Event, Refusal, Reply, Snapshot, StoreState},
    keep::refusal_of,
    run::Engine,
};
use crate::{
    audio::{self, HoldSound},
    domain::{
        account::{AccountId, AccountKind},
        address::{Address, Scheme},
        link::{LinkRule, WiredPolicy},
        private::Private,
    },
    logic::{
        dial::{self, DialError, Line, Purpose},
        handed,
        plan::Plan,
    },
    media, net, secrets,
    store::StoreError,
};
use std::collections::BTreeMap;

/// Conversations that a snapshot holds.
const CONVERSATIONS: u32 = 200;
const CODES: u32 = 20;
const CALLS: u32 = 100;

pub(super) fn stored(error: StoreError) -> Refusal {
    refusal_of(error.into())
}

impl Engine {
    pub(super) async fn command(&mut self, command: Command) -> Result<Reply, Refusal> {
        match command {
            Command::TestAccount { config, password } => self.try_account(config, password).await,
            Command::AddAccount { config, password, turn_password } => {
                self.add_account(config, password, turn_password).await
            }
            Command::SetRules { id, rules, encryption } => self.set_rules(id, rules, encryption).await,
            Command::RemoveAccount { id } => self.remove_account(id).await,
            Command::Unlock { passphrase } => self.unlock(passphrase).await,
            Command::OpenStore => self.open_again().await,
            Command::Repair => self.repair().await,
            Command::BeginAnew => self.begin_anew().await,
            Command::SetRecovery { passphrase } => self.set_recovery(passphrase).await,
            Command::Snapshot => Ok(Reply::Snapshot(Box::new(self.snapshot().await?))),
            Command::ChooseLinks { policy } => self.choose_links(policy, BTreeMap::new()).await,
            Command::AnswerLink { link, allow } => {
                let mut answers = self.setup.config.links.clone();
                answers.insert(link, allow);
                self.choose_links(self.setup.config.wired, answers).await
            }
            Command::SetWindow { window } => {
                self.setup.config.window = window;
                self.save_config()?;
                Ok(Reply::Done)
            }
            Command::Devices => {
                let devices = tokio::task::spawn_blocking(audio::devices).await.unwrap_or_default();
                Ok(Reply::Devices { devices, choice: self.setup.config.sound.clone() })
            }
            Command::ChooseDevices { choice } => {
                if let HoldSound::File(path) = &choice.hold
                    && choice.hold != self.setup.config.sound.hold
                {
                    // the program may be started elsewhere next time
                    let path = Some(path.clone()).filter(|path| path.is_absolute()).ok_or(Refusal::NoTune)?;
                    let checked = tokio::task::spawn_blocking(move || media::check_tune(&path)).await;
                    checked.map_err(|_| Refusal::NoTune)?.map_err(|_| Refusal::NoTune)?;
                }
                self.setup.config.sound = choice;
                self.save_config()?;
                self.change_devices();
                Ok(Reply::Done)
            }
            Command::SoundTest { on, tone } => {
                self.sound_test = on.then(|| audio::SoundTest::start(&self.setup.config.sound, tone));
                Ok(Reply::Done)
            }
            Command::Resolve { typed, account, text } => {
                let purpose = if text { Purpose::Text } else { Purpose::Call };
                let (to, account) = self.resolve(&typed, account.as_ref(), purpose).await?;
                Ok(Reply::Dial { to, account })
            }
            Command::Call { to, account } => self.place(&to, account.as_ref()).await,
            Command::Voicemail { account } => self.call_voicemail(account.as_ref()).await,
            Command::Answer { call } => {
                let actions = self.switchboard.answer(call);
                self.wish(actions).await
            }
            Command::Decline { call } => {
                let actions = self.switchboard.decline(call);
                self.wish(actions).await
            }
            Command::HangUp { call } => {
                let actions = self.switchboard.hang_up(call);
                self.wish(actions).await
            }
            Command::Hold { call } => {
                let actions = self.switchboard.hold(call);
                self.wish(actions).await
            }
            Command::Resume { call } => {
                let actions = self.switchboard.resume(call);
                self.wish(actions).await
            }
            Command::Mute { call, on } => {
                let actions = self.switchboard.mute(call, on);
                self.wish(actions).await
            }
            Command::Dtmf { call, digits } => {
                let actions = self.switchboard.dtmf(call, &digits);
                self.wish(actions).await
            }
            Command::Join => self.join().await,
            Command::Transfer { call, to } => self.transfer(call, &to).await,
            Command::PutThrough { call, to } => self.put_through(call, to).await,
            Command::Follow { call, yes } => self.follow(call, yes).await,
            Command::NoteCall { call, note } => self.note(call, note).await,
            Command::Record { call, on } => self.record(call, on).await,
            Command::Volume { call, percent } => {
                let actions = self.switchboard.volume(call, percent);
                self.wish(actions).await
            }
            Command::SetRecording { recording } => {
                self.setup.config.recording = recording;
                self.save_config()?;
                Ok(Reply::Done)
            }
            Command::Calls => Ok(Reply::Calls(self.switchboard.calls())),
            Command::CallHistory { limit } => {
                self.store.call_history(limit).await.map(Reply::CallHistory).map_err(stored)
            }
            Command::Text { to, body, account } => self.text(&to, body, account.as_ref()).await,
            Command::Attach(file) => self.attach(file).await,
            Command::RetryText { id } => self.retry_text(id).await,
            Command::Do { id, deed } => self.do_to_text(id, deed).await,
            Command::Want { conversation, wanted } => self.want(conversation, wanted).await,
            Command::SetPrivacy { privacy } => {
                self.setup.config.privacy = privacy;
                self.save_config()?;
                Ok(Reply::Done)
            }
            Command::Conversations => {
                self.store.conversations(CONVERSATIONS).await.map(Reply::Conversations).map_err(stored)
            }
            Command::Thread { conversation, before, limit } => {
                self.store.thread(conversation, before, limit).await.map(Reply::Messages).map_err(stored)
            }
            Command::Messages { with, search, limit } => {
                let (with, search) = (with.map(Private::into_inner), search.map(Private::into_inner));
                self.store.messages(with, search, limit).await.map(Reply::Messages).map_err(stored)
            }
            Command::MarkRead { conversation } => {
                if self.store.mark_read(conversation).await.map_err(stored)? {
                    self.tell(Event::ConversationRead { conversation });
                    self.tell_seen(conversation).await;
                }
                Ok(Reply::Done)
            }
            Command::Codes { limit } => self.store.codes(limit).await.map(Reply::Codes).map_err(stored),
            Command::Contacts => self.store.contacts().await.map(Reply::Contacts).map_err(stored),
            Command::OpenLink { link } => {
                handed::read(link.expose()).ok_or(Refusal::BadAddress)?;
                self.tell(Event::LinkOpened { link });
                Ok(Reply::Done)
            }
            Command::SetDesktop { desktop } => {
                self.setup.config.desktop = desktop;
                self.save_config()?;
                self.tell(Event::DesktopChanged { desktop });
                Ok(Reply::Done)
            }
            Command::SetCodes { codes } => {
                self.setup.config.codes = codes;
                self.save_config()?;
                self.codes_due = None;
                self.forget_codes().await;
                Ok(Reply::Done)
            }
            Command::ShowWindow => {
                self.tell(Event::ShowWindow);
                Ok(Reply::Done)
            }
            Command::Quit => self.quit(),
        }
    }

    async fn snapshot(&self) -> Result<Snapshot, Refusal> {
        let kept = if self.store_state == StoreState::Open { self.kept().await? } else { Snapshot::default() };
        Ok(Snapshot {
            accounts: self.accounts.values().map(super::accounts::Account::status).collect(),
            calls: self.switchboard.calls(),
            referrals: self.referrals.clone(),
            wired: self.wired.clone(),
            demo: self.exchange.is_some(),
            window: self.setup.config.window.clone(),
            desktop: self.setup.config.desktop,
            code_rules: self.setup.config.codes,
            sound: self.setup.config.sound.clone(),
            recording: self.setup.config.recording,
            recordings: self.setup.home.recordings_folder(),
            privacy: self.setup.config.privacy,
            secrets: self.secrets_state().await,
            store: self.store_state,
            not_kept: self.not_kept,
            open_swap: secrets::swap::is_readable(),
            store_file: self.setup.home.database(),
            wants_recovery: !self.in_memory && self.setup.secrets.wants_recovery().await,
            ..kept
        })
    }

    /// The part of a snapshot that the store has.
    async fn kept(&self) -> Result<Snapshot, Refusal> {
        Ok(Snapshot {
            conversations: self.store.conversations(CONVERSATIONS).await.map_err(stored)?,
            codes: self.store.codes(CODES).await.map_err(stored)?,
            call_history: self.store.call_history(CALLS).await.map_err(stored)?,
            contacts: self.store.contacts().await.map_err(stored)?,
            ..Snapshot::default()
        })
    }

    async fn choose_links(&mut self, policy: WiredPolicy, answers: BTreeMap<String, bool>) -> Result<Reply, Refusal> {
        let (rule, before) = (LinkRule { policy, answers }, self.setup.config.link_rule());
        if before != rule {
            (self.setup.config.wired, self.setup.config.links) = (rule.policy, rule.answers);
            self.save_config()?;
            let was_allowed = self.wired.allowed;
            self.update_wired(&net::interfaces()).await;
            if before.policy != policy || was_allowed != self.wired.allowed {
                self.restart_accounts().await;
            }
        }
        Ok(Reply::Done)
    }

    /// The address and account for what was typed.
    pub(super) async fn resolve(
        &self,
        typed: &Private<String>,
        account: Option<&AccountId>,
        purpose: Purpose,
    ) -> Result<(Address, AccountId), Refusal> {
        let conversations = self.store.conversations(CONVERSATIONS).await.map_err(stored)?;
        let contacts = self.store.contacts().await.map_err(stored)?;
        let lines: Vec<Line> = self
            .accounts
            .values()
            .map(|known| {
                let id = &known.config.id;
                let texted = conversations.iter().filter(|c| c.account == *id).map(|c| &c.peer);
                let rostered = contacts.iter().filter(|c| c.account.as_ref() == Some(id)).map(|c| &c.address);
                let scheme = match known.config.kind {
                    AccountKind::Sip { .. } => Scheme::Sip,
                    AccountKind::Xmpp { .. } => Scheme::Xmpp,
                };
                Line {
                    account: id.clone(),
                    scheme,
                    domain: known.config.domain().to_owned(),
                    // what was used says more than what could be used
                    gateway: dial::gateway(texted.chain(rostered)).or_else(|| known.gateways.first().cloned()),
                    plan: Plan { country: known.config.rules.country.clone(), area: known.config.rules.area.clone() },
                    can: known.status().capabilities(),
                }
            })
            .collect();
        dial::resolve(typed.expose(), &lines, account, purpose).map_err(|error| match error {
            DialError::BadAddress => Refusal::BadAddress,
            DialError::NoAccount => Refusal::NoAccount,
            DialError::UnknownAccount => Refusal::UnknownAccount,
            DialError::NotSupported => Refusal::NotSupported,
        })
    }
}
