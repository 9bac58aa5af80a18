//! A text of ours as a stanza: body, origin-id (XEP-0359), receipt request (XEP-0184) and a hint to keep it (XEP-0334).
//! It must not decide when it is sent.
use crate::domain::message::SendFailure;
use xmpp_parsers::{
    jid::BareJid,
    message::{Id, Lang, Message},
    minidom::Element,
    receipts,
    stanza_id::OriginId,
};

/// XEP-0334, which the parsers do not know.
pub(super) const HINTS: &str = "urn:xmpp:hints";
/// The longest body in bytes. Servers end the session of a client that sends a stanza of more than 256 KiB, and escaping may multiply it.
const LONGEST: usize = 32 * 1024;

/// The stanza of one text.
pub(super) fn write(to: &BareJid, wire_id: &str, body: &str) -> Result<Element, SendFailure> {
    if body.len() > LONGEST {
        return Err(SendFailure::TooLong);
    }
    let body: String = body.chars().filter(|c| is_xml(*c)).collect();
    if body.is_empty() {
        return Err(SendFailure::Unsupported);
    }
    let mut message = Message::chat(Some(to.clone().into())).with_body(Lang::new(), body);
    message.id = Some(Id(wire_id.to_owned()));
    let mut message = message.with_payload(OriginId { id: wire_id.to_owned() }).with_payload(receipts::Request);
    message.payloads.push(Element::bare("store", HINTS));
    Ok(message.into())
}

/// A stanza without words that the archive is to keep: what is done to a text.
pub(super) fn bare(to: &BareJid, id: &str) -> Element {
    let mut message = Message::chat(Some(to.clone().into()));
    message.id = Some(Id(id.to_owned()));
    message.payloads.push(Element::bare("store", HINTS));
    message.into()
}

/// XML 1.0 section 2.2: one character outside of these and the server ends the stream.
const fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use xmpp_parsers::ns;

    #[test]
    fn a_text_has_all_it_needs() {
        let to = BareJid::new("33733;phone-context=ca-us.phone-context.soprani.ca@sms.example").unwrap();
        let text = write(&to, "ll-1-aa", "a\u{0}b <c>\u{1b}\n\u{1F4DE}").unwrap();
        assert_eq!(text.attr("to"), Some(to.as_str()));
        assert_eq!((text.attr("type"), text.attr("id")), (Some("chat"), Some("ll-1-aa")));
        assert_eq!(text.get_child("body", ns::JABBER_CLIENT).unwrap().text(), "ab <c>\n\u{1F4DE}");
        assert_eq!(text.get_child("origin-id", ns::SID).unwrap().attr("id"), Some("ll-1-aa"));
        assert!(text.has_child("request", ns::RECEIPTS) && text.has_child("store", HINTS));
        assert_eq!(write(&to, "x", &"y".repeat(LONGEST + 1)).unwrap_err(), SendFailure::TooLong);
    }
}
