//! Calls that are handed over, by a Record-Routing Kamailio: blind and after a word, with Landline, baresip and linphonec in
//! the roles that each can play. The one who gets the call answers once.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    linphone::Linphone,
    sound, wait_for,
};
use serde_json::Value;

fn landline(user: &str, kamailio: &Kamailio, tone: &str) -> Landline {
    let mut one = Landline::new();
    one.choose_sound(tone, &format!("file:{}", one.file("heard.wav").display()));
    one.add_sip(user, &format!("secret-{user}"), &kamailio.server(), "udp", None);
    one.run();
    one.wait_registered();
    one
}

fn baresip(user: &str, kamailio: &Kamailio, tone: u32) -> Baresip {
    let server = kamailio.server();
    Baresip::start(&Options { user, server: &server, answer: "auto", tone, codec: "pcmu/8000/1" })
}

fn hears(one: &Landline, tone: f64) {
    let file = one.file("heard.wav");
    wait_for("the tone", || sound::hears_tone(&file, tone).then_some(()));
}

fn call(from: &mut Landline, to: &str) -> Value {
    let id = from.json(&["call", &format!("sip:{to}@sip.test")])["id"].clone();
    from.wait_event("the call", |e| e["event"] == "call" && e["call"]["id"] == id && e["call"]["state"] == "active");
    id
}

fn calls(one: &Landline) -> Vec<Value> {
    one.json(&["calls"]).as_array().unwrap().clone()
}

/// The call with this id ended as handed over.
fn handed_over(one: &mut Landline, id: &Value) {
    let over = one.wait_event("its end", |e| e["call"]["id"] == *id && e["call"]["state"] == "ended");
    assert_eq!(over["call"]["reason"], "transferred", "{over}");
}

fn answered(one: &mut Landline) -> Value {
    one.wait_call("incoming");
    one.json(&["answer"]);
    one.wait_call("active")["call"]["id"].clone()
}

fn asked(one: &mut Landline) {
    one.wait_event("the question", |e| e["event"] == "referred");
    assert_eq!(calls(one).len(), 1, "nothing is dialled before the person says so");
    one.json(&["transfer", "--accept"]);
}

#[test]
fn two_are_put_through_and_the_third_answers_once() {
    let kamailio = Kamailio::start();
    let mut alice = landline("alice", &kamailio, "tone:660");
    let mut bob = landline("bob", &kamailio, "tone:880");
    let mut carol = landline("carol", &kamailio, "tone:1320");
    let one = alice.json(&["call", "sip:bob@sip.test"])["id"].clone();
    answered(&mut bob);
    alice.wait_call("active");
    let two = alice.json(&["call", "sip:carol@sip.test"])["id"].clone();
    let old = answered(&mut carol);
    alice.wait_event("carol", |e| e["call"]["id"] == two && e["call"]["state"] == "active");
    carol.json(&["mute"]);
    alice.json(&["transfer"]);
    asked(&mut bob);
    handed_over(&mut alice, &one);
    handed_over(&mut alice, &two);
    handed_over(&mut carol, &old);
    let [left] = &calls(&carol)[..] else { panic!("one call is left") };
    assert_eq!((left["peer"].as_str(), left["state"].as_str()), (Some("sip:bob@sip.test"), Some("active")));
    assert_eq!(left["muted"], true, "a microphone that was off stays off");
    carol.json(&["unmute"]);
    hears(&carol, 880.0);
    hears(&bob, 1320.0);
    assert_eq!(carol.log().matches("\"state\":\"incoming\"").count(), 1, "what takes a call's place does not ring");
    assert!(calls(&alice).is_empty() && calls(&bob).len() == 1);
    bob.json(&["hangup"]);
}

#[test]
fn who_does_not_want_to_leaves_the_call_as_it_was() {
    let kamailio = Kamailio::start();
    let mut alice = landline("alice", &kamailio, "tone:660");
    let mut bob = landline("bob", &kamailio, "tone:880");
    let one = alice.json(&["call", "sip:bob@sip.test"])["id"].clone();
    answered(&mut bob);
    alice.wait_call("active");
    alice.json(&["transfer", "--to", "sip:carol@sip.test"]);
    alice.wait_call("held");
    bob.wait_event("the question", |e| e["event"] == "referred");
    bob.json(&["transfer", "--refuse"]);
    alice.wait_event("the failure", |e| e["event"] == "transfer_failed" && e["reason"] == "declined");
    alice.wait_event("the call again", |e| e["call"]["id"] == one && e["call"]["state"] == "active");
    // whom nobody knows cannot be reached either
    alice.json(&["transfer", "--to", "sip:nobody@sip.test"]);
    bob.wait_event("the question", |e| e["event"] == "referred");
    bob.json(&["transfer", "--accept"]);
    alice.wait_event("the failure", |e| e["event"] == "transfer_failed" && e["reason"] == "not_found");
    wait_for("both are back", || {
        let stands = |one: &Landline| calls(one).len() == 1 && calls(one)[0]["state"] == "active";
        (stands(&alice) && stands(&bob)).then_some(())
    });
    alice.json(&["hangup"]);
}

#[test]
fn baresip_is_handed_over_to_us() {
    let kamailio = Kamailio::start();
    let _bob = baresip("bob", &kamailio, 880);
    let mut carol = landline("carol", &kamailio, "tone:1320");
    let mut alice = landline("alice", &kamailio, "tone:660");
    let one = call(&mut alice, "bob");
    alice.json(&["transfer", "--to", "sip:carol@sip.test"]);
    answered(&mut carol);
    handed_over(&mut alice, &one);
    hears(&carol, 880.0);
    assert!(calls(&alice).is_empty());
}

#[test]
fn linphone_is_put_through_to_us() {
    let kamailio = Kamailio::start();
    let bob = Linphone::start("bob", &kamailio.server(), "none", 880);
    let mut alice = landline("alice", &kamailio, "tone:660");
    let mut carol = landline("carol", &kamailio, "tone:1320");
    let one = call(&mut alice, "bob");
    let two = alice.json(&["call", "sip:carol@sip.test"])["id"].clone();
    let old = answered(&mut carol);
    alice.wait_event("carol", |e| e["call"]["id"] == two && e["call"]["state"] == "active");
    alice.json(&["transfer"]);
    handed_over(&mut alice, &one);
    handed_over(&mut carol, &old);
    hears(&carol, 880.0);
    wait_for("carol's tone at bob", || bob.hears_since(1320.0, 0).then_some(()));
    assert_eq!(calls(&carol).len(), 1);
}

#[test]
fn baresip_hands_us_over_to_linphone() {
    let kamailio = Kamailio::start();
    let mut bob = baresip("bob", &kamailio, 880);
    let carol = Linphone::start("carol", &kamailio.server(), "none", 1320);
    let mut alice = landline("alice", &kamailio, "tone:660");
    call(&mut alice, "bob");
    bob.command("transfer", "sip:carol@sip.test");
    alice.wait_event("the question", |e| e["event"] == "referred");
    alice.json(&["transfer", "--accept"]);
    hears(&alice, 1320.0);
    wait_for("our tone at carol", || carol.hears_since(660.0, 0).then_some(()));
    wait_for("one call is left", || (calls(&alice).len() == 1).then_some(()));
}

// baresip cuts a Refer-To off at its first semicolon, escaped or not: it cannot be put through to a call
#[test]
fn linphone_puts_us_through_to_us() {
    let kamailio = Kamailio::start();
    let mut carol = Linphone::start("carol", &kamailio.server(), "none", 1320);
    let mut alice = landline("alice", &kamailio, "tone:660");
    let mut bob = landline("bob", &kamailio, "tone:880");
    carol.command("call sip:alice@sip.test");
    let old = answered(&mut alice);
    hears(&alice, 1320.0);
    carol.command("pause");
    alice.wait_event("the hold", |e| e["call"]["held_there"] == true);
    carol.command("call sip:bob@sip.test");
    answered(&mut bob);
    wait_for("the second call", || carol.log().contains("Call 2 with").then_some(()));
    carol.command("transfer 2 --to-call 1");
    asked(&mut bob);
    handed_over(&mut alice, &old);
    hears(&alice, 880.0);
    hears(&bob, 660.0);
    assert_eq!(calls(&alice).len(), 1, "the call went on as another");
}

#[test]
fn we_are_put_through_to_linphone() {
    let kamailio = Kamailio::start();
    let _carol = Linphone::start("carol", &kamailio.server(), "none", 1320);
    let mut alice = landline("alice", &kamailio, "tone:660");
    let mut bob = landline("bob", &kamailio, "tone:880");
    let one = alice.json(&["call", "sip:bob@sip.test"])["id"].clone();
    answered(&mut bob);
    alice.wait_call("active");
    let two = call(&mut alice, "carol");
    alice.json(&["transfer"]);
    asked(&mut bob);
    handed_over(&mut alice, &one);
    handed_over(&mut alice, &two);
    hears(&bob, 1320.0);
    assert!(calls(&alice).is_empty() && calls(&bob).len() == 1);
}
