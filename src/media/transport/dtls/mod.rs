//! DTLS 1.2 for SRTP keys (RFC 6347, 5764), and nothing else of TLS. Sans-IO: datagrams in with `now`, datagrams out.
//!
//! It is our own because peers still show RSA certificates (baresip 1.0, Linphone, FreeSWITCH) and the crates that keep no
//! sockets refuse them. What it can is small on purpose: ECDHE with AES-GCM, both sides with a certificate, no resumption,
//! no renegotiation, no version below 1.2. The primitives are ring's. Whom a certificate belongs to is told by its
//! fingerprint in the signalling: one that does not match ends the handshake before a key is made.
mod certificate;
mod connection;
mod crypto;
mod flight;
mod hello;
mod reassembly;
mod record;
mod wire;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod openssl_tests;
#[cfg(test)]
mod tests;

pub(in crate::media) use certificate::Identity;
pub(super) use connection::{Connection, Fault, Keys};
