//! A subscription against a scripted server, with a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::sip::{message::Message, parse};

const SERVER: &str = "192.0.2.1:5060";
const PACKAGE: Package = Package { name: "message-summary", accept: "application/simple-message-summary" };

/// A subscription, its clock, and its last request.
struct Desk {
    subscription: Subscription,
    chance: Chance,
    now: Instant,
    asked: Option<Request>,
}

impl Desk {
    fn new() -> Self {
        let now = Instant::now();
        let subscription = Subscription::new(PACKAGE, Uri::parse("sip:alice@sip.test").unwrap(), now);
        Self { subscription, chance: Chance::new([3; 32]), now, asked: None }
    }

    /// Lets time pass; gives the request that became due.
    fn run(&mut self, seconds: u64) -> Option<Request> {
        self.now += Duration::from_secs(seconds);
        self.asked = self.subscription.is_due(self.now).then(|| self.ask(false));
        self.asked.clone()
    }

    fn ask(&mut self, ends: bool) -> Request {
        let own = NameAddr::parse("<sip:alice@sip.test>").unwrap();
        let contact = NameAddr::parse("<sip:alice@10.0.0.1:5070>").unwrap();
        let way = (SERVER.parse().unwrap(), true);
        self.subscription.request((&own, &contact), way, ends, &mut self.chance).0
    }

    fn answer(&mut self, code: u16, more: &[(HeaderName, &str)]) {
        let mut response = self.asked.as_ref().unwrap().response(code).tagged("s");
        more.iter().for_each(|(name, value)| response.headers.push(name.clone(), *value));
        self.subscription.answered(&Ok(response), self.now);
    }

    /// A NOTIFY in the dialog of the last request, from the phone with this tag.
    fn notify(&mut self, tag: &str, number: u32, state: &str, kind: &str) -> u16 {
        let asked = self.asked.as_ref().unwrap();
        let from = asked.headers.get(&HeaderName::From).unwrap();
        let text = format!(
            "NOTIFY sip:alice@10.0.0.1:5070 SIP/2.0\r\nVia: SIP/2.0/UDP {SERVER};branch=z9hG4bK{number}{tag}\r\n\
             From: <sip:alice@sip.test>;tag={tag}\r\nTo: {from}\r\nCall-ID: {}\r\nCSeq: {number} NOTIFY\r\n\
             Contact: <sip:mail@192.0.2.1:5070>\r\nRecord-Route: <sip:192.0.2.1;lr>\r\nEvent: message-summary;id=1\r\n\
             Subscription-State: {state}\r\nContent-Type: {kind}\r\nContent-Length: 2\r\n\r\nxx",
            asked.headers.call_id().unwrap()
        );
        let Ok(Message::Request(notify)) = parse::parse(text.as_bytes()) else { panic!("a request") };
        assert!(self.subscription.owns(&notify));
        self.subscription.notified(&notify, SERVER.parse().unwrap(), self.now)
    }

    fn stand(&mut self) {
        self.run(0).unwrap();
        self.answer(200, &[(HeaderName::Expires, "600")]);
        assert_eq!(self.notify("s", 1, "active;expires=600", PACKAGE.accept), 200);
    }
}

fn number(request: &Request) -> u32 {
    request.headers.cseq().unwrap().0
}

#[test]
fn asked_for_told_and_kept_up_along_the_route() {
    let mut desk = Desk::new();
    let first = desk.run(0).unwrap();
    assert_eq!(first.uri.as_str(), "sip:alice@sip.test");
    assert_eq!(first.headers.get(&HeaderName::Accept), Some(PACKAGE.accept));
    assert!(desk.run(0).is_none(), "asked once");
    desk.asked = Some(first.clone());
    // it may be told before it is granted
    assert_eq!(desk.notify("s", 7, "active;expires=600", PACKAGE.accept), 200);
    desk.answer(200, &[(HeaderName::Expires, "600")]);
    assert_eq!(desk.notify("s", 8, "active;expires=500", PACKAGE.accept), 200);
    assert_eq!(desk.notify("s", 8, "active;expires=500", PACKAGE.accept), 500, "an old one");
    assert_eq!(desk.notify("other", 1, "active", PACKAGE.accept), 481, "another phone");
    assert_eq!(desk.notify("s", 9, "active;expires=500", "text/html"), 415);
    assert!(desk.run(399).is_none());
    let again = desk.run(2).unwrap();
    assert_eq!(again.uri.as_str(), "sip:mail@192.0.2.1:5070");
    assert_eq!(again.headers.get(&HeaderName::Route), Some("<sip:192.0.2.1;lr>"));
    assert_eq!(again.headers.call_id(), first.headers.call_id());
    assert!(number(&again) > number(&first));
    desk.answer(202, &[]);
    let end = desk.ask(true);
    assert_eq!(end.headers.get(&HeaderName::Expires), Some("0"));
}

#[test]
fn forgotten_there_it_is_begun_anew() {
    let mut desk = Desk::new();
    desk.stand();
    let before = desk.run(480).unwrap();
    desk.answer(481, &[]);
    let anew = desk.run(0).unwrap();
    assert_ne!(anew.headers.call_id(), before.headers.call_id());
    assert_eq!(anew.headers.to().unwrap().tag(), None);
    desk.answer(481, &[]);
    assert!(desk.run(29).is_none(), "no endless loop");
    assert!(desk.run(60).is_some());
}

#[test]
fn who_will_not_is_asked_again_on_the_next_connection_only() {
    for code in [403, 404, 405, 489, 501, 603] {
        let mut desk = Desk::new();
        desk.run(0).unwrap();
        desk.answer(code, &[]);
        assert!(desk.subscription.is_refused(), "{code}");
        assert!(desk.run(100_000).is_none(), "{code}");
        desk.subscription.begin(desk.now);
        assert!(desk.run(0).is_some(), "{code}");
    }
    let mut desk = Desk::new();
    desk.run(0).unwrap();
    desk.subscription.answered(&Err(Failure::WrongPassword), desk.now);
    assert!(desk.subscription.is_refused());
}

#[test]
fn too_brief_is_asked_for_longer_and_too_busy_later() {
    let mut desk = Desk::new();
    desk.run(0).unwrap();
    desk.answer(423, &[(HeaderName::MinExpires, "3600")]);
    assert_eq!(desk.run(0).unwrap().headers.get(&HeaderName::Expires), Some("3600"));
    desk.answer(423, &[(HeaderName::MinExpires, "3600")]);
    assert!(desk.subscription.is_refused());
    let mut desk = Desk::new();
    desk.run(0).unwrap();
    desk.answer(503, &[(HeaderName::RetryAfter, "120")]);
    assert!(desk.run(119).is_none() && desk.run(1).is_some());
    desk.subscription.answered(&Err(Failure::TimedOut), desk.now);
    assert!(desk.run(59).is_none() && desk.run(1).is_some(), "the pause doubles");
}

#[test]
fn a_grant_that_nothing_follows_is_none() {
    let mut desk = Desk::new();
    desk.run(0).unwrap();
    desk.answer(200, &[(HeaderName::Expires, "600")]);
    assert!(desk.run(31).is_none());
    assert!(desk.run(1).is_none(), "given up");
    assert!(desk.run(30).is_some());
}

#[test]
fn how_the_server_ended_it_says_what_to_do() {
    for (state, wait) in [
        ("terminated;reason=deactivated", Some(0)),
        ("terminated;reason=timeout", Some(0)),
        ("terminated", Some(0)),
        ("terminated;reason=probation;retry-after=90", Some(90)),
        ("terminated;reason=giveup", Some(60)),
        ("terminated;reason=rejected", None),
        ("Terminated; reason=noresource", None),
    ] {
        let mut desk = Desk::new();
        desk.stand();
        assert_eq!(desk.notify("s", 2, state, PACKAGE.accept), 200, "{state}");
        match wait {
            None => assert!(desk.run(10_000).is_none(), "{state}"),
            Some(0) => assert!(desk.run(0).is_some(), "{state}"),
            Some(wait) => assert!(desk.run(wait - 1).is_none() && desk.run(1).is_some(), "{state}"),
        }
    }
}

#[test]
fn what_is_not_its_own_is_left_to_others() {
    let mut desk = Desk::new();
    desk.stand();
    let own = desk.asked.clone().unwrap();
    let mut stray = own.clone();
    stray.headers.set(HeaderName::To, "<sip:alice@sip.test>;tag=guess");
    assert!(!desk.subscription.owns(&stray));
    let mut other = own.clone();
    other.headers.set(HeaderName::To, own.headers.get(&HeaderName::From).unwrap());
    assert!(desk.subscription.owns(&other));
    other.headers.set(HeaderName::Event, "presence");
    assert!(!desk.subscription.owns(&other));
}
