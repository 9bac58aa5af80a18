//! Message carbons (XEP-0280): copies of what our other devices send and receive. A copy is believed only from our own bare
//! address (CVE-2017-5589 and its kin): anyone can send the same elements. It must not read the text inside.
use crate::domain::message::Direction;
use xmpp_parsers::{carbons::Enable, iq::Iq, jid::BareJid, minidom::Element, ns};

/// What a message is with regard to carbons.
pub(super) enum Carbon<'a> {
    /// Not a copy.
    No,
    /// The copied message and which way it went.
    Copy(Direction, &'a Element),
    /// It claims to be a copy and is none, or is an empty one.
    Forged,
}

/// The request that turns copies on.
pub(super) fn enable(id: String) -> Element {
    Iq::from_set(id, Enable).into()
}

/// Looks for a copy in a message.
pub(super) fn unwrap<'a>(message: &'a Element, me: &BareJid) -> Carbon<'a> {
    let copy = [("received", Direction::Incoming), ("sent", Direction::Outgoing)]
        .into_iter()
        .find_map(|(name, direction)| Some((direction, message.get_child(name, ns::CARBONS)?)));
    let Some((direction, copy)) = copy else { return Carbon::No };
    if message.attr("from") != Some(me.as_str()) {
        return Carbon::Forged;
    }
    let forwarded = copy.get_child("forwarded", ns::FORWARD);
    match forwarded.and_then(|forwarded| forwarded.get_child("message", ns::JABBER_CLIENT)) {
        Some(inner) => Carbon::Copy(direction, inner),
        None => Carbon::Forged,
    }
}
