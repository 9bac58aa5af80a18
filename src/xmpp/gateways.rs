//! Gateways between XMPP and phone numbers, found by service discovery (XEP-0030): among what our server lists and the
//! domains on our roster, those with the identity `gateway/sms` or `gateway/pstn`. Answers count only from whom was asked.
use xmpp_parsers::{
    disco::DiscoItemsQuery,
    iq::Iq,
    jid::{BareJid, Jid},
    minidom::Element,
    ns,
};

/// Domains looked at in one session.
const MOST: usize = 32;

/// One domain that may be a gateway.
#[derive(Debug)]
struct Candidate {
    jid: BareJid,
    rostered: bool,
}

/// See the head of this file.
#[derive(Debug, Default)]
pub(super) struct Gateways {
    candidates: Vec<Candidate>,
}

impl Gateways {
    /// Domains of this answer that were not looked at yet, to be asked what they are: a roster, or a server's items.
    pub(super) fn consider(&mut self, list: &Element) -> Vec<(usize, Jid)> {
        let mut new = Vec::new();
        for item in list.children().filter(|item| item.name() == "item") {
            let jid = item.attr("jid").and_then(|jid| BareJid::new(jid).ok()).filter(|jid| jid.node().is_none());
            let known = |jid: &BareJid| self.candidates.iter().any(|candidate| candidate.jid == *jid);
            let Some(jid) = jid.filter(|jid| !known(jid) && self.candidates.len() < MOST) else { continue };
            new.push((self.candidates.len(), Jid::from(jid.clone())));
            self.candidates.push(Candidate { jid, rostered: list.has_ns(ns::ROSTER) });
        }
        new
    }

    /// Who was asked under this number.
    pub(super) fn asked(&self, number: usize) -> Option<&BareJid> {
        self.candidates.get(number).map(|candidate| &candidate.jid)
    }

    /// The answer of who was asked under this number: a gateway's domain, and whether it is on the roster.
    pub(super) fn answered(&self, number: usize, info: &Element) -> Option<(String, bool)> {
        let phone = |child: &Element| {
            child.is("identity", ns::DISCO_INFO)
                && child.attr("category") == Some("gateway")
                && matches!(child.attr("type"), Some("sms" | "pstn"))
        };
        let candidate = self.candidates.get(number).filter(|_| info.children().any(phone))?;
        Some((candidate.jid.as_str().to_owned(), candidate.rostered))
    }
}

/// The question what a server has.
pub(super) fn ask_items(id: String, server: Jid) -> Element {
    Iq::from_get(id, DiscoItemsQuery { node: None, rsm: None }).with_to(server).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn element(xml: &str) -> Element {
        xml.parse().unwrap()
    }
    fn info(identity: &str) -> Element {
        element(&format!("<query xmlns='{}'><identity {identity}/></query>", ns::DISCO_INFO))
    }

    #[test]
    fn domains_are_asked_once_and_only_gateways_to_phones_count() {
        let mut gateways = Gateways::default();
        let roster = element(&format!(
            "<query xmlns='{}'><item jid='sms.example'/><item jid='bob@x.example'/><item jid='not a jid@@'/></query>",
            ns::ROSTER
        ));
        let items = element(&format!(
            "<query xmlns='{}'><item jid='sms.example'/><item jid='rooms.example'/><item/></query>",
            ns::DISCO_ITEMS
        ));
        let asked = gateways.consider(&roster);
        assert_eq!(asked.iter().map(|(_, jid)| jid.as_str()).collect::<Vec<_>>(), ["sms.example"]);
        let later = gateways.consider(&items);
        assert_eq!(later.iter().map(|(_, jid)| jid.as_str()).collect::<Vec<_>>(), ["rooms.example"]);
        let sms = info("category='gateway' type='sms'");
        assert_eq!(gateways.answered(0, &sms), Some(("sms.example".to_owned(), true)));
        assert_eq!(gateways.answered(1, &info("category='conference' type='text'")), None);
        assert_eq!(gateways.answered(1, &info("category='gateway' type='irc'")), None);
        assert_eq!(gateways.answered(1, &sms), Some(("rooms.example".to_owned(), false)));
        assert_eq!(gateways.answered(2, &sms), None, "nobody was asked under this number");
    }

    #[test]
    fn a_server_that_lists_everything_is_not_followed() {
        let all: String = (0..1000).map(|n| format!("<item jid='d{n}.example'/>")).collect();
        let all = element(&format!("<query xmlns='{}'>{all}</query>", ns::DISCO_ITEMS));
        assert_eq!(Gateways::default().consider(&all).len(), MOST);
    }
}
