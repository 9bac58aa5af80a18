//! Requests that are too large for a datagram.
use super::{
    scripted::{header, last, respond, with_sdp},
    strangers::at_home,
    *,
};

/// Ours alone, behind the script's server.
fn net() -> Net {
    at_home(addr(1))
}

fn text(net: &mut Net, letters: usize) {
    let ends = ["<sip:alice@a.test>;tag=a", "<sip:bob@b.test>"].map(|text| NameAddr::parse(text).unwrap());
    let uri = Uri::parse("sip:bob@b.test").unwrap();
    let mut request = Agent::compose(Method::Message, uri, (&ends[0], &ends[1]), "text", 1);
    request.headers.push(HeaderName::ContentType, "text/plain");
    request.body = "x".repeat(letters).into();
    net.act(0, |agent, now| agent.request(request, addr(1), now));
}

/// An offer as large as those with many codecs and paths.
fn large() -> SessionDescription {
    let parameters = "x=".repeat(500);
    SessionDescription {
        payloads: vec![PayloadType { number: 111, codec: Codec::Opus, parameters }],
        ..description(4000)
    }
}

#[test]
fn what_fits_is_a_datagram_and_what_does_not_goes_by_stream() {
    let mut net = net();
    text(&mut net, 500);
    assert_eq!((net.by_stream, net.count(0, "MESSAGE")), (0, 1));
    text(&mut net, 1500);
    let sent = last(&net, "MESSAGE");
    assert!(header(&sent, "Via").starts_with("SIP/2.0/TCP 10.0.0.1:5060;rport;branch="), "{sent}");
    net.seconds(20);
    assert_eq!((net.by_stream, net.distinct(0, "MESSAGE")), (1, 2), "on a stream nothing is said twice");
    respond(&mut net, "MESSAGE", 200, "t", "");
    net.take(0, |event| matches!(event, AgentEvent::Answered { result: Ok(_), .. }).then_some(()));
}

#[test]
fn a_registration_stays_on_the_way_that_it_registers() {
    let mut net = net();
    let to = NameAddr::parse("<sip:alice@a.test>").unwrap();
    let uri = Uri::parse("sip:a.test").unwrap();
    let mut request = Agent::compose(Method::Register, uri, (&to.clone().with_tag("a"), &to), "register", 1);
    request.headers.push(HeaderName::Contact, format!("<sip:{}@10.0.0.1>", "a".repeat(1500)));
    net.act(0, |agent, now| agent.request(request, addr(1), now));
    assert_eq!((net.by_stream, net.count(0, "REGISTER")), (0, 1));
}

#[test]
fn the_address_of_the_stream_is_not_ours() {
    let mut net = net();
    net.call_with(large(), None);
    let invite = last(&net, "INVITE");
    assert!(invite.contains("Contact: <sip:alice@10.0.0.1:5060>"), "{invite}");
    let via = header(&invite, "Via").replace(";rport", ";rport=40000;received=192.0.2.7");
    let ringing = format!(
        "SIP/2.0 200 x\nVia: {via}\nFrom: {}\nTo: {};tag=t\nCall-ID: {}\nCSeq: 1 INVITE\n{}",
        header(&invite, "From"),
        header(&invite, "To"),
        header(&invite, "Call-ID"),
        with_sdp("")
    );
    scripted::say(&mut net, &ringing);
    net.answered(0);
    assert_eq!(net.agent(0).contact(None).unwrap().to_string(), "<sip:10.0.0.1:5060>");
    assert_eq!(net.by_stream, 1, "the ACK is small");
}

#[test]
fn a_refusal_is_acknowledged_and_a_call_cancelled_the_way_it_went() {
    let mut net = net();
    net.call_with(large(), None);
    respond(&mut net, "INVITE", 180, "t", "");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    respond(&mut net, "INVITE", 487, "t", "");
    for method in ["INVITE", "CANCEL", "ACK"] {
        assert!(header(&last(&net, method), "Via").starts_with("SIP/2.0/TCP "), "{method}");
    }
    assert_eq!(net.by_stream, 3);
}

#[test]
fn a_server_without_streams_gets_datagrams_and_is_not_asked_again() {
    let mut net = net();
    net.call_with(large(), None);
    let first = last(&net, "INVITE");
    net.act(0, |agent, now| agent.stream_lost(true, now));
    let second = last(&net, "INVITE");
    assert!(header(&second, "Via").starts_with("SIP/2.0/UDP "), "{second}");
    for name in ["Call-ID", "CSeq", "From"] {
        assert_eq!(header(&first, name), header(&second, name));
    }
    respond(&mut net, "INVITE", 200, "t", &with_sdp(""));
    net.answered(0);
    text(&mut net, 1500);
    assert_eq!(net.by_stream, 1);
    // another server may
    let home = Home { server: addr(2), addresses: vec![addr(2).ip()] };
    let way = Way { transport: SipTransport::Udp, local: addr(0) };
    net.act(0, |agent, now| agent.connected(way, Some(home), now));
    assert!(!net.agent(0).no_stream);
}

#[test]
fn what_was_heard_is_not_said_twice_when_the_stream_goes() {
    let mut net = net();
    net.call_with(large(), None);
    respond(&mut net, "INVITE", 100, "", "");
    net.act(0, |agent, now| agent.stream_lost(false, now));
    assert_eq!(net.count(0, "INVITE"), 1);
    respond(&mut net, "INVITE", 200, "t", &with_sdp(""));
    net.answered(0);
}

#[test]
fn over_a_stream_there_is_nothing_to_do() {
    let mut net = Net::stream();
    net.call_with(large(), None);
    assert_eq!((net.by_stream, net.count(0, "INVITE")), (0, 1));
    net.act(0, |agent, now| agent.stream_lost(false, now));
    assert_eq!(net.count(0, "INVITE"), 1);
}
