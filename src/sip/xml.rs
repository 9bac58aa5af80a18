//! The little of XML that presence, dialog and delivery notices need: elements, their attributes, their text. It borrows,
//! resolves nothing from outside, and stops at what it cannot read.

/// One piece of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// An element begins; its name without prefix, and all that stands behind it in the tag.
    Open(&'a str, &'a str),
    /// An element ends.
    Close(&'a str),
    /// Text as it stands, without white space around it.
    Text(&'a str),
}

/// Reads a document piece by piece.
pub(super) struct Pieces<'a> {
    rest: &'a str,
    /// An element that opened and closed in one tag.
    closing: Option<&'a str>,
}

/// The pieces of a document.
pub(super) const fn pieces(document: &str) -> Pieces<'_> {
    Pieces { rest: document, closing: None }
}

impl<'a> Pieces<'a> {
    /// All up to and without this, which is passed over.
    fn until(&mut self, end: &str) -> Option<&'a str> {
        let (before, after) = self.rest.split_once(end)?;
        self.rest = after;
        Some(before)
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        if let Some(name) = self.closing.take() {
            return Some(Piece::Close(name));
        }
        loop {
            let Some(tag) = self.rest.strip_prefix('<') else {
                let at = self.rest.find('<').unwrap_or(self.rest.len());
                let (text, rest) = self.rest.split_at(at);
                self.rest = rest;
                match text.trim() {
                    "" if rest.is_empty() => return None,
                    "" => continue,
                    text => return Some(Piece::Text(text)),
                }
            };
            if tag.starts_with("!--") {
                self.until("-->")?;
            } else if let Some(rest) = tag.strip_prefix("![CDATA[") {
                self.rest = rest;
                return self.until("]]>").map(Piece::Text);
            } else if tag.starts_with(['?', '!']) {
                self.until(">")?;
            } else {
                let end = end_of_tag(tag)?;
                let (inner, rest) = tag.split_at(end);
                self.rest = rest.get(1..)?;
                if let Some(name) = inner.strip_prefix('/') {
                    return Some(Piece::Close(local(name.trim())));
                }
                let (inner, empty) = inner.strip_suffix('/').map_or((inner, false), |inner| (inner, true));
                let at = inner.find(char::is_whitespace).unwrap_or(inner.len());
                let (name, attributes) = inner.split_at(at);
                let name = local(name);
                self.closing = empty.then_some(name);
                return Some(Piece::Open(name, attributes));
            }
        }
    }
}

/// Where the `>` of a tag stands, outside quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quote = None;
    tag.char_indices().find_map(|(at, c)| {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
        None
    })
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

/// The text of the first element of that name.
pub(super) fn text_of(document: &str, name: &str) -> Option<String> {
    let mut pieces = pieces(document);
    pieces.find(|piece| matches!(piece, Piece::Open(open, _) if *open == name))?;
    let Piece::Text(text) = pieces.next()? else { return None };
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    Some(named.iter().fold(text.to_owned(), |text, (name, c)| text.replace(name, c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_in_pieces() {
        let document =
            "<?xml version='1.0'?><!DOCTYPE x><!-- <no/> --><a:b c=\"1>2\" d='e'> t <f/><![CDATA[<g>]]></a:b>\n";
        let found: Vec<_> = pieces(document).collect();
        let expected = [
            Piece::Open("b", " c=\"1>2\" d='e'"),
            Piece::Text("t"),
            Piece::Open("f", ""),
            Piece::Close("f"),
            Piece::Text("<g>"),
            Piece::Close("b"),
        ];
        assert_eq!(found, expected);
        assert_eq!(text_of("<a><b>x&lt;y</b></a>", "b").as_deref(), Some("x<y"));
        assert_eq!(text_of("<a><b/>x</a>", "b"), None);
    }

    #[test]
    fn rubbish_ends_it() {
        for rubbish in ["", "<", "<a", "<a b='", "<!--", "<![CDATA[", "</", "<é ü=é", "a < b", "<a b=c>", "<>"] {
            assert!(pieces(rubbish).count() <= 3, "{rubbish}");
        }
        assert_eq!(pieces(&"<a ".repeat(10_000)).count(), 0);
    }
}
