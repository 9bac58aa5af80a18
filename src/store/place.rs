//! Where a text stands in its thread. A place is a number that only orders the texts of one conversation: microseconds since 1970,
//! moved as far as needed. It exists because clocks do not tell an order: servers' dates are in whole seconds, a busy machine keeps
//! a text late, and clocks jump. What comes in the server's order therefore goes after all that came before, whatever its date.
//! It must not change when a text says that it was sent.
use super::StoreError;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::HashMap;

/// From one text to the next: so many that came out of order still fit in between.
const STEP: i64 = 1000;
/// Left free before a text that follows a hole in the archive: so many may have to stand there.
const ROOM: i64 = 60_000_000;
/// A date this near to the other side of a hole says nothing about which side is meant.
const NEAR: i64 = 2_000_000;

fn first(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<Option<i64>, StoreError> {
    Ok(connection.prepare_cached(sql)?.query_row(parameters, |row| row.get(0)).optional()?)
}

/// The place of a text written here: the last.
pub fn written(connection: &Connection, conversation: i64, at: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT place FROM message WHERE conversation = ?1 ORDER BY place DESC, id DESC LIMIT 1";
    Ok(first(connection, SQL, [conversation])?.map_or(at, |last| at.max(last + STEP)))
}

/// The place of a text that comes in the order in which the server has it: after all that has passed the server. What waits in the
/// outbox has not, and stands by its time. `hole`: the row after which a hole in the archive begins that is still to be filled.
pub fn next(connection: &Connection, conversation: i64, at: i64, hole: Option<i64>) -> Result<i64, StoreError> {
    let last: Option<(i64, i64)> = connection
        .prepare_cached(
            "SELECT place, id FROM message WHERE conversation = ?1 AND state <> 0 ORDER BY place DESC, id DESC LIMIT 1",
        )?
        .query_row([conversation], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.map_or(at, |(last, row)| {
        let over_the_hole = hole.is_some_and(|hole| row <= hole);
        at.max(last + if over_the_hole { ROOM } else { STEP })
    }))
}

/// The place of a text that may have been overtaken: by its date. One in whole seconds does not go before one of the same second
/// that is here already, or an answer would stand above its question.
pub fn dated(connection: &Connection, conversation: i64, at: i64) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT place FROM message WHERE conversation = ?1 AND place BETWEEN ?2 AND ?2 + 999999 \
                       ORDER BY place DESC, id DESC LIMIT 1";
    if at % 1_000_000 != 0 {
        return Ok(at);
    }
    Ok(first(connection, SQL, params![conversation, at])?.unwrap_or(at))
}

/// Places for texts that are read backward: each before the one that was read just before in its conversation, by its date where
/// that is not too near to what is on the other side of the hole.
#[derive(Debug)]
pub struct Backward {
    /// Rows up to this one were here when the hole was found: what fills it goes after them.
    hole: i64,
    /// By conversation: the last on the other side of the hole, and the one that was read just before.
    read: HashMap<i64, (i64, i64)>,
}

impl Backward {
    /// For the account's hole, which began after this row.
    pub fn new(hole: i64) -> Self {
        Self { hole, read: HashMap::new() }
    }
    /// This place of the conversation was passed.
    pub fn passed(&mut self, conversation: i64, place: i64) {
        let (_, after) = self.read.entry(conversation).or_insert((i64::MIN, place));
        *after = place.min(*after);
    }
    /// The next one, going back.
    pub fn next(&mut self, connection: &Connection, conversation: i64, at: i64) -> Result<i64, StoreError> {
        let edges = match self.read.get(&conversation) {
            Some(edges) => Some(*edges),
            None => self.edges(connection, conversation)?,
        };
        let (before, place) = match edges {
            Some((before, after)) if at > before.saturating_add(NEAR) => (before, at.min(after - 1)),
            Some((before, after)) => (before, after - 1),
            // the first of its conversation on this side of the hole
            None => (i64::MIN, next(connection, conversation, at, Some(self.hole))?),
        };
        self.read.insert(conversation, (before, place));
        Ok(place)
    }
    fn edges(&self, connection: &Connection, conversation: i64) -> Result<Option<(i64, i64)>, StoreError> {
        const AFTER: &str = "SELECT place FROM message WHERE conversation = ?1 AND id > ?2 ORDER BY place, id LIMIT 1";
        const BEFORE: &str =
            "SELECT place FROM message WHERE conversation = ?1 AND id <= ?2 ORDER BY place DESC, id DESC LIMIT 1";
        let Some(after) = first(connection, AFTER, params![conversation, self.hole])? else { return Ok(None) };
        let before = first(connection, BEFORE, params![conversation, self.hole])?;
        Ok(Some((before.unwrap_or(i64::MIN), after)))
    }
}
