//! The file on the disk: unreadable without its key, opened from every earlier schema, plain or encrypted, and never half done.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    Kind, Store, StoreError,
    file::{beside, kind, open_as_it_is, put_aside},
    kind as kind_at, schema,
    tests::{account, at, key, text},
};
use crate::domain::key::StoreKey;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

const BODY: &str = "the nightingale sings at 48291";

fn holds(path: &Path, needle: &str) -> bool {
    std::fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle.as_bytes())
}

/// A plain database as an earlier Landline with this schema left it, with a row in every table of its own.
fn old(path: &Path, version: usize) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    schema::step_to(&connection, version);
    connection
        .execute_batch(&format!(
            "INSERT INTO account(id, archive_cursor) VALUES('xmpp-alice', '77');
             INSERT INTO contact(account, address, name) VALUES('', 'tel:+15550001', 'Ana');
             INSERT INTO conversation(id, account, peer, unread, last_at) VALUES(3, 'xmpp-alice', 'tel:+15550001', 1, 5);
             INSERT INTO message(id, conversation, direction, body, state, sent_at, received_at, code)
                VALUES(9, 3, 0, '{BODY}', 4, 1700000000000, 1700000000000, '48291');
             UPDATE conversation SET last_message = 9;
             INSERT INTO message_key(account, key, message) VALUES('xmpp-alice', 'k', 9);
             INSERT INTO call(account, peer, direction, started_at, reason)
                VALUES('xmpp-alice', 'tel:+15550001', 0, 1700000000000, 'missed');"
        ))
        .unwrap();
}

async fn has_all(store: &Store) {
    let messages = store.messages(None, Some("nightingale".into()), 10).await.unwrap();
    assert_eq!(messages.len(), 1, "the search finds it");
    assert_eq!(messages[0].body.expose(), BODY);
    assert_eq!(store.codes(9).await.unwrap()[0].code.value.expose(), "48291");
    assert_eq!(store.conversations(9).await.unwrap()[0].unread, 1);
    assert_eq!(store.contacts().await.unwrap()[0].name.expose(), "Ana");
    assert_eq!(store.call_history(9).await.unwrap().len(), 1);
    assert_eq!(store.archive_place(account()).await.unwrap().newest.as_deref(), Some("77"));
    let again = store.receive(account(), text("tel:+15550001", "x", &["k"]), None, at(9)).await.unwrap();
    assert!(!again.new, "the key of a text is known");
}

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("landline.db");
    (dir, path)
}

#[tokio::test]
async fn every_earlier_schema_is_opened_and_encrypted_with_all_its_rows() {
    for version in 1..=schema::newest() {
        let (dir, path) = place();
        old(&path, version);
        assert!(holds(&path, BODY) || holds(&beside(&path, "-wal"), BODY), "the test must be able to fail");
        assert_eq!(kind_at(&path), Ok(Kind::Plain));
        let store = Store::open(&path, &key()).unwrap();
        has_all(&store).await;
        assert_eq!(kind_at(&path), Ok(Kind::Sealed));
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let path = entry.unwrap().path();
            assert!(!holds(&path, "nightingale") && !holds(&path, "5550001"), "version {version}: {}", path.display());
        }
        drop(store);
        has_all(&Store::open(&path, &key()).unwrap()).await;
    }
}

#[tokio::test]
async fn an_encryption_that_was_cut_short_begins_again() {
    let (_dir, path) = place();
    old(&path, 2);
    // as after a kill in the middle of the copy, with what SQLite leaves beside it
    std::fs::write(beside(&path, ".new"), vec![7; 12_345]).unwrap();
    std::fs::write(beside(&path, ".new-journal"), "rest").unwrap();
    has_all(&Store::open(&path, &key()).unwrap()).await;
    assert!(!beside(&path, ".new").exists() && !beside(&path, ".new-journal").exists());
}

#[test]
fn a_plain_file_that_somebody_else_has_open_is_not_encrypted_under_them() {
    let (_dir, path) = place();
    old(&path, 2);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; DELETE FROM contact;").unwrap();
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::Locked));
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert_eq!(kind(&path), Ok(Kind::Plain));
    assert!(Store::open(&path, &key()).is_ok());
}

#[tokio::test]
async fn nothing_can_be_read_while_it_is_open_nor_with_another_key() {
    let (dir, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    store.receive(account(), text("tel:+15550001", BODY, &["k"]), None, at(1)).await.unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        for private in ["nightingale", "5550001", "CREATE TABLE", "SQLite format"] {
            assert!(!holds(&path, private), "{private} stands in {}", path.display());
        }
    }
    store.close().await.unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(Store::open(&path, &StoreKey::new([8; 32])).err(), Some(StoreError::Damaged));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_closed_store_refuses_and_opens_later() {
    let (_dir, path) = place();
    let store = Store::closed().unwrap();
    assert_eq!(store.contacts().await.err(), Some(StoreError::Closed));
    store.unlock(path.clone(), key()).await.unwrap();
    store.receive(account(), text("tel:+15550001", BODY, &["k"]), None, at(1)).await.unwrap();
    assert_eq!(store.unlock(path.clone(), StoreKey::new([8; 32])).await, Err(StoreError::Damaged));
    assert_eq!(store.contacts().await.err(), Some(StoreError::Closed));
    store.unlock(path, key()).await.unwrap();
    assert_eq!(store.messages(None, None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_put_aside_is_whole() {
    let (_dir, path) = place();
    let store = Store::open(&path, &key()).unwrap();
    store.receive(account(), text("tel:+15550001", BODY, &["k"]), None, at(1)).await.unwrap();
    // its log is still beside it, as after a kill
    let name = beside(&path, ".aside");
    put_aside(&path, "aside").unwrap();
    assert!(!path.exists() && !beside(&path, "-wal").exists());
    drop(store);
    let aside = open_as_it_is(&name, Some(&key())).unwrap();
    let count: i64 = aside.query_row("SELECT count(*) FROM message", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 1);
    assert!(Store::open(&path, &key()).unwrap().messages(None, None, 9).await.unwrap().is_empty());
}
