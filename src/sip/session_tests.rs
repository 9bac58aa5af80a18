//! An account's session against a scripted server, with a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use super::*;
use crate::{
    account::TextProgress,
    domain::{
        account::{AccountConfig, AccountId, Capabilities, Registration as Told},
        message::SendFailure,
        session::{Codec, MediaDirection, PayloadType},
    },
    net::Bind,
};

#[cfg(test)]
#[path = "watch_tests.rs"]
mod watching;
#[cfg(test)]
#[path = "wrapping_tests.rs"]
mod wrapped;

const SERVER: &str = "192.0.2.1:5060";
const SDP: &str = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 7000 RTP/AVP 0\r\n";

/// A session and all that came out of it.
struct Desk {
    session: Session,
    now: Instant,
    sent: Vec<String>,
    events: Vec<AccountEvent>,
    texts: Vec<(ServerId, NewMessage)>,
    closed: Vec<(Problem, Option<Duration>)>,
    pings: usize,
    gone: bool,
}

fn setup() -> AccountSetup {
    let config = AccountConfig {
        id: AccountId("x".into()),
        ..AccountConfig::new(AccountKind::Sip { transport: None, auth_user: None }, "alice@sip.test")
    };
    let password = "secret".into();
    AccountSetup {
        config,
        password,
        kept: None,
        archive: Default::default(),
        bind: Bind::default(),
        instance: "home".into(),
    }
}

fn ends(transport: SipTransport, local: &str) -> Ends {
    let server: SocketAddr = SERVER.parse().unwrap();
    Ends { transport, local: local.parse().unwrap(), server, addresses: vec![server.ip()], several: false }
}

impl Desk {
    fn new() -> Self {
        let session = Session::new(&setup(), [5; 32], 1).unwrap();
        Self {
            session,
            now: Instant::now(),
            sent: Vec::new(),
            events: Vec::new(),
            texts: Vec::new(),
            closed: Vec::new(),
            pings: 0,
            gone: false,
        }
    }

    fn registered(transport: SipTransport) -> Self {
        let mut desk = Self::new();
        desk.act(|session, now| session.online(ends(transport, "10.0.0.1:5070"), now));
        desk.respond("REGISTER", 200, "");
        desk.take_registered();
        desk
    }

    fn act(&mut self, act: impl FnOnce(&mut Session, Instant)) {
        act(&mut self.session, self.now);
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send { bytes, .. } => self.sent.push(String::from_utf8(bytes.to_vec()).unwrap()),
                Output::Ping => self.pings += 1,
                Output::Event(event) => self.events.push(event),
                Output::Deliver(token, message) => self.texts.push((token, message)),
                Output::Close { problem, after, .. } => self.closed.push((problem, after)),
                Output::Gone => self.gone = true,
            }
        }
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while let Some(next) = self.session.next_timeout().filter(|next| *next <= end) {
            self.now = self.now.max(next);
            self.act(|session, now| session.timeout(now));
        }
        self.now = end;
    }

    fn seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn say(&mut self, text: &str) {
        self.act(|session, now| session.receive(SERVER.parse().unwrap(), text.as_bytes(), now));
    }

    fn last(&self, start: &str) -> &str {
        self.sent
            .iter()
            .rev()
            .find(|text| text.starts_with(start))
            .unwrap_or_else(|| panic!("no {start}: {:#?}", self.sent))
    }

    fn count(&self, start: &str) -> usize {
        self.sent.iter().filter(|text| text.starts_with(start)).count()
    }

    /// Answers the last request of this method; REGISTER with what it asked for, unless `more` says otherwise.
    fn respond(&mut self, method: &str, code: u16, more: &str) {
        let request = self.last(method).to_owned();
        let copied: Vec<_> = ["Via", "From", "To", "Call-ID", "CSeq"]
            .map(|name| format!("{name}: {}\r\n", header(&request, name)))
            .into();
        let bound = match method {
            "REGISTER" if code == 200 && more.is_empty() => request
                .lines()
                .filter(|line| line.starts_with("Contact:") || line.starts_with("Expires:"))
                .map(|line| format!("{line}\r\n"))
                .collect(),
            _ => more.to_owned(),
        };
        self.say(&format!("SIP/2.0 {code} x\r\n{}{bound}\r\n", copied.join("")));
    }

    fn take_registered(&mut self) -> Told {
        let found = self.events.iter().position(|event| matches!(event, AccountEvent::Registration(_)));
        match self.events.remove(found.unwrap_or_else(|| panic!("not registered: {:?}", self.closed))) {
            AccountEvent::Registration(told) => told,
            _ => unreachable!(),
        }
    }

    fn text(&mut self, id: i64) {
        let command = AccountCommand::SendText {
            id: MessageId(id),
            to: "sip:bob@sip.test".parse().unwrap(),
            body: "¿Qué tal?".into(),
        };
        self.act(|session, now| session.command(command, now));
    }

    fn progress(&mut self) -> Vec<(i64, TextProgress)> {
        let taken = self.events.extract_if(.., |event| matches!(event, AccountEvent::TextProgress { .. }));
        taken
            .map(|event| {
                if let AccountEvent::TextProgress { id, progress } = event { (id.0, progress) } else { unreachable!() }
            })
            .collect()
    }
}

fn header(text: &str, name: &str) -> String {
    let prefix = format!("{name}: ");
    text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("no {name}: {text}")).to_owned()
}

fn description() -> SessionDescription {
    SessionDescription {
        rtp: "10.0.0.1:4000".parse().unwrap(),
        rtcp: "10.0.0.1:4001".parse().unwrap(),
        rtcp_mux: false,
        payloads: vec![PayloadType { number: 0, codec: Codec::Pcmu, parameters: String::new() }],
        telephone_events: Vec::new(),
        redundant: None,
        direction: MediaDirection::SendRecv,
        ptime: None,
        protection: Default::default(),
        ice: None,
    }
}

const fn failed(failure: SendFailure, retry: bool) -> TextProgress {
    TextProgress::Failed { failure, retry }
}

#[test]
fn registers_and_refreshes_in_time() {
    let mut desk = Desk::new();
    desk.act(|session, now| session.online(ends(SipTransport::Tls, "10.0.0.1:5070"), now));
    let first = desk.last("REGISTER sip:sip.test").to_owned();
    assert!(header(&first, "Contact").starts_with("<sip:alice@10.0.0.1:5070;transport=tls>;+sip.instance="), "{first}");
    assert!(header(&first, "Via").starts_with("SIP/2.0/TLS 10.0.0.1:5070;rport;"), "{first}");
    desk.respond("REGISTER", 200, "Expires: 600\r\n");
    let told = desk.take_registered();
    let capabilities = Capabilities { calls: true, texts: true, secure: true, ..Capabilities::default() };
    let (local, server) = ("10.0.0.1".parse().unwrap(), "192.0.2.1".parse().unwrap());
    assert_eq!(told, Told::Registered { local, server, capabilities });
    for _ in 0..20 {
        desk.act(|session, now| session.heard(now));
        desk.seconds(12);
    }
    assert_eq!((desk.count("REGISTER"), desk.pings), (2, 0));
    let second = desk.last("REGISTER").to_owned();
    assert_eq!(header(&second, "Call-ID"), header(&first, "Call-ID"));
    let number = |text: &str| header(text, "CSeq").split(' ').next().unwrap().parse::<u32>().unwrap();
    assert!(number(&second) > number(&first));
}

#[test]
fn over_datagrams_it_registers_for_a_minute() {
    let mut desk = Desk::registered(SipTransport::Udp);
    assert_eq!(header(desk.last("REGISTER"), "Expires"), "60");
    desk.seconds(10);
    desk.say(
        "OPTIONS sip:alice@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKo\r\nFrom: <sip:s@x>;tag=1\r\n\
              To: <sip:a@x>\r\nCall-ID: o\r\nCSeq: 1 OPTIONS\r\n\r\n",
    );
    assert_eq!(desk.count("SIP/2.0 200"), 1);
    desk.seconds(14);
    assert_eq!((desk.count("REGISTER"), desk.count("OPTIONS")), (2, 0), "whoever talks is not asked");
}

#[test]
fn a_silent_server_is_noticed_within_seconds() {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.seconds(22);
    assert!(desk.count("OPTIONS") >= 1);
    assert_eq!(desk.closed, [(Problem::ServerGone, None)]);
    assert!(!desk.session.is_registered());
    let mut desk = Desk::new();
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    desk.seconds(9);
    assert_eq!(desk.closed, [(Problem::TimedOut, None)]);
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    desk.respond("REGISTER", 200, "");
    desk.take_registered();
}

#[test]
fn a_server_that_answers_only_options_stays() {
    let mut desk = Desk::registered(SipTransport::Tcp);
    desk.seconds(26);
    assert_eq!((desk.pings, desk.count("OPTIONS")), (1, 0));
    desk.seconds(3);
    desk.respond("OPTIONS", 404, "");
    desk.seconds(20);
    assert!(desk.session.is_registered() && desk.closed.is_empty());
}

#[test]
fn refusals_close_with_a_reason() {
    let wait = |seconds| Some(Duration::from_secs(seconds));
    for (code, more, expected) in [
        (403, "", (Problem::Refused, wait(60))),
        (404, "", (Problem::WrongPassword, wait(60))),
        (503, "Retry-After: 30\r\n", (Problem::Refused, wait(30))),
        (401, "WWW-Authenticate: Negotiate\r\n", (Problem::NoSafeLogin, None)),
    ] {
        let mut desk = Desk::new();
        desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
        desk.respond("REGISTER", code, more);
        assert_eq!(desk.closed, [expected], "{code}");
    }
    let mut desk = Desk::new();
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    let challenge = "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"\r\n";
    desk.respond("REGISTER", 401, challenge);
    desk.respond("REGISTER", 401, challenge);
    assert_eq!(desk.closed, [(Problem::WrongPassword, None)]);
}

#[test]
fn too_brief_is_asked_for_longer() {
    let mut desk = Desk::new();
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    desk.respond("REGISTER", 423, "Min-Expires: 1800\r\n");
    assert_eq!(header(desk.last("REGISTER"), "Expires"), "1800");
    desk.respond("REGISTER", 200, "");
    desk.take_registered();
}

#[test]
fn behind_a_router_the_seen_address_is_registered_and_the_inner_one_taken_away() {
    let mut desk = Desk::new();
    desk.act(|session, now| session.online(ends(SipTransport::Udp, "10.0.0.1:5070"), now));
    let request = desk.last("REGISTER").to_owned();
    let seen = |text: &str| text.replace(";rport;", ";rport=40000;received=198.51.100.7;");
    let answer = |request: &str| {
        let names = ["Via", "From", "To", "Call-ID", "CSeq", "Contact"];
        let lines: String = names.map(|name| format!("{name}: {}\r\n", header(request, name))).concat();
        format!("SIP/2.0 200 OK\r\n{}Expires: 60\r\n\r\n", seen(&lines))
    };
    desk.say(&answer(&request));
    assert!(desk.events.is_empty(), "not announced before it can be reached");
    let second = desk.last("REGISTER").to_owned();
    assert!(second.contains("Contact: <sip:alice@198.51.100.7:40000>;+sip.instance="), "{second}");
    assert!(second.contains("Contact: <sip:alice@10.0.0.1:5070>;expires=0"), "{second}");
    desk.say(&answer(&second));
    desk.take_registered();
    assert_eq!(desk.count("REGISTER"), 2);
}

#[test]
fn leaving_takes_the_registration_away() {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.act(Session::farewell);
    assert_eq!(header(desk.last("REGISTER"), "Expires"), "0");
    assert!(!desk.gone);
    desk.respond("REGISTER", 200, "Expires: 0\r\n");
    assert!(desk.gone);
    let mut desk = Desk::new();
    desk.act(Session::farewell);
    assert!(desk.gone);
}

#[test]
fn a_text_is_sent_once_and_known_again_after_a_restart() {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.text(7);
    desk.text(7);
    assert_eq!(desk.count("MESSAGE"), 1);
    let first = desk.last("MESSAGE sip:bob@sip.test SIP/2.0").to_owned();
    assert!(first.ends_with("\r\n\r\n¿Qué tal?") && first.contains("text/plain;charset=UTF-8"), "{first}");
    desk.respond("MESSAGE", 202, "");
    assert_eq!(desk.progress(), [(7, TextProgress::Sent)]);
    let mut again = Desk::registered(SipTransport::Udp);
    again.session.agent.chance().token(); // another run draws other numbers
    again.text(7);
    let second = again.last("MESSAGE").to_owned();
    for name in ["Call-ID", "CSeq", "From"] {
        assert_eq!(header(&second, name), header(&first, name));
    }
    assert_ne!(header(&second, "Via"), header(&first, "Via"));
}

#[test]
fn a_registrar_without_memory_does_not_make_texts_fail_for_good() {
    // it was silent, and when it is asked it does not know us: nobody is known there yet
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.text(1);
    desk.seconds(2);
    desk.respond("MESSAGE", 404, "");
    assert!(desk.progress().is_empty(), "it is asked first");
    assert!(!desk.last("REGISTER").contains("Contact"));
    desk.respond("REGISTER", 200, "Expires: 0\r\n");
    assert_eq!(desk.progress(), [(1, failed(SendFailure::Unavailable, true))]);
    assert!(desk.last("REGISTER").contains("Contact"), "and registers at once");
    desk.respond("REGISTER", 200, "");
    desk.text(2);
    desk.respond("MESSAGE", 404, "");
    assert_eq!(desk.progress(), [(2, failed(SendFailure::Unavailable, true))], "others are still coming back");
    for _ in 0..100 {
        desk.seconds(1);
        desk.act(|session, now| session.heard(now));
        desk.respond("REGISTER", 200, "");
    }
    desk.text(3);
    desk.respond("MESSAGE", 404, "");
    assert_eq!(desk.progress(), [(3, failed(SendFailure::NotFound, false))]);
    // it was silent but knows us: the address is wrong
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.text(1);
    desk.seconds(2);
    desk.respond("MESSAGE", 404, "");
    desk.respond("REGISTER", 200, "Contact: <sip:alice@10.0.0.1:5070>;expires=50\r\n");
    assert_eq!(desk.progress(), [(1, failed(SendFailure::NotFound, false))]);
}

#[test]
fn a_text_is_answered_when_it_is_kept() {
    let text = |branch: &str, body: &str| {
        format!(
            "MESSAGE sip:alice@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK{branch}\r\nFrom: \"AMAZON\" \
             <sip:33733@sip.test>;tag=1\r\nTo: <sip:alice@sip.test>\r\nCall-ID: m\r\nCSeq: 1 MESSAGE\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.say(&text("1", "123456"));
    let (token, message) = desk.texts.remove(0);
    assert_eq!((message.peer.uri().as_str(), message.body.expose().as_str()), ("sip:33733@sip.test", "123456"));
    assert_eq!(desk.count("SIP/2.0"), 0);
    desk.act(|session, now| session.kept(token, now));
    assert_eq!(desk.count("SIP/2.0 200"), 1);
    desk.say(&text("2", "654321"));
    let (token, _) = desk.texts.remove(0);
    desk.act(|session, now| session.not_kept(token, now));
    assert_eq!((desk.count("SIP/2.0 500"), header(desk.last("SIP/2.0 500"), "Retry-After").as_str()), (1, "10"));
    desk.say(&text("3", " "));
    assert_eq!((desk.texts.len(), desk.count("SIP/2.0 200")), (0, 2), "nothing to show");
}

#[test]
fn a_call_follows_us_to_a_new_address() {
    let mut desk = Desk::registered(SipTransport::Tcp);
    let (call, to) = (CallId(3), "tel:+15551234".parse().unwrap());
    let place = AccountCommand::PlaceCall { call, to, offer: description(), second: None };
    desk.act(|session, now| session.command(place, now));
    let invite = desk.last("INVITE sip:+15551234@sip.test").to_owned();
    assert!(header(&invite, "From").starts_with("<sip:alice@sip.test>;tag="), "{invite}");
    desk.respond("INVITE", 200, &format!("Contact: <sip:bob@10.0.0.2>\r\nContent-Type: application/sdp\r\n\r\n{SDP}"));
    let answered = |event: &AccountEvent| matches!(event, AccountEvent::Call { event: CallEvent::Answered { .. }, .. });
    assert!(desk.events.iter().any(answered), "{:?}", desk.events);
    desk.act(Session::offline);
    desk.act(|session, now| session.online(ends(SipTransport::Tcp, "10.0.0.1:6001"), now));
    assert_eq!(desk.count("INVITE"), 1);
    desk.respond("REGISTER", 200, "");
    assert_eq!(
        header(desk.last("INVITE sip:bob@10.0.0.2 SIP/2.0"), "Contact"),
        "<sip:alice@10.0.0.1:6001;transport=tcp>"
    );
    desk.act(Session::farewell);
    assert_eq!(desk.count("BYE"), 1);
}

#[test]
fn a_call_by_a_server_that_is_gone_ends_within_seconds() {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.seconds(10);
    let (call, to) = (CallId(3), "sip:bob@sip.test".parse().unwrap());
    let place = AccountCommand::PlaceCall { call, to, offer: description(), second: None };
    desk.act(|session, now| session.command(place, now));
    desk.seconds(5);
    let gone = |event: &AccountEvent| {
        matches!(event, AccountEvent::Call { event: CallEvent::Ended { reason: EndReason::ServerGone }, .. })
    };
    assert!(desk.events.iter().any(gone), "{:?}", desk.events);
    assert_eq!(desk.closed, [(Problem::ServerGone, None)]);
}

#[test]
fn a_text_to_a_server_that_has_just_gone_shows_it_within_seconds() {
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.text(1);
    desk.seconds(2);
    assert_eq!(desk.count("REGISTER"), 1, "it was heard a moment ago");
    desk.seconds(6);
    assert_eq!(desk.closed, [(Problem::ServerGone, None)]);
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.text(1);
    desk.respond("MESSAGE", 202, "");
    desk.seconds(10);
    assert_eq!((desk.count("REGISTER"), desk.closed.len()), (1, 0), "it answered");
}

#[test]
fn what_cannot_be_called_ends_with_a_reason() {
    let place = |to: &str| AccountCommand::PlaceCall {
        call: CallId(3),
        to: to.parse().unwrap(),
        offer: description(),
        second: None,
    };
    let reason = |desk: &mut Desk| match desk.events.pop() {
        Some(AccountEvent::Call { event: CallEvent::Ended { reason }, .. }) => reason,
        other => panic!("{other:?}"),
    };
    let mut desk = Desk::registered(SipTransport::Udp);
    desk.act(|session, now| session.command(place("xmpp:bob@x.test"), now));
    assert_eq!(reason(&mut desk), EndReason::NotFound);
    let mut desk = Desk::new();
    desk.act(|session, now| session.command(place("sip:bob@x.test"), now));
    assert_eq!(reason(&mut desk), EndReason::ServerGone);
}

#[test]
fn an_address_that_is_none_has_no_session() {
    for address in ["sip.test", "@sip.test", "a@b c"] {
        let mut setup = setup();
        setup.config.address = address.into();
        assert!(Session::new(&setup, [0; 32], 1).is_none(), "{address}");
    }
}
