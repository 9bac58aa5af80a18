//! What an account asks its server to tell of by itself: its mailbox. Subscriptions are kept up here, and what they say goes
//! to the engine. What nobody asked for is heard about the mailbox alone, as it came by the server's own flow: the agent
//! refuses all others before they get here.
use super::{
    agent::{Failure, RequestId},
    mailbox,
    message::{HeaderName, Method, Request, Response},
    session::{Output, Session},
    subscription::{self, Subscription},
    transaction::ServerId,
};
use crate::{account::AccountEvent, domain::account::SipTransport};
use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    time::Instant,
};

/// The packages that are understood, as 489 names them.
const PACKAGES: &str = "message-summary, refer";

/// What a subscription is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    /// The account's own mailbox.
    Mailbox,
}

/// The subscriptions of an account.
#[derive(Default)]
pub(super) struct Watch {
    topics: BTreeMap<Topic, Subscription>,
    asked: HashMap<RequestId, Topic>,
}

impl Watch {
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        self.topics.values().filter_map(Subscription::next_timeout).min()
    }

    pub(super) fn is_asked(&self, request: RequestId) -> bool {
        self.asked.contains_key(&request)
    }
}

impl Session {
    /// The server has registered us anew, or elsewhere than before.
    pub(super) fn watch_begins(&mut self, now: Instant) {
        let own = self.aor.uri.clone();
        let topics = &mut self.watch.topics;
        topics.entry(Topic::Mailbox).or_insert_with(|| Subscription::new(mailbox::PACKAGE, own, now));
        topics.values_mut().for_each(|subscription| subscription.begin(now));
        self.watch_timeout(now);
    }

    /// Asks for what is due.
    pub(super) fn watch_timeout(&mut self, now: Instant) {
        let topics = self.watch.topics.iter_mut();
        let due: Vec<_> =
            topics.filter_map(|(topic, subscription)| subscription.is_due(now).then(|| topic.clone())).collect();
        due.into_iter().for_each(|topic| self.subscribe(topic, false, now));
    }

    fn subscribe(&mut self, topic: Topic, ends: bool, now: Instant) {
        let Some(ends_of_way) = self.ends.as_ref() else { return };
        let way = (ends_of_way.server, ends_of_way.transport == SipTransport::Udp);
        let Some(contact) = self.agent.call_contact(self.aor.uri.user()) else { return };
        let Some(subscription) = self.watch.topics.get_mut(&topic) else { return };
        let (request, hop) = subscription.request((&self.aor, &contact), way, ends, self.agent.chance());
        let request = self.agent.request(request, hop, now);
        self.watch.asked.insert(request, topic);
    }

    /// Ends what stands, as far as that can be said in passing.
    pub(super) fn watch_ends(&mut self, now: Instant) {
        let standing = self.watch.topics.iter().filter(|(_, subscription)| subscription.stands());
        let standing: Vec<_> = standing.map(|(topic, _)| topic.clone()).collect();
        standing.into_iter().for_each(|topic| self.subscribe(topic, true, now));
        self.watch.topics.clear();
    }

    /// The end of a SUBSCRIBE of ours.
    pub(super) fn watch_answered(&mut self, request: RequestId, result: &Result<Response, Failure>, now: Instant) {
        let Some(topic) = self.watch.asked.remove(&request) else { return };
        if let Some(subscription) = self.watch.topics.get_mut(&topic) {
            subscription.answered(result, now);
        }
    }

    /// A request outside calls of a method that the account keeps for itself.
    pub(super) fn request_came(&mut self, server: ServerId, request: &Request, source: SocketAddr, now: Instant) {
        if request.method != Method::Notify {
            return self.agent.respond(server, request.response(405), now);
        }
        let package = subscription::package(request);
        let asked = self.watch.topics.iter_mut().find(|(_, subscription)| subscription.owns(request));
        let unasked = request.headers.to().is_some_and(|to| to.tag().is_none());
        let (topic, code) = match asked {
            Some((topic, subscription)) => {
                let code = subscription.notified(request, source, now);
                (Some(topic.clone()), code)
            }
            None if package.eq_ignore_ascii_case(mailbox::PACKAGE.name) && unasked => {
                let known = request.headers.content_type() == mailbox::PACKAGE.accept;
                (Some(Topic::Mailbox), if known { 200 } else { 415 })
            }
            None if PACKAGES.split(", ").any(|known| package.eq_ignore_ascii_case(known)) => (None, 481),
            None => (None, 489),
        };
        let mut response = request.response(code);
        match code {
            415 => response.headers.push(HeaderName::Accept, mailbox::PACKAGE.accept),
            489 => response.headers.push(HeaderName::AllowEvents, PACKAGES),
            _ => {}
        }
        self.agent.respond(server, response, now);
        if let (Some(topic), 200, false) = (topic, code, request.body.is_empty()) {
            self.told(&topic, &request.body);
        }
    }

    /// What a notification says.
    fn told(&mut self, topic: &Topic, body: &[u8]) {
        match topic {
            Topic::Mailbox => match mailbox::read(body) {
                Some(mailbox) => self.out.push_back(Output::Event(AccountEvent::Mailbox(mailbox))),
                None => tracing::info!("the server says something of the mailbox that is not understood"),
            },
        }
    }
}
