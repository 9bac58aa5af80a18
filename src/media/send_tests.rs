//! Packets leave at an even pace, numbered and stamped without a gap.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::net::SocketAddr;

fn agreed(codec: Codec, number: u8) -> Agreed {
    let there: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    Agreed {
        codec,
        number,
        parameters: String::new(),
        ptime: 20,
        events_out: Some((101, 8_000)),
        codecs_in: vec![(number, codec)],
        events_in: vec![(101, 8_000)],
        sends: true,
        receives: true,
        redundant_out: None,
        redundant_in: None,
        way: crate::media::transport::Way { rtp: there, rtcp: there, muxed: false, keys: None },
    }
}

fn send(sender: &mut Sender) -> (bool, u8, u16, u32, u32, Vec<u8>) {
    let mut bytes = Vec::new();
    assert!(sender.packet(&vec![0.1; sender.frame()], &mut bytes));
    let p = Rtp::parse(&bytes).unwrap();
    (p.marker, p.payload_type, p.sequence, p.timestamp, p.ssrc, p.payload.to_vec())
}

#[test]
fn numbers_and_timestamps_go_on_also_over_keys_and_pauses() {
    for (codec, number, step) in [(Codec::Opus, 111, 960), (Codec::G722, 9, 160), (Codec::Pcma, 8, 160)] {
        let mut sender = Sender::new(&agreed(codec, number)).unwrap();
        let first = send(&mut sender);
        assert_eq!((first.0, first.1), (true, number), "the first packet is marked");
        let second = send(&mut sender);
        assert_eq!((second.0, second.2, second.3), (false, first.2 + 1, first.3.wrapping_add(step)));
        assert_eq!(sender.push_keys("7"), 0);
        let keys: Vec<_> = (0..7).map(|_| send(&mut sender)).collect();
        assert!(keys.iter().all(|k| k.1 == 101 && k.3 == first.3.wrapping_add(2 * step) && k.5[0] == 7));
        assert_eq!(keys[6].2, first.2 + 8);
        let after = send(&mut sender);
        assert_eq!((after.1, after.3), (number, first.3.wrapping_add(9 * step)), "the sound's time has gone on");
        sender.skip(9600);
        let resumed = send(&mut sender);
        assert_eq!((resumed.0, resumed.2, resumed.3), (true, after.2 + 1, after.3.wrapping_add(11 * step)));
    }
}

#[test]
fn another_codec_of_another_clock_is_another_stream() {
    let mut sender = Sender::new(&agreed(Codec::Pcmu, 0)).unwrap();
    let first = send(&mut sender);
    sender.agree(&agreed(Codec::Pcma, 8)).unwrap();
    let second = send(&mut sender);
    assert_eq!((second.1, second.4, second.3), (8, first.4, first.3.wrapping_add(160)));
    sender.agree(&agreed(Codec::Opus, 96)).unwrap();
    let third = send(&mut sender);
    assert!(third.1 == 96 && third.4 != first.4);
}

#[test]
fn without_events_a_key_is_refused() {
    let mut sender = Sender::new(&Agreed { events_out: None, ..agreed(Codec::Pcmu, 0) }).unwrap();
    assert_eq!(sender.push_keys("12"), 2);
    assert_eq!(send(&mut sender).1, 0);
}

#[test]
fn packet_lengths_follow_the_wish() {
    for ptime in [10, 30, 60] {
        let mut sender = Sender::new(&Agreed { ptime, ..agreed(Codec::Pcmu, 0) }).unwrap();
        assert_eq!(send(&mut sender).5.len(), usize::from(ptime) * 8);
    }
}

#[test]
fn a_stalled_microphone_stops_no_packets_and_a_burst_after_it_adds_no_delay() {
    let start = Instant::now();
    let at = |ms| start + Duration::from_millis(ms);
    let mut pacer = Pacer::new(start);
    assert_eq!(pacer.next(at(5), 400, 960), Pace::Wait);
    assert_eq!(pacer.next(at(20), 960, 960), Pace::Sound { skip: 0 });
    let silent = (21..=320).filter(|ms| pacer.next(at(*ms), 0, 960) == Pace::Silence).count();
    assert!((12..=14).contains(&silent), "{silent}: every 20 ms after the stall is known");
    assert_eq!(pacer.next(at(321), 9600, 960), Pace::Sound { skip: 8640 }, "only the newest of the burst is sent");
    assert_eq!(pacer.next(at(341), 960, 960), Pace::Sound { skip: 0 });
}

#[test]
fn after_the_machine_slept_there_is_no_flood_of_silence() {
    let start = Instant::now();
    let mut pacer = Pacer::new(start);
    let later = start + Duration::from_secs(60);
    let silent = (0..100).filter(|_| pacer.next(later, 0, 960) == Pace::Silence).count();
    assert!(silent <= 3, "{silent}");
}
