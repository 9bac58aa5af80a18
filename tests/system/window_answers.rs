//! A call comes in while the window is open under a real X server: keys answer it and hang up, and the other side notices.
use crate::support::{baresip::*, kamailio::Kamailio, landline::Landline, screen::Screen, wait_for};

fn call_state(home: &Landline) -> Option<String> {
    home.json(&["calls"])[0]["state"].as_str().map(str::to_owned)
}

#[test]
fn answered_and_ended_by_keys() {
    let (kamailio, screen) = (Kamailio::start(), Screen::start());
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &kamailio.server(), "udp", None);
    alice.run_with(&[], &[("DISPLAY", &screen.display)]);
    wait_for("the window", || screen.shows("Landline").then_some(()));
    wait_for("the registration", || {
        String::from_utf8_lossy(&alice.cli(&["status", "--json"]).stdout).contains("\"registered\"").then_some(())
    });
    let server = kamailio.server();
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
    bob.command("dial", "sip:alice@sip.test");
    wait_for("the call", || (call_state(&alice).as_deref() == Some("incoming")).then_some(()));
    screen.picture("incoming-call");
    // The window gets the keys; the call itself has not taken them from anybody.
    assert!(screen.xdotool(&["search", "--onlyvisible", "--name", "Landline", "windowfocus", "key", "ctrl+Return"]));
    bob.wait_event("CALL_ESTABLISHED");
    wait_for("the answered call", || (call_state(&alice).as_deref() == Some("active")).then_some(()));
    screen.picture("answered-call");
    assert!(screen.xdotool(&["search", "--onlyvisible", "--name", "Landline", "windowfocus", "key", "ctrl+d"]));
    bob.wait_event("CALL_CLOSED");
    wait_for("the end of the call", || call_state(&alice).is_none().then_some(()));
    assert!(alice.stop());
}
