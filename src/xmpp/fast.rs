//! Logging in by a token instead of the password (XEP-0484): the server gave it at the last log-in, it opens this account from this
//! home alone, and the password need not be worked on again. Only the mechanism that is bound to the TLS channel (RFC 9266) is
//! used: without that, what is sent once opens the account to whoever reads it. A token is a secret like the password, and is kept
//! where that is.
use crate::domain::{account::Problem, private::Private};
use ring::hmac;

/// The mechanism: HMAC with SHA-256, bound by the exporter.
pub(super) const MECHANISM: &str = "HT-SHA-256-EXPR";

/// A token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FastToken(Private<String>);

impl FastToken {
    /// What the server gave.
    pub(super) fn new(secret: Private<String>) -> Self {
        Self(secret)
    }
    /// As it is kept.
    pub(super) fn written(&self) -> Private<String> {
        Private::new(format!("{MECHANISM} {}", self.0.expose()))
    }
    /// What was kept; `None`: that is no token for this mechanism.
    pub(super) fn read(kept: &Private<String>) -> Option<Self> {
        let secret = kept.expose().strip_prefix(MECHANISM)?.strip_prefix(' ').filter(|secret| !secret.is_empty())?;
        Some(Self(secret.into()))
    }
    /// The one message to the server, on the channel with this binding value.
    pub(super) fn initial(&self, user: &str, channel: &[u8]) -> Vec<u8> {
        let mut message = user.as_bytes().to_vec();
        message.push(0);
        message.extend(hmac::sign(&self.key(), &signed("Initiator", channel)).as_ref());
        message
    }
    /// The server's proof that it has the token too; without it, it is not the server.
    pub(super) fn check(&self, proof: &[u8], channel: &[u8]) -> Result<(), Problem> {
        hmac::verify(&self.key(), &signed("Responder", channel), proof).map_err(|_| Problem::NoSafeLogin)
    }
    fn key(&self) -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, self.0.expose().as_bytes())
    }
}

fn signed(who: &str, channel: &[u8]) -> Vec<u8> {
    [who.as_bytes(), channel].concat()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn token() -> FastToken {
        FastToken::new("secret-token:fast-1".into())
    }

    #[test]
    fn both_sides_prove_that_they_have_it() {
        let channel = [7u8; 32];
        let message = token().initial("alice", &channel);
        let (user, tag) = message.split_at(6);
        assert_eq!(user, b"alice\0");
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"secret-token:fast-1");
        hmac::verify(&key, &signed("Initiator", &channel), tag).unwrap();
        let proof = hmac::sign(&key, &signed("Responder", &channel));
        assert_eq!(token().check(proof.as_ref(), &channel), Ok(()));
        for (proof, channel) in [(tag, [7; 32]), (proof.as_ref(), [8; 32]), (&[], [7; 32])] {
            assert_eq!(token().check(proof, &channel), Err(Problem::NoSafeLogin));
        }
    }

    #[test]
    fn it_is_kept_as_one_text_and_never_printed() {
        let kept = token().written();
        assert_eq!(FastToken::read(&kept), Some(token()));
        assert!(!format!("{:?}", token()).contains("fast-1"));
        for rubbish in ["", "HT-SHA-256-EXPR", "HT-SHA-256-EXPR ", "PLAIN x", "HT-SHA-256-NONE x"] {
            assert_eq!(FastToken::read(&rubbish.into()), None, "{rubbish}");
        }
    }
}
