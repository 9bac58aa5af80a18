//! Words for those who do not understand the rest of a message (XEP-0428). Marks count characters, and may lie outside of the words.
use super::stanza;
use xmpp_parsers::minidom::Element;

const FALLBACK: &str = "urn:xmpp:fallback:0";

fn mark<'a>(message: &'a Element, of: &str) -> Option<&'a Element> {
    message.children().find(|child| child.is("fallback", FALLBACK) && child.attr("for") == Some(of))
}

/// Whether some of the words stand for this extension.
pub(super) fn is_for(message: &Element, of: &str) -> bool {
    mark(message, of).is_some()
}

/// The part of `body` that stands for this extension, and the rest of it. `None`: no part does.
pub(super) fn split(message: &Element, of: &str, body: &str) -> Option<(String, String)> {
    let mark = mark(message, of)?;
    let Some(part) = mark.get_child("body", FALLBACK) else { return Some((body.to_owned(), String::new())) };
    let number = |name: &str| part.attr(name).map(str::parse::<usize>);
    let (start, end) = match (number("start"), number("end")) {
        (None, None) => return Some((body.to_owned(), String::new())),
        (Some(Ok(start)), Some(Ok(end))) if start <= end => (start, end),
        _ => return None,
    };
    let of = body.chars().skip(start).take(end - start).collect();
    let rest = body.chars().take(start).chain(body.chars().skip(end)).collect();
    Some((of, rest))
}

/// Marks the first `characters` of the words as standing for this extension.
pub(super) fn write(of: &str, characters: usize) -> Element {
    let part = stanza::element("body", FALLBACK, &[("start", "0"), ("end", &characters.to_string())]);
    stanza::filled(stanza::element("fallback", FALLBACK, &[("for", of)]), [part])
}

/// Marks all words so.
pub(super) fn whole(of: &str) -> Element {
    stanza::filled(stanza::element("fallback", FALLBACK, &[("for", of)]), [Element::bare("body", FALLBACK)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(inner: &str) -> Element {
        format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap()
    }

    #[test]
    fn a_part_is_counted_in_characters_and_may_lie_outside() {
        let of = |start: &str, end: &str, body: &str| {
            let mark = format!("<fallback xmlns='{FALLBACK}' for='x'><body start='{start}' end='{end}'/></fallback>");
            split(&message(&mark), "x", body)
        };
        let parts = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(of("0", "4", "> ñ\nsí"), parts("> ñ\n", "sí"));
        assert_eq!(of("1", "99", "abc"), parts("bc", "a"));
        assert_eq!(of("50", "99", "abc"), parts("", "abc"));
        assert_eq!(of("3", "1", "abc"), None);
        assert_eq!(of("x", "1", "abc"), None);
        assert_eq!(of("0", "18446744073709551616", "abc"), None);
    }

    #[test]
    fn ours_are_read_back() {
        let mut message = message("");
        message.append_child(write("y", 2));
        assert_eq!(split(&message, "y", "abc"), Some(("ab".to_owned(), "c".to_owned())));
        assert_eq!(split(&message, "z", "abc"), None);
        message.append_child(whole("w"));
        assert_eq!(split(&message, "w", "abc"), Some(("abc".to_owned(), String::new())));
    }
}
