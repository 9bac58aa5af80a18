//! The server's archive as it comes in: a page and the step it makes are one transaction, so that a page costs one write to the
//! disk and a place is never ahead of the texts that lead to it.
use super::{
    Changed, Received, Store, StoreError, changes, messages,
    place::Backward,
    receive::{self, Comes},
};
use crate::domain::{
    account::AccountId,
    archive::{ArchivePage, ArchivePlace, ArchiveStep},
    code::Code,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::collections::HashSet;

/// Makes the step if the account stands where it begins: behind a text that could not be kept, it does not.
pub fn step(connection: &Connection, account: &AccountId, step: &ArchiveStep) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT OR IGNORE INTO account(id) VALUES(?1)")?.execute([&account.0])?;
    let ArchiveStep { from, to } = step;
    connection
        .prepare_cached(
            "UPDATE account SET archive_cursor = ?2, archive_gap = ?3 \
             WHERE id = ?1 AND archive_cursor IS ?4 AND archive_gap IS ?5",
        )?
        .execute(params![account.0, to.newest, to.gap, from.newest, from.gap])?;
    Ok(())
}

/// The row after which the hole in an account's archive begins, while there is one.
pub fn hole(connection: &Connection, account: &AccountId) -> Result<Option<i64>, StoreError> {
    let mut query =
        connection.prepare_cached("SELECT archive_hole FROM account WHERE id = ?1 AND archive_gap IS NOT NULL")?;
    Ok(query.query_row([&account.0], |row| row.get(0)).optional()?)
}

/// The end of an archive was taken: what is missing before it goes between all that is here and that.
fn open_hole(connection: &Connection, account: &AccountId) -> Result<i64, StoreError> {
    let row = connection.query_row("SELECT coalesce(max(id), 0) FROM message", [], |row| row.get(0))?;
    connection
        .prepare_cached(
            "INSERT INTO account(id, archive_hole) VALUES(?1, ?2) ON CONFLICT(id) DO UPDATE SET archive_hole = ?2",
        )?
        .execute(params![account.0, row])?;
    Ok(row)
}

/// What became of a message of a page.
enum Kept {
    /// A text: its row, and whether it is new.
    Text(i64, bool),
    /// What it did to another one.
    Change(Box<Changed>),
}

/// Keeps the texts of a page. The archive's order is the order of its texts: one that is new goes before those after it that are
/// known, and after all else. What changes other texts has no place of its own.
fn texts(
    transaction: &Transaction<'_>,
    account: &AccountId,
    page: &ArchivePage,
    codes: &[Option<Code>],
    now: Timestamp,
) -> Result<Vec<Kept>, StoreError> {
    let opens = page.step.to.gap.is_some() && page.step.to.gap != page.step.from.gap && !page.older;
    let hole = if opens { Some(open_hole(transaction, account)?) } else { hole(transaction, account)? };
    let mut texts: Vec<_> =
        page.messages.iter().zip(codes).map(|(message, code)| (message, code.as_ref(), None)).collect();
    if !page.older {
        texts.reverse();
    }
    // from the newest back: what is known shows where those before it belong
    let mut backward = Backward::new(hole.unwrap_or_default());
    let mut known_after = HashSet::new();
    for (message, code, row) in &mut texts {
        if let Some(change) = &message.change {
            if page.older {
                let comes = Comes::Backward(&mut backward);
                *row =
                    Some(Kept::Change(changes::one(transaction, account, message, change, *code, now, comes)?.into()));
            }
            continue;
        }
        let known = receive::known(transaction, account, &message.dedupe)?;
        if let Some(id) = known {
            // a text that was sent twice stands in the archive twice: its second copy says nothing of its place
            if receive::known_in_archive(transaction, account, &message.dedupe)? {
                let (conversation, place) = messages::place(transaction, id)?;
                backward.passed(conversation, place);
                known_after.insert(&message.peer);
            }
        } else if !page.older && !known_after.contains(&message.peer) {
            continue;
        }
        let comes = Comes::Backward(&mut backward);
        let (id, new) = receive::one(transaction, account, message, *code, now, comes)?;
        *row = Some(Kept::Text(id, new));
    }
    if !page.older {
        texts.reverse();
    }
    texts
        .into_iter()
        .map(|(message, code, row)| match (row, &message.change) {
            (Some(row), _) => Ok(row),
            (None, Some(change)) => {
                let comes = Comes::Next(hole);
                Ok(Kept::Change(changes::one(transaction, account, message, change, code, now, comes)?.into()))
            }
            (None, None) => {
                let (id, new) = receive::one(transaction, account, message, code, now, Comes::Next(hole))?;
                Ok(Kept::Text(id, new))
            }
        })
        .collect()
}

impl Store {
    /// Keeps a page, whole or not at all; `codes` are those found in its texts, in the same order. Gives what became of each
    /// text, and what those did that change others.
    pub async fn receive_page(
        &self,
        account: AccountId,
        page: ArchivePage,
        codes: Vec<Option<Code>>,
        now: Timestamp,
    ) -> Result<(Vec<Received>, Vec<Changed>), StoreError> {
        self.transact(move |transaction| {
            let rows = texts(transaction, &account, &page, &codes, now)?;
            step(transaction, &account, &page.step)?;
            let (mut received, mut changed) = (Vec::with_capacity(rows.len()), Vec::new());
            for row in rows {
                match row {
                    Kept::Text(id, new) => received.push(receive::received(transaction, id, new)?),
                    Kept::Change(one) => {
                        received.extend(one.kept.clone());
                        changed.push(Changed { kept: None, ..*one });
                    }
                }
            }
            Ok((received, changed))
        })
        .await
    }
    /// How much of the server's archive is kept.
    pub async fn archive_place(&self, account: AccountId) -> Result<ArchivePlace, StoreError> {
        self.query(move |connection| {
            let mut query =
                connection.prepare_cached("SELECT archive_cursor, archive_gap FROM account WHERE id = ?1")?;
            let place = query.query_row([account.0], |row| Ok(ArchivePlace { newest: row.get(0)?, gap: row.get(1)? }));
            Ok(place.optional()?.unwrap_or_default())
        })
        .await
    }
}
