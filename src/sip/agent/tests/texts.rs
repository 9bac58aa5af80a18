//! Texts: acknowledged once they are kept, never twice.
use super::*;
use crate::sip::text::Text;

fn send(net: &mut Net) -> RequestId {
    let (from, to) = (NameAddr::parse("<sip:33733@a.test>;tag=t").unwrap(), format!("sip:bob@{}", addr(1)));
    let uri = Uri::parse(&to).unwrap();
    let mut request = Agent::compose(Method::Message, uri.clone(), (&from, &NameAddr::new(uri)), "c1", 1);
    request.headers.push(HeaderName::ContentType, "text/plain;charset=UTF-8");
    request.body = "your code is 123456".into();
    net.act(0, |agent, now| agent.request(request, addr(1), now))
}

fn arrived(net: &mut Net) -> Option<(ServerId, Text)> {
    net.find(1, |event| match event {
        AgentEvent::Text { server, text, .. } => Some((*server, text.clone())),
        _ => None,
    })
}

fn answer(net: &mut Net) -> Option<Result<u16, Failure>> {
    net.find(0, |event| match event {
        AgentEvent::Answered { result, .. } => Some(result.as_ref().map(|response| response.code).map_err(|why| *why)),
        _ => None,
    })
}

#[test]
fn acknowledged_only_when_kept_and_handed_up_once() {
    let mut net = Net::pair();
    send(&mut net);
    net.seconds(8);
    let (server, text) = arrived(&mut net).unwrap();
    assert_eq!(text.body.expose(), "your code is 123456");
    assert!(net.count(0, "MESSAGE") > 2 && arrived(&mut net).is_none(), "sent again, handed up once");
    assert_eq!((net.count(1, "SIP/2.0"), answer(&mut net)), (0, None));
    net.act(1, |agent, now| agent.accept_text(server, now));
    net.seconds(1);
    let repeats =
        net.find(0, |event| if let AgentEvent::Answered { repeats, .. } = event { Some(*repeats) } else { None });
    assert_eq!(repeats, Some(4), "the pauses were 0.5, 1, 2 and 4 s");
    net.is_silent();
}

#[test]
fn not_kept_is_to_come_again() {
    let mut net = Net::pair();
    send(&mut net);
    net.seconds(1);
    let (server, _) = arrived(&mut net).unwrap();
    net.act(1, |agent, now| agent.defer_text(server, now));
    net.seconds(1);
    assert_eq!(answer(&mut net), Some(Ok(500)));
    assert!(net.sent.iter().any(|(_, _, text)| text.contains("Retry-After: 10")));
    net.is_silent();
}

#[test]
fn every_storm_is_survived() {
    for seed in 0..60 {
        let mut net = Net::new(2, STORM, seed);
        send(&mut net);
        let (server, _) = (0..30)
            .find_map(|_| {
                net.seconds(1);
                arrived(&mut net)
            })
            .unwrap_or_else(|| panic!("seed {seed}"));
        net.act(1, |agent, now| agent.accept_text(server, now));
        net.seconds(30);
        assert_eq!(answer(&mut net), Some(Ok(200)), "seed {seed}");
        assert!(arrived(&mut net).is_none());
        net.is_silent();
    }
}

#[test]
fn unanswered_or_lost() {
    let mut net = Net::new(2, Weather { loss: 100, ..Weather::default() }, 1);
    send(&mut net);
    net.seconds(33);
    assert_eq!(answer(&mut net), Some(Err(Failure::TimedOut)));
    send(&mut net);
    net.act(0, |agent, now| agent.disconnected(now));
    assert_eq!(answer(&mut net), Some(Err(Failure::Lost)));
    send(&mut net);
    assert_eq!(answer(&mut net), Some(Err(Failure::Lost)));
}
