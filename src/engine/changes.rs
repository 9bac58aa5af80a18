//! What is done to texts that are here, by the other side or by another device of the person's: kept first, then told.
//! Who may do what is decided by the store, which knows who wrote what.
use super::{api::Event, run::Engine};
use crate::{
    domain::{
        account::AccountId,
        message::{MessageState, NewMessage},
    },
    store::Changed,
};
use jiff::Timestamp;
use tokio::sync::oneshot;

impl Engine {
    /// A message came that changes another one: the code scanner reads a correction as it reads any text.
    pub(super) async fn change_came(
        &mut self,
        account: AccountId,
        message: NewMessage,
        committed: oneshot::Sender<()>,
    ) {
        let code = self.code_in(&account, &message).await;
        match self.store.change(account.clone(), message, code, Timestamp::now()).await {
            Ok(changed) => {
                let _ = committed.send(());
                self.tell_changed(&account, changed).await;
            }
            // `committed` is dropped: the server sends it again
            Err(error) => tracing::error!(%error, "a change of a text cannot be kept"),
        }
    }

    /// Tells what a change did.
    pub(super) async fn tell_changed(&mut self, account: &AccountId, changed: Changed) {
        if let Some(kept) = changed.kept {
            self.tell_received(account, kept).await;
        }
        let Some(conversation) = changed.conversation else { return };
        if changed.read && conversation.unread == 0 {
            self.tell(Event::ConversationRead { conversation: conversation.id });
        }
        for message in changed.messages {
            if message.state == MessageState::Read {
                self.tell_state(&message);
                continue;
            }
            let code = message
                .code
                .clone()
                .filter(|_| changed.corrected)
                .map(|code| self.received_code(&message, &conversation, code));
            let (account, conversation) = (account.clone(), Box::new(conversation.clone()));
            self.tell(Event::MessageChanged { account: account.clone(), message, conversation });
            if let Some(code) = code {
                self.tell(Event::Code { account, code });
            }
        }
    }
}
