//! What we send, sealed under our key. An index is never used twice under one key: that would lay both packets open.
use super::{
    CONTROL_HEADER, ENCRYPTED, Failure, INDEX,
    cipher::{Cipher, Kind},
};
use crate::{domain::protection::SdesKey, media::packet};

/// Packets of one SSRC that may be sent under one key (RFC 3711 section 9.2).
const MOST_MEDIA: u64 = 1 << 48;
const MOST_CONTROL: u32 = 1 << 31;

/// Our key at work. Our keys bear no MKI.
#[derive(Debug)]
pub(in crate::media) struct Outbound {
    key: SdesKey,
    media: Cipher,
    control: Cipher,
    /// Our stream: its SSRC and its newest index.
    stream: Option<(u32, u64)>,
    control_index: u32,
}

impl Outbound {
    /// `None`: the key is not as long as its suite wants.
    pub(in crate::media) fn new(key: &SdesKey) -> Option<Self> {
        let bytes = key.key.expose();
        let media = Cipher::new(key.suite, bytes, Kind::Media)?;
        let control = Cipher::new(key.suite, bytes, Kind::Control)?;
        Some(Self { key: key.clone(), media, control, stream: None, control_index: 0 })
    }

    #[cfg(test)]
    pub(super) fn with(key: &SdesKey, media: Cipher, control: Cipher, control_index: u32) -> Self {
        Self { key: key.clone(), media, control, stream: None, control_index }
    }

    /// Whether it works with this key.
    pub(in crate::media) fn has(&self, key: &SdesKey) -> bool {
        (self.key.suite, &self.key.key) == (key.suite, &key.key)
    }

    /// Seals an RTP packet in place.
    ///
    /// # Errors
    /// [`Failure::Malformed`], [`Failure::UsedUp`].
    pub(in crate::media) fn seal(&mut self, packet: &mut Vec<u8>) -> Result<(), Failure> {
        let header = packet::header_length(packet).ok_or(Failure::Malformed)?;
        let (sequence, ssrc) = packet::identity(packet).ok_or(Failure::Malformed)?;
        let index = match self.stream {
            Some((known, newest)) if known == ssrc => match sequence.wrapping_sub(newest as u16) {
                0 => return Err(Failure::UsedUp),
                ahead => newest + u64::from(ahead),
            },
            _ => u64::from(sequence),
        };
        if index >= MOST_MEDIA {
            return Err(Failure::UsedUp);
        }
        let (head, body) = packet.split_at_mut_checked(header).ok_or(Failure::Malformed)?;
        let rollover = ((index >> 16) as u32).to_be_bytes();
        let tag = self.media.seal((ssrc, index), head, body, rollover)?;
        self.stream = Some((ssrc, index));
        packet.extend(tag.iter().take(self.media.tag()));
        Ok(())
    }

    /// Seals an RTCP compound in place.
    ///
    /// # Errors
    /// [`Failure::Malformed`], [`Failure::UsedUp`].
    pub(in crate::media) fn seal_control(&mut self, packet: &mut Vec<u8>) -> Result<(), Failure> {
        let ssrc = packet::control_ssrc(packet).ok_or(Failure::Malformed)?;
        let index = self.control_index.checked_add(1).filter(|next| *next < MOST_CONTROL).ok_or(Failure::UsedUp)?;
        let word = (index | ENCRYPTED).to_be_bytes();
        let (head, body) = packet.split_at_mut_checked(CONTROL_HEADER).ok_or(Failure::Malformed)?;
        let header = known(head, word);
        let header = header.get(..if self.control.is_aead() { header.len() } else { CONTROL_HEADER });
        let tag = self.control.seal((ssrc, u64::from(index)), header.unwrap_or_default(), body, word)?;
        self.control_index = index;
        let tag = tag.iter().take(self.control.tag());
        if self.control.is_aead() {
            packet.extend(tag);
            packet.extend(word);
        } else {
            packet.extend(word);
            packet.extend(tag);
        }
        Ok(())
    }
}

/// The header of an RTCP packet and the word with its index: what AEAD authenticates besides the body (RFC 7714 section 9.2).
pub(super) fn known(head: &[u8], word: [u8; INDEX]) -> [u8; CONTROL_HEADER + INDEX] {
    let mut known = [0; CONTROL_HEADER + INDEX];
    known.iter_mut().zip(head.iter().chain(&word)).for_each(|(to, from)| *to = *from);
    known
}
