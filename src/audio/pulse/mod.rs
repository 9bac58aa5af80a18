//! A PulseAudio server (PipeWire answers as one), by its own protocol: what devices it has, and streams with small buffers
//! that it paces. cpal's way there asks for the latency after each buffer and costs a quarter of a core, and its list of
//! devices fails where there is no cookie yet. It must not choose a device: `cards` does.
mod directory;
mod streams;

pub(super) use directory::{Directory, Entry};
pub(super) use streams::{Stream, open_input, open_output};

use pulseaudio::protocol::{self, Command, CommandReply, Prop, ProtocolError};
use std::{
    io::{self, BufRead, BufReader, Read},
    os::unix::net::UnixStream,
    time::Duration,
};

/// How long a server may take to answer, or to take sound.
const PATIENCE: Duration = Duration::from_secs(3);

/// Octets of the cookie that shows who we are.
const COOKIE: usize = 256;

/// What the server says of our stream.
enum News {
    /// So many octets are to be played.
    Wanted(usize),
    /// There was nothing to play when it was time.
    RanDry,
    Other,
}

/// A connection of one stream's own.
struct Server {
    reader: BufReader<UnixStream>,
    version: u16,
    asked: u32,
}

impl Server {
    fn connect() -> Result<Self, ProtocolError> {
        let path = pulseaudio::socket_path_from_env().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let socket = UnixStream::connect(path)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let mut server = Self { reader: BufReader::new(socket), version: protocol::MAX_VERSION, asked: 0 };
        let mut cookie =
            pulseaudio::cookie_path_from_env().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
        cookie.resize(COOKIE, 0); // a server that asks for none still refuses one of another length
        let auth = protocol::AuthParams { version: server.version, supports_shm: false, supports_memfd: false, cookie };
        let reply: protocol::AuthReply = server.ask(&Command::Auth(auth))?;
        server.version = server.version.min(reply.version);
        let mut props = protocol::Props::new();
        props.set(Prop::ApplicationName, c"Landline");
        let _: protocol::SetClientNameReply = server.ask(&Command::SetClientName(props))?;
        Ok(server)
    }

    fn ask<R: CommandReply>(&mut self, command: &Command) -> Result<R, ProtocolError> {
        self.tell(command)?;
        protocol::read_reply_message(&mut self.reader, self.version).map(|(_, reply)| reply)
    }

    /// A command whose reply is read as any other news.
    fn tell(&mut self, command: &Command) -> Result<(), ProtocolError> {
        self.asked += 1;
        protocol::write_command_message(&mut self.reader.get_ref(), self.asked, command, self.version)
    }

    /// The next message's head.
    fn head(&mut self) -> Result<protocol::Descriptor, ProtocolError> {
        protocol::read_descriptor(&mut self.reader)
    }

    /// Takes a command of the server's that may be about this channel.
    fn command(&mut self, head: protocol::Descriptor, ours: u32) -> Result<News, ProtocolError> {
        let mut body = (&mut self.reader).take(u64::from(head.length));
        let mut news = News::Other;
        if head.channel == u32::MAX {
            match Command::read_tag_prefixed(&mut body, self.version)?.1 {
                Command::Request(request) if request.channel == ours => news = News::Wanted(request.length as usize),
                Command::Underflow(dry) if dry.channel == ours => news = News::RanDry,
                Command::PlaybackStreamKilled(channel) | Command::RecordStreamKilled(channel) if channel == ours => {
                    return Err(io::Error::from(io::ErrorKind::ConnectionAborted).into());
                }
                _ => {} // it goes on
            }
        }
        while body.limit() > 0 {
            let length = body.fill_buf()?.len();
            if length == 0 {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
            }
            body.consume(length);
        }
        Ok(news)
    }
}
