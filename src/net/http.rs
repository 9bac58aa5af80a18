//! Files over HTTPS (RFC 9112): one request over one socket of ours, so that the wired promise holds for files, too. Nothing but what
//! file transfer needs: no redirect is followed, nothing is kept open, no cookie, no compression. The other side is not trusted:
//! heads, lengths and times are bounded, and what comes is handed on as it comes.
use super::{Bind, Dns, Tls};
use crate::domain::account::Problem;
use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};
use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    fs::File,
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::watch,
    time::timeout,
};

/// From the name to the encrypted connection.
const CONNECT: Duration = Duration::from_secs(20);
/// A transfer that stands still for so long is over.
const STILL: Duration = Duration::from_secs(30);
/// The longest head of an answer.
const HEAD: usize = 32 * 1024;
/// Bytes moved at once.
const PIECE: usize = 32 * 1024;

/// Why a file did not come or go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// The server is not reached.
    #[error("the server is not reached: {0}")]
    Problem(Problem),
    /// The address cannot be used.
    #[error("not an address of an encrypted file")]
    Address,
    /// The server refuses, with this status.
    #[error("the server answers {0}")]
    Refused(u16),
    /// Larger than was allowed.
    #[error("the file is too large")]
    TooLarge,
    /// It is not the file that was told of.
    #[error("the file is another one")]
    Another,
    /// What the server says is no HTTP, or it ended too early.
    #[error("the server is not understood")]
    Garbled,
    /// The disk refuses.
    #[error("the disk refuses")]
    Disk,
}

impl From<Problem> for HttpError {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// What came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    /// Its length in bytes.
    pub length: u64,
    /// Its media type by the server's word; empty: it told none.
    pub media_type: String,
}

/// Where a file's bytes go that comes.
pub trait Sink: Send {
    /// Takes the next of them; an error ends the fetch as [`HttpError::Disk`].
    fn take(&mut self, piece: &[u8]) -> impl Future<Output = io::Result<()>> + Send;
}

/// Where and how files go.
#[derive(Debug, Clone)]
pub struct Https {
    bind: Bind,
    own: Option<PathBuf>,
}

/// `https://HOST[:PORT]/PATH`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
    /// As it stands in the head `Host`.
    authority: String,
    path: String,
}

fn place(url: &str) -> Option<Place> {
    let rest = url.get(..8).filter(|head| head.eq_ignore_ascii_case("https://")).and(url.get(8..))?;
    let rest = rest.split('#').next()?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
    if authority.is_empty() || !authority.chars().all(fits) {
        return None;
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok().filter(|port| *port != 0)?),
        _ => (authority, 443),
    };
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    let mut encoded = String::with_capacity(path.len() + 1);
    if !path.starts_with('/') {
        encoded.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'!'..=b'~' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    Some(Place { host: host.to_owned(), port, authority: authority.to_owned(), path: encoded })
}

impl Https {
    /// `own` is a PEM file that is trusted besides the system's store, as an account names one.
    pub const fn new(bind: Bind, own: Option<PathBuf>) -> Self {
        Self { bind, own }
    }

    async fn open(&self, place: &Place) -> Result<tokio_rustls::client::TlsStream<tokio::net::TcpStream>, HttpError> {
        let own = self.own.clone();
        let tls = tokio::task::spawn_blocking(move || Tls::load(own.as_deref()));
        let tls = tls.await.map_err(|_| Problem::Protocol)??.speaking("http/1.1");
        let connect = async {
            let addresses = Dns::system(&self.bind).addresses(&place.host, place.port).await?;
            let mut problem = Problem::Unreachable;
            for address in addresses {
                match self.bind.connect(address).await {
                    Ok(tcp) => return tls.open(tcp, &place.host).await,
                    Err(failed) => problem = failed,
                }
            }
            Err(problem)
        };
        Ok(timeout(CONNECT, connect).await.map_err(|_| Problem::TimedOut)??)
    }

    /// Uploads a file (XEP-0363 section 6). `headers` are those that the slot named. `progress` is moved on by bytes.
    ///
    /// # Errors
    /// Whatever went wrong; the server may have a part of it.
    pub async fn put(
        &self,
        url: &str,
        headers: &[(String, String)],
        media_type: &str,
        file: &Path,
        progress: &watch::Sender<u64>,
    ) -> Result<(), HttpError> {
        let place = place(url).ok_or(HttpError::Address)?;
        let mut file = File::open(file).await.map_err(|_| HttpError::Disk)?;
        let length = file.metadata().await.map_err(|_| HttpError::Disk)?.len();
        let mut head = format!("PUT {} HTTP/1.1\r\nHost: {}\r\n", place.path, place.authority);
        let media_type = if media_type.is_empty() { "application/octet-stream" } else { media_type };
        let fixed = [("Content-Type", media_type), ("Content-Length", &length.to_string()), ("Connection", "close")];
        let given = headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in fixed.into_iter().chain(given) {
            if !clean(name) || !clean(value) {
                return Err(HttpError::Address);
            }
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let stream = self.open(&place).await?;
        let (mut reader, mut writer) = tokio::io::split(stream);
        let send = async {
            write(&mut writer, head.as_bytes()).await?;
            let mut piece = vec![0; PIECE];
            let mut left = length;
            while left > 0 {
                let read = file.read(&mut piece).await.map_err(|_| HttpError::Disk)?;
                let read = piece.get(..read).filter(|read| !read.is_empty()).ok_or(HttpError::Disk)?;
                // a file that grows meanwhile is sent as long as it was
                let read = read.get(..usize::try_from(left).unwrap_or(usize::MAX).min(read.len())).unwrap_or(read);
                write(&mut writer, read).await?;
                left -= read.len() as u64;
                progress.send_replace(length - left);
            }
            timeout(STILL, writer.flush()).await.map_err(|_| Problem::TimedOut)?.map_err(gone)
        };
        let mut answer = Answer::default();
        // one that refuses may do so before all is sent, and then takes no more
        tokio::select! {
            sent = send => match sent {
                Ok(()) => answer.read(&mut reader).await?,
                Err(HttpError::Problem(Problem::ServerGone)) => answer.read(&mut reader).await?,
                Err(error) => return Err(error),
            },
            // what it has said so far stays in `answer`
            early = answer.wait(&mut reader) => early?,
        }
        if (200..300).contains(&answer.status) { Ok(()) } else { Err(HttpError::Refused(answer.status)) }
    }

    /// Fetches a file into `into`. `sha256`: it must have this one (base64).
    ///
    /// # Errors
    /// [`HttpError::TooLarge`] above `limit` bytes; whatever else went wrong. `into` may have taken a part of it, or another file.
    pub async fn get(
        &self,
        url: &str,
        into: &mut impl Sink,
        limit: u64,
        sha256: Option<&str>,
        progress: &watch::Sender<u64>,
    ) -> Result<Got, HttpError> {
        let place = place(url).ok_or(HttpError::Address)?;
        let head = format!(
            "GET {} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n",
            place.path, place.authority
        );
        let mut stream = self.open(&place).await?;
        write(&mut stream, head.as_bytes()).await?;
        timeout(STILL, stream.flush()).await.map_err(|_| Problem::TimedOut)?.map_err(gone)?;
        let mut answer = Answer::default();
        answer.read(&mut stream).await?;
        if answer.status != 200 {
            return Err(HttpError::Refused(answer.status));
        }
        save(&mut stream, answer, into, limit, sha256, progress).await
    }
}

/// A head's name or value cannot end its line.
fn clean(text: &str) -> bool {
    !text.bytes().any(|byte| byte < b' ' || byte == 0x7f)
}

fn gone(_: io::Error) -> HttpError {
    HttpError::Problem(Problem::ServerGone)
}

async fn write(writer: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> Result<(), HttpError> {
    timeout(STILL, writer.write_all(bytes)).await.map_err(|_| Problem::TimedOut)?.map_err(gone)
}

/// The body of an answer.
async fn save(
    stream: &mut (impl AsyncRead + Unpin),
    answer: Answer,
    into: &mut impl Sink,
    limit: u64,
    sha256: Option<&str>,
    progress: &watch::Sender<u64>,
) -> Result<Got, HttpError> {
    let media_type = answer.media_type.clone();
    let mut body = Body::new(answer)?;
    if body.told.is_some_and(|told| told > limit) {
        return Err(HttpError::TooLarge);
    }
    let (mut hash, mut length) = (Sha256::new(), 0_u64);
    while let Some(piece) = body.next(stream).await? {
        length += piece.len() as u64;
        if length > limit {
            return Err(HttpError::TooLarge);
        }
        hash.update(&piece);
        into.take(&piece).await.map_err(|_| HttpError::Disk)?;
        progress.send_replace(length);
    }
    if sha256.is_some_and(|told| told != BASE64_STANDARD.encode(hash.finalize())) {
        return Err(HttpError::Another);
    }
    Ok(Got { length, media_type })
}

/// How long a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Told(u64),
    Chunks,
    ToTheEnd,
}

/// The head of an answer, and what came with it.
#[derive(Debug, Default)]
struct Answer {
    status: u16,
    media_type: String,
    length: Option<Length>,
    rest: Vec<u8>,
}

impl Answer {
    /// Reads a head; the server must answer soon.
    async fn read(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> Result<(), HttpError> {
        timeout(STILL, self.wait(reader)).await.map_err(|_| Problem::TimedOut)?
    }

    /// Reads a head, however long it takes to come.
    async fn wait(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> Result<(), HttpError> {
        let mut piece = vec![0; PIECE];
        loop {
            while let Some(end) = self.parse()? {
                self.rest.drain(..end);
                // 1xx come before the answer itself
                if self.status >= 200 {
                    return Ok(());
                }
            }
            let read = reader.read(&mut piece).await.map_err(gone)?;
            if read == 0 || self.rest.len() > HEAD {
                return Err(HttpError::Garbled);
            }
            self.rest.extend_from_slice(piece.get(..read).unwrap_or_default());
        }
    }

    /// Where the head ends, if it is whole.
    fn parse(&mut self) -> Result<Option<usize>, HttpError> {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(end) = response.parse(&self.rest).map_err(|_| HttpError::Garbled)? else {
            return Ok(None);
        };
        let value = |name: &str| {
            let header = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))?;
            std::str::from_utf8(header.value).ok().map(str::trim)
        };
        self.status = response.code.ok_or(HttpError::Garbled)?;
        let media_type = value("content-type").and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        self.media_type = if media_type.len() <= 120 { media_type.to_ascii_lowercase() } else { String::new() };
        self.length = Some(match (value("transfer-encoding"), value("content-length")) {
            (Some(how), _) if how.eq_ignore_ascii_case("chunked") => Length::Chunks,
            (Some(_), _) => return Err(HttpError::Garbled),
            (None, Some(length)) => Length::Told(length.parse().map_err(|_| HttpError::Garbled)?),
            (None, None) => Length::ToTheEnd,
        });
        Ok(Some(end))
    }
}

/// A body as it comes.
struct Body {
    told: Option<u64>,
    /// Bytes until the end, or of this chunk; `None`: to the end of the stream.
    left: Option<u64>,
    chunks: bool,
    /// The line break behind a chunk is still to come.
    behind: bool,
    rest: Vec<u8>,
}

impl Body {
    fn new(answer: Answer) -> Result<Self, HttpError> {
        let (told, chunks) = match answer.length.ok_or(HttpError::Garbled)? {
            Length::Told(told) => (Some(told), false),
            Length::Chunks => (None, true),
            Length::ToTheEnd => (None, false),
        };
        let left = if chunks { Some(0) } else { told };
        Ok(Self { told, left, chunks, behind: false, rest: answer.rest })
    }

    /// More bytes of the stream; false at its end.
    async fn more(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> Result<bool, HttpError> {
        let mut piece = vec![0; PIECE];
        let read = timeout(STILL, reader.read(&mut piece)).await.map_err(|_| Problem::TimedOut)?;
        // many servers end the connection without the farewell of TLS
        let read = match read {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => 0,
            read => read.map_err(gone)?,
        };
        self.rest.extend_from_slice(piece.get(..read).unwrap_or_default());
        Ok(read > 0)
    }

    /// The next bytes; `None` at the end.
    async fn next(&mut self, reader: &mut (impl AsyncRead + Unpin)) -> Result<Option<Vec<u8>>, HttpError> {
        loop {
            match self.left {
                Some(0) if !self.chunks => return Ok(None),
                Some(0) => {
                    if self.behind {
                        while self.rest.len() < 2 {
                            if !self.more(reader).await? {
                                return Err(HttpError::Garbled);
                            }
                        }
                        if !self.rest.starts_with(b"\r\n") {
                            return Err(HttpError::Garbled);
                        }
                        self.rest.drain(..2);
                        self.behind = false;
                    }
                    match httparse::parse_chunk_size(&self.rest).map_err(|_| HttpError::Garbled)? {
                        httparse::Status::Complete((_, 0)) => return Ok(None),
                        httparse::Status::Complete((end, size)) => {
                            self.rest.drain(..end);
                            (self.left, self.behind) = (Some(size), true);
                        }
                        httparse::Status::Partial => {
                            if self.rest.len() > HEAD || !self.more(reader).await? {
                                return Err(HttpError::Garbled);
                            }
                        }
                    }
                }
                left => {
                    if self.rest.is_empty() && !self.more(reader).await? {
                        return if left.is_none() { Ok(None) } else { Err(HttpError::Garbled) };
                    }
                    let most = left.map_or(self.rest.len(), |left| {
                        usize::try_from(left).unwrap_or(usize::MAX).min(self.rest.len())
                    });
                    let piece: Vec<u8> = self.rest.drain(..most).collect();
                    self.left = left.map(|left| left - piece.len() as u64);
                    return Ok(Some(piece));
                }
            }
        }
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
