//! The store from outside: a cheap handle to the one thread that owns the database.
use super::{StoreError, file};
use crate::domain::key::StoreKey;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::sync::{mpsc, oneshot};

/// Jobs that may wait; a full queue makes callers wait.
const QUEUE: usize = 256;

type Job = Box<dyn FnOnce(&mut Option<Connection>) + Send>;

/// The store. When the last handle is gone the database is closed, and its thread has ended: libcrypto takes itself down when
/// the process ends, whoever still uses it.
#[derive(Debug, Clone)]
pub struct Store {
    thread: Arc<Owner>,
}

/// The thread that owns the database.
#[derive(Debug)]
struct Owner {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Owner {
    fn drop(&mut self) {
        self.jobs = None;
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's thread has panicked");
        }
    }
}

impl Store {
    /// Opens the database (0600) and brings it to the newest schema; one that is plain is encrypted first. Blocks.
    pub fn open(path: &Path, key: &StoreKey) -> Result<Self, StoreError> {
        Self::start(Some(file::open(path, key)?))
    }
    /// One whose key is not here yet: until [`Self::unlock`] everything asked of it is refused as [`StoreError::Closed`].
    pub fn closed() -> Result<Self, StoreError> {
        Self::start(None)
    }
    /// One that keeps nothing longer than the process lives.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::start(Some(file::in_memory()?))
    }
    /// Opens the database in place of what was open so far.
    pub async fn unlock(&self, path: PathBuf, key: StoreKey) -> Result<(), StoreError> {
        self.job(move |place| {
            *place = None;
            *place = Some(file::open(&path, &key)?);
            Ok(())
        })
        .await
    }

    /// Closes the database: its log is merged, and it can be moved. [`Self::unlock`] opens it again.
    pub async fn close(&self) -> Result<(), StoreError> {
        self.job(|place| {
            *place = None;
            Ok(())
        })
        .await
    }

    fn start(mut connection: Option<Connection>) -> Result<Self, StoreError> {
        let (jobs, mut queue) = mpsc::channel::<Job>(QUEUE);
        let run = move || {
            while let Some(job) = queue.blocking_recv() {
                job(&mut connection);
            }
        };
        let thread = thread::Builder::new().name("store".into()).spawn(run).map_err(|_| StoreError::Io)?;
        Ok(Self { thread: Arc::new(Owner { jobs: Some(jobs), thread: Some(thread) }) })
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
        self.job(move |place| work(place.as_mut().ok_or(StoreError::Closed)?)).await
    }

    async fn job<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Option<Connection>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move |place| {
            let _ = reply.send(work(place));
        });
        let jobs = self.thread.jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}
