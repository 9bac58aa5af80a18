//! A verification code from a short code that is in no roster: found, kept, and handed to a script that waits for it.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;

#[test]
fn from_a_short_code_and_a_stranger() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    let waiting = std::thread::scope(|scope| {
        let waiter = scope.spawn(|| alice.json(&["codes", "--wait", "30"]));
        // The gateway sends a code from 33733 when asked to; it is asked again in case the waiting command listens late.
        while !waiter.is_finished() {
            alice.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
        }
        waiter.join().expect("the waiting command")
    });
    let event = alice.wait_event("the code", |e| e["event"] == "code");
    let code = event["code"]["code"]["value"].as_str().expect("a code").to_owned();
    assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{event}");
    let sender = event["code"]["sender"].as_str().expect("a sender");
    assert!(sender.starts_with("xmpp:33733"), "{event}");
    assert!(waiting.to_string().contains(&code), "{waiting}");
    assert_eq!(alice.json(&["codes"])[0]["code"]["value"], code);
}
