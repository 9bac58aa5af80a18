//! What goes out beside plain texts: answers and files that hang on a text, what is done to texts, who writes. It writes stanzas; which
//! of them the person wants is decided before.
use super::{
    correction, markers, reactions, reply, retraction,
    session::{Asked, Output, Session, bare},
    sharing,
    sm::Sent,
    stanza, text, upload, writing,
};
use crate::{
    account::{
        AccountEvent,
        chat::{ChatCommand, ChatEvent, Slot},
    },
    domain::{
        address::Address,
        extras::{Deed, Named, Outgoing},
        message::{MessageId, SendFailure},
    },
};
use std::time::Instant;
use xmpp_parsers::{jid::BareJid, minidom::Element};

impl Session {
    /// Something from the engine.
    pub(super) fn chat(&mut self, command: ChatCommand, now: Instant) {
        match command {
            ChatCommand::Send { id, to, body, more } => self.text(id, &to, body.expose(), &more),
            ChatCommand::Change { to, target, deed, body } => self.change(&to, &target, &deed, body.expose()),
            ChatCommand::Slot { id, name, size, media_type } => {
                self.find_room(id, name.expose(), size, &media_type, now)
            }
            ChatCommand::Block { to, on } => self.block(&to, on, now),
            ChatCommand::Writing { to, on } => {
                if let Some(to) = bare(&to) {
                    self.send(writing::write(&to, on), Sent::Other);
                }
            }
        }
    }

    fn find_room(&mut self, id: MessageId, name: &str, size: u64, media_type: &str, now: Instant) {
        match self.upload.clone() {
            Some(service) if self.online => {
                self.ask(Asked::Slot(id), now, |iq| upload::ask(iq, &service, name, size, media_type));
            }
            Some(_) => self.slot(id, Err((SendFailure::Unavailable, true))),
            None => self.slot(id, Err((SendFailure::Unsupported, false))),
        }
    }

    fn slot(&mut self, id: MessageId, slot: Result<Slot, (SendFailure, bool)>) {
        self.out.push_back(Output::Event(AccountEvent::Chat(ChatEvent::Slot { id, slot })));
    }

    /// The answer to the wish for a place.
    pub(super) fn slot_came(&mut self, id: MessageId, answer: Result<Option<&Element>, &str>) {
        let slot = match answer {
            Ok(slot) => slot.and_then(upload::read).ok_or((SendFailure::Server, false)),
            Err("remote-server-timeout" | "resource-constraint" | "internal-server-error") => {
                Err((SendFailure::Unavailable, true))
            }
            Err("not-acceptable") => Err((SendFailure::TooLong, false)),
            Err(_) => Err((SendFailure::Refused, false)),
        };
        self.slot(id, slot);
    }

    /// What a service of our server is.
    pub(super) fn service_told(&mut self, service: &BareJid, info: &Element) {
        if let Some(largest) = upload::offered(info) {
            self.upload = Some(service.clone());
            self.out.push_back(Output::Event(AccountEvent::Chat(ChatEvent::Upload { largest })));
        }
    }

    /// A text with what hangs on it.
    pub(super) fn with_more(
        &self,
        to: &BareJid,
        wire_id: &str,
        body: &str,
        more: &Outgoing,
    ) -> Result<Element, SendFailure> {
        let mut hanging = vec![markers::want()];
        let mut words = body.to_owned();
        if let Some((named, author, quote)) = &more.reply {
            let (body, reply) = reply::write(&self.name(to, named), author.rest(), quote.expose(), body);
            words = body;
            hanging.extend(reply);
        }
        if let Some(file) = &more.attachment {
            let url = file.url.as_ref().ok_or(SendFailure::Unsupported)?;
            hanging.extend(sharing::write(file, url.expose()));
        }
        Ok(stanza::filled(text::write(to, wire_id, &words)?, hanging))
    }

    fn name(&self, to: &BareJid, named: &Named) -> String {
        match named {
            Named::Ours(id) => self.ids.write(to.as_str(), *id),
            Named::Wire(id) => id.clone(),
        }
    }

    fn change(&mut self, to: &Address, target: &Named, deed: &Deed, body: &str) {
        let Some(to) = bare(to) else { return };
        let (target, id) = (self.name(&to, target), self.request_id());
        let stanza = match deed {
            Deed::Corrected => text::write(&to, &id, body).map(|stanza| (stanza, vec![correction::write(&target)])),
            Deed::Reacted(signs) => Ok((text::bare(&to, &id), vec![reactions::write(&target, signs)])),
            Deed::Withdrawn(_) => {
                let (words, marks) = retraction::write(&target);
                text::write(&to, &id, words).map(|stanza| (stanza, marks.into()))
            }
            Deed::Seen => Ok((text::bare(&to, &id), vec![markers::write(&target)])),
        };
        match stanza {
            Ok((stanza, marks)) => {
                // sent again when the session is lost: it has a meaning in the next one
                self.send(stanza::filled(stanza, marks), Sent::Receipt);
                self.request_ack();
            }
            Err(failure) => {
                tracing::warn!(account = self.account.in_log(), %failure, "a change of a text cannot be written")
            }
        }
    }
}
