//! The store from outside: a cheap handle to the one thread that owns the database.
use super::{StoreError, schema};
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{os::unix::fs::OpenOptionsExt, path::Path, thread, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait; a full queue makes callers wait.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// The store. The database is closed when the last handle is gone.
#[derive(Debug, Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
}

impl Store {
    /// Opens the database (0600) and brings it to the newest schema. Blocks: call it at start.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        // Made by us first, so that it is never readable by others, not even for a moment.
        std::fs::OpenOptions::new().append(true).create(true).mode(0o600).open(path).map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::StorageFull => StoreError::Full,
                std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => StoreError::ReadOnly,
                _ => StoreError::Io,
            }
        })?;
        let mut connection = Connection::open(path)?;
        prepare(&mut connection)?;
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let run = move || {
            while let Some(job) = queue.blocking_recv() {
                job(&mut connection);
            }
        };
        thread::Builder::new().name("store".into()).spawn(run).map_err(|_| StoreError::Io)?;
        Ok(Self { jobs })
    }

    /// A random text that is this database's alone: rows of another one may have the same numbers.
    pub async fn instance(&self) -> Result<String, StoreError> {
        self.query(|connection| Ok(connection.query_row("SELECT id FROM instance", [], |row| row.get(0))?)).await
    }

    /// Runs one transaction on the store's thread and waits until it is committed.
    pub(super) async fn transact<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = work(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
        .await
    }

    /// Runs a query on the store's thread.
    pub(super) async fn query<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.run(move |connection| work(connection)).await
    }

    async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            let _ = reply.send(work(connection));
        });
        self.jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

fn prepare(connection: &mut Connection) -> Result<(), StoreError> {
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: a text is acknowledged to the server after its commit, so the commit must outlive a power cut.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.set_prepared_statement_cache_capacity(64);
    schema::migrate(connection)
}
