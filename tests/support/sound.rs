//! Measures what was heard: the strongest frequency of a stretch of sound, and how pure it is.
use std::path::Path;

/// Mono samples of a 16-bit PCM WAV file and its rate; a file still being written is read as far as it goes.
pub fn read_wav(path: &Path) -> Option<(Vec<f64>, f64)> {
    let bytes = std::fs::read(path).ok()?;
    let field =
        |at: usize, n: usize| bytes.get(at..at + n).map(|b| b.iter().rev().fold(0u32, |v, x| v << 8 | u32::from(*x)));
    let (channels, rate) = (field(22, 2)? as usize, f64::from(field(24, 4)?));
    let data = bytes.windows(4).position(|w| w == b"data")? + 8;
    let samples: Vec<f64> =
        bytes.get(data..)?.chunks_exact(2).map(|b| f64::from(i16::from_le_bytes([b[0], b[1]]))).collect();
    Some((samples.chunks_exact(channels.max(1)).map(|c| c.iter().sum::<f64>() / c.len() as f64).collect(), rate))
}

/// Writes a 16-bit mono WAV file at 48 kHz with a steady tone of so many seconds.
pub fn write_tone(path: &Path, hz: u32, seconds: u32) {
    let samples = seconds * 48_000;
    let mut bytes = Vec::from(*b"RIFF");
    bytes.extend((36 + samples * 2).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1, 0, 1, 0]);
    bytes.extend(48_000_u32.to_le_bytes());
    bytes.extend(96_000_u32.to_le_bytes());
    bytes.extend([2, 0, 16, 0]);
    bytes.extend(b"data");
    bytes.extend((samples * 2).to_le_bytes());
    let sample = |n: u32| (f64::from(n) * f64::from(hz) * std::f64::consts::TAU / 48_000.0).sin() * 9000.0;
    bytes.extend((0..samples).flat_map(|n| (sample(n) as i16).to_le_bytes()));
    std::fs::write(path, bytes).expect("the tone");
}

/// How many samples the file holds now.
pub fn length(path: &Path) -> usize {
    read_wav(path).map_or(0, |(samples, _)| samples.len())
}

/// As [`hears_tone`], from this sample on.
pub fn hears_tone_since(path: &Path, frequency: f64, from: usize) -> bool {
    read_wav(path).is_some_and(|(samples, rate)| holds_tone(samples.get(from..).unwrap_or_default(), rate, frequency))
}

/// Power of one frequency in a stretch of sound (Goertzel), as amplitude.
fn amplitude(samples: &[f64], rate: f64, frequency: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, x) in samples.iter().enumerate() {
        let phase = 2.0 * std::f64::consts::PI * frequency * n as f64 / rate;
        re += x * phase.cos();
        im += x * phase.sin();
    }
    2.0 * re.hypot(im) / samples.len() as f64
}

/// How strong one frequency is from this sample on, in the range of 16 bits.
pub fn strength_since(path: &Path, frequency: f64, from: usize) -> f64 {
    read_wav(path).map_or(0.0, |(samples, rate)| amplitude(samples.get(from..).unwrap_or_default(), rate, frequency))
}

/// Whether the file holds half a second somewhere in which `frequency` makes up most of the sound, and its
/// neighbours 40 Hz away do not.
pub fn hears_tone(path: &Path, frequency: f64) -> bool {
    read_wav(path).is_some_and(|(samples, rate)| holds_tone(&samples, rate, frequency))
}

/// As [`hears_tone`], for samples at hand in the range of 16 bits.
pub fn holds_tone(samples: &[f64], rate: f64, frequency: f64) -> bool {
    halves_with_tone(samples, rate, frequency).any(|holds| holds)
}

/// Share of the half seconds from this sample on that hold the tone, 0.0 to 1.0.
pub fn share_with_tone_since(path: &Path, frequency: f64, from: usize) -> f64 {
    let Some((samples, rate)) = read_wav(path) else { return 0.0 };
    let (holding, all) = halves_with_tone(samples.get(from..).unwrap_or_default(), rate, frequency)
        .fold((0, 0), |(holding, all), holds| (holding + u32::from(holds), all + 1));
    f64::from(holding) / f64::from(all.max(1))
}

/// For each half second, whether it holds the tone.
fn halves_with_tone(samples: &[f64], rate: f64, frequency: f64) -> impl Iterator<Item = bool> + '_ {
    let window = (rate / 2.0) as usize;
    samples.chunks_exact(window.max(1)).map(move |chunk| {
        let rms = (chunk.iter().map(|x| x * x).sum::<f64>() / chunk.len() as f64).sqrt();
        let tone = amplitude(chunk, rate, frequency);
        let beside = amplitude(chunk, rate, frequency - 40.0).max(amplitude(chunk, rate, frequency + 40.0));
        rms > 200.0 && tone / std::f64::consts::SQRT_2 > 0.8 * rms && beside < 0.2 * tone
    })
}
