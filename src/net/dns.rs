//! What DNS says of a server: SRV (RFC 2782), NAPTR (RFC 3403) and addresses of both families, one mechanism for all rooms.
//! Which services are asked for is the rooms' matter. It must not connect. Under "wired only" it asks nobody by radio, and so
//! never the system's own resolver, whose packets go where it likes.
use super::{
    bind::Bind,
    nat64::{self, Prefix},
    resolver::{self, TiedResolver},
};
use crate::domain::account::Problem;
use hickory_resolver::proto::rr::{RData, RecordType};
use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    time::Duration,
};

/// DNS that is slower than this is treated as silent.
const LOOKUP: Duration = Duration::from_secs(6);
/// More records of one name are of no use to a client.
const MOST: usize = 32;

/// An SRV record that can be used, and the service it was found under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Srv<T> {
    /// Lower is tried first.
    pub priority: u16,
    /// The share among equals.
    pub weight: u16,
    /// Where.
    pub host: String,
    /// Port, as the record says.
    pub port: u16,
    /// What was asked for.
    pub service: T,
}

/// A NAPTR record that leads to another name (flag `s`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naptr {
    /// Lower is used first.
    pub order: u16,
    /// Among those of one order, lower is used first.
    pub preference: u16,
    /// For example `SIPS+D2T`.
    pub service: String,
    /// The name to ask SRV for.
    pub name: String,
}

/// The system's name servers, asked by the ways that are allowed.
#[derive(Debug)]
pub struct Dns {
    /// Or why nobody can be asked.
    resolver: Result<TiedResolver, Problem>,
    bind: Bind,
    /// Who is asked.
    servers: Vec<IpAddr>,
}

impl Dns {
    /// As the system is configured now.
    pub fn system(bind: &Bind) -> Self {
        let root = Path::new("/");
        let servers = resolver::servers(root).addresses;
        Self { resolver: resolver::resolver(root, bind), bind: bind.clone(), servers }
    }

    /// The SRV records of `name`, as `_xmpp-client._tcp.example.org`; none when there are none or DNS is silent.
    pub async fn srv<T: Clone>(&self, name: &str, service: T) -> Vec<Srv<T>> {
        let records = self.records(name, RecordType::SRV).await.into_iter().filter_map(|record| match record {
            // a target of "." says that the service is not offered
            RData::SRV(srv) if !srv.target.is_root() && srv.port != 0 => Some(Srv {
                priority: srv.priority,
                weight: srv.weight,
                host: srv.target.to_utf8().trim_end_matches('.').to_owned(),
                port: srv.port,
                service: service.clone(),
            }),
            _ => None,
        });
        records.collect()
    }

    /// The NAPTR records of `domain` that name an SRV record, best first.
    pub async fn naptr(&self, domain: &str) -> Vec<Naptr> {
        let records = self.records(domain, RecordType::NAPTR).await.into_iter().filter_map(|record| match record {
            RData::NAPTR(naptr) if naptr.flags.eq_ignore_ascii_case(b"s") && !naptr.replacement.is_root() => {
                Some(Naptr {
                    order: naptr.order,
                    preference: naptr.preference,
                    service: String::from_utf8_lossy(&naptr.services).into_owned(),
                    name: naptr.replacement.to_utf8().trim_end_matches('.').to_owned(),
                })
            }
            _ => None,
        });
        let mut records: Vec<_> = records.collect();
        records.sort_by_key(|record| (record.order, record.preference));
        records
    }

    async fn records(&self, name: &str, kind: RecordType) -> Vec<RData> {
        let Ok(resolver) = &self.resolver else { return Vec::new() };
        // absolute, so that no search domain of this machine is tried
        let lookup = resolver.lookup(format!("{}.", name.trim_end_matches('.')), kind);
        let Ok(Ok(found)) = tokio::time::timeout(LOOKUP, lookup).await else { return Vec::new() };
        found.answers().iter().map(|record| record.data.clone()).take(MOST).collect()
    }

    /// The addresses of a host name or literal, those that can be reached first.
    ///
    /// # Errors
    /// [`Problem::UnknownHost`] when DNS says that there is none; [`Problem::NotWired`] when only radio leads to the name
    /// servers; [`Problem::TimedOut`] or [`Problem::Unreachable`] when they cannot be asked.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Problem> {
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![self.translated(SocketAddr::new(ip, port)).await]);
        }
        if self.bind.any() {
            // the system's own order (RFC 6724), and whatever else it knows names by
            match tokio::time::timeout(LOOKUP, tokio::net::lookup_host((host, port))).await {
                Ok(Ok(found)) => {
                    let found: Vec<_> = found.collect();
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Ok(Err(_)) => {}
                Err(_) => return Err(Problem::TimedOut),
            }
        }
        let mut found = self.asked(host, port).await?;
        found.sort_by_cached_key(|address| self.bind.local_for(*address).is_err());
        Ok(found)
    }

    /// Where only IPv6 leads out, an IPv4 address is reached through the network's translator (RFC 7050).
    async fn translated(&self, address: SocketAddr) -> SocketAddr {
        let IpAddr::V4(four) = address.ip() else { return address };
        if self.bind.local_for(address) != Err(Problem::Unreachable) {
            return address;
        }
        let answers = self.records(nat64::KNOWN, RecordType::AAAA).await;
        let prefix = answers.iter().find_map(|record| match record {
            RData::AAAA(six) => Prefix::learn(six.0),
            _ => None,
        });
        prefix.map_or(address, |prefix| SocketAddr::new(prefix.translate(four).into(), address.port()))
    }

    /// The system does not say whether the name is wrong or the network is out; DNS does.
    async fn asked(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Problem> {
        // one family's entry is enough: asking DNS for the other would wait where nobody answers
        let known = resolver::in_hosts_file(host);
        if !known.is_empty() {
            return Ok(known.into_iter().map(|ip| SocketAddr::new(ip, port)).collect());
        }
        let resolver = self.resolver.as_ref().map_err(|problem| *problem)?;
        match tokio::time::timeout(LOOKUP, resolver.lookup_ip(host)).await {
            Ok(Ok(found)) => Ok(found.iter().map(|ip| SocketAddr::new(ip, port)).collect()),
            Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => Err(Problem::UnknownHost),
            _ => Err(self.unasked()),
        }
    }

    /// Why nobody answered: a forbidden way says more than silence.
    fn unasked(&self) -> Problem {
        let mut ways = self.servers.iter().map(|ip| self.bind.local_for(SocketAddr::new(*ip, 53)).err());
        let forbidden = ways.clone().any(|way| way == Some(Problem::NotWired));
        if forbidden && ways.all(|way| way.is_some()) { Problem::NotWired } else { Problem::Unreachable }
    }
}

/// RFC 2782: by priority, then drawn by weight. `random` is uniform over all of `u32`.
pub fn order_srv<T>(mut records: Vec<Srv<T>>, mut random: impl FnMut() -> u32) -> Vec<Srv<T>> {
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
        ordered.push(records.swap_remove(chosen));
    }
    ordered
}

/// Reads `HOST`, `HOST:PORT`, `[V6]`, `[V6]:PORT` or a bare IPv6 address; `None` when it is none of them.
pub fn host_port(text: &str) -> Option<(&str, Option<u16>)> {
    let text = text.trim();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            (host, if rest.is_empty() { None } else { Some(rest.strip_prefix(':')?) })
        }
        // more than one colon without brackets: an IPv6 address alone
        None if text.matches(':').count() > 1 => (text, None),
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    let port = match port {
        Some(port) => Some(port.parse().ok().filter(|port| *port != 0)?),
        None => None,
    };
    (!host.is_empty() && !host.contains(char::is_whitespace)).then_some((host, port))
}

#[cfg(test)]
#[path = "dns_tests.rs"]
pub(crate) mod tests;
