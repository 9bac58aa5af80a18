//! Chat markers (XEP-0333): which text was seen. Whether that is told is the person's choice, made elsewhere.
use super::stanza;
use xmpp_parsers::minidom::Element;

pub(super) const MARKERS: &str = "urn:xmpp:chat-markers:0";

/// The id of the text up to which the sender has seen; a message with words is a text.
pub(super) fn read(message: &Element) -> Option<&str> {
    if message.has_child("body", xmpp_parsers::ns::JABBER_CLIENT) {
        return None;
    }
    message.get_child("displayed", MARKERS)?.attr("id").filter(|id| !id.is_empty())
}

/// Whether the writer of a text asks for it.
pub(super) fn wanted(message: &Element) -> bool {
    message.has_child("markable", MARKERS)
}

/// The wish to be told.
pub(super) fn want() -> Element {
    Element::bare("markable", MARKERS)
}

/// That this text was seen.
pub(super) fn write(id: &str) -> Element {
    stanza::element("displayed", MARKERS, &[("id", id)])
}
