//! Files over a real server (XEP-0363, HTTPS): uploaded, told of, fetched; never from strangers unasked, never too large a one, and
//! one that fails is sent again.
use super::{private_socket::ask, xmpp_texts::login};
use crate::support::{landline::Landline, prosody::Prosody};
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
