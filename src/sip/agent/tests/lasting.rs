//! Whether the other side is still there: session timers as either side, questions where sound stays away.
use super::{
    scripted::{alone, header, invite, last, respond, say, with_sdp, within},
    *,
};

/// A call of ours that stands; its 200 bore these headers.
fn standing(more: &str) -> Net {
    let mut net = alone();
    net.call();
    assert!(last(&net, "INVITE").contains("Session-Expires: 1800\r\n"));
    respond(&mut net, "INVITE", 200, "t", &with_sdp(more));
    net.answered(0);
    net
}

const OURS: &str = "Require: timer\nSession-Expires: 100;refresher=uac\nAllow: INVITE, UPDATE\n";

#[test]
fn we_refresh_by_update_where_they_know_it() {
    let mut net = standing(OURS);
    for round in 1..4 {
        net.seconds(50);
        let update = last(&net, "UPDATE sip:bob@10.0.0.2:5060");
        assert_eq!(header(&update, "Session-Expires"), "100;refresher=uac");
        assert!(update.contains("Supported: timer\r\n") && update.ends_with("Content-Length: 0\r\n\r\n"), "{update}");
        assert_eq!(net.count(0, "UPDATE"), round);
        respond(&mut net, "UPDATE", 200, "t", OURS);
    }
    // and by an offer of the same where they do not any more
    net.seconds(50);
    respond(&mut net, "UPDATE", 501, "t", "");
    net.seconds(10);
    let again = last(&net, "INVITE");
    assert_eq!(
        (header(&again, "CSeq"), header(&again, "Session-Expires")),
        ("6 INVITE".into(), "100;refresher=uac".into())
    );
    respond(&mut net, "INVITE", 200, "t", &with_sdp(OURS));
    assert_eq!((net.count(0, "ACK"), net.events[0].len()), (2, 0), "nobody needs to know");
}

#[test]
fn a_session_that_nobody_refreshes_ends() {
    for (more, refused, at) in [
        (OURS, Some(488), 68),
        (OURS, None, 68),
        ("Session-Expires: 90;refresher=uas\n", None, 60),
        ("Session-Expires: 1800;refresher=uas\n", None, 1768),
    ] {
        let mut net = standing(more);
        for _ in 0..at - 1 {
            net.seconds(1);
            if let (Some(code), true) = (refused, net.count(0, "UPDATE") > 0) {
                respond(&mut net, "UPDATE", code, "t", "");
            }
        }
        assert!(net.events[0].is_empty(), "{more}");
        net.seconds(2);
        assert_eq!((net.ended(0), net.distinct(0, "BYE sip:bob@10.0.0.2:5060")), (EndReason::Lost, 1), "{more}");
    }
}

#[test]
fn who_knows_of_no_such_call_ends_it_at_once() {
    let mut net = standing(OURS);
    net.seconds(50);
    respond(&mut net, "UPDATE", 481, "t", "");
    assert_eq!(net.ended(0), EndReason::Lost);
}

#[test]
fn without_a_timer_nothing_is_refreshed() {
    let mut net = standing("");
    net.seconds(7200);
    assert_eq!((net.sent.len(), net.events[0].len()), (2, 0), "INVITE and ACK");
}

#[test]
fn a_longer_session_is_asked_for_once() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 422, "t", "Min-SE: 3600\n");
    let again = last(&net, "INVITE");
    assert_eq!((header(&again, "Session-Expires"), header(&again, "Min-SE")), ("3600".into(), "3600".into()));
    assert_eq!((header(&again, "CSeq"), net.count(0, "ACK")), ("2 INVITE".into(), 1));
    respond(&mut net, "INVITE", 422, "t", "Min-SE: 3601\n");
    assert_eq!((net.ended(0), net.count(0, "INVITE")), (EndReason::Server, 2));
}

#[test]
fn as_the_called_side() {
    for (more, expected) in [
        ("Supported: timer\nSession-Expires: 300\n", Some("300;refresher=uac")),
        ("Supported: timer\nSession-Expires: 300;refresher=uas\nAllow: UPDATE\n", Some("300;refresher=uas")),
        ("Session-Expires: 300\n", Some("300;refresher=uas")),
        ("Supported: timer\n", Some("1800;refresher=uas")),
        ("", None),
    ] {
        let mut net = alone();
        say(&mut net, &invite(&with_sdp(more)));
        let call = net.invited(0);
        net.act(0, |agent, now| agent.answer(call, description(4000), now));
        let answer = last(&net, "SIP/2.0 200");
        assert_eq!(answer.contains("Session-Expires"), expected.is_some(), "{more}");
        assert_eq!(answer.contains("Require: timer"), expected.is_some_and(|value| value.ends_with("uac")), "{more}");
        if let Some(expected) = expected {
            assert_eq!(header(&answer, "Session-Expires"), expected, "{more}");
        }
        within(&mut net, "ACK", 5, "");
        net.take(0, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
        if expected == Some("300;refresher=uac") {
            net.seconds(200);
            within(&mut net, "UPDATE", 6, "Supported: timer\nSession-Expires: 300;refresher=uac\n");
            assert_eq!(header(&last(&net, "SIP/2.0 200"), "Session-Expires"), "300;refresher=uac");
            net.seconds(200);
            assert!(net.events[0].is_empty());
            net.seconds(69);
            assert_eq!(net.ended(0), EndReason::Lost);
        }
        if expected == Some("300;refresher=uas") {
            net.seconds(151);
            assert_eq!(net.distinct(0, "UPDATE") + net.distinct(0, "INVITE"), 1, "{more}");
        }
    }
}

#[test]
fn who_wants_to_refresh_without_end_is_told_the_least() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("Supported: timer\nSession-Expires: 10\n")));
    let refused = last(&net, "SIP/2.0 422");
    assert_eq!((header(&refused, "Min-SE"), net.events[0].len()), ("90".into(), 0));
}

#[test]
fn two_of_ours_refresh_each_other_for_hours() {
    let mut net = Net::pair();
    net.talking();
    net.seconds(4 * 3600);
    let refreshes = net.distinct(0, "UPDATE") + net.distinct(1, "UPDATE");
    assert!((10..=20).contains(&refreshes), "{refreshes}");
    assert!(net.events.iter().all(Vec::is_empty), "{:?}", net.events);
    // one of them loses its power
    net.act(1, |agent, now| agent.disconnected(now));
    net.seconds(1800);
    assert_eq!(net.ended(0), EndReason::Lost);
}

#[test]
fn where_sound_stays_away_they_are_asked() {
    for (more, method) in [("Allow: INVITE, UPDATE\n", "UPDATE"), ("", "OPTIONS")] {
        let mut net = standing(more);
        net.act(0, |agent, now| agent.doubt(CALL, true, now));
        net.seconds(1);
        assert_eq!(net.distinct(0, method), 1);
        respond(&mut net, method, 200, "t", "");
        net.seconds(50);
        assert_eq!(net.distinct(0, method), 1, "not all the time");
        net.seconds(10);
        assert_eq!(net.distinct(0, method), 2, "but again");
        assert!(net.events[0].is_empty());
        // now nobody is there
        net.seconds(33);
        assert_eq!((net.ended(0), net.count(0, "BYE") > 0), (EndReason::Lost, true));
    }
}

#[test]
fn sound_that_comes_again_ends_the_doubt() {
    let mut net = standing("");
    net.act(0, |agent, now| agent.doubt(CALL, true, now));
    net.seconds(10);
    net.act(0, |agent, now| agent.doubt(CALL, false, now));
    net.seconds(300);
    assert!(net.events[0].is_empty(), "the server alone is away: {:?}", net.events[0]);
}

#[test]
fn a_line_of_ours_that_is_cut_is_no_proof() {
    let mut net = Net::stream();
    net.talking();
    net.act(0, |agent, now| {
        agent.doubt(CALL, true, now);
        agent.disconnected(now);
    });
    net.seconds(100);
    assert!(net.events[0].is_empty(), "{:?}", net.events[0]);
}
