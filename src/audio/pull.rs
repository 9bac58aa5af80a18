//! How a device's thread and who serves its rings wake each other, so that nothing need lie ready between them: the thread
//! asks for what it plays and waits a moment for it, and tells when it has heard something. Only for threads that may wait;
//! a driver's callback takes what lies in its ring.
use futures::task::AtomicWaker;
use std::{
    future::poll_fn,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::Poll,
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// How long a device waits for what it asked for: its server has some more to play.
const PATIENCE: Duration = Duration::from_millis(8);

/// Shared by a stream's devices and who serves it.
#[derive(Debug, Clone, Default)]
pub struct Pull(Arc<State>);

#[derive(Debug, Default)]
struct State {
    served: AtomicBool,
    waker: AtomicWaker,
    news: AtomicBool,
    /// Samples that the loudspeaker waits for.
    asked: AtomicUsize,
    /// The loudspeaker's thread, while it asks.
    asking: Mutex<Option<Thread>>,
}

impl Pull {
    /// The loudspeaker's thread asks from now on, until the guard goes.
    pub(super) fn begin(&self) -> Asking<'_> {
        self.set(Some(thread::current()));
        Asking(self)
    }

    fn set(&self, thread: Option<Thread>) {
        if let Ok(mut asking) = self.0.asking.lock() {
            *asking = thread;
        }
    }

    /// The microphone's thread has put something into its ring.
    pub(super) fn heard(&self) {
        if self.0.served.load(SeqCst) {
            self.0.news.store(true, SeqCst);
            self.0.waker.wake();
        }
    }

    /// Somebody looks after the rings whenever there is news.
    pub fn serve(&self) {
        self.0.served.store(true, SeqCst);
    }

    /// Waits until a device has something to tell.
    pub async fn news(&self) {
        poll_fn(|context| {
            self.0.waker.register(context.waker());
            if self.0.news.swap(false, SeqCst) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    /// How many samples the loudspeaker waits for; `None`: it takes what lies ready, whenever it likes.
    pub fn asked(&self) -> Option<usize> {
        let asks = self.0.asking.lock().is_ok_and(|asking| asking.is_some());
        asks.then(|| self.0.asked.load(SeqCst))
    }

    /// The ring holds what was asked for.
    pub fn filled(&self) {
        if self.0.asked.swap(0, SeqCst) > 0
            && let Ok(asking) = self.0.asking.lock()
            && let Some(thread) = asking.as_ref()
        {
            thread.unpark();
        }
    }
}

/// A loudspeaker that asks.
pub(super) struct Asking<'a>(&'a Pull);

impl Asking<'_> {
    /// Asks for so many samples, and waits until they are there or it has waited long enough.
    pub(super) fn ask(&self, samples: usize, mut held: impl FnMut() -> usize) {
        let state = &self.0.0;
        if !state.served.load(SeqCst) || held() >= samples {
            return;
        }
        state.asked.store(samples, SeqCst);
        state.news.store(true, SeqCst);
        state.waker.wake();
        let end = Instant::now() + PATIENCE;
        while held() < samples {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            thread::park_timeout(left);
        }
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.set(None);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    #[test]
    fn who_asks_is_served_and_told() {
        let (pull, held) = (Pull::default(), Arc::new(AtomicUsize::new(0)));
        assert_eq!(pull.asked(), None, "nobody asks yet");
        pull.serve();
        let (tell, done) = channel();
        let (device, ring) = (pull.clone(), Arc::clone(&held));
        let thread = thread::spawn(move || {
            let asking = device.begin();
            while ring.load(SeqCst) < 480 {
                asking.ask(480, || ring.load(SeqCst)); // again where this test is slow
            }
            drop(asking);
            tell.send(device.asked()).unwrap();
        });
        futures::executor::block_on(pull.news());
        while pull.asked() != Some(480) {
            thread::yield_now();
        }
        held.store(480, SeqCst);
        pull.filled();
        assert_eq!(done.recv_timeout(Duration::from_secs(20)), Ok(None), "it takes what lies ready again");
        thread.join().unwrap();
    }

    #[test]
    fn where_nobody_serves_nobody_waits() {
        let pull = Pull::default();
        let begin = Instant::now();
        let asking = pull.begin();
        (0..1000).for_each(|_| asking.ask(480, || 0));
        assert!(begin.elapsed() < 500 * PATIENCE);
        assert_eq!(pull.asked(), Some(0));
    }
}
