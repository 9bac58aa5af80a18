//! Corrections (XEP-0308): the words of a text are replaced by those of a later one. Who may correct what is not decided here.
use super::stanza;
use xmpp_parsers::{minidom::Element, ns};

/// The id of the text that `message` corrects.
pub(super) fn read(message: &Element) -> Option<&str> {
    message.get_child("replace", ns::MESSAGE_CORRECT)?.attr("id").filter(|id| !id.is_empty())
}

/// What makes a text a correction of this one.
pub(super) fn write(id: &str) -> Element {
    stanza::element("replace", ns::MESSAGE_CORRECT, &[("id", id)])
}
