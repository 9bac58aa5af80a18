//! A call is recorded into a file that only the person may read, says so while it is, and goes on when it no longer is.
use crate::support::{
    baresip::{Baresip, Options},
    kamailio::Kamailio,
    landline::Landline,
    sound, wait_for,
};
use std::{os::unix::fs::PermissionsExt, path::PathBuf};

#[test]
fn a_call_is_recorded_until_told_otherwise() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let _bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.choose_sound("tone:660", "null");
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    let refused = alice.cli(&["record", "on", "--json"]);
    assert!(!refused.status.success(), "there is no call");
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");

    let call = alice.json(&["record", "on"]);
    let path = PathBuf::from(call["recording"].as_str().expect("the file"));
    assert!(path.starts_with(alice.home().join("data").join("recordings")));
    assert_eq!(alice.json(&["record", "on"])["recording"], call["recording"], "asked twice, recorded once");
    assert_eq!(alice.json(&["calls"])[0]["recording"], call["recording"]);
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    // pages of a second each
    let length = || std::fs::metadata(&path).map_or(0, |file| file.len());
    wait_for("two seconds of sound", || (length() > 12_000).then_some(()));
    assert!(alice.json(&["record", "off"])["recording"].is_null());
    wait_for("the end of the file", || {
        let file = std::fs::read(&path).unwrap();
        let last = file.windows(4).rposition(|four| four == b"OggS").unwrap();
        (file[last + 5] == 4).then_some(())
    });
    let kept = length();
    assert_eq!(alice.json(&["calls"])[0]["state"], "active");

    // a second recording is a second file; the end of the call ends it whole
    let call = alice.json(&["record", "on"]);
    let second = PathBuf::from(call["recording"].as_str().unwrap());
    assert_ne!(second, path);
    alice.json(&["hangup"]);
    wait_for("the end of the second file", || {
        let file = std::fs::read(&second).unwrap();
        let last = file.windows(4).rposition(|four| four == b"OggS")?;
        (file[last + 5] == 4).then_some(())
    });
    assert_eq!(length(), kept);
}

#[test]
fn a_recording_is_wav_where_that_is_chosen() {
    let kamailio = Kamailio::start();
    let server = kamailio.server();
    let _bob =
        Baresip::start(&Options { user: "bob", server: &server, answer: "auto", tone: 880, codec: "opus/48000/2" });
    let mut alice = Landline::new();
    alice.choose_sound("tone:660", "null");
    let config = alice.home().join("config/config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}[recording]\nformat = \"wav\"\nannounce = false\n")).unwrap();
    alice.add_sip("alice", "secret-alice", &server, "udp", None);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    let call = alice.json(&["record", "on"]);
    assert!(call["recording_since"].is_string(), "{call}");
    let path = PathBuf::from(call["recording"].as_str().expect("the file"));
    assert_eq!(path.extension().and_then(|end| end.to_str()), Some("wav"));
    // left and right beside each other: what was said and what was heard
    let channel = |right: usize| -> Vec<f64> {
        let file = std::fs::read(&path).unwrap_or_default();
        let frames = file.get(44..).unwrap_or_default().chunks_exact(4);
        frames.map(|f| f64::from(i16::from_le_bytes([f[right * 2], f[right * 2 + 1]]))).collect()
    };
    wait_for("both sides in the file", || {
        (sound::holds_tone(&channel(0), 48_000.0, 660.0) && sound::holds_tone(&channel(1), 48_000.0, 880.0))
            .then_some(())
    });
    alice.json(&["hangup"]);
    alice.wait_call("ended");
}
