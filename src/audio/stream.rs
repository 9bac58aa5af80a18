//! Opens what a choice names and keeps it open: a device that fails leaves silence, is told as a fault, and is tried
//! again, so that a headset plugged in or a sound server that comes back is heard again.
use super::{
    AudioStream, DeviceChoice, Pull, RING,
    cards::{self, CardError, Running, Way},
    level::{Levels, Meter},
    loan::{Lender, Loan},
    paced::{self, Target},
    voice::Voice,
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
/// How often a running device is compared with the one that is wanted; up to the second figure while that does not open.
const COMPARE: Duration = Duration::from_secs(3);
const SELDOM: Duration = Duration::from_secs(60);

/// Dropped by a worker as soon as its device runs or has failed.
pub(super) type Word = SyncSender<()>;

/// Opens the chosen devices; never takes longer than [`OPENING`].
pub(super) fn open(choice: &DeviceChoice) -> AudioStream {
    let (levels, pull) = (Levels::default(), Pull::default());
    let (word, words) = sync_channel(2);
    let (ring, capture) = RingBuffer::new(RING);
    let input = microphone(choice.input.as_deref(), ring, levels.input.clone(), pull.clone(), word.clone());
    let (playback, ring) = RingBuffer::new(RING);
    let output = loudspeaker(choice.output.as_deref(), ring, levels.output.clone(), pull.clone(), word);
    let end = Instant::now() + OPENING;
    while words.recv_timeout(end.saturating_duration_since(Instant::now())).is_ok() {}
    // what is no sound card has no echo and no noise
    let card = matches!(Target::of(choice.input.as_deref()), Target::Card(_));
    let voice = if card { Voice::new(choice.voice) } else { None };
    let workers = [input, output].into_iter().flatten().collect();
    AudioStream { pull, ..AudioStream::new(capture, playback, levels, voice, workers) }
}

/// A microphone that fills `ring`.
fn microphone(id: Option<&str>, ring: Producer<f32>, meter: Meter, pull: Pull, word: Word) -> Option<Worker> {
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
        Target::Card(id) => Card { stop, id: id.as_deref(), way: Way::In, meter: &meter }.keep_open(
            ring,
            word,
            |id, ring| cards::open_input(id, ring, meter.clone(), pull.clone()),
            |ring| paced::hear_nothing(stop, ring, meter.clone(), Some(AGAIN)),
        ),
    });
    if worker.is_none() {
        lost.set_missing(true);
    }
    worker
}

/// A loudspeaker that empties `ring`.
pub(super) fn loudspeaker(
    id: Option<&str>,
    ring: Consumer<f32>,
    meter: Meter,
    pull: Pull,
    word: Word,
) -> Option<Worker> {
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
        Target::Card(id) => Card { stop, id: id.as_deref(), way: Way::Out, meter: &meter }.keep_open(
            ring,
            word,
            |id, ring| cards::open_output(id, ring, meter.clone(), pull.clone()),
            |ring| paced::speak_to_nobody(stop, ring, meter.clone(), Some(AGAIN)),
        ),
    });
    if worker.is_none() {
        lost.set_missing(true);
    }
    worker
}

/// A sound card that is kept open.
struct Card<'a> {
    stop: &'a Stop,
    /// The chosen one; `None`: the default one.
    id: Option<&'a str>,
    way: Way,
    meter: &'a Meter,
}

/// Why a card is closed.
enum Closed {
    /// The stream's owner is gone.
    Told,
    /// It failed.
    Failed(CardError),
    /// Another one is wanted: the chosen one is back, or gone, or the default one is another.
    Changed,
}

impl Card<'_> {
    /// Opens it again and again until told to end: the chosen one, else the default one. Silence keeps the ring's pace
    /// while there is none.
    fn keep_open<T>(
        &self,
        ring: T,
        word: Word,
        mut open: impl FnMut(Option<&str>, Loan<T>) -> Result<Running, CardError>,
        mut silence: impl FnMut(Loan<T>),
    ) {
        let lender = Lender::new(ring);
        let (mut word, mut told, mut compare) = (Some(word), None, COMPARE);
        let mut lend_to = |id: Option<&str>| lender.lend().map(|loan| open(id, loan));
        while !self.stop.is_set() {
            let Some(mut opened) = lend_to(self.id) else { return self.hangs() };
            let mut replaced = false;
            if let Err(reason) = &opened
                && self.id.is_some()
            {
                tracing::debug!(%reason, "the chosen sound device does not open");
                let Some(instead) = lend_to(None) else { return self.hangs() };
                replaced = instead.is_ok();
                opened = if replaced { instead } else { opened };
            }
            self.meter.set_missing(opened.is_err());
            self.meter.set_replaced(replaced);
            drop(word.take());
            // a chosen device that is there but does not open must not cost a gap every few seconds
            compare = if replaced { compare.saturating_mul(2).min(SELDOM) } else { COMPARE };
            let closed = opened.map_or_else(Closed::Failed, |running| {
                told = None;
                self.watch(&running, compare)
            });
            let reason = match closed {
                Closed::Told => return,
                Closed::Changed => continue,
                Closed::Failed(reason) => reason,
            };
            if told.replace(reason) != Some(reason) {
                tracing::warn!(%reason, "silence in place of a sound device");
            }
            self.meter.set_missing(true);
            if let Some(loan) = lender.lend() {
                silence(loan);
            }
        }
    }

    fn hangs(&self) {
        tracing::warn!("a sound device hangs");
        self.meter.set_missing(true);
    }

    /// Returns when the running device has to be closed.
    fn watch(&self, running: &Running, compare: Duration) -> Closed {
        let mut next = Instant::now() + compare;
        loop {
            if !self.stop.pause(LOOK) {
                return Closed::Told;
            }
            if let Some(reason) = running.failed() {
                return Closed::Failed(reason);
            }
            if Instant::now() < next {
                continue;
            }
            next = Instant::now() + compare;
            if cards::wanted(self.id, self.way).is_some_and(|wanted| !running.is(&wanted)) {
                return Closed::Changed;
            }
        }
    }
}
