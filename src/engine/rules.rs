//! How an account's calls are placed and taken, changed while it runs: it acts from the next call on.
use super::{
    api::{Event, Refusal, Reply},
    run::Engine,
};
use crate::{
    account::AccountCommand,
    domain::account::{AccountId, CallRules, Encryption},
};

impl Engine {
    /// Keeps them, and tells the account's task. Reply: [`Reply::Account`].
    pub(super) async fn set_rules(
        &mut self,
        id: AccountId,
        rules: CallRules,
        encryption: Option<Encryption>,
    ) -> Result<Reply, Refusal> {
        let account = self.accounts.get_mut(&id).ok_or(Refusal::UnknownAccount)?;
        if let Some(kept) = self.setup.config.accounts.iter_mut().find(|kept| kept.id == id) {
            (kept.rules, kept.encryption) = (rules.clone(), encryption);
        }
        (account.config.rules, account.config.encryption) = (rules.clone(), encryption);
        // one that does not run gets them when it is started
        account.send(AccountCommand::Rules(rules));
        let status = account.status();
        self.save_accounts().await?;
        self.tell(Event::AccountAdded { account: id, status: status.clone() });
        Ok(Reply::Account(status))
    }
}
