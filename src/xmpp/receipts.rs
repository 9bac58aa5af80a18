//! Delivery receipts (XEP-0184): reading those for our texts, making those for texts to us. A receipt is believed only from
//! the address the text went to. It must not be sent before the text is kept: the session sees to that.
use super::{text::HINTS, wire_id::WireIds};
use crate::domain::message::MessageId;
use xmpp_parsers::{
    jid::{BareJid, Jid},
    message::{Message, MessageType},
    minidom::Element,
    ns, receipts,
};

/// The text of ours that `message` from `from` is a receipt for; gateways send them without a type.
pub(super) fn received(message: &Element, from: &BareJid, ids: &WireIds) -> Option<MessageId> {
    let id = message.get_child("received", ns::RECEIPTS)?.attr("id")?;
    ids.read(from.as_str(), id)
}

/// The receipt that `message` asks for.
pub(super) fn answer(message: &Element, from: &Jid) -> Option<Element> {
    let id = message.attr("id").filter(|id| !id.is_empty())?;
    if !message.has_child("request", ns::RECEIPTS) {
        return None;
    }
    let type_ = if message.attr("type") == Some("chat") { MessageType::Chat } else { MessageType::Normal };
    let mut receipt =
        Message::new_with_type(type_, Some(from.clone())).with_payload(receipts::Received { id: id.to_owned() });
    receipt.payloads.push(Element::bare("store", HINTS));
    Some(receipt.into())
}
