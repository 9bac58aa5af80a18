//! The sending half: sound in frames of one packet, packets out; keys go in place of sound. The microphone is the clock;
//! where it stalls, [`Pacer`] keeps the packets coming. Sans-IO: `now` is given.
use super::{
    MediaError,
    codec::Encoder,
    dtmf::{KeySender, Turn},
    negotiate::Agreed,
    packet::Rtp,
    red,
    rtcp::Sent,
};
use crate::domain::session::Codec;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Packets kept to be sent once more.
const KEPT: usize = 3;

/// The half.
#[derive(Debug)]
pub(super) struct Sender {
    ssrc: u32,
    sequence: u16,
    /// Timestamp of the first sample, and samples at 48 kHz since then.
    base: u32,
    samples: u64,
    codec: Codec,
    number: u8,
    parameters: String,
    ptime: u16,
    events: Option<(u8, u32)>,
    /// Under which number packets carry those before them.
    redundant: Option<u8>,
    /// Those before, without a gap: their time and payload, the newest last.
    before: VecDeque<(u32, Vec<u8>)>,
    wrapped: Vec<u8>,
    encoder: Encoder,
    keys: KeySender,
    /// The next packet is the first after a silence.
    mark: bool,
    packets: u32,
    octets: u32,
    payload: Vec<u8>,
}

/// A random number for an identity on the wire (RFC 3550 section 8.1).
pub(super) fn random() -> u32 {
    let mut bytes = [0; 4];
    // without a source of randomness identities collide at worst with the other side's
    let _ = getrandom::fill(&mut bytes);
    u32::from_ne_bytes(bytes)
}

impl Sender {
    pub(super) fn new(agreed: &Agreed) -> Result<Self, MediaError> {
        Ok(Self {
            ssrc: random(),
            sequence: random() as u16 & 0x7FFF, // not near the wrap: some peers lose count there
            base: random(),
            samples: 0,
            codec: agreed.codec,
            number: agreed.number,
            parameters: agreed.parameters.clone(),
            ptime: agreed.ptime,
            events: agreed.events_out,
            redundant: agreed.redundant_out,
            before: VecDeque::new(),
            wrapped: Vec::new(),
            encoder: Encoder::new(agreed.codec, &agreed.parameters, agreed.redundant_out.is_some())?,
            keys: KeySender::new(),
            mark: true,
            packets: 0,
            octets: 0,
            payload: Vec::new(),
        })
    }

    /// A later agreement. Another clock is another stream (RFC 7160), so it gets another SSRC.
    pub(super) fn agree(&mut self, agreed: &Agreed) -> Result<(), MediaError> {
        let same = (self.codec, &self.parameters, self.redundant.is_some())
            == (agreed.codec, &agreed.parameters, agreed.redundant_out.is_some());
        if !same {
            self.encoder = Encoder::new(agreed.codec, &agreed.parameters, agreed.redundant_out.is_some())?;
            self.parameters.clone_from(&agreed.parameters);
        }
        if self.codec.clock() != agreed.codec.clock() {
            (self.ssrc, self.base, self.samples) = (random(), random(), 0);
            (self.packets, self.octets) = (0, 0);
        }
        (self.codec, self.number, self.ptime, self.events) =
            (agreed.codec, agreed.number, agreed.ptime, agreed.events_out);
        self.redundant = agreed.redundant_out;
        self.before.clear();
        self.mark = true;
        Ok(())
    }

    /// Samples of one packet.
    pub(super) fn frame(&self) -> usize {
        usize::from(self.ptime) * 48
    }

    fn timestamp(&self) -> u32 {
        let units = self.samples * u64::from(self.codec.clock()) / 48_000;
        self.base.wrapping_add(units as u32)
    }

    /// One packet time: writes what is to be sent; tells whether there is something.
    pub(super) fn packet(&mut self, sound: &[f32], out: &mut Vec<u8>) -> bool {
        let timestamp = self.timestamp();
        self.samples += sound.len() as u64;
        let turn =
            self.events.map_or(Turn::Sound, |(_, clock)| self.keys.turn(timestamp, sound.len() as u32 / 48, clock));
        // the encoder hears the sound beneath a key, too: it goes on without a jump
        let encoded = self.encoder.encode(sound, &mut self.payload);
        let earlier = self.before.iter().map(|(time, payload)| (timestamp.wrapping_sub(*time), payload.as_slice()));
        let copies = self.encoder.copies();
        let number = self.redundant.filter(|_| copies > 0);
        if number.is_some() {
            let spare = self.before.len().saturating_sub(copies);
            red::write(earlier.skip(spare), self.number, &self.payload, &mut self.wrapped);
        }
        let packet = match (&turn, self.events) {
            (Turn::Event(event), Some((number, _))) => Rtp {
                marker: event.marker,
                payload_type: number,
                sequence: self.sequence,
                timestamp: event.timestamp,
                ssrc: self.ssrc,
                payload: &event.payload,
            },
            _ if !encoded => {
                self.before.clear();
                self.mark = true; // silence of which nothing is sent (RFC 7587 section 3.1.3)
                return false;
            }
            _ => Rtp {
                marker: std::mem::take(&mut self.mark),
                payload_type: number.unwrap_or(self.number),
                sequence: self.sequence,
                timestamp,
                ssrc: self.ssrc,
                payload: if number.is_some() { &self.wrapped } else { &self.payload },
            },
        };
        packet.write(out);
        self.packets = self.packets.wrapping_add(1);
        self.octets = self.octets.wrapping_add(packet.payload.len() as u32);
        self.sequence = self.sequence.wrapping_add(1);
        if matches!(turn, Turn::Event(_)) {
            self.before.clear(); // where a packet stands in the next one tells its number
        } else if self.redundant.is_some() {
            self.before.push_back((timestamp, self.payload.clone()));
            self.before.drain(..self.before.len().saturating_sub(KEPT));
        }
        true
    }

    /// Time passes in which nothing is sent.
    pub(super) fn skip(&mut self, samples: usize) {
        self.samples += samples as u64;
        self.before.clear();
        self.mark = true;
    }

    /// Queues keys; tells how many cannot be sent.
    pub(super) fn push_keys(&mut self, keys: &str) -> usize {
        if self.events.is_none() { keys.chars().count() } else { self.keys.push(keys) }
    }

    /// The other side reports a loss, of 256.
    pub(super) fn reported(&mut self, fraction: u8, now: Instant) {
        self.encoder.reported(fraction, now);
    }

    pub(super) const fn ssrc(&self) -> u32 {
        self.ssrc
    }

    /// Its timestamps' units in a second.
    pub(super) const fn clock(&self) -> u32 {
        self.codec.clock()
    }

    /// For the sender's report, once something was sent.
    pub(super) fn sent(&self, ntp: u64) -> Option<Sent> {
        let (packets, octets) = (self.packets, self.octets);
        (packets > 0).then(|| Sent { ntp, timestamp: self.timestamp(), packets, octets })
    }
}

/// When to send: as the microphone delivers; when it stalls, silence at the same pace.
#[derive(Debug)]
pub(super) struct Pacer {
    last: Instant,
    /// Samples of silence sent in place of sound that may still come.
    instead: usize,
}

/// A microphone that delivers nothing for so long, beyond a packet's time, has stalled.
const STALL: Duration = Duration::from_millis(40);

/// Samples that wait beyond a packet's: more than 100 ms came at once from a device that thinks in large buffers.
const PILE: usize = 4_800;

/// What to send now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// A frame of sound, after leaving so many samples out.
    Sound { skip: usize },
    /// A frame of silence.
    Silence,
    /// Nothing yet.
    Wait,
}

impl Pacer {
    pub(super) const fn new(now: Instant) -> Self {
        Self { last: now, instead: 0 }
    }

    /// With so many samples in the ring.
    pub(super) fn next(&mut self, now: Instant, available: usize, frame: usize) -> Pace {
        if available >= frame {
            // what comes in a burst after a stall is late by what was sent in its place
            let behind = available - frame;
            // and what piled up while nobody took it would be late for ever
            let skip = if behind > PILE { behind } else { behind.min(self.instead) };
            self.instead = 0;
            self.last = now;
            return Pace::Sound { skip };
        }
        let time = Duration::from_micros(frame as u64 * 1_000_000 / 48_000);
        if now.saturating_duration_since(self.last) < time + STALL {
            return Pace::Wait;
        }
        self.last = (self.last + time).max(now.checked_sub(time + STALL).unwrap_or(now));
        self.instead += frame;
        Pace::Silence
    }
}

#[cfg(test)]
#[path = "send_tests.rs"]
mod tests;
