//! A text that came while Landline was not running is fetched from the archive at the next login (XEP-0313), once.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;

#[test]
fn what_came_while_away_is_there_once() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    bob.json(&["text", "alice@xmpp.test", "before", "--wait", "sent"]);
    alice.wait_text("before");
    assert!(alice.stop());
    for n in 0..5 {
        bob.json(&["text", "alice@xmpp.test", &format!("while away {n}"), "--wait", "sent"]);
    }
    alice.run();
    alice.wait_text("while away 4");
    bob.json(&["text", "alice@xmpp.test", "after", "--wait", "sent"]);
    alice.wait_text("after");
    let all = alice.json(&["messages", "bob@xmpp.test", "--limit", "100"]);
    let bodies: Vec<_> =
        all.as_array().expect("a list").iter().rev().map(|m| m["body"].as_str().unwrap().to_owned()).collect();
    let expected: Vec<_> = std::iter::once("before".to_owned())
        .chain((0..5).map(|n| format!("while away {n}")))
        .chain(["after".to_owned()])
        .collect();
    assert_eq!(bodies, expected);
}
