//! Joined calls: gives them their common sound, and each its own again when it leaves. Who is joined is decided in
//! `logic::switchboard`.
use super::{
    api::{Refusal, Reply},
    calls::switch_refusal,
    run::Engine,
};
use crate::{
    audio::{self, AudioStream, HoldSound},
    domain::call::CallId,
    media,
};

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
            self.attach_stream(call);
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
        for (call, mut stream) in calls.iter().zip(streams) {
            if let Some(leg) = self.legs.get_mut(call)
                && let Some(media) = &mut leg.media
            {
                leg.levels = Some(mixer.levels());
                stream.follow(leg.gain.clone());
                media.attach(stream);
                // what it would silence are the others, too
                media.set_muted(false);
            }
        }
        self.conference = Some(Conference { calls, mixer });
    }

    /// Gives a call that is not joined its stream: on the chosen devices, or what one hears on hold.
    pub(super) fn attach_stream(&mut self, call: CallId) {
        let held = self.switchboard.wants_hold(call);
        let muted = self.switchboard.call(call).is_some_and(|call| call.muted);
        if let Some(leg) = self.legs.get_mut(&call)
            && let Some(media) = &mut leg.media
        {
            let sound = &self.setup.config.sound;
            let mut stream = if held { on_hold(sound.hold.clone()) } else { audio::open(sound) };
            leg.levels = Some(stream.levels());
            stream.follow(leg.gain.clone());
            media.attach(stream);
            // on hold it is not the microphone that would be silenced
            media.set_muted(muted && !held);
        }
    }

    /// Mutes the microphone in a call, or in all that are joined with it.
    pub(super) fn mute(&mut self, call: CallId, on: bool) {
        if let Some(conference) = self.conference.as_ref().filter(|conference| conference.calls.contains(&call)) {
            return conference.mixer.set_muted(on);
        }
        let held = self.switchboard.wants_hold(call);
        if let Some(media) = self.media(call).filter(|_| !held) {
            media.set_muted(on);
        }
    }
}

/// A stream that says what one hears on hold.
fn on_hold(sound: HoldSound) -> AudioStream {
    audio::hold(move || match sound {
        HoldSound::Silence => Vec::new(),
        HoldSound::Tune => audio::hold_tune(),
        HoldSound::File(path) => media::read_tune(&path).unwrap_or_else(|error| {
            tracing::warn!(%error, "silence on hold");
            Vec::new()
        }),
    })
}
