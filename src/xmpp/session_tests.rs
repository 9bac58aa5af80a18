//! The session without a network: stanzas as XML in, outputs drained, a clock that is turned by hand.
#![allow(clippy::unwrap_used)]
use super::*;
use xmpp_parsers::ns;

const HERE: &str = "alice@x.test";

struct Scene {
    session: Session,
    now: Instant,
    sent: Vec<Element>,
    events: Vec<AccountEvent>,
    texts: Vec<(Token, NewMessage)>,
    pages: Vec<(Token, ArchivePage)>,
    closed: Option<(Problem, bool)>,
}

fn xml(text: &str) -> Element {
    let at = text.find(['>', '/', ' ']).unwrap();
    let (name, rest) = text.split_at(at);
    let xmlns = if text.contains("xmlns='urn:xmpp:sm:3'") && !text.starts_with("<message") {
        ""
    } else {
        " xmlns='jabber:client'"
    };
    format!("{name}{xmlns}{rest}").parse().unwrap()
}

impl Scene {
    fn new(archive_after: Option<&str>) -> Self {
        let me = BareJid::new(HERE).unwrap();
        let ids = WireIds::new(HERE, "test");
        let account = AccountId("a".into());
        let kept = ArchivePlace { newest: archive_after.map(str::to_owned), gap: None };
        let session = Session::new(account, me, ids, kept, "n".into());
        let (sent, events, texts) = (Vec::new(), Vec::new(), Vec::new());
        Self { session, now: Instant::now(), sent, events, texts, pages: Vec::new(), closed: None }
    }
    /// A session of a server with everything, counted and resumable.
    fn online(archive_after: Option<&str>) -> Self {
        let mut scene = Self::new(archive_after);
        scene.begin(Begin::New { counted: Some(Some("sm".into())), last: None, carbons: false });
        scene
    }
    fn begin(&mut self, begin: Begin) {
        let address = "192.0.2.1".parse().unwrap();
        self.session.online(begin, (address, address), self.now);
        self.drain();
    }
    fn drain(&mut self) {
        while let Some(output) = self.session.poll() {
            match output {
                Output::Send(element) => self.sent.push(element),
                Output::Report(id) => self.session.written(id),
                Output::Event(event) => self.events.push(event),
                Output::Deliver(token, text) => self.texts.push((token, text)),
                Output::Archived(token, page) => self.pages.push((token, page)),
                Output::Close { problem, retry } => self.closed = Some((problem, retry)),
            }
        }
    }
    fn receive(&mut self, text: &str) {
        self.session.receive(&xml(text), self.now);
        self.drain();
    }
    fn pass(&mut self, time: Duration) {
        self.now += time;
        self.session.timeout(self.now);
        self.drain();
    }
    fn write(&mut self, id: i64, to: &str) {
        let (id, to) = (MessageId(id), to.parse().unwrap());
        self.session.command(AccountCommand::SendText { id, to, body: "hello".into() }, self.now);
        self.drain();
    }
    fn kept(&mut self) {
        for (token, _) in std::mem::take(&mut self.texts) {
            self.session.kept(token, self.now);
        }
        self.drain();
    }
    /// The first thing sent that has this child, taken out.
    fn take(&mut self, name: &str, ns: &str) -> Option<Element> {
        let at = self.sent.iter().position(|element| element.is(name, ns) || element.has_child(name, ns))?;
        Some(self.sent.remove(at))
    }
    /// Answers the request with this child.
    fn answer(&mut self, name: &str, ns: &str, payload: &str) {
        let id = self.take(name, ns).unwrap().attr("id").unwrap().to_owned();
        self.receive(&format!("<iq type='result' id='{id}'>{payload}</iq>"));
    }
    /// A session of an account with neither copies nor archive.
    fn plain() -> Self {
        let mut scene = Self::online(None);
        scene.nothing_discovered();
        scene
    }
    fn nothing_discovered(&mut self) {
        self.answer("query", ns::DISCO_INFO, &info(&[]));
        self.answer("query", ns::DISCO_INFO, &info(&[]));
    }
    /// A session of an account with an archive, which has nothing new.
    fn settled(archive_after: Option<&str>) -> Self {
        let mut scene = Self::online(archive_after);
        scene.discovered();
        scene.answer("enable", ns::CARBONS, "");
        scene.answer("query", ns::MAM, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>");
        scene
    }
    /// Answers both questions about features: the server's first, then the account's.
    fn discovered(&mut self) {
        self.answer("query", ns::DISCO_INFO, &info(&[ns::CARBONS]));
        self.answer("query", ns::DISCO_INFO, &info(&[ns::MAM]));
    }
    fn progress(&mut self) -> Vec<TextProgress> {
        let all = std::mem::take(&mut self.events);
        all.into_iter()
            .filter_map(|event| match event {
                AccountEvent::TextProgress { progress, .. } => Some(progress),
                _ => None,
            })
            .collect()
    }
    fn registered(&self) -> bool {
        let is = |event: &AccountEvent| matches!(event, AccountEvent::Registration(Registration::Registered { .. }));
        self.events.iter().any(is)
    }
    /// The count we tell when asked.
    fn count(&mut self) -> Option<String> {
        self.sent.clear();
        self.receive("<r xmlns='urn:xmpp:sm:3'/>");
        Some(self.take("a", ns::SM)?.attr("h")?.to_owned())
    }
}

fn info(features: &[&str]) -> String {
    let features: String = features.iter().map(|feature| format!("<feature var='{feature}'/>")).collect();
    format!("<query xmlns='{}'>{features}</query>", ns::DISCO_INFO)
}

#[test]
fn it_is_registered_once_it_is_known_what_the_account_can_do() {
    let mut scene = Scene::online(None);
    assert!(scene.take("presence", ns::JABBER_CLIENT).is_some());
    assert!(scene.take("query", ns::ROSTER).is_some());
    assert!(!scene.registered());
    scene.discovered();
    scene.answer("enable", ns::CARBONS, "");
    assert!(!scene.registered(), "the archive may show that a text of the outbox was taken");
    scene.answer("query", ns::MAM, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>");
    assert!(scene.registered());
}

#[test]
fn a_server_that_never_answers_does_not_keep_it_from_being_registered() {
    let mut scene = Scene::online(None);
    scene.pass(ANSWER);
    assert!(scene.registered());
    assert_eq!(scene.session.capabilities.map(|can| can.archive), Some(false));
}

#[test]
fn the_archive_is_asked_when_copies_are_on() {
    let mut scene = Scene::online(None);
    scene.discovered();
    assert!(scene.take("query", ns::MAM).is_none(), "what another device gets now would be lost");
    scene.answer("enable", ns::CARBONS, "");
    assert!(scene.take("query", ns::MAM).is_some());
    let mut plain = Scene::online(None);
    plain.answer("query", ns::DISCO_INFO, &info(&[]));
    plain.answer("query", ns::DISCO_INFO, &info(&[ns::MAM]));
    assert!(plain.take("query", ns::MAM).is_some(), "a server without copies has an archive all the same");
}

#[test]
fn a_text_is_counted_and_receipted_when_it_is_kept_and_not_before() {
    let mut scene = Scene::plain();
    scene.receive("<message from='bob@x.test/r' id='1'><body>hi</body><request xmlns='urn:xmpp:receipts'/></message>");
    scene.receive("<presence from='bob@x.test/r'/>");
    assert_eq!(scene.count().as_deref(), Some("2"));
    assert!(scene.take("received", ns::RECEIPTS).is_none());
    scene.sent.clear();
    scene.kept();
    assert!(scene.take("received", ns::RECEIPTS).is_some());
    assert_eq!(scene.take("a", ns::SM).unwrap().attr("h"), Some("4"), "the count that was owed");
}

#[test]
fn a_text_that_cannot_be_kept_is_asked_for_again() {
    let mut scene = Scene::plain();
    scene.receive("<message from='bob@x.test/r' id='1'><body>hi</body></message>");
    let (token, _) = scene.texts.remove(0);
    scene.session.not_kept(token);
    scene.drain();
    assert_eq!(scene.closed, Some((Problem::ServerGone, true)));
    scene.session.offline();
    assert_eq!(scene.session.resumable(), Some(("sm".into(), 2)), "the resumed session brings it again");
}

#[test]
fn what_came_before_counting_began_is_not_counted() {
    let mut scene = Scene::plain();
    scene
        .session
        .receive_uncounted(&xml("<message from='bob@x.test/r' id='0'><body>early</body></message>"), scene.now);
    scene.drain();
    assert_eq!(scene.texts.len(), 1);
    scene.kept();
    assert_eq!(scene.count().as_deref(), Some("2"));
}

#[test]
fn a_text_of_ours_is_sent_when_counted_and_delivered_when_its_addressee_says_so() {
    let mut scene = Scene::plain();
    scene.receive("<a xmlns='urn:xmpp:sm:3' h='4'/>");
    scene.write(7, "xmpp:bob@x.test");
    scene.write(7, "xmpp:bob@x.test");
    let stanza = scene.take("body", ns::JABBER_CLIENT).unwrap();
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none(), "given twice, sent once");
    let id = stanza.attr("id").unwrap().to_owned();
    assert!(scene.progress().is_empty());
    scene.receive("<a xmlns='urn:xmpp:sm:3' h='5'/>");
    assert_eq!(scene.progress(), [TextProgress::Sent]);
    let receipt =
        |from: &str| format!("<message from='{from}'><received xmlns='urn:xmpp:receipts' id='{id}'/></message>");
    scene.receive(&receipt("mallory@x.test/r"));
    assert!(scene.progress().is_empty(), "a stranger cannot confirm");
    scene.receive(&receipt("bob@x.test/r"));
    assert_eq!(scene.progress(), [TextProgress::Delivered]);
    let refusal = format!(
        "<message from='bob@x.test' type='error' id='{id}'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
    );
    scene.receive(&refusal);
    assert_eq!(scene.progress(), [TextProgress::Failed { failure: SendFailure::NotFound, retry: false }]);
}

#[test]
fn a_resumed_session_sends_again_what_the_server_does_not_have() {
    let mut scene = Scene::plain();
    scene.receive("<a xmlns='urn:xmpp:sm:3' h='4'/>");
    scene.write(1, "xmpp:bob@x.test");
    scene.write(2, "xmpp:bob@x.test");
    scene.session.offline();
    scene.write(3, "xmpp:bob@x.test");
    scene.sent.clear();
    assert_eq!(scene.session.resumable(), Some(("sm".into(), 2)));
    scene.begin(Begin::Resumed(5));
    assert_eq!(scene.progress(), [TextProgress::Sent], "the first had arrived");
    let texts = scene.sent.iter().filter(|stanza| stanza.has_child("body", ns::JABBER_CLIENT)).count();
    assert_eq!(texts, 2, "the second again, the third for the first time");
}

#[test]
fn a_lost_session_sends_its_texts_under_the_same_ids() {
    let mut scene = Scene::plain();
    scene.write(1, "xmpp:bob@x.test");
    let before = scene.take("body", ns::JABBER_CLIENT).unwrap();
    scene.session.offline();
    scene.sent.clear();
    scene.begin(Begin::New { counted: Some(None), last: None, carbons: false });
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none(), "the archive may have it");
    scene.nothing_discovered();
    let after = scene.take("body", ns::JABBER_CLIENT).unwrap();
    assert_eq!(after.attr("id"), before.attr("id"));
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none());
    assert_eq!(scene.session.resumable(), None);
}

#[test]
fn a_server_that_counts_what_was_never_sent_is_left() {
    let mut scene = Scene::online(None);
    scene.receive("<a xmlns='urn:xmpp:sm:3' h='4000'/>");
    assert_eq!(scene.closed, Some((Problem::Protocol, true)));
    assert_eq!(scene.session.resumable(), None);
}

#[test]
fn copies_are_believed_from_our_own_account_only() {
    let mut scene = Scene::plain();
    let copy = |from: &str| {
        format!(
            "<message from='{from}'><received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>\
             <message xmlns='jabber:client' from='bank@x.test/r' to='{HERE}' id='9'><body>pay</body></message>\
             </forwarded></received></message>"
        )
    };
    scene.receive(&copy("mallory@x.test/r"));
    assert!(scene.texts.is_empty());
    scene.receive(&copy(HERE));
    assert_eq!(scene.texts.remove(0).1.peer.rest(), "bank@x.test");
}

#[test]
fn after_a_change_of_network_silence_ends_the_connection_and_a_word_saves_it() {
    let mut scene = Scene::online(None);
    scene.discovered();
    scene.session.command(AccountCommand::NetworkChanged, scene.now);
    scene.drain();
    assert!(scene.take("r", ns::SM).is_some());
    scene.receive("<a xmlns='urn:xmpp:sm:3' h='4'/>");
    scene.pass(PROBE);
    assert_eq!(scene.closed, None);
    scene.session.command(AccountCommand::NetworkChanged, scene.now);
    scene.pass(PROBE);
    assert_eq!(scene.closed, Some((Problem::TimedOut, true)));
}

#[test]
fn another_log_in_under_our_name_ends_the_trying() {
    let mut scene = Scene::online(None);
    let error = "<stream:error xmlns:stream='http://etherx.jabber.org/streams'>\
                 <conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    scene.session.receive(&error.parse().unwrap(), scene.now);
    scene.drain();
    assert_eq!(scene.closed, Some((Problem::Conflict, false)));
}

#[test]
fn every_question_is_answered_and_a_strangers_roster_is_refused() {
    let mut scene = Scene::online(None);
    scene.sent.clear();
    scene.receive("<iq type='get' id='q' from='bob@x.test/r'><query xmlns='jabber:iq:version'/></iq>");
    scene.receive("<iq type='set' id='p' from='mallory@x.test/r'><query xmlns='jabber:iq:roster'><item jid='m@x' name='Bank'/></query></iq>");
    for id in ["q", "p"] {
        let answer = scene.sent.iter().find(|stanza| stanza.attr("id") == Some(id)).unwrap();
        assert_eq!(answer.attr("type"), Some("error"), "{id}");
    }
    assert!(!scene.events.iter().any(|event| matches!(event, AccountEvent::Contacts(_))));
}

#[test]
fn a_gateway_on_the_roster_is_found_and_only_it_may_say_so() {
    let mut scene = Scene::online(None);
    scene.discovered();
    scene.answer(
        "query",
        ns::ROSTER,
        &format!("<query xmlns='{}'><item jid='sms.far' subscription='both'/></query>", ns::ROSTER),
    );
    let asked = scene.take("query", ns::DISCO_INFO).unwrap();
    assert_eq!(asked.attr("to"), Some("sms.far"));
    let id = asked.attr("id").unwrap();
    let gateway = format!("<query xmlns='{}'><identity category='gateway' type='sms'/></query>", ns::DISCO_INFO);
    let found = |scene: &Scene| scene.events.iter().any(|event| matches!(event, AccountEvent::Gateway { .. }));
    scene.receive(&format!("<iq type='result' id='{id}' from='evil.far'>{gateway}</iq>"));
    scene.receive(&format!("<iq type='result' id='{id}' from='x.test'>{gateway}</iq>"));
    assert!(!found(&scene), "somebody else answered");
    scene.receive(&format!("<iq type='result' id='{id}' from='sms.far'>{gateway}</iq>"));
    assert!(found(&scene));
}

#[path = "session_archive_tests.rs"]
mod archive;

#[path = "session_hostile_tests.rs"]
mod hostile;
