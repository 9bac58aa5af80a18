//! An IPv4 address as an IPv6-only network's translator knows it (RFC 6052), and how the translator is found (RFC 7050): the
//! network's name server answers for a name that has IPv4 addresses alone. Pure.
use std::net::{Ipv4Addr, Ipv6Addr};

/// Has two IPv4 addresses and no others.
pub(super) const KNOWN: &str = "ipv4only.arpa";
/// The two.
const ADDRESSES: [Ipv4Addr; 2] = [Ipv4Addr::new(192, 0, 0, 170), Ipv4Addr::new(192, 0, 0, 171)];
/// Lengths of prefixes in bytes; the longest first, because it is the usual one.
const LENGTHS: [usize; 6] = [12, 8, 7, 6, 5, 4];
/// The byte that bears no address (RFC 6052 section 2.2).
const RESERVED: usize = 8;

/// A translator's prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Prefix {
    bytes: [u8; 16],
    length: usize,
}

impl Prefix {
    /// Learnt from what the network says of [`KNOWN`].
    pub(super) fn learn(answer: Ipv6Addr) -> Option<Self> {
        let bytes = answer.octets();
        LENGTHS.into_iter().map(|length| Self { bytes, length }).find(|prefix| {
            ADDRESSES.into_iter().any(|known| {
                let same = |at: &usize| prefix.translate(known).octets().get(*at) == bytes.get(*at);
                (0..16).filter(|at| prefix.bears(*at)).all(|at| same(&at))
            })
        })
    }

    /// Whether the byte at this place is one of the IPv4 address.
    fn bears(&self, at: usize) -> bool {
        let end = self.length + 4 + usize::from(self.length < RESERVED && self.length + 4 > RESERVED);
        at >= self.length && at < end && at != RESERVED
    }

    /// The address by which the translator reaches this one.
    pub(super) fn translate(&self, address: Ipv4Addr) -> Ipv6Addr {
        let mut four = address.octets().into_iter();
        let mut bytes = self.bytes;
        for (at, byte) in bytes.iter_mut().enumerate().skip(self.length) {
            *byte = if at == RESERVED { 0 } else { four.next().unwrap_or(0) };
        }
        bytes.into()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The table of RFC 6052 section 2.4, by what `ipv4only.arpa` would be there.
    #[test]
    fn every_length_of_prefix() {
        for (answer, translated) in [
            ("2001:db8:c000:aa::", "2001:db8:c000:221::"),
            ("2001:db8:1c0:0:aa::", "2001:db8:1c0:2:21::"),
            ("2001:db8:122:c000:0:aa00::", "2001:db8:122:c000:2:2100::"),
            ("2001:db8:122:3c0:0:aa::", "2001:db8:122:3c0:0:221::"),
            ("2001:db8:122:344:c0:0:aa00::", "2001:db8:122:344:c0:2:2100::"),
            ("2001:db8:122:344::192.0.0.170", "2001:db8:122:344::192.0.2.33"),
            ("64:ff9b::192.0.0.171", "64:ff9b::192.0.2.33"),
        ] {
            let prefix = Prefix::learn(answer.parse().unwrap()).unwrap();
            assert_eq!(prefix.translate([192, 0, 2, 33].into()), translated.parse::<Ipv6Addr>().unwrap(), "{answer}");
        }
    }

    #[test]
    fn what_is_no_translator() {
        for answer in ["2001:db8::1", "::", "64:ff9b::192.0.2.1", "fe80::1"] {
            assert_eq!(Prefix::learn(answer.parse().unwrap()), None, "{answer}");
        }
    }
}
