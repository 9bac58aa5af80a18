//! A sound file of the person's own, for those who wait on hold: Ogg Opus (RFC 7845) read page by page. It plays nothing.
//! Whatever the file holds, it costs bounded memory and time, and no more than a refusal.
use crate::audio::parse_wav;
use std::{fs::File, io::Read, path::Path};

/// Longest tune, in samples at 48 kHz: three minutes, then it begins again.
const LONGEST: usize = 180 * 48_000;
/// Octets that are read: three minutes of a CD's sound.
const OCTETS: u64 = 32 << 20;
/// Longest packet's sound: 120 ms.
const PACKET: usize = 5760;

/// Why a file cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TuneError {
    /// It cannot be read.
    #[error("the file cannot be read")]
    File,
    /// It is no WAV file of 16-bit PCM and no Ogg Opus file, or there is no sound in it.
    #[error("no sound that can be played")]
    Format,
}

/// Reads a file: its sound at 48 kHz, mono, three minutes at most.
///
/// # Errors
/// [`TuneError`].
pub fn read(path: &Path) -> Result<Vec<f32>, TuneError> {
    begin(path, LONGEST)
}

/// Whether a file can be played, as its first second tells.
///
/// # Errors
/// [`TuneError`].
pub fn check(path: &Path) -> Result<(), TuneError> {
    begin(path, 48_000).map(drop)
}

fn begin(path: &Path, most: usize) -> Result<Vec<f32>, TuneError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|_| TuneError::File)?;
    if !file.metadata().is_ok_and(|meta| meta.is_file()) {
        return Err(TuneError::File); // a pipe might never end
    }
    file.take(OCTETS).read_to_end(&mut bytes).map_err(|_| TuneError::File)?;
    let sound = if bytes.starts_with(b"OggS") { decode(&bytes, most) } else { parse_wav(&bytes, most) };
    sound.filter(|sound| !sound.is_empty()).ok_or(TuneError::Format)
}

/// All packets of the first stream of an Ogg file (RFC 3533). What is cut off or out of place ends it.
fn packets(mut rest: &[u8]) -> Vec<Vec<u8>> {
    let (mut packets, mut packet, mut stream) = (Vec::new(), Vec::new(), None);
    while let Some((head, after)) = rest.strip_prefix(b"OggS\0").and_then(|page| page.split_at_checked(22)) {
        let (Some(serial), Some(segments)) = (head.get(9..13), head.last()) else { break };
        let Some((lacing, mut body)) = after.split_at_checked(usize::from(*segments)) else { break };
        let ours = *stream.get_or_insert(serial) == serial;
        for length in lacing {
            let Some((segment, left)) = body.split_at_checked(usize::from(*length)) else { return packets };
            body = left;
            if !ours {
                continue;
            }
            packet.extend(segment);
            if *length < 255 {
                packets.push(std::mem::take(&mut packet));
            }
        }
        rest = body;
    }
    packets
}

fn decode(bytes: &[u8], most: usize) -> Option<Vec<f32>> {
    let packets = packets(bytes);
    let (head, sound) = packets.split_first()?;
    let fields = head.strip_prefix(b"OpusHead")?;
    let channels = match fields.get(1)? {
        1 => opus::Channels::Mono,
        2 => opus::Channels::Stereo,
        _ => return None, // more than two are several streams in one
    };
    let skip = u16::from_le_bytes(fields.get(2..4)?.try_into().ok()?);
    let mut decoder = opus::Decoder::new(48_000, channels).ok()?;
    let count = channels as usize;
    let mut piece = vec![0.0; PACKET * count];
    let mut samples = Vec::new();
    // the second packet is the tags
    for packet in sound.iter().skip(1) {
        let Ok(length) = decoder.decode_float(packet, &mut piece, false) else { continue };
        let frames = piece.chunks_exact(count).take(length);
        samples.extend(frames.map(|frame| frame.iter().sum::<f32>() / count as f32));
        if samples.len() >= most + usize::from(skip) {
            break;
        }
    }
    samples.drain(..usize::from(skip).min(samples.len()));
    samples.truncate(most);
    Some(samples)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::ogg::{FRAME, Writer};
    use super::*;
    use proptest::prelude::*;

    fn tone(channels: opus::Channels) -> Vec<u8> {
        let mut encoder = opus::Encoder::new(48_000, channels, opus::Application::Audio).unwrap();
        let skip = u16::try_from(encoder.get_lookahead().unwrap()).unwrap();
        let mut file = Writer::new(Vec::new(), channels as u8, skip).unwrap();
        for n in 0..50 {
            let sine = |at: usize| (at as f32 * 440.0 / 48_000.0 * std::f32::consts::TAU).sin() * 0.4;
            let sound: Vec<f32> =
                (n * FRAME..(n + 1) * FRAME).flat_map(|at| vec![sine(at); channels as usize]).collect();
            let mut packet = vec![0; 1275];
            let length = encoder.encode_float(&sound, &mut packet).unwrap();
            file.packet(packet.get(..length).unwrap()).unwrap();
        }
        file.finish().unwrap()
    }

    #[test]
    fn an_opus_file_is_heard_as_it_was_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tune.opus");
        for channels in [opus::Channels::Mono, opus::Channels::Stereo] {
            std::fs::write(&path, tone(channels)).unwrap();
            assert_eq!(check(&path), Ok(()));
            let sound = read(&path).unwrap();
            assert!((46_000..48_000).contains(&sound.len()), "{}", sound.len());
            let ups = sound.windows(2).filter(|w| matches!(w, [a, b] if *a < 0.0 && *b >= 0.0)).count();
            assert!((420..=445).contains(&ups), "{ups}");
            assert!(sound.iter().any(|s| *s > 0.35));
        }
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tune");
        assert_eq!(read(&path), Err(TuneError::File));
        assert_eq!(read(dir.path()), Err(TuneError::File));
        for bytes in [&b""[..], b"OggS", b"ID3 not for us", b"RIFF....WAVE"] {
            std::fs::write(&path, bytes).unwrap();
            assert_eq!((read(&path), check(&path)), (Err(TuneError::Format), Err(TuneError::Format)), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_no_panic(bytes: Vec<u8>, at in 0_usize..600, cut in 0_usize..5000) {
            let mut file = tone(opus::Channels::Mono);
            file.truncate(cut);
            let at = at.min(file.len());
            file.splice(at.., bytes.iter().copied());
            let _ = (decode(&file, LONGEST), decode(&bytes, LONGEST));
        }
    }
}
