//! The wired promise, decided: which interface may carry an account, and what the window's line says.
//! Pure: the links and the kernel's routes are arguments. Must never lean to "allowed" where it cannot tell.
use crate::domain::link::{Advice, Interface, LinkKind, NamesBy, WiredPolicy, WiredStatus};

/// Whether the policy lets packets use this interface.
///
/// A virtual link with nothing seen below it (veth and dummy of a container, the inside of a VM) is allowed: what
/// carries it belongs to the machine outside, as a wall socket's cable does, and no radio of this one is used.
/// [`LinkKind::Unknown`] is not: a promise is not kept by guessing, and the person can still allow it in words.
pub fn allows(policy: WiredPolicy, interface: &Interface) -> bool {
    let carried_by_cable = |kind: &LinkKind| match kind {
        LinkKind::Wired | LinkKind::Loopback | LinkKind::Virtual => true,
        LinkKind::Wifi | LinkKind::Cellular | LinkKind::Bluetooth | LinkKind::Unknown => false,
    };
    match policy {
        WiredPolicy::AllowWireless => true,
        WiredPolicy::WiredOnly => {
            interface.kind == LinkKind::Loopback
                || (carried_by_cable(&interface.kind) && interface.over.iter().all(carried_by_cable))
        }
    }
}

/// What the ways to an address come down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<T> {
    /// Use this one.
    Use(T),
    /// Only this one leads there, and the policy forbids it.
    Forbidden(T),
    /// No interface that is up leads there.
    Nowhere,
}

/// Chooses among the ways to an address, given in the kernel's order of preference: the first that is up and allowed.
/// A way whose cable is out never counts: the kernel keeps such routes, and they would only time out.
pub fn choose<T>(
    policy: WiredPolicy,
    ways: impl IntoIterator<Item = T>,
    interface: impl Fn(&T) -> &Interface,
) -> Choice<T> {
    let mut forbidden = None;
    for way in ways {
        let link = interface(&way);
        if !link.up {
            continue;
        }
        if allows(policy, link) {
            return Choice::Use(way);
        }
        forbidden.get_or_insert(way);
    }
    forbidden.map_or(Choice::Nowhere, Choice::Forbidden)
}

/// The status: `routed` are the names of the interfaces that lead out, in the kernel's order of preference.
/// The carrier is the one that would be used; where only radio leads out it is named, and not allowed.
pub fn status(policy: WiredPolicy, interfaces: &[Interface], routed: &[String], names: NamesBy) -> WiredStatus {
    let ways = routed.iter().filter_map(|name| interfaces.iter().find(|link| link.name == *name));
    let (carrier, allowed) = match choose(policy, ways, |link| link) {
        Choice::Use(link) => (Some(link.clone()), true),
        Choice::Forbidden(link) => (Some(link.clone()), false),
        Choice::Nowhere => (None, false),
    };
    let kept = allowed && policy == WiredPolicy::WiredOnly;
    // the link itself before what is built upon it
    let radios = || interfaces.iter().filter(|link| link.up && link.is_wireless());
    let radio = radios().find(|link| link.kind.is_wireless()).or_else(|| radios().next());
    let unused = radio.filter(|_| kept).and_then(Interface::radio);
    let mut advice = Vec::new();
    if !allowed {
        advice.push(Advice::PlugIn);
    }
    if unused.is_some() {
        advice.push(Advice::SwitchOff);
        if names == NamesBy::Other {
            advice.push(Advice::NameServers);
        }
    }
    WiredStatus { interfaces: interfaces.to_vec(), carrier, policy, allowed, names, unused, advice }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkKind::{Bluetooth, Cellular, Loopback, Unknown, Virtual, Wifi, Wired};
    use WiredPolicy::{AllowWireless, WiredOnly};

    fn link(name: &str, kind: LinkKind, over: &[LinkKind], up: bool) -> Interface {
        Interface { name: name.to_owned(), kind, over: over.to_vec(), up, addresses: Vec::new() }
    }

    #[test]
    fn the_policy_follows_the_lowest_link() {
        let table: &[(LinkKind, &[LinkKind], bool)] = &[
            (Wired, &[], true),
            (Loopback, &[], true),
            (Virtual, &[], true),
            (Virtual, &[Wired], true),
            (Virtual, &[Virtual], true),
            (Virtual, &[Wifi], false),
            (Virtual, &[Cellular], false),
            (Virtual, &[Bluetooth], false),
            (Virtual, &[Unknown], false),
            // a bridge of cable and radio may send by either
            (Virtual, &[Wired, Wifi], false),
            (Wifi, &[], false),
            (Cellular, &[], false),
            (Bluetooth, &[], false),
            (Unknown, &[], false),
        ];
        for (kind, over, allowed) in table {
            let link = link("x0", *kind, over, true);
            assert_eq!(allows(WiredOnly, &link), *allowed, "{kind:?} over {over:?}");
            assert!(allows(AllowWireless, &link), "{kind:?} over {over:?} with wireless allowed");
            assert!(!(link.is_wireless() && allows(WiredOnly, &link)), "radio allowed: {kind:?} over {over:?}");
        }
    }

    #[test]
    fn the_cable_is_used_even_when_the_kernel_prefers_radio() {
        let (radio, cable) = (link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], true));
        assert_eq!(choose(WiredOnly, [&radio, &cable], |l| l), Choice::Use(&cable));
        assert_eq!(choose(AllowWireless, [&radio, &cable], |l| l), Choice::Use(&radio));
    }

    #[test]
    fn a_cable_that_is_out_is_no_way() {
        let (radio, cable) = (link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], false));
        assert_eq!(choose(WiredOnly, [&cable, &radio], |l| l), Choice::Forbidden(&radio));
        assert_eq!(choose(AllowWireless, [&cable, &radio], |l| l), Choice::Use(&radio));
        assert_eq!(choose(WiredOnly, [&cable], |l| l), Choice::Nowhere);
        assert_eq!(choose(WiredOnly, [], |l: &&Interface| l), Choice::Nowhere);
    }

    #[test]
    fn the_status_names_what_carries_us() {
        let links = [link("lo", Loopback, &[], true), link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], true)];
        let routed = ["wlan0".to_owned(), "eth0".to_owned()];
        let wired = status(WiredOnly, &links, &routed, NamesBy::Landline);
        assert_eq!(wired.carrier.map(|l| l.name).as_deref(), Some("eth0"));
        assert!(wired.allowed);
        let radio = status(WiredOnly, &links, &routed[..1], NamesBy::Landline);
        assert_eq!(radio.carrier.map(|l| l.name).as_deref(), Some("wlan0"));
        assert!(!radio.allowed);
        let none = status(WiredOnly, &links, &[], NamesBy::Landline);
        assert_eq!((none.carrier, none.allowed, none.interfaces.len()), (None, false, 3));
        // a route may name a link that is gone by now
        assert_eq!(status(WiredOnly, &links, &["usb0".to_owned()], NamesBy::Landline).carrier, None);
    }

    #[test]
    fn a_radio_that_is_on_and_not_used_is_named_with_what_to_do() {
        let (cable, radio) = (link("eth0", Wired, &[], true), link("wlan0", Wifi, &[], true));
        let (asleep, over) = (link("wlan0", Wifi, &[], false), link("br0", Virtual, &[Cellular], true));
        let told = |policy, links: &[&Interface], names| {
            let links: Vec<_> = links.iter().copied().cloned().collect();
            let routed: Vec<_> = links.iter().map(|link| link.name.clone()).collect();
            let status = status(policy, &links, &routed, names);
            (status.unused, status.advice)
        };
        let (us, other) = (NamesBy::Landline, NamesBy::Other);
        assert_eq!(told(WiredOnly, &[&radio, &cable], us), (Some(Wifi), vec![Advice::SwitchOff]));
        let both = vec![Advice::SwitchOff, Advice::NameServers];
        assert_eq!(told(WiredOnly, &[&over, &cable], other), (Some(Cellular), both));
        assert_eq!(told(WiredOnly, &[&asleep, &cable], other), (None, vec![]));
        assert_eq!(told(WiredOnly, &[&radio], us), (None, vec![Advice::PlugIn]));
        assert_eq!(told(WiredOnly, &[], us), (None, vec![Advice::PlugIn]));
        assert_eq!(told(AllowWireless, &[&radio, &cable], other), (None, vec![]));
    }
}
