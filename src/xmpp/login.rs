//! From a TCP connection to a session: TLS, password, then the old session resumed or a new one bound. Encryption is
//! not optional, and nothing the server said before it is believed after it. It must not decide when to try again.
use super::{
    at_once, failure,
    fast::FastToken,
    frame::Frame,
    sasl2,
    scram::Exchange,
    session::Begin,
    stanza,
    tls::{self, Tls},
};
use crate::{
    domain::{
        account::{Problem, XmppTls},
        private::Private,
    },
    net::Lingering,
};
use futures::{SinkExt, StreamExt};
use std::{borrow::Cow, io, net::IpAddr, time::Duration};
use tokio::{
    io::{AsyncBufRead, AsyncWrite, BufStream},
    net::TcpStream,
    sync::oneshot,
};
use tokio_rustls::client::TlsStream;
use tokio_xmpp::xmlstream::{PendingFeaturesRecv, ReadError, StreamHeader, Timeouts, XmlStream, initiate_stream};
use xmpp_parsers::{
    bind::BindQuery,
    iq::Iq,
    jid::{BareJid, Jid},
    minidom::{Element, rxml},
    ns, sasl, sm as nonza, starttls,
};

/// An XMPP stream over TLS.
pub(super) type Stream = XmlStream<BufStream<Lingering<TlsStream<TcpStream>>>, Frame>;

/// After a minute of silence the session asks whether anybody is there; 15 s later the answer is no.
const TIMEOUTS: Timeouts =
    Timeouts { read_timeout: Duration::from_secs(60), response_timeout: Duration::from_secs(15) };
/// Elements between our request and its answer while a session begins; more are not the protocol.
const EARLY: usize = 64;

/// Who logs in.
#[derive(Debug, Clone)]
pub(super) struct Credentials {
    /// The account.
    pub(super) me: BareJid,
    /// Its password.
    pub(super) password: Private<String>,
    /// The resource asked for.
    pub(super) resource: String,
    /// The name of this home, where a server wants one.
    pub(super) agent: String,
    /// What the server gave at the last log-in in the place of the password.
    pub(super) token: Option<FastToken>,
}

/// A session that stands.
pub(super) struct Established {
    /// The stream.
    pub(super) stream: Stream,
    /// Ends when the socket is closed, after the stream was dropped.
    pub(super) closed: oneshot::Receiver<()>,
    /// How it begins.
    pub(super) begin: Begin,
    /// What came before counting began.
    pub(super) early: Vec<Element>,
    /// Our address.
    pub(super) local: IpAddr,
    /// The server's address.
    pub(super) server: IpAddr,
    /// A token for the next log-in.
    pub(super) token: Option<FastToken>,
}

/// Why there is no session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// For this reason.
    Problem(Problem),
    /// The server, known by its certificate, says that the account is at another one (`see-other-host`).
    Elsewhere(String),
    /// The token is of no use any more; the password may be.
    Token,
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// The whole negotiation. `resume`: the old session's id and our count. The caller sets the deadline.
pub(super) async fn login(
    tcp: TcpStream,
    how: XmppTls,
    tls: &Tls,
    who: &Credentials,
    resume: Option<(String, u32)>,
) -> Result<Established, Refused> {
    let local = tcp.local_addr().map_err(|_| Problem::ServerGone)?.ip();
    let server = tcp.peer_addr().map_err(|_| Problem::ServerGone)?.ip();
    let domain = who.me.domain().as_str();
    let tcp = match how {
        XmppTls::Direct => tcp,
        // in the clear anybody can say anything: nobody is followed
        XmppTls::Starttls => starttls(tcp, domain).await.map_err(|refused| match refused {
            Refused::Elsewhere(_) => Problem::ServerGone.into(),
            refused => refused,
        })?,
    };
    let secured = tls.open(tcp, domain, how == XmppTls::Direct).await?;
    let exporter = tls::exporter(&secured);
    let (secured, closed) = Lingering::new(secured);
    let header =
        || StreamHeader { to: Some(Cow::Borrowed(domain)), from: Some(Cow::Borrowed(who.me.as_str())), id: None };
    let pending =
        initiate_stream(BufStream::new(secured), ns::JABBER_CLIENT, header(), TIMEOUTS).await.map_err(broken)?;
    let (features, stream) = features(pending).await?;
    if let Some(offer) = sasl2::offered(&features) {
        let (stream, begun) = at_once::at_once(stream, &features, offer, exporter.as_deref(), who, resume).await?;
        let at_once::Begun { begin, early, token } = begun;
        return Ok(Established { stream, closed, begin, early, local, server, token });
    }
    let stream = authenticate(stream, &features, exporter, who).await?;
    let pending = stream.initiate_reset().send_header(header()).await.map_err(broken)?;
    let (features, mut stream) = self::features(pending).await?;
    let counted = features.has_child("sm", ns::SM);
    let mut early = Vec::new();
    let begin = begin(&mut stream, who, counted, resume, &mut early).await?;
    Ok(Established { stream, closed, begin, early, local, server, token: None })
}

/// STARTTLS (RFC 6120 section 5). What the server sent in clear beside `<proceed/>` is thrown away with the buffers.
async fn starttls(tcp: TcpStream, domain: &str) -> Result<TcpStream, Refused> {
    let header = StreamHeader { to: Some(Cow::Borrowed(domain)), from: None, id: None };
    let pending = initiate_stream(BufStream::new(tcp), ns::JABBER_CLIENT, header, TIMEOUTS).await.map_err(broken)?;
    let (features, mut stream) = features(pending).await?;
    if !features.has_child("starttls", ns::TLS) {
        return Err(Problem::NoSafeLogin.into());
    }
    send(&mut stream, starttls::Request).await?;
    let answer = next(&mut stream).await?;
    if !answer.is("proceed", ns::TLS) {
        return Err(Problem::NoSafeLogin.into());
    }
    Ok(stream.into_inner().into_inner())
}

async fn authenticate(
    mut stream: Stream,
    features: &Element,
    exporter: Option<Vec<u8>>,
    who: &Credentials,
) -> Result<Stream, Refused> {
    let mechanisms = features.get_child("mechanisms", ns::SASL).into_iter().flat_map(Element::children);
    let offered: Vec<_> = mechanisms.map(Element::text).collect();
    let bindings = bindings(features);
    let user = who.me.node().map_or("", |node| node.as_str());
    let mut exchange = Exchange::choose(&offered, &bindings, exporter, user, &who.password)?;
    let first = exchange.start();
    // the parsers' list of mechanisms ends before SHA-512: the name is put in by hand
    let mut auth: Element = sasl::Auth { mechanism: sasl::Mechanism::ScramSha1, data: first }.into();
    let attribute = rxml::NcName::try_from("mechanism").map_err(|_| Problem::Protocol)?;
    auth.set_attr(rxml::Namespace::NONE, attribute, exchange.name());
    send(&mut stream, auth).await?;
    loop {
        let answer = next(&mut stream).await?;
        match sasl::Nonza::try_from(answer).map_err(|_| Problem::Protocol)? {
            sasl::Nonza::Challenge(challenge) => {
                let (back, response) = work(exchange, challenge.data).await?;
                exchange = back;
                send(&mut stream, sasl::Response { data: response }).await?;
            }
            sasl::Nonza::Success(success) => {
                exchange.success(&success.data)?;
                return Ok(stream);
            }
            sasl::Nonza::Failure(failure) => return Err(refused(&failure.defined_condition).into()),
            _ => return Err(Problem::Protocol.into()),
        }
    }
}

/// The channel bindings that the server lists (XEP-0440).
pub(super) fn bindings(features: &Element) -> Vec<String> {
    let listed = features.get_child("sasl-channel-binding", ns::SASL_CB).into_iter().flat_map(Element::children);
    listed.filter_map(|binding| binding.attr("type").map(str::to_owned)).collect()
}

/// Works on a challenge, where that blocks nobody.
pub(super) async fn work(mut exchange: Exchange, challenge: Vec<u8>) -> Result<(Exchange, Vec<u8>), Problem> {
    let work = tokio::task::spawn_blocking(move || {
        let response = exchange.answer(&challenge);
        (exchange, response)
    });
    let (exchange, response) = work.await.map_err(|_| Problem::Protocol)?;
    Ok((exchange, response?))
}

pub(super) const fn refused(condition: &sasl::DefinedCondition) -> Problem {
    use sasl::DefinedCondition as Condition;
    match condition {
        Condition::NotAuthorized | Condition::CredentialsExpired | Condition::InvalidAuthzid => Problem::WrongPassword,
        Condition::AccountDisabled | Condition::TemporaryAuthFailure | Condition::Aborted => Problem::Refused,
        Condition::EncryptionRequired | Condition::InvalidMechanism | Condition::MechanismTooWeak => {
            Problem::NoSafeLogin
        }
        Condition::IncorrectEncoding | Condition::MalformedRequest => Problem::Protocol,
    }
}

/// Resumes the old session (XEP-0198 section 5) or binds a new one (RFC 6120 section 7).
pub(super) async fn begin(
    stream: &mut Stream,
    who: &Credentials,
    counted: bool,
    resume: Option<(String, u32)>,
    early: &mut Vec<Element>,
) -> Result<Begin, Refused> {
    let mut last = None;
    if let Some((id, h)) = resume.filter(|_| counted) {
        send(stream, nonza::Resume { h, previd: nonza::StreamId(id) }).await?;
        let answer = until(stream, early, |e| e.is("resumed", ns::SM) || e.is("failed", ns::SM)).await?;
        let h = answer.attr("h").and_then(|h| h.parse().ok());
        if answer.name() == "resumed" {
            return Ok(Begin::Resumed(h.ok_or(Problem::Protocol)?));
        }
        // a restarted server has forgotten the session and its count
        last = h;
    }
    send(stream, Iq::from_set("bind", BindQuery::new(Some(who.resource.clone())))).await?;
    let answer = until(stream, early, |e| e.is("iq", ns::JABBER_CLIENT) && e.attr("id") == Some("bind")).await?;
    let bound = answer.get_child("bind", ns::BIND).and_then(|bind| bind.get_child("jid", ns::BIND)).map(Element::text);
    match bound.map(|jid| Jid::new(&jid)) {
        Some(Ok(jid)) if jid.to_bare() == who.me => {}
        Some(_) => return Err(Problem::Protocol.into()),
        None => {
            let condition = stanza::condition(&answer).unwrap_or_default().0;
            return Err(if condition == "conflict" { Problem::Conflict } else { Problem::Refused }.into());
        }
    }
    let counted = if counted { enable(stream, early).await? } else { None };
    Ok(Begin::New { counted, last, carbons: false })
}

/// Has the new session counted (XEP-0198 section 3).
pub(super) async fn enable(stream: &mut Stream, early: &mut Vec<Element>) -> Result<Option<Option<String>>, Refused> {
    send(stream, nonza::Enable::new().with_resume()).await?;
    let answer = until(stream, early, |e| e.is("enabled", ns::SM) || e.is("failed", ns::SM)).await?;
    Ok((answer.name() == "enabled").then(|| sasl2::enabled(&answer)))
}

pub(super) async fn until(
    stream: &mut Stream,
    early: &mut Vec<Element>,
    is_it: impl Fn(&Element) -> bool,
) -> Result<Element, Refused> {
    while early.len() < EARLY {
        let element = next(stream).await?;
        if is_it(&element) {
            return Ok(element);
        }
        early.push(element);
    }
    Err(Problem::Protocol.into())
}

async fn features<Io>(pending: PendingFeaturesRecv<Io>) -> Result<(Element, XmlStream<Io, Frame>), Refused>
where
    Io: AsyncBufRead + AsyncWrite + Unpin,
{
    // the typed features refuse the whole list for one unknown name in it
    let mut stream = pending.skip_features::<Frame>();
    let features = next(&mut stream).await?;
    if features.is("features", ns::STREAM) { Ok((features, stream)) } else { Err(Problem::Protocol.into()) }
}

pub(super) async fn next<Io>(stream: &mut XmlStream<Io, Frame>) -> Result<Element, Refused>
where
    Io: AsyncBufRead + AsyncWrite + Unpin,
{
    loop {
        match stream.next().await {
            Some(Ok(Frame(element))) if element.is("error", ns::STREAM) => {
                let elsewhere = element.get_child("see-other-host", ns::XMPP_STREAMS).map(Element::text);
                return Err(elsewhere.map_or_else(|| stream_error(&element).0.into(), Refused::Elsewhere));
            }
            Some(Ok(Frame(element))) => return Ok(element),
            Some(Err(ReadError::SoftTimeout)) => {}
            Some(Err(error)) => return Err(lost(&error).into()),
            None => return Err(Problem::ServerGone.into()),
        }
    }
}

/// What a stream error (RFC 6120 section 4.9) says, and whether to connect again.
pub(super) fn stream_error(error: &Element) -> (Problem, bool) {
    let condition = error.children().find(|child| child.has_ns(ns::XMPP_STREAMS) && child.name() != "text");
    failure::of_stream(condition.map_or("", Element::name))
}

pub(super) async fn send<Io>(stream: &mut XmlStream<Io, Frame>, what: impl Into<Element>) -> Result<(), Problem>
where
    Io: AsyncBufRead + AsyncWrite + Unpin,
{
    stream.send(&what.into()).await.map_err(broken)
}

/// A stream that ended.
pub(super) fn lost(error: &ReadError) -> Problem {
    match error {
        ReadError::HardError(error) if error.kind() == io::ErrorKind::TimedOut => Problem::TimedOut,
        ReadError::HardError(error) if error.kind() == io::ErrorKind::InvalidData => Problem::Protocol,
        ReadError::ParseError(_) => Problem::Protocol,
        ReadError::HardError(_) | ReadError::StreamFooterReceived | ReadError::SoftTimeout => Problem::ServerGone,
    }
}

fn broken(error: io::Error) -> Problem {
    lost(&ReadError::HardError(error))
}
