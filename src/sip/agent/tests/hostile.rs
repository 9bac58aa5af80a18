//! Real conversations with bytes changed on the way: nothing panics, nothing grows without bound, everything ends.
use super::*;
use proptest::prelude::*;

/// One change of a message: where, what, how.
type Change = (prop::sample::Index, prop::sample::Index, u8, u8);

/// A call and a text between two agents; what they sent.
fn conversation() -> Vec<(usize, Bytes)> {
    let mut net = Net::pair();
    let theirs = net.talking();
    net.act(0, |agent, now| agent.reoffer(CALL, holding(4000), now));
    net.seconds(1);
    net.act(1, |agent, now| agent.answer_reoffer(theirs, description(5000), now));
    net.seconds(1);
    net.act(0, |agent, now| {
        agent.press(CALL, "1", now);
        agent.moved(now);
        agent.doubt(CALL, true, now);
    });
    net.seconds(1);
    net.act(0, |agent, now| agent.end(CALL, Decline::Declined, now));
    net.seconds(1);
    net.sent.iter().map(|(by, _, text)| (*by, Bytes::from(text.clone()))).collect()
}

fn mangle(bytes: &Bytes, at: prop::sample::Index, byte: u8, how: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = at.index(bytes.len());
    match how % 4 {
        0 => bytes[at] = byte,
        1 => bytes.insert(at, byte),
        2 => bytes.truncate(at),
        _ => {
            bytes.remove(at);
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn changed_messages_do_no_harm(changes in prop::collection::vec(any::<Change>(), 1..60)) {
        let messages = conversation();
        let mut net = Net::pair();
        net.call();
        net.seconds(1);
        let theirs = net.invited(1);
        net.act(1, |agent, now| agent.answer(theirs, description(5000), now));
        for (which, at, byte, how) in changes {
            let (by, bytes) = &messages[which.index(messages.len())];
            let bytes = mangle(bytes, at, byte, how);
            net.act(1 - by, |agent, now| agent.receive(addr(*by), &bytes, now));
            net.run(Duration::from_millis(100));
        }
        let open: Vec<Vec<CallId>> = net.agents.iter().map(|(_, agent)| agent.calls.keys().copied().collect()).collect();
        prop_assert!(open.iter().all(|calls| calls.len() <= 61));
        for (at, calls) in open.into_iter().enumerate() {
            for call in calls {
                net.act(at, |agent, now| agent.end(call, Decline::Declined, now));
            }
        }
        for agent in 0..2 {
            let texts: Vec<_> = net.agent(agent).texts.keys().copied().collect();
            texts.into_iter().for_each(|text| net.act(agent, |agent, now| agent.accept_text(text, now)));
        }
        net.seconds(400);
        net.is_silent();
    }
}
