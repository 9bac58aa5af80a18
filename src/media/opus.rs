//! Opus as we speak it (RFC 6716, RFC 7587): what the other side wishes and what the line needs become settings of the
//! encoder; a lost packet is taken from one behind it, else made up. It knows no packets' numbers and no time of day.
use super::{
    libopus::{self, Fault, Setting},
    redundancy::{Protection, Redundancy},
};
use std::time::{Duration, Instant};

/// Longest sound of one packet: 120 ms at 48 kHz.
pub(super) const LONGEST: usize = 5760;
/// Most octets of one packet.
const ROOM: usize = 1275;
/// 3001 in libopus: voice.
const VOICE: i32 = 3001;
/// The decoder's effort: from 5 on it conceals by a neural network. Measured at 10 % loss: PESQ-WB better by 0.2, for a
/// tenth of a percent of a core.
const DECODING: i32 = 5;

/// What the other side's decoder wishes (RFC 7587 section 6.1). Whether it prefers stereo does not matter: ours is mono.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wishes {
    bitrate: Option<i32>,
    fec: bool,
    dtx: bool,
    constant: bool,
    /// Highest sound it plays, as libopus names bandwidths.
    bandwidth: i32,
}

impl Wishes {
    fn read(parameters: &str) -> Self {
        let wish = |name: &str| {
            let named = parameters.split(';').filter_map(|p| p.split_once('='));
            named.filter(|(n, _)| n.trim().eq_ignore_ascii_case(name)).find_map(|(_, v)| v.trim().parse::<i32>().ok())
        };
        let bandwidth = match wish("maxplaybackrate") {
            Some(..=8_000) => 1101,
            Some(..=12_000) => 1102,
            Some(..=16_000) => 1103,
            Some(..=24_000) => 1104,
            _ => 1105,
        };
        Self {
            bitrate: wish("maxaveragebitrate").map(|most| most.clamp(6_000, 510_000)),
            fec: wish("useinbandfec") == Some(1),
            dtx: wish("usedtx") == Some(1),
            constant: wish("cbr") == Some(1),
            bandwidth,
        }
    }

    /// What of a protection these wishes leave: a peer that wants no FEC gets no redundancy at all.
    fn allow(&self, wanted: Protection) -> Protection {
        let bitrate = self.bitrate.map_or(wanted.bitrate, |most| most.min(wanted.bitrate));
        // below this, redundancy would take more from the voice than losses do
        let deep = if self.fec && bitrate >= 40_000 { wanted.deep } else { 0 };
        // each copy is as long as the packet
        let copies = if bitrate >= wanted.bitrate { wanted.copies } else { 0 };
        Protection { bitrate, deep, copies, ..wanted }
    }
}

/// How much work the encoder may do: as much as this machine does in a small part of a packet's time.
#[derive(Debug)]
struct Effort {
    complexity: i32,
    most: i32,
    /// Smoothed share of the time that encoding takes.
    share: f32,
    packets: u32,
}

impl Effort {
    /// Above these the ear gains nothing that a table of PESQ shows: with deep redundancy, and without.
    const MOST_DEEP: i32 = 9;
    const MOST: i32 = 5;
    const LEAST: i32 = 3;
    /// Shares of one core above and below which the effort changes.
    const TOO_MUCH: f32 = 0.12;
    const LITTLE: f32 = 0.03;
    /// Packets between two changes: a second.
    const PACKETS: u32 = 50;

    const fn new() -> Self {
        Self { complexity: Self::MOST, most: Self::MOST, share: 0.0, packets: 0 }
    }

    /// The redundancy has changed; gives the complexity.
    const fn bound(&mut self, deep: bool) -> i32 {
        self.most = if deep { Self::MOST_DEEP } else { Self::MOST };
        self.complexity = self.most;
        self.complexity
    }

    /// A packet of so much sound took so long; gives a new complexity.
    fn spent(&mut self, work: Duration, sound: Duration) -> Option<i32> {
        let share = work.as_secs_f32() / sound.as_secs_f32().max(0.001);
        // one packet during which another program ran says nothing
        self.share += (share.min(1.0) - self.share) / 16.0;
        self.packets += 1;
        if self.packets < Self::PACKETS {
            return None;
        }
        let by = match self.share {
            s if s > Self::TOO_MUCH => -2,
            s if s < Self::LITTLE => 1,
            _ => 0,
        };
        let complexity = (self.complexity + by).clamp(Self::LEAST, self.most);
        self.packets = 0;
        (std::mem::replace(&mut self.complexity, complexity) != complexity).then_some(complexity)
    }
}

/// Sound to packets.
#[derive(Debug)]
pub(super) struct Encoder {
    encoder: libopus::Encoder,
    wishes: Wishes,
    redundancy: Redundancy,
    copies: usize,
    effort: Effort,
}

impl Encoder {
    /// `parameters`: what the other side's decoder wishes (`a=fmtp`); `copies`: packets may carry those before them.
    pub(super) fn new(parameters: &str, copies: bool) -> Result<Self, Fault> {
        let wishes = Wishes::read(parameters);
        let mut encoder = libopus::Encoder::new()?;
        let effort = Effort::new();
        for (setting, value) in [
            (Setting::Signal, VOICE),
            (Setting::Fec, i32::from(wishes.fec)),
            (Setting::Dtx, i32::from(wishes.dtx)),
            (Setting::Vbr, i32::from(!wishes.constant)),
            (Setting::Bandwidth, wishes.bandwidth),
        ] {
            encoder.set(setting, value)?;
        }
        let redundancy = Redundancy::new(copies);
        let mut encoder = Self { encoder, wishes, redundancy, copies: 0, effort };
        encoder.protect(encoder.redundancy.protection())?;
        Ok(encoder)
    }

    fn protect(&mut self, wanted: Protection) -> Result<(), Fault> {
        let Protection { bitrate, loss, deep, copies } = self.wishes.allow(wanted);
        self.copies = copies;
        self.encoder.set(Setting::Bitrate, bitrate)?;
        self.encoder.set(Setting::Loss, loss)?;
        self.encoder.set(Setting::Complexity, self.effort.bound(deep > 0))?;
        self.encoder.set(Setting::Dred, deep)
    }

    /// One packet in place of what `out` held; empty where silence needs none.
    pub(super) fn encode(&mut self, sound: &[f32], out: &mut Vec<u8>) -> Result<(), Fault> {
        out.clear();
        out.resize(ROOM, 0);
        let begun = Instant::now();
        let length = self.encoder.encode(sound, out);
        out.truncate(*length.as_ref().unwrap_or(&0));
        length?;
        // one or two octets are libopus's way to say that nothing need be sent
        if self.wishes.dtx && out.len() <= 2 {
            out.clear();
        }
        let time = Duration::from_micros(sound.len() as u64 * 1_000 / 48);
        if let Some(complexity) = self.effort.spent(begun.elapsed(), time) {
            self.encoder.set(Setting::Complexity, complexity)?;
        }
        Ok(())
    }

    /// How many packets should be sent once more with each.
    pub(super) const fn copies(&self) -> usize {
        self.copies
    }

    /// The other side reports a loss, of 256.
    pub(super) fn reported(&mut self, fraction: u8, now: Instant) -> Result<(), Fault> {
        let changed = self.redundancy.reported(fraction, now);
        changed.map_or(Ok(()), |protection| self.protect(protection))
    }
}

/// Packets to sound.
#[derive(Debug)]
pub(super) struct Decoder(libopus::Decoder);

impl Decoder {
    pub(super) fn new() -> Result<Self, Fault> {
        libopus::Decoder::new(DECODING).map(Self)
    }

    /// Sound of a packet in place of what `out` held; tells whether it was one.
    pub(super) fn decode(&mut self, packet: &[u8], out: &mut Vec<f32>) -> bool {
        self.run(packet, false, LONGEST, out)
    }

    /// So many samples in place of lost ones; `ahead`: the next packet that is there, and how many samples after the
    /// lost ones' beginning its own sound begins.
    pub(super) fn conceal(&mut self, samples: usize, ahead: Option<(usize, &[u8])>, out: &mut Vec<f32>) {
        let samples = (samples / 120 * 120).clamp(120, LONGEST); // steps of 2.5 ms
        if let Some((before, packet)) = ahead {
            // where a part was made up already, the rest of what the packet repeats
            let whole = libopus::samples(packet).unwrap_or(samples).max(samples);
            if before == samples && libopus::has_fec(packet) && self.run(packet, true, whole, out) {
                out.drain(..out.len().saturating_sub(samples));
                return;
            }
            out.clear();
            out.resize(samples, 0.0);
            if self.0.recover(packet, before, out) == Ok(true) {
                return;
            }
        }
        self.run(&[], false, samples, out);
    }

    fn run(&mut self, packet: &[u8], redundant: bool, room: usize, out: &mut Vec<f32>) -> bool {
        out.clear();
        out.resize(room, 0.0);
        let samples = self.0.decode(packet, redundant, out);
        out.truncate(*samples.as_ref().unwrap_or(&0));
        samples.is_ok()
    }
}

/// How many samples a packet holds; `None`: it is no Opus.
pub(super) fn samples(packet: &[u8]) -> Option<usize> {
    libopus::samples(packet)
}

#[cfg(test)]
#[path = "opus_tests.rs"]
mod tests;
