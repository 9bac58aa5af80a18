//! Stanzas that nobody decent sends: whatever comes, nothing panics, every request is answered, every stanza is counted, and nobody
//! speaks for somebody else.
use super::{super::super::frame::Frame, *};
use proptest::prelude::*;

const NAMES: [&str; 22] = [
    "message",
    "iq",
    "presence",
    "body",
    "result",
    "forwarded",
    "received",
    "sent",
    "delay",
    "stanza-id",
    "origin-id",
    "fin",
    "set",
    "first",
    "last",
    "query",
    "item",
    "error",
    "propose",
    "request",
    "x",
    "url",
];
const SPACES: [&str; 14] = [
    ns::JABBER_CLIENT,
    ns::MAM,
    ns::FORWARD,
    ns::CARBONS,
    ns::DELAY,
    ns::SID,
    ns::RSM,
    ns::ROSTER,
    ns::DISCO_INFO,
    ns::RECEIPTS,
    ns::XMPP_STANZAS,
    ns::JINGLE_MESSAGE,
    ns::OOB,
    "urn:wrong",
];
const VALUES: [&str; 14] = [
    HERE,
    "alice@x.test/r",
    "bank@x.test",
    "x.test",
    "mallory@x.test/r",
    "",
    "@@",
    "get",
    "result",
    "error",
    "groupchat",
    "2026-01-01T00:00:00Z",
    "n-1",
    "true",
];

fn tree() -> impl Strategy<Value = String> {
    let attribute = (
        prop::sample::select(vec!["from", "to", "type", "id", "by", "queryid", "stamp", "jid", "name", "complete"]),
        prop::sample::select(VALUES.to_vec()),
    );
    let head = (
        prop::sample::select(NAMES.to_vec()),
        prop::sample::select(SPACES.to_vec()),
        prop::collection::btree_map(
            attribute.clone().prop_map(|(name, _)| name),
            attribute.prop_map(|(_, value)| value),
            0..5,
        ),
    );
    let open = |(name, space, attributes): (&str, &str, std::collections::BTreeMap<&str, &str>)| {
        let attributes: String = attributes.iter().map(|(name, value)| format!(" {name}='{value}'")).collect();
        (format!("<{name} xmlns='{space}'{attributes}>"), format!("</{name}>"))
    };
    let leaf = head.clone().prop_map(move |head| {
        let (a, b) = open(head);
        format!("{a}text{b}")
    });
    leaf.prop_recursive(6, 24, 4, move |inner| {
        (head.clone(), prop::collection::vec(inner, 0..4)).prop_map(move |(head, children)| {
            let (a, b) = open(head);
            format!("{a}{}{b}", children.concat())
        })
    })
}

proptest! {
    #[test]
    fn whatever_comes_is_counted_and_answered(trees in prop::collection::vec(tree(), 1..12)) {
        let mut scene = Scene::settled(Some("1"));
        for text in trees {
            let element: Element = text.parse().unwrap();
            scene.sent.clear();
            scene.session.receive(&element, scene.now);
            scene.drain();
            if element.is("iq", ns::JABBER_CLIENT) && matches!(element.attr("type"), Some("get" | "set")) {
                let answered = scene.sent.iter().filter(|sent| sent.name() == "iq" && sent.attr("id") == element.attr("id"));
                prop_assert_eq!(answered.count(), usize::from(element.attr("id").is_some()), "{}", text);
            }
            // only our own account speaks for others
            let from = element.attr("from").unwrap_or(HERE).split('/').next().unwrap_or_default().to_owned();
            for (_, text) in &scene.texts {
                let other = text.peer.rest() != from;
                prop_assert!(!other || element.attr("from").is_none_or(|from| from == HERE), "{:?}", element);
            }
            scene.kept();
        }
        prop_assert!(!scene.session.sm.is_behind(), "a stanza that is never counted comes again for ever");
    }
}

#[test]
fn a_body_of_another_namespace_is_no_text() {
    let mut scene = Scene::plain();
    scene.receive("<message from='bob@x.test/r'><body xmlns='urn:wrong'>hi</body></message>");
    scene
        .session
        .receive(&"<message xmlns='urn:wrong' from='bob@x.test'><body>hi</body></message>".parse().unwrap(), scene.now);
    scene.session.receive(
        &"<message xmlns='jabber:server' from='bob@x.test'><body>hi</body></message>".parse().unwrap(),
        scene.now,
    );
    scene.drain();
    assert!(scene.texts.is_empty());
}

#[test]
fn entities_are_not_expanded() {
    let bomb = "<!DOCTYPE m [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'>]><message xmlns='jabber:client'><body>&b;</body></message>";
    assert!(xso::from_bytes::<Frame>(bomb.as_bytes()).is_err());
    assert!(xso::from_bytes::<Frame>(b"<message xmlns='jabber:client'><body>&b;</body></message>").is_err());
    assert!(xso::from_bytes::<Frame>(b"<message xmlns='jabber:client'><?php x?></message>").is_err());
}

#[test]
fn a_sent_copy_of_what_somebody_else_wrote_is_not_ours() {
    let mut scene = Scene::plain();
    scene.receive(&format!(
        "<message from='{HERE}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>\
         <message xmlns='jabber:client' from='mallory@x.test/r' to='bank@x.test' id='9'><body>pay</body></message>\
         </forwarded></sent></message>"
    ));
    assert!(scene.texts.is_empty());
}

#[test]
fn a_gateways_sender_cannot_be_another_domains() {
    let mut scene = Scene::plain();
    scene.receive("<message from='+15550001111@sms.test' id='1'><body>code</body></message>");
    scene.receive("<message from='+15550001111@sms.test.evil' id='1'><body>code</body></message>");
    let peers: Vec<_> = scene.texts.iter().map(|(_, text)| text.peer.rest().to_owned()).collect();
    assert_eq!(peers, ["+15550001111@sms.test", "+15550001111@sms.test.evil"], "shown as what they are");
}
