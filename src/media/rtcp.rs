//! RTCP on the wire (RFC 3550 section 6): one compound of a report, our name and perhaps a goodbye out; reports and
//! goodbyes in. Anything else is skipped.

/// A report block: how one stream is received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Block {
    /// Whose stream.
    pub ssrc: u32,
    /// Lost since the last report, of 256.
    pub fraction_lost: u8,
    /// Lost since the start.
    pub lost: u32,
    /// Highest sequence number with its cycles.
    pub highest: u32,
    /// Jitter in timestamp units.
    pub jitter: u32,
    /// Middle bits of the sender report last heard; 0: none.
    pub last_sr: u32,
    /// Since then, in 1/65536 s.
    pub delay: u32,
}

/// What a sender tells of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    /// Wall clock, NTP format.
    pub ntp: u64,
    /// The same moment in timestamp units.
    pub timestamp: u32,
    pub packets: u32,
    pub octets: u32,
}

/// Our compound packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Report<'a> {
    pub ssrc: u32,
    pub sent: Option<Sent>,
    pub block: Option<Block>,
    pub cname: &'a str,
    pub bye: bool,
}

/// One thing a compound packet of the other side says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Sender { ssrc: u32, sent: Sent },
    Block(Block),
    Bye { ssrc: u32 },
}

const SENDER: u8 = 200;
const RECEIVER: u8 = 201;
const DESCRIPTION: u8 = 202;
const BYE: u8 = 203;

impl Report<'_> {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let blocks = u8::from(self.block.is_some());
        let words = |bytes: usize| (bytes / 4) as u16;
        let (kind, size) = if self.sent.is_some() { (SENDER, 24) } else { (RECEIVER, 4) };
        out.extend([0x80 | blocks, kind]);
        out.extend(words(size + usize::from(blocks) * 24).to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        if let Some(sent) = &self.sent {
            out.extend(sent.ntp.to_be_bytes());
            [sent.timestamp, sent.packets, sent.octets].iter().for_each(|v| out.extend(v.to_be_bytes()));
        }
        if let Some(b) = &self.block {
            let lost = u32::from(b.fraction_lost) << 24 | b.lost.min(0x7F_FFFF);
            let fields = [b.ssrc, lost, b.highest, b.jitter, b.last_sr, b.delay];
            fields.iter().for_each(|v| out.extend(v.to_be_bytes()));
        }
        let name = self.cname.as_bytes();
        let name = name.get(..name.len().min(255)).unwrap_or_default();
        let padding = 4 - (name.len() + 2) % 4; // at least one octet ends the list
        out.extend([0x81, DESCRIPTION]);
        out.extend(words(4 + 2 + name.len() + padding).to_be_bytes());
        out.extend(self.ssrc.to_be_bytes());
        out.extend([1, name.len() as u8]);
        out.extend(name);
        out.extend(std::iter::repeat_n(0, padding));
        if self.bye {
            out.extend([0x81, BYE, 0, 1]);
            out.extend(self.ssrc.to_be_bytes());
        }
    }
}

/// All that a compound packet says, as far as it is well formed; `None` when nothing in it is.
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<Said>> {
    let mut said = Vec::new();
    let mut rest = bytes;
    let mut packets = 0;
    while let Some((header, after)) = rest.split_first_chunk::<4>() {
        let [first, kind, high, low] = *header;
        let length = usize::from(u16::from_be_bytes([high, low])) * 4;
        let Some(body) = after.get(..length).filter(|_| first >> 6 == 2) else { break };
        rest = after.get(length..).unwrap_or_default();
        packets += 1;
        let count = usize::from(first & 0x1F);
        let word = |at: usize| body.get(at * 4..at * 4 + 4)?.try_into().ok().map(u32::from_be_bytes);
        let blocks = match kind {
            SENDER => {
                if let (Some(ssrc), Some(high), Some(low), Some(timestamp), Some(packets), Some(octets)) =
                    (word(0), word(1), word(2), word(3), word(4), word(5))
                {
                    let ntp = u64::from(high) << 32 | u64::from(low);
                    said.push(Said::Sender { ssrc, sent: Sent { ntp, timestamp, packets, octets } });
                }
                6
            }
            RECEIVER => 1,
            BYE => {
                said.extend((0..count).filter_map(word).map(|ssrc| Said::Bye { ssrc }));
                continue;
            }
            _ => continue,
        };
        for at in (0..count).map(|n| blocks + n * 6) {
            if let (Some(ssrc), Some(lost), Some(highest), Some(jitter), Some(last_sr), Some(delay)) =
                (word(at), word(at + 1), word(at + 2), word(at + 3), word(at + 4), word(at + 5))
            {
                let (fraction_lost, lost) = ((lost >> 24) as u8, lost & 0xFF_FFFF);
                said.push(Said::Block(Block { ssrc, fraction_lost, lost, highest, jitter, last_sr, delay }));
            }
        }
    }
    (packets > 0).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let sent = Sent { ntp: 0x0123_4567_89AB_CDEF, timestamp: 5, packets: 6, octets: 7 };
        let block = Block { ssrc: 8, fraction_lost: 64, lost: 9, highest: 10, jitter: 11, last_sr: 12, delay: 13 };
        for name in ["", "a", "ab", "abc", "abcd"] {
            let report = Report { ssrc: 1, sent: Some(sent), block: Some(block), cname: name, bye: true };
            let mut bytes = Vec::new();
            report.write(&mut bytes);
            assert_eq!(bytes.len() % 4, 0, "{name}");
            let expected = vec![Said::Sender { ssrc: 1, sent }, Said::Block(block), Said::Bye { ssrc: 1 }];
            assert_eq!(parse(&bytes), Some(expected), "{name}");
        }
        let mut bytes = Vec::new();
        Report { ssrc: 1, sent: None, block: Some(block), cname: "x", bye: false }.write(&mut bytes);
        assert_eq!(parse(&bytes), Some(vec![Said::Block(block)]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_no_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120), kind in 195_u8..210) {
            let mut framed = bytes.clone();
            framed.splice(0..0, [0x9F, kind, 0, (bytes.len() / 4) as u8]);
            for bytes in [bytes, framed] {
                if let Some(said) = parse(&bytes) {
                    prop_assert!(said.len() <= bytes.len());
                }
            }
        }
    }
}
