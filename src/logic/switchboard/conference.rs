//! Calls that are joined: everybody hears everybody. Who is put on hold leaves, and one alone is a call like any other.
use super::{Action, CallId, CallState, SwitchError, Switchboard};

impl Switchboard {
    /// Joins all calls that are talked in or held.
    pub fn join(&mut self) -> Result<Vec<Action>, SwitchError> {
        let talks = |state| matches!(state, CallState::Active | CallState::Held);
        let all: Vec<_> =
            self.legs.iter().map(|leg| &leg.call).filter(|call| talks(call.state)).map(|c| c.id).collect();
        if all.len() < 2 {
            return Err(SwitchError::NoCall);
        }
        let mut actions = Vec::new();
        for id in all {
            self.change(id, &mut actions, |leg| {
                leg.call.joined = true;
                leg.hold = false;
            });
            self.follow_hold(id, &mut actions);
        }
        self.follow_conference(&mut actions);
        Ok(actions)
    }

    /// It is held from now on, so it leaves the others.
    pub(super) fn leave(&mut self, id: CallId, actions: &mut Vec<Action>) {
        if self.call(id).is_some_and(|call| call.joined) {
            self.change(id, actions, |leg| leg.call.joined = false);
        }
    }

    /// Tells who is joined, if that has changed.
    pub(super) fn follow_conference(&mut self, actions: &mut Vec<Action>) {
        let joined = |board: &Self| -> Vec<CallId> {
            board.legs.iter().filter(|leg| leg.call.joined).map(|leg| leg.call.id).collect()
        };
        if let [alone] = *joined(self) {
            self.leave(alone, actions);
        }
        let now = joined(self);
        if now != self.joined {
            self.joined.clone_from(&now);
            actions.push(Action::Conference { calls: now });
        }
    }
}
