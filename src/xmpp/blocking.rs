//! Whom the person does not want to hear of (XEP-0191): the server holds back all they send, calls too. The thread stays, and the
//! list is the account's: other devices see it. Changes are taken only from our own account. It must not decide who is blocked.
use super::{
    session::{Asked, Output, Session, bare},
    stanza,
};
use crate::{
    account::{AccountEvent, chat::ChatEvent},
    domain::address::Address,
};
use std::{collections::BTreeSet, time::Instant};
use xmpp_parsers::{
    iq::Iq,
    jid::{BareJid, Jid},
    minidom::Element,
    ns,
};

/// Addresses that are remembered; a list that is longer holds all the same at the server.
const MOST: usize = 10_000;

/// The list, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Blocked(BTreeSet<BareJid>);

impl Blocked {
    /// The whole list.
    fn whole(&mut self, list: &Element) {
        self.0 = items(list).take(MOST).collect();
    }

    /// A change of it; nobody named in an `unblock`: all are free.
    fn changed(&mut self, change: &Element) {
        match change.name() {
            "unblock" if change.children().next().is_none() => self.0.clear(),
            "unblock" => items(change).for_each(|jid| {
                self.0.remove(&jid);
            }),
            _ => self.0.extend(items(change).take(MOST.saturating_sub(self.0.len()))),
        }
    }

    fn addresses(&self) -> Vec<Address> {
        self.0.iter().filter_map(stanza::address).collect()
    }
}

fn items(list: &Element) -> impl Iterator<Item = BareJid> {
    // who is blocked as one device only can still write as another
    let whole = |item: &Element| Jid::new(item.attr("jid")?).ok().filter(Jid::is_bare).map(Jid::into_bare);
    list.children().filter(|item| item.is("item", ns::BLOCKING)).filter_map(whole)
}

fn write(id: String, whom: &BareJid, on: bool) -> Element {
    let item = stanza::element("item", ns::BLOCKING, &[("jid", whom.as_str())]);
    let change = stanza::element(if on { "block" } else { "unblock" }, ns::BLOCKING, &[]);
    Iq::Set { from: None, to: None, id, payload: stanza::filled(change, [item]) }.into()
}

impl Session {
    /// Asks who is blocked; from then on changes are told, too.
    pub(super) fn ask_who_is_blocked(&mut self, now: Instant) {
        self.ask(Asked::Blocklist, now, |id| {
            Iq::Get { from: None, to: None, id, payload: stanza::element("blocklist", ns::BLOCKING, &[]) }.into()
        });
    }

    /// Blocks somebody, or no longer.
    pub(super) fn block(&mut self, to: &Address, on: bool, now: Instant) {
        if let Some(whom) = bare(to) {
            self.ask(Asked::Block, now, |id| write(id, &whom, on));
        }
    }

    /// The list came.
    pub(super) fn blocklist_came(&mut self, list: &Element) {
        if list.is("blocklist", ns::BLOCKING) {
            self.blocked.whole(list);
            self.tell_blocked();
        }
    }

    /// A change of it, from whichever device; `None`: it is not from our account.
    pub(super) fn blocking_changed(&mut self, iq: &Element, change: &Element) -> Option<Element> {
        if !stanza::from_own_account(iq, &self.me) {
            tracing::warn!(account = self.account.in_log(), "a stranger's change of who is blocked was refused");
            return super::request::refuse(iq);
        }
        self.blocked.changed(change);
        self.tell_blocked();
        stanza::result(iq, None)
    }

    fn tell_blocked(&mut self) {
        let all = ChatEvent::Blocked(self.blocked.addresses());
        self.out.push_back(Output::Event(AccountEvent::Chat(all)));
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn element(xml: &str) -> Element {
        xml.replace("NS", ns::BLOCKING).parse().unwrap()
    }

    #[test]
    fn a_list_and_its_changes() {
        let mut blocked = Blocked::default();
        blocked.whole(&element(
            "<blocklist xmlns='NS'><item jid='a@x.example'/><item jid='b@x.example/phone'/><item jid='@@'/><item/></blocklist>",
        ));
        let uris = |blocked: &Blocked| blocked.addresses().iter().map(Address::uri).collect::<Vec<_>>();
        assert_eq!(uris(&blocked), ["xmpp:a@x.example"]);
        blocked.changed(&element("<block xmlns='NS'><item jid='c@x.example'/></block>"));
        assert_eq!(uris(&blocked), ["xmpp:a@x.example", "xmpp:c@x.example"]);
        blocked.changed(&element("<unblock xmlns='NS'><item jid='a@x.example'/></unblock>"));
        assert_eq!(uris(&blocked), ["xmpp:c@x.example"]);
        blocked.changed(&element("<unblock xmlns='NS'/>"));
        assert!(uris(&blocked).is_empty());
    }

    #[test]
    fn the_wish_names_one() {
        let whom = BareJid::new("a@x.example").unwrap();
        let wish = String::from(&write("1".to_owned(), &whom, true));
        assert!(wish.contains("<block xmlns='urn:xmpp:blocking'><item") && wish.contains("a@x.example"), "{wish}");
        assert!(String::from(&write("1".to_owned(), &whom, false)).contains("<unblock"));
    }
}
