//! What a server says of a voice mailbox (RFC 3842 section 5.2): a few lines of text. Generous: a line that is not
//! understood is passed over, and a mailbox without numbers may still have something new.
use super::{addressing, subscription::Package, uri::Uri};
use crate::domain::mailbox::Mailbox;

/// The event package.
pub(super) const PACKAGE: Package = Package { name: "message-summary", accept: "application/simple-message-summary" };

/// Reads it; `None`: it does not even say whether something waits.
pub(super) fn read(body: &[u8]) -> Option<Mailbox> {
    let text = String::from_utf8_lossy(body);
    let mut waiting = None;
    let mut mailbox = Mailbox::default();
    for (name, value) in text.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "messages-waiting" => waiting = Some(value.eq_ignore_ascii_case("yes")),
            "message-account" => {
                let uri = Uri::parse(value).filter(|uri| ["sip", "sips", "tel"].iter().any(|kind| uri.is(kind)));
                mailbox.listen = uri.as_ref().and_then(addressing::from_uri);
            }
            "voice-message" => {
                let mut counts =
                    value.split('(').next().unwrap_or_default().split('/').map(|count| count.trim().parse().ok());
                (mailbox.new, mailbox.old) = (counts.next().flatten(), counts.next().flatten());
            }
            _ => {}
        }
    }
    // numbers say more than the word where the two differ
    mailbox.waiting = match (waiting, mailbox.new) {
        (_, Some(new)) => new > 0,
        (waiting, None) => waiting?,
    };
    Some(mailbox)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_say() {
        let asterisk =
            "Messages-Waiting: yes\r\nMessage-Account: sip:asterisk@192.0.2.1\r\nVoice-Message: 2/8 (1/0)\r\n\r\n";
        let read_asterisk = read(asterisk.as_bytes()).unwrap();
        assert_eq!((read_asterisk.waiting, read_asterisk.new, read_asterisk.old), (true, Some(2), Some(8)));
        assert_eq!(read_asterisk.listen.unwrap().uri(), "sip:asterisk@192.0.2.1");
        assert_eq!(read(b"messages-waiting:YES\n"), Some(Mailbox { waiting: true, ..Mailbox::default() }));
        let none = read(b"Messages-Waiting: no\r\nVoice-Message: 0/3\r\n").unwrap();
        assert_eq!((none.waiting, none.new, none.old, none.key()), (false, Some(0), Some(3), "voicemail-none"));
        assert!(!read(b"Messages-Waiting: yes\r\nVoice-Message: 0/3\r\n").unwrap().waiting);
    }

    #[test]
    fn rubbish_is_nothing_and_no_panic() {
        for rubbish in [&b""[..], b"\xff\xfe", b"Messages: yes", b"Voice-Message: many/few", b"<xml/>"] {
            assert_eq!(read(rubbish), None);
        }
        let odd = b"Messages-Waiting: yes\nVoice-Message: 99999999999999/-1\nMessage-Account: javascript:alert(1)\n";
        assert_eq!(read(odd), Some(Mailbox { waiting: true, ..Mailbox::default() }));
    }
}
