//! Answers to requests of others (RFC 6120 section 8.2.3: each `get` and `set` must be answered). What is not known gets
//! `service-unavailable`. Roster pushes and Jingle are answered elsewhere.
use super::{disco, stanza};
use xmpp_parsers::{
    minidom::Element,
    ns,
    stanza_error::{DefinedCondition, ErrorType},
};

/// The answer to an `iq` of type `get` or `set`; `None` when it cannot be answered (it has no id).
pub(super) fn answer(request: &Element) -> Option<Element> {
    let payload = request.children().next();
    if let (Some("get"), Some(payload)) = (request.attr("type"), payload) {
        if payload.is("ping", ns::PING) {
            return stanza::result(request, None);
        }
        if payload.is("query", ns::DISCO_INFO) {
            return match disco::answer(payload) {
                Some(info) => stanza::result(request, Some(info)),
                None => stanza::error(request, ErrorType::Cancel, DefinedCondition::ItemNotFound),
            };
        }
    }
    refuse(request)
}

/// The polite no.
pub(super) fn refuse(request: &Element) -> Option<Element> {
    stanza::error(request, ErrorType::Cancel, DefinedCondition::ServiceUnavailable)
}
