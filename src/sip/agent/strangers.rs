//! Who is neither the account's server nor the other side of a call: refused, and where they come in a flood, passed over
//! unread, so that they cost neither the call in progress nor our line.
use super::{Agent, call::Call};
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

/// How many of their messages are read and refused in a row; one more every [`PAUSE`].
const ROW: u32 = 40;
const PAUSE: Duration = Duration::from_millis(50);
/// Between two words in the log about a flood.
const WORD: Duration = Duration::from_secs(10);

/// How much of strangers is read.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    /// Read lately, and when that was counted.
    read: u32,
    counted: Option<Instant>,
    /// Passed over since the last word about it.
    passed: u64,
    told: Option<Instant>,
}

impl Strangers {
    /// Whether one more message of theirs is read.
    fn may_read(&mut self, now: Instant) -> bool {
        let since = *self.counted.get_or_insert(now);
        let spent = now.saturating_duration_since(since).as_millis() / PAUSE.as_millis();
        if spent > 0 {
            self.read = self.read.saturating_sub(u32::try_from(spent).unwrap_or(u32::MAX));
            self.counted = Some(now);
        }
        if self.read < ROW {
            self.read += 1;
            return true;
        }
        self.passed += 1;
        if self.told.is_none_or(|told| now.saturating_duration_since(told) >= WORD) {
            tracing::warn!(passed = self.passed, "a flood from past our server is not read");
            (self.passed, self.told) = (0, Some(now));
        }
        false
    }
}

impl Agent {
    /// Whether a message from there is read.
    pub(super) fn reads(&mut self, from: SocketAddr, now: Instant) -> bool {
        self.is_at_home(from.ip()) || self.is_in_call(from.ip()) || self.strangers.may_read(now)
    }

    /// Whether somebody there is our server, or everybody may ask.
    pub(super) fn is_at_home(&self, from: IpAddr) -> bool {
        self.is_reliable() || self.home.as_ref().is_none_or(|home| home.addresses.contains(&from))
    }

    fn is_in_call(&self, from: IpAddr) -> bool {
        self.calls.values().any(|call| call.is_with(from))
    }
}

impl Call {
    /// Whether its other side is reached there.
    pub(super) fn is_with(&self, from: IpAddr) -> bool {
        self.dialogs().iter().filter_map(|dialog| dialog.target.addr()).any(|target| target.ip() == from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_read_and_of_a_flood_twenty_a_second() {
        let mut strangers = Strangers::default();
        let start = Instant::now();
        let read = |strangers: &mut Strangers, from: u64, to: u64| {
            (from..to).filter(|at| strangers.may_read(start + Duration::from_micros(50 * at))).count()
        };
        assert_eq!(read(&mut strangers, 0, 40), 40);
        // 20,000 a second for ten seconds
        let flood = read(&mut strangers, 40, 200_000);
        assert!((190..=201).contains(&flood), "{flood}");
        assert!(read(&mut strangers, 300_000, 300_040) == 40, "after a while of peace all are read");
    }
}
