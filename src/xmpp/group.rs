//! Group texts through a gateway: the conversation's local part is the sorted numbers joined by commas, and each body begins with
//! the writer in angle brackets, `<xmpp:+15551234567@sms.example> `. It must not touch bodies of other conversations.
use crate::domain::address::{Address, Scheme};

/// The writer and the body without the prefix, if `peer` is a group and the prefix is there.
pub(super) fn split<'a>(peer: &Address, body: &'a str) -> Option<(Address, &'a str)> {
    if !peer.user().contains(',') {
        return None;
    }
    let (writer, rest) = body.strip_prefix("<xmpp:")?.split_once('>')?;
    let writer = Address::new(Scheme::Xmpp, writer).ok().filter(|writer| writer.host() == peer.host())?;
    Some((writer, rest.strip_prefix(' ').unwrap_or(rest)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_group_of_the_same_gateway_names_its_writer() {
        let group: Address = "xmpp:+15551111111,+15552222222@sms.example".parse().unwrap();
        let (writer, body) = split(&group, "<xmpp:+15552222222@sms.example> hello <b>").unwrap();
        assert_eq!((writer.number(), body), (Some("+15552222222"), "hello <b>"));
        assert_eq!(split(&group, "<xmpp:+15552222222@evil.example> hello"), None);
        assert_eq!(split(&group, "hello"), None);
        assert_eq!(split(&group, "<xmpp:> hello"), None);
        let one: Address = "xmpp:+15551111111@sms.example".parse().unwrap();
        assert_eq!(split(&one, "<xmpp:+15552222222@sms.example> hello"), None);
    }
}
