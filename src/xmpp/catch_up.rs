//! From a new session to one that is caught up: the archive is asked page by page, and until it has shown all that is new, texts
//! of ours wait (the server may have taken them in the session before) and live ones wait (they would stand above older ones).
//! It must not wait for what is older than the last page: that comes behind.
use super::{
    session::{ANSWER, Asked, Output, Pending, Session, Token, WAITING},
    sm::{Sent, Slot},
};
use crate::domain::{
    archive::ArchivePage,
    message::{MessageId, NewMessage},
};
use std::time::Instant;
use xmpp_parsers::minidom::Element;

/// A text that came to this connection.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) text: NewMessage,
    pub(super) slot: Option<Slot>,
    pub(super) archive_id: Option<String>,
    pub(super) receipt: Option<Element>,
}

impl Session {
    /// Once the archive has shown all that is new, or is known not to: what waited goes out, and the account is reachable.
    /// Not before, because the engine sends what its outbox holds as soon as it is.
    pub(super) fn settle(&mut self, now: Instant) {
        let known = self.copies_settled && self.capabilities.is_some();
        if self.holding && self.online && known && !self.archive.is_catching_up() {
            self.holding = false;
            self.release_early();
            self.tell_missed(now);
            self.flush_waiting();
            self.request_ack();
            self.announce();
        }
    }

    /// A text came to this connection: it is handed up after those that the archive has yet to bring.
    pub(super) fn live(&mut self, live: Live) {
        self.early.push(live);
        if !self.holding {
            self.release_early();
        } else if self.early.len() >= WAITING {
            self.leave_to_archive();
        }
    }

    fn release_early(&mut self) {
        std::mem::take(&mut self.early).into_iter().for_each(|live| self.deliver_live(live));
    }

    /// The connection is gone before the archive has spoken: what it has it brings at the next log-in, in its order. The rest
    /// nobody may have a second time.
    pub(super) fn give_up_early(&mut self) {
        self.early_left_to_archive();
        self.release_early();
    }

    /// Too many came while the archive was read: it has them, too, and is read once more. They count as handled as its entries do.
    fn leave_to_archive(&mut self) {
        let left = self.early_left_to_archive();
        if !left.is_empty() {
            self.archive.read_again();
        }
        left.into_iter().filter_map(|live| live.slot).for_each(|slot| self.sm.handled(slot));
        if self.early.len() >= WAITING {
            self.release_early();
        }
    }

    /// Takes out what the archive has, unless the account is known to have none.
    fn early_left_to_archive(&mut self) -> Vec<Live> {
        let archive = self.capabilities.is_none_or(|can| can.archive);
        self.early.extract_if(.., |live| archive && live.archive_id.is_some()).collect()
    }

    /// The archive has this text of ours: the server took it, whatever became of the session it was sent in.
    pub(super) fn found_in_archive(&mut self, id: MessageId) {
        if self.in_flight.remove(&id) {
            self.waiting.retain(|(_, what)| *what != Sent::Text(id));
        }
    }

    pub(super) fn deliver_page(&mut self, page: ArchivePage) {
        self.counter += 1;
        let token = Token(self.counter);
        let pending = Pending { slot: None, page: true, step: Some(page.step.clone()), receipt: None };
        self.pending.insert(token, pending);
        self.out.push_back(Output::Archived(token, page));
    }

    pub(super) fn begin_archive(&mut self, now: Instant) {
        let id = self.request_id();
        let request = self.archive.begin(id.clone());
        self.asked.insert(id, (Asked::Archive, now + ANSWER));
        self.send(request, Sent::Other);
    }

    pub(super) fn more_archive(&mut self, now: Instant) {
        if self.online && self.archive.wants_more() {
            let id = self.request_id();
            let request = self.archive.next(id.clone());
            self.asked.insert(id, (Asked::Archive, now + ANSWER));
            self.send(request, Sent::Other);
        }
    }
}
