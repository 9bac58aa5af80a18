//! The only room that imports cpal: devices, realtime callbacks, lock-free rings, tones, levels.
//! It sees PCM only: 48 kHz, mono, `f32` in -1.0..=1.0. It knows no codec and no call.
use serde::{Deserialize, Serialize};

/// Sample rate of every ring, in Hz.
pub const RATE: u32 = 48_000;
/// Samples in 20 ms.
pub const FRAME: usize = 960;

/// Samples a ring holds: 200 ms.
const RING: usize = 10 * FRAME;

/// One sound device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Stable id for the configuration.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// It is the desktop's default.
    pub default: bool,
}

/// All sound devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// Microphones.
    pub inputs: Vec<Device>,
    /// Loudspeakers and headsets.
    pub outputs: Vec<Device>,
}

/// Which devices to use. `None`: the default; `Some("null")`: silence, on purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceChoice {
    /// Microphone id.
    pub input: Option<String>,
    /// Loudspeaker id.
    pub output: Option<String>,
    /// Device for ringing; `None`: the same as `output`.
    pub ring: Option<String>,
}

/// What of a stream could not be opened; silence takes its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Faults {
    /// The other side hears silence.
    pub no_microphone: bool,
    /// Nothing is heard here.
    pub no_loudspeaker: bool,
}

/// An open microphone and loudspeaker. Devices stop when it is dropped.
#[derive(Debug)]
pub struct AudioStream {
    /// What the microphone hears: 48 kHz, mono. Filled in real time, also by the null device.
    pub capture: rtrb::Consumer<f32>,
    /// What the loudspeaker plays: 48 kHz, mono. Drained in real time, also by the null device.
    pub playback: rtrb::Producer<f32>,
    faults: Faults,
    levels: Levels,
}

impl AudioStream {
    /// A stream on no device: what is put into the first end is what its microphone hears, what comes out of the second
    /// end is what its loudspeaker plays, and whoever holds them is the clock (a voice or an echo of the exchange).
    pub(crate) fn loose() -> (Self, rtrb::Producer<f32>, rtrb::Consumer<f32>) {
        let (spoken, capture) = rtrb::RingBuffer::new(RING);
        let (playback, heard) = rtrb::RingBuffer::new(RING);
        (Self { capture, playback, faults: Faults::default(), levels: Levels::default() }, spoken, heard)
    }
    /// What could not be opened.
    pub const fn faults(&self) -> Faults {
        self.faults
    }
    /// Its meters.
    pub fn levels(&self) -> Levels {
        self.levels.clone()
    }
}

/// Peak meters of a stream; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Levels {}

impl Levels {
    /// Microphone and loudspeaker peaks in 0.0..=1.0 since the last call.
    pub fn take_peaks(&self) -> (f32, f32) {
        (0.0, 0.0)
    }
}

/// Sounds that are not a call's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls.
    Ring,
    /// Somebody calls during a call.
    Waiting,
    /// It rings at the other side.
    RingBack,
    /// A short tone to try the loudspeaker.
    Test,
}

/// Plays one tone at a time on the ring device (rings) or the loudspeaker (the others).
#[derive(Debug, Default)]
pub struct Ringer {}

impl Ringer {
    /// Silent.
    pub fn new() -> Self {
        Self::default()
    }
    /// Plays from now on, instead of what played before; [`Tone::Test`] ends by itself.
    pub fn play(&mut self, _tone: Tone, _choice: &DeviceChoice) {}
    /// Silence.
    pub fn stop(&mut self) {}
}

/// Both devices open, to look at the meters, with a test tone if asked.
#[derive(Debug)]
pub struct SoundTest {}

impl SoundTest {
    /// Opens the devices.
    pub fn start(_choice: &DeviceChoice, _tone: bool) -> Self {
        Self {}
    }
    /// As [`Levels::take_peaks`].
    pub fn take_peaks(&self) -> (f32, f32) {
        (0.0, 0.0)
    }
}

/// All devices.
pub fn devices() -> Devices {
    Devices::default()
}

/// Opens the chosen devices.
pub fn open(_choice: &DeviceChoice) -> AudioStream {
    let (_, capture) = rtrb::RingBuffer::new(9600);
    let (playback, _) = rtrb::RingBuffer::new(9600);
    AudioStream { capture, playback, faults: Faults::default(), levels: Levels::default() }
}
