//! One command to the running instance, over its private socket.
use super::{
    fault::Fault,
    instance, server,
    wire::{ANSWER_MAX, Answer, Request},
};
use crate::{
    config::Home,
    engine::api::{Command, Event, Reply},
};
use futures::{SinkExt, StreamExt};
use std::{
    collections::VecDeque,
    io,
    time::{Duration, Instant},
};
use tokio::net::UnixStream;
use tokio_util::codec::{Framed, LinesCodec};

/// A keyring may ask the person before the engine answers.
const ANSWER: Duration = Duration::from_secs(90);
/// An instance that starts opens its socket within this.
const START: Duration = Duration::from_secs(15);
const AGAIN: Duration = Duration::from_millis(20);

/// A connection to the running instance.
#[derive(Debug)]
pub(super) struct Client {
    lines: Framed<UnixStream, LinesCodec>,
    /// Came between a request and its reply.
    events: VecDeque<Event>,
}

impl Client {
    /// The running instance; `None`: nobody works on this home. Waits for one that is just starting.
    pub(super) async fn find(home: &Home) -> Result<Option<Self>, Fault> {
        let end = Instant::now() + START;
        loop {
            if let Some(client) = Self::connect(home).await? {
                return Ok(Some(client));
            }
            if !instance::is_claimed(home) {
                return Ok(None);
            }
            if Instant::now() >= end {
                return Err(Fault::Busy);
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Connects; `None`: nobody listens.
    pub(super) async fn connect(home: &Home) -> Result<Option<Self>, Fault> {
        let stream = match UnixStream::connect(home.socket()).await {
            Ok(stream) => stream,
            Err(error) => {
                let nobody = matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused);
                return if nobody { Ok(None) } else { Err(Fault::NoAnswer) };
            }
        };
        if !server::is_ours(&stream) {
            return Err(Fault::Home);
        }
        let lines = Framed::new(stream, LinesCodec::new_with_max_length(ANSWER_MAX));
        Ok(Some(Self { lines, events: VecDeque::new() }))
    }

    /// Asks and waits for the answer.
    pub(super) async fn ask(&mut self, command: Command) -> Result<Reply, Fault> {
        self.request(Request::Ask(Box::new(command))).await
    }

    /// Events from now on.
    pub(super) async fn subscribe(&mut self) -> Result<(), Fault> {
        self.request(Request::Subscribe).await.map(drop)
    }

    /// The next event.
    pub(super) async fn event(&mut self) -> Result<Event, Fault> {
        if let Some(event) = self.events.pop_front() {
            return Ok(event);
        }
        match self.answer().await? {
            Answer::Event(event) => Ok(*event),
            Answer::Fault { fault } => Err(fault.into()),
            Answer::Reply(_) | Answer::Refusal(_) => Err(Fault::OtherVersion),
        }
    }

    async fn request(&mut self, request: Request) -> Result<Reply, Fault> {
        let line = request.line().map_err(|_| Fault::OtherVersion)?;
        self.lines.send(line).await.map_err(|_| Fault::NoAnswer)?;
        let reply = async {
            loop {
                match self.answer().await? {
                    Answer::Reply(reply) => return Ok(*reply),
                    Answer::Refusal(refusal) => return Err(refusal.into()),
                    Answer::Fault { fault } => return Err(fault.into()),
                    Answer::Event(event) => self.events.push_back(*event),
                }
            }
        };
        tokio::time::timeout(ANSWER, reply).await.unwrap_or(Err(Fault::NoAnswer))
    }

    async fn answer(&mut self) -> Result<Answer, Fault> {
        match self.lines.next().await {
            Some(Ok(line)) => serde_json::from_str(&line).map_err(|_| Fault::OtherVersion),
            Some(Err(_)) | None => Err(Fault::NoAnswer),
        }
    }
}
