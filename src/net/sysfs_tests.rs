//! Made-up hardware: what each kind of link looks like in sysfs, and what it is taken for.
#![allow(clippy::unwrap_used)]
use super::*;
use std::os::unix::fs::symlink;
use tempfile::TempDir;

/// A tree shaped like `/sys/class/net`.
struct Tree(TempDir);

impl Tree {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }
    /// A link that is up, of this ARPHRD type, with these further files; `NAME/` is a folder.
    fn link(&self, name: &str, form: u32, files: &[(&str, &str)]) -> &Self {
        let at = self.0.path().join(name);
        fs::create_dir_all(&at).unwrap();
        let index = fs::read_dir(self.0.path()).unwrap().count();
        let basics = [("ifindex", index.to_string()), ("type", form.to_string())];
        let basics = basics.iter().map(|(file, text)| (*file, text.as_str()));
        let up = [("flags", "0x1003"), ("operstate", "up")];
        for (file, text) in basics.chain(up).chain(files.iter().copied()) {
            let file = at.join(file.trim_end_matches('/'));
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            if text.is_empty() {
                fs::create_dir_all(file).unwrap()
            } else {
                fs::write(file, format!("{text}\n")).unwrap()
            }
        }
        self
    }
    fn driver(&self, name: &str, driver: &str) -> &Self {
        let device = self.0.path().join(name).join("device");
        fs::create_dir_all(&device).unwrap();
        symlink(format!("../../../bus/usb/drivers/{driver}"), device.join("driver")).unwrap();
        self
    }
    fn lower(&self, upper: &str, lower: &str) -> &Self {
        symlink(format!("../{lower}"), self.0.path().join(upper).join(format!("lower_{lower}"))).unwrap();
        self
    }
    fn of(&self, name: &str) -> Link {
        links(self.0.path()).unwrap().into_iter().find(|link| link.name == name).unwrap()
    }
    fn kind(&self, name: &str) -> LinkKind {
        self.of(name).kind
    }
}

use LinkKind::{Bluetooth, Cellular, Loopback, Unknown, Virtual, Wifi, Wired};

#[test]
fn hardware_is_told_by_its_own_files() {
    let tree = Tree::new();
    tree.link("lo", 772, &[("operstate", "unknown")]);
    tree.link("enp3s0", 1, &[]).driver("enp3s0", "e1000e");
    tree.link("ens3", 1, &[]).driver("ens3", "virtio_net");
    tree.link("wlp2s0", 1, &[("wireless/", ""), ("uevent", "DEVTYPE=wlan\nINTERFACE=wlp2s0")])
        .driver("wlp2s0", "iwlwifi");
    tree.link("wlan1", 1, &[("phy80211/", "")]).driver("wlan1", "ath9k");
    tree.link("wlan2", 1, &[("uevent", "DEVTYPE=wlan")]).driver("wlan2", "unheard_of");
    tree.link("mon0", 803, &[]);
    tree.link("wwan0", 1, &[("uevent", "DEVTYPE=wwan")]).driver("wwan0", "cdc_ether");
    tree.link("wwan1", 519, &[]).driver("wwan1", "qmi_wwan");
    tree.link("bnep0", 1, &[("uevent", "DEVTYPE=bluetooth"), ("device/", "")]);
    tree.link("ib0", 32, &[]).driver("ib0", "mlx5_core");
    tree.link("ppp0", 512, &[("uevent", "DEVTYPE=ppp")]);
    tree.link("can0", 280, &[]).driver("can0", "gs_usb");
    let expected = [
        ("lo", Loopback),
        ("enp3s0", Wired),
        ("ens3", Wired),
        ("wlp2s0", Wifi),
        ("wlan1", Wifi),
        ("wlan2", Wifi),
        ("mon0", Wifi),
        ("wwan0", Cellular),
        ("wwan1", Cellular),
        ("bnep0", Bluetooth),
        ("ib0", Wired),
        ("ppp0", Unknown),
        ("can0", Unknown),
    ];
    for (name, kind) in expected {
        assert_eq!(tree.kind(name), kind, "{name}");
    }
}

#[test]
fn an_adapter_is_told_from_a_telephone() {
    let tree = Tree::new();
    let maker = ("address", "00:e0:4c:68:00:01");
    let made_up = ("address", "5a:11:22:33:44:55");
    tree.link("enx1", 1, &[maker]).driver("enx1", "r8152");
    tree.link("enx2", 1, &[maker, ("device/bInterfaceClass", "02")]).driver("enx2", "cdc_ncm");
    tree.link("usb0", 1, &[made_up, ("device/bInterfaceClass", "e0")]).driver("usb0", "rndis_host");
    tree.link("usb1", 1, &[made_up, ("device/bInterfaceClass", "02")]).driver("usb1", "cdc_ncm");
    tree.link("eth1", 1, &[maker]).driver("eth1", "ipheth");
    // a card whose address the person made up is still a card
    tree.link("enp4s0", 1, &[made_up]).driver("enp4s0", "r8169");
    let expected = [
        ("enx1", Wired),
        ("enx2", Wired),
        ("usb0", Cellular),
        ("usb1", Unknown),
        ("eth1", Cellular),
        ("enp4s0", Wired),
    ];
    for (name, kind) in expected {
        assert_eq!(tree.kind(name), kind, "{name}");
    }
}

#[test]
fn virtual_links_are_followed_to_the_ground() {
    let tree = Tree::new();
    tree.link("eth0", 1, &[]).driver("eth0", "igb");
    tree.link("wlan0", 1, &[("wireless/", "")]).driver("wlan0", "ath10k_pci");
    tree.link("bond0", 1, &[("uevent", "DEVTYPE=bond")]).lower("bond0", "eth0");
    tree.link("br0", 1, &[("uevent", "DEVTYPE=bridge"), ("brif/", "")]).lower("br0", "bond0");
    tree.link("br0.7", 1, &[("uevent", "DEVTYPE=vlan")]).lower("br0.7", "br0");
    tree.link("br1", 1, &[("uevent", "DEVTYPE=bridge")]).lower("br1", "eth0").lower("br1", "wlan0");
    tree.link("wlan0.7", 1, &[("uevent", "DEVTYPE=vlan")]).lower("wlan0.7", "wlan0");
    tree.link("br2", 1, &[("uevent", "DEVTYPE=bridge"), ("brif/wlan0", "port")]);
    tree.link("veth0", 1, &[]);
    tree.link("macv0", 1, &[("uevent", "DEVTYPE=macvlan")]).lower("macv0", "gone0");
    let expected: [(&str, &[LinkKind]); 8] = [
        ("bond0", &[Wired]),
        ("br0", &[Wired]),
        ("br0.7", &[Wired]),
        ("br1", &[Wifi, Wired]),
        ("wlan0.7", &[Wifi]),
        ("br2", &[Wifi]),
        ("veth0", &[]),
        ("macv0", &[Unknown]),
    ];
    for (name, over) in expected {
        let link = tree.of(name);
        let mut below = link.over.clone();
        below.sort_by_key(|kind| *kind != Wifi);
        assert_eq!((link.kind, below.as_slice(), link.tunnel), (Virtual, over, false), "{name}");
    }
}

#[test]
fn links_stacked_in_a_ring_end() {
    let tree = Tree::new();
    tree.link("a0", 1, &[]).link("b0", 1, &[]).lower("a0", "b0").lower("b0", "a0");
    assert_eq!(tree.of("a0").over, []);
}

#[test]
fn tunnels_are_told() {
    let tree = Tree::new();
    tree.link("tun0", 65534, &[("tun_flags", "0x1001"), ("operstate", "unknown")]);
    tree.link("tap0", 1, &[("tun_flags", "0x1002")]);
    tree.link("wg0", 65534, &[("uevent", "DEVTYPE=wireguard"), ("operstate", "unknown")]);
    tree.link("gre1", 778, &[]);
    tree.link("dummy0", 1, &[("operstate", "unknown")]);
    for (name, tunnel) in [("tun0", true), ("tap0", true), ("wg0", true), ("gre1", true), ("dummy0", false)] {
        let link = tree.of(name);
        assert_eq!((link.kind, link.tunnel, link.up), (Virtual, tunnel, true), "{name}");
    }
}

#[test]
fn up_needs_a_carrier() {
    let tree = Tree::new();
    let states =
        [("0x1003", "up", true), ("0x1003", "down", false), ("0x1002", "down", false), ("0x1003", "dormant", false)];
    for (n, (flags, state, up)) in states.into_iter().enumerate() {
        let name = format!("eth{n}");
        tree.link(&name, 1, &[("flags", flags), ("operstate", state)]).driver(&name, "e1000e");
        assert_eq!(tree.of(&name).up, up, "{flags} {state}");
    }
}

#[test]
fn an_odd_tree_makes_nothing_wired() {
    let tree = Tree::new();
    fs::write(tree.0.path().join("bonding_masters"), "bond0\n").unwrap();
    fs::create_dir(tree.0.path().join("empty0")).unwrap();
    tree.link("odd0", 1, &[("type", "not a number"), ("flags", "zz"), ("ifindex", "-4")]).driver("odd0", "e1000e");
    let links = links(tree.0.path()).unwrap();
    let shown: Vec<_> = links.iter().map(|link| (link.name.as_str(), link.kind, link.index)).collect();
    assert_eq!(shown, [("empty0", Unknown, 0), ("odd0", Unknown, 0)]);
    assert!(super::links(&tree.0.path().join("nowhere")).is_err());
}
