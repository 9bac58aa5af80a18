//! Challenges: answered, answered before they are made, given up.
use super::{
    scripted::{header, last, respond},
    *,
};

fn agent() -> Net {
    let mut net = scripted::alone();
    let credentials = Credentials { user: "alice".into(), password: "secret".into() };
    let mut agent = Agent::new([3; 32], Some(credentials), Vec::new());
    let way = Way { transport: SipTransport::Udp, local: addr(0) };
    agent.connected(way, Some(Home { server: addr(1), addresses: vec![addr(1).ip()] }), net.now);
    net.agents[0].1 = agent;
    net
}

fn challenge(proxy: bool, realm: &str, nonce: &str, more: &str) -> String {
    let name = if proxy { "Proxy" } else { "WWW" };
    format!("{name}-Authenticate: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{more}\n")
}

fn ask(net: &mut Net) {
    let from = NameAddr::parse("<sip:alice@a.test>;tag=t").unwrap();
    let uri = Uri::parse("sip:a.test").unwrap();
    let request = Agent::compose(Method::Register, uri.clone(), (&from, &NameAddr::new(uri)), "r", 1);
    net.act(0, |agent, now| agent.request(request, addr(1), now));
}

fn outcome(net: &mut Net) -> Option<Result<u16, Failure>> {
    net.find(0, |event| match event {
        AgentEvent::Answered { result, .. } => Some(result.as_ref().map(|response| response.code).map_err(|why| *why)),
        _ => None,
    })
}

#[test]
fn answered_then_answered_in_advance_then_stale() {
    let mut net = agent();
    ask(&mut net);
    assert!(!last(&net, "REGISTER").contains("Authorization"));
    respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", "n1", ""));
    let signed = last(&net, "REGISTER");
    assert!(
        header(&signed, "Authorization").contains("nc=00000001") && header(&signed, "CSeq") == "2 REGISTER",
        "{signed}"
    );
    respond(&mut net, "REGISTER", 200, "s", "");
    assert_eq!(outcome(&mut net), Some(Ok(200)));
    ask(&mut net);
    assert!(header(&last(&net, "REGISTER"), "Authorization").contains("nc=00000002"));
    respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", "n2", ", stale=true"));
    let signed = header(&last(&net, "REGISTER"), "Authorization");
    assert!(signed.contains("nonce=\"n2\"") && signed.contains("nc=00000001"), "{signed}");
    respond(&mut net, "REGISTER", 200, "s", "");
    assert_eq!(outcome(&mut net), Some(Ok(200)));
}

#[test]
fn a_wrong_password_is_told_after_one_answer() {
    let mut net = agent();
    for _ in 0..2 {
        ask(&mut net);
        respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", "n1", ""));
        respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", "n2", ""));
        assert_eq!(outcome(&mut net), Some(Err(Failure::WrongPassword)));
    }
    assert_eq!(net.count(0, "REGISTER"), 4);
}

#[test]
fn a_server_that_always_says_stale_is_given_up() {
    let mut net = agent();
    ask(&mut net);
    for n in 0..20 {
        if net.count(0, "REGISTER") > n {
            respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", &format!("n{n}"), ", stale=true"));
        }
    }
    assert_eq!(outcome(&mut net), Some(Err(Failure::WrongPassword)));
}

#[test]
fn a_chain_of_proxies() {
    let mut net = agent();
    ask(&mut net);
    respond(&mut net, "REGISTER", 407, "s", &challenge(true, "one", "n1", ""));
    respond(&mut net, "REGISTER", 407, "s", &challenge(true, "two", "n2", ""));
    let signed = last(&net, "REGISTER");
    assert_eq!(signed.matches("Proxy-Authorization: ").count(), 2, "{signed}");
    respond(&mut net, "REGISTER", 200, "s", "");
    assert_eq!(outcome(&mut net), Some(Ok(200)));
}

#[test]
fn no_scheme_we_know() {
    let mut net = agent();
    ask(&mut net);
    respond(&mut net, "REGISTER", 401, "s", "WWW-Authenticate: Basic realm=\"r\"\n");
    assert_eq!(outcome(&mut net), Some(Err(Failure::NoSafeLogin)));
}

#[test]
fn a_challenged_call_and_hanging_up_meanwhile() {
    let mut net = agent();
    net.call();
    respond(&mut net, "INVITE", 407, "s", &challenge(true, "r", "n", ""));
    assert_eq!((net.count(0, "ACK"), net.count(0, "INVITE")), (1, 2));
    respond(&mut net, "INVITE", 200, "b", &scripted::with_sdp(""));
    let ack = last(&net, "ACK");
    assert_eq!(header(&ack, "CSeq"), "2 ACK");
    assert!(ack.contains("Proxy-Authorization: "), "{ack}");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!(header(&last(&net, "BYE"), "CSeq"), "3 BYE");

    let mut net = agent();
    net.call();
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    respond(&mut net, "INVITE", 407, "s", &challenge(true, "r", "n", ""));
    assert_eq!((net.count(0, "INVITE"), net.ended(0)), (1, EndReason::Cancelled));
    net.is_silent();
}

#[test]
fn the_address_the_server_sees_becomes_ours() {
    let mut net = agent();
    ask(&mut net);
    let request = last(&net, "REGISTER");
    let via = header(&request, "Via");
    let seen = via.replace(";rport", ";rport=40000;received=192.0.2.7");
    scripted::say(
        &mut net,
        &format!(
            "SIP/2.0 200 OK\nVia: {seen}\nFrom: <sip:alice@a.test>;tag=t\nTo: <sip:a.test>;tag=x\nCall-ID: r\nCSeq: 1 REGISTER\n"
        ),
    );
    let contact = net.agent(0).contact(Some("alice")).unwrap();
    assert_eq!(contact.uri.as_str(), "sip:alice@192.0.2.7:40000");
}
