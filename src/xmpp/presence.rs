//! Presence (RFC 6121 section 4): ours, so that the server sends us texts. Other people's is not shown by a landline;
//! requests to see ours are neither granted nor refused: the server keeps them, and nothing is told to strangers.
use super::disco;
use xmpp_parsers::{minidom::Element, presence::Presence};

/// Texts to the bare address go to the resources of the highest priority; 0 is an equal among them.
const PRIORITY: i8 = 0;

/// What makes us reachable.
pub(super) fn initial() -> Element {
    let mut presence = Presence::available().with_priority(PRIORITY);
    presence.payloads.extend(disco::caps());
    presence.into()
}

/// The last word before a log-out.
pub(super) fn unavailable() -> Element {
    Presence::unavailable().into()
}
