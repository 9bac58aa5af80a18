//! Calls of ours as sessions: let proceed, answered, held, ended, and who may say so.
use super::*;

#[test]
fn two_of_us_call_each_other_hold_and_hang_up() {
    let (mut alice, mut bob) = (side("alice@x.test/l", "a"), side("bob@y.test/m", "b"));
    let ours = alice.place("bob@y.test");
    talk(&mut alice, &mut bob);
    let (theirs, none) = bob.offered();
    assert_eq!(none, None, "a proposal describes nothing");
    bob.command(AccountCommand::Ring { call: theirs });
    talk(&mut alice, &mut bob);
    assert!(matches!(alice.event(), CallEvent::Ringing { early: None }));
    bob.command(AccountCommand::Answer { call: theirs, answer: description(Setup::ActPass, 5000) });
    talk(&mut alice, &mut bob);
    let CallEvent::Reoffered { offer } = bob.event() else { panic!() };
    let sent = description(Setup::ActPass, 4000);
    assert_eq!(offer.payloads, sent.payloads);
    assert_eq!(offer.telephone_events, sent.telephone_events);
    assert_eq!(offer.ice.as_ref().unwrap().candidates, sent.ice.as_ref().unwrap().candidates);
    assert_eq!(offer.ice.as_ref().unwrap().pwd, sent.ice.as_ref().unwrap().pwd);
    let certificate = |of: &SessionDescription| of.protection.dtls.as_ref().unwrap().fingerprints.clone();
    assert_eq!(certificate(&offer), certificate(&sent));
    assert!(offer.rtcp_mux && offer.ptime == Some(20));
    bob.command(AccountCommand::AnswerReoffer { call: theirs, answer: description(Setup::Active, 5000) });
    talk(&mut alice, &mut bob);
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.protection.dtls.unwrap().setup, Setup::Active);
    assert!(matches!(bob.event(), CallEvent::Confirmed { answer: None }));
    let held = SessionDescription { direction: MediaDirection::SendOnly, ..sent };
    alice.command(AccountCommand::Reoffer { call: ours, offer: held });
    talk(&mut alice, &mut bob);
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.direction, MediaDirection::RecvOnly);
    let CallEvent::Reoffered { offer } = bob.event() else { panic!() };
    assert_eq!(offer.direction, MediaDirection::SendOnly);
    bob.command(AccountCommand::EndCall { call: theirs, decline: Decline::Declined });
    talk(&mut alice, &mut bob);
    assert_eq!(alice.end(), EndReason::HungUpThere);
    assert!(alice.calls.calls.is_empty() && bob.calls.calls.is_empty());
}

#[test]
fn to_be_let_proceed_is_not_to_be_answered_and_the_device_is_kept_as_it_stands() {
    let (mut alice, _, sid) = initiated();
    assert!(alice.told.is_empty(), "{:?}", alice.told);
    assert_eq!(alice.action("session-initiate").attr("to"), Some(NUMBER));
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.payloads.iter().map(|p| p.codec).collect::<Vec<_>>(), [Codec::G722, Codec::Pcmu]);
    assert!(!answer.rtcp_mux, "they did not say so: RTCP has a component of its own");
}

#[test]
fn a_transport_before_the_answer_waits_for_it_and_the_answer_says_who_begins() {
    let (mut alice, _, sid) = initiated();
    let early =
        format!("<content creator='initiator' name='audio'>{}</content>", transport(&fingerprint("actpass"), 7001));
    alice.jingle(NUMBER, "transport-info", &sid, &early);
    assert!(alice.told.is_empty());
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.protection.dtls.unwrap().setup, Setup::Active);
    let CallEvent::Candidate { candidate } = alice.event() else { panic!() };
    assert_eq!(candidate.expose().address.port(), 7001);
    // and where only the early one named a certificate, that one holds
    let (mut alice, _, sid) = initiated();
    alice.jingle(NUMBER, "transport-info", &sid, &early);
    alice.jingle(NUMBER, "session-accept", &sid, &audio(&transport("", 7000)));
    let CallEvent::Answered { answer } = alice.event() else { panic!() };
    assert_eq!(answer.protection.dtls.unwrap().setup, Setup::ActPass);
}

#[test]
fn nobody_else_speaks_for_a_call() {
    let (mut alice, _, sid) = initiated();
    for stranger in ["mallory@x.test/m", "+15551234567@sms.test/other"] {
        alice.jingle(stranger, "session-accept", &sid, &audio(&transport(&fingerprint("active"), 7000)));
        assert_eq!(alice.refusal(), ("item-not-found".into(), vec!["item-not-found".into(), "unknown-session".into()]));
        alice.jingle(stranger, "session-terminate", &sid, "");
        alice.refusal();
    }
    alice.message("mallory@x.test/m", &word("reject", &sid));
    alice.message("mallory@x.test/m", &word("finish", &sid));
    assert!(alice.told.is_empty(), "{:?}", alice.told);
}

#[test]
fn a_call_ends_with_the_reason_that_was_given() {
    for (reason, expected) in [
        ("busy", EndReason::Busy),
        ("decline", EndReason::Declined),
        ("timeout", EndReason::NoAnswer),
        ("connectivity-error", EndReason::NoPath),
        ("security-error", EndReason::EncryptionFailed),
        ("incompatible-parameters", EndReason::NoCommonMedia),
        ("gone", EndReason::Unavailable),
    ] {
        let (mut alice, _, sid) = initiated();
        alice.jingle(NUMBER, "session-terminate", &sid, &format!("<reason><{reason}/></reason>"));
        assert_eq!(alice.end(), expected, "{reason}");
    }
}

#[test]
fn a_refused_proposal_and_a_refused_session_say_why() {
    for (condition, expected) in [
        ("item-not-found", EndReason::NotFound),
        ("registration-required", EndReason::Refused),
        ("service-unavailable", EndReason::Unavailable),
        ("payment-required", EndReason::PaymentNeeded),
    ] {
        let error = format!("<error type='cancel'><{condition} xmlns='{}'/></error>", ns::XMPP_STANZAS);
        let mut alice = side("alice@x.test/l", "a");
        alice.place("+15551234567@sms.test");
        let id = alice.take("propose").attr("id").unwrap().to_owned();
        alice.hear_xml(&format!("<message type='error' from='mallory@x.test' id='{id}'>{error}</message>"));
        assert!(alice.told.is_empty(), "only from whom it went to");
        alice.hear_xml(&format!("<message type='error' from='+15551234567@sms.test' id='{id}'>{error}</message>"));
        assert_eq!(alice.end(), expected);
        let (mut alice, ..) = initiated();
        let id = alice.action("session-initiate").attr("id").unwrap().to_owned();
        alice.hear_xml(&format!("<iq type='error' from='{NUMBER}' id='{id}'>{error}</iq>"));
        assert_eq!(alice.end(), expected);
    }
}

#[test]
fn candidates_found_late_go_with_the_session_or_alone() {
    let found = |port| Private::new(Candidate { address: SessionDescription::address(port), ..ours() });
    fn ours() -> Candidate {
        description(Setup::ActPass, 4000).ice.unwrap().candidates.remove(0)
    }
    let told = |stanza: &Element| {
        let content = stanza.get_child("jingle", ns::JINGLE).unwrap().get_child("content", ns::JINGLE).unwrap();
        let candidates = transport::read(content).unwrap().candidates;
        candidates.iter().map(|candidate| candidate.address.port()).collect::<Vec<_>>()
    };
    let mut alice = side("alice@x.test/l", "a");
    let call = alice.place("+15551234567@sms.test");
    let sid = alice.take("propose").get_child("propose", ns::JINGLE_MESSAGE).unwrap().attr("id").unwrap().to_owned();
    alice.command(AccountCommand::Candidate { call, candidate: found(4001) });
    assert!(alice.sent.is_empty(), "nobody has the session yet");
    alice.message(NUMBER, &word("proceed", &sid));
    assert_eq!(told(&alice.action("session-initiate")), [4000, 4001]);
    alice.command(AccountCommand::Candidate { call, candidate: found(4002) });
    assert_eq!(told(&alice.action("transport-info")), [4002]);
}
