//! A room that is computed: somebody who speaks, a loudspeaker whose sound comes back to the microphone, and the measures
//! by which echo control is judged. Everything follows from a seed.
#![allow(dead_code)]
use std::f32::consts::TAU;

pub const RATE: usize = 48_000;

/// Numbers that look random (SplitMix64).
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// In -1.0..1.0.
    pub fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    }
    /// In low..high.
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (self.next() + 1.0) / 2.0 * (high - low)
    }
}

/// A resonance of a mouth.
#[derive(Default, Clone, Copy)]
struct Resonance {
    a: [f32; 3],
    past: [f32; 2],
}

impl Resonance {
    fn tune(&mut self, hz: f32, width: f32) {
        let r = (-std::f32::consts::PI * width / RATE as f32).exp();
        let b = 2.0 * r * (TAU * hz / RATE as f32).cos();
        self.a = [1.0 - b + r * r, b, -r * r];
    }
    fn put(&mut self, x: f32) -> f32 {
        let y = self.a[0] * x + self.a[1] * self.past[0] + self.a[2] * self.past[1];
        self.past = [y, self.past[0]];
        y
    }
}

/// Something like speech: syllables of voiced sound with moving resonances, hisses between them, pauses between words.
/// Its peak is `peak`.
pub fn speech(seed: u64, seconds: f32, pitch: f32, peak: f32) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut sound = Vec::new();
    let mut mouth = [Resonance::default(); 4];
    let mut phase = 0.0_f32;
    let mut syllable = 0;
    while sound.len() < (seconds * RATE as f32) as usize {
        syllable += 1;
        if syllable % 5 == 0 {
            sound.extend(std::iter::repeat_n(0.0, (chance.between(0.1, 0.3) * RATE as f32) as usize));
        }
        let hiss = (chance.between(0.03, 0.08) * RATE as f32) as usize;
        let mut last = 0.0;
        for n in 0..hiss {
            let noise = chance.next();
            let shape = (n as f32 / hiss as f32 * std::f32::consts::PI).sin();
            sound.push((noise - last) * 0.06 * shape);
            last = noise;
        }
        let length = (chance.between(0.12, 0.25) * RATE as f32) as usize;
        let (from, to) = (chance.between(250.0, 800.0), chance.between(250.0, 800.0));
        let (second, fourth) = (chance.between(900.0, 2400.0), chance.between(3200.0, 4200.0));
        let tune = pitch * chance.between(0.85, 1.2);
        let mut glottis = 0.0;
        for n in 0..length {
            let part = n as f32 / length as f32;
            if n % 240 == 0 {
                mouth[0].tune(from + (to - from) * part, 90.0);
                mouth[1].tune(second, 120.0);
                mouth[2].tune(2600.0, 180.0);
                mouth[3].tune(fourth, 250.0);
            }
            phase += tune * (1.0 - 0.15 * part) / RATE as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            glottis = glottis * 0.97 + pulse + chance.next() * 0.004;
            let voiced: f32 = mouth.iter_mut().zip([1.0, 0.6, 0.35, 0.2]).map(|(r, g)| r.put(glottis) * g).sum();
            let shape = (part * std::f32::consts::PI).sin().sqrt();
            sound.push(voiced * shape);
        }
    }
    sound.truncate((seconds * RATE as f32) as usize);
    scale(&mut sound, peak);
    sound
}

fn scale(sound: &mut [f32], peak: f32) {
    let highest = sound.iter().fold(0.0_f32, |most, s| most.max(s.abs()));
    sound.iter_mut().for_each(|s| *s *= peak / highest);
}

/// How sound gets from the loudspeaker into the microphone.
#[derive(Clone, Copy)]
pub struct Room {
    /// What a person calls it.
    pub name: &'static str,
    /// In which the sound falls by 60 dB, in ms.
    pub fades: f32,
    /// Of the devices and the air, in ms.
    pub delay: f32,
    /// How much weaker the echo is than what is played, in dB.
    pub loss: f32,
    /// The loudspeaker distorts what is loud.
    pub distorts: bool,
}

pub const ROOMS: [Room; 5] = [
    Room { name: "headset", fades: 30.0, delay: 15.0, loss: 45.0, distorts: false },
    Room { name: "small room", fades: 150.0, delay: 25.0, loss: 12.0, distorts: false },
    Room { name: "living room", fades: 350.0, delay: 60.0, loss: 6.0, distorts: false },
    Room { name: "hall, slow devices", fades: 600.0, delay: 180.0, loss: 12.0, distorts: false },
    Room { name: "cheap loudspeaker", fades: 250.0, delay: 40.0, loss: 3.0, distorts: true },
];

impl Room {
    /// The echo of what is played: a direct way, and reflections that become denser than one can tell apart and decay.
    pub fn echo(&self, seed: u64, played: &[f32]) -> Vec<f32> {
        let mut chance = Chance::new(seed);
        let direct = (self.delay * RATE as f32 / 1000.0) as usize;
        let mut ways = vec![(direct, 1.0_f32)];
        let length = (self.fades * RATE as f32 / 1000.0) as usize;
        let mut at = 0;
        while at < length {
            at += chance.between(40.0, 200.0) as usize;
            let decay = 10_f32.powf(-3.0 * at as f32 / length as f32);
            let sign = if chance.next() < 0.0 { -1.0 } else { 1.0 };
            ways.push((direct + at, 0.35 * sign * decay));
        }
        let strength = 10_f32.powf(-self.loss / 20.0) / ways.iter().map(|(_, g)| g * g).sum::<f32>().sqrt();
        let mut echo = vec![0.0; played.len()];
        let source: Vec<f32> = played.iter().map(|s| if self.distorts { (2.0 * s).tanh() / 2.0 } else { *s }).collect();
        for (delay, gain) in ways {
            let gain = gain * strength;
            echo.iter_mut().skip(delay).zip(&source).for_each(|(to, from)| *to += from * gain);
        }
        echo
    }
}

/// Steady noise at this level, in dB below full scale.
pub fn noise(seed: u64, samples: usize, level: f32) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let strength = 10_f32.powf(-level / 20.0) * 3_f32.sqrt();
    (0..samples).map(|_| chance.next() * strength).collect()
}

/// The power of a sound in dB.
pub fn power(sound: &[f32]) -> f32 {
    10.0 * (sound.iter().map(|s| s * s).sum::<f32>() / sound.len() as f32 + 1e-12).log10()
}

/// How alike the loudness over time of two sounds is in each of 14 third-octave bands from 150 Hz on, averaged over 0.3 s
/// at a time: 1.0 for the same sound, near 0 for an unrelated one. A delay of some ms does not matter.
pub fn likeness(clean: &[f32], heard: &[f32]) -> f32 {
    const SPAN: usize = 28;
    let (clean, heard) = (bands(clean), bands(heard));
    let loudest = clean.iter().map(|b| b.iter().sum::<f32>()).fold(0.0, f32::max);
    let (mut sum, mut count) = (0.0, 0);
    let frames = clean.len().min(heard.len());
    for at in (0..frames.saturating_sub(SPAN)).step_by(SPAN / 2) {
        // silence is like anything
        if clean[at..at + SPAN].iter().map(|b| b.iter().sum::<f32>()).fold(0.0, f32::max) < loudest * 1e-3 {
            continue;
        }
        for band in 0..14 {
            let curve = |of: &[[f32; 14]]| {
                let values: Vec<f32> = of[at..at + SPAN].iter().map(|b| b[band].sqrt()).collect();
                let mean = values.iter().sum::<f32>() / SPAN as f32;
                values.into_iter().map(|v| v - mean).collect::<Vec<_>>()
            };
            let (a, b) = (curve(&clean), curve(&heard));
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            sum += product(&a, &b) / (product(&a, &a) * product(&b, &b) + 1e-20).sqrt();
            count += 1;
        }
    }
    sum / count.max(1) as f32
}

/// The power in each band, every 10.7 ms.
fn bands(sound: &[f32]) -> Vec<[f32; 14]> {
    const SIZE: usize = 1024;
    let window: Vec<f32> = (0..SIZE).map(|n| 0.5 - 0.5 * (TAU * n as f32 / SIZE as f32).cos()).collect();
    let power_of = |frame: &[f32]| {
        let mut spectrum: Vec<(f32, f32)> = frame.iter().zip(&window).map(|(s, w)| (s * w, 0.0)).collect();
        transform(&mut spectrum);
        let mut bands = [0.0; 14];
        for (bin, (re, im)) in spectrum.iter().enumerate().take(SIZE / 2).skip(1) {
            let hz = bin as f32 * RATE as f32 / SIZE as f32;
            let band = ((hz / 150.0).log2() * 3.0 + 0.5).floor();
            if (0.0..14.0).contains(&band) {
                bands[band as usize] += re * re + im * im;
            }
        }
        bands
    };
    sound.windows(SIZE).step_by(SIZE / 2).map(power_of).collect()
}

/// The Fourier transform of a power of two of values, in place.
fn transform(values: &mut [(f32, f32)]) {
    let size = values.len();
    if size == 1 {
        return;
    }
    let (mut even, mut odd): (Vec<_>, Vec<_>) = values.chunks_exact(2).map(|pair| (pair[0], pair[1])).unzip();
    transform(&mut even);
    transform(&mut odd);
    for (k, ((er, ei), (or, oi))) in even.into_iter().zip(odd).enumerate() {
        let (sin, cos) = (-TAU * k as f32 / size as f32).sin_cos();
        let (tr, ti) = (or * cos - oi * sin, or * sin + oi * cos);
        values[k] = (er + tr, ei + ti);
        values[k + size / 2] = (er - tr, ei - ti);
    }
}

/// What echo control made of one room.
pub struct Judged {
    /// Echo against what is left of it, after three seconds, only the other side speaking, in dB.
    pub erle: f32,
    /// Likeness to the near voice while both speak: of what the microphone hears, and of what is sent.
    pub before: f32,
    pub after: f32,
    /// How much weaker the near voice is in what is sent than at the mouth, in dB; both speak.
    pub lost: f32,
    /// Likeness while only the near side speaks.
    pub alone: f32,
}

/// Runs a scene in a room: five seconds of the other side alone, five of both, three of the near side alone.
/// `process` gets 10 ms that are played and 10 ms that are heard, and leaves there what is sent.
pub fn judge(room: &Room, seed: u64, mut process: impl FnMut(&[f32], &mut [f32])) -> Judged {
    let second = |n: usize| n * RATE;
    let mut played = speech(seed, 10.0, 115.0, 0.5);
    played.resize(second(13), 0.0);
    let mut near = vec![0.0; second(5)];
    near.extend(speech(seed + 1, 8.0, 205.0, 0.35));
    let echo = room.echo(seed + 2, &played);
    let hum = noise(seed + 3, second(13), 70.0);
    let heard: Vec<f32> = near.iter().zip(&echo).zip(&hum).map(|((a, b), c)| a + b + c).collect();
    let mut sent = heard.clone();
    for (far, near) in played.chunks_exact(RATE / 100).zip(sent.chunks_exact_mut(RATE / 100)) {
        process(far, near);
    }
    let late = lateness(&near[second(11)..second(12)], &sent[second(11)..]);
    let (from, both, after) = (second(3)..second(5), second(6)..second(10), second(11)..second(12));
    let sent_in = |span: &std::ops::Range<usize>| &sent[span.start + late..span.end + late];
    Judged {
        erle: power(&heard[from.clone()]) - power(&sent[from]),
        before: likeness(&near[both.clone()], &heard[both.clone()]),
        after: likeness(&near[both.clone()], sent_in(&both)),
        lost: power(&near[both.clone()]) - power(sent_in(&both)),
        alone: likeness(&near[after.clone()], sent_in(&after)),
    }
}

/// By how many samples the second sound comes later than the first, at most 20 ms.
fn lateness(first: &[f32], second: &[f32]) -> usize {
    let product = |late: &usize| first.iter().zip(&second[*late..]).map(|(a, b)| a * b).sum::<f32>();
    (0..RATE / 50).step_by(8).max_by(|a, b| product(a).total_cmp(&product(b))).unwrap_or(0)
}
