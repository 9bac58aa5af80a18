//! Where packets go, and whose packets are taken: symmetric RTP. We send to the described address until the other side's
//! packets come from elsewhere (it stands behind a NAT, or its gateway moved), then there.
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Another address takes over when the current one has been silent for so long.
const SILENT: Duration = Duration::from_millis(120);

/// The other side's address.
#[derive(Debug)]
pub(super) struct Source {
    described: SocketAddr,
    current: SocketAddr,
    heard: Option<Instant>,
}

impl Source {
    pub(super) const fn new(described: SocketAddr) -> Self {
        Self { described, current: described, heard: None }
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

    /// A packet that is valid in itself came from there; tells whether it is the other side's.
    pub(super) fn heard(&mut self, from: SocketAddr, now: Instant) -> bool {
        let alive = self.heard.is_some_and(|heard| now.saturating_duration_since(heard) < SILENT);
        if from != self.current && alive && from != self.described {
            return false;
        }
        self.current = from;
        self.heard = Some(now);
        true
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
        assert!(source.heard(at(2000), ms(0)), "behind a NAT: the port is another");
        assert_eq!(source.target(), at(2000));
        assert!(!source.heard(at(3000), ms(20)), "an intruder while the other side speaks");
        assert!(source.heard(at(2000), ms(40)));
        assert!(source.heard(at(3000), ms(200)), "the gateway moved");
        assert_eq!(source.target(), at(3000));
        assert!(source.heard(at(1000), ms(210)), "the described address is always right");
        source.describe(at(1000));
        assert!(!source.heard(at(3000), ms(220)));
        source.describe(at(4000));
        assert_eq!(source.target(), at(4000));
    }
}
