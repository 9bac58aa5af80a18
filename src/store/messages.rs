//! Texts written here, how far they came, threads page by page, and the codes found in texts.
use super::{Store, StoreError, conversations, place::written, receive, rows};
use crate::domain::{
    account::AccountId,
    address::Address,
    code::{ReceivedCode, Warning},
    conversation::{Conversation, ConversationId},
    extras::Extras,
    message::{Direction, Message, MessageId, MessageState, SendFailure},
    private::Private,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

/// One message.
pub fn get(connection: &Connection, id: i64) -> Result<Option<Message>, StoreError> {
    let sql = format!("SELECT {} FROM {} WHERE m.id = ?1", rows::MESSAGE, rows::MESSAGE_FROM);
    Ok(connection.prepare_cached(&sql)?.query_row([id], rows::message).optional()?)
}

/// The conversation of a message and its place in it.
pub fn place(connection: &Connection, id: i64) -> Result<(i64, i64), StoreError> {
    let mut query = connection.prepare_cached("SELECT conversation, place FROM message WHERE id = ?1")?;
    Ok(query.query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?)
}

impl Store {
    /// Keeps a text of ours in the outbox.
    pub async fn write(
        &self,
        account: AccountId,
        to: Address,
        body: Private<String>,
        now: Timestamp,
    ) -> Result<(Message, Conversation), StoreError> {
        self.write_with(account, to, body, Extras::default(), now).await
    }
    /// The same with what hangs on it.
    pub async fn write_with(
        &self,
        account: AccountId,
        to: Address,
        body: Private<String>,
        extras: Extras,
        now: Timestamp,
    ) -> Result<(Message, Conversation), StoreError> {
        self.transact(move |transaction| {
            let conversation = conversations::ensure(transaction, &account, &to)?;
            let at = rows::millis(now);
            let place = written(transaction, conversation, now.as_microsecond())?;
            transaction.execute(
                "INSERT INTO message(conversation, direction, body, state, sent_at, received_at, place, extras) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)",
                params![
                    conversation,
                    rows::direction_number(Direction::Outgoing),
                    body.expose(),
                    rows::state_number(MessageState::Queued),
                    at,
                    place,
                    rows::extras_text(&extras)
                ],
            )?;
            let id = transaction.last_insert_rowid();
            conversations::touch(transaction, conversation, id, at, false)?;
            let message = get(transaction, id)?.ok_or(StoreError::Damaged)?;
            Ok((message, conversations::get(transaction, conversation)?))
        })
        .await
    }
    /// Notes the ids under which a text of ours travels, so that its carbon or archive copy is recognised.
    pub async fn add_keys(&self, id: MessageId, keys: Vec<String>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            let Some(message) = get(transaction, id.0)? else { return Ok(()) };
            receive::add_keys(transaction, &message.account, id.0, &keys)
        })
        .await
    }
    /// Moves a text of ours on. `None`: nothing changed, because it is as far already or unknown. A failure is the last
    /// word, also about a text that was taken or delivered: a gateway takes first and refuses later.
    pub async fn progress(
        &self,
        id: MessageId,
        state: MessageState,
        failure: Option<SendFailure>,
    ) -> Result<Option<Message>, StoreError> {
        self.transact(move |transaction| {
            let failed = rows::state_number(MessageState::Failed);
            let changed = transaction.execute(
                "UPDATE message SET state = ?2, failure = ?3 \
                 WHERE id = ?1 AND direction = 1 AND state <> ?4 AND (state < ?2 OR ?2 = ?4)",
                params![id.0, rows::state_number(state), failure.and_then(rows::word), failed],
            )?;
            if changed == 0 { Ok(None) } else { get(transaction, id.0) }
        })
        .await
    }
    /// Puts a text that was taken, and then refused for now, back into the outbox. `None`: it had not been taken.
    pub async fn postpone(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.transact(move |transaction| {
            let (queued, sent) = (rows::state_number(MessageState::Queued), rows::state_number(MessageState::Sent));
            let changed = transaction.execute(
                "UPDATE message SET state = ?2 WHERE id = ?1 AND direction = 1 AND state = ?3",
                params![id.0, queued, sent],
            )?;
            if changed == 0 { Ok(None) } else { get(transaction, id.0) }
        })
        .await
    }
    /// Puts a failed text back into the outbox. `None`: it had not failed.
    pub async fn requeue(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.transact(move |transaction| {
            let (queued, failed) = (rows::state_number(MessageState::Queued), rows::state_number(MessageState::Failed));
            let changed = transaction.execute(
                "UPDATE message SET state = ?2, failure = NULL WHERE id = ?1 AND state = ?3",
                params![id.0, queued, failed],
            )?;
            if changed == 0 { Ok(None) } else { get(transaction, id.0) }
        })
        .await
    }
    /// One message.
    pub async fn message(&self, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.query(move |connection| get(connection, id.0)).await
    }
    /// Texts of an account that wait to be sent, oldest first.
    pub async fn outbox(&self, account: AccountId) -> Result<Vec<Message>, StoreError> {
        self.query(move |connection| {
            let sql = format!(
                "SELECT {} FROM {} WHERE m.state = 0 AND c.account = ?1 ORDER BY m.id",
                rows::MESSAGE,
                rows::MESSAGE_FROM
            );
            rows::all(connection.prepare_cached(&sql)?.query_map([account.0], rows::message)?)
        })
        .await
    }
    /// A page of a thread, newest first, older than `before`.
    pub async fn thread(
        &self,
        conversation: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        self.query(move |connection| {
            let sql = format!(
                "SELECT {} FROM {} WHERE m.conversation = ?1 AND (?2 IS NULL OR (m.place, m.id) < \
                 (SELECT b.place, b.id FROM message b WHERE b.id = ?2)) ORDER BY m.place DESC, m.id DESC LIMIT ?3",
                rows::MESSAGE,
                rows::MESSAGE_FROM
            );
            let before = before.map(|id| id.0);
            rows::all(
                connection.prepare_cached(&sql)?.query_map(params![conversation.0, before, limit], rows::message)?,
            )
        })
        .await
    }
    /// Codes, newest first.
    pub async fn codes(&self, limit: u32) -> Result<Vec<ReceivedCode>, StoreError> {
        self.query(move |connection| {
            let sql = format!(
                "SELECT {}, {} FROM {} WHERE m.code IS NOT NULL AND m.direction = 0 \
                 ORDER BY m.received_at DESC, m.id DESC LIMIT ?1",
                rows::MESSAGE,
                rows::NAME,
                rows::MESSAGE_FROM
            );
            let mut query = connection.prepare_cached(&sql)?;
            let found = query.query_map([limit], |row| {
                let (message, name) = (rows::message(row)?, row.get::<_, Option<String>>(17)?);
                Ok((message, name))
            })?;
            let found = rows::all(found)?;
            Ok(found.into_iter().filter_map(|(message, name)| received_code(&message, name)).collect())
        })
        .await
    }
}

impl Store {
    /// Texts with a code that came until then.
    pub async fn codes_until(&self, until: Timestamp) -> Result<Vec<Message>, StoreError> {
        self.query(move |connection| {
            let sql = format!(
                "SELECT {} FROM {} WHERE m.code IS NOT NULL AND m.direction = 0 AND m.received_at <= ?1",
                rows::MESSAGE,
                rows::MESSAGE_FROM
            );
            rows::all(connection.prepare_cached(&sql)?.query_map([rows::millis(until)], rows::message)?)
        })
        .await
    }
    /// Takes the code from a text, and puts this body in the place of its own; the files hold no copy of the old one. The
    /// text as it is now.
    pub async fn forget_code(&self, id: MessageId, body: Private<String>) -> Result<Option<Message>, StoreError> {
        let now = self.transact(move |transaction| {
            transaction
                .prepare_cached(
                    "UPDATE message SET body = ?2, code = NULL, code_site = NULL, code_valid_for = NULL, \
                     code_warnings = NULL WHERE id = ?1",
                )?
                .execute(params![id.0, body.expose()])?;
            let Some(mut message) = get(transaction, id.0)? else { return Ok(None) };
            if !message.extras.versions.is_empty() {
                // they held the code, or an older one
                message.extras.versions.clear();
                transaction
                    .prepare_cached("UPDATE message SET extras = ?2 WHERE id = ?1")?
                    .execute(params![id.0, rows::extras_text(&message.extras)])?;
            }
            Ok(Some(message))
        });
        let now = now.await?;
        // the log keeps what was overwritten until it begins anew
        self.query(|connection| Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?)).await?;
        Ok(now)
    }
    /// Adds a warning to the codes that came since then. Those that had it not.
    pub async fn warn(&self, since: Timestamp, warning: Warning) -> Result<Vec<MessageId>, StoreError> {
        self.transact(move |transaction| {
            let sql = format!(
                "SELECT {} FROM {} WHERE m.code IS NOT NULL AND m.direction = 0 AND m.received_at >= ?1",
                rows::MESSAGE,
                rows::MESSAGE_FROM
            );
            let found = {
                let mut query = transaction.prepare_cached(&sql)?;
                rows::all(query.query_map([rows::millis(since)], rows::message)?)?
            };
            let mut warned = Vec::new();
            for message in found {
                let Some(mut code) = message.code.filter(|code| !code.warnings.contains(&warning)) else { continue };
                code.warnings.push(warning);
                transaction
                    .prepare_cached("UPDATE message SET code_warnings = ?2 WHERE id = ?1")?
                    .execute(params![message.id.0, rows::warning_words(&code.warnings)])?;
                warned.push(message.id);
            }
            Ok(warned)
        })
        .await
    }
}

fn received_code(message: &Message, name: Option<String>) -> Option<ReceivedCode> {
    Some(ReceivedCode {
        message: message.id,
        sender: message.sender.clone().unwrap_or_else(|| message.peer.clone()),
        sender_name: name.map(Private::new),
        code: message.code.clone()?,
        received_at: message.received_at,
    })
}
