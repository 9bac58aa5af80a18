//! Handing calls over: carries out what the switchboard decides, keeps what others ask of us until the person has decided,
//! and answers calls that take another's place. Nothing is dialled here that the person did not say.
use super::{
    api::{Event, Refusal, Reply},
    calls::switch_refusal,
    run::Engine,
};
use crate::{
    account::AccountCommand,
    domain::{
        account::AccountId,
        address::Address,
        call::CallId,
        private::Private,
        transfer::{Outcome, Referral, Target},
    },
    logic::{
        dial::Purpose,
        switchboard::{Action, Plan},
    },
};

impl Engine {
    /// Hands a call over to somebody who was not talked to.
    pub(super) async fn transfer(&mut self, call: Option<CallId>, to: &Private<String>) -> Result<Reply, Refusal> {
        let call = self.switchboard.to_hand_over(call).map_err(switch_refusal)?;
        let account = self.legs.get(&call).map(|leg| leg.account.clone()).ok_or(Refusal::NoCall)?;
        let (to, _) = self.resolve(to, Some(&account), Purpose::Call).await?;
        self.hand_over(call, Target::Address(to)).await
    }

    /// Puts two calls through to each other.
    pub(super) async fn put_through(&mut self, call: Option<CallId>, to: Option<CallId>) -> Result<Reply, Refusal> {
        match self.switchboard.put_through(call, to).map_err(switch_refusal)? {
            Plan::Together { call, to } => self.hand_over(call, Target::Call(to)).await,
            Plan::Instead { call, to, address } => {
                let given_up = self.switchboard.hang_up(Some(to)).map_err(switch_refusal)?;
                self.carry_out(given_up).await;
                self.hand_over(call, Target::Address(address)).await
            }
        }
    }

    async fn hand_over(&mut self, call: CallId, to: Target) -> Result<Reply, Refusal> {
        let consulted = match &to {
            Target::Call(other) => Some(*other),
            Target::Address(_) => None,
        };
        let actions = self.switchboard.handing_over(call, consulted);
        self.carry_out(actions).await;
        let told = self.switchboard.call(call).cloned().ok_or(Refusal::NoCall)?;
        let more = self.hand_to(call, AccountCommand::Transfer { call, to });
        self.carry_out(more).await;
        Ok(Reply::Call(told))
    }

    /// How it goes.
    pub(super) fn handover(&mut self, account: AccountId, call: CallId, outcome: Outcome) -> Vec<Action> {
        match outcome {
            Outcome::Ringing => self.switchboard.handover_rings(call),
            Outcome::Done => self.switchboard.handed_over(call),
            Outcome::Failed { reason } => {
                self.tell(Event::TransferFailed { account, call, reason });
                self.switchboard.not_handed_over(call)
            }
        }
    }

    /// The other side of a call asks us to call somebody.
    pub(super) async fn referred(&mut self, account: AccountId, call: CallId, to: Address) {
        let Some(asking) = self.switchboard.call(call).cloned() else { return };
        let referral = Referral { call, account, by: asking.peer, name: asking.name, to };
        self.referrals.retain(|known| known.call != call);
        self.referrals.push(referral.clone());
        self.tell(Event::Referred { referral });
    }

    /// That is decided.
    pub(super) fn referral_over(&mut self, call: CallId) {
        let known = self.referrals.len();
        self.referrals.retain(|referral| referral.call != call);
        if self.referrals.len() < known {
            self.tell(Event::ReferralOver { call });
        }
    }

    /// The person decides.
    pub(super) async fn follow(&mut self, call: Option<CallId>, yes: bool) -> Result<Reply, Refusal> {
        let meant = self.referrals.iter().find(|referral| call.is_none_or(|call| referral.call == call));
        let Referral { call, account, to, .. } = meant.cloned().ok_or(Refusal::NoCall)?;
        if yes {
            let placed = self.place_for(to, account, Some(call)).await?;
            self.referral_over(call);
            return Ok(placed);
        }
        self.referral_over(call);
        if let Some(account) = self.accounts.get(&account) {
            account.send(AccountCommand::Refuse { referred: call });
        }
        Ok(Reply::Done)
    }

    /// Where the person is again when this call ends: in the call in which somebody asked for it, unless it came about.
    pub(super) fn way_back(&self, call: CallId) -> Option<CallId> {
        let answered = self.switchboard.call(call)?.answered_at.is_some();
        self.legs.get(&call)?.referred.filter(|_| !answered)
    }

    /// Answers a call in the place of another, which ends when that is done. `begun`: what its offer led to.
    pub(super) async fn take_over(&mut self, call: CallId, old: CallId, begun: Vec<Action>) {
        // it does not ring: for the person it is the call they are in
        let quiet = |action: &Action| !matches!(action, Action::Ring { .. } | Action::Alert(_));
        let mut actions: Vec<_> = begun.into_iter().filter(quiet).collect();
        actions.extend(self.switchboard.take_over(call, old).into_iter().filter(quiet));
        self.carry_out(actions).await;
        if self.switchboard.call(call).is_some() {
            let actions = self.switchboard.taken_over(old);
            self.carry_out(actions).await;
        }
        let alert = self.switchboard.alert();
        self.carry_out(vec![Action::Alert(alert)]).await;
    }

    /// An account is gone, and what was asked in its calls with it.
    pub(super) fn referrals_gone(&mut self, account: &AccountId) {
        let gone: Vec<_> = self.referrals.iter().filter(|one| one.account == *account).map(|one| one.call).collect();
        gone.into_iter().for_each(|call| self.referral_over(call));
    }
}
