//! Names of servers for paths, and connections to those that are reached over a stream: the part of gathering that waits.
//! Every connection leaves by [`Bind`]; certificates are checked against the host's name. What it learns it tells the edge.
use super::transport::{Frames, Port};
use crate::{
    domain::{
        account::Problem,
        ice::{Server, ServerTransport},
    },
    net::{Bind, Dns, Tls},
};
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::mpsc,
};

/// Messages that may wait, in either direction.
const WAITING: usize = 64;
/// How long a connection with its TLS may take.
const PATIENCE: Duration = Duration::from_secs(8);

/// Servers that help a session to find a path.
#[derive(Debug, Clone, Default)]
pub struct Helpers {
    /// Asked in this order.
    pub servers: Vec<Server>,
    /// A PEM file of certificates that are trusted besides the system's.
    pub authority: Option<PathBuf>,
}

/// What is learnt.
#[derive(Debug)]
pub(super) enum Arrival {
    /// Addresses of the server in that place of the list; none: it cannot be found.
    Found(usize, Vec<SocketAddr>),
    /// The stream that was wanted has that number, or cannot be opened.
    Connected(Port, Server, Option<usize>),
    Message(usize, Vec<u8>),
    Ended(usize),
}

/// A session's streams.
#[derive(Debug)]
pub(super) struct Streams {
    bind: Bind,
    helpers: Helpers,
    writers: Vec<mpsc::Sender<Vec<u8>>>,
    tell: mpsc::Sender<Arrival>,
    arrivals: mpsc::Receiver<Arrival>,
}

impl Streams {
    pub(super) fn new(bind: Bind, helpers: Helpers) -> Self {
        let (tell, arrivals) = mpsc::channel(WAITING);
        Self { bind, helpers, writers: Vec::new(), tell, arrivals }
    }

    pub(super) fn server(&self, place: usize) -> Option<&Server> {
        self.helpers.servers.get(place)
    }

    /// Looks all names up.
    pub(super) fn look_up(&self) {
        for (place, server) in self.helpers.servers.iter().enumerate() {
            let (host, port, tell, bind) = (server.host.clone(), server.port, self.tell.clone(), self.bind.clone());
            tokio::spawn(async move {
                let found = Dns::system(&bind).addresses(&host, port).await.unwrap_or_default();
                let _ = tell.send(Arrival::Found(place, found)).await;
            });
        }
    }

    /// Opens a stream.
    pub(super) fn open(&mut self, port: Port, server: Server, at: SocketAddr) {
        let (writer, messages) = mpsc::channel(WAITING);
        let (number, tell, bind) = (self.writers.len(), self.tell.clone(), self.bind.clone());
        self.writers.push(writer);
        let authority = self.helpers.authority.clone();
        tokio::spawn(async move {
            let opened = tokio::time::timeout(PATIENCE, connect(&bind, &server, at, authority)).await;
            match opened.unwrap_or(Err(Problem::TimedOut)) {
                Ok(stream) => {
                    let _ = tell.send(Arrival::Connected(port, server, Some(number))).await;
                    carry(stream, number, messages, &tell).await;
                    let _ = tell.send(Arrival::Ended(number)).await;
                }
                Err(problem) => {
                    tracing::debug!(?problem, "no stream to a server for paths");
                    let _ = tell.send(Arrival::Connected(port, server, None)).await;
                }
            }
        });
    }

    /// Sends a message into a stream; tells whether it took it.
    pub(super) fn send(&self, stream: usize, message: Vec<u8>) -> bool {
        self.writers.get(stream).is_some_and(|writer| writer.try_send(message).is_ok())
    }

    /// What is learnt next.
    pub(super) async fn next(&mut self) -> Option<Arrival> {
        self.arrivals.recv().await
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

async fn connect(
    bind: &Bind,
    server: &Server,
    at: SocketAddr,
    authority: Option<PathBuf>,
) -> Result<Box<dyn Stream>, Problem> {
    let tcp = bind.connect(at).await?;
    // packets of sound are small, and wait for nobody
    tcp.set_nodelay(true).map_err(|_| Problem::Unreachable)?;
    if server.transport != ServerTransport::Tls {
        return Ok(Box::new(tcp));
    }
    let load = tokio::task::spawn_blocking(move || Tls::load(authority.as_deref()));
    let tls = load.await.map_err(|_| Problem::Protocol)??;
    Ok(Box::new(tls.open(tcp, &server.host).await?))
}

/// Carries messages both ways until either side ends.
async fn carry(
    stream: Box<dyn Stream>,
    number: usize,
    mut messages: mpsc::Receiver<Vec<u8>>,
    tell: &mpsc::Sender<Arrival>,
) {
    let (mut read, mut write) = tokio::io::split(stream);
    let (mut frames, mut bytes) = (Frames::default(), [0; 4096]);
    loop {
        tokio::select! {
            message = messages.recv() => {
                let Some(message) = message else { return };
                if write.write_all(&message).await.is_err() || write.flush().await.is_err() {
                    return;
                }
            }
            length = read.read(&mut bytes) => {
                let Ok(length @ 1..) = length else { return };
                let Some(all) = frames.push(bytes.get(..length).unwrap_or_default()) else { return };
                for message in all {
                    if tell.send(Arrival::Message(number, message)).await.is_err() {
                        return;
                    }
                }
            }
        }
    }
}
