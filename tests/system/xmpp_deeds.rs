//! What is done to texts over Prosody, both ways: corrected (and read again for codes), reacted to, answered, taken back; seen and
//! writing are told only where the person wants it.
use super::{private_socket::ask, xmpp_texts::login};
use crate::support::{landline::Landline, prosody::Prosody};
use serde_json::{Value, json};

fn done(home: &Landline, request: &Value) -> Value {
    let answer = ask(home, request);
    assert!(answer["fault"].is_null() && answer["refusal"].is_null(), "{request}: {answer}");
    answer["value"].clone()
}

fn changed(home: &mut Landline, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
    home.wait_event(what, |e| e["event"] == "message_changed" && fits(&e["message"]))["message"].clone()
}

/// Two who have exchanged a text: what Alice wrote, as each of them has it.
fn talk(prosody: &Prosody) -> (Landline, Landline, Value, Value) {
    let (alice, mut bob) = (login(prosody, "alice"), login(prosody, "bob"));
    let sent = alice.json(&["text", "xmpp:bob@xmpp.test", "your code is 482913", "--wait", "delivered"]);
    let got = bob.wait_text("your code is 482913")["message"].clone();
    (alice, bob, sent, got)
}

#[test]
fn a_correction_is_read_again_for_codes_and_the_old_words_are_kept() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob, sent, got) = talk(&prosody);
    done(&alice, &json!({"command": "do", "id": sent["id"], "deed": {"correct": "your code is 550127"}}));
    changed(&mut alice, "our own", |m| m["body"] == "your code is 550127");
    let there = changed(&mut bob, "the correction", |m| m["id"] == got["id"]);
    assert_eq!(there["body"], "your code is 550127", "{there}");
    assert_eq!(there["extras"]["versions"], json!(["your code is 482913"]), "{there}");
    assert_eq!(there["code"]["value"], "550127", "{there}");
    bob.wait_event("the new code", |e| e["event"] == "code" && e["code"]["code"]["value"] == "550127");
    // an account that logs in later reads the same out of the archive, and our own restart changes nothing
    let mut other = login(&prosody, "bob");
    other.wait_event("the archive's", |e| {
        let found = |m: &Value| m["body"] == "your code is 550127";
        found(&e["message"])
    });
    assert_eq!(other.json(&["messages", "alice@xmpp.test"]).as_array().map(Vec::len), Some(1));
    assert!(alice.stop());
    alice.run();
    alice.wait_registered();
    let kept = alice.json(&["messages", "bob@xmpp.test"]);
    assert_eq!((kept.as_array().map(Vec::len), &kept[0]["body"]), (Some(1), &json!("your code is 550127")), "{kept}");
    // only the writer may
    let refused = ask(&bob, &json!({"command": "do", "id": got["id"], "deed": {"correct": "forged"}}));
    assert_eq!(refused["refusal"], "not_supported", "{refused}");
}

#[test]
fn reactions_answers_and_a_text_that_is_taken_back() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob, sent, got) = talk(&prosody);
    done(&bob, &json!({"command": "do", "id": got["id"], "deed": {"react": ["👍", "🎉"]}}));
    let here = changed(&mut alice, "the reactions", |m| m["id"] == sent["id"]);
    assert_eq!(here["extras"]["reactions"][1], json!({"by": "peer", "emoji": "🎉"}), "{here}");
    done(&bob, &json!({"command": "do", "id": got["id"], "deed": {"react": []}}));
    let here = changed(&mut alice, "none", |m| m["id"] == sent["id"]);
    assert!(here["extras"]["reactions"].is_null(), "{here}");

    done(&bob, &json!({"command": "do", "id": got["id"], "deed": {"reply": "¡gracias!"}}));
    let answer = alice.wait_text("¡gracias!")["message"].clone();
    let reply = &answer["extras"]["reply"];
    assert_eq!((&reply["to"], &reply["mine"]), (&sent["id"], &json!(true)), "{answer}");
    assert_eq!(reply["quote"], "your code is 482913", "{answer}");

    done(&alice, &json!({"command": "do", "id": sent["id"], "deed": "withdraw"}));
    let there = changed(&mut bob, "taken back", |m| !m["extras"]["withdrawn"].is_null());
    assert_eq!(there["extras"]["withdrawn"], "writer", "{there}");
    assert_eq!(there["body"], "your code is 482913", "what came here stays here: {there}");
}

#[test]
fn seen_and_writing_are_told_by_choice_only_and_never_to_strangers() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob, sent, got) = talk(&prosody);
    let write = json!({"command": "want", "conversation": got["conversation"], "wanted": {"writing": true}});
    let read = json!({"command": "mark_read", "conversation": got["conversation"]});
    // not chosen: nothing; then chosen, but Alice is a stranger to Bob
    for privacy in [None, Some(json!({"seen": true, "writing": true, "fetch": true}))] {
        if let Some(privacy) = privacy {
            done(&bob, &json!({"command": "set_privacy", "privacy": privacy}));
        }
        done(&bob, &write);
        done(&bob, &read);
    }
    // what comes behind shows that nothing came before
    bob.json(&["text", "alice@xmpp.test", "hi", "--wait", "delivered"]);
    alice.wait_text("hi");
    let told = |e: &Value| e["event"] == "writing" || e["state"] == "read";
    assert_eq!(alice.take_event(told), None);

    done(&bob, &write);
    alice.wait_event("writing", |e| e["event"] == "writing" && e["on"] == true);
    let second = alice.json(&["text", "xmpp:bob@xmpp.test", "and this?", "--wait", "delivered"]);
    bob.wait_text("and this?");
    done(&bob, &read);
    for id in [&second["id"], &sent["id"]] {
        alice.wait_event("seen", |e| e["event"] == "message_state" && e["state"] == "read" && e["id"] == *id);
    }
}

#[test]
fn a_draft_is_there_after_a_kill() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (_, mut bob, _, got) = talk(&prosody);
    done(&bob, &json!({"command": "want", "conversation": got["conversation"], "wanted": {"draft": "not yet"}}));
    bob.kill();
    bob.run();
    bob.wait_registered();
    assert_eq!(done(&bob, &json!({"command": "conversations"}))[0]["draft"], "not yet");
}
