//! The Call-ID and From tag of a text of ours: the same for the same stored text for ever, so that the other side can tell
//! one that is sent again after a restart. It keeps no state.
use super::chance::hex;
use crate::domain::message::MessageId;
use sha2::{Digest, Sha256};

/// Hexadecimal digits of the part that cannot be guessed.
const TAG: usize = 24;

/// Makes the ids of one account in one home.
#[derive(Clone)]
pub(super) struct WireIds {
    key: [u8; 32],
}

impl WireIds {
    /// `instance` is any text that differs from home to home.
    pub(super) fn new(account: &str, instance: &str) -> Self {
        let digest = Sha256::new().chain_update("landline text id\0").chain_update(account).chain_update("\0");
        Self { key: digest.chain_update(instance).finalize().into() }
    }

    /// Call-ID and From tag of the stored text `id` to the URI `to`.
    pub(super) fn write(&self, to: &str, id: MessageId) -> (String, String) {
        let digest = Sha256::new().chain_update(self.key).chain_update(id.0.to_be_bytes()).chain_update(to).finalize();
        let text = hex(digest.iter());
        let (call, rest) = text.split_at(TAG);
        (format!("ll-{:x}-{call}", id.0), rest.chars().take(16).collect())
    }

    /// The stored text that bears this Call-ID, if it went to that URI from here.
    pub(super) fn read(&self, to: &str, call_id: &str) -> Option<MessageId> {
        let (number, _) = call_id.strip_prefix("ll-")?.split_once('-')?;
        let id = MessageId(i64::from_str_radix(number, 16).ok()?);
        (self.write(to, id).0 == call_id).then_some(id)
    }
}

/// Whether a Call-ID is of this making: then it names one text, whatever its CSeq.
pub(super) fn is_one_text(call_id: &str) -> bool {
    let parts = call_id.strip_prefix("ll-").and_then(|rest| rest.split_once('-'));
    let hexadecimal = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    parts.is_some_and(|(id, tag)| hexadecimal(id) && tag.len() == TAG && hexadecimal(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_a_restart_and_differs_between_homes() {
        let (call, tag) = WireIds::new("alice@x", "m1").write("sip:bob@x", MessageId(300));
        assert!(call.starts_with("ll-12c-") && is_one_text(&call), "{call}");
        assert_eq!(WireIds::new("alice@x", "m1").write("sip:bob@x", MessageId(300)), (call.clone(), tag));
        assert_ne!(WireIds::new("alice@x", "m2").write("sip:bob@x", MessageId(300)).0, call);
        assert_ne!(WireIds::new("alice@x", "m1").write("sip:eve@x", MessageId(300)).0, call);
        let ids = WireIds::new("alice@x", "m1");
        assert_eq!(ids.read("sip:bob@x", &call), Some(MessageId(300)));
        assert_eq!((ids.read("sip:eve@x", &call), ids.read("sip:bob@x", "ll-12c-00")), (None, None));
        for bad in ["", "ll-", "ll-12c-", "ll-12c-00", "a84b4c76e66710@pc33.atlanta.com"] {
            assert!(!is_one_text(bad), "{bad}");
        }
    }
}
