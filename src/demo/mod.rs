//! An embedded exchange on loopback: real SIP, no account, no network.
use crate::domain::{account::AccountConfig, private::Private};
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("no socket")]
    Socket,
}
#[derive(Debug)]
pub struct Exchange {}
impl Exchange {
    pub async fn start(_lang: &str) -> Result<Self, DemoError> {
        Ok(Self {})
    }
    pub fn account(&self) -> (AccountConfig, Private<String>) {
        todo!()
    }
}
