//! Plays the sounds that are not a call's, and shows the meters of devices that somebody tries out.
use super::{
    DeviceChoice, FRAME, Pull, RING,
    level::{Levels, Meter},
    stream::{self, loudspeaker},
    tone::{Country, Samples, Tone},
    worker::{Stop, TICK, Worker},
};
use crate::domain::private::Private;
use rtrb::{Producer, RingBuffer};

/// Samples kept ahead of the device: enough for a busy machine, short enough to stop at once.
const AHEAD: usize = 3 * FRAME;

/// Plays one tone at a time on the ring devices (rings) or the loudspeaker (the others), and keys beside it.
#[derive(Debug, Default)]
pub struct Ringer {
    players: Vec<Worker>,
    keys: Option<Worker>,
}

impl Ringer {
    /// Silent.
    pub fn new() -> Self {
        Self::default()
    }
    /// Plays from now on, instead of what played before; tones that only tell something end by themselves.
    pub fn play(&mut self, tone: Tone, choice: &DeviceChoice) {
        self.stop();
        let country = choice.tones.unwrap_or_else(Country::of_desktop);
        let devices = match tone {
            Tone::Ring if !choice.ring.is_empty() => choice.ring.iter().cloned().map(Some).collect(),
            _ => vec![choice.output.clone()],
        };
        let player = |device: Option<String>| {
            Worker::start("ringer", move |stop| play_on(stop, device.as_deref(), Samples::new(tone, country)))
        };
        self.players = devices.into_iter().filter_map(player).collect();
    }
    /// Lets keys be heard that are pressed; later keys cut earlier ones short.
    pub fn press(&mut self, keys: &Private<String>, choice: &DeviceChoice) {
        let (samples, device) = (Samples::keys(keys.expose()), choice.output.clone());
        self.keys = Worker::start("keys", move |stop| play_on(stop, device.as_deref(), samples));
    }
    /// Silence.
    pub fn stop(&mut self) {
        self.players.clear();
    }
}

fn play_on(stop: &Stop, device: Option<&str>, mut samples: Samples) {
    let (mut playback, ring) = RingBuffer::new(RING);
    let (word, _) = std::sync::mpsc::sync_channel(1);
    let _speaker = loudspeaker(device, ring, Meter::default(), Pull::default(), word);
    while feed(&mut samples, &mut playback) && stop.pause(TICK) {}
    // the end of the tone is still to be heard
    while playback.slots() < RING && stop.pause(TICK) {}
}

/// Keeps the ring filled; tells whether there is more to come.
fn feed(samples: &mut Samples, playback: &mut Producer<f32>) -> bool {
    while RING - playback.slots() < AHEAD {
        let Some(sample) = samples.next() else { return false };
        if playback.push(sample).is_err() {
            break;
        }
    }
    true
}

/// Both devices open, to look at the meters, with a test tone if asked.
#[derive(Debug)]
pub struct SoundTest {
    levels: Levels,
    _player: Option<Worker>,
}

impl SoundTest {
    /// Opens the devices.
    pub fn start(choice: &DeviceChoice, tone: bool) -> Self {
        let stream = stream::open(choice);
        let levels = stream.levels();
        let mut samples = tone.then(|| Samples::new(Tone::Test, Country::default()));
        let player = Worker::start("sound test", move |stop| {
            let mut stream = stream; // the whole of it, or its devices would stop here
            while stop.pause(TICK) {
                if samples.as_mut().is_some_and(|samples| !feed(samples, &mut stream.playback)) {
                    samples = None;
                }
                // looked at by the meter, listened to by nobody
                let heard = stream.capture.slots();
                if let Ok(chunk) = stream.capture.read_chunk(heard) {
                    chunk.commit_all();
                }
            }
        });
        Self { levels, _player: player }
    }
    /// As [`Levels::take_peaks`].
    pub fn take_peaks(&self) -> (f32, f32) {
        self.levels.take_peaks()
    }
}

#[cfg(test)]
#[allow(clippy::expect_used)]
mod tests {
    use super::super::wav;
    use super::*;
    use std::time::{Duration, Instant};

    fn wait_for<T>(what: &str, mut done: impl FnMut() -> Option<T>) -> T {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(value) = done() {
                return value;
            }
            assert!(Instant::now() < end, "gave up waiting for {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    #[test]
    fn a_ring_is_heard_on_all_ring_devices_and_stops() {
        let dir = tempfile::tempdir().expect("a folder");
        let paths = [dir.path().join("ring.wav"), dir.path().join("headset.wav")];
        let choice = DeviceChoice {
            input: Some("null".to_owned()),
            output: Some("null".to_owned()),
            ring: paths.iter().map(|path| format!("file:{}", path.display())).collect(),
            ..DeviceChoice::default()
        };
        let mut ringer = Ringer::new();
        ringer.play(Tone::Ring, &choice);
        for path in &paths {
            let loud = || wav::read(path).filter(|r| r.samples.iter().any(|s| s.unsigned_abs() > 7000)).map(drop);
            wait_for("the ring", loud);
        }
        ringer.stop();
        ringer.play(Tone::RingBack, &choice);
        let length = || paths.each_ref().map(|path| std::fs::metadata(path).map_or(0, |m| m.len()));
        wait_for("the end of the ring", || {
            let before = length();
            std::thread::sleep(Duration::from_millis(60));
            (before == length()).then_some(())
        });
    }

    #[test]
    fn keys_are_heard_beside_a_tone() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("heard.wav");
        let choice = DeviceChoice { output: Some(format!("file:{}", path.display())), ..DeviceChoice::default() };
        let mut ringer = Ringer::new();
        ringer.press(&"1".into(), &choice);
        wait_for("the key", || {
            let heard = wav::read(&path)?.samples;
            heard.iter().any(|s| s.unsigned_abs() > 5000).then_some(())
        });
    }

    #[test]
    fn a_sound_test_shows_both_meters() {
        let choice = DeviceChoice {
            input: Some("tone:500".to_owned()),
            output: Some("null".to_owned()),
            ..DeviceChoice::default()
        };
        let test = SoundTest::start(&choice, true);
        let (mut input, mut output) = (0.0_f32, 0.0_f32);
        wait_for("both meters", || {
            let (heard, said) = test.take_peaks();
            (input, output) = (input.max(heard), output.max(said));
            (input > 0.29 && output > 0.24).then_some(())
        });
    }
}
