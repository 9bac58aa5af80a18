//! Contacts: names for addresses, from rosters and from the person.
use super::{Store, StoreError, rows};
use crate::domain::{account::AccountId, address::Address, contact::Contact, private::Private};
use rusqlite::{Transaction, params};

fn add(transaction: &Transaction<'_>, contacts: Vec<Contact>) -> Result<(), StoreError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO contact(account, address, name) VALUES(?1, ?2, ?3) \
         ON CONFLICT(address, account) DO UPDATE SET name = excluded.name",
    )?;
    for contact in contacts {
        let account = contact.account.map_or_else(String::new, |account| account.0);
        upsert.execute(params![account, contact.address.uri(), contact.name.expose()])?;
    }
    Ok(())
}

impl Store {
    /// All contacts, by name.
    pub async fn contacts(&self) -> Result<Vec<Contact>, StoreError> {
        self.query(|connection| {
            let mut query =
                connection.prepare_cached("SELECT account, address, name FROM contact ORDER BY name COLLATE NOCASE")?;
            rows::all(query.query_map([], |row| {
                let account: String = row.get(0)?;
                Ok(Contact {
                    account: (!account.is_empty()).then_some(AccountId(account)),
                    address: rows::address(row, 1)?,
                    name: Private::new(row.get(2)?),
                })
            })?)
        })
        .await
    }
    /// Whether the person knows this address: a contact, or one they have written to.
    pub async fn knows(&self, account: AccountId, address: Address) -> Result<bool, StoreError> {
        self.query(move |connection| {
            let mut query = connection.prepare_cached(
                "SELECT 1 WHERE EXISTS(SELECT 1 FROM contact WHERE address = ?2) OR EXISTS(SELECT 1 FROM message m \
                 JOIN conversation c ON c.id = m.conversation WHERE c.account = ?1 AND c.peer = ?2 AND m.direction = 1)",
            )?;
            Ok(query.exists(params![account.0, address.uri()])?)
        })
        .await
    }
    /// Adds these contacts, or gives known ones their new name; others stay.
    pub async fn set_contacts(&self, contacts: Vec<Contact>) -> Result<(), StoreError> {
        self.transact(move |transaction| add(transaction, contacts)).await
    }
    /// Puts these in the place of all contacts of an account.
    pub async fn replace_contacts(&self, account: AccountId, contacts: Vec<Contact>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            transaction.execute("DELETE FROM contact WHERE account = ?1", [account.0])?;
            add(transaction, contacts)
        })
        .await
    }
    /// Takes contacts of an account's roster away.
    pub async fn remove_contacts(&self, account: AccountId, addresses: Vec<Address>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            for address in addresses {
                transaction.execute(
                    "DELETE FROM contact WHERE account = ?1 AND address = ?2",
                    params![account.0, address.uri()],
                )?;
            }
            Ok(())
        })
        .await
    }
}
