//! A contact: a name for an address, from a roster or written by the person.
use super::{account::AccountId, address::Address};
use serde::{Deserialize, Serialize};

/// One named address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The account whose roster holds it; `None`: only here.
    pub account: Option<AccountId>,
    /// Where it is reached.
    pub address: Address,
    /// What a person calls it.
    pub name: crate::domain::private::Private<String>,
}
