//! The arithmetic of TLS 1.2 that we use: key exchange, the pseudo-random function, AES-GCM of records. From ring; nothing
//! here decides anything.
use ring::{
    aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519},
    digest,
    hmac::{self, HMAC_SHA256, HMAC_SHA384},
    rand::SystemRandom,
};
use zeroize::Zeroizing;

/// Groups for the key exchange (RFC 8422), best first.
pub(super) const GROUPS: [u16; 3] = [29, 23, 24];
/// Of the master secret.
const MASTER: usize = 48;
/// Of a Finished message.
pub(super) const FINISHED: usize = 12;
const SALT: usize = 4;
const EXPLICIT: usize = 8;
const TAG: usize = 16;
/// What protection adds to a record.
pub(super) const OVERHEAD: usize = EXPLICIT + TAG;

/// How records are protected: TLS_ECDHE_(ECDSA|RSA)_WITH_AES_*_GCM_*.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suite {
    pub number: u16,
    /// 256 bits and SHA-384, otherwise 128 and SHA-256.
    strong: bool,
    /// The server signs by ECDSA, otherwise by RSA.
    pub ecdsa: bool,
}

/// Best first: what all must have (RFC 8827 section 6.5) comes before what is merely larger.
pub(super) const SUITES: [Suite; 4] = [
    Suite { number: 0xC02B, strong: false, ecdsa: true },
    Suite { number: 0xC02C, strong: true, ecdsa: true },
    Suite { number: 0xC02F, strong: false, ecdsa: false },
    Suite { number: 0xC030, strong: true, ecdsa: false },
];

impl Suite {
    pub(super) fn hash(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = if self.strong { &digest::SHA384 } else { &digest::SHA256 };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    /// PRF (RFC 5246 section 5).
    pub(super) fn prf(self, secret: &[u8], label: &str, seed: &[u8], length: usize) -> Zeroizing<Vec<u8>> {
        let key = hmac::Key::new(if self.strong { HMAC_SHA384 } else { HMAC_SHA256 }, secret);
        let seed = [label.as_bytes(), seed].concat();
        let mut out = Zeroizing::new(Vec::with_capacity(length + 48));
        let mut chain = hmac::sign(&key, &seed);
        while out.len() < length {
            let mut context = hmac::Context::with_key(&key);
            context.update(chain.as_ref());
            context.update(&seed);
            out.extend(context.sign().as_ref());
            chain = hmac::sign(&key, chain.as_ref());
        }
        out.truncate(length);
        out
    }

    /// The master secret (RFC 5246 section 8.1; with the session's hash RFC 7627).
    pub(super) fn master(self, shared: &[u8], label: &str, seed: &[u8]) -> Zeroizing<Vec<u8>> {
        self.prf(shared, label, seed, MASTER)
    }

    /// Keys for what the client sends and what the server sends (RFC 5246 section 6.3).
    pub(super) fn keys(self, master: &[u8], server_then_client: &[u8]) -> Option<(Cipher, Cipher)> {
        let length = if self.strong { 32 } else { 16 };
        let block = self.prf(master, "key expansion", server_then_client, 2 * (length + SALT));
        let (keys, salts) = block.split_at_checked(2 * length)?;
        let (client, server) = keys.split_at_checked(length)?;
        let (client_salt, server_salt) = salts.split_at_checked(SALT)?;
        Some((self.cipher(client, client_salt)?, self.cipher(server, server_salt)?))
    }

    fn cipher(self, key: &[u8], salt: &[u8]) -> Option<Cipher> {
        let algorithm = if self.strong { &AES_256_GCM } else { &AES_128_GCM };
        let key = LessSafeKey::new(UnboundKey::new(algorithm, key).ok()?);
        Some(Cipher { key, salt: salt.try_into().ok()? })
    }
}

/// One direction's protection (RFC 5288).
#[derive(Debug)]
pub(super) struct Cipher {
    key: LessSafeKey,
    salt: [u8; SALT],
}

impl Cipher {
    /// Protects the content of a record; `number`: epoch and sequence number, never used before.
    pub(super) fn seal(&self, number: u64, kind: u8, version: [u8; 2], content: &[u8]) -> Option<Vec<u8>> {
        let mut sealed = number.to_be_bytes().to_vec();
        let mut body = content.to_vec();
        let known = known(number, kind, version, content.len());
        let nonce = self.nonce(number.to_be_bytes());
        let tag = self.key.seal_in_place_separate_tag(nonce, Aad::from(known), &mut body).ok()?;
        sealed.extend(body);
        sealed.extend(tag.as_ref());
        Some(sealed)
    }

    /// The content of a protected record; `None`: it is not authentic.
    pub(super) fn open(&self, number: u64, kind: u8, version: [u8; 2], sealed: &[u8]) -> Option<Vec<u8>> {
        let (explicit, body) = sealed.split_first_chunk::<EXPLICIT>()?;
        let known = known(number, kind, version, body.len().checked_sub(TAG)?);
        let mut body = body.to_vec();
        let length = self.key.open_in_place(self.nonce(*explicit), Aad::from(known), &mut body).ok()?.len();
        body.truncate(length);
        Some(body)
    }

    fn nonce(&self, explicit: [u8; EXPLICIT]) -> Nonce {
        let mut nonce = [0; SALT + EXPLICIT];
        nonce.iter_mut().zip(self.salt.iter().chain(&explicit)).for_each(|(to, from)| *to = *from);
        Nonce::assume_unique_for_key(nonce)
    }
}

fn known(number: u64, kind: u8, version: [u8; 2], length: usize) -> [u8; 13] {
    let [a, b, c, d, e, f, g, h] = number.to_be_bytes();
    let [high, low] = (length as u16).to_be_bytes();
    [a, b, c, d, e, f, g, h, kind, version[0], version[1], high, low]
}

/// Our half of a key exchange.
#[derive(Debug)]
pub(super) struct Exchange {
    private: EphemeralPrivateKey,
    pub group: u16,
    pub public: Vec<u8>,
}

impl Exchange {
    /// `None`: a group that is not among [`GROUPS`], or no randomness.
    pub(super) fn new(group: u16) -> Option<Self> {
        let private = EphemeralPrivateKey::generate(algorithm(group)?, &SystemRandom::new()).ok()?;
        let public = private.compute_public_key().ok()?.as_ref().to_vec();
        Some(Self { private, group, public })
    }

    /// The secret that both share; `None`: their half is no point of the group.
    pub(super) fn agree(self, theirs: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let theirs = UnparsedPublicKey::new(algorithm(self.group)?, theirs);
        agreement::agree_ephemeral(self.private, &theirs, |shared| Zeroizing::new(shared.to_vec())).ok()
    }
}

fn algorithm(group: u16) -> Option<&'static agreement::Algorithm> {
    match group {
        29 => Some(&X25519),
        23 => Some(&ECDH_P256),
        24 => Some(&ECDH_P384),
        _ => None,
    }
}
