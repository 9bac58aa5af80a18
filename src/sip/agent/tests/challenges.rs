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
    agent.trust(None, "a.test");
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

/// Registered, in the realm `r`.
fn registered(more: &str) -> Net {
    let mut net = agent();
    ask(&mut net);
    respond(&mut net, "REGISTER", 401, "s", &challenge(false, "r", "n1", more));
    respond(&mut net, "REGISTER", 200, "s", "");
    assert_eq!(outcome(&mut net), Some(Ok(200)));
    net
}

/// The call came to nothing, and nobody got a proof of the password after so many INVITEs.
fn nothing_told(net: &mut Net, invites: usize) {
    assert_eq!((net.count(0, "INVITE"), net.ended(0)), (invites, EndReason::PasswordAsked));
    net.is_silent();
}

#[test]
fn who_is_called_learns_nothing_of_the_password() {
    for code in [401, 407] {
        let proxy = code == 407;
        let mut net = registered("");
        net.call();
        respond(&mut net, "INVITE", code, "e", &challenge(proxy, "evil", "n2", ""));
        nothing_told(&mut net, 1);
        // behind a server that asks, too
        net.call();
        respond(&mut net, "INVITE", 407, "s", &challenge(true, "r", "n2", ""));
        assert!(header(&last(&net, "INVITE"), "Proxy-Authorization").contains("realm=\"r\""));
        respond(&mut net, "INVITE", code, "e", &challenge(proxy, "evil", "n3", ""));
        nothing_told(&mut net, 3);
    }
}

#[test]
fn who_is_called_and_names_our_realm_gets_no_second_answer() {
    for more in ["", ", stale=true"] {
        for code in [401, 407] {
            let mut net = registered("");
            // what was answered for one call is nothing for the next: who asks again in the server's name is not the server
            for calls in 1..=2 {
                net.call();
                assert!(!last(&net, "INVITE").contains("uthorization"), "never in advance");
                respond(&mut net, "INVITE", 407, "s", &challenge(true, "r", "n2", ""));
                respond(&mut net, "INVITE", code, "e", &challenge(code == 407, "r", "chosen", more));
                nothing_told(&mut net, 2 * calls);
            }
            assert!(net.sent.iter().all(|(_, _, text)| !text.contains("chosen")), "{code}{more}");
        }
    }
}

#[test]
fn who_rang_or_wants_a_weaker_hash_is_not_our_server() {
    let mut net = registered(", algorithm=SHA-256");
    net.call();
    respond(&mut net, "INVITE", 407, "e", &challenge(true, "r", "n2", ", algorithm=MD5"));
    nothing_told(&mut net, 1);
    net.call();
    respond(&mut net, "INVITE", 180, "e", "");
    respond(&mut net, "INVITE", 407, "e", &challenge(true, "r", "n2", ", algorithm=SHA-256"));
    nothing_told(&mut net, 2);
}

#[test]
fn a_registrar_that_never_asks_is_known_by_its_domain_or_by_what_the_person_says() {
    let mut net = agent();
    for (calls, realm, invites) in [(1, "other.test", 1), (2, "a.test", 3)] {
        net.call();
        respond(&mut net, "INVITE", 407, "s", &challenge(true, realm, "n", ""));
        assert_eq!(net.count(0, "INVITE"), invites, "{calls}");
        respond(&mut net, "INVITE", 486, "s", "");
        let reason = net.ended(0);
        assert_eq!(reason, if calls == 1 { EndReason::PasswordAsked } else { EndReason::Busy });
    }
    net.act(0, |agent, _| agent.trust(Some("other.test".into()), "a.test"));
    net.call();
    respond(&mut net, "INVITE", 407, "s", &challenge(true, "other.test", "n", ""));
    assert_eq!(net.count(0, "INVITE"), 5);
}

#[test]
fn a_text_and_a_request_past_the_server_are_no_way_to_it_either() {
    let mut net = registered("");
    let from = NameAddr::parse("<sip:alice@a.test>;tag=t").unwrap();
    let uri = Uri::parse("sip:bob@b.test").unwrap();
    for (to, realm) in [(addr(1), "evil"), (addr(2), "r")] {
        let request = Agent::compose(Method::Message, uri.clone(), (&from, &NameAddr::new(uri.clone())), "m", 1);
        net.act(0, |agent, now| agent.request(request, to, now));
        respond(&mut net, "MESSAGE", 401, "e", &challenge(false, realm, "n", ""));
        assert_eq!(outcome(&mut net), Some(Err(Failure::NotOurs)));
    }
    assert_eq!(net.count(0, "MESSAGE"), 2);
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
    let mut net = registered("");
    net.call();
    respond(&mut net, "INVITE", 407, "s", &challenge(true, "r", "n", ""));
    assert_eq!((net.count(0, "ACK"), net.count(0, "INVITE")), (1, 2));
    respond(&mut net, "INVITE", 200, "b", &scripted::with_sdp(""));
    let ack = last(&net, "ACK");
    assert_eq!(header(&ack, "CSeq"), "2 ACK");
    assert!(ack.contains("Proxy-Authorization: "), "{ack}");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert_eq!(header(&last(&net, "BYE"), "CSeq"), "3 BYE");

    let mut net = registered("");
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
