//! Texts that are taken back (XEP-0424). The words beside it are for those who do not know it.
use super::{fallback, stanza};
use xmpp_parsers::minidom::Element;

pub(super) const RETRACT: &str = "urn:xmpp:message-retract:1";
/// The version of before, which wrapped it (XEP-0422).
const RETRACT_0: &str = "urn:xmpp:message-retract:0";
const FASTEN: &str = "urn:xmpp:fasten:0";
/// Words for those who do not know it; the standard's are English.
const WORDS: &str = "This person attempted to retract a previous message, but your program does not support it.";

/// The id of the text that its writer takes back.
pub(super) fn read(message: &Element) -> Option<&str> {
    let now = || message.get_child("retract", RETRACT)?.attr("id");
    let before = || {
        let fastened = message.get_child("apply-to", FASTEN)?;
        fastened.get_child("retract", RETRACT_0)?;
        fastened.attr("id")
    };
    now().or_else(before).filter(|id| !id.is_empty())
}

/// What takes this text back, and the words beside it.
pub(super) fn write(id: &str) -> (&'static str, [Element; 2]) {
    (WORDS, [stanza::element("retract", RETRACT, &[("id", id)]), fallback::whole(RETRACT)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read() {
        let message = |inner: &str| -> Element {
            format!("<message xmlns='jabber:client'><body>gone</body>{inner}</message>").parse().unwrap()
        };
        assert_eq!(read(&message(&format!("<retract xmlns='{RETRACT}' id='7'/>"))), Some("7"));
        let before = format!("<apply-to xmlns='{FASTEN}' id='8'><retract xmlns='{RETRACT_0}'/></apply-to>");
        assert_eq!(read(&message(&before)), Some("8"));
        assert_eq!(read(&message(&format!("<apply-to xmlns='{FASTEN}' id='8'/>"))), None);
        assert_eq!(read(&message(&format!("<retract xmlns='{RETRACT}'/>"))), None);
    }
}
