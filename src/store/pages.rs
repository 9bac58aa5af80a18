//! All texts, a page at a time, one conversation after the other and each in its order: for exports.
use super::{Store, StoreError, rows};
use crate::domain::message::{Message, MessageId};
use rusqlite::params;

impl Store {
    /// The texts that come after one, or the first ones.
    pub async fn page_in_order(&self, after: Option<MessageId>, limit: u32) -> Result<Vec<Message>, StoreError> {
        self.query(move |connection| {
            let sql = format!(
                "SELECT {} FROM {} WHERE (m.conversation, m.place, m.id) > \
                 (coalesce((SELECT conversation FROM message WHERE id = ?1), -1), \
                 coalesce((SELECT place FROM message WHERE id = ?1), 0), coalesce(?1, 0)) \
                 ORDER BY m.conversation, m.place, m.id LIMIT ?2",
                rows::MESSAGE,
                rows::MESSAGE_FROM
            );
            let after = after.map(|id| id.0);
            rows::all(connection.prepare_cached(&sql)?.query_map(params![after, limit], rows::message)?)
        })
        .await
    }
}
