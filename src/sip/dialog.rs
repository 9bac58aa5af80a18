//! A dialog (RFC 3261 section 12): two tags, two sequences, the way between them. It makes requests inside the dialog and
//! tells whether one that came fits.
use super::{
    message::{HeaderName, Method, Request, Response},
    uri::{NameAddr, Uri},
};
use std::net::SocketAddr;

/// How Replaces writes that there is no tag (RFC 3891 section 3).
const NO_TAG: &str = "0";

/// One dialog.
#[derive(Clone)]
pub(super) struct Dialog {
    call_id: String,
    local: NameAddr,
    remote: NameAddr,
    local_tag: String,
    remote_tag: Option<String>,
    /// The number of our last request.
    pub(super) local_seq: u32,
    remote_seq: Option<u32>,
    /// Where the other side is reached.
    pub(super) target: Uri,
    routes: Vec<String>,
    /// The proxy or peer next to us, by which the dialog was made.
    pub(super) hop: SocketAddr,
}

impl Dialog {
    /// The caller's side, from the response that makes it (section 12.1.2).
    pub(super) fn of_response(invite: &Request, response: &Response, hop: SocketAddr) -> Option<Self> {
        let (local, remote) = (invite.headers.from()?, response.headers.to()?);
        let mut routes: Vec<_> = response.headers.list(&HeaderName::RecordRoute).map(str::to_owned).collect();
        routes.reverse();
        Some(Self {
            call_id: invite.headers.call_id()?.to_owned(),
            local_tag: local.tag()?,
            remote_tag: remote.tag(),
            local,
            remote,
            local_seq: invite.headers.cseq()?.0,
            remote_seq: None,
            target: response.headers.contact().map_or_else(|| invite.uri.clone(), |contact| contact.uri),
            routes,
            hop,
        })
    }

    /// The called side, from the request and the tag we give (section 12.1.1).
    pub(super) fn of_request(invite: &Request, tag: &str, hop: SocketAddr) -> Option<Self> {
        let (remote, local) = (invite.headers.from()?, invite.headers.to()?.with_tag(tag));
        Some(Self {
            call_id: invite.headers.call_id()?.to_owned(),
            local,
            local_tag: tag.to_owned(),
            remote_tag: remote.tag(),
            target: invite.headers.contact().map_or_else(|| remote.uri.clone(), |contact| contact.uri),
            remote,
            local_seq: 0,
            remote_seq: Some(invite.headers.cseq()?.0),
            routes: invite.headers.list(&HeaderName::RecordRoute).map(str::to_owned).collect(),
            hop,
        })
    }

    /// The dialog that a final answer made of an early one: the numbers go on (section 13.2.2.4).
    pub(super) fn continuing(mut self, early: &Self) -> Self {
        (self.local_seq, self.remote_seq) = (early.local_seq, early.remote_seq);
        self
    }

    /// Their tag; `None`: a peer older than RFC 3261 gives none.
    pub(super) fn remote_tag(&self) -> Option<&str> {
        self.remote_tag.as_deref()
    }

    /// Our side, as the other one knows it.
    pub(super) fn local(&self) -> &NameAddr {
        &self.local
    }

    /// Whom the other side is known as.
    pub(super) fn remote(&self) -> &NameAddr {
        &self.remote
    }

    /// Whether it is the same dialog, at another moment.
    pub(super) fn is(&self, other: &Self) -> bool {
        self.is_named(&other.call_id, &other.local_tag, other.remote_tag.as_deref().unwrap_or(NO_TAG))
    }

    /// Whether it is the one that a Replaces names: by our tag and theirs (RFC 3891 section 3).
    pub(super) fn is_named(&self, call_id: &str, ours: &str, theirs: &str) -> bool {
        self.call_id == call_id && self.local_tag == ours && self.remote_tag.as_deref().unwrap_or(NO_TAG) == theirs
    }

    /// The Replaces by which somebody else takes our place with the other side.
    pub(super) fn replaces(&self) -> String {
        let theirs = self.remote_tag.as_deref().unwrap_or(NO_TAG);
        format!("{};to-tag={theirs};from-tag={}", self.call_id, self.local_tag)
    }

    /// Whether a request that came belongs here.
    pub(super) fn owns(&self, request: &Request) -> bool {
        let tag = |side: Option<NameAddr>| side.and_then(|side| side.tag());
        request.headers.call_id() == Some(&self.call_id)
            && tag(request.headers.to()).as_ref() == Some(&self.local_tag)
            && tag(request.headers.from()) == self.remote_tag
    }

    /// Whether the number of their request is a new one; it is kept (section 12.2.2).
    pub(super) fn advance(&mut self, request: &Request) -> bool {
        let Some((number, _)) = request.headers.cseq() else { return false };
        let new = self.remote_seq.is_none_or(|last| number > last);
        if new {
            self.remote_seq = Some(number);
        }
        new
    }

    /// A re-INVITE or UPDATE, or the answer to one, may move the other side (section 12.2).
    pub(super) fn follow(&mut self, contact: Option<NameAddr>) {
        if let Some(contact) = contact {
            self.target = contact.uri;
        }
    }

    /// Where our requests go first: along the route, or straight to a target that is named by number and reachable by
    /// datagram, or by the way the dialog was made.
    pub(super) fn next_hop(&self, datagrams: bool) -> SocketAddr {
        let direct = self.target.addr().filter(|_| datagrams && self.routes.is_empty());
        direct.filter(|addr| addr.is_ipv4() == self.hop.is_ipv4()).unwrap_or(self.hop)
    }

    /// Our next request; Via and Contact are added by who sends it.
    pub(super) fn request(&mut self, method: Method) -> Request {
        self.local_seq += 1;
        self.numbered(method, self.local_seq)
    }

    /// The ACK to the 2xx of our INVITE with this number (section 13.2.2.4).
    pub(super) fn ack(&self, invite: &Request) -> Option<Request> {
        let mut ack = self.numbered(Method::Ack, invite.headers.cseq()?.0);
        ack.headers.copy(&invite.headers, &HeaderName::Authorization);
        ack.headers.copy(&invite.headers, &HeaderName::ProxyAuthorization);
        Some(ack)
    }

    fn numbered(&self, method: Method, number: u32) -> Request {
        let mut uri = self.target.clone();
        let mut routes = self.routes.clone();
        let strict = |first: &NameAddr| first.uri.param("lr").is_none();
        if let Some(first) = routes.first().and_then(|first| NameAddr::parse(first)).filter(strict) {
            // a proxy older than RFC 3261 wants to be asked itself (section 12.2.1.1)
            routes.remove(0);
            routes.push(format!("<{}>", self.target));
            uri = first.uri;
        }
        let seq = format!("{number} {method}");
        let mut request = Request::new(method, uri);
        for route in routes {
            request.headers.push(HeaderName::Route, route);
        }
        request.headers.push(HeaderName::From, self.local.to_string());
        request.headers.push(HeaderName::To, self.remote.to_string());
        request.headers.push(HeaderName::CallId, &self.call_id);
        request.headers.push(HeaderName::CSeq, seq);
        request
    }
}
