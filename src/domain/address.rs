//! Who a text or a call goes to or comes from: one opaque value that every room can carry, compare and store.
//!
//! A sender is an opaque string: `AMAZON`, `33733` and `alice@example.org` are all senders.
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// URI scheme of an [`Address`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// RFC 3966 `tel:`, or a bare number or short code.
    Tel,
    /// RFC 3261 `sip:`.
    Sip,
    /// RFC 3261 `sips:`.
    Sips,
    /// RFC 5122 `xmpp:`, always a bare JID.
    Xmpp,
}

impl Scheme {
    /// The scheme's name without the colon.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tel => "tel",
            Self::Sip => "sip",
            Self::Sips => "sips",
            Self::Xmpp => "xmpp",
        }
    }
}

/// A scheme and the rest, for example `sip:bob@sip.test` or `xmpp:+15551234567@sms.example`.
///
/// Serialises as that URI. `Debug` hides the rest: a number must not reach a log.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    scheme: Scheme,
    rest: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing was given.
    #[error("empty address")]
    Empty,
    /// White space, control characters or line breaks inside.
    #[error("an address holds no spaces or line breaks")]
    BadCharacter,
    /// A scheme that a phone cannot reach.
    #[error("unknown scheme")]
    UnknownScheme,
}

impl Address {
    /// An address from its parts; control characters and white space are refused.
    pub fn new(scheme: Scheme, rest: impl Into<String>) -> Result<Self, AddressError> {
        let rest = rest.into();
        if rest.is_empty() {
            return Err(AddressError::Empty);
        }
        if rest.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(AddressError::BadCharacter);
        }
        Ok(Self { scheme, rest })
    }
    /// The scheme.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }
    /// All after the colon: a bare JID, `user@host[;params]` or a number.
    pub fn rest(&self) -> &str {
        &self.rest
    }
    /// The part before the last `@`, or all of it for `tel:`.
    pub fn user(&self) -> &str {
        match self.scheme {
            Scheme::Tel => &self.rest,
            _ => self.rest.rsplit_once('@').map_or("", |(user, _)| user),
        }
    }
    /// The part after the last `@` without URI parameters; empty for `tel:`.
    pub fn host(&self) -> &str {
        let host = match self.scheme {
            Scheme::Tel => "",
            _ => self.rest.rsplit_once('@').map_or(self.rest.as_str(), |(_, host)| host),
        };
        host.split([';', '?', '/']).next().unwrap_or(host)
    }
    /// The phone number or short code this address stands for, if its user part is one:
    /// `+` and digits, or digits alone, before any `;` parameter.
    pub fn number(&self) -> Option<&str> {
        let user = self.user().split(';').next().unwrap_or("");
        let digits = user.strip_prefix('+').unwrap_or(user);
        (digits.len() >= 2 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(user)
    }
    /// What a person reads when no contact name is known: the number, or the address without its scheme.
    pub fn display(&self) -> &str {
        self.number().unwrap_or(match self.scheme {
            Scheme::Tel => &self.rest,
            _ => self.rest.split(';').next().unwrap_or(&self.rest),
        })
    }
    /// Whether its owner wishes not to be named (RFC 3323 section 4.1).
    pub fn is_hidden(&self) -> bool {
        self.host().eq_ignore_ascii_case("anonymous.invalid")
    }
    /// The full URI.
    pub fn uri(&self) -> String {
        format!("{}:{}", self.scheme.as_str(), self.rest)
    }
}

impl FromStr for Address {
    type Err = AddressError;
    /// Parses a URI with one of the four schemes; anything else is [`AddressError::UnknownScheme`].
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        let (scheme, rest) = text.split_once(':').ok_or(AddressError::UnknownScheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "tel" | "sms" => Scheme::Tel,
            "sip" => Scheme::Sip,
            "sips" => Scheme::Sips,
            "xmpp" => Scheme::Xmpp,
            _ => return Err(AddressError::UnknownScheme),
        };
        Self::new(scheme, rest)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:‹private›", self.scheme.as_str())
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.uri())
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_gateway_address() {
        let short: Address = "xmpp:33733;phone-context=ca-us.phone-context.soprani.ca@sms.example".parse().unwrap();
        assert_eq!(short.number(), Some("33733"));
        assert_eq!(short.host(), "sms.example");
        assert_eq!(short.display(), "33733");
        let sip: Address = "sip:bob@sip.test;transport=tcp".parse().unwrap();
        assert_eq!((sip.user(), sip.host(), sip.number()), ("bob", "sip.test", None));
        assert_eq!(format!("{sip:?}"), "sip:‹private›");
    }

    #[test]
    fn line_breaks_are_refused() {
        assert_eq!("sip:bob@x\r\nVia: y".parse::<Address>(), Err(AddressError::BadCharacter));
        assert_eq!("mailto:a@b".parse::<Address>(), Err(AddressError::UnknownScheme));
    }
}
