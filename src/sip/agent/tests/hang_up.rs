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
