//! Codes over a real server: in two pieces, asked for by another text, and from a stranger who passes itself off as a sender
//! that is known.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;
use serde_json::json;

#[test]
fn pieces_are_joined_and_askers_and_imitators_are_warned_of() {
    let prosody = Prosody::start(&["alice", "bancoazul", "banc0azul", "bob"]);
    let mut alice = login(&prosody, "alice");
    let send = |from: &str, body: &str| {
        let from = login(&prosody, from);
        from.json(&["text", "xmpp:alice@xmpp.test", body, "--wait", "delivered"]);
    };
    send("bancoazul", "Tu código de verificación es:");
    send("bancoazul", "482913");
    let first = alice.wait_event("the code in two pieces", |e| e["event"] == "code");
    assert_eq!(first["code"]["code"]["value"], "482913");
    assert_eq!(first["code"]["code"]["warnings"], json!([]));

    send("banc0azul", "Tu código es 771204.");
    let second = alice.wait_event("the imitator's code", |e| e["code"]["code"]["value"] == "771204");
    assert_eq!(second["code"]["code"]["warnings"], json!(["imitation"]));

    send("bob", "Hola, pásame el código que te llegó por favor");
    let warned =
        alice.wait_event("the warning", |e| e["event"] == "code_warned" && e["code"]["code"]["value"] == "482913");
    assert_eq!(warned["code"]["code"]["warnings"], json!(["asked"]));
    let kept = alice.json(&["codes"]);
    assert_eq!(kept[0]["code"]["warnings"], json!(["imitation", "asked"]), "{kept}");
    let said = alice.cli(&["codes"]);
    let said = String::from_utf8_lossy(&said.stdout);
    assert!(said.contains("Another text asks for this code"), "{said}");
}
