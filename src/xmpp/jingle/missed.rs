//! Calls that came while this account was away, as the archive tells of them (XEP-0313, XEP-0353): proposed to us, and neither
//! taken nor declined by a device of ours. One that may still ring is handed on as if it came now. It must not ring by itself, nor
//! write the history.
use super::stanza;
use crate::domain::{address::Address, private::Private};
use jiff::{SignedDuration, Timestamp};
use xmpp_parsers::{jid::BareJid, minidom::Element, ns};

/// Proposals that may wait for a word about them; the oldest are missed calls before that.
const MOST: usize = 64;

/// Nobody here was there to take it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::xmpp) struct MissedCall {
    /// Who called.
    pub(in crate::xmpp) from: Address,
    /// The name they gave.
    pub(in crate::xmpp) name: Option<Private<String>>,
    /// When, by the server's word.
    pub(in crate::xmpp) at: Timestamp,
}

#[derive(Debug)]
struct Proposal {
    sid: String,
    bare: BareJid,
    /// The caller gave up.
    withdrawn: bool,
    stanza: Element,
    missed: MissedCall,
}

/// Proposals of the time away, oldest first.
#[derive(Debug, Default)]
pub(in crate::xmpp) struct Away {
    open: Vec<Proposal>,
}

/// What became of them.
#[derive(Debug, Default)]
pub(in crate::xmpp) struct Came {
    /// Over.
    pub(in crate::xmpp) missed: Vec<MissedCall>,
    /// They may still ring.
    pub(in crate::xmpp) ringing: Vec<Element>,
}

impl Away {
    /// A message of the time away, and when the server had it.
    pub(in crate::xmpp) fn message(&mut self, message: &Element, at: Option<Timestamp>, me: &BareJid) {
        let word = message.children().find(|child| child.has_ns(ns::JINGLE_MESSAGE));
        let room_or_error = matches!(message.attr("type"), Some("groupchat" | "error"));
        let (Some(word), Some(from), false) = (word, stanza::from(message), room_or_error) else { return };
        let Some(sid) = word.attr("id").filter(|sid| !sid.is_empty()) else { return };
        let bare = from.to_bare();
        let known = self.open.iter_mut().find(|proposal| proposal.sid == sid && (proposal.bare == bare || bare == *me));
        match (word.name(), known) {
            ("accept" | "proceed" | "reject", Some(_)) if bare == *me => {
                self.open.retain(|proposal| proposal.sid != sid)
            }
            ("retract", Some(known)) if bare != *me => known.withdrawn = true,
            ("propose", None) if bare != *me => {
                let (Some(from), Some(at)) = (stanza::address(&bare), at) else { return };
                let nick =
                    message.get_child("nick", ns::NICK).map(Element::text).filter(|nick| !nick.trim().is_empty());
                let missed = MissedCall { from, name: nick.map(Private::new), at };
                let proposal =
                    Proposal { sid: sid.to_owned(), bare, withdrawn: false, stanza: message.clone(), missed };
                self.open.push(proposal);
            }
            _ => {}
        }
    }

    /// All has been told: what is over, and what may still ring, which is what was proposed within `rings`.
    pub(in crate::xmpp) fn all_told(&mut self, now: Timestamp, rings: SignedDuration) -> Came {
        let mut came = Came::default();
        for Proposal { withdrawn, stanza, missed, .. } in std::mem::take(&mut self.open) {
            if withdrawn || now.duration_since(missed.at) > rings {
                came.missed.push(missed);
            } else {
                came.ringing.push(stanza);
            }
        }
        came
    }

    /// Too many to wait for what is said of them.
    pub(in crate::xmpp) fn is_full(&self) -> bool {
        self.open.len() >= MOST
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RINGS: SignedDuration = SignedDuration::from_secs(60);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_700_000_000 + second).unwrap()
    }
    fn told(words: &[(&str, &str, &str, i64)]) -> Came {
        let (mut away, me) = (Away::default(), BareJid::new("alice@x.test").unwrap());
        for (from, word, sid, second) in words {
            let xml = format!(
                "<message xmlns='jabber:client' from='{from}'><{word} xmlns='urn:xmpp:jingle-message:0' id='{sid}'/></message>"
            );
            away.message(&xml.parse().unwrap(), Some(at(*second)), &me);
        }
        away.all_told(at(1000), RINGS)
    }
    fn missed(came: &Came) -> Vec<(&str, i64)> {
        came.missed.iter().map(|call| (call.from.rest(), call.at.as_second() - 1_700_000_000)).collect()
    }

    #[test]
    fn what_no_device_of_ours_has_taken_is_missed() {
        let came = told(&[
            ("bob@x.test/r", "propose", "1", 100),
            ("bob@x.test/r", "retract", "1", 130),
            ("eve@x.test/r", "propose", "2", 200),
            ("alice@x.test/phone", "proceed", "2", 205),
            ("+1555@sms.test/sip", "propose", "3", 300),
            ("ann@x.test/r", "propose", "4", 400),
            ("alice@x.test/phone", "reject", "4", 405),
        ]);
        assert_eq!(missed(&came), [("bob@x.test", 100), ("+1555@sms.test", 300)]);
        assert!(came.ringing.is_empty());
    }

    #[test]
    fn one_that_may_still_ring_is_no_missed_call_yet() {
        let came = told(&[
            ("bob@x.test/r", "propose", "1", 990),
            ("eve@x.test/r", "propose", "2", 990),
            ("eve@x.test/r", "retract", "2", 995),
        ]);
        assert_eq!((missed(&came), came.ringing.len()), (vec![("eve@x.test", 990)], 1));
    }

    #[test]
    fn nobody_speaks_for_somebody_else_and_a_copy_counts_once() {
        let came = told(&[
            ("bob@x.test/r", "propose", "1", 100),
            ("bob@x.test/r", "propose", "1", 101),
            ("mallory@x.test/r", "proceed", "1", 102),
            ("alice@x.test/phone", "propose", "5", 103),
        ]);
        assert_eq!(missed(&came), [("bob@x.test", 100)]);
    }
}
