//! Where an account's server is (RFC 3263): given by hand, or found by NAPTR, SRV and addresses, in order of trial.
//! It must not connect. Whoever tries the targets goes on after a silence or a refusal, and must stop at a bad certificate:
//! a weaker transport would hand the log-in to whoever stands in between.
use crate::{
    domain::account::{AccountConfig, AccountKind, Problem, SipTransport},
    net::{Bind, Dns, Naptr, Srv, host_port, order_srv},
};
use futures::future::join_all;
use std::net::{IpAddr, SocketAddr};

/// All transports, best first.
const ALL: [SipTransport; 3] = [SipTransport::Tls, SipTransport::Tcp, SipTransport::Udp];
/// More places than this are not tried.
const MOST: usize = 16;

/// One place to try.
#[derive(Debug, Clone, Eq)]
pub(crate) struct Target {
    /// Address and port.
    pub(crate) addr: SocketAddr,
    /// How to speak there.
    pub(crate) transport: SipTransport,
    /// What the certificate must be for: the account's domain, whatever DNS said (RFC 5922 section 4).
    pub(crate) server_name: String,
    /// Those of one rank are as good as each other, whatever their order today; lower is better.
    pub(crate) rank: usize,
}

/// The same place is the same whatever it is worth.
impl PartialEq for Target {
    fn eq(&self, other: &Self) -> bool {
        (self.addr, self.transport, &self.server_name) == (other.addr, other.transport, &other.server_name)
    }
}

/// The places to try, best first; never empty.
///
/// # Errors
/// [`Problem::UnknownHost`] when the server or the domain has no address; [`Problem::TimedOut`] or
/// [`Problem::Unreachable`] when DNS cannot be asked.
pub(crate) async fn locate(config: &AccountConfig, bind: &Bind) -> Result<Vec<Target>, Problem> {
    locate_by(&Dns::system(bind), config).await
}

async fn locate_by(dns: &Dns, config: &AccountConfig) -> Result<Vec<Target>, Problem> {
    let (server_name, search) = search(config)?;
    let mut places = match search {
        Search::Given(places) => places,
        Search::Domain(wish) => {
            let mut places = Vec::new();
            let services = of_naptr(&dns.naptr(&server_name).await, wish);
            if !services.is_empty() {
                places = of_srv(dns, services).await;
            }
            if places.is_empty() {
                places = of_srv(dns, usual_services(&server_name, wish)).await;
            }
            if places.is_empty() {
                places = told_places(config, &server_name, wish)?;
            }
            places
        }
    };
    places.truncate(MOST);
    let found = join_all(places.iter().map(|place| dns.addresses(&place.host, place.port))).await;
    targets(&places, found, &server_name)
}

/// A host and a way to speak to it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
    transport: SipTransport,
    rank: usize,
}

/// How the server is to be found.
#[derive(Debug, PartialEq, Eq)]
enum Search {
    /// The person or the address names it.
    Given(Vec<Place>),
    /// DNS is asked, for this transport only if there is one.
    Domain(Option<SipTransport>),
}

/// The domain that certificates must name, and the way to its server.
fn search(config: &AccountConfig) -> Result<(String, Search), Problem> {
    let AccountKind::Sip { transport: wish, .. } = config.kind else { return Err(Problem::Protocol) };
    let (domain, port) = host_port(config.domain()).ok_or(Problem::UnknownHost)?;
    let search = if let Some(server) = &config.server {
        let (host, port) = host_port(server).ok_or(Problem::UnknownHost)?;
        Search::Given(usual_places(host, port, &given(wish, port)))
    } else if port.is_some() || domain.parse::<IpAddr>().is_ok() {
        // a port or a literal leaves nothing for DNS to say (RFC 3263 section 4.2)
        Search::Given(usual_places(domain, port, &given(wish, port)))
    } else {
        Search::Domain(wish)
    };
    Ok((domain.to_owned(), search))
}

fn wished(wish: Option<SipTransport>) -> Vec<SipTransport> {
    wish.map_or_else(|| ALL.to_vec(), |transport| vec![transport])
}

/// What to try on a given port: behind the registered ones it is known what is spoken.
fn given(wish: Option<SipTransport>, port: Option<u16>) -> Vec<SipTransport> {
    match (wish, port) {
        (None, Some(5061)) => vec![SipTransport::Tls],
        (None, Some(5060)) => vec![SipTransport::Tcp, SipTransport::Udp],
        _ => wished(wish),
    }
}

fn usual_places(host: &str, port: Option<u16>, transports: &[SipTransport]) -> Vec<Place> {
    let place = |(rank, &transport): (usize, &SipTransport)| {
        let (host, port) = (host.to_owned(), port.unwrap_or(usual_port(transport)));
        Place { host, port, transport, rank }
    };
    transports.iter().enumerate().map(place).collect()
}

/// Where DNS names no service: what the provider's documentation says, and the domain itself otherwise.
fn told_places(config: &AccountConfig, domain: &str, wish: Option<SipTransport>) -> Result<Vec<Place>, Problem> {
    let Some(way) = &config.calls.way else { return Ok(usual_places(domain, None, &wished(wish))) };
    let (host, port) = host_port(way.server.as_deref().unwrap_or(domain)).ok_or(Problem::UnknownHost)?;
    Ok(usual_places(host, port, &given(wish.or(way.transport), port)))
}

const fn usual_port(transport: SipTransport) -> u16 {
    match transport {
        SipTransport::Tls => 5061,
        SipTransport::Tcp | SipTransport::Udp => 5060,
    }
}

/// The SRV names that NAPTR leads to, in the server's order, as far as we speak them (RFC 3263 section 4.1).
fn of_naptr(records: &[Naptr], wish: Option<SipTransport>) -> Vec<(String, SipTransport)> {
    let mut services = Vec::new();
    for record in records {
        let transport = match record.service.to_ascii_uppercase().as_str() {
            "SIPS+D2T" => SipTransport::Tls,
            "SIP+D2T" => SipTransport::Tcp,
            "SIP+D2U" => SipTransport::Udp,
            _ => continue,
        };
        let service = (record.name.clone(), transport);
        if wish.is_none_or(|wish| wish == transport) && !services.contains(&service) {
            services.push(service);
        }
    }
    services
}

/// The SRV names of a domain without NAPTR.
fn usual_services(domain: &str, wish: Option<SipTransport>) -> Vec<(String, SipTransport)> {
    let name = |transport| match transport {
        SipTransport::Tls => format!("_sips._tcp.{domain}"),
        SipTransport::Tcp => format!("_sip._tcp.{domain}"),
        SipTransport::Udp => format!("_sip._udp.{domain}"),
    };
    wished(wish).into_iter().map(|transport| (name(transport), transport)).collect()
}

/// The places of several SRV names: those of the first name before those of the second.
async fn of_srv(dns: &Dns, services: Vec<(String, SipTransport)>) -> Vec<Place> {
    let lookups = services.iter().map(|(name, transport)| dns.srv(name, *transport));
    let found = join_all(lookups).await.into_iter();
    let ordered = found.flat_map(|records| order_srv(records, || getrandom::u32().unwrap_or(0)));
    let (mut rank, mut last) = (0, None);
    let place = |record: Srv<SipTransport>| {
        // among equals chance has drawn the order: it is another one the next time
        if last.replace((record.service, record.priority)).is_some_and(|last| last != (record.service, record.priority))
        {
            rank += 1;
        }
        Place { host: record.host, port: record.port, transport: record.service, rank }
    };
    ordered.map(place).collect()
}

/// Joins places with what DNS said of each; fails with the first reason when no place has an address.
fn targets(
    places: &[Place],
    found: Vec<Result<Vec<SocketAddr>, Problem>>,
    server_name: &str,
) -> Result<Vec<Target>, Problem> {
    let mut targets: Vec<Target> = Vec::new();
    let mut problem = None;
    for (place, found) in places.iter().zip(found) {
        match found {
            Ok(addresses) => {
                for addr in addresses {
                    let (server_name, transport, rank) = (server_name.to_owned(), place.transport, place.rank);
                    let target = Target { addr, transport, server_name, rank };
                    if !targets.contains(&target) {
                        targets.push(target);
                    }
                }
            }
            Err(failed) => problem = problem.or(Some(failed)),
        }
    }
    if targets.is_empty() { Err(problem.unwrap_or(Problem::UnknownHost)) } else { Ok(targets) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::account::{AccountId, Way};
    use SipTransport::{Tcp, Tls, Udp};

    fn account(address: &str, server: Option<&str>, transport: Option<SipTransport>) -> AccountConfig {
        AccountConfig {
            id: AccountId("sip-test".into()),
            server: server.map(str::to_owned),
            ..AccountConfig::new(AccountKind::Sip { transport, auth_user: None }, address)
        }
    }

    fn places(host: &str, of: &[(u16, SipTransport)]) -> Search {
        let place = |(rank, &(port, transport))| Place { host: host.into(), port, transport, rank };
        Search::Given(of.iter().enumerate().map(place).collect())
    }

    #[test]
    fn a_server_given_by_hand_is_the_only_one() {
        let of = |server: &str, wish| search(&account("alice@sip.test", Some(server), wish));
        let named = |search| Ok(("sip.test".to_owned(), search));
        let all = places("pbx.test", &[(5061, Tls), (5060, Tcp), (5060, Udp)]);
        assert_eq!(of("pbx.test", None), named(all));
        assert_eq!(of("pbx.test:5061", None), named(places("pbx.test", &[(5061, Tls)])));
        assert_eq!(of("pbx.test:5060", None), named(places("pbx.test", &[(5060, Tcp), (5060, Udp)])));
        assert_eq!(of("[::1]:7000", None), named(places("::1", &[(7000, Tls), (7000, Tcp), (7000, Udp)])));
        assert_eq!(of("pbx.test:5060", Some(Tls)), named(places("pbx.test", &[(5060, Tls)])));
        assert_eq!(of("pbx.test", Some(Udp)), named(places("pbx.test", &[(5060, Udp)])));
        assert_eq!(of("pbx.test:x", None), Err(Problem::UnknownHost));
    }

    #[test]
    fn only_a_plain_domain_is_looked_up() {
        let of = |address: &str, wish| search(&account(address, None, wish)).unwrap();
        assert_eq!(of("alice@sip.test", None), ("sip.test".into(), Search::Domain(None)));
        assert_eq!(of("alice@sip.test", Some(Tls)), ("sip.test".into(), Search::Domain(Some(Tls))));
        assert_eq!(of("alice@sip.test:5070", Some(Tcp)), ("sip.test".into(), places("sip.test", &[(5070, Tcp)])));
        assert_eq!(of("alice@[::1]", Some(Udp)), ("::1".into(), places("::1", &[(5060, Udp)])));
        assert_eq!(of("alice@192.0.2.1", Some(Tls)), ("192.0.2.1".into(), places("192.0.2.1", &[(5061, Tls)])));
        assert_eq!(search(&account("alice@", None, None)), Err(Problem::UnknownHost));
    }

    #[test]
    fn naptr_gives_the_order_and_a_wish_restricts_it() {
        let record =
            |service: &str, name: &str| Naptr { order: 1, preference: 1, service: service.into(), name: name.into() };
        let records = [
            record("SIP+D2S", "_sip._sctp.x.test"),
            record("sip+d2u", "_sip._udp.x.test"),
            record("SIPS+D2T", "_sips._tcp.other.test"),
            record("SIP+D2U", "_sip._udp.x.test"),
            record("E2U+sip", "_sip._tcp.enum.test"),
        ];
        let (udp, tls) = (("_sip._udp.x.test".into(), Udp), ("_sips._tcp.other.test".into(), Tls));
        assert_eq!(of_naptr(&records, None), [udp, tls.clone()]);
        assert_eq!(of_naptr(&records, Some(Tls)), [tls]);
        // none but what was wished: no fall-back
        assert_eq!(of_naptr(&records, Some(Tcp)), []);
    }

    #[test]
    fn without_naptr_tls_is_asked_for_first() {
        let names: Vec<_> = usual_services("x.test", None).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["_sips._tcp.x.test", "_sip._tcp.x.test", "_sip._udp.x.test"]);
        assert_eq!(usual_services("x.test", Some(Tls)), [("_sips._tcp.x.test".to_owned(), Tls)]);
    }

    #[test]
    fn every_target_is_for_the_accounts_domain() {
        let place = |host: &str, transport| Place { host: host.into(), port: 5060, transport, rank: 0 };
        let (four, six) = ("192.0.2.1:5060".parse().unwrap(), "[2001:db8::1]:5060".parse().unwrap());
        let list = [place("gone.test", Tls), place("a.test", Tls), place("b.test", Tls), place("a.test", Udp)];
        let found = vec![Err(Problem::UnknownHost), Ok(vec![six, four]), Ok(vec![four]), Ok(vec![four])];
        let target = |addr, transport| Target { addr, transport, server_name: "sip.test".into(), rank: 0 };
        let expected = vec![target(six, Tls), target(four, Tls), target(four, Udp)];
        assert_eq!(targets(&list, found, "sip.test"), Ok(expected));
        let silent = vec![Err(Problem::TimedOut), Err(Problem::UnknownHost)];
        assert_eq!(targets(&list, silent, "sip.test"), Err(Problem::TimedOut));
        assert_eq!(targets(&[], Vec::new(), "sip.test"), Err(Problem::UnknownHost));
    }

    /// The ports and transports found, which tell the records apart: every host is this machine.
    async fn found(domain: &str, zone: &[&str], wish: Option<SipTransport>) -> Vec<(u16, SipTransport)> {
        let dns = crate::net::zone(zone).await;
        let mut targets = locate_by(&dns, &account(&format!("alice@{domain}"), None, wish)).await.unwrap();
        // the system may give this machine an address of each family
        targets.retain(|target| target.addr.is_ipv4());
        assert!(targets.iter().all(|target| target.server_name == domain));
        targets.iter().map(|target| (target.addr.port(), target.transport)).collect()
    }

    const SRV: [&str; 4] = [
        "_sip._udp.sip.test. SRV 1 0 7000 localhost.",
        "_sip._tcp.sip.test. SRV 1 0 7001 localhost.",
        "_sips._tcp.sip.test. SRV 2 0 7003 localhost.",
        "_sips._tcp.sip.test. SRV 1 0 7002 localhost.",
    ];

    #[tokio::test]
    async fn dns_leads_to_the_server() {
        assert_eq!(found("sip.test", &SRV, None).await, [(7002, Tls), (7003, Tls), (7001, Tcp), (7000, Udp)]);
        assert_eq!(found("sip.test", &SRV, Some(Udp)).await, [(7000, Udp)]);
        // NAPTR says which services there are, and in which order
        let naptr = [
            "sip.test. NAPTR 2 1 s SIPS+D2T _sips._tcp.sip.test.",
            "sip.test. NAPTR 1 1 s SIP+D2U _udp.elsewhere.test.",
            "_udp.elsewhere.test. SRV 1 0 7009 localhost.",
        ];
        let zone = [&naptr[..], &SRV].concat();
        assert_eq!(found("sip.test", &zone, None).await, [(7009, Udp), (7002, Tls), (7003, Tls)]);
        // none for TCP, but SRV has one
        assert_eq!(found("sip.test", &zone, Some(Tcp)).await, [(7001, Tcp)]);
    }

    #[tokio::test]
    async fn servers_of_one_priority_are_as_good_as_each_other() {
        let lines = [
            "_sip._tcp.sip.test. SRV 1 5 7001 localhost.",
            "_sip._tcp.sip.test. SRV 1 5 7002 localhost.",
            "_sip._tcp.sip.test. SRV 2 0 7003 localhost.",
            "_sip._udp.sip.test. SRV 2 0 7004 localhost.",
        ];
        let found = locate_by(&crate::net::zone(&lines).await, &account("alice@sip.test", None, None)).await.unwrap();
        let mut ranks: Vec<_> = found.iter().map(|target| (target.addr.port(), target.rank)).collect();
        ranks.sort_unstable();
        ranks.dedup();
        assert_eq!(ranks, [(7001, 0), (7002, 0), (7003, 1), (7004, 2)]);
    }

    #[tokio::test]
    async fn without_records_the_domain_itself_is_tried() {
        assert_eq!(found("localhost", &[], None).await, [(5061, Tls), (5060, Tcp), (5060, Udp)]);
    }

    #[tokio::test]
    async fn what_a_provider_says_is_tried_where_dns_says_nothing() {
        let found = async |zone: &[&str], wish, way: Way| {
            let domain = if zone.is_empty() { "localhost" } else { "sip.test" };
            let mut config = account(&format!("alice@{domain}"), None, wish);
            config.calls.way = Some(way);
            let mut targets = locate_by(&crate::net::zone(zone).await, &config).await.unwrap();
            targets.retain(|target| target.addr.is_ipv4());
            targets.iter().map(|target| (target.addr.port(), target.transport)).collect::<Vec<_>>()
        };
        let udp = || Way { server: None, transport: Some(Udp) };
        assert_eq!(found(&[], None, udp()).await, [(5060, Udp)]);
        assert_eq!(found(&[], Some(Tcp), udp()).await, [(5060, Tcp)], "the person says otherwise");
        let elsewhere = || Way { server: Some("127.0.0.1:5080".into()), transport: None };
        assert_eq!(found(&[], Some(Tls), elsewhere()).await, [(5080, Tls)]);
        let srv = ["_sip._tcp.sip.test. SRV 1 0 7001 localhost."];
        assert_eq!(found(&srv, None, udp()).await, [(7001, Tcp)], "DNS says otherwise");
    }

    #[tokio::test]
    async fn tls_that_was_asked_for_falls_back_to_nothing_else() {
        let dns = crate::net::zone(&["_sip._udp.sip.test. SRV 1 0 7000 localhost."]).await;
        assert_eq!(of_srv(&dns, usual_services("sip.test", Some(Tls))).await, []);
        assert_eq!(of_srv(&dns, usual_services("sip.test", None)).await.len(), 1);
        assert_eq!(usual_places("sip.test", None, &wished(Some(Tls))).len(), 1);
    }

    #[tokio::test]
    async fn a_literal_server_needs_no_dns() {
        let found = locate(&account("alice@sip.test", Some("127.0.0.1:5070"), Some(Tcp)), &Bind::default()).await;
        let addr = "127.0.0.1:5070".parse().unwrap();
        assert_eq!(found, Ok(vec![Target { addr, transport: Tcp, server_name: "sip.test".into(), rank: 0 }]));
        let xmpp = AccountConfig { kind: AccountKind::Xmpp { tls: None }, ..account("alice@sip.test", None, None) };
        assert_eq!(locate(&xmpp, &Bind::default()).await, Err(Problem::Protocol));
    }
}
