//! Tells when the computer wakes from suspend, as logind tells it: at once, and without a clock of our own. Where there is no
//! logind, `net::wakes` notices it all the same, a little later.
use super::bus;
use futures::StreamExt;
use tokio::sync::mpsc;
use zbus::Proxy;

const LOGIND: &str = "org.freedesktop.login1";
const PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";

/// Each waking. Must be called within a tokio runtime; its task ends with the receiver.
pub fn wakes() -> mpsc::Receiver<()> {
    let (told, wakes) = mpsc::channel(1);
    tokio::spawn(async move {
        if let Err(error) = listen(&told).await {
            tracing::debug!(%error, "logind does not tell of suspend");
        }
    });
    wakes
}

async fn listen(told: &mpsc::Sender<()>) -> zbus::Result<()> {
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
        if !falls_asleep {
            // one that waits says the same
            let _ = told.try_send(());
        }
    }
}
