//! Keys told by INFO (RFC 6086, `application/dtmf-relay`), where the two sides agreed on no way to tell them in the sound:
//! ours one after the other, each when the one before has arrived; theirs as they come.
use super::{
    Agent, AgentEvent, HeaderName, Method, Purpose, Request, ServerId,
    call::{Call, Stage},
};
use crate::domain::{call::CallId, private::Private};
use std::time::{Duration, Instant};

/// What `,` means.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a key is said to be pressed, in milliseconds.
const PRESSED: u32 = 160;
/// Keys that may wait.
const MOST_KEYS: usize = 256;
/// The kind of body.
const RELAY: &str = "application/dtmf-relay";
/// The older kind: the key alone.
const BARE: &str = "application/dtmf";

impl Agent {
    /// Tells these keys: `0-9 * # A-D`, and `,` for a pause.
    pub(crate) fn press(&mut self, call: CallId, keys: &str, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let room = MOST_KEYS.saturating_sub(state.keys.waiting.len());
        state.keys.waiting.extend(keys.chars().take(room));
        self.next_key(call, now);
    }

    /// Tells the next key, if none is under way.
    pub(super) fn next_key(&mut self, call: CallId, now: Instant) {
        let datagrams = !self.is_reliable();
        let Some(Call { stage: Stage::Talking(dialog), keys, .. }) = self.calls.get_mut(&call) else { return };
        if keys.busy || keys.at.is_some_and(|at| now < at) {
            return;
        }
        keys.at = None;
        let Some(key) = keys.waiting.pop_front() else { return };
        if key == ',' {
            keys.at = Some(now + PAUSE);
            return;
        }
        let mut request = dialog.request(Method::Info);
        request.headers.push(HeaderName::ContentType, RELAY);
        request.body = format!("Signal={key}\r\nDuration={PRESSED}\r\n").into();
        let to = dialog.next_hop(datagrams);
        keys.busy = true;
        if self.send(request, to, Purpose::Key(call), now).is_none() {
            self.key_told(call, false, now);
        }
    }

    /// A key has arrived, or has not: then those behind it would be another number.
    pub(super) fn key_told(&mut self, call: CallId, arrived: bool, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        state.keys.busy = false;
        if !arrived {
            tracing::info!("keys are not taken");
            state.keys.waiting.clear();
        }
        self.next_key(call, now);
    }

    /// INFO of theirs.
    pub(super) fn info_came(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let kind = request.headers.content_type();
        let body = String::from_utf8_lossy(&request.body);
        let key = match kind.as_str() {
            _ if request.body.is_empty() => return self.answer_with(server, request, 200, now),
            RELAY => body.lines().find_map(|line| {
                let (name, value) = line.split_once('=')?;
                name.trim().eq_ignore_ascii_case("Signal").then(|| value.trim().to_owned())
            }),
            BARE => Some(body.trim().to_owned()),
            _ => return self.unsupported(server, request, RELAY, now),
        };
        match key.as_deref().and_then(read) {
            Some(key) => {
                self.answer_with(server, request, 200, now);
                self.event(AgentEvent::Key { call, key: Private::new(key) });
            }
            None => self.answer_with(server, request, 400, now),
        }
    }
}

/// A key by its name, or by its number in RFC 4733.
fn read(name: &str) -> Option<char> {
    match name {
        "10" => Some('*'),
        "11" => Some('#'),
        _ => {
            let mut letters = name.chars();
            let key = letters.next()?.to_ascii_uppercase();
            (letters.next().is_none() && "0123456789*#ABCD".contains(key)).then_some(key)
        }
    }
}
