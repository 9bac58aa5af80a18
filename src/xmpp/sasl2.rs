//! One exchange for the whole log-in (SASL2, XEP-0388): the password or a token (XEP-0484), the old session's resumption
//! (XEP-0198) and a new one's binding (Bind 2, XEP-0386) travel together, so that one answer brings the account online. It makes
//! and reads the elements and keeps no state. It must not believe a success whose proof was not checked.
use crate::domain::{account::Problem, private::Private};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use xmpp_parsers::{
    jid::Jid,
    minidom::{Element, rxml},
    ns,
};

/// What a server offers inside of the one exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offer {
    /// Names of mechanisms.
    pub(super) mechanisms: Vec<String>,
    /// Names of mechanisms for tokens.
    pub(super) fast: Vec<String>,
    /// An old session can be resumed.
    pub(super) resume: bool,
    /// A session can be bound, with these features switched on.
    pub(super) bind: Option<Vec<String>>,
}

/// What is asked for beside the log-in.
#[derive(Debug, Clone, Default)]
pub(super) struct Wishes {
    /// The old session's id and our count.
    pub(super) resume: Option<(String, u32)>,
    /// The log-in is by a token.
    pub(super) by_token: bool,
    /// A token for the next time, for this mechanism.
    pub(super) token: Option<&'static str>,
}

/// A new session of the exchange.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Bound {
    /// Copies (XEP-0280) are on.
    pub(super) carbons: bool,
    /// Counting began, with the session's id if it can be resumed.
    pub(super) counted: Option<Option<String>>,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Success {
    /// The server's proof.
    pub(super) proof: Vec<u8>,
    /// Who we are.
    pub(super) who: Jid,
    /// The old session goes on; the server has this many of our stanzas.
    pub(super) resumed: Option<u32>,
    /// It does not; its last count, where it is told.
    pub(super) last: Option<u32>,
    /// A new session; `None`: it is still to be bound.
    pub(super) bound: Option<Bound>,
    /// A token for the next time.
    pub(super) token: Option<Private<String>>,
}

/// What the features offer; `None`: they do not know this exchange.
pub(super) fn offered(features: &Element) -> Option<Offer> {
    let offer = features.get_child("authentication", ns::SASL2)?;
    let names = |parent: &Element, ns: &str| -> Vec<String> {
        parent.children().filter(|child| child.is("mechanism", ns)).map(Element::text).collect()
    };
    let inline = offer.get_child("inline", ns::SASL2);
    let inside = |name, ns| inline.and_then(|inline| inline.get_child(name, ns));
    let bind = inside("bind", ns::BIND2).map(|bind| {
        let features = bind.get_child("inline", ns::BIND2).into_iter().flat_map(Element::children);
        features.filter_map(|feature| feature.attr("var").map(str::to_owned)).collect()
    });
    Some(Offer {
        mechanisms: names(offer, ns::SASL2),
        fast: inside("fast", ns::FAST).map(|fast| names(fast, ns::FAST)).unwrap_or_default(),
        resume: inside("sm", ns::SM).is_some(),
        bind,
    })
}

/// The request. `agent` names this home to the server; `initial` is the mechanism's first message.
pub(super) fn authenticate(
    mechanism: &str,
    initial: &[u8],
    agent: &str,
    offer: &Offer,
    wishes: &Wishes,
) -> Result<Element, Problem> {
    let mut request = Element::builder("authenticate", ns::SASL2)
        .append(Element::builder("initial-response", ns::SASL2).append(encode(initial)))
        .append(
            Element::builder("user-agent", ns::SASL2)
                .attr(name("id")?, agent)
                .append(Element::builder("software", ns::SASL2).append("Landline")),
        )
        .attr(name("mechanism")?, mechanism);
    if let Some((id, h)) = wishes.resume.as_ref().filter(|_| offer.resume) {
        let (id, h) = (id.as_str(), h.to_string());
        request = request.append(Element::builder("resume", ns::SM).attr(name("previd")?, id).attr(name("h")?, h));
    }
    if let Some(features) = &offer.bind {
        let has = |feature: &str| features.iter().any(|known| known == feature);
        let mut bind =
            Element::builder("bind", ns::BIND2).append(Element::builder("tag", ns::BIND2).append("Landline"));
        if has(ns::CARBONS) {
            bind = bind.append(Element::bare("enable", ns::CARBONS));
        }
        if has(ns::SM) {
            bind = bind.append(Element::builder("enable", ns::SM).attr(name("resume")?, "true"));
        }
        request = request.append(bind);
    }
    if wishes.by_token {
        request = request.append(Element::bare("fast", ns::FAST));
    }
    if let Some(mechanism) = wishes.token {
        let token = Element::builder("request-token", ns::FAST).attr(name("mechanism")?, mechanism);
        request = request.append(token);
    }
    Ok(request.build())
}

/// The next message of the mechanism.
pub(super) fn response(data: &[u8]) -> Element {
    Element::builder("response", ns::SASL2).append(encode(data)).build()
}

/// A challenge's message.
pub(super) fn challenge(element: &Element) -> Result<Vec<u8>, Problem> {
    decode(&element.text())
}

/// Reads a success.
pub(super) fn success(element: &Element) -> Result<Success, Problem> {
    let text = |name| element.get_child(name, ns::SASL2).map(Element::text);
    let who = text("authorization-identifier").and_then(|who| Jid::new(&who).ok()).ok_or(Problem::Protocol)?;
    let count = |element: &Element| element.attr("h").and_then(|h| h.parse().ok());
    let resumed = element.get_child("resumed", ns::SM).map(|resumed| count(resumed).ok_or(Problem::Protocol));
    let bound = element.get_child("bound", ns::BIND2).map(|bound| Bound {
        carbons: bound.has_child("enabled", ns::CARBONS),
        counted: bound.get_child("enabled", ns::SM).map(enabled),
    });
    let token = element.get_child("token", ns::FAST).and_then(|token| token.attr("token"));
    Ok(Success {
        proof: text("additional-data").map_or(Ok(Vec::new()), |data| decode(&data))?,
        who,
        resumed: resumed.transpose()?,
        last: element.get_child("failed", ns::SM).and_then(count),
        bound,
        token: token.filter(|token| !token.is_empty()).map(Private::from),
    })
}

/// The id of a session that is counted from now on, if it can be resumed.
pub(super) fn enabled(element: &Element) -> Option<String> {
    let resumable = matches!(element.attr("resume"), Some("true" | "1"));
    element.attr("id").filter(|_| resumable).map(str::to_owned)
}

/// The name of a home for `agent`: the same for ever and no other account's. A UUID of version 4, as the schema wants it.
pub(super) fn agent(account: &str, instance: &str) -> String {
    let digest = Sha256::new().chain_update("landline user agent\0").chain_update(account).chain_update("\0");
    let mut bytes: [u8; 32] = digest.chain_update(instance).finalize().into();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = super::wire_id::hex(bytes.iter().take(16));
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| hex.get(part).unwrap_or_default());
    parts.join("-")
}

fn name(name: &str) -> Result<rxml::NcName, Problem> {
    rxml::NcName::try_from(name).map_err(|_| Problem::Protocol)
}

/// Nothing is told as `=` (XEP-0388 section 2.6.1), for it is not the same as no message.
fn encode(data: &[u8]) -> String {
    if data.is_empty() { "=".to_owned() } else { BASE64.encode(data) }
}

fn decode(text: &str) -> Result<Vec<u8>, Problem> {
    if text.trim() == "=" { Ok(Vec::new()) } else { BASE64.decode(text.trim()).map_err(|_| Problem::Protocol) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const FEATURES: &str = "<features xmlns='http://etherx.jabber.org/streams'>\
        <authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-1</mechanism><mechanism>SCRAM-SHA-1-PLUS</mechanism>\
        <inline><sm xmlns='urn:xmpp:sm:3'/><bind xmlns='urn:xmpp:bind:0'><inline><feature var='urn:xmpp:carbons:2'/>\
        <feature var='urn:xmpp:sm:3'/></inline></bind><fast xmlns='urn:xmpp:fast:0'><mechanism>HT-SHA-256-NONE</mechanism></fast>\
        </inline></authentication></features>";

    fn element(xml: &str) -> Element {
        xml.parse().unwrap()
    }
    fn offer() -> Offer {
        offered(&element(FEATURES)).unwrap()
    }
    fn read(inside: &str) -> Result<Success, Problem> {
        success(&element(&format!("<success xmlns='urn:xmpp:sasl:2'>{inside}</success>")))
    }

    #[test]
    fn an_offer_is_read_with_all_that_is_inside() {
        let offer = offer();
        assert_eq!(offer.mechanisms, ["SCRAM-SHA-1", "SCRAM-SHA-1-PLUS"]);
        assert_eq!(offer.fast, ["HT-SHA-256-NONE"]);
        assert!(offer.resume);
        assert_eq!(offer.bind, Some(vec![ns::CARBONS.to_owned(), ns::SM.to_owned()]));
        assert_eq!(offered(&element("<features xmlns='http://etherx.jabber.org/streams'/>")), None);
        let bare = element(
            "<features xmlns='http://etherx.jabber.org/streams'>\
             <authentication xmlns='urn:xmpp:sasl:2'><mechanism>SCRAM-SHA-1</mechanism></authentication></features>",
        );
        let plain = Offer { mechanisms: vec!["SCRAM-SHA-1".into()], ..Offer::default() };
        assert_eq!(offered(&bare), Some(plain));
    }

    #[test]
    fn only_what_is_offered_is_asked_for() {
        let wishes = Wishes { resume: Some(("old".into(), 7)), by_token: false, token: Some("HT-SHA-256-NONE") };
        let request = authenticate("SCRAM-SHA-1", b"n,,n=alice", "id-1", &offer(), &wishes).unwrap();
        assert_eq!(request.attr("mechanism"), Some("SCRAM-SHA-1"));
        assert_eq!(request.get_child("initial-response", ns::SASL2).unwrap().text(), "biwsbj1hbGljZQ==");
        assert_eq!(request.get_child("user-agent", ns::SASL2).unwrap().attr("id"), Some("id-1"));
        let resume = request.get_child("resume", ns::SM).unwrap();
        assert_eq!((resume.attr("previd"), resume.attr("h")), (Some("old"), Some("7")));
        let bind = request.get_child("bind", ns::BIND2).unwrap();
        assert!(bind.has_child("enable", ns::CARBONS) && bind.has_child("enable", ns::SM));
        assert!(request.has_child("request-token", ns::FAST) && !request.has_child("fast", ns::FAST));
        let bare = Offer { mechanisms: vec!["SCRAM-SHA-1".into()], ..Offer::default() };
        let request = authenticate("SCRAM-SHA-1", b"", "id-1", &bare, &Wishes { token: None, ..wishes }).unwrap();
        assert_eq!(request.children().count(), 2, "{request:?}");
        assert_eq!(request.get_child("initial-response", ns::SASL2).unwrap().text(), "=");
    }

    #[test]
    fn a_success_tells_which_session_stands() {
        let who = "<authorization-identifier>alice@x.test/Landline~1</authorization-identifier>";
        let bound = read(&format!(
            "{who}<additional-data>dj1BQUE=</additional-data><bound xmlns='urn:xmpp:bind:0'><enabled xmlns='urn:xmpp:carbons:2'/>\
             <enabled xmlns='urn:xmpp:sm:3' id='s1' resume='1'/></bound><token xmlns='urn:xmpp:fast:0' token='t' expiry='x'/>"
        ));
        let bound = bound.unwrap();
        assert_eq!(bound.proof, b"v=AAA");
        assert_eq!(bound.bound, Some(Bound { carbons: true, counted: Some(Some("s1".into())) }));
        assert_eq!((bound.resumed, bound.last, bound.token), (None, None, Some("t".into())));
        let resumed = read(&format!("{who}<resumed xmlns='urn:xmpp:sm:3' previd='s1' h='9'/>")).unwrap();
        assert_eq!((resumed.resumed, resumed.bound), (Some(9), None));
        let lost =
            read(&format!("{who}<failed xmlns='urn:xmpp:sm:3' h='5'/><bound xmlns='urn:xmpp:bind:0'/>")).unwrap();
        assert_eq!((lost.resumed, lost.last), (None, Some(5)));
        assert_eq!(lost.bound, Some(Bound::default()));
        for bad in ["", "<authorization-identifier>@@</authorization-identifier>"] {
            assert_eq!(read(bad), Err(Problem::Protocol));
        }
        assert_eq!(read(&format!("{who}<resumed xmlns='urn:xmpp:sm:3' previd='s1'/>")), Err(Problem::Protocol));
        assert_eq!(read(&format!("{who}<additional-data>?</additional-data>")), Err(Problem::Protocol));
    }

    #[test]
    fn a_home_has_one_name_for_ever() {
        let name = agent("alice@x.test", "m1");
        assert_eq!((name.len(), name.chars().nth(14), name.split('-').count()), (36, Some('4'), 5));
        assert_eq!(name, agent("alice@x.test", "m1"));
        assert_ne!(name, agent("alice@x.test", "m2"));
        assert_ne!(name, agent("bob@x.test", "m1"));
    }
}
