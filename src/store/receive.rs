//! Receiving a text: one transaction for the text, its keys, its code, the unread count and the archive cursor.
use super::{Received, Store, StoreError, archive, conversations, messages, rows};
use crate::domain::{
    account::AccountId,
    code::Code,
    message::{Direction, MessageState, NewMessage},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// The message that one of these keys belongs to.
fn known(connection: &Connection, account: &AccountId, keys: &[String]) -> Result<Option<i64>, StoreError> {
    let mut query = connection.prepare_cached("SELECT message FROM message_key WHERE account = ?1 AND key = ?2")?;
    for key in keys {
        if let Some(id) = query.query_row(params![account.0, key], |row| row.get(0)).optional()? {
            return Ok(Some(id));
        }
    }
    Ok(None)
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

/// When a text counts as sent. Archives and SIP dates know whole seconds only: such a text does not go before one of the
/// same second that is here already, or an answer would stand above its question.
fn place(connection: &Connection, conversation: i64, sent_at: i64) -> Result<i64, StoreError> {
    if sent_at % 1000 != 0 {
        return Ok(sent_at);
    }
    let newest: Option<i64> = connection
        .prepare_cached("SELECT max(sent_at) FROM message WHERE conversation = ?1 AND sent_at BETWEEN ?2 AND ?2 + 999")?
        .query_row(params![conversation, sent_at], |row| row.get(0))?;
    Ok(newest.unwrap_or(sent_at))
}

/// When a text of an archive that is read backward counts as sent: before the oldest of its conversation that was sent in the
/// same minute, whose row is newer. Across a hole in the middle of a conversation it stands by its own time.
fn place_before(connection: &Connection, conversation: i64, sent_at: i64) -> Result<i64, StoreError> {
    let oldest: Option<i64> = connection
        .prepare_cached("SELECT min(sent_at) FROM message WHERE conversation = ?1")?
        .query_row([conversation], |row| row.get(0))?;
    Ok(match oldest {
        Some(oldest) if (oldest..oldest + 60_000).contains(&sent_at) => oldest - 1,
        _ => sent_at,
    })
}

fn keep(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
    code: Option<&Code>,
    now: Timestamp,
    older: bool,
) -> Result<i64, StoreError> {
    let conversation = conversations::ensure(transaction, account, &new.peer)?;
    // A clock that is ahead there must not push a text to the bottom of the thread for ever.
    let sent_at = rows::millis(new.sent_at.unwrap_or(now).min(now));
    let place = if older { place_before } else { place };
    let sent_at = place(transaction, conversation, sent_at)?;
    let incoming = new.direction == Direction::Incoming;
    let state = if incoming { MessageState::Received } else { MessageState::Sent };
    transaction
        .prepare_cached(
            "INSERT INTO message(conversation, sender, direction, body, state, sent_at, received_at, code, code_site, \
             code_valid_for, code_warnings) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            conversation,
            new.sender.as_ref().map(crate::domain::address::Address::uri),
            rows::direction_number(new.direction),
            new.body.expose(),
            rows::state_number(state),
            sent_at,
            rows::millis(now),
            code.map(|code| code.value.expose()),
            code.and_then(|code| code.site.as_ref()),
            code.and_then(|code| code.valid_for),
            code.and_then(|code| rows::warning_words(&code.warnings)),
        ])?;
    let id = transaction.last_insert_rowid();
    conversations::touch(transaction, conversation, id, sent_at, incoming && !older)?;
    if let (Some(name), None) = (&new.sender_name, &new.sender) {
        conversations::nickname(transaction, conversation, name)?;
    }
    Ok(id)
}

/// Keeps one text, or recognises it. `older`: it goes before what its conversation has, and nobody has yet to read it.
pub fn one(
    transaction: &Transaction<'_>,
    account: &AccountId,
    new: &NewMessage,
    code: Option<&Code>,
    now: Timestamp,
    older: bool,
) -> Result<Received, StoreError> {
    let known = known(transaction, account, &new.dedupe)?;
    let id = match known {
        Some(id) => id,
        None => keep(transaction, account, new, code, now, older)?,
    };
    add_keys(transaction, account, id, &new.dedupe)?;
    let message = messages::get(transaction, id)?.ok_or(StoreError::Damaged)?;
    let conversation = conversations::get(transaction, message.conversation.0)?;
    Ok(Received { message, conversation, new: known.is_none() })
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
            let received = one(transaction, &account, &new, code.as_ref(), now, false)?;
            if let Some(step) = &new.archive {
                archive::step(transaction, &account, step)?;
            }
            Ok(received)
        })
        .await
    }
}
