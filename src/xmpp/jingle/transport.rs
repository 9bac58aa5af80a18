//! A transport of Jingle (XEP-0176, with the fingerprint of XEP-0320) to and from the words of `domain`. Candidates that
//! cannot be used are passed over; whether a path is found is the media engine's.
use super::wire::{around, element};
use crate::domain::{
    ice::{Candidate, CandidateKind, Ice},
    private::Private,
    protection::{Dtls, Fingerprint, Setup},
};
use std::net::SocketAddr;
use xmpp_parsers::{minidom::Element, ns};

/// Candidates of one stanza that are looked at.
const MOST_CANDIDATES: usize = 64;
/// Fingerprints that are looked at.
const MOST_FINGERPRINTS: usize = 8;
/// Jingle has no `tls-id`: one association lasts for the whole session, whatever is described again.
const ASSOCIATION: &str = "the-association-of-this-session";

/// One side's transport, or a part of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Transport {
    /// User name fragment and password.
    pub(super) credentials: Option<(String, Private<String>)>,
    pub(super) candidates: Vec<Candidate>,
    pub(super) dtls: Option<Dtls>,
}

impl Transport {
    /// Its part of ICE. There is no end of candidates in XEP-0176: more may come at any time.
    pub(super) fn ice(&self) -> Option<Ice> {
        let (ufrag, pwd) = self.credentials.clone()?;
        Some(Ice { ufrag, pwd, candidates: self.candidates.clone(), lite: false, trickle: true })
    }

    /// Takes from an earlier part what this one lacks.
    pub(super) fn complete(&mut self, earlier: Self) {
        self.credentials = self.credentials.take().or(earlier.credentials);
        self.dtls = self.dtls.take().or(earlier.dtls);
    }
}

/// What a content or a `transport-info` says; `None`: it is of another transport.
pub(super) fn read(content: &Element) -> Option<Transport> {
    let transport = content.get_child("transport", ns::JINGLE_ICE_UDP)?;
    let credentials = token(transport, "ufrag", 4).zip(token(transport, "pwd", 22));
    let candidates = transport.children().filter(|child| child.is("candidate", ns::JINGLE_ICE_UDP));
    Some(Transport {
        credentials: credentials.map(|(ufrag, pwd)| (ufrag.to_owned(), Private::from(pwd))),
        candidates: candidates.take(MOST_CANDIDATES).filter_map(candidate).collect(),
        dtls: dtls(transport),
    })
}

/// 4 to 256 (or 22 to 256) letters, digits, `+` and `/`.
fn token<'a>(transport: &'a Element, name: &'static str, least: usize) -> Option<&'a str> {
    let plain = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    transport.attr(name).filter(|value| (least..=256).contains(&value.len()) && value.bytes().all(plain))
}

fn candidate(element: &Element) -> Option<Candidate> {
    let component = element.attr("component")?.parse().ok().filter(|component| (1..=2).contains(component))?;
    element.attr("protocol").filter(|protocol| protocol.eq_ignore_ascii_case("udp"))?;
    let priority = element.attr("priority")?.parse().ok().filter(|priority| *priority > 0)?;
    let place = |ip: &str, port: &str| {
        Some(SocketAddr::new(element.attr(ip)?.parse().ok()?, element.attr(port)?.parse().ok()?))
    };
    let address = place("ip", "port").filter(|address| Candidate::may_stand_at(*address))?;
    let kind = CandidateKind::of(element.attr("type")?)?;
    let foundation = element.attr("foundation").unwrap_or("0");
    let foundation = foundation.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    Some(Candidate { foundation, component, priority, address, kind, related: place("rel-addr", "rel-port") })
}

fn dtls(transport: &Element) -> Option<Dtls> {
    let all = || transport.children().filter(|child| child.is("fingerprint", ns::JINGLE_DTLS)).take(MOST_FINGERPRINTS);
    let fingerprints: Vec<_> = all().filter_map(|each| Fingerprint::read(each.attr("hash")?, &each.text())).collect();
    // who forgets it takes either role
    let setup = all().find_map(|fingerprint| fingerprint.attr("setup"));
    let setup = setup.map_or(Some(Setup::ActPass), Setup::of)?;
    (!fingerprints.is_empty()).then(|| Dtls { fingerprints, setup, id: Some(ASSOCIATION.to_owned()) })
}

/// Our transport.
pub(super) fn write(ice: &Ice, dtls: Option<&Dtls>) -> Element {
    let credentials = [("ufrag", ice.ufrag.as_str()), ("pwd", ice.pwd.expose().as_str())];
    let mut transport = element("transport", ns::JINGLE_ICE_UDP, &credentials);
    for (number, candidate) in ice.candidates.iter().enumerate() {
        transport.append_child(write_candidate(candidate, number));
    }
    for (dtls, each) in dtls.iter().flat_map(|dtls| dtls.fingerprints.iter().map(move |each| (dtls, each))) {
        let attributes = [("hash", each.hash.name()), ("setup", dtls.setup.name())];
        let mut fingerprint = element("fingerprint", ns::JINGLE_DTLS, &attributes);
        fingerprint.append_text(each.digits());
        transport.append_child(fingerprint);
    }
    transport
}

fn write_candidate(candidate: &Candidate, number: usize) -> Element {
    let Candidate { foundation, component, priority, address, kind, related } = candidate;
    let (component, priority, port) = (component.to_string(), priority.to_string(), address.port().to_string());
    let (ip, id) = (address.ip().to_string(), format!("{foundation}-{component}-{number}"));
    let attributes = [
        ("component", component.as_str()),
        ("foundation", foundation),
        ("generation", "0"),
        ("id", &id),
        ("ip", &ip),
        ("network", "0"),
        ("port", &port),
        ("priority", &priority),
        ("protocol", "udp"),
        ("type", kind.name()),
    ];
    let (base, base_port) = related.map_or_else(Default::default, |at| (at.ip().to_string(), at.port().to_string()));
    let more = [("rel-addr", base.as_str()), ("rel-port", &base_port)];
    let more = if related.is_some() { &more[..] } else { &[] };
    element("candidate", ns::JINGLE_ICE_UDP, &[&attributes, more].concat())
}

/// A content that holds a transport alone.
pub(super) fn content(name: &str, transport: Element) -> Element {
    around(element("content", ns::JINGLE, &[("creator", "initiator"), ("name", name)]), transport)
}
