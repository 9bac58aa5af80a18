//! How one stream is received, counted as RFC 3550 (appendices A.3 and A.8) says, for reports and for people.
use super::rtcp::Block;
use crate::domain::ice::CandidateKind;
use std::{fmt, net::SocketAddr, time::Instant};

/// Counts of one session, since its start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Voice packets taken.
    pub received: u64,
    /// Voice packets sent.
    pub sent: u64,
    /// Came twice.
    pub duplicate: u64,
    /// Came when their time was over.
    pub late: u64,
    /// Fitted nowhere into their stream.
    pub stray: u64,
    /// No RTP, or RTP with contradicting lengths, or too large.
    pub malformed: u64,
    /// RTP of a payload type that was not agreed.
    pub unknown_payload: u64,
    /// From elsewhere, while the other side spoke; of a stream that was left; or one of a flood of keys.
    pub foreign: u64,
    /// Not under the key that was agreed on, or in the clear where encryption was.
    pub forged: u64,
    /// Encrypted packets that were here before.
    pub replayed: u64,
    /// Packets that came before their key, or before both sides agreed on anything.
    pub early: u64,
    /// Sound made up in place of lost packets, in milliseconds.
    pub concealed: u64,
    /// Sound left out or put in to follow the delay that is aimed at, in milliseconds.
    pub corrected: u64,
    /// Packets that the operating system did not take.
    pub unsent: u64,
    /// How long playout waits for late packets, in milliseconds.
    pub delay: u64,
    /// Packets of the streams that were played which should have come so far, of whatever payload.
    pub expected: u64,
    /// Those of them that have not come.
    pub lost: u64,
    /// How unevenly packets come now (RFC 3550 section 6.4.1), in milliseconds.
    pub jitter: u32,
    /// Reports of the other side on what it receives.
    pub reports: u64,
    /// Loss between its last two reports, in tenths of a percent.
    pub reported_loss: u16,
    /// How unevenly packets come there, in milliseconds.
    pub reported_jitter: u32,
    /// The way there and back, in milliseconds, once it is known.
    pub round_trip: Option<u32>,
    /// Which way packets go, where ICE found it.
    pub path: Option<PathInUse>,
}

/// Which way packets go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PathInUse {
    /// What kind of address of ours the other side sees.
    pub local_kind: CandidateKind,
    /// That address.
    pub local: SocketAddr,
    /// What kind of address of theirs we send to.
    pub remote_kind: CandidateKind,
    /// That address.
    pub remote: SocketAddr,
}

/// Addresses are nobody's business but the person's.
impl fmt::Debug for PathInUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} to {:?}", self.local_kind, self.remote_kind)
    }
}

/// One stream's reception.
#[derive(Debug)]
pub(super) struct Reception {
    ssrc: u32,
    clock: u32,
    first: u64,
    highest: u64,
    received: u64,
    told: (u64, u64),
    /// What was counted when it was last asked for.
    counted: (u64, u64),
    transit: Option<f64>,
    jitter: f64,
    start: Instant,
    sender: Option<(u32, Instant)>,
}

impl Reception {
    pub(super) fn new(ssrc: u32, clock: u32, sequence: u16, now: Instant) -> Self {
        let first = u64::from(sequence);
        Self {
            ssrc,
            clock,
            first,
            highest: first,
            received: 0,
            told: (0, 0),
            counted: (0, 0),
            transit: None,
            jitter: 0.0,
            start: now,
            sender: None,
        }
    }

    /// A packet came, of whatever payload.
    pub(super) fn heard(&mut self, sequence: u16, timestamp: u32, now: Instant) {
        self.received += 1;
        let ahead = sequence.wrapping_sub(self.highest as u16) as i16;
        if ahead > 0 {
            self.highest += u64::from(ahead.unsigned_abs());
        }
        let arrival = now.saturating_duration_since(self.start).as_secs_f64() * f64::from(self.clock);
        let transit = arrival - f64::from(timestamp);
        if let Some(last) = self.transit.replace(transit) {
            let change = (transit - last).abs();
            // a wrapped or restarted timestamp is no jitter
            if change < f64::from(self.clock) {
                self.jitter += (change - self.jitter) / 16.0;
            }
        }
    }

    /// The sender's report came.
    pub(super) fn sender_report(&mut self, ntp: u64, now: Instant) {
        self.sender = Some(((ntp >> 16) as u32, now));
    }

    /// Counts on what should have come and has not since it was last asked; what comes late is taken off again.
    pub(super) fn count(&mut self, count: &mut Statistics) {
        let now = (self.highest - self.first + 1, self.received);
        let (expected, received) = std::mem::replace(&mut self.counted, now);
        count.expected += now.0 - expected;
        count.lost = (count.lost + (now.0 - expected)).saturating_sub(now.1 - received);
        count.jitter = (self.jitter * 1000.0 / f64::from(self.clock)) as u32;
    }

    /// The report on it.
    pub(super) fn block(&mut self, now: Instant) -> Block {
        let expected = self.highest - self.first + 1;
        let (new_expected, new) = (expected - self.told.0, self.received - self.told.1);
        self.told = (expected, self.received);
        let lost = new_expected.saturating_sub(new);
        let (last_sr, delay) = self.sender.map_or((0, 0), |(middle, at)| {
            (middle, (now.saturating_duration_since(at).as_secs_f64() * 65_536.0) as u32)
        });
        Block {
            ssrc: self.ssrc,
            fraction_lost: lost.saturating_mul(256).checked_div(new_expected).unwrap_or(0).min(255) as u8,
            lost: expected.saturating_sub(self.received) as u32,
            highest: self.highest as u32,
            jitter: self.jitter as u32,
            last_sr,
            delay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_is_missing_is_counted_over_all_streams_and_what_comes_late_is_taken_off() {
        let start = Instant::now();
        let mut count = Statistics::default();
        for _ in 0..2 {
            let mut reception = Reception::new(5, 48_000, 65_500, start);
            for n in (0..100_u16).filter(|n| n % 10 != 5) {
                let uneven = Duration::from_millis(20 * u64::from(n) + u64::from(n % 2) * 10);
                reception.heard(65_500_u16.wrapping_add(n), u32::from(n) * 960, start + uneven);
                reception.count(&mut count);
            }
            reception.heard(65_505, 5 * 960, start + Duration::from_secs(2));
            reception.count(&mut count);
        }
        assert_eq!((count.expected, count.lost), (200, 18));
        assert!((5..20).contains(&count.jitter), "{}", count.jitter);
    }

    #[test]
    fn loss_is_told_since_the_last_report_and_since_the_start() {
        let start = Instant::now();
        let mut reception = Reception::new(5, 8_000, 65_530, start);
        let packets = (0..100_u16).filter(|n| n % 4 != 1);
        for n in packets {
            let at = start + Duration::from_millis(20 * u64::from(n));
            reception.heard(65_530_u16.wrapping_add(n), u32::from(n) * 160, at);
        }
        let block = reception.block(start);
        assert_eq!((block.ssrc, block.fraction_lost, block.lost, block.jitter), (5, 64, 25, 0));
        assert_eq!(block.highest, 65_536 + 93, "with its cycle");
        for n in 100..104_u16 {
            reception.heard(65_530_u16.wrapping_add(n), u32::from(n) * 160, start);
        }
        reception.sender_report(0x0001_0002_0003_0004, start);
        let block = reception.block(start + Duration::from_secs(2));
        assert_eq!((block.fraction_lost, block.lost), (0, 25));
        assert_eq!((block.last_sr, block.delay), (0x0002_0003, 2 << 16));
    }
}
