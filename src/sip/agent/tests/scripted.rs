//! Peers that do what ours do not: fork, answer late, offer late, cancel with a reason. Their messages are written by hand.
use super::*;
use crate::domain::{
    private::Private,
    protection::{Profile, Protection, SdesKey, Suite},
};

/// Our agent alone, against a script at `addr(1)`.
pub(super) fn alone() -> Net {
    Net::new(1, Weather::default(), 1)
}

pub(super) fn say(net: &mut Net, text: &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let body = body.replace('\n', "\r\n");
    let head = head.trim_end().replace('\n', "\r\n");
    let bytes = format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    net.act(0, |agent, now| agent.receive(addr(1), bytes.as_bytes(), now));
}

/// The last message of ours that starts so.
pub(super) fn last(net: &Net, start: &str) -> String {
    let found = net.sent.iter().rev().find(|(_, _, text)| text.starts_with(start));
    found.unwrap_or_else(|| panic!("no {start} in {:#?}", net.sent)).2.clone()
}

pub(super) fn header(text: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("no {name}")).to_owned()
}

/// An answer to our last request of this method.
pub(super) fn respond(net: &mut Net, method: &str, code: u16, tag: &str, more: &str) {
    let request = last(net, method);
    let (to, tag) = (header(&request, "To"), format!(";tag={tag}"));
    let to = if to.contains(";tag=") || tag == ";tag=" { to } else { to + &tag };
    let copied: Vec<_> =
        ["Via", "From", "Call-ID", "CSeq"].map(|name| format!("{name}: {}", header(&request, name))).into();
    say(net, &format!("SIP/2.0 {code} x\n{}\nTo: {to}\n{more}", copied.join("\n")));
}

pub(super) const SDP: &str = "v=0\no=- 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\nm=audio 7000 RTP/AVP 0\n";

pub(super) fn with_sdp(more: &str) -> String {
    format!("{more}Contact: <sip:bob@10.0.0.2:5060>\nContent-Type: application/sdp\n\n{SDP}")
}

pub(super) fn invite(more: &str) -> String {
    format!(
        "INVITE sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi;rport\nMax-Forwards: 70\n\
         From: <sip:bob@b.test>;tag=bt\nTo: <sip:alice@a.test>\nCall-ID: script\nCSeq: 5 INVITE\n{more}"
    )
}

/// A request of theirs inside the call that `invite` began; our tag is taken from our last answer.
pub(super) fn within(net: &mut Net, method: &str, number: u32, more: &str) {
    let to = header(&last(net, "SIP/2.0 2"), "To");
    say(
        net,
        &format!(
            "{method} sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK{method}{number};rport\n\
             From: <sip:bob@b.test>;tag=bt\nTo: {to}\nCall-ID: script\nCSeq: {number} {method}\n{more}"
        ),
    );
}

#[test]
fn the_first_fork_gets_the_call_and_the_other_a_bye() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 180, "one", "");
    respond(&mut net, "INVITE", 200, "two", &with_sdp("Record-Route: <sip:p1;lr>, <sip:p2;lr>\n"));
    net.take(0, |event| matches!(event, AgentEvent::Ringing { early: None, .. }).then_some(()));
    assert_eq!(net.answered(0).rtp.port(), 7000);
    let ack = last(&net, "ACK sip:bob@10.0.0.2:5060");
    assert!(ack.contains("Route: <sip:p2;lr>\r\nRoute: <sip:p1;lr>\r\n"), "{ack}");
    assert_eq!(header(&ack, "CSeq"), "1 ACK");
    respond(&mut net, "INVITE", 200, "one", &with_sdp(""));
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (2, 1));
    assert!(header(&last(&net, "BYE"), "To").ends_with("tag=one"));
    respond(&mut net, "INVITE", 200, "two", &with_sdp(""));
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (3, 1), "a repeated answer gets its ACK again");
    assert!(net.events[0].is_empty(), "{:?}", net.events[0]);
}

#[test]
fn early_media_and_an_answer_that_only_came_early() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 183, "t", &with_sdp(""));
    let early = net.take(0, |event| if let AgentEvent::Ringing { early, .. } = event { early.clone() } else { None });
    assert_eq!(early.rtp.port(), 7000);
    respond(&mut net, "INVITE", 200, "t", "Contact: <sip:bob@10.0.0.2>\n");
    assert_eq!(net.answered(0), early);
}

#[test]
fn an_answer_of_no_use_ends_the_call() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "t", "Contact: <sip:bob@10.0.0.2>\nContent-Type: application/sdp\n\nv=0\n");
    assert_eq!(net.ended(0), EndReason::NoCommonMedia);
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (1, 1));
}

fn secure() -> SessionDescription {
    let key = Private::new(zeroize::Zeroizing::new(vec![7; 30]));
    let keys = vec![SdesKey { tag: 1, suite: Suite::Aes128Sha80, key, mki: Vec::new() }];
    SessionDescription {
        protection: Protection { profile: Profile::Secure, keys, ..Protection::default() },
        ..description(4000)
    }
}

#[test]
fn an_offer_refused_for_its_media_is_followed_by_the_second_one_once() {
    let mut open = secure();
    open.protection.profile = Profile::Open;
    let mut net = alone();
    net.call_with(secure(), Some(open));
    let first = last(&net, "INVITE");
    assert!(first.contains("m=audio 4000 RTP/SAVP 0") && first.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"));
    respond(&mut net, "INVITE", 488, "one", "");
    let second = last(&net, "INVITE");
    assert!(second.contains("m=audio 4000 RTP/AVP 0") && second.contains("a=crypto:1 "), "{second}");
    assert_eq!(
        (header(&second, "Call-ID"), header(&second, "CSeq")),
        (header(&first, "Call-ID"), "2 INVITE".to_owned())
    );
    respond(&mut net, "INVITE", 200, "one", &with_sdp(""));
    assert_eq!(net.answered(0).protection, Protection::default());
    assert_eq!(header(&last(&net, "ACK sip:bob@10.0.0.2:5060"), "CSeq"), "2 ACK");
    for (offer, second, reason) in [
        (secure(), None, EndReason::NotEncrypted),
        (secure(), Some(description(4000)), EndReason::NoCommonMedia),
        (description(4000), None, EndReason::NoCommonMedia),
    ] {
        let mut net = alone();
        net.call_with(offer, second);
        respond(&mut net, "INVITE", 488, "one", "");
        respond(&mut net, "INVITE", 488, "one", "");
        assert_eq!(net.ended(0), reason);
    }
}

#[test]
fn refusals_are_acknowledged_each_time() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 404, "t", "");
    respond(&mut net, "INVITE", 404, "t", "");
    assert_eq!((net.ended(0), net.count(0, "ACK")), (EndReason::NotFound, 2));
}

#[test]
fn they_want_our_offer_first() {
    let mut net = alone();
    say(&mut net, &invite("Contact: <sip:bob@10.0.0.2>\n"));
    let call = net.take(0, |event| match event {
        AgentEvent::Invited { call, offer: None, .. } => Some(*call),
        _ => None,
    });
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, &format!("Content-Type: application/sdp\n\n{SDP}"));
    let answer =
        net.take(0, |event| if let AgentEvent::Confirmed { answer, .. } = event { answer.clone() } else { None });
    assert_eq!(answer.rtp.port(), 7000);
    // and again in mid-call: what was agreed on is offered
    within(&mut net, "INVITE", 6, "Contact: <sip:bob@10.0.0.2>\n");
    assert!(last(&net, "SIP/2.0 200").contains("m=audio 4000 "));
    within(&mut net, "ACK", 6, &format!("Content-Type: application/sdp\n\n{}", SDP.replace("7000", "7002")));
    let answer =
        net.take(0, |event| if let AgentEvent::Confirmed { answer, .. } = event { answer.clone() } else { None });
    assert_eq!(answer.rtp.port(), 7002);
}

#[test]
fn an_ack_without_the_answer_we_wait_for_ends_the_call() {
    let mut net = alone();
    say(&mut net, &invite("Contact: <sip:bob@10.0.0.2>\n"));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    assert_eq!((net.ended(0), net.count(0, "BYE")), (EndReason::NoCommonMedia, 1));
}

#[test]
fn taken_by_another_device() {
    for (reason, expected) in [
        ("Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n", EndReason::HandledElsewhere),
        ("Reason: Q.850;cause=16, SIP;cause=600\n", EndReason::HandledElsewhere),
        ("Reason: SIP;cause=487\n", EndReason::Cancelled),
        ("", EndReason::Cancelled),
    ] {
        let mut net = alone();
        say(&mut net, &invite(&with_sdp("")));
        net.invited(0);
        say(&mut net, &invite(reason).replace("INVITE", "CANCEL"));
        assert_eq!(net.ended(0), expected, "{reason}");
        assert_eq!((net.count(0, "SIP/2.0 200"), net.count(0, "SIP/2.0 487")), (1, 1));
    }
}

#[test]
fn the_same_call_by_two_ways_rings_once() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("")));
    say(&mut net, &invite(&with_sdp("")).replace("z9hG4bKi", "z9hG4bKother"));
    net.invited(0);
    assert_eq!((net.count(0, "SIP/2.0 482"), net.events[0].len()), (1, 0));
}

#[test]
fn the_same_call_by_two_flows_of_an_account_rings_once() {
    let (mut net, mut twin) = (alone(), alone());
    say(&mut net, &invite(&with_sdp("")));
    net.invited(0);
    let came = net.agent(0).came();
    twin.act(0, |agent, _| agent.came_elsewhere(came));
    say(&mut twin, &invite(&with_sdp("")).replace("z9hG4bKi", "z9hG4bKother"));
    assert_eq!((twin.count(0, "SIP/2.0 482"), twin.events[0].len()), (1, 0));
    // another call of the same caller is no copy, nor is this one once it is over here
    say(&mut twin, &invite(&with_sdp("")).replace("script", "another").replace("z9hG4bKi", "z9hG4bK2"));
    twin.invited(0);
    say(&mut net, &invite("").replace("INVITE", "CANCEL"));
    assert!(net.agent(0).came().is_empty());
}

#[test]
fn requests_in_mid_call() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("Record-Route: <sip:10.0.0.2;lr>\n")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    assert!(last(&net, "SIP/2.0 200").contains("Record-Route: <sip:10.0.0.2;lr>"));
    within(&mut net, "ACK", 5, "");
    for (number, method, more, code) in [
        (6, "INFO", "", 200),
        (7, "INFO", "Content-Type: application/pdf\n\nx", 415),
        (8, "UPDATE", "Contact: <sip:bob@10.0.0.3:7777>\n", 200),
        (9, "OPTIONS", "", 200),
        (10, "REFER", "Refer-To: <sip:x@y>, <sip:z@y>\n", 400),
        (11, "PRACK", "", 481),
        (3, "INFO", "", 500),
        (12, "INVITE", "Contact: <sip:bob@10.0.0.3:7777>\nContent-Type: application/sdp\n\nv=0\n", 488),
    ] {
        within(&mut net, method, number, more);
        let answer = net.sent.last().unwrap().2.clone();
        assert!(answer.starts_with(&format!("SIP/2.0 {code} ")), "{method}: {answer}");
    }
    net.act(0, |agent, now| agent.end(call, Decline::Declined, now));
    let bye = last(&net, "BYE");
    assert!(bye.starts_with("BYE sip:bob@10.0.0.3:7777 SIP/2.0") && bye.contains("Route: <sip:10.0.0.2;lr>"), "{bye}");
}

#[test]
fn an_offer_by_update() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    within(&mut net, "UPDATE", 6, &with_sdp("").replace("7000", "7004"));
    let offer =
        net.take(0, |event| if let AgentEvent::Reoffered { offer, .. } = event { Some(offer.clone()) } else { None });
    assert_eq!(offer.rtp.port(), 7004);
    net.act(0, |agent, now| agent.answer_reoffer(call, holding(4000), now));
    assert!(last(&net, "SIP/2.0 200").contains("a=sendonly"));
    // no ACK comes to an UPDATE: the next offer goes out at once
    net.act(0, |agent, now| agent.reoffer(call, description(4000), now));
    assert_eq!(net.count(0, "INVITE"), 1);
}

#[test]
fn a_call_they_do_not_know_any_more_is_over() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "t", &with_sdp(""));
    net.answered(0);
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    respond(&mut net, "INVITE", 481, "t", "");
    assert_eq!(net.ended(0), EndReason::HungUpThere);
}

#[test]
fn a_strict_router_is_asked_itself() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "t", &with_sdp("Record-Route: <sip:old@10.0.0.5>\n"));
    let ack = last(&net, "ACK");
    assert!(ack.starts_with("ACK sip:old@10.0.0.5 ") && ack.contains("Route: <sip:bob@10.0.0.2:5060>"), "{ack}");
}
