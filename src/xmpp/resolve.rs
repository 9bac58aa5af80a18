//! Where an account's server is: given by hand, or found by SRV records (RFC 6120 section 3.2, XEP-0368), or the domain itself.
//! It must not connect.
use crate::{
    domain::account::{AccountConfig, AccountKind, Problem, XmppTls},
    net::{Dns, host_port, order_srv},
};

/// One place to try.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    /// A host name or an address literal.
    pub(super) host: String,
    /// TCP port.
    pub(super) port: u16,
    /// How TLS begins there.
    pub(super) tls: XmppTls,
}

/// The places to try, best first; never empty.
pub(super) async fn targets(config: &AccountConfig, dns: &Dns) -> Result<Vec<Target>, Problem> {
    let AccountKind::Xmpp { tls } = config.kind else { return Err(Problem::Protocol) };
    if let Some(server) = &config.server {
        return Ok(vec![manual(server, tls).ok_or(Problem::UnknownHost)?]);
    }
    let domain = config.domain();
    let mut records = Vec::new();
    // an address literal has no records
    if domain.parse::<std::net::IpAddr>().is_err() {
        let service = async |name: &str, kind: XmppTls| {
            if tls.is_none_or(|tls| tls == kind) {
                dns.srv(&format!("{name}._tcp.{domain}"), kind).await
            } else {
                Vec::new()
            }
        };
        let direct = service("_xmpps-client", XmppTls::Direct);
        let starttls = service("_xmpp-client", XmppTls::Starttls);
        let (direct, starttls) = tokio::join!(direct, starttls);
        // both services are one pool (XEP-0368 section 3)
        records.extend(direct);
        records.extend(starttls);
    }
    let records = order_srv(records, || getrandom::u32().unwrap_or(0)).into_iter();
    let mut targets: Vec<_> =
        records.map(|record| Target { host: record.host, port: record.port, tls: record.service }).collect();
    if targets.is_empty() {
        let tls = tls.unwrap_or(XmppTls::Starttls);
        targets.push(Target { host: domain.to_owned(), port: usual_port(tls), tls });
    }
    Ok(targets)
}

/// Where a server says that the account is (RFC 6120 section 4.9.3.19), reached in the same way as itself.
pub(super) fn elsewhere(said: &str, tls: XmppTls) -> Option<Target> {
    let (host, port) = host_port(said)?;
    Some(Target { host: host.to_owned(), port: port.unwrap_or(usual_port(tls)), tls })
}

const fn usual_port(tls: XmppTls) -> u16 {
    match tls {
        XmppTls::Direct => 5223,
        XmppTls::Starttls => 5222,
    }
}

/// A server given by hand. Port 5223 means direct TLS unless it is said otherwise.
fn manual(server: &str, tls: Option<XmppTls>) -> Option<Target> {
    let (host, port) = host_port(server)?;
    let tls = tls.unwrap_or(if port == Some(5223) { XmppTls::Direct } else { XmppTls::Starttls });
    Some(Target { host: host.to_owned(), port: port.unwrap_or(usual_port(tls)), tls })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(host: &str, port: u16, tls: XmppTls) -> Option<Target> {
        Some(Target { host: host.to_owned(), port, tls })
    }

    #[test]
    fn a_server_given_by_hand() {
        use XmppTls::{Direct, Starttls};
        assert_eq!(manual("x.test:5000", None), target("x.test", 5000, Starttls));
        assert_eq!(manual("x.test:5223", None), target("x.test", 5223, Direct));
        assert_eq!(manual("x.test:5223", Some(Starttls)), target("x.test", 5223, Starttls));
        assert_eq!(manual(" x.test ", Some(Direct)), target("x.test", 5223, Direct));
        assert_eq!(manual("[::1]:15222", None), target("::1", 15222, Starttls));
        assert_eq!(manual("[::1]", None), target("::1", 5222, Starttls));
        assert_eq!(manual("::1", None), target("::1", 5222, Starttls));
        for bad in ["", ":5222", "x.test:", "x.test:port", "x.test:99999", "[::1", "a b"] {
            assert_eq!(manual(bad, None), None, "{bad}");
        }
    }
}
