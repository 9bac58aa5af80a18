//! What is done to texts that are here: corrected, reacted to, taken back, seen. Who may do what is decided by the dedupe keys (the
//! writer is part of them) and by the side a text stands on. What comes before its text, as an archive read backward gives it, waits
//! for it. It must not lose a correction: without its text it is a text of its own.
use super::{
    Received, Store, StoreError, archive, conversations, messages,
    receive::{self, Comes},
    rows,
};
use crate::domain::{
    account::AccountId,
    code::Code,
    conversation::Conversation,
    extras::{Author, Change, Deed, Extras, Target, Withdrawn},
    message::{Direction, Message, MessageId, MessageState, NewMessage},
    private::Private,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Changes of one conversation that wait for their texts.
const WAITING: u32 = 200;
/// Characters of a text that stand above its answer.
const QUOTE: usize = 200;
/// Texts that are told as seen at once; older ones are shown when their page is read.
const SEEN: u32 = 100;

/// What a change did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Texts that are not as they were.
    pub messages: Vec<Message>,
    /// Their words are new: codes in them were not told yet.
    pub corrected: bool,
    /// Their conversation now.
    pub conversation: Option<Conversation>,
    /// A correction of a text that is not here: a text of its own.
    pub kept: Option<Received>,
    /// The person has seen the conversation on another device.
    pub read: bool,
}

/// Who does it.
pub(super) fn author(new: &NewMessage) -> Author {
    match (new.direction, &new.extras.nick, &new.sender) {
        (Direction::Outgoing, ..) => Author::Me,
        (Direction::Incoming, Some(nick), _) => Author::Nick(nick.clone()),
        (Direction::Incoming, None, Some(sender)) => Author::Nick(sender.display().into()),
        (Direction::Incoming, None, None) => Author::Peer,
    }
}

fn writer(message: &Message) -> Author {
    match (message.direction, &message.extras.nick, &message.sender) {
        (Direction::Outgoing, ..) => Author::Me,
        (Direction::Incoming, Some(nick), _) => Author::Nick(nick.clone()),
        (Direction::Incoming, None, Some(sender)) => Author::Nick(sender.display().into()),
        (Direction::Incoming, None, None) => Author::Peer,
    }
}

/// The text of this conversation that is meant.
fn find(
    connection: &Connection,
    account: &AccountId,
    conversation: i64,
    target: &Target,
) -> Result<Option<i64>, StoreError> {
    if let Some(id) = target.ours {
        let mut query = connection.prepare_cached("SELECT id FROM message WHERE id = ?1 AND conversation = ?2")?;
        return Ok(query.query_row(params![id.0, conversation], |row| row.get(0)).optional()?);
    }
    let mut query = connection.prepare_cached(
        "SELECT m.id FROM message_key k JOIN message m ON m.id = k.message WHERE k.account = ?1 \
         AND k.key >= ?2 AND k.key < ?3 AND m.conversation = ?4 ORDER BY m.id DESC LIMIT 1",
    )?;
    for key in &target.keys {
        let Some(head) = key.strip_suffix('/') else { continue };
        // `0` follows `/`
        let found = query.query_row(params![account.0, key, format!("{head}0"), conversation], |row| row.get(0));
        if let Some(id) = found.optional()? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The text that is answered, where it is here.
pub(super) fn look_up(
    connection: &Connection,
    account: &AccountId,
    conversation: i64,
    extras: &mut Extras,
) -> Result<(), StoreError> {
    let Some(reply) = &mut extras.reply else { return Ok(()) };
    if let Some(id) = find(connection, account, conversation, &reply.target)?
        && let Some(answered) = messages::get(connection, id)?
    {
        reply.to = Some(answered.id);
        reply.mine = answered.direction == Direction::Outgoing;
        reply.quote = quote(&answered);
    }
    Ok(())
}

/// The beginning of a text's words.
pub(super) fn quote(message: &Message) -> Private<String> {
    message.body.expose().chars().take(QUOTE).collect::<String>().into()
}

/// The beginnings of a text's keys by which changes name it.
fn names(keys: &[String]) -> impl Iterator<Item = &str> {
    keys.iter().filter_map(|key| key.get(..=key.rfind('/')?))
}

/// Writes what a text is now.
fn save(transaction: &Transaction<'_>, message: &Message) -> Result<(), StoreError> {
    let code = message.code.as_ref();
    transaction
        .prepare_cached(
            "UPDATE message SET body = ?2, extras = ?3, code = ?4, code_site = ?5, code_valid_for = ?6, \
             code_warnings = ?7 WHERE id = ?1",
        )?
        .execute(params![
            message.id.0,
            message.body.expose(),
            rows::extras_text(&message.extras),
            code.map(|code| code.value.expose()),
            code.and_then(|code| code.site.as_ref()),
            code.and_then(|code| code.valid_for),
            code.and_then(|code| rows::warning_words(&code.warnings)),
        ])?;
    Ok(())
}

/// Does it to one text, if it may be done. `body` and `code` are a correction's. Whether anything changed.
fn apply(
    message: &mut Message,
    by: &Author,
    deed: &Deed,
    body: &Private<String>,
    code: Option<&Code>,
    at: Timestamp,
) -> bool {
    let own = writer(message) == *by;
    let before = message.clone();
    match deed {
        // what was taken back stays so, and an older correction may come after a newer one
        Deed::Corrected if own && message.extras.withdrawn.is_none() => {
            if message.extras.edited.is_some_and(|edited| edited > at) || message.body == *body {
                return false;
            }
            let words = std::mem::replace(&mut message.body, body.clone());
            message.extras.corrected(words, at);
            message.code = code.cloned();
        }
        Deed::Reacted(emoji) => message.extras.react(by, emoji.clone()),
        Deed::Withdrawn(by) if own || *by == Withdrawn::Moderator => {
            message.extras.withdrawn.get_or_insert(*by);
        }
        Deed::Corrected | Deed::Withdrawn(_) | Deed::Seen => {}
    }
    *message != before
}

/// The other side has seen our texts up to this one.
fn seen_there(transaction: &Transaction<'_>, upto: &Message) -> Result<Vec<Message>, StoreError> {
    let (sent, delivered) = (rows::state_number(MessageState::Sent), rows::state_number(MessageState::Delivered));
    let ids: Vec<i64> = {
        let mut query = transaction.prepare_cached(
            "SELECT id FROM message WHERE conversation = ?1 AND direction = 1 AND state IN (?2, ?3) \
             AND (place, id) <= (?4, ?5) ORDER BY place DESC, id DESC LIMIT ?6",
        )?;
        let values = params![upto.conversation.0, sent, delivered, upto.place, upto.id.0, SEEN];
        rows::all(query.query_map(values, |row| row.get(0))?)?
    };
    let mut seen = Vec::with_capacity(ids.len());
    for id in ids {
        transaction
            .prepare_cached("UPDATE message SET state = ?2 WHERE id = ?1")?
            .execute(params![id, rows::state_number(MessageState::Read)])?;
        seen.extend(messages::get(transaction, id)?);
    }
    Ok(seen)
}

/// The person has seen this text on another device: what is unread now.
fn seen_elsewhere(transaction: &Transaction<'_>, upto: &Message) -> Result<bool, StoreError> {
    let changed = transaction
        .prepare_cached(
            "UPDATE conversation SET unread = min(unread, (SELECT count(*) FROM message WHERE conversation = ?1 \
             AND direction = 0 AND (place, id) > (?2, ?3))) WHERE id = ?1 AND unread > 0",
        )?
        .execute(params![upto.conversation.0, upto.place, upto.id.0])?;
    Ok(changed > 0)
}

/// Keeps a change until its text comes.
fn wait(
    transaction: &Transaction<'_>,
    conversation: i64,
    change: &Change,
    by: &Author,
    row: Option<i64>,
) -> Result<(), StoreError> {
    let (Ok(by), Ok(deed)) = (serde_json::to_string(by), serde_json::to_string(&change.deed)) else { return Ok(()) };
    for target in &change.target.keys {
        transaction
            .prepare_cached(
                "INSERT INTO early_change(conversation, target, message, author, deed) VALUES(?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![conversation, target, row, by, deed])?;
    }
    transaction
        .prepare_cached(
            "DELETE FROM early_change WHERE rowid IN (SELECT rowid FROM early_change WHERE conversation = ?1 \
             ORDER BY rowid DESC LIMIT -1 OFFSET ?2)",
        )?
        .execute(params![conversation, WAITING])?;
    Ok(())
}

/// What waited for a text with these keys, taken from the queue, in order.
fn waited(
    transaction: &Transaction<'_>,
    conversation: i64,
    keys: &[String],
) -> Result<Vec<(Option<i64>, Author, Deed)>, StoreError> {
    let mut found = Vec::new();
    for name in names(keys) {
        let rows = {
            let mut query = transaction.prepare_cached(
                "SELECT rowid, message, author, deed FROM early_change WHERE conversation = ?1 AND target = ?2 \
                 ORDER BY rowid",
            )?;
            rows::all(query.query_map(params![conversation, name], |row| {
                Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
            })?)?
        };
        for (row, message, author, deed) in rows {
            transaction.prepare_cached("DELETE FROM early_change WHERE rowid = ?1")?.execute([row])?;
            if let (Ok(author), Ok(deed)) = (serde_json::from_str(&author), serde_json::from_str(&deed)) {
                found.push((message, author, deed));
            }
        }
    }
    Ok(found)
}

/// A text comes for which changes may wait. `Some`: its correction is here already, and it is that one's older version.
pub(super) fn merge(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
) -> Result<Option<i64>, StoreError> {
    if new.dedupe.is_empty() {
        return Ok(None);
    }
    let conversation = conversations::ensure(transaction, account, &new.peer)?;
    let writer = author(new);
    let mut query = transaction.prepare_cached(
        "SELECT message, author FROM early_change WHERE conversation = ?1 AND target = ?2 AND message IS NOT NULL \
         ORDER BY rowid DESC LIMIT 1",
    )?;
    for name in names(&new.dedupe) {
        let found =
            query.query_row(params![conversation, name], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
        let Some((id, by)) = found.optional()? else { continue };
        let by: Option<Author> = serde_json::from_str(&by).ok();
        let Some(mut message) = messages::get(transaction, id)?.filter(|_| by == Some(writer.clone())) else {
            continue;
        };
        message.extras.versions.insert(0, new.body.clone());
        message.extras.edited.get_or_insert(message.sent_at);
        save(transaction, &message)?;
        return Ok(Some(id));
    }
    Ok(None)
}

/// A text was kept: what waited for it is done to it.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    conversation: i64,
    id: i64,
    keys: &[String],
    now: Timestamp,
) -> Result<(), StoreError> {
    let waiting = waited(transaction, conversation, keys)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let Some(mut message) = messages::get(transaction, id)? else { return Ok(()) };
    for (_, by, deed) in waiting {
        let body = message.body.clone();
        apply(&mut message, &by, &deed, &body, None, now);
    }
    save(transaction, &message)
}

/// Does what a message of an account does to another one.
pub(super) fn one(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
    change: &Change,
    code: Option<&Code>,
    now: Timestamp,
    comes: Comes<'_>,
) -> Result<Changed, StoreError> {
    if receive::known(transaction, account, &new.dedupe)?.is_some() {
        return Ok(Changed::default());
    }
    let conversation = conversations::ensure(transaction, account, &new.peer)?;
    let by = author(new);
    let at = new.sent_at.unwrap_or(now).min(now);
    let Some(id) = find(transaction, account, conversation, &change.target)? else {
        let mut changed = Changed::default();
        match change.deed {
            Deed::Corrected => {
                let (id, fresh) = receive::one(transaction, account, new, code, now, comes)?;
                let kept = receive::received(transaction, id, fresh)?;
                wait(transaction, conversation, change, &by, Some(kept.message.id.0))?;
                changed.kept = Some(kept);
            }
            Deed::Reacted(_) | Deed::Withdrawn(_) => wait(transaction, conversation, change, &by, None)?,
            // nothing that is here was seen
            Deed::Seen => {}
        }
        return Ok(changed);
    };
    receive::add_keys(transaction, account, id, &new.dedupe)?;
    let mut message = messages::get(transaction, id)?.ok_or(StoreError::Damaged)?;
    let mut changed = Changed::default();
    match (&change.deed, new.direction) {
        (Deed::Seen, Direction::Incoming) => changed.messages = seen_there(transaction, &message)?,
        (Deed::Seen, Direction::Outgoing) => changed.read = seen_elsewhere(transaction, &message)?,
        (deed, _) => {
            if apply(&mut message, &by, deed, &new.body, code, at) {
                save(transaction, &message)?;
                changed.messages.push(message);
                changed.corrected = *deed == Deed::Corrected;
            }
        }
    }
    changed.conversation = Some(conversations::get(transaction, conversation)?);
    Ok(changed)
}

impl Store {
    /// Does what a message does to a text that is here, or keeps it until that text comes. As with [`Store::receive`] the place
    /// in the archive moves in the same transaction.
    pub async fn change(
        &self,
        account: AccountId,
        new: NewMessage,
        code: Option<Code>,
        now: Timestamp,
    ) -> Result<Changed, StoreError> {
        self.transact(move |transaction| {
            let changed = match &new.change {
                Some(change) => {
                    let comes = Comes::Next(archive::hole(transaction, &account)?);
                    one(transaction, &account, &new, change, code.as_ref(), now, comes)?
                }
                None => Changed::default(),
            };
            if let Some(step) = &new.archive {
                archive::step(transaction, &account, step)?;
            }
            Ok(changed)
        })
        .await
    }
    /// The person does something to a text. `None`: it may not be done, or is so already.
    pub async fn change_own(
        &self,
        id: MessageId,
        deed: Deed,
        body: Private<String>,
        now: Timestamp,
    ) -> Result<Option<Message>, StoreError> {
        self.transact(move |transaction| {
            let Some(mut message) = messages::get(transaction, id.0)? else { return Ok(None) };
            if !apply(&mut message, &Author::Me, &deed, &body, None, now) {
                return Ok(None);
            }
            save(transaction, &message)?;
            Ok(Some(message))
        })
        .await
    }
    /// What the other side calls a text that did not come from this store.
    pub async fn wire_id(&self, id: MessageId) -> Result<Option<String>, StoreError> {
        self.query(move |connection| {
            let mut query = connection.prepare_cached("SELECT wire_id FROM message WHERE id = ?1")?;
            Ok(query.query_row([id.0], |row| row.get(0)).optional()?.flatten())
        })
        .await
    }
    /// Writes what hangs on a text anew: a file was uploaded or fetched. The text as it is now.
    pub async fn set_extras(
        &self,
        id: MessageId,
        change: impl FnOnce(&mut Message) + Send + 'static,
    ) -> Result<Option<Message>, StoreError> {
        self.transact(move |transaction| {
            let Some(mut message) = messages::get(transaction, id.0)? else { return Ok(None) };
            change(&mut message);
            save(transaction, &message)?;
            Ok(Some(message))
        })
        .await
    }
}

#[cfg(test)]
#[path = "changes_tests.rs"]
mod tests;
