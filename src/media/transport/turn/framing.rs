//! Messages in a stream to a TURN server (RFC 8656 section 12.5): each says how long it is.
use super::super::ice::stun;

/// Longest message we take: a packet of sound and what is around it.
const LONGEST: usize = 4096;

/// Bytes of a stream, until they are messages.
#[derive(Debug, Default)]
pub(in crate::media) struct Frames(Vec<u8>);

impl Frames {
    /// Adds what came; `None`: the stream holds what is no message, and cannot be read any further.
    pub(in crate::media) fn push(&mut self, bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        self.0.extend(bytes);
        let mut messages = Vec::new();
        while let Some([a, b, high, low]) = self.0.first_chunk::<4>().copied() {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let (whole, padded) = match u16::from_be_bytes([a, b]) {
                0..=0x3FFF => (stun::HEADER + length, stun::HEADER + length),
                0x4000..=0x4FFF => (4 + length, 4 + length.next_multiple_of(4)),
                _ => return None,
            };
            if padded > LONGEST {
                return None;
            }
            if self.0.len() < padded {
                break;
            }
            let rest = self.0.split_off(padded);
            let mut message = std::mem::replace(&mut self.0, rest);
            message.truncate(whole);
            messages.push(message);
        }
        Some(messages)
    }
}
