//! SIP where the network speaks IPv6: registrar, text and call on it alone; and a server that is known by an IPv4 address only,
//! reached through the translator that such a network has (RFC 7050).
use crate::support::{kamailio::Kamailio, landline::Landline, network::ip, zone};

fn phone(user: &str, server: &str, transport: &str) -> Landline {
    let mut phone = Landline::new();
    phone.add_sip(user, &format!("secret-{user}"), server, transport, None);
    phone.run();
    phone
}

#[test]
fn a_text_and_a_call_with_sound_over_ipv6() {
    let kamailio = Kamailio::start_on(&["[::1]"]);
    let server = format!("[::1]:{}", kamailio.port);
    let (mut alice, mut bob) = (phone("alice", &server, "udp"), phone("bob", &server, "tcp"));
    let told = alice.wait_registered();
    assert_eq!(
        (&told["registration"]["server"], &told["registration"]["local"]),
        (&"::1".into(), &"::1".into()),
        "{told}"
    );
    bob.wait_registered();
    alice.json(&["text", "sip:bob@sip.test", "by six"]);
    bob.wait_text("by six");
    bob.json(&["text", "sip:alice@sip.test", "by six, too"]);
    alice.wait_text("by six, too");
    alice.json(&["call", "sip:bob@sip.test"]);
    bob.wait_call("incoming");
    bob.json(&["answer"]);
    alice.wait_call("active");
    bob.wait_call("active");
    bob.json(&["hold"]);
    bob.wait_call("held");
    bob.json(&["resume"]);
    bob.wait_call("active");
    alice.json(&["hangup"]);
    bob.wait_call("ended");
}

#[test]
fn a_server_known_by_an_ipv4_address_is_reached_through_the_translator() {
    if !zone::inside("sip_six::a_server_known_by_an_ipv4_address_is_reached_through_the_translator") {
        return;
    }
    // the translated form of 192.0.2.33, as the network's name server gives it away
    let translated = "2001:db8:64::c000:221";
    ip(&format!("addr add {translated}/128 dev lo nodad"));
    let _zone = zone::Zone::serve(&["ipv4only.arpa AAAA 2001:db8:64::c000:aa".to_owned()]);
    let kamailio = Kamailio::start_on(&[&format!("[{translated}]")]);
    let mut alice = phone("alice", &format!("192.0.2.33:{}", kamailio.port), "tcp");
    let told = alice.wait_registered();
    assert_eq!(told["registration"]["server"], translated, "{told}");
}
