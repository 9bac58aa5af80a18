//! The algorithms under one roof: session keys from a master key, and how a packet is sealed and opened with them. Nothing
//! here knows which packet is next.
use super::{Failure, INDEX};
use crate::domain::protection::Suite;
use aes::{
    Aes128, Aes256,
    cipher::{InnerIvInit, KeyInit, StreamCipherCore},
};
use aes_gcm::{Aes128Gcm, Aes256Gcm, aead::AeadInOut};
use ctr::{CtrCore, flavors::Ctr128BE};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use zeroize::Zeroizing;

/// Which packets a session key is for; its number is the first label (RFC 3711 section 4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Media = 0,
    Control = 3,
}

/// AES-GCM's tag.
const GCM_TAG: usize = 16;
/// HMAC-SHA1's key.
const MAC_KEY: usize = 20;

/// Session keys of one kind of packet.
pub(super) struct Cipher {
    algorithm: Algorithm,
    salt: Zeroizing<[u8; 16]>,
}

enum Algorithm {
    Counter { block: Block, mac: Hmac<Sha1>, tag: usize },
    Gcm128(Box<Aes128Gcm>),
    Gcm256(Box<Aes256Gcm>),
}

/// AES alone.
pub(super) enum Block {
    Aes128(Box<Aes128>),
    Aes256(Box<Aes256>),
}

impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher")
    }
}

impl Block {
    /// `None`: no AES key has this length.
    pub(super) fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Some(Self::Aes128(Box::new(Aes128::new_from_slice(key).ok()?))),
            _ => Some(Self::Aes256(Box::new(Aes256::new_from_slice(key).ok()?))),
        }
    }

    /// Adds the key stream that begins at this counter (RFC 3711 section 4.1.1); packets never reach its end.
    pub(super) fn add_stream(&self, counter: &[u8; 16], data: &mut [u8]) {
        match self {
            Self::Aes128(block) => {
                CtrCore::<_, Ctr128BE>::inner_iv_init(&**block, counter.into()).apply_keystream_partial(data.into());
            }
            Self::Aes256(block) => {
                CtrCore::<_, Ctr128BE>::inner_iv_init(&**block, counter.into()).apply_keystream_partial(data.into());
            }
        }
    }
}

/// One session key (RFC 3711 section 4.3.1; the derivation rate is zero, so the index has no part in it).
pub(super) fn derive(master: &Block, salt: &[u8], label: u8, out: &mut [u8]) {
    let mut counter = [0; 16];
    counter.iter_mut().zip(salt).for_each(|(to, from)| *to = *from);
    let [.., at, _, _, _, _, _, _, _, _] = &mut counter;
    *at ^= label;
    out.fill(0);
    master.add_stream(&counter, out);
}

impl Cipher {
    /// From a master key and its salt; `None`: they are not as long as the suite wants.
    pub(super) fn new(suite: Suite, key: &[u8], kind: Kind) -> Option<Self> {
        let (key, salt) = key.split_at_checked(suite.key_length())?;
        if salt.len() != suite.salt_length() {
            return None;
        }
        let master = Block::new(key)?;
        let label = kind as u8;
        let mut cipher_key = Zeroizing::new(vec![0; key.len()]);
        derive(&master, salt, label, &mut cipher_key);
        let mut mac_key = Zeroizing::new([0; MAC_KEY]);
        derive(&master, salt, label + 1, mac_key.as_mut());
        let mut session_salt = Zeroizing::new([0; 16]);
        derive(&master, salt, label + 2, session_salt.get_mut(..salt.len())?);
        Self::with(suite, &cipher_key, mac_key.as_ref(), session_salt, kind)
    }

    /// From session keys.
    pub(super) fn with(suite: Suite, key: &[u8], mac: &[u8], salt: Zeroizing<[u8; 16]>, kind: Kind) -> Option<Self> {
        let algorithm = match suite {
            Suite::Aes128Gcm => Algorithm::Gcm128(Box::new(Aes128Gcm::new_from_slice(key).ok()?)),
            Suite::Aes256Gcm => Algorithm::Gcm256(Box::new(Aes256Gcm::new_from_slice(key).ok()?)),
            Suite::Aes128Sha80 | Suite::Aes128Sha32 | Suite::Aes256Sha80 | Suite::Aes256Sha32 => {
                // the short tag is for RTP alone (RFC 4568 section 6.2.2)
                let short = matches!(suite, Suite::Aes128Sha32 | Suite::Aes256Sha32) && kind == Kind::Media;
                let mac = Hmac::<Sha1>::new_from_slice(mac).ok()?;
                Algorithm::Counter { block: Block::new(key)?, mac, tag: if short { 4 } else { 10 } }
            }
        };
        Some(Self { algorithm, salt })
    }

    /// Octets of the tag.
    pub(super) const fn tag(&self) -> usize {
        match self.algorithm {
            Algorithm::Counter { tag, .. } => tag,
            Algorithm::Gcm128(_) | Algorithm::Gcm256(_) => GCM_TAG,
        }
    }

    /// Whether one algorithm does both: then an SRTCP packet's index stands behind its tag (RFC 7714 section 17).
    pub(super) const fn is_aead(&self) -> bool {
        !matches!(self.algorithm, Algorithm::Counter { .. })
    }

    /// The counter's start (RFC 3711 section 4.1.1).
    fn counter(&self, ssrc: u32, index: u64) -> [u8; 16] {
        (u128::from_be_bytes(*self.salt) ^ u128::from(ssrc) << 64 ^ u128::from(index) << 16).to_be_bytes()
    }

    /// The initialisation vector (RFC 7714 sections 8.1 and 9.1); an SRTCP index has 31 bits, so one form serves both.
    fn vector(&self, ssrc: u32, index: u64) -> [u8; 12] {
        let whole = u128::from_be_bytes(*self.salt) ^ (u128::from(ssrc) << 48 ^ u128::from(index)) << 32;
        let mut vector = [0; 12];
        vector.iter_mut().zip(whole.to_be_bytes()).for_each(|(to, from)| *to = from);
        vector
    }

    /// Encrypts `body` and gives the tag over `header`, body and `trailer`, which stands apart (rollover counter, or the
    /// word with the SRTCP index).
    pub(super) fn seal(
        &self,
        (ssrc, index): (u32, u64),
        header: &[u8],
        body: &mut [u8],
        trailer: [u8; INDEX],
    ) -> Result<[u8; GCM_TAG], Failure> {
        let mut tag = [0; GCM_TAG];
        match &self.algorithm {
            Algorithm::Counter { block, mac, .. } => {
                block.add_stream(&self.counter(ssrc, index), body);
                let whole = mac.clone().chain_update(header).chain_update(&*body).chain_update(trailer).finalize();
                tag.iter_mut().zip(whole.into_bytes()).for_each(|(to, from)| *to = from);
            }
            Algorithm::Gcm128(gcm) => {
                let sealed = gcm.encrypt_inout_detached(&self.vector(ssrc, index).into(), header, body.into());
                tag = sealed.map_err(|_| Failure::Malformed)?.into();
            }
            Algorithm::Gcm256(gcm) => {
                let sealed = gcm.encrypt_inout_detached(&self.vector(ssrc, index).into(), header, body.into());
                tag = sealed.map_err(|_| Failure::Malformed)?.into();
            }
        }
        Ok(tag)
    }

    /// Checks the tag, then decrypts.
    pub(super) fn open(
        &self,
        (ssrc, index): (u32, u64),
        header: &[u8],
        body: &mut [u8],
        trailer: [u8; INDEX],
        tag: &[u8],
    ) -> Result<(), Failure> {
        let full = || <[u8; GCM_TAG]>::try_from(tag).map_err(|_| Failure::Malformed);
        match &self.algorithm {
            Algorithm::Counter { block, mac, tag: length } => {
                if tag.len() != *length {
                    return Err(Failure::Malformed);
                }
                let whole = mac.clone().chain_update(header).chain_update(&*body).chain_update(trailer);
                whole.verify_truncated_left(tag).map_err(|_| Failure::Forged)?;
                block.add_stream(&self.counter(ssrc, index), body);
                Ok(())
            }
            Algorithm::Gcm128(gcm) => gcm
                .decrypt_inout_detached(&self.vector(ssrc, index).into(), header, body.into(), &full()?.into())
                .map_err(|_| Failure::Forged),
            Algorithm::Gcm256(gcm) => gcm
                .decrypt_inout_detached(&self.vector(ssrc, index).into(), header, body.into(), &full()?.into())
                .map_err(|_| Failure::Forged),
        }
    }
}
