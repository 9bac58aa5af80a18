//! ICE (RFC 8445): a path between both sides, found by checks from candidate to candidate. Sans-IO.
mod credentials;

pub(in crate::media) use credentials::Credentials;
