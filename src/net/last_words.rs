//! How a connection is given up: its socket stays until the other side has closed it, too. What comes for a socket that is gone
//! the kernel answers itself, by whatever link it likes: nothing binds that answer to the cable. It must not hold anybody up.
use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    runtime::Handle,
    sync::oneshot,
    time::timeout,
};

/// The other side may not know yet that its packets do not arrive: a socket is kept for it so long.
const LINGER: Duration = Duration::from_secs(120);

/// Closes a stream, and reads what still comes until the other side has closed it; ends when it does.
pub async fn last_words(mut stream: impl AsyncRead + AsyncWrite + Send + Unpin) {
    // one that is broken needs no closing
    stream.shutdown().await.ok();
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await.is_ok_and(|length| length > 0) {}
}

/// The same, beside everything else, for two minutes at the most.
pub fn linger(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) {
    drop(Lingering::new(stream));
}

/// A stream that lingers when it is dropped: for owners who do not give it back.
#[derive(Debug)]
pub struct Lingering<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(Option<(S, oneshot::Sender<()>)>);

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Lingering<S> {
    /// With what ends as soon as its socket is closed, after it was dropped.
    pub fn new(stream: S) -> (Self, oneshot::Receiver<()>) {
        let (open, closed) = oneshot::channel();
        (Self(Some((stream, open))), closed)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut S>> {
        let (stream, _) = self.0.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        Ok(Pin::new(stream))
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> Drop for Lingering<S> {
    fn drop(&mut self) {
        // where the program ends there is nobody to wait
        if let (Some((stream, open)), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move {
                // one that does not close is left
                let _ = timeout(LINGER, last_words(stream)).await;
                drop(open);
            });
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> AsyncRead for Lingering<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Unpin + 'static> AsyncWrite for Lingering<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(cx, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_lasts_until_the_other_side_has_closed() {
        let (near, mut far) = tokio::io::duplex(64);
        let closing = tokio::spawn(last_words(near));
        far.write_all(b"one more thing").await.unwrap();
        assert_eq!(far.read(&mut [0; 8]).await.unwrap(), 0, "our side says that it has done");
        assert!(!closing.is_finished());
        drop(far);
        closing.await.unwrap();
    }

    #[tokio::test]
    async fn one_that_is_dropped_stays_until_the_other_side_has_closed() {
        let (near, mut far) = tokio::io::duplex(64);
        let (mut near, closed) = Lingering::new(near);
        near.write_all(b"hello").await.unwrap();
        drop(near);
        let mut all = Vec::new();
        far.read_to_end(&mut all).await.unwrap();
        assert_eq!(all, b"hello");
        far.write_all(b"too late").await.unwrap();
        drop(far);
        assert!(closed.await.is_err(), "nothing is sent: it ends");
    }
}
