//! The schema and its history. A migration is never changed once released; a new one is added.
use super::StoreError;
use rusqlite::Connection;

/// Each brings a database from its index to the next `user_version`.
const MIGRATIONS: &[&str] = &[
    "
CREATE TABLE account(
    id TEXT PRIMARY KEY,
    archive_cursor TEXT
) WITHOUT ROWID;
CREATE TABLE contact(
    account TEXT NOT NULL DEFAULT '',
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY(address, account)
) WITHOUT ROWID;
CREATE TABLE conversation(
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    peer TEXT NOT NULL,
    nickname TEXT,
    unread INTEGER NOT NULL DEFAULT 0,
    last_message INTEGER REFERENCES message(id),
    last_at INTEGER NOT NULL DEFAULT 0,
    UNIQUE(account, peer)
);
CREATE INDEX conversation_newest ON conversation(last_at DESC);
CREATE TABLE message(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation INTEGER NOT NULL REFERENCES conversation(id),
    sender TEXT,
    direction INTEGER NOT NULL,
    body TEXT NOT NULL,
    state INTEGER NOT NULL,
    failure TEXT,
    sent_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    code TEXT,
    code_site TEXT,
    code_valid_for INTEGER
);
CREATE INDEX message_thread ON message(conversation, sent_at, id);
CREATE INDEX message_outbox ON message(id) WHERE state = 0;
CREATE INDEX message_code ON message(received_at) WHERE code IS NOT NULL;
CREATE TABLE message_key(
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    message INTEGER NOT NULL REFERENCES message(id),
    PRIMARY KEY(account, key)
) WITHOUT ROWID;
CREATE TABLE call(
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    peer TEXT NOT NULL,
    name TEXT,
    direction INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    answered_at INTEGER,
    ended_at INTEGER,
    reason TEXT
);
CREATE VIRTUAL TABLE message_text USING fts5(
    body, content='message', content_rowid='id', tokenize=\"unicode61 remove_diacritics 2\", prefix='2 3'
);
CREATE TRIGGER message_inserted AFTER INSERT ON message BEGIN
    INSERT INTO message_text(rowid, body) VALUES(new.id, new.body);
END;
CREATE TRIGGER message_deleted AFTER DELETE ON message BEGIN
    INSERT INTO message_text(message_text, rowid, body) VALUES('delete', old.id, old.body);
END;
CREATE TRIGGER message_edited AFTER UPDATE OF body ON message BEGIN
    INSERT INTO message_text(message_text, rowid, body) VALUES('delete', old.id, old.body);
    INSERT INTO message_text(rowid, body) VALUES(new.id, new.body);
END;
",
    "
CREATE TABLE instance(id TEXT NOT NULL);
INSERT INTO instance(id) VALUES(lower(hex(randomblob(16))));
",
    "
ALTER TABLE message ADD COLUMN code_warnings TEXT;
INSERT INTO message_text(message_text, rank) VALUES('secure-delete', 1);
",
    "
ALTER TABLE account ADD COLUMN archive_gap TEXT;
",
    "
ALTER TABLE message ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE message SET place = sent_at * 1000;
DROP INDEX message_thread;
CREATE INDEX message_thread ON message(conversation, place, id);
ALTER TABLE account ADD COLUMN archive_hole INTEGER NOT NULL DEFAULT 0;
",
    // what hangs on a text is read with it and never looked for: one column of JSON
    "
ALTER TABLE message ADD COLUMN wire_id TEXT;
ALTER TABLE message ADD COLUMN extras TEXT;
ALTER TABLE conversation ADD COLUMN draft TEXT;
CREATE TABLE early_change(
    conversation INTEGER NOT NULL REFERENCES conversation(id),
    target TEXT NOT NULL,
    message INTEGER REFERENCES message(id),
    author TEXT NOT NULL,
    deed TEXT NOT NULL
);
CREATE INDEX early_change_target ON early_change(conversation, target);
",
    "
CREATE TABLE account_config(position INTEGER PRIMARY KEY, config TEXT NOT NULL);
",
    "
CREATE TABLE file_piece(
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES message(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    place INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE(message, number, place)
);
",
    "
ALTER TABLE call ADD COLUMN note TEXT;
",
];

/// Brings a database to the newest schema, each step in a transaction of its own. A newer one is refused untouched.
pub fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    migrate_to(connection, MIGRATIONS.len())
}

/// The same to an earlier schema, for a copy of a database that has it.
pub fn migrate_to(connection: &mut Connection, wanted: usize) -> Result<(), StoreError> {
    if wanted > MIGRATIONS.len() {
        return Err(StoreError::TooNew);
    }
    loop {
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        let done = version as usize;
        if done > wanted {
            return Err(StoreError::TooNew);
        }
        let Some(step) = MIGRATIONS.get(done).filter(|_| done < wanted) else { return Ok(()) };
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", version + 1)?;
        transaction.commit()?;
    }
}

/// How many versions there are.
#[cfg(test)]
pub const fn newest() -> usize {
    MIGRATIONS.len()
}

/// Brings an empty database to an earlier version.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub fn step_to(connection: &Connection, version: usize) {
    for step in MIGRATIONS.iter().take(version) {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "user_version", version as u32).unwrap();
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_database_becomes_the_newest_and_stays_so() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
        assert_eq!(version as usize, MIGRATIONS.len());
    }

    #[test]
    fn a_newer_one_is_left_alone() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "user_version", MIGRATIONS.len() as u32 + 1).unwrap();
        assert_eq!(migrate(&mut connection), Err(StoreError::TooNew));
        let tables: u32 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).unwrap();
        assert_eq!(tables, 0);
    }
}
