//! Who is meant by what is being typed: the engine resolves each change, and late answers to older text are dropped.
use crate::{
    domain::{account::AccountId, address::Address, private::Private},
    engine::api::{Command, Refusal, Reply},
};
use std::path::PathBuf;

/// A field with an address in the making.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// As typed or pasted.
    pub typed: String,
    /// From this account; `None`: the best one.
    pub account: Option<AccountId>,
    /// What the engine makes of it.
    pub resolved: Option<Result<(Address, AccountId), Refusal>>,
}

/// The engine's answer, with the question.
#[derive(Clone)]
pub struct Answer {
    typed: Private<String>,
    account: Option<AccountId>,
    reply: Result<Reply, Refusal>,
}

impl Answer {
    /// Joins a question and its answer.
    pub const fn new(typed: Private<String>, account: Option<AccountId>, reply: Result<Reply, Refusal>) -> Self {
        Self { typed, account, reply }
    }
}

impl Target {
    /// What is typed changed; the question to ask, if there is one. `text`: to write there; else to call.
    pub fn type_in(&mut self, typed: String, text: bool) -> Option<Command> {
        self.typed = typed;
        self.question(text)
    }

    /// Another account is to be used.
    pub fn choose(&mut self, account: Option<AccountId>, text: bool) -> Option<Command> {
        self.account = account;
        self.question(text)
    }

    fn question(&mut self, text: bool) -> Option<Command> {
        if self.typed.trim().is_empty() {
            self.resolved = None;
            return None;
        }
        Some(Command::Resolve { typed: Private::new(self.typed.clone()), account: self.account.clone(), text })
    }

    /// Takes an answer, if it is to what stands there now.
    pub fn answer(&mut self, answer: Answer) {
        if *answer.typed.expose() != self.typed || answer.account != self.account {
            return;
        }
        self.resolved = match answer.reply {
            Ok(Reply::Dial { to, account }) => Some(Ok((to, account))),
            Ok(_) => None,
            Err(refusal) => Some(Err(refusal)),
        };
    }

    /// Where it leads now.
    pub const fn known(&self) -> Option<&(Address, AccountId)> {
        match &self.resolved {
            Some(Ok(known)) => Some(known),
            _ => None,
        }
    }
}

/// The path that was typed or pasted; a file manager may give it as a URI.
pub fn path_of(typed: &str) -> PathBuf {
    let typed = typed.trim();
    let decoded = typed.strip_prefix("file://").map(unescaped);
    let typed = decoded.as_deref().unwrap_or(typed);
    match (typed.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(typed),
    }
}

/// RFC 3986 section 2.1; what is no escape stays.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = byte.and_then(|_| after.get(2..)).unwrap_or(after);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_to_older_text_is_dropped() {
        let mut target = Target::default();
        assert!(target.type_in("12".to_owned(), false).is_some());
        assert!(target.type_in("123".to_owned(), false).is_some());
        let dial = |to: &str| Ok(Reply::Dial { to: to.parse().unwrap(), account: AccountId("a".to_owned()) });
        target.answer(Answer::new("12".into(), None, dial("tel:12")));
        assert!(target.known().is_none());
        target.answer(Answer::new("123".into(), None, dial("tel:123")));
        assert_eq!(target.known().unwrap().0.display(), "123");
        assert!(target.type_in("  ".to_owned(), false).is_none());
        assert!(target.known().is_none());
    }
}
