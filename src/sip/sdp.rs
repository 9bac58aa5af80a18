//! SDP (RFC 8866, RFC 3264) to and from a [`SessionDescription`]. Pure; it must not choose codecs: the media engine does.
//!
//! Written by hand rather than on rvoip-sip-core's parser: that one refuses a whole body for one odd line (a session name in
//! Latin-1, a broken `o=`), and knows neither `a=rtcp` (RFC 3605) nor payload types without `rtpmap`. What a phone needs of
//! SDP is small: the first audio line it can use, and the names of the other lines, so that an answer can refuse each.
use super::{
    sdes,
    sdp_dtls::{self, DtlsFields},
    sdp_ice::{self, Found, IceFields},
};
use crate::domain::{
    protection::{Profile, Protection, SdesKey},
    session::{Codec, MediaDirection, PayloadType, SessionDescription},
};
use std::{
    fmt::Write,
    net::{IpAddr, SocketAddr},
};

/// Packet length where none is asked for, in milliseconds.
const USUAL_PTIME: u16 = 20;
/// More m-lines than this are not a phone call.
const MOST_LINES: usize = 32;
/// Keys of one line that are looked at.
const MOST_KEYS: usize = 32;

/// Why a body describes no audio for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SdpError {
    /// It is not SDP.
    #[error("not a session description")]
    NotSdp,
    /// No audio line, or only over a transport we do not speak.
    #[error("no audio over RTP")]
    NoAudio,
    /// The audio line wants encryption, and offers neither key nor certificate for it that is of use here.
    #[error("no usable key for the audio")]
    NoKey,
    /// The audio line has port 0: the other side refuses it (RFC 3264 section 6).
    #[error("audio refused")]
    Refused,
    /// The audio's address is missing, a host name or a group.
    #[error("no usable address for the audio")]
    Address,
    /// None of our codecs.
    #[error("no codec known here")]
    NoCodec,
}

/// A body that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Parsed {
    /// The first audio line that can be used.
    pub(crate) description: SessionDescription,
    /// All lines: keep them as long as the session, every later body has to list them (RFC 3264 sections 6 and 8).
    pub(crate) lines: MediaLines,
}

/// The m-lines of a session in their order, and which of them is our audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaLines {
    lines: Vec<MediaLine>,
    audio: usize,
    /// The addresses of their ICE were changed on the way.
    mismatch: bool,
}

impl Default for MediaLines {
    /// Our own first offer: one audio line.
    fn default() -> Self {
        let line = MediaLine { media: "audio".into(), protocol: "RTP/AVP".into(), format: "0".into(), mid: None };
        Self { lines: vec![line], audio: 0, mismatch: false }
    }
}

/// What is needed to refuse a line, or to answer it with the same protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
struct MediaLine {
    media: String,
    protocol: String,
    format: String,
    /// What an answer has to repeat (RFC 5888 section 9.1).
    mid: Option<String>,
}

/// Writes an offer or an answer. `session` and `version` are the numbers of `o=`: the version grows by one with each change.
/// In a session that has lines already ours stands in its place, the others with port 0; a first offer has none.
pub(crate) fn write_within(description: &SessionDescription, lines: &MediaLines, session: u64, version: u64) -> String {
    let ip = address(description.rtp.ip());
    let mut text = format!("v=0\r\no=- {session} {version} {ip}\r\ns=-\r\nc={ip}\r\nt=0 0\r\n");
    if let Some(ice) = &description.ice {
        sdp_ice::write_session(&mut text, ice);
    }
    for (at, line) in lines.lines.iter().enumerate() {
        if at == lines.audio {
            // writing to a String cannot fail
            let _ = write_audio(&mut text, description, line);
            if lines.mismatch && description.ice.is_none() {
                text.push_str("a=ice-mismatch\r\n");
            }
        } else {
            let _ = write!(text, "m={} 0 {} {}\r\n", line.media, line.protocol, line.format);
        }
        if let Some(mid) = &line.mid {
            let _ = write!(text, "a=mid:{mid}\r\n");
        }
    }
    text
}

fn write_audio(text: &mut String, description: &SessionDescription, line: &MediaLine) -> std::fmt::Result {
    write!(text, "m=audio {} {}", description.rtp.port(), protocol(line, &description.protection))?;
    let redundant = description.redundant.and_then(|number| Some((number, opus(&description.payloads)?)));
    let numbers = description.payloads.iter().map(|p| p.number).chain(redundant.map(|(number, _)| number));
    for number in numbers.chain(description.telephone_events.iter().map(|e| e.0)) {
        write!(text, " {number}")?;
    }
    text.push_str("\r\n");
    for PayloadType { number, codec, parameters } in &description.payloads {
        write!(text, "a=rtpmap:{number} {}/{}", codec.name(), codec.clock())?;
        if codec.channels() > 1 {
            write!(text, "/{}", codec.channels())?;
        }
        text.push_str("\r\n");
        if !parameters.is_empty() {
            // an answer may echo what the other side wrote: nothing in it may end the line
            let parameters: String = parameters.chars().filter(|c| !c.is_control()).collect();
            write!(text, "a=fmtp:{number} {parameters}\r\n")?;
        }
    }
    if let Some((number, opus)) = redundant {
        write!(text, "a=rtpmap:{number} red/48000/2\r\na=fmtp:{number} {opus}/{opus}\r\n")?;
    }
    for (number, clock) in &description.telephone_events {
        write!(text, "a=rtpmap:{number} telephone-event/{clock}\r\na=fmtp:{number} 0-15\r\n")?;
    }
    if let Some(ptime) = description.ptime {
        write!(text, "a=ptime:{ptime}\r\n")?;
    }
    write!(text, "a={}\r\n", direction_name(description.direction))?;
    for key in &description.protection.keys {
        write!(text, "a=crypto:{}\r\n", sdes::write(key))?;
    }
    if let Some(dtls) = &description.protection.dtls {
        sdp_dtls::write(text, dtls)?;
    }
    if let Some(ice) = &description.ice {
        sdp_ice::write(text, ice)?;
    }
    if description.rtcp_mux {
        text.push_str("a=rtcp-mux\r\n");
    }
    if description.rtcp.ip() != description.rtp.ip() {
        write!(text, "a=rtcp:{} {}\r\n", description.rtcp.port(), address(description.rtcp.ip()))?;
    } else if description.rtcp != next_port(description.rtp) {
        write!(text, "a=rtcp:{}\r\n", description.rtcp.port())?;
    }
    Ok(())
}

/// The protocol of a line of ours: the one that it had, as long as the profile is the same (RFC 3264 section 6).
fn protocol<'a>(line: &'a MediaLine, protection: &Protection) -> &'a str {
    let Protection { profile, feedback, .. } = *protection;
    match (profile, feedback) {
        meant if profile_of(&line.protocol) == Some(meant) => &line.protocol,
        (Profile::Open, false) => "RTP/AVP",
        (Profile::Open, true) => "RTP/AVPF",
        (Profile::Secure, false) => "RTP/SAVP",
        (Profile::Secure, true) => "RTP/SAVPF",
        (Profile::Dtls, false) => "UDP/TLS/RTP/SAVP",
        (Profile::Dtls, true) => "UDP/TLS/RTP/SAVPF",
    }
}

/// The profile, and whether it is the one with feedback (RFC 4585, 5124, 5764).
fn profile_of(protocol: &str) -> Option<(Profile, bool)> {
    match protocol.to_ascii_uppercase().as_str() {
        "RTP/AVP" => Some((Profile::Open, false)),
        "RTP/AVPF" => Some((Profile::Open, true)),
        "RTP/SAVP" => Some((Profile::Secure, false)),
        "RTP/SAVPF" => Some((Profile::Secure, true)),
        "UDP/TLS/RTP/SAVP" => Some((Profile::Dtls, false)),
        "UDP/TLS/RTP/SAVPF" => Some((Profile::Dtls, true)),
        _ => None,
    }
}

fn address(ip: IpAddr) -> String {
    format!("IN IP{} {ip}", if ip.is_ipv4() { 4 } else { 6 })
}

/// Where RTCP goes when nothing is said (RFC 3550 section 11).
const fn next_port(mut rtp: SocketAddr) -> SocketAddr {
    rtp.set_port(rtp.port().saturating_add(1));
    rtp
}

const fn direction_name(direction: MediaDirection) -> &'static str {
    match direction {
        MediaDirection::SendRecv => "sendrecv",
        MediaDirection::SendOnly => "sendonly",
        MediaDirection::RecvOnly => "recvonly",
        MediaDirection::Inactive => "inactive",
    }
}

fn direction(attribute: &str) -> Option<MediaDirection> {
    use MediaDirection::{Inactive, RecvOnly, SendOnly, SendRecv};
    [SendRecv, SendOnly, RecvOnly, Inactive].into_iter().find(|direction| direction_name(*direction) == attribute)
}

/// Reads an offer or an answer.
///
/// # Errors
/// Why no audio line can be used: the reason of the first one, when there are several.
pub(crate) fn parse(body: &[u8]) -> Result<Parsed, SdpError> {
    // names and titles may be in any charset; what we read is ASCII
    let text = String::from_utf8_lossy(body);
    let mut fields = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    if fields.next() != Some("v=0") {
        return Err(SdpError::NotSdp);
    }
    let mut session = Section::default();
    let mut media: Vec<(MediaLine, Audio<'_>, Section<'_>)> = Vec::new();
    for field in fields {
        if let Some(line) = field.strip_prefix("m=") {
            if media.len() == MOST_LINES {
                return Err(SdpError::NotSdp);
            }
            let (line, audio) = media_line(line).ok_or(SdpError::NotSdp)?;
            media.push((line, audio, Section::default()));
        } else {
            media.last_mut().map_or(&mut session, |(_, _, section)| section).read(field);
        }
    }
    let mut chosen = Err(SdpError::NoAudio);
    for (at, (line, audio, section)) in media.iter().enumerate() {
        let described = if line.media == "audio" { audio.describe(section, &session) } else { continue };
        match (described, &chosen) {
            // some peers offer the same sound twice, in the clear and encrypted
            (Ok(described), Err(_)) => chosen = Ok((at, described)),
            (Ok(described), Ok((_, (open, _)))) if has_keys(&described.0) && !has_keys(open) => {
                chosen = Ok((at, described));
            }
            (Err(error), Err(SdpError::NoAudio)) => chosen = Err(error),
            _ => {}
        }
    }
    let (audio, (description, mismatch)) = chosen?;
    let lines = media.into_iter().map(|(line, _, section)| MediaLine { mid: section.mid.map(str::to_owned), ..line });
    let lines = lines.collect();
    Ok(Parsed { description, lines: MediaLines { lines, audio, mismatch } })
}

const fn has_keys(description: &SessionDescription) -> bool {
    !description.protection.keys.is_empty() || description.protection.dtls.is_some()
}

/// What an m-line says besides its names.
struct Audio<'a> {
    port: u16,
    /// And whether it has feedback. `None`: a protocol that is unknown here.
    profile: Option<(Profile, bool)>,
    formats: Vec<&'a str>,
}

/// `audio 4000 RTP/AVP 0 8`; `None`: it is none, or holds what an answer could not repeat.
fn media_line(line: &str) -> Option<(MediaLine, Audio<'_>)> {
    if !line.chars().all(|c| c.is_ascii_graphic() || c == ' ' || c == '\t') {
        return None;
    }
    let mut words = line.split_ascii_whitespace();
    let (media, port, protocol) = (words.next()?, words.next()?, words.next()?);
    let formats: Vec<_> = words.collect();
    let port = port.split('/').next()?.parse().ok()?;
    let line = MediaLine {
        media: media.to_ascii_lowercase(),
        protocol: protocol.to_owned(),
        format: (*formats.first()?).to_owned(),
        mid: None,
    };
    Some((line, Audio { port, profile: profile_of(protocol), formats }))
}

/// The fields of the session, or of one of its m-lines, that we understand.
#[derive(Default)]
struct Section<'a> {
    /// `None`: no `c=`; `Some(None)`: one that is no unicast address.
    address: Option<Option<IpAddr>>,
    direction: Option<MediaDirection>,
    ptime: Option<u16>,
    maxptime: Option<u16>,
    rtcp: Option<(u16, Option<IpAddr>)>,
    rtcp_mux: bool,
    rtpmaps: Vec<(u8, &'a str)>,
    fmtps: Vec<(u8, &'a str)>,
    keys: Vec<SdesKey>,
    mid: Option<&'a str>,
    dtls: DtlsFields<'a>,
    ice: IceFields<'a>,
}

impl<'a> Section<'a> {
    fn read(&mut self, field: &'a str) {
        if let Some(connection) = field.strip_prefix("c=") {
            self.address.get_or_insert_with(|| unicast(connection));
        }
        let Some(attribute) = field.strip_prefix("a=") else { return };
        let (name, value) = attribute.split_once(':').unwrap_or((attribute, ""));
        let (name, value) = (name.trim(), value.trim());
        if self.dtls.read(name, value) || self.ice.read(name, value) {
            return;
        }
        match name {
            "rtpmap" => self.rtpmaps.extend(of_payload(value)),
            "fmtp" => self.fmtps.extend(of_payload(value)),
            "ptime" => self.ptime = value.parse().ok().filter(|ptime| *ptime > 0),
            "maxptime" => self.maxptime = value.parse().ok().filter(|ptime| *ptime > 0),
            "rtcp-mux" => self.rtcp_mux = true,
            "mid" => self.mid = Some(value).filter(|mid| is_token(mid)),
            "crypto" if self.keys.len() < MOST_KEYS => {
                let key = sdes::parse(value).filter(|key| self.keys.iter().all(|known| known.tag != key.tag));
                self.keys.extend(key);
            }
            "rtcp" => {
                let (port, place) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
                self.rtcp = port.parse().ok().filter(|port| *port > 0).map(|port| (port, unicast(place)));
            }
            name => self.direction = direction(name).or(self.direction),
        }
    }
}

/// `IN IP4 192.0.2.1`, also with a TTL; `None` for a host name or a group.
fn unicast(connection: &str) -> Option<IpAddr> {
    let mut words = connection.split_ascii_whitespace();
    let (net, family, place) = (words.next()?, words.next()?, words.next()?);
    let known = net.eq_ignore_ascii_case("IN") && ["IP4", "IP6"].iter().any(|f| f.eq_ignore_ascii_case(family));
    let ip: IpAddr = place.split('/').next()?.parse().ok()?;
    let group = ip.is_multicast() || ip == IpAddr::V4(std::net::Ipv4Addr::BROADCAST);
    (known && !group).then_some(ip)
}

/// A short word that may stand in a line of ours.
fn is_token(word: &str) -> bool {
    (1..=64).contains(&word.len()) && word.bytes().all(|c| c.is_ascii_graphic())
}

/// `96 opus/48000/2`: a payload type and what is said of it.
fn of_payload(value: &str) -> Option<(u8, &str)> {
    let (number, rest) = value.split_once(char::is_whitespace)?;
    Some((payload_number(number)?, rest.trim()))
}

fn payload_number(word: &str) -> Option<u8> {
    word.parse().ok().filter(|number| *number < 128)
}

/// The number of Opus.
fn opus(payloads: &[PayloadType]) -> Option<u8> {
    payloads.iter().find(|p| p.codec == Codec::Opus).map(|p| p.number)
}

/// What a payload type stands for.
enum Encoding {
    Speech(Codec),
    Keys(u32),
    /// Packets of others in one (RFC 2198), at the clock of Opus.
    Redundant,
}

/// `rtpmap` decides; only without one do the static numbers of RFC 3551 hold.
fn encoding(number: u8, rtpmap: Option<&str>) -> Option<Encoding> {
    let Some(rtpmap) = rtpmap else {
        return match number {
            0 => Some(Encoding::Speech(Codec::Pcmu)),
            8 => Some(Encoding::Speech(Codec::Pcma)),
            9 => Some(Encoding::Speech(Codec::G722)),
            _ => None,
        };
    };
    let mut parts = rtpmap.split('/').map(str::trim);
    let (name, clock) = (parts.next()?, parts.next()?.parse::<u32>().ok()?);
    let channels = parts.next().map_or(Some(1), |channels| channels.parse::<u8>().ok())?;
    if name.eq_ignore_ascii_case("telephone-event") {
        return (clock > 0).then_some(Encoding::Keys(clock));
    }
    if name.eq_ignore_ascii_case("red") {
        return (clock == Codec::Opus.clock()).then_some(Encoding::Redundant);
    }
    let known = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];
    let codec = known.into_iter().find(|c| c.name().eq_ignore_ascii_case(name))?;
    // Opus is one thing whatever number of channels a careless peer writes (RFC 7587 section 7)
    // and G.722's clock is written as its sample rate by those who do not know of the old mistake
    let rate = codec.clock() == clock || (codec == Codec::G722 && clock == 16_000);
    let fits = rate && (codec == Codec::Opus || codec.channels() == channels);
    fits.then_some(Encoding::Speech(codec))
}

impl Audio<'_> {
    /// The description, and whether the addresses of its ICE were changed on the way.
    fn describe(&self, own: &Section<'_>, session: &Section<'_>) -> Result<(SessionDescription, bool), SdpError> {
        let (profile, feedback) = self.profile.ok_or(SdpError::NoAudio)?;
        if self.port == 0 {
            return Err(SdpError::Refused);
        }
        let (keys, dtls) = (own.keys.clone(), own.dtls.found(&session.dtls));
        match profile {
            Profile::Open => {}
            Profile::Secure if !keys.is_empty() || dtls.is_some() => {}
            Profile::Dtls if dtls.is_some() => {}
            Profile::Secure | Profile::Dtls => return Err(SdpError::NoKey),
        }
        let ip = own.address.or(session.address).flatten().ok_or(SdpError::Address)?;
        let rtp = SocketAddr::new(ip, self.port);
        let (ice, mismatch) = match own.ice.found(&session.ice, rtp) {
            Found::Nothing => (None, false),
            Found::Mismatch => (None, true),
            Found::Ice(ice) => (Some(ice), false),
        };
        let rtcp = own.rtcp.map_or(next_port(rtp), |(port, place)| SocketAddr::new(place.unwrap_or(ip), port));
        let (mut payloads, mut telephone_events, mut red) = (Vec::new(), Vec::new(), None);
        let mut seen = [false; 128];
        for number in self.formats.iter().filter_map(|format| payload_number(format)) {
            match seen.get_mut(usize::from(number)) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            let of = |list: &[(u8, _)]| list.iter().find(|(of, _)| *of == number).map(|(_, value)| *value);
            match encoding(number, of(&own.rtpmaps)) {
                Some(Encoding::Speech(codec)) => {
                    let parameters = of(&own.fmtps).unwrap_or_default().to_owned();
                    payloads.push(PayloadType { number, codec, parameters });
                }
                Some(Encoding::Keys(clock)) => telephone_events.push((number, clock)),
                Some(Encoding::Redundant) => red = red.or(Some((number, of(&own.fmtps).unwrap_or_default()))),
                None => {}
            }
        }
        if payloads.is_empty() {
            return Err(SdpError::NoCodec);
        }
        // other codecs within it are none that we take
        let opus = opus(&payloads);
        let holds = |of: &str| of.split('/').all(|inner| payload_number(inner) == opus || inner.trim().is_empty());
        let redundant = red.filter(|(_, of)| opus.is_some() && holds(of)).map(|(number, _)| number);
        let direction = own.direction.or(session.direction).unwrap_or(MediaDirection::SendRecv);
        let (ptime, most) = (own.ptime.or(session.ptime), own.maxptime.or(session.maxptime));
        // who only bounds it would be content with the usual length otherwise (RFC 3551 section 4.2)
        let ptime = most.map_or(ptime, |most| Some(ptime.unwrap_or(USUAL_PTIME).min(most)));
        let rtcp_mux = own.rtcp_mux;
        let protection = Protection { profile, feedback, keys, dtls: dtls.map(Box::new) };
        let described = SessionDescription {
            rtp,
            rtcp,
            rtcp_mux,
            payloads,
            telephone_events,
            redundant,
            direction,
            ptime,
            protection,
            ice: ice.map(Box::new),
        };
        Ok((described, mismatch))
    }
}

#[cfg(test)]
#[path = "sdp_tests.rs"]
mod tests;
