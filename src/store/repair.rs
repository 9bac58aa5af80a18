//! A damaged database is read as far as it can be read, into a new one. A page that fails its check poisons the connection that read
//! it (SQLCipher gives nothing more), so each fault costs a new one.
use super::{
    StoreError,
    copy::{OWN, Table, finish, quoted, tables},
    file, schema,
};
use crate::domain::key::StoreKey;
use rusqlite::{Connection, types::Value};
use std::path::Path;

/// So many row numbers are tried one by one behind one that cannot be read: more than a page holds.
const NEAR: u32 = 300;

/// The damaged database.
struct Source<'a> {
    path: &'a Path,
    key: &'a StoreKey,
    connection: Connection,
}

impl<'a> Source<'a> {
    fn open(path: &'a Path, key: &'a StoreKey) -> Result<Self, StoreError> {
        Ok(Self { path, key, connection: file::open_as_it_is(path, Some(key))? })
    }
    fn again(&mut self) -> Result<(), StoreError> {
        self.connection = file::open_as_it_is(self.path, Some(self.key))?;
        Ok(())
    }
}

/// Saves what can be read of a damaged database in a new one, which takes its place; the damaged one is put aside under this name.
/// Gives how many rows were saved. Blocks; nobody may have it open. [`StoreError::Damaged`]: its head is lost, and it is left alone.
pub fn repair(database: &Path, key: &StoreKey, aside: &str) -> Result<u64, StoreError> {
    let new = file::beside(database, ".new");
    file::remove(&new)?;
    let mut source = Source::open(database, key)?;
    let version: u32 = source.connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = tables(&source.connection, "main")?;
    let mut target = file::open_as_it_is(&new, Some(key))?;
    target.pragma_update(None, "foreign_keys", false)?;
    schema::migrate_to(&mut target, version as usize)?;
    target.execute_batch("BEGIN IMMEDIATE")?;
    let mut saved = 0;
    for table in known.iter().filter(|table| table.name != OWN) {
        target.execute_batch(&format!("DELETE FROM main.{}", quoted(&table.name)))?;
        saved +=
            if table.numbered { numbered(&mut source, &target, table)? } else { sorted(&mut source, &target, table)? };
    }
    target.execute_batch("COMMIT")?;
    schema::migrate(&mut target)?;
    // a text whose conversation is lost was from or to nobody; it is in the file that is put aside
    saved -= target.execute("DELETE FROM message WHERE conversation NOT IN (SELECT id FROM conversation)", [])? as u64;
    target.execute_batch(
        "DELETE FROM message_key WHERE message NOT IN (SELECT id FROM message);
         DELETE FROM file_piece WHERE message NOT IN (SELECT id FROM message);
         UPDATE conversation SET last_message =
            (SELECT m.id FROM message m WHERE m.conversation = conversation.id ORDER BY m.place DESC, m.id DESC LIMIT 1)
            WHERE last_message IS NOT NULL AND last_message NOT IN (SELECT id FROM message);",
    )?;
    drop(source);
    finish(target, &new, database, aside)?;
    Ok(saved)
}

fn insert(table: &Table) -> String {
    let places = (1..=table.columns.split(", ").count()).map(|at| format!("?{at}")).collect::<Vec<_>>().join(", ");
    format!("INSERT OR IGNORE INTO main.{}({}) VALUES({places})", quoted(&table.name), table.columns)
}

/// Reads rows, the number first if there is one, until a fault or the end; true: the end.
fn read(
    connection: &Connection,
    sql: &str,
    from: Option<i64>,
    mut take: impl FnMut(Vec<Value>) -> Result<(), StoreError>,
) -> Result<bool, StoreError> {
    let Ok(mut query) = connection.prepare(sql) else { return Ok(false) };
    let width = query.column_count();
    let Ok(mut rows) = query.query(rusqlite::params_from_iter(from)) else { return Ok(false) };
    loop {
        match rows.next() {
            Ok(None) => return Ok(true),
            Err(_) => return Ok(false),
            Ok(Some(row)) => {
                let Ok(values) = (0..width).map(|at| row.get(at)).collect() else { return Ok(false) };
                take(values)?;
            }
        }
    }
}

/// Rows by their numbers; behind one that cannot be read it goes on at the next number that can.
fn numbered(source: &mut Source<'_>, target: &Connection, table: &Table) -> Result<u64, StoreError> {
    let sql = format!("SELECT rowid, {} FROM {} WHERE rowid >= ?1 ORDER BY rowid", table.columns, quoted(&table.name));
    let mut save = target.prepare(&insert(table))?;
    let (mut from, mut saved, mut leap, mut probes) = (i64::MIN, 0, 1i64, 0);
    loop {
        let end = read(&source.connection, &sql, Some(from), |mut values| {
            let Value::Integer(row) = values.remove(0) else { return Err(StoreError::Damaged) };
            (from, leap, probes) = (row.saturating_add(1), 1, 0);
            saved += save.execute(rusqlite::params_from_iter(values))? as u64;
            Ok(())
        })?;
        if end {
            return Ok(saved);
        }
        source.again()?;
        let Some(next) = from.max(0).checked_add(leap) else { return Ok(saved) };
        (from, probes) = (next, probes + 1);
        // numbers do not end: behind a whole page in growing leaps
        leap = if probes < NEAR { 1 } else { leap.saturating_mul(2) };
    }
}

/// Rows that are sorted by their own values: from the first on, and from the last on, up to what cannot be read.
fn sorted(source: &mut Source<'_>, target: &Connection, table: &Table) -> Result<u64, StoreError> {
    let mut save = target.prepare(&insert(table))?;
    let (mut saved, key) = (0, table.columns.split(", ").next().unwrap_or_default());
    for order in ["ASC", "DESC"] {
        let sql = format!("SELECT {} FROM {} ORDER BY {key} {order}", table.columns, quoted(&table.name));
        let end = read(&source.connection, &sql, None, |values| {
            saved += save.execute(rusqlite::params_from_iter(values))? as u64;
            Ok(())
        })?;
        if end {
            break;
        }
        source.again()?;
    }
    Ok(saved)
}
