//! The server's archive as it comes in: a page and the step it makes are one transaction, so that a page costs one write to the
//! disk and a place is never ahead of the texts that lead to it.
use super::{Received, Store, StoreError, receive};
use crate::domain::{
    account::AccountId,
    archive::{ArchivePage, ArchivePlace, ArchiveStep},
    code::Code,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

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

impl Store {
    /// Keeps a page, whole or not at all; `codes` are those found in its texts, in the same order. Gives what became of each.
    pub async fn receive_page(
        &self,
        account: AccountId,
        page: ArchivePage,
        codes: Vec<Option<Code>>,
        now: Timestamp,
    ) -> Result<Vec<Received>, StoreError> {
        self.transact(move |transaction| {
            let mut received = Vec::with_capacity(page.messages.len());
            for (message, code) in page.messages.iter().zip(codes.iter()) {
                received.push(receive::one(transaction, &account, message, code.as_ref(), now, page.older)?);
            }
            step(transaction, &account, &page.step)?;
            Ok(received)
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
