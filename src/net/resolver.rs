//! Whom names are asked of, and by which way: the system's name servers, each over a socket of [`Bind`], so that a question
//! keeps to the cable as a call does. Where the system names only a forwarder on this computer, its own servers are asked
//! around it as far as it publishes them: a forwarder sends by any link it likes. It must not decide which link is allowed.
use super::bind::Bind;
use crate::domain::{
    account::Problem,
    link::{NamesBy, WiredPolicy},
};
use hickory_resolver::{
    Hosts, Resolver,
    config::{NameServerConfig, ResolverConfig, ResolverOpts},
    net::runtime::{RuntimeProvider, TokioHandle, TokioRuntimeProvider, TokioTime, iocompat::AsyncIoTokioAsStd},
    proto::{
        op::Query,
        rr::{Name, RecordType},
    },
    system_conf::parse_resolv_conf,
};
use std::{
    fmt, fs, io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::Path,
    pin::Pin,
    time::Duration,
};
use tokio::net::{TcpStream, UdpSocket};

/// The port of DNS.
const DNS: u16 = 53;
/// One server's time: a list may begin with one that only the unused radio leads to.
const ONE: Duration = Duration::from_secs(2);
/// Servers asked at once.
const AT_ONCE: usize = 4;
/// Where resolvers on this computer publish the servers behind them.
const RESOLVED: &str = "run/systemd/resolve/resolv.conf";
const NETWORK_MANAGER: &str = "run/NetworkManager/no-stub-resolv.conf";
/// The addresses systemd-resolved listens on.
const RESOLVED_AT: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 53), Ipv4Addr::new(127, 0, 0, 54)];

/// A resolver whose packets obey the policy.
pub(super) type TiedResolver = Resolver<Tied>;

/// Opens the resolver's sockets through [`Bind`].
#[derive(Clone)]
pub(super) struct Tied {
    bind: Bind,
    tokio: TokioRuntimeProvider,
}

impl fmt::Debug for Tied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tied").field("bind", &self.bind).finish_non_exhaustive()
    }
}

impl Tied {
    pub(super) fn new(bind: &Bind) -> Self {
        Self { bind: bind.clone(), tokio: TokioRuntimeProvider::default() }
    }
}

type Opening<T> = Pin<Box<dyn Send + Future<Output = io::Result<T>>>>;

impl RuntimeProvider for Tied {
    type Handle = TokioHandle;
    type Timer = TokioTime;
    type Udp = UdpSocket;
    type Tcp = AsyncIoTokioAsStd<TcpStream>;

    fn create_handle(&self) -> TokioHandle {
        self.tokio.create_handle()
    }

    // the local addresses offered here are "any": ours is that of the link to the server
    fn connect_tcp(&self, server: SocketAddr, _: Option<SocketAddr>, limit: Option<Duration>) -> Opening<Self::Tcp> {
        let bind = self.bind.clone();
        Box::pin(async move {
            let connected = tokio::time::timeout(limit.unwrap_or(ONE), bind.connect(server)).await;
            connected.map_err(|_| io::ErrorKind::TimedOut)?.map(AsyncIoTokioAsStd).map_err(refused)
        })
    }

    fn bind_udp(&self, _: SocketAddr, server: SocketAddr) -> Opening<UdpSocket> {
        let bind = self.bind.clone();
        Box::pin(async move { bind.udp(server).await.map_err(refused) })
    }
}

fn refused(problem: Problem) -> io::Error {
    match problem {
        Problem::TimedOut => io::ErrorKind::TimedOut.into(),
        _ => io::ErrorKind::NetworkUnreachable.into(),
    }
}

/// The system's name servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Servers {
    pub(super) addresses: Vec<IpAddr>,
    pub(super) by: NamesBy,
}

/// The servers that the files below `root` name.
pub(super) fn servers(root: &Path) -> Servers {
    let read = |file: &str| nameservers(&fs::read(root.join(file)).unwrap_or_default());
    let beyond = |list: &[IpAddr]| list.iter().copied().filter(|ip| !ip.is_loopback()).collect::<Vec<_>>();
    let named = read("etc/resolv.conf");
    let mut found = beyond(&named);
    if found.is_empty() && !named.is_empty() {
        let resolved = named.iter().any(|ip| RESOLVED_AT.iter().any(|at| ip == at));
        found = beyond(&read(if resolved { RESOLVED } else { NETWORK_MANAGER }));
    }
    match (found.is_empty(), named.is_empty()) {
        (false, _) => Servers { addresses: found, by: NamesBy::Landline },
        (true, false) => Servers { addresses: named, by: NamesBy::Other },
        (true, true) => Servers { addresses: Vec::new(), by: NamesBy::Nobody },
    }
}

/// Whom names are asked of under this policy.
pub fn names_by(policy: WiredPolicy) -> NamesBy {
    match policy {
        WiredPolicy::WiredOnly | WiredPolicy::Ask => servers(Path::new("/")).by,
        // the system's own way of resolving, whatever it does
        WiredPolicy::AllowWireless => NamesBy::Other,
    }
}

fn nameservers(text: &[u8]) -> Vec<IpAddr> {
    let text = String::from_utf8_lossy(text);
    let words = text.lines().map(str::split_whitespace).filter_map(|mut words| match words.next() {
        Some("nameserver") => words.next(),
        _ => None,
    });
    words.filter_map(|word| word.split('%').next()?.parse().ok()).collect()
}

/// The resolver of the files below `root`. It knows the hosts file even where no server can be asked.
///
/// # Errors
/// [`Problem::NotWired`] where names would be asked of a program that has only radio to ask by.
pub(super) fn resolver(root: &Path, bind: &Bind) -> Result<TiedResolver, Problem> {
    let servers = servers(root);
    if servers.by == NamesBy::Other && !bind.any() {
        let ways = super::kernel::WORLD.map(|world| bind.local_for(SocketAddr::new(world, DNS)));
        if ways.contains(&Err(Problem::NotWired)) && ways.iter().all(Result::is_err) {
            return Err(Problem::NotWired);
        }
    }
    let text = fs::read(root.join("etc/resolv.conf")).unwrap_or_default();
    let (config, mut options) = parse_resolv_conf(text).unwrap_or_default();
    let (domain, search, _) = config.into_parts();
    let asked = servers.addresses.iter().map(|ip| NameServerConfig::udp_and_tcp(*ip)).collect();
    build(ResolverConfig::from_parts(domain, search, asked), &mut options, bind)
}

/// The addresses that the hosts file has for a name.
pub(super) fn in_hosts_file(host: &str) -> Vec<IpAddr> {
    let (Ok(hosts), Ok(name)) = (Hosts::from_system(), Name::from_utf8(host)) else { return Vec::new() };
    let found =
        [RecordType::AAAA, RecordType::A].map(|kind| hosts.lookup_static_host(&Query::query(name.clone(), kind)));
    let records = found.iter().flatten().flat_map(|lookup| lookup.answers());
    records.filter_map(|record| record.data.ip_addr()).collect()
}

/// A resolver of these servers.
pub(super) fn build(config: ResolverConfig, options: &mut ResolverOpts, bind: &Bind) -> Result<TiedResolver, Problem> {
    options.timeout = options.timeout.min(ONE);
    options.num_concurrent_reqs = AT_ONCE;
    let mut builder = Resolver::builder_with_config(config, Tied::new(bind));
    *builder.options_mut() = options.clone();
    builder.build().map_err(|_| Problem::Unreachable)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn of(files: &[(&str, &str)]) -> (Vec<String>, NamesBy) {
        let root = TempDir::new().unwrap();
        for (file, text) in files {
            let at = root.path().join(file);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, text).unwrap();
        }
        let servers = servers(root.path());
        (servers.addresses.iter().map(ToString::to_string).collect(), servers.by)
    }

    #[test]
    fn a_forwarder_on_this_computer_is_gone_around() {
        let (stub, mask) = ("nameserver 127.0.0.53\noptions edns0\n", "nameserver 127.0.1.1\n");
        let upstream = "# of all links\nnameserver 192.0.2.1\nnameserver fe80::1%2\nnameserver nonsense\n";
        let own = "etc/resolv.conf";
        type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str], NamesBy);
        let cases: &[Case<'_>] = &[
            (&[(own, "nameserver 192.0.2.9\n")], &["192.0.2.9"], NamesBy::Landline),
            (&[(own, "nameserver 127.0.0.1\nnameserver 192.0.2.9")], &["192.0.2.9"], NamesBy::Landline),
            (&[(own, stub), (RESOLVED, upstream)], &["192.0.2.1", "fe80::1"], NamesBy::Landline),
            (&[(own, mask), (NETWORK_MANAGER, upstream)], &["192.0.2.1", "fe80::1"], NamesBy::Landline),
            // what one program left behind says nothing of another
            (&[(own, mask), (RESOLVED, upstream)], &["127.0.1.1"], NamesBy::Other),
            (&[(own, stub), (RESOLVED, stub)], &["127.0.0.53"], NamesBy::Other),
            (&[(own, stub)], &["127.0.0.53"], NamesBy::Other),
            (&[(own, "search example.org\n")], &[], NamesBy::Nobody),
            (&[], &[], NamesBy::Nobody),
        ];
        for (files, addresses, by) in cases {
            let (found, found_by) = of(files);
            assert_eq!((found.iter().map(String::as_str).collect::<Vec<_>>().as_slice(), found_by), (*addresses, *by));
        }
    }
}
