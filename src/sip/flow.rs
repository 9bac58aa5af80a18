//! A flow (RFC 5626 section 3.1): the socket between an account and its server, over UDP, TCP or TLS, opened through
//! [`Bind`]. It moves whole messages and understands none of them; when to ping or to open anew is decided above.
use super::{
    framing::{Frame, Framer, MOST, datagram},
    locate::Target,
    stun,
};
use crate::{
    domain::account::{Problem, SipTransport},
    net::{self, Bind, Tls},
};
use bytes::Bytes;
use std::{
    fmt, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpStream, UdpSocket},
    task::spawn_blocking,
    time::timeout,
};

/// From the first packet to the end of the TLS handshake.
const CONNECT: Duration = Duration::from_secs(10);
/// A write that takes longer goes to nobody.
const WRITE: Duration = Duration::from_secs(10);
/// A server's last words are waited for no longer.
const CLOSE: Duration = Duration::from_millis(400);
/// How much is read at a time.
const READ: usize = 4096;

/// What came in.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Received {
    /// One message; over a stream it is whole.
    Message {
        /// Who sent it.
        from: SocketAddr,
        /// The message.
        bytes: Bytes,
    },
    /// A message of STUN.
    Stun {
        /// Who sent it.
        from: SocketAddr,
        /// The message.
        bytes: Bytes,
    },
    /// A double CRLF: on a stream it is to be answered with a single one. It shows that the flow lives, as a pong does.
    Ping,
    /// A single CRLF, or a datagram that only keeps a NAT binding open.
    Pong,
}

impl fmt::Debug for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message { bytes, .. } => write!(f, "Message({} bytes)", bytes.len()),
            Self::Stun { .. } => f.write_str("Stun"),
            Self::Ping => f.write_str("Ping"),
            Self::Pong => f.write_str("Pong"),
        }
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

enum Wire {
    Datagrams {
        socket: UdpSocket,
        buffer: Box<[u8]>,
    },
    /// The stream, or why there is none any more.
    Stream {
        stream: Result<Box<dyn Stream>, Problem>,
        framer: Framer,
    },
}

/// An open flow. Dropping it closes it.
pub(crate) struct Flow {
    wire: Wire,
    local: SocketAddr,
    remote: SocketAddr,
    transport: SipTransport,
}

impl Flow {
    /// Opens a flow to `target` within 10 s; `ca`: a PEM file trusted besides the system's store.
    ///
    /// # Errors
    /// As [`Bind::connect`] and [`Bind::udp`]; over TLS what is wrong with the certificate, [`Problem::Protocol`] where there
    /// is no TLS, [`Problem::TimedOut`].
    pub(crate) async fn open(bind: &Bind, target: &Target, ca: Option<&Path>) -> Result<Self, Problem> {
        let Target { addr, transport, server_name, .. } = target;
        let (wire, local, remote) = match transport {
            SipTransport::Udp => {
                let socket = bind.udp(*addr).await?;
                let local = socket.local_addr().map_err(gone)?;
                let buffer = vec![0; MOST].into_boxed_slice();
                (Wire::Datagrams { socket, buffer }, local, SocketAddr::new(addr.ip().to_canonical(), addr.port()))
            }
            SipTransport::Tcp => {
                let tcp = connect(bind, *addr).await?;
                let ends = ends(&tcp)?;
                (Wire::Stream { stream: Ok(Box::new(tcp)), framer: Framer::default() }, ends.0, ends.1)
            }
            SipTransport::Tls => {
                let ca = ca.map(PathBuf::from);
                let tls = spawn_blocking(move || Tls::load(ca.as_deref())).await.map_err(|_| Problem::Protocol)??;
                let open = async {
                    let tcp = connect(bind, *addr).await?;
                    let ends = ends(&tcp)?;
                    Ok((tls.open(tcp, server_name).await?, ends))
                };
                let (stream, ends) = timeout(CONNECT, open).await.map_err(|_| Problem::TimedOut)??;
                (Wire::Stream { stream: Ok(Box::new(stream)), framer: Framer::default() }, ends.0, ends.1)
            }
        };
        Ok(Self { wire, local, remote, transport: *transport })
    }

    /// The address and port the socket is bound to.
    pub(crate) const fn local(&self) -> SocketAddr {
        self.local
    }

    /// The server's address.
    pub(crate) const fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// How it is spoken.
    pub(crate) const fn transport(&self) -> SipTransport {
        self.transport
    }

    /// Sends one message or keepalive; a stream has but one other end and ignores `to`.
    ///
    /// Given up half-way (dropped before it is done) it leaves a stream closed: part of a message may be on the wire.
    ///
    /// # Errors
    /// Over UDP [`Problem::Unreachable`], and the flow can be used on: only `to` cannot be reached.
    /// Over streams [`Problem::ServerGone`] or [`Problem::TimedOut`], and the flow is closed.
    pub(crate) async fn send(&mut self, to: SocketAddr, bytes: &[u8]) -> Result<(), Problem> {
        match &mut self.wire {
            Wire::Datagrams { socket, .. } => {
                socket.send_to(bytes, to).await.map(drop).map_err(|_| Problem::Unreachable)
            }
            Wire::Stream { stream, .. } => {
                // put back only when all is written
                match std::mem::replace(stream, Err(Problem::ServerGone)) {
                    Ok(mut open) => {
                        let written = write(&mut open, bytes).await;
                        match written {
                            Ok(()) => *stream = Ok(open),
                            Err(problem) => {
                                *stream = Err(problem);
                                net::linger(open);
                            }
                        }
                        written
                    }
                    Err(problem) => {
                        *stream = Err(problem);
                        Err(problem)
                    }
                }
            }
        }
    }

    /// The next thing that comes in. Cancel-safe: dropped before it is done it loses nothing.
    ///
    /// # Errors
    /// Over streams [`Problem::ServerGone`] when the other side closes, [`Problem::Protocol`] when it sends what cannot be
    /// framed, and the flow is closed. Over UDP [`Problem::Unreachable`], and the flow can be used on.
    pub(crate) async fn recv(&mut self) -> Result<Received, Problem> {
        match &mut self.wire {
            Wire::Datagrams { socket, buffer } => {
                let (length, from) = socket.recv_from(buffer).await.map_err(|_| Problem::Unreachable)?;
                let bytes = buffer.get(..length).unwrap_or_default();
                if stun::is_stun(bytes) {
                    return Ok(Received::Stun { from, bytes: Bytes::copy_from_slice(bytes) });
                }
                Ok(received(datagram(bytes), from))
            }
            Wire::Stream { stream, framer } => {
                let open = stream.as_mut().map_err(|problem| *problem)?;
                match read(open, framer).await {
                    Ok(frame) => Ok(received(frame, self.remote)),
                    Err(problem) => {
                        *stream = Err(problem);
                        Err(problem)
                    }
                }
            }
        }
    }
}

impl Flow {
    /// Closes it and waits a moment until the other side has, too.
    pub(crate) async fn close(mut self) {
        if let Some(stream) = self.take() {
            // one that does not close is left
            let _ = timeout(CLOSE, net::last_words(stream)).await;
        }
    }

    fn take(&mut self) -> Option<Box<dyn Stream>> {
        let Wire::Stream { stream, .. } = &mut self.wire else { return None };
        std::mem::replace(stream, Err(Problem::ServerGone)).ok()
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.take().into_iter().for_each(net::linger);
    }
}

async fn connect(bind: &Bind, addr: SocketAddr) -> Result<TcpStream, Problem> {
    let tcp = bind.connect(addr).await?;
    // messages are small and wait for nobody
    tcp.set_nodelay(true).map_err(gone)?;
    Ok(tcp)
}

fn ends(tcp: &TcpStream) -> Result<(SocketAddr, SocketAddr), Problem> {
    Ok((tcp.local_addr().map_err(gone)?, tcp.peer_addr().map_err(gone)?))
}

async fn write(stream: &mut Box<dyn Stream>, bytes: &[u8]) -> Result<(), Problem> {
    let write = async {
        stream.write_all(bytes).await?;
        stream.flush().await
    };
    timeout(WRITE, write).await.map_err(|_| Problem::TimedOut)?.map_err(gone)
}

/// All state is in the framer and the stream, so that it may be dropped at its await.
async fn read(stream: &mut Box<dyn Stream>, framer: &mut Framer) -> Result<Frame, Problem> {
    loop {
        if let Some(frame) = framer.next()? {
            return Ok(frame);
        }
        framer.buffer().reserve(READ);
        if stream.read_buf(framer.buffer()).await.map_err(gone)? == 0 {
            return Err(Problem::ServerGone);
        }
    }
}

fn received(frame: Frame, from: SocketAddr) -> Received {
    match frame {
        Frame::Message(bytes) => Received::Message { from, bytes },
        Frame::Ping => Received::Ping,
        Frame::Pong => Received::Pong,
    }
}

/// A broken stream as something a person can act on; TLS tells by its kind what is no TLS.
fn gone(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::InvalidData => Problem::Protocol,
        io::ErrorKind::TimedOut => Problem::TimedOut,
        _ => Problem::ServerGone,
    }
}

#[cfg(test)]
#[path = "flow_tests.rs"]
mod tests;
