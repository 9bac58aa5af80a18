//! Calls before they are sessions (XEP-0353): proposed to all devices of a person, and taken, declined or withdrawn by one
//! word. A message counts whatever its type is, and only from whom the call is with, or from ourselves: then another device
//! of ours has spoken. To be let proceed is not to be answered.
use super::{
    Call, Calls, Do, PROCEEDING, RINGING, Stage, reason,
    wire::{around, element, intent, message},
};
use crate::account::CallEvent;
use crate::domain::{
    call::{CallId, EndReason},
    private::Private,
};
use std::time::Instant;
use xmpp_parsers::{
    jid::{BareJid, Jid},
    minidom::Element,
    ns,
};

use super::stanza;

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::xmpp) enum Way {
    /// To us, just now.
    Here,
    /// To us, and it has waited for so long that nobody rings any more.
    Late,
    /// From another device of ours.
    Sent,
}

impl Calls {
    /// A message; false: it says nothing of calls.
    pub(in crate::xmpp) fn message(&mut self, stanza: &Element, way: Way, now: Instant) -> bool {
        let Some(action) = stanza.children().find(|child| child.has_ns(ns::JINGLE_MESSAGE)) else {
            return stanza.attr("type") == Some("error") && self.bounced(stanza);
        };
        // nobody in a room calls all who are there
        if stanza.attr("type") == Some("groupchat") {
            return false;
        }
        if stanza.attr("type") == Some("error") {
            self.bounced(stanza);
            return true;
        }
        let (Some(from), Some(sid)) = (stanza::from(stanza), action.attr("id")) else { return true };
        if way == Way::Sent || from.to_bare() == self.me {
            self.another_device(action, sid);
        } else if action.name() == "propose" {
            self.was_proposed(stanza, action, &from, way, now);
        } else if let Some(id) = self.find(|call| call.sid == sid && call.bare == from.to_bare()) {
            self.said(id, action, &from, stanza, now);
        }
        true
    }

    /// One of our other devices has taken a call, or declined it.
    fn another_device(&mut self, action: &Element, sid: &str) {
        let rings = |call: &Call| call.sid == sid && call.stage == Stage::Proposed;
        if matches!(action.name(), "accept" | "proceed" | "reject")
            && let Some(id) = self.find(rings)
        {
            self.end(id, EndReason::HandledElsewhere);
        }
    }

    fn was_proposed(&mut self, stanza: &Element, action: &Element, from: &Jid, way: Way, now: Instant) {
        let Some(sid) = action.attr("id").filter(|sid| !sid.is_empty()) else { return };
        let bare = from.to_bare();
        let audio = |child: &Element| child.is("description", ns::JINGLE_RTP) && child.attr("media") == Some("audio");
        let sound = action.children().any(audio);
        let Some(address) = stanza::address(&bare) else { return };
        // it is told as a missed call
        if way == Way::Late {
            return;
        }
        if self.find(|call| call.sid == sid && call.bare == bare).is_some() {
            return; // a copy of it
        }
        let device = stanza.attr("from").unwrap_or_default().to_owned();
        let mut call = Call::new(sid.to_owned(), bare.clone(), false, Stage::Proposed, now + RINGING);
        (call.device, call.proposed) = (Some(device), true);
        if !sound {
            return self.reject(&call, "unsupported-applications");
        }
        if self.calls.len() >= MOST_RINGING {
            return self.reject(&call, "busy");
        }
        // both call each other at once: the lower of both names goes on (XEP-0353 section 3.5)
        if let Some(ours) = self.find(|call| call.stage == Stage::Proposing && call.bare == bare) {
            if self.calls.get(&ours).is_some_and(|ours| ours.sid.as_str() <= sid) {
                let rejected = around(reason_of(intent("reject", sid), "expired"), tie_break());
                return self.say(&call, rejected);
            }
            self.end(ours, EndReason::Busy);
        }
        let id = self.call_id(sid, &bare);
        self.calls.insert(id, call);
        let nick = stanza.get_child("nick", ns::NICK).map(Element::text).filter(|nick| !nick.trim().is_empty());
        let (name, via, at_once) = (nick.map(Private::new), None, false);
        self.tell(id, CallEvent::Offered { from: address, name, via, at_once, replaces: None, offer: None });
    }

    /// An id for a call of theirs, not to be guessed.
    pub(super) fn call_id(&mut self, sid: &str, bare: &BareJid) -> CallId {
        loop {
            let [a, b, c, d, ..] = self.token(&format!("{bare} {sid}"));
            let id = CallId(u32::from_be_bytes([a, b, c, d]));
            if !self.calls.contains_key(&id) {
                return id;
            }
        }
    }

    /// Their word about a call that is known.
    fn said(&mut self, id: CallId, action: &Element, from: &Jid, stanza: &Element, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        match (action.name(), call.stage) {
            ("ringing", Stage::Proposing) => self.tell(id, CallEvent::Ringing { early: None }),
            ("proceed", Stage::Proposing) => {
                // exactly as it stands there
                call.device = stanza.attr("from").filter(|_| from.is_full()).map(str::to_owned);
                call.here = stanza::to(stanza).filter(Jid::is_full).map(|here| here.to_string());
                self.initiate(id, now);
            }
            ("reject", Stage::Proposing | Stage::Initiating) => {
                self.end(id, reason::of_end(reason::name(action), false, true));
            }
            ("retract", Stage::Proposed | Stage::Proceeding) => self.end(id, EndReason::Cancelled),
            ("finish", _) => {
                let end = reason::of_end(reason::name(action), call.is_answered(), call.ours);
                self.end(id, end);
            }
            // a word too late, or one that means nothing here
            _ => {}
        }
    }

    /// A message of ours came back as an error.
    fn bounced(&mut self, stanza: &Element) -> bool {
        let Some((sid, word)) = stanza.attr("id").and_then(|id| id.rsplit_once('-')) else { return false };
        let from = stanza::from(stanza).map(|from| from.to_bare());
        let Some(id) = self.find(|call| call.sid == sid && Some(&call.bare) == from.as_ref()) else { return false };
        let condition = stanza::condition(stanza).unwrap_or_default().0;
        match (word, self.calls.get(&id).map(|call| call.stage)) {
            ("propose", Some(Stage::Proposing)) => self.end(id, reason::of_error(&condition)),
            ("proceed", Some(Stage::Proceeding)) => self.end(id, EndReason::Cancelled),
            _ => {}
        }
        true
    }

    /// Says a word to the other side.
    fn say(&mut self, call: &Call, action: Element) {
        let id = format!("{}-{}", call.sid, action.name());
        self.out.push_back(Do::SendSurely(message(call.to(), action, &id)));
    }

    /// Says it to our own other devices.
    fn say_here(&mut self, call: &Call, word: &str) {
        let id = format!("{}-{word}-here", call.sid);
        let stanza = message(self.me.as_str(), intent(word, &call.sid), &id);
        self.out.push_back(Do::SendSurely(stanza));
    }

    pub(super) fn propose(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.proposed = true;
        let action =
            around(intent("propose", &call.sid), element("description", ns::JINGLE_RTP, &[("media", "audio")]));
        let stanza = message(call.bare.as_str(), action, &format!("{}-propose", call.sid));
        self.out.push_back(Do::Send(stanza));
    }

    pub(super) fn proceed(&mut self, id: CallId, now: Instant) {
        let Some(mut call) = self.calls.remove(&id) else { return };
        (call.stage, call.limit) = (Stage::Proceeding, Some(now + PROCEEDING));
        self.say_here(&call, "accept");
        self.say(&call, intent("proceed", &call.sid));
        self.calls.insert(id, call);
    }

    pub(super) fn ringing(&mut self, id: CallId) {
        if let Some(call) = self.calls.get(&id) {
            let stanza = message(call.to(), intent("ringing", &call.sid), &format!("{}-ringing", call.sid));
            self.out.push_back(Do::Send(stanza));
        }
    }

    pub(super) fn retract(&mut self, call: &Call) {
        self.say(call, reason_of(intent("retract", &call.sid), "cancel"));
    }

    pub(super) fn reject(&mut self, call: &Call, why: &str) {
        self.say_here(call, "reject");
        self.say(call, reason_of(intent("reject", &call.sid), why));
    }
}

/// Calls that may be known when one more comes.
const MOST_RINGING: usize = super::MOST_CALLS;

fn reason_of(action: Element, why: &str) -> Element {
    around(action, reason::write(why))
}

fn tie_break() -> Element {
    Element::bare("tie-break", ns::JINGLE_MESSAGE)
}
