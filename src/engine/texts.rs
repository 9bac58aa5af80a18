//! Texts: received ones are committed before they are acknowledged or shown; ours are kept before they are sent.
use super::{
    api::{Event, Refusal, Reply},
    keep::refusal_of,
    run::Engine,
};
use crate::{
    account::TextProgress,
    domain::{
        account::AccountId,
        address::Address,
        archive::ArchivePage,
        code::{Code, ReceivedCode, Warning},
        conversation::Conversation,
        extras::Extras,
        message::{Direction, Message, MessageId, MessageState, NewMessage},
        private::Private,
    },
    logic::{codes, dial::Purpose},
    store::{Received, StoreError},
};
use jiff::{SignedDuration, Timestamp};
use std::{collections::BTreeMap, time::Instant};
use tokio::sync::oneshot;

/// A text that was sent longer ago than this comes from an archive: nobody waits for it with an open ear.
const OLD: SignedDuration = SignedDuration::from_mins(10);

impl Engine {
    /// A text came: code, store, acknowledgement, event, in this order.
    pub(super) async fn received(&mut self, account: AccountId, message: NewMessage, committed: oneshot::Sender<()>) {
        let code = self.code_in(&account, &message).await;
        let kept = self.store.receive(account.clone(), message, code, Timestamp::now()).await;
        let received = match self.noted(kept) {
            Ok(received) => received,
            Err(error) => {
                // `committed` is dropped: the server keeps the text and sends it again.
                tracing::error!(%error, "a text cannot be kept");
                return;
            }
        };
        let _ = committed.send(());
        self.tell_received(&account, received).await;
    }

    /// The code in a text that came in, with what has to be warned of.
    pub(super) async fn code_in(&mut self, account: &AccountId, message: &NewMessage) -> Option<Code> {
        if message.direction != Direction::Incoming {
            return None;
        }
        let sender = message.sender.as_ref().unwrap_or(&message.peer).display();
        let mut code = self.parts.take(Instant::now(), sender, message.body.expose())?;
        if self.imitates(account, message).await {
            code.warnings.push(Warning::Imitation);
        }
        Some(code)
    }

    /// A code as it is told.
    pub(super) fn received_code(&self, message: &Message, conversation: &Conversation, code: Code) -> ReceivedCode {
        ReceivedCode {
            message: message.id,
            sender: message.sender.clone().unwrap_or_else(|| message.peer.clone()),
            sender_name: conversation.name.clone(),
            code,
            received_at: message.received_at,
        }
    }

    pub(super) async fn tell_received(&mut self, account: &AccountId, received: Received) {
        if !received.new {
            return;
        }
        let old = Timestamp::now().duration_since(received.message.sent_at) > OLD;
        let incoming = received.message.direction == Direction::Incoming;
        let asks = incoming && codes::asks_for_code(received.message.body.expose());
        let (message, conversation) = (received.message, Box::new(received.conversation));
        let code = message.code.clone().map(|code| self.received_code(&message, &conversation, code));
        self.tell(Event::Message { account: account.clone(), message: message.clone(), conversation, old });
        if !old {
            self.fetch_unasked(&message).await;
        }
        match code {
            Some(code) => self.tell(Event::Code { account: account.clone(), code }),
            None if asks && !old => self.asked_for_codes(Timestamp::now()).await,
            None => {}
        }
    }

    /// A part of an archive came: as [`Engine::received`], for all its texts at once.
    pub(super) async fn archived(&mut self, account: AccountId, page: ArchivePage, committed: oneshot::Sender<()>) {
        let mut codes = Vec::with_capacity(page.messages.len());
        for message in &page.messages {
            codes.push(self.code_in(&account, message).await);
        }
        let (older, complete) = (page.older, page.step.to.gap.is_none());
        let kept = self.store.receive_page(account.clone(), page, codes, Timestamp::now()).await;
        let (received, changed) = match self.noted(kept) {
            Ok(received) => received,
            Err(error) => {
                tracing::error!(%error, "a part of the archive cannot be kept");
                return;
            }
        };
        let _ = committed.send(());
        if !older {
            for received in received {
                self.tell_received(&account, received).await;
            }
            for changed in changed {
                self.tell_changed(&account, changed).await;
            }
            return;
        }
        // an event for each of a hundred thousand old texts would drown the rest
        let texts = received.iter().filter(|received| received.new).count();
        let touched: BTreeMap<_, _> = received.into_iter().map(|r| (r.conversation.id, r.conversation)).collect();
        self.tell(Event::HistoryFetched { account, texts, conversations: touched.into_values().collect(), complete });
    }

    /// Keeps a text of the person's and sends it when the account is there.
    pub(super) async fn text(
        &mut self,
        to: &Private<String>,
        body: Private<String>,
        account: Option<&AccountId>,
    ) -> Result<Reply, Refusal> {
        if body.expose().trim().is_empty() {
            return Err(Refusal::BadText);
        }
        let (to, account) = self.resolve(to, account, Purpose::Text).await?;
        self.keep_text(&account, to, body, Extras::default()).await
    }

    /// Keeps a text of the person's with what hangs on it, and sends it when the account is there.
    pub(super) async fn keep_text(
        &mut self,
        account: &AccountId,
        to: Address,
        body: Private<String>,
        extras: Extras,
    ) -> Result<Reply, Refusal> {
        let kept = self.store.write_with(account.clone(), to, body, extras, Timestamp::now()).await;
        let (message, conversation) = self.noted(kept).map_err(|error| {
            tracing::error!(%error, "a text cannot be kept");
            refusal_of(error.into())
        })?;
        self.tell(Event::Message {
            account: account.clone(),
            message: message.clone(),
            conversation: Box::new(conversation),
            old: false,
        });
        self.send_queued(account).await;
        Ok(Reply::Message(message))
    }

    /// Puts a failed text back into the outbox.
    pub(super) async fn retry_text(&mut self, id: MessageId) -> Result<Reply, Refusal> {
        let message = self.store.requeue(id).await;
        let message = message.map_err(|error| refusal_of(error.into()))?.ok_or(Refusal::NoMessage)?;
        self.tell_state(&message);
        self.send_queued(&message.account.clone()).await;
        Ok(Reply::Message(message))
    }

    /// The account is registered anew.
    pub(super) async fn outbox_may_go(&mut self, account: &AccountId) {
        if let Some(account) = self.accounts.get_mut(account) {
            account.outbox.registered();
        }
        self.send_queued(account).await;
    }

    /// Hands what is due to a registered account.
    pub(super) async fn send_queued(&mut self, id: &AccountId) {
        let queued = match self.store.outbox(id.clone()).await {
            Ok(queued) => queued,
            Err(error) => return tracing::error!(%error, "the outbox cannot be read"),
        };
        let Some(account) = self.accounts.get_mut(id) else { return };
        let now = Instant::now();
        if !account.is_registered() {
            return;
        }
        let due = account.outbox.due(&queued, now);
        for (at, message) in due.iter().enumerate() {
            if !self.give_text(message).await {
                if let Some(account) = self.accounts.get_mut(id) {
                    account.outbox.held_up(due.get(at..).unwrap_or_default(), now);
                }
                break;
            }
        }
    }

    /// A text of ours moved on.
    pub(super) async fn text_progress(&mut self, account: &AccountId, id: MessageId, progress: TextProgress) {
        let Some(account) = self.accounts.get_mut(account) else { return };
        let (state, failure) = match progress {
            TextProgress::Failed { retry: true, .. } => {
                account.outbox.refused_for_now(id, Instant::now());
                // it may have been taken before it was refused
                return self.told(self.store.postpone(id).await);
            }
            TextProgress::Failed { failure, retry: false } => (MessageState::Failed, Some(failure)),
            TextProgress::Sent => (MessageState::Sent, None),
            TextProgress::Delivered => (MessageState::Delivered, None),
        };
        account.outbox.settled(id);
        self.told(self.store.progress(id, state, failure).await);
    }

    /// Tells a change of state that is kept.
    fn told(&self, kept: Result<Option<Message>, StoreError>) {
        match kept {
            Ok(Some(message)) => self.tell_state(&message),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the state of a text cannot be kept"),
        }
    }

    pub(super) fn tell_state(&self, message: &Message) {
        self.tell(Event::MessageState {
            account: message.account.clone(),
            id: message.id,
            conversation: message.conversation,
            state: message.state,
            failure: message.failure,
        });
    }
}
