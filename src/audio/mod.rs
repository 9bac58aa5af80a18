//! The only room that imports cpal: devices, realtime callbacks, lock-free rings, tones, levels.
//! It sees PCM only: 48 kHz, mono, `f32` in -1.0..=1.0. It knows no codec and no call.
mod alsa;
mod cards;
mod choice;
mod convert;
mod gain;
mod hold;
mod level;
mod loan;
mod mixer;
mod paced;
mod pull;
mod pulse;
pub mod realtime;
mod ringer;
mod stream;
mod tone;
pub mod voice;
mod wav;
mod worker;

pub use choice::DeviceChoice;
pub(crate) use convert::resample;
pub use gain::Gain;
pub use hold::{HoldSound, hold, tune as hold_tune};
pub use level::{Faults, Levels, Meter};
pub use mixer::Conference;
pub use pull::Pull;
pub use ringer::{Ringer, SoundTest};
pub use tone::{Country, Tone};
pub(crate) use wav::parse_mono as parse_wav;

use gain::Volume;
use serde::{Deserialize, Serialize};
use std::{
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use voice::Voice;
use worker::Worker;

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
    /// It is used where none is chosen: the desktop's default, unless that is wireless.
    pub default: bool,
    /// Its sound goes by radio: it is used only when it is chosen.
    #[serde(default)]
    pub wireless: bool,
}

/// All sound devices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// Microphones.
    pub inputs: Vec<Device>,
    /// Loudspeakers and headsets.
    pub outputs: Vec<Device>,
}

/// An open microphone and loudspeaker. Devices stop when it is dropped.
#[derive(Debug)]
pub struct AudioStream {
    /// What the microphone hears: 48 kHz, mono. Filled in real time, also by the null device.
    pub capture: rtrb::Consumer<f32>,
    /// What the loudspeaker plays: 48 kHz, mono. Drained in real time, also by the null device.
    pub playback: rtrb::Producer<f32>,
    /// Wakes who serves it; what asks takes nothing that lies ready.
    pub pull: Pull,
    levels: Levels,
    voice: Option<Voice>,
    volume: Volume,
    /// Held for their drop.
    workers: Vec<Worker>,
}

impl AudioStream {
    /// A stream on no device: what is put into the first end is what its microphone hears, what comes out of the second
    /// end is what its loudspeaker plays, and whoever holds them is the clock (a voice or an echo of the exchange).
    pub fn loose() -> (Self, rtrb::Producer<f32>, rtrb::Consumer<f32>) {
        let (spoken, capture) = rtrb::RingBuffer::new(RING);
        let (playback, heard) = rtrb::RingBuffer::new(RING);
        (Self::new(capture, playback, Levels::default(), None, Vec::new()), spoken, heard)
    }
    fn new(
        capture: rtrb::Consumer<f32>,
        playback: rtrb::Producer<f32>,
        levels: Levels,
        voice: Option<Voice>,
        workers: Vec<Worker>,
    ) -> Self {
        Self { capture, playback, pull: Pull::default(), levels, voice, volume: Volume::default(), workers }
    }
    /// Plays as loud as this knob says from now on.
    pub fn follow(&mut self, knob: Gain) {
        self.volume = Volume::of(knob);
    }
    /// Plays a piece, all of it or nothing; `false` when the ring has no room.
    pub fn play(&mut self, piece: &[f32]) -> bool {
        let piece = self.volume.apply(piece);
        let played = self.playback.push_entire_slice(piece).is_ok();
        if let Some(voice) = self.voice.as_mut().filter(|_| played) {
            voice.far(piece);
        }
        played
    }
    /// Hears a piece, in whole tens of milliseconds, with echo and noise taken out as chosen; `false` when not so much has
    /// been heard yet.
    pub fn hear(&mut self, piece: &mut [f32]) -> bool {
        let heard = self.capture.pop_entire_slice(piece).is_ok();
        if let Some(voice) = self.voice.as_mut().filter(|_| heard) {
            let played = self.playback.buffer().capacity() - self.playback.slots();
            voice.near(piece, played + self.capture.slots());
        }
        heard
    }
    /// What is missing now; a device may go and come back later.
    pub fn faults(&self) -> Faults {
        self.levels.faults()
    }
    /// Its meters.
    pub fn levels(&self) -> Levels {
        self.levels.clone()
    }
}

/// All devices; those last known when a sound server does not answer within a second.
pub fn devices() -> Devices {
    static LAST: Mutex<Option<Devices>> = Mutex::new(None);
    static LOOKING: AtomicBool = AtomicBool::new(false);
    let last = || LAST.lock().ok().and_then(|last| last.clone()).unwrap_or_default();
    if LOOKING.swap(true, Ordering::AcqRel) {
        return last(); // an earlier look still waits for the server
    }
    let (tell, found) = std::sync::mpsc::sync_channel(1);
    let looker = std::thread::Builder::new().name("devices".to_owned()).spawn(move || {
        let devices = cards::list();
        if let Ok(mut last) = LAST.lock() {
            *last = Some(devices.clone());
        }
        LOOKING.store(false, Ordering::Release);
        let _ = tell.send(devices); // who asked may not wait any longer
    });
    if looker.is_err() {
        LOOKING.store(false, Ordering::Release);
    }
    found.recv_timeout(Duration::from_secs(1)).unwrap_or_else(|_| last())
}

/// Opens the chosen devices, within half a second; what opens later is heard later.
pub fn open(choice: &DeviceChoice) -> AudioStream {
    stream::open(choice)
}
