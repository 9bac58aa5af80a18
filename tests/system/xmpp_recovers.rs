//! Prosody is killed and comes back: Landline logs in anew by itself, and what was written meanwhile goes out once.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;

#[test]
fn kill_9_of_the_server() {
    let mut prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    prosody.kill();
    alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    let queued = alice.json(&["text", "bob@xmpp.test", "written in between"]);
    assert_eq!(queued["state"], "queued", "{queued}");
    prosody.run();
    alice.wait_registered();
    bob.wait_registered();
    bob.wait_text("written in between");
    bob.json(&["text", "alice@xmpp.test", "and back", "--wait", "delivered"]);
    alice.wait_text("and back");
    let copies = bob.json(&["messages", "--search", "between"]);
    assert_eq!(copies.as_array().map(Vec::len), Some(1), "{copies}");
}
