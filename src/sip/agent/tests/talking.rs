//! Calls that stand: placed, ringing, answered, over wires good and bad.
use super::*;

#[test]
fn placed_ringing_answered_ended() {
    let mut net = Net::pair();
    net.call();
    net.seconds(1);
    let (theirs, from, name, to) = net.take(1, |event| match event {
        AgentEvent::Invited { call, from, name, to, offer, .. } => {
            assert_eq!(offer.as_ref(), Some(&description(4000)));
            Some((*call, from.uri(), name.clone(), to.to_string()))
        }
        _ => None,
    });
    assert_eq!((from.as_str(), to.as_str()), ("sip:alice@a.test", "sip:bob@10.0.0.2:5060"));
    assert_eq!(name.unwrap().expose(), "Alice");
    net.act(1, |agent, now| agent.ring(theirs, now));
    net.seconds(1);
    net.take(0, |event| matches!(event, AgentEvent::Ringing { early: None, .. }).then_some(()));
    net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
    net.seconds(1);
    assert_eq!(net.answered(0), description(5000));
    net.take(1, |event| matches!(event, AgentEvent::Confirmed { answer: None, .. }).then_some(()));
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(1);
    assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpHere, EndReason::HungUpThere));
    net.is_silent();
}

#[test]
fn every_storm_is_survived() {
    for seed in 0..60 {
        let mut net = Net::new(2, STORM, seed);
        net.call();
        net.seconds(10);
        let Some(theirs) =
            net.find(1, |event| if let AgentEvent::Invited { call, .. } = event { Some(*call) } else { None })
        else {
            panic!("seed {seed}: not even INVITE arrived")
        };
        net.act(1, |agent, now| agent.ring(theirs, now));
        net.seconds(1);
        net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
        net.seconds(30);
        assert_eq!(net.answered(0), description(5000), "seed {seed}");
        net.take(1, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
        let (by, other) = if seed % 2 == 0 { (0, 1) } else { (1, 0) };
        let call = if by == 0 { CALL } else { theirs };
        net.act(by, |agent, now| agent.end(call, Decline::Declined, now));
        net.seconds(30);
        assert_eq!((net.ended(by), net.ended(other)), (EndReason::HungUpHere, EndReason::HungUpThere), "seed {seed}");
        net.is_silent();
    }
}

#[test]
fn nobody_answers_at_all() {
    let mut net = Net::new(2, Weather { loss: 100, ..Weather::default() }, 1);
    net.call();
    net.seconds(33);
    assert_eq!(net.ended(0), EndReason::ServerGone);
    assert_eq!(net.count(0, "INVITE"), 7, "timer A doubles until timer B");
    net.is_silent();
}

#[test]
fn ringing_has_an_end_on_both_sides() {
    let mut net = Net::pair();
    net.call();
    net.seconds(1);
    let theirs = net.invited(1);
    net.act(1, |agent, now| agent.ring(theirs, now));
    net.seconds(190);
    assert!(net.count(1, "SIP/2.0 180") >= 3, "proxies are told each minute that it still rings");
    assert!(matches!(net.ended(0), EndReason::NoAnswer | EndReason::Unavailable));
    assert_eq!(net.ended(1), EndReason::Cancelled);
    net.is_silent();
}

#[test]
fn declined_and_busy() {
    for (decline, expected) in [
        (Decline::Declined, EndReason::Declined),
        (Decline::Busy, EndReason::Busy),
        (Decline::Media, EndReason::NoCommonMedia),
    ] {
        let mut net = Net::pair();
        net.call();
        net.seconds(1);
        let theirs = net.invited(1);
        net.act(1, |agent, now| agent.end(theirs, decline, now));
        net.seconds(1);
        assert_eq!((net.ended(0), net.ended(1)), (expected, EndReason::Declined));
        net.is_silent();
    }
}

#[test]
fn an_answer_that_is_never_acknowledged_ends_with_bye() {
    let mut net = Net::pair();
    net.call();
    net.seconds(1);
    let theirs = net.invited(1);
    net.agents[0].0 = "10.9.9.9:5060".parse().unwrap(); // the caller is gone
    net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
    net.seconds(40);
    assert_eq!(net.ended(1), EndReason::Unavailable);
    assert_eq!(net.count(1, "SIP/2.0 200"), 11);
    assert!(net.count(1, "BYE") > 0);
}

#[test]
fn over_a_stream_nothing_is_said_twice() {
    let mut net = Net::stream();
    net.call();
    net.seconds(10);
    let theirs = net.invited(1);
    net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
    net.seconds(10);
    net.answered(0);
    assert!(scripted::last(&net, "INVITE").contains("Contact: <sip:alice@10.0.0.1:5060;transport=tcp>"));
    net.act(1, |agent, now| agent.end(theirs, Decline::Declined, now));
    net.seconds(10);
    assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpThere, EndReason::HungUpHere));
    let said: Vec<_> = ["INVITE", "ACK"].map(|what| net.count(0, what)).into();
    assert_eq!((said, net.count(1, "SIP/2.0 200"), net.count(1, "BYE")), (vec![1, 1], 1, 1));
    net.is_silent();
}

#[test]
fn a_connection_that_goes_ends_what_was_not_answered_and_keeps_what_stands() {
    let mut net = Net::stream();
    net.call();
    net.seconds(1);
    net.act(0, |agent, now| agent.disconnected(now));
    assert_eq!(net.ended(0), EndReason::ServerGone);
    let mut net = Net::stream();
    net.talking();
    net.act(0, |agent, now| agent.disconnected(now));
    net.seconds(600);
    assert!(net.events[0].is_empty(), "{:?}", net.events[0]);
}

#[test]
fn a_thousand_calls_leave_nothing_behind() {
    let mut net = Net::pair();
    for _ in 0..1000 {
        let theirs = net.talking();
        net.act(1, |agent, now| agent.end(theirs, Decline::Declined, now));
        net.seconds(1);
        assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpThere, EndReason::HungUpHere));
        net.sent.clear();
        // those of some calls before may still be lingering (timers D to M)
        assert!(net.agents.iter().all(|(_, agent)| agent.sent.len() < 16));
    }
    net.is_silent();
}

#[test]
fn fifty_calls_at_once_stand_and_end() {
    let mut net = Net::pair();
    let to = Uri::parse(&format!("sip:bob@{}", addr(1))).unwrap();
    for n in 0..50 {
        let from = NameAddr::parse("<sip:alice@a.test>").unwrap();
        let invitation = Invitation {
            from,
            to: to.clone(),
            hop: addr(1),
            offer: description(4000 + 2 * n),
            second: None,
            hidden: false,
        };
        net.act(0, |agent, now| agent.place(CallId(u32::from(n)), invitation, now));
    }
    net.seconds(1);
    let theirs: Vec<_> = (0..50).map(|_| net.invited(1)).collect();
    for call in &theirs {
        net.act(1, |agent, now| agent.answer(*call, description(5000), now));
    }
    net.seconds(1);
    for _ in 0..50 {
        net.answered(0);
        net.take(1, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
    }
    net.act(0, Agent::end_all);
    net.seconds(1);
    let over = net.events.iter().map(|events| events.len());
    assert_eq!(over.collect::<Vec<_>>(), [50, 50]);
    net.is_silent();
}
