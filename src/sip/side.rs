//! A stream to the server beside an account's datagrams, for requests that are too large for one (RFC 3261 section 18.1.1).
//! It is opened when it is needed, waits for nobody, and is the server's to close.
use super::flow::{Flow, Received};
use crate::domain::account::Problem;
use bytes::Bytes;
use std::{future::Future, pin::Pin, time::Duration};
use tokio::time::timeout;

/// A person waits for the call: a server that does not answer so soon takes no streams.
const OPENING: Duration = Duration::from_secs(3);
/// Messages that wait for it.
const WAITING: usize = 64;

/// Opens it.
pub(super) type Attempt = Pin<Box<dyn Future<Output = Result<Flow, Problem>> + Send>>;

/// See the head of this file.
#[derive(Default)]
pub(super) enum Side {
    /// There is none.
    #[default]
    Closed,
    /// It is on its way, and messages wait for it.
    Opening(Attempt, Vec<Bytes>),
    /// It stands.
    Open(Flow),
}

/// What happened to it.
pub(super) enum Happened {
    /// Something came.
    Received(Received),
    /// It is gone; `refused`: it never stood.
    Lost { refused: bool },
}

impl Side {
    /// Whether there is nothing to wait for.
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self, Self::Closed)
    }

    /// Sends a message, now or once the stream stands. False: it is gone.
    pub(super) async fn send(&mut self, bytes: Bytes, open: impl FnOnce() -> Attempt) -> bool {
        match self {
            Self::Closed => {
                let attempt = open();
                let bounded = async move { timeout(OPENING, attempt).await.map_err(|_| Problem::TimedOut)? };
                *self = Self::Opening(Box::pin(bounded), vec![bytes]);
                true
            }
            Self::Opening(_, waiting) => {
                let room = waiting.len() < WAITING;
                if room {
                    waiting.push(bytes);
                }
                room
            }
            Self::Open(flow) => {
                let sent = flow.send(flow.remote(), &bytes).await.is_ok();
                if !sent {
                    *self = Self::Closed;
                }
                sent
            }
        }
    }

    /// The next thing that happens. Cancel-safe.
    pub(super) async fn next(&mut self) -> Happened {
        loop {
            match self {
                Self::Closed => return std::future::pending().await,
                Self::Opening(attempt, waiting) => match attempt.await {
                    Ok(flow) => {
                        let waiting = std::mem::take(waiting);
                        *self = Self::Open(flow);
                        for bytes in waiting {
                            if !self.send(bytes, never).await {
                                return Happened::Lost { refused: false };
                            }
                        }
                    }
                    Err(problem) => {
                        tracing::info!(%problem, "the server takes no stream");
                        *self = Self::Closed;
                        return Happened::Lost { refused: true };
                    }
                },
                Self::Open(flow) => match flow.recv().await {
                    Ok(received) => return Happened::Received(received),
                    Err(_) => {
                        *self = Self::Closed;
                        return Happened::Lost { refused: false };
                    }
                },
            }
        }
    }
}

/// It stands already.
fn never() -> Attempt {
    Box::pin(std::future::ready(Err(Problem::ServerGone)))
}
