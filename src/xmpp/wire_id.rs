//! The id a text of ours bears on the wire: the same for the same stored text for ever, so that a receipt that comes after a
//! restart finds its text and the other side can tell a text sent twice. Nobody but the addressee can be believed about it,
//! because the address is part of it. It keeps no state.
use crate::domain::message::MessageId;
use sha2::{Digest, Sha256};

/// Makes and reads wire ids of one account in one home.
#[derive(Clone)]
pub(super) struct WireIds {
    key: [u8; 32],
}

impl WireIds {
    /// `instance` is any text that differs from store to store, so that two instances with one account tell their texts apart.
    pub(super) fn new(account: &str, instance: &str) -> Self {
        let digest = Sha256::new().chain_update("landline text id\0").chain_update(account).chain_update("\0");
        Self { key: digest.chain_update(instance).finalize().into() }
    }

    /// The id of the stored text `id` to the bare JID `to`: `ll-ID-TAG`.
    pub(super) fn write(&self, to: &str, id: MessageId) -> String {
        format!("ll-{:x}-{}", id.0, self.tag(to, id))
    }

    /// The stored text that `wire` names, if it was one to the bare JID `to`.
    pub(super) fn read(&self, to: &str, wire: &str) -> Option<MessageId> {
        let (id, tag) = wire.strip_prefix("ll-")?.split_once('-')?;
        let id = MessageId(i64::from_str_radix(id, 16).ok()?);
        (self.tag(to, id) == tag).then_some(id)
    }

    fn tag(&self, to: &str, id: MessageId) -> String {
        let digest = Sha256::new().chain_update(self.key).chain_update(id.0.to_be_bytes()).chain_update(to).finalize();
        hex(digest.iter().take(12))
    }
}

/// Lowercase hexadecimal.
pub(super) fn hex<'a>(bytes: impl IntoIterator<Item = &'a u8>) -> String {
    bytes.into_iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_a_restart_and_belongs_to_one_addressee() {
        let wire = WireIds::new("alice@x", "m1").write("+1555@sms.x", MessageId(300));
        assert!(wire.starts_with("ll-12c-"), "{wire}");
        let again = WireIds::new("alice@x", "m1");
        assert_eq!(again.read("+1555@sms.x", &wire), Some(MessageId(300)));
        assert_eq!(again.read("mallory@x", &wire), None);
        assert_eq!(WireIds::new("alice@x", "m2").read("+1555@sms.x", &wire), None);
        for bad in ["", "ll-", "ll-12c-", "ll-zz-00", "ll--1-", "ll-ffffffffffffffffff-aa"] {
            assert_eq!(again.read("+1555@sms.x", bad), None, "{bad}");
        }
    }
}
