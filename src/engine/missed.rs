//! Calls that came while an account was away: into the history, once, and told like those that were missed here.
use super::{api::Event, run::Engine};
use crate::domain::{account::AccountId, address::Address, private::Private};
use jiff::Timestamp;

impl Engine {
    /// A call that nobody took.
    pub(super) async fn missed_call(
        &self,
        account: AccountId,
        from: Address,
        name: Option<Private<String>>,
        at: Timestamp,
    ) {
        match self.store.call_missed(account.clone(), from, name, at).await {
            Ok(Some(record)) => self.tell(Event::CallLogged { account, record }),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "a missed call is not written into the history"),
        }
    }
}
