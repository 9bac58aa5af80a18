//! The attributes of ICE in SDP (RFC 8839) to and from [`Ice`]: the only place that knows their grammar. Pure; it must not
//! resolve names: a candidate that is one (mDNS among them) is passed over, and the other side's checks reveal its address.
use crate::domain::{
    ice::{Candidate, CandidateKind, Ice},
    private::Private,
};
use std::{
    fmt::Write,
    net::{IpAddr, SocketAddr},
};

/// Candidates of one line that are looked at: more pairs than these can make are not tried in a person's time.
const MOST_CANDIDATES: usize = 64;
/// The port of a destination that is not known yet (RFC 8840 section 4.1.1).
const DISCARD: u16 = 9;

/// What the session, or one of its m-lines, says of ICE.
#[derive(Default)]
pub(super) struct IceFields<'a> {
    ufrag: Option<&'a str>,
    pwd: Option<&'a str>,
    options: Vec<&'a str>,
    lite: bool,
    complete: bool,
    mismatch: bool,
    /// Those that can be used.
    candidates: Vec<Candidate>,
    /// Where those of the first component are, used or not: TCP, too.
    places: Vec<Place<'a>>,
    seen: usize,
}

/// As a candidate names its address; a name is compared as it stands.
#[derive(PartialEq, Eq)]
struct Place<'a> {
    host: &'a str,
    port: u16,
}

/// What a description says of ICE as a whole.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing that could be used.
    Nothing,
    /// Somebody on the way has changed the addresses: no ICE, and an answer says so (RFC 8839 section 4.2.5).
    Mismatch,
    /// This.
    Ice(Ice),
}

impl<'a> IceFields<'a> {
    /// Takes an attribute that is one of ICE's; false: it is not.
    pub(super) fn read(&mut self, name: &str, value: &'a str) -> bool {
        match name {
            "ice-ufrag" => self.ufrag = token(value, 4).or(self.ufrag),
            "ice-pwd" => self.pwd = token(value, 22).or(self.pwd),
            "ice-options" => self.options.extend(value.split_ascii_whitespace().take(MOST_CANDIDATES)),
            "ice-lite" => self.lite = true,
            "ice-mismatch" => self.mismatch = true,
            "end-of-candidates" => self.complete = true,
            "candidate" => self.candidate(value),
            // which pairs the other side has chosen: its checks tell the same, and sooner
            "remote-candidates" => {}
            _ => return false,
        }
        true
    }

    fn candidate(&mut self, value: &'a str) {
        self.seen += 1;
        if self.seen > MOST_CANDIDATES {
            return;
        }
        self.places.extend(place(value));
        let known =
            |new: &Candidate| self.candidates.iter().any(|c| (c.component, c.address) == (new.component, new.address));
        let new = candidate(value).filter(|new| !known(new));
        self.candidates.extend(new);
    }

    /// What holds for the m-line whose fields these are; `default`: the address that `c=` and the m-line name.
    pub(super) fn found(&self, session: &Self, default: SocketAddr) -> Found {
        let (ufrag, pwd) = (self.ufrag.or(session.ufrag), self.pwd.or(session.pwd));
        let (Some(ufrag), Some(pwd)) = (ufrag, pwd) else { return Found::Nothing };
        if self.mismatch || session.mismatch {
            return Found::Nothing;
        }
        let trickles = self.options.iter().chain(&session.options).any(|option| option.eq_ignore_ascii_case("trickle"));
        let open = default.ip().is_unspecified() || default.port() == DISCARD;
        let names_it = |place: &Place<'_>| {
            place.port == default.port() && place.host.parse::<IpAddr>().is_ok_and(|ip| ip == default.ip())
        };
        if !(open || self.places.iter().any(names_it) || trickles && self.places.is_empty()) {
            return Found::Mismatch;
        }
        Found::Ice(Ice {
            ufrag: ufrag.to_owned(),
            pwd: Private::from(pwd),
            candidates: self.candidates.clone(),
            lite: self.lite || session.lite,
            trickle: trickles && !self.complete && !session.complete,
        })
    }
}

/// 4 to 256 (or 22 to 256) letters, digits, `+` and `/`.
fn token(value: &str, least: usize) -> Option<&str> {
    ((least..=256).contains(&value.len()) && value.bytes().all(is_ice_char)).then_some(value)
}

const fn is_ice_char(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/')
}

/// The address of a first component's candidate, whatever its transport.
fn place(value: &str) -> Option<Place<'_>> {
    let mut words = value.split_ascii_whitespace().skip(1);
    let (component, _transport, _priority) = (words.next()?, words.next()?, words.next()?);
    let (host, port) = (words.next()?, words.next()?.parse().ok()?);
    (component == "1").then_some(Place { host, port })
}

/// `1 1 UDP 2130706431 192.0.2.1 4000 typ host`; `None`: not over UDP, of a third component, a name, or broken.
fn candidate(value: &str) -> Option<Candidate> {
    let mut words = value.split_ascii_whitespace();
    let foundation = words.next().filter(|word| (1..=32).contains(&word.len()) && word.bytes().all(is_ice_char))?;
    let component = words.next()?.parse().ok().filter(|component| (1..=2).contains(component))?;
    words.next().filter(|transport| transport.eq_ignore_ascii_case("UDP"))?;
    let priority = words.next()?.parse().ok().filter(|priority| *priority > 0)?;
    let address = address(words.next()?, words.next()?).filter(|address| Candidate::may_stand_at(*address))?;
    words.next().filter(|word| word.eq_ignore_ascii_case("typ"))?;
    let kind = CandidateKind::of(words.next()?)?;
    let (mut host, mut port) = (None, None);
    while let (Some(name), Some(value)) = (words.next(), words.next()) {
        match name {
            "raddr" => host = Some(value),
            "rport" => port = Some(value),
            // extensions: generation, network-id and the like
            _ => {}
        }
    }
    let related = host.zip(port).and_then(|(host, port)| self::address(host, port));
    Some(Candidate { foundation: foundation.to_owned(), component, priority, address, kind, related })
}

fn address(host: &str, port: &str) -> Option<SocketAddr> {
    Some(SocketAddr::new(host.parse().ok()?, port.parse().ok()?))
}

/// The session's part: `a=ice-lite` stands there alone (RFC 8839 section 5.3).
pub(super) fn write_session(text: &mut String, ice: &Ice) {
    if ice.lite {
        text.push_str("a=ice-lite\r\n");
    }
}

/// The m-line's part.
pub(super) fn write(text: &mut String, ice: &Ice) -> std::fmt::Result {
    let trickle = if ice.trickle { " trickle" } else { "" };
    write!(text, "a=ice-ufrag:{}\r\na=ice-pwd:{}\r\na=ice-options:ice2{trickle}\r\n", ice.ufrag, ice.pwd.expose())?;
    for Candidate { foundation, component, priority, address, kind, related } in &ice.candidates {
        let (ip, port) = (address.ip(), address.port());
        write!(text, "a=candidate:{foundation} {component} UDP {priority} {ip} {port} typ {}", kind.name())?;
        if let Some(related) = related {
            write!(text, " raddr {} rport {}", related.ip(), related.port())?;
        }
        text.push_str("\r\n");
    }
    if !ice.trickle {
        text.push_str("a=end-of-candidates\r\n");
    }
    Ok(())
}

#[cfg(test)]
#[path = "sdp_ice_tests.rs"]
mod tests;
