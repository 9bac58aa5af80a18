//! Sessions (XEP-0166): begun, accepted and ended, by them and by us. A request counts only from the device that the session
//! is with; who it says began the session is passed over, because gateways write what they like there. What is not
//! supported is refused in the words of the protocol: more contents, another transport.
use super::{
    ANSWER, Asked, Call, Calls, Do, MOST_CALLS, RINGING, Stage,
    description::{self, Unusable},
    reason,
    transport::Transport,
    wire::{around, element, refusal, request, set},
};
use crate::account::CallEvent;
use crate::domain::{
    call::{CallId, EndReason},
    session::SessionDescription,
};
use std::time::Instant;
use xmpp_parsers::{minidom::Element, ns};

use super::stanza;

/// Why a request is refused: type and condition of the error, and what Jingle calls it.
pub(super) struct Refused(pub(super) &'static str, pub(super) &'static str, pub(super) Option<&'static str>);

/// No such session here, or not with them.
pub(super) const UNKNOWN: Refused = Refused("cancel", "item-not-found", Some("unknown-session"));
pub(super) const OUT_OF_ORDER: Refused = Refused("wait", "unexpected-request", Some("out-of-order"));
const BAD: Refused = Refused("cancel", "bad-request", None);

impl Calls {
    /// A request about a session: `iq` of type `set` with `jingle` in it. It is answered in any case.
    pub(in crate::xmpp) fn requested(&mut self, iq: &Element, jingle: &Element, now: Instant) {
        // the answer goes first: what follows from the request may be a request of ours
        let place = self.out.len();
        let answer = match self.take_request(iq, jingle, now) {
            Ok(()) => stanza::result(iq, None),
            Err(Refused(kind, condition, why)) => refusal(iq, kind, condition, why),
        };
        if let Some(answer) = answer {
            self.out.insert(place.min(self.out.len()), Do::Send(answer));
        }
    }

    fn take_request(&mut self, iq: &Element, jingle: &Element, now: Instant) -> Result<(), Refused> {
        let (Some(from), Some(action), Some(sid)) = (stanza::from(iq), jingle.attr("action"), jingle.attr("sid"))
        else {
            return Err(BAD);
        };
        let device = iq.attr("from").unwrap_or_default();
        let bare = from.to_bare();
        let known = self.find(|call| call.sid == sid && call.bare == bare);
        if action == "session-initiate" {
            return match known {
                Some(id) => self.initiated(id, device, iq.attr("to"), jingle),
                None => self.initiated_at_once(iq, jingle, sid, now),
            };
        }
        let id = known.ok_or(UNKNOWN)?;
        let call = self.calls.get_mut(&id).ok_or(UNKNOWN)?;
        if call.device.as_deref().is_some_and(|known| known != device && call.stage != Stage::Proposed) {
            return Err(UNKNOWN);
        }
        match action {
            "session-accept" => self.accepted(id, jingle),
            "session-terminate" => {
                let end = reason::of_end(reason::name(jingle), call.is_answered(), call.ours);
                self.end(id, end);
                Ok(())
            }
            "session-info" => self.informed(id, jingle),
            "transport-info" => self.more_transport(id, jingle, now),
            "content-modify" => self.modified(id, jingle),
            "content-add" => self.decline_content(id, jingle, "content-reject", now),
            "transport-replace" => self.decline_content(id, jingle, "transport-reject", now),
            // what they tell of a content changes nothing here
            "content-accept" | "content-reject" | "content-remove" | "description-info" | "security-info"
            | "transport-accept" | "transport-reject" => Ok(()),
            _ => Err(BAD),
        }
    }

    /// Says no to a part of a session that goes on.
    fn decline_content(&mut self, id: CallId, jingle: &Element, action: &str, now: Instant) -> Result<(), Refused> {
        let content = jingle.get_child("content", ns::JINGLE).ok_or(BAD)?;
        let attributes = [
            ("creator", content.attr("creator").unwrap_or("initiator")),
            ("name", content.attr("name").unwrap_or_default()),
        ];
        let mut refused = element("content", ns::JINGLE, &attributes);
        if action == "transport-reject" {
            refused = content
                .children()
                .find(|child| child.name() == "transport")
                .map_or(refused.clone(), |transport| around(refused, Element::bare("transport", transport.ns())));
        }
        self.act(id, action, vec![refused, reason::write("unsupported-applications")], Some(Asked::Info), now);
        Ok(())
    }

    /// The session that was proposed, or that we let proceed.
    fn initiated(&mut self, id: CallId, device: &str, here: Option<&str>, jingle: &Element) -> Result<(), Refused> {
        let call = self.calls.get_mut(&id).ok_or(UNKNOWN)?;
        if !matches!(call.stage, Stage::Proposed | Stage::Proceeding) || call.remote.is_some() {
            return Err(OUT_OF_ORDER);
        }
        (call.device, call.here) = (Some(device.to_owned()), here.map(str::to_owned));
        match offer(jingle, std::mem::take(&mut call.early)) {
            Ok((name, offer)) => {
                (call.content, call.remote) = (name, Some(offer.clone()));
                if call.stage == Stage::Proceeding {
                    call.stage = Stage::Initiated;
                    self.tell(id, CallEvent::Reoffered { offer });
                }
            }
            Err(unusable) => self.unusable(id, unusable),
        }
        Ok(())
    }

    /// A session that nobody proposed.
    fn initiated_at_once(&mut self, iq: &Element, jingle: &Element, sid: &str, now: Instant) -> Result<(), Refused> {
        let bare = stanza::from(iq).ok_or(BAD)?.to_bare();
        let from = stanza::address(&bare).ok_or(BAD)?;
        // both began one at once: the lower of both names goes on (XEP-0166 section 7.2.16)
        let ours = self.find(|call| call.ours && call.stage == Stage::Initiating && call.bare == bare);
        if let Some(ours) = ours {
            if self.calls.get(&ours).is_some_and(|ours| ours.sid.as_str() < sid) {
                return Err(Refused("cancel", "conflict", Some("tie-break")));
            }
            self.end(ours, EndReason::Busy);
        }
        if self.calls.len() >= MOST_CALLS {
            return Err(Refused("wait", "resource-constraint", None));
        }
        let mut call = Call::new(sid.to_owned(), bare.clone(), false, Stage::Initiated, now + RINGING);
        (call.device, call.here) = (iq.attr("from").map(str::to_owned), iq.attr("to").map(str::to_owned));
        let id = self.call_id(sid, &bare);
        match offer(jingle, Transport::default()) {
            Ok((name, offer)) => {
                (call.content, call.remote) = (name, Some(offer.clone()));
                self.calls.insert(id, call);
                let (name, via, at_once) = (None, None, false);
                self.tell(id, CallEvent::Offered { from, name, via, at_once, replaces: None, offer: Some(offer) });
            }
            Err(unusable) => {
                tracing::info!(%unusable, "a call that cannot be taken");
                self.terminate(&call, unusable.reason());
            }
        }
        Ok(())
    }

    fn unusable(&mut self, id: CallId, unusable: Unusable) {
        tracing::info!(%unusable, "a call that cannot be taken");
        if let Some(call) = self.calls.remove(&id) {
            self.terminate(&call, unusable.reason());
            let reason = match unusable {
                Unusable::Transport => EndReason::NoPath,
                Unusable::Application | Unusable::Codec => EndReason::NoCommonMedia,
            };
            self.tell(id, CallEvent::Ended { reason });
        }
    }

    /// They take our call.
    fn accepted(&mut self, id: CallId, jingle: &Element) -> Result<(), Refused> {
        let call = self.calls.get_mut(&id).ok_or(UNKNOWN)?;
        if call.stage != Stage::Initiating {
            return Err(OUT_OF_ORDER);
        }
        let mut early = std::mem::take(&mut call.early);
        let candidates = std::mem::take(&mut early.candidates);
        let read = description::audio(jingle).ok_or(Unusable::Application);
        match read.and_then(|content| description::read(content, false, early)) {
            Ok(answer) => {
                (call.stage, call.limit, call.remote) = (Stage::Talking, None, Some(answer.clone()));
                self.tell(id, CallEvent::Answered { answer });
                self.pass_on(id, candidates);
            }
            Err(unusable) => self.unusable(id, unusable),
        }
        Ok(())
    }

    /// Asks their device for a session.
    pub(super) fn initiate(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(local) = &call.local else { return };
        call.stage = Stage::Initiating;
        let content = description::write(local, &call.content, true);
        self.act(id, "session-initiate", vec![content], Some(Asked::Initiate), now);
    }

    /// Takes theirs.
    pub(super) fn accept(&mut self, id: CallId, answer: SessionDescription, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let content = description::write(&answer, &call.content, false);
        (call.stage, call.limit, call.local) = (Stage::Talking, None, Some(answer));
        let early = std::mem::take(&mut call.early.candidates);
        self.act(id, "session-accept", vec![content], Some(Asked::Accept), now);
        self.pass_on(id, early);
    }

    /// Tells the caller that it rings here.
    pub(super) fn ring(&mut self, id: CallId, now: Instant) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Proposed) => self.ringing(id),
            Some(Stage::Initiated) => {
                let info = Element::bare("ringing", super::wire::RTP_INFO);
                self.act(id, "session-info", vec![info], None, now);
            }
            _ => {}
        }
    }

    pub(super) fn terminate(&mut self, call: &Call, why: &str) {
        let id = self.text();
        let jingle = element("jingle", ns::JINGLE, &[("action", "session-terminate"), ("sid", &call.sid)]);
        let stanza = request(call.to(), &id, around(jingle, reason::write(why)));
        self.out.push_back(Do::SendSurely(stanza));
    }

    /// Sends a request about a call's session.
    pub(super) fn act(&mut self, id: CallId, action: &str, inside: Vec<Element>, asked: Option<Asked>, now: Instant) {
        let name = self.text();
        let Some(call) = self.calls.get(&id) else { return };
        let mut jingle = element("jingle", ns::JINGLE, &[("action", action), ("sid", &call.sid)]);
        let role = match action {
            "session-initiate" => Some("initiator"),
            "session-accept" => Some("responder"),
            _ => None,
        };
        if let Some((role, here)) = role.zip(call.here.as_deref()) {
            set(&mut jingle, role, here);
        }
        inside.into_iter().for_each(|child| {
            jingle.append_child(child);
        });
        self.out.push_back(Do::Send(request(call.to(), &name, jingle)));
        if let Some(asked) = asked {
            self.asked.insert(name, (id, asked, now + ANSWER));
        }
    }
}

/// The name of the content with audio, and what it offers.
fn offer(jingle: &Element, early: Transport) -> Result<(String, SessionDescription), Unusable> {
    let content = description::audio(jingle).ok_or(Unusable::Application)?;
    let name = content.attr("name").unwrap_or_default().to_owned();
    Ok((name, description::read(content, true, early)?))
}
