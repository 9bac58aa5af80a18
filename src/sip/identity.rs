//! Who calls, by whom it came, and who we say we are (RFC 3261 section 20.20, RFC 3323, 3325, 5806, 7044). What a caller
//! writes of itself proves nothing; what the account's own server asserts is believed. Pure.
use super::{
    addressing,
    message::{HeaderName, Headers},
    params,
    uri::{NameAddr, Uri},
};
use crate::domain::address::Address;

/// A caller.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) from: Address,
    pub(super) name: Option<String>,
    /// Whom they had called before it was forwarded to us.
    pub(super) via: Option<Address>,
}

/// Reads who calls; `trusted`: the request came from the account's own server. `None`: nobody that could be named.
pub(super) fn caller(headers: &Headers, trusted: bool) -> Option<Caller> {
    let from = headers.from()?;
    let asserted = headers.list(&HeaderName::PAssertedIdentity).filter(|_| trusted).filter_map(NameAddr::parse);
    let asserted =
        asserted.into_iter().find(|identity| ["sip", "sips", "tel"].iter().any(|kind| identity.uri.is(kind)));
    let via = if trusted { forwarded_by(headers) } else { None };
    if is_hidden(headers) {
        return Some(Caller { from: addressing::from_uri(&Uri::anonymous())?, name: None, via });
    }
    let (uri, name) = match asserted {
        Some(identity) => (identity.uri, identity.name.or(from.name)),
        None => (from.uri, from.name),
    };
    Some(Caller { from: addressing::from_uri(&uri)?, name, via })
}

/// Whether the caller wishes not to be named (RFC 3323 section 4.2, RFC 3325 section 9.3).
fn is_hidden(headers: &Headers) -> bool {
    let wishes = headers.all(&privacy()).flat_map(|value| params::split(value, ';'));
    wishes
        .into_iter()
        .flat_map(|value| params::split(value, ','))
        .any(|wish| ["id", "user", "header"].iter().any(|hidden| wish.eq_ignore_ascii_case(hidden)))
}

fn privacy() -> HeaderName {
    HeaderName::Other("Privacy".to_owned())
}

/// The last who forwarded the call.
fn forwarded_by(headers: &Headers) -> Option<Address> {
    let diversion = HeaderName::Other("Diversion".to_owned());
    if let Some(last) = headers.list(&diversion).find_map(NameAddr::parse) {
        return addressing::from_uri(&last.uri);
    }
    let history = HeaderName::Other("History-Info".to_owned());
    let places: Vec<_> = headers.list(&history).filter_map(NameAddr::parse).collect();
    // the last entry is where it went, the one before it where it came from
    let before = places.len().checked_sub(2).and_then(|at| places.get(at))?;
    addressing::from_uri(&bare(&before.uri)?)
}

/// Without the reason that History-Info writes into the URI.
fn bare(uri: &Uri) -> Option<Uri> {
    Uri::parse(uri.as_str().split('?').next()?)
}

/// Whether the caller asks to be answered at once (RFC 5373, and what office phones send in its place).
pub(super) fn wants_to_be_answered(headers: &Headers) -> bool {
    let mode = HeaderName::Other("Answer-Mode".to_owned());
    let auto = |value: &str| value.split(';').next().is_some_and(|mode| mode.trim().eq_ignore_ascii_case("auto"));
    let asks = |value: &str| {
        let rest = value.split_once('>').map_or(value, |(_, rest)| rest);
        let info = params::get(rest, "info").unwrap_or_default().to_ascii_lowercase();
        params::get(rest, "answer-after").is_some_and(|after| after.parse::<u32>().is_ok())
            || ["alert-autoanswer", "auto answer", "ring answer", "intercom"].contains(&info.as_str())
    };
    headers.list(&mode).any(auto)
        || headers.list(&HeaderName::CallInfo).any(asks)
        || headers.list(&HeaderName::AlertInfo).any(asks)
}

/// Who we are when we do not say it.
pub(super) fn nobody() -> NameAddr {
    NameAddr { name: Some("Anonymous".to_owned()), ..NameAddr::new(Uri::anonymous()) }
}

/// Asks the account's server to keep to itself who we are; it has to know it nevertheless.
pub(super) fn hide(headers: &mut Headers, own: &NameAddr) {
    headers.push(privacy(), "id");
    headers.push(HeaderName::PPreferredIdentity, format!("<{}>", own.uri));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(fields: &[(&str, &str)]) -> Headers {
        let mut headers = Headers::default();
        headers.push(HeaderName::From, "\"Bob\" <sip:bob@x.test>;tag=t");
        fields.iter().for_each(|(name, value)| headers.push(name.parse().unwrap(), *value));
        headers
    }

    fn who(fields: &[(&str, &str)], trusted: bool) -> (String, Option<String>, Option<String>) {
        let caller = caller(&headers(fields), trusted).unwrap();
        (caller.from.uri(), caller.name, caller.via.map(|via| via.uri()))
    }

    fn bob() -> (String, Option<String>, Option<String>) {
        ("sip:bob@x.test".into(), Some("Bob".into()), None)
    }

    #[test]
    fn what_is_asserted_is_believed_from_the_own_server_alone() {
        let asserted = [("P-Asserted-Identity", "\"Bank\" <sip:+1555@x.test>, <tel:+1555>")];
        assert_eq!(who(&asserted, true), ("sip:+1555@x.test".into(), Some("Bank".into()), None));
        assert_eq!(who(&asserted, false), bob());
        assert_eq!(who(&[("P-Asserted-Identity", "<mailto:b@x>")], true), bob());
        assert_eq!(who(&[("P-Asserted-Identity", "<tel:+1-555>")], true).0, "tel:+1555");
    }

    #[test]
    fn who_wishes_not_to_be_named_is_not_named() {
        for wish in ["id", "header;user", "session; ID;critical"] {
            let fields = [("Privacy", wish), ("P-Asserted-Identity", "<sip:bob@x.test>")];
            assert_eq!(who(&fields, true), ("sip:anonymous@anonymous.invalid".into(), None, None), "{wish}");
        }
        assert_eq!(who(&[("Privacy", "none")], true), bob());
        let mut headers = Headers::default();
        hide(&mut headers, &NameAddr::parse("<sip:alice@a.test>").unwrap());
        assert!(is_hidden(&headers));
        assert_eq!(headers.get(&HeaderName::PPreferredIdentity), Some("<sip:alice@a.test>"));
        assert_eq!(nobody().to_string(), "\"Anonymous\" <sip:anonymous@anonymous.invalid>");
    }

    #[test]
    fn by_whom_it_was_forwarded() {
        let via = |fields: &[(&str, &str)]| who(fields, true).2;
        let diversion = [("Diversion", "\"Work\" <sip:200@x.test>;reason=no-answer, <sip:201@x.test>")];
        assert_eq!(via(&diversion).as_deref(), Some("sip:200@x.test"));
        assert_eq!(who(&diversion, false).2, None);
        let history =
            [("History-Info", "<sip:200@x.test?Reason=SIP%3Bcause%3D302>;index=1, <sip:alice@x.test>;index=1.1")];
        assert_eq!(via(&history).as_deref(), Some("sip:200@x.test"));
        assert_eq!(via(&[("History-Info", "<sip:alice@x.test>;index=1")]), None);
    }

    #[test]
    fn who_asks_to_be_answered_at_once() {
        for (name, value) in [
            ("Call-Info", "<sip:x.test>;answer-after=0"),
            ("Alert-Info", "<http://www.notused.test>;info=alert-autoanswer;delay=0"),
            ("Alert-Info", "info=Intercom"),
            ("Answer-Mode", "Auto;require"),
        ] {
            assert!(wants_to_be_answered(&headers(&[(name, value)])), "{name}: {value}");
        }
        for (name, value) in [("Alert-Info", "<http://x/ring.wav>"), ("Answer-Mode", "Manual"), ("Call-Info", "<x:y>")]
        {
            assert!(!wants_to_be_answered(&headers(&[(name, value)])), "{name}: {value}");
        }
    }
}
