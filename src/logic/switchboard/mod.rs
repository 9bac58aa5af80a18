//! Many calls, one live: what each event and each wish of the person leads to. Pure: it returns [`Action`]s, and the
//! engine carries them out. It never drops a call in silence: whatever ends, ends with a reason.
use crate::domain::{
    account::AccountId,
    address::Address,
    call::{AS_IT_COMES, Call, CallId, CallState, Decline, EndReason, MediaEncryption},
    message::Direction,
    private::Private,
    quality::Quality,
    session::{MediaDirection, SessionDescription},
};
use jiff::Timestamp;
use std::path::PathBuf;

mod conference;
mod transfer;
mod wishes;

pub use transfer::Plan;

#[cfg(test)]
mod tests;

/// Calls at once; one more is told that it is busy here.
pub const MOST_CALLS: usize = 64;

/// What the person hears besides voices.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Alert {
    /// Nothing.
    #[default]
    Silent,
    /// A call comes in.
    Ring,
    /// A call comes in while another is live.
    Waiting,
    /// It rings there, and they send no sound of their own.
    RingBack,
    /// Nobody is in a call now, and the last one out ended because it is busy there. It stops by itself.
    Busy,
    /// As [`Alert::Busy`], because the call could not be put through.
    Congestion,
}

impl Alert {
    /// What is heard after a call of ours that was never answered.
    const fn after(reason: EndReason) -> Self {
        match reason {
            EndReason::Busy | EndReason::Declined => Self::Busy,
            EndReason::NotFound
            | EndReason::Unavailable
            | EndReason::Refused
            | EndReason::NoCommonMedia
            | EndReason::NotEncrypted
            | EndReason::EncryptionFailed
            | EndReason::NoPath
            | EndReason::ServerGone
            | EndReason::Redirected
            | EndReason::PaymentNeeded
            | EndReason::Incomplete
            | EndReason::NoLongerInUse
            | EndReason::NotAnonymously
            | EndReason::Blocked
            | EndReason::Overloaded
            | EndReason::PasswordAsked
            | EndReason::Server => Self::Congestion,
            EndReason::HungUpHere
            | EndReason::HungUpThere
            | EndReason::Cancelled
            | EndReason::NoAnswer
            | EndReason::Lost
            | EndReason::HandledElsewhere
            | EndReason::Transferred
            | EndReason::LocalFault => Self::Silent,
        }
    }
}

/// What the engine has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Open media and place the call with its offer.
    Place {
        /// Which.
        call: CallId,
    },
    /// Answer with media: to their offer, or with an offer of ours where they sent none.
    Answer {
        /// Which.
        call: CallId,
        /// Theirs.
        offer: Option<SessionDescription>,
    },
    /// Offer this direction in mid-call.
    Reoffer {
        /// Which.
        call: CallId,
        /// As we see it.
        direction: MediaDirection,
    },
    /// Answer their offer in mid-call.
    AnswerReoffer {
        /// Which.
        call: CallId,
        /// Theirs.
        offer: SessionDescription,
        /// As we see it.
        direction: MediaDirection,
    },
    /// Their description answers our last offer: let the sound flow.
    Apply {
        /// Which.
        call: CallId,
        /// Theirs.
        remote: SessionDescription,
    },
    /// Tell the caller that it rings here.
    Ring {
        /// Which.
        call: CallId,
    },
    /// End it towards the other side.
    Hangup {
        /// Which.
        call: CallId,
        /// What a caller is told who was not answered.
        decline: Decline,
    },
    /// Stop its media.
    StopMedia {
        /// Which.
        call: CallId,
    },
    /// Mute or unmute its microphone.
    Mute {
        /// Which.
        call: CallId,
        /// Mute.
        on: bool,
    },
    /// It is to hear what one hears on hold, and nobody hears it; or, no longer.
    HoldSound {
        /// Which.
        call: CallId,
        /// On hold.
        on: bool,
    },
    /// Let the other side be heard this loud.
    Volume {
        /// Which.
        call: CallId,
        /// In percent of how it comes.
        percent: u16,
    },
    /// These calls hear each other from now on, and no others: all that are joined, or none.
    Conference {
        /// Which.
        calls: Vec<CallId>,
    },
    /// Press keys.
    Dtmf {
        /// Which.
        call: CallId,
        /// Which keys.
        digits: Private<String>,
    },
    /// Sound this until told otherwise.
    Alert(Alert),
    /// It began: write it into the history.
    Begun(Box<Call>),
    /// It changed, or ended (its state says so).
    Changed(Box<Call>),
}

/// Why a wish cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SwitchError {
    /// The calls are of different accounts.
    #[error("different accounts")]
    Apart,
    /// No such call, or none that fits.
    #[error("no such call")]
    NoCall,
    /// Too many calls at once.
    #[error("too many calls")]
    TooMany,
    /// No key that a phone has.
    #[error("no such key")]
    BadKey,
}

#[derive(Debug)]
struct Leg {
    call: Call,
    /// Their offer, until it is answered.
    offer: Option<SessionDescription>,
    /// They send early media: no ring-back of ours over it.
    early: bool,
    /// The person wants it held.
    hold: bool,
    /// It was told to hear what one hears on hold.
    hold_told: bool,
    /// The hold state that an offer of ours under way asks for.
    offering: Option<bool>,
    /// The call whose other side it is handed over to.
    consulted: Option<CallId>,
}

/// All calls of this run.
#[derive(Debug, Default)]
pub struct Switchboard {
    legs: Vec<Leg>,
    alert: Alert,
    /// Calls that were joined when it was told last.
    joined: Vec<CallId>,
}

const fn is_live(state: CallState) -> bool {
    matches!(state, CallState::Dialling | CallState::Ringing | CallState::Connecting | CallState::Active)
}

/// Whether this description says that its side holds us (RFC 3264 section 8.4).
fn holds(description: &SessionDescription) -> bool {
    matches!(description.direction, MediaDirection::SendOnly | MediaDirection::Inactive) || description.is_nowhere()
}

impl Switchboard {
    /// Calls now.
    pub fn calls(&self) -> Vec<Call> {
        self.legs.iter().map(|leg| leg.call.clone()).collect()
    }
    /// One call.
    pub fn call(&self, id: CallId) -> Option<&Call> {
        self.legs.iter().find(|leg| leg.call.id == id).map(|leg| &leg.call)
    }
    fn leg(&mut self, id: CallId) -> Option<&mut Leg> {
        self.legs.iter_mut().find(|leg| leg.call.id == id)
    }
    fn add(&mut self, id: CallId, account: AccountId, peer: Address, name: Option<Private<String>>, now: Timestamp) {
        self.legs.push(Leg {
            call: Call {
                id,
                account,
                peer,
                name,
                direction: Direction::Outgoing,
                state: CallState::Dialling,
                muted: false,
                held_there: false,
                started_at: now,
                answered_at: None,
                codec: None,
                joined: false,
                recording: None,
                recording_since: None,
                volume: AS_IT_COMES,
                quality: None,
                encryption: None,
                searching: false,
                via: None,
                handover: None,
                dtmf_sent: Private::default(),
            },
            offer: None,
            early: false,
            hold: false,
            hold_told: false,
            offering: None,
            consulted: None,
        });
    }
    /// Changes one call and tells so; the alert follows. Nothing for a call that is not there.
    fn change(&mut self, id: CallId, actions: &mut Vec<Action>, change: impl FnOnce(&mut Leg)) {
        if let Some(leg) = self.leg(id) {
            change(leg);
            actions.push(Action::Changed(Box::new(leg.call.clone())));
        }
        self.follow_alert(actions);
    }
    fn follow_alert(&mut self, actions: &mut Vec<Action>) {
        let busy = self.legs.iter().any(|leg| is_live(leg.call.state));
        let incoming = self.legs.iter().any(|leg| leg.call.state == CallState::Incoming);
        let ring_back = self.legs.iter().any(|leg| leg.call.state == CallState::Ringing && !leg.early);
        let alert = match (incoming, busy, ring_back) {
            (true, false, _) => Alert::Ring,
            (true, true, _) => Alert::Waiting,
            (false, _, true) => Alert::RingBack,
            _ => Alert::Silent,
        };
        self.sound(alert, actions);
    }
    fn sound(&mut self, alert: Alert, actions: &mut Vec<Action>) {
        if alert != self.alert {
            self.alert = alert;
            actions.push(Action::Alert(alert));
        }
    }

    /// A call comes in.
    pub fn offered(
        &mut self,
        id: CallId,
        account: AccountId,
        from: Address,
        name: Option<Private<String>>,
        offer: Option<SessionDescription>,
        now: Timestamp,
    ) -> Vec<Action> {
        if self.legs.len() >= MOST_CALLS || self.leg(id).is_some() {
            return vec![Action::Hangup { call: id, decline: Decline::Busy }];
        }
        self.add(id, account, from, name, now);
        let mut actions = Vec::new();
        if let Some(leg) = self.leg(id) {
            leg.call.direction = Direction::Incoming;
            leg.call.state = CallState::Incoming;
            leg.offer = offer;
            actions.push(Action::Begun(Box::new(leg.call.clone())));
        }
        self.change(id, &mut actions, |_| {});
        actions.push(Action::Ring { call: id });
        actions
    }
    /// It rings there, perhaps with sound of theirs.
    pub fn ringing(&mut self, id: CallId, early: Option<SessionDescription>) -> Vec<Action> {
        let mut actions = Vec::new();
        if !self.call(id).is_some_and(|call| matches!(call.state, CallState::Dialling | CallState::Ringing)) {
            return actions;
        }
        let with_sound = early.is_some();
        if let Some(remote) = early {
            actions.push(Action::Apply { call: id, remote });
        }
        self.change(id, &mut actions, |leg| {
            leg.call.state = CallState::Ringing;
            leg.early |= with_sound;
        });
        actions
    }
    /// They answered an offer of ours, the first or one in mid-call.
    pub fn answered(&mut self, id: CallId, answer: SessionDescription, now: Timestamp) -> Vec<Action> {
        let mut actions = vec![Action::Apply { call: id, remote: answer }];
        self.change(id, &mut actions, |leg| {
            let held = leg.offering.take().unwrap_or(false);
            leg.call.state = if held { CallState::Held } else { CallState::Active };
            leg.call.answered_at.get_or_insert(now);
        });
        self.follow_hold(id, &mut actions);
        actions
    }
    /// The dialog of a call that we answered is confirmed; with their answer if the offer was ours.
    pub fn confirmed(&mut self, id: CallId, answer: Option<SessionDescription>, now: Timestamp) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(remote) = answer {
            actions.push(Action::Apply { call: id, remote });
        }
        self.change(id, &mut actions, |leg| {
            if leg.call.state == CallState::Connecting {
                leg.call.state = CallState::Active;
            }
            leg.call.answered_at.get_or_insert(now);
        });
        self.follow_hold(id, &mut actions);
        actions
    }
    /// They offer something new in mid-call.
    pub fn reoffered(&mut self, id: CallId, offer: SessionDescription) -> Vec<Action> {
        let mut actions = Vec::new();
        let theirs = holds(&offer);
        let Some(leg) = self.leg(id) else { return actions };
        let ours = leg.call.state == CallState::Held;
        let direction = match (ours, theirs) {
            (false, false) => MediaDirection::SendRecv,
            (false, true) => MediaDirection::RecvOnly,
            (true, false) => MediaDirection::SendOnly,
            (true, true) => MediaDirection::Inactive,
        };
        actions.push(Action::AnswerReoffer { call: id, offer, direction });
        self.change(id, &mut actions, |leg| leg.call.held_there = theirs);
        actions
    }
    /// They refused our offer in mid-call: all stays as it was.
    pub fn offer_refused(&mut self, id: CallId) -> Vec<Action> {
        let mut actions = Vec::new();
        self.change(id, &mut actions, |leg| {
            leg.offering = None;
            leg.hold = leg.call.state == CallState::Held;
            leg.call.joined &= !leg.hold;
        });
        self.follow_hold_sound(id, &mut actions);
        self.follow_conference(&mut actions);
        actions
    }
    /// It is over, whoever ended it.
    pub fn ended(&mut self, id: CallId, reason: EndReason) -> Vec<Action> {
        let mut actions = Vec::new();
        let Some(leg) = self.leg(id) else { return actions };
        let unanswered = matches!(leg.call.state, CallState::Dialling | CallState::Ringing);
        // who was asked to call somebody else may hang up once they talk
        let handed = leg.call.handover.is_some() && reason == EndReason::HungUpThere;
        let reason = if handed { EndReason::Transferred } else { reason };
        actions.push(Action::StopMedia { call: id });
        self.change(id, &mut actions, |leg| {
            leg.call.state = CallState::Ended { reason };
            (leg.call.recording, leg.call.recording_since) = (None, None);
            leg.call.joined = false;
            leg.call.quality = None;
            leg.call.handover = None;
        });
        self.legs.retain(|leg| leg.call.id != id);
        self.follow_conference(&mut actions);
        self.follow_alert(&mut actions);
        if unanswered && self.legs.is_empty() {
            self.sound(Alert::after(reason), &mut actions);
        }
        actions
    }
    /// An account is gone: its calls are over.
    pub fn account_gone(&mut self, account: &AccountId) -> Vec<Action> {
        let gone: Vec<_> = self.legs.iter().filter(|leg| leg.call.account == *account).map(|leg| leg.call.id).collect();
        gone.into_iter().flat_map(|id| self.ended(id, EndReason::ServerGone)).collect()
    }
    /// Whom the caller had called first, or to whom a call of ours was redirected, became known.
    pub fn forwarded(&mut self, id: CallId, via: Option<Address>) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.call(id).is_some_and(|call| call.via != via) {
            self.change(id, &mut actions, |leg| leg.call.via = via);
        }
        actions
    }
    /// It is recorded into this file from now on, or no longer.
    pub fn recorded(&mut self, id: CallId, into: Option<PathBuf>, now: Timestamp) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.call(id).is_some_and(|call| call.recording != into) {
            self.change(id, &mut actions, |leg| {
                leg.call.recording_since = into.is_some().then_some(now);
                leg.call.recording = into;
            });
        }
        actions
    }
    /// The way of its sound is lost and looked for, or found.
    pub fn searching(&mut self, id: CallId, on: bool) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.call(id).is_some_and(|call| call.searching != on) {
            self.change(id, &mut actions, |leg| leg.call.searching = on);
        }
        actions
    }
    /// Offers the same again: something of our description has changed. Nothing while an offer is under way.
    pub fn describe_again(&mut self, id: CallId) -> Vec<Action> {
        let Some(leg) = self.leg(id).filter(|leg| leg.offering.is_none()) else { return Vec::new() };
        let (held, direction) = match leg.call.state {
            CallState::Active => (false, MediaDirection::SendRecv),
            CallState::Held => (true, MediaDirection::SendOnly),
            _ => return Vec::new(),
        };
        leg.offering = Some(held);
        vec![Action::Reoffer { call: id, direction }]
    }
    /// The direction of an offer of ours that has no answer yet.
    pub fn offering(&self, id: CallId) -> Option<MediaDirection> {
        let held = self.legs.iter().find(|leg| leg.call.id == id)?.offering?;
        Some(if held { MediaDirection::SendOnly } else { MediaDirection::SendRecv })
    }
    /// How it sounds became known, or is no longer; tells whether that is new. It is no change of the call.
    pub fn sounds(&mut self, id: CallId, quality: Option<Quality>) -> bool {
        self.leg(id).is_some_and(|leg| std::mem::replace(&mut leg.call.quality, quality) != quality)
    }
    /// What the media are now became known: the codec, and how they are encrypted.
    pub fn media(&mut self, id: CallId, codec: Option<String>, encryption: Option<MediaEncryption>) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.call(id).is_some_and(|call| (&call.codec, call.encryption) != (&codec, encryption)) {
            self.change(id, &mut actions, |leg| (leg.call.codec, leg.call.encryption) = (codec, encryption));
        }
        actions
    }
}
