//! Links that other programs open with `xdg-open` come to the field they are for: nothing is dialled or sent before the
//! person presses Enter.
use crate::support::{
    Process, baresip::*, kamailio::Kamailio, landline::Landline, prosody::Prosody, screen::Screen, wait_for,
};
use std::{path::Path, process::Command};

/// `xdg-open LINK` on a desktop of no particular make; it stays as long as what it starts.
fn xdg_open(home: &Landline, screen: &Screen, link: &str) -> Process {
    let programs = Path::new(env!("CARGO_BIN_EXE_landline")).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    let mut open = Command::new("xdg-open");
    open.arg(link)
        .envs(home.xdg_variables())
        .env("PATH", path)
        .env("LANG", "en_US.UTF-8")
        .env("LANDLINE_PASSPHRASE", "correct horse battery")
        .env("DISPLAY", &screen.display)
        .env("XDG_RUNTIME_DIR", home.home().parent().unwrap())
        .env("XDG_CURRENT_DESKTOP", "X-Generic")
        .env("BROWSER", "false")
        .env_remove("DBUS_SESSION_BUS_ADDRESS");
    Process::start("xdg-open", &home.home(), &mut open)
}

/// Makes it known as the packages do, and the default as the settings do.
fn install(home: &Landline) {
    let entries = home.home().join("data/applications");
    std::fs::create_dir_all(&entries).unwrap();
    let entry = concat!(env!("CARGO_MANIFEST_DIR"), "/packaging/org.landline.Landline.desktop");
    std::fs::copy(entry, entries.join("org.landline.Landline.desktop")).unwrap();
    let kinds = ["tel", "sms", "sip", "sips", "xmpp"];
    let lines = kinds.map(|kind| format!("x-scheme-handler/{kind}=org.landline.Landline.desktop\n"));
    let text = format!("[Default Applications]\n{}", lines.concat());
    std::fs::write(home.home().join("config/mimeapps.list"), text).unwrap();
}

#[test]
fn a_telephone_link_waits_in_the_dialler_for_enter() {
    let (kamailio, screen) = (Kamailio::start(), Screen::with_manager());
    let server = kamailio.server();
    let mut bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "manual", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.live_in_xdg();
    install(&alice);
    alice.run_with(&["--minimized"], &[("DISPLAY", &screen.display)]);
    wait_for("the registration", || {
        String::from_utf8_lossy(&alice.cli(&["status", "--json"]).stdout).contains("\"registered\"").then_some(())
    });
    assert!(xdg_open(&alice, &screen, "sip:bob@sip.test").end().success());
    wait_for("the window in front", || (screen.focused() == "Landline").then_some(()));
    screen.picture("link-tel");
    assert_eq!(alice.json(&["calls"]).as_array().map(Vec::len), Some(0), "a link dialled by itself");
    // until the address is resolved Enter does nothing
    wait_for("the call", || {
        screen.xdotool(&["key", "Return"]);
        (!alice.json(&["calls"]).as_array().unwrap().is_empty()).then_some(())
    });
    bob.wait_event("CALL_INCOMING");
    assert!(alice.stop());
}

#[test]
fn a_message_link_waits_in_the_composer_for_enter() {
    let (prosody, screen) = (Prosody::start(&["alice", "bob"]), Screen::with_manager());
    let mut bob = super::xmpp_texts::login(&prosody, "bob");
    let mut alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice.live_in_xdg();
    install(&alice);
    // nothing runs yet: the link starts it
    let mut opened = xdg_open(&alice, &screen, "xmpp:bob@xmpp.test?message;body=On%20my%20way");
    wait_for("the window in front", || (screen.focused() == "Landline").then_some(()));
    screen.picture("link-xmpp");
    assert!(!String::from_utf8_lossy(&alice.cli(&["messages"]).stdout).contains("On my way"), "a link sent by itself");
    wait_for("the text", || {
        screen.xdotool(&["key", "Return"]);
        String::from_utf8_lossy(&alice.cli(&["messages"]).stdout).contains("On my way").then_some(())
    });
    bob.wait_text("On my way");
    screen.xdotool(&["key", "ctrl+q"]);
    assert!(opened.end().success());
}
