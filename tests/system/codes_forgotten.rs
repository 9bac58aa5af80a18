//! `forget_after_hours`: a code that is older leaves the text it came in; the text stays.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;

#[test]
fn an_old_code_is_blanked_out_when_the_program_starts() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let mut alice = login(&prosody, "alice");
    let bob = login(&prosody, "bob");
    bob.json(&["text", "xmpp:alice@xmpp.test", "Northwind: your code is 482913", "--wait", "delivered"]);
    alice.wait_event("the code", |e| e["code"]["code"]["value"] == "482913");
    assert!(alice.stop(), "it must end politely");
    let config = alice.home().join("config/config.toml");
    let text = std::fs::read_to_string(&config).expect("the configuration");
    assert!(!text.contains("[codes]"), "{text}");
    std::fs::write(config, format!("{text}[codes]\nforget_after_hours = 0\n")).expect("written");
    alice.run();
    alice.wait_registered();
    assert_eq!(alice.json(&["codes"]), serde_json::json!([]));
    let texts = alice.json(&["messages"]);
    assert_eq!(texts[0]["body"], "Northwind: your code is ••••••", "{texts}");
}
