//! Notifications of a real daemon (dunst) on a real bus: their buttons answer, decline, call back, write back and copy, also
//! while the window is not there; what is over is taken away.
use crate::support::{
    baresip::*, clipboard::paste, dunst::Dunst, kamailio::Kamailio, landline::Landline, prosody::Prosody,
    screen::Screen, session_bus::SessionBus, wait_for,
};

/// A desktop with a window manager, a bus and a notification daemon.
struct Desktop {
    // in this order: the daemon ends before its bus and screen
    dunst: Dunst,
    bus: SessionBus,
    screen: Screen,
}

impl Desktop {
    fn start() -> Self {
        let (bus, screen) = (SessionBus::start(&[]), Screen::with_manager());
        Self { dunst: Dunst::start(&bus, &screen), bus, screen }
    }
    /// Starts a Landline on it, without showing the window.
    fn run(&self, home: &mut Landline) {
        let address = self.bus.address();
        home.run_with(&["--minimized"], &[("DISPLAY", &self.screen.display), ("DBUS_SESSION_BUS_ADDRESS", &address)]);
        wait_for("the registration", || {
            String::from_utf8_lossy(&home.cli(&["status", "--json"]).stdout).contains("\"registered\"").then_some(())
        });
        assert!(!self.screen.shows("Landline"));
    }
    fn wait_empty(&self) {
        wait_for("no notification", || (self.dunst.count(&self.bus) == 0).then_some(()));
    }
}

fn states(home: &Landline) -> Vec<String> {
    let calls = home.json(&["calls"]);
    calls.as_array().unwrap().iter().map(|call| call["state"].as_str().unwrap().to_owned()).collect()
}

/// Adds to the configuration; before any account is added.
fn configure(home: &Landline, more: &str) {
    let file = home.home().join("config/config.toml");
    let kept = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, format!("{kept}\n{more}\n")).unwrap();
}

#[test]
fn a_call_is_answered_declined_and_called_back() {
    let (kamailio, desktop) = (Kamailio::start(), Desktop::start());
    let mut alice = Landline::new();
    let server = kamailio.server();
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    desktop.run(&mut alice);
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
    bob.command("dial", "sip:alice@sip.test");
    desktop.dunst.wait_shown("the call", |title, body| title == "Incoming call" && body.contains("bob"));
    desktop.screen.picture("notification-call");
    desktop.dunst.press(&desktop.bus, "Answer");
    bob.wait_event("CALL_ESTABLISHED");
    wait_for("the answered call", || (states(&alice) == ["active"]).then_some(()));
    // hanging up and the microphone are in reach, and the notification is gone
    wait_for("the window", || desktop.screen.shows("Landline").then_some(()));
    desktop.wait_empty();
    assert!(alice.cli(&["hangup"]).status.success());
    bob.wait_event("CALL_CLOSED");
    bob.command("dial", "sip:alice@sip.test");
    wait_for("the second call", || (states(&alice) == ["incoming"]).then_some(()));
    wait_for("its notification", || (desktop.dunst.count(&desktop.bus) == 1).then_some(()));
    desktop.dunst.press(&desktop.bus, "Decline");
    bob.wait_event("CALL_CLOSED");
    desktop.wait_empty();
    // given up by the caller: it is taken away, and a missed call is told that can be called back
    bob.command("dial", "sip:alice@sip.test");
    wait_for("the third call", || (states(&alice) == ["incoming"]).then_some(()));
    bob.command("hangup", "");
    desktop.dunst.wait_shown("the missed call", |title, body| title == "Missed call" && body.contains("bob"));
    wait_for("nothing but it", || (desktop.dunst.count(&desktop.bus) == 1).then_some(()));
    desktop.dunst.press(&desktop.bus, "Call back");
    bob.wait_event("CALL_INCOMING");
    desktop.wait_empty();
    assert!(alice.stop());
}

#[test]
fn a_text_is_answered_and_a_code_copied() {
    let (prosody, desktop) = (Prosody::start(&["alice", "bob"]), Desktop::start());
    let mut bob = super::xmpp_texts::login(&prosody, "bob");
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    desktop.run(&mut alice);
    bob.json(&["text", "alice@xmpp.test", "Are you <there>?", "--wait", "delivered"]);
    desktop.dunst.wait_shown("the text", |title, body| title.contains("bob") && body.contains("there"));
    desktop.dunst.press(&desktop.bus, "Reply");
    wait_for("the window", || desktop.screen.shows("Landline").then_some(()));
    // read, and so taken away; what is typed now stands in the field for the answer
    desktop.wait_empty();
    wait_for("the keyboard", || (desktop.screen.focused() == "Landline").then_some(()));
    assert!(desktop.screen.xdotool(&["type", "--delay", "20", "Yes I am"]));
    desktop.screen.picture("notification-reply");
    assert!(desktop.screen.xdotool(&["key", "Return"]));
    bob.wait_text("Yes I am");
    alice.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
    desktop.dunst.wait_shown("the code", |title, _| title.starts_with("New code"));
    desktop.screen.picture("notification-code");
    desktop.dunst.press(&desktop.bus, "Copy code");
    let code = alice.json(&["codes"])[0]["code"]["value"].as_str().unwrap().to_owned();
    let copied = || paste(&desktop.screen.display, "UTF8_STRING").filter(|pasted| *pasted == code);
    wait_for("the code on the clipboard", copied);
    desktop.wait_empty();
    assert!(alice.stop());
}

#[test]
fn names_and_words_stay_hidden_and_nothing_disturbs_where_that_is_chosen() {
    let (prosody, desktop) = (Prosody::start(&["alice", "bob"]), Desktop::start());
    let bob = super::xmpp_texts::login(&prosody, "bob");
    let mut alice = Landline::new();
    configure(&alice, "[desktop]\ndiscretion = \"hidden\"");
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    desktop.run(&mut alice);
    bob.json(&["text", "alice@xmpp.test", "a secret", "--wait", "delivered"]);
    let (_, body) = desktop.dunst.wait_shown("the text", |title, _| title == "New text");
    assert_eq!(body, "");
    // a click opens the conversation, where the words are
    desktop.dunst.click(&desktop.bus);
    wait_for("the window", || desktop.screen.shows("Landline").then_some(()));
    desktop.wait_empty();
    assert!(alice.stop());
    let mut quiet = Landline::new();
    configure(&quiet, "[desktop]\nquiet = true");
    quiet.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    desktop.run(&mut quiet);
    bob.json(&["text", "alice@xmpp.test", "not now", "--wait", "delivered"]);
    wait_for("the text", || {
        String::from_utf8_lossy(&quiet.cli(&["messages"]).stdout).contains("not now").then_some(())
    });
    // a code is told all the same: had the text been told, it would have been told before it
    quiet.json(&["text", "xmpp:+15551230000@sms.test", "code please", "--wait", "delivered"]);
    desktop.dunst.wait_shown("the code", |title, _| title.starts_with("New code"));
    assert_eq!(desktop.dunst.count(&desktop.bus), 1);
    assert!(quiet.stop());
}
