//! Where an account's server is: given by hand, or found by SRV records (RFC 6120 section 3.2, XEP-0368), or the domain itself.
//! It must not connect.
use crate::domain::account::{AccountConfig, AccountKind, Problem, XmppTls};
use hickory_resolver::{TokioResolver, proto::rr::RData};
use std::{net::SocketAddr, time::Duration};

/// DNS that is slower than this is treated as silent.
const LOOKUP: Duration = Duration::from_secs(6);

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

/// An SRV record (RFC 2782) that is usable.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Record {
    priority: u16,
    weight: u16,
    target: Target,
}

/// The places to try, best first; never empty.
pub(super) async fn targets(config: &AccountConfig) -> Result<Vec<Target>, Problem> {
    let AccountKind::Xmpp { tls } = config.kind else { return Err(Problem::Protocol) };
    if let Some(server) = &config.server {
        return Ok(vec![manual(server, tls).ok_or(Problem::UnknownHost)?]);
    }
    let domain = config.domain();
    let wanted = |kind| tls.is_none_or(|tls| tls == kind);
    let mut records = Vec::new();
    // an address literal has no records
    if domain.parse::<std::net::IpAddr>().is_err()
        && let Ok(resolver) = TokioResolver::builder_tokio().and_then(|builder| builder.build())
    {
        let direct = service(&resolver, "_xmpps-client", domain, XmppTls::Direct, wanted(XmppTls::Direct));
        let starttls = service(&resolver, "_xmpp-client", domain, XmppTls::Starttls, wanted(XmppTls::Starttls));
        let (direct, starttls) = tokio::join!(direct, starttls);
        records.extend(direct);
        records.extend(starttls);
    }
    let mut targets = order(records, || getrandom::u32().unwrap_or(0));
    if targets.is_empty() {
        let tls = tls.unwrap_or(XmppTls::Starttls);
        targets.push(Target { host: domain.to_owned(), port: usual_port(tls), tls });
    }
    Ok(targets)
}

/// The addresses of one place.
pub(super) async fn addresses(target: &Target) -> Result<Vec<SocketAddr>, Problem> {
    let lookup = tokio::net::lookup_host((target.host.as_str(), target.port));
    let found = match tokio::time::timeout(LOOKUP, lookup).await {
        Ok(Ok(found)) => found.collect::<Vec<_>>(),
        Ok(Err(_)) => Vec::new(),
        Err(_) => return Err(Problem::TimedOut),
    };
    if !found.is_empty() {
        return Ok(found);
    }
    // the system does not say whether the name is wrong or the network is out; DNS does
    let Ok(resolver) = TokioResolver::builder_tokio().and_then(|builder| builder.build()) else {
        return Err(Problem::Unreachable);
    };
    match tokio::time::timeout(LOOKUP, resolver.lookup_ip(target.host.as_str())).await {
        Ok(Ok(found)) => Ok(found.iter().map(|ip| SocketAddr::new(ip, target.port)).collect()),
        Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => Err(Problem::UnknownHost),
        _ => Err(Problem::Unreachable),
    }
}

const fn usual_port(tls: XmppTls) -> u16 {
    match tls {
        XmppTls::Direct => 5223,
        XmppTls::Starttls => 5222,
    }
}

/// `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`. Port 5223 means direct TLS unless it is said otherwise.
fn manual(server: &str, tls: Option<XmppTls>) -> Option<Target> {
    let server = server.trim();
    let (host, port) = match server.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, rest.strip_prefix(':').filter(|_| !rest.is_empty()))
        }
        // more than one colon without brackets: an IPv6 address alone
        None if server.matches(':').count() > 1 => (server, None),
        None => server.split_once(':').map_or((server, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map(str::parse::<u16>).transpose().ok()?.filter(|port| *port != 0);
    if host.is_empty() || host.contains(char::is_whitespace) {
        return None;
    }
    let tls = tls.unwrap_or(if port == Some(5223) { XmppTls::Direct } else { XmppTls::Starttls });
    Some(Target { host: host.to_owned(), port: port.unwrap_or(usual_port(tls)), tls })
}

async fn service(resolver: &TokioResolver, name: &str, domain: &str, tls: XmppTls, wanted: bool) -> Vec<Record> {
    if !wanted {
        return Vec::new();
    }
    let lookup = resolver.srv_lookup(format!("{name}._tcp.{}.", domain.trim_end_matches('.')));
    let Ok(Ok(found)) = tokio::time::timeout(LOOKUP, lookup).await else { return Vec::new() };
    let records = found.answers().iter().filter_map(|record| match &record.data {
        // a target of "." says that the service is not offered
        RData::SRV(srv) if !srv.target.is_root() => {
            let host = srv.target.to_utf8().trim_end_matches('.').to_owned();
            let target = Target { host, port: srv.port, tls };
            Some(Record { priority: srv.priority, weight: srv.weight, target })
        }
        _ => None,
    });
    records.collect()
}

/// RFC 2782: by priority, then drawn by weight. Both services are one pool (XEP-0368 section 3).
fn order(mut records: Vec<Record>, mut random: impl FnMut() -> u32) -> Vec<Target> {
    let mut ordered = Vec::with_capacity(records.len());
    while let Some(best) = records.iter().map(|record| record.priority).min() {
        let group: Vec<_> = records.iter().enumerate().filter(|(_, record)| record.priority == best).collect();
        let total: u64 = group.iter().map(|(_, record)| u64::from(record.weight) + 1).sum();
        // each has one more than its weight, so that a weight of 0 is drawn seldom rather than never
        let mut drawn = u64::from(random()) % total.max(1);
        let mut chosen = 0;
        for (at, record) in group {
            chosen = at;
            match drawn.checked_sub(u64::from(record.weight) + 1) {
                Some(left) => drawn = left,
                None => break,
            }
        }
        ordered.push(records.swap_remove(chosen).target);
    }
    ordered
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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

    #[test]
    fn records_are_tried_by_priority_and_drawn_by_weight() {
        let record = |priority, weight, host: &str| Record {
            priority,
            weight,
            target: target(host, 5222, XmppTls::Starttls).unwrap(),
        };
        let records = vec![record(20, 0, "backup"), record(10, 0, "small"), record(10, 98, "big")];
        let hosts = |random: u32| order(records.clone(), || random).into_iter().map(|t| t.host).collect::<Vec<_>>();
        assert_eq!(hosts(0), ["small", "big", "backup"]);
        assert_eq!(hosts(50), ["big", "small", "backup"]);
        let firsts = (0..100).filter(|n| hosts(*n).first().is_some_and(|host| host == "big")).count();
        assert_eq!(firsts, 99);
    }
}
