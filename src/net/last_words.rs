//! How a connection is given up: its socket stays until the other side has closed it, too. What comes for a socket that is gone
//! the kernel answers itself, by whatever link it likes: nothing binds that answer to the cable. It must not hold anybody up.
use std::time::Duration;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    runtime::Handle,
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
    // where the program ends there is nobody to wait
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(timeout(LINGER, last_words(stream)));
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
}
