//! The only room that imports cpal: devices, realtime callbacks, lock-free rings, tones, levels.
//! It sees PCM only: 48 kHz, mono, `f32` in -1.0..=1.0. It knows no codec and no call.
use serde::{Deserialize, Serialize};

/// Sample rate of every ring, in Hz.
pub const RATE: u32 = 48_000;
/// Samples in 20 ms.
pub const FRAME: usize = 960;

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
