//! One call's state: where it stands, what was described, which offer is under way. Data and small steps; who acts on it is
//! `outgoing`, `incoming`, `reoffer` and `within`.
use super::super::{
    dialog::Dialog,
    message::Request,
    sdp::{self, MediaLines, SdpError},
    session_timer::{self, SessionTimer},
    transaction::{ClientId, ServerId},
    uri::Uri,
};
use super::reliable::Reliable;
use crate::domain::session::SessionDescription;
use bytes::Bytes;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How long it may ring, here or there.
pub(super) const RINGING: Duration = Duration::from_secs(180);
/// A ringing call says so again before proxies lose patience (section 13.3.1.1).
pub(super) const RING_AGAIN: Duration = Duration::from_secs(60);
/// How long the owner may take to answer an offer in mid-call.
pub(super) const DECISION: Duration = Duration::from_secs(20);
/// Calls at once.
pub(super) const MOST_CALLS: usize = 64;
/// Early dialogs of one call: more phones than these are not asked at once.
const MOST_FORKS: usize = 16;

/// A call.
pub(super) struct Call {
    pub(super) stage: Stage,
    pub(super) mid: Mid,
    /// An offer of ours that waits for the one under way.
    pub(super) wish: Option<Offer>,
    pub(super) session: Session,
    /// The user part of our Contact.
    pub(super) user: Option<String>,
    /// Its end was told; what is left is politeness.
    pub(super) ended: bool,
    /// We placed it: then the Call-ID is ours (section 14.1).
    pub(super) ours: bool,
    /// The provisional answer of ours that had to arrive (RFC 3262).
    pub(super) reliable: Option<Reliable>,
    /// How long it lasts unless it is refreshed.
    pub(super) timer: Option<SessionTimer>,
    /// The interval that we ask for, in seconds.
    pub(super) interval: u32,
    /// The other side understands UPDATE.
    pub(super) updates: bool,
    /// Its sound stays away: when to ask whether the other side is still there.
    pub(super) doubt: Option<Instant>,
    pub(super) keys: Keys,
    /// Who they are to be asked to call, once no offer is under way.
    pub(super) refer: Option<Uri>,
    /// They were asked to call somebody else.
    pub(super) handover: Option<Handover>,
    /// They have asked us before.
    pub(super) referred: bool,
}

/// The call is being handed over.
pub(super) struct Handover {
    /// The number of the REFER.
    pub(super) number: u32,
    /// Until when they may say how it goes.
    pub(super) limit: Instant,
}

/// Keys that are told by INFO, one after the other.
#[derive(Default)]
pub(super) struct Keys {
    pub(super) waiting: VecDeque<char>,
    /// One is under way.
    pub(super) busy: bool,
    /// A pause ends then.
    pub(super) at: Option<Instant>,
}

/// Where a call stands.
pub(super) enum Stage {
    /// Ours, not accepted yet.
    Calling(Calling),
    /// Theirs, not answered yet.
    Offered(Offered),
    /// Theirs, answered; its ACK is to come.
    Answered(Answered),
    /// It stands.
    Talking(Box<Dialog>),
}

pub(super) struct Calling {
    pub(super) client: ClientId,
    /// A provisional answer came: only then may it be cancelled (section 9.1).
    pub(super) heard: bool,
    /// A CANCEL is sent.
    pub(super) cancelled: bool,
    /// The offer to make where the first one is refused for its media.
    pub(super) second: Option<Box<SessionDescription>>,
    /// One for each phone that has answered provisionally (section 12.1).
    pub(super) early: Vec<Early>,
    /// The tag of the one that is heard.
    pub(super) heard_from: Option<String>,
    /// Where it was redirected, beginning with what was dialled.
    pub(super) asked: Vec<Uri>,
    pub(super) limit: Instant,
}

/// A phone that may take our call.
pub(super) struct Early {
    pub(super) dialog: Dialog,
    pub(super) session: Session,
    /// Its description.
    pub(super) answer: Option<SessionDescription>,
    /// The number of its last reliable answer.
    pub(super) rseq: Option<u32>,
    /// It understands UPDATE.
    pub(super) updates: bool,
}

/// What an INVITE is known by, whatever way it comes (section 8.2.2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Copied {
    pub(super) call_id: Option<String>,
    pub(super) tag: Option<String>,
    pub(super) number: Option<u32>,
}

pub(super) struct Offered {
    pub(super) server: ServerId,
    pub(super) copied: Copied,
    pub(super) invite: Box<Request>,
    pub(super) dialog: Box<Dialog>,
    pub(super) tag: String,
    /// They want our offer first.
    pub(super) delayed: bool,
    /// They insist on reliable provisional answers.
    pub(super) reliably: bool,
    pub(super) ring_again: Option<Instant>,
    pub(super) limit: Instant,
}

pub(super) struct Answered {
    pub(super) server: ServerId,
    pub(super) dialog: Box<Dialog>,
    pub(super) delayed: bool,
    /// The number of the INVITE, and of its ACK.
    pub(super) number: u32,
}

/// An offer of ours in mid-call.
#[derive(Clone)]
pub(super) struct Offer {
    /// `None`: what is agreed on by then, only to say where we are now: the owner did not ask for it.
    pub(super) description: Option<SessionDescription>,
    /// How often it met one of theirs.
    pub(super) collisions: u32,
}

/// What is under way in mid-call.
#[derive(Default)]
pub(super) enum Mid {
    #[default]
    Idle,
    /// Our re-INVITE or UPDATE.
    Ours { client: ClientId, offer: Offer },
    /// Ours met theirs: later again (section 14.1).
    Waiting { until: Instant, offer: Offer },
    /// Their offer, being decided on.
    Theirs { server: ServerId, request: Box<Request>, limit: Instant },
    /// Their re-INVITE, answered; its ACK is to come.
    Unconfirmed { server: ServerId, number: u32, delayed: bool },
}

impl Call {
    pub(super) fn new(stage: Stage, session: u64, user: Option<String>) -> Self {
        let session = Session { session, version: 0, lines: MediaLines::default(), local: None };
        let ours = matches!(stage, Stage::Calling(_));
        Self {
            stage,
            mid: Mid::Idle,
            wish: None,
            session,
            user,
            ended: false,
            ours,
            reliable: None,
            timer: None,
            interval: session_timer::WISH,
            updates: false,
            doubt: None,
            keys: Keys::default(),
            refer: None,
            handover: None,
            referred: false,
        }
    }

    /// The dialog of a call that was answered.
    pub(super) fn dialog(&mut self) -> Option<&mut Dialog> {
        match &mut self.stage {
            Stage::Talking(dialog) | Stage::Answered(Answered { dialog, .. }) => Some(dialog),
            Stage::Calling(_) | Stage::Offered(_) => None,
        }
    }

    /// The dialog with this tag of theirs, and its session.
    pub(super) fn inside(&mut self, tag: Option<&str>) -> Option<(&mut Dialog, &mut Session)> {
        match &mut self.stage {
            Stage::Calling(calling) => {
                let early = calling.early.iter_mut().find(|early| early.dialog.remote_tag() == tag)?;
                Some((&mut early.dialog, &mut early.session))
            }
            Stage::Offered(Offered { dialog, .. })
            | Stage::Answered(Answered { dialog, .. })
            | Stage::Talking(dialog) => Some((dialog, &mut self.session)),
        }
    }

    /// All its dialogs.
    pub(super) fn dialogs(&self) -> Vec<&Dialog> {
        match &self.stage {
            Stage::Calling(calling) => calling.early.iter().map(|early| &early.dialog).collect(),
            Stage::Offered(Offered { dialog, .. })
            | Stage::Answered(Answered { dialog, .. })
            | Stage::Talking(dialog) => vec![dialog],
        }
    }

    /// Whether a request that came belongs to this call.
    pub(super) fn owns(&self, request: &Request) -> bool {
        self.dialogs().iter().any(|dialog| dialog.owns(request))
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let (stage, timer) = match &self.stage {
            Stage::Calling(calling) => (Some(calling.limit), None),
            Stage::Offered(offered) => {
                let again = self.reliable.as_ref().and_then(Reliable::next_timeout).into_iter();
                (again.chain(offered.ring_again).chain([offered.limit]).min(), None)
            }
            Stage::Answered(_) => (None, None),
            Stage::Talking(_) => {
                let timer = self.timer.as_ref().map(SessionTimer::next_timeout);
                let handover = self.handover.as_ref().map(|handover| handover.limit);
                (self.doubt, timer.into_iter().chain(self.keys.at).chain(handover).min())
            }
        };
        let mid = match &self.mid {
            Mid::Waiting { until: at, .. } | Mid::Theirs { limit: at, .. } => Some(*at),
            Mid::Idle | Mid::Ours { .. } | Mid::Unconfirmed { .. } => None,
        };
        stage.into_iter().chain(timer).chain(mid).min()
    }
}

impl Calling {
    /// The early dialog with this tag: the one that is known, or a new one. `None`: there are too many.
    pub(super) fn early(&mut self, dialog: Dialog, session: &Session) -> Option<&mut Early> {
        let known = self.early.iter().position(|early| early.dialog.remote_tag() == dialog.remote_tag());
        if known.is_none() && self.early.len() < MOST_FORKS {
            let session = session.clone();
            self.early.push(Early { dialog, session, answer: None, rseq: None, updates: false });
            return self.early.last_mut();
        }
        self.early.get_mut(known?)
    }

    /// Takes the early dialog with this tag out.
    pub(super) fn take_early(&mut self, tag: Option<&str>) -> Option<Early> {
        let at = self.early.iter().position(|early| early.dialog.remote_tag() == tag)?;
        Some(self.early.swap_remove(at))
    }
}

/// The session as SDP sees it.
#[derive(Clone)]
pub(super) struct Session {
    session: u64,
    version: u64,
    lines: MediaLines,
    /// Our description as last agreed on.
    pub(super) local: Option<SessionDescription>,
}

impl Session {
    /// Our description as a body, in a version of its own.
    pub(super) fn write(&mut self, description: &SessionDescription) -> Bytes {
        self.version += 1;
        self.write_again(description)
    }

    /// The same once more.
    pub(super) fn write_again(&self, description: &SessionDescription) -> Bytes {
        sdp::write_within(description, &self.lines, self.session, self.version).into()
    }

    /// Their description.
    pub(super) fn read(&mut self, body: &[u8]) -> Result<SessionDescription, SdpError> {
        let parsed = sdp::parse(body)?;
        self.lines = parsed.lines;
        Ok(parsed.description)
    }
}
