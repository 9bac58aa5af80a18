//! Requests outside calls: texts, OPTIONS, what we do not know; and answers of every kind.
use super::{ALLOW, Agent, AgentEvent, HeaderName, Method, Request, Response, ServerId, UNDERSTOOD};
use crate::sip::text;
use std::{net::SocketAddr, time::Instant};

/// What a text may be made of.
const TEXTS: &str = "text/plain, message/cpim";
/// A text that could not be kept is to come again after this many seconds.
const TEXT_AGAIN: &str = "10";

impl Agent {
    pub(super) fn other_request(&mut self, server: ServerId, request: Request, now: Instant) {
        match &request.method {
            Method::Message => match text::read(&request) {
                Ok(text::Content::Notice(notice, from)) => {
                    self.answer_with(server, &request, 200, now);
                    self.event(AgentEvent::Notice { notice, from });
                }
                Ok(text::Content::Text(text)) => {
                    let to = request.uri.clone();
                    self.texts.insert(server, request);
                    self.event(AgentEvent::Text { server, text, to });
                }
                Err(text::Unreadable) => self.unsupported(server, &request, TEXTS, now),
            },
            Method::Options => {
                let response = request.response(200).with(HeaderName::Accept, format!("application/sdp, {TEXTS}"));
                let response = response.with(HeaderName::Supported, UNDERSTOOD.join(", "));
                self.respond(server, response.with(HeaderName::Allow, ALLOW), now);
            }
            // who is in no call with us has no say in whom we call
            Method::Refer => self.answer_with(server, &request, 603, now),
            Method::Bye | Method::Update | Method::Info | Method::Prack | Method::Notify => {
                self.answer_with(server, &request, 481, now);
            }
            method => {
                let code = if method.is_standard() { 405 } else { 501 };
                self.respond(server, request.response(code).with(HeaderName::Allow, ALLOW), now);
            }
        }
    }

    /// The text is kept: its sender may forget it.
    pub(crate) fn accept_text(&mut self, server: ServerId, now: Instant) {
        if let Some(request) = self.texts.remove(&server) {
            self.answer_with(server, &request, 200, now);
        }
    }

    /// The text could not be kept: its sender is to try again.
    pub(crate) fn defer_text(&mut self, server: ServerId, now: Instant) {
        if let Some(request) = self.texts.remove(&server) {
            self.respond(server, request.response(500).with(HeaderName::RetryAfter, TEXT_AGAIN), now);
        }
    }

    /// Answers a request of the owner's methods, or a text. A tag is added where there is none.
    pub(crate) fn respond(&mut self, server: ServerId, response: Response, now: Instant) {
        let tag = self.chance.token();
        let tagged = if response.code == 100 { response } else { response.tagged(&tag) };
        self.transactions.respond(server, &tagged, now);
    }

    pub(super) fn answer_with(&mut self, server: ServerId, request: &Request, code: u16, now: Instant) {
        self.respond(server, request.response(code), now);
    }

    /// 415: `accept` says what would do.
    pub(super) fn unsupported(&mut self, server: ServerId, request: &Request, accept: &str, now: Instant) {
        self.respond(server, request.response(415).with(HeaderName::Accept, accept), now);
    }

    /// Refuses without keeping anything: a stranger must not fill our memory.
    pub(super) fn refuse_at_once(&mut self, request: Request, code: u16, from: SocketAddr) {
        if request.method == Method::Ack {
            return;
        }
        let to = match request.headers.via() {
            Some(via) if !self.is_reliable() => via.reply_to(from),
            _ => from,
        };
        let tag = self.chance.token();
        let mut response = request.response(code).tagged(&tag);
        if code == 503 {
            response.headers.push(HeaderName::RetryAfter, "30");
        }
        self.transactions.send(to, response.to_bytes());
    }
}
