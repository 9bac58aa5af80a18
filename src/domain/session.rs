//! A media session's description, free of SDP and Jingle: what an account hands the media engine and back.
//! RFC 3264 in meaning; both account kinds translate it to their own wire form.
use super::{ice::Ice, protection::Protection};
use std::net::SocketAddr;

/// A codec the engine can speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// RFC 7587, 48 kHz clock, always written as two channels.
    Opus,
    /// G.722 at 64 kbit/s: 16 kHz sound, though its clock is written as 8 kHz (RFC 3551 section 4.5.2).
    G722,
    /// G.711 µ-law, 8 kHz.
    Pcmu,
    /// G.711 A-law, 8 kHz.
    Pcma,
}

impl Codec {
    /// The encoding name of the RTP profile, for example `PCMU`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::G722 => "G722",
            Self::Pcmu => "PCMU",
            Self::Pcma => "PCMA",
        }
    }
    /// RTP clock rate in Hz.
    pub const fn clock(self) -> u32 {
        match self {
            Self::Opus => 48_000,
            Self::G722 | Self::Pcmu | Self::Pcma => 8_000,
        }
    }
    /// The channel count written in `a=rtpmap` (RFC 7587 section 7 for Opus).
    pub const fn channels(self) -> u8 {
        match self {
            Self::Opus => 2,
            Self::G722 | Self::Pcmu | Self::Pcma => 1,
        }
    }
}

/// One payload type of a description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayloadType {
    /// 0-127.
    pub number: u8,
    /// The codec.
    pub codec: Codec,
    /// `a=fmtp` parameters as they stand, may be empty.
    pub parameters: String,
}

/// RFC 3264 direction, as the describing side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaDirection {
    /// Both ways.
    SendRecv,
    /// The describer only sends (it holds us).
    SendOnly,
    /// The describer only receives.
    RecvOnly,
    /// Neither.
    Inactive,
}

/// One side's description of an audio session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionDescription {
    /// Where this side receives RTP. An unspecified address is the old way to hold (RFC 3264 section 8.4).
    pub rtp: SocketAddr,
    /// Where this side receives RTCP.
    pub rtcp: SocketAddr,
    /// RTCP on the RTP port (RFC 5761).
    pub rtcp_mux: bool,
    /// Codecs in order of preference; never empty in a usable description.
    pub payloads: Vec<PayloadType>,
    /// Payload types of telephone-event (RFC 4733) with their clock rates in Hz.
    pub telephone_events: Vec<(u8, u32)>,
    /// Payload type under which a packet of Opus may carry those before it once more (RFC 2198).
    pub redundant: Option<u8>,
    /// Direction.
    pub direction: MediaDirection,
    /// Wished packet length in milliseconds.
    pub ptime: Option<u16>,
    /// How the packets are protected.
    pub protection: Protection,
    /// How a path is found; `None`: `rtp` and `rtcp` are where packets go.
    pub ice: Option<Box<Ice>>,
}

impl SessionDescription {
    /// Whether it names no place for our sound: the old way to hold. Where ICE finds the path, the address may just not be
    /// known yet (RFC 8840 section 4.1.1).
    pub fn is_nowhere(&self) -> bool {
        self.rtp.ip().is_unspecified() && self.ice.is_none()
    }
}
