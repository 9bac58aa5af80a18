//! The dialler: one field for a number, a name or a pasted address, a keypad, and the calls of the past.
use super::people;
use crate::{
    domain::{account::AccountId, call::CallRecord, private::Private},
    engine::api::{Command, Refusal, Reply},
    ui::{
        target::Target,
        wish::{Field, Place, Then, Wish},
    },
};

mod view;
pub use view::view;

/// The control of the address.
pub const TO: &str = "dial-to";

/// The form.
#[derive(Default)]
pub struct Dial {
    /// Whom.
    pub to: Target,
    keypad: bool,
    accounts_open: bool,
    trouble: Option<Refusal>,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Types.
    To(String),
    /// Presses a key of the keypad.
    Key(char),
    /// Deletes the last character.
    Delete,
    /// Shows or hides the keypad (one pane only).
    Keypad,
    /// Takes somebody known.
    Known(people::Known),
    /// Folds the accounts out.
    Accounts,
    /// From this account.
    From(Option<AccountId>),
    /// Calls.
    Call,
    /// Calls a voice mailbox; `None`: the one with something new.
    Voicemail(Option<AccountId>),
    /// Calls somebody of the history again.
    Again {
        /// Whom.
        to: Private<String>,
        /// From which account.
        account: AccountId,
    },
}

impl Dial {
    /// One step.
    pub fn update(&mut self, message: Message) -> Vec<Wish> {
        self.trouble = None;
        match message {
            Message::To(text) => self.type_in(text),
            Message::Key(key) => self.type_in(format!("{}{key}", self.to.typed)),
            Message::Delete => {
                let mut typed = self.to.typed.clone();
                typed.pop();
                self.type_in(typed)
            }
            Message::Keypad => {
                self.keypad = !self.keypad;
                Vec::new()
            }
            Message::Known(known) => people::take(Field::Dial, &mut self.to, known, false),
            Message::Accounts => {
                self.accounts_open = !self.accounts_open;
                Vec::new()
            }
            Message::From(account) => {
                self.accounts_open = false;
                people::ask(Field::Dial, self.to.choose(account, false))
            }
            Message::Call => match people::destination(&self.to) {
                Some((to, account)) => vec![call(to, account)],
                None => Vec::new(),
            },
            Message::Voicemail(account) => vec![Wish::Ask(Command::Voicemail { account }, Then::Called)],
            Message::Again { to, account } => vec![call(to, account)],
        }
    }

    fn type_in(&mut self, text: String) -> Vec<Wish> {
        people::ask(Field::Dial, self.to.type_in(text, false))
    }

    /// How a call began.
    pub fn called(&mut self, answer: &Result<Reply, Refusal>) -> Vec<Wish> {
        match answer {
            Ok(_) => {
                self.to = Target::default();
                vec![Wish::Go(Place::Call)]
            }
            Err(refusal) => {
                self.trouble = Some(*refusal);
                vec![Wish::Go(Place::Calls)]
            }
        }
    }
}

fn call(to: Private<String>, account: AccountId) -> Wish {
    Wish::Ask(Command::Call { to, account: Some(account) }, Then::Called)
}

/// Calls somebody of the history again, from the same account.
fn again(record: &CallRecord) -> Message {
    Message::Again { to: Private::new(record.peer.uri()), account: record.account.clone() }
}
