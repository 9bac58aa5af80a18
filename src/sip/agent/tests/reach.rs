//! What a registrar gave shows in requests: their route, and as whom we are called back.
use super::{
    scripted::{self, header, last, respond, with_sdp},
    *,
};

/// An account's agent, registered so.
fn registered(reach: Reach) -> Net {
    let mut net = scripted::alone();
    net.act(0, |agent, now| {
        let way = Way { transport: SipTransport::Udp, local: addr(0) };
        agent.connected(way, Some(Home { server: addr(1), addresses: vec![addr(1).ip()] }), now);
        agent.registered(reach);
    });
    net
}

fn ask(net: &mut Net, method: Method) -> String {
    let from = NameAddr::parse("<sip:alice@a.test>;tag=t").unwrap();
    let uri = Uri::parse("sip:bob@a.test").unwrap();
    let request = Agent::compose(method.clone(), uri.clone(), (&from, &NameAddr::new(uri)), "r", 1);
    net.act(0, |agent, now| agent.request(request, addr(1), now));
    last(net, method.as_str())
}

#[test]
fn requests_outside_calls_take_the_registrars_route_and_those_inside_their_own() {
    let routes = vec!["<sip:edge.test;lr>".to_owned(), "<sip:home.test;lr>".to_owned()];
    let mut net = registered(Reach { routes, ..Reach::default() });
    let route = "Route: <sip:edge.test;lr>\r\nRoute: <sip:home.test;lr>\r\n";
    for method in [Method::Message, Method::Options, Method::Subscribe] {
        let request = ask(&mut net, method);
        assert!(request.contains(route), "{request}");
    }
    assert!(!ask(&mut net, Method::Register).contains("Route"), "it is what asks for the route");
    net.call();
    assert!(last(&net, "INVITE").contains(route));
    respond(&mut net, "INVITE", 302, "t", "Contact: <sip:carol@a.test>\n");
    let again = last(&net, "INVITE sip:carol@a.test");
    assert_eq!(again.matches("Route: ").count(), 2, "{again}");
    respond(&mut net, "INVITE", 200, "t", &with_sdp("Record-Route: <sip:home.test;lr>\n"));
    let ack = last(&net, "ACK");
    assert!(ack.contains("Route: <sip:home.test;lr>\r\n") && !ack.contains("edge.test"), "{ack}");
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    assert!(!last(&net, "BYE").contains("edge.test"));
}

#[test]
fn a_refused_call_is_acknowledged_along_the_same_route() {
    let routes = vec!["<sip:edge.test;lr>".to_owned()];
    let mut net = registered(Reach { routes, ..Reach::default() });
    net.call();
    respond(&mut net, "INVITE", 486, "t", "");
    assert!(last(&net, "ACK").contains("Route: <sip:edge.test;lr>\r\n"));
}

#[test]
fn as_whom_we_are_called_back() {
    let uri = |text: &str| Uri::parse(text);
    let names = || Reach {
        public: uri("sip:alice@a.test;gr=urn:uuid:1"),
        temporary: uri("sip:tgruu.x@a.test;gr"),
        flow: true,
        ..Reach::default()
    };
    let contact = |reach, user: Option<&str>| {
        let mut net = registered(reach);
        net.agent(0).call_contact(user).unwrap().uri.to_string()
    };
    assert_eq!(contact(names(), Some("alice")), "sip:alice@a.test;gr=urn:uuid:1");
    assert_eq!(contact(names(), None), "sip:tgruu.x@a.test;gr", "who hides is not named");
    assert_eq!(
        contact(names(), Some("tgruu.x")),
        "sip:tgruu.x@a.test;gr",
        "nor who is called by a name that says nothing"
    );
    let flow = Reach { flow: true, ..Reach::default() };
    assert_eq!(contact(flow, Some("alice")), "sip:alice@10.0.0.1:5060;ob");
    assert_eq!(contact(Reach::default(), Some("alice")), "sip:alice@10.0.0.1:5060");
    let mut net = registered(names());
    net.call();
    assert_eq!(header(&last(&net, "INVITE"), "Contact"), "<sip:alice@a.test;gr=urn:uuid:1>");
    // another server has given nothing yet
    net.act(0, |agent, now| {
        let way = Way { transport: SipTransport::Tcp, local: addr(0) };
        agent.connected(way, Some(Home { server: addr(1), addresses: vec![addr(1).ip()] }), now);
    });
    assert_eq!(net.agent(0).call_contact(Some("alice")).unwrap().uri.as_str(), "sip:alice@10.0.0.1:5060;transport=tcp");
}
