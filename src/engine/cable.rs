//! Calls whose cable is pulled: each is told to wait, and resumed by a new offer when the cable is back. It decides nothing:
//! `logic::cable` does. It must never give a call another kind of link than the policy allows: sockets come from `net::Bind`.
use super::run::Engine;
use crate::{
    domain::{
        call::{CallId, EndReason},
        link::Interface,
    },
    logic::{
        cable::{Seen, Step},
        switchboard::Action,
    },
};
use std::time::Instant;

impl Engine {
    /// The links changed: looks whether the running calls' ways still stand.
    pub(super) async fn look_at_cables(&mut self, before: &[Interface], after: &[Interface]) {
        for call in self.legs.keys().copied().collect::<Vec<_>>() {
            let step = self.seen(call, before, after).and_then(|seen| {
                let leg = self.legs.get_mut(&call)?;
                leg.cable.seen(seen, Instant::now())
            });
            self.step(call, step).await;
        }
    }

    /// How a call's way looks now; nothing where none is known.
    fn seen(&mut self, call: CallId, before: &[Interface], after: &[Interface]) -> Option<Seen> {
        let bind = self.bind();
        let leg = self.legs.get_mut(&call)?;
        leg.media.as_ref()?;
        let (remote, own) = (leg.remote?, leg.local.as_ref()?.rtp.ip());
        let holder = |list: &[Interface]| list.iter().find(|i| i.addresses.contains(&own)).map(|i| i.name.clone());
        leg.link = holder(after).or_else(|| holder(before)).or(leg.link.take());
        Some(match bind.local_for(remote) {
            Ok(local) if local == own => Seen::Stands,
            Ok(_) if leg.cable.is_out() || !after.iter().any(|i| i.up && i.addresses.contains(&own)) => Seen::Moved,
            // another way has become the better one; the socket is tied to its own, which works
            Ok(_) => Seen::Stands,
            Err(_) if after.iter().any(|i| Some(&i.name) == leg.link.as_ref()) => Seen::Out,
            Err(_) => Seen::Gone,
        })
    }

    /// Some calls may have waited long enough.
    pub(super) async fn cables_waited(&mut self) {
        let now = Instant::now();
        for call in self.legs.keys().copied().collect::<Vec<_>>() {
            let step = self.legs.get_mut(&call).and_then(|leg| leg.cable.timeout(now));
            self.step(call, step).await;
        }
    }

    /// When the first of them has.
    pub(super) fn next_cable(&self) -> Option<Instant> {
        self.legs.values().filter_map(|leg| leg.cable.next()).min()
    }

    async fn step(&mut self, call: CallId, step: Option<Step>) {
        let actions = match step {
            None => return,
            Some(Step::Lost) => {
                tracing::info!("the cable of a call is out");
                self.switchboard.searching(call, true)
            }
            Some(Step::Over) => self.switchboard.media_failed(call, EndReason::NoPath),
            Some(Step::Resume { anew }) => {
                tracing::info!(anew, "the cable of a call is back");
                let mut actions = self.switchboard.searching(call, true);
                if let Some(leg) = self.legs.get_mut(&call) {
                    leg.resumes = true;
                    if let Some(media) = leg.media.take_if(|_| anew) {
                        media.stop();
                        // the new ones have yet to learn where they can be reached, and to make keys
                        (leg.ready, leg.keys_made) = (false, false);
                    }
                    if let Some(media) = leg.media.as_mut() {
                        media.restart_ice();
                    }
                }
                actions.extend(self.resume(call));
                actions
            }
        };
        self.carry_out(actions).await;
    }

    /// Offers again what was cut off, as soon as the account can carry the offer.
    fn resume(&mut self, call: CallId) -> Vec<Action> {
        let Some(leg) = self.legs.get(&call).filter(|leg| leg.resumes) else { return Vec::new() };
        let stands = self.accounts.get(&leg.account).is_some_and(super::accounts::Account::is_registered);
        if stands { self.switchboard.describe_again(call) } else { Vec::new() }
    }

    /// An account can carry offers again.
    pub(super) async fn resume_calls(&mut self) {
        for call in self.legs.keys().copied().collect::<Vec<_>>() {
            let actions = self.resume(call);
            self.carry_out(actions).await;
        }
    }

    /// What was offered again is agreed on, or the old agreement stays.
    pub(super) fn resumed(&mut self, call: CallId) -> Vec<Action> {
        let Some(leg) = self.legs.get_mut(&call).filter(|leg| leg.resumes) else { return Vec::new() };
        leg.resumes = false;
        self.switchboard.searching(call, false)
    }
}
