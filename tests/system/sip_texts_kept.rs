//! Texts that come in numbers or late: five hundred at once, those that Kamailio kept while nobody was there (msilo), and
//! those that come wrapped with the wish to be told of their delivery (CPIM, IMDN).
use crate::support::{PATIENCE, kamailio::Kamailio, landline::Landline, sipp::Sipp, wait_for};
use serde_json::Value;
use std::{net::UdpSocket, time::Instant};

fn landline(user: &str, kamailio: &Kamailio) -> Landline {
    let mut landline = Landline::new();
    landline.add_sip(user, &format!("secret-{user}"), &kamailio.server(), "udp", None);
    landline.run();
    landline.wait_registered();
    landline
}

fn bodies(landline: &Landline, with: &str) -> Vec<String> {
    let messages = landline.json(&["messages", with, "--limit", "1000"]);
    let body = |message: &Value| message["body"].as_str().expect("a body").to_owned();
    messages.as_array().expect("a list").iter().rev().map(body).collect()
}

#[test]
fn five_hundred_at_once_are_all_kept_once_and_in_order() {
    let kamailio = Kamailio::start();
    let alice = landline("alice", &kamailio);
    let scenario = include_str!("../support/sipp/flood_of_texts.xml");
    Sipp::many(scenario, "alice", kamailio.port, 500).finish();
    let expected: Vec<_> = (1..=500).map(|number| format!("number {number} 🙂\r\nof many")).collect();
    let kept = bodies(&alice, "sip:gw@sip.test");
    assert_eq!(kept.len(), 500);
    assert!(kept == expected, "{kept:?}");
}

#[test]
fn what_came_while_nobody_was_there_arrives_once_with_the_time_it_was_sent() {
    let kamailio = Kamailio::start_defining(&["MSILO"]);
    let alice = landline("alice", &kamailio);
    let mut bob = landline("bob", &kamailio);
    assert!(bob.stop(), "bob leaves");
    let words = "First line\nSecond line 🙂\n\nÚltima línea";
    // the server has it, and nobody says more
    let sent = alice.cli(&["text", "sip:bob@sip.test", words, "--wait", "sent", "--timeout", "20"]);
    assert!(sent.status.success(), "{}", kamailio.log());
    alice.json(&["text", "sip:bob@sip.test", "and another", "--wait", "sent"]);
    let written = Instant::now();
    wait_for("the clock to have gone on by two seconds", || (written.elapsed().as_secs() >= 2).then_some(()));
    bob.run();
    bob.wait_registered();
    let got = bob.wait_text(words)["message"].clone();
    bob.wait_text("and another");
    let time = |key: &str| got[key].as_str().and_then(|time| time.parse::<jiff::Timestamp>().ok()).expect("a time");
    assert!(time("received_at").duration_since(time("sent_at")).as_secs() >= 1, "{got}");
    assert_eq!(got["peer"], "sip:alice@sip.test");
    assert!(bob.stop(), "bob leaves again");
    bob.run();
    bob.wait_registered();
    alice.json(&["text", "sip:bob@sip.test", "the last", "--wait", "sent"]);
    bob.wait_text("the last");
    assert_eq!(bodies(&bob, "sip:alice@sip.test"), [words, "and another", "the last"]);
}

/// A phone that answers what comes with what it is told.
struct Phone {
    socket: UdpSocket,
    known: Vec<String>,
}

impl Phone {
    /// One that has written a wrapped text to alice, which she has.
    fn writes(alice: &mut Landline, kamailio: &Kamailio) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
        socket.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let port = socket.local_addr().expect("an address").port().to_string();
        let scenario = include_str!("../support/sipp/wrapped.xml").replace("@PHONE@", &port);
        Sipp::calling(&scenario, "alice", kamailio.port).finish();
        alice.wait_text("¿Me lees?\r\nSí 🙂");
        Self { socket, known: Vec::new() }
    }
    /// The next request that was not here before; answered with this status.
    fn answers(&mut self, status: &str) -> String {
        let mut buffer = [0; 8192];
        loop {
            let (length, from) = self.socket.recv_from(&mut buffer).expect("a request in time");
            let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
            if self.known.contains(&text) {
                continue;
            }
            let named = ["Via:", "From:", "To:", "Call-ID:", "CSeq:"];
            let copied = text.lines().filter(|line| named.iter().any(|name| line.starts_with(name)));
            let copied: String = copied.map(|line| format!("{line}\r\n")).collect();
            let answer = format!("SIP/2.0 {status}\r\n{copied}Content-Length: 0\r\n\r\n");
            self.socket.send_to(answer.as_bytes(), from).expect("the answer");
            self.known.push(text.clone());
            return text;
        }
    }
}

#[test]
fn wrapped_texts_are_read_their_delivery_told_and_who_refuses_them_gets_plain_ones() {
    let kamailio = Kamailio::start();
    let mut alice = landline("alice", &kamailio);
    let mut phone = Phone::writes(&mut alice, &kamailio);
    let notice = phone.answers("200 OK");
    assert!(notice.contains("<message-id>w1</message-id>") && notice.contains("<delivered/>"), "{notice}");
    // who writes so is written to so
    let id = alice.json(&["text", "sip:gw@sip.test", "bien"])["id"].clone();
    let wrapped = phone.answers("415 Unsupported Media Type");
    assert!(wrapped.contains("Content-Type: message/cpim") && wrapped.contains("positive-delivery"), "{wrapped}");
    let plain = phone.answers("200 OK");
    assert!(plain.contains("Content-Type: text/plain;charset=UTF-8") && plain.ends_with("\r\n\r\nbien"), "{plain}");
    alice.wait_event("the state", |e| e["event"] == "message_state" && e["id"] == id && e["state"] == "sent");
    alice.json(&["text", "sip:gw@sip.test", "otra vez"]);
    let next = phone.answers("200 OK");
    assert!(next.contains("Content-Type: text/plain;charset=UTF-8"), "remembered: {next}");
}

#[test]
fn a_notice_that_a_wrapped_text_arrived_is_shown_as_delivered() {
    let kamailio = Kamailio::start();
    let mut alice = landline("alice", &kamailio);
    let mut phone = Phone::writes(&mut alice, &kamailio);
    phone.answers("200 OK");
    let id = alice.json(&["text", "sip:gw@sip.test", "bien"])["id"].clone();
    let wrapped = phone.answers("202 Accepted");
    alice.wait_event("the state", |e| e["event"] == "message_state" && e["id"] == id && e["state"] == "sent");
    let name = wrapped.lines().find_map(|line| line.strip_prefix("imdn.Message-ID: ")).expect("its name");
    let notice = include_str!("../support/sipp/notice.xml").replace("@NAME@", name);
    Sipp::calling(&notice, "alice", kamailio.port).finish();
    alice.wait_event("delivery", |e| e["event"] == "message_state" && e["id"] == id && e["state"] == "delivered");
}
