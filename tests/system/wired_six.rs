//! The wired promise where the network speaks IPv6 and all signalling is encrypted: SIP over TLS and XMPP by names that have
//! IPv6 addresses alone, texts, calls both ways with sound, a cable pulled and put back. Not one frame on the radio, by which
//! the better route goes; with wireless allowed the same life is found there.
use crate::support::{
    kamailio::Kamailio,
    landline::Landline,
    prosody::Prosody,
    sound,
    two_links::{self, ON_CABLE, ON_RADIO, SERVER_SIX, SIX, Watcher},
    wait_for,
};
use serde_json::Value;

struct Life {
    radio: Watcher,
    names: Watcher,
    kamailio: Kamailio,
    prosody: Prosody,
    alice: Landline,
    bob: Landline,
}

/// Whether this home hears a tone from now on.
fn hears(home: &Landline, tone: f64) {
    let heard = home.file("heard.wav");
    let from = if heard.exists() { sound::length(&heard) } else { 0 };
    wait_for("the tone", || {
        heard
            .exists()
            .then(|| sound::hears_tone_since(&heard, tone, from.min(sound::length(&heard))))
            .filter(|hears| *hears)
    });
}

fn speaks(home: &Landline, tone: &str) {
    home.choose_sound(tone, &format!("file:{}", home.file("heard.wav").display()));
}

fn begin(policy: &str) -> Life {
    let zone = ["pbx.sip.test", "chat.xmpp.test"].map(|name| format!("{name} AAAA {SERVER_SIX}"));
    let (radio, names) = (Watcher::frames("rad0"), Watcher::names_of(&zone));
    let kamailio = Kamailio::start_on(&[&format!("[{SERVER_SIX}]")]);
    let prosody = Prosody::start_on(&["alice"], &[SERVER_SIX]);
    let (mut alice, mut bob) = (Landline::new(), Landline::new());
    alice.live_by(two_links::on);
    speaks(&alice, "tone:660");
    speaks(&bob, "tone:880");
    alice.choose_links(policy);
    let pbx = format!("pbx.sip.test:{}", kamailio.tls_port);
    alice.add_sip("alice", "secret-alice", &pbx, "tls", Some(&kamailio.ca));
    let chat = format!("chat.xmpp.test:{}", prosody.port);
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &chat, "starttls", Some(&prosody.ca));
    bob.add_sip("bob", "secret-bob", &format!("[{SERVER_SIX}]:{}", kamailio.port), "udp", None);
    for home in [&mut alice, &mut bob] {
        home.run();
        home.wait_registered();
    }
    alice.wait_registered();
    Life { radio, names, kamailio, prosody, alice, bob }
}

impl Life {
    fn texts(&mut self) {
        let sent = self.alice.json(&["text", "xmpp:+15551234567@sms.test", "hello by six", "--wait", "sent"]);
        assert_eq!(sent["state"], "sent", "{sent}");
        self.alice.wait_text("You said: hello by six");
        self.alice.json(&["text", "sip:bob@sip.test", "good morning by six", "--wait", "sent"]);
        self.bob.wait_text("good morning by six");
    }
    fn both_hear(&self) {
        hears(&self.alice, 880.0);
        hears(&self.bob, 660.0);
    }
    fn calls(&mut self) {
        self.alice.json(&["call", "sip:bob@sip.test"]);
        self.bob.wait_call("incoming");
        self.bob.json(&["answer"]);
        self.alice.wait_call("active");
        self.both_hear();
        self.alice.json(&["hangup"]);
        self.alice.wait_call("ended");
        self.bob.wait_call("ended");
        self.bob.json(&["call", "sip:alice@sip.test"]);
        self.alice.wait_call("incoming");
        self.alice.json(&["answer"]);
        self.alice.wait_call("active");
        self.both_hear();
    }
    fn pull_and_return(&mut self) {
        let is_searching = |on: bool| move |e: &Value| e["event"] == "call" && e["call"]["searching"] == on;
        two_links::cable(false);
        self.alice.wait_event("the wait for the cable", is_searching(true));
        while self.alice.take_event(is_searching(false)).is_some() {}
        two_links::cable(true);
        // Bob stands on the router and loses his way as well: here it is the radio that matters, not who offers first
        self.alice.wait_event("the call's return", is_searching(false));
        self.alice.json(&["hangup"]);
        self.alice.wait_call("ended");
    }
}

#[test]
fn nothing_goes_by_radio() {
    if !two_links::inside("wired_six::nothing_goes_by_radio") {
        return;
    }
    let mut life = begin("wired_only");
    life.texts();
    life.calls();
    life.pull_and_return();
    life.texts();
    assert!(life.alice.stop());
    let asked = life.names.asked_by();
    assert!(!asked.is_empty() && asked.iter().all(|from| from == ON_CABLE), "{asked:?}");
    let ports = (life.kamailio.tls_port, life.prosody.port);
    assert_eq!(life.radio.seen(), Vec::<Value>::new(), "the servers' ports: {ports:?}");
}

#[test]
fn the_capture_finds_what_is_allowed() {
    if !two_links::inside("wired_six::the_capture_finds_what_is_allowed") {
        return;
    }
    let mut life = begin("allow_wireless");
    life.texts();
    life.calls();
    let asked = life.names.asked_by();
    assert!(asked.iter().any(|from| from == ON_RADIO), "{asked:?}");
    let seen = life.radio.seen();
    let to = |kind: &str, fits: &dyn Fn(u64) -> bool| {
        let from_us = |f: &&Value| f["kind"] == kind && f["from"] == SIX[1];
        seen.iter().filter(from_us).any(|frame| frame["ports"][1].as_u64().is_some_and(fits))
    };
    let (sip, xmpp) = (u64::from(life.kamailio.tls_port), u64::from(life.prosody.port));
    assert!(to("tcp", &|port| port == sip), "SIP over TLS");
    assert!(to("tcp", &|port| port == xmpp), "XMPP");
    assert!(to("udp", &|port| port != 53), "RTP");
}
