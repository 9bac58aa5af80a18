//! A content of Jingle with audio (XEP-0167) to and from [`SessionDescription`]. Pure. Packets are always encrypted by DTLS
//! and find their path by ICE: what a content names neither of, the media engine refuses.
use super::{
    transport::{self, Transport},
    wire::{around, element},
};
use crate::domain::{
    protection::{Profile, Protection},
    session::{Codec, MediaDirection, PayloadType, SessionDescription},
};
use std::net::{Ipv4Addr, SocketAddr};
use xmpp_parsers::{minidom::Element, ns};

/// No address of its own stands in a content: candidates alone say where.
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED), 9);
/// Payload types that are looked at.
const MOST_PAYLOADS: usize = 64;

/// Why a session cannot be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    /// No content with audio.
    #[error("no audio")]
    Application,
    /// It finds its path in another way than by ICE over UDP.
    #[error("another transport")]
    Transport,
    /// None of our codecs.
    #[error("no codec in common")]
    Codec,
}

impl Unusable {
    /// The reason that is told (XEP-0166 section 7.4).
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Application => "unsupported-applications",
            Self::Transport => "unsupported-transports",
            Self::Codec => "failed-application",
        }
    }
}

/// The first content with audio.
pub(super) fn audio(jingle: &Element) -> Option<&Element> {
    jingle.children().filter(|child| child.is("content", ns::JINGLE)).find(|content| {
        let description = content.get_child("description", ns::JINGLE_RTP);
        description.is_some_and(|description| description.attr("media") == Some("audio"))
    })
}

/// What a content describes. `initiator`: its sender began the session. `earlier`: what of its transport came before.
///
/// # Errors
/// [`Unusable`].
pub(super) fn read(content: &Element, initiator: bool, earlier: Transport) -> Result<SessionDescription, Unusable> {
    let description = content.get_child("description", ns::JINGLE_RTP).ok_or(Unusable::Application)?;
    let mut transport = transport::read(content).ok_or(Unusable::Transport)?;
    transport.complete(earlier);
    let (mut payloads, mut telephone_events, mut ptime) = (Vec::<PayloadType>::new(), Vec::new(), None);
    let mut seen = [false; 128];
    let types = description.children().filter(|child| child.is("payload-type", ns::JINGLE_RTP)).take(MOST_PAYLOADS);
    for payload in types {
        let Some(number) = payload.attr("id").and_then(|id| id.parse::<u8>().ok()) else { continue };
        match seen.get_mut(usize::from(number)) {
            Some(seen) if !*seen => *seen = true,
            _ => continue,
        }
        match encoding(number, payload) {
            Some(Encoding::Speech(codec)) => {
                let length = |name| payload.attr(name)?.parse::<u16>().ok().filter(|ms| *ms > 0);
                ptime = ptime.or_else(|| length("ptime")).or_else(|| length("maxptime"));
                payloads.push(PayloadType { number, codec, parameters: parameters(payload) });
            }
            Some(Encoding::Keys(clock)) => telephone_events.push((number, clock)),
            None => {}
        }
    }
    if payloads.is_empty() {
        return Err(Unusable::Codec);
    }
    let dtls = transport.dtls.clone().map(Box::new);
    let profile = if dtls.is_some() { Profile::Dtls } else { Profile::Open };
    Ok(SessionDescription {
        rtp: NOWHERE,
        rtcp: NOWHERE,
        rtcp_mux: description.has_child("rtcp-mux", ns::JINGLE_RTP),
        payloads,
        telephone_events,
        redundant: None,
        direction: direction(content.attr("senders"), initiator),
        ptime,
        protection: Protection { profile, feedback: false, keys: Vec::new(), dtls },
        ice: transport.ice().map(Box::new),
    })
}

/// What a payload type stands for.
enum Encoding {
    Speech(Codec),
    Keys(u32),
}

/// Its name decides; only without one do the static numbers of RFC 3551 hold.
fn encoding(number: u8, payload: &Element) -> Option<Encoding> {
    let Some(name) = payload.attr("name").filter(|name| !name.is_empty()) else {
        return match number {
            0 => Some(Encoding::Speech(Codec::Pcmu)),
            8 => Some(Encoding::Speech(Codec::Pcma)),
            9 => Some(Encoding::Speech(Codec::G722)),
            _ => None,
        };
    };
    let clock = payload.attr("clockrate").map_or(Some(8_000), |clock| clock.parse::<u32>().ok())?;
    if name.eq_ignore_ascii_case("telephone-event") {
        return (clock > 0).then_some(Encoding::Keys(clock));
    }
    let known = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];
    let codec = known.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))?;
    let mono = payload.attr("channels").is_none_or(|channels| channels == "1");
    // G.722's clock is written as its sample rate by those who do not know of the old mistake
    let rate = codec.clock() == clock || (codec == Codec::G722 && clock == 16_000);
    (rate && (codec == Codec::Opus || mono)).then_some(Encoding::Speech(codec))
}

/// Its parameters as SDP writes them.
fn parameters(payload: &Element) -> String {
    let all = payload.children().filter(|child| child.is("parameter", ns::JINGLE_RTP));
    let pairs = all.filter_map(|one| match (one.attr("name").unwrap_or_default(), one.attr("value")?) {
        ("", value) => Some(value.to_owned()),
        (name, value) => Some(format!("{name}={value}")),
    });
    pairs.take(MOST_PAYLOADS).collect::<Vec<_>>().join(";")
}

/// `senders` as its side sees it (XEP-0166 section 7.3).
pub(super) fn direction(senders: Option<&str>, initiator: bool) -> MediaDirection {
    match senders {
        Some("initiator") if initiator => MediaDirection::SendOnly,
        Some("initiator") => MediaDirection::RecvOnly,
        Some("responder") if initiator => MediaDirection::RecvOnly,
        Some("responder") => MediaDirection::SendOnly,
        Some("none") => MediaDirection::Inactive,
        _ => MediaDirection::SendRecv,
    }
}

const fn senders(direction: MediaDirection, initiator: bool) -> &'static str {
    match (direction, initiator) {
        (MediaDirection::SendRecv, _) => "both",
        (MediaDirection::Inactive, _) => "none",
        (MediaDirection::SendOnly, true) | (MediaDirection::RecvOnly, false) => "initiator",
        (MediaDirection::SendOnly, false) | (MediaDirection::RecvOnly, true) => "responder",
    }
}

/// The content of a description of ours. `initiator`: we began the session.
pub(super) fn write(described: &SessionDescription, name: &str, initiator: bool) -> Element {
    let mut description = element("description", ns::JINGLE_RTP, &[("media", "audio")]);
    for PayloadType { number, codec, parameters } in &described.payloads {
        let mut payload = payload(*number, codec.name(), codec.clock(), codec.channels(), described.ptime);
        for parameter in parameters.split(';').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or(("", parameter));
            payload.append_child(element(
                "parameter",
                ns::JINGLE_RTP,
                &[("name", name.trim()), ("value", value.trim())],
            ));
        }
        description.append_child(payload);
    }
    for (number, clock) in &described.telephone_events {
        description.append_child(payload(*number, "telephone-event", *clock, 1, None));
    }
    if described.rtcp_mux {
        description.append_child(Element::bare("rtcp-mux", ns::JINGLE_RTP));
    }
    let attributes = [("creator", "initiator"), ("name", name), ("senders", senders(described.direction, initiator))];
    let mut content = around(element("content", ns::JINGLE, &attributes), description);
    if let Some(ice) = &described.ice {
        content.append_child(transport::write(ice, described.protection.dtls.as_deref()));
    }
    content
}

fn payload(number: u8, name: &str, clock: u32, channels: u8, ptime: Option<u16>) -> Element {
    let (number, clock, channels) = (number.to_string(), clock.to_string(), channels.to_string());
    let ptime = ptime.map(|ptime| ptime.to_string());
    let mut attributes = vec![("id", number.as_str()), ("name", name), ("clockrate", &clock)];
    if channels != "1" {
        attributes.push(("channels", &channels));
    }
    attributes.extend(ptime.as_deref().map(|ptime| ("ptime", ptime)));
    element("payload-type", ns::JINGLE_RTP, &attributes)
}
