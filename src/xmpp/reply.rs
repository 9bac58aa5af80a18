//! Answers to a text (XEP-0461), with the beginning of that text quoted for those who do not know replies (XEP-0428).
use super::{fallback, stanza};
use xmpp_parsers::minidom::Element;

pub(super) const REPLY: &str = "urn:xmpp:reply:0";
/// Characters of a quote.
const QUOTE: usize = 200;

/// What a message answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// The id of that text.
    pub(super) id: String,
    /// The quote that stood in the words.
    pub(super) quote: String,
    /// The words without it.
    pub(super) body: String,
}

/// Looks for it.
pub(super) fn read(message: &Element, body: &str) -> Option<Read> {
    let id = message.get_child("reply", REPLY)?.attr("id").filter(|id| !id.is_empty())?.to_owned();
    let (quote, rest) = fallback::split(message, REPLY, body).unwrap_or_default();
    let lines = quote.lines().map(|line| line.strip_prefix('>').map_or(line, str::trim_start));
    let quote: String = lines.collect::<Vec<_>>().join("\n").trim().chars().take(QUOTE).collect();
    // a mark over all the words is wrong: they are said, too
    let body = if rest.trim().is_empty() { body.to_owned() } else { rest };
    Some(Read { id, quote, body })
}

/// The words with the quote before them, and what is to be said beside them.
pub(super) fn write(id: &str, author: &str, quote: &str, body: &str) -> (String, [Element; 2]) {
    let quote: String = quote.chars().take(QUOTE).collect();
    let quoted: String = quote.lines().map(|line| format!("> {line}\n")).collect();
    let reply = stanza::element("reply", REPLY, &[("id", id), ("to", author)]);
    (format!("{quoted}{body}"), [reply, fallback::write(REPLY, quoted.chars().count())])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ours_is_read_back() {
        let (body, more) = write("7", "bob@x.test", "¿Vienes?\nSí o no", "sí\n> not a quote");
        assert_eq!(body, "> ¿Vienes?\n> Sí o no\nsí\n> not a quote");
        let message = stanza::filled(Element::bare("message", "jabber:client"), more);
        let read = read(&message, &body).unwrap();
        assert_eq!(read.quote, "¿Vienes?\nSí o no");
        assert_eq!((read.id.as_str(), read.body.as_str()), ("7", "sí\n> not a quote"));
    }

    #[test]
    fn words_that_are_marked_whole_are_still_said() {
        let mut message = Element::bare("message", "jabber:client");
        let (_, [reply, _]) = write("7", "bob@x.test", "", "");
        message.append_child(reply);
        message.append_child(fallback::whole(REPLY));
        assert_eq!(read(&message, "here").unwrap().body, "here");
    }
}
