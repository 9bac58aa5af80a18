//! Statuses (RFC 3261 section 21) as reasons a person can act on. It must not decide when to try again, only whether it helps.
use crate::{
    account::TextProgress,
    domain::{account::Problem, call::EndReason, message::SendFailure},
};

/// Why a registration was refused.
pub(super) const fn of_registration(code: u16) -> Problem {
    match code {
        // the server knows no such name, or our answer was wrong
        401 | 404 | 407 | 604 => Problem::WrongPassword,
        408 | 504 => Problem::TimedOut,
        405 | 501 | 505 => Problem::Protocol,
        _ => Problem::Refused,
    }
}

/// Whether the server itself fails, and another one of the same account may do better (RFC 3263 section 4.3).
pub(super) const fn is_of_the_server(code: u16) -> bool {
    matches!(code, 408 | 430 | 500 | 502..=504)
}

/// Why a call of ours was not accepted.
pub(crate) const fn of_call(code: u16) -> EndReason {
    match code {
        300..=399 => EndReason::Redirected,
        402 => EndReason::PaymentNeeded,
        404 | 414 | 416 | 485 | 604 => EndReason::NotFound,
        410 => EndReason::NoLongerInUse,
        484 => EndReason::Incomplete,
        486 | 600 => EndReason::Busy,
        603 => EndReason::Declined,
        408 | 487 => EndReason::NoAnswer,
        430 | 480 | 502 | 504 => EndReason::Unavailable,
        503 => EndReason::Overloaded,
        406 | 415 | 488 | 606 => EndReason::NoCommonMedia,
        433 => EndReason::NotAnonymously,
        607 | 608 => EndReason::Blocked,
        401 | 403 | 405 | 407 | 420 | 421 | 437 | 438 | 501 => EndReason::Refused,
        _ => EndReason::Server,
    }
}

/// The status that says why a call of ours, which somebody asked for, did not come about.
pub(super) const fn code_of(reason: EndReason) -> u16 {
    match reason {
        EndReason::Busy => 486,
        EndReason::Declined | EndReason::Blocked => 603,
        EndReason::NotFound | EndReason::Incomplete => 404,
        EndReason::NoLongerInUse => 410,
        EndReason::Cancelled | EndReason::HungUpHere => 487,
        EndReason::NoCommonMedia | EndReason::NotEncrypted | EndReason::EncryptionFailed => 488,
        EndReason::Refused | EndReason::PaymentNeeded | EndReason::NotAnonymously | EndReason::PasswordAsked => 403,
        EndReason::Overloaded | EndReason::ServerGone => 503,
        EndReason::Server | EndReason::LocalFault => 500,
        EndReason::HungUpThere
        | EndReason::NoAnswer
        | EndReason::Unavailable
        | EndReason::NoPath
        | EndReason::HandledElsewhere
        | EndReason::Lost
        | EndReason::Redirected
        | EndReason::Transferred => 480,
    }
}

/// What the answer to a text means.
pub(crate) const fn of_text(code: u16) -> TextProgress {
    let (failure, retry) = match code {
        200..=299 => return TextProgress::Sent,
        404 | 410 | 416 | 484 | 485 | 604 => (SendFailure::NotFound, false),
        401 | 402 | 403 | 407 | 433 | 603 | 607 | 608 => (SendFailure::Refused, false),
        413 | 414 | 513 => (SendFailure::TooLong, false),
        405 | 406 | 415 | 420 | 488 | 501 | 606 => (SendFailure::Unsupported, false),
        430 | 480 | 486 | 503 | 600 => (SendFailure::Unavailable, true),
        408 | 504 => (SendFailure::TimedOut, true),
        500..=599 => (SendFailure::Server, true),
        _ => (SendFailure::Server, false),
    };
    TextProgress::Failed { failure, retry }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_of_registrations() {
        for (code, problem) in [
            (401, Problem::WrongPassword),
            (407, Problem::WrongPassword),
            (404, Problem::WrongPassword),
            (403, Problem::Refused),
            (408, Problem::TimedOut),
            (504, Problem::TimedOut),
            (503, Problem::Refused),
            (405, Problem::Protocol),
        ] {
            assert_eq!(of_registration(code), problem, "{code}");
        }
        for code in [408, 430, 500, 502, 503, 504] {
            assert!(is_of_the_server(code), "{code}");
        }
        for code in [200, 401, 403, 404, 423, 439, 501, 603] {
            assert!(!is_of_the_server(code), "{code}");
        }
    }

    #[test]
    fn statuses_of_texts() {
        assert_eq!(of_text(202), TextProgress::Sent);
        for (code, failure, retry) in [
            (404, SendFailure::NotFound, false),
            (403, SendFailure::Refused, false),
            (415, SendFailure::Unsupported, false),
            (513, SendFailure::TooLong, false),
            (480, SendFailure::Unavailable, true),
            (408, SendFailure::TimedOut, true),
            (500, SendFailure::Server, true),
            (400, SendFailure::Server, false),
        ] {
            assert_eq!(of_text(code), TextProgress::Failed { failure, retry }, "{code}");
        }
    }

    #[test]
    fn statuses_of_calls() {
        for (code, reason) in [
            (404, EndReason::NotFound),
            (486, EndReason::Busy),
            (603, EndReason::Declined),
            (480, EndReason::Unavailable),
            (488, EndReason::NoCommonMedia),
            (403, EndReason::Refused),
            (500, EndReason::Server),
            (302, EndReason::Redirected),
            (402, EndReason::PaymentNeeded),
            (410, EndReason::NoLongerInUse),
            (433, EndReason::NotAnonymously),
            (484, EndReason::Incomplete),
            (503, EndReason::Overloaded),
            (607, EndReason::Blocked),
        ] {
            assert_eq!(of_call(code), reason, "{code}");
        }
    }
}
