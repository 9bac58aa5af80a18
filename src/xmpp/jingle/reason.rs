//! Why a call ended, in the words of XEP-0166 and of stanza errors, as reasons a person can act on; and ours as they are told.
use super::wire::{around, element};
use crate::domain::call::{Decline, EndReason};
use xmpp_parsers::{minidom::Element, ns};

/// The name inside a `<reason/>`, of a session's end or of a rejection.
pub(super) fn name(parent: &Element) -> Option<&str> {
    let reason = parent.get_child("reason", ns::JINGLE)?;
    reason.children().find(|child| child.has_ns(ns::JINGLE) && child.name() != "text").map(Element::name)
}

/// Why the other side ended a session. `answered`: somebody had taken it. `ours`: we had placed it.
pub(super) fn of_end(name: Option<&str>, answered: bool, ours: bool) -> EndReason {
    match name {
        Some("connectivity-error" | "failed-transport" | "unsupported-transports") => EndReason::NoPath,
        Some("security-error") => EndReason::EncryptionFailed,
        Some("timeout") if answered => EndReason::Lost,
        _ if answered => EndReason::HungUpThere,
        Some("failed-application" | "unsupported-applications" | "incompatible-parameters" | "media-error") => {
            EndReason::NoCommonMedia
        }
        _ if !ours => EndReason::Cancelled,
        Some("busy") => EndReason::Busy,
        Some("timeout" | "expired") => EndReason::NoAnswer,
        Some("gone") => EndReason::Unavailable,
        Some("general-error") => EndReason::Server,
        _ => EndReason::Declined,
    }
}

/// What an error stanza in answer to a call of ours means.
pub(super) fn of_error(condition: &str) -> EndReason {
    match condition {
        "item-not-found" | "jid-malformed" | "remote-server-not-found" => EndReason::NotFound,
        "gone" => EndReason::NoLongerInUse,
        "redirect" => EndReason::Redirected,
        "payment-required" => EndReason::PaymentNeeded,
        "not-acceptable" | "bad-request" => EndReason::Incomplete,
        "forbidden" | "not-allowed" | "not-authorized" | "registration-required" | "subscription-required" => {
            EndReason::Refused
        }
        "policy-violation" => EndReason::Blocked,
        "resource-constraint" => EndReason::Overloaded,
        "service-unavailable" | "recipient-unavailable" => EndReason::Unavailable,
        _ => EndReason::Server,
    }
}

/// What a caller is told whose call is not taken.
pub(super) const fn of_decline(decline: Decline) -> &'static str {
    match decline {
        Decline::Declined => "decline",
        Decline::Busy => "busy",
        Decline::Media => "failed-application",
    }
}

/// The element.
pub(super) fn write(name: &str) -> Element {
    around(element("reason", ns::JINGLE, &[]), Element::bare(name, ns::JINGLE))
}
