//! Offers in mid-call: hold and resume, refusals, both sides at once.
use super::*;

fn reoffered(net: &mut Net, at: usize) -> SessionDescription {
    net.take(at, |event| if let AgentEvent::Reoffered { offer, .. } = event { Some(offer.clone()) } else { None })
}

#[test]
fn hold_and_resume_from_either_side() {
    for seed in 0..20 {
        let mut net = Net::new(2, Weather { loss: 15, doubled: 20, jitter: 100 }, seed);
        let theirs = net.talking();
        for (by, other, direction) in [
            (0, 1, MediaDirection::SendOnly),
            (1, 0, MediaDirection::SendOnly),
            (0, 1, MediaDirection::SendRecv),
            (1, 0, MediaDirection::SendRecv),
        ] {
            let calls = [CALL, theirs];
            let offer = SessionDescription { direction, ..description(4000) };
            net.act(by, |agent, now| agent.reoffer(calls[by], offer.clone(), now));
            net.seconds(10);
            assert_eq!(reoffered(&mut net, other), offer, "seed {seed}");
            let answer = description(5000);
            net.act(other, |agent, now| agent.answer_reoffer(calls[other], answer.clone(), now));
            net.seconds(20);
            assert_eq!(net.answered(by), answer, "seed {seed}");
        }
        net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
        net.seconds(20);
        assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpHere, EndReason::HungUpThere), "seed {seed}");
        net.is_silent();
    }
}

#[test]
fn both_at_once_and_both_succeed() {
    for seed in 0..20 {
        let mut net = Net::new(2, Weather::default(), seed);
        let theirs = net.talking();
        net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
        net.act(1, |agent, now| agent.reoffer(theirs, holding(5000), now));
        for _ in 0..100 {
            net.run(Duration::from_millis(100));
            let calls = [CALL, theirs];
            for at in [0, 1] {
                while net.find(at, |event| matches!(event, AgentEvent::Reoffered { .. }).then_some(())).is_some() {
                    net.act(at, |agent, now| agent.answer_reoffer(calls[at], description(6000), now));
                }
            }
        }
        assert!(net.count(0, "SIP/2.0 491") > 0 && net.count(1, "SIP/2.0 491") > 0);
        assert_eq!((net.answered(0), net.answered(1)), (description(6000), description(6000)), "seed {seed}");
    }
}

#[test]
fn nobody_decides_and_the_offer_is_refused() {
    let mut net = Net::pair();
    net.talking();
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.seconds(25);
    reoffered(&mut net, 1);
    net.take(0, |event| matches!(event, AgentEvent::OfferRefused { .. }).then_some(()));
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(2);
    assert_eq!(net.ended(1), EndReason::HungUpThere);
}

#[test]
fn an_offer_while_the_first_is_under_way_waits_for_it() {
    let mut net = Net::pair();
    let theirs = net.talking();
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.act(0, |agent, now| agent.reoffer(CALL, description(4000), now));
    net.seconds(1);
    assert_eq!(reoffered(&mut net, 1).direction, MediaDirection::SendOnly);
    net.act(1, |agent, now| agent.answer_reoffer(theirs, description(5000), now));
    net.seconds(1);
    assert_eq!(reoffered(&mut net, 1).direction, MediaDirection::SendRecv);
    net.act(1, |agent, now| agent.answer_reoffer(theirs, description(5000), now));
    net.seconds(1);
    net.answered(0);
    net.answered(0);
}

#[test]
fn an_offer_before_the_call_stands_is_refused() {
    let mut net = Net::pair();
    net.call();
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.take(0, |event| matches!(event, AgentEvent::OfferRefused { .. }).then_some(()));
}

#[test]
fn a_server_that_is_away_refuses_the_offer_and_the_call_goes_on() {
    let mut net = Net::pair();
    net.talking();
    net.weather.loss = 100;
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.seconds(40);
    net.take(0, |event| matches!(event, AgentEvent::OfferRefused { .. }).then_some(()));
    net.weather.loss = 0;
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(2);
    assert_eq!((net.ended(0), net.ended(1)), (EndReason::HungUpHere, EndReason::HungUpThere));
}

#[test]
fn a_new_address_is_told_to_the_other_side() {
    let mut net = Net::pair();
    let theirs = net.talking();
    let new: SocketAddr = "10.0.0.77:5099".parse().unwrap();
    net.agents[0].0 = new;
    net.act(0, |agent, now| {
        agent.connected(Way { transport: SipTransport::Udp, local: new }, None, now);
        agent.moved(now);
    });
    net.seconds(1);
    reoffered(&mut net, 1);
    net.act(1, |agent, now| agent.answer_reoffer(theirs, description(5000), now));
    net.seconds(1);
    assert!(net.events[0].is_empty(), "nobody asked for it: {:?}", net.events[0]);
    net.act(1, |agent, now| agent.end(theirs, Decline::Declined, now));
    net.seconds(1);
    assert_eq!(net.ended(0), EndReason::HungUpThere);
}

#[test]
fn a_new_address_beside_a_new_description_is_not_told_with_the_old_one() {
    let mut net = Net::pair();
    let theirs = net.talking();
    net.act(0, |agent, now| {
        agent.reoffer(CALL, holding(4000), now);
        agent.moved(now);
    });
    net.seconds(1);
    for _ in 0..2 {
        assert_eq!(reoffered(&mut net, 1), holding(4000));
        net.act(1, |agent, now| agent.answer_reoffer(theirs, description(5000), now));
        net.seconds(1);
    }
    net.answered(0);
    assert!(net.events[0].is_empty(), "one was asked for: {:?}", net.events[0]);
}

/// A call of ours against a script that knows UPDATE.
fn with_update() -> Net {
    let mut net = scripted::alone();
    net.call();
    scripted::respond(&mut net, "INVITE", 200, "t", &scripted::with_sdp("Allow: INVITE, UPDATE\n"));
    net.answered(0);
    net.act(0, |agent, now| agent.moved(now));
    net
}

#[test]
fn what_nobody_decides_on_goes_by_update_and_without_it_by_invite() {
    let mut net = with_update();
    let update = scripted::last(&net, "UPDATE");
    assert!(update.contains("m=audio 4000 ") && update.contains("Contact: "), "{update}");
    // an offer of theirs meets ours
    let to = scripted::header(&update, "From");
    let id = scripted::header(&update, "Call-ID");
    let theirs = format!(
        "UPDATE sip:alice@10.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKu;rport\n\
         From: <sip:bob@10.0.0.2:5060>;tag=t\nTo: {to}\nCall-ID: {id}\nCSeq: 1 UPDATE\n"
    );
    scripted::say(&mut net, &(theirs + &scripted::with_sdp("")));
    assert_eq!(net.count(0, "SIP/2.0 491"), 1);
    scripted::respond(&mut net, "UPDATE", 200, "t", &scripted::with_sdp(""));
    assert_eq!((net.count(0, "ACK"), net.events[0].len()), (1, 0), "no ACK comes to an UPDATE");
    let mut net = with_update();
    scripted::respond(&mut net, "UPDATE", 405, "t", "");
    net.seconds(1);
    assert_eq!(scripted::header(&scripted::last(&net, "INVITE"), "CSeq"), "3 INVITE");
}

#[test]
fn our_offer_waits_as_long_as_they_ask_for() {
    let mut net = with_update();
    for (code, more, earliest, latest) in
        [(500, "Retry-After: 3\n", 3000, 3000), (500, "Retry-After: 9999\n", 10_000, 10_000), (491, "", 2100, 4000)]
    {
        let before = net.count(0, "UPDATE");
        scripted::respond(&mut net, "UPDATE", code, "t", more);
        net.run(Duration::from_millis(earliest - 1));
        assert_eq!(net.count(0, "UPDATE"), before, "{code}");
        net.run(Duration::from_millis(latest - earliest + 1));
        assert_eq!(net.count(0, "UPDATE"), before + 1, "{code}");
    }
    scripted::respond(&mut net, "UPDATE", 500, "t", "");
    net.seconds(20);
    assert_eq!(net.count(0, "UPDATE"), 4, "an error is no collision");
    assert!(net.events[0].is_empty(), "and the call goes on");
}

#[test]
fn held_in_the_old_way_and_refused_in_any_way_the_session_stays() {
    let mut net = with_update();
    scripted::respond(&mut net, "UPDATE", 200, "t", &scripted::with_sdp(""));
    for code in [488, 403, 606, 500, 415] {
        net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
        scripted::respond(&mut net, "INVITE", code, "t", "");
        net.take(0, |event| matches!(event, AgentEvent::OfferRefused { .. }).then_some(()));
    }
    let mut net = scripted::alone();
    scripted::say(&mut net, &scripted::invite(&scripted::with_sdp("")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    scripted::within(&mut net, "ACK", 5, "");
    for (number, line, direction) in [
        (6, "a=inactive\n", MediaDirection::Inactive),
        (7, "a=sendonly\n", MediaDirection::SendOnly),
        (8, "", MediaDirection::SendRecv),
    ] {
        let held = scripted::with_sdp("").replace("c=IN IP4 10.0.0.2", "c=IN IP4 0.0.0.0") + line;
        scripted::within(&mut net, "INVITE", number, &held);
        let offer = reoffered(&mut net, 0);
        assert!(offer.rtp.ip().is_unspecified());
        assert_eq!(offer.direction, direction);
        net.act(0, |agent, now| agent.answer_reoffer(call, description(4000), now));
        scripted::within(&mut net, "ACK", number, "");
    }
}
