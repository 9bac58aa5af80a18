//! What the engine tells everybody who listens. Part of the contract in `api`.
use super::{
    files::FileMoved,
    refusal::Refusal,
    snapshot::{AccountStatus, StoreState},
};
use crate::{
    audio::Devices,
    config::DesktopConfig,
    domain::{
        account::{AccountId, Problem, Registration},
        call::{Call, CallId, CallRecord, EndReason},
        code::ReceivedCode,
        contact::Contact,
        conversation::{Conversation, ConversationId},
        mailbox::Mailbox,
        message::{Message, MessageId, MessageState},
        private::Private,
        quality::Quality,
        transfer::Referral,
    },
    net::WiredStatus,
};
use serde::{Deserialize, Serialize};

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
    /// What waits in a voice mailbox changed.
    Mailbox {
        /// Whose.
        account: AccountId,
        /// Now.
        mailbox: Mailbox,
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
    /// A text is not as it was: corrected, reacted to, taken back, or a file of it came.
    MessageChanged {
        /// Which account.
        account: AccountId,
        /// The text as it is now.
        message: Message,
        /// Its conversation now.
        conversation: Box<Conversation>,
    },
    /// A file that hangs on a text moved on.
    File(FileMoved),
    /// The other side writes, or has stopped.
    Writing {
        /// In which conversation.
        conversation: ConversationId,
        /// Writes.
        on: bool,
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
