//! The exchange's registrar (RFC 3261 section 10.3) for its one account, with digest log-in. Pure: a request in, the response
//! out. It must not send anything.
use crate::{
    domain::private::Private,
    sip::{Credentials, HeaderName, NameAddr, Request, Response, Uri, verify},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// The account's user part.
pub(super) const USER: &str = "you";
/// The exchange's domain: `.localhost` never leaves a computer (RFC 6761).
pub(super) const DOMAIN: &str = "demo.localhost";
/// The longest registration, in seconds.
const LONGEST: u32 = 600;

/// Where the account is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    /// What to put into the Request-URI.
    pub(super) contact: Uri,
    /// Where to send it.
    pub(super) at: SocketAddr,
    until: Instant,
}

/// See the head of this file.
#[derive(Debug)]
pub(super) struct Registrar {
    credentials: Credentials,
    nonce: String,
    binding: Option<Binding>,
}

impl Registrar {
    /// One with this password and nonce; both are fresh randomness.
    pub(super) fn new(password: u64, nonce: u64) -> Self {
        let credentials = Credentials { user: USER.to_owned(), password: Private::new(format!("{password:016x}")) };
        Self { credentials, nonce: format!("{nonce:016x}"), binding: None }
    }

    /// The account's password.
    pub(super) const fn password(&self) -> &Private<String> {
        &self.credentials.password
    }

    /// Where the account is reached now.
    pub(super) fn binding(&self, now: Instant) -> Option<&Binding> {
        self.binding.as_ref().filter(|binding| now < binding.until)
    }

    /// Answers a REGISTER.
    pub(super) fn register(&mut self, request: &Request, source: SocketAddr, now: Instant) -> Response {
        let proves = |value: &str| verify(value, "REGISTER", &request.body, DOMAIN, &self.nonce, &self.credentials);
        if !request.headers.all(&HeaderName::Authorization).any(proves) {
            let challenge =
                format!("Digest realm=\"{DOMAIN}\", nonce=\"{}\", algorithm=SHA-256, qop=\"auth\"", self.nonce);
            return request.response(401).with(HeaderName::WwwAuthenticate, challenge);
        }
        let wished = request.headers.contact();
        let own = wished.as_ref().and_then(|contact| contact.param("expires")?.parse().ok());
        let seconds = own.or_else(|| request.headers.seconds(&HeaderName::Expires)).unwrap_or(LONGEST).min(LONGEST);
        match wished {
            Some(contact) if seconds > 0 => {
                let until = now + Duration::from_secs(seconds.into());
                self.binding = Some(Binding { contact: contact.uri, at: source, until });
            }
            Some(_) => self.binding = None,
            // a question about what is registered
            None => {}
        }
        let mut response = request.response(200);
        if let Some(binding) = self.binding(now) {
            let left = binding.until.duration_since(now).as_secs();
            let mut contact = NameAddr::new(binding.contact.clone());
            contact.params = format!(";expires={left}");
            response.headers.push(HeaderName::Contact, contact.to_string());
        }
        response
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::sip::{Agent, Challenge, Method, answer};

    fn register(registrar: &mut Registrar, password: &str, expires: u32, now: Instant) -> u16 {
        let aor = Uri::parse(&format!("sip:{DOMAIN}")).unwrap();
        let me = NameAddr::parse(&format!("<sip:{USER}@{DOMAIN}>")).unwrap();
        let mut request = Agent::compose(Method::Register, aor.clone(), (&me, &me), "c", 1);
        request.headers.push(HeaderName::Contact, format!("<sip:{USER}@127.0.0.1:4000>;expires={expires}"));
        let source = "127.0.0.1:4000".parse().unwrap();
        let challenged = registrar.register(&request, source, now);
        assert_eq!(challenged.code, 401);
        let challenge = Challenge::parse(challenged.headers.get(&HeaderName::WwwAuthenticate).unwrap()).unwrap();
        let credentials = Credentials { user: USER.to_owned(), password: password.into() };
        let proof = answer(&challenge, &credentials, "REGISTER", aor.as_str(), b"", 1, "x");
        request.headers.push(HeaderName::Authorization, proof.expose().as_str());
        registrar.register(&request, source, now).code
    }

    #[test]
    fn only_the_password_registers_and_only_for_its_time() {
        let now = Instant::now();
        let mut registrar = Registrar::new(7, 8);
        let password = registrar.password().expose().clone();
        assert_eq!(register(&mut registrar, "wrong", 60, now), 401);
        assert_eq!(registrar.binding(now), None);
        assert_eq!(register(&mut registrar, &password, 60, now), 200);
        assert_eq!(registrar.binding(now).unwrap().contact.as_str(), "sip:you@127.0.0.1:4000");
        assert_eq!(registrar.binding(now + Duration::from_secs(61)), None);
        assert_eq!(register(&mut registrar, &password, 0, now), 200);
        assert_eq!(registrar.binding(now), None);
    }
}
