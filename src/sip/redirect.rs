//! Where a redirected call may go (RFC 3261 section 8.1.3.4). The person dialled one address and pays for what is called:
//! another phone number is never called in silence, nor another kind of address. Pure.
use super::{
    message::{HeaderName, Headers},
    uri::{NameAddr, Uri},
};

/// Places asked for one call, the first one among them.
const MOST: usize = 5;
/// A number of so many digits is an extension of the office.
const EXTENSION: usize = 4;

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask there.
    Ask(Uri),
    /// Not without the person: that is where it was to go, if anywhere.
    Stop(Option<Uri>),
}

impl Next {
    /// What the person is shown.
    pub(super) const fn shown(&self) -> Option<&Uri> {
        match self {
            Self::Ask(uri) | Self::Stop(Some(uri)) => Some(uri),
            Self::Stop(None) => None,
        }
    }
}

/// The best of the places that a 3xx names, after those that were `asked`, beginning with what was dialled.
pub(super) fn next(asked: &[Uri], headers: &Headers) -> Next {
    let mut places: Vec<_> = headers.list(&HeaderName::Contact).filter_map(NameAddr::parse).collect();
    places.sort_by_key(|place| std::cmp::Reverse(quality(place)));
    let news = |place: &&NameAddr| asked.iter().all(|known| !same_place(known, &place.uri));
    let expected = |place: &&NameAddr| asked.first().is_some_and(|dialled| is_expected(dialled, &place.uri));
    match places.iter().filter(news).find(expected) {
        Some(place) if asked.len() < MOST => Next::Ask(bare(&place.uri)),
        _ => Next::Stop(places.into_iter().find(|place| news(&place)).map(|place| place.uri)),
    }
}

/// In thousandths; a place without a `q` is as good as any.
fn quality(place: &NameAddr) -> u32 {
    let q = place.param("q").and_then(|q| q.parse::<f32>().ok()).filter(|q| (0.0..=1.0).contains(q));
    // at most a thousand
    q.map_or(1000, |q| (q * 1000.0) as u32)
}

fn same_place(one: &Uri, other: &Uri) -> bool {
    let at = |uri: &Uri| (uri.user().map(str::to_owned), uri.host().to_ascii_lowercase(), uri.port());
    at(one) == at(other)
}

/// Whether whoever dialled this would expect to be put through there.
fn is_expected(dialled: &Uri, place: &Uri) -> bool {
    let secure = dialled.is("sips");
    if !(place.is("sips") || place.is("sip") && !secure) || place.host().is_empty() {
        return false;
    }
    let user = |uri: &Uri| uri.user().map(str::to_owned).unwrap_or_default();
    match (digits(&user(dialled)), digits(&user(place))) {
        (_, None) => true,
        (Some(dialled), Some(number)) if dialled == number => true,
        (Some(from), Some(to)) => {
            from.len() <= EXTENSION && to.len() <= EXTENSION && dialled.host().eq_ignore_ascii_case(place.host())
        }
        (None, Some(_)) => false,
    }
}

/// The digits of a user part that is a phone number, or may hide one.
fn digits(user: &str) -> Option<String> {
    let user = user.split(';').next().unwrap_or(user).replace("%2B", "+").replace("%2b", "+");
    let number: String = user.chars().filter(|c| !"-.()".contains(*c)).collect();
    let rest = number.strip_prefix('+').unwrap_or(&number);
    (!rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit() || "*#".contains(c)) || user.contains('%'))
        .then(|| rest.to_owned())
}

/// Without the headers that a URI may smuggle into the request.
fn bare(uri: &Uri) -> Uri {
    let text = uri.as_str().split('?').next().unwrap_or_default();
    Uri::parse(text).unwrap_or_else(|| uri.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn after(asked: &[&str], contacts: &str) -> Next {
        let asked: Vec<_> = asked.iter().map(|text| Uri::parse(text).unwrap()).collect();
        let mut headers = Headers::default();
        headers.push(HeaderName::Contact, contacts);
        next(&asked, &headers)
    }

    fn ask(text: &str) -> Next {
        Next::Ask(Uri::parse(text).unwrap())
    }

    fn stop(text: &str) -> Next {
        Next::Stop(Uri::parse(text))
    }

    #[test]
    fn the_best_place_that_was_not_asked_yet() {
        let contacts = "<sip:a@x.test>;q=0.1, \"B\" <sip:b@x.test?Replaces=1>;q=0.7, <mailto:c@x.test>";
        assert_eq!(after(&["sip:bob@x.test"], contacts), ask("sip:b@x.test"));
        assert_eq!(after(&["sip:bob@x.test", "sip:B@x.test", "sip:b@X.test"], contacts), ask("sip:a@x.test"));
        assert_eq!(after(&["sip:bob@x.test"], "<sip:bob@x.test>"), Next::Stop(None), "no loop");
        let far = ["sip:1@x", "sip:2@x", "sip:3@x", "sip:4@x", "sip:5@x"];
        assert_eq!(after(&far, "<sip:6@x>"), stop("sip:6@x"), "not for ever");
        assert_eq!(after(&["sip:bob@x.test"], ""), Next::Stop(None));
    }

    #[test]
    fn no_other_number_and_no_other_kind_of_address() {
        for (dialled, place) in [
            ("sip:+15551234567@x.test", "sip:+19005550000@x.test"),
            ("sip:+15551234567@x.test", "sip:%2B19005550000@x.test"),
            ("sip:bob@x.test", "sip:1-900-555-0000@x.test"),
            ("sip:bob@x.test", "tel:+19005550000"),
            ("sip:bob@x.test", "https://x.test/"),
            ("sips:bob@x.test", "sip:bob@y.test"),
            ("sip:101@x.test", "sip:102@y.test"),
            ("sip:101@x.test", "sip:11833@x.test"),
        ] {
            assert_eq!(after(&[dialled], &format!("<{place}>")), stop(place), "{dialled} to {place}");
        }
        for (dialled, place) in [
            ("sip:+15551234567@x.test", "sip:+1-555-123-4567@gateway.test:5070"),
            ("sip:+15551234567@x.test", "sip:voicemail@x.test"),
            ("sip:101@x.test", "sip:102@x.test"),
            ("sip:bob@x.test", "sips:bob@y.test"),
        ] {
            assert_eq!(after(&[dialled], &format!("<{place}>")), ask(place), "{dialled} to {place}");
        }
    }
}
