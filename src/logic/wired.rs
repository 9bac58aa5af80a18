//! The wired promise, decided: which interface may carry an account, and what the window's line says.
//! Pure: the links and the kernel's routes are arguments. Must never lean to "allowed" where it cannot tell.
use crate::domain::link::{Advice, Interface, LinkKind, LinkRule, NamesBy, WiredPolicy, WiredStatus};

/// Whether nothing but cable carries this interface.
///
/// A virtual link with nothing seen below it (veth and dummy of a container, the inside of a VM) counts as cable: what
/// carries it belongs to the machine outside, as a wall socket's cable does, and no radio of this one is used.
/// [`LinkKind::Unknown`] does not: a promise is not kept by guessing, and the person can still allow it in words.
fn by_cable(interface: &Interface) -> bool {
    let cable = |kind: &LinkKind| match kind {
        LinkKind::Wired | LinkKind::Loopback | LinkKind::Virtual => true,
        LinkKind::Wifi | LinkKind::Cellular | LinkKind::Bluetooth | LinkKind::Unknown => false,
    };
    interface.kind == LinkKind::Loopback || (cable(&interface.kind) && interface.over.iter().all(cable))
}

/// Whether the rule lets packets use this interface.
pub fn allows(rule: &LinkRule, interface: &Interface) -> bool {
    match rule.policy {
        WiredPolicy::AllowWireless => true,
        WiredPolicy::Ask => by_cable(interface) || rule.answers.get(&interface.name) == Some(&true),
        WiredPolicy::WiredOnly => by_cable(interface),
    }
}

/// What the ways to an address come down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice<T> {
    /// Use this one.
    Use(T),
    /// Only radio leads there; the person is to be asked about this one, and it may not be used before.
    Ask(T),
    /// Only this one leads there, and the rule forbids it.
    Forbidden(T),
    /// No interface that is up leads there.
    Nowhere,
}

/// Chooses among the ways to an address, given in the kernel's order of preference: the first that is up and allowed; for who
/// wants to be asked, a cable before any radio.
/// A way whose cable is out never counts: the kernel keeps such routes, and they would only time out.
pub fn choose<T>(
    rule: &LinkRule,
    ways: impl IntoIterator<Item = T>,
    interface: impl Fn(&T) -> &Interface,
) -> Choice<T> {
    let (mut granted, mut unasked, mut forbidden) = (None, None, None);
    for way in ways {
        let link = interface(&way);
        if !link.up {
            continue;
        }
        let kept = match (rule.policy, rule.answers.get(&link.name)) {
            (WiredPolicy::AllowWireless, _) => return Choice::Use(way),
            _ if by_cable(link) => return Choice::Use(way),
            (WiredPolicy::Ask, Some(true)) => &mut granted,
            (WiredPolicy::Ask, None) => &mut unasked,
            _ => &mut forbidden,
        };
        kept.get_or_insert(way);
    }
    let granted = granted.map(Choice::Use).or(unasked.map(Choice::Ask));
    granted.or(forbidden.map(Choice::Forbidden)).unwrap_or(Choice::Nowhere)
}

/// The status: `routed` are the names of the interfaces that lead out, in the kernel's order of preference.
/// The carrier is the one that would be used; where only radio leads out it is named, and not allowed.
pub fn status(rule: &LinkRule, interfaces: &[Interface], routed: &[String], names: NamesBy) -> WiredStatus {
    let policy = rule.policy;
    let ways = routed.iter().filter_map(|name| interfaces.iter().find(|link| link.name == *name));
    let (carrier, allowed, asks) = match choose(rule, ways, |link| link) {
        Choice::Use(link) => (Some(link), true, false),
        Choice::Ask(link) => (Some(link), false, true),
        Choice::Forbidden(link) => (Some(link), false, false),
        Choice::Nowhere => (None, false, false),
    };
    let kept = policy != WiredPolicy::AllowWireless && carrier.is_some_and(by_cable);
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
    let (interfaces, carrier) = (interfaces.to_vec(), carrier.cloned());
    WiredStatus { interfaces, carrier, rule: rule.clone(), allowed, asks, names, unused, advice }
}

#[cfg(test)]
mod tests {
    use super::*;
    use LinkKind::{Bluetooth, Cellular, Loopback, Unknown, Virtual, Wifi, Wired};

    const ONLY: &LinkRule = &LinkRule::of(WiredPolicy::WiredOnly);
    const ANY: &LinkRule = &LinkRule::of(WiredPolicy::AllowWireless);

    /// One who wants to be asked, and has answered so.
    fn asking(answers: &[(&str, bool)]) -> LinkRule {
        let answers = answers.iter().map(|(name, yes)| ((*name).to_owned(), *yes)).collect();
        LinkRule { policy: WiredPolicy::Ask, answers }
    }

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
            assert_eq!(allows(ONLY, &link), *allowed, "{kind:?} over {over:?}");
            assert!(allows(ANY, &link), "{kind:?} over {over:?} with wireless allowed");
            assert!(!(link.is_wireless() && allows(ONLY, &link)), "radio allowed: {kind:?} over {over:?}");
        }
    }

    #[test]
    fn the_cable_is_used_even_when_the_kernel_prefers_radio() {
        let (radio, cable) = (link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], true));
        assert_eq!(choose(ONLY, [&radio, &cable], |l| l), Choice::Use(&cable));
        assert_eq!(choose(ANY, [&radio, &cable], |l| l), Choice::Use(&radio));
    }

    #[test]
    fn a_cable_that_is_out_is_no_way() {
        let (radio, cable) = (link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], false));
        assert_eq!(choose(ONLY, [&cable, &radio], |l| l), Choice::Forbidden(&radio));
        assert_eq!(choose(ANY, [&cable, &radio], |l| l), Choice::Use(&radio));
        assert_eq!(choose(ONLY, [&cable], |l| l), Choice::Nowhere);
        assert_eq!(choose(ONLY, [], |l: &&Interface| l), Choice::Nowhere);
    }

    #[test]
    fn the_status_names_what_carries_us() {
        let links = [link("lo", Loopback, &[], true), link("wlan0", Wifi, &[], true), link("eth0", Wired, &[], true)];
        let routed = ["wlan0".to_owned(), "eth0".to_owned()];
        let wired = status(ONLY, &links, &routed, NamesBy::Landline);
        assert_eq!(wired.carrier.map(|l| l.name).as_deref(), Some("eth0"));
        assert!(wired.allowed);
        let radio = status(ONLY, &links, &routed[..1], NamesBy::Landline);
        assert_eq!(radio.carrier.map(|l| l.name).as_deref(), Some("wlan0"));
        assert!(!radio.allowed);
        let none = status(ONLY, &links, &[], NamesBy::Landline);
        assert_eq!((none.carrier, none.allowed, none.interfaces.len()), (None, false, 3));
        // a route may name a link that is gone by now
        assert_eq!(status(ONLY, &links, &["usb0".to_owned()], NamesBy::Landline).carrier, None);
    }

    #[test]
    fn a_radio_that_is_on_and_not_used_is_named_with_what_to_do() {
        let (cable, radio) = (link("eth0", Wired, &[], true), link("wlan0", Wifi, &[], true));
        let (asleep, over) = (link("wlan0", Wifi, &[], false), link("br0", Virtual, &[Cellular], true));
        let told = |rule, links: &[&Interface], names| {
            let links: Vec<_> = links.iter().copied().cloned().collect();
            let routed: Vec<_> = links.iter().map(|link| link.name.clone()).collect();
            let status = status(rule, &links, &routed, names);
            (status.unused, status.advice)
        };
        let (us, other) = (NamesBy::Landline, NamesBy::Other);
        assert_eq!(told(ONLY, &[&radio, &cable], us), (Some(Wifi), vec![Advice::SwitchOff]));
        let both = vec![Advice::SwitchOff, Advice::NameServers];
        assert_eq!(told(ONLY, &[&over, &cable], other), (Some(Cellular), both));
        assert_eq!(told(ONLY, &[&asleep, &cable], other), (None, vec![]));
        assert_eq!(told(ONLY, &[&radio], us), (None, vec![Advice::PlugIn]));
        assert_eq!(told(ONLY, &[], us), (None, vec![Advice::PlugIn]));
        assert_eq!(told(ANY, &[&radio, &cable], other), (None, vec![]));
    }

    #[test]
    fn who_wants_to_be_asked_is_asked_once_about_each_radio_and_never_while_there_is_a_cable() {
        let (cable, out) = (link("eth0", Wired, &[], true), link("eth0", Wired, &[], false));
        let (radio, phone) = (link("wlan0", Wifi, &[], true), link("usb0", Cellular, &[], true));
        let open = asking(&[]);
        assert_eq!(choose(&open, [&radio, &cable], |l| l), Choice::Use(&cable));
        assert_eq!(choose(&open, [&radio, &phone, &out], |l| l), Choice::Ask(&radio));
        let said_no = asking(&[("wlan0", false)]);
        assert_eq!(choose(&said_no, [&radio, &phone], |l| l), Choice::Ask(&phone), "the other was not asked about");
        assert_eq!(choose(&said_no, [&radio], |l| l), Choice::Forbidden(&radio));
        let said_yes = asking(&[("wlan0", false), ("usb0", true)]);
        assert_eq!(choose(&said_yes, [&radio, &phone], |l| l), Choice::Use(&phone));
        assert_eq!(choose(&said_yes, [&phone, &cable], |l| l), Choice::Use(&cable), "a cable before any radio");
        // an answer is worth nothing to who wants only the cable
        let only = LinkRule { policy: WiredPolicy::WiredOnly, ..said_yes };
        assert_eq!(choose(&only, [&phone], |l| l), Choice::Forbidden(&phone));
        assert!(!allows(&only, &phone) && !allows(&open, &radio) && allows(&open, &cable));

        let told = |rule: &LinkRule, links: &[Interface]| {
            let routed: Vec<_> = links.iter().map(|link| link.name.clone()).collect();
            let told = status(rule, links, &routed, NamesBy::Landline);
            (told.allowed, told.asks, told.unused, told.carrier.map(|link| link.name))
        };
        let named = |name: &str| Some(name.to_owned());
        assert_eq!(told(&open, &[radio.clone(), cable.clone()]), (true, false, Some(Wifi), named("eth0")));
        assert_eq!(told(&open, std::slice::from_ref(&radio)), (false, true, None, named("wlan0")));
        assert_eq!(told(&said_no, std::slice::from_ref(&radio)), (false, false, None, named("wlan0")));
        assert_eq!(told(&asking(&[("wlan0", true)]), &[radio]), (true, false, None, named("wlan0")));
    }
}
