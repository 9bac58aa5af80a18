//! The history of calls. A call is written when it begins, so that one cut short by a crash is not forgotten.
use super::{Store, StoreError, rows};
use crate::domain::{
    account::AccountId,
    address::Address,
    call::{Call, CallRecord, EndReason},
    message::Direction,
    private::Private,
};
use jiff::Timestamp;
use rusqlite::{Row, params};

/// Milliseconds between what two clocks say of one call, and what it may have waited.
const SAME_CALL: i64 = 90_000;

fn select(rest: &str) -> String {
    format!(
        "SELECT c.id, c.account, c.peer, coalesce((SELECT name FROM contact k WHERE k.address = c.peer LIMIT 1), c.name), \
         c.direction, c.started_at, c.answered_at, c.ended_at, c.reason, c.note FROM call c {rest}"
    )
}

fn record(row: &Row<'_>) -> rusqlite::Result<CallRecord> {
    let name: Option<String> = row.get(3)?;
    Ok(CallRecord {
        row: row.get(0)?,
        account: AccountId(row.get(1)?),
        peer: rows::address(row, 2)?,
        name: name.map(Private::new),
        direction: rows::direction(row.get(4)?),
        started_at: rows::time(row, 5)?,
        answered_at: rows::maybe_time(row, 6)?,
        ended_at: rows::maybe_time(row, 7)?,
        reason: rows::from_word(row.get(8)?),
        note: row.get::<_, Option<String>>(9)?.map(Private::new),
    })
}

impl Store {
    /// A call begins; gives its row.
    pub async fn call_started(&self, call: &Call) -> Result<i64, StoreError> {
        let call = call.clone();
        self.transact(move |transaction| {
            transaction.execute(
                "INSERT INTO call(account, peer, name, direction, started_at) VALUES(?1, ?2, ?3, ?4, ?5)",
                params![
                    call.account.0,
                    call.peer.uri(),
                    call.name.as_ref().map(Private::expose),
                    rows::direction_number(call.direction),
                    rows::millis(call.started_at)
                ],
            )?;
            Ok(transaction.last_insert_rowid())
        })
        .await
    }
    /// What the person writes down in a call, in the place of what they had written before; nothing takes it away.
    pub async fn note_call(&self, row: i64, note: Private<String>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            let note = Some(note.into_inner()).filter(|note| !note.trim().is_empty());
            transaction.execute("UPDATE call SET note = ?2 WHERE id = ?1", params![row, note])?;
            Ok(())
        })
        .await
    }
    /// A call is over; gives its line of the history.
    pub async fn call_ended(
        &self,
        row: i64,
        answered_at: Option<Timestamp>,
        ended_at: Timestamp,
        reason: EndReason,
    ) -> Result<CallRecord, StoreError> {
        self.transact(move |transaction| {
            transaction.execute(
                "UPDATE call SET answered_at = ?2, ended_at = ?3, reason = ?4 WHERE id = ?1",
                params![row, answered_at.map(rows::millis), rows::millis(ended_at), rows::word(reason)],
            )?;
            Ok(transaction.query_row(&select("WHERE c.id = ?1"), [row], record)?)
        })
        .await
    }
    /// A call that came while the account was away, at a time by the server's clock. `None`: it is in the history already, as one
    /// that was seen here, or told before.
    pub async fn call_missed(
        &self,
        account: AccountId,
        peer: Address,
        name: Option<Private<String>>,
        at: Timestamp,
    ) -> Result<Option<CallRecord>, StoreError> {
        self.transact(move |transaction| {
            let (uri, incoming, at) = (peer.uri(), rows::direction_number(Direction::Incoming), rows::millis(at));
            let known = transaction
                .prepare_cached(
                    "SELECT 1 FROM call WHERE account = ?1 AND peer = ?2 AND direction = ?3 AND \
                     started_at BETWEEN ?4 - ?5 AND ?4 + ?5",
                )?
                .exists(params![account.0, uri, incoming, at, SAME_CALL])?;
            if known {
                return Ok(None);
            }
            transaction.execute(
                "INSERT INTO call(account, peer, name, direction, started_at, ended_at, reason) \
                 VALUES(?1, ?2, ?3, ?4, ?5, ?5, ?6)",
                params![account.0, uri, name.map(Private::into_inner), incoming, at, rows::word(EndReason::Cancelled)],
            )?;
            let row = transaction.last_insert_rowid();
            Ok(Some(transaction.query_row(&select("WHERE c.id = ?1"), [row], record)?))
        })
        .await
    }
    /// Calls, newest first.
    pub async fn call_history(&self, limit: u32) -> Result<Vec<CallRecord>, StoreError> {
        self.query(move |connection| {
            let mut query = connection.prepare_cached(&select("ORDER BY c.started_at DESC, c.id DESC LIMIT ?1"))?;
            rows::all(query.query_map([limit], record)?)
        })
        .await
    }
}
