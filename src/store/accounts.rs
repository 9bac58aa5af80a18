//! The accounts themselves. Addresses and servers are nobody's business who reads the disk: they are here, and not in
//! `config.toml`. Passwords are not here.
use super::{Store, StoreError, rows};
use crate::domain::account::AccountConfig;

impl Store {
    /// The accounts, in the order in which they were added.
    pub async fn accounts(&self) -> Result<Vec<AccountConfig>, StoreError> {
        self.query(|connection| {
            let mut query = connection.prepare_cached("SELECT config FROM account_config ORDER BY position")?;
            let configs = rows::all(query.query_map([], |row| row.get::<_, String>(0))?)?;
            // it cannot be damaged, for the file is authenticated: a newer Landline wrote what is not understood
            configs.iter().map(|config| serde_json::from_str(config).map_err(|_| StoreError::TooNew)).collect()
        })
        .await
    }
    /// Keeps these accounts and no others.
    pub async fn set_accounts(&self, accounts: Vec<AccountConfig>) -> Result<(), StoreError> {
        self.transact(move |transaction| {
            transaction.execute("DELETE FROM account_config", [])?;
            let mut insert = transaction.prepare_cached("INSERT INTO account_config(config) VALUES(?1)")?;
            for account in &accounts {
                insert.execute([serde_json::to_string(account).map_err(|_| StoreError::Io)?])?;
            }
            Ok(())
        })
        .await
    }
}
