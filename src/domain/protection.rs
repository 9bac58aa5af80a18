//! How the packets of a media session are protected, free of SDP and Jingle: the profile, and the keys that signalling
//! carries (SDES, RFC 4568). It must not encrypt: the media engine does.
use super::private::Private;
use zeroize::Zeroizing;

/// An SRTP crypto suite (RFC 4568 section 6.2, RFC 6188, RFC 7714).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Suite {
    /// AES-128 in counter mode, 80 bits of HMAC-SHA1.
    Aes128Sha80,
    /// The same with 32 bits of HMAC-SHA1 in RTP.
    Aes128Sha32,
    /// AES-256 in counter mode, 80 bits of HMAC-SHA1.
    Aes256Sha80,
    /// The same with 32 bits of HMAC-SHA1 in RTP.
    Aes256Sha32,
    /// AES-128 in Galois counter mode.
    Aes128Gcm,
    /// AES-256 in Galois counter mode.
    Aes256Gcm,
}

impl Suite {
    /// All, best first.
    pub const ALL: [Self; 6] =
        [Self::Aes256Gcm, Self::Aes128Gcm, Self::Aes256Sha80, Self::Aes128Sha80, Self::Aes256Sha32, Self::Aes128Sha32];

    /// The registered name, for example `AES_CM_128_HMAC_SHA1_80`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Aes128Sha80 => "AES_CM_128_HMAC_SHA1_80",
            Self::Aes128Sha32 => "AES_CM_128_HMAC_SHA1_32",
            Self::Aes256Sha80 => "AES_256_CM_HMAC_SHA1_80",
            Self::Aes256Sha32 => "AES_256_CM_HMAC_SHA1_32",
            Self::Aes128Gcm => "AEAD_AES_128_GCM",
            Self::Aes256Gcm => "AEAD_AES_256_GCM",
        }
    }
    /// Octets of the master key.
    pub const fn key_length(self) -> usize {
        match self {
            Self::Aes128Sha80 | Self::Aes128Sha32 | Self::Aes128Gcm => 16,
            Self::Aes256Sha80 | Self::Aes256Sha32 | Self::Aes256Gcm => 32,
        }
    }
    /// Octets of the master salt.
    pub const fn salt_length(self) -> usize {
        if self.is_aead() { 12 } else { 14 }
    }
    /// Whether one algorithm encrypts and authenticates (RFC 7714).
    pub const fn is_aead(self) -> bool {
        matches!(self, Self::Aes128Gcm | Self::Aes256Gcm)
    }
}

/// The RTP profile that a description names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// `RTP/AVP`: in the clear, unless both sides give keys all the same (best effort).
    #[default]
    Open,
    /// `RTP/SAVP`: never in the clear.
    Secure,
    /// `UDP/TLS/RTP/SAVP`: keys come from DTLS (RFC 5764).
    Dtls,
}

/// One key that signalling carries: the describing side encrypts with it what it sends (RFC 4568 section 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdesKey {
    /// Names it within the description; an answer repeats the tag of what it takes. At most nine digits.
    pub tag: u32,
    /// For which suite.
    pub suite: Suite,
    /// Master key, then master salt; as long as the suite wants.
    pub key: Private<Zeroizing<Vec<u8>>>,
    /// The master key identifier that each packet bears (RFC 3711 section 3.1), as it stands there; empty: none.
    pub mki: Vec<u8>,
}

/// A hash function of a certificate's fingerprint (RFC 8122 section 5); weaker ones are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hash {
    /// `sha-256`
    Sha256,
    /// `sha-384`
    Sha384,
    /// `sha-512`
    Sha512,
}

impl Hash {
    const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha-256",
            Self::Sha384 => "sha-384",
            Self::Sha512 => "sha-512",
        }
    }
    /// Octets of its digest.
    pub const fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// What a side's DTLS certificate is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// The function.
    pub hash: Hash,
    /// Its octets.
    pub digest: Vec<u8>,
}

impl Fingerprint {
    /// Of a function's name and a digest as `4A:AD:…`; `None`: a function that is not taken, or a digest that is none of its.
    pub fn read(name: &str, digits: &str) -> Option<Self> {
        let hash = Hash::ALL.into_iter().find(|hash| hash.name().eq_ignore_ascii_case(name))?;
        let octet = |pair: &str| {
            let plain = pair.len() == 2 && pair.bytes().all(|c| c.is_ascii_hexdigit());
            plain.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        };
        // none of the hashes is longer
        let digest: Vec<u8> = digits.trim().split(':').take(65).map(octet).collect::<Option<_>>()?;
        (digest.len() == hash.length()).then_some(Self { hash, digest })
    }
    /// The digest as `4A:AD:…`.
    pub fn digits(&self) -> String {
        let octets: Vec<_> = self.digest.iter().map(|octet| format!("{octet:02X}")).collect();
        octets.join(":")
    }
}

/// Which side opens the DTLS association (RFC 8842 section 5, RFC 4145).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Setup {
    /// Either: the answerer chooses. Offers only.
    ActPass,
    /// The describer opens it.
    Active,
    /// The other side does.
    Passive,
}

impl Setup {
    const ALL: [Self; 3] = [Self::ActPass, Self::Active, Self::Passive];

    /// The registered name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ActPass => "actpass",
            Self::Active => "active",
            Self::Passive => "passive",
        }
    }
    /// The role of this name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setup| setup.name().eq_ignore_ascii_case(name))
    }
}

/// One side's part of DTLS-SRTP (RFC 5763).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dtls {
    /// Of the certificate it will show: one that matches is enough; never empty.
    pub fingerprints: Vec<Fingerprint>,
    /// The role it takes.
    pub setup: Setup,
    /// Another value in a later description asks for a new association (`tls-id`, RFC 8842 section 5.2).
    pub id: Option<String>,
}

/// How the describing side protects what it sends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protection {
    /// The profile.
    pub profile: Profile,
    /// The profile was written with feedback (`AVPF`, `SAVPF`; RFC 4585, 5124): an answer repeats the spelling.
    pub feedback: bool,
    /// In an offer all that may be chosen, best first; in an answer the chosen one.
    pub keys: Vec<SdesKey>,
    /// Keys may come from DTLS. In an offer it may stand beside `keys`.
    pub dtls: Option<Box<Dtls>>,
}
