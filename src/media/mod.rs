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
mod streams;
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
pub use reception::{PathInUse, Statistics};
pub use record::RecordError;
pub use streams::Helpers;
pub use transport::Policy;
pub use tune::{TuneError, check as check_tune, read as read_tune};

use crate::{
    audio::AudioStream,
    domain::{
        account::{Encryption, Keys, Problem},
        call::RecordingFormat,
        ice::{Candidate, Ice},
        private::Private,
        session::{Codec, MediaDirection, SessionDescription},
    },
    net::Bind,
};
use edge::{Edge, Ground, Local, Order};
use negotiate::Negotiator;
use send::random;
use std::{net::SocketAddr, path::Path, time::Instant};
use streams::Streams;
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
};
use transport::{Credentials, Identity, Link, Means, Terms, Way};

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
    /// A candidate of ours was gathered, for who tells them one by one (RFC 8838).
    Candidate(Private<Candidate>),
    /// All candidates of ours are gathered.
    Gathered,
    /// DTLS has made the keys, with the certificate that the other side's description names: from now on packets go.
    Secured,
    /// DTLS has failed, or showed another certificate: nothing goes either way, and nothing will.
    Insecure,
    /// ICE has found a path, for the first time or again.
    PathFound,
    /// The path is lost: the other side no longer consents to be sent to (RFC 7675), or a socket of ours is gone. New
    /// credentials in an offer may find another.
    PathLost,
    /// ICE has tried all pairs, and none works.
    NoPath,
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
    local: watch::Receiver<Local>,
    /// Their credentials of ICE, as agreed last.
    theirs: Option<Ice>,
    codec: Option<Codec>,
    keys: Option<Keys>,
}

/// Whether an offer cannot be answered under this policy, because it holds no key that would do.
pub fn refuses(policy: Policy, offer: &SessionDescription) -> bool {
    let sdes = policy.keys != Some(Keys::Dtls) && !offer.protection.keys.is_empty();
    policy.encryption == Encryption::Required && !sdes && offer.protection.dtls.is_none()
}

impl MediaSession {
    /// Opens an even port for RTP and the one after it for RTCP, on the interface that leads to `towards`.
    /// `policy`: what its account wishes of its packets; `helpers`: whom to ask for candidates, where ICE is wished for.
    ///
    /// # Errors
    /// [`MediaError::Socket`] where the wired policy allows no way there or no ports are free, [`MediaError::Thread`].
    pub async fn open(
        bind: &Bind,
        towards: SocketAddr,
        policy: impl Into<Policy>,
        helpers: Helpers,
    ) -> Result<Self, MediaError> {
        let policy = policy.into();
        let (rtp, rtcp) = ports(bind, towards).await.map_err(MediaError::Socket)?;
        let unusable = |_| MediaError::Socket(Problem::Unreachable);
        let (at, control_at) = (rtp.local_addr().map_err(unusable)?, rtcp.local_addr().map_err(unusable)?);
        let (rtp, rtcp) = (rtp.into_std().map_err(unusable)?, rtcp.into_std().map_err(unusable)?);
        let (orders, queue) = mpsc::channel(CHANNEL);
        let (tell, events) = mpsc::channel(CHANNEL);
        let later = tell.downgrade();
        let (count, statistics) = watch::channel(Statistics::default());
        let (tell_local, local) = watch::channel(Local::default());
        // without a source of randomness there is neither ICE nor DTLS
        let means = Means { ice: Credentials::new(), identity: Identity::new() };
        let ice = means.ice.clone().map(|credentials| (credentials, u64::from(random()) << 32 | u64::from(random())));
        let helpers = if policy.ice == Some(true) { helpers } else { Helpers::default() };
        let bind = bind.clone();
        let run = move || {
            let link = Link::new(ice, [at, control_at], helpers.servers.len(), Instant::now());
            let streams = Streams::new(bind, helpers);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build();
            let ran = runtime.and_then(|runtime| {
                runtime.block_on(async {
                    let (rtp, rtcp) = (UdpSocket::from_std(rtp)?, UdpSocket::from_std(rtcp)?);
                    let ground = Ground { rtp, rtcp, link, streams, local: tell_local };
                    Edge::new(ground, tell, count).run(queue).await;
                    Ok(())
                })
            });
            if let Err(error) = ran {
                tracing::error!(kind = ?error.kind(), "a call has no sound");
            }
        };
        std::thread::Builder::new().name("media".to_owned()).spawn(run).map_err(|_| MediaError::Thread)?;
        let mut terms = Terms::new(at, control_at, policy);
        *terms.means() = means;
        let (negotiator, events) = (Negotiator::new(terms), Some(events));
        Ok(Self { negotiator, orders, events, tell: later, statistics, local, theirs: None, codec: None, keys: None })
    }

    /// Waits until all servers have told their candidates, or their time is up (4 s); at once where none is asked. An offer
    /// or answer made before then bears what is gathered by then.
    pub async fn gathered(&mut self) {
        let _ = self.local.wait_for(|local| local.complete).await;
    }

    /// The same, for who has other work meanwhile.
    pub fn ready(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut local = self.local.clone();
        async move {
            let _ = local.wait_for(|local| local.complete).await;
        }
    }

    /// A candidate of theirs that came after their description (RFC 8838).
    pub fn add_remote_candidate(&mut self, candidate: Candidate) {
        self.order(Order::Remote(Some(Box::new(candidate))));
    }

    /// They have told all their candidates.
    pub fn end_of_candidates(&mut self) {
        self.order(Order::Remote(None));
    }

    /// The next offer begins ICE anew (RFC 8445 section 9); sound goes on over the old path until there is another.
    pub fn restart_ice(&mut self) {
        let means = self.negotiator.terms().means();
        if let Some(credentials) = Credentials::new().filter(|_| means.ice.is_some()) {
            means.ice = Some(credentials.clone());
            self.order(Order::Announce(credentials));
        }
    }

    /// Puts in the candidates that are gathered by now, of so many components.
    fn with_candidates(&self, mut description: SessionDescription, components: u8) -> SessionDescription {
        if let Some(ice) = &mut description.ice {
            let local = self.local.borrow();
            let fits = |candidate: &&Candidate| candidate.component <= components;
            ice.candidates = local.candidates.iter().filter(fits).cloned().collect();
        }
        description
    }

    /// Our offer of all we can (RFC 3264).
    pub fn offer(&self, direction: MediaDirection) -> SessionDescription {
        self.with_candidates(self.negotiator.offer(direction), 2)
    }

    /// The offer to make where the first one was refused for its encryption; `None`: the person wishes for nothing else, or a
    /// call is under way.
    pub fn second_offer(&self, direction: MediaDirection) -> Option<SessionDescription> {
        Some(self.with_candidates(self.negotiator.second_offer(direction)?, 2))
    }

    /// Our offer where a refusal leaves no second chance.
    pub fn only_offer(&self, direction: MediaDirection) -> SessionDescription {
        self.with_candidates(self.negotiator.only_offer(direction), 2)
    }

    /// Our answer to an offer; `direction` is what we wish, the offer may allow less.
    ///
    /// # Errors
    /// [`MediaError::NoCommonCodec`], [`MediaError::NotEncrypted`].
    pub fn answer(
        &mut self,
        offer: &SessionDescription,
        direction: MediaDirection,
    ) -> Result<SessionDescription, MediaError> {
        // one who begins ICE anew is answered in kind (RFC 8445 section 9)
        if let (Some(known), Some(new)) = (&self.theirs, &offer.ice)
            && (&known.ufrag, &known.pwd) != (&new.ufrag, &new.pwd)
        {
            self.restart_ice();
        }
        let answer = self.negotiator.answer(offer, direction)?;
        let components = if answer.rtcp_mux { 1 } else { 2 };
        Ok(self.with_candidates(answer, components))
    }

    /// Lets sound flow between our description and theirs, whichever was the offer; again for each later pair.
    ///
    /// # Errors
    /// [`MediaError::NoCommonCodec`], [`MediaError::NotEncrypted`]; what was agreed before then still holds.
    pub fn apply(&mut self, local: SessionDescription, remote: SessionDescription) -> Result<(), MediaError> {
        let agreed = self.negotiator.agree(&local, &remote)?;
        self.codec = Some(agreed.codec);
        self.theirs = agreed.way.ice.as_ref().map(|ice| ice.theirs.clone());
        let Way { keys, dtls, .. } = &agreed.way;
        self.keys = dtls.as_ref().map(|_| Keys::Dtls).or(keys.as_ref().map(|_| Keys::Sdes));
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

    /// Which keys encrypt its packets, as agreed last; those of DTLS are there once [`MediaEvent::Secured`] tells so, and
    /// until then nothing is sent. `None`: they go in the clear.
    pub const fn keys(&self) -> Option<Keys> {
        self.keys
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
