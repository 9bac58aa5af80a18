//! Answers of registrars, one by one.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;

fn contact() -> NameAddr {
    NameAddr::parse("<sip:alice@10.0.0.1:5070>").unwrap()
}

fn registration() -> Registration {
    let aor = NameAddr::parse("<sip:alice@sip.test>;tag=t").unwrap();
    let registrar = Uri::parse("sip:sip.test").unwrap();
    Registration::new(Named { aor, registrar, call_id: "c".into(), instance: "urn:uuid:x".into(), flow: 1 }, None)
}

fn answer(code: u16, headers: &[(HeaderName, &str)]) -> Verdict {
    let mut registration = registration();
    let mut response = registration.request(&contact(), None).response(code);
    headers.iter().for_each(|(name, value)| response.headers.push(name.clone(), *value));
    registration.answered(&Ok(response), &contact())
}

fn refresh(seconds: u64) -> Verdict {
    Verdict::Registered { refresh: Duration::from_secs(seconds), granted: Granted::default() }
}

#[test]
fn the_server_decides_how_long() {
    let ours = "<sip:alice@10.0.0.9:5060>;expires=9, <sip:alice@10.0.0.1:5070;ob>;expires=50";
    assert_eq!(answer(200, &[(HeaderName::Contact, ours), (HeaderName::Expires, "3000")]), refresh(20));
    assert_eq!(answer(200, &[(HeaderName::Contact, "<sip:x@y>;expires=100")]), refresh(40));
    assert_eq!(answer(200, &[(HeaderName::Expires, "3000")]), refresh(1200));
    assert_eq!(answer(200, &[]), refresh(24));
    let gone = answer(200, &[(HeaderName::Contact, "<sip:alice@10.0.0.1:5070>;expires=0")]);
    assert!(matches!(gone, Verdict::Failed { problem: Problem::Refused, .. }));
}

#[test]
fn too_brief_is_asked_again_for_longer() {
    let mut registration = registration();
    let response = registration.request(&contact(), None).response(423).with(HeaderName::MinExpires, "300");
    assert_eq!(registration.answered(&Ok(response.clone()), &contact()), Verdict::Again);
    assert_eq!(registration.request(&contact(), None).headers.get(&HeaderName::Expires), Some("300"));
    let again = registration.answered(&Ok(response), &contact());
    assert!(matches!(again, Verdict::Failed { .. }), "no endless loop");
}

#[test]
fn refusals() {
    let failed = |problem, seconds: Option<u64>, elsewhere| Verdict::Failed {
        problem,
        after: seconds.map(Duration::from_secs),
        elsewhere,
    };
    let later = |seconds: &'static str| [(HeaderName::RetryAfter, seconds)];
    assert_eq!(answer(503, &later("120 (later)")), failed(Problem::Refused, Some(120), true));
    assert_eq!(answer(500, &later("7;duration=60")), failed(Problem::Refused, Some(7), true));
    assert_eq!(answer(503, &later("4294967295")), failed(Problem::Refused, Some(600), true), "not for years");
    assert_eq!(answer(503, &later("99999999999")), failed(Problem::Refused, None, true), "no number of ours");
    assert_eq!(answer(500, &[]), failed(Problem::Refused, None, true));
    assert_eq!(answer(504, &[]), failed(Problem::TimedOut, None, true));
    assert_eq!(answer(403, &[]), failed(Problem::Refused, Some(60), false));
    assert_eq!(answer(404, &[]), failed(Problem::WrongPassword, Some(60), false));
    let lost = |why| registration().answered(&Err(why), &contact());
    assert_eq!(lost(Failure::WrongPassword), failed(Problem::WrongPassword, None, false));
    assert_eq!(lost(Failure::TimedOut), failed(Problem::TimedOut, None, true));
}

#[test]
fn a_moved_contact_replaces_the_old_one() {
    let new = NameAddr::parse("<sip:alice@192.0.2.1:999>").unwrap();
    let request = registration().request(&new, Some(&contact()));
    let contacts: Vec<_> = request.headers.all(&HeaderName::Contact).collect();
    let expected = ["<sip:alice@192.0.2.1:999>;+sip.instance=\"<urn:uuid:x>\"", "<sip:alice@10.0.0.1:5070>;expires=0"];
    assert_eq!(contacts, expected);
}

/// A registrar that grants all there is.
fn granted(more: &[(HeaderName, &str)]) -> (Registration, Granted) {
    let mut registration = registration();
    let mut response = registration.request(&contact(), None).response(200);
    let bound = "<sip:alice@10.0.0.1:5070>;pub-gruu=\"sip:alice@sip.test;gr=urn:uuid:x\";\
                 temp-gruu=\"sip:tgruu.7hs@sip.test;gr\";+sip.instance=\"<urn:uuid:x>\";reg-id=1;expires=3600";
    response.headers.push(HeaderName::Contact, bound);
    more.iter().for_each(|(name, value)| response.headers.push(name.clone(), *value));
    match registration.answered(&Ok(response), &contact()) {
        Verdict::Registered { granted, .. } => (registration, granted),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_asked_for_and_granted_besides() {
    let asked = registration().request(&contact(), None);
    assert_eq!(asked.headers.get(&HeaderName::Supported), Some("path, outbound, gruu"));
    let own = asked.headers.get(&HeaderName::Contact).unwrap();
    assert!(own.ends_with(";+sip.instance=\"<urn:uuid:x>\";reg-id=1"), "{own}");
    let route = (HeaderName::ServiceRoute, "<sip:edge.test;lr>, <sip:home.test;transport=tcp;lr>");
    let timer = (HeaderName::Other("Flow-Timer".into()), "60");
    let (mut registration, all) = granted(&[route, timer, (HeaderName::Require, "outbound")]);
    assert_eq!(all.reach.routes, ["<sip:edge.test;lr>", "<sip:home.test;transport=tcp;lr>"]);
    assert_eq!(all.reach.public, Uri::parse("sip:alice@sip.test;gr=urn:uuid:x"));
    assert_eq!(all.reach.temporary, Uri::parse("sip:tgruu.7hs@sip.test;gr"));
    assert_eq!((all.reach.flow, all.alive), (true, Some(Duration::from_secs(60))));
    // the flow is known by its number: a new address takes the place of the old one by itself
    let moved = registration.request(&NameAddr::parse("<sip:alice@192.0.2.1:999>").unwrap(), Some(&contact()));
    assert_eq!(moved.headers.all(&HeaderName::Contact).count(), 1);
    let removal = registration.removal(&contact());
    assert!(removal.headers.get(&HeaderName::Contact).unwrap().ends_with(";reg-id=1"));
}

#[test]
fn a_route_that_nobody_can_follow_is_not_taken() {
    for routes in ["<sip:edge.test>", "<mailto:x@y>", "nonsense", "<sip:a;lr>, <tel:+1555>"] {
        assert_eq!(granted(&[(HeaderName::ServiceRoute, routes)]).1.reach.routes, [""; 0], "{routes}");
    }
    let many = ["<sip:a;lr>"; MOST_ROUTES + 1].join(",");
    assert_eq!(granted(&[(HeaderName::ServiceRoute, &many)]).1.reach.routes, [""; 0]);
    let (_, plain) = granted(&[]);
    assert!(!plain.reach.flow && plain.alive.is_none());
}

#[test]
fn where_flows_are_refused_none_is_asked_for() {
    let mut registration = registration();
    let response = registration.request(&contact(), None).response(439);
    assert_eq!(registration.answered(&Ok(response.clone()), &contact()), Verdict::Again);
    let again = registration.request(&contact(), None);
    assert_eq!(again.headers.get(&HeaderName::Supported), Some("path, gruu"));
    assert!(!again.headers.get(&HeaderName::Contact).unwrap().contains("reg-id"));
    assert!(matches!(registration.answered(&Ok(response), &contact()), Verdict::Failed { .. }), "no endless loop");
    registration.begin(true);
    let anew = registration.request(&contact(), None);
    assert_eq!(anew.headers.get(&HeaderName::Supported), Some("path, outbound, gruu"), "another way may know them");
}

#[test]
fn the_providers_own_time_is_asked_for_and_the_servers_least_remembered() {
    let named = || Named {
        aor: NameAddr::parse("<sip:alice@sip.test>;tag=t").unwrap(),
        registrar: Uri::parse("sip:sip.test").unwrap(),
        call_id: "c".into(),
        instance: "urn:uuid:x".into(),
        flow: 1,
    };
    let expires = |registration: &mut Registration, stream| {
        registration.begin(stream);
        let request = registration.request(&contact(), None);
        request.headers.get(&HeaderName::Expires).unwrap().parse::<u32>().unwrap()
    };
    let mut usual = Registration::new(named(), None);
    assert_eq!((expires(&mut usual, false), expires(&mut usual, true)), (60, 600));
    let mut wished = Registration::new(named(), Some(300));
    assert_eq!((expires(&mut wished, false), expires(&mut wished, true)), (300, 300));
    let response = wished.request(&contact(), None).response(423).with(HeaderName::MinExpires, "900");
    assert_eq!(wished.answered(&Ok(response), &contact()), Verdict::Again);
    assert_eq!(expires(&mut wished, false), 900, "it need not be refused again");
}
