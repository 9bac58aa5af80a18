//! Several calls on one microphone and one loudspeaker: everybody hears everybody else and nobody hears themselves.
//! Each call gets a stream as if it were alone; a thread mixes between them at the microphone's pace.
use super::{
    AudioStream, DeviceChoice,
    level::Levels,
    stream,
    worker::{TICK, Worker},
};
use rtrb::{Consumer, Producer};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// What is mixed at once: 10 ms.
const PIECE: usize = super::FRAME / 2;
/// What lies ready for the loudspeaker, in samples: enough between two looks, and when the two devices' clocks differ.
const LEAST: usize = 2 * PIECE;
const MOST: usize = 6 * PIECE;

/// Calls that hear each other, until it is dropped; their streams then hear silence.
#[derive(Debug)]
pub struct Conference {
    levels: Levels,
    muted: Arc<AtomicBool>,
    _worker: Option<Worker>,
}

/// One call's ends.
struct Party {
    /// What it hears.
    to: Producer<f32>,
    /// What it says.
    from: Consumer<f32>,
    /// The piece it says now.
    says: [f32; PIECE],
}

impl Conference {
    /// Opens the chosen devices for so many calls, and gives each its stream.
    pub fn start(choice: &DeviceChoice, calls: usize) -> (Self, Vec<AudioStream>) {
        let mut real = stream::open(choice);
        let (levels, muted) = (real.levels(), Arc::new(AtomicBool::new(false)));
        let (mut streams, mut parties) = (Vec::new(), Vec::new());
        for _ in 0..calls {
            let (mut stream, to, from) = AudioStream::loose();
            stream.levels = levels.clone(); // its faults are those of the devices
            streams.push(stream);
            parties.push(Party { to, from, says: [0.0; PIECE] });
        }
        let silent = Arc::clone(&muted);
        let worker = Worker::start("mixer", move |stop| {
            let mut voice = [0.0; PIECE];
            while stop.pause(TICK) {
                while real.hear(&mut voice) {
                    if silent.load(Ordering::Relaxed) {
                        voice.fill(0.0);
                    }
                    let heard = mix(&voice, &mut parties);
                    let held = real.playback.buffer().capacity() - real.playback.slots();
                    if held < LEAST {
                        real.play(&[0.0; PIECE]);
                    }
                    if held < MOST {
                        real.play(&heard);
                    }
                }
            }
        });
        (Self { levels, muted, _worker: worker }, streams)
    }
    /// Silence in place of the microphone; the others still hear each other.
    pub fn set_muted(&self, on: bool) {
        self.muted.store(on, Ordering::Relaxed);
    }
    /// Meters and faults of the devices.
    pub fn levels(&self) -> Levels {
        self.levels.clone()
    }
}

/// Gives each what our voice and the others say, and returns what all of them say.
fn mix(voice: &[f32; PIECE], parties: &mut [Party]) -> [f32; PIECE] {
    let mut all = [0.0; PIECE];
    for party in parties.iter_mut() {
        // a call that has nothing to say yet is silent
        party.says.iter_mut().for_each(|sample| *sample = party.from.pop().unwrap_or(0.0));
        all.iter_mut().zip(&party.says).for_each(|(sum, sample)| *sum += sample);
    }
    for party in parties.iter_mut() {
        let others = all.iter().zip(&party.says).zip(voice);
        let hears: Vec<f32> = others.map(|((all, own), voice)| (all - own + voice).clamp(-1.0, 1.0)).collect();
        let _ = party.to.push_entire_slice(&hears); // full: its call does not listen now
    }
    all.map(|sample: f32| sample.clamp(-1.0, 1.0))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn everybody_hears_everybody_else() {
        let mut ends = Vec::new();
        let mut parties = Vec::new();
        for says in [0.1_f32, 0.2, 0.4] {
            let (mut stream, to, from) = AudioStream::loose();
            assert!(stream.play(&[says; PIECE]));
            ends.push(stream);
            parties.push(Party { to, from, says: [0.0; PIECE] });
        }
        let near = |a: f32, b: f32| (a - b).abs() < 1e-6;
        assert!(mix(&[0.05; PIECE], &mut parties).iter().all(|s| near(*s, 0.7)));
        for (stream, hears) in ends.iter_mut().zip([0.65, 0.55, 0.35]) {
            let mut heard = [0.0; PIECE];
            assert!(stream.hear(&mut heard) && heard.iter().all(|s| near(*s, hears)), "{} {hears}", heard[0]);
        }
        assert!(mix(&[1.0; PIECE], &mut parties).iter().all(|s| near(*s, 0.0)), "who says nothing is silent");
    }

    #[test]
    fn it_runs_on_devices_and_is_muted_alone() {
        let choice = DeviceChoice {
            input: Some("tone:500".to_owned()),
            output: Some("null".to_owned()),
            ..DeviceChoice::default()
        };
        let (conference, mut streams) = Conference::start(&choice, 2);
        let end = Instant::now() + Duration::from_secs(30);
        let mut loudest = |at: usize, say: f32| {
            assert!(Instant::now() < end);
            let mut heard = [0.0_f32; PIECE];
            for stream in &mut streams {
                stream.play(&[say; PIECE]);
            }
            std::thread::sleep(TICK);
            let stream = streams.get_mut(at).unwrap();
            if stream.hear(&mut heard) { heard.iter().fold(0.0, |most: f32, s| most.max(s.abs())) } else { -1.0 }
        };
        while loudest(0, 0.0) < 0.25 {}
        conference.set_muted(true);
        while !(0.0..0.01).contains(&loudest(0, 0.0)) {}
        while loudest(0, 0.5) < 0.45 {}
        drop(conference);
    }
}
