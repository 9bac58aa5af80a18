//! What a voice loses on a lossy line, without a network: speech through our sender, packets dropped and delayed by a seeded
//! model, the rest through our receiver, all in simulated time. Writes sound files that `codecs.py` scores; run it by that.
//! It stands inside `media` when that is tested, since a benchmark target cannot reach a sender without sockets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{negotiate::Agreed, packet::Rtp, receive::Receiver, reception::Statistics, send::Sender};
use crate::domain::session::Codec;
use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

/// The number of packets that carry those before them.
const RED: u8 = 63;
const CODECS: [(Codec, u8); 4] = [(Codec::Opus, 111), (Codec::G722, 9), (Codec::Pcmu, 0), (Codec::Pcma, 8)];
/// One packet.
const FRAME: usize = 960;

/// A linear congruential generator: the same losses in every run.
struct Dice(u64);

impl Dice {
    /// Even in 0.0..1.0.
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
    /// The distance from 0 of something with a normal distribution.
    fn distance(&mut self, deviation: f64) -> f64 {
        ((0..12).map(|_| self.roll()).sum::<f64>() - 6.0).abs() * deviation
    }
}

/// The line: loss in bursts of a mean length (Gilbert), delay with jitter in milliseconds.
struct Line {
    loss: f64,
    burst: f64,
    delay: f64,
    jitter: f64,
    bad: bool,
    dice: Dice,
}

impl Line {
    /// When a packet sent now arrives; `None`: it is lost.
    fn carry(&mut self, sent: Duration) -> Option<Duration> {
        let on = self.bad && self.dice.roll() < 1.0 - 1.0 / self.burst;
        self.bad = on || self.dice.roll() < self.loss / self.burst;
        let late = (self.delay + self.dice.distance(self.jitter)) / 1000.0;
        (!self.bad).then(|| sent + Duration::from_secs_f64(late))
    }
}

fn agreed((codec, number): (Codec, u8), redundant: bool) -> Agreed {
    let there: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    Agreed {
        codec,
        number,
        parameters: "useinbandfec=1;minptime=10".to_owned(),
        ptime: 20,
        events_out: None,
        codecs_in: CODECS.map(|(codec, number)| (number, codec)).to_vec(),
        events_in: Vec::new(),
        redundant_out: redundant.then_some(RED),
        redundant_in: redundant.then_some(RED),
        sends: true,
        receives: true,
        way: crate::media::transport::Way { rtp: there, rtcp: there, muxed: false, keys: None },
    }
}

/// What the other side hears of `speech`, from the moment it is spoken.
fn hear(speech: &[f32], codec: (Codec, u8), redundant: bool, mut line: Line) -> (Vec<f32>, Statistics) {
    let start = Instant::now();
    let (mut sender, mut receiver) = (Sender::new(&agreed(codec, redundant)).unwrap(), Receiver::default());
    receiver.agree(&agreed(codec, redundant));
    let mut count = Statistics::default();
    let mut flying: Vec<(Duration, Vec<u8>)> = Vec::new();
    let mut heard = Vec::with_capacity(speech.len());
    let mut report = Duration::from_secs(2);
    for (n, frame) in speech.chunks_exact(FRAME).enumerate() {
        let now = Duration::from_millis(20) * (n as u32 + 1);
        let mut bytes = Vec::new();
        if sender.packet(frame, &mut bytes) {
            flying.extend(line.carry(now).map(|at| (at, bytes)));
        }
        flying.sort_by_key(|(at, _)| *at);
        for ms in [0, 5, 10, 15] {
            let now = now + Duration::from_millis(ms);
            let come = flying.partition_point(|(at, _)| *at <= now);
            for (at, bytes) in flying.drain(..come) {
                receiver.packet(&Rtp::parse(&bytes).unwrap(), start + at, &mut count);
            }
            let mut piece = [0.0; FRAME / 4];
            receiver.play(&mut piece, start + now, &mut count);
            heard.extend(piece);
        }
        if now >= report {
            report += Duration::from_secs(5);
            let block = receiver.reception().map(|reception| reception.block(start + now));
            block.into_iter().for_each(|block| sender.reported(block.fraction_lost, start + now));
        }
    }
    receiver.count(&mut count);
    (heard, count)
}

/// `LANDLINE_BENCH` names a folder with `speech.raw` (16 bits, 48 kHz, mono); each case is written beside it.
#[test]
#[ignore = "a benchmark: tests/bench/codecs.py runs it"]
fn voice_on_a_lossy_line() {
    let folder = std::env::var("LANDLINE_BENCH").unwrap();
    let folder = Path::new(&folder);
    let bytes = std::fs::read(folder.join("speech.raw")).unwrap();
    let speech: Vec<f32> = bytes.as_chunks().0.iter().map(|b| f32::from(i16::from_le_bytes(*b)) / 32_768.0).collect();
    // a list of names bounds what is run
    let only = std::env::var("LANDLINE_BENCH_ONLY").unwrap_or_default();
    let cases = CODECS.into_iter().map(|codec| (codec, codec.0.name().to_owned(), false));
    let cases = cases.chain([((Codec::Opus, 111), "red".to_owned(), true)]);
    for (codec, name, redundant) in cases.filter(|(_, name, _)| only.is_empty() || only.contains(name)) {
        for percent in [0_u32, 5, 10, 20] {
            let dice = Dice(u64::from(percent) * 7_919 + 12_345);
            let line =
                Line { loss: f64::from(percent) / 100.0, burst: 1.5, delay: 30.0, jitter: 8.0, bad: false, dice };
            let begun = Instant::now();
            let (heard, count) = hear(&speech, codec, redundant, line);
            let share = begun.elapsed().as_secs_f64() / (speech.len() as f64 / 48_000.0) * 100.0;
            let bytes: Vec<u8> = heard.iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect();
            std::fs::write(folder.join(format!("{name}-{percent}.raw")), bytes).unwrap();
            let line = format!("{share:.1} {} {} {}\n", count.concealed, count.late, count.delay);
            std::fs::write(folder.join(format!("{name}-{percent}.txt")), line).unwrap();
        }
    }
}
