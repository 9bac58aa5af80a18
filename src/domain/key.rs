//! The key of the store: 32 bytes that stand in the keyring or the vault, and under the recovery passphrase.
use super::private::Private;

/// See the head of this file. Never printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreKey(Private<[u8; 32]>);

impl StoreKey {
    /// From random bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Private::new(bytes))
    }
    /// From 64 hexadecimal digits, as it is kept.
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits: Vec<u8> =
            text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect::<Option<_>>()?;
        let bytes: Vec<u8> =
            digits.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.last()?)).collect();
        let whole = digits.len() == 64;
        whole.then(|| bytes.try_into().ok().map(Self::new)).flatten()
    }
    /// As 64 hexadecimal digits.
    pub fn hex(&self) -> Private<String> {
        Private::new(self.0.expose().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_was_written_and_never_shown() {
        let key = StoreKey::new(std::array::from_fn(|at| at as u8 * 7));
        assert_eq!(StoreKey::from_hex(key.hex().expose()), Some(key.clone()));
        for wrong in ["", "0", &"0".repeat(63), &"0".repeat(66), &"g".repeat(64), &"é".repeat(32)] {
            assert_eq!(StoreKey::from_hex(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "StoreKey(‹private›)");
    }
}
