//! One media engine for both account kinds: description -> RTP -> jitter buffer -> codec -> PCM.
//! Decisions (negotiation, jitter, keys, pace) are sans-IO and take `now`; `edge` has the sockets, on a thread of its own.
//! It knows neither SDP nor Jingle, and plays whatever agreed sound comes: a call is ended by its signalling alone.
mod ahead;
mod clock;
mod codec;
mod comfort;
mod conceal;
mod delay;
mod dtmf;
mod edge;
mod g711;
mod g722;
mod g722_band;
mod jitter;
mod libopus;
mod negotiate;
mod ogg;
mod opus;
mod packet;
mod pitch;
mod rate;
mod receive;
mod reception;
mod record;
mod red;
mod redundancy;
mod rtcp;
mod send;
mod srtp;
mod transport;
mod tune;
mod wait;
mod wav;
mod waveform;

#[cfg(test)]
#[path = "../../tests/bench/codecs.rs"]
mod codec_bench;
#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod pair_tests;

pub(crate) use g711::from_ulaw;
pub use reception::Statistics;
pub use record::RecordError;
pub use tune::{TuneError, check as check_tune, read as read_tune};

use crate::{
    audio::AudioStream,
    domain::{
        account::{Encryption, Problem},
        call::RecordingFormat,
        private::Private,
        session::{Codec, MediaDirection, SessionDescription},
    },
    net::Bind,
};
use edge::{Edge, Order};
use negotiate::Negotiator;
use std::{net::SocketAddr, path::Path};
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
};
use transport::Terms;

/// Orders and events that may wait.
const CHANNEL: usize = 256;
/// Ports tried until one and its neighbour are free.
const PORTS: usize = 64;

/// What happens to a session's sound.
#[derive(Debug)]
pub enum MediaEvent {
    /// A key was pressed at the other side (RFC 4733).
    Dtmf(Private<char>),
    /// Sound comes: for the first time, or again after [`MediaEvent::Quiet`].
    FirstPacket,
    /// Nothing has come for 8 s though the other side should send.
    Quiet,
    /// The recording has ended; the call goes on.
    RecordingFailed(RecordError),
}

/// Why there is no sound.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// The other side speaks none of our codecs.
    #[error("no codec in common")]
    NoCommonCodec,
    /// Encryption is wanted, by the person or by the other side, and there is none that both can.
    #[error("no encryption in common")]
    NotEncrypted,
    /// No port can be opened towards the other side.
    #[error("no media port: {0:?}")]
    Socket(Problem),
    /// A codec's library refuses.
    #[error("the codec does not start")]
    Codec,
    /// The system has no thread left.
    #[error("no thread for the media")]
    Thread,
}

/// A call's sound: a pair of ports, and what both sides agreed on.
#[derive(Debug)]
pub struct MediaSession {
    negotiator: Negotiator,
    orders: mpsc::Sender<Order>,
    events: Option<mpsc::Receiver<MediaEvent>>,
    tell: mpsc::WeakSender<MediaEvent>,
    statistics: watch::Receiver<Statistics>,
    codec: Option<Codec>,
    encrypted: bool,
}

/// Whether an offer cannot be answered under this policy, because it holds no key.
pub fn refuses(policy: Encryption, offer: &SessionDescription) -> bool {
    policy == Encryption::Required && offer.protection.keys.is_empty()
}

impl MediaSession {
    /// Opens an even port for RTP and the one after it for RTCP, on the interface that leads to `towards`.
    /// `policy`: whether its packets are encrypted.
    ///
    /// # Errors
    /// [`MediaError::Socket`] where the wired policy allows no way there or no ports are free, [`MediaError::Thread`].
    pub async fn open(bind: &Bind, towards: SocketAddr, policy: Encryption) -> Result<Self, MediaError> {
        let (rtp, rtcp) = ports(bind, towards).await.map_err(MediaError::Socket)?;
        let unusable = |_| MediaError::Socket(Problem::Unreachable);
        let (at, control_at) = (rtp.local_addr().map_err(unusable)?, rtcp.local_addr().map_err(unusable)?);
        let (rtp, rtcp) = (rtp.into_std().map_err(unusable)?, rtcp.into_std().map_err(unusable)?);
        let (orders, queue) = mpsc::channel(CHANNEL);
        let (tell, events) = mpsc::channel(CHANNEL);
        let later = tell.downgrade();
        let (count, statistics) = watch::channel(Statistics::default());
        let run = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
            let ran = runtime.and_then(|runtime| {
                runtime.block_on(async {
                    let (rtp, rtcp) = (UdpSocket::from_std(rtp)?, UdpSocket::from_std(rtcp)?);
                    Edge::new(rtp, rtcp, tell, count).run(queue).await;
                    Ok(())
                })
            });
            if let Err(error) = ran {
                tracing::error!(kind = ?error.kind(), "a call has no sound");
            }
        };
        std::thread::Builder::new().name("media".to_owned()).spawn(run).map_err(|_| MediaError::Thread)?;
        let negotiator = Negotiator::new(Terms::new(at, control_at, policy));
        Ok(Self { negotiator, orders, events: Some(events), tell: later, statistics, codec: None, encrypted: false })
    }

    /// Our offer of all we can (RFC 3264).
    pub fn offer(&self, direction: MediaDirection) -> SessionDescription {
        self.negotiator.offer(direction)
    }

    /// The offer to make where the first one was refused for its encryption, or where a refusal leaves no second chance;
    /// `None`: encryption is required, or not offered, or a call is under way.
    pub fn second_offer(&self, direction: MediaDirection) -> Option<SessionDescription> {
        self.negotiator.second_offer(direction)
    }

    /// Our answer to an offer; `direction` is what we wish, the offer may allow less.
    ///
    /// # Errors
    /// [`MediaError::NoCommonCodec`], [`MediaError::NotEncrypted`].
    pub fn answer(
        &self,
        offer: &SessionDescription,
        direction: MediaDirection,
    ) -> Result<SessionDescription, MediaError> {
        self.negotiator.answer(offer, direction)
    }

    /// Lets sound flow between our description and theirs, whichever was the offer; again for each later pair.
    ///
    /// # Errors
    /// [`MediaError::NoCommonCodec`], [`MediaError::NotEncrypted`]; what was agreed before then still holds.
    pub fn apply(&mut self, local: SessionDescription, remote: SessionDescription) -> Result<(), MediaError> {
        let agreed = self.negotiator.agree(&local, &remote)?;
        self.codec = Some(agreed.codec);
        self.encrypted = agreed.way.keys.is_some();
        self.order(Order::Apply(Box::new(agreed)));
        Ok(())
    }

    /// Speaks and hears through this stream from now on, in place of the one before.
    pub fn attach(&mut self, stream: AudioStream) {
        self.order(Order::Attach(Box::new(stream)));
    }

    /// Sends silence in place of the microphone.
    pub fn set_muted(&mut self, on: bool) {
        self.order(Order::Mute(on));
    }

    /// Sends keys one after the other: `0`-`9`, `*`, `#`, `A`-`D`; `,` waits a second.
    pub fn send_dtmf(&mut self, digits: &str) {
        self.order(Order::Keys(Private::from(digits)));
    }

    /// Records into a new file from now on: what is sent on the left, what is received on the right. `announce`: the other
    /// side hears a short tone now and every 15 seconds.
    ///
    /// # Errors
    /// [`RecordError`] when it does not start; later it is told as [`MediaEvent::RecordingFailed`].
    pub fn record(&mut self, path: &Path, format: RecordingFormat, announce: bool) -> Result<(), RecordError> {
        let tell = self.tell.upgrade().ok_or(RecordError::System)?;
        let tap = record::start(path, format, announce, tell)?;
        self.order(Order::Record(Some(Box::new(tap))));
        Ok(())
    }

    /// Ends the recording; so does the end of the session.
    pub fn stop_recording(&mut self) {
        self.order(Order::Record(None));
    }

    /// The codec we send.
    pub const fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// Whether its packets are encrypted, as agreed last.
    pub const fn encrypted(&self) -> bool {
        self.encrypted
    }

    /// Counts, at most a second old.
    pub fn statistics(&self) -> Statistics {
        *self.statistics.borrow()
    }

    /// What happens from now on; only the first call gives a channel that tells anything.
    pub fn events(&mut self) -> mpsc::Receiver<MediaEvent> {
        self.events.take().unwrap_or_else(|| mpsc::channel(1).1)
    }

    /// Says goodbye (RTCP BYE) and closes the ports; dropping the session does the same.
    pub fn stop(self) {
        self.order(Order::Stop);
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            tracing::error!("a call's media does not take orders");
        }
    }
}

/// A pair of neighbouring ports, the lower one even (RFC 3550 section 11).
async fn ports(bind: &Bind, towards: SocketAddr) -> Result<(UdpSocket, UdpSocket), Problem> {
    let mut problem = Problem::Unreachable;
    for _ in 0..PORTS {
        let rtp = bind.udp(towards).await?;
        let Ok(at) = rtp.local_addr() else { continue };
        if at.port() % 2 != 0 {
            continue;
        }
        match bind.udp_on(towards, at.port() + 1).await {
            Ok(rtcp) => return Ok((rtp, rtcp)),
            Err(error) => problem = error,
        }
    }
    Err(problem)
}
