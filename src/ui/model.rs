//! The window's mirror of the engine: filled by a [`Snapshot`], moved on by [`Event`]s. Pure: no iced, no clock, no I/O.
//! It decides nothing; what it cannot apply it leaves as it is, and a snapshot sets it right.
use crate::{
    audio::{DeviceChoice, Devices},
    config::{CodesConfig, DesktopConfig, PrivacyConfig, RecordingConfig, WindowConfig},
    desktop::entries::Standing,
    domain::{
        account::{AccountId, Registration},
        address::Address,
        call::{Call, CallId, CallRecord, CallState, EndReason},
        code::ReceivedCode,
        contact::Contact,
        conversation::{Conversation, ConversationId},
        message::{Direction, Message, MessageId},
        private::Private,
        quality::Quality,
        transfer::Referral,
    },
    engine::api::{AccountStatus, Event, FileMoved, FileState, Refusal, SecretsState, Snapshot, StoreState},
    net::WiredStatus,
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::PathBuf,
};

/// How long a code is offered above the conversations.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// How many messages a thread asks for at a time.
pub const PAGE: u32 = 100;
/// How many messages of a thread are kept while new ones come; older ones are in the store.
const LOADED: usize = 500;
/// How many seconds of a call's quality are kept, to be drawn.
pub const DRAWN: usize = 60;
/// How many codes and calls of the past are kept likewise.
const LISTED: usize = 100;

/// The messages of the open conversation.
#[derive(Debug, Clone)]
pub struct Thread {
    /// Which.
    pub id: ConversationId,
    /// Oldest first.
    pub messages: Vec<Message>,
    /// There may be older ones in the store.
    pub more: bool,
}

/// See the head of this file.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// A snapshot was here.
    pub ready: bool,
    /// Accounts.
    pub accounts: Vec<AccountStatus>,
    /// Newest first.
    pub conversations: Vec<Conversation>,
    /// Calls now, ended ones not.
    pub calls: Vec<Call>,
    /// The call that ended last, until the person has seen why.
    pub ended: Option<Call>,
    /// Newest first.
    pub codes: Vec<ReceivedCode>,
    /// Newest first.
    pub history: Vec<CallRecord>,
    /// Missed since the calls were last looked at.
    pub missed: u32,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// Links.
    pub wired: WiredStatus,
    /// The demo exchange runs.
    pub demo: bool,
    /// What the window looks like.
    pub window: WindowConfig,
    /// The desktop around it.
    pub desktop: DesktopConfig,
    /// How the desktop stands to Landline; `None`: it knows another phone, or that is not known yet.
    pub standing: Option<Standing>,
    /// How codes are treated.
    pub code_rules: CodesConfig,
    /// Sound devices chosen.
    pub sound: DeviceChoice,
    /// Whether passwords can be read.
    pub secrets: SecretsState,
    /// Whether texts and calls can be read and kept.
    pub store: StoreState,
    /// Why what comes in cannot be kept.
    pub not_kept: Option<StoreState>,
    /// The file they are kept in.
    pub store_file: PathBuf,
    /// What is in memory may be written to the disk in the clear.
    pub open_swap: bool,
    /// Nothing but the keyring has the key of that file.
    pub wants_recovery: bool,
    /// Sound devices.
    pub devices: Devices,
    /// The microphone cannot be used.
    pub no_microphone: bool,
    /// The loudspeaker cannot be used.
    pub no_loudspeaker: bool,
    /// Why the recording of a call has ended by itself.
    pub recording_failed: Option<Refusal>,
    /// The call that could not be handed over, and why, until something else is done with it.
    pub transfer_failed: Option<(CallId, EndReason)>,
    /// What the other sides of calls ask of the person.
    pub referrals: Vec<Referral>,
    /// Where the recording is that ended last, until the person has seen it.
    pub recorded: Option<PathBuf>,
    /// Where the file is that was saved last, until the person has seen it.
    pub saved: Option<PathBuf>,
    /// Who writes now.
    pub writing: BTreeSet<ConversationId>,
    /// Files under way, and those that did not come.
    pub files: BTreeMap<MessageId, FileState>,
    /// What others are told of the person.
    pub privacy: PrivacyConfig,
    /// How calls are recorded.
    pub recording: RecordingConfig,
    /// The folder of recordings.
    pub recordings: PathBuf,
    /// How each call sounded in the last minute, the oldest first.
    pub lines: BTreeMap<CallId, VecDeque<Quality>>,
    /// The chosen microphone is away; another one takes its place.
    pub other_microphone: bool,
    /// The chosen loudspeaker is away; another one takes its place.
    pub other_loudspeaker: bool,
    /// Microphone and loudspeaker, 0.0..=1.0.
    pub levels: (f32, f32),
    /// The open conversation's messages.
    pub thread: Option<Thread>,
}

impl Model {
    /// Takes a snapshot over; what a snapshot does not hold stays.
    pub fn reset(&mut self, snapshot: Snapshot) {
        self.ready = true;
        self.accounts = snapshot.accounts;
        self.conversations = snapshot.conversations;
        self.calls = snapshot.calls;
        self.calls.retain(|call| !call.state.is_ended());
        self.referrals = snapshot.referrals;
        self.codes = snapshot.codes;
        self.history = snapshot.call_history;
        self.contacts = snapshot.contacts;
        self.wired = snapshot.wired;
        self.demo = snapshot.demo;
        self.window = snapshot.window;
        self.desktop = snapshot.desktop;
        self.code_rules = snapshot.code_rules;
        self.sound = snapshot.sound;
        self.recording = snapshot.recording;
        self.recordings = snapshot.recordings;
        self.privacy = snapshot.privacy;
        self.secrets = snapshot.secrets;
        self.store = snapshot.store;
        self.not_kept = snapshot.not_kept;
        self.store_file = snapshot.store_file;
        self.wants_recovery = snapshot.wants_recovery;
        self.open_swap = snapshot.open_swap;
    }

    /// What is kept cannot be read: until it can, the window shows nothing else.
    pub fn is_shut(&self) -> bool {
        match self.store {
            StoreState::Open => false,
            // before the first account there is nothing to open
            StoreState::Closed => !self.accounts.is_empty(),
            _ => true,
        }
    }

    /// Moves on by one event.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::Registered { account, registration } | Event::RegistrationChanged { account, registration } => {
                self.register(&account, registration);
            }
            Event::RegistrationFailed { account, problem, retry } => {
                self.register(&account, Registration::Failed { problem, retry });
            }
            Event::AccountAdded { account, status } => {
                self.accounts.retain(|known| known.config.id != account);
                self.accounts.push(status);
            }
            Event::AccountRemoved { account } => self.accounts.retain(|known| known.config.id != account),
            Event::Mailbox { account, mailbox } => {
                if let Some(known) = self.accounts.iter_mut().find(|known| known.config.id == account) {
                    known.mailbox = Some(mailbox);
                }
            }
            Event::Message { message, conversation, .. } => {
                if message.direction == Direction::Incoming {
                    self.writing.remove(&message.conversation);
                }
                self.keep_message(&message);
                self.keep_conversation(*conversation);
            }
            Event::Writing { conversation, on: true } => {
                self.writing.insert(conversation);
            }
            Event::Writing { conversation, on: false } => {
                self.writing.remove(&conversation);
            }
            Event::File(FileMoved { message, state: FileState::Done, .. }) => {
                self.files.remove(&message);
            }
            Event::File(FileMoved { message, state, .. }) => {
                self.files.insert(message, state);
            }
            Event::MessageChanged { message, conversation, .. } => {
                self.keep_changed(&message);
                self.keep_conversation(*conversation);
            }
            Event::HistoryFetched { conversations, .. } => {
                conversations.into_iter().for_each(|conversation| self.keep_conversation(conversation));
            }
            Event::MessageState { id, conversation, state, failure, .. } => {
                let listed = self.conversations.iter_mut().find(|known| known.id == conversation);
                let last = listed.and_then(|known| known.last.as_mut());
                let open = self.thread.iter_mut().flat_map(|thread| thread.messages.iter_mut());
                for message in open.chain(last).filter(|message| message.id == id) {
                    message.state = state;
                    message.failure = failure;
                }
            }
            Event::ConversationRead { conversation } => {
                if let Some(known) = self.conversations.iter_mut().find(|known| known.id == conversation) {
                    known.unread = 0;
                }
            }
            Event::Code { code, .. } | Event::CodeWarned { code } => {
                self.codes.retain(|known| known.message != code.message);
                let at = self.codes.partition_point(|known| known.received_at > code.received_at);
                self.codes.insert(at, code);
                self.codes.truncate(LISTED);
            }
            Event::CodeForgotten { message } => {
                self.codes.retain(|known| known.message != message.id);
                let last = self.conversations.iter_mut().filter_map(|known| known.last.as_mut());
                let open = self.thread.iter_mut().flat_map(|thread| thread.messages.iter_mut());
                last.chain(open).filter(|known| known.id == message.id).for_each(|known| known.clone_from(&message));
            }
            Event::Call { call, .. } => self.keep_call(call),
            Event::CallLogged { record, .. } => {
                let known = self.history.len();
                self.history.retain(|known| known.row != record.row);
                // one that the snapshot held already is no news
                let new = known == self.history.len();
                self.missed += u32::from(new && missed(&record));
                self.history.insert(0, record);
                self.history.truncate(LISTED);
            }
            Event::Contacts { contacts } => self.contacts = contacts,
            Event::Wired { status } => self.wired = status,
            Event::Levels { input, output } => self.levels = (input, output),
            Event::DevicesChanged { devices, no_microphone, no_loudspeaker, other_microphone, other_loudspeaker } => {
                self.devices = devices;
                self.no_microphone = no_microphone;
                self.no_loudspeaker = no_loudspeaker;
                self.other_microphone = other_microphone;
                self.other_loudspeaker = other_loudspeaker;
            }
            Event::Quality { call, quality, .. } => {
                if let Some(known) = self.calls.iter_mut().find(|known| known.id == call) {
                    known.quality = Some(quality);
                    let line = self.lines.entry(call).or_default();
                    line.push_back(quality);
                    if line.len() > DRAWN {
                        line.pop_front();
                    }
                }
            }
            Event::RecordingFailed { reason, .. } => self.recording_failed = Some(reason),
            Event::TransferFailed { call, reason, .. } => self.transfer_failed = Some((call, reason)),
            Event::Referred { referral } => {
                self.referrals.retain(|known| known.call != referral.call);
                self.referrals.push(referral);
            }
            Event::ReferralOver { call } => self.referrals.retain(|known| known.call != call),
            Event::DesktopChanged { desktop } => self.desktop = desktop,
            Event::Kept { trouble } => self.not_kept = trouble,
            // a snapshot follows
            Event::Store { .. } => {}
            Event::DtmfReceived { .. } | Event::ShowWindow | Event::LinkOpened { .. } | Event::Quit => {}
        }
    }

    /// Takes a page of a thread over: newest first, as the engine gives it.
    pub fn page(&mut self, id: ConversationId, before: Option<MessageId>, page: Vec<Message>) {
        let more = u32::try_from(page.len()).is_ok_and(|length| length >= PAGE);
        let older = page.into_iter().rev();
        match &mut self.thread {
            Some(thread) if thread.id == id && before.is_some() => {
                thread.messages.splice(0..0, older);
                thread.more = more;
            }
            thread => *thread = Some(Thread { id, messages: older.collect(), more }),
        }
    }

    /// Keeps a text that is in the store: the open thread and nothing else.
    pub fn keep_message(&mut self, message: &Message) {
        let Some(thread) = self.thread.as_mut().filter(|thread| thread.id == message.conversation) else {
            return;
        };
        if let Some(known) = thread.messages.iter_mut().find(|known| known.id == message.id) {
            known.clone_from(message);
        } else {
            // an archived text may belong among older ones
            let place = |one: &Message| (one.place, one.id);
            let at = thread.messages.partition_point(|known| place(known) <= place(message));
            thread.messages.insert(at, message.clone());
        }
        if let Some(over) = thread.messages.len().checked_sub(LOADED).filter(|over| *over > 0) {
            thread.messages.drain(..over);
            thread.more = true;
        }
    }

    /// A text that may be on the screen is not as it was.
    fn keep_changed(&mut self, message: &Message) {
        let open = self.thread.iter_mut().flat_map(|thread| thread.messages.iter_mut());
        open.filter(|known| known.id == message.id).for_each(|known| known.clone_from(message));
    }

    fn keep_conversation(&mut self, conversation: Conversation) {
        self.conversations.retain(|known| known.id != conversation.id);
        let time = |one: &Conversation| one.last.as_ref().map(|message| message.sent_at);
        let at = self.conversations.partition_point(|known| time(known) > time(&conversation));
        self.conversations.insert(at, conversation);
    }

    fn keep_call(&mut self, call: Call) {
        if call.recording.is_some() || call.state.is_ended() {
            self.recording_failed = None;
        }
        if call.handover.is_some() || call.state.is_ended() {
            self.transfer_failed.take_if(|(id, _)| *id == call.id);
        }
        let known = self.calls.iter_mut().find(|known| known.id == call.id);
        if call.recording.is_none()
            && let Some(path) = known.as_ref().and_then(|known| known.recording.clone())
        {
            self.recorded = Some(path);
        }
        match (call.state.is_ended(), known) {
            (true, _) => {
                self.calls.retain(|known| known.id != call.id);
                self.lines.remove(&call.id);
                self.ended = Some(call);
            }
            (false, Some(known)) => *known = call,
            (false, None) => self.calls.push(call),
        }
    }

    fn register(&mut self, account: &AccountId, registration: Registration) {
        if let Some(known) = self.accounts.iter_mut().find(|known| known.config.id == *account) {
            known.registration = registration;
        }
    }

    /// The call one talks in or is about to: live before held, and never the one that rings here.
    pub fn call(&self) -> Option<&Call> {
        let rank = |call: &Call| match call.state {
            CallState::Active | CallState::Connecting => 0,
            CallState::Dialling | CallState::Ringing => 1,
            CallState::Held => 2,
            CallState::Incoming | CallState::Ended { .. } => 3,
        };
        self.calls.iter().filter(|call| rank(call) < 3).min_by_key(|call| rank(call))
    }

    /// The call that rings here.
    pub fn ringing(&self) -> Option<&Call> {
        self.calls.iter().find(|call| call.state == CallState::Incoming)
    }

    /// The newest code while it is fresh.
    pub fn fresh_code(&self, now: Timestamp) -> Option<&ReceivedCode> {
        self.codes.first().filter(|code| now.duration_since(code.received_at) < FRESH)
    }

    /// Whether the other side of a conversation is blocked; `None`: its account cannot block.
    pub fn blocked(&self, one: &Conversation) -> Option<bool> {
        let account = self.accounts.iter().find(|known| known.config.id == one.account)?;
        account.blocked.as_ref().map(|all| all.contains(&one.peer))
    }

    /// A text of the open conversation.
    pub fn text(&self, id: MessageId) -> Option<&Message> {
        self.thread.as_ref()?.messages.iter().find(|known| known.id == id)
    }

    /// A conversation by id.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.iter().find(|known| known.id == id)
    }

    /// What a person calls an address: the name given, the contact's, or the address.
    pub fn name<'a>(&'a self, name: Option<&'a Private<String>>, address: &'a Address) -> &'a str {
        let contact = || self.contacts.iter().find(|contact| same(&contact.address, address)).map(|known| &known.name);
        name.or_else(contact)
            .map(|name| name.expose().trim())
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| address.display())
    }

    /// The address of an account, as the person knows it.
    pub fn account_name<'a>(&'a self, id: &'a AccountId) -> &'a str {
        let known = self.accounts.iter().find(|known| known.config.id == *id);
        known.map_or(id.0.as_str(), |known| known.config.address.as_str())
    }

    /// Voice messages not heard, in all mailboxes; one that does not count has one.
    pub fn voicemails(&self) -> u32 {
        let mailboxes = self.accounts.iter().filter_map(|known| known.mailbox.as_ref());
        mailboxes.filter(|mailbox| mailbox.waiting).map(|mailbox| mailbox.new.unwrap_or(1)).fold(0, u32::saturating_add)
    }

    /// Texts not seen, in all conversations.
    pub fn unread(&self) -> u32 {
        self.conversations.iter().map(|known| known.unread).sum()
    }
}

/// The same person: the same address, or the same full number over another scheme.
fn same(a: &Address, b: &Address) -> bool {
    a == b || matches!((a.number(), b.number()), (Some(a), Some(b)) if a == b && a.starts_with('+'))
}

/// Whether what was typed may mean this name or address: a part of either, numbers however they are written.
pub fn means(typed: &str, name: &str, address: &Address) -> bool {
    let typed = typed.trim().to_lowercase();
    let plain: String = typed.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}')).collect();
    let number = plain.len() > 2 && plain.trim_start_matches('+').bytes().all(|b| b.is_ascii_digit());
    name.to_lowercase().contains(&typed)
        || address.rest().to_lowercase().contains(&typed)
        || (number && address.rest().contains(&plain))
}

/// A call that came in and that nobody took or turned down, here or elsewhere.
pub fn missed(record: &CallRecord) -> bool {
    record.direction == Direction::Incoming
        && record.answered_at.is_none()
        && !matches!(record.reason, Some(EndReason::Declined | EndReason::HandledElsewhere | EndReason::HungUpHere))
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
