//! TLS as XMPP uses it: direct TLS names the protocol (XEP-0368), and a log-in may be bound to the channel (RFC 9266).
//! The certificate must be for the account's domain, not for the host that SRV named (RFC 6120 section 13.7.1.2).
use crate::{domain::account::Problem, net};
use std::path::Path;
use tokio::net::TcpStream;
use tokio_rustls::{client::TlsStream, rustls::ProtocolVersion};

/// What TLS is opened with.
#[derive(Clone)]
pub(super) struct Tls {
    starttls: net::Tls,
    /// Says by ALPN what is spoken, for servers that share a port.
    direct: net::Tls,
}

impl Tls {
    /// Reads the roots: it takes a few milliseconds of disk.
    pub(super) fn load(own: Option<&Path>) -> Result<Self, Problem> {
        let starttls = net::Tls::load(own)?;
        Ok(Self { direct: starttls.speaking("xmpp-client"), starttls })
    }

    /// The handshake; `direct` from the first byte of the connection.
    pub(super) async fn open(
        &self,
        tcp: TcpStream,
        domain: &str,
        direct: bool,
    ) -> Result<TlsStream<TcpStream>, Problem> {
        if direct { &self.direct } else { &self.starttls }.open(tcp, domain).await
    }
}

/// What binds a log-in to this channel; TLS 1.2 has none that is safe.
pub(super) fn exporter(stream: &TlsStream<TcpStream>) -> Option<Vec<u8>> {
    let (_, connection) = stream.get_ref();
    if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    connection.export_keying_material(vec![0; 32], b"EXPORTER-Channel-Binding", None).ok()
}
