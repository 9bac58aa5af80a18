//! One call's state: where it stands, what was described, which offer is under way. Data and small steps; who acts on it is
//! `outgoing`, `incoming`, `reoffer` and `within`.
use super::super::{
    dialog::Dialog,
    message::Request,
    sdp::{self, MediaLines, SdpError},
    transaction::{ClientId, ServerId},
};
use crate::domain::session::SessionDescription;
use bytes::Bytes;
use std::{
    net::SocketAddr,
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
    /// An answer that came early.
    pub(super) early: Option<SessionDescription>,
    pub(super) limit: Instant,
}

pub(super) struct Offered {
    pub(super) server: ServerId,
    pub(super) invite: Box<Request>,
    pub(super) source: SocketAddr,
    pub(super) tag: String,
    /// They want our offer first.
    pub(super) delayed: bool,
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
    pub(super) description: SessionDescription,
    /// Only to say where we are now: the owner did not ask for it.
    pub(super) silent: bool,
    /// How often it met one of theirs.
    pub(super) collisions: u32,
}

/// What is under way in mid-call.
#[derive(Default)]
pub(super) enum Mid {
    #[default]
    Idle,
    /// Our re-INVITE.
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
        Self { stage, mid: Mid::Idle, wish: None, session, user, ended: false, ours }
    }

    pub(super) fn dialog(&mut self) -> Option<&mut Dialog> {
        match &mut self.stage {
            Stage::Talking(dialog) | Stage::Answered(Answered { dialog, .. }) => Some(dialog),
            Stage::Calling(_) | Stage::Offered(_) => None,
        }
    }

    /// Whether a request that came belongs to this call.
    pub(super) fn owns(&self, request: &Request) -> bool {
        match &self.stage {
            Stage::Talking(dialog) | Stage::Answered(Answered { dialog, .. }) => dialog.owns(request),
            Stage::Offered(offered) => Dialog::of_request(&offered.invite, &offered.tag, offered.source)
                .is_some_and(|dialog| dialog.owns(request)),
            Stage::Calling(_) => false,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Instant> {
        let stage = match &self.stage {
            Stage::Calling(calling) => Some(calling.limit),
            Stage::Offered(offered) => Some(offered.ring_again.map_or(offered.limit, |again| again.min(offered.limit))),
            Stage::Answered(_) | Stage::Talking(_) => None,
        };
        let mid = match &self.mid {
            Mid::Waiting { until: at, .. } | Mid::Theirs { limit: at, .. } => Some(*at),
            Mid::Idle | Mid::Ours { .. } | Mid::Unconfirmed { .. } => None,
        };
        stage.into_iter().chain(mid).min()
    }
}

/// The session as SDP sees it.
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
