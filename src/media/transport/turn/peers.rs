//! Whom an allocation relays for: one channel for each address (RFC 8656 section 12). Binding a channel is also the
//! permission, so there is no other mechanism here; what comes before a channel is bound comes as an indication.
use super::super::ice::stun::Transaction;
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// Addresses at the same time, and numbers of channels: none is used for two.
const PEERS: usize = 64;
const FIRST: u16 = 0x4000;
const LAST: u16 = 0x4FFF;
/// A permission holds 5 minutes; a channel of ours that is used is bound again before.
const AGAIN: Duration = Duration::from_secs(240);
/// One that was not used for so long is left to end.
const UNUSED: Duration = Duration::from_secs(300);
/// One that was refused is not asked for sooner.
const REFUSED: Duration = Duration::from_secs(10);

/// One address.
#[derive(Debug)]
pub(super) struct Peer {
    pub address: SocketAddr,
    pub channel: u16,
    /// Packets may go.
    pub bound: bool,
    pub again: Instant,
    used: Instant,
    /// The last packet that has to wait for the channel.
    pub held: Option<Vec<u8>>,
    pub asked: Option<Transaction>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Peers {
    list: Vec<Peer>,
    next: u16,
}

impl Default for Peers {
    fn default() -> Self {
        Self { list: Vec::new(), next: FIRST }
    }
}

impl Peers {
    /// The peer at an address, a new one if need be; `None`: there are too many.
    pub(super) fn at(&mut self, address: SocketAddr, now: Instant) -> Option<&mut Peer> {
        let place = match self.list.iter().position(|peer| peer.address == address) {
            Some(place) => place,
            None if self.list.len() < PEERS && self.next <= LAST => {
                let (channel, held, asked) = (self.next, None, None);
                self.list.push(Peer { address, channel, bound: false, again: now, used: now, held, asked });
                self.next += 1;
                self.list.len() - 1
            }
            None => return None,
        };
        let peer = self.list.get_mut(place)?;
        peer.used = now;
        Some(peer)
    }

    /// The peer at an address that is known; it does not count as used.
    pub(super) fn known(&mut self, address: SocketAddr) -> Option<&mut Peer> {
        self.list.iter_mut().find(|peer| peer.address == address)
    }

    pub(super) fn of_channel(&self, channel: u16) -> Option<SocketAddr> {
        self.list.iter().find(|peer| peer.channel == channel).map(|peer| peer.address)
    }

    pub(super) fn asked(&mut self, transaction: Transaction) -> Option<&mut Peer> {
        self.list.iter_mut().find(|peer| peer.asked == Some(transaction))
    }

    /// The next one whose channel has to be bound, or bound again.
    pub(super) fn due(&mut self, now: Instant) -> Option<&mut Peer> {
        self.list.retain(|peer| now.saturating_duration_since(peer.used) < UNUSED);
        self.list.iter_mut().find(|peer| peer.asked.is_none() && now >= peer.again)
    }
}

impl Peer {
    /// The server has bound the channel; gives the packet that waited.
    pub(super) fn granted(&mut self, now: Instant) -> Option<Vec<u8>> {
        (self.bound, self.asked, self.again) = (true, None, now + AGAIN);
        self.held.take()
    }

    /// It has not.
    pub(super) fn refused(&mut self, now: Instant) {
        (self.bound, self.asked, self.again, self.held) = (false, None, now + REFUSED, None);
    }
}
