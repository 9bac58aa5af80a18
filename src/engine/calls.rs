//! Calls: carries out what the switchboard decides, with accounts, media, sound and the history.
use super::{
    api::{Event, Refusal, Reply},
    commands::stored,
    path::Next,
    run::Engine,
    sound::Line,
};
use crate::{
    account::{AccountCommand, CallEvent},
    audio,
    domain::{
        account::{AccountId, Encryption, Registration},
        address::Address,
        call::{Call, CallId, CallState, EndReason},
        private::Private,
        session::{MediaDirection, SessionDescription},
    },
    logic::{
        cable::Cable,
        dial::Purpose,
        switchboard::{Action, SwitchError},
    },
    media::{self, MediaError, MediaSession},
};
use jiff::Timestamp;
use std::{
    net::{IpAddr, SocketAddr},
    time::Instant,
};

/// The discard port: a route is looked up by address, the port does not matter.
const ANY_PORT: u16 = 9;

/// What belongs to one call besides what the switchboard knows.
pub(super) struct Leg {
    pub(super) account: AccountId,
    /// Its keys travel on an encrypted way.
    pub(super) secure: bool,
    pub(super) policy: media::Policy,
    /// The call in which somebody asked for this one.
    pub(super) referred: Option<CallId>,
    /// DTLS has made its keys.
    pub(super) keys_made: bool,
    /// Its media know where they can be reached.
    pub(super) ready: bool,
    /// What waits for that.
    pub(super) next: Option<Next>,
    row: Option<i64>,
    pub(super) media: Option<MediaSession>,
    /// Our last description, as it went out.
    pub(super) local: Option<SessionDescription>,
    /// Where its sound goes.
    pub(super) remote: Option<SocketAddr>,
    /// The link it goes by, and whether its cable is in.
    pub(super) link: Option<String>,
    pub(super) cable: Cable,
    /// It was cut off, and is to be offered again.
    pub(super) resumes: bool,
    /// The other side takes no keys in the sound.
    keys_beside: bool,
    pub(super) levels: Option<audio::Levels>,
    pub(super) levels_told: Instant,
    /// What of its devices was missing when it was told last.
    pub(super) faults: audio::Faults,
    /// How loud the other side is heard.
    pub(super) gain: audio::Gain,
    pub(super) line: Line,
}

impl Engine {
    /// Something happened to a call.
    pub(super) async fn call_event(&mut self, account: AccountId, call: CallId, event: CallEvent) {
        let now = Timestamp::now();
        let actions = match event {
            CallEvent::Offered { from, name, via, at_once, replaces, offer } => {
                if self.legs.contains_key(&call) {
                    return;
                }
                self.add_leg(call, account.clone());
                let name = self.name_of(&from).await.or(name);
                let policy = self.policy(call);
                let refused = offer.as_ref().is_some_and(|offer| media::refuses(policy, offer));
                let mut actions = self.switchboard.offered(call, account, from, name, offer, now);
                if refused {
                    // it is in the history, and rings nowhere
                    actions.retain(|action| matches!(action, Action::Begun(_)));
                    actions.extend(self.switchboard.media_failed(call, EndReason::NotEncrypted));
                    return self.carry_out(actions).await;
                }
                actions.extend(self.switchboard.forwarded(call, via));
                if let Some(old) = replaces.filter(|old| self.switchboard.call(*old).is_some()) {
                    return self.take_over(call, old, actions).await;
                }
                if at_once && self.switchboard.is_free_for(call) {
                    // it is told as ringing first, as every call is
                    self.carry_out(std::mem::take(&mut actions)).await;
                    actions.extend(self.switchboard.answer(Some(call)).unwrap_or_default());
                }
                actions
            }
            CallEvent::Redirected { to } => self.switchboard.forwarded(call, Some(to)),
            CallEvent::Key { key } => {
                self.tell(Event::DtmfReceived { account, call, digit: key });
                Vec::new()
            }
            CallEvent::Ringing { early } => self.switchboard.ringing(call, early),
            CallEvent::Answered { answer } => self.switchboard.answered(call, answer, now),
            CallEvent::Confirmed { answer } => self.switchboard.confirmed(call, answer, now),
            CallEvent::Reoffered { offer } => self.switchboard.reoffered(call, offer),
            CallEvent::Candidate { candidate } => {
                if let Some(media) = self.media(call) {
                    media.add_remote_candidate(candidate.into_inner());
                }
                Vec::new()
            }
            CallEvent::OfferRefused => {
                let mut actions = self.switchboard.offer_refused(call);
                actions.extend(self.resumed(call));
                actions
            }
            CallEvent::Referred { to } => return self.referred(account, call, to).await,
            CallEvent::ReferralOver => return self.referral_over(call),
            CallEvent::Handover { outcome } => self.handover(account, call, outcome),
            CallEvent::Ended { reason } => {
                let way_back = self.way_back(call);
                let mut actions = self.switchboard.ended(call, reason);
                actions.extend(way_back.map(|asked| self.switchboard.back_to(asked)).unwrap_or_default());
                actions
            }
        };
        self.carry_out(actions).await;
    }

    pub(super) fn add_leg(&mut self, call: CallId, account: AccountId) {
        let known = self.accounts.get(&account);
        let secure = known.is_some_and(|account| account.status().capabilities().secure);
        let policy = known.map_or(Encryption::Off.into(), |account| super::path::policy(&account.config, secure));
        let leg = Leg {
            policy,
            referred: None,
            keys_made: false,
            ready: false,
            next: None,
            secure,
            account,
            row: None,
            media: None,
            local: None,
            remote: None,
            link: None,
            cable: Cable::default(),
            resumes: false,
            keys_beside: false,
            levels: None,
            levels_told: Instant::now(),
            faults: audio::Faults::default(),
            gain: audio::Gain::default(),
            line: Line::default(),
        };
        self.legs.insert(call, leg);
    }

    pub(super) async fn name_of(&self, address: &Address) -> Option<Private<String>> {
        let contacts = self.store.contacts().await.ok()?;
        contacts.into_iter().find(|contact| contact.address == *address).map(|contact| contact.name)
    }

    /// Places a call.
    pub(super) async fn place(&mut self, to: &Private<String>, account: Option<&AccountId>) -> Result<Reply, Refusal> {
        let (to, account) = self.resolve(to, account, Purpose::Call).await?;
        let known = self.accounts.get(&account).ok_or(Refusal::UnknownAccount)?;
        match known.registration {
            Registration::Registered { capabilities, .. } if !capabilities.calls => return Err(Refusal::NotSupported),
            Registration::Registered { .. } => {}
            Registration::Failed { problem, .. } => return Err(Refusal::Account(problem)),
            _ => return Err(Refusal::NotConnected),
        }
        self.place_for(to, account, None).await
    }

    /// Places a call; `referred`: the call in which somebody asked for it.
    pub(super) async fn place_for(
        &mut self,
        to: Address,
        account: AccountId,
        referred: Option<CallId>,
    ) -> Result<Reply, Refusal> {
        let mut id = [0; 4];
        getrandom::fill(&mut id).map_err(|_| Refusal::Stopping)?;
        let id = CallId(u32::from_ne_bytes(id));
        let name = self.name_of(&to).await;
        let actions =
            self.switchboard.place(id, account.clone(), to, name, Timestamp::now()).map_err(switch_refusal)?;
        self.add_leg(id, account);
        if let Some(leg) = self.legs.get_mut(&id) {
            leg.referred = referred;
        }
        let placed = self.switchboard.call(id).cloned();
        self.carry_out(actions).await;
        self.switchboard.call(id).cloned().or(placed).map(Reply::Call).ok_or(Refusal::NoCall)
    }

    /// Carries out a wish about calls; the reply is the call it was about, as it is then.
    pub(super) async fn wish(&mut self, actions: Result<Vec<Action>, SwitchError>) -> Result<Reply, Refusal> {
        let actions = actions.map_err(switch_refusal)?;
        let told = actions.iter().rev().find_map(|action| match action {
            Action::Changed(call) => Some(Call::clone(call)),
            Action::Reoffer { call, .. } => self.switchboard.call(*call).cloned(),
            _ => None,
        });
        self.carry_out(actions).await;
        Ok(told.map_or(Reply::Done, Reply::Call))
    }

    /// Carries actions out in their order; what fails leads to further actions.
    pub(super) async fn carry_out(&mut self, actions: Vec<Action>) {
        let mut queue = std::collections::VecDeque::from(actions);
        while let Some(action) = queue.pop_front() {
            let more = self.carry_out_one(action).await;
            for action in more.into_iter().rev() {
                queue.push_front(action);
            }
        }
    }

    async fn carry_out_one(&mut self, action: Action) -> Vec<Action> {
        match action {
            Action::Place { call } => self.offer_media(call, MediaDirection::SendRecv, true).await,
            Action::Reoffer { call, direction } => self.offer_media(call, direction, false).await,
            Action::Answer { call, offer: Some(offer) } => {
                self.answer_media(call, offer, MediaDirection::SendRecv, true).await
            }
            Action::Answer { call, offer: None } => self.answer_with_offer(call).await,
            Action::AnswerReoffer { call, offer, direction } => self.answer_media(call, offer, direction, false).await,
            Action::Apply { call, remote } => self.apply_media(call, remote),
            Action::Ring { call } => self.hand_to(call, AccountCommand::Ring { call }),
            Action::Hangup { call, decline } => self.hand_to(call, AccountCommand::EndCall { call, decline }),
            Action::StopMedia { call } => {
                if let Some(media) = self.legs.get_mut(&call).and_then(|leg| leg.media.take()) {
                    media.stop();
                }
                Vec::new()
            }
            Action::Mute { call, on } => {
                self.mute(call, on);
                Vec::new()
            }
            Action::HoldSound { call, .. } => {
                // who is joined hears the others instead, and those are told of by themselves
                if !self.switchboard.call(call).is_some_and(|call| call.joined) {
                    self.attach_stream(call);
                }
                Vec::new()
            }
            Action::Volume { call, percent } => {
                if let Some(leg) = self.legs.get(&call) {
                    leg.gain.set(f32::from(percent) / 100.0);
                }
                Vec::new()
            }
            Action::Conference { calls } => {
                self.conference(calls);
                Vec::new()
            }
            Action::Dtmf { call, digits } => self.press(call, digits),
            Action::Alert(alert) => {
                self.sound_alert(alert);
                Vec::new()
            }
            Action::Begun(call) => {
                let row = self.store.call_started(&call).await;
                match (row, self.legs.get_mut(&call.id)) {
                    (Ok(row), Some(leg)) => leg.row = Some(row),
                    (Err(error), _) => tracing::error!(%error, "a call is not written into the history"),
                    _ => {}
                }
                Vec::new()
            }
            Action::Changed(call) => {
                // what was carried out in between may have changed it further, or ended it, which was told then
                let now = self.switchboard.call(call.id).cloned().or(Some(*call).filter(|call| call.state.is_ended()));
                if let Some(call) = now {
                    self.changed(call).await;
                }
                Vec::new()
            }
        }
    }

    /// Presses keys: in the sound, or beside it where the other side knows no other way.
    fn press(&mut self, call: CallId, digits: Private<String>) -> Vec<Action> {
        self.ringer.press(&digits, &self.setup.config.sound);
        if self.legs.get(&call).is_some_and(|leg| leg.keys_beside) {
            return self.hand_to(call, AccountCommand::Press { call, keys: digits });
        }
        if let Some(media) = self.media(call) {
            media.send_dtmf(digits.expose());
        }
        Vec::new()
    }

    /// Keeps what the person wrote down; at once, since a call may be cut short.
    pub(super) async fn note(&mut self, call: Option<CallId>, note: Private<String>) -> Result<Reply, Refusal> {
        let call = self.switchboard.to_record(call).map_err(switch_refusal)?;
        let row = self.legs.get(&call).and_then(|leg| leg.row).ok_or(Refusal::NoCall)?;
        self.store.note_call(row, note).await.map_err(stored)?;
        Ok(Reply::Done)
    }

    pub(super) fn media(&mut self, call: CallId) -> Option<&mut MediaSession> {
        self.legs.get_mut(&call).and_then(|leg| leg.media.as_mut())
    }

    pub(super) fn hand_to(&mut self, call: CallId, command: AccountCommand) -> Vec<Action> {
        let account = self.legs.get(&call).and_then(|leg| self.accounts.get(&leg.account));
        let ending = matches!(command, AccountCommand::EndCall { .. });
        if account.is_some_and(|account| account.send(command)) || ending {
            return Vec::new();
        }
        self.switchboard.ended(call, EndReason::ServerGone)
    }

    async fn changed(&mut self, call: Call) {
        let account = call.account.clone();
        let (id, state, answered_at) = (call.id, call.state, call.answered_at);
        self.tell(Event::Call { account: account.clone(), call });
        let CallState::Ended { reason } = state else { return };
        let Some(row) = self.legs.remove(&id).and_then(|leg| leg.row) else { return };
        match self.store.call_ended(row, answered_at, Timestamp::now(), reason).await {
            Ok(record) => self.tell(Event::CallLogged { account, record }),
            Err(error) => tracing::error!(%error, "a call's end is not written into the history"),
        }
    }

    /// Where media of this call would go before the other side has named its address: the way to its server.
    fn way(&self, call: CallId) -> Option<IpAddr> {
        let account = self.accounts.get(&self.legs.get(&call)?.account)?;
        match account.registration {
            Registration::Registered { server, .. } => Some(server),
            _ => None,
        }
    }

    /// Opens the call's media if it has none yet.
    async fn open_media(&mut self, call: CallId, towards: Option<IpAddr>) -> Result<(), EndReason> {
        if self.legs.get(&call).is_none_or(|leg| leg.media.is_some()) {
            return Ok(());
        }
        let towards = towards.filter(|ip| !ip.is_unspecified()).or_else(|| self.way(call));
        let towards = towards.ok_or(EndReason::ServerGone)?;
        let bind = self.bind();
        let (policy, helpers) = (self.policy(call), self.helpers(call));
        let opened = MediaSession::open(&bind, SocketAddr::new(towards, ANY_PORT), policy, helpers).await;
        let mut media = opened.map_err(|error| {
            tracing::error!(%error, "media cannot be opened");
            EndReason::LocalFault
        })?;
        let mut events = media.events();
        let forward = self.media_events.clone();
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if forward.send((call, event)).await.is_err() {
                    break;
                }
            }
        });
        self.await_ready(call, &media);
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.media = Some(media);
        }
        self.attach_stream(call);
        self.tell_faults();
        Ok(())
    }

    pub(super) async fn offer_media(&mut self, call: CallId, direction: MediaDirection, first: bool) -> Vec<Action> {
        if let Err(reason) = self.open_media(call, None).await {
            return self.switchboard.media_failed(call, reason);
        }
        if self.put_off(call, || Next::Offer { direction, first }) {
            return Vec::new();
        }
        let Some(media) = self.media(call) else { return Vec::new() };
        let (offer, second) = (media.offer(direction), media.second_offer(direction));
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.local = Some(offer.clone());
        }
        let Some(to) = self.switchboard.call(call).map(|call| call.peer.clone()) else { return Vec::new() };
        let referred = self.legs.get(&call).and_then(|leg| leg.referred);
        let second = second.map(Box::new);
        let command = if let (true, Some(referred)) = (first, referred) {
            AccountCommand::Follow { referred, call, offer, second }
        } else if first {
            AccountCommand::PlaceCall { call, to, offer, second }
        } else {
            AccountCommand::Reoffer { call, offer }
        };
        self.hand_to(call, command)
    }

    pub(super) async fn answer_with_offer(&mut self, call: CallId) -> Vec<Action> {
        if let Err(reason) = self.open_media(call, None).await {
            return self.switchboard.media_failed(call, reason);
        }
        if self.put_off(call, || Next::AnswerWithOffer) {
            return Vec::new();
        }
        let Some(media) = self.media(call) else { return Vec::new() };
        // whoever does not like it can only hang up
        let offer = media.only_offer(MediaDirection::SendRecv);
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.local = Some(offer.clone());
        }
        self.hand_to(call, AccountCommand::Answer { call, answer: offer })
    }

    pub(super) async fn answer_media(
        &mut self,
        call: CallId,
        offer: SessionDescription,
        direction: MediaDirection,
        first: bool,
    ) -> Vec<Action> {
        if let Err(reason) = self.open_media(call, Some(offer.rtp.ip())).await {
            return self.switchboard.media_failed(call, reason);
        }
        if self.put_off(call, || Next::Answer { offer: Box::new(offer.clone()), direction, first }) {
            return Vec::new();
        }
        let Some(media) = self.media(call) else { return Vec::new() };
        let answer = match media.answer(&offer, direction) {
            Ok(answer) => answer,
            Err(error) => {
                tracing::info!(%error, "no media in common");
                return self.switchboard.media_failed(call, end_reason(&error));
            }
        };
        // an offer of ours that waits for the end of theirs was made before this answer, and no longer holds
        let ours = self.switchboard.offering(call).filter(|_| !first);
        let again = ours.and_then(|direction| Some(self.media(call)?.offer(direction)));
        let mut more = Vec::new();
        if let Some(offer) = again.clone() {
            more.extend(self.hand_to(call, AccountCommand::Reoffer { call, offer }));
        }
        let command = if first {
            AccountCommand::Answer { call, answer: answer.clone() }
        } else {
            AccountCommand::AnswerReoffer { call, answer: answer.clone() }
        };
        if let Some(leg) = self.legs.get_mut(&call) {
            leg.local = Some(answer);
        }
        more.extend(self.hand_to(call, command));
        more.extend(self.apply_media(call, offer));
        if let (Some(again), Some(leg)) = (again, self.legs.get_mut(&call)) {
            leg.local = Some(again);
        }
        more
    }

    /// Lets the sound flow between our last description and theirs.
    fn apply_media(&mut self, call: CallId, remote: SessionDescription) -> Vec<Action> {
        let Some(leg) = self.legs.get_mut(&call) else { return Vec::new() };
        leg.keys_beside = remote.telephone_events.is_empty();
        leg.remote = Some(remote.rtp);
        let (Some(media), Some(local)) = (leg.media.as_mut(), leg.local.clone()) else { return Vec::new() };
        match media.apply(local, remote) {
            Ok(()) => {
                let mut actions = self.describe_media(call);
                actions.extend(self.resumed(call));
                actions
            }
            Err(error) => {
                tracing::info!(%error, "no media in common");
                self.switchboard.media_failed(call, end_reason(&error))
            }
        }
    }
}

/// Why a call ends that has no media.
const fn end_reason(error: &MediaError) -> EndReason {
    match error {
        MediaError::NotEncrypted => EndReason::NotEncrypted,
        MediaError::NoCommonCodec => EndReason::NoCommonMedia,
        MediaError::Socket(_) | MediaError::Codec | MediaError::Thread => EndReason::LocalFault,
    }
}

pub(super) const fn switch_refusal(error: SwitchError) -> Refusal {
    match error {
        SwitchError::NoCall => Refusal::NoCall,
        SwitchError::Apart => Refusal::Apart,
        SwitchError::TooMany => Refusal::NotSupported,
        SwitchError::BadKey => Refusal::BadText,
    }
}
