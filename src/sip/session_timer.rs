//! Session timers (RFC 4028): how long a session lasts unless it is refreshed, and who refreshes it. Without them a call
//! whose other side has lost its power would stand for ever. Pure; the agent refreshes and hangs up.
use super::message::{HeaderName, Headers, Response};
use std::time::{Duration, Instant};

/// What we ask for, in seconds (section 4 recommends it).
pub(super) const WISH: u32 = 1800;
/// The least we take (section 5).
pub(super) const LEAST: u32 = 90;
/// The option tag.
pub(super) const TAG: &str = "timer";
/// The longest interval that is kept: an hour more or less does not matter behind it.
const LONGEST: u32 = 24 * 3600;
/// The pause after a refresh that was not taken and not refused for good.
const AGAIN: Duration = Duration::from_secs(10);

/// Which side of the request that agreed on it refreshes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refresher {
    /// Who sent that request.
    Uac,
    /// Who answered it.
    Uas,
}

/// The running timer of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SessionTimer {
    /// The agreed interval.
    seconds: u32,
    /// When to refresh; `None`: they do.
    refresh: Option<Instant>,
    /// Without a refresh until then it is over.
    end: Instant,
}

/// What time asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Refresh it.
    Refresh,
    /// It has run out.
    Over,
}

impl SessionTimer {
    fn new(seconds: u32, ours: bool, now: Instant) -> Self {
        let seconds = seconds.clamp(LEAST, LONGEST);
        let whole = Duration::from_secs(u64::from(seconds));
        // section 10: a BYE is sent so much before the end
        let before = Duration::from_secs(32).min(whole / 3);
        Self { seconds, refresh: ours.then(|| now + whole / 2), end: now + whole - before }
    }

    /// As a 2xx to a request of ours says; `None`: the other side runs none.
    pub(super) fn of_response(response: &Response, now: Instant) -> Option<Self> {
        let (seconds, refresher) = read(&response.headers)?;
        Some(Self::new(seconds, refresher != Some(Refresher::Uas), now))
    }

    /// As we agree to in a 2xx to a request of theirs, with the value of its Session-Expires and whether they have to know
    /// it (`Require: timer`). `None`: they have no timer, and no proxy on the way wants one.
    pub(super) fn of_request(headers: &Headers, now: Instant) -> Option<(Self, String, bool)> {
        let supported = supports(headers);
        let (seconds, refresher) = match (read(headers), supported) {
            (Some((seconds, refresher)), true) => (seconds, refresher.unwrap_or(Refresher::Uac)),
            // who does not know of it cannot refresh
            (Some((seconds, _)), false) => (seconds, Refresher::Uas),
            (None, true) => (WISH, Refresher::Uas),
            (None, false) => return None,
        };
        let timer = Self::new(seconds, refresher == Refresher::Uas, now);
        let name = if refresher == Refresher::Uas { "uas" } else { "uac" };
        Some((timer, format!("{};refresher={name}", timer.seconds), refresher == Refresher::Uac))
    }

    /// The value of Session-Expires in a request of ours that refreshes it: who refreshed goes on doing so.
    pub(super) fn renewal(&self) -> String {
        format!("{};refresher={}", self.seconds, if self.refresh.is_some() { "uac" } else { "uas" })
    }

    /// Is to last so long at least: they said so in a 422.
    pub(super) fn lengthen(&mut self, seconds: u32) {
        self.seconds = self.seconds.max(seconds).min(LONGEST);
    }

    /// When [`Self::timeout`] is to be called.
    pub(super) fn next_timeout(&self) -> Instant {
        self.refresh.map_or(self.end, |at| at.min(self.end))
    }

    /// What is to be done now.
    pub(super) fn timeout(&mut self, now: Instant) -> Option<Due> {
        if self.end <= now {
            return Some(Due::Over);
        }
        let at = self.refresh.as_mut().filter(|at| **at <= now)?;
        // until an answer says more
        *at = now + AGAIN;
        Some(Due::Refresh)
    }
}

/// Whether the other side knows of session timers.
fn supports(headers: &Headers) -> bool {
    let named = headers.list(&HeaderName::Supported).chain(headers.list(&HeaderName::Require));
    named.into_iter().any(|tag| tag.eq_ignore_ascii_case(TAG))
}

fn read(headers: &Headers) -> Option<(u32, Option<Refresher>)> {
    let seconds = headers.seconds(&HeaderName::SessionExpires)?;
    let value = headers.get(&HeaderName::SessionExpires)?;
    let parameter = super::params::get(value.split_once(';').map_or("", |(_, params)| params), "refresher");
    let refresher = parameter.and_then(|name| match name.to_ascii_lowercase().as_str() {
        "uac" => Some(Refresher::Uac),
        "uas" => Some(Refresher::Uas),
        _ => None,
    });
    Some((seconds, refresher))
}

/// Whether a request of theirs asks for an interval below ours, and can be told so (section 9).
pub(super) fn too_brief(headers: &Headers) -> bool {
    supports(headers) && headers.seconds(&HeaderName::SessionExpires).is_some_and(|seconds| seconds < LEAST)
}

/// The interval that a 422 asks for.
pub(super) fn least(response: &Response) -> Option<u32> {
    response.headers.seconds(&HeaderName::MinSE).filter(|seconds| *seconds <= LONGEST)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn headers(fields: &[(HeaderName, &str)]) -> Headers {
        let mut headers = Headers::default();
        fields.iter().for_each(|(name, value)| headers.push(name.clone(), *value));
        headers
    }

    fn response(value: &str) -> Response {
        let headers = headers(&[(HeaderName::SessionExpires, value)]);
        Response { code: 200, headers, body: bytes::Bytes::new() }
    }

    #[test]
    fn the_refresher_refreshes_at_half_time_and_the_other_hangs_up_before_the_end() {
        let now = Instant::now();
        let at = |seconds| now + Duration::from_secs(seconds);
        let mut ours = SessionTimer::of_response(&response("100;refresher=uac"), now).unwrap();
        assert_eq!((ours.next_timeout(), ours.timeout(at(49))), (at(50), None));
        assert_eq!(ours.timeout(at(50)), Some(Due::Refresh));
        assert_eq!((ours.timeout(at(50)), ours.next_timeout()), (None, at(60)));
        assert_eq!(ours.renewal(), "100;refresher=uac");
        assert_eq!(ours.timeout(at(68)), Some(Due::Over), "no refresh was taken");
        let mut theirs = SessionTimer::of_response(&response("1800; refresher=UAS"), now).unwrap();
        assert_eq!((theirs.next_timeout(), theirs.timeout(at(1767))), (at(1768), None));
        assert_eq!((theirs.timeout(at(1768)), theirs.renewal()), (Some(Due::Over), "1800;refresher=uas".into()));
    }

    #[test]
    fn what_we_agree_to() {
        let now = Instant::now();
        let timer = (HeaderName::Supported, "100rel, Timer");
        let agreed = |fields: &[(HeaderName, &str)]| {
            SessionTimer::of_request(&headers(fields), now).map(|(_, value, require)| (value, require))
        };
        let expires = |value| (HeaderName::SessionExpires, value);
        assert_eq!(agreed(&[]), None);
        assert_eq!(agreed(std::slice::from_ref(&timer)), Some(("1800;refresher=uas".into(), false)));
        assert_eq!(agreed(&[timer.clone(), expires("300")]), Some(("300;refresher=uac".into(), true)));
        assert_eq!(agreed(&[timer.clone(), expires("300;refresher=uas")]), Some(("300;refresher=uas".into(), false)));
        assert_eq!(agreed(&[expires("300;refresher=uac")]), Some(("300;refresher=uas".into(), false)));
        assert_eq!(agreed(&[expires("1")]), Some(("90;refresher=uas".into(), false)));
        assert!(too_brief(&headers(&[timer.clone(), expires("89")])));
        assert!(!too_brief(&headers(&[timer, expires("90")])) && !too_brief(&headers(&[expires("1")])));
    }
}
