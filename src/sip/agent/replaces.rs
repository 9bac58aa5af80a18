//! A call that takes the place of another (RFC 3891): which one its INVITE names, and whether that may be.
use super::{
    super::{message::Headers, params},
    Agent, HeaderName,
    call::{Call, Stage},
};
use crate::domain::call::CallId;

/// The extension's name.
pub(super) const TAG: &str = "replaces";

/// The header's name.
pub(super) fn header() -> HeaderName {
    HeaderName::Other("Replaces".to_owned())
}

impl Agent {
    /// The call that an INVITE is to take the place of; `Err`: the status to refuse it with.
    pub(super) fn replaced(&self, headers: &Headers) -> Result<Option<CallId>, u16> {
        let named: Vec<_> = headers.all(&header()).collect();
        let value = match *named {
            [] => return Ok(None),
            [value] => value,
            _ => return Err(400),
        };
        let (call_id, parameters) = value.split_once(';').ok_or(400_u16)?;
        let tag = |name| params::get(parameters, name).filter(|tag| !tag.is_empty()).ok_or(400_u16);
        let (ours, theirs) = (tag("to-tag")?, tag("from-tag")?);
        let is_meant =
            |call: &Call| call.dialogs().iter().any(|dialog| dialog.is_named(call_id.trim(), &ours, &theirs));
        let (id, call) = self.calls.iter().find(|(_, call)| is_meant(call)).ok_or(481_u16)?;
        match call.stage {
            _ if call.ended => Err(603),
            // a call that rings here was not placed by us (section 3)
            Stage::Offered(_) => Err(481),
            Stage::Calling(_) => Ok(Some(*id)),
            Stage::Answered(_) | Stage::Talking(_) if params::get(parameters, "early-only").is_some() => Err(486),
            Stage::Answered(_) | Stage::Talking(_) => Ok(Some(*id)),
        }
    }
}
