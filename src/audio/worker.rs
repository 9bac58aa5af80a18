//! A thread that moves sound until its owner is gone, and the clock of devices that have none of their own.
//! Ending never waits: a sound server that hangs must not hang who hangs up.
use super::RATE;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// How often a paced device moves sound.
pub(super) const TICK: Duration = Duration::from_millis(10);

/// A running thread; it is told to end when this is dropped.
#[derive(Debug)]
pub(super) struct Worker {
    stop: Stop,
    thread: Thread,
}

impl Worker {
    /// Starts a thread; `None` when the system has none left.
    pub(super) fn start(name: &str, run: impl FnOnce(&Stop) + Send + 'static) -> Option<Self> {
        let stop = Stop::default();
        let seen = stop.clone();
        let handle = thread::Builder::new().name(name.to_owned()).spawn(move || run(&seen)).ok()?;
        Some(Self { stop, thread: handle.thread().clone() })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::Relaxed);
        self.thread.unpark();
    }
}

/// What a worker looks at.
#[derive(Debug, Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
    /// Waits, less when it is told to end; tells whether it may go on.
    pub(super) fn pause(&self, time: Duration) -> bool {
        let end = Instant::now() + time;
        while !self.is_set() {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::park_timeout(left);
        }
        false
    }
}

/// Counts the samples that time has passed for; it forgets what it could not keep up with.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    done: u64,
}

impl Clock {
    pub(super) const fn new(now: Instant) -> Self {
        Self { start: now, done: 0 }
    }
    /// Samples due since the last call, at most 200 ms (a machine that slept).
    pub(super) fn due(&mut self, now: Instant) -> usize {
        let elapsed = now.saturating_duration_since(self.start).as_micros();
        let total = u64::try_from(elapsed * u128::from(RATE) / 1_000_000).unwrap_or(u64::MAX);
        let due = total.saturating_sub(self.done);
        self.done = total;
        due.min(u64::from(RATE) / 5) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_loses_no_sample_to_uneven_waking() {
        let start = Instant::now();
        let mut clock = Clock::new(start);
        let mut total = 0;
        for wake in [3, 13, 14, 49, 50, 101, 200] {
            total += clock.due(start + Duration::from_millis(wake));
        }
        assert_eq!(total, 9600);
        assert_eq!(clock.due(start + Duration::from_secs(60)), 9600, "a machine that slept plays no minute at once");
    }

    #[test]
    fn a_worker_ends_with_its_owner() {
        let (ended, end) = std::sync::mpsc::channel();
        let worker = Worker::start("test", move |stop| {
            while stop.pause(Duration::from_secs(3600)) {}
            ended.send(()).ok();
        });
        drop(worker);
        assert!(end.recv_timeout(Duration::from_secs(20)).is_ok());
    }
}
