//! Recordings of calls: where they are kept, and what happens when one cannot go on. It hears no sound itself.
use super::{
    api::{Event, Refusal, Reply},
    calls::switch_refusal,
    run::Engine,
};
use crate::{
    config::RecordingConfig,
    domain::{account::AccountId, call::CallId},
    media::RecordError,
};
use jiff::{Timestamp, Zoned};

const fn refused(error: RecordError) -> Refusal {
    match error {
        RecordError::DiskFull => Refusal::DiskFull,
        RecordError::File | RecordError::System => Refusal::NotRecorded,
    }
}

impl Engine {
    /// Starts or ends the recording of a call.
    pub(super) async fn record(&mut self, call: Option<CallId>, on: bool) -> Result<Reply, Refusal> {
        let call = self.switchboard.to_record(call).map_err(switch_refusal)?;
        let already = self.switchboard.call(call).is_some_and(|call| call.recording.is_some());
        if already == on {
            return self.switchboard.call(call).cloned().map(Reply::Call).ok_or(Refusal::NoCall);
        }
        let into = if on {
            let folder = self.setup.home.recordings().map_err(|_| Refusal::NotRecorded)?;
            // whom one spoke with is nobody's business who reads the folder's list
            let RecordingConfig { announce, format } = self.setup.config.recording;
            let begun = Zoned::now().strftime("%Y-%m-%d-%H-%M-%S-%3f");
            let path = folder.join(format!("{begun}-{call}.{}", format.extension()));
            let media = self.media(call).ok_or(Refusal::NoCall)?;
            media.record(&path, format, announce).map_err(refused)?;
            Some(path)
        } else {
            if let Some(media) = self.media(call) {
                media.stop_recording();
            }
            None
        };
        let actions = self.switchboard.recorded(call, into, Timestamp::now());
        self.wish(Ok(actions)).await
    }

    /// A recording has ended by itself.
    pub(super) async fn recording_failed(&mut self, account: AccountId, call: CallId, error: RecordError) {
        tracing::warn!(%error, "a recording has ended");
        if let Some(media) = self.media(call) {
            media.stop_recording();
        }
        let actions = self.switchboard.recorded(call, None, Timestamp::now());
        self.carry_out(actions).await;
        self.tell(Event::RecordingFailed { account, call, reason: refused(error) });
    }
}
