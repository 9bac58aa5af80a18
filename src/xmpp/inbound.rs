//! What comes in on a session: counted, understood, answered. It must answer every request, and count every stanza sooner
//! or later: one that is never counted comes again for ever.
use super::{
    archive::Page,
    carbons::{self, Carbon},
    catch_up::Live,
    disco, extdisco, gateways,
    jingle::{Came, Way},
    login,
    message::{self, Envelope, Source},
    request, roster,
    session::{Asked, Output, Pending, Session},
    sm::{Sent, Slot},
    stanza,
};
use crate::account::{AccountEvent, chat::ChatEvent};
use crate::domain::{account::Capabilities, archive::ArchivePage, message::Direction};
use jiff::{SignedDuration, Timestamp};
use std::time::Instant;
use xmpp_parsers::{jid::Jid, minidom::Element, ns};

/// How long a call may have waited on its way and still ring.
const RINGS: SignedDuration = SignedDuration::from_secs(60);

impl Session {
    /// One top-level element of the stream.
    pub(super) fn receive(&mut self, element: &Element, now: Instant) {
        self.probe = None;
        if element.has_ns(ns::SM) {
            return self.counts(element);
        }
        if element.is("error", ns::STREAM) {
            let (problem, retry) = login::stream_error(element);
            return self.out.push_back(Output::Close { problem, retry });
        }
        if element.has_ns(ns::JABBER_CLIENT) {
            let slot = self.sm.received();
            if !self.stanza(element, Some(slot), now) {
                self.sm.handled(slot);
            }
        }
    }

    /// A stanza that came before counting began (XEP-0198 section 4).
    pub(super) fn receive_uncounted(&mut self, element: &Element, now: Instant) {
        if element.has_ns(ns::JABBER_CLIENT) {
            self.stanza(element, None, now);
        }
    }

    /// Gives whether its slot waits for the store.
    fn stanza(&mut self, element: &Element, slot: Option<Slot>, now: Instant) -> bool {
        match element.name() {
            "message" => return self.message(element, slot, now),
            "iq" => self.iq(element, now),
            // other people's presence is not shown
            _ => {}
        }
        false
    }

    fn counts(&mut self, nonza: &Element) {
        match nonza.name() {
            "r" => {
                self.send_count();
                self.owed = self.sm.is_behind();
            }
            "a" => {
                let h = nonza.attr("h").and_then(|h| h.parse().ok());
                match h.map(|h| self.sm.acknowledged(h)) {
                    Some(Ok(taken)) => taken.into_iter().for_each(|what| self.taken(what)),
                    Some(Err(_)) | None => self.broken(),
                }
            }
            _ => {}
        }
    }

    /// Gives whether its slot waits for the store.
    fn message(&mut self, message: &Element, slot: Option<Slot>, now: Instant) -> bool {
        match self.archive.result(message, &self.me) {
            // kept by the archive until it is in the store: it can be asked again
            Some(true) => return false,
            Some(false) => {
                tracing::warn!(account = self.account.in_log(), "an archive result that was not asked for was ignored")
            }
            None => {}
        }
        let envelope = match carbons::unwrap(message, &self.me) {
            Carbon::Copy(direction, inner) => {
                let delay = inner.get_child("delay", ns::DELAY).or_else(|| {
                    message
                        .children()
                        .find_map(|copy| copy.get_child("forwarded", ns::FORWARD)?.get_child("delay", ns::DELAY))
                });
                let stamp = delay.and_then(|delay| delay.attr("stamp")?.parse().ok());
                Envelope { message: inner, source: Source::Carbon(direction), stamp }
            }
            Carbon::No => Envelope { message, source: Source::Live, stamp: None },
            Carbon::Forged => {
                tracing::warn!(account = self.account.in_log(), "a forged copy of a message was ignored");
                Envelope { message, source: Source::Live, stamp: None }
            }
        };
        let way = way(&envelope);
        let of_a_call = self.calls.message(envelope.message, way, now);
        self.follow_calls();
        if of_a_call && way == Way::Late {
            self.away.message(envelope.message, stamp(&envelope), &self.me);
            if !self.holding || self.away.is_full() {
                self.tell_missed(now);
            }
        }
        // words beside it are a text all the same
        if of_a_call && !envelope.message.has_child("body", ns::JABBER_CLIENT) {
            return false;
        }
        let meaning = message::read(envelope, &self.me, &self.ids);
        if let Some((id, progress)) = meaning.progress {
            self.progress(id, progress);
        }
        if let Some((peer, on)) = meaning.writing {
            self.out.push_back(Output::Event(AccountEvent::Chat(ChatEvent::Writing { peer, on })));
        }
        let Some(text) = meaning.text else { return false };
        let live = Live { text, slot, archive_id: meaning.archive_id, receipt: meaning.receipt };
        self.live(live);
        true
    }

    /// Hands a text up that came to this connection.
    pub(super) fn deliver_live(&mut self, live: Live) {
        let Live { mut text, slot, archive_id, receipt } = live;
        // while a text of ours is under way its entry may come before this one, and must still be found after a crash
        let settled = self.in_flight.is_empty();
        text.archive = archive_id.filter(|_| settled).and_then(|id| self.archive.live(&id));
        let step = text.archive.clone();
        self.deliver(text, Pending { slot, page: false, step, receipt });
    }

    fn archived(&mut self, page: Page, now: Instant) {
        // what is older than the first log-in is history of another program's
        for entry in page.entries.iter().filter(|_| !page.older) {
            self.away.message(&entry.message, entry.stamp, &self.me);
        }
        if self.away.is_full() {
            self.tell_missed(now);
        }
        let mut messages = Vec::with_capacity(page.entries.len());
        for entry in &page.entries {
            let envelope = Envelope { message: &entry.message, source: Source::Archive(&entry.id), stamp: entry.stamp };
            let meaning = message::read(envelope, &self.me, &self.ids);
            if let Some((id, progress)) = meaning.progress {
                self.found_in_archive(id);
                self.progress(id, progress);
            }
            messages.extend(meaning.text);
        }
        if page.older {
            messages.reverse();
        }
        if messages.is_empty() && page.step.from == page.step.to {
            return self.archive.page_kept();
        }
        self.deliver_page(ArchivePage { messages, step: page.step, older: page.older });
    }

    /// Calls of the time away: those that are over are told as missed, others ring.
    pub(super) fn tell_missed(&mut self, now: Instant) {
        let Came { missed, ringing } = self.away.all_told(Timestamp::now(), RINGS);
        for call in missed {
            let (from, name, at) = (call.from, call.name, call.at);
            self.out.push_back(Output::Event(AccountEvent::MissedCall { from, name, at }));
        }
        for proposal in &ringing {
            self.calls.message(proposal, Way::Here, now);
        }
        self.follow_calls();
    }

    fn iq(&mut self, iq: &Element, now: Instant) {
        match iq.attr("type") {
            Some("get" | "set") => {
                let answer = match iq.children().next() {
                    Some(query) if query.is("query", ns::ROSTER) && iq.attr("type") == Some("set") => {
                        self.pushed(iq, query, now)
                    }
                    Some(jingle) if jingle.is("jingle", ns::JINGLE) && iq.attr("type") == Some("set") => {
                        self.calls.requested(iq, jingle, now);
                        self.follow_calls();
                        None
                    }
                    Some(change) if change.has_ns(ns::BLOCKING) && iq.attr("type") == Some("set") => {
                        self.blocking_changed(iq, change)
                    }
                    _ => request::answer(iq),
                };
                if let Some(answer) = answer {
                    self.send(answer, Sent::Other);
                }
            }
            Some("result" | "error") if self.calls.answer_came(iq) => self.follow_calls(),
            Some("result" | "error") => self.answer(iq, now),
            _ => {}
        }
    }

    fn pushed(&mut self, iq: &Element, query: &Element, now: Instant) -> Option<Element> {
        if !stanza::from_own_account(iq, &self.me) {
            tracing::warn!(account = self.account.in_log(), "a roster push of a stranger was refused");
            return request::refuse(iq);
        }
        let change = roster::push(query, &self.account);
        self.roster_changed(change);
        self.look_for_gateways(query, now);
        stanza::result(iq, None)
    }

    fn answer(&mut self, iq: &Element, now: Instant) {
        let Some(id) = iq.attr("id") else { return };
        let Some((asked, _)) = self.asked.get(id).copied().filter(|(asked, _)| self.may_answer(*asked, iq)) else {
            return;
        };
        self.asked.remove(id);
        if iq.attr("type") == Some("result") {
            self.answered(asked, Ok(iq.children().next()), now);
        } else {
            let condition = stanza::condition(iq).unwrap_or_default().0;
            self.answered(asked, Err(&condition), now);
        }
    }

    /// Nobody else may answer for our account, our server, or a domain that was asked.
    fn may_answer(&self, asked: Asked, iq: &Element) -> bool {
        let from = stanza::from(iq);
        if let Asked::Service(number) = asked {
            let whom = self.gateways.asked(number);
            return from.is_some_and(|from| from.is_bare() && whom == Some(&from.to_bare()));
        }
        if let Asked::Slot(_) = asked {
            return from.is_some_and(|from| from.is_bare() && self.upload == Some(from.to_bare()));
        }
        let own_server = |from: &Jid| from.is_bare() && from.as_str() == self.me.domain().as_str();
        let own_resource = |from: &Jid| from.to_bare() == self.me;
        from.map_or_else(|| iq.attr("from").is_none(), |from| own_server(&from) || own_resource(&from))
    }

    /// Asks the domains in a list what they are.
    fn look_for_gateways(&mut self, list: &Element, now: Instant) {
        for (number, domain) in self.gateways.consider(list) {
            self.ask(Asked::Service(number), now, |id| disco::ask(id, domain));
        }
    }

    /// An answer to a request of ours, its error's condition, or `remote-server-timeout` when none came.
    pub(super) fn answered(&mut self, asked: Asked, answer: Result<Option<&Element>, &str>, now: Instant) {
        let has = |feature| matches!(answer, Ok(Some(info)) if super::disco::has(info, feature));
        if asked == Asked::Server && has(ns::EXT_DISCO) {
            self.ask_for_helpers(now);
        }
        if asked == Asked::Server && has(ns::BLOCKING) {
            self.ask_who_is_blocked(now);
        }
        match asked {
            Asked::Server if self.copies_settled => {}
            Asked::Server if has(ns::CARBONS) => self.ask(Asked::Carbons, now, carbons::enable),
            Asked::Server | Asked::Carbons => {
                self.copies_settled = true;
                self.catch_up(now);
            }
            Asked::Account => {
                let archive = has(ns::MAM);
                self.capabilities = Some(Capabilities {
                    calls: true,
                    texts: true,
                    receipts: true,
                    archive,
                    changes: true,
                    secure: true,
                });
                self.catch_up(now);
            }
            Asked::Roster => {
                if let Ok(Some(query)) = answer {
                    let contacts = roster::whole(query, &self.account);
                    self.out.push_back(Output::Event(AccountEvent::Roster(contacts)));
                    self.look_for_gateways(query, now);
                }
                // after the roster: what stands on both counts as chosen by the person
                let server = Jid::from_parts(None, self.me.domain(), None);
                self.ask(Asked::Items, now, |id| gateways::ask_items(id, server));
            }
            Asked::Items => {
                if let Ok(Some(items)) = answer {
                    self.look_for_gateways(items, now);
                }
            }
            Asked::Service(number) => {
                let info = answer.ok().flatten();
                if let (Some(service), Some(info)) = (self.gateways.asked(number).cloned(), info) {
                    self.service_told(&service, info);
                }
                let found = info.and_then(|info| self.gateways.answered(number, info));
                if let Some((domain, rostered)) = found {
                    self.out.push_back(Output::Event(AccountEvent::Gateway { domain, rostered }));
                }
            }
            Asked::Archive => {
                let page = match answer {
                    Ok(Some(fin)) if fin.is("fin", ns::MAM) => self.archive.page(fin),
                    Ok(_) => self.archive.refused(""),
                    Err(condition) => {
                        tracing::info!(account = self.account.in_log(), condition, "the archive did not answer");
                        self.archive.refused(condition)
                    }
                };
                if let Some(page) = page {
                    self.archived(page, now);
                }
                self.more_archive(now);
            }
            Asked::Helpers => {
                if let Ok(Some(services)) = answer {
                    let (servers, life) = extdisco::read(services, Timestamp::now());
                    self.helpers_due = Some(now + life);
                    self.out.push_back(Output::Event(AccountEvent::Helpers(servers)));
                }
            }
            Asked::Slot(id) => self.slot_came(id, answer),
            Asked::Blocklist => {
                if let Ok(Some(list)) = answer {
                    self.blocklist_came(list);
                }
            }
            // whatever became of it, the list says
            Asked::Block => self.ask_who_is_blocked(now),
            Asked::Ping => {}
        }
        self.settle(now);
    }

    pub(super) fn ask_for_helpers(&mut self, now: Instant) {
        self.helpers_due = None;
        let server = Jid::from_parts(None, self.me.domain(), None);
        self.ask(Asked::Helpers, now, |id| extdisco::ask(id, server));
    }

    /// Asks the archive once copies are on: what another device of ours gets in between would be in neither.
    fn catch_up(&mut self, now: Instant) {
        if self.copies_settled && self.capabilities.is_some_and(|can| can.archive) {
            self.begin_archive(now);
        }
    }

    fn roster_changed(&mut self, change: roster::Change) {
        if !change.removed.is_empty() {
            self.out.push_back(Output::Event(AccountEvent::ContactsRemoved(change.removed)));
        }
        if !change.named.is_empty() {
            self.out.push_back(Output::Event(AccountEvent::Contacts(change.named)));
        }
    }
}

/// When a message was sent, where it had to wait.
fn stamp(envelope: &Envelope<'_>) -> Option<Timestamp> {
    let delay = envelope.message.get_child("delay", ns::DELAY).and_then(|delay| delay.attr("stamp")?.parse().ok());
    delay.or(envelope.stamp)
}

/// Which way a message went, as calls see it. One that has waited longer than it rings tells of a call that is over.
fn way(envelope: &Envelope<'_>) -> Way {
    let late = |stamp: Timestamp| Timestamp::now().duration_since(stamp) > RINGS;
    match envelope.source {
        Source::Carbon(Direction::Outgoing) => Way::Sent,
        _ if stamp(envelope).is_some_and(late) => Way::Late,
        _ => Way::Here,
    }
}
