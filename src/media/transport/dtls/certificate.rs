//! Certificates: ours, made for one session and signed by itself; theirs, of which only the public key and the fingerprint
//! matter. It checks no chain and no name: that is not what DTLS-SRTP trusts in (RFC 5763 section 5).
use super::wire::Reader;
use crate::domain::protection::{Fingerprint, Hash};
use ring::{
    digest,
    rand::SystemRandom,
    signature::{
        self, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey, VerificationAlgorithm,
    },
};
use std::{fmt, sync::Arc};

/// Schemes we verify (RFC 8446 section 4.2.3, with their meaning in TLS 1.2), best first.
pub(super) const SCHEMES: [u16; 8] = [ECDSA_SHA256, 0x0503, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601];
/// The one we sign with.
pub(super) const ECDSA_SHA256: u16 = 0x0403;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OBJECT: u8 = 0x06;
const VERSION: u8 = 0xA0;
const EC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
const P256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
const P384: &[u8] = &[0x2B, 0x81, 0x04, 0x00, 0x22];
const RSA_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
const ECDSA_WITH_SHA256: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02];
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// Our certificate and its key (ECDSA, P-256). A new one for each session: it says nothing of who we are.
#[derive(Clone)]
pub(in crate::media) struct Identity(Arc<Inner>);

struct Inner {
    certificate: Vec<u8>,
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl Identity {
    /// `None`: the system has no randomness.
    pub(in crate::media) fn new() -> Option<Self> {
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).ok()?;
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random).ok()?;
        let mut serial = [0; 8];
        getrandom::fill(&mut serial).ok()?;
        let body = body(serial, key.public_key().as_ref());
        let signature = key.sign(&random, &body).ok()?;
        let certificate = tlv(SEQUENCE, &[&body, &algorithm(), &bits(signature.as_ref())]);
        Some(Self(Arc::new(Inner { certificate, key, random })))
    }

    /// What our description says of it.
    pub(in crate::media) fn fingerprint(&self) -> Fingerprint {
        Fingerprint { hash: Hash::Sha256, digest: digest(Hash::Sha256, &self.0.certificate) }
    }

    pub(super) fn certificate(&self) -> &[u8] {
        &self.0.certificate
    }

    /// Signs under [`ECDSA_SHA256`].
    pub(super) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        self.0.key.sign(&self.0.random, message).ok().map(|signature| signature.as_ref().to_vec())
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity")
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.0.certificate == other.0.certificate
    }
}

impl Eq for Identity {}

/// Whether a certificate has this fingerprint.
pub(super) fn matches(certificate: &[u8], fingerprint: &Fingerprint) -> bool {
    digest(fingerprint.hash, certificate) == fingerprint.digest
}

fn digest(hash: Hash, bytes: &[u8]) -> Vec<u8> {
    let algorithm = match hash {
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    };
    digest::digest(algorithm, bytes).as_ref().to_vec()
}

/// The key of the other side's certificate.
#[derive(Debug)]
pub(super) struct PeerKey {
    kind: Kind,
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    P256,
    P384,
    Rsa,
}

impl PeerKey {
    /// `None`: no X.509 certificate, or a key that we cannot verify with.
    pub(super) fn of(certificate: &[u8]) -> Option<Self> {
        let mut outer = Reader::new(Reader::new(certificate).der(SEQUENCE)?);
        let mut body = Reader::new(outer.der(SEQUENCE)?);
        if body.peek() == Some(VERSION) {
            body.der(VERSION)?;
        }
        body.der(INTEGER)?; // serial number
        for _signature_issuer_validity_subject in 0..4 {
            body.der(SEQUENCE)?;
        }
        let mut info = Reader::new(body.der(SEQUENCE)?);
        let mut algorithm = Reader::new(info.der(SEQUENCE)?);
        let (&unused, bytes) = info.der(BITS)?.split_first()?;
        let kind = match algorithm.der(OBJECT)? {
            RSA_KEY => Kind::Rsa,
            EC_KEY => match algorithm.der(OBJECT)? {
                P256 => Kind::P256,
                P384 => Kind::P384,
                _ => return None,
            },
            _ => return None,
        };
        (unused == 0).then(|| Self { kind, bytes: bytes.to_vec() })
    }

    /// Whether this signature under a scheme of [`SCHEMES`] is this key's.
    pub(super) fn verifies(&self, scheme: u16, message: &[u8], signature: &[u8]) -> bool {
        let algorithm: &dyn VerificationAlgorithm = match (self.kind, scheme) {
            (Kind::P256, 0x0403) => &signature::ECDSA_P256_SHA256_ASN1,
            (Kind::P256, 0x0503) => &signature::ECDSA_P256_SHA384_ASN1,
            (Kind::P384, 0x0403) => &signature::ECDSA_P384_SHA256_ASN1,
            (Kind::P384, 0x0503) => &signature::ECDSA_P384_SHA384_ASN1,
            (Kind::Rsa, 0x0401) => &signature::RSA_PKCS1_2048_8192_SHA256,
            (Kind::Rsa, 0x0501) => &signature::RSA_PKCS1_2048_8192_SHA384,
            (Kind::Rsa, 0x0601) => &signature::RSA_PKCS1_2048_8192_SHA512,
            (Kind::Rsa, 0x0804) => &signature::RSA_PSS_2048_8192_SHA256,
            (Kind::Rsa, 0x0805) => &signature::RSA_PSS_2048_8192_SHA384,
            (Kind::Rsa, 0x0806) => &signature::RSA_PSS_2048_8192_SHA512,
            _ => return false,
        };
        UnparsedPublicKey::new(algorithm, &self.bytes).verify(message, signature).is_ok()
    }
}

/// What is signed of our certificate (RFC 5280 section 4.1). Its dates are the same for everybody: they tell no clock.
fn body(mut serial: [u8; 8], point: &[u8]) -> Vec<u8> {
    serial[0] = serial[0] & 0x7F | 0x40; // positive, and as short as it can be written
    let name = tlv(SEQUENCE, &[&tlv(OBJECT, &[COMMON_NAME]), &tlv(0x0C, &[b"call"])]);
    let name = tlv(SEQUENCE, &[&tlv(0x31, &[&name])]);
    let validity = tlv(SEQUENCE, &[&tlv(0x17, &[b"000101000000Z"]), &tlv(0x17, &[b"491231235959Z"])]);
    let kind = tlv(SEQUENCE, &[&tlv(OBJECT, &[EC_KEY]), &tlv(OBJECT, &[P256])]);
    let key = tlv(SEQUENCE, &[&kind, &bits(point)]);
    let version = tlv(VERSION, &[&tlv(INTEGER, &[&[2]])]);
    let serial = tlv(INTEGER, &[&serial]);
    tlv(SEQUENCE, &[&version, &serial, &algorithm(), &name, &validity, &name, &key])
}

fn algorithm() -> Vec<u8> {
    tlv(SEQUENCE, &[&tlv(OBJECT, &[ECDSA_WITH_SHA256])])
}

fn bits(bytes: &[u8]) -> Vec<u8> {
    tlv(BITS, &[&[0], bytes])
}

/// One element of DER; none of ours has 64 KiB.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len()).sum::<usize>() as u16;
    let [high, low] = length.to_be_bytes();
    let mut bytes = vec![tag];
    match length {
        0..=0x7F => bytes.push(low),
        0x80..=0xFF => bytes.extend([0x81, low]),
        _ => bytes.extend([0x82, high, low]),
    }
    parts.iter().for_each(|part| bytes.extend(*part));
    bytes
}
