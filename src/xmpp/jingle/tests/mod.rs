//! Calls without a network: two sides that hear each other's stanzas, and stanzas of gateways as XML; a clock that is turned
//! by hand.
#![allow(clippy::unwrap_used, clippy::panic)]
mod meeting;
mod talking;

use super::{proposal::Way, *};
use crate::domain::{
    ice::{CandidateKind, Ice},
    private::Private,
    protection::{Dtls, Fingerprint, Hash, Profile, Protection, Setup},
    session::{Codec, MediaDirection, PayloadType},
};
use xmpp_parsers::ns;

const NUMBER: &str = "+15551234567@sms.test/sip:1234\\40voip.test";

/// One side: its calls, and what came of them.
struct Side {
    calls: Calls,
    jid: &'static str,
    now: Instant,
    sent: Vec<Element>,
    told: Vec<(CallId, CallEvent)>,
}

fn side(jid: &'static str, seed: &str) -> Side {
    let calls = Calls::new(Jid::new(jid).unwrap().into_bare(), seed.to_owned());
    Side { calls, jid, now: Instant::now(), sent: Vec::new(), told: Vec::new() }
}

fn description(setup: Setup, port: u16) -> SessionDescription {
    let address = SessionDescription::address(port);
    let candidate = Candidate {
        foundation: "1".into(),
        component: 1,
        priority: 2_130_706_431,
        address,
        kind: CandidateKind::Host,
        related: None,
    };
    let (ufrag, pwd) = (format!("u{port}"), Private::new(format!("password-of-{port}-long-enough")));
    let digest = vec![port as u8; 32];
    let dtls = Dtls { fingerprints: vec![Fingerprint { hash: Hash::Sha256, digest }], setup, id: None };
    let pwd = Private::new(pwd.expose().replace('-', "+"));
    SessionDescription {
        rtp: address,
        rtcp: address,
        rtcp_mux: true,
        payloads: vec![
            PayloadType { number: 111, codec: Codec::Opus, parameters: "useinbandfec=1;minptime=10".into() },
            PayloadType { number: 0, codec: Codec::Pcmu, parameters: String::new() },
        ],
        telephone_events: vec![(101, 8_000)],
        redundant: None,
        direction: MediaDirection::SendRecv,
        ptime: Some(20),
        protection: Protection {
            profile: Profile::Dtls,
            feedback: false,
            keys: Vec::new(),
            dtls: Some(Box::new(dtls)),
        },
        ice: Some(Box::new(Ice { ufrag, pwd, candidates: vec![candidate], lite: false, trickle: false })),
    }
}

impl SessionDescription {
    fn address(port: u16) -> std::net::SocketAddr {
        std::net::SocketAddr::from(([192, 0, 2, 1], port))
    }
}

impl Side {
    fn drain(&mut self) {
        while let Some(wish) = self.calls.poll() {
            match wish {
                Do::Send(mut stanza) | Do::SendSurely(mut stanza) => {
                    stanza = with_sender(stanza, self.jid);
                    self.sent.push(stanza);
                }
                Do::Tell(call, event) => self.told.push((call, event)),
            }
        }
    }
    fn command(&mut self, command: AccountCommand) {
        self.calls.command(command, self.now);
        self.drain();
    }
    fn place(&mut self, to: &str) -> CallId {
        let call = CallId(7);
        let (to, offer) = (format!("xmpp:{to}").parse().unwrap(), description(Setup::ActPass, 4000));
        self.command(AccountCommand::PlaceCall { call, to, offer, second: None });
        call
    }
    fn hear(&mut self, stanza: &Element) {
        match (stanza.name(), stanza.attr("type")) {
            ("message", _) => drop(self.calls.message(stanza, Way::Here, self.now)),
            (_, Some("set")) => self.calls.requested(stanza, stanza.children().next().unwrap(), self.now),
            _ => drop(self.calls.answer_came(stanza)),
        }
        self.drain();
    }
    fn hear_xml(&mut self, text: &str) {
        let (name, rest) = text.split_at(text.find(' ').unwrap());
        self.hear(&format!("{name} xmlns='jabber:client'{rest}").parse().unwrap());
    }
    fn message(&mut self, from: &str, action: &str) {
        self.hear_xml(&format!("<message from='{from}' id='x'>{action}</message>"));
    }
    fn jingle(&mut self, from: &str, action: &str, sid: &str, inside: &str) {
        self.hear_xml(&format!(
            "<iq type='set' from='{from}' to='alice@x.test/l' id='q'>\
             <jingle xmlns='{}' action='{action}' sid='{sid}' initiator='nobody@wrong.test/x' responder='x@y'>{inside}</jingle></iq>",
            ns::JINGLE
        ));
    }
    /// The next stanza that has this child, taken out with all before it.
    fn take(&mut self, name: &str) -> Element {
        let at = self.sent.iter().position(|stanza| stanza.children().any(|child| child.name() == name));
        let at = at.unwrap_or_else(|| panic!("no {name} in {:?}", self.sent));
        self.sent.drain(..=at).next_back().unwrap()
    }
    fn action(&mut self, action: &str) -> Element {
        let at = self.sent.iter().position(|stanza| {
            stanza.get_child("jingle", ns::JINGLE).is_some_and(|jingle| jingle.attr("action") == Some(action))
        });
        let at = at.unwrap_or_else(|| panic!("no {action} in {:?}", self.sent));
        self.sent.drain(..=at).next_back().unwrap()
    }
    fn event(&mut self) -> CallEvent {
        assert!(!self.told.is_empty(), "nothing was told");
        self.told.remove(0).1
    }
    fn end(&mut self) -> EndReason {
        match self.event() {
            CallEvent::Ended { reason } => reason,
            other => panic!("{other:?}"),
        }
    }
    fn refusal(&mut self) -> (String, Vec<String>) {
        let refused = self.sent.iter().position(|stanza| stanza.attr("type") == Some("error")).unwrap();
        let refused = self.sent.remove(refused);
        let (condition, _) = stanza::condition(&refused).unwrap();
        let error = refused.get_child("error", ns::JABBER_CLIENT).unwrap();
        (condition, error.children().map(|child| child.name().to_owned()).collect())
    }
    /// Their first offer, as the engine is told of it.
    fn offered(&mut self) -> (CallId, Option<SessionDescription>) {
        match self.told.remove(0) {
            (call, CallEvent::Offered { offer, .. }) => (call, offer),
            other => panic!("{other:?}"),
        }
    }
}

fn with_sender(mut stanza: Element, from: &str) -> Element {
    use xmpp_parsers::minidom::rxml;
    stanza.set_attr(rxml::Namespace::NONE, rxml::NcName::try_from("from").unwrap(), from);
    stanza
}

/// Lets two sides hear each other until nobody has anything to say.
fn talk(one: &mut Side, two: &mut Side) {
    while !(one.sent.is_empty() && two.sent.is_empty()) {
        let mine = |jid: &str, stanza: &Element| {
            stanza::to(stanza).is_some_and(|to| to.to_bare() == Jid::new(jid).unwrap().to_bare())
        };
        for stanza in std::mem::take(&mut one.sent) {
            if mine(one.jid, &stanza) { one.hear(&stanza) } else { two.hear(&stanza) }
        }
        for stanza in std::mem::take(&mut two.sent) {
            if mine(two.jid, &stanza) { two.hear(&stanza) } else { one.hear(&stanza) }
        }
    }
}

fn audio(transport: &str) -> String {
    format!(
        "<content xmlns='{j}' creator='initiator' name='a1'><description xmlns='{r}' media='audio'>\
         <payload-type id='9' name='G722' clockrate='8000'/><payload-type id='0' name='PCMU' clockrate='8000'/>\
         </description>{transport}</content>",
        j = ns::JINGLE,
        r = ns::JINGLE_RTP
    )
}

fn transport(fingerprint: &str, port: u16) -> String {
    format!(
        "<transport xmlns='{}' ufrag='abcd' pwd='abcdefghijklmnopqrstuv'><candidate component='1' foundation='1' \
         generation='0' id='1' ip='192.0.2.9' network='0' port='{port}' priority='1' protocol='udp' type='host'/>\
         {fingerprint}</transport>",
        ns::JINGLE_ICE_UDP
    )
}

fn fingerprint(setup: &str) -> String {
    let digest = ["AB"; 32].join(":");
    format!("<fingerprint xmlns='{}' hash='sha-256' setup='{setup}'>{digest}</fingerprint>", ns::JINGLE_DTLS)
}

fn propose(sid: &str) -> String {
    let (j, r) = (ns::JINGLE_MESSAGE, ns::JINGLE_RTP);
    format!("<propose xmlns='{j}' id='{sid}'><description xmlns='{r}' media='audio'/></propose>")
}

fn word(name: &str, sid: &str) -> String {
    format!("<{name} xmlns='{}' id='{sid}'/>", ns::JINGLE_MESSAGE)
}

/// A call of ours, with its name on the wire, as far as the session.
fn initiated() -> (Side, CallId, String) {
    let mut alice = side("alice@x.test/l", "a");
    let call = alice.place("+15551234567@sms.test");
    let sid = alice.take("propose").get_child("propose", ns::JINGLE_MESSAGE).unwrap().attr("id").unwrap().to_owned();
    alice.message(NUMBER, &word("proceed", &sid));
    (alice, call, sid)
}
