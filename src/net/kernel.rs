//! Questions to the kernel over route netlink (RFC 3549, rtnetlink(7)): addresses, routes.
//! Blocking, but the kernel answers each request before it returns: microseconds, no waiting on a network.
use rtnetlink::{
    packet_core::{NLM_F_DUMP, NLM_F_REQUEST, NetlinkHeader, NetlinkMessage, NetlinkPayload},
    packet_route::{
        AddressFamily, RouteNetlinkMessage,
        address::{AddressAttribute, AddressMessage},
        route::{RouteAddress, RouteAttribute, RouteFlags, RouteHeader, RouteMessage, RouteType},
    },
    sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE},
};
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Larger than any datagram the kernel sends in a dump (it stops at 32 kB).
const DATAGRAM: usize = 65_536;

/// A way to an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Route {
    /// Index of the interface that packets leave by.
    pub index: u32,
    /// The source address the kernel would choose.
    pub source: Option<IpAddr>,
}

/// Every address with the index of its interface.
pub(super) fn addresses() -> io::Result<Vec<(u32, IpAddr)>> {
    let answers = ask(RouteNetlinkMessage::GetAddress(AddressMessage::default()), NLM_F_DUMP)?;
    Ok(answers
        .into_iter()
        .filter_map(|answer| match answer {
            RouteNetlinkMessage::NewAddress(message) => Some(message),
            _ => None,
        })
        .filter_map(|message| {
            // on a point-to-point link `Address` is the other end; `Local` is ours where it is given
            let find = |local: bool| {
                message.attributes.iter().find_map(|attribute| match attribute {
                    AddressAttribute::Local(ip) if local => Some(*ip),
                    AddressAttribute::Address(ip) if !local => Some(*ip),
                    _ => None,
                })
            };
            Some((message.header.index, find(true).or_else(|| find(false))?))
        })
        .collect())
}

/// The route to `to`: the kernel's own choice, or the one through the interface `via`. `None`: there is none.
pub(super) fn route(to: IpAddr, via: Option<u32>) -> io::Result<Option<Route>> {
    let mut message = RouteMessage::default();
    let (family, bits) = match to {
        IpAddr::V4(_) => (AddressFamily::Inet, 32),
        IpAddr::V6(_) => (AddressFamily::Inet6, 128),
    };
    message.header = RouteHeader {
        address_family: family,
        destination_prefix_length: bits,
        flags: RouteFlags::LookupTable,
        ..RouteHeader::default()
    };
    message.attributes.push(RouteAttribute::Destination(RouteAddress::from(to)));
    message.attributes.extend(via.map(RouteAttribute::Oif));
    let answers = match ask(RouteNetlinkMessage::GetRoute(message), 0) {
        Ok(answers) => answers,
        // the kernel answers "no route" as an error
        Err(e) if matches!(e.kind(), io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable) => {
            return Ok(None);
        }
        Err(e) => return Err(e),
    };
    Ok(answers.into_iter().find_map(|answer| match answer {
        RouteNetlinkMessage::NewRoute(route) => usable(&route, via),
        _ => None,
    }))
}

/// The interface and source of an answer that is a real route.
fn usable(route: &RouteMessage, via: Option<u32>) -> Option<Route> {
    if !matches!(route.header.kind, RouteType::Unicast | RouteType::Local) {
        return None;
    }
    // asked for one interface, IPv4 answers "assume it is on the link" from no table when there is no route
    if via.is_some() && table(route) == u32::from(RouteHeader::RT_TABLE_UNSPEC) {
        return None;
    }
    let index = oif(route)?;
    let source = route.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::PrefSource(RouteAddress::Inet(ip)) => Some(IpAddr::V4(*ip)),
        RouteAttribute::PrefSource(RouteAddress::Inet6(ip)) => Some(IpAddr::V6(*ip)),
        _ => None,
    });
    via.is_none_or(|via| via == index).then_some(Route { index, source })
}

/// Interfaces of the default routes of every table, each with its metric (lower is preferred) and whether it is IPv6's.
pub(super) fn defaults() -> io::Result<Vec<DefaultRoute>> {
    let answers = ask(RouteNetlinkMessage::GetRoute(RouteMessage::default()), NLM_F_DUMP)?;
    let mut found = Vec::new();
    for answer in answers {
        let RouteNetlinkMessage::NewRoute(route) = answer else { continue };
        if route.header.destination_prefix_length != 0 || route.header.kind != RouteType::Unicast {
            continue;
        }
        let metric = route
            .attributes
            .iter()
            .find_map(|attribute| match attribute {
                RouteAttribute::Priority(metric) => Some(*metric),
                _ => None,
            })
            .unwrap_or(0);
        let v6 = route.header.address_family == AddressFamily::Inet6;
        found.extend(oif(&route).map(|index| DefaultRoute { index, metric, v6 }));
        for attribute in &route.attributes {
            if let RouteAttribute::MultiPath(hops) = attribute {
                found.extend(hops.iter().map(|hop| DefaultRoute { index: hop.interface_index, metric, v6 }));
            }
        }
    }
    Ok(found)
}

/// One default route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DefaultRoute {
    /// Interface index.
    pub index: u32,
    /// Lower is preferred.
    pub metric: u32,
    /// IPv6's.
    pub v6: bool,
}

/// Addresses that stand for "the world": of documentation (RFC 5737, RFC 3849), so that nothing is ever sent to them.
pub(super) const WORLD: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(198, 51, 100, 1)), IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1))];

fn oif(route: &RouteMessage) -> Option<u32> {
    route.attributes.iter().find_map(|attribute| match attribute {
        RouteAttribute::Oif(index) => Some(*index),
        _ => None,
    })
}

/// The table, which is in an attribute where it does not fit the header.
fn table(route: &RouteMessage) -> u32 {
    route
        .attributes
        .iter()
        .find_map(|attribute| match attribute {
            RouteAttribute::Table(table) => Some(*table),
            _ => None,
        })
        .unwrap_or(u32::from(route.header.table))
}

/// One request and all its answers.
fn ask(request: RouteNetlinkMessage, flags: u16) -> io::Result<Vec<RouteNetlinkMessage>> {
    let mut socket = Socket::new(NETLINK_ROUTE)?;
    socket.bind_auto()?;
    socket.connect(&SocketAddr::new(0, 0))?;
    let mut header = NetlinkHeader::default();
    header.flags = NLM_F_REQUEST | flags;
    let dump = flags & NLM_F_DUMP == NLM_F_DUMP;
    let mut request = NetlinkMessage::new(header, NetlinkPayload::from(request));
    request.finalize();
    let mut bytes = vec![0; request.buffer_len()];
    request.serialize(&mut bytes);
    socket.send(&bytes, 0)?;
    let mut answers = Vec::new();
    let mut buffer = Vec::with_capacity(DATAGRAM);
    loop {
        buffer.clear();
        socket.recv(&mut buffer, 0)?;
        let mut rest = buffer.as_slice();
        if rest.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        while !rest.is_empty() {
            let Some(length) = rest.first_chunk::<4>().map(|length| u32::from_ne_bytes(*length) as usize) else {
                break;
            };
            // a message that this version of the parser does not know costs only itself
            match NetlinkMessage::<RouteNetlinkMessage>::deserialize(rest).map(|message| message.payload) {
                Ok(NetlinkPayload::Done(_)) => return Ok(answers),
                Ok(NetlinkPayload::Error(error)) => match error.code {
                    Some(code) => return Err(io::Error::from_raw_os_error(code.get().saturating_abs())),
                    None => return Ok(answers),
                },
                Ok(NetlinkPayload::InnerMessage(message)) => answers.push(message),
                Ok(_) => {}
                Err(_) if length < 16 => return Err(io::ErrorKind::InvalidData.into()),
                Err(_) => tracing::debug!("a netlink message was not understood"),
            }
            rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
        if !dump {
            return Ok(answers);
        }
    }
}
