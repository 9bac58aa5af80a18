//! What an account asks its server to tell, and what it hears unasked.
use super::*;
use crate::domain::mailbox::Mailbox;

const TWO: &str = "Messages-Waiting: yes\r\nMessage-Account: sip:*97@sip.test\r\nVoice-Message: 2/8 (0/0)\r\n";

fn registered() -> Desk {
    let mut desk = Desk::registered(SipTransport::Udp);
    // nobody else speaks meanwhile
    desk.act(|session, now| session.heard(now));
    desk
}

/// A NOTIFY of the server's: `to` and the Call-ID as given.
fn notify(to: &str, call_id: &str, number: u32, more: &str, body: &str) -> String {
    format!(
        "NOTIFY sip:alice@10.0.0.1:5070 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKn{number}{call_id}\r\n\
         From: <sip:alice@sip.test>;tag=mail\r\nTo: {to}\r\nCall-ID: {call_id}\r\nCSeq: {number} NOTIFY\r\n\
         Contact: <sip:mail@192.0.2.1>\r\n{more}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

fn summary(more: &str) -> String {
    format!("Event: message-summary\r\n{more}Content-Type: application/simple-message-summary\r\n")
}

fn mailboxes(desk: &mut Desk) -> Vec<Mailbox> {
    let told = desk.events.extract_if(.., |event| matches!(event, AccountEvent::Mailbox(_)));
    told.map(|event| if let AccountEvent::Mailbox(mailbox) = event { mailbox } else { unreachable!() }).collect()
}

/// Grants what was asked for last and tells this.
fn tell(desk: &mut Desk, number: u32, body: &str) {
    let asked = desk.last("SUBSCRIBE").to_owned();
    let (from, call_id) = (header(&asked, "From"), header(&asked, "Call-ID"));
    let text = notify(&from, &call_id, number, &summary("Subscription-State: active;expires=600\r\n"), body);
    desk.say(&text);
}

#[test]
fn the_mailbox_is_asked_for_and_told_and_ended_in_the_end() {
    let mut desk = registered();
    let asked = desk.last("SUBSCRIBE sip:alice@sip.test SIP/2.0").to_owned();
    assert_eq!(header(&asked, "Event"), "message-summary");
    assert_eq!(header(&asked, "Contact"), "<sip:alice@10.0.0.1:5070>");
    desk.respond("SUBSCRIBE", 200, "Expires: 600\r\n");
    tell(&mut desk, 1, TWO);
    assert!(desk.last("SIP/2.0 200").contains("CSeq: 1 NOTIFY"));
    let [mailbox] = &mailboxes(&mut desk)[..] else { panic!("one mailbox") };
    assert_eq!((mailbox.waiting, mailbox.new, mailbox.old), (true, Some(2), Some(8)));
    assert_eq!(mailbox.listen.as_ref().unwrap().uri(), "sip:*97@sip.test");
    tell(&mut desk, 2, "nothing that could be read");
    assert_eq!((mailboxes(&mut desk), desk.count("SIP/2.0 200")), (Vec::new(), 2));
    desk.act(Session::farewell);
    assert_eq!(header(desk.last("SUBSCRIBE"), "Expires"), "0");
    desk.respond("REGISTER", 200, "Expires: 0\r\n");
    assert!(desk.gone);
}

#[test]
fn a_server_that_has_lost_its_memory_is_asked_anew() {
    let mut desk = registered();
    desk.respond("SUBSCRIBE", 200, "Expires: 600\r\n");
    tell(&mut desk, 1, TWO);
    let first = header(desk.last("SUBSCRIBE"), "Call-ID");
    desk.act(|session, now| session.offline(now));
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    desk.respond("REGISTER", 200, "");
    assert_eq!((header(desk.last("SUBSCRIBE"), "Call-ID"), desk.count("SUBSCRIBE")), (first.clone(), 2));
    desk.respond("SUBSCRIBE", 481, "");
    desk.seconds(1);
    assert_ne!(header(desk.last("SUBSCRIBE"), "Call-ID"), first);
}

#[test]
fn what_nobody_asked_for_is_heard_by_the_servers_flow_alone() {
    let text = notify("<sip:alice@sip.test>", "un", 1, &summary(""), TWO);
    let mut desk = registered();
    desk.respond("SUBSCRIBE", 489, "");
    desk.say(&text);
    assert_eq!((desk.count("SIP/2.0 200"), mailboxes(&mut desk).len()), (1, 1));
    let stranger = "203.0.113.5:5060".parse().unwrap();
    let text = notify("<sip:alice@sip.test>", "stranger", 1, &summary(""), TWO);
    desk.act(|session, now| session.receive(stranger, text.as_bytes(), now));
    assert_eq!((desk.count("SIP/2.0 403"), mailboxes(&mut desk).len()), (1, 0));
    for (to, more, code) in [
        ("<sip:alice@sip.test>;tag=guess", summary(""), 481),
        ("<sip:alice@sip.test>", "Event: refer\r\n".to_owned(), 481),
        ("<sip:alice@sip.test>", "Event: check-sync\r\n".to_owned(), 489),
        ("<sip:alice@sip.test>", String::new(), 489),
        ("<sip:alice@sip.test>", "Event: message-summary\r\nContent-Type: text/html\r\n".to_owned(), 415),
    ] {
        desk.say(&notify(to, &format!("c{}", desk.sent.len()), 1, &more, TWO));
        assert!(desk.sent.last().unwrap().starts_with(&format!("SIP/2.0 {code} ")), "{more}: {:?}", desk.sent.last());
        assert_eq!(mailboxes(&mut desk), [], "{more}");
    }
    assert!(desk.last("SIP/2.0 489").contains("Allow-Events: message-summary"));
}
