//! Being asked by the other side of a call to call somebody (RFC 3515, 3892, 4488). It is taken note of at once, and nothing
//! is dialled until the owner says so; how it goes is then told by NOTIFY, also after that call has ended.
use super::{
    super::message::{Headers, status_line},
    Agent, AgentEvent, Dialog, HeaderName, Invitation, Method, Purpose, Request, ServerId, Uri,
    call::Stage,
    replaces,
};
use crate::domain::call::{CallId, EndReason};
use std::time::{Duration, Instant};

/// The extension that lets both sides do without NOTIFY.
pub(super) const SILENT: &str = "norefersub";
/// What NOTIFY bears: the beginning of a response.
pub(super) const FRAGMENT: &str = "message/sipfrag";
/// How long the person may think about it.
const DECISION: Duration = Duration::from_secs(120);
/// How long a call that is placed may take until it is answered.
const DIALLED: Duration = Duration::from_secs(200);
/// Such wishes at once.
const MOST_REFERRALS: usize = 8;

/// What they ask for.
pub(super) struct Referral {
    /// The dialog they asked in.
    dialog: Dialog,
    /// The number of their request, where it is not their first.
    number: Option<u32>,
    user: Option<String>,
    to: Uri,
    /// The dialog to take over there.
    replaces: Option<String>,
    /// Who they say they are.
    by: Option<String>,
    /// The call that we placed for it.
    placed: Option<CallId>,
    /// They do not want to know how it goes.
    silent: bool,
    limit: Instant,
}

impl Referral {
    pub(super) const fn next_timeout(&self) -> Instant {
        self.limit
    }
}

fn refer_sub() -> HeaderName {
    HeaderName::Other("Refer-Sub".to_owned())
}

/// Whether it says that nothing will be told of how it goes.
pub(super) fn is_silent(headers: &Headers) -> bool {
    let value = headers.get(&refer_sub()).and_then(|value| value.split(';').next());
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("false"))
}

impl Agent {
    /// REFER inside a call.
    pub(super) fn refer_came(&mut self, call: CallId, server: ServerId, request: &Request, now: Instant) {
        let targets: Vec<_> = request.headers.list(&HeaderName::ReferTo).collect();
        let target = match *targets {
            [one] => super::NameAddr::parse(one).map(|target| target.uri),
            _ => None,
        };
        let Some(target) = target else { return self.answer_with(server, request, 400, now) };
        if !["sip", "sips", "tel"].iter().any(|scheme| target.is(scheme)) {
            return self.answer_with(server, request, 416, now);
        }
        let other = target.param("method").is_some_and(|method| !method.eq_ignore_ascii_case("INVITE"));
        let busy = self.referrals.contains_key(&call) || self.referrals.len() >= MOST_REFERRALS;
        let Some(state) = self.calls.get_mut(&call).filter(|state| !state.ended) else { return };
        let (Stage::Talking(dialog) | Stage::Answered(super::call::Answered { dialog, .. })) = &state.stage else {
            return self.answer_with(server, request, 603, now);
        };
        let Some(to) = target.without_headers().filter(|_| !other && !busy) else {
            return self.answer_with(server, request, 603, now);
        };
        let number = request.headers.cseq().map(|(number, _)| number);
        let referral = Referral {
            dialog: Dialog::clone(dialog),
            number: number.filter(|_| std::mem::replace(&mut state.referred, true)),
            user: state.user.clone(),
            to: to.clone(),
            replaces: target.header("Replaces"),
            by: request.headers.get(&HeaderName::ReferredBy).map(str::to_owned),
            placed: None,
            silent: is_silent(&request.headers),
            limit: now + DECISION,
        };
        let mut response = request.response(202);
        if referral.silent {
            response.headers.push(refer_sub(), "false");
            response.headers.push(HeaderName::Supported, SILENT);
        }
        match self.in_dialog(response, referral.user.as_deref()) {
            Some(response) => self.respond(server, response, now),
            None => return,
        }
        self.referrals.insert(call, referral);
        self.notify(call, 100, now);
        self.event(AgentEvent::Referred { call, to });
    }

    /// Whom the other side of this call asked us to call.
    pub(crate) fn referred_to(&self, referred: CallId) -> Option<&Uri> {
        self.referrals.get(&referred).filter(|referral| referral.placed.is_none()).map(|referral| &referral.to)
    }

    /// Does as they asked: the owner's invitation, with what they gave us for it.
    pub(crate) fn follow(&mut self, referred: CallId, call: CallId, invitation: Invitation, now: Instant) {
        let Some(referral) = self.referrals.get_mut(&referred) else {
            return self.event(AgentEvent::Ended { call, reason: EndReason::Unavailable });
        };
        referral.placed = Some(call);
        referral.limit = now + DIALLED;
        let mut more = Vec::new();
        if let Some(replaced) = &referral.replaces {
            more.push((replaces::header(), replaced.clone()));
            // who cannot would take it for a call of its own
            more.push((HeaderName::Require, replaces::TAG.to_owned()));
        }
        more.extend(referral.by.clone().map(|by| (HeaderName::ReferredBy, by)));
        self.place_with(call, invitation, more, now);
    }

    /// Does not.
    pub(crate) fn refuse(&mut self, referred: CallId, now: Instant) {
        self.notify(referred, 603, now);
    }

    /// A call of ours has come as far as this status: whoever asked for it is told.
    pub(crate) fn report(&mut self, call: CallId, code: u16, now: Instant) {
        let asked = self.referrals.iter().find(|(_, referral)| referral.placed == Some(call)).map(|(id, _)| *id);
        if let Some(referred) = asked {
            self.notify(referred, code, now);
        }
    }

    /// Tells them the status; a final one is the last they hear.
    fn notify(&mut self, referred: CallId, code: u16, now: Instant) {
        let datagrams = !self.is_reliable();
        let contact = self.referrals.get(&referred).and_then(|referral| self.call_contact(referral.user.as_deref()));
        let Some(referral) = self.referrals.get_mut(&referred) else { return };
        let last = code >= 200;
        // as long as the call stands its numbers are counted there
        let counted = self.calls.get_mut(&referred).and_then(super::Call::dialog);
        if let (false, Some(contact)) = (referral.silent, contact) {
            let mut request = match counted {
                Some(dialog) => {
                    let request = dialog.request(Method::Notify);
                    referral.dialog = dialog.clone();
                    request
                }
                None => referral.dialog.request(Method::Notify),
            };
            let to = referral.dialog.next_hop(datagrams);
            let id = referral.number.map(|number| format!(";id={number}")).unwrap_or_default();
            request.headers.push(HeaderName::Event, format!("refer{id}"));
            let left = referral.limit.saturating_duration_since(now).as_secs();
            let state = if last { "terminated;reason=noresource".to_owned() } else { format!("active;expires={left}") };
            request.headers.push(HeaderName::SubscriptionState, state);
            request.headers.push(HeaderName::Contact, contact.to_string());
            request.headers.push(HeaderName::ContentType, format!("{FRAGMENT};version=2.0"));
            request.body = status_line(code).into();
            self.send(request, to, Purpose::Inside(referred), now);
        }
        if last {
            self.referrals.remove(&referred);
        }
    }

    /// A dialog's numbers went on.
    pub(super) fn referrals_follow(&mut self, dialog: &Dialog) {
        for referral in self.referrals.values_mut().filter(|referral| referral.dialog.is(dialog)) {
            referral.dialog.local_seq = dialog.local_seq;
        }
    }

    pub(super) fn referral_timeout(&mut self, now: Instant) {
        let due: Vec<_> = self.referrals.iter().filter(|(_, referral)| referral.limit <= now).collect();
        let due: Vec<_> = due.into_iter().map(|(call, referral)| (*call, referral.placed.is_none())).collect();
        for (call, undecided) in due {
            self.notify(call, 480, now);
            if undecided {
                self.event(AgentEvent::ReferralOver { call });
            }
        }
    }
}
