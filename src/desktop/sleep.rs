//! Tells when the computer wakes from suspend: by logind, and by the kernel, which ends a timer on the wall clock when that
//! clock jumps. Neither costs anything while the computer is awake.
use super::bus;
use futures::StreamExt;
use rustix::{
    io::Errno,
    time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime},
};
use std::io;
use tokio::{io::unix::AsyncFd, sync::mpsc};
use zbus::Proxy;

const LOGIND: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
/// In some thousand years.
const NEVER: i64 = 1 << 38;

/// Each waking, perhaps told twice. Must be called within a tokio runtime; its tasks end with the receiver.
pub fn wakes() -> mpsc::Receiver<()> {
    let (told, wakes) = mpsc::channel(1);
    tokio::spawn({
        let told = told.clone();
        async move {
            if let Err(error) = by_logind(&told).await {
                tracing::debug!(%error, "logind does not tell of suspend");
            }
        }
    });
    tokio::spawn(async move {
        if let Err(error) = by_clock(&told).await {
            tracing::debug!(%error, "the clock does not tell of suspend");
        }
    });
    wakes
}

/// One waiting word is enough.
fn tell(told: &mpsc::Sender<()>) -> bool {
    !matches!(told.try_send(()), Err(mpsc::error::TrySendError::Closed(())))
}

async fn by_logind(told: &mpsc::Sender<()>) -> zbus::Result<()> {
    let Some(system) = bus::system().await else { return Ok(()) };
    let manager = Proxy::new(&system, LOGIND, PATH, MANAGER).await?;
    let mut signals = manager.receive_signal("PrepareForSleep").await?;
    loop {
        let signal = tokio::select! {
            signal = signals.next() => signal,
            () = told.closed() => return Ok(()),
        };
        let Some(signal) = signal else { return Ok(()) };
        let (falls_asleep,): (bool,) = signal.body().deserialize()?;
        if !falls_asleep && !tell(told) {
            return Ok(());
        }
    }
}

async fn by_clock(told: &mpsc::Sender<()>) -> io::Result<()> {
    let timer = timerfd_create(TimerfdClockId::Realtime, TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK)?;
    // deprecated for types that may let go of their descriptor unseen; an `OwnedFd` does not
    #[expect(deprecated)]
    let timer = AsyncFd::new(timer)?;
    let never = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: NEVER, tv_nsec: 0 },
    };
    let flags = TimerfdTimerFlags::ABSTIME | TimerfdTimerFlags::CANCEL_ON_SET;
    loop {
        timerfd_settime(timer.get_ref(), flags, &never)?;
        let mut ready = tokio::select! {
            ready = timer.readable() => ready?,
            () = told.closed() => return Ok(()),
        };
        let mut count = [0_u8; 8];
        let read = ready.try_io(|timer| rustix::io::read(timer, &mut count).map_err(io::Error::from));
        match read {
            // told of it: the wall clock has jumped
            Ok(Err(error)) if error.raw_os_error() == Some(Errno::CANCELED.raw_os_error()) => {
                if !tell(told) {
                    return Ok(());
                }
            }
            Ok(Err(error)) => return Err(error),
            Ok(Ok(_)) | Err(_) => {}
        }
    }
}
