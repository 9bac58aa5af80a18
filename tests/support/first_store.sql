-- The store as the first version made it (user_version 1), frozen: what it was must still be read.
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
    body, content='message', content_rowid='id', tokenize="unicode61 remove_diacritics 2", prefix='2 3'
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
