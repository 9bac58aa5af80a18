//! URIs and the name-addr form (RFC 3261 sections 19.1 and 20). A URI is kept as it came: what goes back on the wire as a
//! route or a target is byte for byte what was received.
use super::params;
use std::{
    fmt,
    net::{IpAddr, Ipv6Addr, SocketAddr},
};

/// Longer ones are refused.
const LONGEST: usize = 2048;

/// A URI without white space, quotes or angle brackets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Uri(String);

impl Uri {
    /// Reads one; `None` if it could not stand in a message.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (scheme, rest) = text.split_once(':')?;
        let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        let clean = |c: char| !c.is_control() && !c.is_whitespace() && !"<>\"".contains(c);
        (named && !rest.is_empty() && text.len() <= LONGEST && rest.chars().all(clean)).then(|| Self(text.to_owned()))
    }

    /// `sip:` at this address.
    pub(crate) fn at(user: Option<&str>, addr: SocketAddr, params: &str) -> Self {
        let user = user.map(|user| format!("{user}@")).unwrap_or_default();
        Self(format!("sip:{user}{addr}{params}"))
    }

    /// Whoever does not say who they are (RFC 3323 section 4.1).
    pub(crate) fn anonymous() -> Self {
        Self("sip:anonymous@anonymous.invalid".to_owned())
    }

    /// As written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    fn parts(&self) -> (&str, &str) {
        self.0.split_once(':').unwrap_or(("", &self.0))
    }

    /// Whether the scheme is this one.
    pub(crate) fn is(&self, scheme: &str) -> bool {
        self.parts().0.eq_ignore_ascii_case(scheme)
    }

    /// All between the scheme's colon and the parameters.
    pub(crate) fn opaque(&self) -> &str {
        let rest = self.parts().1;
        rest.split([';', '?']).next().unwrap_or(rest)
    }

    /// The part before the `@`, as written, without a password.
    pub(crate) fn user(&self) -> Option<&str> {
        let (user, _) = self.parts().1.split_once('@')?;
        Some(user.split(':').next().unwrap_or(user))
    }

    fn after_user(&self) -> &str {
        let rest = self.parts().1;
        rest.split_once('@').map_or(rest, |(_, host)| host)
    }

    fn host_port(&self) -> (&str, Option<&str>) {
        let place = self.after_user();
        host_port(place.split([';', '?']).next().unwrap_or(place))
    }

    /// The host, without the brackets of an IPv6 address.
    pub(crate) fn host(&self) -> &str {
        self.host_port().0
    }

    /// The port, where one is written.
    pub(crate) fn port(&self) -> Option<u16> {
        self.host_port().1?.parse().ok()
    }

    /// A parameter's value: `Some("")` for one without.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let (_, params) = self.after_user().split_once(';')?;
        params::get(params.split('?').next().unwrap_or(params), name)
    }

    /// A header that a request for it is to bear (RFC 3261 section 19.1.1), unescaped.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let (_, headers) = self.0.split_once('?')?;
        let value = headers.split('&').find_map(|header| {
            let (key, value) = header.split_once('=')?;
            key.eq_ignore_ascii_case(name).then_some(value)
        })?;
        let mut out = Vec::with_capacity(value.len());
        let mut rest = value.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            let digits = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
            match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
                Some(byte) if *first == b'%' => {
                    out.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                }
                _ => {
                    out.push(*first);
                    rest = after;
                }
            }
        }
        String::from_utf8(out).ok().filter(|value| !value.chars().any(char::is_control))
    }

    /// With this header.
    pub(crate) fn with_header(&self, name: &str, value: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b);
        let escape = |b: u8| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") };
        let value: String = value.bytes().map(escape).collect();
        Self::parse(&format!("{}?{name}={value}", self.without_headers()?))
    }

    /// Without what a request for it is to bear.
    pub(crate) fn without_headers(&self) -> Option<Self> {
        Self::parse(self.0.split('?').next()?)
    }

    /// Whether a request can be for it: no headers in it, and an address of IPv6 in its brackets (RFC 3261 section 19.1.1,
    /// RFC 5118 section 4.2).
    pub(crate) fn can_be_asked(&self) -> bool {
        if !self.is("sip") && !self.is("sips") {
            return true;
        }
        let place = self.after_user().split([';', '?']).next().unwrap_or_default();
        let whole = match place.strip_prefix('[') {
            Some(rest) => rest.split_once(']').is_some_and(|(ip, _)| ip.parse::<Ipv6Addr>().is_ok()),
            None => place.matches(':').count() <= 1,
        };
        whole && !self.after_user().contains('?')
    }

    /// The address it names by number, with the usual port where none is written.
    pub(crate) fn addr(&self) -> Option<SocketAddr> {
        let ip: IpAddr = self.host().parse().ok()?;
        let secure = self.is("sips") || self.param("transport").is_some_and(|t| t.eq_ignore_ascii_case("tls"));
        Some(SocketAddr::new(ip, self.port().unwrap_or(if secure { 5061 } else { 5060 })))
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:‹private›", self.parts().0)
    }
}

/// `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(super) fn host_port(text: &str) -> (&str, Option<&str>) {
    let text = text.trim();
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']').unwrap_or((rest, ""));
        return (host, after.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((host, port)) => (host.trim(), Some(port.trim())),
        None => (text, None),
    }
}

/// A URI with the name and the parameters around it: the value of From, To, Contact, Route.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct NameAddr {
    /// The display name.
    pub(crate) name: Option<String>,
    /// The URI.
    pub(crate) uri: Uri,
    /// The header's parameters with their semicolons, as written.
    pub(crate) params: String,
}

impl NameAddr {
    /// A URI alone.
    pub(crate) const fn new(uri: Uri) -> Self {
        Self { name: None, uri, params: String::new() }
    }

    /// Reads one value.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some(open) = params::find(text, |c| c == '<') else {
            // without brackets parameters belong to the header (RFC 3261 section 20.10)
            let (uri, params) = text.split_at(text.find(';').unwrap_or(text.len()));
            return Some(Self { name: None, uri: Uri::parse(uri)?, params: params.trim().to_owned() });
        };
        let (name, rest) = text.split_at(open);
        let (uri, params) = rest.strip_prefix('<')?.split_once('>')?;
        let name = Some(params::unquote(name)).filter(|name| !name.trim().is_empty());
        Some(Self { name, uri: Uri::parse(uri)?, params: params.trim().to_owned() })
    }

    /// A parameter's value.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        params::get(&self.params, name)
    }

    /// The tag, where there is one.
    pub(crate) fn tag(&self) -> Option<String> {
        self.param("tag").filter(|tag| !tag.is_empty())
    }

    /// With this tag in the place of any other.
    pub(crate) fn with_tag(mut self, tag: &str) -> Self {
        let kept = params::split(&self.params, ';').into_iter();
        let kept = kept.filter(|param| !param.split('=').next().unwrap_or("").trim().eq_ignore_ascii_case("tag"));
        self.params = kept.map(|param| format!(";{param}")).collect::<String>() + &format!(";tag={tag}");
        self
    }
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            let clean: String = name.chars().filter(|c| !c.is_control()).collect();
            write!(f, "\"{}\" ", clean.replace('\\', "\\\\").replace('"', "\\\""))?;
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

impl fmt::Debug for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{:?}>", self.uri)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_uris() {
        let uri = Uri::parse("sip:33733;phone-context=x:secret@[2001:db8::1]:5070;transport=TCP;lr?subject=x").unwrap();
        assert_eq!((uri.user(), uri.host(), uri.port()), (Some("33733;phone-context=x"), "2001:db8::1", Some(5070)));
        assert_eq!((uri.param("transport").as_deref(), uri.param("lr").as_deref()), (Some("TCP"), Some("")));
        assert_eq!(uri.addr(), "[2001:db8::1]:5070".parse().ok());
        let plain = Uri::parse("SIPS:sip.test").unwrap();
        assert_eq!((plain.user(), plain.host(), plain.addr(), plain.is("sips")), (None, "sip.test", None, true));
        assert_eq!(Uri::parse("sip:10.0.0.1;transport=tls").unwrap().addr(), "10.0.0.1:5061".parse().ok());
        assert_eq!(Uri::parse("tel:+1555;phone-context=x").unwrap().opaque(), "+1555");
        for bad in ["", "sip:", "bob@x", "sip:a b", "sip:a\r\nVia: x", "1sip:a", "sip:<a>"] {
            assert_eq!(Uri::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_and_parameters() {
        let full = NameAddr::parse("\"Bob \\\"B\\\", <jr>\" <sip:bob@x;lr>;tag=a;x").unwrap();
        assert_eq!((full.name.as_deref(), full.tag().as_deref()), (Some("Bob \"B\", <jr>"), Some("a")));
        assert_eq!(NameAddr::parse(&full.to_string()), Some(full.clone()));
        assert_eq!(full.with_tag("b").params, ";x;tag=b");
        let bare = NameAddr::parse("sip:bob@x;tag=a").unwrap();
        assert_eq!((bare.uri.as_str(), bare.tag().as_deref()), ("sip:bob@x", Some("a")));
        assert_eq!(NameAddr::parse("Bob <sip:b@x>").unwrap().name.as_deref(), Some("Bob"));
        assert_eq!(NameAddr::parse("Bob <sip:b@x"), None);
        assert_eq!(format!("{bare:?}"), "<sip:‹private›>");
    }
}
