//! What echo control, noise suppression and gain control do in computed rooms, and what they cost.
//! `cargo bench --bench echo` prints both tables.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]
#[path = "../support/room.rs"]
mod room;

use landline::audio::voice::{Voice, VoiceChoice};
use room::{RATE, ROOMS, judge, noise, speech};
use std::time::Instant;

const ECHO: VoiceChoice = VoiceChoice { echo: true, noise: false, gain: false };
const SEEDS: [u64; 3] = [7, 1007, 2007];

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| room | processors | echo lost, dB | near voice in double talk: likeness | before | lost, dB | alone |");
    println!("| --- | --- | --- | --- | --- | --- | --- |");
    for room in &ROOMS {
        for (name, choice) in [("echo", ECHO), ("all", VoiceChoice::default())] {
            let mut judged: Vec<_> = SEEDS.iter().map(|seed| judged(room, *seed, choice)).collect();
            let mut median = |of: fn(&room::Judged) -> f32| {
                judged.sort_by(|a, b| of(a).total_cmp(&of(b)));
                of(&judged[SEEDS.len() / 2])
            };
            println!(
                "| {} | {name} | {:.1} | {:.2} | {:.2} | {:.1} | {:.2} |",
                room.name,
                median(|j| j.erle),
                median(|j| j.after),
                median(|j| j.before),
                median(|j| j.lost),
                median(|j| j.alone),
            );
        }
    }
    println!("\n| processors | of one core, % |\n| --- | --- |");
    for (name, choice) in [
        ("off", VoiceChoice::OFF),
        ("echo", ECHO),
        ("noise", VoiceChoice { noise: true, ..VoiceChoice::OFF }),
        ("gain", VoiceChoice { gain: true, ..VoiceChoice::OFF }),
        ("all", VoiceChoice::default()),
    ] {
        println!("| {name} | {:.2} |", cost(choice));
    }
}

fn judged(room: &room::Room, seed: u64, choice: VoiceChoice) -> room::Judged {
    let mut voice = Voice::new(choice).expect("processors");
    judge(room, seed, |far, near| {
        voice.far(far);
        voice.near(near, 960);
    })
}

/// The time that a minute of a call takes, in percent of a minute.
fn cost(choice: VoiceChoice) -> f64 {
    let far = speech(1, 20.0, 120.0, 0.5);
    let mut near: Vec<f32> =
        speech(2, 20.0, 200.0, 0.4).iter().zip(noise(3, far.len(), 50.0)).map(|(a, b)| a + b).collect();
    let mut voice = Voice::new(choice);
    let start = Instant::now();
    for _ in 0..3 {
        for (far, near) in far.chunks_exact(RATE / 100).zip(near.chunks_exact_mut(RATE / 100)) {
            if let Some(voice) = &mut voice {
                voice.far(far);
                voice.near(near, 960);
            }
        }
    }
    start.elapsed().as_secs_f64() / 60.0 * 100.0
}
