//! Between the addresses people use and URIs on the wire. A stranger's address is never refused: whatever came is shown.
use super::uri::Uri;
use crate::domain::address::{Address, Scheme};

/// The URI to dial for an address; numbers are asked of the account's own domain. `None`: not for SIP.
pub(super) fn to_uri(address: &Address, domain: &str) -> Option<Uri> {
    let text = match address.scheme() {
        Scheme::Tel => format!("sip:{}@{domain}", escape_user(address.rest())),
        Scheme::Sip | Scheme::Sips => {
            let scheme = address.scheme().as_str();
            match address.rest().rsplit_once('@') {
                Some((user, host)) => format!("{scheme}:{}@{host}", escape_user(user)),
                None => format!("{scheme}:{}", address.rest()),
            }
        }
        Scheme::Xmpp => return None,
    };
    Uri::parse(&text).filter(|uri| uri.as_str().is_ascii() && !uri.host().is_empty())
}

/// What may not stand in a user part (RFC 3261 section 25.1) is escaped.
pub(super) fn escape_user(user: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/%".contains(&b);
    user.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Who a URI names, without the parameters that only say how it is reached. What is no phone address is kept as it came.
pub(super) fn from_uri(uri: &Uri) -> Option<Address> {
    if uri.is("tel") {
        let number: String = uri.opaque().chars().filter(|c| !"-.()".contains(*c)).collect();
        return Address::new(Scheme::Tel, number).or_else(|_| Address::new(Scheme::Sip, uri.as_str())).ok();
    }
    let scheme = if uri.is("sips") { Scheme::Sips } else { Scheme::Sip };
    if !uri.is("sip") && !uri.is("sips") {
        return Address::new(Scheme::Sip, uri.as_str()).ok();
    }
    let host = uri.host().to_ascii_lowercase();
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let port =
        uri.port().filter(|port| !matches!(port, 5060 | 5061)).map(|port| format!(":{port}")).unwrap_or_default();
    let user = uri.user().map(|user| format!("{}@", unescape(user))).unwrap_or_default();
    Address::new(scheme, format!("{user}{host}{port}")).ok()
}

/// Undoes `%2B` and the like where the result can stand in an address.
fn unescape(user: &str) -> String {
    let mut out = Vec::with_capacity(user.len());
    let mut rest = user.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = after.get(..2).and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        match escaped {
            Some(byte) if *first == b'%' && !byte.is_ascii_control() && !b" @%".contains(&byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    let clean = |text: &String| !text.chars().any(|c| c.is_control() || c.is_whitespace());
    String::from_utf8(out).ok().filter(clean).unwrap_or_else(|| user.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn dialled(text: &str) -> Option<String> {
        to_uri(&text.parse().unwrap(), "sip.test").map(|uri| uri.to_string())
    }

    #[test]
    fn what_is_dialled() {
        assert_eq!(dialled("tel:+15551234").as_deref(), Some("sip:+15551234@sip.test"));
        assert_eq!(dialled("tel:*97#").as_deref(), Some("sip:*97%23@sip.test"));
        assert_eq!(dialled("sip:bob@x.test:5070").as_deref(), Some("sip:bob@x.test:5070"));
        assert_eq!(dialled("sips:josé@x.test").as_deref(), Some("sips:jos%C3%A9@x.test"));
        assert_eq!(dialled("sip:a\"<b>@x.test").as_deref(), Some("sip:a%22%3Cb%3E@x.test"));
        assert_eq!(dialled("xmpp:bob@x.test"), None);
        assert_eq!(dialled("sip:bob@<x>"), None);
    }

    #[test]
    fn who_it_was() {
        let of = |text| from_uri(&Uri::parse(text).unwrap()).unwrap().uri();
        assert_eq!(of("sip:%2B15551234@Sip.Test:5060;user=phone;transport=udp"), "sip:+15551234@sip.test");
        assert_eq!(of("sip:33733;phone-context=x@y.z"), "sip:33733;phone-context=x@y.z");
        assert_eq!(of("tel:+1-555-12(3)4;phone-context=x"), "tel:+15551234");
        assert_eq!(of("sips:a%20b@[::1]:7000"), "sips:a%20b@[::1]:7000");
        assert_eq!(of("sip:jos%C3%A9@x"), "sip:josé@x");
        assert_eq!(of("sip:x.test"), "sip:x.test");
        assert_eq!(of("urn:service:sos"), "sip:urn:service:sos");
    }
}
