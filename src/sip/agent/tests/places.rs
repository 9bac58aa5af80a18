//! Where calls go and where they come from: redirection, forwarding, hidden numbers, keys that are told beside the sound.
use super::{
    scripted::{alone, header, invite, last, respond, say, with_sdp, within},
    *,
};

fn redirected(net: &mut Net) -> String {
    net.take(0, |event| if let AgentEvent::Redirected { to, .. } = event { Some(to.uri()) } else { None })
}

#[test]
fn a_redirected_call_is_shown_and_followed_by_the_same_server() {
    let mut net = alone();
    net.call();
    let first = last(&net, "INVITE");
    respond(&mut net, "INVITE", 302, "t", "Contact: <sip:carol@c.test?Replaces=x>;q=0.5, <sip:dave@d.test>;q=0.9\n");
    assert_eq!(redirected(&mut net), "sip:dave@d.test");
    let second = last(&net, "INVITE sip:dave@d.test SIP/2.0");
    assert_eq!(header(&second, "CSeq"), "2 INVITE");
    assert_eq!((header(&second, "Call-ID"), header(&second, "To")), (header(&first, "Call-ID"), header(&first, "To")));
    assert!(net.sent.iter().all(|(_, to, _)| *to == addr(1)), "credentials are shown to no other host");
    respond(&mut net, "INVITE", 302, "t", "Contact: <sip:bob@10.0.0.2:5060>, <sip:carol@c.test>\n");
    assert_eq!(redirected(&mut net), "sip:carol@c.test");
    respond(&mut net, "INVITE", 200, "t", &with_sdp(""));
    net.answered(0);
    assert_eq!(header(&last(&net, "ACK sip:bob@10.0.0.2:5060"), "CSeq"), "3 ACK");
}

#[test]
fn a_redirection_to_another_number_ends_the_call_and_says_where_to() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 302, "t", "Contact: <tel:+1-900-555-0000>\n");
    assert_eq!((redirected(&mut net), net.ended(0)), ("tel:+19005550000".into(), EndReason::Redirected));
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 300, "t", "");
    assert_eq!((net.ended(0), net.count(0, "INVITE")), (EndReason::Redirected, 1));
}

#[test]
fn a_redirection_without_end_is_not_followed_without_end() {
    let mut net = alone();
    net.call();
    for n in 0..20 {
        respond(&mut net, "INVITE", 302, "t", &format!("Contact: <sip:n{n}@x.test>\n"));
    }
    assert_eq!(net.count(0, "INVITE"), 5);
    assert_eq!(net.ended(0), EndReason::Redirected);
}

#[test]
fn a_call_that_was_given_up_is_not_asked_elsewhere() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 180, "t", "");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    respond(&mut net, "INVITE", 302, "t", "Contact: <sip:carol@c.test>\n");
    assert_eq!((net.ended(0), net.count(0, "INVITE")), (EndReason::Cancelled, 1));
}

#[test]
fn who_hides_says_nothing_but_to_the_own_server() {
    let mut net = alone();
    let from = NameAddr::parse("\"Alice\" <sip:alice@a.test>").unwrap();
    let (to, offer) = (Uri::parse("sip:bob@b.test").unwrap(), description(4000));
    let invitation = Invitation { from, to, hop: addr(1), offer, second: None, hidden: true };
    net.act(0, |agent, now| agent.place(CALL, invitation, now));
    let invite = last(&net, "INVITE");
    assert!(header(&invite, "From").starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
    assert_eq!((header(&invite, "Privacy").as_str(), invite.matches("alice").count()), ("id", 1), "{invite}");
    assert_eq!(header(&invite, "P-Preferred-Identity"), "<sip:alice@a.test>");
}

#[test]
fn who_calls_and_by_whom_it_came() {
    let headers = "P-Asserted-Identity: <tel:+1555>\nDiversion: <sip:work@x.test>\nCall-Info: <sip:x>;answer-after=0\n";
    for (home, expected) in [(true, ("tel:+1555", Some("sip:work@x.test"))), (false, ("sip:bob@b.test", None))] {
        let mut net = alone();
        let home = home.then(|| Home { server: addr(1), addresses: vec![addr(1).ip()] });
        let way = Way { transport: SipTransport::Udp, local: addr(0) };
        net.act(0, |agent, now| agent.connected(way, home, now));
        say(&mut net, &invite(&with_sdp(headers)));
        let (from, via) = net.take(0, |event| match event {
            AgentEvent::Invited { from, via, at_once: true, .. } => {
                Some((from.uri(), via.as_ref().map(|via| via.uri())))
            }
            _ => None,
        });
        assert_eq!((from.as_str(), via.as_deref()), expected);
    }
}

#[test]
fn keys_are_told_one_after_the_other() {
    let mut net = alone();
    net.call();
    respond(&mut net, "INVITE", 200, "t", &with_sdp("Record-Route: <sip:10.0.0.3;lr>\n"));
    net.act(0, |agent, now| agent.press(CALL, "1,#5", now));
    let told = last(&net, "INFO sip:bob@10.0.0.2:5060");
    assert!(
        told.ends_with("\r\n\r\nSignal=1\r\nDuration=160\r\n") && told.contains("Route: <sip:10.0.0.3;lr>"),
        "{told}"
    );
    assert_eq!(header(&told, "Content-Type"), "application/dtmf-relay");
    net.seconds(0);
    assert_eq!(net.count(0, "INFO"), 1, "the first has not arrived");
    respond(&mut net, "INFO", 200, "t", "");
    assert_eq!(net.count(0, "INFO"), 1, "a pause");
    net.seconds(1);
    assert!(last(&net, "INFO").contains("Signal=#\r\n"));
    respond(&mut net, "INFO", 415, "t", "");
    net.seconds(5);
    assert_eq!(net.count(0, "INFO"), 2, "without the one before it a key is another number");
}

#[test]
fn keys_of_theirs() {
    let mut net = alone();
    say(&mut net, &invite(&with_sdp("")));
    let call = net.invited(0);
    net.act(0, |agent, now| agent.answer(call, description(4000), now));
    within(&mut net, "ACK", 5, "");
    net.events[0].clear();
    for (number, kind, body, key) in [
        (6, "application/dtmf-relay", "Signal= 5\nDuration=100\n", Some('5')),
        (7, "application/dtmf-relay", "signal=11\n", Some('#')),
        (8, "application/dtmf", "d", Some('D')),
        (9, "application/dtmf-relay", "Signal=xx\n", None),
        (10, "application/dtmf", "", None),
    ] {
        within(&mut net, "INFO", number, &format!("Content-Type: {kind}\n\n{body}"));
        let told =
            net.find(0, |event| if let AgentEvent::Key { key, .. } = event { Some(*key.expose()) } else { None });
        assert_eq!(told, key, "{body}");
    }
    assert_eq!((net.count(0, "SIP/2.0 400"), net.count(0, "SIP/2.0 200")), (1, 5));
}

#[test]
fn everything_inside_a_call_follows_its_route() {
    for (route, first, last_route) in [
        ("<sip:p1.test;lr>, <sip:p2.test;lr>", "sip:bob@10.0.0.2:5060", "<sip:p2.test;lr>\r\nRoute: <sip:p1.test;lr>"),
        // the nearest is older than RFC 3261: it is asked itself, and the other side stands at the end
        ("<sip:p1.test;lr>, <sip:p2.test>", "sip:p2.test", "<sip:p1.test;lr>\r\nRoute: <sip:bob@10.0.0.2:5060>"),
    ] {
        let mut net = alone();
        net.call();
        let headers = format!("Record-Route: {route}\nAllow: UPDATE\nRequire: 100rel\nRSeq: 1\n");
        respond(&mut net, "INVITE", 183, "t", &with_sdp(&headers));
        respond(&mut net, "INVITE", 200, "t", &with_sdp(&format!("Record-Route: {route}\nAllow: UPDATE\n")));
        net.act(0, |agent, now| agent.press(CALL, "1", now));
        respond(&mut net, "INFO", 200, "t", "");
        net.act(0, |agent, now| {
            agent.moved(now);
            agent.doubt(CALL, true, now);
        });
        respond(&mut net, "UPDATE", 200, "t", &with_sdp(""));
        net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
        respond(&mut net, "INVITE", 200, "t", &with_sdp(""));
        net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
        let inside: Vec<_> =
            net.sent.iter().map(|(.., text)| text).filter(|text| text.contains(";tag=t\r\n")).collect();
        let kinds: std::collections::BTreeSet<_> = inside.iter().filter_map(|text| text.split(' ').next()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["ACK", "BYE", "INFO", "INVITE", "PRACK", "UPDATE"]);
        for request in inside {
            assert_eq!(request.split(' ').nth(1), Some(first), "{request}");
            assert!(request.contains(&format!("\r\nRoute: {last_route}\r\n")), "{request}");
        }
    }
}
