//! One call at the exchange: its media, and who is at the other end of it.
use super::voice;
use crate::{
    audio::AudioStream,
    domain::account::Encryption,
    domain::session::{MediaDirection, SessionDescription},
    media::{Helpers, MediaError, MediaSession},
    net::Bind,
};
use std::{collections::VecDeque, future::Future, net::SocketAddr};

/// What the person hears.
pub(super) enum Voice {
    /// Themselves.
    Echo,
    /// This.
    Speech(VecDeque<f32>),
}

/// An answered call. Its media ends when it is dropped.
pub(super) struct Line {
    media: Option<MediaSession>,
}

impl Line {
    /// Answers an offer: the line, the description to answer with, and the voice, to be run until it is over.
    pub(super) async fn answer(
        offer: SessionDescription,
        voice: Voice,
    ) -> Result<(Self, SessionDescription, impl Future<Output = ()> + Send + 'static), MediaError> {
        let towards = SocketAddr::new(offer.rtp.ip(), offer.rtp.port());
        let mut media = MediaSession::open(&Bind::default(), towards, Encryption::Off, Helpers::default()).await?;
        media.gathered().await;
        let answer = media.answer(&offer, MediaDirection::SendRecv)?;
        let (stream, spoken, heard) = AudioStream::loose();
        media.attach(stream);
        media.apply(answer.clone(), offer)?;
        let speaking = async move {
            match voice {
                Voice::Echo => voice::echo(spoken, heard).await,
                Voice::Speech(speech) => voice::say(speech, spoken, heard).await,
            }
        };
        Ok((Self { media: Some(media) }, answer, speaking))
    }

    /// Answers a new offer in mid-call, such as a hold.
    pub(super) fn answer_again(&mut self, offer: SessionDescription) -> Result<SessionDescription, MediaError> {
        let media = self.media.as_mut().ok_or(MediaError::NoCommonCodec)?;
        let answer = media.answer(&offer, MediaDirection::SendRecv)?;
        media.apply(answer.clone(), offer)?;
        Ok(answer)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(media) = self.media.take() {
            media.stop();
        }
    }
}
