//! Files over a real server (XEP-0363, HTTPS): uploaded, told of, fetched; never from strangers unasked, never too large a one, and
//! one that fails is sent again.
use super::{private_socket::ask, xmpp_texts::login};
use crate::support::{landline::Landline, prosody::Prosody, wait_for};
use serde_json::{Value, json};

/// One whose server takes files.
pub fn ready(prosody: &Prosody, user: &str) -> Landline {
    let mut home = login(prosody, user);
    home.wait_event("room for files", |e| e["event"] == "account_added" && e["status"]["upload"] == 1024 * 1024);
    home
}

pub fn attach(home: &Landline, path: &std::path::Path, to: &str) -> Value {
    ask(home, &json!({"command": "attach", "to": to, "path": path}))
}

fn file(home: &Landline, name: &str, length: usize) -> std::path::PathBuf {
    let path = home.file(name);
    std::fs::write(&path, (0..length).map(|n| (n * 7 % 251) as u8).collect::<Vec<_>>()).expect("a file");
    path
}

/// The bytes of the file that is fetched, as the person gets them.
pub fn fetched(home: &mut Landline) -> Vec<u8> {
    let changed = home.wait_event("the file", |e| {
        e["event"] == "message_changed" && e["message"]["extras"]["attachments"][0]["here"] == true
    });
    let saved = ask(home, &json!({"command": "do", "id": changed["message"]["id"], "deed": "save"}));
    let path = std::path::PathBuf::from(saved["value"]["path"].as_str().unwrap_or_else(|| panic!("{saved}")));
    assert!(path.starts_with(home.file("Downloads")), "{path:?}");
    std::fs::read(path).expect("it")
}

#[test]
fn a_file_goes_and_comes_and_a_strangers_waits_for_a_click() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (ready(&prosody, "alice"), ready(&prosody, "bob"));
    let photo = file(&alice, "año nuevo.jpg", 300_000);
    let sent = attach(&alice, &photo, "xmpp:bob@xmpp.test")["value"].clone();
    assert_eq!(sent["state"], "queued", "{sent}");
    alice.wait_event("sent", |e| e["event"] == "message_state" && e["state"] == "delivered" && e["id"] == sent["id"]);
    let came = bob.wait_event("the text", |e| e["event"] == "message")["message"].clone();
    let about = &came["extras"]["attachments"][0];
    assert_eq!((&about["name"], &about["size"]), (&json!("año nuevo.jpg"), &json!(300_000)), "{came}");
    assert_eq!(about["media_type"], "image/jpeg", "{came}");
    // Alice is a stranger to Bob: what follows shows that nothing was fetched before
    alice.json(&["text", "xmpp:bob@xmpp.test", "a photo", "--wait", "delivered"]);
    bob.wait_text("a photo");
    let moved = |e: &Value| e["event"] == "file" || e["event"] == "message_changed";
    assert_eq!(bob.take_event(moved), None);
    let answer = ask(&bob, &json!({"command": "do", "id": came["id"], "deed": "fetch"}));
    assert_eq!(answer["reply"], "done", "{answer}");
    assert_eq!(fetched(&mut bob), std::fs::read(&photo).expect("the photo"));
    // once Bob has written to her he knows her
    bob.json(&["text", "alice@xmpp.test", "thanks", "--wait", "delivered"]);
    let second = file(&alice, "two.bin", 40_000);
    attach(&alice, &second, "xmpp:bob@xmpp.test");
    assert_eq!(fetched(&mut bob), std::fs::read(&second).expect("the second"));
}

#[test]
fn one_that_is_too_large_or_gone_is_said_and_the_rest_goes_on() {
    let mut prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (ready(&prosody, "alice"), login(&prosody, "bob"));
    let large = file(&alice, "large.bin", 1024 * 1024 + 1);
    assert_eq!(attach(&alice, &large, "xmpp:bob@xmpp.test")["refusal"], "file_too_large");
    assert_eq!(attach(&alice, &alice.file("none"), "xmpp:bob@xmpp.test")["refusal"], "no_file");
    // both wait for the server; when it is there again one of them is gone
    prosody.kill();
    alice.wait_event("no server", |e| e["event"] == "registration_failed");
    let gone = file(&alice, "gone.bin", 10);
    let first = attach(&alice, &gone, "xmpp:bob@xmpp.test")["value"].clone();
    attach(&alice, &file(&alice, "small.bin", 20), "xmpp:bob@xmpp.test");
    std::fs::remove_file(&gone).expect("removed");
    prosody.run();
    let failed = alice.wait_event("the failure", |e| e["event"] == "message_state" && e["state"] == "failed");
    assert_eq!((&failed["id"], &failed["failure"]), (&first["id"], &json!("file")), "{failed}");
    let named =
        |e: &Value, name: &str| e["event"] == "message" && e["message"]["extras"]["attachments"][0]["name"] == name;
    bob.wait_event("the rest", |e| named(e, "small.bin"));
    file(&alice, "gone.bin", 10);
    let retried = ask(&alice, &json!({"command": "retry_text", "id": first["id"]}));
    assert_eq!(retried["value"]["state"], "queued", "{retried}");
    bob.wait_event("the first", |e| named(e, "gone.bin"));
}

#[test]
fn the_command_line_sends_saves_answers_reacts_corrects_and_takes_back() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (ready(&prosody, "alice"), login(&prosody, "bob"));
    let list = file(&alice, "list.txt", 5_000);
    let sent = alice.json(&["text", "xmpp:bob@xmpp.test", "--file", &list.to_string_lossy(), "--wait", "delivered"]);
    assert_eq!(sent["state"], "delivered", "{sent}");
    let came = bob.wait_event("the file", |e| e["event"] == "message")["message"]["id"].to_string();
    let saved = bob.json(&["save", &came]);
    let path = saved["path"].as_str().expect("a path");
    assert_eq!(std::fs::read(path).expect("it"), std::fs::read(&list).expect("the list"));
    let again = bob.json(&["save", &came]);
    assert_ne!(again["path"], saved["path"], "nothing that is there is overwritten");
    bob.json(&["reply", &came, "received"]);
    let answer = alice.wait_text("received")["message"].clone();
    assert_eq!(answer["extras"]["reply"]["to"], sent["id"], "{answer}");
    bob.json(&["react", &came, "👍"]);
    let changed = |home: &mut Landline, what: &str, fits: &dyn Fn(&Value) -> bool| {
        home.wait_event(what, |e| e["event"] == "message_changed" && fits(&e["message"]))
    };
    changed(&mut alice, "the sign", &|text| text["extras"]["reactions"][0]["emoji"] == "👍");
    bob.json(&["react", &came]);
    changed(&mut alice, "no sign", &|text| text["id"] == sent["id"] && text["extras"]["reactions"].is_null());
    let words = alice.json(&["text", "bob@xmpp.test", "tomorow", "--wait", "delivered"])["id"].to_string();
    alice.json(&["correct", &words, "tomorrow"]);
    changed(&mut bob, "the correction", &|text| text["body"] == "tomorrow");
    alice.json(&["withdraw", &words]);
    changed(&mut bob, "the withdrawal", &|text| text["extras"]["withdrawn"] == "writer");
    for wrong in [&["save", &words][..], &["reply", "4096", "x"], &["text", "bob@xmpp.test", "--file", "/none"]] {
        let output = alice.cli(wrong);
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{wrong:?}: {output:?}");
    }
    assert_eq!(alice.cli(&["text", "bob@xmpp.test"]).status.code(), Some(2));
    assert_eq!(alice.cli(&["text", "bob@xmpp.test", "both", "--file", "/none"]).status.code(), Some(2));
}

#[test]
fn the_cable_is_pulled_while_a_file_goes_and_it_and_the_rest_go_in_order() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (ready(&prosody, "alice"), ready(&prosody, "bob"));
    prosody.files.pull_after(200_000);
    let (first, second) = (file(&alice, "first.bin", 900_000), file(&alice, "second.bin", 100_000));
    attach(&alice, &first, "xmpp:bob@xmpp.test");
    attach(&alice, &second, "xmpp:bob@xmpp.test");
    let moved = alice.wait_event("how far it is", |e| e["event"] == "file" && e["state"]["moving"][0].is_u64());
    assert_eq!(moved["state"]["moving"][1], 900_000, "{moved}");
    wait_for("the cable to be out", || prosody.files.is_out().then_some(()));
    let after =
        ask(&alice, &json!({"command": "text", "to": "xmpp:bob@xmpp.test", "body": "two files", "account": null}));
    assert_eq!(after["value"]["state"], "queued", "{after}");
    // words do not wait for a file
    bob.wait_text("two files");
    prosody.files.put_back_elsewhere();
    let came: Vec<Value> = (0..2).map(|_| bob.wait_event("what was sent", |e| e["event"] == "message")).collect();
    let name = |event: &Value| event["message"]["extras"]["attachments"][0]["name"].clone();
    assert_eq!(came.iter().map(name).collect::<Vec<_>>(), ["first.bin", "second.bin"]);
    for (event, file) in [(&came[0], &first), (&came[1], &second)] {
        let saved = bob.json(&["save", &event["message"]["id"].to_string()]);
        assert_eq!(
            std::fs::read(saved["path"].as_str().expect("a path")).expect("it"),
            std::fs::read(file).expect("it")
        );
    }
}
