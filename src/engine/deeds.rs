//! What the person does to texts and conversations: answers, corrects, reacts, takes back, keeps a draft. Only what is theirs to
//! tell is told: that they write and what they have seen is a choice, and strangers never learn it.
use super::{
    api::{Event, Refusal, Reply},
    commands::stored,
    run::Engine,
};
use crate::{
    account::{
        AccountCommand,
        chat::{ChatCommand, ChatEvent},
    },
    domain::{
        account::AccountId,
        address::{Address, Scheme},
        conversation::ConversationId,
        extras::{self, Extras, Named, Outgoing, Withdrawn},
        message::{Direction, Message, MessageId, MessageState},
        private::Private,
    },
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Texts that are looked through for the last one that came.
const LATELY: u32 = 30;

/// What may be done to a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Answer it with these words.
    Reply(Private<String>),
    /// Put these words in the place of those of a text of the person's.
    Correct(Private<String>),
    /// Give it these signs; none takes them away.
    React(Vec<String>),
    /// Take a text of the person's back: the other side is asked to forget it.
    Withdraw,
    /// Fetch the files that hang on it.
    Fetch,
    /// Stop fetching or sending them.
    Stop,
    /// Copy a fetched one to the folder of downloads.
    Save,
}

/// What may be wanted of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Keep words that were not sent yet.
    Draft(Private<String>),
    /// The person writes, or has stopped.
    Writing(bool),
    /// All that the other side sends is held back at the account's server, calls too, or no longer. What is here stays.
    Blocked(bool),
}

impl Engine {
    /// Does it, here and there.
    pub(super) async fn do_to_text(&mut self, id: MessageId, deed: Deed) -> Result<Reply, Refusal> {
        let message = self.store.message(id).await.map_err(stored)?.ok_or(Refusal::NoMessage)?;
        let mine = message.direction == Direction::Outgoing;
        match deed {
            Deed::Fetch => self.fetch(&message).await,
            Deed::Stop => self.stop_file(&message).await,
            Deed::Save => self.save_file(&message).await,
            Deed::Reply(body) => self.answer_text(&message, body).await,
            Deed::Correct(_) | Deed::Withdraw if !mine => Err(Refusal::NotSupported),
            Deed::Correct(body) if body.expose().trim().is_empty() => Err(Refusal::BadText),
            // nobody has it yet
            Deed::Correct(body) if matches!(message.state, MessageState::Queued | MessageState::Failed) => {
                let now = self.store.set_extras(id, move |message| message.body = body).await.map_err(stored)?;
                self.tell_own(now.ok_or(Refusal::NoMessage)?).await
            }
            Deed::Correct(body) => self.change_text(&message, extras::Deed::Corrected, body).await,
            Deed::React(signs) => self.change_text(&message, extras::Deed::Reacted(signs), Private::default()).await,
            Deed::Withdraw => {
                let deed = extras::Deed::Withdrawn(Withdrawn::Writer);
                self.change_text(&message, deed, Private::default()).await
            }
        }
    }

    /// Answers a text: kept first, then sent, as any text.
    async fn answer_text(&mut self, answered: &Message, body: Private<String>) -> Result<Reply, Refusal> {
        if body.expose().trim().is_empty() {
            return Err(Refusal::BadText);
        }
        let quote: String = answered.body.expose().chars().take(200).collect();
        let reply = extras::Reply {
            to: Some(answered.id),
            mine: answered.direction == Direction::Outgoing,
            quote: quote.into(),
            target: extras::Target::default(),
        };
        let extras = Extras { reply: Some(reply), ..Extras::default() };
        self.keep_text(&answered.account.clone(), answered.peer.clone(), body, extras).await
    }

    /// Changes a text that the other side has.
    async fn change_text(
        &mut self,
        message: &Message,
        deed: extras::Deed,
        body: Private<String>,
    ) -> Result<Reply, Refusal> {
        self.may_change(&message.account, &message.peer)?;
        let target = self.named(message).await?.ok_or(Refusal::NotSupported)?;
        let command = ChatCommand::Change { to: message.peer.clone(), target, deed: deed.clone(), body: body.clone() };
        let kept = self.store.change_own(message.id, deed, body, Timestamp::now()).await.map_err(stored)?;
        let Some(now) = kept else { return Ok(Reply::Message(message.clone())) };
        if let Some(account) = self.accounts.get(&message.account) {
            account.send(AccountCommand::Chat(command));
        }
        self.tell_own(now).await
    }

    /// Whether the account is there, and the other side a program that understands it: to a phone it would be another text.
    fn may_change(&self, account: &AccountId, peer: &Address) -> Result<(), Refusal> {
        let account = self.accounts.get(account).ok_or(Refusal::UnknownAccount)?;
        if !account.is_registered() {
            return Err(Refusal::NotConnected);
        }
        let phone = account.gateways.iter().any(|gateway| gateway == peer.host());
        if account.status().capabilities().changes && !phone { Ok(()) } else { Err(Refusal::NotSupported) }
    }

    /// What the other side calls a text.
    pub(super) async fn named(&self, message: &Message) -> Result<Option<Named>, Refusal> {
        let wire = self.store.wire_id(message.id).await.map_err(stored)?;
        let ours = || (message.direction == Direction::Outgoing).then_some(Named::Ours(message.id));
        Ok(wire.map(Named::Wire).or_else(ours))
    }

    pub(super) async fn tell_own(&mut self, message: Message) -> Result<Reply, Refusal> {
        let conversation = self.store.conversation(message.conversation).await.map_err(stored)?;
        let conversation = Box::new(conversation.ok_or(Refusal::NoMessage)?);
        let account = message.account.clone();
        self.tell(Event::MessageChanged { account, message: message.clone(), conversation });
        Ok(Reply::Message(message))
    }

    /// Hands a text to its account, with what hangs on it, or uploads that first. Whether the account took it.
    pub(super) async fn give_text(&mut self, message: &Message) -> bool {
        if self.uploads_first(message) {
            Box::pin(self.move_files()).await;
            return true;
        }
        let attachment = message.extras.attachments.first().cloned();
        let more = Outgoing { reply: self.reply_of(message).await, attachment };
        let (id, to, body) = (message.id, message.peer.clone(), message.body.clone());
        let command = if more == Outgoing::default() {
            AccountCommand::SendText { id, to, body }
        } else {
            AccountCommand::Chat(ChatCommand::Send { id, to, body, more })
        };
        self.accounts.get(&message.account).is_some_and(|account| account.send(command))
    }

    /// What a text answers, as the account is told; nothing where the other side would not understand it.
    async fn reply_of(&self, message: &Message) -> Option<(Named, Address, Private<String>)> {
        let reply = message.extras.reply.as_ref()?;
        self.may_change(&message.account, &message.peer).ok()?;
        let answered = self.store.message(reply.to?).await.ok().flatten()?;
        let named = self.named(&answered).await.ok().flatten()?;
        let own = &self.accounts.get(&message.account)?.config.address;
        let author = if reply.mine { Address::new(Scheme::Xmpp, own.clone()).ok()? } else { answered.peer };
        Some((named, author, reply.quote.clone()))
    }

    /// Something about a conversation.
    pub(super) async fn want(&mut self, id: ConversationId, wanted: Wanted) -> Result<Reply, Refusal> {
        match wanted {
            Wanted::Blocked(on) => {
                let conversation = self.store.conversation(id).await.map_err(stored)?.ok_or(Refusal::NoMessage)?;
                let account = self.accounts.get(&conversation.account).ok_or(Refusal::UnknownAccount)?;
                if !account.is_registered() {
                    return Err(Refusal::NotConnected);
                }
                if account.blocked.is_none() {
                    return Err(Refusal::NotSupported);
                }
                self.say(&conversation.account, ChatCommand::Block { to: conversation.peer, on });
            }
            Wanted::Draft(words) => self.store.set_draft(id, words).await.map_err(stored)?,
            Wanted::Writing(on) => {
                if self.setup.config.privacy.writing
                    && let Some((account, to)) = self.known_side(id).await
                {
                    self.say(&account, ChatCommand::Writing { to, on });
                }
            }
        }
        Ok(Reply::Done)
    }

    /// Tells the other side what was seen, where the person wants that and was asked for it.
    pub(super) async fn tell_seen(&mut self, id: ConversationId) {
        if !self.setup.config.privacy.seen {
            return;
        }
        let Some((account, to)) = self.known_side(id).await else { return };
        let page = self.store.thread(id, None, LATELY).await.unwrap_or_default();
        let Some(last) = page.iter().find(|message| message.direction == Direction::Incoming) else { return };
        if last.extras.markable
            && let Ok(Some(target)) = self.named(last).await
        {
            let deed = extras::Deed::Seen;
            self.say(&account, ChatCommand::Change { to, target, deed, body: Private::default() });
        }
    }

    /// The other side of a conversation, if it is a program whose owner the person knows: one on a contact list, or written to.
    async fn known_side(&self, id: ConversationId) -> Option<(AccountId, Address)> {
        let conversation = self.store.conversation(id).await.ok().flatten()?;
        self.may_change(&conversation.account, &conversation.peer).ok()?;
        let known = self.store.knows(conversation.account.clone(), conversation.peer.clone()).await.ok()?;
        known.then_some((conversation.account, conversation.peer))
    }

    fn say(&self, account: &AccountId, command: ChatCommand) {
        if let Some(account) = self.accounts.get(account) {
            account.send(AccountCommand::Chat(command));
        }
    }

    /// Something beside plain texts came.
    pub(super) async fn chat_event(&mut self, account: AccountId, event: ChatEvent) {
        match event {
            ChatEvent::Upload { largest } => {
                if let Some(known) = self.accounts.get_mut(&account) {
                    known.upload = Some(largest);
                    let status = known.status();
                    self.tell(Event::AccountAdded { account, status });
                }
            }
            ChatEvent::Blocked(all) => {
                if let Some(known) = self.accounts.get_mut(&account) {
                    known.blocked = Some(all);
                    let status = known.status();
                    self.tell(Event::AccountAdded { account, status });
                }
            }
            ChatEvent::Slot { id, slot } => self.slot_came(account, id, slot).await,
            ChatEvent::Writing { peer, on } => {
                if let Ok(Some(conversation)) = self.store.conversation_with(account, peer).await {
                    self.tell(Event::Writing { conversation, on });
                }
            }
        }
    }
}
