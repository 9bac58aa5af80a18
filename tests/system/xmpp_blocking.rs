//! Who is blocked (XEP-0191) is held back by the server, a number of the gateway, too; other devices know it, and nothing that is
//! here goes away.
use super::{private_socket::ask, xmpp_texts::login};
use crate::support::{landline::Landline, prosody::Prosody};
use serde_json::{Value, json};

/// Waits until the account tells that these are blocked.
fn wait_blocked(home: &mut Landline, whom: &Value) {
    home.wait_event(&format!("{whom} to be blocked"), |e| {
        e["event"] == "account_added" && e["status"]["blocked"] == *whom
    });
}

fn block(home: &Landline, conversation: &Value, on: bool) -> Value {
    ask(home, &json!({"command": "want", "conversation": conversation, "wanted": {"blocked": on}}))
}

#[test]
fn who_is_blocked_is_not_heard_and_the_thread_stays() {
    let mut prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut other, bob) = (login(&prosody, "alice"), login(&prosody, "alice"), login(&prosody, "bob"));
    for home in [&mut alice, &mut other] {
        wait_blocked(home, &json!([]));
    }
    bob.json(&["text", "alice@xmpp.test", "before", "--wait", "delivered"]);
    let conversation = alice.wait_text("before")["message"]["conversation"].clone();
    assert_eq!(block(&alice, &conversation, true)["reply"], "done");
    for home in [&mut alice, &mut other] {
        wait_blocked(home, &json!(["xmpp:bob@xmpp.test"]));
    }
    let refused = bob.cli(&["text", "alice@xmpp.test", "while blocked", "--wait", "delivered"]);
    assert_eq!(refused.status.code(), Some(1), "the server refuses it: {refused:?}");
    assert!(bob.json(&["call", "xmpp:alice@xmpp.test"])["id"].is_u64());
    // strangers are heard all the same
    prosody.gateway(&json!({"do": "text", "from": "+15551230001", "to": "alice@xmpp.test", "body": "a stranger"}));
    alice.wait_text("a stranger");
    assert_eq!(alice.take_event(|e| e["event"] == "call" || e["message"]["body"] == "while blocked"), None);
    assert_eq!(alice.json(&["messages", "bob@xmpp.test"])[0]["body"], "before", "the thread stays");
    assert_eq!(block(&alice, &conversation, false)["reply"], "done");
    wait_blocked(&mut other, &json!([]));
    wait_blocked(&mut alice, &json!([]));
    bob.json(&["text", "alice@xmpp.test", "after", "--wait", "delivered"]);
    alice.wait_text("after");
}

#[test]
fn a_number_is_blocked_at_the_gateway() {
    let mut prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    wait_blocked(&mut alice, &json!([]));
    let text = |from: &str, body: &str| json!({"do": "text", "from": from, "to": "alice@xmpp.test", "body": body});
    prosody.gateway(&text("+15551230009", "win a prize"));
    let conversation = alice.wait_text("win a prize")["message"]["conversation"].clone();
    assert_eq!(block(&alice, &conversation, true)["reply"], "done");
    wait_blocked(&mut alice, &json!(["xmpp:+15551230009@sms.test"]));
    prosody.gateway(&text("+15551230009", "win another"));
    prosody.gateway(&text("+15551230010", "your code is 482913"));
    alice.wait_text("your code is 482913");
    assert_eq!(alice.take_event(|e| e["message"]["body"] == "win another"), None);
}
