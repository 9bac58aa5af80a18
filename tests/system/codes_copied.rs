//! `landline codes --copy`: the newest code is on the clipboard, marked as a secret, until something ends that.
use super::xmpp_texts::login;
use crate::support::{PATIENCE, clipboard::paste, prosody::Prosody, screen::Screen, wait_for};

#[test]
fn a_code_is_pasted_marked_as_secret_and_leaves_with_the_command() {
    let (prosody, screen) = (Prosody::start(&["alice"]), Screen::start());
    let mut alice = login(&prosody, "alice");
    alice.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
    let event = alice.wait_event("the code", |e| e["event"] == "code");
    let code = event["code"]["code"]["value"].as_str().expect("a code").to_owned();
    assert_eq!(paste(&screen.display, "UTF8_STRING"), None);
    let mut copying = alice.spawn(&["codes", "--copy"], &[("DISPLAY", &screen.display)]);
    wait_for("the code on the clipboard", || paste(&screen.display, "UTF8_STRING").filter(|pasted| *pasted == code));
    assert_eq!(paste(&screen.display, "text/plain;charset=utf-8"), Some(code));
    assert_eq!(paste(&screen.display, "x-kde-passwordManagerHint").as_deref(), Some("secret"));
    assert_eq!(paste(&screen.display, "image/png"), None);
    assert!(copying.terminate(PATIENCE));
    wait_for("an empty clipboard", || paste(&screen.display, "UTF8_STRING").is_none().then_some(()));
}

#[test]
fn without_a_clipboard_it_says_so() {
    let prosody = Prosody::start(&["alice"]);
    let mut alice = login(&prosody, "alice");
    alice.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
    alice.wait_event("the code", |e| e["event"] == "code");
    let output = alice.cli(&["codes", "--copy"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("clipboard"), "{output:?}");
}
