//! The seam of the wired promise: the sockets of `sip/`, `xmpp/` and `media/` are opened here, on a local address of
//! an interface the policy allows, and tied to that interface so that a later change of routes cannot move them.
use super::{
    interfaces::{numbered, ways},
    sysfs::SYSFS,
};
use crate::{
    domain::{
        account::Problem,
        link::{Interface, LinkKind, LinkRule, WiredPolicy},
    },
    logic::wired::{self, Choice},
};
use std::{
    io,
    net::{IpAddr, SocketAddr, SocketAddrV6, UdpSocket as StdUdpSocket},
    path::Path,
    time::Duration,
};
use tokio::net::{TcpSocket, TcpStream, UdpSocket};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// Which local interface an account's sockets may use. The seam of the wired promise: every socket of
/// `sip/`, `xmpp/` and `media/` is opened through it.
#[derive(Debug, Clone, Default)]
pub struct Bind {
    /// What is allowed.
    pub rule: LinkRule,
}

impl Bind {
    /// Whether any link will do.
    pub(super) fn any(&self) -> bool {
        self.rule.policy == WiredPolicy::AllowWireless
    }

    /// The local address the route to `remote` uses, if the policy allows its interface.
    ///
    /// # Errors
    /// [`Problem::NotWired`] when only radio leads there, [`Problem::Unreachable`] when nothing does.
    pub fn local_for(&self, remote: SocketAddr) -> Result<IpAddr, Problem> {
        Ok(self.way(Path::new(SYSFS), remote)?.local.ip())
    }

    /// A TCP connection from the allowed local address, within 10 s.
    ///
    /// # Errors
    /// As [`Bind::local_for`]; [`Problem::Unreachable`] when refused or without a route, [`Problem::TimedOut`].
    pub async fn connect(&self, remote: SocketAddr) -> Result<TcpStream, Problem> {
        self.connect_by(Path::new(SYSFS), remote).await
    }

    /// A UDP socket on the allowed local address for `remote`; any port, not connected.
    ///
    /// But under [`WiredPolicy::AllowWireless`] it is tied to the interface that leads to `remote`: for a peer behind another
    /// interface open another socket.
    ///
    /// # Errors
    /// As [`Bind::local_for`].
    pub async fn udp(&self, remote: SocketAddr) -> Result<UdpSocket, Problem> {
        self.udp_by(Path::new(SYSFS), remote, 0).await
    }

    /// As [`Bind::udp`], on this port: the RTCP port is the one after the RTP port (RFC 3550 section 11).
    ///
    /// # Errors
    /// As [`Bind::udp`]; [`Problem::Unreachable`] also where the port is taken.
    pub async fn udp_on(&self, remote: SocketAddr, port: u16) -> Result<UdpSocket, Problem> {
        self.udp_by(Path::new(SYSFS), remote, port).await
    }

    pub(super) async fn connect_by(&self, root: &Path, remote: SocketAddr) -> Result<TcpStream, Problem> {
        let way = self.way(root, remote)?;
        let socket = if way.remote.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(problem)?;
        way.tie(|device| {
            socket.bind_device(Some(device))?;
            // closed too early it is reset while it is still tied: the kernel would answer what comes later by any link
            socket.set_zero_linger()
        })?;
        socket.bind(way.local).map_err(problem)?;
        let stream = tokio::time::timeout(CONNECT, socket.connect(way.remote)).await.map_err(|_| Problem::TimedOut)?;
        stream.map_err(problem)
    }

    pub(super) async fn udp_by(&self, root: &Path, remote: SocketAddr, port: u16) -> Result<UdpSocket, Problem> {
        let mut way = self.way(root, remote)?;
        way.local.set_port(port);
        let socket = UdpSocket::bind(way.local).await.map_err(problem)?;
        way.tie(|device| socket.bind_device(Some(device)))?;
        Ok(socket)
    }

    /// The way to `remote` by the kinds of links that `root` shows.
    pub(super) fn way(&self, root: &Path, remote: SocketAddr) -> Result<Way, Problem> {
        let remote = canonical(remote);
        if remote.ip().is_loopback() {
            return untold(remote); // always allowed, even where nothing about links can be read
        }
        let links = numbered(root);
        let ways = ways(&links, remote.ip(), scope(&remote));
        let first = ways.first().map(|(route, _)| route.index);
        if ways.is_empty() && self.any() {
            // no netlink (a sandbox): the kernel still routes, and any link will do
            return untold(remote);
        }
        let (route, link) = match wired::choose(&self.rule, ways, |(_, link)| link) {
            Choice::Use(way) => way,
            Choice::Forbidden(_) | Choice::Ask(_) => return Err(Problem::NotWired),
            Choice::Nowhere => return Err(Problem::Unreachable),
        };
        let source = route.source.or_else(|| first_of_family(link, &remote)).ok_or(Problem::Unreachable)?;
        let local = match source {
            IpAddr::V6(ip) if ip.is_unicast_link_local() => SocketAddrV6::new(ip, 0, 0, route.index).into(),
            ip => SocketAddr::new(ip, 0),
        };
        let chosen = first == Some(route.index);
        let tied = link.kind != LinkKind::Loopback && (!self.any() || !chosen);
        Ok(Way { local, remote, device: tied.then(|| link.name.clone()), chosen })
    }
}

/// How to reach one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Way {
    /// What to bind; port 0.
    pub local: SocketAddr,
    /// The address to reach, IPv4 where it was mapped into IPv6.
    pub remote: SocketAddr,
    /// The interface to tie the socket to; `None`: leave it to the kernel.
    pub device: Option<String>,
    /// The kernel goes this way by itself.
    pub chosen: bool,
}

impl Way {
    /// Ties a socket to the interface (SO_BINDTODEVICE; every user may since Linux 5.7).
    fn tie(&self, bind: impl FnOnce(&[u8]) -> io::Result<()>) -> Result<(), Problem> {
        let Some(device) = &self.device else { return Ok(()) };
        match bind(device.as_bytes()) {
            Ok(()) => Ok(()),
            // an old kernel: the source address alone is enough only where the kernel goes this way by itself
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied && self.chosen => Ok(()),
            Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Err(Problem::NotWired),
            Err(_) => Err(Problem::Unreachable),
        }
    }
}

/// The kernel's choice of source, learnt by connecting a datagram socket: nothing is sent.
fn untold(remote: SocketAddr) -> Result<Way, Problem> {
    let any: IpAddr = if remote.is_ipv4() { [0; 4].into() } else { [0; 16].into() };
    let socket = StdUdpSocket::bind((any, 0)).map_err(problem)?;
    socket.connect(remote).map_err(problem)?;
    let mut local = socket.local_addr().map_err(problem)?;
    local.set_port(0);
    Ok(Way { local, remote, device: None, chosen: true })
}

fn first_of_family(link: &Interface, remote: &SocketAddr) -> Option<IpAddr> {
    link.addresses.iter().copied().find(|ip| ip.is_ipv4() == remote.is_ipv4())
}

fn scope(remote: &SocketAddr) -> Option<u32> {
    match remote {
        SocketAddr::V6(v6) => Some(v6.scope_id()).filter(|id| *id != 0),
        SocketAddr::V4(_) => None,
    }
}

/// The IPv4 address where it was mapped into IPv6, with the port.
fn canonical(remote: SocketAddr) -> SocketAddr {
    let SocketAddr::V6(v6) = remote else { return remote };
    v6.ip().to_ipv4_mapped().map_or(remote, |v4| SocketAddr::new(v4.into(), v6.port()))
}

/// An error of the operating system as something a person can act on.
fn problem(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::TimedOut => Problem::TimedOut,
        _ => Problem::Unreachable,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn loopback_is_always_allowed() {
        let bind = Bind::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(bind.local_for(address), Ok(IpAddr::from([127, 0, 0, 1])));
        let (stream, accepted) = tokio::join!(bind.connect(address), listener.accept());
        assert_eq!(stream.unwrap().local_addr().unwrap(), accepted.unwrap().1);
    }

    #[tokio::test]
    async fn a_refused_connection_is_unreachable() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        assert_eq!(Bind::default().connect(address).await.err(), Some(Problem::Unreachable));
    }

    #[tokio::test]
    async fn datagrams_go_both_ways() {
        let far = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let near = Bind::default().udp(far.local_addr().unwrap()).await.unwrap();
        near.send_to(b"ping", far.local_addr().unwrap()).await.unwrap();
        let mut buffer = [0; 8];
        let (length, from) = far.recv_from(&mut buffer).await.unwrap();
        assert_eq!((buffer.get(..length), from), (Some(&b"ping"[..]), near.local_addr().unwrap()));
        far.send_to(b"pong", from).await.unwrap();
        assert_eq!(near.recv_from(&mut buffer).await.unwrap().1, far.local_addr().unwrap());
    }

    #[test]
    fn an_ipv4_address_mapped_into_ipv6_is_ipv4() {
        let way = Bind::default().way(Path::new(SYSFS), "[::ffff:127.0.0.1]:5060".parse().unwrap()).unwrap();
        assert_eq!((way.remote, way.local), ("127.0.0.1:5060".parse().unwrap(), "127.0.0.1:0".parse().unwrap()));
    }
}
