//! What the person asks of calls: place, answer, end, hold, resume, mute, keys; and which call is meant when none is named.
use super::{Action, Alert, CallId, CallState, Decline, EndReason, MOST_CALLS, SwitchError, Switchboard, is_live};
use crate::domain::{account::AccountId, address::Address, call::LOUDEST, private::Private, session::MediaDirection};
use jiff::Timestamp;

impl Switchboard {
    /// The call that is meant: the named one if it fits, or the first that does.
    fn meant(&self, named: Option<CallId>, fits: impl Fn(CallState) -> bool) -> Result<CallId, SwitchError> {
        let mut calls = self.legs.iter().map(|leg| &leg.call).filter(|call| fits(call.state));
        let found = match named {
            Some(id) => calls.find(|call| call.id == id),
            None => calls.next(),
        };
        found.map(|call| call.id).ok_or(SwitchError::NoCall)
    }
    /// Holds every live call but this one.
    fn hold_others(&mut self, id: CallId, actions: &mut Vec<Action>) {
        let others: Vec<_> = self
            .legs
            .iter()
            .filter(|leg| leg.call.id != id && is_live(leg.call.state))
            .map(|leg| leg.call.id)
            .collect();
        for other in others {
            if let Some(leg) = self.leg(other) {
                leg.hold = true;
            }
            self.leave(other, actions);
            self.follow_hold(other, actions);
        }
        self.follow_conference(actions);
    }
    /// Whether the person wants it held: from that moment on nobody there hears the microphone.
    pub fn wants_hold(&self, id: CallId) -> bool {
        self.legs.iter().any(|leg| leg.call.id == id && leg.hold)
    }
    /// Tells when what the person wants has changed what is heard there.
    pub(super) fn follow_hold_sound(&mut self, id: CallId, actions: &mut Vec<Action>) {
        let Some(leg) = self.leg(id) else { return };
        if std::mem::replace(&mut leg.hold_told, leg.hold) != leg.hold {
            actions.push(Action::HoldSound { call: id, on: leg.hold });
        }
    }
    /// Offers what the person wants, if it is not so yet and no offer is under way.
    pub(super) fn follow_hold(&mut self, id: CallId, actions: &mut Vec<Action>) {
        self.follow_hold_sound(id, actions);
        let Some(leg) = self.leg(id) else { return };
        let held = match leg.call.state {
            CallState::Active => false,
            CallState::Held => true,
            _ => return,
        };
        if leg.offering.is_some() || leg.hold == held {
            return;
        }
        leg.offering = Some(leg.hold);
        let direction = if leg.hold { MediaDirection::SendOnly } else { MediaDirection::SendRecv };
        actions.push(Action::Reoffer { call: id, direction });
    }

    /// Places a call; a live one is held first.
    pub fn place(
        &mut self,
        id: CallId,
        account: AccountId,
        to: Address,
        name: Option<Private<String>>,
        now: Timestamp,
    ) -> Result<Vec<Action>, SwitchError> {
        if self.legs.len() >= MOST_CALLS {
            return Err(SwitchError::TooMany);
        }
        let mut actions = Vec::new();
        self.add(id, account, to, name, now);
        self.hold_others(id, &mut actions);
        if let Some(call) = self.call(id) {
            actions.push(Action::Begun(Box::new(call.clone())));
        }
        self.change(id, &mut actions, |_| {});
        actions.push(Action::Place { call: id });
        Ok(actions)
    }
    /// Answers; a live call is held first.
    pub fn answer(&mut self, named: Option<CallId>) -> Result<Vec<Action>, SwitchError> {
        let id = self.meant(named, |state| state == CallState::Incoming)?;
        let mut actions = Vec::new();
        self.hold_others(id, &mut actions);
        let offer = self.leg(id).and_then(|leg| leg.offer.take());
        actions.push(Action::Answer { call: id, offer });
        self.change(id, &mut actions, |leg| leg.call.state = CallState::Connecting);
        Ok(actions)
    }
    /// Whether this call is the only one, and rings here.
    pub fn is_free_for(&self, id: CallId) -> bool {
        self.legs.len() == 1 && self.call(id).is_some_and(|call| call.state == CallState::Incoming)
    }
    /// Declines.
    pub fn decline(&mut self, named: Option<CallId>) -> Result<Vec<Action>, SwitchError> {
        let id = self.meant(named, |state| state == CallState::Incoming)?;
        Ok(self.end(id, EndReason::Declined))
    }
    /// Hangs up in whatever state: the named call, or the live one, or the only one.
    pub fn hang_up(&mut self, named: Option<CallId>) -> Result<Vec<Action>, SwitchError> {
        let id = match named {
            Some(_) => self.meant(named, |_| true)?,
            None if self.legs.is_empty() && self.alert != Alert::Silent => {
                // only the tone after a call is left
                let mut actions = Vec::new();
                self.sound(Alert::Silent, &mut actions);
                return Ok(actions);
            }
            None => match self.meant(None, is_live) {
                Ok(id) => id,
                Err(_) if self.legs.len() == 1 => self.meant(None, |_| true)?,
                Err(error) => return Err(error),
            },
        };
        let reason = match self.call(id).map(|call| call.state) {
            Some(CallState::Dialling | CallState::Ringing) => EndReason::Cancelled,
            Some(CallState::Incoming) => EndReason::Declined,
            _ => EndReason::HungUpHere,
        };
        Ok(self.end(id, reason))
    }
    pub(super) fn end(&mut self, id: CallId, reason: EndReason) -> Vec<Action> {
        let decline = match reason {
            EndReason::NoCommonMedia | EndReason::NotEncrypted => Decline::Media,
            _ => Decline::Declined,
        };
        let mut actions = vec![Action::Hangup { call: id, decline }];
        actions.extend(self.ended(id, reason));
        actions
    }
    /// Media could not be opened or agreed on: the call cannot go on.
    pub fn media_failed(&mut self, id: CallId, reason: EndReason) -> Vec<Action> {
        self.end(id, reason)
    }
    /// Holds.
    pub fn hold(&mut self, named: Option<CallId>) -> Result<Vec<Action>, SwitchError> {
        let id = self.meant(named, |state| state == CallState::Active)?;
        self.set_hold(id, true)
    }
    /// Resumes; another live call is held first.
    pub fn resume(&mut self, named: Option<CallId>) -> Result<Vec<Action>, SwitchError> {
        let id = self.meant(named, |state| state == CallState::Held)?;
        self.set_hold(id, false)
    }
    pub(super) fn set_hold(&mut self, id: CallId, on: bool) -> Result<Vec<Action>, SwitchError> {
        let mut actions = Vec::new();
        if !on {
            self.hold_others(id, &mut actions);
        }
        self.leg(id).ok_or(SwitchError::NoCall)?.hold = on;
        if on {
            self.leave(id, &mut actions);
            self.follow_conference(&mut actions);
        }
        self.follow_hold(id, &mut actions);
        Ok(actions)
    }
    /// Mutes or unmutes.
    pub fn mute(&mut self, named: Option<CallId>, on: bool) -> Result<Vec<Action>, SwitchError> {
        let talking = |state| matches!(state, CallState::Active | CallState::Connecting | CallState::Held);
        let id = self.meant(named, talking)?;
        let joined = self.call(id).is_some_and(|call| call.joined);
        // there is one microphone for all who are joined
        let all = self.legs.iter().filter(|leg| leg.call.id == id || joined && leg.call.joined).map(|leg| leg.call.id);
        let mut actions = Vec::new();
        for id in all.collect::<Vec<_>>() {
            actions.push(Action::Mute { call: id, on });
            self.change(id, &mut actions, |leg| leg.call.muted = on);
        }
        Ok(actions)
    }
    /// Lets the other side be heard louder or softer, in percent of how it comes; at most [`LOUDEST`].
    pub fn volume(&mut self, named: Option<CallId>, percent: u16) -> Result<Vec<Action>, SwitchError> {
        let talking = |state| matches!(state, CallState::Active | CallState::Connecting | CallState::Held);
        let id = self.meant(named, talking)?;
        let percent = percent.min(LOUDEST);
        let mut actions = vec![Action::Volume { call: id, percent }];
        self.change(id, &mut actions, |leg| leg.call.volume = percent);
        Ok(actions)
    }
    /// Presses keys: `0-9 * # A-D`, `,` for a pause.
    pub fn dtmf(&mut self, named: Option<CallId>, digits: &Private<String>) -> Result<Vec<Action>, SwitchError> {
        let id = self.meant(named, |state| state == CallState::Active)?;
        let digits = Private::new(digits.expose().to_ascii_uppercase());
        if digits.expose().is_empty() || !digits.expose().chars().all(|c| "0123456789*#ABCD,".contains(c)) {
            return Err(SwitchError::BadKey);
        }
        let mut actions = vec![Action::Dtmf { call: id, digits: digits.clone() }];
        self.change(id, &mut actions, |leg| {
            let sent = format!("{}{}", leg.call.dtmf_sent.expose(), digits.expose());
            leg.call.dtmf_sent = Private::new(sent);
        });
        Ok(actions)
    }
    /// The call that is to be recorded, or no longer: the named one, or the one that is talked in.
    pub fn to_record(&self, named: Option<CallId>) -> Result<CallId, SwitchError> {
        self.meant(named, |state| state == CallState::Active)
            .or_else(|_| self.meant(named, |state| state == CallState::Held))
    }
    /// What sounds now.
    pub const fn alert(&self) -> Alert {
        self.alert
    }
}
