//! One media engine for both account kinds: description -> RTP -> jitter buffer -> codec -> PCM.
//! Decisions (negotiation, jitter) are sans-IO and take `now`. It knows neither SDP nor Jingle.
use crate::{
    audio::AudioStream,
    domain::{
        private::Private,
        session::{Codec, MediaDirection, SessionDescription},
    },
    net::Bind,
};
use std::net::SocketAddr;
use tokio::sync::mpsc;
#[derive(Debug)]
pub enum MediaEvent {
    Dtmf(Private<char>),
    FirstPacket,
}
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    #[error("no codec in common")]
    NoCommonCodec,
}
#[derive(Debug)]
pub struct MediaSession {}
impl MediaSession {
    pub async fn open(_bind: &Bind, _towards: SocketAddr) -> Result<Self, MediaError> {
        Err(MediaError::NoCommonCodec)
    }
    pub fn offer(&self, _direction: MediaDirection) -> SessionDescription {
        todo!()
    }
    pub fn answer(
        &self,
        _offer: &SessionDescription,
        _direction: MediaDirection,
    ) -> Result<SessionDescription, MediaError> {
        todo!()
    }
    pub fn apply(&mut self, _local: SessionDescription, _remote: SessionDescription) -> Result<(), MediaError> {
        todo!()
    }
    pub fn attach(&mut self, _stream: AudioStream) {}
    pub fn set_muted(&mut self, _on: bool) {}
    pub fn send_dtmf(&mut self, _digits: &str) {}
    pub fn codec(&self) -> Option<Codec> {
        None
    }
    pub fn events(&mut self) -> mpsc::Receiver<MediaEvent> {
        mpsc::channel(1).1
    }
    pub fn stop(self) {}
}
