//! Handing calls over: which call to whom, the way back when it fails, and calls that take another's place.
use super::{Action, CallState, Leg, SwitchError, Switchboard, is_live};
use crate::domain::{
    address::Address,
    call::{CallId, EndReason},
    transfer::Handover,
};

/// What handing over comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// The others are put through to each other.
    Together {
        /// The call that is handed over.
        call: CallId,
        /// The call to whose other side.
        to: CallId,
    },
    /// The call that was placed for it is not answered yet: it is given up, and they call themselves.
    Instead {
        /// The call that is handed over.
        call: CallId,
        /// The call that is given up.
        to: CallId,
        /// Whom they are to call.
        address: Address,
    },
}

const fn stands(state: CallState) -> bool {
    matches!(state, CallState::Active | CallState::Held)
}

impl Switchboard {
    /// The call that is handed over to somebody new: the named one, or the one that is talked in, or the only one held.
    pub fn to_hand_over(&self, named: Option<CallId>) -> Result<CallId, SwitchError> {
        let free = |leg: &&Leg| stands(leg.call.state) && leg.call.handover.is_none();
        let mut legs: Vec<_> = self.legs.iter().filter(free).map(|leg| &leg.call).collect();
        match named {
            Some(id) => legs.retain(|call| call.id == id),
            None if legs.len() > 1 => legs.retain(|call| call.state == CallState::Active),
            None => {}
        }
        match *legs {
            [one] => Ok(one.id),
            _ => Err(SwitchError::NoCall),
        }
    }

    /// Puts two calls through to each other: who waits is handed over to who is talked to, or was called for it.
    pub fn put_through(&self, named: Option<CallId>, to: Option<CallId>) -> Result<Plan, SwitchError> {
        let fits = |leg: &&Leg| leg.call.handover.is_none();
        let calls = || self.legs.iter().filter(fits).map(|leg| &leg.call);
        let target = match to {
            Some(id) => calls().find(|call| call.id == id),
            // a call whose hold is still on its way waits, too
            None => calls().find(|call| Some(call.id) != named && is_live(call.state) && !self.wants_hold(call.id)),
        };
        let target = target.ok_or(SwitchError::NoCall)?;
        let mut waiting = calls()
            .filter(|call| call.id != target.id && stands(call.state) && named.is_none_or(|named| named == call.id));
        // where more than two wait, it has to be said who is meant
        let (Some(waiting), None) = (waiting.next(), waiting.next()) else { return Err(SwitchError::NoCall) };
        if waiting.account != target.account {
            return Err(SwitchError::Apart);
        }
        let (call, to) = (waiting.id, target.id);
        match target.state {
            CallState::Dialling | CallState::Ringing => Ok(Plan::Instead { call, to, address: target.peer.clone() }),
            state if stands(state) => Ok(Plan::Together { call, to }),
            _ => Err(SwitchError::NoCall),
        }
    }

    /// It is being handed over: it waits meanwhile, and so does the call to whose other side.
    pub fn handing_over(&mut self, id: CallId, to: Option<CallId>) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Some(leg) = self.leg(id) {
            leg.consulted = to;
        }
        for call in [Some(id), to].into_iter().flatten() {
            if self.call(call).is_some_and(|call| call.state == CallState::Active) {
                actions.extend(self.hold(Some(call)).unwrap_or_default());
            }
            self.change(call, &mut actions, |leg| leg.call.handover = Some(Handover::Asked));
        }
        actions
    }

    /// It rings where they call.
    pub fn handover_rings(&mut self, id: CallId) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.call(id).is_some_and(|call| call.handover == Some(Handover::Asked)) {
            self.change(id, &mut actions, |leg| leg.call.handover = Some(Handover::Ringing));
        }
        actions
    }

    /// They talk to each other: we are out of it.
    pub fn handed_over(&mut self, id: CallId) -> Vec<Action> {
        let consulted = self.leg(id).and_then(|leg| leg.consulted);
        let both = [Some(id), consulted].into_iter().flatten();
        both.flat_map(|id| self.end_as(id, EndReason::Transferred)).collect()
    }

    /// They do not: all is as before, and the person talks to whom they talked to.
    pub fn not_handed_over(&mut self, id: CallId) -> Vec<Action> {
        let mut actions = Vec::new();
        let consulted = self.leg(id).and_then(|leg| leg.consulted.take());
        for call in [Some(id), consulted].into_iter().flatten() {
            self.change(call, &mut actions, |leg| leg.call.handover = None);
        }
        actions.extend(self.back_to(consulted.unwrap_or(id)));
        actions
    }

    /// Resumes a held call, unless the person is in another one by now.
    pub fn back_to(&mut self, id: CallId) -> Vec<Action> {
        let live = self.legs.iter().any(|leg| is_live(leg.call.state) && !self.wants_hold(leg.call.id));
        // the hold itself may still be on its way
        let there = self.call(id).is_some_and(|call| stands(call.state));
        if live || !there { Vec::new() } else { self.set_hold(id, false).unwrap_or_default() }
    }

    /// Answers a call in the place of another one, as that one stood: who was on hold stays there, a microphone that was
    /// off stays off. [`Self::taken_over`] follows once it is answered.
    pub fn take_over(&mut self, id: CallId, old: CallId) -> Vec<Action> {
        let Some(before) = self.legs.iter().find(|leg| leg.call.id == old) else { return Vec::new() };
        let (held, muted, volume) = (before.hold, before.call.muted, before.call.volume);
        let mut actions = Vec::new();
        let Some(leg) = self.leg(id).filter(|leg| leg.call.state == CallState::Incoming) else { return actions };
        leg.hold = held;
        let offer = leg.offer.take();
        actions.push(Action::Answer { call: id, offer });
        self.change(id, &mut actions, |leg| {
            leg.call.state = CallState::Connecting;
            (leg.call.muted, leg.call.volume) = (muted, volume);
        });
        actions.push(Action::Mute { call: id, on: muted });
        actions.push(Action::Volume { call: id, percent: volume });
        self.follow_hold_sound(id, &mut actions);
        actions
    }

    /// The other one has its end.
    pub fn taken_over(&mut self, old: CallId) -> Vec<Action> {
        self.end_as(old, EndReason::Transferred)
    }

    fn end_as(&mut self, id: CallId, reason: EndReason) -> Vec<Action> {
        if self.call(id).is_some() { self.end(id, reason) } else { Vec::new() }
    }
}
