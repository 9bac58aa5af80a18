//! Network links as the wired promise sees them: what kind they are, what is allowed, what carries us.
//! Nouns alone: `net` finds them out, `logic::wired` decides about them.
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr};

/// What kind of link an interface is (sysfs and netlink).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Ethernet by cable, USB Ethernet included.
    Wired,
    /// IEEE 802.11.
    Wifi,
    /// A mobile modem, or a phone tethered by USB: the next hop is radio.
    Cellular,
    /// Bluetooth PAN.
    Bluetooth,
    /// This machine.
    Loopback,
    /// Bridge, tunnel, veth or VPN: the kind of what carries it is in [`Interface::over`].
    Virtual,
    /// Cannot be told.
    Unknown,
}

impl LinkKind {
    /// Its name's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Wired => "settings-link-wired",
            Self::Wifi => "settings-link-wifi",
            Self::Cellular => "settings-link-cellular",
            Self::Bluetooth => "settings-link-bluetooth",
            Self::Loopback => "settings-link-loopback",
            Self::Virtual => "settings-link-virtual",
            Self::Unknown => "settings-link-unknown",
        }
    }
    /// The key of "this radio is on, not used"; `None` for what is no radio.
    pub const fn unused_key(self) -> Option<&'static str> {
        match self {
            Self::Wifi => Some("wired-beside-wifi"),
            Self::Cellular => Some("wired-beside-cellular"),
            Self::Bluetooth => Some("wired-beside-bluetooth"),
            _ => None,
        }
    }
    /// Whether it uses radio.
    pub const fn is_wireless(self) -> bool {
        matches!(self, Self::Wifi | Self::Cellular | Self::Bluetooth)
    }
}

/// One network interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// Kernel name: `enp3s0`.
    pub name: String,
    /// Kind.
    pub kind: LinkKind,
    /// For a virtual one: the kinds of the lowest links below it that can be seen, each once.
    pub over: Vec<LinkKind>,
    /// Up with a carrier.
    pub up: bool,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
}

impl Interface {
    /// Whether its packets, followed to the lowest link that can be seen, use radio.
    pub fn is_wireless(&self) -> bool {
        self.radio().is_some()
    }
    /// The radio its packets use, where they use one.
    pub fn radio(&self) -> Option<LinkKind> {
        [self.kind].into_iter().chain(self.over.iter().copied()).find(|kind| kind.is_wireless())
    }
}

/// What the person allows. Kept in the configuration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WiredPolicy {
    /// Never a wireless link.
    #[default]
    WiredOnly,
    /// The person is asked, link by link, where only radio leads out; until then as `WiredOnly`.
    Ask,
    /// The person allowed wireless, in words.
    AllowWireless,
}

/// What may be used, with the answers of a person who wants to be asked. Kept in the configuration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRule {
    /// What is allowed.
    pub policy: WiredPolicy,
    /// Their answers by the link's name; they count under [`WiredPolicy::Ask`] alone.
    #[serde(default)]
    pub answers: BTreeMap<String, bool>,
}

impl LinkRule {
    /// A policy to which nothing was answered.
    pub const fn of(policy: WiredPolicy) -> Self {
        Self { policy, answers: BTreeMap::new() }
    }
}

/// Whom names of servers are asked of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NamesBy {
    /// The name servers themselves, by a link that is allowed.
    #[default]
    Landline,
    /// Another program on this computer, which chooses its links itself.
    Other,
    /// The system names no server.
    Nobody,
}

/// What the person can do about the links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Plug in a cable, or allow wireless.
    PlugIn,
    /// Switch a radio off that is on and not used.
    SwitchOff,
    /// Let names be asked of servers that Landline may ask itself.
    NameServers,
}

impl Advice {
    /// Its sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PlugIn => "wired-plug-in",
            Self::SwitchOff => "wired-switch-off",
            Self::NameServers => "wired-name-servers",
        }
    }
}

/// What the window's line and `landline wired` say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WiredStatus {
    /// All interfaces, loopback included.
    pub interfaces: Vec<Interface>,
    /// The interface that carries the default route (or the accounts' servers); `None`: no route.
    pub carrier: Option<Interface>,
    /// What is allowed, and what was answered.
    #[serde(flatten)]
    pub rule: LinkRule,
    /// Whether an account may connect now.
    pub allowed: bool,
    /// The person is to be asked whether the carrier, which is radio, may be used.
    #[serde(default)]
    pub asks: bool,
    /// Whom names are asked of.
    pub names: NamesBy,
    /// The radio that is connected though the cable is used.
    pub unused: Option<LinkKind>,
    /// What to do about it.
    pub advice: Vec<Advice>,
}
