//! What a user agent tells its owner, and what it is asked with.
use super::super::{
    auth::Unanswerable,
    cpim::Notice,
    message::{Request, Response},
    text::Text,
    transaction::ServerId,
    uri::{NameAddr, Uri},
};
use crate::domain::{
    address::Address,
    call::{CallId, EndReason},
    private::Private,
    session::SessionDescription,
    transfer::Outcome,
};
use bytes::Bytes;
use std::net::SocketAddr;

/// A request of the owner's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct RequestId(pub(super) u64);

/// What to do.
#[derive(Debug)]
pub(crate) enum Output {
    /// Send these bytes there; a stream has only one way.
    Send {
        /// Where.
        to: SocketAddr,
        /// One message.
        bytes: Bytes,
        /// Too large for a datagram: by a stream beside the datagrams (section 18.1.1).
        stream: bool,
    },
    /// Something happened.
    Event(Box<AgentEvent>),
}

/// Why a request of ours got no answer that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// None came in time.
    TimedOut,
    /// The connection went away first, or there was none.
    Lost,
    /// Our answer to the challenge was refused.
    WrongPassword,
    /// The challenge is of a kind we do not answer.
    NoSafeLogin,
    /// Somebody behind our server asked for the password.
    NotOurs,
}

impl From<Unanswerable> for Failure {
    fn from(why: Unanswerable) -> Self {
        match why {
            Unanswerable::WrongPassword => Self::WrongPassword,
            Unanswerable::NoSafeLogin => Self::NoSafeLogin,
            Unanswerable::NotOurs => Self::NotOurs,
        }
    }
}

/// A call to place.
#[derive(Debug, Clone)]
pub(crate) struct Invitation {
    /// Who calls, without a tag.
    pub(crate) from: NameAddr,
    /// Who is called.
    pub(crate) to: Uri,
    /// The proxy or peer to send it to.
    pub(crate) hop: SocketAddr,
    /// Our offer.
    pub(crate) offer: SessionDescription,
    /// The offer to make where that one is refused for its media.
    pub(crate) second: Option<Box<SessionDescription>>,
    /// The other side is not told who calls.
    pub(crate) hidden: bool,
}

/// What happened.
#[derive(Debug)]
pub(crate) enum AgentEvent {
    /// A call comes in: [`super::Agent::ring`], then [`super::Agent::answer`] or [`super::Agent::end`].
    Invited {
        /// Its fresh id.
        call: CallId,
        /// Who calls.
        from: Address,
        /// The name they gave.
        name: Option<Private<String>>,
        /// The request's own URI: which of our addresses is called.
        to: Uri,
        /// Whom they had called before it was forwarded to us.
        via: Option<Address>,
        /// They ask to be answered at once.
        at_once: bool,
        /// It takes the place of this call (RFC 3891), which is to be ended once this one is answered.
        replaces: Option<CallId>,
        /// Their offer; `None`: ours is to come first.
        offer: Option<SessionDescription>,
    },
    /// A call of ours was redirected to this address; [`AgentEvent::Ended`] follows where it is not asked there.
    Redirected {
        /// Which.
        call: CallId,
        /// To whom.
        to: Address,
    },
    /// The other side asks us to call somebody: [`super::Agent::follow`] or [`super::Agent::refuse`].
    Referred {
        /// The call in which it was asked.
        call: CallId,
        /// Whom to call.
        to: Uri,
    },
    /// That was decided by nobody in time.
    ReferralOver {
        /// The call in which it was asked.
        call: CallId,
    },
    /// How handing a call over goes.
    Handover {
        /// Which.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
    /// A key was pressed there.
    Key {
        /// Which.
        call: CallId,
        /// Which key.
        key: Private<char>,
    },
    /// It rings there; with early media.
    Ringing {
        /// Which.
        call: CallId,
        /// Early media.
        early: Option<SessionDescription>,
    },
    /// Our offer was answered, the first one or a later one.
    Accepted {
        /// Which.
        call: CallId,
        /// Their answer.
        answer: SessionDescription,
    },
    /// A call that we answered stands; with their answer where the offer was ours.
    Confirmed {
        /// Which.
        call: CallId,
        /// Their answer.
        answer: Option<SessionDescription>,
    },
    /// An offer in mid-call: [`super::Agent::answer_reoffer`].
    Reoffered {
        /// Which.
        call: CallId,
        /// Their offer.
        offer: SessionDescription,
    },
    /// Our offer in mid-call was refused.
    OfferRefused {
        /// Which.
        call: CallId,
    },
    /// A call is over. Told once.
    Ended {
        /// Which.
        call: CallId,
        /// Why.
        reason: EndReason,
    },
    /// A text: [`super::Agent::accept_text`] once it is kept, or [`super::Agent::defer_text`].
    Text {
        /// The request to answer.
        server: ServerId,
        /// The text.
        text: Text,
        /// The request's own URI: which of our addresses it is for.
        to: Uri,
    },
    /// How a text of ours fared, as somebody says.
    Notice {
        /// What they say.
        notice: Notice,
        /// Who.
        from: Uri,
    },
    /// A request of a method the owner keeps for itself: [`super::Agent::respond`].
    Request {
        /// The request to answer.
        server: ServerId,
        /// The request.
        request: Request,
        /// Where it came from.
        source: SocketAddr,
    },
    /// The end of a request of the owner's.
    Answered {
        /// Which.
        request: RequestId,
        /// The final response, whatever its status.
        result: Result<Response, Failure>,
        /// How often it had to be sent again: the server may have been away.
        repeats: u32,
    },
}
