//! What of a description is the transport's: addresses, RTCP's port, ICE's credentials, and protection by SDES (RFC 4568) or
//! DTLS (RFC 5763). Pure, but for the keys it makes at the start.
//!
//! An account that prefers encryption offers `RTP/SAVP` first, with SDES keys and the fingerprint for DTLS side by side: each
//! phone and exchange that can encrypt takes what it knows, and passes over the other. Of those that cannot, the usual ones
//! refuse it at once and without ringing (488). Then, or where there is no second chance, the offer is `RTP/AVP` with the
//! same (RFC 8643): who knows neither answers in the clear, and the call screen says so. The other order would leave calls in
//! the clear with all who take keys under `RTP/SAVP` alone, Linphone among them. Where encryption is required the second
//! offer is `UDP/TLS/RTP/SAVP`, for those who take a fingerprint under that name alone.
use super::{
    super::MediaError,
    Credentials,
    means::{DtlsWay, IceWay, Means},
};
use crate::domain::{
    account::{Encryption, Keys},
    ice::Ice,
    private::Private,
    protection::{Dtls, Profile, Protection, SdesKey, Setup, Suite},
    session::SessionDescription,
};
use std::net::SocketAddr;
use zeroize::Zeroizing;

/// What we offer, best first; the short tags are taken where nothing else is offered, and never offered.
const OFFERED: [Suite; 4] = [Suite::Aes256Gcm, Suite::Aes128Gcm, Suite::Aes256Sha80, Suite::Aes128Sha80];
/// Octets of our `tls-id`, twice as many characters: at least 20 (RFC 8842 section 4).
const ID: usize = 12;

/// What an account wishes of its calls' packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Whether they are encrypted.
    pub encryption: Encryption,
    /// Which keys are offered; `None`: both kinds.
    pub keys: Option<Keys>,
    /// Whether ICE is spoken: offered and answered, or neither; `None`: answered alone.
    pub ice: Option<bool>,
}

impl From<Encryption> for Policy {
    fn from(encryption: Encryption) -> Self {
        Self { encryption, keys: None, ice: None }
    }
}

/// Which of the offers that a call may begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::media) enum Attempt {
    /// One that may be followed by another.
    First,
    /// The one after a refusal.
    Second,
    /// A refusal would end the call.
    Only,
}

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

#[cfg(test)]
impl Way {
    /// To there, in the clear.
    pub(in crate::media) const fn open(to: SocketAddr) -> Self {
        Self { rtp: to, rtcp: to, muxed: false, keys: None, dtls: None, ice: None }
    }
}

/// What a session is encrypted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Secured {
    Sdes(Suite),
    /// And whether we open the association.
    Dtls {
        active: bool,
    },
}

/// What an agreement leaves for later offers and answers.
#[derive(Debug, Clone, Copy)]
struct Agreed {
    profile: Profile,
    feedback: bool,
    /// `None`: in the clear.
    secured: Option<Secured>,
    ice: bool,
}

/// Our side.
#[derive(Debug, Clone)]
pub(in crate::media) struct Terms {
    rtp: SocketAddr,
    rtcp: SocketAddr,
    policy: Policy,
    means: Means,
    /// One for each suite, for the whole session: hold and resume keep it.
    keys: Vec<SdesKey>,
    /// Our `tls-id`, for the whole session.
    id: String,
    agreed: Option<Agreed>,
    /// The first offer was theirs.
    called: bool,
}

impl Terms {
    pub(in crate::media) fn new(rtp: SocketAddr, rtcp: SocketAddr, policy: impl Into<Policy>) -> Self {
        // without a source of randomness there are no keys, and nothing is called encrypted
        let keys = Suite::ALL.into_iter().zip(1..).filter_map(|(suite, tag)| {
            let mut key = Zeroizing::new(vec![0; suite.key_length() + suite.salt_length()]);
            getrandom::fill(&mut key).ok()?;
            Some(SdesKey { tag, suite, key: Private::new(key), mki: Vec::new() })
        });
        let mut id = [0; ID];
        // it only has to differ from session to session: without randomness there is no certificate either
        let _ = getrandom::fill(&mut id);
        Self {
            rtp,
            rtcp,
            policy: policy.into(),
            means: Means::default(),
            keys: keys.collect(),
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            agreed: None,
            called: false,
        }
    }

    /// What else we bring.
    pub(in crate::media) const fn means(&mut self) -> &mut Means {
        &mut self.means
    }

    pub(in crate::media) const fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.rtp, self.rtcp)
    }

    /// Whether the first offer may be followed by another.
    pub(in crate::media) fn yields(&self) -> bool {
        let (Policy { encryption, keys, .. }, None) = (self.policy, self.agreed) else { return false };
        match encryption {
            Encryption::Preferred => true,
            Encryption::Required => keys.is_none() && self.means.identity.is_some(),
            Encryption::Off => false,
        }
    }

    fn secured(&self) -> Option<Secured> {
        self.agreed.and_then(|agreed| agreed.secured)
    }

    /// Our part of DTLS.
    fn dtls(&self, setup: Setup, id: bool) -> Option<Dtls> {
        let identity = self.means.identity.as_ref()?;
        let id = id.then(|| self.id.clone());
        Some(Dtls { fingerprints: vec![identity.fingerprint()], setup, id })
    }

    /// Our keys for an offer, the one in use first.
    fn sdes(&self) -> Vec<SdesKey> {
        let in_use = match self.secured() {
            Some(Secured::Sdes(suite)) => Some(suite),
            _ => None,
        };
        let suites = in_use.into_iter().chain(OFFERED.into_iter().filter(|suite| Some(*suite) != in_use));
        let keys = suites.filter_map(|suite| self.keys.iter().find(|key| key.suite == suite)).zip(1..);
        keys.map(|(key, tag)| SdesKey { tag, ..key.clone() }).collect()
    }

    /// The protection of an offer.
    pub(in crate::media) fn offer(&self, attempt: Attempt) -> Protection {
        let Policy { encryption, keys: wished, .. } = self.policy;
        let sdes = || if wished == Some(Keys::Dtls) { Vec::new() } else { self.sdes() };
        let dtls = || if wished == Some(Keys::Sdes) { None } else { self.dtls(Setup::ActPass, true) };
        if let Some(Agreed { profile, feedback, secured: Some(secured), .. }) = self.agreed {
            // what is encrypted stays so, and in the same way
            let (keys, dtls) = match secured {
                Secured::Sdes(_) => (self.sdes(), None),
                Secured::Dtls { .. } => (Vec::new(), self.dtls(Setup::ActPass, true)),
            };
            return Protection { profile, feedback, keys, dtls: dtls.map(Box::new) };
        }
        let profile = match (encryption, attempt) {
            (Encryption::Off, _) => return Protection::default(),
            // it was agreed on in the clear: an offer that they would refuse changes nothing
            (Encryption::Preferred, _) if self.agreed.is_some() => Profile::Open,
            (Encryption::Preferred, Attempt::Second | Attempt::Only) => Profile::Open,
            (Encryption::Required, Attempt::Second) => Profile::Dtls,
            _ if wished == Some(Keys::Dtls) => Profile::Dtls,
            _ => Profile::Secure,
        };
        let keys = if profile == Profile::Dtls { Vec::new() } else { sdes() };
        Protection { profile, feedback: false, keys, dtls: dtls().map(Box::new) }
    }

    /// Our part of ICE in an offer, without candidates.
    pub(in crate::media) fn offer_ice(&self) -> Option<Ice> {
        let wanted = self.agreed.map_or(self.policy.ice == Some(true), |agreed| agreed.ice);
        self.ice().filter(|_| wanted)
    }

    /// Our part of ICE in an answer, without candidates: where they have theirs.
    pub(in crate::media) fn answer_ice(&self, offer: &SessionDescription) -> Option<Ice> {
        self.ice().filter(|_| offer.ice.is_some())
    }

    fn ice(&self) -> Option<Ice> {
        let Credentials { ufrag, pwd } = self.means.ice.clone().filter(|_| self.policy.ice != Some(false))?;
        Some(Ice { ufrag, pwd, candidates: Vec::new(), lite: false, trickle: false })
    }

    /// The protection of an answer: DTLS or the best suite that is offered, under its tag.
    ///
    /// # Errors
    /// [`MediaError::NotEncrypted`].
    pub(in crate::media) fn answer(&mut self, offer: &Protection) -> Result<Protection, MediaError> {
        self.called |= self.agreed.is_none();
        let Policy { encryption, keys: wished, .. } = self.policy;
        let Protection { profile, feedback, .. } = *offer;
        let only_dtls = encryption == Encryption::Required && wished == Some(Keys::Dtls);
        // one that insists is not refused where the person does not care
        let sdes = !only_dtls
            && profile != Profile::Dtls
            && (encryption != Encryption::Off || profile == Profile::Secure || self.secured().is_some());
        let suite = Suite::ALL.into_iter().filter(|_| sdes).find_map(|suite| {
            let theirs = offer.keys.iter().find(|key| key.suite == suite)?;
            let ours = self.keys.iter().find(|key| key.suite == suite)?;
            Some(SdesKey { tag: theirs.tag, ..ours.clone() })
        });
        let dtls = offer.dtls.as_ref().and_then(|theirs| self.dtls(self.role(theirs.setup), theirs.id.is_some()));
        let prefers_sdes = match self.secured() {
            Some(Secured::Sdes(_)) => true,
            Some(Secured::Dtls { .. }) => false,
            None => wished == Some(Keys::Sdes),
        };
        let (key, dtls) = match (suite, dtls) {
            (Some(key), Some(_)) if prefers_sdes => (Some(key), None),
            (_, Some(dtls)) => (None, Some(dtls)),
            (key, None) => (key, None),
        };
        if key.is_none() && dtls.is_none() && (encryption == Encryption::Required || profile != Profile::Open) {
            return Err(MediaError::NotEncrypted);
        }
        Ok(Protection { profile, feedback, keys: key.into_iter().collect(), dtls: dtls.map(Box::new) })
    }

    /// Our role where theirs is this: the one we have, where they leave it to us (RFC 8842 section 5.3).
    fn role(&self, theirs: Setup) -> Setup {
        match (theirs, self.secured()) {
            (Setup::Active, _) | (Setup::ActPass, Some(Secured::Dtls { active: false })) => Setup::Passive,
            (Setup::Passive | Setup::ActPass, _) => Setup::Active,
        }
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
        let (ours, theirs) = (&local.protection, &remote.protection);
        let pair = theirs.keys.iter().find_map(|theirs| {
            let fits = |ours: &&SdesKey| (ours.tag, ours.suite) == (theirs.tag, theirs.suite);
            Some((ours.keys.iter().find(fits)?.clone(), theirs.clone()))
        });
        // an answer that holds both leaves the choice to its profile
        let dtls = self.association(ours, theirs).filter(|_| pair.is_none() || theirs.profile == Profile::Dtls);
        let pair = pair.filter(|_| dtls.is_none());
        let meant = !ours.keys.is_empty() && !theirs.keys.is_empty();
        let wanted = self.policy.encryption == Encryption::Required || theirs.profile != Profile::Open;
        if pair.is_none() && dtls.is_none() && (meant || wanted) {
            return Err(MediaError::NotEncrypted);
        }
        let controlling = !self.called || remote.ice.as_ref().is_some_and(|ice| ice.lite);
        let ice = local.ice.as_ref().zip(remote.ice.as_ref()).map(|(ours, theirs)| {
            let ours = Credentials { ufrag: ours.ufrag.clone(), pwd: ours.pwd.clone() };
            IceWay { ours, theirs: Ice::clone(theirs), controlling }
        });
        let sdes = pair.as_ref().map(|(ours, _)| Secured::Sdes(ours.suite));
        let secured = dtls.as_ref().map(|dtls| Secured::Dtls { active: dtls.active }).or(sdes);
        let Protection { profile, feedback, .. } = *theirs;
        self.agreed = Some(Agreed { profile, feedback, secured, ice: ice.is_some() });
        let muxed = local.rtcp_mux && remote.rtcp_mux;
        let rtcp = if muxed { remote.rtp } else { remote.rtcp };
        Ok(Way { rtp: remote.rtp, rtcp, muxed, keys: pair, dtls, ice })
    }

    fn association(&self, ours: &Protection, theirs: &Protection) -> Option<DtlsWay> {
        let (ours, theirs) = (ours.dtls.as_ref()?, theirs.dtls.as_ref()?);
        let active = match (ours.setup, theirs.setup) {
            (Setup::Active, _) => true,
            (Setup::Passive, _) | (Setup::ActPass, Setup::Active) => false,
            // one who answers without a choice waits for us, or is woken by us
            (Setup::ActPass, Setup::Passive | Setup::ActPass) => true,
        };
        let identity = self.means.identity.clone()?;
        Some(DtlsWay { identity, peer: theirs.fingerprints.clone(), active, id: (ours.id.clone(), theirs.id.clone()) })
    }
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
