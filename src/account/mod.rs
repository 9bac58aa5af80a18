//! The seam between the engine and an account's task: [`AccountCommand`] down, [`AccountEvent`] up, bounded channels.
//! SIP and XMPP are two tasks behind it. Nothing here knows a protocol.
pub mod chat;

use crate::domain::{
    account::{AccountConfig, AccountId, CallRules, Registration},
    address::Address,
    archive::{ArchivePage, ArchivePlace},
    call::{CallId, Decline, EndReason},
    contact::Contact,
    ice::{Candidate, Server},
    mailbox::Mailbox,
    message::{MessageId, NewMessage, SendFailure},
    private::Private,
    session::SessionDescription,
    transfer::{Outcome, Target},
};
use tokio::sync::{mpsc, oneshot};

/// Room in each channel of the seam. A full channel makes the account wait: nothing is dropped.
pub const CHANNEL: usize = 256;

/// What an account's task is started with.
#[derive(Debug)]
pub struct AccountSetup {
    /// The account.
    pub config: AccountConfig,
    /// Its password.
    pub password: Private<String>,
    /// What the account asked to be kept at its last log-in ([`AccountEvent::Keep`]).
    pub kept: Option<Private<String>>,
    /// How much of the server's archive is kept (XEP-0313); nothing on the first login.
    pub archive: ArchivePlace,
    /// Which local interface its sockets may use.
    pub bind: crate::net::Bind,
    /// A text that differs from store to store, so that two instances with one account tell their texts apart.
    pub instance: String,
}

/// From the engine to an account.
#[derive(Debug)]
pub enum AccountCommand {
    /// Send a text. Answered by one or more [`AccountEvent::TextProgress`] with the same id, until delivered or failed.
    /// May come twice with the same id after a restart: ids on the wire are derived from `id` so that the other side can tell.
    SendText {
        /// The store's id.
        id: MessageId,
        /// To whom.
        to: Address,
        /// The text.
        body: Private<String>,
    },
    /// Place a call with this offer.
    PlaceCall {
        /// Our id of the call.
        call: CallId,
        /// To whom.
        to: Address,
        /// The media engine's offer.
        offer: SessionDescription,
        /// The offer to make where the first one is refused for its media before it rang anywhere.
        second: Option<Box<SessionDescription>>,
    },
    /// Answer an offered call with this description.
    Answer {
        /// Which.
        call: CallId,
        /// The media engine's answer.
        answer: SessionDescription,
    },
    /// Tell the caller that it rings here (180, JMI `ringing`). Sent once the person was alerted.
    Ring {
        /// Which.
        call: CallId,
    },
    /// End the call whatever its state: decline (busy if `busy`), cancel or hang up.
    EndCall {
        /// Which.
        call: CallId,
        /// What the caller is told, if the call was not answered.
        decline: Decline,
    },
    /// Offer a changed description in a call (hold, resume). Answered by [`CallEvent::Answered`] or [`CallEvent::OfferRefused`].
    Reoffer {
        /// Which.
        call: CallId,
        /// The new offer.
        offer: SessionDescription,
    },
    /// Answer an offer that came in mid-call ([`CallEvent::Reoffered`]).
    AnswerReoffer {
        /// Which.
        call: CallId,
        /// The answer.
        answer: SessionDescription,
    },
    /// Tell keys beside the sound, where the two sides agreed on no way to tell them in it.
    Press {
        /// Which.
        call: CallId,
        /// `0-9 * # A-D`, and `,` for a pause.
        keys: Private<String>,
    },
    /// The sound of a call stays away though it should come, or has come again: is the other side still there?
    Silence {
        /// Which.
        call: CallId,
        /// It stays away.
        away: bool,
    },
    /// Ask the other side of a call to call somebody else in its place. Answered by [`CallEvent::Handover`].
    Transfer {
        /// Which.
        call: CallId,
        /// Whom they are to call.
        to: Target,
    },
    /// Do what the other side of a call asked for ([`CallEvent::Referred`]): place this call.
    Follow {
        /// The call in which it was asked.
        referred: CallId,
        /// Our id of the new call.
        call: CallId,
        /// The media engine's offer.
        offer: SessionDescription,
        /// As in [`AccountCommand::PlaceCall`].
        second: Option<Box<SessionDescription>>,
    },
    /// Do not.
    Refuse {
        /// The call in which it was asked.
        referred: CallId,
    },
    /// A candidate of ours was found after our description had gone (RFC 8838); where signalling carries none alone it is
    /// passed over.
    Candidate {
        /// Which.
        call: CallId,
        /// The candidate.
        candidate: Private<Candidate>,
    },
    /// What goes beside plain texts; passed over where the account has it not.
    Chat(chat::ChatCommand),
    /// How its calls are placed and taken from now on.
    Rules(CallRules),
    /// The network changed (address, cable, resume from suspend): check the connection now.
    NetworkChanged,
    /// Log out politely and end the task.
    Stop,
}

/// From an account to the engine.
#[derive(Debug)]
#[allow(clippy::large_enum_variant)] // most of them are texts
pub enum AccountEvent {
    /// The registration changed.
    Registration(Registration),
    /// A text. The account acknowledges it to its server only after `committed` was answered.
    Message {
        /// The text.
        message: NewMessage,
        /// Answered once it is in the store (new or known duplicate). Dropped unanswered: it could not be kept; ask the server again later.
        committed: oneshot::Sender<()>,
    },
    /// A part of the server's archive.
    Archived {
        /// Its texts.
        page: ArchivePage,
        /// As with [`AccountEvent::Message`], for the whole page.
        committed: oneshot::Sender<()>,
    },
    /// A text of ours moved on.
    TextProgress {
        /// The store's id.
        id: MessageId,
        /// How.
        progress: TextProgress,
    },
    /// A change of the roster: these contacts are to be known; others stay.
    Contacts(Vec<Contact>),
    /// The whole roster: contacts of this account that are not on it are gone.
    Roster(Vec<Contact>),
    /// Contacts taken off the roster.
    ContactsRemoved(Vec<Address>),
    /// A domain that turns phone numbers into addresses, found anew in each session.
    Gateway {
        /// Its domain.
        domain: String,
        /// It is on the person's roster: it comes before others.
        rostered: bool,
    },
    /// A secret for the next log-in, to be kept where the password is; `None`: the one that is kept is of no use any more.
    Keep(Option<Private<String>>),
    /// Servers that help calls to find a path, in place of those told before.
    Helpers(Vec<Server>),
    /// What waits in the account's mailbox, as its server tells it.
    Mailbox(Mailbox),
    /// Something about a call.
    Call {
        /// Which. For [`CallEvent::Offered`] a fresh random id of the account's making.
        call: CallId,
        /// What.
        event: CallEvent,
    },
    /// A call came while the account was away, and no device of ours took it. It may be told more than once.
    MissedCall {
        /// Who called.
        from: Address,
        /// The name they gave.
        name: Option<Private<String>>,
        /// When, by the server's word.
        at: jiff::Timestamp,
    },
    /// What goes beside plain texts.
    Chat(chat::ChatEvent),
    /// The task has ended; nothing follows.
    Stopped,
}

/// How a text of ours moved on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextProgress {
    /// Taken by the server or gateway.
    Sent,
    /// A receipt came.
    Delivered,
    /// Refused. `retry`: keep it in the outbox and try again when registered anew.
    Failed {
        /// Why.
        failure: SendFailure,
        /// Try again later.
        retry: bool,
    },
}

/// What happened to a call.
#[derive(Debug)]
pub enum CallEvent {
    /// It comes in.
    Offered {
        /// Who calls.
        from: Address,
        /// The name they gave.
        name: Option<Private<String>>,
        /// Whom they had called before it was forwarded to us.
        via: Option<Address>,
        /// They ask to be answered at once, and the account allows it.
        at_once: bool,
        /// It takes the place of this call: it is answered without being asked for, and that one ended.
        replaces: Option<CallId>,
        /// Their description; `None`: they want ours first (delayed offer).
        offer: Option<SessionDescription>,
    },
    /// It rings there. With a description: early media to be heard.
    Ringing {
        /// Early media.
        early: Option<SessionDescription>,
    },
    /// The other side answered our offer (first or later).
    Answered {
        /// Their answer.
        answer: SessionDescription,
    },
    /// The caller's ACK came with an answer to our delayed offer, or the dialog is confirmed.
    Confirmed {
        /// Their answer, if our 2xx held the offer.
        answer: Option<SessionDescription>,
    },
    /// A new offer in mid-call; the engine replies [`AccountCommand::AnswerReoffer`].
    Reoffered {
        /// Their offer.
        offer: SessionDescription,
    },
    /// A candidate of theirs came after their description (RFC 8838).
    Candidate {
        /// The candidate.
        candidate: Private<Candidate>,
    },
    /// Our mid-call offer was refused: the session goes on as it was.
    OfferRefused,
    /// A call of ours was redirected to this address.
    Redirected {
        /// To whom.
        to: Address,
    },
    /// The other side asks us to call somebody. The person decides: [`AccountCommand::Follow`] or [`AccountCommand::Refuse`].
    Referred {
        /// Whom.
        to: Address,
    },
    /// That was decided by nobody in time.
    ReferralOver,
    /// How handing the call over goes; the last one is [`Outcome::Done`] or [`Outcome::Failed`].
    Handover {
        /// How.
        outcome: Outcome,
    },
    /// A key was pressed there, and told beside the sound.
    Key {
        /// Which key.
        key: Private<char>,
    },
    /// It is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
}

/// Where an account's events go: its id is added so that all accounts share one channel.
pub type EventSender = mpsc::Sender<(AccountId, AccountEvent)>;
/// Where an account's commands go.
pub type CommandSender = mpsc::Sender<AccountCommand>;
