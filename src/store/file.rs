//! The store's file: encrypted with SQLCipher under a key of 32 random bytes. A plain file of an earlier Landline is replaced by
//! an encrypted one before anything else is done with it. It knows no table.
use super::{StoreError, schema};
use crate::domain::key::StoreKey;
use rusqlite::{Connection, config::DbConfig};
use std::{
    fs::{File, OpenOptions},
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Duration,
};

/// How every plain SQLite file begins.
const PLAIN: &[u8; 16] = b"SQLite format 3\0";

/// What stands at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing yet.
    Nothing,
    /// A database that everybody can read, of an earlier Landline.
    Plain,
    /// Something else: one that its key opens, or a damaged one.
    Sealed,
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io,
        }
    }
}

/// What stands at this path.
pub fn kind(path: &Path) -> Result<Kind, StoreError> {
    let mut head = [0; PLAIN.len()];
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Kind::Nothing),
        Err(error) => return Err(error.into()),
    };
    match file.read_exact(&mut head) {
        Ok(()) if head == *PLAIN => Ok(Kind::Plain),
        Ok(()) => Ok(Kind::Sealed),
        // SQLite writes whole pages: a file this short was made and never written
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(Kind::Nothing),
        Err(error) => Err(error.into()),
    }
}

/// Opens the database (0600), made anew where there is none, and brings it to the newest schema.
pub fn open(path: &Path, key: &StoreKey) -> Result<Connection, StoreError> {
    if kind(path)? == Kind::Plain {
        seal(path, key)?;
    }
    let mut connection = open_as_it_is(path, Some(key))?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// One that is gone with the process.
pub fn in_memory() -> Result<Connection, StoreError> {
    let mut connection = Connection::open_in_memory()?;
    prepare(&mut connection)?;
    Ok(connection)
}

/// Makes a file (0600) if it is not there. Made by us first, it is never readable by others, not even for a moment.
pub fn create_private(path: &Path) -> Result<(), StoreError> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)?;
    Ok(())
}

/// A connection with its key, and nothing changed.
pub fn open_as_it_is(path: &Path, key: Option<&StoreKey>) -> Result<Connection, StoreError> {
    create_private(path)?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    // it would write to standard error
    connection.pragma_update(None, "cipher_log", "off")?;
    if let Some(key) = key {
        connection.pragma_update(None, "key", literal(key))?;
    }
    Ok(connection)
}

/// A key as SQLCipher reads it: taken as it is, nothing is derived from it.
pub fn literal(key: &StoreKey) -> String {
    format!("x'{}'", key.hex().expose())
}

fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    // SQLite must not write what it sorts to files of its own: they would be plain
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a text is acknowledged to the server after its commit, so the commit must outlive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    schema::migrate(connection)?;
    super::files::tidy(connection)
}

/// The file beside the database that becomes the new one.
pub fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

/// Removes a database that was not finished, and what SQLite keeps beside one.
pub fn remove(path: &Path) -> Result<(), StoreError> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        match std::fs::remove_file(beside(path, ending)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// Renames a database that cannot be opened, and what SQLite keeps beside it: `landline.db.NAME`.
pub fn put_aside(path: &Path, name: &str) -> Result<(), StoreError> {
    // the log first: left beside a new database it would be taken for its own
    for ending in ["-journal", "-wal", "-shm", ""] {
        let (from, to) = (beside(path, ending), beside(path, &format!(".{name}{ending}")));
        match std::fs::rename(from, to) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    File::open(path.parent().unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    Ok(())
}

/// Puts a finished database in the place of another in one step. Whenever the power fails, one of the two is there, whole.
pub fn replace(finished: &Path, path: &Path) -> Result<(), StoreError> {
    File::open(finished)?.sync_all()?;
    std::fs::rename(finished, path)?;
    File::open(path.parent().unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    Ok(())
}

/// Replaces a plain database by an encrypted copy of it. Killed at any moment, the plain one or the encrypted one is there.
fn seal(path: &Path, key: &StoreKey) -> Result<(), StoreError> {
    let new = beside(path, ".new");
    remove(&new)?;
    let mut old = OpenOptions::new().read(true).write(true).open(path)?;
    let plain = open_as_it_is(path, None)?;
    plain.pragma_update(None, "temp_store", "MEMORY")?;
    // nobody else may write meanwhile, and no log may be left beside the new file
    plain.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    let journal: String = plain.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))?;
    if journal != "delete" {
        return Err(StoreError::Locked);
    }
    plain.execute_batch("BEGIN EXCLUSIVE; COMMIT;")?;
    copy_sealed(&plain, &new, key)?;
    plain.close().map_err(|(_, error)| error)?;
    replace(&new, path)?;
    // what the disk gives away of the old file is worthless then; that a disk writes elsewhere cannot be helped here
    wipe(&mut old).unwrap_or_else(|error| tracing::warn!(kind = ?error.kind(), "the plain file is not overwritten"));
    tracing::info!("the store is encrypted now");
    Ok(())
}

fn copy_sealed(plain: &Connection, new: &Path, key: &StoreKey) -> Result<(), StoreError> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
    plain.execute("ATTACH DATABASE ?1 AS sealed KEY ?2", [new.to_string_lossy().as_ref(), &literal(key)])?;
    plain.query_row("SELECT sqlcipher_export('sealed')", [], |_| Ok(()))?;
    let version: u32 = plain.query_row("PRAGMA main.user_version", [], |row| row.get(0))?;
    plain.pragma_update(Some("sealed"), "user_version", version)?;
    plain.execute_batch("DETACH DATABASE sealed")?;
    // read back through the disk, by a connection of its own
    let sealed = open_as_it_is(new, Some(key))?;
    let broken: Option<String> = {
        let mut check = sealed.prepare("PRAGMA cipher_integrity_check")?;
        let mut rows = check.query([])?;
        rows.next()?.map(|row| row.get(0)).transpose()?
    };
    if broken.is_some() || rows_of(&sealed)? != rows_of(plain)? {
        return Err(StoreError::Io);
    }
    sealed.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Every table and how many rows it has.
fn rows_of(connection: &Connection) -> Result<Vec<(String, i64)>, StoreError> {
    let mut query = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names = query.query_map([], |row| row.get::<_, String>(0))?;
    let mut all = Vec::new();
    for name in names {
        let name = name?;
        let sql = format!("SELECT count(*) FROM \"{}\"", name.replace('"', "\"\""));
        let count = connection.query_row(&sql, [], |row| row.get(0))?;
        all.push((name, count));
    }
    Ok(all)
}

fn wipe(file: &mut File) -> std::io::Result<()> {
    let mut left = file.metadata()?.len();
    let zeros = [0u8; 64 * 1024];
    file.seek(SeekFrom::Start(0))?;
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(zeros.len()).min(zeros.len());
        file.write_all(zeros.get(..part).unwrap_or_default())?;
        left -= part as u64;
    }
    file.sync_all()
}
