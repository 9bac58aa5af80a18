//! Which interface carries the account and of what kind; sockets bound to it; changes watched; names resolved; TLS opened;
//! when to try again.
//! The facts are found here (sysfs, netlink); what is allowed is decided in `logic::wired`.
//! No other room opens a socket to the outside without [`Bind`].
mod backoff;
mod bind;
mod dns;
mod http;
mod interfaces;
mod kernel;
mod last_words;
mod nat64;
mod resolver;
mod sysfs;
mod tls;
mod wake;
mod watch;

#[cfg(test)]
mod namespace_tests;

#[cfg(test)]
pub(crate) use dns::tests::zone;

pub use crate::domain::link::{Interface, LinkKind, LinkRule, WiredPolicy, WiredStatus};
pub use backoff::Backoff;
pub use bind::Bind;
pub use dns::{Dns, Naptr, Srv, host_port, order_srv};
pub use http::{Got, HttpError, Https, Sink};
pub use interfaces::{interfaces, status};
pub use last_words::{Lingering, last_words, linger};
pub use tls::Tls;
pub use wake::wakes;
pub use watch::watch;
