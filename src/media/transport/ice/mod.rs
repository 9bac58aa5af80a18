//! ICE (RFC 8445): a path between both sides, found by checks from candidate to candidate, and kept only while the other side
//! consents (RFC 7675). Sans-IO: messages in with `now`, messages out; gathering is `gather`'s, sockets are the edge's.
//!
//! It is our own because the one agent without sockets that is well kept (`is`) takes no second component, and phones that
//! do not put RTCP on RTP's port are many. One stream, so pairs are never frozen.
mod agent;
mod checks;
mod credentials;
mod pair;
pub(super) mod stun;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

pub(super) use agent::{Agent, State};
pub(in crate::media) use credentials::Credentials;
pub(super) use pair::{Base, priority};
pub(in crate::media) use pair::{Path, Via};
