//! Everything in one file, and back: a backup is a SQLCipher file of its own under a passphrase, with every table and no index.
//! What is replaced is put aside, never deleted.
use super::{StoreError, file, schema};
use crate::domain::{key::StoreKey, private::Private};
use rusqlite::{Connection, params};
use std::path::Path;

/// Rows between two words of progress.
const STEP: i64 = 5_000;
/// Not copied: it says which database this is, and a copy is another one.
pub(super) const OWN: &str = "instance";

/// A table and its columns.
pub(super) struct Table {
    pub(super) name: String,
    pub(super) columns: String,
    /// Its rows have numbers, by which it is read in parts.
    pub(super) numbered: bool,
}

/// How far a copy has come, in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Done.
    pub done: u64,
    /// Of so many.
    pub all: u64,
}

/// What stands in a backup beside the store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// `config.toml`.
    pub config: String,
    /// Passwords, as name and value.
    pub secrets: Vec<(String, Private<String>)>,
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The tables that hold something of their own: neither SQLite's nor the search's.
pub(super) fn tables(connection: &Connection, schema: &str) -> Result<Vec<Table>, StoreError> {
    let mut query = connection.prepare(
        "SELECT name, wr FROM pragma_table_list WHERE schema = ?1 AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name <> 'landline' ORDER BY name",
    )?;
    let found = query.query_map([schema], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))?;
    let mut all = Vec::new();
    for table in found {
        let (name, without_rowid) = table?;
        let mut query = connection.prepare("SELECT name FROM pragma_table_info(?1, ?2) ORDER BY cid")?;
        let columns = query.query_map([&name, schema], |row| row.get::<_, String>(0))?;
        let columns = columns.map(|name| name.map(|name| quoted(&name))).collect::<Result<Vec<_>, _>>()?.join(", ");
        all.push(Table { name, columns, numbered: !without_rowid });
    }
    Ok(all)
}

fn attach(connection: &Connection, path: &Path, name: &str, key: &str) -> Result<(), StoreError> {
    connection.execute(&format!("ATTACH DATABASE ?1 AS {name} KEY ?2"), [path.to_string_lossy().as_ref(), key])?;
    Ok(())
}

fn count(connection: &Connection, schema: &str, table: &Table) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM {schema}.{}", quoted(&table.name));
    let rows: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
    Ok(rows.unsigned_abs())
}

/// Copies the rows of a table, a part at a time where they have numbers.
fn copy_rows(
    connection: &Connection,
    table: &Table,
    (from, to): (&str, &str),
    mut copied: impl FnMut(u64),
) -> Result<(), StoreError> {
    let (name, columns) = (quoted(&table.name), &table.columns);
    let insert = format!("INSERT INTO {to}.{name}({columns}) SELECT {columns} FROM {from}.{name}");
    if !table.numbered {
        copied(connection.execute(&insert, [])? as u64);
        return Ok(());
    }
    let last =
        format!("SELECT max(r) FROM (SELECT rowid AS r FROM {from}.{name} WHERE rowid > ?1 ORDER BY rowid LIMIT ?2)");
    let (mut last, mut insert) =
        (connection.prepare(&last)?, connection.prepare(&format!("{insert} WHERE rowid > ?1 AND rowid <= ?2"))?);
    let mut after = i64::MIN;
    loop {
        let end: Option<i64> = last.query_row(params![after, STEP], |row| row.get(0))?;
        let Some(end) = end else { return Ok(()) };
        copied(insert.execute(params![after, end])? as u64);
        after = end;
    }
}

/// Writes a backup of the database, as it is at this moment, while it may be used. Blocks.
pub fn back_up(
    database: &Path,
    key: &StoreKey,
    to: &Path,
    passphrase: &Private<String>,
    beside: &Beside,
    mut tell: impl FnMut(Progress),
) -> Result<(), StoreError> {
    let unfinished = file::beside(to, ".part");
    file::remove(&unfinished)?;
    file::create_private(&unfinished)?;
    let written = (|| {
        let source = file::open_as_it_is(database, Some(key))?;
        attach(&source, &unfinished, "backup", passphrase.expose())?;
        // the file counts when it is whole and on the disk; until then nothing has to survive
        source.pragma_update(Some("backup"), "journal_mode", "OFF")?;
        source.pragma_update(Some("backup"), "synchronous", "OFF")?;
        source.execute_batch("BEGIN")?;
        let tables: Vec<_> = tables(&source, "main")?.into_iter().filter(|table| table.name != OWN).collect();
        let mut progress = Progress { done: 0, all: 0 };
        for table in &tables {
            progress.all += count(&source, "main", table)?;
        }
        for table in &tables {
            let name = quoted(&table.name);
            source.execute_batch(&format!("CREATE TABLE backup.{name} AS SELECT * FROM main.{name} WHERE 0"))?;
            copy_rows(&source, table, ("main", "backup"), |rows| {
                progress.done += rows;
                tell(progress);
            })?;
        }
        let version: u32 = source.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
        source.pragma_update(Some("backup"), "user_version", version)?;
        source.execute_batch("CREATE TABLE backup.landline(name TEXT, value TEXT)")?;
        let mut keep = source.prepare("INSERT INTO backup.landline(name, value) VALUES(?1, ?2)")?;
        keep.execute(["config", &beside.config])?;
        for (name, secret) in &beside.secrets {
            keep.execute([&format!("secret:{name}"), secret.expose()])?;
        }
        drop(keep);
        source.execute_batch("COMMIT; DETACH DATABASE backup")?;
        file::replace(&unfinished, to)
    })();
    if written.is_err() {
        // what is left of it is of no use, and the first fault is the one to tell
        let _ = file::remove(&unfinished);
    }
    written
}

/// Puts the database of a backup in the place of the one that is there, which is put aside under this name. Blocks; nobody may
/// have it open. [`StoreError::Damaged`]: another passphrase, or no backup.
pub fn restore(
    from: &Path,
    passphrase: &Private<String>,
    database: &Path,
    key: &StoreKey,
    aside: &str,
    mut tell: impl FnMut(Progress),
) -> Result<Beside, StoreError> {
    if file::kind(from)? != file::Kind::Sealed {
        return Err(StoreError::Damaged);
    }
    let new = file::beside(database, ".new");
    file::remove(&new)?;
    let mut target = file::open_as_it_is(&new, Some(key))?;
    target.pragma_update(None, "foreign_keys", false)?;
    attach(&target, from, "backup", passphrase.expose())?;
    let version: u32 = target.query_row("PRAGMA backup.user_version", [], |row| row.get(0))?;
    schema::migrate_to(&mut target, version as usize)?;
    target.execute_batch("BEGIN IMMEDIATE")?;
    let known: Vec<_> = tables(&target, "main")?.into_iter().map(|table| table.name).collect();
    let tables: Vec<_> = tables(&target, "backup")?;
    let tables = || tables.iter().filter(|table| known.contains(&table.name) && table.name != OWN);
    let mut progress = Progress { done: 0, all: 0 };
    for table in tables() {
        progress.all += count(&target, "backup", table)?;
    }
    for table in tables() {
        // a backup's tables have row numbers of their own, in the order in which they were written
        let table = Table { name: table.name.clone(), columns: table.columns.clone(), numbered: true };
        copy_rows(&target, &table, ("backup", "main"), |rows| {
            progress.done += rows;
            tell(progress);
        })?;
    }
    let mut beside = Beside::default();
    {
        let mut query = target.prepare("SELECT name, value FROM backup.landline")?;
        let rows = query.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        for row in rows {
            match row? {
                (name, value) if name == "config" => beside.config = value,
                (name, value) => {
                    beside.secrets.extend(name.strip_prefix("secret:").map(|name| (name.to_owned(), value.into())));
                }
            }
        }
    }
    target.execute_batch("COMMIT; DETACH DATABASE backup")?;
    schema::migrate(&mut target)?;
    finish(target, &new, database, aside)?;
    Ok(beside)
}

/// Closes a finished database and puts it in the place of the one that is there.
pub(super) fn finish(connection: Connection, new: &Path, database: &Path, aside: &str) -> Result<(), StoreError> {
    connection.close().map_err(|(_, error)| error)?;
    file::put_aside(database, aside)?;
    file::replace(new, database)
}
