//! What travels over the private socket: one JSON object a line. A request is a [`Command`] or `{"command":"subscribe"}`;
//! an answer is a reply or a refusal, in the order of the requests; after a subscription events come between answers.
use crate::engine::api::{Command, Event, Refusal, Reply};
use serde::{Deserialize, Serialize};

/// The longest request in bytes: a text of 32 KiB with every character escaped fits.
pub(super) const REQUEST_MAX: usize = 256 * 1024;
/// The longest answer in bytes: a snapshot of a long life fits.
pub(super) const ANSWER_MAX: usize = 64 * 1024 * 1024;

/// One request.
#[derive(Debug)]
pub(super) enum Request {
    /// Events from now on; answered by [`Reply::Done`].
    Subscribe,
    /// For the engine.
    Ask(Box<Command>),
}

/// What the socket itself understands.
#[derive(Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
enum Own {
    Subscribe,
}

impl Request {
    /// Reads a line; `None`: not understood.
    pub(super) fn read(line: &str) -> Option<Self> {
        if let Ok(Own::Subscribe) = serde_json::from_str(line) {
            return Some(Self::Subscribe);
        }
        serde_json::from_str(line).ok().map(Self::Ask)
    }
    /// Its line.
    pub(super) fn line(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::Subscribe => serde_json::to_string(&Own::Subscribe),
            Self::Ask(command) => serde_json::to_string(command),
        }
    }
}

/// One line from the running instance.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Answer {
    /// Done.
    Reply(Box<Reply>),
    /// Refused.
    Refusal(Refusal),
    /// Something happened.
    Event(Box<Event>),
    /// The request cannot be answered.
    Fault {
        /// Why.
        fault: Misuse,
    },
}

/// Why the socket itself refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Misuse {
    /// Not a request of this version.
    NotUnderstood,
    /// Longer than [`REQUEST_MAX`].
    TooLong,
    /// The instance has no window to show.
    NoWindow,
    /// The listener was too slow: events were passed over.
    Lagged,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::domain::account::{AccountId, Problem};

    #[test]
    fn answers_keep_their_kind() {
        let written = |answer: &Answer| serde_json::to_string(answer).unwrap();
        let read = |line: &str| serde_json::from_str::<Answer>(line).unwrap();
        assert!(
            matches!(read(&written(&Answer::Reply(Box::new(Reply::Done)))), Answer::Reply(reply) if matches!(*reply, Reply::Done))
        );
        let refusal = Refusal::Account(Problem::TimedOut);
        assert!(matches!(read(&written(&Answer::Refusal(refusal))), Answer::Refusal(same) if same == refusal));
        assert!(matches!(read(&written(&Answer::Refusal(Refusal::NoCall))), Answer::Refusal(Refusal::NoCall)));
        let event = Event::AccountRemoved { account: AccountId("a".into()) };
        assert!(matches!(read(&written(&Answer::Event(Box::new(event)))), Answer::Event(_)));
        let fault = Answer::Fault { fault: Misuse::Lagged };
        assert!(matches!(read(&written(&fault)), Answer::Fault { fault: Misuse::Lagged }));
    }

    #[test]
    fn requests_are_read_and_nonsense_is_not() {
        assert!(matches!(Request::read(r#"{"command":"subscribe"}"#), Some(Request::Subscribe)));
        let line = Request::Ask(Box::new(Command::HangUp { call: None })).line().unwrap();
        assert!(
            matches!(Request::read(&line), Some(Request::Ask(command)) if matches!(*command, Command::HangUp { call: None }))
        );
        for nonsense in ["", "{}", "[]", "null", r#"{"command":"no_such"}"#, r#"{"command":"text","to":1}"#] {
            assert!(Request::read(nonsense).is_none(), "{nonsense}");
        }
    }
}
