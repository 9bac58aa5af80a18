//! RTP packets on the wire (RFC 3550 section 5.1): parsed from hostile bytes, written from our own values.

/// Largest datagram we take: more is no voice packet.
pub(super) const LARGEST: usize = 1500;
const HEADER: usize = 12;
const VERSION: u8 = 2;

/// One packet; its payload stands in the datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rtp<'a> {
    pub marker: bool,
    pub payload_type: u8,
    pub sequence: u16,
    pub timestamp: u32,
    pub ssrc: u32,
    pub payload: &'a [u8],
}

impl<'a> Rtp<'a> {
    /// `None`: not RTP version 2, or its lengths contradict each other.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, mut rest) = bytes.split_first_chunk::<HEADER>()?;
        let [first, second, s0, s1, t0, t1, t2, t3, c0, c1, c2, c3] = *header;
        if first >> 6 != VERSION || bytes.len() > LARGEST {
            return None;
        }
        rest = rest.get(usize::from(first & 0x0F) * 4..)?; // contributing sources
        if first & 0x10 != 0 {
            let (extension, after) = rest.split_first_chunk::<4>()?;
            let [_, _, high, low] = *extension;
            rest = after.get(usize::from(u16::from_be_bytes([high, low])) * 4..)?;
        }
        if first & 0x20 != 0 {
            let padding = usize::from(*rest.last()?);
            rest = rest.get(..rest.len().checked_sub(padding).filter(|_| padding > 0)?)?;
        }
        Some(Self {
            marker: second & 0x80 != 0,
            payload_type: second & 0x7F,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            ssrc: u32::from_be_bytes([c0, c1, c2, c3]),
            payload: rest,
        })
    }

    /// Writes the packet in place of what `out` held.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        out.extend([VERSION << 6, self.payload_type & 0x7F | u8::from(self.marker) << 7]);
        out.extend(self.sequence.to_be_bytes());
        out.extend(self.timestamp.to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend(self.payload);
    }
}

/// Octets before the payload, extension included; `None`: no RTP version 2, or it ends within its header.
pub(super) fn header_length(bytes: &[u8]) -> Option<usize> {
    let first = *bytes.first().filter(|first| **first >> 6 == VERSION)?;
    let mut length = HEADER + usize::from(first & 0x0F) * 4;
    if first & 0x10 != 0 {
        let [_, _, high, low] = *bytes.get(length..)?.first_chunk::<4>()?;
        length += 4 + usize::from(u16::from_be_bytes([high, low])) * 4;
    }
    (length <= bytes.len()).then_some(length)
}

/// Sequence number and SSRC of an RTP packet.
pub(super) fn identity(bytes: &[u8]) -> Option<(u16, u32)> {
    let [_, _, s0, s1, _, _, _, _, c0, c1, c2, c3] = *bytes.first_chunk::<HEADER>()?;
    Some((u16::from_be_bytes([s0, s1]), u32::from_be_bytes([c0, c1, c2, c3])))
}

/// SSRC of whoever sent an RTCP packet.
pub(super) fn control_ssrc(bytes: &[u8]) -> Option<u32> {
    let [first, _, _, _, c0, c1, c2, c3] = *bytes.first_chunk::<8>()?;
    (first >> 6 == VERSION).then_some(u32::from_be_bytes([c0, c1, c2, c3]))
}

/// Whether a datagram is RTCP where both share a port (RFC 5761 section 4).
pub(super) fn is_rtcp(bytes: &[u8]) -> bool {
    matches!(bytes, [first, 192..=223, ..] if first >> 6 == VERSION)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLAIN: Rtp<'_> =
        Rtp { marker: true, payload_type: 111, sequence: 65_535, timestamp: 7, ssrc: 9, payload: &[1, 2, 3] };

    #[test]
    fn written_is_read() {
        let mut bytes = Vec::new();
        PLAIN.write(&mut bytes);
        assert_eq!(bytes[..4], [0x80, 0xEF, 0xFF, 0xFF]);
        assert_eq!(Rtp::parse(&bytes), Some(PLAIN));
    }

    #[test]
    fn sources_extension_and_padding_are_skipped() {
        let mut bytes = vec![0xB1, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 9, 9, 9, 9];
        bytes.extend([0xBE, 0xDE, 0, 1, 5, 5, 5, 5]);
        bytes.extend([42, 0, 0, 3]);
        assert_eq!(
            Rtp::parse(&bytes).map(|p| (p.sequence, p.timestamp, p.ssrc, p.payload)),
            Some((1, 2, 3, &[42][..]))
        );
        *bytes.last_mut().unwrap() = 5; // more padding than payload
        assert_eq!(Rtp::parse(&bytes), None);
        *bytes.last_mut().unwrap() = 0;
        assert_eq!(Rtp::parse(&bytes), None);
    }

    #[test]
    fn what_is_no_packet_is_none() {
        let mut bytes = Vec::new();
        PLAIN.write(&mut bytes);
        assert_eq!(Rtp::parse(&bytes[..11]), None);
        bytes.resize(LARGEST + 1, 0);
        assert_eq!(Rtp::parse(&bytes), None, "oversize");
        assert_eq!(Rtp::parse(&[0x40; 20]), None, "version 1");
        assert!(is_rtcp(&[0x80, 200]) && !is_rtcp(&[0x80, 0x80 | 111]) && !is_rtcp(&[0x80]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80), first in 0x80_u8..0xC0) {
            let mut framed = bytes.clone();
            if let Some(head) = framed.first_mut() {
                *head = first;
            }
            for bytes in [bytes, framed] {
                if let Some(packet) = Rtp::parse(&bytes) {
                    prop_assert!(packet.payload.len() + HEADER <= bytes.len());
                }
            }
        }

        #[test]
        fn every_packet_survives_the_wire(
            marker: bool, payload_type in 0_u8..128, sequence: u16, timestamp: u32, ssrc: u32,
            payload in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let packet = Rtp { marker, payload_type, sequence, timestamp, ssrc, payload: &payload };
            let mut bytes = Vec::new();
            packet.write(&mut bytes);
            prop_assert_eq!(Rtp::parse(&bytes), Some(packet));
        }
    }
}
