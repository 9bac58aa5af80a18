//! What may hang on a text besides its words: a file, the text it answers, reactions, older versions; and what the other side,
//! or another device of ours, does to a text that is here already. Most texts have none of it.
use super::{address::Address, message::MessageId, private::Private};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Older versions of a text that are kept.
pub const VERSIONS: usize = 20;
/// Reactions to one text that are kept; a room may be large.
pub const REACTIONS: usize = 200;

/// See the head of this file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extras {
    /// What the writer is called in a room: names there are no addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nick: Option<Private<String>>,
    /// The writer asks to be told when it was seen (XEP-0333).
    #[serde(skip_serializing_if = "is_false")]
    pub markable: bool,
    /// What it answers (XEP-0461).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// When it was last corrected (XEP-0308).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited: Option<Timestamp>,
    /// What it said before, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<Private<String>>,
    /// It was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub withdrawn: Option<Withdrawn>,
    /// What people think of it (XEP-0444).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reactions: Vec<Reaction>,
    /// Files.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde wants it
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Extras {
    /// It is a text like most.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The text is corrected: its words so far become the last of the older versions.
    pub fn corrected(&mut self, before: Private<String>, at: Timestamp) {
        if self.versions.len() >= VERSIONS {
            self.versions.remove(0);
        }
        self.versions.push(before);
        self.edited = Some(at);
    }

    /// Somebody's reactions take the place of those they had; none takes them away.
    pub fn react(&mut self, by: &Author, emoji: Vec<String>) {
        self.reactions.retain(|known| known.by != *by);
        let room = REACTIONS.saturating_sub(self.reactions.len());
        self.reactions.extend(emoji.into_iter().take(room).map(|emoji| Reaction { by: by.clone(), emoji }));
    }
}

/// Who does something to a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The person, here or on another device.
    Me,
    /// The other side of the conversation.
    Peer,
    /// Somebody in a group, by name.
    Nick(Private<String>),
}

/// One sign of one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Whose.
    pub by: Author,
    /// The sign.
    pub emoji: String,
}

/// The text that is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// Its row here, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MessageId>,
    /// Whether the person wrote it.
    #[serde(default)]
    pub mine: bool,
    /// The beginning of its words; by the writer's quote where it is not here.
    pub quote: Private<String>,
    /// What the wire calls it; the store looks it up.
    #[serde(skip)]
    pub target: Target,
}

/// Who took a text back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawn {
    /// Its writer (XEP-0424).
    Writer,
    /// Those who look after the room (XEP-0425).
    Moderator,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attachment {
    /// Where it is to be had; `None`: it is not uploaded yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<Private<String>>,
    /// A file of the person's own: where it is on this computer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<Private<PathBuf>>,
    /// It was fetched: its bytes are in the store.
    #[serde(skip_serializing_if = "is_false")]
    pub here: bool,
    /// What it is called; from outside: never a path.
    pub name: Private<String>,
    /// Its media type as told or guessed; empty: unknown.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub media_type: String,
    /// Its length in bytes as told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Its SHA-256 in base64 as told (XEP-0447): what is fetched must have it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl Attachment {
    /// It can be opened without the network.
    pub const fn is_here(&self) -> bool {
        self.here || self.path.is_some()
    }
}

/// What is done to a text that is known, or will be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which text.
    pub target: Target,
    /// What.
    pub deed: Deed,
}

/// A text by what the wire calls it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// A text of this store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<MessageId>,
    /// Beginnings of its dedupe keys: the writer is part of each, so that nobody changes what another wrote.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// What is done to a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Its words are now those of the message that brought this (XEP-0308).
    Corrected,
    /// These are the reactions of the one who sent it (XEP-0444).
    Reacted(Vec<String>),
    /// It is taken back (XEP-0424, XEP-0425).
    Withdrawn(Withdrawn),
    /// It was seen, and all before it (XEP-0333).
    Seen,
}

/// A text as the other side knows it: what an account is told to refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// One sent from this store: its name on the wire is made from its number.
    Ours(MessageId),
    /// One that came with this name.
    Wire(String),
}

/// What hangs on a text that is sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outgoing {
    /// The text it answers, who wrote that one, and the beginning of its words.
    pub reply: Option<(Named, Address, Private<String>)>,
    /// A file that is uploaded.
    pub attachment: Option<Attachment>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_text_like_most_says_nothing_and_reads_nothing() {
        assert_eq!(serde_json::to_string(&Extras::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Extras>("{}").unwrap(), Extras::default());
    }

    #[test]
    fn reactions_are_one_set_a_person_and_bounded() {
        let mut extras = Extras::default();
        extras.react(&Author::Peer, vec!["👍".into(), "🎉".into()]);
        extras.react(&Author::Me, vec!["👍".into()]);
        extras.react(&Author::Peer, vec!["❤".into()]);
        assert_eq!(extras.reactions.len(), 2);
        extras.react(&Author::Peer, Vec::new());
        assert_eq!(extras.reactions, [Reaction { by: Author::Me, emoji: "👍".into() }]);
        for n in 0..2 * REACTIONS {
            extras.react(&Author::Nick(n.to_string().into()), vec!["👍".into()]);
        }
        assert_eq!(extras.reactions.len(), REACTIONS);
    }

    #[test]
    fn the_oldest_version_goes_first() {
        let mut extras = Extras::default();
        for n in 0..=VERSIONS {
            extras.corrected(n.to_string().into(), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(extras.versions.len(), VERSIONS);
        assert_eq!(extras.versions.first().unwrap().expose(), "1");
    }
}
