//! Recordings hold both directions beside each other, end whole, and survive a full disk.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::{os::unix::fs::PermissionsExt, time::Instant};

fn sine(hz: f32, at: usize, samples: usize) -> Vec<f32> {
    (at..at + samples).map(|n| (n as f32 * hz / 48_000.0 * std::f32::consts::TAU).sin() * 0.3).collect()
}

/// Both channels of a file, decoded.
fn decode(file: &[u8]) -> [Vec<f32>; 2] {
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Stereo).unwrap();
    let (mut rest, mut page, mut sound) = (file, 0, [Vec::new(), Vec::new()]);
    while !rest.is_empty() {
        let segments = usize::from(rest[26]);
        let (lacing, body) = rest[27..].split_at(segments);
        let (mut at, mut length) = (0, 0);
        for lace in lacing {
            length += usize::from(*lace);
            if *lace == 255 {
                continue;
            }
            if page > 1 {
                let mut out = vec![0.0; 2 * FRAME];
                assert_eq!(decoder.decode_float(&body[at..at + length], &mut out, false).unwrap(), FRAME);
                out.chunks_exact(2).for_each(|pair| (0..2).for_each(|c| sound[c].push(pair[c])));
            }
            (at, length) = (at + length, 0);
        }
        page += 1;
        rest = &body[at..];
    }
    sound
}

/// The strength of a frequency.
fn strength(sound: &[f32], hz: f32) -> f32 {
    let sum = |f: fn(f32) -> f32| {
        let angle = |n: usize| n as f32 * hz / 48_000.0 * std::f32::consts::TAU;
        sound.iter().enumerate().map(|(n, s)| s * f(angle(n))).sum::<f32>() / sound.len() as f32
    };
    2.0 * sum(f32::sin).hypot(sum(f32::cos))
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !done() {
        assert!(Instant::now() < end, "gave up waiting for {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn both_sides_are_in_the_file_and_nobody_else_may_read_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("call.opus");
    let (tell, mut told) = mpsc::channel(4);
    let mut tap = start(&path, RecordingFormat::Opus, false, tell).unwrap();
    // received in tens of milliseconds; sent in packets, and not at all in the second second
    for n in 0..300 {
        tap.far(&sine(880.0, n * 480, 480));
        if n % 2 == 0 && !(100..200).contains(&n) {
            tap.near(&mut sine(440.0, n * 480, 960));
        }
    }
    drop(tap);
    wait_for("the end of the file", || matches!(told.try_recv(), Err(mpsc::error::TryRecvError::Disconnected)));
    let [left, right] = decode(&std::fs::read(&path).unwrap());
    assert_eq!(right.len(), 3 * 48_000);
    assert!(strength(&right[9600..], 880.0) > 0.25 && strength(&right[9600..], 440.0) < 0.02);
    assert!(strength(&left[9600..38_400], 440.0) > 0.25);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        matches!(start(&path, RecordingFormat::Wav, false, mpsc::channel(1).0), Err(RecordError::File)),
        "no recording is overwritten"
    );
}

#[test]
fn while_nothing_is_sent_the_left_side_is_silent() {
    let (mut near, sent) = RingBuffer::new(RING);
    let (mut far, received) = RingBuffer::new(RING);
    let mut recorder = Recorder::new(io::Cursor::new(Vec::new()), RecordingFormat::Opus, sent, received).unwrap();
    for n in 0..300 {
        keep(&mut far, &sine(880.0, n * 480, 480));
        if n % 2 == 0 && !(100..200).contains(&n) {
            keep(&mut near, &sine(440.0, n * 480, 960));
        }
        recorder.take(false).unwrap();
    }
    drop((near, far));
    assert!(recorder.is_over());
    recorder.take(true).unwrap();
    let [left, _] = decode(&recorder.file.finish().unwrap().into_inner());
    assert!(strength(&left[9600..45_000], 440.0) > 0.25);
    assert!(strength(&left[60_000..90_000], 440.0) < 0.01, "held");
    assert!(strength(&left[110_000..140_000], 440.0) > 0.25, "and back at its place");
}

#[test]
fn a_wav_file_holds_both_sides_and_plays_while_it_grows() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("call.wav");
    let (tell, mut told) = mpsc::channel(4);
    let mut tap = start(&path, RecordingFormat::Wav, false, tell).unwrap();
    for n in 0..200 {
        tap.far(&sine(880.0, n * 480, 480));
        if n % 2 == 0 {
            tap.near(&mut sine(440.0, n * 480, 960));
        }
    }
    let channel = |channel: usize| -> Vec<f32> {
        let file = std::fs::read(&path).unwrap();
        let length = u32::from_le_bytes(file[40..44].try_into().unwrap()) as usize;
        let frames = file[44..44 + length].chunks_exact(4);
        frames.map(|f| f32::from(i16::from_le_bytes([f[channel * 2], f[channel * 2 + 1]])) / 32_768.0).collect()
    };
    wait_for("sound in the growing file", || channel(1).len() > 48_000);
    drop(tap);
    wait_for("the end of the file", || matches!(told.try_recv(), Err(mpsc::error::TryRecvError::Disconnected)));
    assert_eq!(channel(1).len(), 2 * 48_000);
    assert!(strength(&channel(1), 880.0) > 0.29 && strength(&channel(1), 440.0) < 0.001);
    assert!(strength(&channel(0)[..90_000], 440.0) > 0.29 && strength(&channel(0), 880.0) < 0.001);
}

/// A disk with so many octets left.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Seek for Disk {
    fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
        Ok(0)
    }
}

#[test]
fn a_full_disk_ends_the_recording_and_says_so() {
    let recorder = |room, format| {
        let (near, sent) = RingBuffer::new(RING);
        let (far, received) = RingBuffer::new(RING);
        Recorder::new(Disk(room), format, sent, received).map(|recorder| (recorder, near, far))
    };
    for format in RecordingFormat::ALL {
        assert_eq!(recorder(10, format).err(), Some(RecordError::DiskFull));
    }
    let (mut wav, _near, mut far) = recorder(10_000, RecordingFormat::Wav).unwrap();
    keep(&mut far, &vec![0.3; 48_000]);
    assert_eq!(wav.take(false), Err(RecordError::DiskFull));
    let (mut recorder, _near, mut far) = recorder(2000, RecordingFormat::Opus).unwrap();
    keep(&mut far, &vec![0.3; 48_000]);
    assert_eq!(recorder.take(false), Ok(()), "the first page is not written yet");
    for n in 1..4 {
        keep(&mut far, &sine(300.0, n * 48_000, 48_000));
    }
    assert_eq!(recorder.take(false), Err(RecordError::DiskFull));
}

#[test]
fn the_announcement_is_heard_by_the_other_side() {
    let (near, mut sent) = RingBuffer::new(RING);
    let (far, _) = RingBuffer::new(RING);
    let mut tap = Tap { near, far, announce: true, sent: 0 };
    let mut sound = vec![0.0; 48_000];
    tap.near(&mut sound);
    assert!(strength(&sound[..24_000], 1400.0) > 0.07 && strength(&sound[25_000..], 1400.0) < 0.001);
    assert_eq!(sent.pop(), Ok(sound[0]), "and it is in the file");
    for _ in 0..14 {
        sound.fill(0.0);
        tap.near(&mut sound);
    }
    sound.fill(0.0);
    tap.near(&mut sound);
    assert!(strength(&sound[..24_000], 1400.0) > 0.07, "again after 15 seconds");
}
