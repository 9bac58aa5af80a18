//! Which interface carries the account and of what kind; sockets bound to it; changes watched.
//! The facts are found here (sysfs, netlink); what is allowed is decided in `logic::wired`.
//! No other room opens a socket to the outside without [`Bind`].
mod bind;
mod interfaces;
mod kernel;
mod sysfs;
mod watch;

#[cfg(test)]
mod namespace_tests;

pub use crate::domain::link::{Interface, LinkKind, WiredPolicy, WiredStatus};
pub use bind::Bind;
pub use interfaces::{interfaces, status};
pub use watch::watch;
