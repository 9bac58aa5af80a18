//! The seam between the network and the sound: datagrams in with `now`, plain RTP and RTCP out of them; plain packets down,
//! datagrams and where they go out of them. Which part of a description is the transport's, [`Terms`] says; what both sides
//! made of it is a [`Way`]. Sans-IO.
//!
//! Packets are plain RTP, SRTP with keys from signalling (SDES) or SRTP with keys from DTLS; the path is what descriptions
//! name, or what ICE finds. What is their own (STUN, TURN, DTLS) never goes up; who plays and who speaks need not know.
//!
//! How a session comes by its path:
//! - [`Means`] are what we bring: `MediaSession::open` makes them and hands them to `Terms` (`terms.means()`).
//!   An offer or answer with ICE bears `means.ice` (ufrag, pwd) and no candidates: `MediaSession` puts in those that are
//!   gathered by then. One with DTLS bears `means.identity`'s fingerprint.
//! - [`Way`] is what both descriptions made: [`IceWay`] where both sides had ICE, [`DtlsWay`] where keys come from DTLS. With
//!   it the link begins its checks and its handshake; new credentials in it are a restart, a new fingerprint or `tls-id`
//!   another association.
//! - `MediaSession::open` takes the servers to gather from; `gathered().await` is over when all have answered or time is up;
//!   `MediaEvent::Candidate` and `MediaEvent::Gathered` serve who trickles, `add_remote_candidate` and
//!   `end_of_candidates` take theirs; `restart_ice` makes new credentials for the next offer.
mod dtls;
mod gather;
mod ice;
mod link;
mod means;
mod source;
mod terms;
mod turn;

pub(super) use dtls::Identity;
pub(super) use gather::Hop;
pub(super) use ice::{Credentials, Via};
pub(super) use link::{Fault, Happened, Link, Route};
pub(super) use means::{DtlsWay, IceWay, Means};
pub use terms::Policy;
pub(super) use terms::{Attempt, Terms, Way};
pub(super) use turn::Frames;

use super::{
    packet::{self, Rtp},
    srtp::{Failure, Inbound, Outbound},
};
use crate::domain::{private::Private, protection::SdesKey};
use source::Source;
use std::{net::SocketAddr, time::Instant};

/// One of our two ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Port {
    /// RTP, and RTCP where both share a port (RFC 5761).
    Media,
    /// RTCP alone.
    Control,
}

impl Port {
    /// Its component in ICE.
    const fn component(self) -> u8 {
        match self {
            Self::Media => 1,
            Self::Control => 2,
        }
    }

    const fn of(component: u8) -> Option<Self> {
        match component {
            1 => Some(Self::Media),
            2 => Some(Self::Control),
            _ => None,
        }
    }
}

/// What a datagram held.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Incoming<'a> {
    Media(Rtp<'a>),
    Control(&'a [u8]),
}

/// Why a datagram is not passed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Malformed,
    /// A payload type that was not agreed on.
    UnknownPayload,
    /// From elsewhere, while the other side speaks.
    Foreign,
    /// Not under the key that was agreed on; plain RTP, too, where encryption was.
    Forged,
    /// It was here before.
    Replayed,
    /// Encrypted, while there is no key yet.
    Early,
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Malformed => Self::Malformed,
            Failure::Forged | Failure::UsedUp => Self::Forged,
            Failure::Replayed => Self::Replayed,
            Failure::TooEarly => Self::Early,
        }
    }
}

/// A session's transport.
#[derive(Debug)]
pub(super) struct Transport {
    way: Way,
    media: Source,
    /// Where RTCP goes that has a port of its own.
    control: SocketAddr,
    keys: Option<Keys>,
    /// Of RTCP, where DTLS made some for its own port.
    control_keys: Option<Keys>,
}

#[derive(Debug)]
struct Keys {
    theirs: Inbound,
    ours: Outbound,
    /// Keys of ours that were in use: one that comes back goes on where it was. There is one for each suite.
    before: Vec<Outbound>,
}

impl Transport {
    /// # Errors
    /// A key that its suite cannot use: then there is no transport, and never one in the clear in its place.
    pub(super) fn new(way: Way) -> Result<Self, Failure> {
        let (media, control) = (Source::new(way.rtp), way.rtcp);
        let (keys, control_keys) = (None, None);
        let mut transport = Self { way: way.clone(), media, control, keys, control_keys };
        transport.follow_keys(&way)?;
        Ok(transport)
    }

    /// A later agreement. What is the same goes on: addresses that were learnt, and what is known of each key.
    ///
    /// # Errors
    /// As for [`Self::new`]; the transport must not be used any more.
    pub(super) fn agree(&mut self, way: Way) -> Result<(), Failure> {
        self.media.describe(way.rtp);
        if way.rtcp != self.way.rtcp {
            self.control = way.rtcp;
        }
        self.follow_keys(&way)?;
        self.way = way;
        Ok(())
    }

    /// DTLS has made keys for that port.
    ///
    /// # Errors
    /// As for [`Self::new`]: then nothing is sent and nothing taken.
    pub(super) fn secure(&mut self, port: Port, keys: dtls::Keys) -> Result<(), Failure> {
        let dtls::Keys { suite, ours, theirs } = keys;
        let key = |key| SdesKey { tag: 1, suite, key: Private::new(key), mki: Vec::new() };
        let place = if port == Port::Media { &mut self.keys } else { &mut self.control_keys };
        *place = None;
        let theirs = Inbound::new(&key(theirs)).ok_or(Failure::Malformed)?;
        let ours = Outbound::new(&key(ours)).ok_or(Failure::Malformed)?;
        *place = Some(Keys { theirs, ours, before: Vec::new() });
        Ok(())
    }

    /// DTLS has failed: no key of before serves any more, and nothing goes either way.
    pub(super) fn unsecure(&mut self) {
        (self.keys, self.control_keys) = (None, None);
    }

    /// The other side's packets come from there: ICE has found it.
    pub(super) const fn found(&mut self, at: SocketAddr, now: Instant) {
        self.media.authentic(at, now);
    }

    fn follow_keys(&mut self, way: &Way) -> Result<(), Failure> {
        if way.dtls.is_some() {
            // an association that goes on has made them; another one makes others, and only then these end
            if self.way.keys.is_some() {
                (self.keys, self.control_keys) = (None, None);
            }
            return Ok(());
        }
        self.control_keys = None;
        let Some((ours, theirs)) = &way.keys else {
            self.keys = None;
            return Ok(());
        };
        if self.way.dtls.is_some() {
            self.keys = None;
        }
        let (known_theirs, known_ours, mut before) = match self.keys.take() {
            Some(Keys { theirs, ours, before }) => (Some(theirs), Some(ours), before),
            None => (None, None, Vec::new()),
        };
        before.extend(known_ours);
        let ours = match before.iter().position(|known| known.has(ours)) {
            Some(at) => before.swap_remove(at),
            None => Outbound::new(ours).ok_or(Failure::Malformed)?,
        };
        let theirs = match known_theirs.filter(|known| known.has(theirs)) {
            Some(known) => known,
            None => Inbound::new(theirs).ok_or(Failure::Malformed)?,
        };
        self.keys = Some(Keys { theirs, ours, before });
        Ok(())
    }

    /// A datagram came. `knows` tells whether a payload type was agreed on: what is not does not move the address.
    pub(super) fn receive<'a>(
        &mut self,
        datagram: &'a mut [u8],
        port: Port,
        from: SocketAddr,
        now: Instant,
        knows: impl Fn(&Rtp<'_>) -> bool,
    ) -> Result<Incoming<'a>, Refused> {
        if port == Port::Control || packet::is_rtcp(datagram) {
            return self.receive_control(datagram, port, from);
        }
        let Some(keys) = &mut self.keys else {
            if self.way.dtls.is_some() {
                return Err(Refused::Early);
            }
            let packet = Rtp::parse(datagram).ok_or(Refused::Malformed)?;
            if !knows(&packet) {
                return Err(Refused::UnknownPayload);
            }
            if !self.media.heard(from, (packet.ssrc, packet.sequence), now) {
                return Err(Refused::Foreign);
            }
            return Ok(Incoming::Media(packet));
        };
        let length = keys.theirs.open(datagram)?;
        self.media.authentic(from, now);
        let packet = Rtp::parse(datagram.get(..length).unwrap_or_default()).ok_or(Refused::Malformed)?;
        if knows(&packet) { Ok(Incoming::Media(packet)) } else { Err(Refused::UnknownPayload) }
    }

    fn receive_control<'a>(
        &mut self,
        datagram: &'a mut [u8],
        port: Port,
        from: SocketAddr,
    ) -> Result<Incoming<'a>, Refused> {
        let own = port == Port::Control && self.way.dtls.is_some();
        let length = match if own { &mut self.control_keys } else { &mut self.keys } {
            None if self.way.dtls.is_some() => return Err(Refused::Early),
            Some(keys) => keys.theirs.open_control(datagram)?,
            None => {
                let hosts = [self.media.target().ip(), self.way.rtp.ip(), self.way.rtcp.ip()];
                if !hosts.contains(&from.ip()) {
                    return Err(Refused::Foreign);
                }
                datagram.len()
            }
        };
        let compound = datagram.get(..length).filter(|bytes| packet::is_rtcp(bytes)).ok_or(Refused::Malformed)?;
        if port == Port::Control {
            self.control = from; // behind a NAT, too
        }
        Ok(Incoming::Control(compound))
    }

    /// Makes a plain packet what goes out; tells from which port and to where. `None`: the other side named no address.
    ///
    /// # Errors
    /// Why it cannot be sealed: then it must not go out.
    pub(super) fn send(&mut self, packet: &mut Vec<u8>, kind: Port) -> Result<Option<(Port, SocketAddr)>, Failure> {
        let own = kind == Port::Control && !self.way.muxed && self.way.dtls.is_some();
        let keys = if own { &mut self.control_keys } else { &mut self.keys };
        if keys.is_none() && self.way.dtls.is_some() {
            return Err(Failure::TooEarly);
        }
        if let Some(keys) = keys {
            match kind {
                Port::Media => keys.ours.seal(packet)?,
                Port::Control => keys.ours.seal_control(packet)?,
            }
        }
        let (port, to) = match kind {
            Port::Control if !self.way.muxed => (Port::Control, self.control),
            _ => (Port::Media, self.media.target()),
        };
        Ok((!to.ip().is_unspecified()).then_some((port, to)))
    }
}

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod tests;
