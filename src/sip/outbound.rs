//! Texts of ours: written, sent, what their answers mean. A registrar that has just come back without its memory knows
//! nobody: as long as that may be so, "not found" is "not now".
use super::{
    addressing,
    agent::{Agent, Failure, RequestId},
    cpim::{self, Cover},
    failure,
    message::{HeaderName, Method, Response},
    session::{Output, Session},
    uri::{NameAddr, Uri},
    wrapping,
};
use crate::{
    account::{AccountEvent, TextProgress},
    domain::{
        address::Address,
        message::{MessageId, SendFailure},
    },
};
use std::time::{Duration, Instant};

/// What fits into a message beside its headers (`parse::LARGEST`, and what a datagram carries).
const LONGEST_TEXT: usize = 48 * 1024;
/// How long phones take to come back to a registrar that has lost its memory.
const COMING_BACK: Duration = Duration::from_secs(90);

/// Whether the server may have forgotten everybody.
#[derive(Debug, Default)]
pub(super) struct Doubt {
    /// It may, until then.
    until: Option<Instant>,
    /// It is being asked.
    question: Option<RequestId>,
    /// Texts to nobody, as it said while it was being asked.
    held: Vec<MessageId>,
}

impl Doubt {
    /// It was away.
    pub(super) fn lost(&mut self, now: Instant) {
        self.until = Some(now + COMING_BACK);
    }

    pub(super) fn is_question(&self, request: RequestId) -> bool {
        self.question == Some(request)
    }
}

impl Session {
    /// Sends a text.
    pub(super) fn send_text(&mut self, id: MessageId, to: &Address, body: &str, now: Instant) {
        if self.texts.values().any(|known| *known == id) || self.doubt.held.contains(&id) {
            return;
        }
        let Some(uri) = addressing::to_uri(to, &self.domain) else {
            return self.text_failed(id, SendFailure::NotFound, false);
        };
        if body.len() > LONGEST_TEXT {
            return self.text_failed(id, SendFailure::TooLong, false);
        }
        self.write(id, (to, uri), body, 1, now);
    }

    /// Writes it, wrapped where that is understood. `number`: 2 where it was refused as it was written first.
    fn write(&mut self, id: MessageId, (to, uri): (&Address, Uri), body: &str, number: u32, now: Instant) {
        let Some(server) = self.server().filter(|_| self.is_registered()) else {
            return self.text_failed(id, SendFailure::Unavailable, true);
        };
        let (call_id, tag) = self.ids.write(uri.as_str(), id);
        let ends = (&self.aor.clone().with_tag(&tag), &NameAddr::new(uri.clone()));
        let wraps = self.texting.wrappings.suits(uri.host());
        let cover = Cover { from: self.aor.uri.as_str(), to: uri.as_str(), name: &call_id, now: self.time(now) };
        let (kind, content) = match wraps {
            true => (cpim::KIND, cpim::wrap(cover, body)),
            false => ("text/plain;charset=UTF-8", body.to_owned()),
        };
        let mut request = Agent::compose(Method::Message, uri, ends, &call_id, number);
        request.headers.push(HeaderName::ContentType, kind);
        request.body = content.into();
        let request = self.agent.request(request, server, now);
        self.texts.insert(request, id);
        if wraps {
            self.texting.wrapped.insert(request, (to.clone(), body.to_owned().into()));
        }
    }

    fn text_failed(&mut self, id: MessageId, failure: SendFailure, retry: bool) {
        self.text_progress(id, TextProgress::Failed { failure, retry });
    }

    pub(super) fn text_progress(&mut self, id: MessageId, progress: TextProgress) {
        self.out.push_back(Output::Event(AccountEvent::TextProgress { id, progress }));
    }

    /// The end of a text's request, or of a notice's. `repeats`: the server was silent first.
    pub(super) fn text_answered(
        &mut self,
        request: RequestId,
        result: &Result<Response, Failure>,
        repeats: u32,
        now: Instant,
    ) {
        let refused = matches!(result, Ok(response) if wrapping::is_refusal(response.code));
        if let Some(domain) = self.texting.notices.remove(&request).filter(|_| refused) {
            self.texting.wrappings.refused(&domain);
        }
        let wrapped = self.texting.wrapped.remove(&request);
        let Some(id) = self.texts.remove(&request) else { return };
        if let Some((to, body)) = wrapped.filter(|_| refused) {
            let Some(uri) = addressing::to_uri(&to, &self.domain) else { return };
            self.texting.wrappings.refused(uri.host());
            return self.write(id, (&to, uri), body.expose(), 2, now);
        }
        let code = match result {
            Ok(response) => response.code,
            Err(Failure::WrongPassword | Failure::NoSafeLogin) => {
                return self.text_failed(id, SendFailure::Refused, false);
            }
            Err(Failure::NotOurs) => return self.text_failed(id, SendFailure::PasswordAsked, false),
            Err(Failure::Lost) => return self.text_failed(id, SendFailure::Unavailable, true),
            Err(Failure::TimedOut) => {
                self.check(now);
                return self.text_failed(id, SendFailure::TimedOut, true);
            }
        };
        if repeats > 0 && self.doubt.question.is_none() {
            self.doubt.question = self.question(now);
        }
        match failure::of_text(code) {
            TextProgress::Failed { failure: SendFailure::NotFound, .. } if self.doubt.question.is_some() => {
                self.doubt.held.push(id);
            }
            TextProgress::Failed { failure: SendFailure::NotFound, .. }
                if self.doubt.until.is_some_and(|until| now < until) =>
            {
                self.text_failed(id, SendFailure::Unavailable, true);
            }
            progress => self.text_progress(id, progress),
        }
    }

    /// The server said whether it still knows us.
    pub(super) fn doubt_answered(&mut self, result: &Result<Response, Failure>, now: Instant) {
        self.doubt.question = None;
        let forgotten = match result {
            Ok(response) => response.code / 100 == 2 && !self.knows_us(response),
            Err(_) => true,
        };
        if forgotten {
            self.doubt.lost(now);
            self.check(now);
        }
        for id in std::mem::take(&mut self.doubt.held) {
            if forgotten {
                self.text_failed(id, SendFailure::Unavailable, true);
            } else {
                self.text_failed(id, SendFailure::NotFound, false);
            }
        }
    }
}
