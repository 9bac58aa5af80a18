//! Two sessions of the media engine that know of each other only what a real coturn relays for them, over UDP, TCP and TLS:
//! sound goes both ways, encrypted by DTLS, and at the end the server has its addresses back.
use crate::support::{
    coturn::{self, Coturn},
    wait_for,
};
use landline::{
    audio::AudioStream,
    domain::{
        account::{Encryption, Keys},
        ice::{CandidateKind, Server, ServerKind, ServerTransport},
        private::Private,
        session::{MediaDirection, SessionDescription},
    },
    media::{Helpers, MediaSession, Policy},
    net::Bind,
};
use std::{f32::consts::TAU, time::Duration};
use tokio::time::{Instant, interval};

const PATIENCE: Duration = Duration::from_secs(40);

struct Party {
    session: MediaSession,
    said: rtrb::Producer<f32>,
    heard: rtrb::Consumer<f32>,
    hz: f32,
    n: u32,
    recent: Vec<f32>,
}

impl Party {
    async fn new(coturn: &Coturn, transport: ServerTransport, password: &str, hz: f32) -> Self {
        let policy = Policy { encryption: Encryption::Required, keys: Some(Keys::Dtls), ice: Some(true) };
        let port = if transport == ServerTransport::Tls { coturn.tls_port } else { coturn.port };
        let (username, password) = (Private::from(coturn::USER), Private::from(password));
        let kind = ServerKind::Turn { username, password };
        let servers = vec![Server { host: "127.0.0.1".to_owned(), port, transport, kind }];
        let helpers = Helpers { servers, authority: Some(coturn.ca.clone()) };
        let towards = "127.0.0.1:9".parse().unwrap();
        let mut session = MediaSession::open(&Bind::default(), towards, policy, helpers).await.unwrap();
        let (stream, said, heard) = AudioStream::loose();
        session.attach(stream);
        session.gathered().await;
        Self { session, said, heard, hz, n: 0, recent: Vec::new() }
    }

    /// What a sound card does in 10 ms.
    fn card(&mut self) {
        for _ in 0..480 {
            let sample = (self.n as f32 * self.hz * TAU / 48_000.0).sin() * 0.3;
            self.n = (self.n + 1) % 4_800_000;
            let _ = self.said.push(sample);
            self.recent.push(self.heard.pop().unwrap_or(0.0));
        }
        let old = self.recent.len().saturating_sub(9600);
        self.recent.drain(..old);
    }

    /// Whether the last 200 ms are that tone and nothing else.
    fn hears(&self, hz: f32) -> bool {
        let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
        for (n, sample) in self.recent.iter().enumerate() {
            let phase = n as f32 * hz * TAU / 48_000.0;
            (re, im, power) = (re + sample * phase.cos(), im + sample * phase.sin(), power + sample * sample);
        }
        let length = self.recent.len().max(1) as f32;
        let rms = (power / length).sqrt();
        self.recent.len() == 9600 && rms > 0.1 && 2.0 * f32::hypot(re, im) / length > 0.95 * rms * 2.0_f32.sqrt()
    }
}

/// Only what is relayed is told.
fn hide(mut description: SessionDescription) -> SessionDescription {
    let ice = description.ice.as_mut().expect("ICE");
    ice.candidates.retain(|candidate| candidate.kind == CandidateKind::Relayed);
    assert!(!ice.candidates.is_empty(), "coturn relays");
    description
}

async fn relayed(transport: ServerTransport) {
    let coturn = Coturn::start(&["127.0.0.1"]);
    let mut a = Party::new(&coturn, transport, coturn::PASSWORD, 660.0).await;
    let mut b = Party::new(&coturn, transport, coturn::PASSWORD, 880.0).await;
    let offer = hide(a.session.offer(MediaDirection::SendRecv));
    let answer = hide(b.session.answer(&offer, MediaDirection::SendRecv).unwrap());
    b.session.apply(answer.clone(), offer.clone()).unwrap();
    a.session.apply(offer, answer).unwrap();
    let (end, mut card) = (Instant::now() + PATIENCE, interval(Duration::from_millis(10)));
    while !(a.hears(880.0) && b.hears(660.0)) {
        assert!(Instant::now() < end, "{:?} {:?}\n{}", a.session.statistics(), b.session.statistics(), coturn.log());
        card.tick().await;
        a.card();
        b.card();
    }
    let path = a.session.statistics().path.expect("a path");
    assert!([path.local_kind, path.remote_kind].contains(&CandidateKind::Relayed), "{path:?}");
    let received = (a.session.statistics().forged, b.session.statistics().forged);
    assert_eq!(received, (0, 0));
    a.session.stop();
    b.session.stop();
    wait_for("both give their addresses back", || (coturn.log().matches("lifetime=0").count() >= 2).then_some(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_udp() {
    relayed(ServerTransport::Udp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tcp() {
    relayed(ServerTransport::Tcp).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls() {
    relayed(ServerTransport::Tls).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_waited_for_no_longer_than_the_refusal_takes() {
    let coturn = Coturn::start(&["127.0.0.1"]);
    let begun = Instant::now();
    let party = Party::new(&coturn, ServerTransport::Udp, "wrong", 660.0).await;
    assert!(begun.elapsed() < Duration::from_secs(3));
    let offer = party.session.offer(MediaDirection::SendRecv);
    let kinds: Vec<_> = offer.ice.unwrap().candidates.iter().map(|candidate| candidate.kind).collect();
    assert_eq!(kinds, [CandidateKind::Host; 2]);
}
