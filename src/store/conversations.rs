//! Conversations: the list, one of them, the unread count.
use super::{Store, StoreError, rows};
use crate::domain::{
    account::AccountId,
    address::Address,
    conversation::{Conversation, ConversationId},
    private::Private,
};
use rusqlite::{Connection, OptionalExtension, params};

fn select(rest: &str) -> String {
    let (name, message) = (rows::NAME, rows::MESSAGE);
    format!(
        "SELECT c.id, c.account, c.peer, {name}, c.unread, c.draft, {message} FROM conversation c \
         LEFT JOIN message m ON m.id = c.last_message {rest}"
    )
}

/// The conversation of an account with a peer, made if need be.
pub fn ensure(connection: &Connection, account: &AccountId, peer: &Address) -> Result<i64, StoreError> {
    let uri = peer.uri();
    let known = connection
        .prepare_cached("SELECT id FROM conversation WHERE account = ?1 AND peer = ?2")?
        .query_row(params![account.0, uri], |row| row.get(0))
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    connection
        .prepare_cached("INSERT INTO conversation(account, peer) VALUES(?1, ?2)")?
        .execute(params![account.0, uri])?;
    Ok(connection.last_insert_rowid())
}

/// Notes a message as the last of its conversation if it is, and counts it as unread if asked.
pub fn touch(connection: &Connection, id: i64, message: i64, sent_at: i64, unread: bool) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE conversation SET unread = unread + ?2, \
             last_message = CASE WHEN last_message IS NULL OR (SELECT (n.place, n.id) > (l.place, l.id) \
             FROM message n, message l WHERE n.id = ?3 AND l.id = last_message) THEN ?3 ELSE last_message END, \
             last_at = max(last_at, ?4) WHERE id = ?1",
        )?
        .execute(params![id, i64::from(unread), message, sent_at])?;
    Ok(())
}

/// One conversation.
pub fn get(connection: &Connection, id: i64) -> Result<Conversation, StoreError> {
    Ok(connection.prepare_cached(&select("WHERE c.id = ?1"))?.query_row([id], rows::conversation)?)
}

/// Keeps the nickname that came with a text, for senders that are in no contact list.
pub fn nickname(connection: &Connection, id: i64, name: &Private<String>) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE conversation SET nickname = ?2 WHERE id = ?1")?
        .execute(params![id, name.expose()])?;
    Ok(())
}

impl Store {
    /// The newest conversations.
    pub async fn conversations(&self, limit: u32) -> Result<Vec<Conversation>, StoreError> {
        self.query(move |connection| {
            let mut query = connection.prepare_cached(&select(
                "WHERE c.last_message IS NOT NULL ORDER BY c.last_at DESC, c.id DESC LIMIT ?1",
            ))?;
            rows::all(query.query_map([limit], rows::conversation)?)
        })
        .await
    }
    /// One conversation; `None`: there is none.
    pub async fn conversation(&self, id: ConversationId) -> Result<Option<Conversation>, StoreError> {
        self.query(move |connection| {
            let mut query = connection.prepare_cached(&select("WHERE c.id = ?1"))?;
            Ok(query.query_row([id.0], rows::conversation).optional()?)
        })
        .await
    }
    /// The names of all who have written, or `None` where this peer is among them.
    pub async fn strangers_to(
        &self,
        account: AccountId,
        peer: Address,
    ) -> Result<Option<Vec<Private<String>>>, StoreError> {
        self.query(move |connection| {
            let known = connection
                .prepare_cached(
                    "SELECT 1 FROM conversation WHERE account = ?1 AND peer = ?2 AND last_message IS NOT NULL",
                )?
                .exists(params![account.0, peer.uri()])?;
            if known {
                return Ok(None);
            }
            let sql = format!("SELECT c.peer, {} FROM conversation c WHERE c.last_message IS NOT NULL", rows::NAME);
            let mut query = connection.prepare_cached(&sql)?;
            let found = query.query_map([], |row| Ok((rows::address(row, 0)?, row.get::<_, Option<String>>(1)?)))?;
            let found = rows::all(found)?;
            let names = found.into_iter().flat_map(|(peer, name)| name.into_iter().chain([peer.display().to_owned()]));
            Ok(Some(names.map(Private::new).collect()))
        })
        .await
    }
    /// Keeps words that were not sent yet; empty ones are none.
    pub async fn set_draft(&self, id: ConversationId, words: Private<String>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            let words = Some(words.into_inner()).filter(|words| !words.trim().is_empty());
            transaction
                .prepare_cached("UPDATE conversation SET draft = ?2 WHERE id = ?1 AND draft IS NOT ?2")?
                .execute(params![id.0, words])?;
            Ok(())
        })
        .await
    }
    /// The conversation of an account with a peer, if there is one.
    pub async fn conversation_with(
        &self,
        account: AccountId,
        peer: Address,
    ) -> Result<Option<ConversationId>, StoreError> {
        self.query(move |connection| {
            let mut query =
                connection.prepare_cached("SELECT id FROM conversation WHERE account = ?1 AND peer = ?2")?;
            let found = query.query_row(params![account.0, peer.uri()], |row| row.get(0)).optional()?;
            Ok(found.map(ConversationId))
        })
        .await
    }
    /// The person has seen it. Whether that changed anything.
    pub async fn mark_read(&self, id: ConversationId) -> Result<bool, StoreError> {
        self.transact(move |transaction| {
            let changed =
                transaction.execute("UPDATE conversation SET unread = 0 WHERE id = ?1 AND unread > 0", [id.0])?;
            Ok(changed > 0)
        })
        .await
    }
}
