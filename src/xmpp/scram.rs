//! Logging in with a password that never leaves this machine: SCRAM (RFC 5802, RFC 7677) with SHA-512, SHA-256 or SHA-1, bound to
//! the TLS channel (RFC 9266) only where the server lists that binding (XEP-0440): one server offers `-PLUS` and then refuses it.
//! PLAIN is never used. It checks what its library does not: the nonce, the work asked for, and that the server knew the password.
use crate::domain::{account::Problem, private::Private};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sasl::{
    client::{Mechanism, mechanisms::Scram},
    common::{
        ChannelBinding, Credentials, Password,
        scram::{DeriveError, ScramProvider, Sha1, Sha256},
    },
    secret::Pbkdf2Sha256,
};
use sha2::{Digest, Sha512 as Hash, digest::InvalidLength};

/// RFC 5802 section 5.1: fewer make a stolen exchange easy to guess from.
const FEWEST_ITERATIONS: u32 = 4096;
/// More would only keep this machine busy.
const MOST_ITERATIONS: u32 = 2_000_000;
/// The name of the one binding we can make, in XEP-0440.
const EXPORTER: &str = "tls-exporter";

type Boxed = Box<dyn Mechanism + Send + Sync>;
type Make = fn(Credentials) -> Option<Boxed>;
type Hasher = fn(&[u8]) -> Vec<u8>;

/// One exchange with a server.
pub(super) struct Exchange {
    mechanism: Boxed,
    name: String,
    nonce: String,
    answered: bool,
    /// What was offered, as the server is to have hashed it.
    offer: String,
    hash: Hasher,
}

impl Exchange {
    /// Picks the best mechanism offered; `exporter` is the channel's binding value, if it has one.
    pub(super) fn choose(
        offered: &[String],
        bindings: &[String],
        exporter: Option<Vec<u8>>,
        user: &str,
        password: &Private<String>,
    ) -> Result<Self, Problem> {
        let binding = exporter.filter(|_| bindings.iter().any(|binding| binding == EXPORTER));
        let plus =
            offered.iter().any(|name| name.starts_with("SCRAM-") && name.ends_with("-PLUS")) && binding.is_some();
        let channel = |plus: bool| match &binding {
            Some(value) if plus => ChannelBinding::TlsExporter(value.clone()),
            _ => ChannelBinding::None,
        };
        let password = stringprep::saslprep(password.expose()).map_err(|_| Problem::WrongPassword)?.into_owned();
        // RFC 5802 section 5.1: these two separate attributes
        let user = user.replace('=', "=3D").replace(',', "=2C");
        let credentials = |plus| {
            Credentials::default()
                .with_username(user.as_str())
                .with_password(password.as_str())
                .with_channel_binding(channel(plus))
        };
        for plus in [true, false].into_iter().filter(|with| plus || !with) {
            let candidates: [(Make, Hasher); 3] =
                [(make::<Sha512>, Sha512::hash), (make::<Sha256>, Sha256::hash), (make::<Sha1>, Sha1::hash)];
            let found = candidates
                .into_iter()
                .filter_map(|(make, hash)| Some((make(credentials(plus))?, hash)))
                .find(|(mechanism, _)| offered.iter().any(|name| name == mechanism.name()));
            if let Some((mechanism, hash)) = found {
                let (name, nonce, offer) = (mechanism.name().to_owned(), String::new(), offer(offered, bindings));
                return Ok(Self { mechanism, name, nonce, answered: false, offer, hash });
            }
        }
        Err(Problem::NoSafeLogin)
    }

    /// The mechanism's name for `<auth/>`.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The first message.
    pub(super) fn start(&mut self) -> Vec<u8> {
        let first = self.mechanism.initial();
        let text = String::from_utf8_lossy(&first);
        self.nonce = text.rsplit_once(",r=").map_or("", |(_, nonce)| nonce).to_owned();
        first
    }

    /// The answer to the server's challenge. Takes a while by design: it is to run where it blocks nobody.
    pub(super) fn answer(&mut self, challenge: &[u8]) -> Result<Vec<u8>, Problem> {
        let text = std::str::from_utf8(challenge).map_err(|_| Problem::Protocol)?;
        let value = |name: char| text.split(',').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        // the server's nonce begins with ours, or the exchange is somebody else's
        let fresh = value('r').is_some_and(|nonce| nonce.len() > self.nonce.len() && nonce.starts_with(&self.nonce));
        let work: u32 = value('i').and_then(|i| i.parse().ok()).ok_or(Problem::Protocol)?;
        if self.answered || self.nonce.is_empty() || !fresh {
            return Err(Problem::Protocol);
        }
        if !(FEWEST_ITERATIONS..=MOST_ITERATIONS).contains(&work) {
            return Err(Problem::NoSafeLogin);
        }
        // a server that says what it offered, under the password's own signature, must have offered what came here
        if value('h').is_some_and(|hash| hash != BASE64.encode((self.hash)(self.offer.as_bytes()))) {
            return Err(Problem::Downgraded);
        }
        self.answered = true;
        self.mechanism.response(challenge).map_err(|_| Problem::Protocol)
    }

    /// The server's last word proves that it knows the password too; without it, it is not the server.
    pub(super) fn success(&mut self, data: &[u8]) -> Result<(), Problem> {
        self.mechanism.success(data).map_err(|_| Problem::NoSafeLogin)
    }
}

/// Mechanisms and bindings as XEP-0474 section 4 has them hashed: sorted, between characters that cannot stand in XML.
fn offer(mechanisms: &[String], bindings: &[String]) -> String {
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list.join("\u{1e}")
    };
    let mut offer = sorted(mechanisms);
    if !bindings.is_empty() {
        offer.push('\u{1f}');
        offer.push_str(&sorted(bindings));
    }
    offer
}

fn make<S: ScramProvider + Send + Sync + 'static>(credentials: Credentials) -> Option<Boxed> {
    Some(Box::new(Scram::<S>::from_credentials(credentials).ok()?))
}

/// SHA-512, which the library does not have.
struct Sha512;

/// HMAC (RFC 2104) with the key worked in once.
struct Hmac {
    inner: Hash,
    outer: Hash,
}

impl Hmac {
    fn new(key: &[u8]) -> Self {
        let mut block = [0u8; 128];
        let hashed = Hash::digest(key);
        let key: &[u8] = if key.len() > block.len() { &hashed } else { key };
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        let pad = |with: u8| Hash::new().chain_update(block.map(|byte| byte ^ with));
        Self { inner: pad(0x36), outer: pad(0x5c) }
    }

    fn of(&self, parts: &[&[u8]]) -> [u8; 64] {
        let inner = parts.iter().fold(self.inner.clone(), |hash, part| hash.chain_update(part));
        self.outer.clone().chain_update(inner.finalize()).finalize().into()
    }
}

impl ScramProvider for Sha512 {
    type Secret = Pbkdf2Sha256;

    fn name() -> &'static str {
        "SHA-512"
    }

    fn hash(data: &[u8]) -> Vec<u8> {
        Hash::digest(data).to_vec()
    }

    fn hmac(data: &[u8], key: &[u8]) -> Result<Vec<u8>, InvalidLength> {
        Ok(Hmac::new(key).of(&[data]).to_vec())
    }

    /// PBKDF2 (RFC 8018) with one block of output.
    fn derive(password: &Password, salt: &[u8], iterations: u32) -> Result<Vec<u8>, DeriveError> {
        let Password::Plain(password) = password else { return Err(DeriveError::InvalidLength) };
        let hmac = Hmac::new(password.as_bytes());
        let mut last = hmac.of(&[salt, &1u32.to_be_bytes()]);
        let mut sum = last;
        for _ in 1..iterations {
            last = hmac.of(&[&last]);
            sum.iter_mut().zip(last).for_each(|(to, from)| *to ^= from);
        }
        Ok(sum.to_vec())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn choose(offered: &[&str], bindings: &[&str]) -> Result<String, Problem> {
        let owned = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect::<Vec<_>>();
        Exchange::choose(&owned(offered), &owned(bindings), Some(vec![7; 32]), "a,b=c", &"pencil".into())
            .map(|exchange| exchange.name().to_owned())
    }

    #[test]
    fn the_best_safe_mechanism_is_picked() {
        assert_eq!(choose(&["PLAIN", "SCRAM-SHA-1"], &[]).unwrap(), "SCRAM-SHA-1");
        assert_eq!(choose(&["SCRAM-SHA-1", "SCRAM-SHA-256", "SCRAM-SHA-512"], &[]).unwrap(), "SCRAM-SHA-512");
        assert_eq!(choose(&["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256"], &["tls-exporter"]).unwrap(), "SCRAM-SHA-1-PLUS");
        // offered, but the binding is not listed
        assert_eq!(choose(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], &["tls-unique"]).unwrap(), "SCRAM-SHA-256");
        for unsafe_ in [&["PLAIN"][..], &["DIGEST-MD5", "ANONYMOUS"], &[], &["SCRAM-SHA-256-PLUS"]] {
            assert_eq!(choose(unsafe_, &[]), Err(Problem::NoSafeLogin), "{unsafe_:?}");
        }
    }

    #[test]
    fn a_replayed_or_cheap_or_endless_challenge_is_refused() {
        let answer = |challenge: &dyn Fn(&str) -> String| {
            let mut exchange = Exchange::choose(&["SCRAM-SHA-256".to_owned()], &[], None, "u", &"p".into()).unwrap();
            exchange.start();
            let challenge = challenge(&exchange.nonce.clone());
            exchange.answer(challenge.as_bytes()).map(|_| exchange)
        };
        assert_eq!(answer(&|_| "r=other,s=QSXCR+Q6sek8bf92,i=4096".to_owned()).err(), Some(Problem::Protocol));
        assert_eq!(answer(&|n| format!("r={n},s=QSXCR+Q6sek8bf92,i=4096")).err(), Some(Problem::Protocol));
        assert_eq!(answer(&|n| format!("r={n}x,s=QSXCR+Q6sek8bf92,i=1")).err(), Some(Problem::NoSafeLogin));
        assert_eq!(answer(&|n| format!("r={n}x,s=QSXCR+Q6sek8bf92,i=4000000000")).err(), Some(Problem::NoSafeLogin));
        assert_eq!(answer(&|n| format!("r={n}x,i=4096")).err(), Some(Problem::Protocol));
        let mut good = answer(&|n| format!("r={n}x,s=QSXCR+Q6sek8bf92,i=4096")).unwrap();
        assert_eq!(good.success(b"v=AAAA"), Err(Problem::NoSafeLogin), "a server that does not know the password");
        assert_eq!(good.success(b""), Err(Problem::NoSafeLogin));
    }

    #[test]
    fn an_offer_that_was_changed_on_the_way_is_noticed() {
        // the example of XEP-0474
        let mechanisms = ["SCRAM-SHA-1-PLUS".to_owned(), "SCRAM-SHA-1".to_owned()];
        let bindings = ["tls-server-end-point".to_owned(), "tls-exporter".to_owned()];
        assert_eq!(BASE64.encode(Sha1::hash(offer(&mechanisms, &bindings).as_bytes())), "G6k/rBLDqgOhRRaCuuatSDFkJ08=");
        let answer = |mechanisms: &[String], bindings: &[String]| {
            let mut exchange = Exchange::choose(mechanisms, bindings, Some(vec![7; 32]), "u", &"p".into()).unwrap();
            exchange.start();
            let challenge = format!("r={}x,s=QSXCR+Q6sek8bf92,i=4096,h=G6k/rBLDqgOhRRaCuuatSDFkJ08=", exchange.nonce);
            exchange.answer(challenge.as_bytes()).err()
        };
        assert_eq!(answer(&mechanisms, &bindings), None);
        assert_eq!(
            answer(&mechanisms, &bindings[..1]),
            Some(Problem::Downgraded),
            "the binding we can make was taken out"
        );
        assert_eq!(answer(&mechanisms[1..], &bindings), Some(Problem::Downgraded));
    }

    #[test]
    fn sha_512_as_published() {
        let hex = |bytes: &[u8]| super::super::wire_id::hex(bytes);
        // RFC 4231 test case 2
        let mac = Sha512::hmac(b"what do ya want for nothing?", b"Jefe").unwrap();
        assert!(hex(&mac).starts_with("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"));
        // RFC 4231 test case 6: a key longer than a block
        let mac = Sha512::hmac(b"Test Using Larger Than Block-Size Key - Hash Key First", &[0xaa; 131]).unwrap();
        assert!(hex(&mac).starts_with("80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"));
        // PBKDF2-HMAC-SHA512, "password", "salt", 4096
        let key = Sha512::derive(&Password::Plain("password".to_owned()), b"salt", 4096).unwrap();
        assert!(hex(&key).starts_with("d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"));
    }
}
