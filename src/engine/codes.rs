//! What surrounds a code that came: warnings of the sender and of texts that ask for it, and forgetting it when it is old.
//! Judges nothing: that is for `logic/codes`.
use super::{api::Event, run::Engine};
use crate::{
    domain::{account::AccountId, code::Warning, message::NewMessage},
    logic::codes,
};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};

/// For how long a code is in danger of being asked for.
const LATELY: SignedDuration = SignedDuration::from_mins(30);
/// Codes of that time that are told of.
const CODES: u32 = 20;
/// How often old codes are looked for.
const ROUND: Duration = Duration::from_secs(600);

impl Engine {
    /// Whether the writer is new and passes itself off as one who has written before.
    pub(super) async fn imitates(&self, account: &AccountId, message: &NewMessage) -> bool {
        let known = match self.store.strangers_to(account.clone(), message.peer.clone()).await {
            Ok(Some(known)) => known,
            Ok(None) => return false,
            Err(error) => {
                tracing::error!(%error, "senders cannot be read");
                return false;
            }
        };
        let known = || known.iter().map(|name| name.expose().as_str());
        let named = message.sender_name.as_ref().map(|name| name.expose().as_str());
        let names = named.into_iter().chain([message.peer.display()]);
        names.into_iter().any(|name| codes::imitates(name, message.body.expose(), known()))
    }

    /// A text asks for a code: those that came lately are warned of.
    pub(super) async fn asked_for_codes(&mut self, now: Timestamp) {
        let warned = match self.store.warn(now.saturating_sub(LATELY).unwrap_or(now), Warning::Asked).await {
            Ok(warned) if warned.is_empty() => return,
            Ok(warned) => warned,
            Err(error) => return tracing::error!(%error, "a warning cannot be kept"),
        };
        match self.store.codes(CODES).await {
            Ok(codes) => codes
                .into_iter()
                .filter(|code| warned.contains(&code.message))
                .for_each(|code| self.tell(Event::CodeWarned { code })),
            Err(error) => tracing::error!(%error, "codes cannot be read"),
        }
    }

    /// Blanks out codes that are older than the person keeps them, and looks again later.
    pub(super) async fn forget_codes(&mut self) {
        let Some(hours) = self.setup.config.codes.forget_after_hours else { return };
        self.codes_due = Some(Instant::now() + ROUND);
        let until = Timestamp::now().saturating_sub(SignedDuration::from_hours(hours.into()));
        let Ok(until) = until else { return };
        let old = match self.store.codes_until(until).await {
            Ok(old) => old,
            Err(error) => return tracing::error!(%error, "old codes cannot be read"),
        };
        for message in old {
            let Some(code) = &message.code else { continue };
            let sender = message.sender.as_ref().unwrap_or(&message.peer).display();
            let body = codes::blanked(message.body.expose(), code.value.expose(), sender);
            match self.store.forget_code(message.id, body.into()).await {
                Ok(Some(message)) => self.tell(Event::CodeForgotten { message }),
                Ok(None) => {}
                Err(error) => return tracing::error!(%error, "an old code cannot be forgotten"),
            }
        }
    }
}
