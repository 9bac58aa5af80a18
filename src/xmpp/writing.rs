//! Who is writing (XEP-0085): two of its five states matter to a person. Whether ours is told is their choice, made elsewhere.
use xmpp_parsers::{
    jid::BareJid,
    message::{Message, MessageType},
    minidom::Element,
    ns,
};

const NO_STORE: &str = "no-store";

/// Whether the sender writes now; `None`: nothing is said about it.
pub(super) fn read(message: &Element) -> Option<bool> {
    message.children().filter(|child| child.has_ns(ns::CHATSTATES)).find_map(|state| match state.name() {
        "composing" => Some(true),
        "paused" | "active" | "inactive" | "gone" => Some(false),
        _ => None,
    })
}

/// That the person writes, or has stopped; nobody keeps it.
pub(super) fn write(to: &BareJid, on: bool) -> Element {
    let mut message = Message::new_with_type(MessageType::Chat, Some(to.clone().into()));
    message.payloads.push(Element::bare(if on { "composing" } else { "active" }, ns::CHATSTATES));
    message.payloads.push(Element::bare(NO_STORE, super::text::HINTS));
    message.into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_read_back_and_kept_nowhere() {
        let bob = BareJid::new("bob@x.test").unwrap();
        for on in [true, false] {
            let message = write(&bob, on);
            assert_eq!(read(&message), Some(on));
            assert!(message.has_child(NO_STORE, super::super::text::HINTS));
        }
        assert_eq!(read(&Element::bare("message", ns::JABBER_CLIENT)), None);
    }
}
