//! The command line as scripts see it: exit codes, one sentence on stderr, JSON on stdout, and what needs a running instance.
use crate::support::{kamailio::Kamailio, landline::Landline, prosody::Prosody};

#[test]
fn accounts_without_a_running_instance() {
    let home = Landline::new();
    assert_eq!(home.json(&["account", "list"]).as_array().map(Vec::len), Some(0));
    home.add_sip("alice", "secret-alice", "127.0.0.1:5060", "udp", None);
    home.add_xmpp("alice@xmpp.test", "secret-alice", "127.0.0.1:5222", "direct", None);
    let list = home.json(&["account", "list"]);
    let ids: Vec<_> = list.as_array().expect("a list").iter().map(|a| a["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["sip-alice-sip.test", "xmpp-alice-xmpp.test"]);
    assert!(home.cli(&["account", "remove", "sip-alice-sip.test"]).status.success());
    assert_eq!(home.json(&["account", "list"]).as_array().map(Vec::len), Some(1));
    let again = home.cli(&["account", "remove", "sip-alice-sip.test"]);
    assert_eq!(again.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&again.stderr).trim().lines().count(), 1, "{again:?}");
}

#[test]
fn what_needs_a_running_instance_says_so() {
    let home = Landline::new();
    home.add_sip("alice", "secret-alice", "127.0.0.1:5060", "udp", None);
    let commands: [&[&str]; 4] = [&["call", "bob"], &["text", "bob", "hi"], &["codes", "--wait", "1"], &["hangup"]];
    for command in commands {
        let output = home.cli(command);
        assert_eq!(output.status.code(), Some(1), "{command:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr).trim().lines().count(), 1, "{output:?}");
    }
    for command in [&["messages"][..], &["codes"], &["devices"], &["wired"], &["status"]] {
        home.json(command);
    }
}

#[test]
fn wrong_usage_is_exit_2() {
    let home = Landline::new();
    for command in [&["no-such-command"][..], &["account", "add", "sip"], &["text"], &["call"]] {
        assert_eq!(home.cli(command).status.code(), Some(2), "{command:?}");
    }
    let help = home.cli(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&help.stdout).contains("account"));
}

#[test]
fn two_accounts_in_one_home() {
    let (kamailio, prosody) = (Kamailio::start(), Prosody::start(&["alice"]));
    let mut home = Landline::new();
    home.add_sip("alice", "secret-alice", &kamailio.server(), "tcp", None);
    home.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.tls_server(), "direct", Some(&prosody.ca));
    home.run();
    home.wait_registered();
    home.wait_registered();
    let socket = std::fs::metadata(home.home().join("state/landline.sock")).expect("the private socket");
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&socket.permissions()) & 0o777, 0o600);
    home.json(&["text", "+15551234567", "x", "--account", "sip-alice-sip.test"]);
    let wrong = home.cli(&["text", "bob", "x", "--account", "no-such-account"]);
    assert_eq!(wrong.status.code(), Some(1));
    home.add_sip("carol", "secret-carol", &kamailio.server(), "udp", None);
    home.wait_event("the new account", |e| e["event"] == "registered" && e["account"] == "sip-carol-sip.test");
    assert!(home.cli(&["account", "remove", "sip-carol-sip.test"]).status.success());
    let wired = home.json(&["wired"]);
    assert!(wired["interfaces"].as_array().is_some_and(|i| i.iter().any(|i| i["kind"] == "loopback")), "{wired}");
    assert!(home.stop());
}
