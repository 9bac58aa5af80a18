//! What of a description is the transport's: addresses, RTCP's port, and protection by SDES (RFC 4568). Pure, but for the
//! keys it makes at the start.
//!
//! An account that prefers encryption offers `RTP/SAVP` first: phones and exchanges that can encrypt take it, and of those
//! that cannot, the usual ones refuse it at once and without ringing (488). Then, or where there is no second chance, the
//! offer is `RTP/AVP` with keys: who does not know them answers in the clear, and the call screen says so. The other order
//! would leave calls in the clear with all who take keys under `RTP/SAVP` alone, Linphone among them.
use super::{
    super::MediaError,
    means::{DtlsWay, IceWay, Means},
};
use crate::domain::{
    account::Encryption,
    private::Private,
    protection::{Profile, Protection, SdesKey, Suite},
    session::SessionDescription,
};
use std::net::SocketAddr;
use zeroize::Zeroizing;

/// What we offer, best first; the short tags are taken where nothing else is offered, and never offered.
const OFFERED: [Suite; 4] = [Suite::Aes256Gcm, Suite::Aes128Gcm, Suite::Aes256Sha80, Suite::Aes128Sha80];

/// What both sides made of their descriptions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media) struct Way {
    /// Where the other side says it receives.
    pub rtp: SocketAddr,
    pub rtcp: SocketAddr,
    /// RTCP goes over the RTP sockets.
    pub muxed: bool,
    /// Our key and theirs; `None`: in the clear, unless `dtls` is there.
    pub keys: Option<(SdesKey, SdesKey)>,
    /// Keys come from DTLS: never beside `keys`.
    pub dtls: Option<DtlsWay>,
    /// How the path is found; `None`: `rtp` and `rtcp` are where packets go.
    pub ice: Option<IceWay>,
}

/// Our side.
#[derive(Debug, Clone)]
pub(in crate::media) struct Terms {
    rtp: SocketAddr,
    rtcp: SocketAddr,
    policy: Encryption,
    means: Means,
    /// One for each suite, for the whole session: hold and resume keep it.
    keys: Vec<SdesKey>,
    /// The other side's profile, and the suite in use, once there was an agreement.
    agreed: Option<(Profile, Option<Suite>)>,
}

impl Terms {
    pub(in crate::media) fn new(rtp: SocketAddr, rtcp: SocketAddr, policy: Encryption) -> Self {
        // without a source of randomness there are no keys, and nothing is called encrypted
        let keys = Suite::ALL.into_iter().zip(1..).filter_map(|(suite, tag)| {
            let mut key = Zeroizing::new(vec![0; suite.key_length() + suite.salt_length()]);
            getrandom::fill(&mut key).ok()?;
            Some(SdesKey { tag, suite, key: Private::new(key), mki: Vec::new() })
        });
        Self { rtp, rtcp, policy, means: Means::default(), keys: keys.collect(), agreed: None }
    }

    /// What else we bring.
    pub(in crate::media) const fn means(&mut self) -> &mut Means {
        &mut self.means
    }

    pub(in crate::media) const fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.rtp, self.rtcp)
    }

    /// Whether the first offer may be followed by one under `RTP/AVP`.
    pub(in crate::media) fn yields(&self) -> bool {
        self.policy == Encryption::Preferred && self.agreed.is_none()
    }

    /// The protection of an offer; `open`: the one that follows a refusal.
    pub(in crate::media) fn offer(&self, open: bool) -> Protection {
        let in_use = self.agreed.and_then(|(_, suite)| suite);
        if self.policy == Encryption::Off && in_use.is_none() {
            return Protection::default();
        }
        let profile = match self.agreed {
            Some((profile, Some(_))) => profile,
            // it was agreed on in the clear: an offer that they would refuse changes nothing
            Some((_, None)) if self.policy == Encryption::Preferred => Profile::Open,
            _ if open => Profile::Open,
            _ => Profile::Secure,
        };
        let suites = in_use.into_iter().chain(OFFERED.into_iter().filter(|suite| Some(*suite) != in_use));
        let keys = suites.filter_map(|suite| self.keys.iter().find(|key| key.suite == suite)).zip(1..);
        let keys = keys.map(|(key, tag)| SdesKey { tag, ..key.clone() }).collect();
        Protection { profile, keys, ..Protection::default() }
    }

    /// The protection of an answer: the best suite that is offered, under its tag.
    ///
    /// # Errors
    /// [`MediaError::NotEncrypted`].
    pub(in crate::media) fn answer(&self, offer: &Protection) -> Result<Protection, MediaError> {
        let in_use = self.agreed.is_some_and(|(_, suite)| suite.is_some());
        // one that insists is not refused where the person does not care
        let wanted = self.policy != Encryption::Off || offer.profile == Profile::Secure || in_use;
        let best = Suite::ALL.into_iter().filter(|_| wanted).find_map(|suite| {
            let theirs = offer.keys.iter().find(|key| key.suite == suite)?;
            let ours = self.keys.iter().find(|key| key.suite == suite)?;
            Some(SdesKey { tag: theirs.tag, ..ours.clone() })
        });
        if best.is_none() && (self.policy == Encryption::Required || offer.profile == Profile::Secure) {
            return Err(MediaError::NotEncrypted);
        }
        Ok(Protection { profile: offer.profile, keys: best.into_iter().collect(), ..Protection::default() })
    }

    /// What both descriptions make together, whichever was the offer.
    ///
    /// # Errors
    /// [`MediaError::NotEncrypted`]: keys that do not fit each other, or none where the person or the profile wants them.
    pub(in crate::media) fn agree(
        &mut self,
        local: &SessionDescription,
        remote: &SessionDescription,
    ) -> Result<Way, MediaError> {
        let (ours, theirs) = (&local.protection.keys, &remote.protection.keys);
        let pair = theirs.iter().find_map(|theirs| {
            let fits = |ours: &&SdesKey| (ours.tag, ours.suite) == (theirs.tag, theirs.suite);
            Some((ours.iter().find(fits)?.clone(), theirs.clone()))
        });
        let meant = !ours.is_empty() && !theirs.is_empty();
        let wanted = self.policy == Encryption::Required || remote.protection.profile == Profile::Secure;
        if pair.is_none() && (meant || wanted) {
            return Err(MediaError::NotEncrypted);
        }
        self.agreed = Some((remote.protection.profile, pair.as_ref().map(|(ours, _)| ours.suite)));
        let muxed = local.rtcp_mux && remote.rtcp_mux;
        let rtcp = if muxed { remote.rtp } else { remote.rtcp };
        Ok(Way { rtp: remote.rtp, rtcp, muxed, keys: pair, dtls: None, ice: None })
    }
}
