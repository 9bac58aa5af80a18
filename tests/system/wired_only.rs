//! The wired promise over a whole life: registration, texts, calls both ways, names, a cable pulled in a call and put back.
//! A capture on the "Wi-Fi", by which the better route goes, holds not one frame; where the person allows wireless the same
//! life is found there, so the capture would see it.
use crate::support::{
    baresip::*,
    kamailio::Kamailio,
    landline::Landline,
    prosody::Prosody,
    sound,
    two_links::{self, ON_CABLE, ON_RADIO, SERVER, Watcher},
    wait_for,
};
use serde_json::Value;

struct Life {
    radio: Watcher,
    names: Watcher,
    kamailio: Kamailio,
    prosody: Prosody,
    bob: Baresip,
    alice: Landline,
}

fn begin(policy: &str) -> Life {
    let (radio, names) = (Watcher::frames("rad0"), Watcher::names());
    let kamailio = Kamailio::start_on(&[SERVER]);
    let prosody = Prosody::start_on(&["alice"], &[SERVER]);
    let server = format!("{SERVER}:{}", kamailio.port);
    let options = Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "opus/48000/2" };
    let bob = Baresip::start_at(SERVER, &options);
    let mut alice = Landline::new();
    alice.live_by(two_links::on);
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.choose_links(policy);
    // by their names: DNS is part of the promise
    alice.add_sip("alice", "secret-alice", &format!("pbx.sip.test:{}", kamailio.port), "udp", None);
    let chat = format!("chat.xmpp.test:{}", prosody.port);
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &chat, "starttls", Some(&prosody.ca));
    alice.run();
    alice.wait_registered();
    alice.wait_registered();
    Life { radio, names, kamailio, prosody, bob, alice }
}

impl Life {
    fn both_hear(&self) {
        let heard = self.alice.file("heard.wav");
        let there = self.bob.heard().map_or(0, |path| sound::length(&path));
        let here = sound::length(&heard);
        wait_for("the tone here", || sound::hears_tone_since(&heard, 880.0, here).then_some(()));
        wait_for("the tone there", || {
            let path = self.bob.heard()?;
            sound::hears_tone_since(&path, 660.0, there.min(sound::length(&path))).then_some(())
        });
    }
    fn texts(&mut self) {
        let sent = self.alice.json(&["text", "xmpp:+15551234567@sms.test", "hello", "--wait", "sent"]);
        assert_eq!(sent["state"], "sent", "{sent}");
        self.alice.wait_text("You said: hello");
        let sent = self.alice.json(&["text", "sip:bob@sip.test", "good morning", "--wait", "sent"]);
        assert_eq!(sent["state"], "sent", "{sent}");
    }
    fn calls(&mut self) {
        self.alice.json(&["call", "sip:bob@sip.test"]);
        self.alice.wait_call("active");
        self.both_hear();
        self.alice.json(&["hangup"]);
        self.alice.wait_call("ended");
        self.bob.wait_event("CALL_CLOSED");
        self.is_called();
    }
    fn is_called(&mut self) {
        self.bob.command("dial", "sip:alice@sip.test");
        self.alice.wait_call("incoming");
        self.alice.json(&["answer"]);
        self.alice.wait_call("active");
        let heard = self.alice.file("heard.wav");
        let here = sound::length(&heard);
        wait_for("the tone here", || sound::hears_tone_since(&heard, 880.0, here).then_some(()));
    }
    /// The call says so, waits, and goes on.
    fn pull_and_return(&mut self) {
        let id = self.alice.json(&["calls"])[0]["id"].clone();
        let is_searching = |on: bool| move |e: &Value| e["event"] == "call" && e["call"]["searching"] == on;
        two_links::cable(false);
        self.alice.wait_event("the wait for the cable", is_searching(true));
        let status = self.alice.json(&["wired"]);
        assert_eq!((&status["allowed"], &status["carrier"]["name"]), (&false.into(), &"rad0".into()), "{status}");
        // what was told before the return is of no more interest
        while self.alice.take_event(is_searching(false)).is_some() {}
        self.bob.forget_events();
        two_links::cable(true);
        self.alice.wait_event("the call's return", is_searching(false));
        let offered = self.bob.wait_event("CALL_REMOTE_SDP");
        assert_eq!(offered["param"], "offer", "a re-INVITE: {offered}");
        self.both_hear();
        let calls = self.alice.json(&["calls"]);
        assert_eq!((calls.as_array().map(Vec::len), &calls[0]["id"]), (Some(1), &id), "the same call: {calls}");
        assert_eq!(calls[0]["state"], "active", "{calls}");
    }
}

#[test]
fn nothing_goes_by_radio() {
    if !two_links::inside("wired_only::nothing_goes_by_radio") {
        return;
    }
    let mut life = begin("wired_only");
    let status = life.alice.json(&["wired"]);
    assert_eq!((&status["allowed"], &status["carrier"]["name"]), (&true.into(), &"cab0".into()), "{status}");
    let radio = status["interfaces"].as_array().and_then(|all| all.iter().find(|link| link["name"] == "rad0")).cloned();
    assert_eq!(radio.map(|link| (link["kind"].clone(), link["up"].clone())), Some(("wifi".into(), true.into())));
    life.texts();
    life.calls();
    life.pull_and_return();
    life.alice.json(&["hangup"]);
    life.alice.wait_call("ended");
    life.texts();
    assert!(life.alice.stop());
    let asked = life.names.asked_by();
    assert!(!asked.is_empty() && asked.iter().all(|from| from == ON_CABLE), "{asked:?}");
    assert_eq!(life.radio.seen(), Vec::<Value>::new());
}

#[test]
fn a_cable_that_stays_away_ends_the_call_and_the_radio_is_not_its_way_out() {
    if !two_links::inside("wired_only::a_cable_that_stays_away_ends_the_call_and_the_radio_is_not_its_way_out") {
        return;
    }
    let mut life = begin("wired_only");
    life.is_called();
    two_links::cable(false);
    life.alice.wait_event("the wait for the cable", |e| e["event"] == "call" && e["call"]["searching"] == true);
    let ended = life.alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "no_path", "{ended}");
    let failed = |e: &Value| e["event"] == "registration_failed" && e["problem"] == "not_wired";
    life.alice.wait_event("the reason", failed);
    assert_eq!(life.radio.seen(), Vec::<Value>::new());
}

#[test]
fn the_capture_finds_what_is_allowed() {
    if !two_links::inside("wired_only::the_capture_finds_what_is_allowed") {
        return;
    }
    let mut life = begin("allow_wireless");
    life.texts();
    life.calls();
    let asked = life.names.asked_by();
    assert!(asked.iter().any(|from| from == ON_RADIO), "{asked:?}");
    let seen = life.radio.seen();
    let to = |kind: &str, fits: &dyn Fn(u64) -> bool| {
        let from_us = |f: &&Value| f["kind"] == kind && f["from"] == ON_RADIO && f["to"] == SERVER;
        seen.iter().filter(from_us).any(|frame| frame["ports"][1].as_u64().is_some_and(fits))
    };
    let (sip, xmpp) = (u64::from(life.kamailio.port), u64::from(life.prosody.port));
    assert!(to("udp", &|port| port == 53), "names");
    assert!(to("udp", &|port| port == sip), "SIP");
    assert!(to("udp", &|port| (30_000..40_000).contains(&port)), "RTP");
    assert!(to("tcp", &|port| port == xmpp), "XMPP");
}

#[test]
fn who_wants_to_be_asked_stays_off_the_radio_until_the_answer() {
    if !two_links::inside("wired_only::who_wants_to_be_asked_stays_off_the_radio_until_the_answer") {
        return;
    }
    let mut life = begin("ask");
    life.texts();
    two_links::cable(false);
    life.alice.wait_event("the question", |e| e["event"] == "wired" && e["asks"] == true);
    let failed = |e: &Value| e["event"] == "registration_failed" && e["problem"] == "not_wired";
    life.alice.wait_event("no connection", failed);
    let refused = life.alice.json(&["wired", "--refuse", "rad0"]);
    assert_eq!((&refused["asks"], &refused["allowed"]), (&false.into(), &false.into()), "{refused}");
    // asked once: not again before the person wants it
    let again = life.alice.json(&["wired"]);
    assert_eq!((&again["asks"], &again["answers"]["rad0"]), (&false.into(), &false.into()), "{again}");
    let asked = life.alice.json(&["wired", "--use", "ask"]);
    assert_eq!((&asked["asks"], &asked["carrier"]["name"]), (&true.into(), &"rad0".into()), "{asked}");
    assert_eq!(life.radio.seen(), Vec::<Value>::new(), "nothing before the answer");
    while life.alice.take_event(|e| e["event"] == "registered").is_some() {}
    let granted = life.alice.json(&["wired", "--allow", "rad0"]);
    assert_eq!((&granted["asks"], &granted["allowed"]), (&false.into(), &true.into()), "{granted}");
    for _ in 0..2 {
        let by = life.alice.wait_registered();
        assert_eq!(by["registration"]["local"], ON_RADIO, "{by}");
    }
    assert!(!life.radio.seen().is_empty(), "the answer is what keeps it off");
    // a cable is better than any radio
    two_links::cable(true);
    for _ in 0..2 {
        life.alice
            .wait_event("the cable again", |e| e["event"] == "registered" && e["registration"]["local"] == ON_CABLE);
    }
}
