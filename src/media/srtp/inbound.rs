//! What the other side sends, opened with its key: authenticated first, then compared with what was here, then decrypted.
use super::{
    CONTROL_HEADER, ENCRYPTED, Failure, INDEX,
    cipher::{Cipher, Kind},
    outbound::known,
    replay::Window,
};
use crate::{domain::protection::SdesKey, media::packet};

/// Streams whose packets are remembered; with one more the one that was silent longest is forgotten. Only the other side
/// itself can make so many: a stream begins with a packet that authenticates.
const STREAMS: usize = 64;

/// Their key at work.
#[derive(Debug)]
pub(in crate::media) struct Inbound {
    key: SdesKey,
    media: Cipher,
    control: Cipher,
    media_streams: Streams,
    control_streams: Streams,
}

impl Inbound {
    /// `None`: the key is not as long as its suite wants.
    pub(in crate::media) fn new(key: &SdesKey) -> Option<Self> {
        let bytes = key.key.expose();
        let media = Cipher::new(key.suite, bytes, Kind::Media)?;
        let control = Cipher::new(key.suite, bytes, Kind::Control)?;
        Some(Self::with(key, media, control))
    }

    pub(super) fn with(key: &SdesKey, media: Cipher, control: Cipher) -> Self {
        let (media_streams, control_streams) = Default::default();
        Self { key: key.clone(), media, control, media_streams, control_streams }
    }

    /// Whether it works with this key.
    pub(in crate::media) fn has(&self, key: &SdesKey) -> bool {
        self.key == *key
    }

    /// Opens an RTP packet in place; the plain packet is as long as is told.
    ///
    /// # Errors
    /// [`Failure::Malformed`], [`Failure::Forged`], [`Failure::Replayed`].
    pub(in crate::media) fn open(&mut self, bytes: &mut [u8]) -> Result<usize, Failure> {
        let header = packet::header_length(bytes).ok_or(Failure::Malformed)?;
        let (sequence, ssrc) = packet::identity(bytes).ok_or(Failure::Malformed)?;
        let (tag, mki) = (self.media.tag(), self.key.mki.len());
        let end = bytes.len().checked_sub(tag + mki).filter(|end| *end >= header).ok_or(Failure::Malformed)?;
        let index = self.media_streams.index(ssrc, sequence)?;
        let (head, rest) = bytes.split_at_mut_checked(header).ok_or(Failure::Malformed)?;
        let (body, behind) = rest.split_at_mut_checked(end - header).ok_or(Failure::Malformed)?;
        // an MKI stands between body and tag, or behind the tag that belongs to AEAD's ciphertext
        let tag = if self.media.is_aead() { behind.get(..tag) } else { behind.get(mki..) };
        let rollover = ((index >> 16) as u32).to_be_bytes();
        self.media.open((ssrc, index), head, body, rollover, tag.ok_or(Failure::Malformed)?)?;
        self.media_streams.seen(ssrc, index);
        Ok(end)
    }

    /// Opens an RTCP compound in place; the plain one is as long as is told. One that is not encrypted is refused: that was
    /// not agreed on.
    ///
    /// # Errors
    /// [`Failure::Malformed`], [`Failure::Forged`], [`Failure::Replayed`].
    pub(in crate::media) fn open_control(&mut self, bytes: &mut [u8]) -> Result<usize, Failure> {
        let ssrc = packet::control_ssrc(bytes).ok_or(Failure::Malformed)?;
        let (tag, mki) = (self.control.tag(), self.key.mki.len());
        let end = bytes.len().checked_sub(tag + mki + INDEX).filter(|end| *end >= CONTROL_HEADER);
        let end = end.ok_or(Failure::Malformed)?;
        let (head, rest) = bytes.split_at_mut_checked(CONTROL_HEADER).ok_or(Failure::Malformed)?;
        let (body, behind) = rest.split_at_mut_checked(end - CONTROL_HEADER).ok_or(Failure::Malformed)?;
        // AEAD: tag, index, MKI; otherwise index, MKI, tag
        let (tag, word) = if self.control.is_aead() {
            (behind.get(..tag), behind.get(tag..tag + INDEX))
        } else {
            (behind.get(INDEX + mki..), behind.get(..INDEX))
        };
        let (tag, word) = tag.zip(word).ok_or(Failure::Malformed)?;
        let word: [u8; INDEX] = word.try_into().map_err(|_| Failure::Malformed)?;
        let flagged = u32::from_be_bytes(word);
        if flagged & ENCRYPTED == 0 {
            return Err(Failure::Forged);
        }
        let index = u64::from(flagged & !ENCRYPTED);
        if !self.control_streams.is_new(ssrc, index) {
            return Err(Failure::Replayed);
        }
        let header = known(head, word);
        let header = header.get(..if self.control.is_aead() { header.len() } else { CONTROL_HEADER });
        self.control.open((ssrc, index), header.unwrap_or_default(), body, word, tag)?;
        self.control_streams.seen(ssrc, index);
        Ok(end)
    }
}

/// The streams that are known, the one that spoke last in front.
#[derive(Debug, Default)]
struct Streams(Vec<(u32, Window)>);

impl Streams {
    fn window(&self, ssrc: u32) -> Option<&Window> {
        self.0.iter().find(|(known, _)| *known == ssrc).map(|(_, window)| window)
    }

    /// The whole index of a packet that is new. A stream begins in its first turn (RFC 3711 section 3.3.1).
    fn index(&self, ssrc: u32, sequence: u16) -> Result<u64, Failure> {
        let Some(window) = self.window(ssrc) else { return Ok(u64::from(sequence)) };
        let index = window.index(sequence).ok_or(Failure::Replayed)?;
        if window.is_new(index) && index < 1 << 48 { Ok(index) } else { Err(Failure::Replayed) }
    }

    fn is_new(&self, ssrc: u32, index: u64) -> bool {
        self.window(ssrc).is_none_or(|window| window.is_new(index))
    }

    fn seen(&mut self, ssrc: u32, index: u64) {
        match self.0.iter().position(|(known, _)| *known == ssrc) {
            Some(at) => {
                if let Some((_, window)) = self.0.get_mut(at) {
                    window.seen(index);
                }
                self.0.get_mut(..=at).unwrap_or_default().rotate_right(1);
            }
            None => {
                self.0.truncate(STREAMS - 1);
                self.0.insert(0, (ssrc, Window::new(index)));
            }
        }
    }
}
