//! What answers to texts mean, wrapped texts, and notices of delivery, both ways, as an account handles them.
use super::*;
use crate::sip::cpim;
use jiff::Timestamp;

fn desk() -> Desk {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.act(|session, now| session.set_clock(now, "2026-01-02T03:04:05Z".parse::<Timestamp>().unwrap()));
    desk.act(|session, now| session.heard(now));
    desk
}

/// A MESSAGE of this user's with a wrapped content.
fn say(desk: &mut Desk, user: &str, body: &str) {
    let call_id = format!("m{}", desk.sent.len());
    desk.say(&format!(
        "MESSAGE sip:alice@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{call_id}\r\n\
         From: <sip:{user}@sip.test>;tag=t\r\nTo: <sip:alice@sip.test>\r\nCall-ID: {call_id}\r\nCSeq: 1 MESSAGE\r\n\
         Content-Type: message/cpim\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    ));
}

fn cover(name: &str) -> cpim::Cover<'_> {
    cpim::Cover { from: "sip:bob@sip.test", to: "sip:alice@sip.test", name, now: Timestamp::UNIX_EPOCH }
}

/// Bob sends a wrapped text, which is kept.
fn bob_writes(desk: &mut Desk) {
    let before = desk.count("MESSAGE");
    say(desk, "bob", &cpim::wrap(cover("b1"), "hi"));
    let (token, message) = desk.texts.remove(0);
    assert_eq!((message.body.expose().as_str(), desk.count("MESSAGE")), ("hi", before), "not told before it is kept");
    desk.act(|session, now| session.kept(token, now));
}

#[test]
fn who_wishes_it_is_told_once_the_text_is_kept() {
    let mut desk = desk();
    bob_writes(&mut desk);
    let notice = desk.last("MESSAGE sip:bob@sip.test SIP/2.0").to_owned();
    for part in ["message/imdn+xml", "<message-id>b1</message-id>", "<delivered/>", "DateTime: 2026-01-02T03:04:05Z"] {
        assert!(notice.contains(part), "{part}: {notice}");
    }
    assert!(!notice.contains("Disposition-Notification:"), "nobody is to answer it: {notice}");
    say(&mut desk, "bob", &cpim::wrap(cover("b2"), "lost"));
    let (token, _) = desk.texts.remove(0);
    desk.act(|session, now| session.not_kept(token, now));
    assert_eq!(desk.count("MESSAGE"), 1, "what is not kept is not told");
}

#[test]
fn delivered_is_what_the_one_it_went_to_says() {
    let mut desk = desk();
    desk.text(7);
    assert!(desk.last("MESSAGE").contains("text/plain"), "nobody is sent a wrapped text first");
    desk.respond("MESSAGE", 200, "");
    bob_writes(&mut desk);
    desk.respond("MESSAGE", 200, "");
    desk.text(8);
    let sent = desk.last("MESSAGE").to_owned();
    assert!(sent.contains("message/cpim") && sent.ends_with("\r\n\r\n¿Qué tal?"), "{sent}");
    desk.respond("MESSAGE", 202, "");
    assert_eq!(desk.progress(), [(7, TextProgress::Sent), (8, TextProgress::Sent)]);
    let name = header(&sent, "imdn.Message-ID");
    say(&mut desk, "eve", &cpim::delivered(cover("n1"), &name));
    say(&mut desk, "bob", &cpim::delivered(cover("n2"), "ll-8-000000000000000000000000"));
    assert_eq!(desk.progress(), []);
    say(&mut desk, "bob", &cpim::delivered(cover("n3"), &name));
    assert_eq!((desk.progress(), desk.texts.len()), (vec![(8, TextProgress::Delivered)], 0));
    say(&mut desk, "bob", &cpim::delivered(cover("n4"), &name).replace("<delivered/>", "<failed/>"));
    assert_eq!(desk.progress(), [(8, failed(SendFailure::Unavailable, false))]);
}

#[test]
fn refused_as_it_is_wrapped_it_goes_out_plain_and_so_do_all_that_follow() {
    let mut desk = desk();
    bob_writes(&mut desk);
    desk.respond("MESSAGE", 200, "");
    desk.text(7);
    let wrapped = desk.last("MESSAGE").to_owned();
    desk.respond("MESSAGE", 415, "Accept: text/plain\r\n");
    let plain = desk.last("MESSAGE").to_owned();
    assert!(plain.contains("text/plain") && plain.ends_with("\r\n\r\n¿Qué tal?"), "{plain}");
    assert_eq!(header(&plain, "Call-ID"), header(&wrapped, "Call-ID"), "the other side can tell that it is the same");
    assert_eq!((header(&plain, "CSeq").as_str(), desk.progress()), ("2 MESSAGE", Vec::new()));
    desk.respond("MESSAGE", 200, "");
    assert_eq!(desk.progress(), [(7, TextProgress::Sent)]);
    bob_writes(&mut desk);
    desk.text(8);
    assert!(desk.last("MESSAGE").contains("text/plain"), "remembered");
    desk.respond("MESSAGE", 415, "");
    assert_eq!(desk.progress(), [(8, failed(SendFailure::Unsupported, false))]);
}

#[test]
fn what_answers_to_texts_mean() {
    for (code, expected) in [
        (404, failed(SendFailure::NotFound, false)),
        (480, failed(SendFailure::Unavailable, true)),
        (500, failed(SendFailure::Server, true)),
        (415, failed(SendFailure::Unsupported, false)),
    ] {
        let mut desk = Desk::registered(SipTransport::Tcp);
        desk.text(1);
        desk.respond("MESSAGE", code, "");
        assert_eq!(desk.progress(), [(1, expected)], "{code}");
    }
    let mut desk = Desk::registered(SipTransport::Tcp);
    desk.text(1);
    desk.act(Session::offline);
    assert_eq!(desk.progress(), [(1, failed(SendFailure::Unavailable, true))], "the connection went");
    desk.text(2);
    assert_eq!(desk.progress(), [(2, failed(SendFailure::Unavailable, true))], "there is none");
}
