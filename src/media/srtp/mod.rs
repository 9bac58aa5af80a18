//! SRTP and SRTCP (RFC 3711, 6188, 7714): packets in, packets out, keys from the signalling or, later, from DTLS. Sans-IO,
//! and without a clock. What does not authenticate changes nothing here: no stream, no index, no window.
mod cipher;
mod inbound;
mod outbound;
mod replay;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod vector_tests;

pub(super) use inbound::Inbound;
pub(super) use outbound::Outbound;

/// Why a packet is not passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// Too short, or its lengths contradict each other.
    #[error("no packet")]
    Malformed,
    /// Its authentication fails: forged, damaged, or under another key.
    #[error("not authentic")]
    Forged,
    /// It was here before, or is too old to tell.
    #[error("replayed")]
    Replayed,
    /// All packets that may be sent under this key are sent (RFC 3711 section 9.2).
    #[error("the key is used up")]
    UsedUp,
    /// There is no key yet: DTLS is still making it.
    #[error("no key yet")]
    TooEarly,
}

/// Octets of the word that ends an SRTCP packet: the encryption flag and the index.
const INDEX: usize = 4;
/// The flag: the packet is encrypted.
const ENCRYPTED: u32 = 1 << 31;
/// The part of an RTCP packet that is never encrypted: first word and SSRC.
const CONTROL_HEADER: usize = 8;
