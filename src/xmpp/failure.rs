//! Stanza errors (RFC 6120 section 8.3.3) as reasons a person can act on. It must not decide when to try again, only whether it helps.
use crate::account::TextProgress;
use crate::domain::{account::Problem, message::SendFailure};

/// What a refused text means. `condition` is the defined condition's element name, `kind` the error's type.
pub(super) fn of_text(condition: &str, kind: &str) -> TextProgress {
    let failure = match condition {
        "item-not-found" | "gone" | "jid-malformed" | "remote-server-not-found" | "redirect" => SendFailure::NotFound,
        "registration-required" | "subscription-required" => SendFailure::NotRegistered,
        "recipient-unavailable" | "service-unavailable" => SendFailure::Unavailable,
        "remote-server-timeout" => SendFailure::TimedOut,
        "forbidden" | "not-allowed" | "not-authorized" | "policy-violation" => SendFailure::Refused,
        // a gateway says so of a number it cannot text, for example a foreign one
        "not-acceptable" | "feature-not-implemented" | "bad-request" => SendFailure::Unsupported,
        _ => SendFailure::Server,
    };
    // a gateway says "recipient-unavailable" of a text that the carrier gave up: sent again by itself it would cost again
    TextProgress::Failed { failure, retry: kind == "wait" && condition != "recipient-unavailable" }
}

/// What a stream error (RFC 6120 section 4.9.3) means, and whether to connect again.
pub(super) fn of_stream(condition: &str) -> (Problem, bool) {
    match condition {
        "conflict" => (Problem::Conflict, false),
        "not-authorized" => (Problem::Refused, true),
        "policy-violation" | "resource-constraint" => (Problem::Refused, true),
        "host-unknown" | "host-gone" => (Problem::UnknownHost, true),
        "bad-format" | "invalid-xml" | "not-well-formed" | "unsupported-version" | "invalid-namespace" => {
            (Problem::Protocol, true)
        }
        _ => (Problem::ServerGone, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateway_errors_become_reasons() {
        for (condition, kind, failure, retry) in [
            ("registration-required", "auth", SendFailure::NotRegistered, false),
            ("item-not-found", "cancel", SendFailure::NotFound, false),
            ("gone", "modify", SendFailure::NotFound, false),
            ("recipient-unavailable", "wait", SendFailure::Unavailable, false),
            ("remote-server-timeout", "wait", SendFailure::TimedOut, true),
            ("service-unavailable", "cancel", SendFailure::Unavailable, false),
            ("not-acceptable", "modify", SendFailure::Unsupported, false),
            ("forbidden", "auth", SendFailure::Refused, false),
            ("policy-violation", "wait", SendFailure::Refused, true),
            ("internal-server-error", "cancel", SendFailure::Server, false),
            ("never-heard-of", "", SendFailure::Server, false),
        ] {
            assert_eq!(of_text(condition, kind), TextProgress::Failed { failure, retry }, "{condition}");
        }
    }

    #[test]
    fn only_a_conflict_ends_the_trying() {
        assert_eq!(of_stream("conflict"), (Problem::Conflict, false));
        for condition in ["system-shutdown", "policy-violation", "resource-constraint", "see-other-host", "reset", ""] {
            assert!(of_stream(condition).1, "{condition}");
        }
        assert_eq!(of_stream("policy-violation").0, Problem::Refused);
        assert_eq!(of_stream("system-shutdown").0, Problem::ServerGone);
    }
}
