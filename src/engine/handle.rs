//! The engine from outside: requests go in by one bounded channel, events come out by a broadcast.
use super::api::{Command, Event, Refusal, Reply};
use tokio::sync::{broadcast, mpsc, oneshot};

/// One request with the place for its answer.
#[derive(Debug)]
pub struct Request {
    /// What.
    pub command: Command,
    /// Where the answer goes.
    pub reply: oneshot::Sender<Result<Reply, Refusal>>,
}

/// The engine from outside: cheap to clone, used by the window and the private socket alike.
#[derive(Debug, Clone)]
pub struct EngineHandle {
    requests: mpsc::Sender<Request>,
    events: broadcast::Sender<Event>,
}

impl EngineHandle {
    /// Joins the two ends; made by the engine only.
    pub const fn new(requests: mpsc::Sender<Request>, events: broadcast::Sender<Event>) -> Self {
        Self { requests, events }
    }
    /// Asks and waits for the answer.
    pub async fn ask(&self, command: Command) -> Result<Reply, Refusal> {
        let (reply, answer) = oneshot::channel();
        self.requests.send(Request { command, reply }).await.map_err(|_| Refusal::Stopping)?;
        answer.await.map_err(|_| Refusal::Stopping)?
    }
    /// Events from now on. On `Lagged` ask for a [`Snapshot`].
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
    /// Returns when the engine has ended and its accounts have logged out.
    pub async fn ended(&self) {
        self.requests.closed().await;
    }
}
