//! The messages of RFC 4475 and RFC 5118, each to an agent of its own: answered or refused as the RFCs ask, and none is
//! answered twice or does harm. The files hold the messages with plain line ends.
use super::{scripted::alone, *};
use std::path::Path;

/// What becomes of a message.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// A call that may ring.
    Rings,
    /// Given to the owner.
    Owned,
    /// Answered so.
    Answered(u16),
    /// Nobody is told.
    Ignored,
}
use Fate::{Answered, Ignored, Owned, Rings};

fn fate(file: &Path) -> Fate {
    let text = std::fs::read(file).unwrap();
    let text = text.strip_suffix(b" ").unwrap_or(&text);
    let mut bytes: Vec<u8> =
        text.iter().flat_map(|b| if *b == b'\n' { vec![b'\r', b'\n'] } else { vec![*b] }).collect();
    while !bytes.ends_with(b"\r\n\r\n") && !bytes.windows(4).any(|four| four == b"\r\n\r\n")
        || !bytes.ends_with(b"\r\n")
    {
        bytes.extend_from_slice(b"\r\n");
    }
    let mut net = alone();
    net.act(0, |agent, now| agent.receive(addr(1), &bytes, now));
    let codes: Vec<u16> = net.sent.iter().filter_map(|(.., text)| text.get(8..11)?.parse().ok()).collect();
    assert!(codes.iter().filter(|code| **code > 100).count() <= 1, "{file:?}: {codes:?}");
    match (net.events[0].as_slice(), codes.last()) {
        ([AgentEvent::Invited { .. }], Some(100)) => Rings,
        ([AgentEvent::Request { .. }], None) => Owned,
        ([], Some(code)) => Answered(*code),
        ([], None) => Ignored,
        other => panic!("{file:?}: {other:?}"),
    }
}

fn check(folder: &str, fates: &[(&str, Fate)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture").join(folder);
    let mut wrong = Vec::new();
    for (name, expected) in fates {
        let found = fate(&folder.join(format!("{name}.sip")));
        if found != *expected {
            wrong.push(format!("{name}: {found:?} in the place of {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let files = std::fs::read_dir(folder).unwrap().count();
    assert_eq!(files, fates.len(), "every message is looked at");
}

#[test]
fn of_rfc_4475() {
    check(
        "rfc4475",
        &[
            // section 3.1.1: well-formed
            // it bears the tag of a call that is not known here
            ("wsinv", Answered(481)),
            ("intmeth", Answered(501)),
            ("esc01", Rings),
            ("escnull", Owned),
            ("esc02", Answered(501)),
            ("lwsdisp", Answered(200)),
            ("dblreq", Owned),
            ("semiuri", Answered(200)),
            ("transports", Answered(200)),
            ("unreason", Ignored),
            ("noreason", Ignored),
            // section 3.1.2: broken; what is only untidy may be taken
            ("badinv01", Answered(400)),
            ("clerr", Answered(400)),
            ("ncl", Answered(400)),
            ("scalar02", Answered(400)),
            ("scalarlg", Ignored),
            ("quotbal", Answered(400)),
            ("ltgtruri", Answered(400)),
            ("lwsruri", Answered(400)),
            ("lwsstart", Rings),
            ("trws", Answered(200)),
            ("escruri", Answered(400)),
            ("baddate", Rings),
            ("regbadct", Owned),
            ("badaspec", Answered(200)),
            ("baddn", Answered(200)),
            ("badvers", Answered(505)),
            ("mismatch01", Answered(400)),
            ("mismatch02", Answered(400)),
            ("bigcode", Ignored),
            // sections 3.2 and 3.3: well-formed, and odd in what they mean
            ("badbranch", Answered(200)),
            ("insuf", Answered(400)),
            ("unkscm", Answered(416)),
            ("novelsc", Answered(416)),
            ("unksm2", Owned),
            ("bext01", Answered(420)),
            ("invut", Answered(415)),
            ("regaut01", Owned),
            ("multi01", Answered(400)),
            ("mcl01", Answered(400)),
            ("bcast", Ignored),
            ("zeromf", Answered(200)),
            ("cparam01", Owned),
            ("cparam02", Owned),
            ("regescrt", Owned),
            ("sdp01", Answered(406)),
            // section 3.4: of before RFC 3261
            ("inv2543", Rings),
        ],
    );
}

#[test]
fn of_rfc_5118() {
    check(
        "rfc5118",
        &[
            ("ipv6-good", Owned),
            ("ipv6-bad", Answered(400)),
            ("port-ambiguous", Owned),
            ("port-unambiguous", Owned),
            ("via-received-param-no-delim", Answered(200)),
            // a BYE of no call that is known here
            ("via-received-param-with-delim", Answered(481)),
            // no codec of theirs is known here, and that is said
            ("ipv6-in-sdp", Answered(488)),
            ("mult-ip-in-header", Answered(481)),
            ("mult-ip-in-sdp", Rings),
            ("ipv4-mapped-ipv6", Answered(488)),
            ("ipv6-bug-abnf-3-colons", Answered(400)),
            ("ipv6-correct-abnf-2-colons", Answered(200)),
        ],
    );
}
