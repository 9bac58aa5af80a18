//! The bytes of files that came with texts, in pieces: encrypted like everything else here, and in every backup. A file is whole
//! when its text says so (`Attachment::here`); pieces without that word are what was left of a fetch that ended too early.
use super::{Store, StoreError};
use crate::domain::message::MessageId;
use rusqlite::{Connection, OptionalExtension, params};

/// Removes the pieces of files that were never whole.
pub(super) fn tidy(connection: &Connection) -> Result<(), StoreError> {
    let half = "FROM file_piece WHERE NOT EXISTS(SELECT 1 FROM message m WHERE m.id = file_piece.message
        AND json_valid(m.extras) AND json_extract(m.extras, '$.attachments[' || file_piece.number || '].here'))";
    // where there is nothing to do nothing is written: the disk may be read-only
    if connection.query_row(&format!("SELECT EXISTS(SELECT 1 {half})"), [], |row| row.get(0))? {
        connection.execute(&format!("DELETE {half}"), [])?;
    }
    Ok(())
}

impl Store {
    /// Removes what is here of the file with this number of a text: it is fetched anew.
    pub async fn drop_file(&self, id: MessageId, number: usize) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            transaction
                .execute("DELETE FROM file_piece WHERE message = ?1 AND number = ?2", params![id.0, number as i64])?;
            Ok(())
        })
        .await
    }

    /// Keeps a piece of it; places count from 0.
    pub async fn add_piece(&self, id: MessageId, number: usize, place: u32, bytes: Vec<u8>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            transaction.execute(
                "INSERT INTO file_piece(message, number, place, bytes) VALUES(?1, ?2, ?3, ?4)",
                params![id.0, number as i64, place, bytes],
            )?;
            Ok(())
        })
        .await
    }

    /// A piece of it; `None` behind the last one.
    pub async fn piece(&self, id: MessageId, number: usize, place: u32) -> Result<Option<Vec<u8>>, StoreError> {
        self.query(move |connection| {
            let mut query = connection
                .prepare_cached("SELECT bytes FROM file_piece WHERE message = ?1 AND number = ?2 AND place = ?3")?;
            Ok(query.query_row(params![id.0, number as i64, place], |row| row.get(0)).optional()?)
        })
        .await
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::{
        domain::{extras::Attachment, key::StoreKey, message::Message},
        store::tests::{account, at, text},
    };

    #[tokio::test]
    async fn what_was_never_whole_is_gone_when_the_store_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("landline.db");
        let key = StoreKey::new([7; 32]);
        let store = Store::open(&path, &key).unwrap();
        let mut new = text("xmpp:luis@jabber.example", "a photo", &["k1"]);
        new.extras.attachments = vec![Attachment::default(), Attachment::default()];
        let id = store.receive(account(), new, None, at(1)).await.unwrap().message.id;
        for number in [0, 1] {
            store.add_piece(id, number, 0, b"nightingale".repeat(900)).await.unwrap();
            store.add_piece(id, number, 1, vec![number as u8]).await.unwrap();
        }
        assert!(store.add_piece(id, 0, 1, vec![9]).await.is_err(), "no piece takes another's place");
        let whole = |message: &mut Message| message.extras.attachments[1].here = true;
        store.set_extras(id, whole).await.unwrap();
        drop(store);
        let store = Store::open(&path, &key).unwrap();
        assert_eq!(store.piece(id, 0, 0).await.unwrap(), None);
        assert_eq!(store.piece(id, 1, 0).await.unwrap(), Some(b"nightingale".repeat(900)));
        assert_eq!(store.piece(id, 1, 1).await.unwrap(), Some(vec![1]));
        assert_eq!(store.piece(id, 1, 2).await.unwrap(), None);
        store.drop_file(id, 1).await.unwrap();
        assert_eq!(store.piece(id, 1, 0).await.unwrap(), None);
    }
}
