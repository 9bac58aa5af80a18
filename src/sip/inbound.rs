//! Texts that came, as an account hands them up, and notices of how ours fared. A writer who wished to be told that a text is
//! here is told once it is kept, never before.
use super::{
    addressing,
    agent::{Agent, RequestId},
    cpim::{self, Cover, Fate, Notice},
    message::{HeaderName, Method},
    session::{Output, Session},
    text::{Text, Wish},
    transaction::ServerId,
    uri::{NameAddr, Uri},
    wrapping::Wrappings,
};
use crate::{
    account::TextProgress,
    domain::{
        address::Address,
        message::{Direction, NewMessage, SendFailure},
        private::Private,
    },
};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::{BTreeMap, HashMap},
    time::Instant,
};

/// What is known of texts besides those that wait for an answer.
#[derive(Default)]
pub(super) struct Texting {
    pub(super) wrappings: Wrappings,
    /// Wrapped texts of ours under way: they go out plain where they are refused.
    pub(super) wrapped: HashMap<RequestId, (Address, Private<String>)>,
    /// Notices of ours under way, and to which domain.
    pub(super) notices: HashMap<RequestId, String>,
    /// Who is to be told once these are kept.
    owed: BTreeMap<ServerId, Wish>,
    /// What the clock on the wall said at that moment.
    clock: Option<(Instant, Timestamp)>,
}

impl Session {
    /// What the clock on the wall says.
    pub(super) fn set_clock(&mut self, now: Instant, time: Timestamp) {
        self.texting.clock = Some((now, time));
    }

    /// The time on the wall.
    pub(super) fn time(&self, now: Instant) -> Timestamp {
        let Some((at, time)) = self.texting.clock else { return Timestamp::UNIX_EPOCH };
        let since = SignedDuration::try_from(now.saturating_duration_since(at)).unwrap_or_default();
        time.checked_add(since).unwrap_or(time)
    }

    /// A text came: it is answered once it is kept.
    pub(super) fn text_came(&mut self, server: ServerId, text: Text, now: Instant) {
        if text.body.expose().trim().is_empty() {
            tracing::debug!("a text without words");
            return self.agent.accept_text(server, now);
        }
        if let Some(wish) = text.notice {
            self.texting.wrappings.came(wish.uri.host());
            self.texting.owed.insert(server, wish);
        }
        let message = NewMessage {
            peer: text.from,
            sender: None,
            sender_name: text.name,
            direction: Direction::Incoming,
            body: text.body,
            sent_at: text.sent_at,
            dedupe: text.dedupe,
            in_order: false,
            wire_id: None,
            extras: Default::default(),
            change: None,
            archive: None,
        };
        self.out.push_back(Output::Deliver(server, message));
    }

    /// The text is in the store.
    pub(super) fn kept(&mut self, token: ServerId, now: Instant) {
        self.agent.accept_text(token, now);
        if let Some(wish) = self.texting.owed.remove(&token) {
            self.tell_delivered(wish, now);
        }
        self.settle(now);
    }

    /// The text could not be kept.
    pub(super) fn not_kept(&mut self, token: ServerId, now: Instant) {
        self.texting.owed.remove(&token);
        self.agent.defer_text(token, now);
        self.settle(now);
    }

    /// Tells a writer that their text is here. Nothing depends on whether that arrives.
    fn tell_delivered(&mut self, wish: Wish, now: Instant) {
        let Wish { uri, name } = wish;
        let nobody = uri.host().ends_with(".invalid");
        let Some(server) = self.server().filter(|_| self.is_registered() && !nobody) else { return };
        let (tag, call_id) = (self.agent.token(), self.agent.token());
        let (own, to) = (self.aor.clone().with_tag(&tag), NameAddr::new(uri.clone()));
        let cover = Cover { from: self.aor.uri.as_str(), to: uri.as_str(), name: &call_id, now: self.time(now) };
        let body = cpim::delivered(cover, &name);
        let mut request = Agent::compose(Method::Message, uri.clone(), (&own, &to), &call_id, 1);
        request.headers.push(HeaderName::ContentType, cpim::KIND);
        request.body = body.into();
        let request = self.agent.request(request, server, now);
        self.texting.notices.insert(request, uri.host().to_owned());
    }

    /// Somebody says how a text of ours fared: believed of whom it went to, as its name cannot be guessed.
    pub(super) fn notice_came(&mut self, notice: &Notice, from: &Uri) {
        let known = addressing::from_uri(from).and_then(|from| addressing::to_uri(&from, &self.domain));
        let Some(id) = known.and_then(|from| self.ids.read(from.as_str(), &notice.name)) else {
            return tracing::info!("a notice of no text of ours");
        };
        let progress = match notice.fate {
            Some(Fate::Delivered) => TextProgress::Delivered,
            Some(Fate::Failed) => TextProgress::Failed { failure: SendFailure::Unavailable, retry: false },
            Some(Fate::Forbidden) => TextProgress::Failed { failure: SendFailure::Refused, retry: false },
            None => return,
        };
        self.text_progress(id, progress);
    }
}
