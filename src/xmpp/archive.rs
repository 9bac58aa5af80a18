//! The server's archive (XEP-0313, paged by XEP-0059): what arrived while we were away. After the newest entry that is kept it pages
//! forward. On the first log-in, or when the server no longer knows that entry, it takes the end of the archive, which makes the
//! account usable at once, and then reads the rest backward. An archive that is empty then is read from its beginning ever after.
//! What is kept moves one step after the other, in the order in which texts are handed up: while a catch-up runs, live texts make
//! no step. It must not read what is in an entry.
use super::stanza;
use crate::domain::archive::{ArchivePlace, ArchiveStep};
use jiff::Timestamp;
use xmpp_parsers::{
    iq::Iq,
    jid::BareJid,
    mam::{Query, QueryId},
    minidom::Element,
    ns,
    rsm::SetQuery,
};

/// Entries asked for at once; many servers give fewer.
const PAGE: usize = 250;
/// The first page of all: a screen or two of texts, so that they are there at once.
const FIRST_PAGE: usize = 50;
/// A server that sends more than this for one page is not followed.
const HOSTILE_PAGE: usize = 4 * PAGE;
/// Pages handed up and not kept yet while the next is asked for.
const UNDER_WAY: usize = 2;
/// The place before the first entry, in the place of its id: all of an archive that was empty is new.
const BEGINNING: &str = "";

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

/// A page that is whole.
#[derive(Debug)]
pub(super) struct Page {
    /// Oldest first.
    pub(super) entries: Vec<Entry>,
    /// Where it leads.
    pub(super) step: ArchiveStep,
    /// It was read backward, behind the end of the archive.
    pub(super) older: bool,
}

/// Which part is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// What follows the newest that was handed up.
    Forward,
    /// The end.
    End,
    /// What is before the gap.
    Older,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nothing was asked for in this session, or it failed: something new may be missing.
    Behind,
    /// This is being fetched.
    Fetching(Part),
    /// Everything new is here.
    Complete,
}

/// Where the catch-up stands.
#[derive(Debug)]
pub(super) struct Archive {
    kept: ArchivePlace,
    /// Where all that was handed up leads, once it is kept.
    handed: ArchivePlace,
    phase: Phase,
    /// Id of the running query, which results must name, and what it asks for.
    query: Option<(String, Part)>,
    page: Vec<Entry>,
    /// Pages handed up and not kept yet.
    uncommitted: usize,
    /// The server did not give what is older: not in this session.
    older_refused: bool,
    /// Texts that came while a page was on its way were left to the archive: it is not read to its end by that page.
    again: bool,
}

impl Archive {
    /// `kept`: how much is kept.
    pub(super) fn new(kept: ArchivePlace) -> Self {
        Self {
            handed: kept.clone(),
            kept,
            phase: Phase::Behind,
            query: None,
            page: Vec::new(),
            uncommitted: 0,
            older_refused: false,
            again: false,
        }
    }

    /// What came since the last question was asked is to be fetched, too.
    pub(super) fn read_again(&mut self) {
        self.again = matches!(self.phase, Phase::Fetching(_));
    }

    /// A new session: begin anew when [`Archive::begin`] is called. What was handed up may still be kept.
    pub(super) fn reset(&mut self) {
        let handed = self.handed.clone();
        *self = Self { handed, ..Self::new(self.kept.clone()) };
    }

    /// Starts the catch-up. `id` names the request and its results.
    pub(super) fn begin(&mut self, id: String) -> Element {
        let part = if self.kept.newest.is_some() { Part::Forward } else { Part::End };
        // what was handed up in the session before and is not kept yet is asked for again
        let after = self.kept.newest.clone();
        self.ask(id, part, after)
    }

    /// Asks for the next page.
    pub(super) fn next(&mut self, id: String) -> Element {
        match self.phase {
            Phase::Fetching(part) => self.ask(id, part, self.handed.newest.clone()),
            Phase::Behind | Phase::Complete => self.ask(id, Part::Older, None),
        }
    }

    fn ask(&mut self, id: String, part: Part, newest: Option<String>) -> Element {
        let mut set = SetQuery { max: Some(PAGE), after: None, before: None, index: None };
        match part {
            Part::Forward => set.after = newest.filter(|newest| newest != BEGINNING),
            Part::End => (set.max, set.before) = (Some(FIRST_PAGE), Some(String::new())),
            Part::Older => set.before = self.handed.gap.clone(),
        }
        if part != Part::Older {
            self.phase = Phase::Fetching(part);
            self.again = false;
        }
        self.page.clear();
        self.query = Some((id.clone(), part));
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
        let (query, _) = self.query.as_ref()?;
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

    /// The end of a page, to be handed up; `None`: it was not asked for.
    pub(super) fn page(&mut self, fin: &Element) -> Option<Page> {
        let (_, part) = self.query.take()?;
        let entries = std::mem::take(&mut self.page);
        let whole = matches!(fin.attr("complete"), Some("true" | "1"));
        let set = fin.get_child("set", ns::RSM);
        let edge =
            |name| set.and_then(|set| set.get_child(name, ns::RSM)).map(Element::text).filter(|id| !id.is_empty());
        let last = edge("last").or_else(|| entries.last().map(|entry| entry.id.clone()));
        let first = edge("first").or_else(|| entries.first().map(|entry| entry.id.clone()));
        let mut to = self.handed.clone();
        match part {
            Part::Forward => {
                // a server that stands still is not followed
                let on = !whole && last.is_some() && last != self.handed.newest;
                self.phase = if on || self.again { Phase::Fetching(Part::Forward) } else { Phase::Complete };
                to.newest = last.or(to.newest);
            }
            Part::End => {
                self.phase = if self.again { Phase::Fetching(Part::Forward) } else { Phase::Complete };
                let newest = last.or_else(|| whole.then(|| BEGINNING.to_owned()));
                to = ArchivePlace { newest, gap: first.filter(|_| !whole) };
            }
            Part::Older => to.gap = first.filter(|first| !whole && Some(first) != self.handed.gap.as_ref()),
        }
        self.uncommitted += 1;
        Some(Page { entries, step: self.step(to), older: part == Part::Older })
    }

    /// The query was refused. Gives whether it changes what is left to fetch: that page is empty.
    pub(super) fn refused(&mut self, condition: &str) -> Option<Page> {
        let (_, part) = self.query.take()?;
        self.page.clear();
        let forgotten = condition == "item-not-found";
        match part {
            // the entry is no longer in the archive
            Part::Forward if forgotten => self.phase = Phase::Fetching(Part::End),
            Part::Forward | Part::End => self.phase = Phase::Behind,
            Part::Older if forgotten => {
                let to = ArchivePlace { gap: None, ..self.handed.clone() };
                self.uncommitted += 1;
                return Some(Page { entries: Vec::new(), step: self.step(to), older: true });
            }
            Part::Older => self.older_refused = true,
        }
        None
    }

    fn step(&mut self, to: ArchivePlace) -> ArchiveStep {
        let from = std::mem::replace(&mut self.handed, to.clone());
        ArchiveStep { from, to }
    }

    /// The step of a live text with this id; `None` while anything new is missing before it.
    pub(super) fn live(&mut self, id: &str) -> Option<ArchiveStep> {
        if self.phase != Phase::Complete {
            return None;
        }
        let to = ArchivePlace { newest: Some(id.to_owned()), ..self.handed.clone() };
        Some(self.step(to))
    }

    /// A page that was handed up is kept.
    pub(super) fn page_kept(&mut self) {
        self.uncommitted = self.uncommitted.saturating_sub(1);
    }

    /// What makes this step is kept.
    pub(super) fn moved(&mut self, step: ArchiveStep) {
        if self.kept == step.from {
            self.kept = step.to;
        }
    }

    /// Something that was handed up could not be kept: nothing that was handed up after it moves the place, and after a lost
    /// page nothing does in this session.
    pub(super) fn not_kept(&mut self, page: bool) {
        self.handed = self.kept.clone();
        if page {
            self.phase = Phase::Behind;
        }
    }

    /// Whether the next page is to be asked for.
    pub(super) fn wants_more(&self) -> bool {
        let older = self.handed.gap.is_some() && !self.older_refused;
        self.query.is_none()
            && self.uncommitted < UNDER_WAY
            && match self.phase {
                Phase::Fetching(_) => true,
                Phase::Complete => older,
                Phase::Behind => false,
            }
    }

    /// Whether a catch-up runs or is still to come in this session, so that it is not known yet what the server took from us.
    pub(super) fn is_catching_up(&self) -> bool {
        matches!(self.phase, Phase::Fetching(_))
    }
}
