//! What does not come from the account's server, what we do not understand, and what is no SIP.
use super::{
    scripted::{self, SDP, alone, invite, say, with_sdp},
    *,
};

pub(super) fn at_home(server: SocketAddr) -> Net {
    let mut net = alone();
    let way = Way { transport: SipTransport::Udp, local: addr(0) };
    let home = Home { server, addresses: vec![server.ip()] };
    net.act(0, |agent, now| agent.connected(way, Some(home), now));
    net
}

#[test]
fn only_the_server_may_call() {
    let mut net = at_home(addr(1));
    say(&mut net, &invite(&with_sdp("")));
    net.invited(0);
    let mut net = at_home("192.0.2.1:5060".parse().unwrap());
    say(&mut net, &invite(&with_sdp("")));
    assert_eq!((net.count(0, "SIP/2.0 403"), net.events[0].len()), (1, 0));
    assert_eq!(net.agent(0).next_timeout(), None, "nothing is kept of a stranger");
    say(&mut net, &invite("").replace("INVITE", "MESSAGE"));
    say(&mut net, &invite("").replace("INVITE", "ACK"));
    assert_eq!((net.count(0, "SIP/2.0 403"), net.sent.len()), (2, 2));
}

#[test]
fn inside_a_call_its_other_side_may_speak_directly() {
    let server: SocketAddr = "192.0.2.1:5060".parse().unwrap();
    let mut net = at_home(server);
    let offer = invite(&with_sdp("")).replace('\n', "\r\n");
    net.act(0, |agent, now| agent.receive(server, offer.as_bytes(), now));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    let to = scripted::header(&scripted::last(&net, "SIP/2.0 200"), "To");
    let within = |method: &str, number: u32| {
        let text = invite("").replace("INVITE", method).replace("CSeq: 5", &format!("CSeq: {number}"));
        let text = text
            .replace("z9hG4bKi", &format!("z9hG4bK{method}"))
            .replace("To: <sip:alice@a.test>", &format!("To: {to}"));
        text.replace('\n', "\r\n") + "\r\n"
    };
    let bye = within("BYE", 6);
    net.act(0, |agent, now| agent.receive(addr(1), within("ACK", 5).as_bytes(), now));
    net.take(0, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
    net.act(0, |agent, now| agent.receive("203.0.113.9:5060".parse().unwrap(), bye.as_bytes(), now));
    assert_eq!((net.count(0, "SIP/2.0 403"), net.events[0].len()), (1, 0));
    net.act(0, |agent, now| agent.receive(addr(1), bye.as_bytes(), now));
    assert_eq!(net.ended(0), EndReason::HungUpThere);
}

#[test]
fn what_we_do_not_do_is_said() {
    let mut net = alone();
    let one = |method: &str, more: &str| {
        invite(more).replace("INVITE", method).replace("z9hG4bKi", &format!("z9hG4bK{method}"))
    };
    for (method, more, code) in [
        ("OPTIONS", "", 200),
        ("SUBSCRIBE", "Event: presence\n", 405),
        ("NOTIFY", "", 481),
        ("BYE", "", 481),
        ("CANCEL", "", 481),
        ("DANCE", "", 501),
        ("INVITE", "Require: 100rel, precondition\n", 420),
    ] {
        say(&mut net, &one(method, more));
        let answer = net.sent.last().unwrap().2.clone();
        assert!(answer.starts_with(&format!("SIP/2.0 {code} ")), "{method}: {answer}");
        if code == 405 || code == 501 || method == "OPTIONS" {
            assert!(answer.contains("Allow: INVITE"), "{answer}");
        }
    }
    assert!(net.sent.last().unwrap().2.contains("Unsupported: precondition\r\n"));
}

#[test]
fn an_offer_of_no_use_is_refused() {
    for (more, code) in [
        ("Content-Type: application/sdp\n\nv=0\n".to_owned(), 488),
        ("Content-Type: application/pdf\n\nx".to_owned(), 415),
        (format!("Content-Type: application/sdp\nContent-Encoding: gzip\n\n{SDP}"), 415),
    ] {
        let mut net = alone();
        say(&mut net, &invite(&more));
        assert_eq!((net.count(0, &format!("SIP/2.0 {code}")), net.events[0].len()), (1, 0));
        assert!(net.agent(0).calls.is_empty());
    }
}

#[test]
fn a_method_of_the_owners_is_handed_up() {
    let mut net = alone();
    say(&mut net, &invite("").replace("INVITE", "REGISTER"));
    let (server, request) = net.take(0, |event| match event {
        AgentEvent::Request { server, request, source } => {
            assert_eq!(*source, addr(1));
            Some((*server, request.clone()))
        }
        _ => None,
    });
    net.act(0, |agent, now| agent.respond(server, request.response(200).with(HeaderName::Expires, "60"), now));
    assert_eq!(net.count(0, "SIP/2.0 200"), 1);
}

#[test]
fn broken_requests_are_refused_and_garbage_is_not_answered() {
    let mut net = alone();
    say(&mut net, &invite("").replace("CSeq: 5", "CSeq: five"));
    say(&mut net, &invite("").replace("SIP/2.0\nVia", "SIP/3.0\nVia"));
    assert_eq!((net.count(0, "SIP/2.0 400"), net.count(0, "SIP/2.0 505")), (1, 1));
    for garbage in [&b""[..], b"\r\n\r\n", b"\0\xff\xfe", b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n"] {
        net.act(0, |agent, now| agent.receive(addr(1), garbage, now));
    }
    assert_eq!(net.sent.len(), 2);
}

#[test]
fn a_flood_of_calls_is_bounded() {
    let mut net = alone();
    for n in 0..300 {
        let more = format!("X-Number: {n}\n{}", with_sdp(""));
        let text = invite(&more)
            .replace("z9hG4bKi", &format!("z9hG4bK{n}"))
            .replace("Call-ID: script", &format!("Call-ID: c{n}"));
        say(&mut net, &text);
    }
    assert_eq!(net.agent(0).calls.len(), call::MOST_CALLS);
    assert_eq!(net.count(0, "SIP/2.0 486"), 300 - call::MOST_CALLS);
}

#[test]
fn a_stranger_gets_nothing_whatever_they_ask() {
    let server: SocketAddr = "192.0.2.1:5060".parse().unwrap();
    for (method, more) in [
        ("INVITE", with_sdp("P-Asserted-Identity: <sip:bank@a.test>\nAlert-Info: <x:y>;info=intercom\n")),
        ("MESSAGE", "Content-Type: text/plain\n\nYour code is 123456".to_owned()),
        ("NOTIFY", "Event: message-summary\nSubscription-State: active\n".to_owned()),
        ("REFER", "Refer-To: <sip:+19005550000@a.test>\n".to_owned()),
        ("SUBSCRIBE", "Event: dialog\n".to_owned()),
        ("REGISTER", "Contact: <sip:x@203.0.113.9>\n".to_owned()),
        ("OPTIONS", String::new()),
        ("BYE", String::new()),
        ("CANCEL", String::new()),
    ] {
        let mut net = at_home(server);
        // a Via is only what a stranger writes
        let claim = "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKi;received=192.0.2.1;rport=5060\n";
        let text = invite(&more).replace("Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKi;rport\n", claim);
        say(&mut net, &text.replace("INVITE", method));
        assert_eq!((net.count(0, "SIP/2.0 403"), net.events[0].len()), (1, 0), "{method}");
        assert!(net.sent.iter().all(|(_, to, _)| *to == addr(1)), "{method} is answered to nobody else");
        assert!(net.agent(0).calls.is_empty() && net.agent(0).next_timeout().is_none(), "{method}");
    }
}

#[test]
fn nobody_outside_a_call_ends_or_changes_it() {
    let server: SocketAddr = "192.0.2.1:5060".parse().unwrap();
    let mut net = at_home(server);
    let offer = invite(&with_sdp("")).replace('\n', "\r\n");
    net.act(0, |agent, now| agent.receive(server, offer.as_bytes(), now));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    for (method, tag) in [("BYE", "guess"), ("INVITE", "guess"), ("UPDATE", "guess"), ("REFER", "guess")] {
        let text = invite(&with_sdp("Refer-To: <sip:+19005550000@a.test>\n"))
            .replace("INVITE", method)
            .replace("To: <sip:alice@a.test>", &format!("To: <sip:alice@a.test>;tag={tag}"))
            .replace("z9hG4bKi", &format!("z9hG4bK{method}"))
            .replace('\n', "\r\n");
        net.act(0, |agent, now| agent.receive(server, text.as_bytes(), now));
    }
    assert_eq!((net.count(0, "SIP/2.0 481"), net.events[0].len()), (4, 0), "{:?}", net.sent);
}
