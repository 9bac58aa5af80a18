//! Stream management (XEP-0198): what the server has of ours, and what we have of the server's. A stanza of the server's counts as
//! handled only when [`Sm::handled`] says so, and only together with all before it; a text of ours is kept until the server counted it.
//! It must not send: it says what is to be sent.
use crate::domain::message::MessageId;
use std::collections::VecDeque;
use xmpp_parsers::minidom::Element;

/// What a stanza of ours is, for when it is acknowledged or lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// A text of the store.
    Text(MessageId),
    /// A delivery receipt: sent again when the session is lost.
    Receipt,
    /// The end of a call: sent again, too, or the other side would go on.
    CallEnd,
    /// Anything that has no meaning in another session.
    Other,
}

/// A place in the row of the server's stanzas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot(u64);

/// The server counted more than was sent: the two counts cannot be reconciled.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the server acknowledged stanzas that were never sent")]
pub(super) struct TooHigh;

/// The two counts and the queue.
#[derive(Debug, Default)]
pub(super) struct Sm {
    enabled: bool,
    /// The server's name of the session, if it can be resumed.
    id: Option<String>,
    /// Stanzas handled without a gap (`h` of `<a/>`), modulo 2^32.
    handled: u32,
    /// Whether each stanza after those is handled; the first is not.
    slots: VecDeque<bool>,
    /// Number of the first of `slots` in this process.
    first: u64,
    /// The server's last `h`.
    acked: u32,
    unacked: VecDeque<(Element, Sent)>,
}

impl Sm {
    /// A new session whose `<enable/>` was answered: `id` if it can be resumed.
    pub(super) fn start(&mut self, enabled: bool, id: Option<String>) {
        *self = Self { enabled, id, first: self.first + self.slots.len() as u64, ..Self::default() };
    }

    /// Whether the session is counted at all.
    pub(super) const fn enabled(&self) -> bool {
        self.enabled
    }

    /// What to resume and the `h` to send with it.
    pub(super) fn resumable(&self) -> Option<(&str, u32)> {
        self.id.as_deref().map(|id| (id, self.handled))
    }

    /// The count for `<a/>`.
    pub(super) const fn h(&self) -> u32 {
        self.handled
    }

    /// Whether a stanza that came in is not handled yet.
    pub(super) fn is_behind(&self) -> bool {
        !self.slots.is_empty()
    }

    /// A stanza came in.
    pub(super) fn received(&mut self) -> Slot {
        self.slots.push_back(false);
        Slot(self.first + self.slots.len() as u64 - 1)
    }

    /// A stanza was handled. A slot of an earlier connection means nothing: the server sends that stanza again.
    pub(super) fn handled(&mut self, Slot(number): Slot) {
        let Some(slot) = number.checked_sub(self.first).and_then(|n| self.slots.get_mut(usize::try_from(n).ok()?))
        else {
            return;
        };
        *slot = true;
        while self.slots.front() == Some(&true) {
            self.slots.pop_front();
            self.first += 1;
            self.handled = self.handled.wrapping_add(1);
        }
    }

    /// A stanza of ours goes out.
    pub(super) fn sent(&mut self, stanza: &Element, what: Sent) {
        if self.enabled {
            self.unacked.push_back((stanza.clone(), what));
        }
    }

    /// Whether something of ours waits to be counted by the server.
    pub(super) fn waits(&self) -> bool {
        !self.unacked.is_empty()
    }

    /// The server's count: what it now has, in order.
    pub(super) fn acknowledged(&mut self, h: u32) -> Result<Vec<Sent>, TooHigh> {
        let count = h.wrapping_sub(self.acked) as usize;
        if count > self.unacked.len() {
            return Err(TooHigh);
        }
        self.acked = h;
        Ok(self.unacked.drain(..count).map(|(_, what)| what).collect())
    }

    /// The connection is gone: the count stands still from here, since it is what a resumption will name, and the server repeats
    /// all that came after it.
    pub(super) fn disconnected(&mut self) {
        self.first += self.slots.len() as u64;
        self.slots.clear();
    }

    /// The session was resumed. Gives what the server has, and what to send again.
    pub(super) fn resumed(&mut self, h: u32) -> Result<(Vec<Sent>, Vec<Element>), TooHigh> {
        let acked = self.acknowledged(h)?;
        Ok((acked, self.unacked.iter().map(|(stanza, _)| stanza.clone()).collect()))
    }

    /// The session is lost, perhaps with a last count. Gives what the server has, and what it has not.
    pub(super) fn lost(&mut self, h: Option<u32>) -> (Vec<Sent>, Vec<(Element, Sent)>) {
        let acked = h.and_then(|h| self.acknowledged(h).ok()).unwrap_or_default();
        self.id = None;
        self.enabled = false;
        (acked, self.unacked.drain(..).collect())
    }

    /// Never resume this session: its counts are not to be trusted.
    pub(super) fn forget(&mut self) {
        self.id = None;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn text(n: i64) -> (Element, Sent) {
        (Element::bare("message", "jabber:client"), Sent::Text(MessageId(n)))
    }

    fn started() -> Sm {
        let mut sm = Sm::default();
        sm.start(true, Some("id".to_owned()));
        sm
    }

    #[test]
    fn the_count_waits_for_the_slowest() {
        let mut sm = started();
        let (a, b, c) = (sm.received(), sm.received(), sm.received());
        sm.handled(c);
        sm.handled(b);
        assert_eq!(sm.h(), 0, "the first is not kept yet");
        sm.handled(a);
        sm.handled(a);
        assert_eq!(sm.h(), 3);
    }

    #[test]
    fn slots_of_before_a_resumption_do_not_count() {
        let mut sm = started();
        let (old, _) = (sm.received(), sm.received());
        sm.disconnected();
        sm.handled(old);
        assert_eq!(sm.resumable(), Some(("id", 0)));
        sm.resumed(0).unwrap();
        let again = sm.received();
        sm.handled(old);
        assert_eq!(sm.h(), 0);
        sm.handled(again);
        assert_eq!(sm.h(), 1);
    }

    #[test]
    fn acknowledged_in_order_and_across_the_wrap() {
        let mut sm = started();
        sm.acked = u32::MAX;
        for n in 0..3 {
            let (stanza, what) = text(n);
            sm.sent(&stanza, what);
        }
        assert_eq!(sm.acknowledged(u32::MAX), Ok(vec![]));
        assert_eq!(sm.acknowledged(1).unwrap(), [Sent::Text(MessageId(0)), Sent::Text(MessageId(1))]);
        assert_eq!(sm.acknowledged(3), Err(TooHigh));
        assert_eq!(sm.acknowledged(0), Err(TooHigh), "a count never goes back");
        let (acked, again) = sm.resumed(1).unwrap();
        assert_eq!((acked.len(), again.len()), (0, 1));
    }

    #[test]
    fn a_lost_session_gives_back_what_the_server_does_not_have() {
        let mut sm = started();
        for n in 0..3 {
            let (stanza, what) = text(n);
            sm.sent(&stanza, what);
        }
        let (acked, lost) = sm.lost(Some(1));
        assert_eq!(acked, [Sent::Text(MessageId(0))]);
        assert_eq!(
            lost.iter().map(|(_, what)| *what).collect::<Vec<_>>(),
            [Sent::Text(MessageId(1)), Sent::Text(MessageId(2))]
        );
        assert_eq!(sm.resumable(), None);
        assert!(!sm.waits());
    }
}
