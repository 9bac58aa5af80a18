//! A call, as people and scripts see it.
use super::{
    account::AccountId, address::Address, message::Direction, private::Private, quality::Quality, transfer::Handover,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Id of a call in this run, printed as lowercase hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u32);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:x}", self.0)
    }
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CallState {
    /// Outgoing: asked for, nothing heard yet.
    Dialling,
    /// Outgoing: it rings there.
    Ringing,
    /// Incoming: it rings here.
    Incoming,
    /// Answered; media on its way.
    Connecting,
    /// Talking.
    Active,
    /// Held by us.
    Held,
    /// Over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

impl CallState {
    /// Whether the call is over.
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Ended { .. })
    }
}

/// What a caller is told whose call is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decline {
    /// The person does not take it.
    Declined,
    /// The person is in a call.
    Busy,
    /// Its media are of no use here.
    Media,
}

/// How a call's packets are encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaEncryption {
    /// Keys that the signalling carried (RFC 4568), over an encrypted way to the server: the server can read them.
    Sdes,
    /// The same over a way in the clear: whoever reads the signalling can listen.
    SdesInClear,
    /// Keys that both ends made between themselves (RFC 5763), each known by what an encrypted way has brought.
    Dtls,
    /// The same over a way in the clear: nobody can just listen, but one who changes the signalling can come between.
    DtlsInClear,
    /// Both ends are making their keys; until then nothing is sent.
    Pending,
}

impl MediaEncryption {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sdes => "call-encrypted",
            Self::SdesInClear => "call-encrypted-clear",
            Self::Dtls => "call-encrypted-ends",
            Self::DtlsInClear => "call-encrypted-unvouched",
            Self::Pending => "call-encrypting",
        }
    }
    /// Whether nobody on the way can listen or come between, but the servers of both.
    pub const fn is_sound(self) -> bool {
        matches!(self, Self::Sdes | Self::Dtls)
    }
}

/// Why a call ended. Each has a sentence in `words/` (`ended-…`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// We hung up.
    HungUpHere,
    /// They hung up.
    HungUpThere,
    /// Given up before it was answered: by us (outgoing) or by them (incoming: a missed call).
    Cancelled,
    /// Declined, by either side.
    Declined,
    /// The other side is in a call.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// No such number or address.
    NotFound,
    /// Not reachable now.
    Unavailable,
    /// The server or account may not call this.
    Refused,
    /// No codec or encryption in common.
    NoCommonMedia,
    /// Encryption is required, and the other side cannot.
    NotEncrypted,
    /// Both ends wanted encryption, and it could not be set up, or the other end was not who it said.
    EncryptionFailed,
    /// No way for the sound was found between both ends, or the one there was is lost.
    NoPath,
    /// The server went away and did not come back in time.
    ServerGone,
    /// Another device of ours took it or declined it.
    HandledElsewhere,
    /// A sound or network fault here.
    LocalFault,
    /// The other side went away without hanging up.
    Lost,
    /// It was redirected to another number, which is not called without being asked for.
    Redirected,
    /// The service wants to be paid first.
    PaymentNeeded,
    /// The number is not whole.
    Incomplete,
    /// The number or address is not in use any more.
    NoLongerInUse,
    /// The other side takes no calls from people who do not say who they are.
    NotAnonymously,
    /// The other side, or its service, takes no calls from this number.
    Blocked,
    /// The service has more calls than it can carry.
    Overloaded,
    /// Somebody behind our server asked for the account's password, and did not get it.
    PasswordAsked,
    /// It was handed over: the others talk to each other, or somebody else took their place.
    Transferred,
    /// Another error of the server.
    Server,
}

impl EndReason {
    /// The sentence's key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::HungUpHere => "ended-hung-up-here",
            Self::HungUpThere => "ended-hung-up-there",
            Self::Cancelled => "ended-cancelled",
            Self::Declined => "ended-declined",
            Self::Busy => "ended-busy",
            Self::NoAnswer => "ended-no-answer",
            Self::NotFound => "ended-not-found",
            Self::Unavailable => "ended-unavailable",
            Self::Refused => "ended-refused",
            Self::NoCommonMedia => "ended-no-common-media",
            Self::NotEncrypted => "ended-not-encrypted",
            Self::EncryptionFailed => "ended-encryption-failed",
            Self::NoPath => "ended-no-path",
            Self::ServerGone => "ended-server-gone",
            Self::HandledElsewhere => "ended-handled-elsewhere",
            Self::LocalFault => "ended-local-fault",
            Self::Lost => "ended-lost",
            Self::Redirected => "ended-redirected",
            Self::PaymentNeeded => "ended-payment-needed",
            Self::Incomplete => "ended-incomplete",
            Self::NoLongerInUse => "ended-no-longer-in-use",
            Self::NotAnonymously => "ended-not-anonymously",
            Self::Blocked => "ended-blocked",
            Self::Overloaded => "ended-overloaded",
            Self::PasswordAsked => "ended-password-asked",
            Self::Transferred => "ended-transferred",
            Self::Server => "ended-server",
        }
    }
}

/// What a recording is written as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFormat {
    /// Opus in an Ogg file: 20 MB an hour.
    #[default]
    Opus,
    /// 16-bit PCM: what every program plays, 700 MB an hour.
    Wav,
}

impl RecordingFormat {
    /// All, in the order of a list to choose from.
    pub const ALL: [Self; 2] = [Self::Opus, Self::Wav];

    /// How such a file's name ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Opus => "opus",
            Self::Wav => "wav",
        }
    }
}

/// A call now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Its id.
    pub id: CallId,
    /// Its account.
    pub account: AccountId,
    /// The other side.
    pub peer: Address,
    /// The contact's name or the name the other side gave.
    pub name: Option<Private<String>>,
    /// Which way.
    pub direction: Direction,
    /// Where it stands.
    #[serde(flatten)]
    pub state: CallState,
    /// Our microphone is muted.
    pub muted: bool,
    /// The other side holds us.
    pub held_there: bool,
    /// When it began (dialled or rang).
    pub started_at: Timestamp,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// The codec in use, by its RTP name.
    pub codec: Option<String>,
    /// It is one of several calls that are joined: everybody hears everybody.
    #[serde(default)]
    pub joined: bool,
    /// The file that it is being recorded into.
    #[serde(default)]
    pub recording: Option<PathBuf>,
    /// Since when.
    #[serde(default)]
    pub recording_since: Option<Timestamp>,
    /// How loud the other side is heard, by us and by those who are joined, in percent.
    #[serde(default = "as_it_comes")]
    pub volume: u16,
    /// How it sounds; `None`: nobody talks, or it is too early to say.
    #[serde(default)]
    pub quality: Option<Quality>,
    /// How its packets are encrypted now; `None`: they are not.
    #[serde(default)]
    pub encryption: Option<MediaEncryption>,
    /// The way of its sound is lost, and another is looked for.
    #[serde(default)]
    pub searching: bool,
    /// It is being handed over.
    #[serde(default)]
    pub handover: Option<Handover>,
    /// Incoming: whom the caller had called before it was forwarded here. Outgoing: to whom it was redirected.
    #[serde(default)]
    pub via: Option<Address>,
    /// Keys pressed so far, shown so that the person sees what was sent.
    pub dtmf_sent: Private<String>,
}

/// The volume that changes nothing, in percent.
pub const AS_IT_COMES: u16 = 100;
/// The loudest there is.
pub const LOUDEST: u16 = 400;

const fn as_it_comes() -> u16 {
    AS_IT_COMES
}

impl Call {
    /// Where it stands, as a sentence's key in `words/`.
    pub const fn key(&self) -> &'static str {
        match self.state {
            CallState::Dialling => "call-dialling",
            CallState::Ringing => "call-ringing",
            CallState::Incoming => "call-incoming",
            CallState::Connecting => "call-connecting",
            CallState::Active if self.held_there => "call-held-there",
            CallState::Active => "call-active",
            CallState::Held => "call-held",
            CallState::Ended { reason } => reason.key(),
        }
    }
}

/// A call as the history keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Row id in the store.
    pub row: i64,
    /// Its account.
    pub account: AccountId,
    /// The other side.
    pub peer: Address,
    /// The contact's name, where one is known.
    pub name: Option<Private<String>>,
    /// Which way.
    pub direction: Direction,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was answered; `None`: it was not.
    pub answered_at: Option<Timestamp>,
    /// When it ended; `None`: the program stopped in mid-call.
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    pub reason: Option<EndReason>,
    /// What the person wrote down in it.
    #[serde(default)]
    pub note: Option<Private<String>>,
}
