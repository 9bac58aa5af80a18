//! Packets that carry those before them, from our sender to our receiver over a line that loses and swaps.
#![allow(clippy::unwrap_used)]
use super::super::{negotiate::Agreed, packet::Rtp, receive::Receiver, reception::Statistics, send::Sender};
use crate::domain::session::Codec;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

const NUMBER: u8 = 63;

fn agreed(redundant: Option<u8>) -> Agreed {
    let there: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    Agreed {
        codec: Codec::Opus,
        number: 111,
        parameters: "useinbandfec=1".to_owned(),
        ptime: 20,
        events_out: Some((101, 8_000)),
        codecs_in: vec![(111, Codec::Opus)],
        events_in: vec![(101, 8_000)],
        sends: true,
        receives: true,
        redundant_out: redundant,
        redundant_in: redundant,
        way: crate::media::transport::Way { rtp: there, rtcp: there, muxed: false, keys: None },
    }
}

fn tone(n: usize) -> Vec<f32> {
    (0..960).map(|s| ((n * 960 + s) as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.3).collect()
}

/// Ten seconds over a line that delivers what `arrives` allows; what was counted, after two seconds and in all.
fn run(redundant: Option<u8>, keys: &str, arrives: impl Fn(usize) -> bool) -> (Statistics, Statistics, Vec<u8>) {
    let (mut sender, mut receiver) = (Sender::new(&agreed(redundant)).unwrap(), Receiver::default());
    receiver.agree(&agreed(redundant));
    let (mut now, mut count, mut early) = (Instant::now(), Statistics::default(), Statistics::default());
    let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
    for n in 0..500 {
        if n == 100 {
            early = count;
        }
        if n == 250 {
            sender.push_keys(keys);
        }
        assert!(sender.packet(&tone(n), &mut bytes));
        let packet = Rtp::parse(&bytes).unwrap();
        numbers.push(packet.payload_type);
        if arrives(n) {
            receiver.packet(&packet, now, &mut count);
        }
        receiver.play(&mut [0.0; 960], now, &mut count);
        now += Duration::from_millis(20);
    }
    (early, count, numbers)
}

#[test]
fn three_losses_in_a_row_are_not_heard() {
    let arrives = |n: usize| n % 10 > 2;
    let (early, all, numbers) = run(Some(NUMBER), "", arrives);
    assert!(all.concealed - early.concealed <= 20, "{early:?} {all:?}");
    assert!(numbers.iter().filter(|number| **number == NUMBER).count() > 450);
    let (early, without, numbers) = run(None, "", arrives);
    assert!(without.concealed - early.concealed > 1_500, "a test that could not fail: {early:?} {without:?}");
    assert!(!numbers.contains(&NUMBER));
}

#[test]
fn what_came_itself_is_not_played_twice() {
    let (_, count, _) = run(Some(NUMBER), "", |_| true);
    assert_eq!((count.duplicate, count.late, count.malformed), (0, 0, 0));
    assert!(count.concealed <= 20 && count.corrected <= 100, "{count:?}");
}

#[test]
fn a_key_in_between_misleads_nobody() {
    let (_, count, numbers) = run(Some(NUMBER), "5", |n| n % 10 > 2);
    let keys = numbers.iter().filter(|number| **number == 101).count() as u64;
    assert!(keys >= 5 && count.concealed <= 20 * (keys + 9), "{count:?}");
    assert_eq!((count.duplicate, count.malformed, count.unknown_payload), (0, 0, 0));
}

#[test]
fn rubbish_within_is_counted_or_left() {
    let mut receiver = Receiver::default();
    receiver.agree(&agreed(Some(NUMBER)));
    let (now, mut count) = (Instant::now(), Statistics::default());
    for (sequence, payload) in
        [&[][..], &[0x80], &[0xEF, 0, 0, 1], &[NUMBER], &[0xFF, 4, 0, 1, NUMBER, 9, 9], &[111]].into_iter().enumerate()
    {
        let packet = Rtp {
            marker: false,
            payload_type: NUMBER,
            sequence: sequence as u16,
            timestamp: sequence as u32 * 960,
            ssrc: 1,
            payload,
        };
        assert!(receiver.knows(&packet));
        assert!(!receiver.packet(&packet, now, &mut count).valid, "{payload:?}");
    }
    assert_eq!(count.malformed + count.unknown_payload, 6, "{count:?}");
    receiver.play(&mut [0.0; 960], now, &mut count);
}
