//! Calls that meet others, other devices, what is not supported, time and floods.
use super::*;

#[test]
fn another_device_of_ours_takes_or_declines_what_rings_and_nothing_else() {
    for name in ["accept", "proceed", "reject"] {
        let mut alice = side("alice@x.test/l", "a");
        alice.message("bob@y.test/m", &propose("s1"));
        alice.offered();
        alice.message("alice@x.test/other", &word(name, "s1"));
        assert_eq!(alice.end(), EndReason::HandledElsewhere);
    }
    let mut alice = side("alice@x.test/l", "a");
    alice.message("bob@y.test/m", &propose("s1"));
    let (call, _) = alice.offered();
    alice.command(AccountCommand::Answer { call, answer: description(Setup::ActPass, 4000) });
    // our own word comes back to us, too
    alice.message("alice@x.test/l", &word("accept", "s1"));
    assert!(alice.told.is_empty());
}

#[test]
fn of_two_who_call_each_other_at_once_one_goes_on() {
    for (theirs, wins) in [("0", true), ("z", false)] {
        let mut alice = side("alice@x.test/l", "a");
        alice.place("bob@y.test");
        alice.message("bob@y.test/m", &propose(theirs));
        if wins {
            assert_eq!(alice.end(), EndReason::Busy);
            alice.offered();
        } else {
            assert!(alice.told.is_empty());
            let reject = alice.take("reject");
            assert!(reject.get_child("reject", ns::JINGLE_MESSAGE).unwrap().has_child("tie-break", ns::JINGLE_MESSAGE));
        }
        let (mut alice, ..) = initiated();
        alice.jingle(NUMBER, "session-initiate", theirs, &audio(&transport(&fingerprint("actpass"), 7000)));
        if wins {
            assert_eq!(alice.end(), EndReason::Busy);
            assert!(alice.offered().1.is_some());
        } else {
            assert_eq!(alice.refusal().0, "conflict");
        }
    }
}

#[test]
fn a_session_that_comes_before_we_let_it_waits_for_the_person() {
    let mut alice = side("alice@x.test/l", "a");
    alice.message(NUMBER, &propose("s1"));
    let (call, _) = alice.offered();
    alice.jingle(NUMBER, "session-initiate", "s1", &audio(&transport(&fingerprint("actpass"), 7000)));
    assert!(alice.told.is_empty());
    alice.command(AccountCommand::Answer { call, answer: description(Setup::ActPass, 4000) });
    assert!(matches!(alice.event(), CallEvent::Reoffered { .. }));
    alice.command(AccountCommand::AnswerReoffer { call, answer: description(Setup::Active, 4000) });
    let accept = alice.action("session-accept");
    let content = accept.get_child("jingle", ns::JINGLE).unwrap().get_child("content", ns::JINGLE).unwrap();
    assert_eq!(content.attr("name"), Some("a1"), "the name is theirs");
}

#[test]
fn what_cannot_be_taken_is_refused_in_words() {
    let mut alice = side("alice@x.test/l", "a");
    let video = audio(&transport("", 1)).replace("'audio'", "'video'");
    let other = audio("<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'/>");
    let codec = audio(&transport("", 1)).replace("G722", "speex").replace("PCMU", "AMR");
    for (inside, why) in [
        (video.as_str(), "unsupported-applications"),
        (other.as_str(), "unsupported-transports"),
        (codec.as_str(), "failed-application"),
    ] {
        alice.jingle("bob@y.test/m", "session-initiate", "s", inside);
        let told = alice.action("session-terminate");
        assert_eq!(reason::name(told.get_child("jingle", ns::JINGLE).unwrap()), Some(why));
        assert!(alice.told.is_empty() && alice.calls.calls.is_empty());
    }
    for action in ["session-accept", "transport-info", "nonsense"] {
        alice.jingle("bob@y.test/m", action, "unknown", "");
        assert_eq!(alice.refusal().0, "item-not-found", "{action}");
    }
}

#[test]
fn more_contents_and_other_transports_are_declined_and_the_call_goes_on() {
    let (mut alice, _, sid) = initiated();
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
    alice.jingle(NUMBER, "content-add", &sid, "<content creator='responder' name='v'/>");
    alice.action("content-reject");
    alice.jingle(
        NUMBER,
        "transport-replace",
        &sid,
        &audio("<transport xmlns='urn:xmpp:jingle:transports:raw-udp:1'/>"),
    );
    alice.action("transport-reject");
    assert_eq!(alice.calls.calls.len(), 1);
}

#[test]
fn ice_begins_anew_from_either_side() {
    let (mut alice, call, sid) = initiated();
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
    alice.event();
    let new = transport("", 7100).replace("abcd'", "efgh'");
    let new = format!("<content creator='initiator' name='audio'>{new}</content>");
    alice.command(AccountCommand::Reoffer { call, offer: description(Setup::ActPass, 4100) });
    let told = alice.action("transport-info");
    let told = transport::read(told.get_child("jingle", ns::JINGLE).unwrap().children().next().unwrap()).unwrap();
    assert_eq!(told.credentials.unwrap().0, "u4100");
    assert!(alice.told.is_empty(), "their credentials are the answer");
    alice.jingle(NUMBER, "transport-info", &sid, &new);
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.ice.unwrap().ufrag, "efgh");
    let newer = new.replace("efgh'", "ijkl'");
    alice.jingle(NUMBER, "transport-info", &sid, &newer);
    let CallEvent::Reoffered { offer } = alice.event() else { panic!() };
    assert_eq!(offer.ice.unwrap().ufrag, "ijkl");
    alice.command(AccountCommand::AnswerReoffer { call, answer: description(Setup::ActPass, 4200) });
    alice.action("transport-info");
}

#[test]
fn time_ends_what_nobody_answers() {
    let mut alice = side("alice@x.test/l", "a");
    alice.place("bob@y.test");
    alice.take("propose");
    alice.now += RINGING;
    assert!(alice.calls.next_timeout().unwrap() <= alice.now);
    alice.calls.timeout(alice.now);
    alice.drain();
    alice.take("retract");
    assert_eq!(alice.end(), EndReason::NoAnswer);
    alice.message("bob@y.test/m", &propose("s1"));
    let (call, _) = alice.offered();
    alice.command(AccountCommand::Answer { call, answer: description(Setup::ActPass, 4000) });
    alice.now += PROCEEDING;
    alice.calls.timeout(alice.now);
    alice.drain();
    assert_eq!(alice.end(), EndReason::Lost);
    assert_eq!(alice.calls.next_timeout(), None);
}

#[test]
fn who_is_gone_is_found_out_when_the_sound_stays_away() {
    let (mut alice, call, sid) = initiated();
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
    alice.event();
    alice.sent.clear();
    alice.command(AccountCommand::Silence { call, away: true });
    let id = alice.action("session-info").attr("id").unwrap().to_owned();
    let error = format!("<error type='cancel'><service-unavailable xmlns='{}'/></error>", ns::XMPP_STANZAS);
    alice.hear_xml(&format!("<iq type='error' from='mallory@x.test/m' id='{id}'>{error}</iq>"));
    assert!(alice.told.is_empty());
    alice.hear_xml(&format!("<iq type='error' from='{NUMBER}' id='{id}'>{error}</iq>"));
    assert_eq!(alice.end(), EndReason::Lost);
}

#[test]
fn a_flood_of_calls_is_bounded() {
    let mut alice = side("alice@x.test/l", "a");
    for n in 0..100 {
        alice.message("bob@y.test/m", &propose(&format!("p{n}")));
        alice.jingle(
            "bob@y.test/m",
            "session-initiate",
            &format!("i{n}"),
            &audio(&transport(&fingerprint("actpass"), 7000)),
        );
    }
    assert_eq!(alice.calls.calls.len(), MOST_CALLS);
    let (mut alice, _, sid) = initiated();
    let one = format!("<content creator='initiator' name='audio'>{}</content>", transport("", 7001));
    (0..1000).for_each(|_| alice.jingle(NUMBER, "transport-info", &sid, &one));
    assert_eq!(alice.calls.calls.values().next().unwrap().early.candidates.len(), MOST_CANDIDATES);
}

/// Every element like this one, but without one of its attributes, children or texts, at any depth.
fn broken(whole: &Element) -> Vec<Element> {
    let mut all = Vec::new();
    for (name, value) in whole.attrs().iter() {
        for other in ["", "\u{1F4DE}", "99999999999999999999", "-1"] {
            assert_ne!(value, other);
            let mut less = whole.clone();
            less.set_attr(name.0.clone(), name.1.clone(), other);
            all.push(less);
        }
    }
    for at in 0..whole.nodes().count() {
        let with = |replaced: Option<Element>| {
            let mut copy = whole.clone();
            let nodes = copy.take_nodes();
            for (place, node) in nodes.into_iter().enumerate() {
                match (place == at, &replaced) {
                    (false, _) => copy.append_node(node),
                    (true, Some(other)) => drop(copy.append_child(other.clone())),
                    (true, None) => {}
                }
            }
            copy
        };
        all.push(with(None));
        if let Some(child) = whole.nodes().nth(at).and_then(|node| node.as_element()) {
            all.extend(broken(child).into_iter().map(|less| with(Some(less))));
        }
    }
    all
}

#[test]
fn whatever_is_wrong_with_a_request_it_is_answered_once() {
    let content = audio(&transport(&fingerprint("actpass"), 7000));
    let mut tried = 0;
    for action in
        ["session-initiate", "session-accept", "transport-info", "content-add", "session-info", "content-modify"]
    {
        let whole: Element =
            format!("<jingle xmlns='{}' action='{action}' sid='SID'>{content}</jingle>", ns::JINGLE).parse().unwrap();
        for jingle in broken(&whole) {
            for standing in [false, true] {
                let (mut alice, _, sid) = initiated();
                if standing {
                    alice.jingle(NUMBER, "session-accept", &sid, &content);
                }
                alice.sent.clear();
                let text =
                    String::from(&jingle).replace("'SID'", &format!("'{sid}'")).replace("\"SID\"", &format!("'{sid}'"));
                alice.hear_xml(&format!("<iq type='set' from='{NUMBER}' id='once'>{text}</iq>"));
                let answers = alice.sent.iter().filter(|stanza| stanza.attr("id") == Some("once")).count();
                assert_eq!(answers, 1, "{text}");
                tried += 1;
            }
        }
    }
    assert!(tried > 1000, "{tried}");
}

#[test]
fn a_room_rings_nobody_and_words_are_not_calls() {
    let mut alice = side("alice@x.test/l", "a");
    alice.hear_xml(&format!("<message type='groupchat' from='room@y.test/bob' id='x'>{}</message>", propose("s1")));
    alice.message("bob@y.test/m", "<body>propose</body>");
    assert!(alice.told.is_empty() && alice.sent.is_empty());
}
