//! Calls with a peer that does what no client does, by sipp through a Record-Routing Kamailio: several phones at once,
//! answers that have to arrive, late offers, both sides at once, redirection, strays.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sipp::Sipp,
};
use serde_json::Value;

fn alice(kamailio: &Kamailio, more: &[&str]) -> Landline {
    let mut alice = Landline::new();
    alice.add_sip_with("alice", "secret-alice", &kamailio.server(), "udp", None, more);
    alice.run();
    alice.wait_registered();
    alice
}

/// Calls a scenario, which answers.
fn calling(scenario: &str) -> (Kamailio, Landline, Sipp) {
    calling_one(|| Sipp::called(scenario))
}

fn calling_one(bob: impl FnOnce() -> Sipp) -> (Kamailio, Landline, Sipp) {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &[]);
    let bob = bob();
    alice.json(&["call", &bob.address()]);
    alice.wait_call("active");
    (kamailio, alice, bob)
}

/// Is called by a scenario.
fn called(scenario: &str, more: &[&str]) -> (Kamailio, Landline, Sipp) {
    let kamailio = Kamailio::start();
    let alice = alice(&kamailio, more);
    let gateway = Sipp::calling(scenario, "alice", kamailio.port);
    (kamailio, alice, gateway)
}

fn ended(alice: &mut Landline) -> Value {
    alice.wait_call("ended")["call"].clone()
}

#[test]
fn of_several_phones_the_one_that_answered_is_talked_to_and_the_late_one_let_go() {
    let (_kamailio, mut alice, bob) = calling(include_str!("../support/sipp/forks.xml"));
    alice.json(&["hangup"]);
    assert_eq!(ended(&mut alice)["reason"], "hung_up_here");
    bob.finish();
}

#[test]
fn what_has_to_arrive_is_acknowledged_and_an_early_offer_answered() {
    let (_kamailio, alice, bob) = calling(include_str!("../support/sipp/prack.xml"));
    alice.json(&["hangup"]);
    bob.finish();
}

#[test]
fn a_redirected_call_is_followed_and_shown() {
    let (_kamailio, alice, bob) = calling(include_str!("../support/sipp/redirects.xml"));
    let via = alice.json(&["calls"])[0]["via"].clone();
    assert!(via.as_str().is_some_and(|via| via.starts_with("sip:carol@127.0.0.1")), "{via}");
    alice.json(&["hangup"]);
    bob.finish();
}

/// What `who` heard of the caller's password: nothing, but that it was called once.
fn learned_nothing(said: &str, method: &str) {
    assert!(said.contains("realm=\"") && said.contains("guessme"), "it asked: {said}");
    assert_eq!(said.matches(&format!("\n{method} sip")).count(), 1, "it is not asked again: {said}");
    assert!(!said.to_ascii_lowercase().contains("authorization:"), "{said}");
}

#[test]
fn who_is_called_and_asks_for_the_password_gets_no_answer() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &[]);
    // a realm of its own, and that of our server, which was content with our answer before it passed the call on
    for realm in ["elsewhere.test", "sip.test"] {
        for (code, header) in [("401", "WWW-Authenticate"), ("407", "Proxy-Authenticate")] {
            let scenario = include_str!("../support/sipp/asks_password.xml");
            let scenario = scenario.replace("@REALM@", realm).replace("@CODE@", code).replace("@HEADER@", header);
            let bob = Sipp::called(&scenario);
            alice.json(&["call", &bob.address()]);
            assert_eq!(ended(&mut alice)["reason"], "password_asked");
            learned_nothing(&bob.finish(), "INVITE");
        }
        let scenario = include_str!("../support/sipp/asks_password_for_text.xml").replace("@REALM@", realm);
        let bob = Sipp::called(&scenario);
        let sent = alice.cli(&["text", &bob.address(), "hello", "--wait", "sent"]);
        let said = String::from_utf8_lossy(&sent.stderr).into_owned();
        assert!(!sent.status.success() && said.contains("asked for the password"), "{said}");
        learned_nothing(&bob.finish(), "MESSAGE");
    }
}

#[test]
fn another_number_is_not_called_in_silence() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &[]);
    let bob = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &bob.address()]);
    let call = ended(&mut alice);
    assert_eq!(call["reason"], "redirected", "{call}");
    assert!(call["via"].as_str().is_some_and(|via| via.contains("+19005550000")), "{call}");
    bob.finish();
}

#[test]
fn wrong_tags_are_refused_and_an_answer_that_comes_again_is_acknowledged_again() {
    let (_kamailio, mut alice, bob) =
        calling_one(|| Sipp::called_and_patient(include_str!("../support/sipp/strays.xml")));
    let said = bob.finish();
    assert_eq!(ended(&mut alice)["reason"], "hung_up_there");
    assert_eq!(said.lines().filter(|line| line.starts_with("ACK sip:")).count(), 3, "one is of a stranger: {said}");
}

#[test]
fn both_offer_at_once_and_both_succeed() {
    let (kamailio, mut alice, bob) = calling(include_str!("../support/sipp/glare.xml"));
    alice.json(&["hold"]);
    alice.wait_call("held");
    alice.wait_event("their offer", |e| e["event"] == "call" && e["call"]["state"] == "held");
    alice.json(&["hangup"]);
    follows_the_route(&bob.finish(), kamailio.port);
}

/// Everything that came took its way by the proxy that had recorded its route.
fn follows_the_route(said: &str, proxy: u16) {
    // what was said in between begins with another line of hyphens
    let came = said.split("UDP message received").skip(1).filter_map(|message| message.split("\n-----").next());
    let requests: Vec<_> = came.filter(|message| !message.contains("\nSIP/2.0 ")).collect();
    for method in ["INVITE", "ACK", "BYE"] {
        assert!(requests.iter().any(|request| request.contains(&format!("\n{method} sip:"))), "no {method}: {said}");
    }
    let via = format!("Via: SIP/2.0/UDP 127.0.0.1:{proxy};");
    for request in requests {
        let first = request.lines().find(|line| line.starts_with("Via: ")).expect("a Via");
        assert!(first.starts_with(&via), "past the proxy: {request}");
    }
}

#[test]
fn a_second_call_waits_and_holds_the_first() {
    let (kamailio, mut alice, first) = called(include_str!("../support/sipp/waits.xml"), &[]);
    let one = alice.wait_call("incoming")["call"]["id"].clone();
    alice.json(&["answer"]);
    alice.wait_call("active");
    let second = Sipp::calling(include_str!("../support/sipp/forwarded.xml"), "alice", kamailio.port);
    let two = alice.wait_call("incoming")["call"]["id"].clone();
    assert_ne!(one, two);
    alice.json(&["answer"]);
    alice.wait_event("the first one held", |e| e["call"]["id"] == one && e["call"]["state"] == "held");
    alice.wait_event("the second one", |e| e["call"]["id"] == two && e["call"]["state"] == "active");
    alice.json(&["hangup"]);
    second.finish();
    alice.json(&["resume"]);
    alice.wait_event("the first one again", |e| e["call"]["id"] == one && e["call"]["state"] == "active");
    alice.json(&["hangup"]);
    first.finish();
}

#[test]
fn keys_go_beside_the_sound_where_it_carries_none() {
    let (_kamailio, mut alice, bob) = calling(include_str!("../support/sipp/keys.xml"));
    alice.json(&["dtmf", "1#"]);
    assert_eq!(ended(&mut alice)["reason"], "hung_up_there");
    bob.finish();
}

#[test]
fn they_want_our_offer_first_and_again_in_mid_call() {
    let (_kamailio, mut alice, gateway) = called(include_str!("../support/sipp/late_offer.xml"), &[]);
    alice.wait_call("incoming");
    alice.json(&["answer"]);
    alice.wait_call("active");
    alice.json(&["hangup"]);
    gateway.finish();
}

#[test]
fn who_insists_hears_the_ringing_for_certain() {
    let (_kamailio, mut alice, gateway) = called(include_str!("../support/sipp/insists.xml"), &[]);
    alice.wait_call("incoming");
    alice.json(&["answer"]);
    assert_eq!(ended(&mut alice)["reason"], "hung_up_there");
    gateway.finish();
}

#[test]
fn who_calls_is_what_the_server_asserts_and_nothing_is_answered_by_itself() {
    let (_kamailio, mut alice, gateway) = called(include_str!("../support/sipp/forwarded.xml"), &[]);
    let call = alice.wait_call("incoming")["call"].clone();
    assert_eq!((call["peer"].as_str(), call["name"].as_str()), (Some("sip:+15557654321@sip.test"), Some("Clinic")));
    alice.wait_event("who forwarded it", |e| e["call"]["via"] == "sip:office@sip.test");
    alice.json(&["answer"]);
    alice.wait_call("active");
    alice.json(&["hangup"]);
    gateway.finish();
}

#[test]
fn where_it_is_allowed_a_call_that_asks_for_it_is_answered_at_once() {
    let scenario = include_str!("../support/sipp/forwarded.xml");
    let (_kamailio, mut alice, gateway) = called(scenario, &["--answer-at-once"]);
    alice.wait_call("active");
    alice.json(&["hangup"]);
    gateway.finish();
}

#[test]
fn taken_on_another_phone_it_is_not_missed() {
    let (_kamailio, mut alice, gateway) = called(include_str!("../support/sipp/elsewhere.xml"), &[]);
    alice.wait_call("incoming");
    assert_eq!(ended(&mut alice)["reason"], "handled_elsewhere");
    gateway.finish();
}

#[test]
fn who_loses_its_power_ends_the_call() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let mut bob = Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "pcmu" });
    let mut alice = alice(&kamailio, &[]);
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    bob.kill();
    assert_eq!(ended(&mut alice)["reason"], "lost");
}

#[test]
fn past_the_server_nobody_is_heard() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &["--answer-at-once"]);
    let known = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &known.address()]);
    ended(&mut alice);
    let said = known.finish();
    let contact = said.lines().find_map(|line| line.strip_prefix("Contact: <sip:alice@")).expect("a Contact");
    let phone = contact.trim_end_matches(['>', '\r']).to_owned();
    Sipp::stranger(include_str!("../support/sipp/stranger.xml"), &phone).finish();
    assert_eq!(alice.json(&["calls"]).as_array().map(Vec::len), Some(0));
    assert_eq!(alice.json(&["messages"]).as_array().map(Vec::len), Some(0));
    assert_eq!(alice.log().matches("\"incoming\"").count(), 0);
}

#[test]
fn who_hides_is_named_to_nobody() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &["--hide-number"]);
    let bob = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &bob.address()]);
    ended(&mut alice);
    let said = bob.finish();
    let rules = alice.json(&["account", "rules", &alice.account(), "--hide-number", "off", "--country", "34"]);
    assert_eq!((&rules["hide_number"], &rules["country"]), (&false.into(), &"34".into()), "{rules}");
    let bob = Sipp::called(include_str!("../support/sipp/premium.xml"));
    alice.json(&["call", &bob.address()]);
    ended(&mut alice);
    assert!(
        bob.finish().contains("\nFrom: <sip:alice@sip.test>"),
        "changed while it runs, it is so from the next call on"
    );
    let invite = said.split("\nINVITE ").nth(1).and_then(|rest| rest.split("\n-----").next()).expect("an INVITE");
    assert!(invite.contains("\nFrom: \"Anonymous\" <sip:anonymous@anonymous.invalid>"), "{invite}");
    assert!(invite.contains("\nPrivacy: id"), "the server takes the rest away: {invite}");
    let named = invite.lines().filter(|line| line.contains("alice"));
    // the server is told who pays, and is to tell nobody
    let told = |line: &str| line.starts_with("P-Preferred-Identity:") || line.starts_with("Proxy-Authorization:");
    assert_eq!(named.filter(|line| !told(line)).count(), 0, "{invite}");
}

#[test]
fn a_call_too_large_for_a_datagram_stands_is_held_and_ends() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio, &[]);
    // the name stands in the request line, in To and in the credentials
    let name = format!("bob{}", "b".repeat(56));
    let mut bob = Landline::new();
    bob.add_sip(&name, &format!("secret-{name}"), &kamailio.server(), "udp", None);
    bob.run();
    bob.wait_registered();
    alice.json(&["call", &format!("sip:{name}@sip.test")]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    assert!(kamailio.log().contains("INVITE by tcp"), "{}", kamailio.log());
    alice.json(&["hold"]);
    alice.wait_call("held");
    bob.wait_event("being held", |e| e["call"]["held_there"] == true);
    bob.json(&["hangup"]);
    assert_eq!(ended(&mut alice)["reason"], "hung_up_there");
}
