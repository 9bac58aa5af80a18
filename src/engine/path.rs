//! How a call's packets go: what its account wishes of them, what becomes of their keys and their path, and what the person
//! is told of both. It must not choose a path or make a key: the media engine does.
use super::{api::Event, run::Engine};
use crate::{
    account::AccountCommand,
    domain::{
        account::{AccountConfig, AccountKind, Encryption, Keys},
        call::{CallId, EndReason, MediaEncryption},
        ice::Candidate,
        private::Private,
        session::{MediaDirection, SessionDescription},
    },
    logic::switchboard::Action,
    media::{self, Helpers, MediaEvent, MediaSession},
};

use std::time::Duration;

/// What the packets of an account's calls are to be: as the person says, or as its signalling is. Over a way in the clear
/// keys that travel protect nothing; over a stream ICE costs nothing.
pub(super) fn policy(config: &AccountConfig, secure: bool) -> media::Policy {
    if matches!(config.kind, AccountKind::Xmpp { .. }) {
        // Jingle describes no packets in the clear, no keys that travel and no addresses but candidates
        return media::Policy { encryption: Encryption::Required, keys: Some(Keys::Dtls), ice: Some(true) };
    }
    let wishes = &config.calls;
    let own = if secure { Encryption::Preferred } else { Encryption::Off };
    media::Policy {
        encryption: config.encryption.unwrap_or(own),
        keys: wishes.keys,
        ice: wishes.ice.or((secure || wishes.stun.is_some() || wishes.turn.is_some()).then_some(true)),
    }
}

/// How long an offer or an answer waits for servers to tell where we can be reached.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is to be described once it is known where our media can be reached.
#[derive(Debug)]
pub(super) enum Next {
    Offer { direction: MediaDirection, first: bool },
    Answer { offer: Box<SessionDescription>, direction: MediaDirection, first: bool },
    AnswerWithOffer,
}

impl Engine {
    /// Who helps this call's media to find a path.
    pub(super) fn helpers(&self, call: CallId) -> Helpers {
        let account = self.legs.get(&call).and_then(|leg| self.accounts.get(&leg.account));
        account.map_or_else(Helpers::default, |account| Helpers {
            servers: account.servers(),
            authority: account.config.ca.clone(),
        })
    }

    /// Tells itself when the media know where they can be reached, or when it has waited long enough.
    pub(super) fn await_ready(&self, call: CallId, media: &MediaSession) {
        let (ready, tell) = (media.ready(), self.media_events.clone());
        tokio::spawn(async move {
            if tokio::time::timeout(PATIENCE, ready).await.is_err() {
                tracing::warn!("a server for finding paths is late: a call goes on without it");
            }
            // fails only when the engine has gone
            let _ = tell.send((call, MediaEvent::Gathered)).await;
        });
    }

    /// Keeps for later what cannot be described yet; tells whether it did.
    pub(super) fn put_off(&mut self, call: CallId, next: impl FnOnce() -> Next) -> bool {
        let leg = self.legs.get_mut(&call).filter(|leg| !leg.ready);
        leg.map(|leg| leg.next = Some(next())).is_some()
    }

    async fn ready(&mut self, call: CallId) -> Vec<Action> {
        let Some(leg) = self.legs.get_mut(&call) else { return Vec::new() };
        leg.ready = true;
        match leg.next.take() {
            Some(Next::Offer { direction, first }) => self.offer_media(call, direction, first).await,
            Some(Next::Answer { offer, direction, first }) => self.answer_media(call, *offer, direction, first).await,
            Some(Next::AnswerWithOffer) => self.answer_with_offer(call).await,
            None => Vec::new(),
        }
    }

    /// What this call's packets are to be.
    pub(super) fn policy(&self, call: CallId) -> media::Policy {
        self.legs.get(&call).map_or(Encryption::Off.into(), |leg| leg.policy)
    }

    /// Tells what the call's media are now.
    pub(super) fn describe_media(&mut self, call: CallId) -> Vec<Action> {
        let Some(leg) = self.legs.get(&call) else { return Vec::new() };
        let Some(media) = &leg.media else { return Vec::new() };
        let encryption = media.keys().map(|keys| match (keys, leg.secure) {
            (Keys::Sdes, true) => MediaEncryption::Sdes,
            (Keys::Sdes, false) => MediaEncryption::SdesInClear,
            (Keys::Dtls, _) if !leg.keys_made => MediaEncryption::Pending,
            (Keys::Dtls, true) => MediaEncryption::Dtls,
            (Keys::Dtls, false) => MediaEncryption::DtlsInClear,
        });
        self.switchboard.media(call, media.codec().map(|codec| codec.name().to_owned()), encryption)
    }

    /// Something happened to a call's media.
    pub(super) async fn media_event(&mut self, call: CallId, event: MediaEvent) {
        let Some(account) = self.legs.get(&call).map(|leg| leg.account.clone()) else { return };
        let actions = match event {
            MediaEvent::RecordingFailed(error) => return self.recording_failed(account, call, error).await,
            MediaEvent::Dtmf(digit) => return self.tell(Event::DtmfReceived { account, call, digit }),
            MediaEvent::Gathered => self.ready(call).await,
            MediaEvent::Secured => {
                if let Some(leg) = self.legs.get_mut(&call) {
                    leg.keys_made = true;
                }
                self.describe_media(call)
            }
            MediaEvent::Insecure => self.switchboard.media_failed(call, EndReason::EncryptionFailed),
            MediaEvent::NoPath => self.switchboard.media_failed(call, EndReason::NoPath),
            MediaEvent::FirstPacket | MediaEvent::Quiet => {
                let away = matches!(event, MediaEvent::Quiet);
                if let Some(leg) = self.legs.get_mut(&call) {
                    leg.line.quiet = away;
                    // silence behind a pulled cable says nothing of the other side
                    if away && leg.cable.is_out() {
                        return;
                    }
                }
                self.hand_to(call, AccountCommand::Silence { call, away })
            }
            MediaEvent::PathLost => self.search(call),
            MediaEvent::Candidate(candidate) => self.late_candidate(call, candidate),
            MediaEvent::PathFound => self.switchboard.searching(call, false),
        };
        self.carry_out(actions).await;
    }

    /// A candidate of ours was found: those that our description does not hold are told alone.
    fn late_candidate(&mut self, call: CallId, candidate: Private<Candidate>) -> Vec<Action> {
        let described = self.legs.get(&call).filter(|leg| leg.ready);
        let told = described.and_then(|leg| leg.local.as_ref()?.ice.as_ref());
        let late = told.is_some_and(|ice| ice.candidates.iter().all(|known| known != candidate.expose()));
        if late { self.hand_to(call, AccountCommand::Candidate { call, candidate }) } else { Vec::new() }
    }

    /// The path of a call's sound is lost: says so, and looks for another (RFC 8445 section 9).
    fn search(&mut self, call: CallId) -> Vec<Action> {
        let mut actions = self.switchboard.searching(call, true);
        if let Some(media) = self.media(call) {
            media.restart_ice();
            actions.extend(self.switchboard.describe_again(call));
        }
        actions
    }
}
