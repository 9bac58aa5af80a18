//! Timers and states of single transactions, by the hand-turned clock.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::sip::{message::Message, parse::parse};

fn request(method: &str, branch: &str) -> Request {
    let text = format!(
        "{method} sip:bob@x SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch={branch}\r\nFrom: <sip:a@x>;tag=f\r\nTo: <sip:b@x>\r\n\
         Call-ID: c\r\nCSeq: 1 {method}\r\n\r\n"
    );
    match parse(text.as_bytes()) {
        Ok(Message::Request(request)) => request,
        _ => panic!("a request"),
    }
}

fn to() -> SocketAddr {
    "10.0.0.2:5060".parse().unwrap()
}

/// When something was sent, in milliseconds from the start, until nothing is due any more.
fn schedule(transactions: &mut Transactions, start: Instant) -> (Vec<u128>, Vec<Expired>) {
    let (mut times, mut expired) = (Vec::new(), Vec::new());
    let mut now = start;
    loop {
        while transactions.poll().is_some() {
            times.push(now.duration_since(start).as_millis());
        }
        let Some(next) = transactions.next_timeout() else { return (times, expired) };
        now = next;
        expired.extend(transactions.timeout(now));
    }
}

#[test]
fn requests_are_repeated_by_the_rules_and_given_up() {
    let start = Instant::now();
    let mut transactions = Transactions::default();
    let id = transactions.request(&request("INVITE", "z9hG4bK1"), to(), false, start);
    let (times, expired) = schedule(&mut transactions, start);
    assert_eq!(times, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
    assert_eq!(expired, [Expired::Unanswered(id)]);
    let id = transactions.request(&request("MESSAGE", "z9hG4bK2"), to(), false, start);
    let (times, expired) = schedule(&mut transactions, start);
    assert_eq!(times, [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(expired, [Expired::Unanswered(id)]);
    transactions.request(&request("MESSAGE", "z9hG4bK3"), to(), true, start);
    assert_eq!(schedule(&mut transactions, start).0, [0], "a stream does not lose");
}

#[test]
fn an_acceptance_is_repeated_until_its_ack() {
    let start = Instant::now();
    let invite = request("INVITE", "z9hG4bK1");
    let mut transactions = Transactions::default();
    let Incoming::New(id) = transactions.receive_request(&invite, to(), true, start) else { panic!("new") };
    transactions.respond(id, &invite.response(200), start);
    let (times, expired) = schedule(&mut transactions, start);
    assert_eq!(times, [0, 500, 1500, 3500, 7500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500]);
    assert_eq!(expired, [Expired::NotAcked(id)]);
    let Incoming::New(id) = transactions.receive_request(&invite, to(), true, start) else { panic!("new") };
    transactions.respond(id, &invite.response(200), start);
    let ack = request("ACK", "z9hG4bKother");
    assert_eq!(transactions.receive_request(&ack, to(), true, start), Incoming::Ack);
    transactions.acked(id);
    assert_eq!(transactions.receive_request(&invite, to(), true, start), Incoming::Again, "absorbed");
    assert_eq!(schedule(&mut transactions, start), (vec![0], Vec::new()));
}

#[test]
fn a_refusal_is_repeated_until_its_ack() {
    let start = Instant::now();
    let invite = request("INVITE", "z9hG4bK1");
    let mut transactions = Transactions::default();
    let Incoming::New(id) = transactions.receive_request(&invite, to(), false, start) else { panic!("new") };
    transactions.respond(id, &invite.response(486), start);
    assert_eq!(transactions.receive_request(&invite, to(), false, start), Incoming::Again);
    assert_eq!(transactions.receive_request(&request("ACK", "z9hG4bK1"), to(), false, start), Incoming::Again);
    let (times, expired) = schedule(&mut transactions, start);
    assert_eq!(
        (times, expired),
        (vec![0, 0], Vec::new()),
        "sent, sent again when it was asked again, then acknowledged"
    );
}

#[test]
fn methods_and_peers_have_transactions_of_their_own() {
    let start = Instant::now();
    let mut transactions = Transactions::default();
    let invite = request("INVITE", "z9hG4bK1");
    assert!(matches!(transactions.receive_request(&invite, to(), false, start), Incoming::New(_)));
    let cancel = request("CANCEL", "z9hG4bK1");
    assert!(matches!(transactions.receive_request(&cancel, to(), false, start), Incoming::New(_)));
    assert!(transactions.cancelled_by(&cancel).is_some());
    assert!(transactions.cancelled_by(&request("CANCEL", "z9hG4bK2")).is_none());
    // older than RFC 3261
    assert!(matches!(transactions.receive_request(&request("INVITE", "1"), to(), false, start), Incoming::New(_)));
    assert_eq!(transactions.receive_request(&request("INVITE", "1"), to(), false, start), Incoming::Again);
}

#[test]
fn those_of_ours_that_are_answered_make_room_and_those_that_wait_do_not() {
    let start = Instant::now();
    let mut transactions = Transactions::default();
    let open = |transactions: &mut Transactions, n: usize| {
        let invite = request("INVITE", &format!("z9hG4bK{n}"));
        (transactions.request(&invite, to(), false, start), invite)
    };
    let (first, invite) = open(&mut transactions, 0);
    for n in 1..MOST {
        open(&mut transactions, n);
    }
    assert!(!transactions.has_room(), "all wait");
    assert_eq!(transactions.receive_response(&invite.response(401), start), Some(first));
    assert!(transactions.has_room());
    open(&mut transactions, MOST);
    assert!(!transactions.knows(first) && !transactions.has_room());
}

#[test]
fn their_number_is_bounded() {
    let start = Instant::now();
    let mut transactions = Transactions::default();
    for n in 0..MOST {
        transactions.receive_request(&request("MESSAGE", &format!("z9hG4bK{n}")), to(), false, start);
    }
    assert_eq!(transactions.receive_request(&request("MESSAGE", "z9hG4bKx"), to(), false, start), Incoming::Full);
}
