//! What is offered and taken of DTLS and ICE under each wish, who opens and who chooses, and what later offers keep.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::{Credentials, Identity},
    *,
};
use crate::domain::{
    account::Encryption::{Off, Preferred, Required},
    ice::{Candidate, CandidateKind},
    session::MediaDirection,
};
use Attempt::{First, Only, Second};

fn terms(port: u16, encryption: Encryption, keys: Option<Keys>, ice: Option<bool>) -> Terms {
    let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
    let mut terms = Terms::new(at(port), at(port + 1), Policy { encryption, keys, ice });
    *terms.means() = Means { ice: Credentials::new(), identity: Identity::new() };
    terms
}

fn automatic(port: u16) -> Terms {
    terms(port, Preferred, None, Some(true))
}

fn described(terms: &Terms, protection: Protection, ice: Option<Ice>) -> SessionDescription {
    let ((rtp, rtcp), direction) = (terms.addresses(), MediaDirection::SendRecv);
    let (payloads, telephone_events) = (vec![], vec![]);
    SessionDescription {
        rtp,
        rtcp,
        rtcp_mux: true,
        payloads,
        telephone_events,
        redundant: None,
        direction,
        ptime: None,
        protection,
        ice: ice.map(Box::new),
    }
}

fn offer(terms: &Terms, attempt: Attempt) -> SessionDescription {
    described(terms, terms.offer(attempt), terms.offer_ice())
}

fn answer(terms: &mut Terms, offer: &SessionDescription) -> Result<SessionDescription, MediaError> {
    let protection = terms.answer(&offer.protection)?;
    Ok(described(terms, protection, terms.answer_ice(offer)))
}

fn meet(a: &mut Terms, b: &mut Terms, attempt: Attempt) -> Result<(Way, Way), MediaError> {
    let offer = offer(a, attempt);
    let answer = answer(b, &offer)?;
    Ok((a.agree(&offer, &answer)?, b.agree(&answer, &offer)?))
}

#[test]
fn what_is_offered() {
    use Profile::{Dtls, Open, Secure};
    for (encryption, keys, attempt, profile, sdes, dtls) in [
        (Preferred, None, First, Secure, true, true),
        (Preferred, None, Second, Open, true, true),
        (Preferred, None, Only, Open, true, true),
        (Preferred, Some(Keys::Sdes), First, Secure, true, false),
        (Preferred, Some(Keys::Sdes), Second, Open, true, false),
        (Preferred, Some(Keys::Dtls), First, Dtls, false, true),
        (Preferred, Some(Keys::Dtls), Second, Open, false, true),
        (Required, None, First, Secure, true, true),
        (Required, None, Second, Dtls, false, true),
        (Required, None, Only, Secure, true, true),
        (Required, Some(Keys::Sdes), First, Secure, true, false),
        (Required, Some(Keys::Dtls), First, Dtls, false, true),
        (Off, None, First, Open, false, false),
        (Off, Some(Keys::Dtls), First, Open, false, false),
    ] {
        let offer = terms(1000, encryption, keys, None).offer(attempt);
        let met = (offer.profile, !offer.keys.is_empty(), offer.dtls.is_some());
        assert_eq!(met, (profile, sdes, dtls), "{encryption:?} {keys:?} {attempt:?}");
        assert!(offer.dtls.is_none_or(|dtls| dtls.setup == Setup::ActPass && dtls.id.is_some_and(|id| id.len() >= 20)));
    }
    let yields = |encryption, keys| terms(1000, encryption, keys, None).yields();
    assert!(yields(Preferred, None) && yields(Preferred, Some(Keys::Dtls)) && yields(Required, None));
    assert!(!yields(Required, Some(Keys::Sdes)) && !yields(Required, Some(Keys::Dtls)) && !yields(Off, None));
}

#[test]
fn what_is_taken() {
    for (encryption, keys, ours, theirs, attempt, taken) in [
        (Preferred, None, Preferred, None, First, Ok("dtls")),
        (Preferred, None, Preferred, None, Second, Ok("dtls")),
        (Preferred, Some(Keys::Sdes), Preferred, None, First, Ok("sdes")),
        (Preferred, Some(Keys::Sdes), Preferred, Some(Keys::Dtls), First, Ok("dtls")),
        (Preferred, Some(Keys::Dtls), Preferred, Some(Keys::Sdes), First, Ok("sdes")),
        (Required, Some(Keys::Dtls), Preferred, Some(Keys::Sdes), First, Err(())),
        (Required, Some(Keys::Sdes), Preferred, Some(Keys::Dtls), First, Ok("dtls")),
        // its keys do not travel: nothing speaks against it
        (Off, None, Preferred, Some(Keys::Dtls), Second, Ok("dtls")),
        (Off, None, Preferred, Some(Keys::Sdes), Second, Ok("clear")),
        (Off, None, Preferred, Some(Keys::Sdes), First, Ok("sdes")),
        (Required, None, Off, None, First, Err(())),
        (Preferred, None, Off, None, First, Ok("clear")),
    ] {
        let (mut a, mut b) = (terms(1000, ours, theirs, None), terms(2000, encryption, keys, None));
        let met = meet(&mut a, &mut b, attempt).map_err(drop).map(|(way, other)| {
            assert_eq!((way.keys.is_some(), way.dtls.is_some()), (other.keys.is_some(), other.dtls.is_some()));
            match (way.keys, way.dtls) {
                (None, None) => "clear",
                (Some(_), None) => "sdes",
                (None, Some(_)) => "dtls",
                (Some(_), Some(_)) => "both",
            }
        });
        assert_eq!(met, taken, "{encryption:?} {keys:?} answers {ours:?} {theirs:?} {attempt:?}");
    }
}

#[test]
fn the_answerer_opens_and_the_offerer_chooses_and_later_offers_change_neither() {
    let (mut a, mut b) = (automatic(1000), automatic(2000));
    for later in 0..3 {
        let (way, other) = if later == 2 {
            let (other, way) = meet(&mut b, &mut a, First).unwrap();
            (way, other)
        } else {
            meet(&mut a, &mut b, First).unwrap()
        };
        let (ours, theirs) = (way.dtls.unwrap(), other.dtls.unwrap());
        assert_eq!((ours.active, theirs.active), (false, true), "{later}");
        assert_eq!(ours.peer, [theirs.identity.fingerprint()]);
        assert_eq!((&ours.id.0, &ours.id.1), (&theirs.id.1, &theirs.id.0));
        assert!(ours.id.0.is_some() && ours.id.1.is_some());
        let (ours, theirs) = (way.ice.unwrap(), other.ice.unwrap());
        assert_eq!((ours.controlling, theirs.controlling), (true, false), "{later}");
        assert_eq!((&ours.ours.ufrag, &ours.ours.pwd), (&theirs.theirs.ufrag, &theirs.theirs.pwd));
    }
    assert_eq!(a.offer(Second).profile, Profile::Secure, "what is encrypted is not offered in the clear");
}

#[test]
fn roles_that_others_take() {
    for (theirs, ours) in
        [(Setup::ActPass, Setup::Active), (Setup::Active, Setup::Passive), (Setup::Passive, Setup::Active)]
    {
        let mut b = automatic(2000);
        let mut offer = offer(&automatic(1000), First);
        offer.protection.dtls.as_mut().unwrap().setup = theirs;
        offer.protection.dtls.as_mut().unwrap().id = None;
        let answer = answer(&mut b, &offer).unwrap();
        let dtls = answer.protection.dtls.unwrap();
        assert_eq!((dtls.setup, dtls.id), (ours, None), "no id where they know none");
    }
    for (theirs, active) in [(Setup::Active, false), (Setup::Passive, true), (Setup::ActPass, true)] {
        let (mut a, mut b) = (automatic(1000), automatic(2000));
        let offer = offer(&a, First);
        let mut answer = answer(&mut b, &offer).unwrap();
        answer.protection.dtls.as_mut().unwrap().setup = theirs;
        assert_eq!(a.agree(&offer, &answer).unwrap().dtls.unwrap().active, active, "{theirs:?}");
    }
}

#[test]
fn an_answer_that_repeats_both_is_read_by_its_profile() {
    for (profile, dtls) in [(Profile::Secure, false), (Profile::Dtls, true)] {
        let (mut a, mut b) = (automatic(1000), automatic(2000));
        let offer = offer(&a, First);
        let mut answer = answer(&mut b, &offer).unwrap();
        answer.protection.keys = offer.protection.keys[..1].to_vec();
        answer.protection.profile = profile;
        let way = a.agree(&offer, &answer).unwrap();
        assert_eq!((way.dtls.is_some(), way.keys.is_some()), (dtls, !dtls));
    }
}

#[test]
fn a_certificate_that_is_gone_from_the_answer_is_no_agreement() {
    let (mut a, mut b) = (terms(1000, Preferred, Some(Keys::Dtls), None), automatic(2000));
    let offer = offer(&a, First);
    let mut answer = answer(&mut b, &offer).unwrap();
    answer.protection.dtls = None;
    assert!(matches!(a.agree(&offer, &answer), Err(MediaError::NotEncrypted)));
}

#[test]
fn ice_where_both_speak_it() {
    let (mut a, mut b) = (terms(1000, Off, None, Some(true)), terms(2000, Off, None, None));
    let (way, other) = meet(&mut a, &mut b, First).unwrap();
    assert!(way.ice.is_some() && other.ice.is_some(), "who does not offer it answers it");
    assert!(b.offer_ice().is_some(), "and keeps to it");
    let (mut a, mut b) = (terms(1000, Off, None, Some(true)), terms(2000, Off, None, Some(false)));
    let (way, _) = meet(&mut a, &mut b, First).unwrap();
    assert_eq!((way.ice, a.offer_ice()), (None, None), "what was not taken is not offered again");
}

#[test]
fn one_that_only_answers_leaves_the_choice_to_us() {
    let (a, mut b) = (automatic(1000), automatic(2000));
    let mut offer = offer(&a, First);
    let candidate = Candidate {
        foundation: "1".into(),
        component: 1,
        priority: 1,
        address: offer.rtp,
        kind: CandidateKind::Host,
        related: None,
    };
    let ice = offer.ice.as_mut().unwrap();
    (ice.lite, ice.candidates) = (true, vec![candidate]);
    let answer = answer(&mut b, &offer).unwrap();
    let way = b.agree(&answer, &offer).unwrap().ice.unwrap();
    assert!(way.controlling && way.theirs.candidates.len() == 1);
}

#[test]
fn a_restart_shows_in_the_next_description() {
    let (mut a, mut b) = (automatic(1000), automatic(2000));
    let (before, _) = meet(&mut a, &mut b, First).unwrap();
    a.means().ice = Credentials::new();
    let (after, _) = meet(&mut a, &mut b, First).unwrap();
    assert_ne!(before.ice.unwrap().ours, after.ice.unwrap().ours);
    assert_eq!(before.dtls, after.dtls, "the association stays");
}
