//! Opens what a choice names and keeps it open: a device that fails leaves silence, is told as a fault, and is tried
//! again, so that a headset plugged in or a sound server that comes back is heard again.
use super::{
    AudioStream, DeviceChoice, RING,
    cards::{self, CardError, Running},
    level::{Levels, Meter},
    loan::{Lender, Loan},
    paced::{self, Target},
    wav,
    worker::{Stop, Worker},
};
use rtrb::{Consumer, Producer, RingBuffer};
use std::{
    sync::mpsc::{SyncSender, sync_channel},
    time::{Duration, Instant},
};

/// How long opening waits for the devices' word; what takes longer opens later.
const OPENING: Duration = Duration::from_millis(400);
/// After so long a device that failed is tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How often a running device is asked whether it still runs.
const LOOK: Duration = Duration::from_millis(100);

/// Dropped by a worker as soon as its device runs or has failed.
pub(super) type Word = SyncSender<()>;

/// Opens the chosen devices; never takes longer than [`OPENING`].
pub(super) fn open(choice: &DeviceChoice) -> AudioStream {
    let levels = Levels::default();
    let (word, words) = sync_channel(2);
    let (ring, capture) = RingBuffer::new(RING);
    let input = microphone(choice.input.as_deref(), ring, levels.input.clone(), word.clone());
    let (playback, ring) = RingBuffer::new(RING);
    let output = loudspeaker(choice.output.as_deref(), ring, levels.output.clone(), word);
    let end = Instant::now() + OPENING;
    while words.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
    AudioStream { capture, playback, levels, _workers: [input, output].into_iter().flatten().collect() }
}

/// A microphone that fills `ring`.
fn microphone(id: Option<&str>, ring: Producer<f32>, meter: Meter, word: Word) -> Option<Worker> {
    let target = Target::of(id);
    let lost = meter.clone();
    let worker = Worker::start("microphone", move |stop| match target {
        Target::Null => {
            drop(word);
            paced::hear_nothing(stop, Loan::given(ring), meter, None);
        }
        Target::Tone(hz) => {
            drop(word);
            paced::hear_tone(stop, Loan::given(ring), meter, hz);
        }
        Target::File(path) => {
            let recording = wav::read(&path);
            meter.set_missing(recording.is_none()); // before the word is given
            drop(word);
            paced::hear_file(stop, Loan::given(ring), meter, recording);
        }
        Target::Card(id) => keep_open(
            stop,
            ring,
            &meter,
            word,
            |ring| cards::open_input(id.as_deref(), ring, meter.clone()),
            |ring| paced::hear_nothing(stop, ring, meter.clone(), Some(AGAIN)),
        ),
    });
    if worker.is_none() {
        lost.set_missing(true);
    }
    worker
}

/// A loudspeaker that empties `ring`.
pub(super) fn loudspeaker(id: Option<&str>, ring: Consumer<f32>, meter: Meter, word: Word) -> Option<Worker> {
    let target = Target::of(id);
    let lost = meter.clone();
    let worker = Worker::start("loudspeaker", move |stop| match target {
        Target::Null | Target::Tone(_) => {
            drop(word);
            paced::speak_to_nobody(stop, Loan::given(ring), meter, None);
        }
        Target::File(path) => {
            let file = wav::Writer::create(&path).ok();
            meter.set_missing(file.is_none());
            drop(word);
            paced::speak_to_file(stop, Loan::given(ring), meter, file);
        }
        Target::Card(id) => keep_open(
            stop,
            ring,
            &meter,
            word,
            |ring| cards::open_output(id.as_deref(), ring, meter.clone()),
            |ring| paced::speak_to_nobody(stop, ring, meter.clone(), Some(AGAIN)),
        ),
    });
    if worker.is_none() {
        lost.set_missing(true);
    }
    worker
}

/// Opens a card again and again until told to end; silence keeps the ring's pace while it is away.
fn keep_open<T>(
    stop: &Stop,
    ring: T,
    meter: &Meter,
    word: Word,
    mut open: impl FnMut(Loan<T>) -> Result<Running, CardError>,
    mut silence: impl FnMut(Loan<T>),
) {
    let lender = Lender::new(ring);
    let mut word = Some(word);
    let mut told = None;
    while !stop.is_set() {
        let Some(loan) = lender.lend() else {
            tracing::warn!("a sound device hangs");
            return meter.set_missing(true);
        };
        let opened = open(loan);
        meter.set_missing(opened.is_err());
        drop(word.take());
        let reason = match opened {
            Ok(running) => {
                told = None;
                loop {
                    if !stop.pause(LOOK) {
                        return;
                    }
                    if let Some(reason) = running.failed() {
                        break reason;
                    }
                }
            }
            Err(reason) => reason,
        };
        if told.replace(reason) != Some(reason) {
            tracing::warn!(%reason, "silence in place of a sound device");
        }
        meter.set_missing(true);
        if let Some(loan) = lender.lend() {
            silence(loan);
        }
    }
}
