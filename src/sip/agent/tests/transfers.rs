//! Handing calls over, in all three roles: who asks, who is asked, who gets the call.
use super::{
    scripted::{SDP, alone, header, invite, last, respond, say, with_sdp, within},
    *,
};
use crate::domain::transfer::Outcome;

/// A call with the third one.
const OTHER: CallId = CallId(2);
/// The call that the one who was asked places.
const NEW: CallId = CallId(3);

fn three(weather: Weather) -> Net {
    Net::new(3, weather, 7)
}

fn uri(at: usize) -> Uri {
    Uri::parse(&format!("sip:carol@{}", addr(at))).unwrap()
}

fn invitation(from: &str, to: Uri, at: usize) -> Invitation {
    let from = NameAddr::parse(from).unwrap();
    Invitation { from, to, hop: addr(at), offer: description(6000), second: None, hidden: false }
}

fn outcome(net: &mut Net, at: usize) -> Outcome {
    net.take(at, |event| if let AgentEvent::Handover { outcome, .. } = event { Some(*outcome) } else { None })
}

fn referred(net: &mut Net, at: usize) -> (CallId, Uri) {
    net.take(at, |event| if let AgentEvent::Referred { call, to } = event { Some((*call, to.clone())) } else { None })
}

fn replacing(net: &mut Net, at: usize) -> (CallId, Option<CallId>) {
    net.take(at, |event| match event {
        AgentEvent::Invited { call, replaces, .. } => Some((*call, *replaces)),
        _ => None,
    })
}

/// The one who was asked does so; whom it reaches answers.
fn followed(net: &mut Net, asked: CallId) -> (CallId, Option<CallId>) {
    let to = net.agent(1).referred_to(asked).unwrap().clone();
    net.act(1, |agent, now| agent.follow(asked, NEW, invitation("<sip:bob@b.test>", to, 2), now));
    net.seconds(15);
    net.act(1, |agent, now| agent.report(NEW, 180, now));
    net.seconds(15);
    assert_eq!(outcome(net, 0), Outcome::Ringing);
    let (theirs, replaced) = replacing(net, 2);
    net.act(2, |agent, now| agent.answer(theirs, description(7000), now));
    net.seconds(15);
    net.answered(1);
    net.act(1, |agent, now| agent.report(NEW, 200, now));
    net.seconds(15);
    assert_eq!(outcome(net, 0), Outcome::Done);
    (theirs, replaced)
}

#[test]
fn handed_over_to_somebody_new_on_any_wire() {
    for weather in [Weather::default(), STORM] {
        let mut net = three(weather);
        let theirs = net.talking();
        net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
        net.seconds(20);
        let (asked, to) = referred(&mut net, 1);
        assert_eq!((asked, to), (theirs, uri(2)));
        assert_eq!(net.count(1, "INVITE"), 0, "nothing is dialled before the person says so");
        assert_eq!(net.distinct(1, "SIP/2.0 202"), 1);
        let (_, replaced) = followed(&mut net, asked);
        assert_eq!(replaced, None);
        let invite = last(&net, "INVITE sip:carol@");
        assert!(invite.contains("\r\nReferred-By: <sip:alice@a.test>\r\n") && !invite.contains("\r\nReplaces:"));
        let notify = last(&net, "NOTIFY");
        assert!(notify.contains("\r\nSubscription-State: terminated;reason=noresource\r\n"), "{notify}");
        assert!(notify.contains("\r\nEvent: refer\r\n") && notify.ends_with("\r\n\r\nSIP/2.0 200 OK\r\n"), "{notify}");
        assert!(net.agent(1).referrals.is_empty());
        net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
        net.act(1, |agent, now| agent.end(NEW, Decline::Declined, now));
        net.is_silent();
    }
}

#[test]
fn two_are_put_through_and_the_third_answers_once() {
    let mut net = three(Weather::default());
    let theirs = net.talking();
    net.act(0, |agent, now| agent.place(OTHER, invitation("<sip:alice@a.test>", uri(2), 2), now));
    net.seconds(1);
    let old = net.invited(2);
    net.act(2, |agent, now| agent.answer(old, description(7000), now));
    net.seconds(1);
    net.answered(0);
    net.act(0, |agent, now| agent.transfer(CALL, Target::Call(OTHER), now));
    net.seconds(1);
    let (asked, to) = referred(&mut net, 1);
    assert_eq!((asked, to), (theirs, uri(2)), "shown without what it bears");
    let (new, replaced) = followed(&mut net, asked);
    assert_eq!(replaced, Some(old));
    let invite = last(&net, "INVITE sip:carol@");
    assert!(invite.contains("\r\nRequire: replaces\r\n") && !invite.lines().next().unwrap().contains('?'), "{invite}");
    assert_eq!(net.find(2, |event| matches!(event, AgentEvent::Invited { .. }).then_some(())), None, "once");
    net.act(2, |agent, now| agent.end(old, Decline::Declined, now));
    net.seconds(1);
    assert_eq!(net.ended(2), EndReason::HungUpHere);
    assert_eq!(net.ended(0), EndReason::HungUpThere);
    assert_eq!(net.agent(2).calls.keys().copied().collect::<Vec<_>>(), [new]);
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.act(1, |agent, now| agent.end(NEW, Decline::Declined, now));
    net.is_silent();
}

#[test]
fn who_is_asked_may_say_no_or_nothing() {
    let mut net = three(Weather::default());
    let theirs = net.talking();
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    net.seconds(1);
    referred(&mut net, 1);
    net.act(1, |agent, now| agent.refuse(theirs, now));
    net.seconds(1);
    assert_eq!(outcome(&mut net, 0), Outcome::Failed { reason: EndReason::Declined });
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    net.seconds(300);
    assert!(last(&net, "NOTIFY").contains("\r\nEvent: refer;id="), "the second one has a name");
    assert_eq!(outcome(&mut net, 0), Outcome::Failed { reason: EndReason::Unavailable });
    net.take(1, |event| matches!(event, AgentEvent::ReferralOver { .. }).then_some(()));
    assert_eq!((net.count(1, "INVITE"), net.agent(0).calls.len()), (0, 1), "the call stands");
}

#[test]
fn who_asks_may_hang_up_at_once_and_it_goes_on() {
    let mut net = three(Weather::default());
    let theirs = net.talking();
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    net.seconds(1);
    referred(&mut net, 1);
    let before = header(&last(&net, "NOTIFY"), "CSeq");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(1);
    assert_eq!(net.ended(1), EndReason::HungUpThere);
    let to = net.agent(1).referred_to(theirs).unwrap().clone();
    net.act(1, |agent, now| agent.follow(theirs, NEW, invitation("<sip:bob@b.test>", to, 2), now));
    net.seconds(1);
    net.invited(2);
    net.act(1, |agent, now| agent.report(NEW, 180, now));
    let number = |cseq: &str| cseq.split(' ').next().unwrap().parse::<u32>().unwrap();
    let after = header(&last(&net, "NOTIFY"), "CSeq");
    assert!(number(&after) > number(&before), "{before} {after}");
}

#[test]
fn a_refusal_a_silence_and_an_end_without_a_word_leave_the_call_as_it_is() {
    for (answer, notify, reason) in [
        (405, "", EndReason::Refused),
        (603, "", EndReason::Declined),
        (202, "terminated;reason=noresource|SIP/2.0 100 Trying", EndReason::Unavailable),
        (202, "terminated;reason=noresource|SIP/2.0 486 Busy Here", EndReason::Busy),
        (202, "active|rubbish", EndReason::NoAnswer),
        (202, "", EndReason::NoAnswer),
    ] {
        let mut net = alone();
        net.call();
        respond(&mut net, "INVITE", 200, "bt", &with_sdp(""));
        net.answered(0);
        net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
        respond(&mut net, "REFER", answer, "bt", "");
        if let Some((state, body)) = notify.split_once('|') {
            theirs(&mut net, 2, &format!("Event: refer\nSubscription-State: {state}\n"), body);
        }
        net.seconds(250);
        assert_eq!(outcome(&mut net, 0), Outcome::Failed { reason }, "{answer} {notify}");
        assert_eq!((net.agent(0).calls.len(), net.count(0, "BYE")), (1, 0));
    }
}

/// A NOTIFY of theirs in a call of ours.
fn theirs(net: &mut Net, number: u32, more: &str, body: &str) {
    let invite = last(net, "INVITE");
    let (from, call_id) = (header(&invite, "From"), header(&invite, "Call-ID"));
    say(
        net,
        &format!(
            "NOTIFY sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKn{number};rport\n\
             From: <sip:bob@10.0.0.2>;tag=bt\nTo: {from}\nCall-ID: {call_id}\nCSeq: {number} NOTIFY\n{more}\
             Content-Type: message/sipfrag\n\n{body}"
        ),
    );
}

#[test]
fn without_progress_it_is_done_when_it_is_taken() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "bt", &with_sdp(""));
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    respond(&mut net, "REFER", 202, "bt", "Refer-Sub: false\n");
    assert_eq!(outcome(&mut net, 0), Outcome::Done);
    // nothing was subscribed any more
    theirs(&mut net, 2, "Event: refer\nSubscription-State: active\n", "SIP/2.0 180 Ringing");
    assert_eq!(net.count(0, "SIP/2.0 481"), 1);
}

#[test]
fn a_challenge_and_another_package_change_nothing() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "bt", &with_sdp(""));
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    respond(&mut net, "REFER", 202, "bt", "");
    theirs(&mut net, 2, "Event: dialog\nSubscription-State: active\n", "x");
    theirs(&mut net, 3, "Event: refer;id=77\nSubscription-State: active\n", "SIP/2.0 200 OK");
    assert_eq!(net.count(0, "SIP/2.0 481"), 2);
    assert_eq!(net.find(0, |event| matches!(event, AgentEvent::Handover { .. }).then_some(())), None);
    theirs(&mut net, 4, "Event: refer;id=2\nSubscription-State: terminated\n", "SIP/2.0 200 OK");
    assert_eq!(outcome(&mut net, 0), Outcome::Done);
}

#[test]
fn what_they_may_not_ask_for() {
    let mut net = alone();
    say(&mut net, &invite("Refer-To: <sip:x@y>\n").replace("INVITE", "REFER"));
    assert_eq!(net.count(0, "SIP/2.0 603"), 1, "outside a call");
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    for (number, more, code) in [
        (6, "", 400),
        (7, "Refer-To: <mailto:x@y>\n", 416),
        (8, "Refer-To: <sip:x@y;method=BYE>\n", 603),
        (9, "Refer-To: <sip:x@y>\nRefer-Sub: false\nRequire: norefersub\n", 202),
        (10, "Refer-To: <sip:x@y>\n", 603),
    ] {
        within(&mut net, "REFER", number, more);
        let answer = last(&net, "SIP/2.0 ");
        assert!(answer.starts_with(&format!("SIP/2.0 {code} ")), "{more}: {answer}");
    }
    referred(&mut net, 0);
    assert!(last(&net, "SIP/2.0 202").contains("\r\nRefer-Sub: false\r\n"));
    net.act(0, |agent, now| agent.refuse(call, now));
    assert_eq!((net.count(0, "NOTIFY"), net.count(0, "INVITE")), (0, 0), "they did not want to hear of it");
}

/// An INVITE that is to take the place of a call.
fn taking(net: &mut Net, branch: &str, more: &str) -> String {
    let text = invite(&format!("{more}Contact: <sip:carol@10.0.0.2>\nContent-Type: application/sdp\n\n{SDP}"));
    let text = text.replace("z9hG4bKi", &format!("z9hG4bK{branch}")).replace("Call-ID: script", "Call-ID: new");
    say(net, &text.replace(">;tag=bt", &format!(">;tag={branch}")));
    last(net, "SIP/2.0 ")
}

#[test]
fn a_call_takes_the_place_only_of_one_that_it_names_rightly() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.ring(call, now));
    let ours = header(&last(&net, "SIP/2.0 180"), "To").split_once("tag=").unwrap().1.to_owned();
    let named = format!("Replaces: script;to-tag={ours};from-tag=bt");
    assert!(taking(&mut net, "a", &format!("{named}\n")).starts_with("SIP/2.0 481"), "it rings here, and is theirs");
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    for (branch, more, code) in [
        ("b", format!("Replaces: script;to-tag={ours};from-tag=no\n"), 481),
        ("c", format!("Replaces: script;to-tag=bt;from-tag={ours}\n"), 481),
        ("d", format!("{named};early-only\n"), 486),
        ("e", format!("{named}\n{named}\n"), 400),
        ("f", "Replaces: script\n".to_owned(), 400),
    ] {
        let answer = taking(&mut net, branch, &more);
        assert!(answer.starts_with(&format!("SIP/2.0 {code} ")), "{more}: {answer}");
    }
    assert_eq!(net.agent(0).calls.len(), 1);
    taking(&mut net, "g", &format!("Require: replaces\n{named}\n"));
    assert_eq!(replacing(&mut net, 0).1, Some(call));
}

#[test]
fn a_call_of_ours_that_rings_there_may_be_taken_over() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 180, "early", "Contact: <sip:bob@10.0.0.2>\n");
    let placed = last(&net, "INVITE");
    let ours = header(&placed, "From").split_once("tag=").unwrap().1.to_owned();
    let call_id = header(&placed, "Call-ID");
    taking(&mut net, "h", &format!("Replaces: {call_id};to-tag={ours};from-tag=early;early-only\n"));
    let (new, replaced) = replacing(&mut net, 0);
    assert_eq!(replaced, Some(CALL));
    net.act(0, |agent, now| agent.answer(new, description(4000), now));
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!((net.count(0, "SIP/2.0 200"), net.count(0, "CANCEL")), (1, 1));
}

#[test]
fn they_are_asked_once_the_hold_is_settled() {
    let mut net = three(Weather::default());
    net.talking();
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.act(0, |agent, now| agent.transfer(CALL, Target::Uri(uri(2)), now));
    net.seconds(1);
    assert_eq!(net.count(0, "REFER"), 0);
    let call = net.take(1, |event| if let AgentEvent::Reoffered { call, .. } = event { Some(*call) } else { None });
    net.act(1, |agent, now| agent.answer_reoffer(call, description(5000), now));
    net.seconds(1);
    assert_eq!(net.count(0, "REFER"), 1);
    referred(&mut net, 1);
}
