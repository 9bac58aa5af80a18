//! One top-level element of a stream, cut down to a size that is safe to hold. It exists because the parser below has no limit on
//! depth, and dropping a tree of 50,000 levels overflows the stack. It must not refuse an element: what is
//! too deep or too long is left out and the rest is handled and counted (XEP-0198), or the server would send it again for ever.
use std::fmt;
use xmpp_parsers::minidom::{
    Element,
    rxml::{AttrMap, Event, QName},
};
use xso::{
    Context, FromEventsBuilder, FromXml,
    error::{Error, FromEventsError},
};

/// Levels kept below the top-level element. An archived carbon with a form inside needs about ten.
const DEPTH: usize = 48;
/// Bytes of text, names and attributes kept in one element. Servers allow clients 256 KiB or less.
const SIZE: usize = 1024 * 1024;
/// What an element costs besides its text, so that a flood of empty ones is bounded too.
const ELEMENT: usize = 64;

/// A top-level element.
pub(super) struct Frame(pub(super) Element);

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹stanza›")
    }
}

/// Builds a [`Frame`] from parser events.
pub(super) struct FrameBuilder {
    inner: <Element as FromXml>::Builder,
    depth: usize,
    /// Open elements that are being left out.
    skipped: usize,
    size: usize,
}

impl FromXml for Frame {
    type Builder = FrameBuilder;

    fn from_events(name: QName, attrs: AttrMap, ctx: &Context<'_>) -> Result<FrameBuilder, FromEventsError> {
        let size = cost(&attrs);
        Ok(FrameBuilder { inner: Element::from_events(name, attrs, ctx)?, depth: 0, skipped: 0, size })
    }
}

impl FromEventsBuilder for FrameBuilder {
    type Output = Frame;

    fn feed(&mut self, event: Event, ctx: &Context<'_>) -> Result<Option<Frame>, Error> {
        match &event {
            Event::StartElement(_, _, attrs) => {
                if self.skipped > 0 || self.depth >= DEPTH || self.size > SIZE {
                    self.skipped += 1;
                    return Ok(None);
                }
                self.depth += 1;
                self.size += cost(attrs);
            }
            Event::EndElement(_) if self.skipped > 0 => {
                self.skipped -= 1;
                return Ok(None);
            }
            Event::EndElement(_) => self.depth = self.depth.saturating_sub(1),
            Event::Text(_, text) => {
                if self.skipped > 0 || self.size > SIZE {
                    return Ok(None);
                }
                self.size += text.len();
            }
            Event::XmlDeclaration(..) => {}
        }
        Ok(self.inner.feed(event, ctx)?.map(Frame))
    }
}

fn cost(attrs: &AttrMap) -> usize {
    attrs.iter().map(|((_, name), value)| name.len() + value.len()).sum::<usize>() + ELEMENT
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn frame(xml: &str) -> Element {
        xso::from_bytes::<Frame>(xml.as_bytes()).unwrap().0
    }

    #[test]
    fn a_deep_stanza_keeps_what_stands_near_the_top() {
        let deep = format!(
            "<message xmlns='jabber:client'>{}{}<body>here</body></message>",
            "<a>".repeat(60_000),
            "</a>".repeat(60_000)
        );
        let element = frame(&deep);
        assert_eq!(element.get_child("body", "jabber:client").unwrap().text(), "here");
        let (mut levels, mut at) = (0, element.get_child("a", "jabber:client"));
        while let Some(next) = at {
            levels += 1;
            at = next.get_child("a", "jabber:client");
        }
        assert_eq!(levels, DEPTH);
    }

    #[test]
    fn a_long_stanza_is_cut() {
        let long = format!("<message xmlns='jabber:client'><body>{}</body><x/></message>", "y".repeat(3 * SIZE));
        let element = frame(&long);
        assert!(element.get_child("body", "jabber:client").unwrap().text().len() < 2 * SIZE);
        assert!(!element.has_child("x", "jabber:client"));
    }
}
