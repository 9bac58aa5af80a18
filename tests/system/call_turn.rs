//! Calls between two networks that cannot reach each other: coturn relays, over UDP, TCP and TLS, between Landline and an
//! aiortc that has no relay of its own. The path in use is what the other side sees.
use crate::support::{
    aiortc::Aiortc,
    coturn::{self, Coturn},
    kamailio::Kamailio,
    landline::Landline,
    network, sound, wait_for,
};
use tempfile::TempDir;

fn relayed(scheme: &str, query: &str, calls: bool) {
    // it relays on the side of the other
    let coturn = Coturn::start(&[network::ROUTER[1], network::ROUTER[0]]);
    let kamailio = Kamailio::start_on(&network::ROUTER);
    let dir = TempDir::new().expect("a folder");
    let mut command = network::on(1, "/usr/bin/python3");
    let there = network::HOST[1];
    let server = format!("{}:{}", network::ROUTER[1], kamailio.port);
    Aiortc::dress(&mut command, dir.path(), "bob", &server, 880, &["--address", there, "--sip-address", there]);
    let mut bob = Aiortc::run(dir, command);
    let mut alice = Landline::new();
    alice.live_on(0);
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    let port = if scheme == "turns" { coturn.tls_port } else { coturn.port };
    let host = if scheme == "turns" { "sip.test" } else { network::ROUTER[0] };
    let turn = format!("{scheme}:{host}:{port}{query}");
    // the one authority that may be named is that of the TURN server here
    let ours = ["--turn", turn.as_str(), "--turn-user", coturn::USER, "--keys", "dtls", "--encryption", "required"];
    let place = format!("{}:{}", network::ROUTER[0], kamailio.port);
    let passwords = format!("secret-alice\n{}", coturn::PASSWORD);
    alice.add_sip_with("alice", &passwords, &place, "tcp", Some(&coturn.ca), &ours);
    alice.run();
    alice.wait_registered();
    if calls {
        alice.json(&["call", "sip:bob@sip.test"]);
    } else {
        bob.command("call sip:alice@sip.test");
        alice.wait_call("incoming");
        alice.json(&["answer"]);
    }
    alice.wait_call("active");
    bob.wait_connection("connected");
    wait_for("aiortc's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    bob.wait_hears(660.0, 0);
    assert_eq!(alice.json(&["calls"])[0]["encryption"], "dtls_in_clear");
    wait_for("the relay in use", || {
        let bound = coturn.log().lines().any(|line| line.contains("CHANNEL_BIND processed, success"));
        bound.then_some(())
    });
}

#[test]
fn over_udp() {
    if network::inside("call_turn::over_udp") {
        relayed("turn", "", true);
    }
}

#[test]
fn over_udp_when_they_call() {
    if network::inside("call_turn::over_udp_when_they_call") {
        relayed("turn", "", false);
    }
}

#[test]
fn over_tcp() {
    if network::inside("call_turn::over_tcp") {
        relayed("turn", "?transport=tcp", true);
    }
}

#[test]
fn over_tls() {
    if network::inside("call_turn::over_tls") {
        relayed("turns", "", true);
    }
}
