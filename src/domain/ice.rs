//! How the two sides of a media session find a path between them, free of SDP and Jingle: candidates and credentials of ICE
//! (RFC 8445; RFC 8839 in SDP, XEP-0176 in Jingle). It must not choose a path: the media engine does.
use super::private::Private;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where a candidate's address is from (RFC 8445 section 5.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CandidateKind {
    /// An interface of the describer.
    Host,
    /// As a STUN server saw it.
    ServerReflexive,
    /// As the other side saw it.
    PeerReflexive,
    /// On a TURN server.
    Relayed,
}

impl CandidateKind {
    const ALL: [Self; 4] = [Self::Host, Self::ServerReflexive, Self::PeerReflexive, Self::Relayed];

    /// The registered name (RFC 8839 section 5.1), the same in SDP and in Jingle.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::ServerReflexive => "srflx",
            Self::PeerReflexive => "prflx",
            Self::Relayed => "relay",
        }
    }
    /// The kind of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// One address at which the describing side may be reached over UDP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The same for candidates that share kind, base and server; at most 32 ice-chars.
    pub foundation: String,
    /// 1: RTP, and RTCP where both share a port; 2: RTCP.
    pub component: u8,
    /// The higher the better.
    pub priority: u32,
    /// The address.
    pub address: SocketAddr,
    /// The kind.
    pub kind: CandidateKind,
    /// What it was made from (`raddr`, `rport`), for reading alone.
    pub related: Option<SocketAddr>,
}

impl Candidate {
    /// Whether one host may listen at this address.
    pub fn may_stand_at(address: SocketAddr) -> bool {
        let ip = address.ip();
        let everybody = ip.is_multicast() || ip == IpAddr::V4(Ipv4Addr::BROADCAST);
        address.port() > 0 && !ip.is_unspecified() && !everybody
    }
}

/// One side's part of ICE. New credentials in a later description are a restart (RFC 8445 section 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ice {
    /// User name fragment, 4 to 256 ice-chars.
    pub ufrag: String,
    /// Password, 22 to 256 ice-chars.
    pub pwd: Private<String>,
    /// May be empty where more are to come.
    pub candidates: Vec<Candidate>,
    /// The describer only answers checks (RFC 8445 section 2.5).
    pub lite: bool,
    /// More may come later (RFC 8838), where signalling can carry them.
    pub trickle: bool,
}

/// How a server for finding paths is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServerTransport {
    /// Datagrams.
    Udp,
    /// A TCP connection; TURN only.
    Tcp,
    /// A TLS connection, its certificate checked against the host's name; TURN only.
    Tls,
}

/// What a server for finding paths is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerKind {
    /// How it sees us (STUN, RFC 8489).
    Stun,
    /// To relay (TURN, RFC 8656), for whoever has this name and password; and how it sees us.
    Turn {
        /// The user's name there.
        username: Private<String>,
        /// The password.
        password: Private<String>,
    },
}

/// A server that helps to find a path: from the settings, from DNS or from the account's server (XEP-0215).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// A name or an address.
    pub host: String,
    /// The port: usually 3478, under TLS 5349.
    pub port: u16,
    /// How it is spoken to.
    pub transport: ServerTransport,
    /// What it is asked for.
    pub kind: ServerKind,
}
