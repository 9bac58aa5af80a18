//! An account: what is configured, what it can do, and how its registration stands.
use super::server::{StunServer, TurnServer};
use serde::{Deserialize, Serialize};
use std::{net::IpAddr, path::PathBuf};

/// Stable short name of an account, unique in one home, for example `sip-alice-sip.test`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub String);

impl AccountId {
    /// What a log may say: the id itself holds the address, and that may be a telephone number.
    pub fn in_log(&self) -> String {
        let kind = self.0.split('-').next().unwrap_or_default();
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&self.0, &mut hasher);
        format!("{kind}-{:06x}", std::hash::Hasher::finish(&hasher) & 0xff_ffff)
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// SIP transport (RFC 3261 section 18, RFC 5922 for TLS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SipTransport {
    /// Datagrams.
    Udp,
    /// Stream.
    Tcp,
    /// TLS over TCP.
    Tls,
}

/// How XMPP reaches TLS (RFC 7590, XEP-0368).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum XmppTls {
    /// TLS from the first byte.
    Direct,
    /// STARTTLS; never optional.
    Starttls,
}

/// Whether calls are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// A call that cannot be encrypted is not made.
    Required,
    /// Encrypted wherever the other side can.
    Preferred,
    /// Not offered; one who insists on it is not refused.
    Off,
}

/// Which keys encrypt calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keys {
    /// Those that the signalling carries (RFC 4568): the servers on its way can read them.
    Sdes,
    /// Those that both sides make between themselves (RFC 5764).
    Dtls,
}

/// What differs between the two kinds of account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum AccountKind {
    /// A SIP account.
    Sip {
        /// `None`: found by NAPTR and SRV, then by trying TLS, TCP, UDP.
        transport: Option<SipTransport>,
        /// Digest user name where it differs from the address's user part.
        auth_user: Option<String>,
    },
    /// An XMPP account.
    Xmpp {
        /// `None`: found by SRV.
        tls: Option<XmppTls>,
    },
}

/// A way to an account's server, where DNS names none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Way {
    /// `HOST` or `HOST:PORT`; `None`: the account's domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// `None`: all, one after the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<SipTransport>,
}

/// How an account's calls are protected and find their path, and how it is kept reachable, where the person says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CallSettings {
    /// How long a registration is asked for, in seconds; `None`: a minute by datagrams, ten by streams.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<u32>,
    /// What the provider's own documentation says of the way to its server: tried where DNS says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub way: Option<Way>,
    /// Whose settings these are: an entry of `assets/providers.toml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The part of the service that the password is for (its realm), where that is neither the domain nor what the server
    /// names at log-in; nobody else who asks gets a proof of the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realm: Option<String>,
    /// Which keys are offered; `None`: both kinds, and the other side chooses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Keys>,
    /// Whether ICE (RFC 8445) is spoken; `None`: it is answered always, and offered where it costs nothing: over a stream,
    /// which bears a longer message, or where a server below is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ice: Option<bool>,
    /// Tells us our address as the outside sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stun: Option<StunServer>,
    /// Relays where there is no direct path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn: Option<TurnServer>,
    /// Our name there; the password is a secret of the account ([`AccountConfig::turn_secret`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_user: Option<String>,
}

/// One configured account. The password is not here: it lives in the room `secrets`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountConfig {
    /// Its name in this home.
    pub id: AccountId,
    /// Address of record or bare JID without scheme: `alice@sip.test`.
    pub address: String,
    /// `HOST:PORT` given by hand; `None`: found by DNS.
    #[serde(default)]
    pub server: Option<String>,
    /// A PEM file trusted besides the system's store.
    #[serde(default)]
    pub ca: Option<PathBuf>,
    /// Whether calls are encrypted; `None`: preferred where the way to the server is encrypted, off otherwise, because keys
    /// that travel in the clear protect nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
    /// How its calls are placed and taken.
    #[serde(default, skip_serializing_if = "CallRules::are_usual")]
    pub rules: CallRules,
    /// SIP or XMPP, with what only that kind has.
    #[serde(flatten)]
    pub kind: AccountKind,
    /// How its calls are protected and find their path.
    #[serde(default)]
    pub calls: Box<CallSettings>,
}

/// How an account's calls are placed and taken.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallRules {
    /// Calls that ask for it are answered at once (an intercom): whoever calls so hears this room. Never unless it is set.
    pub answer_at_once: bool,
    /// Those who are called are not told by whom.
    pub hide_number: bool,
    /// The country's calling code, for example `1` or `34`: then numbers are dialled in their international form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The area code, put before numbers that are dialled without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The number or address of the voice mailbox; `None`: what the server names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voicemail: Option<String>,
}

impl CallRules {
    fn are_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl AccountConfig {
    /// An account of which no more is known: its id from its address, its server from DNS, the rest as usual.
    pub fn new(kind: AccountKind, address: &str) -> Self {
        Self {
            id: Self::derive_id(&kind, address),
            kind,
            address: address.to_owned(),
            server: None,
            ca: None,
            encryption: None,
            rules: CallRules::default(),
            calls: Box::default(),
        }
    }
    /// The part before the `@`.
    pub fn user(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(user, _)| user)
    }
    /// The part after the `@`: the domain that certificates must name.
    pub fn domain(&self) -> &str {
        self.address.rsplit_once('@').map_or(self.address.as_str(), |(_, domain)| domain)
    }
    /// The name under which the password of its TURN server is kept: no id has a space.
    pub fn turn_secret(&self) -> AccountId {
        AccountId(format!("{} turn", self.id))
    }
    /// The name under which is kept what its server gave for the next log-in.
    pub fn kept_secret(&self) -> AccountId {
        AccountId(format!("{} kept", self.id))
    }
    /// The id an account gets when it is added: `sip-user-domain` or `xmpp-user-domain`.
    pub fn derive_id(kind: &AccountKind, address: &str) -> AccountId {
        let kind = match kind {
            AccountKind::Sip { .. } => "sip",
            AccountKind::Xmpp { .. } => "xmpp",
        };
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c.to_ascii_lowercase() } else { '-' };
        AccountId(format!("{kind}-{}", address.chars().map(plain).collect::<String>()))
    }
}

/// What an account can do now; the UI asks this, never the kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Calls can be placed and received.
    pub calls: bool,
    /// Texts can be sent and received.
    pub texts: bool,
    /// Delivery receipts are asked for.
    pub receipts: bool,
    /// Texts that arrived while away are fetched on login.
    pub archive: bool,
    /// Texts can be answered, reacted to, corrected and taken back.
    #[serde(default)]
    pub changes: bool,
    /// The way to the server is encrypted: keys of calls may travel on it.
    #[serde(default)]
    pub secure: bool,
}

/// Where an account stands with its server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Registration {
    /// Not asked to connect, or stopped.
    Offline,
    /// On its way: resolving, connecting, authenticating.
    Connecting,
    /// Reachable.
    Registered {
        /// Local address of the connection.
        local: IpAddr,
        /// The server's address: media of calls take their way by it until the other side has named its own.
        server: IpAddr,
        /// What it can do.
        capabilities: Capabilities,
    },
    /// Not reachable. `retry`: it will be tried again without being asked.
    Failed {
        /// What a person can act on.
        problem: Problem,
        /// Tried again by itself.
        retry: bool,
    },
}

/// Why an account cannot be used, as something a person can act on. Each has a sentence in `words/` (`problem-…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The server refused the name or the password.
    #[error("wrong password")]
    WrongPassword,
    /// The domain has no such service, or DNS has no such name.
    #[error("unknown host")]
    UnknownHost,
    /// Connection refused, no route, or the cable is out.
    #[error("unreachable")]
    Unreachable,
    /// No answer in time.
    #[error("timed out")]
    TimedOut,
    /// The certificate's issuer is not trusted.
    #[error("certificate not trusted")]
    CertificateUntrusted,
    /// The certificate is for another name.
    #[error("certificate names another host")]
    CertificateName,
    /// The certificate is expired or not yet valid.
    #[error("certificate expired")]
    CertificateExpired,
    /// The server offers no encryption, or no safe log-in.
    #[error("no safe log-in offered")]
    NoSafeLogin,
    /// What the server offers was changed on the way here.
    #[error("the log-in was tampered with")]
    Downgraded,
    /// The account is logged in elsewhere under the same resource.
    #[error("replaced by another log-in")]
    Conflict,
    /// Refused for another reason; the code is the SIP status or 0.
    #[error("refused by the server")]
    Refused,
    /// The server closed the connection or restarted.
    #[error("server gone")]
    ServerGone,
    /// Only a wireless route exists and the person has not allowed it.
    #[error("no wired route")]
    NotWired,
    /// No password is stored, or the vault is locked.
    #[error("no password stored")]
    NoPassword,
    /// The server said something that is not the protocol.
    #[error("the server does not speak this protocol")]
    Protocol,
}

impl Problem {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::WrongPassword,
        Self::UnknownHost,
        Self::Unreachable,
        Self::TimedOut,
        Self::CertificateUntrusted,
        Self::CertificateName,
        Self::CertificateExpired,
        Self::NoSafeLogin,
        Self::Downgraded,
        Self::Conflict,
        Self::Refused,
        Self::ServerGone,
        Self::NotWired,
        Self::NoPassword,
        Self::Protocol,
    ];

    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::WrongPassword => "problem-wrong-password",
            Self::UnknownHost => "problem-unknown-host",
            Self::Unreachable => "problem-unreachable",
            Self::TimedOut => "problem-timed-out",
            Self::CertificateUntrusted => "problem-certificate-untrusted",
            Self::CertificateName => "problem-certificate-name",
            Self::CertificateExpired => "problem-certificate-expired",
            Self::NoSafeLogin => "problem-no-safe-login",
            Self::Downgraded => "problem-downgraded",
            Self::Conflict => "problem-conflict",
            Self::Refused => "problem-refused",
            Self::ServerGone => "problem-server-gone",
            Self::NotWired => "problem-not-wired",
            Self::NoPassword => "problem-no-password",
            Self::Protocol => "problem-protocol",
        }
    }
    /// Whether trying again without a change can help.
    pub const fn may_pass(self) -> bool {
        !matches!(
            self,
            Self::WrongPassword
                | Self::CertificateUntrusted
                | Self::CertificateName
                | Self::NoSafeLogin
                | Self::Downgraded
                | Self::Conflict
                | Self::NoPassword
        )
    }
}
