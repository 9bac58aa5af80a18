//! What is said within a session: that it rings, hold (XEP-0167 section 6), candidates one by one and new credentials of ICE
//! (XEP-0176 section 5.7), and the question whether the other side is still there. Hold has no answer in Jingle: what
//! changes is told to the engine as one.
use super::{
    Asked, Calls, Stage, description,
    session::{OUT_OF_ORDER, Refused},
    transport::{self, Transport},
    wire::RTP_INFO,
};
use crate::account::CallEvent;
use crate::domain::{
    call::CallId,
    ice::{Candidate, Ice},
    private::Private,
    session::{MediaDirection, SessionDescription},
};
use std::time::Instant;
use xmpp_parsers::{minidom::Element, ns};

const fn is_hold(direction: MediaDirection) -> bool {
    matches!(direction, MediaDirection::SendOnly | MediaDirection::Inactive)
}

/// How they describe themselves, who hold us or not, and are held or not.
const fn theirs(held: bool, hold: bool) -> MediaDirection {
    match (held, hold) {
        (false, false) => MediaDirection::SendRecv,
        (false, true) => MediaDirection::SendOnly,
        (true, false) => MediaDirection::RecvOnly,
        (true, true) => MediaDirection::Inactive,
    }
}

/// Whether the second begins ICE anew.
fn begins_anew(old: Option<&SessionDescription>, new: &SessionDescription) -> bool {
    let credentials = |ice: &Ice| (ice.ufrag.clone(), ice.pwd.clone());
    let old = old.and_then(|old| old.ice.as_deref()).map(credentials);
    new.ice.as_deref().map(credentials) != old
}

impl Calls {
    /// `session-info`.
    pub(super) fn informed(&mut self, id: CallId, jingle: &Element) -> Result<(), Refused> {
        let Some(call) = self.calls.get_mut(&id) else { return Ok(()) };
        for info in jingle.children().filter(|child| child.has_ns(RTP_INFO)) {
            match (info.name(), call.stage) {
                ("ringing", Stage::Initiating) => return self.ringing_there(id),
                // active ends hold, too, for those who know no other word
                ("hold" | "unhold" | "active", Stage::Talking) => {
                    let hold = info.name() == "hold";
                    if call.holds.1 != hold {
                        return self.held(id, hold);
                    }
                }
                // whether their microphone is muted is heard
                _ => {}
            }
        }
        Ok(())
    }

    fn ringing_there(&mut self, id: CallId) -> Result<(), Refused> {
        self.tell(id, CallEvent::Ringing { early: None });
        Ok(())
    }

    /// Another direction of a content: hold, for those who say it so.
    pub(super) fn modified(&mut self, id: CallId, jingle: &Element) -> Result<(), Refused> {
        let Some(call) = self.calls.get(&id).filter(|call| call.stage == Stage::Talking) else {
            return Err(OUT_OF_ORDER);
        };
        let content = jingle.children().find(|child| child.attr("name") == Some(call.content.as_str()));
        let Some(content) = content else { return Ok(()) };
        let hold = is_hold(description::direction(content.attr("senders"), !call.ours));
        if hold != call.holds.1 { self.held(id, hold) } else { Ok(()) }
    }

    /// They hold us, or no longer.
    fn held(&mut self, id: CallId, hold: bool) -> Result<(), Refused> {
        let Some(call) = self.calls.get_mut(&id) else { return Ok(()) };
        call.holds.1 = hold;
        if let Some(remote) = &mut call.remote {
            // what we do is ours to say, in the answer
            remote.direction = theirs(false, hold);
            let offer = remote.clone();
            self.tell(id, CallEvent::Reoffered { offer });
        }
        Ok(())
    }

    /// `transport-info`: more candidates, or ICE begun anew.
    pub(super) fn more_transport(&mut self, id: CallId, jingle: &Element, _now: Instant) -> Result<(), Refused> {
        let Some(call) = self.calls.get_mut(&id) else { return Ok(()) };
        let contents = jingle.children().filter(|child| child.is("content", ns::JINGLE));
        let mut all: Vec<_> =
            contents.filter(|content| content.attr("name").is_none_or(|name| name == call.content)).collect();
        all.truncate(1);
        let Some(new) = all.pop().and_then(transport::read) else { return Ok(()) };
        if call.stage != Stage::Talking {
            // before the description that they belong to; their roles in DTLS are told there
            let Transport { credentials, candidates, dtls } = new;
            call.early.complete(Transport { credentials, candidates: Vec::new(), dtls });
            call.keep(candidates);
            return Ok(());
        }
        let Some(remote) = &mut call.remote else { return Ok(()) };
        let known = remote.ice.as_ref().map(|ice| (ice.ufrag.clone(), ice.pwd.clone()));
        if new.credentials.is_none() || new.credentials == known {
            self.pass_on(id, new.candidates);
            return Ok(());
        }
        remote.ice = new.ice().map(Box::new);
        remote.direction = theirs(call.holds.0, call.holds.1);
        let description = remote.clone();
        if std::mem::take(&mut call.restarting) {
            self.tell(id, CallEvent::Answered { answer: description });
        } else {
            self.tell(id, CallEvent::Reoffered { offer: description });
        }
        Ok(())
    }

    /// Hands candidates of theirs to the media.
    pub(super) fn pass_on(&mut self, id: CallId, candidates: Vec<Candidate>) {
        for candidate in candidates {
            self.tell(id, CallEvent::Candidate { candidate: Private::new(candidate) });
        }
    }

    /// Tells a candidate of ours that was found after our description had gone.
    pub(super) fn tell_candidate(&mut self, id: CallId, candidate: Candidate, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(ice) = call.local.as_mut().and_then(|local| local.ice.as_deref_mut()) else { return };
        ice.candidates.push(candidate.clone());
        // one that comes before the session does goes with it
        if matches!(call.stage, Stage::Initiating | Stage::Talking) {
            let one = Ice { candidates: vec![candidate], ..ice.clone() };
            self.tell_transport(id, &one, now);
        }
    }

    fn tell_transport(&mut self, id: CallId, ice: &Ice, now: Instant) {
        let Some(call) = self.calls.get(&id) else { return };
        let content = transport::content(&call.content, transport::write(ice, None));
        self.act(id, "transport-info", vec![content], Some(Asked::Info), now);
    }

    /// Our new offer in a running call: hold or its end, or ICE begun anew.
    pub(super) fn reoffer(&mut self, id: CallId, offer: SessionDescription, now: Instant) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.stage == Stage::Talking) else {
            return self.tell(id, CallEvent::OfferRefused);
        };
        let hold = is_hold(offer.direction);
        let anew = begins_anew(call.local.as_ref(), &offer);
        let changed = std::mem::replace(&mut call.holds.0, hold) != hold;
        let ice = offer.ice.clone();
        call.local = Some(offer);
        if changed {
            let info = Element::bare(if hold { "hold" } else { "unhold" }, RTP_INFO);
            self.act(id, "session-info", vec![info], Some(Asked::Info), now);
        }
        if let Some(ice) = ice.filter(|_| anew) {
            if let Some(call) = self.calls.get_mut(&id) {
                call.restarting = true;
            }
            // theirs is the answer
            return self.tell_transport(id, &ice, now);
        }
        let Some(call) = self.calls.get(&id) else { return };
        if let Some(remote) = &call.remote {
            let answer = SessionDescription { direction: theirs(call.holds.0, call.holds.1), ..remote.clone() };
            self.tell(id, CallEvent::Answered { answer });
        }
    }

    /// The engine's answer to what changed there: only new credentials have to be told.
    pub(super) fn answer_running(&mut self, id: CallId, answer: SessionDescription, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let anew = begins_anew(call.local.as_ref(), &answer);
        let ice = answer.ice.clone().filter(|_| anew);
        call.local = Some(answer);
        if let Some(ice) = ice {
            self.tell_transport(id, &ice, now);
        }
    }

    /// Asks whether they are still there: an empty `session-info` (XEP-0166 section 6.8).
    pub(super) fn ask_whether_there(&mut self, id: CallId, now: Instant) {
        if self.calls.get(&id).is_some_and(|call| call.stage == Stage::Talking) {
            self.act(id, "session-info", Vec::new(), Some(Asked::Info), now);
        }
    }
}
