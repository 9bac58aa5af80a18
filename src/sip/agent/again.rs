//! An INVITE that was refused and is asked again: with other media, for a longer session, or elsewhere (RFC 3261 section
//! 8.1.3, RFC 4028 section 7.3). Each way has a bound, and whoever is asked elsewhere is told to the owner first.
use super::{
    super::{failure, redirect, session_timer},
    Agent, AgentEvent, ClientId, HeaderName, Method, Purpose, Response, Sent, addressing,
    call::{Call, Stage},
};
use crate::domain::{
    call::{CallId, EndReason},
    protection::Profile,
    session::SessionDescription,
};
use std::time::Instant;

impl Agent {
    /// A request of ours went out once more with an answer to a challenge.
    pub(super) fn sent_again(&mut self, purpose: Purpose, client: ClientId, tag: Option<&str>, number: u32) {
        let (Purpose::Invite(call)
        | Purpose::Reinvite(call)
        | Purpose::Inside(call)
        | Purpose::Asking(call)
        | Purpose::Key(call)
        | Purpose::Refer(call)) = purpose
        else {
            return;
        };
        let Some(state) = self.calls.get_mut(&call) else { return };
        match (&mut state.stage, purpose) {
            (Stage::Calling(calling), Purpose::Invite(_)) => {
                (calling.client, calling.heard) = (client, false);
                calling.early.clear();
            }
            (_, Purpose::Reinvite(_)) => state.offer_goes_by(client),
            (_, Purpose::Refer(_)) => state.refer_goes_by(number),
            _ => {}
        }
        if let Some((dialog, _)) = state.inside(tag) {
            dialog.local_seq = dialog.local_seq.max(number);
        }
    }

    /// The INVITE was refused.
    pub(super) fn invite_refused(&mut self, call: CallId, sent: Sent, response: &Response, now: Instant) {
        let reason = failure::of_call(response.code);
        let Some(state) = self.calls.get_mut(&call) else { return };
        let ended = state.ended;
        // asked for once: a server that always wants more is not followed
        let interval = session_timer::least(response).filter(|least| *least > state.interval);
        let interval = interval.filter(|_| state.interval == session_timer::WISH);
        let secure = state.session.local.as_ref().is_some_and(|local| local.protection.profile != Profile::Open);
        let Stage::Calling(calling) = &mut state.stage else { return };
        match response.code {
            _ if ended => self.call_over(call, reason),
            300..=399 => self.redirected(call, sent, response, now),
            422 if interval.is_some() => {
                let seconds = interval.unwrap_or(state.interval);
                state.interval = seconds;
                self.invite_again(call, sent, None, now);
            }
            _ if reason == EndReason::NoCommonMedia => match calling.second.take() {
                Some(second) => self.invite_again(call, sent, Some(*second), now),
                None => self.call_over(call, if secure { EndReason::NotEncrypted } else { reason }),
            },
            _ => self.call_over(call, reason),
        }
    }

    /// 3xx: asks there, if that is what the person would expect.
    fn redirected(&mut self, call: CallId, mut sent: Sent, response: &Response, now: Instant) {
        let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get_mut(&call) else { return };
        let next = redirect::next(&calling.asked, &response.headers);
        if let Some(to) = next.shown().and_then(addressing::from_uri) {
            self.event(AgentEvent::Redirected { call, to });
        }
        let redirect::Next::Ask(uri) = next else { return self.call_over(call, EndReason::Redirected) };
        if let Some(Call { stage: Stage::Calling(calling), .. }) = self.calls.get_mut(&call) {
            calling.asked.push(uri.clone());
        }
        // the server of the account stays the next hop: nobody else is shown our credentials
        sent.request.uri = uri;
        self.invite_again(call, sent, None, now);
    }

    /// Invites once more; with another offer where one is given.
    fn invite_again(&mut self, call: CallId, sent: Sent, offer: Option<SessionDescription>, now: Instant) {
        let Some(state) = self.calls.get_mut(&call) else { return };
        let Sent { mut request, to, .. } = sent;
        let number = request.headers.cseq().map_or(1, |(number, _)| number).saturating_add(1);
        request.headers.set(HeaderName::CSeq, format!("{number} {}", Method::Invite));
        request.headers.set(HeaderName::SessionExpires, state.interval.to_string());
        if state.interval > session_timer::WISH {
            request.headers.set(HeaderName::MinSE, state.interval.to_string());
        }
        if let Some(offer) = offer {
            request.body = state.session.write(&offer);
            state.session.local = Some(offer);
        }
        match self.send(request, to, Purpose::Invite(call), now) {
            Some(client) => self.sent_again(Purpose::Invite(call), client, None, number),
            None => self.call_over(call, EndReason::LocalFault),
        }
    }
}
