//! TURN (RFC 8656): a server relays for us where no straight path leads. Sans-IO; one `Relay` is one allocation, over
//! datagrams or over a stream alike.
mod framing;
mod peers;
mod relay;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;

pub(in crate::media) use framing::Frames;
pub(super) use relay::{Account, Came, Relay, Stand};
