//! Stanzas of calls: the element of XEP-0166 around a payload, and the messages of XEP-0353. It must not know any call.
pub(super) use super::super::stanza::{element, set};
use super::super::text::HINTS;
use xmpp_parsers::{minidom::Element, ns};

/// What is said of a running session (XEP-0167 section 6).
pub(super) const RTP_INFO: &str = "urn:xmpp:jingle:apps:rtp:info:1";
/// What is wrong with a request about a session (XEP-0166 section 10).
pub(super) const ERRORS: &str = "urn:xmpp:jingle:errors:1";
const CLIENT: &str = ns::JABBER_CLIENT;

/// The same with one element inside.
pub(super) fn around(mut outer: Element, inner: Element) -> Element {
    outer.append_child(inner);
    outer
}

/// A message about a call that is to be, or was (XEP-0353): kept by servers, so that every device of theirs learns of it.
pub(super) fn message(to: &str, action: Element, id: &str) -> Element {
    let message = element("message", CLIENT, &[("type", "chat"), ("to", to), ("id", id)]);
    around(around(message, action), Element::bare("store", HINTS))
}

/// What such a message says of the session `sid`.
pub(super) fn intent(name: &str, sid: &str) -> Element {
    element(name, ns::JINGLE_MESSAGE, &[("id", sid)])
}

/// A request about a session (XEP-0166 section 7).
pub(super) fn request(to: &str, id: &str, jingle: Element) -> Element {
    around(element("iq", CLIENT, &[("type", "set"), ("to", to), ("id", id)]), jingle)
}

/// The refusal of such a request; `why` is an element of [`ERRORS`].
pub(super) fn refusal(request: &Element, kind: &str, condition: &str, why: Option<&str>) -> Option<Element> {
    let (to, id) = (request.attr("from")?, request.attr("id")?);
    let mut error = around(element("error", CLIENT, &[("type", kind)]), Element::bare(condition, ns::XMPP_STANZAS));
    if let Some(why) = why {
        error.append_child(Element::bare(why, ERRORS));
    }
    Some(around(element("iq", CLIENT, &[("type", "error"), ("to", to), ("id", id)]), error))
}
