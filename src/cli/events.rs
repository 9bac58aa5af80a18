//! Events as lines: JSON for scripts, sentences for people. Levels of sound are left out: fifteen a second would drown the rest.
use super::print;
use crate::{
    engine::api::{Event, StoreState},
    words::{Value, Words},
};

/// The line of an event; `None`: nothing to say.
pub(super) fn line(event: &Event, words: &Words, json: bool) -> Option<String> {
    if matches!(event, Event::Levels { .. }) {
        return None;
    }
    if json { serde_json::to_string(event).ok() } else { sentence(event, words) }
}

fn sentence(event: &Event, words: &Words) -> Option<String> {
    Some(match event {
        Event::Registered { account, registration } | Event::RegistrationChanged { account, registration } => {
            format!("{account}: {}", print::registration(words, registration))
        }
        Event::RegistrationFailed { account, problem, .. } => format!("{account}: {}", words.text(problem.key())),
        Event::AccountAdded { account, .. } => words.with("cli-account-added", &[("account", (&account.0).into())]),
        Event::AccountRemoved { account } => words.with("cli-account-removed", &[("account", (&account.0).into())]),
        Event::Mailbox { mailbox, .. } => print::voicemail(words, mailbox),
        Event::Message { message, conversation, .. } => print::said(words, message, conversation.name.as_ref()),
        Event::MessageChanged { message, conversation, .. } => print::said(words, message, conversation.name.as_ref()),
        Event::MessageState { id, state, failure, .. } => {
            let state = words.text(failure.map_or_else(|| print::state(*state), |failure| failure.key()));
            let id = id.0.to_string();
            words.with("cli-text-state", &[("id", (&id).into()), ("state", (&state).into())])
        }
        Event::Code { code, .. } | Event::CodeWarned { code } => print::code_now(words, code),
        Event::Call { call, .. } => print::call(words, call),
        Event::Quality { quality, .. } => words.verdict(quality.verdict),
        Event::DtmfReceived { digit, .. } => {
            let key = print::clean(&digit.expose().to_string());
            words.with("cli-key-pressed", &[("key", Value::Text(&key))])
        }
        Event::Referred { referral } => print::referral(words, referral),
        Event::TransferFailed { reason, .. } => {
            let reason = words.text(reason.key());
            words.with("transfer-failed", &[("reason", (&reason).into())])
        }
        Event::Wired { status } => print::carrier(words, status),
        Event::DevicesChanged { no_microphone: true, .. } => words.text("settings-no-microphone"),
        Event::DevicesChanged { no_loudspeaker: true, .. } => words.text("settings-no-loudspeaker"),
        Event::DevicesChanged { other_microphone: true, .. } => words.text("settings-other-microphone"),
        Event::DevicesChanged { other_loudspeaker: true, .. } => words.text("settings-other-loudspeaker"),
        Event::RecordingFailed { reason, .. } => words.text(reason.key()),
        Event::Store { state: StoreState::Open | StoreState::Closed } => return None,
        Event::Store { state } => words.text(state.key()),
        Event::Kept { trouble: None } => words.text("store-open"),
        Event::Kept { trouble: Some(state) } => words.text(state.key()),
        Event::Quit => words.text("cli-ended"),
        Event::CallLogged { .. }
        | Event::ReferralOver { .. }
        | Event::CodeForgotten { .. }
        | Event::ConversationRead { .. }
        | Event::HistoryFetched { .. }
        | Event::Writing { .. }
        | Event::File(_)
        | Event::Contacts { .. }
        | Event::Levels { .. }
        | Event::DevicesChanged { .. }
        | Event::DesktopChanged { .. }
        | Event::LinkOpened { .. }
        | Event::ShowWindow => return None,
    })
}
