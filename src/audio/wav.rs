//! WAV files as devices: written as 48 kHz mono s16 with a header that is valid at every moment, read as PCM s16.
use super::{RATE, convert::resample};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

/// Longest file read as a microphone, in bytes.
const LONGEST: u64 = 64 << 20;
const HEADER: u32 = 44;

/// A file that grows; who opens it while another still writes is mixed into it, as on a sound card.
#[derive(Debug)]
pub(super) struct Writer {
    track: Arc<Mutex<Track>>,
    /// Where this writer is, in samples.
    at: u32,
}

#[derive(Debug)]
struct Track {
    file: File,
    samples: u32,
}

/// The files that are written now.
static OPEN: Mutex<Vec<(PathBuf, Weak<Mutex<Track>>)>> = Mutex::new(Vec::new());

/// A lock whose holder failed still guards whole samples.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    /// Starts the file anew, unless somebody writes it already: then this one joins.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let mut open = lock(&OPEN);
        open.retain(|(_, track)| track.strong_count() > 0);
        let known = open.iter().find(|(known, _)| known == path).and_then(|(_, track)| track.upgrade());
        if let Some(track) = known {
            let at = lock(&track).samples;
            return Ok(Self { track, at });
        }
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(true).open(path)?;
        let mut track = Track { file, samples: 0 };
        track.head()?;
        let track = Arc::new(Mutex::new(track));
        open.push((path.to_owned(), Arc::downgrade(&track)));
        Ok(Self { track, at: 0 })
    }

    /// Adds samples at this writer's place, then makes the header say how many there are.
    pub(super) fn write(&mut self, samples: &[i16]) -> io::Result<()> {
        let mut track = lock(&self.track);
        track.mix(self.at, samples)?;
        self.at = self.at.saturating_add(u32::try_from(samples.len()).unwrap_or(u32::MAX));
        track.samples = track.samples.max(self.at);
        track.head()
    }
}

impl Track {
    fn mix(&mut self, at: u32, samples: &[i16]) -> io::Result<()> {
        let place = SeekFrom::Start(u64::from(HEADER) + 2 * u64::from(at));
        let mut there = vec![0; samples.len().min(self.samples.saturating_sub(at) as usize) * 2];
        self.file.seek(place)?;
        self.file.read_exact(&mut there)?;
        let (there, _) = there.as_chunks::<2>();
        let there = there.iter().map(|bytes| i16::from_le_bytes(*bytes)).chain(std::iter::repeat(0));
        let mixed: Vec<u8> = samples.iter().zip(there).flat_map(|(a, b)| a.saturating_add(b).to_le_bytes()).collect();
        self.file.seek(place)?;
        self.file.write_all(&mixed)
    }

    fn head(&mut self) -> io::Result<()> {
        let bytes = self.samples.saturating_mul(2);
        let mut header = Vec::with_capacity(HEADER as usize);
        header.extend(b"RIFF");
        header.extend((HEADER - 8).saturating_add(bytes).to_le_bytes());
        header.extend(b"WAVEfmt ");
        header.extend(16_u32.to_le_bytes());
        header.extend([1_u16, 1].iter().flat_map(|v| v.to_le_bytes())); // PCM, mono
        header.extend([RATE, 2 * RATE].iter().flat_map(|v| v.to_le_bytes()));
        header.extend([2_u16, 16].iter().flat_map(|v| v.to_le_bytes()));
        header.extend(b"data");
        header.extend(bytes.to_le_bytes());
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&header)
    }
}

/// A whole file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Recording {
    pub(super) rate: u32,
    pub(super) channels: u16,
    pub(super) samples: Vec<i16>,
}

/// Reads 16-bit PCM; `None` for anything else.
pub(super) fn read(path: &Path) -> Option<Recording> {
    if fs::metadata(path).ok()?.len() > LONGEST {
        return None;
    }
    parse(&fs::read(path).ok()?)
}

/// The sound of a file at hand, mono, 48 kHz, at most so many samples of it; `None` where it is not 16-bit PCM.
pub(crate) fn parse_mono(bytes: &[u8], most: usize) -> Option<Vec<f32>> {
    let Recording { rate, channels, samples } = parse(bytes)?;
    let frames = samples.chunks_exact(usize::from(channels));
    let share = 1.0 / (f32::from(channels) * 32_768.0);
    let needed = most as u64 * u64::from(rate) / u64::from(RATE);
    let mono: Vec<f32> = frames
        .take(usize::try_from(needed).unwrap_or(usize::MAX))
        .map(|frame| frame.iter().map(|sample| f32::from(*sample)).sum::<f32>() * share)
        .collect();
    Some(if rate == RATE { mono } else { resample(&mono, rate) })
}

fn parse(bytes: &[u8]) -> Option<Recording> {
    const PCM: u16 = 1;
    const EXTENSIBLE: u16 = 0xFFFE;
    let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
    let mut format = None;
    loop {
        let (name, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = u32::from_le_bytes(*length) as usize;
        // a file still being written may end early
        let body = after.get(..length).unwrap_or(after);
        match name {
            b"fmt " => {
                let u16_at = |at: usize| body.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes);
                let rate = u32::from_le_bytes(body.get(4..8)?.try_into().ok()?);
                let known = matches!(u16_at(0)?, PCM | EXTENSIBLE) && u16_at(14)? == 16;
                let channels = u16_at(2)?;
                format = (known && (1..=16).contains(&channels) && (4_000..=192_000).contains(&rate))
                    .then_some((channels, rate));
            }
            b"data" => {
                let (channels, rate) = format?;
                let samples = body.chunks_exact(2).filter_map(|b| b.try_into().ok().map(i16::from_le_bytes)).collect();
                return Some(Recording { rate, channels, samples });
            }
            _ => {}
        }
        rest = after.get(length + length % 2..)?;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_while_it_grows() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("heard.wav");
        let mut writer = Writer::create(&path).unwrap();
        assert!(read(&path).unwrap().samples.is_empty());
        writer.write(&[1, -2]).unwrap();
        assert_eq!(read(&path).unwrap(), Recording { rate: RATE, channels: 1, samples: vec![1, -2] });
        writer.write(&[3]).unwrap();
        let mut second = Writer::create(&path).unwrap();
        second.write(&[10, i16::MAX]).unwrap();
        writer.write(&[5, 6, 7]).unwrap();
        assert_eq!(read(&path).unwrap().samples, [1, -2, 3, 15, i16::MAX, 7], "a tone beside a call is mixed into it");
        drop((writer, second));
        Writer::create(&path).unwrap().write(&[4]).unwrap();
        assert_eq!(read(&path).unwrap().samples, [4], "the next call starts anew");
    }

    #[test]
    fn a_file_at_hand_becomes_mono_at_48_khz() {
        let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x80\x3e\0\0\0\xfa\0\0\x04\0\x10\0data".to_vec();
        file.extend(64_000_u32.to_le_bytes());
        file.extend([8192_i16, 0].repeat(16_000).iter().flat_map(|sample| sample.to_le_bytes()));
        let sound = parse_mono(&file, 24_000).unwrap();
        assert!((23_000..25_000).contains(&sound.len()), "half a second at most: {}", sound.len());
        assert!((sound[12_000] - 0.125).abs() < 0.002, "{}", sound[12_000]);
        assert_eq!(parse_mono(&file[..40], 10), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_no_panic(bytes: Vec<u8>, cut in 0_usize..60) {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("a.wav");
            Writer::create(&path).unwrap().write(&[1, 2, 3]).unwrap();
            let mut file = std::fs::read(&path).unwrap();
            file.truncate(cut);
            file.extend(&bytes);
            let _ = (parse_mono(&bytes, 100), parse_mono(&file, 100));
        }
    }
}
