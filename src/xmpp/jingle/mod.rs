//! Calls of an account (XEP-0166 with XEP-0167, and XEP-0353 before it), without socket and clock: commands, stanzas and
//! `now` in; [`Do`] out, drained by [`Calls::poll`]. A call proposed to us is offered without a description: ours, when the
//! person answers, says only that the media are ready; then we let the caller proceed, and their offer comes as one in a
//! call that stands. It must not make a description: the media engine does.
mod description;
mod missed;
mod proposal;
mod reason;
mod running;
mod session;
mod transport;
mod wire;

#[cfg(test)]
mod tests;

pub(super) use missed::{Away, Came};
pub(super) use proposal::Way;

use super::{stanza, wire_id::hex};
use crate::account::{AccountCommand, CallEvent};
use crate::domain::{
    address::{Address, Scheme},
    call::{CallId, Decline, EndReason},
    ice::Candidate,
    session::SessionDescription,
    transfer::Outcome,
};
use sha2::{Digest, Sha256};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Duration, Instant},
};
use transport::Transport;
use xmpp_parsers::{
    jid::{BareJid, Jid},
    minidom::Element,
};

/// How long it may ring, here or there.
const RINGING: Duration = Duration::from_secs(180);
/// How long a caller may take to go on who was let proceed.
const PROCEEDING: Duration = Duration::from_secs(30);
/// How long a request may stay without an answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Calls at once.
const MOST_CALLS: usize = 16;
/// Candidates that may wait for a description.
const MOST_CANDIDATES: usize = 64;

/// What is to be done.
#[derive(Debug)]
pub(super) enum Do {
    /// Send this.
    Send(Element),
    /// Send this even in a later session: it ends a call.
    SendSurely(Element),
    /// Tell the engine.
    Tell(CallId, CallEvent),
}

/// Where a call stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Ours: proposed, and nobody has let us proceed.
    Proposing,
    /// Ours: their device has our offer.
    Initiating,
    /// Theirs: proposed, and it rings here.
    Proposed,
    /// Theirs: we have let them proceed.
    Proceeding,
    /// Theirs: their offer is here, and it rings or is about to be answered.
    Initiated,
    /// It stands.
    Talking,
}

/// A call.
#[derive(Debug)]
struct Call {
    /// Names it on the wire.
    sid: String,
    /// Whom we speak with.
    bare: BareJid,
    /// Their device, exactly as it names itself: a gateway knows the call by it.
    device: Option<String>,
    /// Our own device, as they name it.
    here: Option<String>,
    /// We placed it.
    ours: bool,
    /// It began with a proposal.
    proposed: bool,
    stage: Stage,
    /// Name of the content with audio.
    content: String,
    local: Option<SessionDescription>,
    remote: Option<SessionDescription>,
    /// What of their transport came before their description.
    early: Transport,
    /// We hold them; they hold us.
    holds: (bool, bool),
    /// We began ICE anew, and wait for theirs.
    restarting: bool,
    limit: Option<Instant>,
}

impl Call {
    fn new(sid: String, bare: BareJid, ours: bool, stage: Stage, limit: Instant) -> Self {
        Self {
            sid,
            bare,
            device: None,
            here: None,
            ours,
            proposed: false,
            stage,
            content: "audio".to_owned(),
            local: None,
            remote: None,
            early: Transport::default(),
            holds: (false, false),
            restarting: false,
            limit: Some(limit),
        }
    }
    /// Where stanzas for it go.
    fn to(&self) -> &str {
        self.device.as_deref().unwrap_or(self.bare.as_str())
    }
    const fn is_answered(&self) -> bool {
        matches!(self.stage, Stage::Talking)
    }
    /// Keeps candidates until there is a description that they belong to.
    fn keep(&mut self, candidates: Vec<Candidate>) {
        let room = MOST_CANDIDATES.saturating_sub(self.early.candidates.len());
        self.early.candidates.extend(candidates.into_iter().take(room));
    }
}

/// What a request of ours was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    Initiate,
    Accept,
    /// Whether they are still there, or something that they may refuse.
    Info,
}

/// All calls of an account.
#[derive(Debug)]
pub(super) struct Calls {
    me: BareJid,
    /// Random text that no stanza shows.
    seed: String,
    counter: u64,
    calls: BTreeMap<CallId, Call>,
    asked: HashMap<String, (CallId, Asked, Instant)>,
    out: VecDeque<Do>,
}

impl Calls {
    /// None yet. `seed` is fresh random text.
    pub(super) fn new(me: BareJid, seed: String) -> Self {
        Self { me, seed, counter: 0, calls: BTreeMap::new(), asked: HashMap::new(), out: VecDeque::new() }
    }

    /// What to do next.
    pub(super) fn poll(&mut self) -> Option<Do> {
        self.out.pop_front()
    }

    /// A fresh name that nobody can guess.
    fn token(&mut self, of: &str) -> [u8; 16] {
        self.counter += 1;
        let digest = Sha256::new().chain_update(&self.seed).chain_update(self.counter.to_be_bytes()).chain_update(of);
        let mut token = [0; 16];
        token.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
        token
    }

    fn text(&mut self) -> String {
        hex(&self.token("id"))
    }

    fn tell(&mut self, call: CallId, event: CallEvent) {
        self.out.push_back(Do::Tell(call, event));
    }

    fn find(&self, fits: impl Fn(&Call) -> bool) -> Option<CallId> {
        self.calls.iter().find(|(_, call)| fits(call)).map(|(id, _)| *id)
    }

    /// It is over, for that reason.
    fn end(&mut self, id: CallId, reason: EndReason) {
        if self.calls.remove(&id).is_some() {
            self.tell(id, CallEvent::Ended { reason });
        }
    }

    /// A wish of the engine's; others than those about calls are not for here.
    pub(super) fn command(&mut self, command: AccountCommand, now: Instant) {
        match command {
            AccountCommand::PlaceCall { call, to, offer, .. } => self.place(call, &to, offer, now),
            AccountCommand::Answer { call, answer } => self.answer(call, answer, now),
            AccountCommand::Ring { call } => self.ring(call, now),
            AccountCommand::EndCall { call, decline } => self.hang_up(call, decline),
            AccountCommand::Reoffer { call, offer } => self.reoffer(call, offer, now),
            AccountCommand::AnswerReoffer { call, answer } => self.answer_again(call, answer, now),
            AccountCommand::Candidate { call, candidate } => self.tell_candidate(call, candidate.into_inner(), now),
            AccountCommand::Silence { call, away } if away => self.ask_whether_there(call, now),
            AccountCommand::Press { .. } => {
                // XEP-0181 is spoken by no gateway: keys go in the sound, or not at all
                tracing::info!("the other side takes no keys in the sound, and none are told beside it");
            }
            // XEP-0251 is spoken by no gateway
            AccountCommand::Transfer { call, .. } => {
                self.tell(call, CallEvent::Handover { outcome: Outcome::Failed { reason: EndReason::Unavailable } });
            }
            AccountCommand::Follow { call, .. } => self.tell(call, CallEvent::Ended { reason: EndReason::Unavailable }),
            AccountCommand::Silence { .. }
            | AccountCommand::Refuse { .. }
            | AccountCommand::SendText { .. }
            | AccountCommand::Chat(_)
            | AccountCommand::NetworkChanged
            | AccountCommand::Rules(_)
            | AccountCommand::Stop => {}
        }
    }

    fn place(&mut self, id: CallId, to: &Address, offer: SessionDescription, now: Instant) {
        let jid = Some(to).filter(|to| to.scheme() == Scheme::Xmpp).and_then(|to| Jid::new(to.rest()).ok());
        let Some(jid) = jid else { return self.tell(id, CallEvent::Ended { reason: EndReason::NotFound }) };
        let sid = self.text();
        let mut call = Call::new(sid, jid.to_bare(), true, Stage::Proposing, now + RINGING);
        call.local = Some(offer);
        call.device = jid.is_full().then(|| to.rest().to_owned());
        let known = call.device.is_some();
        self.calls.insert(id, call);
        if known { self.initiate(id, now) } else { self.propose(id) }
    }

    /// The person takes it: theirs as offered, or, where it was only proposed, let them make their offer.
    fn answer(&mut self, id: CallId, answer: SessionDescription, now: Instant) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        match (call.stage, call.remote.clone()) {
            (Stage::Proposed, None) => self.proceed(id, now),
            // it was proposed, and they did not wait
            (Stage::Proposed, Some(offer)) => {
                call.stage = Stage::Initiated;
                self.tell(id, CallEvent::Reoffered { offer });
            }
            (Stage::Initiated, _) => self.accept(id, answer, now),
            _ => {}
        }
    }

    fn answer_again(&mut self, id: CallId, answer: SessionDescription, now: Instant) {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Initiated) => self.accept(id, answer, now),
            Some(Stage::Talking) => self.answer_running(id, answer, now),
            _ => {}
        }
    }

    fn hang_up(&mut self, id: CallId, decline: Decline) {
        let Some(call) = self.calls.remove(&id) else { return };
        match call.stage {
            Stage::Proposing => self.retract(&call),
            Stage::Proposed | Stage::Proceeding if call.remote.is_none() => {
                self.reject(&call, reason::of_decline(decline))
            }
            Stage::Initiating => self.terminate(&call, "cancel"),
            Stage::Talking if decline == Decline::Media => self.terminate(&call, "failed-application"),
            Stage::Talking => self.terminate(&call, "success"),
            Stage::Initiated | Stage::Proposed | Stage::Proceeding => {
                self.terminate(&call, reason::of_decline(decline));
            }
        }
    }

    /// When [`Calls::timeout`] is to be called.
    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let limits = self.calls.values().filter_map(|call| call.limit);
        limits.chain(self.asked.values().map(|(.., deadline)| *deadline)).min()
    }

    /// Time has come to this point.
    pub(super) fn timeout(&mut self, now: Instant) {
        let late: Vec<_> = self.asked.extract_if(|_, (.., deadline)| now >= *deadline).collect();
        for (_, (id, asked, _)) in late {
            self.answered(id, asked, Some("remote-server-timeout"));
        }
        let over = |call: &Call| call.limit.is_some_and(|limit| now >= limit);
        while let Some(id) = self.find(over) {
            let Some(call) = self.calls.remove(&id) else { return };
            let reason = match call.stage {
                Stage::Proposing => {
                    self.retract(&call);
                    EndReason::NoAnswer
                }
                Stage::Initiating => {
                    self.terminate(&call, "timeout");
                    EndReason::NoAnswer
                }
                Stage::Proceeding => {
                    self.reject(&call, "timeout");
                    EndReason::Lost
                }
                Stage::Initiated => {
                    self.terminate(&call, "timeout");
                    EndReason::Cancelled
                }
                Stage::Proposed | Stage::Talking => EndReason::Cancelled,
            };
            self.tell(id, CallEvent::Ended { reason });
        }
    }

    /// An answer to a request; false: not to one of ours.
    pub(super) fn answer_came(&mut self, iq: &Element) -> bool {
        let Some(name) = iq.attr("id") else { return false };
        let Some((id, asked, _)) = self.asked.get(name).copied() else { return false };
        let theirs =
            stanza::from(iq).is_some_and(|from| self.calls.get(&id).is_none_or(|call| call.bare == from.to_bare()));
        if theirs {
            self.asked.remove(name);
            let refused = (iq.attr("type") == Some("error")).then(|| stanza::condition(iq).unwrap_or_default().0);
            self.answered(id, asked, refused.as_deref());
        }
        true
    }

    /// A request of ours was taken, or refused for that condition.
    fn answered(&mut self, id: CallId, asked: Asked, refused: Option<&str>) {
        let Some(call) = self.calls.get(&id) else { return };
        match (asked, refused) {
            (Asked::Initiate, Some("remote-server-timeout")) => self.end(id, EndReason::Unavailable),
            // both began one at once, and theirs goes on (XEP-0166 section 7.2.16)
            (Asked::Initiate, Some("conflict")) => self.end(id, EndReason::Busy),
            (Asked::Initiate, Some(condition)) => self.end(id, reason::of_error(condition)),
            (Asked::Accept, Some(_)) => self.end(id, EndReason::Lost),
            (Asked::Accept, None) if call.is_answered() => self.tell(id, CallEvent::Confirmed { answer: None }),
            // they know of no such session, or are not there any more
            (Asked::Info, Some("item-not-found" | "service-unavailable" | "recipient-unavailable" | "gone")) => {
                self.end(id, EndReason::Lost);
            }
            // others do not know what it means, and go on
            (Asked::Info | Asked::Accept | Asked::Initiate, _) => {}
        }
    }
}
