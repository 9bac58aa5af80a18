//! The vault file, and the recovery file which is one with the store's key alone: secrets under a key stretched from a passphrase.
//!
//! `LANDLINE-VAULT-1\n`, then memory (KiB), passes and lanes of Argon2id as three little-endian `u32`, a salt of 16
//! bytes, a nonce of 24 bytes, and XChaCha20-Poly1305 over JSON with all that stands before as associated data.
use super::SecretsError;
use crate::{config::write_atomically, domain::private::Private};
use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::{
    XChaCha20Poly1305,
    aead::{Aead, KeyInit, Payload},
};
use std::{collections::BTreeMap, path::Path};
use zeroize::Zeroizing;

const MAGIC: &[u8] = b"LANDLINE-VAULT-1\n";
const SALT: usize = 16;
const NONCE: usize = 24;
const HEADER: usize = MAGIC.len() + 12 + SALT;
/// OWASP's floor for Argon2id: an old PC takes well under a second for it.
const COST: Cost = Cost { memory: 19 * 1024, passes: 2, lanes: 1 };
/// A file that asks for more was tampered with: it must not eat the machine.
const MOST: Cost = Cost { memory: 1024 * 1024, passes: 16, lanes: 8 };

#[derive(Debug, Clone, Copy)]
struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// An open vault.
pub struct Vault {
    header: [u8; HEADER],
    key: Zeroizing<[u8; 32]>,
    entries: BTreeMap<String, Private<String>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(‹private›)")
    }
}

/// Random bytes for keys, salts and nonces.
pub fn random<const N: usize>() -> Result<[u8; N], SecretsError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| SecretsError::Io)?;
    Ok(bytes)
}

fn stretch(passphrase: &Private<String>, salt: &[u8], cost: Cost) -> Result<Zeroizing<[u8; 32]>, SecretsError> {
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(32)).map_err(|_| SecretsError::Damaged)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.expose().as_bytes(), salt, key.as_mut())
        .map_err(|_| SecretsError::Damaged)?;
    Ok(key)
}

impl Vault {
    /// Makes an empty vault and writes it.
    pub fn create(path: &Path, passphrase: &Private<String>) -> Result<Self, SecretsError> {
        let vault = Self::new(passphrase)?;
        vault.save(path)?;
        Ok(vault)
    }
    /// Makes an empty vault in memory.
    pub fn new(passphrase: &Private<String>) -> Result<Self, SecretsError> {
        let salt: [u8; SALT] = random()?;
        let cost = [COST.memory, COST.passes, COST.lanes].map(u32::to_le_bytes).concat();
        let header = [MAGIC, &cost, &salt].concat().try_into().map_err(|_| SecretsError::Io)?;
        Ok(Self { header, key: stretch(passphrase, &salt, COST)?, entries: BTreeMap::new() })
    }
    /// Opens a vault file.
    pub fn open(path: &Path, passphrase: &Private<String>) -> Result<Self, SecretsError> {
        let bytes = std::fs::read(path).map_err(|_| SecretsError::Io)?;
        let (header, rest) = bytes.split_first_chunk::<HEADER>().ok_or(SecretsError::Damaged)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SecretsError::Damaged)?;
        let settings = header.strip_prefix(MAGIC).ok_or(SecretsError::Damaged)?;
        let (cost, salt) = settings.split_first_chunk::<12>().ok_or(SecretsError::Damaged)?;
        let number = |at: usize| cost.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes);
        let cost = Cost { memory: number(0), passes: number(4), lanes: number(8) };
        if cost.memory > MOST.memory || cost.passes > MOST.passes || cost.lanes > MOST.lanes {
            return Err(SecretsError::Damaged);
        }
        let key = stretch(passphrase, salt, cost)?;
        let payload = Payload { msg: sealed, aad: header };
        let plain = XChaCha20Poly1305::new(key.as_ref().into())
            .decrypt(nonce.into(), payload)
            .map_err(|_| SecretsError::WrongPassphrase)?;
        let entries = serde_json::from_slice(&Zeroizing::new(plain)).map_err(|_| SecretsError::Damaged)?;
        Ok(Self { header: *header, key, entries })
    }
    /// One entry.
    pub fn get(&self, name: &str) -> Option<Private<String>> {
        self.entries.get(name).cloned()
    }
    /// Sets or forgets one entry, in memory.
    pub fn set(&mut self, name: &str, value: Option<Private<String>>) {
        match value {
            Some(value) => self.entries.insert(name.to_owned(), value),
            None => self.entries.remove(name),
        };
    }
    /// Writes it under a new nonce, in one step.
    pub fn save(&self, path: &Path) -> Result<(), SecretsError> {
        let plain = Zeroizing::new(serde_json::to_vec(&self.entries).map_err(|_| SecretsError::Io)?);
        let nonce: [u8; NONCE] = random()?;
        let sealed = XChaCha20Poly1305::new(self.key.as_ref().into())
            .encrypt(&nonce.into(), Payload { msg: &plain, aad: &self.header })
            .map_err(|_| SecretsError::Io)?;
        write_atomically(path, &[&self.header[..], &nonce, &sealed].concat()).map_err(|_| SecretsError::Io)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_byte_is_noticed_and_nothing_is_plain() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("vault");
        let mut vault = Vault::create(&path, &"pass".into()).unwrap();
        vault.set("account", Some("hunter2-hunter2".into()));
        vault.save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"hunter2" || w == b"account"));
        assert_eq!(Vault::open(&path, &"pass".into()).unwrap().get("account"), Some("hunter2-hunter2".into()));
        for at in (0..bytes.len()).step_by(5) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x40;
            std::fs::write(&path, &changed).unwrap();
            assert!(Vault::open(&path, &"pass".into()).is_err(), "byte {at}");
        }
        std::fs::write(&path, &bytes[..HEADER + 3]).unwrap();
        assert_eq!(Vault::open(&path, &"pass".into()).err(), Some(SecretsError::Damaged));
    }
}
