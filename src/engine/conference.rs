//! Joined calls: gives them their common sound, and each its own again when it leaves. Who is joined is decided in
//! `logic::switchboard`.
use super::{
    api::{Refusal, Reply},
    calls::switch_refusal,
    run::Engine,
};
use crate::{audio, domain::call::CallId};

/// The calls that are joined now, and their sound.
#[derive(Debug)]
pub(super) struct Conference {
    pub(super) calls: Vec<CallId>,
    mixer: audio::Conference,
}

impl Engine {
    /// Joins all calls that are talked in or held.
    pub(super) async fn join(&mut self) -> Result<Reply, Refusal> {
        let actions = self.switchboard.join().map_err(switch_refusal)?;
        self.carry_out(actions).await;
        Ok(Reply::Calls(self.switchboard.calls()))
    }

    /// These calls hear each other from now on, and no others.
    pub(super) fn conference(&mut self, calls: Vec<CallId>) {
        let before = self.conference.take().map(|conference| conference.calls).unwrap_or_default();
        for call in before.into_iter().filter(|call| !calls.contains(call)) {
            self.attach_devices(call);
        }
        if !calls.is_empty() {
            self.attach_conference(calls);
        }
        self.tell_faults();
    }

    /// Gives joined calls streams between which is mixed.
    pub(super) fn attach_conference(&mut self, calls: Vec<CallId>) {
        let (mixer, streams) = audio::Conference::start(&self.setup.config.sound, calls.len());
        mixer.set_muted(calls.iter().any(|call| self.switchboard.call(*call).is_some_and(|call| call.muted)));
        for (call, stream) in calls.iter().zip(streams) {
            if let Some(leg) = self.legs.get_mut(call)
                && let Some(media) = &mut leg.media
            {
                leg.levels = Some(mixer.levels());
                media.attach(stream);
                // what it would silence are the others, too
                media.set_muted(false);
            }
        }
        self.conference = Some(Conference { calls, mixer });
    }

    /// Gives a call a stream on the chosen devices.
    pub(super) fn attach_devices(&mut self, call: CallId) {
        let muted = self.switchboard.call(call).is_some_and(|call| call.muted);
        if let Some(leg) = self.legs.get_mut(&call)
            && let Some(media) = &mut leg.media
        {
            let stream = audio::open(&self.setup.config.sound);
            leg.levels = Some(stream.levels());
            media.attach(stream);
            media.set_muted(muted);
        }
    }

    /// Mutes the microphone in a call, or in all that are joined with it.
    pub(super) fn mute(&mut self, call: CallId, on: bool) {
        if let Some(conference) = self.conference.as_ref().filter(|conference| conference.calls.contains(&call)) {
            return conference.mixer.set_muted(on);
        }
        if let Some(media) = self.media(call) {
            media.set_muted(on);
        }
    }
}
