//! Between rows and nouns: the one place that knows how values are written.
use super::StoreError;
use crate::domain::{
    account::AccountId,
    address::Address,
    code::{Code, Warning},
    conversation::{Conversation, ConversationId},
    extras::Extras,
    message::{Direction, Message, MessageId, MessageState, SendFailure},
    private::Private,
};
use jiff::Timestamp;
use rusqlite::{Row, types::Type};
use serde::{Serialize, de::DeserializeOwned};

/// A message with its conversation's account and peer; the columns that [`message`] reads, in order.
pub const MESSAGE: &str = "m.id, m.conversation, c.account, c.peer, m.sender, m.direction, m.body, m.state, m.failure, \
                           m.sent_at, m.received_at, m.place, m.code, m.code_site, m.code_valid_for, \
                           m.code_warnings, m.extras";
/// Where those columns come from.
pub const MESSAGE_FROM: &str = "message m JOIN conversation c ON c.id = m.conversation";
/// The name a person knows an address by: from the account's roster, or from any.
pub const NAME: &str = "coalesce((SELECT name FROM contact k WHERE k.address = c.peer AND k.account IN (c.account, '') \
                        ORDER BY k.account = '' DESC LIMIT 1), c.nickname)";

/// Milliseconds since 1970.
pub fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// The time at a column; a value out of range is the epoch.
pub fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    Ok(Timestamp::from_millisecond(row.get(column)?).unwrap_or(Timestamp::UNIX_EPOCH))
}

/// The time at a column that may be empty.
pub fn maybe_time(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let value: Option<i64> = row.get(column)?;
    Ok(value.and_then(|value| Timestamp::from_millisecond(value).ok()))
}

/// An address at a column.
pub fn address(row: &Row<'_>, column: usize) -> rusqlite::Result<Address> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A unit enum as its serde name, for example `not_found`.
pub fn word<T: Serialize>(value: T) -> Option<String> {
    serde_json::to_value(value).ok()?.as_str().map(str::to_owned)
}

/// The enum of a name; unknown names are nothing.
pub fn from_word<T: DeserializeOwned>(text: Option<String>) -> Option<T> {
    serde_json::from_value(serde_json::Value::String(text?)).ok()
}

/// Warnings as their serde names with spaces between; nothing for none.
pub fn warning_words(warnings: &[Warning]) -> Option<String> {
    let words: Vec<String> = warnings.iter().filter_map(word).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn warnings_of(words: &str) -> Vec<Warning> {
    words.split(' ').filter_map(|name| from_word(Some(name.to_owned()))).collect()
}

/// What hangs on a text, as it is written; nothing for most texts.
pub fn extras_text(extras: &Extras) -> Option<String> {
    (!extras.is_empty()).then(|| serde_json::to_string(extras).ok()).flatten()
}

/// The reverse of [`extras_text`]; what a later version wrote and this one cannot read is not shown.
pub fn extras_of(text: &str) -> Extras {
    serde_json::from_str(text).unwrap_or_default()
}

/// 0 incoming, 1 outgoing.
pub const fn direction_number(direction: Direction) -> i64 {
    match direction {
        Direction::Incoming => 0,
        Direction::Outgoing => 1,
    }
}

/// The reverse of [`direction_number`].
pub const fn direction(number: i64) -> Direction {
    if number == 0 { Direction::Incoming } else { Direction::Outgoing }
}

/// States in the order in which they may follow each other.
pub const fn state_number(state: MessageState) -> i64 {
    match state {
        MessageState::Queued => 0,
        MessageState::Failed => 1,
        MessageState::Sent => 2,
        MessageState::Delivered => 3,
        MessageState::Received => 4,
        MessageState::Read => 5,
    }
}

const fn state(number: i64) -> MessageState {
    match number {
        0 => MessageState::Queued,
        1 => MessageState::Failed,
        2 => MessageState::Sent,
        3 => MessageState::Delivered,
        5 => MessageState::Read,
        _ => MessageState::Received,
    }
}

/// A message from the columns of [`MESSAGE`].
pub fn message(row: &Row<'_>) -> rusqlite::Result<Message> {
    message_at(row, 0)
}

fn message_at(row: &Row<'_>, first: usize) -> rusqlite::Result<Message> {
    let sender: Option<String> = row.get(first + 4)?;
    let failure: Option<SendFailure> = from_word(row.get(first + 8)?);
    let value: Option<String> = row.get(first + 12)?;
    let (site, valid_for) = (row.get(first + 13)?, row.get(first + 14)?);
    let warnings: Option<String> = row.get(first + 15)?;
    let extras: Option<String> = row.get(first + 16)?;
    Ok(Message {
        id: MessageId(row.get(first)?),
        conversation: ConversationId(row.get(first + 1)?),
        account: AccountId(row.get(first + 2)?),
        peer: address(row, first + 3)?,
        sender: sender.and_then(|text| text.parse().ok()),
        direction: direction(row.get(first + 5)?),
        body: Private::new(row.get(first + 6)?),
        state: state(row.get(first + 7)?),
        failure,
        sent_at: time(row, first + 9)?,
        received_at: time(row, first + 10)?,
        place: row.get(first + 11)?,
        code: value.map(|value| Code {
            value: Private::new(value),
            site,
            valid_for,
            warnings: warnings.map(|words| warnings_of(&words)).unwrap_or_default(),
        }),
        extras: extras.map(|text| extras_of(&text)).unwrap_or_default(),
    })
}

/// A conversation from `c.id, c.account, c.peer, NAME, c.unread, c.draft` and then [`MESSAGE`] (which may be empty).
pub fn conversation(row: &Row<'_>) -> rusqlite::Result<Conversation> {
    let name: Option<String> = row.get(3)?;
    let draft: Option<String> = row.get(5)?;
    let last: Option<i64> = row.get(6)?;
    Ok(Conversation {
        id: ConversationId(row.get(0)?),
        account: AccountId(row.get(1)?),
        peer: address(row, 2)?,
        name: name.map(Private::new),
        unread: row.get(4)?,
        draft: Private::new(draft.unwrap_or_default()),
        last: last.map(|_| message_at(row, 6)).transpose()?,
    })
}

/// All rows of a query, or the first fault.
pub fn all<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Result<Vec<T>, StoreError> {
    rows.collect::<rusqlite::Result<_>>().map_err(StoreError::from)
}
