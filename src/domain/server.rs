//! Servers that help calls to find a path, as a person writes them: STUN (RFC 7064) and TURN (RFC 7065). The password of a
//! TURN server is not here: it lives in the room `secrets`.
use super::ice::{Server, ServerKind, ServerTransport};
use super::private::Private;
use serde::{Deserialize, Serialize};
use std::{fmt, net::Ipv6Addr, str::FromStr};

/// The port of both, and the one under TLS (RFC 8489 section 18.6, RFC 8656 section 20).
const PORT: u16 = 3478;
const TLS_PORT: u16 = 5349;

/// No such address of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the address of a server")]
pub struct BadServer;

/// A STUN server: `stun.example.org`, `stun:stun.example.org:3478`, `[2001:db8::1]:3478`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StunServer {
    host: String,
    port: u16,
}

/// A TURN server: `turn:turn.example.org`, `turn:turn.example.org:3478?transport=tcp`, `turns:turn.example.org`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TurnServer {
    host: String,
    port: u16,
    transport: ServerTransport,
}

impl StunServer {
    /// To ask it for our address.
    pub fn server(&self) -> Server {
        let Self { host, port } = self.clone();
        Server { host, port, transport: ServerTransport::Udp, kind: ServerKind::Stun }
    }
}

impl TurnServer {
    /// To have it relay, for whoever has this name and password.
    pub fn server(&self, username: &str, password: Private<String>) -> Server {
        let Self { host, port, transport } = self.clone();
        Server { host, port, transport, kind: ServerKind::Turn { username: Private::from(username), password } }
    }
}

impl FromStr for StunServer {
    type Err = BadServer;
    fn from_str(text: &str) -> Result<Self, BadServer> {
        let rest = strip(text.trim(), "stun:").unwrap_or(text.trim());
        let (host, port) = host(rest).ok_or(BadServer)?;
        Ok(Self { host, port: port.unwrap_or(PORT) })
    }
}

impl FromStr for TurnServer {
    type Err = BadServer;
    fn from_str(text: &str) -> Result<Self, BadServer> {
        let text = text.trim();
        let (secure, rest) = match (strip(text, "turns:"), strip(text, "turn:")) {
            (Some(rest), _) => (true, rest),
            (None, rest) => (false, rest.unwrap_or(text)),
        };
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let transport = match (secure, query.to_ascii_lowercase().as_str()) {
            (false, "" | "transport=udp") => ServerTransport::Udp,
            (false, "transport=tcp") => ServerTransport::Tcp,
            // over DTLS nobody speaks it
            (true, "" | "transport=tcp") => ServerTransport::Tls,
            _ => return Err(BadServer),
        };
        let (host, port) = host(place).ok_or(BadServer)?;
        Ok(Self { host, port: port.unwrap_or(if secure { TLS_PORT } else { PORT }), transport })
    }
}

fn strip<'a>(text: &'a str, scheme: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`.
fn host(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (ip, rest) = rest.split_once(']')?;
            ip.parse::<Ipv6Addr>().ok()?;
            (ip, rest)
        }
        None => text.split_at(text.find(':').unwrap_or(text.len())),
    };
    let plain = |c: char| c.is_alphanumeric() || ".-_:".contains(c);
    let port = match port.strip_prefix(':') {
        Some(port) => Some(port.parse().ok().filter(|port| *port > 0)?),
        None if port.is_empty() => None,
        None => return None,
    };
    (!host.is_empty() && host.len() <= 253 && host.chars().all(plain)).then(|| (host.to_owned(), port))
}

/// A host as it stands before a port.
fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.to_owned() }
}

impl fmt::Display for StunServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "stun:{}:{}", bracketed(&self.host), self.port)
    }
}

impl fmt::Display for TurnServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, query) = match self.transport {
            ServerTransport::Udp => ("turn", ""),
            ServerTransport::Tcp => ("turn", "?transport=tcp"),
            ServerTransport::Tls => ("turns", ""),
        };
        write!(f, "{scheme}:{}:{}{query}", bracketed(&self.host), self.port)
    }
}

impl TryFrom<String> for StunServer {
    type Error = BadServer;
    fn try_from(text: String) -> Result<Self, BadServer> {
        text.parse()
    }
}

impl TryFrom<String> for TurnServer {
    type Error = BadServer;
    fn try_from(text: String) -> Result<Self, BadServer> {
        text.parse()
    }
}

impl From<StunServer> for String {
    fn from(server: StunServer) -> Self {
        server.to_string()
    }
}

impl From<TurnServer> for String {
    fn from(server: TurnServer) -> Self {
        server.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them_and_back() {
        for (text, whole) in [
            ("stun.example.org", "stun:stun.example.org:3478"),
            (" STUN:stun.example.org:19302 ", "stun:stun.example.org:19302"),
            ("192.0.2.1", "stun:192.0.2.1:3478"),
            ("[2001:db8::1]", "stun:[2001:db8::1]:3478"),
            ("stun:[2001:db8::1]:5", "stun:[2001:db8::1]:5"),
        ] {
            assert_eq!(text.parse().map(|server: StunServer| server.to_string()).as_deref(), Ok(whole), "{text}");
            assert_eq!(whole.parse(), text.parse::<StunServer>());
        }
        for (text, whole) in [
            ("turn.example.org", "turn:turn.example.org:3478"),
            ("turn:turn.example.org?transport=udp", "turn:turn.example.org:3478"),
            ("turn:turn.example.org:80?transport=TCP", "turn:turn.example.org:80?transport=tcp"),
            ("turns:turn.example.org", "turns:turn.example.org:5349"),
            ("TURNS:[::1]:443?transport=tcp", "turns:[::1]:443"),
        ] {
            assert_eq!(text.parse().map(|server: TurnServer| server.to_string()).as_deref(), Ok(whole), "{text}");
            assert_eq!(whole.parse(), text.parse::<TurnServer>());
        }
    }

    #[test]
    fn what_is_none() {
        for text in
            ["", "stun:", ":3478", "a:0", "a:65536", "a:x", "a b", "[::1", "[x]", "[::1]x", "2001:db8::1", "a/b", "u@a"]
        {
            assert_eq!(text.parse::<StunServer>(), Err(BadServer), "{text}");
        }
        for text in
            ["turn:", "turn:a?transport=sctp", "turns:a?transport=udp", "turn:a?", "turn:a?x", "http://a", "turn:u@a"]
        {
            assert_eq!(text.parse::<TurnServer>().is_err(), text != "turn:a?", "{text}");
        }
    }
}
