//! A call as a file: what was sent on the left, what was received on the right, as Opus or as WAV. The media's thread hands sound over
//! through rings and waits for nothing; a thread of its own encodes and writes. A disk that is full ends the recording only.
use super::{
    MediaEvent,
    ogg::{self, FRAME},
    wav,
};
use crate::domain::call::RecordingFormat;
use rtrb::{Consumer, Producer, RingBuffer};
use std::{
    fs::OpenOptions,
    io::{self, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    thread,
    time::Duration,
};
use tokio::sync::mpsc;

/// Samples a ring holds: 4 s, for a disk that is slow.
const RING: usize = 4 * 48_000;
/// Both directions come in lumps: so much is kept back before a frame is taken, 120 ms.
const BEHIND: usize = 6 * FRAME;
/// What one direction has more than the other beyond this is left out: it would drift apart.
const APART: usize = 3 * BEHIND;
/// How often the rings are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Two voices at full bandwidth, in bits per second.
const BITRATE: i32 = 48_000;
/// The tone that says that a call is recorded: 1400 Hz, half a second every 15 seconds, in samples.
const BEEP_EVERY: u64 = 15 * 48_000;
const BEEP: u64 = 24_000;
const BEEP_HZ: f32 = 1400.0;

/// Why a call is not, or no longer, recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// No room is left.
    #[error("the disk is full")]
    DiskFull,
    /// The file cannot be written.
    #[error("the recording cannot be written")]
    File,
    /// No thread, or the encoder refuses.
    #[error("the recording does not start")]
    System,
}

impl From<io::Error> for RecordError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => {
                tracing::warn!(?kind, "a recording cannot be written");
                Self::File
            }
        }
    }
}

/// The media's side: sound goes in. The file ends when it is dropped.
#[derive(Debug)]
pub(super) struct Tap {
    near: Producer<f32>,
    far: Producer<f32>,
    announce: bool,
    sent: u64,
}

impl Tap {
    /// This is sent: the announcement is put into it.
    pub(super) fn near(&mut self, sound: &mut [f32]) {
        for sample in sound.iter_mut().filter(|_| self.announce) {
            let at = self.sent % BEEP_EVERY;
            self.sent += 1;
            if at < BEEP {
                // quiet enough to speak over, faded within 10 ms
                let fade = (at.min(BEEP - at) as f32 / 480.0).min(1.0);
                *sample += (at as f32 * BEEP_HZ / 48_000.0 * std::f32::consts::TAU).sin() * 0.08 * fade;
            }
        }
        keep(&mut self.near, sound);
    }
    /// This is played.
    pub(super) fn far(&mut self, sound: &[f32]) {
        keep(&mut self.far, sound);
    }
}

/// A disk that hangs for seconds costs a piece of the recording, never the call.
fn keep(ring: &mut Producer<f32>, sound: &[f32]) {
    let _ = ring.push_entire_slice(sound);
}

/// Starts a recording into a new file (0600).
///
/// # Errors
/// [`RecordError`] when it cannot be made; what fails later is told as [`MediaEvent::RecordingFailed`].
pub(super) fn start(
    path: &Path,
    format: RecordingFormat,
    announce: bool,
    tell: mpsc::Sender<MediaEvent>,
) -> Result<Tap, RecordError> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let (near, sent) = RingBuffer::new(RING);
    let (far, received) = RingBuffer::new(RING);
    let mut recorder = Recorder::new(file, format, sent, received)?;
    let run = move || {
        let ended = loop {
            thread::sleep(LOOK);
            let over = recorder.is_over();
            match recorder.take(over) {
                Ok(()) if over => break recorder.finish(),
                Ok(()) => {}
                Err(error) => break Err(error),
            }
        };
        if let Err(error) = ended {
            let _ = tell.blocking_send(MediaEvent::RecordingFailed(error)); // the call may be over
        }
    };
    thread::Builder::new().name("recorder".to_owned()).spawn(run).map_err(|_| RecordError::System)?;
    Ok(Tap { near, far, announce, sent: 0 })
}

/// The other side of the rings.
struct Recorder<W: Write + Seek> {
    sent: Consumer<f32>,
    received: Consumer<f32>,
    file: Form<W>,
    both: Vec<f32>,
}

/// The file, in its format.
enum Form<W: Write + Seek> {
    Opus { encoder: Box<opus::Encoder>, packet: Vec<u8>, file: ogg::Writer<W> },
    Wav(wav::Writer<W>),
}

impl<W: Write + Seek> Form<W> {
    fn new(to: W, format: RecordingFormat) -> Result<Self, RecordError> {
        if format == RecordingFormat::Wav {
            return Ok(Self::Wav(wav::Writer::new(to)?));
        }
        let refused = |error: opus::Error| {
            tracing::error!(%error, "Opus");
            RecordError::System
        };
        let mut encoder =
            opus::Encoder::new(48_000, opus::Channels::Stereo, opus::Application::Audio).map_err(refused)?;
        encoder.set_bitrate(opus::Bitrate::Bits(BITRATE)).map_err(refused)?;
        // an old PC encodes the call itself besides
        encoder.set_complexity(3).map_err(refused)?;
        let skip = u16::try_from(encoder.get_lookahead().map_err(refused)?).unwrap_or_default();
        let file = ogg::Writer::new(to, 2, skip)?;
        Ok(Self::Opus { encoder: Box::new(encoder), packet: Vec::new(), file })
    }

    /// Takes [`FRAME`] samples of both channels by turns.
    fn write(&mut self, both: &[f32]) -> Result<(), RecordError> {
        match self {
            Self::Opus { encoder, packet, file } => {
                packet.resize(1275, 0);
                let length = encoder.encode_float(both, packet).map_err(|_| RecordError::System)?;
                file.packet(packet.get(..length).unwrap_or_default())?;
            }
            Self::Wav(file) => file.write(both)?,
        }
        Ok(())
    }

    /// So far it plays.
    fn settle(&mut self) -> Result<(), RecordError> {
        if let Self::Wav(file) = self {
            file.head()?;
        }
        Ok(())
    }

    fn finish(self) -> Result<W, RecordError> {
        Ok(match self {
            Self::Opus { file, .. } => file.finish()?,
            Self::Wav(file) => file.finish()?,
        })
    }
}

impl<W: Write + Seek> Recorder<W> {
    fn new(to: W, format: RecordingFormat, sent: Consumer<f32>, received: Consumer<f32>) -> Result<Self, RecordError> {
        Ok(Self { sent, received, file: Form::new(to, format)?, both: Vec::new() })
    }

    fn is_over(&self) -> bool {
        self.sent.is_abandoned() && self.received.is_abandoned()
    }

    /// Writes what both directions have; what is played is the clock, for it goes on while nothing is sent.
    fn take(&mut self, all: bool) -> Result<(), RecordError> {
        let behind = if all { 0 } else { BEHIND };
        while self.received.slots() >= FRAME + behind {
            if self.sent.slots() > self.received.slots() + APART
                && let Ok(chunk) = self.sent.read_chunk(self.sent.slots() - self.received.slots())
            {
                chunk.commit_all();
            }
            self.both.clear();
            for _ in 0..FRAME {
                self.both.extend([self.sent.pop().unwrap_or(0.0), self.received.pop().unwrap_or(0.0)]);
            }
            self.file.write(&self.both)?;
        }
        self.file.settle()
    }

    fn finish(self) -> Result<(), RecordError> {
        self.file.finish()?.flush()?;
        Ok(())
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
