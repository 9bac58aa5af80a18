//! Records read from real DNS messages, and a small name server of one zone for the tests of the rooms that look servers up.
#![allow(clippy::unwrap_used)]
use super::*;
use hickory_resolver::{
    config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts},
    proto::{
        op::{Message, OpCode, ResponseCode},
        rr::{
            Name, Record,
            rdata::{NAPTR, SRV},
        },
    },
};
use std::str::FromStr;
use tokio::net::UdpSocket;

/// A resolver that asks a name server with these lines: `NAME SRV PRIORITY WEIGHT PORT TARGET` or
/// `NAME NAPTR ORDER PREFERENCE FLAGS SERVICE REPLACEMENT`. Names without a line do not exist.
pub(crate) async fn zone(lines: &[&str]) -> Dns {
    let records: Vec<_> = lines.iter().map(|line| record(line)).collect();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut buffer = [0; 1500];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.unwrap();
            let question = Message::from_vec(buffer.get(..length).unwrap()).unwrap();
            let query = question.queries.first().unwrap().clone();
            let mut answer = Message::response(question.metadata.id, OpCode::Query);
            let fits =
                |record: &&Record| record.name == *query.name() && record.data.record_type() == query.query_type();
            answer.add_answers(records.iter().filter(fits).cloned());
            if answer.answers.is_empty() {
                answer.metadata.response_code = ResponseCode::NXDomain;
            }
            answer.add_query(query);
            socket.send_to(&answer.to_vec().unwrap(), from).await.unwrap();
        }
    });
    let mut connection = ConnectionConfig::udp();
    connection.port = address.port();
    let server = NameServerConfig::new(IpAddr::from([127, 0, 0, 1]), true, vec![connection]);
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let bind = Bind::default();
    let resolver = resolver::build(config, &mut ResolverOpts::default(), &bind);
    Dns { resolver, bind, servers: vec![address.ip()] }
}

fn record(line: &str) -> Record {
    let words: Vec<_> = line.split(' ').collect();
    let (name, data) = match words.as_slice() {
        [name, "SRV", priority, weight, port, target] => {
            let number = |word: &str| word.parse().unwrap();
            let target = Name::from_str(target).unwrap();
            (name, RData::SRV(SRV::new(number(priority), number(weight), number(port), target)))
        }
        [name, "NAPTR", order, preference, flags, service, to] => {
            let bytes = |word: &str| Box::from(word.as_bytes());
            let (order, preference) = (order.parse().unwrap(), preference.parse().unwrap());
            let to = Name::from_str(to).unwrap();
            (name, RData::NAPTR(NAPTR::new(order, preference, bytes(flags), bytes(service), bytes(""), to)))
        }
        _ => unreachable!("not a record of a test: {line}"),
    };
    Record::from_rdata(Name::from_str(name).unwrap(), 60, data)
}

#[tokio::test]
async fn srv_records_are_read() {
    let dns = zone(&[
        "_sips._tcp.x.test. SRV 10 20 5061 a.x.test.",
        "_sips._tcp.x.test. SRV 20 0 5063 b.x.test.",
        "_sip._udp.x.test. SRV 0 0 5060 .",
        "_sip._tcp.x.test. SRV 0 0 0 c.x.test.",
    ])
    .await;
    let record = |priority, weight, host: &str, port| Srv { priority, weight, host: host.into(), port, service: 7 };
    let mut found = dns.srv("_sips._tcp.x.test", 7).await;
    found.sort_by_key(|record| record.priority);
    assert_eq!(found, [record(10, 20, "a.x.test", 5061), record(20, 0, "b.x.test", 5063)]);
    // not offered; no port; no such name
    for name in ["_sip._udp.x.test", "_sip._tcp.x.test", "_sip._tcp.y.test"] {
        assert_eq!(dns.srv(name, 7).await, [], "{name}");
    }
}

#[tokio::test]
async fn naptr_records_are_read_in_their_order() {
    let dns = zone(&[
        "x.test. NAPTR 20 1 s SIP+D2U _sip._udp.x.test.",
        "x.test. NAPTR 10 2 S SIP+D2T _sip._tcp.x.test.",
        "x.test. NAPTR 10 1 s SIPS+D2T _sips._tcp.x.test.",
        "x.test. NAPTR 1 1 u E2U+sip x.test.",
        "x.test. NAPTR 1 1 s SIP+D2U .",
    ])
    .await;
    let found: Vec<_> = dns.naptr("x.test").await.into_iter().map(|naptr| (naptr.service, naptr.name)).collect();
    let expected =
        [("SIPS+D2T", "_sips._tcp.x.test"), ("SIP+D2T", "_sip._tcp.x.test"), ("SIP+D2U", "_sip._udp.x.test")];
    assert_eq!(found, expected.map(|(service, name)| (service.to_owned(), name.to_owned())));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_an_unknown_host() {
    assert_eq!(zone(&[]).await.asked("nobody.x.test", 5060).await, Err(Problem::UnknownHost));
    let cut_off = Dns { resolver: Err(Problem::NotWired), bind: Bind::default(), servers: Vec::new() };
    assert_eq!(cut_off.asked("nobody.x.test", 5060).await, Err(Problem::NotWired));
}

#[tokio::test]
async fn a_literal_needs_no_dns() {
    let cut_off = Dns { resolver: Err(Problem::NotWired), bind: Bind::default(), servers: Vec::new() };
    let found = cut_off.addresses("::1", 5060).await;
    assert_eq!(found, Ok(vec![SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 5060))]));
}

#[test]
fn records_are_tried_by_priority_and_drawn_by_weight() {
    let record = |priority, weight, host: &str| Srv { priority, weight, host: host.into(), port: 5222, service: () };
    let records = vec![record(20, 0, "backup"), record(10, 0, "small"), record(10, 98, "big")];
    let hosts = |random: u32| order_srv(records.clone(), || random).into_iter().map(|t| t.host).collect::<Vec<_>>();
    assert_eq!(hosts(0), ["small", "big", "backup"]);
    assert_eq!(hosts(50), ["big", "small", "backup"]);
    let firsts = (0..100).filter(|n| hosts(*n).first().is_some_and(|host| host == "big")).count();
    assert_eq!(firsts, 99);
}

#[test]
fn hosts_with_and_without_ports() {
    for (text, expected) in [
        ("x.test:5000", Some(("x.test", Some(5000)))),
        (" x.test ", Some(("x.test", None))),
        ("[::1]:15222", Some(("::1", Some(15222)))),
        ("[::1]", Some(("::1", None))),
        ("::1", Some(("::1", None))),
        ("192.0.2.1", Some(("192.0.2.1", None))),
    ] {
        assert_eq!(host_port(text), expected, "{text}");
    }
    for bad in ["", ":5222", "x.test:", "x.test:port", "x.test:99999", "x.test:0", "[::1", "[::1]x", "[::1]:", "a b"] {
        assert_eq!(host_port(bad), None, "{bad}");
    }
}
