//! The task over real sockets on loopback, against a registrar of a few lines.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{
    domain::account::{AccountConfig, AccountKind, SipTransport},
    net::Bind,
    sip::{
        message::{HeaderName, Message},
        parse::parse,
    },
};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, UdpSocket},
    time::timeout,
};

const PATIENCE: Duration = Duration::from_secs(30);

fn start(
    transport: SipTransport,
    server: SocketAddr,
    password: &str,
) -> (CommandSender, mpsc::Receiver<(AccountId, AccountEvent)>) {
    let config = AccountConfig {
        id: AccountId("x".into()),
        server: Some(server.to_string()),
        ..AccountConfig::new(AccountKind::Sip { transport: Some(transport), auth_user: None }, "alice@sip.test")
    };
    let (sender, events) = mpsc::channel(CHANNEL);
    let setup = AccountSetup {
        config,
        password: password.into(),
        kept: None,
        archive: Default::default(),
        bind: Bind::default(),
        instance: "home".into(),
    };
    (spawn(setup, sender), events)
}

/// The next event that fits; others are passed over.
async fn wait<T>(
    events: &mut mpsc::Receiver<(AccountId, AccountEvent)>,
    fits: impl Fn(&AccountEvent) -> Option<T>,
) -> T {
    let found = async {
        loop {
            let (_, event) = events.recv().await.unwrap();
            if let Some(found) = fits(&event) {
                return found;
            }
        }
    };
    timeout(PATIENCE, found).await.unwrap()
}

fn registered(event: &AccountEvent) -> Option<()> {
    matches!(event, AccountEvent::Registration(Registration::Registered { .. })).then_some(())
}

fn failed(event: &AccountEvent) -> Option<(Problem, bool)> {
    match event {
        AccountEvent::Registration(Registration::Failed { problem, retry }) => Some((*problem, *retry)),
        _ => None,
    }
}

fn stopped(event: &AccountEvent) -> Option<()> {
    matches!(event, AccountEvent::Stopped).then_some(())
}

/// A REGISTER's Expires, and the answer that grants it.
fn grant(bytes: &[u8]) -> (String, Vec<u8>) {
    let Ok(Message::Request(request)) = parse(bytes) else { panic!("a request") };
    let mut response = request.response(200).tagged("r");
    for name in [HeaderName::Contact, HeaderName::Expires] {
        response.headers.copy(&request.headers, &name);
    }
    let expires = request.headers.get(&HeaderName::Expires).unwrap_or_default().to_owned();
    (expires, response.to_bytes().to_vec())
}

#[tokio::test]
async fn registers_and_leaves_over_datagrams() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (commands, mut events) = start(SipTransport::Udp, server.local_addr().unwrap(), "secret");
    let mut buffer = [0; 4096];
    for expected in ["60", "0"] {
        let (length, from) = loop {
            let (length, from) = timeout(PATIENCE, server.recv_from(&mut buffer)).await.unwrap().unwrap();
            // what waits in the mailbox is asked for, too
            if buffer.starts_with(b"REGISTER ") {
                break (length, from);
            }
        };
        let (expires, answer) = grant(buffer.get(..length).unwrap());
        assert_eq!(expires, expected);
        server.send_to(&answer, from).await.unwrap();
        if expected == "60" {
            wait(&mut events, registered).await;
            commands.send(AccountCommand::Stop).await.unwrap();
        }
    }
    wait(&mut events, stopped).await;
}

async fn serve(stream: &mut TcpStream) {
    let mut buffer = [0; 4096];
    let length = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
    stream.write_all(&grant(buffer.get(..length).unwrap()).1).await.unwrap();
}

#[tokio::test]
async fn a_closed_connection_is_opened_anew_and_pings_are_answered() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_commands, mut events) = start(SipTransport::Tcp, server.local_addr().unwrap(), "secret");
    let (mut stream, _) = timeout(PATIENCE, server.accept()).await.unwrap().unwrap();
    serve(&mut stream).await;
    wait(&mut events, registered).await;
    // what waits in the mailbox is asked for, too
    let mut asked = [0; 4096];
    let length = timeout(PATIENCE, stream.read(&mut asked)).await.unwrap().unwrap();
    let asked = asked.get(..length).unwrap();
    assert!(asked.starts_with(b"SUBSCRIBE ") && asked.ends_with(b"\r\n\r\n"));
    stream.write_all(b"\r\n\r\n").await.unwrap();
    let mut pong = [0; 2];
    timeout(PATIENCE, stream.read_exact(&mut pong)).await.unwrap().unwrap();
    assert_eq!(&pong, b"\r\n");
    drop(stream);
    assert_eq!(wait(&mut events, failed).await, (Problem::ServerGone, true));
    let (mut stream, _) = timeout(PATIENCE, server.accept()).await.unwrap().unwrap();
    serve(&mut stream).await;
    wait(&mut events, registered).await;
}

#[tokio::test]
async fn stops_while_nobody_answers() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (commands, mut events) = start(SipTransport::Udp, server.local_addr().unwrap(), "secret");
    let mut buffer = [0; 4096];
    timeout(PATIENCE, server.recv_from(&mut buffer)).await.unwrap().unwrap();
    commands.send(AccountCommand::Stop).await.unwrap();
    wait(&mut events, stopped).await;
}

#[tokio::test]
async fn without_a_password_it_says_so_and_waits_to_be_stopped() {
    let (commands, mut events) = start(SipTransport::Udp, "127.0.0.1:9".parse().unwrap(), "");
    assert_eq!(wait(&mut events, failed).await, (Problem::NoPassword, false));
    commands.send(AccountCommand::Stop).await.unwrap();
    wait(&mut events, stopped).await;
}

#[tokio::test]
async fn a_server_that_answers_with_garbage_is_no_server() {
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (_commands, mut events) = start(SipTransport::Tcp, server.local_addr().unwrap(), "secret");
    let (mut stream, _) = timeout(PATIENCE, server.accept()).await.unwrap().unwrap();
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.unwrap();
    drop(stream);
    let (problem, retry) = wait(&mut events, failed).await;
    assert!(retry, "{problem}");
}

/// A text of this length.
fn text(length: usize) -> AccountCommand {
    let id = crate::domain::message::MessageId(7);
    AccountCommand::SendText { id, to: "sip:bob@sip.test".parse().unwrap(), body: "x".repeat(length).into() }
}

/// 200 to any request.
fn answer(bytes: &[u8]) -> Vec<u8> {
    let Ok(Message::Request(request)) = parse(bytes) else { panic!("a request") };
    request.response(200).tagged("r").to_bytes().to_vec()
}

/// A server on one port for datagrams, and for streams where it takes them.
async fn both(streams: bool) -> (UdpSocket, Option<TcpListener>) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // the other kind of port may be somebody else's
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()).await {
            return (udp, streams.then_some(tcp));
        }
    }
}

#[tokio::test]
async fn a_text_too_large_for_a_datagram_goes_by_stream_and_without_one_as_a_datagram() {
    for streams in [true, false] {
        let (udp, tcp) = both(streams).await;
        let (commands, mut events) = start(SipTransport::Udp, udp.local_addr().unwrap(), "secret");
        let mut buffer = vec![0; 16_384];
        let (length, from) = timeout(PATIENCE, udp.recv_from(&mut buffer)).await.unwrap().unwrap();
        udp.send_to(&grant(buffer.get(..length).unwrap()).1, from).await.unwrap();
        wait(&mut events, registered).await;
        commands.send(text(5000)).await.unwrap();
        if let Some(tcp) = tcp {
            let (mut stream, _) = timeout(PATIENCE, tcp.accept()).await.unwrap().unwrap();
            let mut whole = Vec::new();
            while !String::from_utf8_lossy(&whole).contains(&"x".repeat(5000)) {
                let length = timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap().unwrap();
                whole.extend_from_slice(buffer.get(..length).unwrap());
            }
            assert!(whole.starts_with(b"MESSAGE "));
            stream.write_all(&answer(&whole)).await.unwrap();
        } else {
            loop {
                let (length, from) = timeout(PATIENCE, udp.recv_from(&mut buffer)).await.unwrap().unwrap();
                let request = buffer.get(..length).unwrap();
                if request.starts_with(b"MESSAGE ") {
                    udp.send_to(&answer(request), from).await.unwrap();
                    break;
                }
            }
        }
        let sent = |event: &AccountEvent| match event {
            AccountEvent::TextProgress { progress, .. } => Some(*progress),
            _ => None,
        };
        assert_eq!(wait(&mut events, sent).await, crate::account::TextProgress::Sent);
    }
}

/// The next datagram that asks for no events: the voice mailbox is asked for at once.
async fn after_subscriptions(server: &UdpSocket, buffer: &mut [u8]) -> (usize, SocketAddr) {
    loop {
        let came = timeout(PATIENCE, server.recv_from(buffer)).await.unwrap().unwrap();
        if !buffer.starts_with(b"SUBSCRIBE ") {
            return came;
        }
    }
}

#[tokio::test]
async fn a_flow_by_datagrams_is_kept_alive_by_stun_and_registered_anew_when_it_moves() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (_commands, mut events) = start(SipTransport::Udp, server.local_addr().unwrap(), "secret");
    let mut buffer = [0; 4096];
    let (length, from) = timeout(PATIENCE, server.recv_from(&mut buffer)).await.unwrap().unwrap();
    let granted = String::from_utf8(grant(buffer.get(..length).unwrap()).1).unwrap();
    let flow = granted.replacen("\r\n", "\r\nRequire: outbound\r\nFlow-Timer: 1\r\n", 1);
    server.send_to(flow.as_bytes(), from).await.unwrap();
    wait(&mut events, registered).await;
    let mut asked = Vec::new();
    for there in ["192.0.2.7:40000", "192.0.2.7:40000", "192.0.2.7:40001"] {
        let (length, from) = after_subscriptions(&server, &mut buffer).await;
        let request = buffer.get(..length).unwrap();
        assert_eq!((length, request.first()), (20, Some(&0)), "STUN, no OPTIONS");
        assert!(!asked.contains(&request.to_vec()), "each question has a name of its own");
        asked.push(request.to_vec());
        let answer = crate::sip::stun::tests::seen_at(request, there.parse().unwrap());
        server.send_to(&answer, from).await.unwrap();
    }
    let (length, _) = after_subscriptions(&server, &mut buffer).await;
    assert!(buffer.get(..length).unwrap().starts_with(b"REGISTER "), "the way has changed");
}
