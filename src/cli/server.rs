//! The private socket of the running instance: lines in, answers and events out. It trusts nobody but this user's processes,
//! reads no more than it can hold, and decides nothing: the engine does.
use super::wire::{Answer, Misuse, REQUEST_MAX, Request};
use crate::engine::api::{Command, EngineHandle, Event, Reply};
use futures::{SinkExt, StreamExt};
use std::{sync::Arc, time::Duration};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{Semaphore, broadcast},
    task::JoinSet,
};
use tokio_util::codec::{Framed, LinesCodec, LinesCodecError};

/// Clients at once; more wait until one has gone.
const CLIENTS: usize = 64;
/// A client that does not read its answer for so long is left.
const STALLED: Duration = Duration::from_secs(30);
/// What clients get to read the last answers and events, once the engine has ended.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serves clients until the engine has ended. `window`: there is one to show.
pub(super) async fn serve(listener: UnixListener, engine: EngineHandle, window: bool) {
    let places = Arc::new(Semaphore::new(CLIENTS));
    let mut clients = JoinSet::new();
    loop {
        while clients.try_join_next().is_some() {}
        let next = async { (Arc::clone(&places).acquire_owned().await, listener.accept().await) };
        let (place, accepted) = tokio::select! {
            next = next => next,
            () = engine.ended() => break,
        };
        match accepted {
            Ok((stream, _)) if is_ours(&stream) => {
                let engine = engine.clone();
                clients.spawn(async move {
                    client(stream, engine, window).await;
                    drop(place);
                });
            }
            Ok(_) => tracing::warn!("another user's process was turned away from the private socket"),
            Err(error) => {
                // too many open files, most likely: room comes when a client goes
                tracing::warn!(kind = ?error.kind(), "the private socket cannot accept");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    }
    // those that do not listen are dropped
    let _ = tokio::time::timeout(LAST_WORDS, async { while clients.join_next().await.is_some() {} }).await;
}

/// Whether the process at the other end runs as this user.
pub(super) fn is_ours(stream: &UnixStream) -> bool {
    stream.peer_cred().is_ok_and(|peer| peer.uid() == rustix::process::geteuid().as_raw())
}

async fn client(stream: UnixStream, engine: EngineHandle, window: bool) {
    let mut lines = Framed::new(stream, LinesCodec::new_with_max_length(REQUEST_MAX));
    let mut events: Option<broadcast::Receiver<Event>> = None;
    loop {
        let answer = tokio::select! {
            biased;
            line = lines.next() => match line {
                Some(Ok(line)) => answer(&line, &engine, window, &mut events).await,
                Some(Err(LinesCodecError::MaxLineLengthExceeded)) => Answer::Fault { fault: Misuse::TooLong },
                Some(Err(LinesCodecError::Io(_))) | None => return,
            },
            event = next(&mut events) => match event {
                Ok(event) => Answer::Event(Box::new(event)),
                Err(broadcast::error::RecvError::Lagged(_)) => Answer::Fault { fault: Misuse::Lagged },
                Err(broadcast::error::RecvError::Closed) => return,
            },
            () = engine.ended() => return,
        };
        let Ok(line) = serde_json::to_string(&answer) else { return };
        match tokio::time::timeout(STALLED, lines.send(line)).await {
            Ok(Ok(())) => {}
            _ => return,
        }
    }
}

/// The answer comes before any event that the request led to: events wait in their receiver meanwhile.
async fn answer(
    line: &str,
    engine: &EngineHandle,
    window: bool,
    events: &mut Option<broadcast::Receiver<Event>>,
) -> Answer {
    let command = match Request::read(line) {
        Some(Request::Subscribe) => {
            events.get_or_insert_with(|| engine.events());
            return Answer::Reply(Box::new(Reply::Done));
        }
        Some(Request::Ask(command)) => command,
        None => return Answer::Fault { fault: Misuse::NotUnderstood },
    };
    if matches!(*command, Command::ShowWindow | Command::OpenLink { .. }) && !window {
        return Answer::Fault { fault: Misuse::NoWindow };
    }
    match engine.ask(*command).await {
        Ok(reply) => Answer::Reply(Box::new(reply)),
        Err(refusal) => Answer::Refusal(refusal),
    }
}

async fn next(events: &mut Option<broadcast::Receiver<Event>>) -> Result<Event, broadcast::error::RecvError> {
    match events {
        Some(events) => events.recv().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
