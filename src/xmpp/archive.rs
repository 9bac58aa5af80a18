//! The server's archive (XEP-0313, paged by XEP-0059): what arrived while we were away. After the last entry that was kept it pages
//! forward; on the first log-in, or when the server no longer knows that entry, it takes the newest couple of hundred.
//! The kept entry moves only in order: while a catch-up runs, live texts carry no place in the archive.
use super::stanza;
use jiff::Timestamp;
use xmpp_parsers::{
    iq::Iq,
    jid::BareJid,
    mam::{Query, QueryId},
    minidom::Element,
    ns,
    rsm::SetQuery,
};

/// Entries asked for at once; many servers give no more.
const PAGE: usize = 50;
/// How much of an old archive is taken on the first log-in.
const FIRST_LOGIN: usize = 200;
/// A server that sends more than this for one page is not followed.
const HOSTILE_PAGE: usize = 10 * PAGE;

/// One archived message.
#[derive(Debug)]
pub(super) struct Entry {
    /// Its id in the archive.
    pub(super) id: String,
    /// When the server got it.
    pub(super) stamp: Option<Timestamp>,
    /// The message.
    pub(super) message: Element,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked for in this session, or it failed: a gap is possible.
    Behind,
    /// Paging forward after this entry.
    Forward(String),
    /// Paging backward before this entry; empty: from the end.
    Backward(String),
    /// All is here.
    Complete,
}

/// Where the catch-up stands.
#[derive(Debug)]
pub(super) struct Archive {
    cursor: Option<String>,
    phase: Phase,
    /// Id of the running query: results must name it.
    query: Option<String>,
    page: Vec<Entry>,
    /// Older pages of a backward run go before newer ones.
    gathered: Vec<Entry>,
    /// Handed over and not kept yet.
    uncommitted: usize,
}

impl Archive {
    /// `cursor`: the newest entry that is kept.
    pub(super) const fn new(cursor: Option<String>) -> Self {
        Self { cursor, phase: Phase::Behind, query: None, page: Vec::new(), gathered: Vec::new(), uncommitted: 0 }
    }

    /// A new session: begin anew when [`Archive::begin`] is called.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.cursor.take());
    }

    /// Starts the catch-up. `id` names the request and its results.
    pub(super) fn begin(&mut self, id: String) -> Element {
        self.phase = match &self.cursor {
            Some(cursor) => Phase::Forward(cursor.clone()),
            None => Phase::Backward(String::new()),
        };
        self.ask(id)
    }

    fn ask(&mut self, id: String) -> Element {
        let mut set = SetQuery { max: Some(PAGE), after: None, before: None, index: None };
        match &self.phase {
            Phase::Forward(after) => set.after = Some(after.clone()),
            Phase::Backward(before) => set.before = Some(before.clone()),
            Phase::Behind | Phase::Complete => {}
        }
        self.page.clear();
        self.query = Some(id.clone());
        let query =
            Query { queryid: Some(QueryId(id.clone())), node: None, form: None, set: Some(set), flip_page: false };
        Iq::from_set(id, query).into()
    }

    /// Takes a message if it is a result. `Some(false)`: it claims to be one and is not ours.
    pub(super) fn result(&mut self, message: &Element, me: &BareJid) -> Option<bool> {
        let result = message.get_child("result", ns::MAM)?;
        Some(self.take(message, result, me).is_some())
    }

    fn take(&mut self, message: &Element, result: &Element, me: &BareJid) -> Option<()> {
        let query = self.query.as_deref()?;
        if !stanza::from_own_account(message, me)
            || result.attr("queryid") != Some(query)
            || self.page.len() >= HOSTILE_PAGE
        {
            return None;
        }
        let id = result.attr("id").filter(|id| !id.is_empty())?.to_owned();
        let forwarded = result.get_child("forwarded", ns::FORWARD)?;
        let inner = forwarded.get_child("message", ns::JABBER_CLIENT)?.clone();
        let stamp = forwarded.get_child("delay", ns::DELAY).and_then(|delay| delay.attr("stamp")?.parse().ok());
        // after a resumption the server may run the query again
        if self.page.iter().all(|entry| entry.id != id) {
            self.page.push(Entry { id, stamp, message: inner });
        }
        Some(())
    }

    /// The end of a page: entries to hand over, oldest first.
    pub(super) fn page(&mut self, fin: &Element) -> Vec<Entry> {
        self.query = None;
        let mut page = std::mem::take(&mut self.page);
        let complete = matches!(fin.attr("complete"), Some("true" | "1"));
        let set = fin.get_child("set", ns::RSM);
        let edge =
            |name| set.and_then(|set| set.get_child(name, ns::RSM)).map(Element::text).filter(|id| !id.is_empty());
        match std::mem::replace(&mut self.phase, Phase::Complete) {
            Phase::Forward(after) => {
                let last = edge("last").filter(|last| !complete && *last != after);
                self.phase = last.map_or(Phase::Complete, Phase::Forward);
                page
            }
            Phase::Backward(before) => {
                page.append(&mut self.gathered);
                let first = edge("first").filter(|first| !complete && *first != before && page.len() < FIRST_LOGIN);
                match first {
                    Some(first) => {
                        self.phase = Phase::Backward(first);
                        self.gathered = page;
                        Vec::new()
                    }
                    None => page,
                }
            }
            phase @ (Phase::Behind | Phase::Complete) => {
                self.phase = phase;
                Vec::new()
            }
        }
    }

    /// The query was refused. Gives whether to ask in another way ([`Archive::next`]).
    pub(super) fn refused(&mut self, condition: &str) {
        self.query = None;
        self.page.clear();
        // the entry is no longer in the archive
        let expired = condition == "item-not-found" && matches!(self.phase, Phase::Forward(_));
        self.phase = if expired { Phase::Backward(String::new()) } else { Phase::Behind };
    }

    /// An entry was handed over.
    pub(super) fn handed_over(&mut self) {
        self.uncommitted += 1;
    }

    /// An entry that was handed over is kept.
    pub(super) fn kept(&mut self) {
        self.uncommitted = self.uncommitted.saturating_sub(1);
    }

    /// A text with a place in the archive is kept.
    pub(super) fn moved(&mut self, id: String) {
        self.cursor = Some(id);
    }

    /// Whether the next page is to be asked for: one page at a time is in memory.
    pub(super) fn wants_more(&self) -> bool {
        self.query.is_none() && self.uncommitted == 0 && matches!(self.phase, Phase::Forward(_) | Phase::Backward(_))
    }

    /// Asks for the next page.
    pub(super) fn next(&mut self, id: String) -> Element {
        self.ask(id)
    }

    /// Whether a live text may move the kept entry: all before it is here.
    pub(super) fn is_complete(&self) -> bool {
        self.phase == Phase::Complete
    }
}
