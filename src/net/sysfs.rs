//! What kind each link is, read from a tree shaped like `/sys/class/net`. The root is an argument so that tests
//! can make up hardware. Reads only; a file that is missing or odd never makes a link look more wired than it is.
use crate::domain::link::LinkKind;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// Where the kernel keeps it.
pub(super) const SYSFS: &str = "/sys/class/net";

// ARPHRD_* of linux/if_arp.h, as in the file `type`
const ETHER: u32 = 1;
const IEEE1394: u32 = 24;
const INFINIBAND: u32 = 32;
const PPP: u32 = 512;
const RAWIP: u32 = 519;
const TUNNELS: [u32; 6] = [768, 769, 776, 778, 823, 65534]; // IPIP, IP6IP6, SIT, GRE, IP6GRE, none (tun, WireGuard)
const LOOPBACK: u32 = 772;
const IEEE80211: std::ops::RangeInclusive<u32> = 801..=803;

/// Drivers of mobile modems.
const MODEMS: [&str; 10] = [
    "qmi_wwan",
    "cdc_mbim",
    "huawei_cdc_ncm",
    "sierra_net",
    "hso",
    "mhi_net",
    "mhi_wwan_mbim",
    "iosm",
    "mtk_t7xx",
    "rmnet",
];
/// Drivers that speak to a telephone's own tether.
const TETHERS: [&str; 2] = ["ipheth", "rndis_host"];
/// Drivers that adapters and telephones share.
const SHARED_BY_TELEPHONES: [&str; 3] = ["cdc_ether", "cdc_ncm", "cdc_eem"];
/// USB interface class "wireless controller": RNDIS of a telephone (USB-IF base class E0).
const USB_WIRELESS_CONTROLLER: &str = "e0";

/// One link as sysfs shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    /// Kernel index; 0 where it cannot be read.
    pub index: u32,
    /// Kernel name.
    pub name: String,
    /// Kind.
    pub kind: LinkKind,
    /// Kinds of the lowest links below a virtual one.
    pub over: Vec<LinkKind>,
    /// It wraps packets that leave by another link which sysfs does not name.
    pub tunnel: bool,
    /// Up with a carrier.
    pub up: bool,
}

/// All links under `root`, by index. A link that vanishes while being read is left out.
pub(super) fn links(root: &Path) -> io::Result<Vec<Link>> {
    let mut links: Vec<Link> = fs::read_dir(root)?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir()) // `bonding_masters` is a plain file
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| read(root, name))
        .collect();
    links.sort_by(|a, b| (a.index, &a.name).cmp(&(b.index, &b.name)));
    Ok(links)
}

fn read(root: &Path, name: String) -> Link {
    let at = Folder(root.join(&name));
    let (kind, tunnel) = kind(&at);
    let over = if kind == LinkKind::Virtual { lowest(root, &name) } else { Vec::new() };
    Link { index: at.number("ifindex").unwrap_or(0), kind, over, tunnel, up: up(&at), name }
}

/// IFF_UP, and operational by RFC 2863: `unknown` is what loopback, dummy and tunnels say when they work.
fn up(at: &Folder) -> bool {
    let flags = at.text("flags").and_then(|f| u32::from_str_radix(f.trim_start_matches("0x"), 16).ok());
    let state = at.text("operstate");
    flags.is_none_or(|f| f & 1 == 1) && matches!(state.as_deref(), Some("up" | "unknown"))
}

/// The kind of one link by its own files, and whether it is a tunnel.
fn kind(at: &Folder) -> (LinkKind, bool) {
    let form = at.number("type");
    let devtype = at.devtype();
    if form == Some(LOOPBACK) {
        return (LinkKind::Loopback, false);
    }
    // radio first: nothing further down may turn it into cable
    if at.has("wireless") || at.has("phy80211") || form.is_some_and(|f| IEEE80211.contains(&f)) {
        return (LinkKind::Wifi, false);
    }
    match devtype.as_deref() {
        Some("wlan") => return (LinkKind::Wifi, false),
        Some("wwan") => return (LinkKind::Cellular, false),
        Some("bluetooth") => return (LinkKind::Bluetooth, false),
        _ => {}
    }
    let driver = at.link_target("device/driver");
    let driver = driver.as_deref().unwrap_or("");
    if MODEMS.contains(&driver) || form == Some(RAWIP) {
        return (LinkKind::Cellular, false);
    }
    let below = !at.lower().is_empty();
    let tunnel = !below
        && (at.has("tun_flags")
            || form.is_some_and(|f| TUNNELS.contains(&f))
            || matches!(devtype.as_deref(), Some("wireguard" | "vxlan" | "geneve" | "gre" | "l2tpeth")));
    if form == Some(PPP) {
        // DSL or a mobile modem's serial line: nothing here tells them apart
        return (LinkKind::Unknown, false);
    }
    if below || tunnel || !at.has("device") {
        let plain = form == Some(ETHER) || tunnel || below;
        return (if plain { LinkKind::Virtual } else { LinkKind::Unknown }, tunnel);
    }
    let cable = match form {
        Some(ETHER) => usb_or_card(at, driver),
        Some(IEEE1394 | INFINIBAND) => LinkKind::Wired,
        _ => LinkKind::Unknown,
    };
    (cable, false)
}

/// An Ethernet device. One of a VM (virtio, vmxnet3) is wired: its cable ends in the host, whose links it cannot use by name.
/// By USB it may be an adapter or a telephone sharing its radio.
fn usb_or_card(at: &Folder, driver: &str) -> LinkKind {
    let class = at.text("device/bInterfaceClass");
    if TETHERS.contains(&driver) || class.as_deref() == Some(USB_WIRELESS_CONTROLLER) {
        return LinkKind::Cellular;
    }
    // adapters carry a manufacturer's address, telephones make one up (locally administered, IEEE 802 bit 0x02)
    let made_up = at
        .text("address")
        .and_then(|a| a.split(':').next().and_then(|first| u8::from_str_radix(first, 16).ok()))
        .is_none_or(|first| first & 2 != 0);
    if SHARED_BY_TELEPHONES.contains(&driver) && made_up { LinkKind::Unknown } else { LinkKind::Wired }
}

/// The kinds of the lowest links under `name`, each once; empty where nothing is below it.
fn lowest(root: &Path, name: &str) -> Vec<LinkKind> {
    let mut kinds = Vec::new();
    let mut seen = vec![name.to_owned()];
    let mut open = Folder(root.join(name)).lower();
    while let Some(next) = open.pop() {
        if seen.contains(&next) {
            continue;
        }
        let at = Folder(root.join(&next));
        seen.push(next);
        let lower = at.lower();
        // a link in another namespace has a name here but no folder: it cannot be told
        let kind = if at.0.is_dir() { kind(&at).0 } else { LinkKind::Unknown };
        if kind == LinkKind::Virtual && !lower.is_empty() {
            open.extend(lower);
        } else if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// A link's folder.
struct Folder(PathBuf);

impl Folder {
    fn has(&self, file: &str) -> bool {
        self.0.join(file).exists()
    }
    fn text(&self, file: &str) -> Option<String> {
        Some(fs::read_to_string(self.0.join(file)).ok()?.trim().to_owned())
    }
    fn number(&self, file: &str) -> Option<u32> {
        self.text(file)?.parse().ok()
    }
    fn link_target(&self, file: &str) -> Option<String> {
        Some(fs::read_link(self.0.join(file)).ok()?.file_name()?.to_str()?.to_owned())
    }
    fn devtype(&self) -> Option<String> {
        self.text("uevent")?.lines().find_map(|line| line.strip_prefix("DEVTYPE=")).map(str::to_owned)
    }
    /// Names of the links directly below: `lower_NAME`, and a bridge's ports.
    fn lower(&self) -> Vec<String> {
        let names = |folder: PathBuf, prefix: &str| -> Vec<String> {
            fs::read_dir(folder)
                .into_iter()
                .flatten()
                .filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix(prefix).map(str::to_owned))
                .collect()
        };
        let mut lower = names(self.0.clone(), "lower_");
        lower.extend(names(self.0.join("brif"), ""));
        lower.sort();
        lower.dedup();
        lower
    }
}

#[cfg(test)]
#[path = "sysfs_tests.rs"]
mod tests;
