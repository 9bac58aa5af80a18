//! A recording as WAV: both directions beside each other, 16-bit PCM at 48 kHz. The header is true after every piece, so that
//! whatever has been written plays, even if the rest never comes.
use std::io::{self, Seek, SeekFrom, Write};

const RATE: u32 = 48_000;
const CHANNELS: u16 = 2;
const HEADER: u32 = 44;

/// A file that grows.
#[derive(Debug)]
pub(super) struct Writer<W: Write + Seek> {
    to: W,
    /// Octets of sound; beyond 4 GiB, six hours, the header cannot count on.
    length: u32,
    piece: Vec<u8>,
}

impl<W: Write + Seek> Writer<W> {
    pub(super) fn new(to: W) -> io::Result<Self> {
        let mut writer = Self { to, length: 0, piece: Vec::new() };
        writer.head()?;
        Ok(writer)
    }

    /// Takes samples of both channels by turns.
    pub(super) fn write(&mut self, both: &[f32]) -> io::Result<()> {
        self.piece.clear();
        self.piece.extend(both.iter().flat_map(|sample| ((sample * 32_767.0) as i16).to_le_bytes())); // saturates
        self.to.write_all(&self.piece)?;
        self.length = self.length.saturating_add(u32::try_from(self.piece.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    /// Makes the header count what was written.
    pub(super) fn head(&mut self) -> io::Result<()> {
        let frame = 2 * CHANNELS;
        let mut header = b"RIFF".to_vec();
        header.extend((HEADER - 8).saturating_add(self.length).to_le_bytes());
        header.extend(b"WAVEfmt \x10\0\0\0\x01\0");
        header.extend(CHANNELS.to_le_bytes());
        header.extend(RATE.to_le_bytes());
        header.extend((RATE * u32::from(frame)).to_le_bytes());
        header.extend(frame.to_le_bytes());
        header.extend(b"\x10\0data");
        header.extend(self.length.to_le_bytes());
        self.to.seek(SeekFrom::Start(0))?;
        self.to.write_all(&header)?;
        self.to.seek(SeekFrom::End(0))?;
        Ok(())
    }

    /// The end.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.head()?;
        Ok(self.to)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn the_header_counts_what_is_there() {
        let mut writer = Writer::new(Cursor::new(Vec::new())).unwrap();
        writer.write(&[0.5, -0.5, 7.0, -7.0]).unwrap();
        let file = writer.finish().unwrap().into_inner();
        let (header, sound) = file.split_at(44);
        assert_eq!(sound, [16_383_i16, -16_383, i16::MAX, i16::MIN].map(i16::to_le_bytes).concat());
        let at = |at: usize| u32::from_le_bytes(header.get(at..at + 4).unwrap().try_into().unwrap());
        assert_eq!((at(4), at(16), at(24), at(28), at(40)), (44, 16, 48_000, 192_000, 8));
        assert_eq!(header.get(8..16).unwrap(), b"WAVEfmt ");
        assert_eq!(header.get(20..24).unwrap(), [1, 0, 2, 0], "PCM, two channels");
        assert_eq!(header.get(32..40).unwrap(), b"\x04\0\x10\0data");
    }
}
