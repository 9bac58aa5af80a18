//! The receiving half: streams that change, packets that are none, and delay that is taken out again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::media::codec::Encoder;
use std::{f32::consts::TAU, net::SocketAddr};

fn agreed() -> Agreed {
    let there: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    Agreed {
        codec: Codec::Pcmu,
        number: 0,
        parameters: String::new(),
        ptime: 20,
        events_out: None,
        codecs_in: vec![(0, Codec::Pcmu), (8, Codec::Pcma), (9, Codec::G722), (111, Codec::Opus)],
        events_in: vec![(101, 8_000)],
        sends: true,
        receives: true,
        redundant_out: None,
        redundant_in: None,
        way: crate::media::transport::Way::open(there),
    }
}

/// A sender of a tone.
struct Speaker {
    encoder: Encoder,
    ssrc: u32,
    number: u8,
    n: u32,
    hz: f32,
}

impl Speaker {
    fn new(ssrc: u32, codec: Codec, hz: f32) -> Self {
        let number = agreed().codecs_in.iter().find(|(_, c)| *c == codec).unwrap().0;
        Self { encoder: Encoder::new(codec, "", false).unwrap(), ssrc, number, n: 0, hz }
    }
    fn speak(&mut self, out: &mut Vec<u8>) {
        let at = |s: u32| (self.n * 960 + s) as f32 * self.hz * TAU / 48_000.0;
        let sound: Vec<f32> = (0..960).map(|s| at(s).sin() * 0.3).collect();
        let mut payload = Vec::new();
        self.encoder.encode(&sound, &mut payload);
        let step = if self.number == 111 { 960 } else { 160 };
        let packet = Rtp {
            marker: false,
            payload_type: self.number,
            sequence: self.n as u16,
            timestamp: self.n * step,
            ssrc: self.ssrc,
            payload: &payload,
        };
        self.n += 1;
        packet.write(out);
    }
}

struct Run {
    receiver: Receiver,
    count: Statistics,
    now: Instant,
    heard: Vec<f32>,
}

impl Run {
    fn new() -> Self {
        let mut receiver = Receiver::default();
        receiver.agree(&agreed());
        Self { receiver, count: Statistics::default(), now: Instant::now(), heard: Vec::new() }
    }
    fn take(&mut self, bytes: &[u8]) -> Heard {
        let packet = Rtp::parse(bytes).unwrap();
        self.receiver.packet(&packet, self.now, &mut self.count)
    }
    /// 20 ms of the loudspeaker.
    fn pass(&mut self) {
        for _ in 0..2 {
            let mut piece = [0.0; 480];
            self.receiver.play(&mut piece, self.now, &mut self.count);
            self.heard.extend(piece);
            self.now += Duration::from_millis(10);
        }
    }
    fn speak(&mut self, speakers: &mut [&mut Speaker], times: usize) {
        let mut bytes = Vec::new();
        for _ in 0..times {
            for speaker in speakers.iter_mut() {
                speaker.speak(&mut bytes);
                self.take(&bytes);
            }
            self.pass();
        }
    }
    /// Pitch of the last 200 ms, by zero crossings.
    fn pitch(&self) -> f32 {
        let tail = &self.heard[self.heard.len() - 9600..];
        tail.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count() as f32 * 5.0
    }
}

#[test]
fn a_second_ssrc_is_heard_and_a_third_from_nowhere_is_not() {
    let mut run = Run::new();
    let (mut early, mut late) = (Speaker::new(1, Codec::Pcmu, 400.0), Speaker::new(2, Codec::Pcma, 900.0));
    run.speak(&mut [&mut early], 30);
    assert!((run.pitch() - 400.0).abs() < 15.0, "{}", run.pitch());
    // the gateway's first stream goes on while the second one begins: the newer is the one that speaks
    run.speak(&mut [&mut early, &mut late], 30);
    assert!((run.pitch() - 900.0).abs() < 15.0, "{}", run.pitch());
    assert!(run.count.foreign > 20);
    // single packets of ever other streams change nothing
    for ssrc in 100..130 {
        let mut stray = Vec::new();
        Speaker::new(ssrc, Codec::Pcmu, 200.0).speak(&mut stray);
        assert!(!run.take(&stray).valid);
        run.speak(&mut [&mut late], 1);
    }
    assert!((run.pitch() - 900.0).abs() < 15.0, "{}", run.pitch());
    // the second one ends, the first one is taken back
    run.speak(&mut [&mut early], 40);
    assert!((run.pitch() - 400.0).abs() < 15.0, "{}", run.pitch());
}

#[test]
fn the_codec_may_change_in_mid_stream() {
    for (from, to) in [
        (Codec::Pcmu, Codec::Opus),
        (Codec::Opus, Codec::Pcma),
        (Codec::Pcmu, Codec::Pcma),
        (Codec::Pcmu, Codec::G722),
        (Codec::G722, Codec::Opus),
    ] {
        let mut run = Run::new();
        let mut speaker = Speaker::new(1, from, 500.0);
        run.speak(&mut [&mut speaker], 25);
        let mut other = Speaker::new(1, to, 800.0);
        other.n = speaker.n;
        run.speak(&mut [&mut other], 40);
        assert!((run.pitch() - 800.0).abs() < 15.0, "{from:?} {to:?}: {}", run.pitch());
    }
}

#[test]
fn what_is_not_agreed_or_no_sound_is_counted_and_ignored() {
    let mut run = Run::new();
    let packet = |payload_type: u8, payload: &[u8]| {
        let mut bytes = Vec::new();
        Rtp { marker: false, payload_type, sequence: 1, timestamp: 1, ssrc: 1, payload }.write(&mut bytes);
        bytes
    };
    for (bytes, counts) in [
        (packet(13, &[1]), (1, 0)),
        (packet(0, &[]), (1, 1)),
        (packet(0, &[0; 1400]), (1, 2)),
        (packet(111, &[0xFF, 0xFF, 0xFF]), (1, 3)),
        (packet(101, &[1]), (2, 3)),
    ] {
        run.take(&bytes);
        assert_eq!((run.count.unknown_payload, run.count.malformed), counts, "{:?}", Rtp::parse(&bytes));
    }
    assert_eq!(run.count.received, 0);
    run.pass();
    assert!(run.heard.iter().all(|s| s.abs() < 1e-9));
}

#[test]
fn keys_are_heard_between_the_sound_and_do_not_disturb_it() {
    let mut run = Run::new();
    let mut speaker = Speaker::new(1, Codec::Opus, 500.0);
    let mut bytes = Vec::new();
    let mut keys = String::new();
    for n in 0..60 {
        speaker.speak(&mut bytes);
        if (20..27).contains(&n) {
            let packet = Rtp::parse(&bytes).unwrap();
            let payload = [6, if n > 23 { 0x8A } else { 10 }, 0, 160];
            let mut key = Vec::new();
            Rtp { payload_type: 101, timestamp: 20 * 960, payload: &payload, ..packet }.write(&mut key);
            bytes = key;
        }
        keys.extend(run.take(&bytes).key);
        run.pass();
    }
    assert_eq!(keys, "6");
    assert!((run.pitch() - 500.0).abs() < 15.0);
}

#[test]
fn delay_from_a_burst_is_played_away() {
    let mut run = Run::new();
    let mut speaker = Speaker::new(1, Codec::Pcmu, 500.0);
    run.speak(&mut [&mut speaker], 50);
    let mut held = Vec::new();
    for _ in 0..10 {
        let mut bytes = Vec::new();
        speaker.speak(&mut bytes);
        held.push(bytes);
        run.pass();
    }
    held.iter().for_each(|bytes| assert!(run.take(bytes).valid));
    run.speak(&mut [&mut speaker], 5);
    let behind = run.receiver.stream.as_ref().unwrap().buffer.surplus();
    assert!(behind > 2 * TOO_LATE, "{behind}");
    run.speak(&mut [&mut speaker], 300);
    let behind = run.receiver.stream.as_ref().unwrap().buffer.surplus();
    assert!(behind < 2 * TOO_LATE, "{behind} µs after six seconds");
    assert!((run.pitch() - 500.0).abs() < 15.0);
}

#[test]
fn holding_forgets_the_stream_and_resuming_hears_it_again() {
    let mut run = Run::new();
    let mut speaker = Speaker::new(1, Codec::Pcmu, 500.0);
    run.speak(&mut [&mut speaker], 30);
    run.receiver.agree(&Agreed { receives: false, ..agreed() });
    run.pass();
    assert!(run.heard[run.heard.len() - 960..].iter().all(|s| s.abs() < 1e-9), "silent at once");
    run.receiver.agree(&agreed());
    run.speak(&mut [&mut speaker], 30);
    assert!((run.pitch() - 500.0).abs() < 15.0);
}

#[test]
fn comfort_noise_fills_a_pause_and_speech_ends_it() {
    for codec in [Codec::Pcmu, Codec::G722] {
        let mut run = Run::new();
        let mut speaker = Speaker::new(1, codec, 500.0);
        run.speak(&mut [&mut speaker], 30);
        let concealed = run.count.concealed;
        // the pause is told once: one number on, then nothing for half a second
        let mut bytes = Vec::new();
        speaker.speak(&mut bytes);
        let told = Rtp { payload_type: comfort::NUMBER, payload: &[40, 80], ..Rtp::parse(&bytes).unwrap() };
        let mut noise = Vec::new();
        told.write(&mut noise);
        assert!(run.take(&noise).valid);
        (0..25).for_each(|_| run.pass());
        let tail = &run.heard[run.heard.len() - 9600..];
        let level = 20.0 * (tail.iter().map(|s| s * s).sum::<f32>() / 9600.0).sqrt().log10();
        assert!((level + 40.0).abs() < 4.0, "{codec:?}: {level} dB");
        assert_eq!((run.count.concealed, run.count.unknown_payload), (concealed, 0), "a pause is no loss");
        let mut again = Speaker::new(1, codec, 500.0);
        (again.n, speaker.n) = (speaker.n, speaker.n + 24);
        // numbers go on, time has gone on by the pause
        for _ in 0..30 {
            speaker.speak(&mut bytes);
            let packet = Rtp::parse(&bytes).unwrap();
            let mut sent = Vec::new();
            Rtp { sequence: again.n as u16, ..packet }.write(&mut sent);
            again.n += 1;
            run.take(&sent);
            run.pass();
        }
        assert!((run.pitch() - 500.0).abs() < 15.0, "{codec:?}: {}", run.pitch());
    }
}

/// Ten minutes with a sender whose clock is off by so many parts per million: sound made up, and the longest delay.
fn drift(ppm: i64) -> (u64, i64) {
    let mut run = Run::new();
    let mut speaker = Speaker::new(1, Codec::Opus, 500.0);
    let mut payloads = Vec::new();
    for _ in 0..25 {
        let mut bytes = Vec::new();
        speaker.speak(&mut bytes);
        payloads.push(Rtp::parse(&bytes).unwrap().payload.to_vec()); // half a second: whole periods
    }
    let start = run.now;
    let (mut n, mut worst, mut concealed) = (0_u32, 0, 0);
    let mut piece = [0.0; 480];
    for tick in 0..60_000_u64 {
        run.now = start + Duration::from_millis(10 * tick);
        while u64::from(n) * (20_000_000 + ppm * 20).unsigned_abs() <= tick * 10_000_000 {
            let payload = &payloads[n as usize % payloads.len()];
            let (sequence, timestamp) = (n as u16, n * 960);
            let packet = Rtp { marker: false, payload_type: 111, sequence, timestamp, ssrc: 1, payload };
            run.receiver.packet(&packet, run.now, &mut run.count);
            n += 1;
        }
        run.receiver.play(&mut piece, run.now, &mut run.count);
        if tick == 100 {
            concealed = run.count.concealed; // it has started
        }
        worst = worst.max(run.receiver.stream.as_ref().unwrap().buffer.surplus());
    }
    assert_eq!(u64::from(n), run.count.received + run.count.late);
    (run.count.concealed - concealed, worst)
}

#[test]
fn ten_minutes_of_drifting_clocks_neither_run_dry_nor_pile_up_delay() {
    for ppm in [-300, 300] {
        let (concealed, worst) = drift(ppm);
        assert!(concealed == 0 && worst < 2 * TOO_LATE, "{ppm} ppm: {concealed} ms made up, {worst} µs too late");
    }
}
