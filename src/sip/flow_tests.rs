//! Flows over real sockets of loopback: both ways, kept alive, closed, cut short, and with certificates that are no good.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
use super::*;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};

#[path = "../../tests/support/certificate.rs"]
mod certificate;

const HELLO: &[u8] = b"MESSAGE sip:a@sip.test SIP/2.0\r\nContent-Length: 5\r\n\r\nhello";
const OK: &[u8] = b"SIP/2.0 200 OK\r\nl: 0\r\n\r\n";

fn target(addr: SocketAddr, transport: SipTransport) -> Target {
    Target { addr, transport, server_name: "sip.test".into(), rank: 0 }
}

async fn open(addr: SocketAddr, transport: SipTransport) -> Flow {
    Flow::open(&Bind::default(), &target(addr, transport), None).await.unwrap()
}

/// A flow over TCP and its other end.
async fn pair() -> (Flow, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (flow, far) = tokio::join!(open(listener.local_addr().unwrap(), SipTransport::Tcp), listener.accept());
    (flow, far.unwrap().0)
}

fn message(from: SocketAddr, bytes: &'static [u8]) -> Result<Received, Problem> {
    Ok(Received::Message { from, bytes: Bytes::from_static(bytes) })
}

#[tokio::test]
async fn a_stream_carries_messages_and_keepalives_both_ways() {
    let (mut flow, mut far) = pair().await;
    let server = far.local_addr().unwrap();
    assert_eq!((flow.local(), flow.remote(), flow.transport()), (far.peer_addr().unwrap(), server, SipTransport::Tcp));
    flow.send(server, HELLO).await.unwrap();
    flow.send(server, b"\r\n\r\n").await.unwrap();
    let mut got = vec![0; HELLO.len() + 4];
    far.read_exact(&mut got).await.unwrap();
    assert_eq!(got, [HELLO, b"\r\n\r\n"].concat());
    far.write_all(&[HELLO, b"\r\n\r\n", OK, b"\r\n"].concat()).await.unwrap();
    assert_eq!(flow.recv().await, message(server, HELLO));
    assert_eq!(flow.recv().await, Ok(Received::Ping));
    assert_eq!(flow.recv().await, message(server, OK));
    assert_eq!(flow.recv().await, Ok(Received::Pong));
}

#[tokio::test]
async fn a_receive_that_was_dropped_loses_nothing() {
    let (mut flow, mut far) = pair().await;
    let server = far.local_addr().unwrap();
    for byte in HELLO {
        far.write_all(&[*byte]).await.unwrap();
        // polled and dropped after every byte, as a select does
        if let Ok(received) = timeout(Duration::ZERO, flow.recv()).await {
            assert_eq!(received, message(server, HELLO));
            return;
        }
    }
    assert_eq!(flow.recv().await, message(server, HELLO));
}

#[tokio::test]
async fn a_closed_stream_says_that_the_server_is_gone() {
    let (mut flow, mut far) = pair().await;
    let server = far.local_addr().unwrap();
    far.write_all(b"SIP/2.0 200 OK\r\n").await.unwrap();
    drop(far);
    assert_eq!(flow.recv().await, Err(Problem::ServerGone));
    assert_eq!(flow.recv().await, Err(Problem::ServerGone));
    assert_eq!(flow.send(server, HELLO).await, Err(Problem::ServerGone));
}

#[tokio::test]
async fn what_is_not_sip_closes_the_stream() {
    let (mut flow, mut far) = pair().await;
    far.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    assert_eq!(flow.recv().await, Err(Problem::Protocol));
    assert_eq!(far.read(&mut [0; 1]).await.unwrap(), 0);
    assert_eq!(flow.send(flow.remote(), HELLO).await, Err(Problem::Protocol));
}

#[tokio::test]
async fn a_message_that_was_sent_in_part_closes_the_stream() {
    let (mut flow, far) = pair().await;
    let server = far.local_addr().unwrap();
    let endless = vec![b'x'; 64 << 20];
    assert!(timeout(Duration::ZERO, flow.send(server, &endless)).await.is_err());
    assert_eq!(flow.send(server, HELLO).await, Err(Problem::ServerGone));
    assert_eq!(flow.recv().await, Err(Problem::ServerGone));
}

#[tokio::test]
async fn datagrams_go_to_and_come_from_anywhere() {
    let (server, peer) = (UdpSocket::bind("127.0.0.1:0").await.unwrap(), UdpSocket::bind("127.0.0.1:0").await.unwrap());
    let mut flow = open(server.local_addr().unwrap(), SipTransport::Udp).await;
    let mut buffer = [0; 100];
    for far in [&server, &peer] {
        let there = far.local_addr().unwrap();
        flow.send(there, HELLO).await.unwrap();
        assert_eq!(far.recv_from(&mut buffer).await.unwrap(), (HELLO.len(), flow.local()));
        far.send_to(OK, flow.local()).await.unwrap();
        assert_eq!(flow.recv().await, message(there, OK));
        for (bytes, received) in [(&b""[..], Received::Pong), (b"\r\n", Received::Pong), (b"\r\n\r\n", Received::Ping)]
        {
            far.send_to(bytes, flow.local()).await.unwrap();
            assert_eq!(flow.recv().await, Ok(received));
        }
    }
}

#[tokio::test]
async fn a_datagram_to_nowhere_is_told_and_the_flow_goes_on() {
    let server = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let there = server.local_addr().unwrap();
    let mut flow = open(there, SipTransport::Udp).await;
    // another family, a broadcast that was not asked for, a route that loopback does not have
    for nowhere in ["[2001:db8::1]:5060", "255.255.255.255:5060", "192.0.2.1:5060"] {
        assert_eq!(flow.send(nowhere.parse().unwrap(), HELLO).await, Err(Problem::Unreachable), "{nowhere}");
    }
    // a port where nobody listens (the kernel answers it with ICMP)
    let closed = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    flow.send(closed, HELLO).await.unwrap();
    flow.send(there, HELLO).await.unwrap();
    server.send_to(OK, flow.local()).await.unwrap();
    assert_eq!(flow.recv().await, message(there, OK));
}

/// Serves one TLS connection with a certificate for `host`, and echoes what comes.
async fn tls_server(host: &str) -> (TempDir, PathBuf, SocketAddr) {
    let home = TempDir::new().unwrap();
    let made = certificate::make(home.path(), host);
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(&made.certificate).unwrap()],
            PrivateKeyDer::from_pem_file(&made.key).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        // a client that refuses the certificate ends the handshake
        let Ok(stream) = TlsAcceptor::from(Arc::new(config)).accept(tcp).await else { return };
        let (mut read, mut write) = tokio::io::split(stream);
        let _ = tokio::io::copy(&mut read, &mut write).await;
    });
    (home, made.ca, address)
}

#[tokio::test]
async fn tls_carries_messages_under_the_accounts_domain() {
    let (_home, ca, address) = tls_server("sip.test").await;
    let mut flow = Flow::open(&Bind::default(), &target(address, SipTransport::Tls), Some(&ca)).await.unwrap();
    assert_eq!((flow.remote(), flow.transport()), (address, SipTransport::Tls));
    flow.send(address, HELLO).await.unwrap();
    assert_eq!(flow.recv().await, message(address, HELLO));
    let large = [b"MESSAGE sip:a@sip.test SIP/2.0\r\nl: 60000\r\n\r\n".as_slice(), &[b'x'; 60_000]].concat();
    flow.send(address, &large).await.unwrap();
    assert_eq!(flow.recv().await, Ok(Received::Message { from: address, bytes: large.into() }));
}

#[tokio::test]
async fn bad_certificates_open_no_flow() {
    let (_home, _, address) = tls_server("sip.test").await;
    let refused = Flow::open(&Bind::default(), &target(address, SipTransport::Tls), None).await;
    assert_eq!(refused.err(), Some(Problem::CertificateUntrusted));
    let (_home, ca, address) = tls_server("other.test").await;
    let refused = Flow::open(&Bind::default(), &target(address, SipTransport::Tls), Some(&ca)).await;
    assert_eq!(refused.err(), Some(Problem::CertificateName));
}

#[tokio::test]
async fn a_server_without_tls_opens_no_flow() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let target = target(listener.local_addr().unwrap(), SipTransport::Tls);
    let plain = async {
        let mut far = listener.accept().await.unwrap().0;
        far.write_all(b"SIP/2.0 400 Bad Request\r\n\r\n").await.unwrap();
        far
    };
    let bind = Bind::default();
    let (refused, _far) = tokio::join!(Flow::open(&bind, &target, None), plain);
    assert_eq!(refused.err(), Some(Problem::Protocol));
}
