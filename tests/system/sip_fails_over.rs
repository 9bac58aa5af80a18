//! A provider with two servers: one dies and the other takes over, the better one is gone back to, DNS leads to a new one. Which
//! server a phone is known to, the servers themselves say.
use crate::support::{kamailio::Kamailio, landline::Landline, wait_for, zone};
use std::time::{Duration, Instant};

/// What is promised, from the moment it is possible.
const PROMISED: Duration = Duration::from_secs(5);

/// The records of two servers, the first one to be preferred.
fn pair(first: &Kamailio, second: &Kamailio, transport: &str) -> Vec<String> {
    let name = if transport == "tls" {
        "_sips._tcp"
    } else if transport == "tcp" {
        "_sip._tcp"
    } else {
        "_sip._udp"
    };
    let port = |server: &Kamailio| if transport == "tls" { server.tls_port } else { server.port };
    vec![
        format!("{name}.sip.test SRV 1 0 {} a.sip.test", port(first)),
        format!("{name}.sip.test SRV 2 0 {} b.sip.test", port(second)),
        "a.sip.test A 127.0.0.1".to_owned(),
        "b.sip.test A 127.0.0.1".to_owned(),
    ]
}

fn alice(transport: &str, ca: Option<&std::path::Path>) -> Landline {
    let alice = Landline::new();
    let mut args = vec!["account", "add", "sip", "--address", "sip:alice@sip.test", "--transport", transport];
    let ca = ca.map(|path| path.to_string_lossy().into_owned());
    if let Some(ca) = &ca {
        args.extend(["--ca", ca]);
    }
    args.push("--password-stdin");
    let added = alice.cli_with_input(&args, "secret-alice\n");
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    alice
}

/// How often this server has registered the phone.
fn registered(server: &Kamailio) -> usize {
    server.log().matches("alice registered by").count()
}

fn wait_until_registered(server: &Kamailio, before: usize) -> Instant {
    wait_for("a registration at this server", || (registered(server) > before).then_some(()));
    Instant::now()
}

fn takes_over_and_gives_back(transport: &str, test: &str) {
    if !zone::inside(test) {
        return;
    }
    let (mut first, second) = (Kamailio::start(), Kamailio::start());
    let _zone = zone::Zone::serve(&pair(&first, &second, transport));
    let both = tempfile::NamedTempFile::new().expect("a file");
    let of = |server: &Kamailio| std::fs::read_to_string(&server.ca).expect("an authority");
    std::fs::write(&both, of(&first) + &of(&second)).expect("both authorities");
    let ca = both.path();
    let mut alice = alice(transport, (transport == "tls").then_some(ca));
    alice.run();
    alice.wait_registered();
    assert_eq!((registered(&first), registered(&second)), (1, 0), "the best one first");
    first.kill();
    let died = Instant::now();
    if transport == "udp" {
        // datagrams get lost in silence: what the person does shows it
        alice.json(&["text", "sip:bob@sip.test", "hello"]);
    }
    wait_until_registered(&second, 0);
    let away = died.elapsed();
    assert!(away < 2 * PROMISED, "{away:?} without a server");
    alice.wait_registered();
    first.run();
    wait_until_registered(&first, 0);
    let mut bob = Landline::new();
    bob.add_sip("bob", "secret-bob", &first.server(), "udp", None);
    bob.run();
    bob.wait_registered();
    bob.json(&["text", "sip:alice@sip.test", "you are back"]);
    alice.wait_text("you are back");
}

#[test]
fn over_udp() {
    takes_over_and_gives_back("udp", "sip_fails_over::over_udp");
}

#[test]
fn over_tcp() {
    takes_over_and_gives_back("tcp", "sip_fails_over::over_tcp");
}

#[test]
fn over_tls() {
    takes_over_and_gives_back("tls", "sip_fails_over::over_tls");
}

#[test]
fn a_dead_first_server_costs_seconds() {
    if !zone::inside("sip_fails_over::a_dead_first_server_costs_seconds") {
        return;
    }
    let (mut first, second) = (Kamailio::start(), Kamailio::start());
    let _zone = zone::Zone::serve(&pair(&first, &second, "udp"));
    first.kill();
    let mut alice = alice("udp", None);
    alice.run();
    let began = Instant::now();
    wait_until_registered(&second, 0);
    assert!(began.elapsed() < 2 * PROMISED, "{:?}", began.elapsed());
}

#[test]
fn a_server_that_says_it_is_overloaded_is_left_for_the_other_one() {
    if !zone::inside("sip_fails_over::a_server_that_says_it_is_overloaded_is_left_for_the_other_one") {
        return;
    }
    let (first, second) = (Kamailio::start_defining(&["OVERLOADED"]), Kamailio::start());
    let _zone = zone::Zone::serve(&pair(&first, &second, "tcp"));
    let mut alice = alice("tcp", None);
    alice.run();
    wait_until_registered(&second, 0);
    assert!(first.log().contains("overloaded"), "it was asked first");
    alice.wait_registered();
}

#[test]
fn naptr_says_how_the_servers_are_spoken_to() {
    if !zone::inside("sip_fails_over::naptr_says_how_the_servers_are_spoken_to") {
        return;
    }
    let server = Kamailio::start();
    let _zone = zone::Zone::serve(&[
        "sip.test NAPTR 10 1 s SIP+D2T _sip._tcp.elsewhere.test".to_owned(),
        "sip.test NAPTR 20 1 s SIP+D2U _sip._udp.sip.test".to_owned(),
        format!("_sip._tcp.elsewhere.test SRV 1 0 {} a.sip.test", server.port),
        "_sip._udp.sip.test SRV 1 0 9 a.sip.test".to_owned(),
        "a.sip.test A 127.0.0.1".to_owned(),
    ]);
    let mut alice = Landline::new();
    let args = ["account", "add", "sip", "--address", "sip:alice@sip.test", "--password-stdin"];
    assert!(alice.cli_with_input(&args, "secret-alice\n").status.success());
    alice.run();
    alice.wait_registered();
    assert!(server.log().contains("alice registered by tcp"), "{}", server.log());
}

#[test]
fn a_new_address_in_dns_is_followed_within_seconds() {
    if !zone::inside("sip_fails_over::a_new_address_in_dns_is_followed_within_seconds") {
        return;
    }
    let (mut old, new) = (Kamailio::start(), Kamailio::start());
    let of = |server: &Kamailio| pair(server, server, "tcp");
    let zone = zone::Zone::serve(&of(&old));
    let mut alice = alice("tcp", None);
    alice.run();
    alice.wait_registered();
    old.kill();
    alice.wait_event("the loss", |e| e["event"] == "registration_failed");
    wait_for("pauses between tries that have grown", || (zone.asked("_sip._tcp.sip.test") >= 7).then_some(()));
    zone.write(&of(&new));
    let changed = Instant::now();
    let back = wait_until_registered(&new, 0) - changed;
    assert!(back < PROMISED, "{back:?}");
    alice.wait_registered();
}
