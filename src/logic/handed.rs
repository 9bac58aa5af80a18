//! What a link means that another program hands over: `tel:` (RFC 3966), `sms:` (RFC 5724), `sip:` and `sips:` (RFC 3261),
//! `xmpp:` (RFC 5122, XEP-0147). It says which field is to be filled, and with what; nothing here calls or sends.
use crate::domain::private::Private;

/// Longer links are no links.
const LONGEST: usize = 8 * 1024;

/// What is to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handed {
    /// The field of whom to call.
    Call(Private<String>),
    /// A message.
    Text {
        /// To whom: what is to stand in the field, several as they came.
        to: Private<String>,
        /// Its words.
        body: Option<Private<String>>,
    },
}

/// Reads a link; `None`: it is none of ours, or names nobody.
pub fn read(link: &str) -> Option<Handed> {
    let link = link.trim();
    if link.len() > LONGEST {
        return None;
    }
    let (scheme, rest) = link.split_once(':')?;
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    match scheme.to_ascii_lowercase().as_str() {
        "tel" => Some(Handed::Call(telephone(path)?)),
        "sms" | "smsto" => {
            let to = path.split(',').map(|one| telephone(one).map(Private::into_inner)).collect::<Option<Vec<_>>>()?;
            Some(Handed::Text { to: to.join(", ").into(), body: value(query, '&', "body") })
        }
        scheme @ ("sip" | "sips") => {
            // headers of a request (RFC 3261 section 19.1.1) are not for others to write
            let is_method = |part: &&str| part.to_ascii_lowercase().starts_with("method=");
            let text = path.split(';').any(|part| part.eq_ignore_ascii_case("method=message"));
            let parts: Vec<_> = path.trim_start_matches('/').split(';').filter(|part| !is_method(part)).collect();
            let to = named(&format!("{scheme}:{}", parts.join(";")), scheme.len() + 1)?;
            Some(if text { Handed::Text { to, body: value(query, '&', "body") } } else { Handed::Call(to) })
        }
        "xmpp" => {
            // RFC 5122 section 2.2: an authority is the account to use; the person's own choice stands
            let path = path.strip_prefix("//").map_or(path, |rest| rest.split_once('/').map_or("", |(_, path)| path));
            let bare = path.split('/').next().unwrap_or_default();
            let to = named(&format!("xmpp:{}", decoded(bare)?), "xmpp:".len())?;
            Some(Handed::Text { to, body: value(query, ';', "body") })
        }
        _ => None,
    }
}

/// The number of a `tel:` link, with the country that a local one is told in (RFC 3966 section 5.1.5).
fn telephone(path: &str) -> Option<Private<String>> {
    let path = decoded(path)?;
    let path = path.trim_start_matches('/');
    let mut parts = path.split(';');
    let number = parts.next().unwrap_or_default().trim();
    let context = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        (name.eq_ignore_ascii_case("phone-context") && value.starts_with('+')).then_some(value)
    });
    match context.filter(|_| !number.starts_with('+')) {
        Some(context) => named(&format!("{context}{number}"), context.len()),
        None => named(number, 0),
    }
}

/// An address that names somebody behind its first `empty` bytes, in one line.
fn named(address: &str, empty: usize) -> Option<Private<String>> {
    let fits = address.len() > empty && !address.chars().any(char::is_control);
    fits.then(|| Private::new(address.to_owned()))
}

/// A value of a query; line breaks stay, other control characters go.
fn value(query: &str, between: char, name: &str) -> Option<Private<String>> {
    let found = query.split(between).find_map(|part| {
        let (key, value) = part.split_once('=')?;
        key.eq_ignore_ascii_case(name).then_some(value)
    })?;
    let body: String = decoded(found)?.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let body = body.trim();
    (!body.is_empty()).then(|| Private::new(body.to_owned()))
}

/// Percent-encoded UTF-8 (RFC 3986 section 2.1).
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn call(link: &str) -> Option<String> {
        match read(link)? {
            Handed::Call(to) => Some(to.into_inner()),
            Handed::Text { .. } => None,
        }
    }

    fn text(link: &str) -> Option<(String, String)> {
        match read(link)? {
            Handed::Text { to, body } => Some((to.into_inner(), body.map(Private::into_inner).unwrap_or_default())),
            Handed::Call(_) => None,
        }
    }

    #[test]
    fn telephone_links_fill_the_number() {
        assert_eq!(call("tel:+1-201-555-0123").unwrap(), "+1-201-555-0123");
        assert_eq!(call("TEL:%2B34%20600%20123%20456").unwrap(), "+34 600 123 456");
        assert_eq!(call("tel:5550123;phone-context=+1201").unwrap(), "+12015550123");
        assert_eq!(call("tel:600;phone-context=example.org").unwrap(), "600");
        assert_eq!(call("tel://600").unwrap(), "600");
        assert_eq!(call("tel:"), None);
        assert_eq!(call("tel:+1555%0d%0a0123"), None);
    }

    #[test]
    fn sms_links_fill_number_and_words() {
        assert_eq!(text("sms:+15550123?body=Hi%20there%0A%C2%BFqu%C3%A9%3F").unwrap().1, "Hi there\n¿qué?");
        assert_eq!(text("sms:+15550123").unwrap(), ("+15550123".to_owned(), String::new()));
        assert_eq!(text("smsto:33733?x=1&Body=1+1").unwrap(), ("33733".to_owned(), "1+1".to_owned()));
        // to several: the field shows all of them, nobody is left out in silence
        assert_eq!(text("sms:+15550123,+15550124?body=a").unwrap().0, "+15550123, +15550124");
        assert_eq!(text("sms:?body=a"), None);
        assert_eq!(text("sms:+1555?body=%ff"), Some(("+1555".to_owned(), String::new())));
    }

    #[test]
    fn sip_links_keep_their_parameters_and_lose_headers() {
        assert_eq!(call("sip:bob@example.org;transport=tcp?Replaces=x").unwrap(), "sip:bob@example.org;transport=tcp");
        assert_eq!(call("SIPS:bob@example.org").unwrap(), "sips:bob@example.org");
        let said = text("sip:bob@example.org;method=MESSAGE?body=x").unwrap();
        assert_eq!(said, ("sip:bob@example.org".to_owned(), "x".to_owned()));
        assert_eq!(call("sip:"), None);
        assert_eq!(call("sip://bob@example.org").unwrap(), "sip:bob@example.org");
    }

    #[test]
    fn xmpp_links_fill_a_message() {
        let said = text("xmpp:ana@example.org/desk?message;subject=x;body=Hola%20Ana").unwrap();
        assert_eq!(said, ("xmpp:ana@example.org".to_owned(), "Hola Ana".to_owned()));
        assert_eq!(text("xmpp://me@here.org/ana@example.org?message").unwrap().0, "xmpp:ana@example.org");
        assert_eq!(text("xmpp:%2B15550123@sms.example?call").unwrap().0, "xmpp:+15550123@sms.example");
        assert_eq!(text("xmpp://me@here.org"), None);
    }

    #[test]
    fn others_and_very_long_ones_are_none() {
        for link in ["", "mailto:a@b", "javascript:x", "600", "file:///etc/passwd", "tel"] {
            assert_eq!(read(link), None, "{link}");
        }
        assert_eq!(read(&format!("tel:{}", "1".repeat(9000))), None);
    }
}
