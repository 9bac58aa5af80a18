//! The receiving half: packets in, sound out when the loudspeaker asks for it. It follows whatever stream speaks: gateways
//! change the SSRC in mid-call, and who ignores the second one hears nothing. Sans-IO: `now` is given.
use super::{
    codec::{self, Decoder},
    comfort,
    dtmf::KeyReceiver,
    jitter::{Fate, JitterBuffer, Next, Voice},
    negotiate::Agreed,
    packet::Rtp,
    pitch,
    reception::{Reception, Statistics},
    red::{self, Block},
};
use crate::domain::session::Codec;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// Sound that is played where there is none: 10 ms.
const SILENCE: usize = 480;
/// A stream that was left may come back when the current one has been silent for so long.
const LEFT: Duration = Duration::from_millis(200);
/// Streams that were left and are remembered.
const REMEMBERED: usize = 8;
/// Playout is corrected when it is this much too late or too early, in microseconds, and never twice within [`CORRECTED`];
/// sooner where nothing is said: there nobody hears it.
const TOO_LATE: i64 = 15_000;
const TOO_EARLY: i64 = -10_000;
const QUIETLY: i64 = 3;
/// What counts as nothing said: a peak of -50 dB.
const QUIET: f32 = 0.003;
/// Above this, whole packets are left out.
const MUCH_TOO_LATE: i64 = 250_000;
const CORRECTED: Duration = Duration::from_millis(60);

/// One stream that is played.
#[derive(Debug)]
struct Stream {
    ssrc: u32,
    /// Codec of the newest packet, and of the one played last.
    codec: Codec,
    decodes: Codec,
    buffer: JitterBuffer,
    decoder: Decoder,
    keys: KeyReceiver,
    reception: Reception,
    heard: Instant,
    corrected: Instant,
}

/// What an arriving packet means to the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Heard {
    /// A key was pressed at the other side.
    pub key: Option<char>,
    /// It is sound or a key that was agreed on.
    pub valid: bool,
}

/// The half.
#[derive(Debug, Default)]
pub(super) struct Receiver {
    codecs: Vec<(u8, Codec)>,
    events: Vec<(u8, u32)>,
    redundant: Option<u8>,
    stream: Option<Stream>,
    /// Another stream's first packet: with its second one the stream is taken.
    candidate: Option<(u32, u16, Option<Voice>)>,
    left: VecDeque<u32>,
    sound: VecDeque<f32>,
    frame: Vec<f32>,
}

impl Receiver {
    /// What was agreed now holds. A stream goes on as long as its codec is still one of them.
    pub(super) fn agree(&mut self, agreed: &Agreed) {
        self.codecs.clone_from(&agreed.codecs_in);
        self.events.clone_from(&agreed.events_in);
        self.redundant = agreed.redundant_in;
        let kept =
            self.stream.as_ref().is_some_and(|s| agreed.receives && self.codecs.iter().any(|(_, c)| *c == s.codec));
        if !kept {
            self.stream = None;
            self.candidate = None;
            self.left.clear();
            self.sound.clear();
        }
    }

    /// Whether the payload type of a packet was agreed on.
    pub(super) fn knows(&self, packet: &Rtp<'_>) -> bool {
        let number = packet.payload_type;
        self.codec(number).is_some() || self.is_event(number) || self.is_noise(number) || self.redundant == Some(number)
    }

    fn codec(&self, number: u8) -> Option<Codec> {
        self.codecs.iter().find(|(known, _)| *known == number).map(|(_, codec)| *codec)
    }

    /// Comfort noise is taken under its static number unasked: gateways send it unasked.
    fn is_noise(&self, number: u8) -> bool {
        let clock = self.stream.as_ref().map(|stream| stream.codec.clock());
        number == comfort::NUMBER && self.codec(number).is_none() && clock == Some(comfort::CLOCK)
    }

    fn is_event(&self, number: u8) -> bool {
        self.events.iter().any(|(known, _)| *known == number)
    }

    /// A packet came from the other side.
    pub(super) fn packet(&mut self, packet: &Rtp<'_>, now: Instant, count: &mut Statistics) -> Heard {
        if self.redundant != Some(packet.payload_type) {
            return self.single(packet, now, count);
        }
        let blocks = red::parse(packet.payload).unwrap_or_default();
        let Some((own, earlier)) = blocks.split_last() else {
            count.malformed += 1;
            return Heard::default();
        };
        let heard = self.single(&Rtp { payload_type: own.payload_type, payload: own.payload, ..*packet }, now, count);
        if heard.valid {
            self.earlier(packet, earlier);
        }
        heard
    }

    /// What a packet carries of those before it: of use where they were lost.
    fn earlier(&mut self, packet: &Rtp<'_>, blocks: &[Block<'_>]) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.ssrc == packet.ssrc) else { return };
        stream.buffer.carries(blocks.len());
        for (block, before) in blocks.iter().rev().zip(1..) {
            let Block { payload_type, offset, payload } = *block;
            let codec = self.codecs.iter().find(|(number, _)| *number == payload_type).map(|(_, codec)| *codec);
            let duration = codec.filter(|codec| codec.clock() == stream.codec.clock());
            let Some(duration) = duration.and_then(|codec| codec::duration(codec, payload)) else { continue };
            let (sequence, timestamp) = (packet.sequence.wrapping_sub(before), packet.timestamp.wrapping_sub(offset));
            stream.buffer.recover(Voice { sequence, timestamp, duration, payload_type, payload: payload.to_vec() });
        }
    }

    /// One without others in it.
    fn single(&mut self, packet: &Rtp<'_>, now: Instant, count: &mut Statistics) -> Heard {
        let noise = self.is_noise(packet.payload_type);
        let spoken = self.stream.as_ref().map(|stream| stream.codec).filter(|_| noise);
        let codec = self.codec(packet.payload_type).or(spoken);
        let voice = codec.and_then(|codec| {
            let duration = if noise {
                (!packet.payload.is_empty()).then_some(comfort::UNITS)
            } else {
                codec::duration(codec, packet.payload)
            }?;
            let (sequence, timestamp, payload_type) = (packet.sequence, packet.timestamp, packet.payload_type);
            Some(Voice { sequence, timestamp, duration, payload_type, payload: packet.payload.to_vec() })
        });
        if codec.is_none() && !self.is_event(packet.payload_type) {
            count.unknown_payload += 1;
            return Heard::default();
        }
        if codec.is_some() && voice.is_none() {
            count.malformed += 1;
            return Heard::default();
        }
        if !self.follow(packet, voice.as_ref(), codec, now, count) {
            return Heard::default();
        }
        let Some(stream) = &mut self.stream else { return Heard::default() };
        stream.heard = now;
        stream.reception.heard(packet.sequence, packet.timestamp, now);
        let (Some(voice), Some(codec)) = (voice, codec) else {
            let key = stream.keys.heard(packet.timestamp, packet.payload);
            count.unknown_payload += u64::from(key.is_err());
            return Heard { key: key.ok().flatten(), valid: true };
        };
        if codec.clock() != stream.codec.clock() {
            stream.buffer = JitterBuffer::new(codec.clock(), now);
            stream.reception = Reception::new(stream.ssrc, codec.clock(), packet.sequence, now);
        }
        stream.codec = codec; // the decoder follows when it is played
        match stream.buffer.insert(voice, now) {
            Fate::Kept => count.received += 1,
            Fate::Duplicate => count.duplicate += 1,
            Fate::Late => count.late += 1,
            Fate::Stray => count.stray += 1,
        }
        Heard { key: None, valid: true }
    }

    /// Whether the packet is of the stream that is played, from now on.
    fn follow(
        &mut self,
        packet: &Rtp<'_>,
        voice: Option<&Voice>,
        codec: Option<Codec>,
        now: Instant,
        count: &mut Statistics,
    ) -> bool {
        let ssrc = packet.ssrc;
        let Some(current) = &self.stream else { return self.begin(packet, codec, now) };
        if current.ssrc == ssrc {
            return true;
        }
        let silent = now.saturating_duration_since(current.heard) >= LEFT;
        if self.left.contains(&ssrc) && !silent {
            count.foreign += 1;
            return false;
        }
        let left = current.ssrc;
        match self.candidate.take() {
            Some((candidate, next, first)) if candidate == ssrc && next == packet.sequence => {
                self.left.retain(|known| *known != ssrc && *known != left);
                self.left.push_back(left);
                if self.left.len() > REMEMBERED {
                    self.left.pop_front();
                }
                let begun = self.begin(packet, codec, now);
                if let (Some(first), Some(stream)) = (first, &mut self.stream)
                    && self.codecs.iter().any(|(n, c)| *n == first.payload_type && c.clock() == stream.codec.clock())
                {
                    stream.buffer.insert(first, now);
                }
                begun
            }
            _ => {
                self.candidate = Some((ssrc, packet.sequence.wrapping_add(1), voice.cloned()));
                false
            }
        }
    }

    fn begin(&mut self, packet: &Rtp<'_>, codec: Option<Codec>, now: Instant) -> bool {
        // a stream may begin with a key
        let Some(codec) = codec.or_else(|| self.codecs.first().map(|(_, codec)| *codec)) else { return false };
        let Ok(decoder) = Decoder::new(codec) else { return false };
        self.stream = Some(Stream {
            ssrc: packet.ssrc,
            codec,
            decodes: codec,
            buffer: JitterBuffer::new(codec.clock(), now),
            decoder,
            keys: KeyReceiver::default(),
            reception: Reception::new(packet.ssrc, codec.clock(), packet.sequence, now),
            heard: now,
            corrected: now,
        });
        true
    }

    /// The next samples to play; always as many as `out` holds.
    pub(super) fn play(&mut self, out: &mut [f32], now: Instant, count: &mut Statistics) {
        while self.sound.len() < out.len() {
            self.more(now, count);
        }
        let length = out.len();
        out.iter_mut().zip(self.sound.drain(..length)).for_each(|(to, from)| *to = from);
    }

    fn more(&mut self, now: Instant, count: &mut Statistics) {
        let Some(stream) = &mut self.stream else { return self.sound.extend([0.0; SILENCE]) };
        let number = |of: u8| self.codecs.iter().find(|(number, _)| *number == of).map(|(_, codec)| *codec);
        let samples = |units: u32| (u64::from(units) * 48_000 / u64::from(stream.codec.clock())) as usize;
        let queued = Duration::from_micros(self.sound.len() as u64 * 1000 / 48);
        match stream.buffer.next(now, queued) {
            Next::Play(voice) if voice.payload_type == comfort::NUMBER && stream.decoder.pause(&voice.payload) => {
                stream.decoder.noise(samples(voice.duration), &mut self.frame);
            }
            Next::Play(voice) => {
                if let Some(codec) = number(voice.payload_type).filter(|codec| *codec != stream.decodes)
                    && let Ok(decoder) = Decoder::new(codec)
                {
                    (stream.decodes, stream.decoder) = (codec, decoder);
                }
                if !stream.decoder.decode(&voice.payload, &mut self.frame) {
                    count.malformed += 1;
                    stream.decoder.conceal(samples(voice.duration), None, &mut self.frame);
                }
                count.corrected += stream.correct(&mut self.frame, now);
            }
            // in a pause nothing is lost
            Next::Lost { units, .. } | Next::Missing { units } | Next::Pause { units }
                if stream.decoder.noise(samples(units), &mut self.frame) => {}
            Next::Lost { units, ahead } => {
                count.concealed += samples(units) as u64 / 48;
                // another codec's packet says nothing of this one's
                let ahead = ahead.as_ref().filter(|(_, voice)| number(voice.payload_type) == Some(stream.decodes));
                let ahead = ahead.map(|(before, voice)| (samples(*before), voice.payload.as_slice()));
                stream.decoder.conceal(samples(units), ahead, &mut self.frame);
            }
            Next::Missing { units } => {
                count.concealed += samples(units) as u64 / 48;
                stream.decoder.conceal(samples(units), None, &mut self.frame);
            }
            Next::Pause { units } => stream.decoder.conceal(samples(units), None, &mut self.frame),
            Next::Idle => {
                if !stream.decoder.noise(SILENCE, &mut self.frame) {
                    self.frame.clear();
                    self.frame.resize(SILENCE, 0.0);
                }
            }
        }
        self.sound.extend(&self.frame);
    }

    /// The stream played now, for reports.
    pub(super) fn reception(&mut self) -> Option<&mut Reception> {
        self.stream.as_mut().map(|stream| &mut stream.reception)
    }

    /// Counts what is known of the streams now.
    pub(super) fn count(&mut self, count: &mut Statistics) {
        if let Some(stream) = &mut self.stream {
            stream.reception.count(count);
            count.delay = stream.buffer.target().as_millis() as u64;
        }
    }

    /// Its SSRC.
    pub(super) fn ssrc(&self) -> Option<u32> {
        self.stream.as_ref().map(|stream| stream.ssrc)
    }
}

impl Stream {
    /// Brings playout nearer to the delay it should have, by whole periods of the voice.
    fn correct(&mut self, frame: &mut Vec<f32>, now: Instant) -> u64 {
        let surplus = self.buffer.surplus();
        let moved = |samples: usize| samples as i64 * 1_000_000 / 48_000;
        if surplus > MUCH_TOO_LATE {
            self.buffer.adjusted(-moved(frame.len()));
            let out = frame.len() as u64 / 48;
            frame.clear();
            return out;
        }
        let soon = now.saturating_duration_since(self.corrected) < CORRECTED && surplus < 4 * TOO_LATE;
        let quiet = frame.iter().all(|sample| sample.abs() < QUIET);
        let part = if quiet { QUIETLY } else { 1 };
        if soon || (TOO_EARLY / part..=TOO_LATE / part).contains(&surplus) {
            return 0;
        }
        // a voice gives up whole periods of its own; silence can be cut to measure, and must not be cut too far
        let exact = usize::try_from(surplus.unsigned_abs() * 48 / 1000).unwrap_or(0);
        let most = if quiet { exact } else { usize::MAX };
        let by = if surplus > 0 { -moved(pitch::shorten(frame, most)) } else { moved(pitch::lengthen(frame, most)) };
        if by != 0 {
            self.buffer.adjusted(by);
            self.corrected = now;
        }
        by.unsigned_abs() / 1000
    }
}

#[cfg(test)]
#[path = "receive_tests.rs"]
mod tests;
