//! TLS to the account's server: the system's roots and, if one is given, a file of the person's own; the certificate must be for
//! the account's domain, not for the host that SRV named (RFC 6120 section 13.7.1.2). There is no way to accept a bad one.
use crate::domain::account::Problem;
use std::{io, path::Path, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        CertificateError, ClientConfig, Error, ProtocolVersion, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// What TLS is opened with.
#[derive(Clone)]
pub(super) struct Tls {
    starttls: TlsConnector,
    /// Says by ALPN what is spoken (XEP-0368), for servers that share a port.
    direct: TlsConnector,
}

impl Tls {
    /// Reads the roots: it takes a few milliseconds of disk.
    pub(super) fn load(own: Option<&Path>) -> Result<Self, Problem> {
        let mut roots = RootCertStore::empty();
        let system = rustls_native_certs::load_native_certs();
        roots.add_parsable_certificates(system.certs);
        if let Some(own) = own {
            let untrusted = |_| Problem::CertificateUntrusted;
            let certificates = CertificateDer::pem_file_iter(own).map_err(untrusted)?;
            for certificate in certificates {
                roots.add(certificate.map_err(untrusted)?).map_err(|_| Problem::CertificateUntrusted)?;
            }
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| Problem::Protocol)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let mut direct = config.clone();
        direct.alpn_protocols = vec![b"xmpp-client".to_vec()];
        Ok(Self { starttls: Arc::new(config).into(), direct: Arc::new(direct).into() })
    }

    /// The handshake; `direct` from the first byte of the connection.
    pub(super) async fn open(
        &self,
        tcp: TcpStream,
        domain: &str,
        direct: bool,
    ) -> Result<TlsStream<TcpStream>, Problem> {
        let name = ServerName::try_from(domain.to_owned()).map_err(|_| Problem::UnknownHost)?;
        let connector = if direct { &self.direct } else { &self.starttls };
        connector.connect(name, tcp).await.map_err(|error| problem(&error))
    }
}

/// What binds a log-in to this channel (RFC 9266); TLS 1.2 has none that is safe.
pub(super) fn exporter(stream: &TlsStream<TcpStream>) -> Option<Vec<u8>> {
    let (_, connection) = stream.get_ref();
    if connection.protocol_version() != Some(ProtocolVersion::TLSv1_3) {
        return None;
    }
    connection.export_keying_material(vec![0; 32], b"EXPORTER-Channel-Binding", None).ok()
}

/// A failed handshake as something a person can act on.
fn problem(error: &io::Error) -> Problem {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(certificate)) => certificate_problem(certificate),
        Some(Error::NoCertificatesPresented) => Problem::CertificateUntrusted,
        Some(_) => Problem::Protocol,
        None => Problem::ServerGone,
    }
}

const fn certificate_problem(error: &CertificateError) -> Problem {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Problem::CertificateName,
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Problem::CertificateExpired,
        _ => Problem::CertificateUntrusted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_certificates_are_told_apart() {
        let of =
            |certificate| problem(&io::Error::new(io::ErrorKind::InvalidData, Error::InvalidCertificate(certificate)));
        assert_eq!(of(CertificateError::UnknownIssuer), Problem::CertificateUntrusted);
        assert_eq!(of(CertificateError::NotValidForName), Problem::CertificateName);
        assert_eq!(of(CertificateError::Expired), Problem::CertificateExpired);
        assert_eq!(of(CertificateError::NotValidYet), Problem::CertificateExpired);
        assert_eq!(problem(&io::ErrorKind::ConnectionReset.into()), Problem::ServerGone);
    }

    #[test]
    fn a_file_that_holds_no_certificate_is_a_problem() {
        assert_eq!(Tls::load(Some(Path::new("/nonexistent/ca.pem"))).err(), Some(Problem::CertificateUntrusted));
    }
}
