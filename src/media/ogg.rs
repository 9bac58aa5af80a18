//! Opus in an Ogg file (RFC 3533, RFC 7845), page by page: whatever has been written plays, even if the rest never comes.
//! It encodes nothing.
use super::send::random;
use std::io::{self, Write};

/// Samples of one packet: 20 ms.
pub(super) const FRAME: usize = 960;
/// Packets of one page: a second.
const PAGE: usize = 50;
/// Segments a page may have.
const SEGMENTS: usize = 255;

/// A file that grows.
#[derive(Debug)]
pub(super) struct Writer<W: Write> {
    to: W,
    serial: u32,
    page: u32,
    /// Samples at 48 kHz up to the last packet taken, with what a player leaves out at the start.
    granule: u64,
    packets: usize,
    lacing: Vec<u8>,
    body: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Writes the head. `skip`: samples that the encoder puts before the sound.
    pub(super) fn new(to: W, channels: u8, skip: u16) -> io::Result<Self> {
        let mut writer =
            Self { to, serial: random(), page: 0, granule: 0, packets: 0, lacing: Vec::new(), body: Vec::new() };
        let mut head = b"OpusHead\x01".to_vec();
        head.push(channels);
        head.extend(skip.to_le_bytes());
        head.extend(48_000_u32.to_le_bytes());
        head.extend([0; 3]); // no gain, plain mono or stereo
        writer.lace(&head);
        writer.flush(0x02)?;
        let mut tags = b"OpusTags".to_vec();
        tags.extend(8_u32.to_le_bytes());
        tags.extend(b"Landline");
        tags.extend(0_u32.to_le_bytes());
        writer.lace(&tags);
        writer.flush(0)?;
        Ok(writer)
    }

    /// Takes a packet of [`FRAME`] samples.
    pub(super) fn packet(&mut self, packet: &[u8]) -> io::Result<()> {
        if self.packets == PAGE || self.lacing.len() + packet.len() / 255 + 1 > SEGMENTS {
            self.flush(0)?;
        }
        self.lace(packet);
        self.packets += 1;
        self.granule += FRAME as u64;
        Ok(())
    }

    /// Writes what is left, and the end.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.flush(0x04)?;
        Ok(self.to)
    }

    fn lace(&mut self, packet: &[u8]) {
        self.lacing.extend(std::iter::repeat_n(255, packet.len() / 255));
        self.lacing.push((packet.len() % 255) as u8);
        self.body.extend(packet);
    }

    fn flush(&mut self, kind: u8) -> io::Result<()> {
        let mut page = b"OggS\0".to_vec();
        page.push(kind);
        page.extend(self.granule.to_le_bytes());
        page.extend(self.serial.to_le_bytes());
        page.extend(self.page.to_le_bytes());
        page.extend([0; 4]);
        page.push(self.lacing.len() as u8);
        page.append(&mut self.lacing);
        page.append(&mut self.body);
        let sum = checksum(&page).to_le_bytes();
        page.iter_mut().skip(22).zip(sum).for_each(|(to, from)| *to = from);
        self.page += 1;
        self.packets = 0;
        self.to.write_all(&page)
    }
}

/// The page's checksum: CRC-32 of polynomial 0x04C11DB7, not reflected, from zero.
fn checksum(page: &[u8]) -> u32 {
    page.iter().fold(0, |sum, byte| {
        (0..8).fold(sum ^ (u32::from(*byte) << 24), |sum, _| {
            if sum & 0x8000_0000 == 0 { sum << 1 } else { (sum << 1) ^ 0x04C1_1DB7 }
        })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn pages_hold_what_was_put_in() {
        let mut writer = Writer::new(Vec::new(), 2, 312).unwrap();
        for n in 0..120_usize {
            writer.packet(&vec![n as u8; 100 + n * 5]).unwrap();
        }
        let file = writer.finish().unwrap();
        let (mut rest, mut packets, mut kinds, mut granule) = (&file[..], Vec::new(), Vec::new(), 0);
        while !rest.is_empty() {
            assert_eq!(&rest[..5], b"OggS\0");
            let segments = usize::from(rest[26]);
            let lacing = &rest[27..27 + segments];
            let body: usize = lacing.iter().map(|l| usize::from(*l)).sum();
            let (page, after) = rest.split_at(27 + segments + body);
            let mut zeroed = page.to_vec();
            zeroed[22..26].fill(0);
            assert_eq!(checksum(&zeroed).to_le_bytes(), page[22..26]);
            let (mut at, mut packet) = (27 + segments, Vec::new());
            for length in lacing {
                packet.extend(&page[at..at + usize::from(*length)]);
                at += usize::from(*length);
                if *length < 255 {
                    packets.push(std::mem::take(&mut packet));
                }
            }
            kinds.push(page[5]);
            granule = u64::from_le_bytes(page[6..14].try_into().unwrap());
            rest = after;
        }
        assert_eq!((kinds[0], *kinds.last().unwrap(), granule), (2, 4, 120 * 960));
        assert!(packets[0].starts_with(b"OpusHead") && packets[1].starts_with(b"OpusTags"));
        assert_eq!(packets.len(), 122);
        for (n, packet) in packets[2..].iter().enumerate() {
            assert_eq!(*packet, vec![n as u8; 100 + n * 5]);
        }
    }

    #[test]
    fn the_checksum_is_the_one_of_ogg() {
        assert_eq!(checksum(b"123456789"), 0x89A1_897F);
    }
}
