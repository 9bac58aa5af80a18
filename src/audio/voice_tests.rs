//! Echo control in computed rooms has a floor, keeps the near voice, and leaves nothing running that is switched off.
//! `cargo bench --bench echo` prints the whole table.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;

#[path = "../../tests/support/room.rs"]
mod room;
use room::{ROOMS, judge, likeness, noise, power, speech};

const ECHO: VoiceChoice = VoiceChoice { echo: true, ..VoiceChoice::OFF };

fn run(voice: &mut Voice, sound: &mut [f32]) {
    sound.chunks_exact_mut(PIECE).for_each(|piece| voice.near(piece, 0));
}

#[test]
fn the_echo_goes_and_the_near_voice_stays() {
    for room in ROOMS.iter().filter(|room| ["small room", "cheap loudspeaker"].contains(&room.name)) {
        let mut voice = Voice::new(ECHO).unwrap();
        let judged = judge(room, 7, |far, near| {
            voice.far(far);
            voice.near(near, 960);
        });
        assert!(judged.erle >= 25.0, "{}: {} dB", room.name, judged.erle);
        assert!(judged.lost.abs() < 6.0, "{}: the near voice loses {} dB", room.name, judged.lost);
        assert!(judged.after > 0.5, "{}: in double talk it is like itself by {}", room.name, judged.after);
        assert!(judged.alone > 0.95, "{}: alone it is like itself by {}", room.name, judged.alone);
    }
}

#[test]
fn noise_gets_weaker_and_the_voice_in_it_stays() {
    let clean = speech(3, 6.0, 180.0, 0.4);
    let mut sound: Vec<f32> = clean.iter().zip(noise(4, clean.len(), 45.0)).map(|(s, n)| s + n).collect();
    let mut silent = noise(4, 48_000 * 4, 45.0);
    let choice = VoiceChoice { noise: true, ..VoiceChoice::OFF };
    run(&mut Voice::new(choice).unwrap(), &mut silent);
    let weaker = -45.0 - power(&silent[48_000 * 3..]);
    assert!(weaker > 8.0, "{weaker} dB");
    run(&mut Voice::new(choice).unwrap(), &mut sound);
    let like = likeness(&clean[48_000..], &sound[48_000..]);
    assert!(like > 0.85, "{like}");
}

#[test]
fn a_weak_voice_becomes_stronger_and_a_loud_one_is_not_torn() {
    let choice = VoiceChoice { gain: true, ..VoiceChoice::OFF };
    let mut weak = speech(5, 8.0, 130.0, 0.03);
    let before = power(&weak[48_000 * 6..]);
    run(&mut Voice::new(choice).unwrap(), &mut weak);
    let more = power(&weak[48_000 * 6..]) - before;
    assert!(more > 6.0, "{more} dB");
    let clean = speech(5, 4.0, 130.0, 0.9);
    let mut loud = clean.clone();
    run(&mut Voice::new(choice).unwrap(), &mut loud);
    assert!(loud.iter().all(|s| s.abs() <= 1.0));
    let like = likeness(&clean[48_000..], &loud[48_000..]);
    assert!(like > 0.9, "{like}");
}

#[test]
fn what_is_off_is_not_there_and_a_bad_sample_passes() {
    assert!(Voice::new(VoiceChoice::OFF).is_none());
    let mut voice = Voice::new(VoiceChoice::default()).unwrap();
    voice.far(&[f32::NAN; PIECE]);
    voice.far(&[9.0; PIECE / 2]);
    voice.near(&mut [f32::INFINITY; PIECE], usize::MAX / 4800);
    let mut sound = speech(6, 2.0, 130.0, 0.4);
    run(&mut voice, &mut sound);
    assert!(sound.iter().all(|s| s.is_finite()) && power(&sound) > -40.0);
}
