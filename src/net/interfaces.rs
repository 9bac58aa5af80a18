//! The machine's interfaces as the rest of the program sees them, and the line "what carries us".
//! Joins sysfs (kinds) with netlink (addresses, routes); decides nothing.
use super::{
    kernel::{self, Route},
    resolver::names_by,
    sysfs::{self, Link, SYSFS},
};
use crate::{
    domain::link::{Interface, LinkKind, LinkRule, WiredStatus},
    logic::wired,
};
use std::{net::IpAddr, path::Path};

/// All interfaces now, loopback included. Empty where the system does not show them.
pub fn interfaces() -> Vec<Interface> {
    numbered(Path::new(SYSFS)).into_iter().map(|(_, interface)| interface).collect()
}

/// What carries us out of `interfaces` by the kernel's routes of this moment, and whether `rule` allows it.
pub fn status(rule: &LinkRule, interfaces: &[Interface]) -> WiredStatus {
    wired::status(rule, interfaces, &outward(&numbered(Path::new(SYSFS))), names_by(rule.policy))
}

/// Names of the interfaces that lead to the world, IPv4's first, in the kernel's order of preference.
pub(super) fn outward(links: &[(u32, Interface)]) -> Vec<String> {
    let mut names = Vec::new();
    for world in kernel::WORLD {
        for (_, interface) in ways(links, world, None) {
            // an unspecific loopback route is a refusal in disguise, never a way out
            if interface.kind != LinkKind::Loopback && !names.contains(&interface.name) {
                names.push(interface.name.clone());
            }
        }
    }
    names
}

/// The ways to `to`: the kernel's own choice first, then through every other link that has a route of its own.
/// `scope`: the interface an IPv6 link-local address belongs to.
pub(super) fn ways(links: &[(u32, Interface)], to: IpAddr, scope: Option<u32>) -> Vec<(Route, &Interface)> {
    let known = |route: Route| links.iter().find(|(index, _)| *index == route.index).map(|(_, link)| (route, link));
    let ask = |via| {
        kernel::route(to, via).unwrap_or_else(|error| {
            tracing::debug!(%error, "the kernel gave no route");
            None
        })
    };
    let first = ask(scope).and_then(known);
    let mut found: Vec<_> = first.into_iter().collect();
    if scope.is_some() {
        return found;
    }
    for (index, link) in links {
        let again = first.is_some_and(|(route, _)| route.index == *index);
        if !again && link.up && link.kind != LinkKind::Loopback {
            found.extend(ask(Some(*index)).and_then(known));
        }
    }
    found
}

/// The interfaces with their kernel indexes.
pub(super) fn numbered(root: &Path) -> Vec<(u32, Interface)> {
    let links = sysfs::links(root).unwrap_or_else(|error| {
        tracing::warn!(%error, "the kinds of the links cannot be read");
        Vec::new()
    });
    let addresses = kernel::addresses().unwrap_or_else(|error| {
        tracing::warn!(%error, "the addresses cannot be read");
        Vec::new()
    });
    let defaults = kernel::defaults().unwrap_or_default();
    let under_tunnels = under_tunnels(&links, &defaults);
    links
        .into_iter()
        .map(|link| {
            let over = if link.tunnel { under_tunnels.clone() } else { link.over };
            let addresses = addresses.iter().filter(|(index, _)| *index == link.index).map(|(_, ip)| *ip).collect();
            (link.index, Interface { name: link.name, kind: link.kind, over, up: link.up, addresses })
        })
        .collect()
}

/// What carries a tunnel's own packets: nothing names it, so it is taken to be what carries the default route outside
/// all tunnels (the best of IPv4 and of IPv6), or, without one, every real link that is up.
fn under_tunnels(links: &[Link], defaults: &[kernel::DefaultRoute]) -> Vec<LinkKind> {
    let real = |index: u32| links.iter().find(|link| link.index == index && !link.tunnel);
    let mut carriers: Vec<&Link> = Vec::new();
    for v6 in [false, true] {
        let family = || defaults.iter().filter(|d| d.v6 == v6 && real(d.index).is_some_and(|link| link.up));
        let best = family().map(|d| d.metric).min();
        carriers.extend(family().filter(|d| Some(d.metric) == best).filter_map(|d| real(d.index)));
    }
    if carriers.is_empty() {
        carriers.extend(links.iter().filter(|link| !link.tunnel && link.up && link.kind != LinkKind::Loopback));
    }
    let mut kinds = Vec::new();
    for link in carriers {
        let lowest = if link.over.is_empty() { std::slice::from_ref(&link.kind) } else { link.over.as_slice() };
        for kind in lowest {
            if !kinds.contains(kind) {
                kinds.push(*kind);
            }
        }
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkKind::{Virtual, Wifi, Wired};

    fn link(index: u32, kind: LinkKind, over: &[LinkKind], tunnel: bool) -> Link {
        Link { index, name: format!("x{index}"), kind, over: over.to_vec(), tunnel, up: true }
    }
    fn default(index: u32, metric: u32, v6: bool) -> kernel::DefaultRoute {
        kernel::DefaultRoute { index, metric, v6 }
    }

    #[test]
    fn a_tunnel_is_carried_by_the_best_default_route_outside_it() {
        let links = [link(1, Wired, &[], false), link(2, Wifi, &[], false), link(3, Virtual, &[], true)];
        let cases: &[(&[kernel::DefaultRoute], &[LinkKind])] = &[
            (&[default(1, 100, false), default(2, 600, false)], &[Wired]),
            (&[default(1, 700, false), default(2, 600, false), default(3, 0, false)], &[Wifi]),
            (&[default(1, 100, false), default(2, 100, false)], &[Wired, Wifi]),
            (&[default(1, 100, false), default(2, 600, true)], &[Wired, Wifi]),
            (&[default(3, 0, false)], &[Wired, Wifi]),
            (&[], &[Wired, Wifi]),
        ];
        for (defaults, expected) in cases {
            assert_eq!(under_tunnels(&links, defaults), *expected, "{defaults:?}");
        }
    }

    #[test]
    fn a_tunnel_over_a_bridge_is_followed_further_down() {
        let links = [link(1, Virtual, &[Wifi, Wired], false), link(2, Virtual, &[], true)];
        assert_eq!(under_tunnels(&links, &[default(1, 0, false)]), [Wifi, Wired]);
    }

    #[test]
    fn loopback_is_there() {
        let links = interfaces();
        if let Some(lo) = links.iter().find(|link| link.name == "lo") {
            assert_eq!(lo.kind, LinkKind::Loopback);
            assert!(lo.addresses.iter().all(IpAddr::is_loopback), "{lo:?}");
        }
        let status = status(&LinkRule::default(), &links);
        assert_eq!(status.interfaces, links);
        assert_eq!(status.allowed, status.carrier.as_ref().is_some_and(|link| wired::allows(&status.rule, link)));
    }
}
