//! Two sessions on loopback: a tone spoken into one comes out of the other, over real sockets and in real time.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use std::{
    f32::consts::TAU,
    time::{Duration, Instant},
};
use tokio::time::{interval, timeout};

const PATIENCE: Duration = Duration::from_secs(40);

/// A session with a tone as microphone and an ear as loudspeaker.
struct Party {
    session: MediaSession,
    events: mpsc::Receiver<MediaEvent>,
    said: rtrb::Producer<f32>,
    heard: rtrb::Consumer<f32>,
    hz: f32,
    n: u32,
    recent: Vec<f32>,
}

impl Party {
    async fn new(hz: f32) -> Self {
        Self::under(hz, Encryption::Off).await
    }
    async fn under(hz: f32, policy: Encryption) -> Self {
        Self::wishing(hz, policy.into()).await
    }
    async fn wishing(hz: f32, policy: Policy) -> Self {
        let bind = Bind::default();
        let mut session =
            MediaSession::open(&bind, "127.0.0.1:9".parse().unwrap(), policy, Helpers::default()).await.unwrap();
        let events = session.events();
        let (stream, said, heard) = AudioStream::loose();
        session.attach(stream);
        Self { session, events, said, heard, hz, n: 0, recent: Vec::new() }
    }
    /// Does what a sound card does in 10 ms.
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
    /// Share of one frequency in the last 200 ms, and how loud they are.
    fn hears(&self, hz: f32) -> (f32, f32) {
        let (mut re, mut im, mut power) = (0.0, 0.0, 0.0);
        for (n, sample) in self.recent.iter().enumerate() {
            let phase = n as f32 * hz * TAU / 48_000.0;
            re += sample * phase.cos();
            im += sample * phase.sin();
            power += sample * sample;
        }
        let length = self.recent.len().max(1) as f32;
        let rms = (power / length).sqrt();
        ((2.0 * re.hypot(im) / length / std::f32::consts::SQRT_2) / rms.max(1e-9), rms)
    }
    fn hears_only(&self, hz: f32) -> bool {
        let (share, rms) = self.hears(hz);
        self.recent.len() == 9600 && share > 0.95 && rms > 0.1
    }
}

/// Runs both cards until what is waited for is true.
async fn run(a: &mut Party, b: &mut Party, what: &str, mut done: impl FnMut(&mut Party, &mut Party) -> bool) {
    let end = Instant::now() + PATIENCE;
    let mut card = interval(Duration::from_millis(10));
    while !done(a, b) {
        assert!(Instant::now() < end, "{what}: {:?} {:?}", a.session.statistics(), b.session.statistics());
        card.tick().await;
        a.card();
        b.card();
    }
}

fn only(mut offer: SessionDescription, codec: Codec) -> SessionDescription {
    offer.payloads.retain(|p| p.codec == codec);
    offer
}

/// Agrees on both sides, `a` offering.
fn agree(a: &mut Party, b: &mut Party, codec: Codec, direction: MediaDirection) {
    let offer = only(a.session.offer(direction), codec);
    let answer = b.session.answer(&offer, MediaDirection::SendRecv).unwrap();
    b.session.apply(answer.clone(), offer.clone()).unwrap();
    a.session.apply(offer, answer).unwrap();
}

/// What happens next, gathering left out.
async fn event(party: &mut Party) -> MediaEvent {
    loop {
        let event = timeout(PATIENCE, party.events.recv()).await.unwrap().unwrap();
        if !matches!(event, MediaEvent::Candidate(_) | MediaEvent::Gathered) {
            return event;
        }
    }
}

#[tokio::test]
async fn a_tone_comes_out_as_it_went_in_with_each_codec() {
    for codec in [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma] {
        let (mut a, mut b) = (Party::new(660.0).await, Party::new(880.0).await);
        agree(&mut a, &mut b, codec, MediaDirection::SendRecv);
        assert_eq!(a.session.codec(), Some(codec));
        run(&mut a, &mut b, "both tones", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
        assert!(matches!(event(&mut a).await, MediaEvent::FirstPacket));
        a.session.stop();
        b.session.stop();
    }
}

#[tokio::test]
async fn hold_is_silent_both_ways_and_resume_is_not_also_with_another_codec() {
    let (mut a, mut b) = (Party::new(660.0).await, Party::new(880.0).await);
    agree(&mut a, &mut b, Codec::Opus, MediaDirection::SendRecv);
    run(&mut a, &mut b, "both tones", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
    agree(&mut a, &mut b, Codec::Opus, MediaDirection::Inactive);
    let silent = |party: &Party| party.recent.iter().all(|s| s.abs() < 1e-6);
    run(&mut a, &mut b, "silence", |a, b| silent(a) && silent(b)).await;
    agree(&mut a, &mut b, Codec::Pcma, MediaDirection::SendRecv);
    run(&mut a, &mut b, "both tones again", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
    a.session.set_muted(true);
    run(&mut a, &mut b, "muted", |a, b| b.hears(660.0).1 < 0.001 && a.hears_only(880.0)).await;
    a.session.set_muted(false);
    run(&mut a, &mut b, "not muted", |_, b| b.hears_only(660.0)).await;
}

#[tokio::test]
async fn encrypted_held_and_resumed_and_nothing_in_the_clear_is_heard() {
    let sdes = Policy { encryption: Encryption::Required, keys: Some(Keys::Sdes), ice: None };
    let (mut a, mut b) = (Party::wishing(660.0, sdes).await, Party::under(880.0, Encryption::Off).await);
    agree(&mut a, &mut b, Codec::Opus, MediaDirection::SendRecv);
    assert_eq!((a.session.keys(), b.session.keys()), (Some(Keys::Sdes), Some(Keys::Sdes)));
    run(&mut a, &mut b, "both tones", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
    agree(&mut a, &mut b, Codec::Opus, MediaDirection::Inactive);
    let silent = |party: &Party| party.recent.iter().all(|s| s.abs() < 1e-6);
    run(&mut a, &mut b, "silence", |a, b| silent(a) && silent(b)).await;
    agree(&mut b, &mut a, Codec::Opus, MediaDirection::SendRecv);
    run(&mut a, &mut b, "both tones again", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
    // as well formed as a packet in the clear can be
    let stranger = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let to = b.session.offer(MediaDirection::SendRecv).rtp;
    let mut bytes = Vec::new();
    for sequence in 0..200 {
        let payload = [0xD5; 160];
        packet::Rtp { marker: false, payload_type: 111, sequence, timestamp: 0, ssrc: 1, payload: &payload }
            .write(&mut bytes);
        stranger.send_to(&bytes, to).await.unwrap();
    }
    run(&mut a, &mut b, "refused", |_, b| b.session.statistics().forged >= 200).await;
    run(&mut a, &mut b, "the round trip", |a, _| a.session.statistics().round_trip.is_some()).await;
    assert!(b.hears_only(660.0) && a.hears_only(880.0));
    assert_eq!((a.session.statistics().forged, a.session.statistics().replayed), (0, 0));
}

#[tokio::test]
async fn keys_arrive_in_order_and_the_sound_goes_on() {
    let (mut a, mut b) = (Party::new(660.0).await, Party::new(880.0).await);
    agree(&mut a, &mut b, Codec::Opus, MediaDirection::SendRecv);
    a.session.send_dtmf("15#*0D");
    let mut keys = String::new();
    run(&mut a, &mut b, "the keys", |_, b| {
        while let Ok(event) = b.events.try_recv() {
            if let MediaEvent::Dtmf(key) = event {
                keys.push(*key.expose());
            }
        }
        keys.len() == 6
    })
    .await;
    assert_eq!(keys, "15#*0D");
    run(&mut a, &mut b, "the tone", |_, b| b.hears_only(660.0)).await;
}

#[tokio::test]
async fn packets_go_on_when_the_microphone_stalls_and_rubbish_harms_nobody() {
    let (mut a, mut b) = (Party::new(660.0).await, Party::new(880.0).await);
    agree(&mut a, &mut b, Codec::Pcmu, MediaDirection::SendRecv);
    run(&mut a, &mut b, "both tones", |a, b| b.hears_only(660.0) && a.hears_only(880.0)).await;
    // a stream whose other end is gone neither fills nor drains
    a.session.attach(AudioStream::loose().0);
    let rubbish = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let to = b.session.offer(MediaDirection::SendRecv).rtp;
    let mut n = 0_u16;
    // a few at a time: a busy machine's socket keeps no more
    run(&mut a, &mut b, "counted", |_, b| {
        for _ in 0..4 {
            let bytes: Vec<u8> = (0..n % 300).map(|i| (i ^ n) as u8).chain(n.to_be_bytes()).collect();
            n += u16::from(rubbish.try_send_to(&bytes, to).is_ok());
        }
        b.session.statistics().malformed > 200
    })
    .await;
    let before = b.session.statistics().received;
    run(&mut a, &mut b, "more packets", |_, b| b.session.statistics().received > before + 100).await;
    assert!(b.hears(660.0).1 < 0.001, "silence is what a dead microphone sends");
}

#[tokio::test]
async fn ports_are_a_pair_and_end_with_the_session() {
    let party = Party::new(1.0).await;
    let offer = party.session.offer(MediaDirection::SendRecv);
    assert_eq!((offer.rtp.port() % 2, offer.rtcp.port()), (0, offer.rtp.port() + 1));
    assert!(UdpSocket::bind(offer.rtp).await.is_err());
    drop(party);
    let end = Instant::now() + PATIENCE;
    while UdpSocket::bind(offer.rtp).await.is_err() {
        assert!(Instant::now() < end, "the ports are never given back");
        tokio::task::yield_now().await;
    }
}

#[path = "path_tests.rs"]
mod paths;
