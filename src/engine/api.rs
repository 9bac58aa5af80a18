//! What the window and the command line may ask of the engine, and what it tells them.
//! The same types travel over the private socket as JSON (one object a line), so they are a stable contract.
use crate::{
    audio::{DeviceChoice, Devices},
    config::{DesktopConfig, RecordingConfig, WindowConfig},
    domain::{
        account::{AccountConfig, AccountId, Problem, Registration},
        call::{Call, CallId, CallRecord, EndReason},
        code::ReceivedCode,
        contact::Contact,
        conversation::{Conversation, ConversationId},
        message::{Message, MessageId, MessageState},
        private::Private,
        quality::Quality,
        transfer::Referral,
    },
    net::WiredStatus,
};
use serde::{Deserialize, Serialize};

pub use super::{
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
    /// Allow or forbid wireless links.
    AllowWireless {
        /// Allow.
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
    /// Send a failed text again.
    RetryText {
        /// Which.
        id: MessageId,
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

/// What happened. Past tense; serialises as the JSON lines of `landline run --headless --json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// An account is registered.
    Registered {
        /// Which.
        account: AccountId,
        /// Its state in full.
        registration: Registration,
    },
    /// An account is not, or no longer, registered.
    RegistrationFailed {
        /// Which.
        account: AccountId,
        /// Why.
        problem: Problem,
        /// Tried again by itself.
        retry: bool,
    },
    /// An account connects, or was stopped.
    RegistrationChanged {
        /// Which.
        account: AccountId,
        /// Its state in full.
        registration: Registration,
    },
    /// An account was added.
    AccountAdded {
        /// The account.
        account: AccountId,
        /// In full.
        status: AccountStatus,
    },
    /// An account was removed.
    AccountRemoved {
        /// Which.
        account: AccountId,
    },
    /// A text is in the store: received, or written here or on another device.
    Message {
        /// Which account.
        account: AccountId,
        /// The text.
        message: Message,
        /// Its conversation now.
        conversation: Box<Conversation>,
        /// It came from the archive: no sound, no notification.
        old: bool,
    },
    /// Older texts came from an account's archive: a part at a time, newest first.
    HistoryFetched {
        /// Which account.
        account: AccountId,
        /// How many new ones this part held.
        texts: usize,
        /// The conversations they belong to, as they are now.
        conversations: Vec<Conversation>,
        /// There are no older ones.
        complete: bool,
    },
    /// A text of ours moved on.
    MessageState {
        /// Which account.
        account: AccountId,
        /// Which text.
        id: MessageId,
        /// Its thread.
        conversation: ConversationId,
        /// How far.
        state: MessageState,
        /// Why it failed.
        failure: Option<crate::domain::message::SendFailure>,
    },
    /// A thread was seen.
    ConversationRead {
        /// Which.
        conversation: ConversationId,
    },
    /// A code is in the store.
    Code {
        /// Which account.
        account: AccountId,
        /// The code.
        code: ReceivedCode,
    },
    /// A code that is in the store has a new warning.
    CodeWarned {
        /// The code with all its warnings.
        code: ReceivedCode,
    },
    /// A code was blanked out: it is as old as the person keeps codes.
    CodeForgotten {
        /// The text it stood in, as it is now.
        message: Message,
    },
    /// A call began or changed; [`crate::domain::call::CallState::Ended`] is its last.
    Call {
        /// Which account.
        account: AccountId,
        /// The call.
        call: Call,
    },
    /// A call is over and in the history.
    CallLogged {
        /// Which account.
        account: AccountId,
        /// The line of the history.
        record: CallRecord,
    },
    /// The other side of a call asks us to call somebody: [`Command::Follow`].
    Referred {
        /// What.
        referral: Referral,
    },
    /// That is decided, or was taken back.
    ReferralOver {
        /// The call in which it was asked.
        call: CallId,
    },
    /// A call could not be handed over; it stands as it did.
    TransferFailed {
        /// Which account.
        account: AccountId,
        /// Which call.
        call: CallId,
        /// Why.
        reason: EndReason,
    },
    /// The other side pressed a key.
    DtmfReceived {
        /// Which account.
        account: AccountId,
        /// Which call.
        call: CallId,
        /// The key.
        digit: Private<char>,
    },
    /// How a call sounds, at most once a second; it is in the call, too.
    Quality {
        /// Which account.
        account: AccountId,
        /// Which call.
        call: CallId,
        /// How it sounds.
        quality: Quality,
    },
    /// A recording has ended by itself; the call goes on.
    RecordingFailed {
        /// Which account.
        account: AccountId,
        /// Which call.
        call: CallId,
        /// Why.
        reason: Refusal,
    },
    /// Contacts changed.
    Contacts {
        /// All of them.
        contacts: Vec<Contact>,
    },
    /// Links changed.
    Wired {
        /// Now.
        #[serde(flatten)]
        status: WiredStatus,
    },
    /// Sound levels while a call or a sound test runs, at most 15 a second.
    Levels {
        /// Microphone, peak in 0.0..=1.0.
        input: f32,
        /// Loudspeaker, peak in 0.0..=1.0.
        output: f32,
    },
    /// Sound devices came or went, or one could not be opened and silence or the default took its place.
    DevicesChanged {
        /// All.
        devices: Devices,
        /// The microphone cannot be used: the other side hears silence.
        no_microphone: bool,
        /// The loudspeaker cannot be used.
        no_loudspeaker: bool,
        /// The chosen microphone is not there: the default one takes its place until it is back.
        #[serde(default)]
        other_microphone: bool,
        /// The chosen loudspeaker is not there: the default one takes its place until it is back.
        #[serde(default)]
        other_loudspeaker: bool,
    },
    /// Texts and calls can be read and kept now, or no longer: all there is to see has changed.
    Store {
        /// Now.
        state: StoreState,
    },
    /// What comes in cannot be kept and stays with its server, or can be kept again.
    Kept {
        /// Why it cannot be.
        trouble: Option<StoreState>,
    },
    /// The window is asked for.
    ShowWindow,
    /// The window is asked for, with a link.
    LinkOpened {
        /// The link.
        link: Private<String>,
    },
    /// The desktop around the window is to be treated so from now on.
    DesktopChanged {
        /// All of it.
        desktop: DesktopConfig,
    },
    /// The program ends.
    Quit,
}
