//! Service discovery (XEP-0030) and entity capabilities (XEP-0115): what we can do, said on request and in presence; what the
//! server can do, read. It must not list what is not built: a gateway believes it.
use xmpp_parsers::{
    caps::{Caps, compute_disco, hash_caps},
    disco::{DiscoInfoQuery, DiscoInfoResult, Identity},
    hashes::Algo,
    iq::Iq,
    jid::Jid,
    minidom::Element,
    ns,
};

const NODE: &str = "https://landline.invalid/";
const FEATURES: [&str; 19] = [
    ns::CAPS,
    ns::CARBONS,
    ns::DISCO_INFO,
    ns::PING,
    ns::RECEIPTS,
    ns::SID,
    ns::CHATSTATES,
    ns::MESSAGE_CORRECT,
    ns::OOB,
    ns::REACTIONS,
    super::markers::MARKERS,
    super::reply::REPLY,
    super::retraction::RETRACT,
    ns::JINGLE,
    ns::JINGLE_RTP,
    ns::JINGLE_RTP_AUDIO,
    ns::JINGLE_ICE_UDP,
    ns::JINGLE_DTLS,
    ns::JINGLE_MESSAGE,
];

fn ours(node: Option<String>) -> DiscoInfoResult {
    DiscoInfoResult {
        node,
        identities: vec![Identity {
            category: "client".into(),
            type_: "pc".into(),
            lang: None,
            name: Some("Landline".into()),
        }],
        features: FEATURES.map(str::to_owned).into(),
        extensions: vec![],
    }
}

fn verification() -> Option<Caps> {
    Some(Caps::new(NODE, hash_caps(&compute_disco(&ours(None)), Algo::Sha_1).ok()?))
}

/// The element for our presence.
pub(super) fn caps() -> Option<Element> {
    verification().map(Into::into)
}

/// The answer to a question about us; `None`: we have no such node.
pub(super) fn answer(query: &Element) -> Option<Element> {
    let node = query.attr("node").map(str::to_owned);
    if let Some(node) = &node {
        let caps: Element = verification()?.into();
        if node.strip_prefix(NODE)?.strip_prefix('#') != caps.attr("ver") {
            return None;
        }
    }
    Some(ours(node).into())
}

/// A question about somebody.
pub(super) fn ask(id: String, whom: impl Into<Jid>) -> Element {
    Iq::from_get(id, DiscoInfoQuery { node: None }).with_to(whom.into()).into()
}

/// Whether an answer lists a feature.
pub(super) fn has(answer: &Element, feature: &str) -> bool {
    answer.children().any(|child| child.is("feature", ns::DISCO_INFO) && child.attr("var") == Some(feature))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn our_own_hash_is_a_node_and_others_are_not() {
        let caps = caps().unwrap();
        let node = format!("{NODE}#{}", caps.attr("ver").unwrap());
        let query = |node: &str| Element::from(DiscoInfoQuery { node: Some(node.to_owned()) });
        assert!(has(&answer(&query(&node)).unwrap(), ns::RECEIPTS));
        assert!(answer(&query("https://landline.invalid/#other")).is_none());
        assert!(answer(&query("x")).is_none());
        let all = answer(&DiscoInfoQuery { node: None }.into()).unwrap();
        assert!(has(&all, ns::JINGLE_MESSAGE) && has(&all, ns::JINGLE_RTP_AUDIO));
        assert!(!has(&all, ns::JINGLE_RTP_VIDEO), "there is no picture");
    }
}
