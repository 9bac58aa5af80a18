//! Receiving a text: one transaction for the text, its keys, its code, the unread count and the archive cursor.
use super::{
    Received, Store, StoreError, archive, changes, conversations, messages,
    place::{self, Backward},
    rows,
};
use crate::domain::{
    account::AccountId,
    code::Code,
    message::{Direction, MessageState, NewMessage},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The message that one of these keys belongs to.
pub fn known(connection: &Connection, account: &AccountId, keys: &[String]) -> Result<Option<i64>, StoreError> {
    let mut query = connection.prepare_cached("SELECT message FROM message_key WHERE account = ?1 AND key = ?2")?;
    for key in keys {
        if let Some(id) = query.query_row(params![account.0, key], |row| row.get(0)).optional()? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Whether one of these keys names a place in the archive that is known.
pub fn known_in_archive(connection: &Connection, account: &AccountId, keys: &[String]) -> Result<bool, StoreError> {
    let places: Vec<_> = keys.iter().filter(|key| key.starts_with("archive:")).cloned().collect();
    Ok(known(connection, account, &places)?.is_some())
}

/// Notes that these keys stand for a message; keys that are taken stay with their own.
pub fn add_keys(connection: &Connection, account: &AccountId, id: i64, keys: &[String]) -> Result<(), StoreError> {
    let mut insert =
        connection.prepare_cached("INSERT OR IGNORE INTO message_key(account, key, message) VALUES(?1, ?2, ?3)")?;
    for key in keys {
        insert.execute(params![account.0, key, id])?;
    }
    Ok(())
}

/// How a text comes, which decides its place.
pub enum Comes<'a> {
    /// As the next one, with the hole in the archive that is still to be filled.
    Next(Option<i64>),
    /// From an archive that is read backward.
    Backward(&'a mut Backward),
}

fn keep(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
    code: Option<&Code>,
    now: Timestamp,
    comes: Comes<'_>,
) -> Result<i64, StoreError> {
    let conversation = conversations::ensure(transaction, account, &new.peer)?;
    // A clock that is ahead there must not push a text to the bottom of the thread for ever.
    let sent_at = new.sent_at.unwrap_or(now).min(now);
    let at = sent_at.as_microsecond();
    let (place, to_read) = match comes {
        Comes::Backward(backward) => (backward.next(transaction, conversation, at)?, false),
        Comes::Next(hole) if new.in_order => (place::next(transaction, conversation, at, hole)?, true),
        Comes::Next(_) => (place::dated(transaction, conversation, at)?, true),
    };
    let sent_at = rows::millis(sent_at);
    let mut extras = new.extras.clone();
    changes::look_up(transaction, account, conversation, &mut extras)?;
    let incoming = new.direction == Direction::Incoming;
    let state = if incoming { MessageState::Received } else { MessageState::Sent };
    transaction
        .prepare_cached(
            "INSERT INTO message(conversation, sender, direction, body, state, sent_at, received_at, place, code, \
             code_site, code_valid_for, code_warnings, wire_id, extras) \
             VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        )?
        .execute(params![
            conversation,
            new.sender.as_ref().map(crate::domain::address::Address::uri),
            rows::direction_number(new.direction),
            new.body.expose(),
            rows::state_number(state),
            sent_at,
            rows::millis(now),
            place,
            code.map(|code| code.value.expose()),
            code.and_then(|code| code.site.as_ref()),
            code.and_then(|code| code.valid_for),
            code.and_then(|code| rows::warning_words(&code.warnings)),
            new.wire_id,
            rows::extras_text(&extras),
        ])?;
    let id = transaction.last_insert_rowid();
    conversations::touch(transaction, conversation, id, sent_at, incoming && to_read)?;
    changes::settle(transaction, conversation, id, &new.dedupe, now)?;
    if let (Some(name), None) = (&new.sender_name, &new.sender) {
        conversations::nickname(transaction, conversation, name)?;
    }
    Ok(id)
}

/// Keeps one text, or recognises it. Gives its row and whether it is new.
pub fn one(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
    code: Option<&Code>,
    now: Timestamp,
    comes: Comes<'_>,
) -> Result<(i64, bool), StoreError> {
    let known = match known(transaction, account, &new.dedupe)? {
        Some(id) => Some(id),
        None => changes::merge(transaction, account, new)?,
    };
    let id = match known {
        Some(id) => id,
        None => keep(transaction, account, new, code, now, comes)?,
    };
    add_keys(transaction, account, id, &new.dedupe)?;
    Ok((id, known.is_none()))
}

/// What became of a text, as it and its conversation stand now.
pub fn received(transaction: &Transaction<'_>, id: i64, new: bool) -> Result<Received, StoreError> {
    let message = messages::get(transaction, id)?.ok_or(StoreError::Damaged)?;
    let conversation = conversations::get(transaction, message.conversation.0)?;
    Ok(Received { message, conversation, new })
}

impl Store {
    /// Keeps a text, or recognises it by any of its dedupe keys. The place in the archive moves in the same transaction,
    /// for duplicates too. Once this returns the text may be acknowledged to the server.
    pub async fn receive(
        &self,
        account: AccountId,
        new: NewMessage,
        code: Option<Code>,
        now: Timestamp,
    ) -> Result<Received, StoreError> {
        self.transact(move |transaction| {
            let comes = Comes::Next(archive::hole(transaction, &account)?);
            let (id, fresh) = one(transaction, &account, &new, code.as_ref(), now, comes)?;
            if let Some(step) = &new.archive {
                archive::step(transaction, &account, step)?;
            }
            received(transaction, id, fresh)
        })
        .await
    }
}
