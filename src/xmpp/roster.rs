//! The roster (RFC 6121 section 2): names for addresses. Pushes are taken only from our own account; a stranger's is refused
//! (CVE-2015-8688 and its kin). It must not hold people back who are not on it: strangers' texts arrive like all others.
use super::stanza;
use crate::domain::{account::AccountId, address::Address, contact::Contact};
use xmpp_parsers::{iq::Iq, jid::BareJid, minidom::Element, ns, roster::Roster as Query};

/// What a push changed.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// Named now.
    pub(super) named: Vec<Contact>,
    /// Gone, or without a name now.
    pub(super) removed: Vec<Address>,
}

/// The request for all of it.
pub(super) fn ask(id: String) -> Element {
    Iq::from_get(id, Query { ver: None, items: vec![] }).into()
}

/// The whole roster, in answer to our request: those with a name.
pub(super) fn whole(query: &Element, account: &AccountId) -> Vec<Contact> {
    items(query).filter_map(|item| contact(item, account)).collect()
}

/// A push: one item, but more are read.
pub(super) fn push(query: &Element, account: &AccountId) -> Change {
    let mut change = Change::default();
    for item in items(query) {
        if let Some(contact) = contact(item, account) {
            change.named.push(contact);
        } else if let Some(address) = address(item) {
            change.removed.push(address);
        }
    }
    change
}

fn items(query: &Element) -> impl Iterator<Item = &Element> {
    query.children().filter(|child| child.is("item", ns::ROSTER))
}

fn address(item: &Element) -> Option<Address> {
    stanza::address(&BareJid::new(item.attr("jid")?).ok()?)
}

fn contact(item: &Element, account: &AccountId) -> Option<Contact> {
    let name = item.attr("name").map(str::trim).filter(|name| !name.is_empty())?;
    if item.attr("subscription") == Some("remove") {
        return None;
    }
    Some(Contact { account: Some(account.clone()), address: address(item)?, name: name.into() })
}
