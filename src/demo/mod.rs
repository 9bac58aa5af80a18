//! An embedded exchange on loopback: real SIP, no account, no network. It answers like a provider: a registrar with digest
//! log-in, numbers to call, a friend and an SMS gateway to write to, and verification codes that come by themselves.
//! It lives in the process and leaves no trace in the configuration.
mod exchange;
mod line;
mod people;
mod registrar;
mod voice;

use crate::{
    domain::{
        account::{AccountConfig, AccountId, AccountKind, SipTransport},
        private::Private,
    },
    net::Bind,
    words::Language,
};
use registrar::{DOMAIN, Registrar, USER};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::task::JoinHandle;

/// Why the exchange does not start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DemoError {
    /// The system gives no socket on loopback.
    #[error("there is no socket on loopback")]
    Socket,
    /// The system gives no randomness for its password.
    #[error("the system gives no randomness")]
    Chance,
}

/// A running exchange; it ends when it is dropped.
#[derive(Debug)]
pub struct Exchange {
    server: SocketAddr,
    password: Private<String>,
    task: JoinHandle<()>,
}

impl Exchange {
    /// Starts it. Its people speak `language` (`en` or `es`).
    ///
    /// # Errors
    /// [`DemoError`] where the system refuses a socket or randomness.
    pub async fn start(language: &str) -> Result<Self, DemoError> {
        let bind = Bind::default();
        let anywhere = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 9);
        let socket = bind.udp(anywhere).await.map_err(|_| DemoError::Socket)?;
        let server = socket.local_addr().map_err(|_| DemoError::Socket)?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| DemoError::Chance)?;
        let chance = || getrandom::u64().map_err(|_| DemoError::Chance);
        let registrar = Registrar::new(chance()?, chance()?);
        let password = registrar.password().clone();
        let language = Language::parse(language).unwrap_or_default();
        let task = tokio::spawn(exchange::run(socket, server, seed, registrar, language));
        Ok(Self { server, password, task })
    }

    /// The account to log in with.
    pub fn account(&self) -> (AccountConfig, Private<String>) {
        let kind = AccountKind::Sip { transport: Some(SipTransport::Udp), auth_user: None };
        let config = AccountConfig {
            id: AccountId("demo".to_owned()),
            server: Some(self.server.to_string()),
            ..AccountConfig::new(kind, &format!("{USER}@{DOMAIN}"))
        };
        (config, self.password.clone())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.task.abort();
    }
}
