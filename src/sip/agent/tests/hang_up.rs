//! Hanging up ends the call on both sides, in whatever state it is.
use super::*;

#[test]
fn before_anything_was_heard() {
    let mut net = Net::pair();
    net.call();
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!(net.ended(0), EndReason::Cancelled);
    net.run(Duration::ZERO);
    assert_eq!(net.count(0, "CANCEL"), 0, "not before a provisional answer");
    net.seconds(2);
    assert_eq!(net.count(0, "CANCEL"), 1);
    net.invited(1);
    assert_eq!(net.ended(1), EndReason::Cancelled);
    net.is_silent();
}

#[test]
fn while_it_rings() {
    for seed in 0..40 {
        let mut net = Net::new(2, STORM, seed);
        net.call();
        net.seconds(12);
        let theirs = net.invited(1);
        net.act(1, |agent, now| agent.ring(theirs, now));
        net.seconds(1);
        net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
        assert_eq!(net.ended(0), EndReason::Cancelled);
        net.seconds(40);
        assert_eq!(net.ended(1), EndReason::Cancelled, "seed {seed}");
        net.is_silent();
    }
}

#[test]
fn while_the_answer_crosses_the_cancel() {
    let mut net = Net::pair();
    net.call();
    net.seconds(1);
    let theirs = net.invited(1);
    net.act(1, |agent, now| agent.ring(theirs, now));
    net.seconds(1);
    // both at the same moment
    net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(3);
    assert_eq!((net.ended(0), net.ended(1)), (EndReason::Cancelled, EndReason::HungUpThere));
    assert_eq!((net.count(0, "ACK"), net.count(0, "BYE")), (1, 1));
    net.is_silent();
}

#[test]
fn by_the_called_side_before_the_ack() {
    let mut net = Net::pair();
    net.call();
    net.seconds(1);
    let theirs = net.invited(1);
    net.act(1, |agent, now| {
        agent.answer(theirs, description(5000), now);
        agent.end(theirs, Decline::Declined, now);
    });
    assert_eq!(net.ended(1), EndReason::HungUpHere);
    assert_eq!(net.count(1, "BYE"), 0, "not before the ACK");
    net.seconds(2);
    assert_eq!(net.ended(0), EndReason::HungUpThere);
    net.is_silent();
}

#[test]
fn while_our_offer_is_under_way() {
    for by in [0, 1] {
        let mut net = Net::pair();
        let theirs = net.talking();
        net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
        let call = [CALL, theirs][by];
        net.run(Duration::from_millis(15)); // it is there and nobody has decided on it
        net.act(by, |agent, now| agent.end(call, Decline::Declined, now));
        net.seconds(3);
        assert_eq!(net.ended(by), EndReason::HungUpHere);
        assert_eq!(net.ended(1 - by), EndReason::HungUpThere);
        net.is_silent();
    }
}

#[test]
fn by_both_at_once() {
    let mut net = Net::pair();
    let theirs = net.talking();
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.act(1, |agent, now| agent.end(theirs, Decline::Declined, now));
    net.seconds(3);
    assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpHere, EndReason::HungUpHere));
    net.is_silent();
}

#[test]
fn while_the_connection_is_away() {
    let mut net = Net::pair();
    net.talking();
    net.act(0, |agent, now| {
        agent.disconnected(now);
        agent.end(CALL, Decline::Declined, now);
    });
    assert_eq!(net.ended(0), EndReason::HungUpHere);
    net.seconds(5);
    assert_eq!(net.count(0, "BYE"), 0);
    let way = Way { transport: SipTransport::Udp, local: addr(0) };
    net.act(0, |agent, now| agent.connected(way, None, now));
    net.seconds(2);
    assert_eq!(net.ended(1), EndReason::HungUpThere);
    net.is_silent();
}

#[test]
fn while_the_connection_goes() {
    let mut net = Net::stream();
    net.talking();
    net.weather.loss = 100;
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!(net.ended(0), EndReason::HungUpHere);
    net.weather.loss = 0;
    let way = Way { transport: SipTransport::Tcp, local: addr(0) };
    net.act(0, |agent, now| {
        agent.disconnected(now);
        agent.connected(way, None, now);
    });
    net.seconds(1);
    assert_eq!((net.ended(1), net.count(0, "BYE")), (EndReason::HungUpThere, 2));
    net.is_silent();
}

#[test]
fn a_phone_that_rings_while_our_line_is_cut_stops_when_it_is_back() {
    let mut net = Net::stream();
    net.call();
    net.seconds(1);
    let theirs = net.invited(1);
    net.act(1, |agent, now| agent.ring(theirs, now));
    net.seconds(1);
    let way = Way { transport: SipTransport::Tcp, local: addr(0) };
    net.act(0, |agent, now| agent.disconnected(now));
    assert_eq!(net.ended(0), EndReason::ServerGone);
    net.seconds(5);
    assert_eq!(net.count(0, "CANCEL"), 0);
    net.act(0, |agent, now| agent.connected(way, None, now));
    net.seconds(1);
    assert_eq!((net.ended(1), net.count(0, "CANCEL")), (EndReason::Cancelled, 1));
    net.is_silent();
}

/// Lets a call live for a while on this wire: it rings, is answered after some seconds, then held from here.
fn live(net: &mut Net, until: Duration) -> Option<CallId> {
    let (begin, mut theirs, mut answered, mut held) = (net.now, None, false, false);
    while net.now - begin < until {
        net.run(Duration::from_millis(250));
        let invited =
            net.find(1, |event| if let AgentEvent::Invited { call, .. } = event { Some(*call) } else { None });
        if let Some(call) = invited {
            theirs = Some(call);
            net.act(1, |agent, now| agent.ring(call, now));
        }
        let Some(call) = theirs else { continue };
        if !answered && net.now - begin > Duration::from_secs(5) {
            answered = true;
            net.act(1, |agent, now| agent.answer(call, description(5000), now));
        }
        if !held && net.find(0, |event| matches!(event, AgentEvent::Accepted { .. }).then_some(())).is_some() {
            held = true;
            net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
        }
        if net.find(1, |event| matches!(event, AgentEvent::Reoffered { .. }).then_some(())).is_some() {
            net.act(1, |agent, now| agent.answer_reoffer(call, description(5000), now));
        }
    }
    theirs
}

#[test]
fn at_any_moment_on_a_bad_wire() {
    for seed in 0..120 {
        let mut net = Net::new(2, STORM, seed);
        let mut chance = Chance::new([seed; 32]);
        net.call();
        let theirs = live(&mut net, Duration::from_millis(u64::from(chance.number()) % 16_000));
        match theirs {
            Some(call) if chance.number().is_multiple_of(2) => {
                net.act(1, |agent, now| agent.end(call, Decline::Declined, now))
            }
            _ => net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now)),
        }
        net.seconds(130);
        net.is_silent();
        for at in 0..2 {
            let ends = net.events[at].iter().filter(|event| matches!(event, AgentEvent::Ended { .. })).count();
            let begun = usize::from(at == 0 || theirs.is_some());
            assert!(ends == begun || ends == 1, "seed {seed}: {:?}", net.events);
        }
    }
}
