//! TLS to an account's server, one mechanism for all rooms: the system's roots and, if one is given, a file of the person's
//! own; certificate errors as something a person can act on. There is no way to accept a bad one.
use crate::domain::account::Problem;
use std::{io, path::Path, sync::Arc};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        CertificateError, ClientConfig, Error, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// What TLS is opened with; cheap to clone.
#[derive(Debug, Clone)]
pub struct Tls {
    config: Arc<ClientConfig>,
}

impl Tls {
    /// Reads the system's roots and the PEM file `own`: a few milliseconds of disk, so not on a task's thread.
    ///
    /// # Errors
    /// [`Problem::CertificateUntrusted`] when `own` cannot be read or holds what is no certificate.
    pub fn load(own: Option<&Path>) -> Result<Self, Problem> {
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
        Ok(Self { config: Arc::new(config) })
    }

    /// The same, saying by ALPN (RFC 7301) what is spoken.
    #[must_use]
    pub fn speaking(&self, protocol: &str) -> Self {
        let mut config = ClientConfig::clone(&self.config);
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Self { config: Arc::new(config) }
    }

    /// The handshake; the certificate must be for `name`, the account's domain. The caller sets the deadline.
    ///
    /// # Errors
    /// What is wrong with the certificate; [`Problem::Protocol`] where there is no TLS; [`Problem::ServerGone`];
    /// [`Problem::UnknownHost`] when `name` cannot stand in a certificate.
    pub async fn open(&self, tcp: TcpStream, name: &str) -> Result<TlsStream<TcpStream>, Problem> {
        let name = ServerName::try_from(name.to_owned()).map_err(|_| Problem::UnknownHost)?;
        TlsConnector::from(self.config.clone()).connect(name, tcp).await.map_err(|error| problem(&error))
    }
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
