//! What a screen wants done outside itself: something asked of the engine, the clipboard, the keyboard's place.
//! Screens return wishes; only `shell` carries them out, so that every screen can be tried without a window.
use crate::{
    audio::HoldSound,
    desktop::notify::{Notification, NotificationId},
    domain::{account::AccountId, call::CallId, conversation::ConversationId, message::MessageId, private::Private},
    engine::api::Command,
};

/// See the head of this file.
#[allow(clippy::large_enum_variant)] // made by a click, carried out at once
pub enum Wish {
    /// Ask the engine; the answer comes back with its purpose.
    Ask(Command, Then),
    /// Show another place.
    Go(Place),
    /// Open a conversation.
    Open(ConversationId),
    /// Go back to where one came from.
    Back,
    /// Copy a code.
    Copy(MessageId, Private<String>),
    /// Give a control the keyboard.
    Focus(&'static str),
    /// Give the next control, or the one before, the keyboard.
    Step {
        /// The one before.
        back: bool,
    },
    /// Look in a minute whether the clipboard still holds this, and clear it then.
    ForgetLater(Private<String>),
    /// Put a text on the clipboard; an empty one clears it.
    Clipboard(Private<String>),
    /// Words that stand for a moment are to be kept.
    KeepSoon,
    /// Scroll a thread to its newest text.
    ToEnd,
    /// Show a desktop notification.
    Notify(Notification, About),
    /// Take one away.
    CloseNotification(NotificationId),
    /// The window asks for attention without taking the keyboard.
    Attention,
    /// Bring the window up: the person asked for it.
    Show,
    /// Look how the desktop stands to Landline.
    Standing,
    /// Start with the session, or no longer.
    StartWithSession(bool),
    /// Open links for phones, or no longer.
    OpenLinks(bool),
    /// Bring the window up where there is none at all: nothing else tells of a call that rings.
    Appear,
    /// Close the window; the program goes on.
    Hide,
    /// End the program.
    Quit,
}

/// What an answer is for.
#[derive(Clone)]
pub enum Then {
    /// Only a refusal is worth a word.
    Done,
    /// A page of a thread, before a message or from the end.
    Page(ConversationId, Option<MessageId>),
    /// Messages with these words.
    Found(Private<String>),
    /// What is meant by what was typed.
    Resolved(Field, Private<String>, Option<AccountId>),
    /// The try of an account with this number.
    Tested(u32),
    /// An account was to be kept.
    Added,
    /// The vault was to be opened.
    Unlocked,
    /// A recovery passphrase was to be set.
    RecoverySet,
    /// The store was to be opened once more, or begun anew.
    Opened,
    /// A first text to somebody.
    Begun,
    /// A text in a thread; on refusal its words go back to the composer.
    Sent(ConversationId, Private<String>),
    /// A file was to be saved.
    Saved,
    /// A call.
    Called,
    /// The sound devices.
    Devices,
    /// A file to be heard on hold; where it is refused, this was heard before.
    Tune(HoldSound),
    /// The program ends.
    Quit,
}

/// A field for an address.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The dialler's.
    Dial,
    /// The new message's.
    New,
}

/// Where one is in the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// The list of conversations.
    #[default]
    Conversations,
    /// One conversation.
    Thread,
    /// A message to somebody new.
    New,
    /// The dialler and the history.
    Calls,
    /// The codes.
    Codes,
    /// The settings.
    Settings,
    /// Setting up an account.
    Welcome,
    /// The passphrase.
    Unlock,
    /// The store cannot be opened.
    Trouble,
    /// The call.
    Call,
}

/// What a notification is about, so that its buttons find it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A call.
    Call(CallId),
    /// A missed call: its row in the history.
    Missed(i64),
    /// A text.
    Text(ConversationId),
    /// A code.
    Code(MessageId),
}
