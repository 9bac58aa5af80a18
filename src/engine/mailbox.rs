//! Voice mailboxes: what their servers say waits there, and calling them.
use super::{
    accounts::Account,
    api::{Event, Refusal, Reply},
    run::Engine,
};
use crate::domain::{account::AccountId, mailbox::Mailbox, private::Private};

impl Account {
    /// Where its mailbox is listened to: the person's own number for it, or the one that the server names.
    fn voicemail(&self) -> Option<Private<String>> {
        let own = self.config.rules.voicemail.clone().map(Private::new);
        own.or_else(|| self.mailbox.as_ref()?.listen.as_ref().map(|address| Private::new(address.uri())))
    }

    fn has_new(&self) -> bool {
        self.mailbox.as_ref().is_some_and(|mailbox| mailbox.waiting)
    }
}

impl Engine {
    /// What waits in a mailbox changed, or is told once more.
    pub(super) fn mailbox_told(&mut self, id: AccountId, mailbox: Mailbox) {
        let Some(account) = self.accounts.get_mut(&id) else { return };
        if account.mailbox.as_ref() != Some(&mailbox) {
            account.mailbox = Some(mailbox.clone());
            self.tell(Event::Mailbox { account: id, mailbox });
        }
    }

    /// Calls a mailbox; `None`: the one in which something new waits, or the only one.
    pub(super) async fn call_voicemail(&mut self, account: Option<&AccountId>) -> Result<Reply, Refusal> {
        let meant = self.accounts.iter().filter(|(id, _)| account.is_none_or(|account| account == *id));
        let able = meant.filter_map(|(id, known)| Some((known.has_new(), id.clone(), known.voicemail()?)));
        let (_, id, to) = able.max_by_key(|(new, ..)| *new).ok_or(Refusal::NoVoicemail)?;
        self.place(&to, Some(&id)).await
    }
}
