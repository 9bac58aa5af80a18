//! What the other side wishes is done, lost packets come back from later ones, and the effort fits the machine.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::f32::consts::TAU;

/// A voice of 150 Hz that changes its vowel and its loudness, so that the past does not tell the future.
fn speech(frame: usize) -> Vec<f32> {
    let loud = if frame % 12 < 6 { 0.3 } else { 0.06 };
    let sample = |n: usize| {
        let harmonic = |k: usize| (n as f32 * 150.0 * k as f32 * TAU / 48_000.0).sin() / (1.0 + (k as f32 - 4.0).abs());
        (1..20).map(harmonic).sum::<f32>() * loud
    };
    (frame * 960..(frame + 1) * 960).map(sample).collect()
}

fn packets(parameters: &str, count: usize) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(parameters, false).unwrap();
    let encode = |frame| {
        let mut out = Vec::new();
        encoder.encode(&speech(frame), &mut out).unwrap();
        out
    };
    (0..count).map(encode).collect()
}

fn bits(packets: &[Vec<u8>]) -> usize {
    packets.iter().map(|p| p.len() * 8).sum::<usize>() * 50 / packets.len()
}

fn rms(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
}

#[test]
fn the_other_sides_wishes_are_read() {
    let none = Wishes { bitrate: None, fec: false, dtx: false, constant: false, bandwidth: 1105 };
    assert_eq!(Wishes::read(""), none);
    assert_eq!(Wishes::read("rubbish;=;useinbandfec=x;stereo=1"), none);
    assert_eq!(
        Wishes::read("maxplaybackrate=16000; stereo=1;UseInbandFec=1; usedtx=1;cbr=1; maxaveragebitrate=20000"),
        Wishes { bitrate: Some(20_000), fec: true, dtx: true, constant: true, bandwidth: 1103 }
    );
    assert_eq!(Wishes::read("maxaveragebitrate=-5").bitrate, Some(6_000));
}

#[test]
fn wishes_are_done() {
    let free = packets("useinbandfec=1", 100);
    assert!((50_000..70_000).contains(&bits(&free)), "{}", bits(&free));
    assert!(bits(&packets("useinbandfec=1;maxaveragebitrate=20000", 100)) < 22_000);
    let even = packets("cbr=1", 60);
    assert!(even.iter().all(|p| p.len() == even[0].len()), "constant");
    assert!(free.iter().any(|p| libopus::has_fec(p)) && !even.iter().any(|p| libopus::has_fec(p)));
    // the configuration number of RFC 6716 section 3.1 tells the bandwidth: 0 to 3 is narrow band
    assert!(
        packets("maxplaybackrate=8000", 20).iter().skip(5).all(|p| p[0] >> 3 <= 3 || (16..20).contains(&(p[0] >> 3)))
    );
}

#[test]
fn silence_is_left_out_only_where_the_other_side_wishes() {
    for (parameters, most) in [("usedtx=1", 20), ("usedtx=0", 100)] {
        let mut encoder = Encoder::new(parameters, false).unwrap();
        let mut sent = 0;
        for _ in 0..100 {
            let mut out = Vec::new();
            encoder.encode(&[0.0; 960], &mut out).unwrap();
            sent += usize::from(!out.is_empty());
        }
        assert!(sent <= most && (most < 100 || sent == 100), "{parameters}: {sent} of 100");
    }
}

#[test]
fn several_lost_in_a_row_come_back_from_the_packet_behind_them() {
    let packets = packets("useinbandfec=1", 60);
    let (mut with, mut without) = (0.0, 0.0);
    for lost in [20, 26, 32, 38, 44] {
        let (mut deep, mut plain) = (Decoder::new().unwrap(), Decoder::new().unwrap());
        let mut out = Vec::new();
        for packet in &packets[..lost] {
            deep.decode(packet, &mut out);
            plain.decode(packet, &mut out);
        }
        for n in 0..3 {
            let real = 20.0 * rms(&speech(lost + n)).log10();
            let level = |out: &[f32]| (20.0 * rms(out).max(1e-4).log10() - real).abs();
            deep.conceal(960, Some(((3 - n) * 960, &packets[lost + 3])), &mut out);
            assert_eq!(out.len(), 960);
            with += level(&out);
            plain.conceal(960, None, &mut out);
            without += level(&out);
        }
    }
    assert!(with < without * 0.7, "loudness wrong by {with} dB in all with redundancy, {without} dB without");
}

#[test]
fn the_effort_follows_the_machine() {
    let packet = Duration::from_millis(20);
    let mut effort = Effort::new();
    let mut run = |work: u64| (0..500).filter_map(|_| effort.spent(Duration::from_micros(work), packet)).last();
    assert_eq!(run(200), None, "a quick machine does all from the start");
    assert_eq!(run(6_000), Some(Effort::LEAST));
    assert_eq!(run(1_500), None, "neither too much nor little");
    assert_eq!(run(100), Some(Effort::MOST));
}
