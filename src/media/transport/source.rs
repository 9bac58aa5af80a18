//! Where packets go, and whose packets are taken: symmetric RTP. We send to the described address until the other side's
//! packets come from elsewhere (it stands behind a NAT, or its gateway moved), then there.
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Another address takes over when the current one has been silent for so long.
const SILENT: Duration = Duration::from_millis(120);
/// How often an address that nobody described may take over in [`SPELL`]: who injects packets cannot lead the call about.
const MOVES: u32 = 8;
const SPELL: Duration = Duration::from_secs(60);

/// The other side's address.
#[derive(Debug)]
pub(super) struct Source {
    described: SocketAddr,
    current: SocketAddr,
    heard: Option<Instant>,
    /// Another address's last packet: with the one that follows it, it takes over.
    candidate: Option<(SocketAddr, u32, u16)>,
    /// Take-overs since then.
    moves: (u32, Option<Instant>),
}

impl Source {
    pub(super) const fn new(described: SocketAddr) -> Self {
        Self { described, current: described, heard: None, candidate: None, moves: (0, None) }
    }

    /// A later description; one with the same address changes nothing.
    pub(super) fn describe(&mut self, described: SocketAddr) {
        if described != self.described {
            *self = Self::new(described);
        }
    }

    /// Where to send.
    pub(super) const fn target(&self) -> SocketAddr {
        self.current
    }

    /// A packet with this SSRC and number, valid in itself, came from there; tells whether it is the other side's.
    pub(super) fn heard(&mut self, from: SocketAddr, (ssrc, sequence): (u32, u16), now: Instant) -> bool {
        let alive = self.heard.is_some_and(|heard| now.saturating_duration_since(heard) < SILENT);
        let known = from == self.current || from == self.described || self.heard.is_none();
        if !known && (alive || !self.may_take_over((from, ssrc, sequence), now)) {
            return false;
        }
        self.authentic(from, now);
        true
    }

    /// A packet that is the other side's without doubt came from there.
    pub(super) const fn authentic(&mut self, from: SocketAddr, now: Instant) {
        self.current = from;
        self.heard = Some(now);
        self.candidate = None;
    }

    fn may_take_over(&mut self, packet: (SocketAddr, u32, u16), now: Instant) -> bool {
        let (from, ssrc, sequence) = packet;
        if self.candidate.replace(packet) != Some((from, ssrc, sequence.wrapping_sub(1))) {
            return false;
        }
        let (moves, since) = &mut self.moves;
        if since.is_none_or(|since| now.saturating_duration_since(since) >= SPELL) {
            (*moves, *since) = (0, Some(now));
        }
        *moves += 1;
        *moves <= MOVES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    #[test]
    fn it_follows_the_packets_but_not_an_intruder() {
        let start = Instant::now();
        let ms = |ms| start + Duration::from_millis(ms);
        let mut source = Source::new(at(1000));
        assert_eq!(source.target(), at(1000));
        assert!(source.heard(at(2000), (1, 1), ms(0)), "behind a NAT: the port is another");
        assert_eq!(source.target(), at(2000));
        assert!(!source.heard(at(3000), (2, 1), ms(20)), "an intruder while the other side speaks");
        assert!(source.heard(at(2000), (1, 2), ms(40)));
        assert!(!source.heard(at(3000), (2, 7), ms(200)), "one packet is not a stream");
        assert!(!source.heard(at(3000), (2, 9), ms(210)), "nor are two that do not follow each other");
        assert!(source.heard(at(3000), (2, 10), ms(220)), "the gateway moved");
        assert_eq!(source.target(), at(3000));
        assert!(source.heard(at(1000), (1, 9), ms(230)), "the described address is always right");
        source.describe(at(1000));
        assert!(!source.heard(at(3000), (2, 11), ms(240)));
        source.describe(at(4000));
        assert_eq!(source.target(), at(4000));
        source.authentic(at(5000), ms(250));
        assert_eq!(source.target(), at(5000), "without doubt");
    }

    #[test]
    fn who_injects_cannot_lead_the_call_about() {
        let start = Instant::now();
        let mut source = Source::new(at(1));
        source.heard(at(1), (1, 1), start);
        let (mut now, mut moves) = (start, 0);
        for port in 2..200 {
            now += SILENT;
            source.heard(at(port), (9, 1), now);
            moves += u32::from(source.heard(at(port), (9, 2), now));
        }
        assert_eq!(moves, MOVES, "in {:?}", now - start);
        assert!(source.heard(at(1), (1, 2), now), "the described address takes it back");
    }
}
