//! Reactions (XEP-0444): the signs somebody gives a text, all of them each time. A message with words of its own that are no
//! fallback is a text.
use super::{fallback, stanza};
use xmpp_parsers::{minidom::Element, ns};

/// Signs of one person at one text; more are left out.
const MOST: usize = 10;
/// The longest sign in bytes: a family of four with skin tones has about 60.
const LONGEST: usize = 128;

/// The id of a text, and the signs it has from the sender now.
pub(super) fn read(message: &Element) -> Option<(&str, Vec<String>)> {
    let reactions = message.get_child("reactions", ns::REACTIONS)?;
    let id = reactions.attr("id").filter(|id| !id.is_empty())?;
    if message.has_child("body", ns::JABBER_CLIENT) && !fallback::is_for(message, ns::REACTIONS) {
        return None;
    }
    let mut signs: Vec<String> = Vec::new();
    for sign in reactions.children().filter(|child| child.is("reaction", ns::REACTIONS)) {
        let sign = sign.text().trim().to_owned();
        let fits = !sign.is_empty() && sign.len() <= LONGEST && !sign.contains(char::is_control);
        if fits && !signs.contains(&sign) && signs.len() < MOST {
            signs.push(sign);
        }
    }
    Some((id, signs))
}

/// Our signs at a text.
pub(super) fn write(id: &str, signs: &[String]) -> Element {
    let signs = signs.iter().map(|sign| stanza::texted("reaction", ns::REACTIONS, sign));
    stanza::filled(stanza::element("reactions", ns::REACTIONS, &[("id", id)]), signs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn message(inner: &str) -> Element {
        format!("<message xmlns='jabber:client'>{inner}</message>").parse().unwrap()
    }

    #[test]
    fn signs_are_few_short_and_each_once() {
        let long = "👍".repeat(LONGEST);
        let many: String = (0..50).map(|n| format!("<reaction>{n}</reaction>")).collect();
        let all = message(&format!(
            "<reactions xmlns='{}' id='1'><reaction>👍</reaction><reaction> 👍 </reaction><reaction>{long}</reaction>\
             <reaction/>{many}</reactions>",
            ns::REACTIONS
        ));
        let (id, signs) = read(&all).unwrap();
        assert_eq!((id, signs.len(), signs.first().unwrap().as_str()), ("1", MOST, "👍"));
        let none = message(&format!("<reactions xmlns='{}' id='1'/>", ns::REACTIONS));
        assert_eq!(read(&none), Some(("1", vec![])));
    }

    #[test]
    fn ours_are_read_back() {
        let mut message = message("");
        message.append_child(write("7", &["👍".to_owned(), "🎉".to_owned()]));
        assert_eq!(read(&message), Some(("7", vec!["👍".to_owned(), "🎉".to_owned()])));
    }

    #[test]
    fn words_that_are_no_fallback_are_a_text() {
        let with =
            |more: &str| message(&format!("<body>yes</body><reactions xmlns='{}' id='1'/>{more}", ns::REACTIONS));
        assert_eq!(read(&with("")), None);
        assert!(read(&with("<fallback xmlns='urn:xmpp:fallback:0' for='urn:xmpp:reactions:0'/>")).is_some());
    }
}
