//! Via (RFC 3261 section 20.42, RFC 3581): the way an answer takes back.
use super::{params, uri::host_port};
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
};

/// Of the protocol, as we speak it.
const VERSION: &str = "2.0";

/// One Via value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Via {
    /// `UDP`, `TCP`, `TLS` or what else was written, in upper case.
    pub(crate) transport: String,
    /// Of the protocol.
    version: String,
    /// Host and perhaps port, as written.
    pub(crate) sent_by: String,
    /// Parameters with their semicolons, as written.
    params: String,
}

impl Via {
    /// Our own, asking for the address the other side sees.
    pub(crate) fn own(transport: &str, local: SocketAddr, branch: &str) -> Self {
        let version = VERSION.to_owned();
        Self {
            transport: transport.to_owned(),
            version,
            sent_by: local.to_string(),
            params: format!(";rport;branch={branch}"),
        }
    }

    /// Reads one value.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (head, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let mut slashes = head.splitn(3, '/');
        let (name, version) = (slashes.next()?.trim(), slashes.next()?.trim());
        let is_version = !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.');
        if !name.eq_ignore_ascii_case("SIP") || !is_version {
            return None;
        }
        let (transport, sent_by) = slashes.next()?.trim().split_once(char::is_whitespace)?;
        let sent_by: String = sent_by.chars().filter(|c| !c.is_whitespace()).collect();
        let params = params.trim().to_owned();
        (!sent_by.is_empty()).then(|| Self {
            transport: transport.to_ascii_uppercase(),
            version: version.to_owned(),
            sent_by,
            params,
        })
    }

    fn param(&self, name: &str) -> Option<String> {
        params::get(&self.params, name)
    }

    /// The branch; `None`: a peer older than RFC 3261.
    pub(crate) fn branch(&self) -> Option<String> {
        self.param("branch").filter(|branch| branch.starts_with("z9hG4bK") && branch.len() > 7)
    }

    /// Notes where the request really came from (RFC 3581 section 4).
    pub(crate) fn received_from(&mut self, from: SocketAddr) {
        let asked = self.param("rport").is_some();
        let host = host_port(&self.sent_by).0.parse::<IpAddr>().ok();
        let kept = params::split(&self.params, ';').into_iter();
        let mut params: String = kept
            .filter(|param| {
                let name = param.split('=').next().unwrap_or("").trim();
                !name.eq_ignore_ascii_case("rport") && !name.eq_ignore_ascii_case("received")
            })
            .map(|param| format!(";{param}"))
            .collect();
        if asked {
            params += &format!(";rport={}", from.port());
        }
        if asked || host != Some(from.ip()) {
            params += &format!(";received={}", from.ip());
        }
        self.params = params;
    }

    /// The address the other side saw us at.
    pub(crate) fn seen(&self) -> Option<SocketAddr> {
        let (host, port) = host_port(&self.sent_by);
        let received = self.param("received");
        let ip = received.as_deref().unwrap_or(host);
        let ip: IpAddr = ip.trim_matches(['[', ']']).parse().ok()?;
        let rport = self.param("rport").and_then(|port| port.parse().ok());
        Some(SocketAddr::new(ip, rport.or_else(|| port?.parse().ok())?))
    }

    /// Where an unreliable transport sends the answer (RFC 3261 section 18.2.2, RFC 3581); `from` is where the request came
    /// from, and the answer goes nowhere else.
    pub(crate) fn reply_to(&self, from: SocketAddr) -> SocketAddr {
        if self.param("rport").is_some() {
            return from;
        }
        let port = host_port(&self.sent_by).1.and_then(|port| port.parse().ok()).unwrap_or(5060);
        SocketAddr::new(from.ip(), port)
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/{}/{} {}{}", self.version, self.transport, self.sent_by, self.params)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back() {
        let from = "192.0.2.9:40000".parse().unwrap();
        let mut via = Via::parse("SIP / 2.0 / udp 10.0.0.1:5070 ;branch=z9hG4bKx;rport").unwrap();
        assert_eq!(via.reply_to(from), from);
        via.received_from(from);
        assert_eq!(via.to_string(), "SIP/2.0/UDP 10.0.0.1:5070;branch=z9hG4bKx;rport=40000;received=192.0.2.9");
        assert_eq!((via.seen(), via.branch().as_deref()), (Some(from), Some("z9hG4bKx")));
        let old = Via::parse("SIP/2.0/UDP pc.example;branch=1").unwrap();
        assert_eq!((old.reply_to(from), old.branch()), ("192.0.2.9:5060".parse().unwrap(), None));
        for bad in ["", "SIP/2.0/UDP", "HTTP/1.1/TCP x", "SIP/2.0/UDP "] {
            assert_eq!(Via::parse(bad), None, "{bad}");
        }
    }
}
