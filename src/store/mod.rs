//! The only room that imports rusqlite: one thread, migrations, messages, calls, contacts, search, outbox.
