//! Tells when the computer has slept. Timers stand still meanwhile, and so nobody else notices: a connection that the server
//! gave up hours ago looks as it did. Told by the difference of two clocks, of which one goes on in sleep: a clock that a person
//! or a time server sets is no sleep.
use rustix::time::{ClockId, Timespec, clock_gettime};
use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, MissedTickBehavior, interval_at},
};

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(2);
/// So short a sleep breaks nothing; reading two clocks one after the other takes time, too.
const NAP: Duration = Duration::from_secs(5);

/// A notice after each sleep. Must be called within a tokio runtime: spawns a task that ends when the receiver is dropped.
pub fn wakes() -> mpsc::Receiver<()> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(look(asleep, LOOK, sender));
    receiver
}

/// How long this computer has slept since it was started.
fn asleep() -> Duration {
    let read = |clock| {
        let Timespec { tv_sec, tv_nsec } = clock_gettime(clock);
        Duration::new(tv_sec.try_into().unwrap_or(0), tv_nsec.try_into().unwrap_or(0))
    };
    let monotonic = read(ClockId::Monotonic);
    read(ClockId::Boottime).saturating_sub(monotonic)
}

async fn look(mut asleep: impl FnMut() -> Duration + Send, often: Duration, sender: mpsc::Sender<()>) {
    let mut ticks = interval_at(Instant::now() + often, often);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = asleep();
    loop {
        tokio::select! {
            () = sender.closed() => return,
            _ = ticks.tick() => {}
        }
        let now = asleep();
        if now.saturating_sub(known) >= NAP {
            // one that waits says the same
            let _ = sender.try_send(());
        }
        known = known.max(now);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    #[tokio::test]
    async fn a_sleep_is_told_once_and_a_nap_is_none() {
        let slept = Arc::new(AtomicU64::new(100));
        let clock = slept.clone();
        let (sender, mut wakes) = mpsc::channel(1);
        let (looked, mut looks) = mpsc::channel(1);
        let read = move || {
            let _ = looked.try_send(());
            Duration::from_secs(clock.load(Ordering::Relaxed))
        };
        tokio::spawn(look(read, Duration::from_millis(1), sender));
        // whatever was true before the third look from now on is known by then
        let mut told = async || {
            for _ in 0..3 {
                looks.recv().await.unwrap();
            }
            wakes.try_recv().is_ok()
        };
        assert!(!told().await);
        slept.fetch_add(4, Ordering::Relaxed);
        assert!(!told().await, "a nap");
        slept.fetch_add(3600, Ordering::Relaxed);
        assert!(told().await, "an hour");
        assert!(!told().await, "told once");
    }

    #[test]
    fn the_clocks_can_be_read() {
        let one = asleep();
        assert!(asleep().saturating_sub(one) < NAP);
    }
}
