//! What a message means: a pipeline of small steps, each named for what it does. It must not send, keep or count anything,
//! and it knows no contact list: a stranger's text is a text.
use super::{
    correction, failure, group, markers, reactions, receipts, reply, retraction, sharing, stanza,
    wire_id::{WireIds, hex},
    writing,
};
use crate::account::TextProgress;
use crate::domain::{
    address::Address,
    extras::{Change, Deed, Extras, Reply, Target, Withdrawn},
    message::{Direction, MessageId, NewMessage},
    private::Private,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use xmpp_parsers::{jid::BareJid, minidom::Element, ns};

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// How a message came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// To this connection.
    Live,
    /// As a copy of what another device of ours sent or received.
    Carbon(Direction),
    /// From the archive, under this id.
    Archive(&'a str),
}

/// A message with what its wrapping told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope<'a> {
    /// The message itself.
    pub(super) message: &'a Element,
    /// Where it comes from.
    pub(super) source: Source<'a>,
    /// When the server got it, by the wrapping's word.
    pub(super) stamp: Option<Timestamp>,
}

/// What a message means.
#[derive(Debug, Default)]
pub(super) struct Meaning {
    /// A text of ours moved on.
    pub(super) progress: Option<(MessageId, TextProgress)>,
    /// A text.
    pub(super) text: Option<NewMessage>,
    /// Its id in our archive.
    pub(super) archive_id: Option<String>,
    /// The receipt to send once the text is kept.
    pub(super) receipt: Option<Element>,
    /// The other side writes, or has stopped.
    pub(super) writing: Option<(Address, bool)>,
}

/// The two ends of a message.
struct Parties {
    direction: Direction,
    peer: BareJid,
    from: BareJid,
}

/// Reads one message.
pub(super) fn read(envelope: Envelope<'_>, me: &BareJid, ids: &WireIds) -> Meaning {
    let message = envelope.message;
    let Some(parties) = parties(envelope, me) else { return Meaning::default() };
    if message.attr("type") == Some("error") {
        return Meaning { progress: refusal(message, &parties.from, ids), ..Meaning::default() };
    }
    // rooms are not built; what is said there is no text to us
    if message.attr("type") == Some("groupchat") {
        return Meaning::default();
    }
    let delivered = receipts::received(message, &parties.from, ids).map(|id| (id, TextProgress::Delivered));
    let here = envelope.source == Source::Live && parties.from != *me;
    let writing = writing::read(message).filter(|_| here).and_then(|on| Some((stanza::address(&parties.peer)?, on)));
    let change = change(message, &parties, me, ids);
    let body = match (&change, body(message)) {
        // its words are for those who do not know it
        (Some(change), _) if change.deed != Deed::Corrected => String::new(),
        (_, Some(body)) => body,
        (_, None) => return Meaning { progress: delivered, writing, ..Meaning::default() },
    };
    if let Some(id) = own_text(envelope, &parties, ids) {
        return Meaning { progress: delivered.or(Some((id, TextProgress::Sent))), ..Meaning::default() };
    }
    let receipt = stanza::from(message).filter(|_| here).and_then(|from| receipts::answer(message, &from));
    let archive_id = archive_id(envelope, me);
    let text = text(envelope, &parties, archive_id.as_deref(), body);
    let text = text.map(|text| hang(message, &parties, me, ids, NewMessage { change, ..text }));
    Meaning { progress: delivered, text, archive_id, receipt, writing }
}

/// Step: who wrote to whom.
fn parties(envelope: Envelope<'_>, me: &BareJid) -> Option<Parties> {
    let message = envelope.message;
    let bare = |attribute: &str, jid: Option<xmpp_parsers::jid::Jid>| match jid {
        Some(jid) => Some(jid.into_bare()),
        // absent means our own account (RFC 6120 section 8.1.2.1); unreadable means nobody
        None => message.attr(attribute).is_none().then(|| me.clone()),
    };
    let from = bare("from", stanza::from(message))?;
    let to = bare("to", stanza::to(message))?;
    let direction = match envelope.source {
        Source::Live => Direction::Incoming,
        Source::Carbon(Direction::Outgoing) if from != *me => return None,
        Source::Carbon(direction) => direction,
        Source::Archive(_) if from == *me && to != *me => Direction::Outgoing,
        Source::Archive(_) => Direction::Incoming,
    };
    let peer = if direction == Direction::Outgoing { to } else { from.clone() };
    Some(Parties { direction, peer, from })
}

/// Step: a text of ours came back as an error.
fn refusal(message: &Element, from: &BareJid, ids: &WireIds) -> Option<(MessageId, TextProgress)> {
    let id = ids.read(from.as_str(), message.attr("id")?)?;
    let (condition, kind) = stanza::condition(message).unwrap_or_default();
    Some((id, failure::of_text(&condition, &kind)))
}

/// Step: the words. The body without a language, else the first; a picture without words is its address (XEP-0066).
fn body(message: &Element) -> Option<String> {
    let bodies = || message.children().filter(|child| child.is("body", ns::JABBER_CLIENT));
    let plain =
        bodies().find(|body| body.attr_ns(XML, "lang").is_none()).or_else(|| bodies().next()).map(Element::text);
    let link = || Some(message.get_child("x", ns::OOB)?.get_child("url", ns::OOB)?.text());
    plain.filter(|text| !text.trim().is_empty()).or_else(link).filter(|text| !text.trim().is_empty())
}

/// Step: an entry of the archive that is a text of this machine's own: the store has it, and the server took it.
fn own_text(envelope: Envelope<'_>, parties: &Parties, ids: &WireIds) -> Option<MessageId> {
    let archived = matches!(envelope.source, Source::Archive(_)) && parties.direction == Direction::Outgoing;
    ids.read(parties.peer.as_str(), envelope.message.attr("id").filter(|_| archived)?)
}

/// Step: the text as the other rooms know it.
fn text(envelope: Envelope<'_>, parties: &Parties, archive_id: Option<&str>, body: String) -> Option<NewMessage> {
    let message = envelope.message;
    let peer = stanza::address(&parties.peer)?;
    let dedupe = dedupe(message, &parties.from, archive_id, &body);
    let (sender, body) = match group::split(&peer, &body) {
        Some((writer, rest)) if parties.direction == Direction::Incoming => (Some(writer), rest.to_owned()),
        _ => (None::<Address>, body),
    };
    let nick = message.get_child("nick", ns::NICK).map(Element::text).filter(|nick| !nick.trim().is_empty());
    let delay = message.get_child("delay", ns::DELAY).and_then(|delay| delay.attr("stamp")?.parse().ok());
    Some(NewMessage {
        peer,
        sender,
        sender_name: nick.filter(|_| parties.direction == Direction::Incoming).map(Private::new),
        direction: parties.direction,
        body: Private::new(body),
        sent_at: delay.or(envelope.stamp),
        dedupe,
        in_order: true,
        wire_id: message.attr("id").filter(|id| !id.is_empty()).map(str::to_owned),
        extras: Extras::default(),
        change: None,
        archive: None,
    })
}

/// Step: what it does to another text. Only a writer corrects or takes back; anybody in the conversation does the rest.
fn change(message: &Element, parties: &Parties, me: &BareJid, ids: &WireIds) -> Option<Change> {
    let (id, deed) = if let Some(id) = correction::read(message) {
        (id, Deed::Corrected)
    } else if let Some((id, signs)) = reactions::read(message) {
        (id, Deed::Reacted(signs))
    } else if let Some(id) = retraction::read(message) {
        (id, Deed::Withdrawn(Withdrawn::Writer))
    } else {
        (markers::read(message)?, Deed::Seen)
    };
    let writers = match (&deed, parties.direction) {
        (Deed::Corrected | Deed::Withdrawn(_), _) => vec![&parties.from],
        (Deed::Reacted(_), _) => vec![&parties.peer, me],
        (Deed::Seen, Direction::Incoming) => vec![me],
        (Deed::Seen, Direction::Outgoing) => vec![&parties.peer],
    };
    Some(Change { target: target(id, &writers, parties, me, ids), deed })
}

/// Step: a text by its id, which one of these wrote.
fn target(id: &str, writers: &[&BareJid], parties: &Parties, me: &BareJid, ids: &WireIds) -> Target {
    let ours = ids.read(parties.peer.as_str(), id).filter(|_| writers.contains(&me));
    Target { ours, keys: writers.iter().map(|writer| format!("id:{writer}/{id}/")).collect() }
}

/// Step: what hangs on it.
fn hang(message: &Element, parties: &Parties, me: &BareJid, ids: &WireIds, text: NewMessage) -> NewMessage {
    let incoming = parties.direction == Direction::Incoming;
    let mut extras = Extras { markable: incoming && markers::wanted(message), ..text.extras };
    extras.attachments = sharing::read(message);
    let mut body = text.body;
    if let (Some(read), None) = (reply::read(message, body.expose()), &text.change) {
        let target = target(&read.id, &[&parties.peer, me], parties, me, ids);
        extras.reply = Some(Reply { to: None, mine: false, quote: read.quote.into(), target });
        body = read.body.into();
    }
    NewMessage { extras, body, ..text }
}

/// Step: its place in our archive. A stanza-id (XEP-0359) counts only if our own account gave it.
fn archive_id(envelope: Envelope<'_>, me: &BareJid) -> Option<String> {
    if let Source::Archive(id) = envelope.source {
        return Some(id.to_owned());
    }
    let ours = |child: &&Element| child.is("stanza-id", ns::SID) && child.attr("by") == Some(me.as_str());
    envelope.message.children().find(ours)?.attr("id").filter(|id| !id.is_empty()).map(str::to_owned)
}

/// Step: everything that tells it from other texts and shows it again in a copy. The stanza's own id counts with the body only:
/// there are senders that count from 1 in each session.
fn dedupe(message: &Element, from: &BareJid, archive_id: Option<&str>, body: &str) -> Vec<String> {
    let origin = message.get_child("origin-id", ns::SID).and_then(|origin| origin.attr("id"));
    let id = message.attr("id").filter(|id| !id.is_empty());
    let mut keys = Vec::new();
    keys.extend(archive_id.map(|id| format!("archive:{id}")));
    keys.extend(origin.filter(|id| !id.is_empty()).map(|id| format!("origin:{from}/{id}")));
    keys.extend(id.map(|id| format!("id:{from}/{id}/{}", hex(Sha256::digest(body).iter().take(8)))));
    keys
}
