//! Two sessions on loopback that find their path by ICE and their keys by DTLS: real sockets, real time.
use super::*;
use crate::domain::{account::Keys, session::SessionDescription};

const POLICY: Policy = Policy { encryption: Encryption::Required, keys: Some(Keys::Dtls), ice: Some(true) };

/// One offer and its answer.
async fn agree(a: &mut Party, b: &mut Party, change: fn(&mut SessionDescription)) {
    a.session.gathered().await;
    b.session.gathered().await;
    let mut offer = a.session.offer(MediaDirection::SendRecv);
    change(&mut offer);
    let answer = b.session.answer(&offer, MediaDirection::SendRecv).unwrap();
    b.session.apply(answer.clone(), offer.clone()).unwrap();
    a.session.apply(offer, answer).unwrap();
}

#[tokio::test]
async fn sound_over_ice_with_keys_from_dtls() {
    for own_port in [false, true] {
        let (mut a, mut b) = (Party::wishing(440.0, POLICY).await, Party::wishing(660.0, POLICY).await);
        let change: fn(&mut SessionDescription) = if own_port { |offer| offer.rtcp_mux = false } else { |_| {} };
        agree(&mut a, &mut b, change).await;
        run(&mut a, &mut b, "sound", |a, b| a.hears_only(660.0) && b.hears_only(440.0)).await;
        assert_eq!(a.session.keys(), Some(Keys::Dtls));
        run(&mut a, &mut b, "reports", |a, _| a.session.statistics().round_trip.is_some()).await;
        let statistics = a.session.statistics();
        assert_eq!(statistics.path.unwrap().remote, b.session.offer(MediaDirection::SendRecv).rtp);
        assert_eq!((statistics.forged, statistics.unknown_payload, statistics.malformed), (0, 0, 0), "{own_port}");
        // ICE begins anew, with sound all the time
        a.session.restart_ice();
        let before = b.session.offer(MediaDirection::SendRecv).ice.unwrap().ufrag;
        agree(&mut a, &mut b, change).await;
        assert_ne!(b.session.offer(MediaDirection::SendRecv).ice.unwrap().ufrag, before, "answered in kind");
        let received = a.session.statistics().received;
        run(&mut a, &mut b, "sound again", |a, _| a.session.statistics().received > received + 100).await;
        assert!(a.hears_only(660.0) && b.hears_only(440.0));
        assert_eq!(a.session.statistics().forged, 0, "the keys stay");
    }
}

#[tokio::test]
async fn keys_from_dtls_without_ice() {
    let policy = Policy { ice: None, ..POLICY };
    let (mut a, mut b) = (Party::wishing(440.0, policy).await, Party::wishing(660.0, policy).await);
    agree(&mut a, &mut b, |_| {}).await;
    run(&mut a, &mut b, "sound", |a, b| a.hears_only(660.0) && b.hears_only(440.0)).await;
    assert_eq!(a.session.statistics().path, None);
}

#[tokio::test]
async fn another_certificate_than_the_one_named_carries_no_sound() {
    let (mut a, mut b) = (Party::wishing(440.0, POLICY).await, Party::wishing(660.0, POLICY).await);
    agree(&mut a, &mut b, |offer| {
        let dtls = offer.protection.dtls.as_mut().unwrap();
        dtls.fingerprints[0].digest[0] ^= 1;
    })
    .await;
    let mut told = false;
    run(&mut a, &mut b, "told", |_, b| {
        told |= std::iter::from_fn(|| b.events.try_recv().ok()).any(|event| matches!(event, MediaEvent::Insecure));
        told
    })
    .await;
    let mut n = 0;
    run(&mut a, &mut b, "silence", |_, _| {
        n += 1;
        n > 100
    })
    .await;
    let (a, b) = (a.session.statistics(), b.session.statistics());
    assert_eq!((a.received, b.received, a.sent, b.sent), (0, 0, 0, 0), "nothing goes in the clear");
}
