//! What the window and the command line may ask of the engine; what it tells them is in `event`, what it answers in `reply`.
//! The same types travel over the private socket as JSON (one object a line), so they are a stable contract.
use crate::{
    audio::DeviceChoice,
    config::{CodesConfig, DesktopConfig, PrivacyConfig, RecordingConfig, WindowConfig},
    domain::{
        account::{AccountConfig, AccountId, CallRules, Encryption},
        call::CallId,
        conversation::ConversationId,
        link::WiredPolicy,
        message::MessageId,
        private::Private,
    },
};
use serde::{Deserialize, Serialize};

pub use super::{
    deeds::{Deed, Wanted},
    event::Event,
    files::{Attach, FileMoved, FileProblem, FileState},
    handle::{EngineHandle, Request},
    refusal::Refusal,
    reply::Reply,
    snapshot::{AccountStatus, SecretsState, Snapshot, StoreState},
};

/// A request to the engine.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Try to log in with these and tell how it went; nothing is kept. Reply: [`Reply::Done`] or a refusal with the problem.
    TestAccount {
        /// The account as typed.
        config: AccountConfig,
        /// Its password.
        password: Private<String>,
    },
    /// Keep an account and connect it. Reply: [`Reply::Account`].
    AddAccount {
        /// The account as typed.
        config: AccountConfig,
        /// Its password.
        password: Private<String>,
        /// The password of its TURN server, where it names one.
        #[serde(default)]
        turn_password: Option<Private<String>>,
    },
    /// Log out and forget an account and its password; its history stays.
    RemoveAccount {
        /// Which.
        id: AccountId,
    },
    /// How an account's calls are placed and taken from now on. Reply: [`Reply::Account`].
    SetRules {
        /// Which.
        id: AccountId,
        /// All of them.
        rules: CallRules,
        /// Whether they are encrypted; `None`: as suits the way to the server.
        encryption: Option<Encryption>,
    },
    /// Everything the window shows at start. Reply: [`Reply::Snapshot`].
    Snapshot,
    /// Sound devices. Reply: [`Reply::Devices`].
    Devices,
    /// Use these devices from now on, also in a running call. [`Refusal::NoTune`]: the file to be heard on hold is none.
    ChooseDevices {
        /// Which.
        choice: DeviceChoice,
    },
    /// Start or stop [`Event::Levels`] of the chosen microphone and loudspeaker, with a test tone if asked.
    SoundTest {
        /// Start or stop.
        on: bool,
        /// Play a short tone.
        tone: bool,
    },
    /// Which links may be used from now on. What was answered before is forgotten: who chooses to be asked is asked anew.
    ChooseLinks {
        /// What is allowed.
        policy: WiredPolicy,
    },
    /// The person's answer to [`asks`](crate::domain::link::WiredStatus::asks).
    AnswerLink {
        /// The link's name.
        link: String,
        /// It may be used while there is no cable.
        allow: bool,
    },
    /// What would be dialled, or written to, for what was typed. Reply: [`Reply::Dial`].
    Resolve {
        /// As typed or pasted.
        typed: Private<String>,
        /// From which account; `None`: the best one.
        account: Option<AccountId>,
        /// To write to it; else to call it.
        #[serde(default)]
        text: bool,
    },
    /// Place a call. Reply: [`Reply::Call`].
    Call {
        /// As typed.
        to: Private<String>,
        /// From which account; `None`: the best one.
        account: Option<AccountId>,
    },
    /// Call the voice mailbox; `None`: the one with something new. Reply: [`Reply::Call`].
    Voicemail {
        /// Whose.
        account: Option<AccountId>,
    },
    /// Answer; `None`: the one that rings.
    Answer {
        /// Which call.
        call: Option<CallId>,
    },
    /// Decline; `None`: the one that rings.
    Decline {
        /// Which call.
        call: Option<CallId>,
    },
    /// Hang up in whatever state; `None`: the live one, or the only one.
    HangUp {
        /// Which call.
        call: Option<CallId>,
    },
    /// Hold.
    Hold {
        /// Which call.
        call: Option<CallId>,
    },
    /// Resume; another live call is held first.
    Resume {
        /// Which call.
        call: Option<CallId>,
    },
    /// Mute or unmute the microphone.
    Mute {
        /// Which call.
        call: Option<CallId>,
        /// Mute.
        on: bool,
    },
    /// Press keys.
    Dtmf {
        /// Which call.
        call: Option<CallId>,
        /// `0-9 * # A-D`, and `,` for a pause of 1 s.
        digits: Private<String>,
    },
    /// Join all calls that are talked in or held: everybody hears everybody. Who is put on hold leaves.
    /// Reply: [`Reply::Calls`].
    Join,
    /// Hand a call over to somebody who was not talked to; `None`: the one that is talked in. Reply: [`Reply::Call`].
    Transfer {
        /// Which call.
        call: Option<CallId>,
        /// As typed.
        to: Private<String>,
    },
    /// Put two calls through to each other. Reply: [`Reply::Call`].
    PutThrough {
        /// The call that is handed over; `None`: the one that waits.
        call: Option<CallId>,
        /// The call to whose other side; `None`: the one that is talked in, or was placed for it.
        to: Option<CallId>,
    },
    /// Call whom the other side of a call asked us to call, or do not ([`Event::Referred`]). Reply: [`Reply::Call`].
    Follow {
        /// The call in which it was asked; `None`: the one in which it was.
        call: Option<CallId>,
        /// Call.
        yes: bool,
    },
    /// Hear the other side of a call louder or softer; those who are joined do so, too. Reply: [`Reply::Call`].
    Volume {
        /// Which call.
        call: Option<CallId>,
        /// In percent of how it comes, up to 400.
        percent: u16,
    },
    /// Record a call, or stop: a new file in the home's folder of recordings. Reply: [`Reply::Call`].
    Record {
        /// Which call.
        call: Option<CallId>,
        /// Record.
        on: bool,
    },
    /// How calls are recorded from now on.
    SetRecording {
        /// All of it.
        recording: RecordingConfig,
    },
    /// Calls now. Reply: [`Reply::Calls`].
    Calls,
    /// What the person writes down in a call: kept with it, in the place of what they had written before.
    /// [`Refusal::NoCall`]: there is no such call now.
    NoteCall {
        /// Which; `None`: the one they talk in.
        call: Option<CallId>,
        /// All of it; empty: nothing.
        note: Private<String>,
    },
    /// Calls of the past, newest first. Reply: [`Reply::CallHistory`].
    CallHistory {
        /// How many at the most.
        limit: u32,
    },
    /// Send a text: kept first, then sent. Reply: [`Reply::Message`] in state queued; progress follows as events.
    Text {
        /// As typed.
        to: Private<String>,
        /// The text.
        body: Private<String>,
        /// From which account; `None`: the best one.
        account: Option<AccountId>,
    },
    /// Send a file: kept as a text first. Reply: [`Reply::Message`].
    Attach(Attach),
    /// Send a failed text again.
    RetryText {
        /// Which.
        id: MessageId,
    },
    /// Do something to a text that is here. Reply: [`Reply::Message`], the text as it is then, or the new one.
    Do {
        /// Which.
        id: MessageId,
        /// What.
        deed: Deed,
    },
    /// Keep or tell something about a conversation.
    Want {
        /// Which.
        conversation: ConversationId,
        /// What.
        wanted: Wanted,
    },
    /// What others are told of the person from now on.
    SetPrivacy {
        /// All of it.
        privacy: PrivacyConfig,
    },
    /// Conversations, newest first. Reply: [`Reply::Conversations`].
    Conversations,
    /// Messages of a thread, newest first, before a given one. Reply: [`Reply::Messages`].
    Thread {
        /// Which.
        conversation: ConversationId,
        /// Only older than this one.
        before: Option<MessageId>,
        /// How many at the most.
        limit: u32,
    },
    /// Messages by address or words, newest first. Reply: [`Reply::Messages`].
    Messages {
        /// Only with this address, as typed.
        with: Option<Private<String>>,
        /// Only with these words.
        search: Option<Private<String>>,
        /// How many at the most.
        limit: u32,
    },
    /// The person has seen a thread.
    MarkRead {
        /// Which.
        conversation: ConversationId,
    },
    /// Codes, newest first. Reply: [`Reply::Codes`].
    Codes {
        /// How many at the most.
        limit: u32,
    },
    /// Contacts. Reply: [`Reply::Contacts`].
    Contacts,
    /// Keep what the window looks like.
    SetWindow {
        /// All of it.
        window: WindowConfig,
    },
    /// Keep how codes are treated; old ones are blanked out at once where that is chosen.
    SetCodes {
        /// All of it.
        codes: CodesConfig,
    },
    /// Keep how Landline behaves on the desktop around it.
    SetDesktop {
        /// All of it.
        desktop: DesktopConfig,
    },
    /// Open the vault, or the recovery file when the store's key is missing; accounts then connect.
    /// [`Refusal::SecretsLocked`] when the passphrase is wrong.
    Unlock {
        /// The passphrase.
        passphrase: Private<String>,
    },
    /// Try once more to open the store: the keyring was unlocked, or the disk has room again.
    OpenStore,
    /// Read what can be read of a damaged store into a new one; the damaged one is put aside.
    Repair,
    /// Put a store that cannot be opened aside, untouched, and begin a new one.
    BeginAnew,
    /// From now on this passphrase opens the store, too, if its key should be lost.
    SetRecovery {
        /// The passphrase.
        passphrase: Private<String>,
    },
    /// Show the window (a second start asks this of the first).
    ShowWindow,
    /// Show the window with this link in the field it is for: `tel:`, `sms:`, `sip:`, `sips:` or `xmpp:`. Dials and sends
    /// nothing. [`Refusal::BadAddress`] where it is none.
    OpenLink {
        /// The link.
        link: Private<String>,
    },
    /// End the program.
    Quit,
}
