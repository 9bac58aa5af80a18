//! What this side brings to a session's transport besides its two ports, and what both sides made of it: the credentials of
//! ICE and the certificate of DTLS on our side; on theirs, what their description says.
use super::{dtls::Identity, ice::Credentials};
use crate::domain::{ice::Ice, protection::Fingerprint};

/// Ours, for the whole session; credentials change with a restart.
#[derive(Debug, Clone, Default)]
pub(in crate::media) struct Means {
    /// `None`: ICE is not spoken.
    pub ice: Option<Credentials>,
    /// `None`: DTLS is not spoken.
    pub identity: Option<Identity>,
}

/// Both sides find a path by ICE (RFC 8445).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media) struct IceWay {
    /// As our description said; others than before are a restart.
    pub ours: Credentials,
    /// Their description; others than before are a restart. Candidates that are known already may stand in it again.
    pub theirs: Ice,
    /// Whose part it is to choose: the first offerer's, or ours where they are lite (RFC 8445 section 6.1.1).
    pub controlling: bool,
}

/// Keys come from DTLS (RFC 5764).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::media) struct DtlsWay {
    /// The certificate we show.
    pub identity: Identity,
    /// The certificate they show must have one of these.
    pub peer: Vec<Fingerprint>,
    /// We open the association.
    pub active: bool,
    /// Our `tls-id` and theirs: another pair than before is another association (RFC 8842 section 5.2).
    pub id: (Option<String>, Option<String>),
}
