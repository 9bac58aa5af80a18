//! Provisional answers: several phones at once, answers that have to arrive, offers before the call stands.
use super::{
    scripted::{SDP, alone, header, invite, last, respond, say, with_sdp, within},
    *,
};

fn early(net: &mut Net) -> u16 {
    let heard = |event: &AgentEvent| match event {
        AgentEvent::Ringing { early: Some(early), .. } => Some(early.rtp.port()),
        _ => None,
    };
    net.take(0, heard)
}

fn described(port: &str, more: &str) -> String {
    with_sdp(more).replace("7000", port)
}

/// Headers of an answer that has to arrive.
fn reliably(number: u32) -> String {
    format!("Require: 100rel\nRSeq: {number}\nAllow: INVITE, UPDATE\n")
}

/// A request of theirs in the early dialog with this tag.
fn from_there(net: &mut Net, method: &str, tag: &str, number: u32, more: &str) {
    let invite = last(net, "INVITE");
    let (from, to, id) = (header(&invite, "From"), header(&invite, "To"), header(&invite, "Call-ID"));
    say(
        net,
        &format!(
            "{method} sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK{method}{number};rport\n\
             From: {to};tag={tag}\nTo: {from}\nCall-ID: {id}\nCSeq: {number} {method}\n{more}"
        ),
    );
}

#[test]
fn each_phone_has_a_sound_of_its_own_and_the_one_that_answers_is_heard() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 183, "one", &described("7000", ""));
    assert_eq!(early(&mut net), 7000);
    respond(&mut net, "INVITE", 183, "two", &described("7100", ""));
    assert_eq!(early(&mut net), 7100);
    respond(&mut net, "INVITE", 180, "one", "Contact: <sip:bob@10.0.0.2>\n");
    assert_eq!(early(&mut net), 7000, "the one that spoke last is heard");
    respond(&mut net, "INVITE", 180, "one", "");
    net.take(0, |event| matches!(event, AgentEvent::Ringing { early: None, .. }).then_some(()));
    // the answer without a description is to what that phone said, not to what another did
    respond(&mut net, "INVITE", 200, "two", "Contact: <sip:two@10.0.0.2:5060>\n");
    assert_eq!(net.answered(0).rtp.port(), 7100);
    respond(&mut net, "INVITE", 200, "one", &described("7000", ""));
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (2, 1), "the loser is let go");
    from_there(&mut net, "UPDATE", "one", 2, &described("7002", ""));
    assert_eq!(net.count(0, "SIP/2.0 481"), 1);
}

#[test]
fn a_phone_without_a_description_of_its_own_does_not_borrow_one() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 183, "one", &with_sdp(""));
    respond(&mut net, "INVITE", 200, "two", "Contact: <sip:two@10.0.0.2>\n");
    assert_eq!(net.ended(0), EndReason::NoCommonMedia);
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (1, 1));
}

#[test]
fn phones_without_end_are_bounded_and_one_that_is_out_is_forgotten() {
    let mut net = alone();
    net.call();
    for n in 0..100 {
        respond(&mut net, "INVITE", 180, &format!("t{n}"), &reliably(1));
    }
    assert_eq!(net.count(0, "PRACK"), 16);
    respond(&mut net, "INVITE", 199, "t3", "");
    from_there(&mut net, "UPDATE", "t3", 1, "");
    from_there(&mut net, "UPDATE", "t4", 2, "");
    assert_eq!((net.count(0, "SIP/2.0 481"), net.count(0, "SIP/2.0 200")), (1, 1));
}

#[test]
fn answers_without_end_are_bounded() {
    let mut net = alone();
    net.call();
    for n in 0..200 {
        respond(&mut net, "INVITE", 200, &format!("t{n}"), &with_sdp(""));
    }
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (32, 31));
}

#[test]
fn what_has_to_arrive_is_acknowledged_once_and_in_its_order() {
    let mut net = alone();
    net.call();
    assert!(last(&net, "INVITE").contains("Supported: 100rel, timer, replaces\r\n"));
    let route = "Record-Route: <sip:10.0.0.3;lr>\n";
    respond(&mut net, "INVITE", 183, "t", &with_sdp(&(reliably(7) + route)));
    let prack = last(&net, "PRACK sip:bob@10.0.0.2:5060");
    assert_eq!((header(&prack, "RAck"), header(&prack, "CSeq")), ("7 1 INVITE".into(), "2 PRACK".into()));
    assert!(prack.contains("Route: <sip:10.0.0.3;lr>") && header(&prack, "To").ends_with(";tag=t"), "{prack}");
    respond(&mut net, "INVITE", 183, "t", &with_sdp(&(reliably(7) + route)));
    respond(&mut net, "INVITE", 180, "t", &reliably(9));
    assert_eq!((net.count(0, "PRACK"), early(&mut net)), (1, 7000), "again, and out of order");
    assert!(net.events[0].is_empty(), "{:?}", net.events[0]);
    respond(&mut net, "INVITE", 180, "t", &reliably(8));
    assert_eq!(header(&last(&net, "PRACK"), "RAck"), "8 1 INVITE");
    net.take(0, |event| matches!(event, AgentEvent::Ringing { .. }).then_some(()));
    // the numbers go on in the call that stands, and what was agreed on stays
    respond(&mut net, "INVITE", 200, "t", &described("7099", ""));
    assert_eq!(net.answered(0).rtp.port(), 7000);
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!(header(&last(&net, "BYE"), "CSeq"), "4 BYE");
}

#[test]
fn a_challenge_to_prack_is_answered_within_the_dialog() {
    let mut net = alone();
    net.agents[0].1.auth = Auth::new(Some(Credentials { user: "alice".into(), password: "x".into() }));
    net.agents[0].1.trust(Some("r".into()), "a.test");
    net.call();
    respond(&mut net, "INVITE", 180, "t", &reliably(1));
    respond(&mut net, "PRACK", 407, "t", "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n");
    let again = last(&net, "PRACK");
    assert!(again.contains("Proxy-Authorization: Digest") && header(&again, "CSeq") == "3 PRACK", "{again}");
    respond(&mut net, "INVITE", 180, "t", &reliably(2));
    assert_eq!(header(&last(&net, "PRACK"), "CSeq"), "4 PRACK");
}

#[test]
fn hanging_up_cancels_whatever_was_acknowledged() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 183, "t", &with_sdp(&reliably(1)));
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!((net.ended(0), net.count(0, "CANCEL")), (EndReason::Cancelled, 1));
    respond(&mut net, "CANCEL", 200, "t", "");
    respond(&mut net, "INVITE", 487, "t", "");
    assert_eq!(net.count(0, "ACK"), 1);
    net.seconds(60);
    net.is_silent();
}

#[test]
fn an_offer_before_the_call_stands_is_answered() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 180, "t", &reliably(1));
    from_there(&mut net, "UPDATE", "t", 1, &described("7002", ""));
    assert_eq!(net.count(0, "SIP/2.0 491"), 1, "ours waits for its answer");
    respond(&mut net, "INVITE", 183, "t", &with_sdp(&reliably(2)));
    assert_eq!(early(&mut net), 7000);
    from_there(&mut net, "UPDATE", "t", 2, &described("7004", ""));
    let offer = net.take(0, |event| match event {
        AgentEvent::Reoffered { offer, .. } => Some(offer.rtp.port()),
        _ => None,
    });
    assert_eq!(offer, 7004);
    from_there(&mut net, "UPDATE", "t", 3, &described("7006", ""));
    let refused = last(&net, "SIP/2.0 500");
    assert!(header(&refused, "Retry-After").parse::<u32>().unwrap() < 10, "{refused}");
    net.act(0, |agent, now| agent.answer_reoffer(CALL, description(4002), now));
    assert!(last(&net, "SIP/2.0 200").contains("m=audio 4002 "));
    respond(&mut net, "INVITE", 200, "t", "Contact: <sip:bob@10.0.0.2>\n");
    assert_eq!(net.answered(0).rtp.port(), 7004, "the last that was agreed on");
}

#[test]
fn a_new_address_is_told_to_phones_that_still_ring() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 183, "t", &with_sdp(&reliably(1)));
    let new: SocketAddr = "10.0.0.77:5099".parse().unwrap();
    net.act(0, |agent, now| {
        agent.connected(Way { transport: SipTransport::Udp, local: new }, None, now);
        agent.moved(now);
    });
    let update = last(&net, "UPDATE");
    assert!(update.contains("Contact: <sip:alice@10.0.0.77:5099>") && update.ends_with("Content-Length: 0\r\n\r\n"));
}

/// A call that insists on answers that arrive; the RSeq of our 180.
fn insisting(net: &mut Net) -> (CallId, u32) {
    say(net, &invite(&with_sdp("Require: 100rel\n")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.ring(call, now));
    let ringing = last(net, "SIP/2.0 180");
    assert!(ringing.contains("Require: 100rel\r\n") && ringing.contains("Contact: "), "{ringing}");
    (call, header(&ringing, "RSeq").parse().unwrap())
}

/// A PRACK of theirs.
fn prack(net: &mut Net, number: u32, rack: &str) {
    let to = header(&last(net, "SIP/2.0 180"), "To");
    say(
        net,
        &format!(
            "PRACK sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKP{number};rport\n\
             From: <sip:bob@b.test>;tag=bt\nTo: {to}\nCall-ID: script\nCSeq: {number} PRACK\nRAck: {rack}\n"
        ),
    );
}

#[test]
fn our_ringing_is_repeated_until_it_is_acknowledged() {
    let mut net = alone();
    let (call, number) = insisting(&mut net);
    net.act(0, |agent, now| agent.ring(call, now));
    net.run(Duration::from_millis(3600));
    assert_eq!(net.count(0, "SIP/2.0 180"), 4, "at 0, 0.5, 1.5 and 3.5 s, and no second one meanwhile");
    for (seq, rack) in [
        (6, format!("{} 5 INVITE", number + 1)),
        (7, format!("{number} 4 INVITE")),
        (8, format!("{number} 5 UPDATE")),
        (9, "nonsense".to_owned()),
    ] {
        prack(&mut net, seq, &rack);
    }
    assert_eq!((net.count(0, "SIP/2.0 481"), net.count(0, "SIP/2.0 200")), (4, 0));
    prack(&mut net, 10, &format!("{number} 5 INVITE"));
    assert_eq!(net.count(0, "SIP/2.0 200"), 1);
    net.seconds(30);
    assert_eq!(net.count(0, "SIP/2.0 180"), 4);
    net.seconds(40);
    let again = last(&net, "SIP/2.0 180");
    assert_eq!(header(&again, "RSeq"), (number + 1).to_string(), "after a minute it says so anew");
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    net.take(0, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
}

#[test]
fn an_answer_does_not_wait_for_prack_and_prack_may_come_after_it() {
    let mut net = alone();
    let (call, number) = insisting(&mut net);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    prack(&mut net, 6, &format!("{number} 5 INVITE"));
    let answers: Vec<_> = net.sent.iter().filter(|(.., text)| text.starts_with("SIP/2.0 200")).collect();
    assert!(answers[1].2.contains("CSeq: 6 PRACK"), "{answers:?}");
}

#[test]
fn who_insists_and_never_acknowledges_is_not_there() {
    let mut net = alone();
    insisting(&mut net);
    net.seconds(33);
    assert_eq!((net.distinct(0, "SIP/2.0 504"), net.ended(0)), (1, EndReason::Cancelled));
}

#[test]
fn without_an_offer_nothing_is_said_that_would_have_to_bear_ours() {
    let mut net = alone();
    say(&mut net, &invite("Require: 100rel\nContact: <sip:bob@10.0.0.2>\n"));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.ring(call, now));
    assert_eq!(net.count(0, "SIP/2.0 180"), 0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, &format!("Content-Type: application/sdp\n\n{SDP}"));
    net.take(0, |event| matches!(event, AgentEvent::Confirmed { answer: Some(_), .. }).then_some(()));
}

#[test]
fn offers_of_theirs_before_we_answered_have_to_wait() {
    let mut net = alone();
    let (_, number) = insisting(&mut net);
    prack(&mut net, 6, &format!("{number} 5 INVITE"));
    within(&mut net, "UPDATE", 7, &described("7002", ""));
    within(&mut net, "INVITE", 8, &described("7004", ""));
    let refused = net.sent.iter().filter(|(.., text)| text.starts_with("SIP/2.0 500")).collect::<Vec<_>>();
    assert!(refused.len() == 2 && refused.iter().all(|(.., text)| text.contains("Retry-After: ")), "{refused:?}");
    within(&mut net, "UPDATE", 9, "Contact: <sip:bob@10.0.0.5>\n");
    assert_eq!(net.count(0, "SIP/2.0 200"), 2);
}
