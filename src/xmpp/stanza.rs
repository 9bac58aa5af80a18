//! Reading and writing what all stanzas have in common. Readers here are forgiving: a bad attribute makes a value absent, never a
//! stanza lost. It must not know any extension.
use crate::domain::address::{Address, Scheme};
use xmpp_parsers::{
    iq::Iq,
    jid::{BareJid, Jid},
    minidom::{Element, rxml},
    ns,
    stanza_error::{DefinedCondition, ErrorType, StanzaError},
};

/// The stanza's `from`, if it is a JID.
pub(super) fn from(stanza: &Element) -> Option<Jid> {
    stanza.attr("from").and_then(|from| Jid::new(from).ok())
}

/// The stanza's `to`, if it is a JID.
pub(super) fn to(stanza: &Element) -> Option<Jid> {
    stanza.attr("to").and_then(|to| Jid::new(to).ok())
}

/// A bare JID as the other rooms know it.
pub(super) fn address(jid: &BareJid) -> Option<Address> {
    Address::new(Scheme::Xmpp, jid.as_str()).ok()
}

/// Whether a stanza speaks for our own account: no sender (RFC 6120 section 8.1.2.1) or our bare JID.
/// A sender that is no JID is somebody else.
pub(super) fn from_own_account(stanza: &Element, me: &BareJid) -> bool {
    match stanza.attr("from") {
        None => true,
        Some(from) => Jid::new(from).is_ok_and(|from| from.is_bare() && from.to_bare() == *me),
    }
}

/// An `iq` result for a request.
pub(super) fn result(request: &Element, payload: Option<Element>) -> Option<Element> {
    let id = request.attr("id")?.to_owned();
    Some(Iq::Result { from: None, to: from(request), id, payload }.into())
}

/// An `iq` error for a request.
pub(super) fn error(request: &Element, type_: ErrorType, condition: DefinedCondition) -> Option<Element> {
    let id = request.attr("id")?.to_owned();
    let error = StanzaError { type_, by: None, defined_condition: condition, texts: Default::default(), other: None };
    Some(Iq::Error { from: None, to: from(request), id, error, payload: None }.into())
}

/// The name of the condition in a stanza's `<error/>`, and the error's type; both as they stand on the wire.
pub(super) fn condition(stanza: &Element) -> Option<(String, String)> {
    let error = stanza.get_child("error", ns::JABBER_CLIENT)?;
    let condition = error.children().find(|child| child.has_ns(ns::XMPP_STANZAS) && child.name() != "text");
    let name = condition.map_or("undefined-condition", Element::name).to_owned();
    Some((name, error.attr("type").unwrap_or_default().to_owned()))
}

/// An element with these attributes.
pub(super) fn element(name: &str, ns: &str, attributes: &[(&'static str, &str)]) -> Element {
    let mut element = Element::bare(name, ns);
    attributes.iter().for_each(|(name, value)| set(&mut element, name, value));
    element
}

/// Sets an attribute.
pub(super) fn set(element: &mut Element, name: &str, value: &str) {
    // all names are ours, and names
    if let Ok(name) = rxml::NcName::try_from(name) {
        element.set_attr(rxml::Namespace::NONE, name, value);
    }
}

/// The same with text inside.
pub(super) fn texted(name: &str, ns: &str, text: &str) -> Element {
    Element::builder(name, ns).append(text.to_owned()).build()
}

/// The same with these inside.
pub(super) fn filled(mut outer: Element, inner: impl IntoIterator<Item = Element>) -> Element {
    inner.into_iter().for_each(|one| {
        outer.append_child(one);
    });
    outer
}
