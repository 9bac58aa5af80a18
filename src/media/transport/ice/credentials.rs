//! What checks of one ICE session are known by: made at random, told by the description.
use crate::domain::private::Private;

/// 64 ice-chars (RFC 8839 section 5.4): six bits each.
const CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Our user name fragment and password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media) struct Credentials {
    pub ufrag: String,
    pub pwd: Private<String>,
}

impl Credentials {
    /// 48 bits of name, 192 of password; `None`: the system has no randomness.
    pub(in crate::media) fn new() -> Option<Self> {
        Some(Self { ufrag: chars(8)?, pwd: Private::new(chars(32)?) })
    }
}

fn chars(count: usize) -> Option<String> {
    let mut bytes = vec![0; count];
    getrandom::fill(&mut bytes).ok()?;
    Some(bytes.iter().filter_map(|byte| CHARS.get(usize::from(byte & 63))).map(|c| char::from(*c)).collect())
}
