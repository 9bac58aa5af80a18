//! The session and the archive: pages, what is kept of them, and what the outbox waits for.
use super::*;

fn entry(query: &str, id: &str, from: &str, to: &str, wire_id: &str) -> String {
    format!(
        "<message from='{HERE}'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{id}'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-01-01T00:00:00Z'/>\
         <message xmlns='jabber:client' from='{from}' to='{to}' id='{wire_id}'><body>{id}</body></message>\
         </forwarded></result></message>"
    )
}

fn place(newest: &str, gap: Option<&str>) -> ArchivePlace {
    ArchivePlace { newest: Some(newest.into()), gap: gap.map(str::to_owned) }
}

impl Scene {
    /// A session that has asked the archive; gives the question.
    fn asking(archive_after: Option<&str>) -> (Self, Element) {
        let mut scene = Self::online(archive_after);
        let query = scene.ask_archive();
        (scene, query)
    }
    fn ask_archive(&mut self) -> Element {
        self.discovered();
        self.answer("enable", ns::CARBONS, "");
        self.take("query", ns::MAM).unwrap()
    }
    /// Entries of Bob's, and the end of the page.
    fn page(&mut self, query: &Element, ids: &[&str], complete: bool) {
        let name = query.attr("id").unwrap();
        ids.iter().for_each(|id| self.receive(&entry(name, id, "bob@x.test/r", HERE, id)));
        let edges = match ids {
            [first, .., last] => format!("<first>{first}</first><last>{last}</last>"),
            [one] => format!("<first>{one}</first><last>{one}</last>"),
            [] => String::new(),
        };
        self.receive(&format!(
            "<iq type='result' id='{name}'><fin xmlns='urn:xmpp:mam:2' complete='{complete}'>\
             <set xmlns='http://jabber.org/protocol/rsm'>{edges}</set></fin></iq>"
        ));
    }
    fn keep_page(&mut self) -> ArchivePage {
        let (token, page) = self.pages.remove(0);
        self.session.kept(token, self.now);
        self.drain();
        page
    }
    fn live(&mut self, id: &str) -> NewMessage {
        self.receive(&format!(
            "<message from='bob@x.test/r' id='{id}'><body>{id}</body>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{HERE}' id='{id}'/></message>"
        ));
        self.texts.last().unwrap().1.clone()
    }
}

fn edge(query: &Element, name: &str) -> Option<String> {
    let set = query.get_child("query", ns::MAM)?.get_child("set", ns::RSM)?;
    set.get_child(name, ns::RSM).map(Element::text)
}

fn ids(page: &ArchivePage) -> Vec<&str> {
    page.messages.iter().map(|message| message.body.expose().as_str()).collect()
}

#[test]
fn a_live_text_moves_the_place_only_when_the_archive_is_caught_up() {
    let (mut scene, query) = Scene::asking(Some("10"));
    scene.receive("<message from='bob@x.test/r' id='12'><body>12</body></message>");
    assert!(scene.texts.is_empty(), "it would stand above what came before it");
    assert_eq!(edge(&query, "after").as_deref(), Some("10"));
    scene.page(&query, &["11"], true);
    let page = scene.keep_page();
    assert_eq!((ids(&page), &page.step.to, page.older), (vec!["11"], &place("11", None), false));
    assert_eq!(scene.texts.remove(0).1.body.expose(), "12");
    let step = scene.live("13").archive.unwrap();
    assert_eq!((step.from, step.to), (place("11", None), place("13", None)));
}

#[test]
fn the_first_log_in_takes_the_end_and_then_all_that_is_older() {
    let (mut scene, query) = Scene::asking(None);
    assert_eq!((edge(&query, "before").as_deref(), edge(&query, "max").as_deref()), (Some(""), Some("50")));
    scene.page(&query, &["8", "9"], false);
    assert!(scene.registered(), "usable before the rest is here");
    let page = scene.keep_page();
    assert_eq!((page.step.from, page.step.to), (ArchivePlace::default(), place("9", Some("8"))));
    let older = scene.take("query", ns::MAM).unwrap();
    assert_eq!(edge(&older, "before").as_deref(), Some("8"));
    assert!(scene.live("10").archive.is_some());
    scene.page(&older, &["6", "7"], false);
    let page = scene.keep_page();
    assert_eq!((ids(&page), page.older, &page.step.to), (vec!["7", "6"], true, &place("10", Some("6"))));
    let older = scene.take("query", ns::MAM).unwrap();
    scene.page(&older, &["4", "5"], true);
    assert_eq!(scene.keep_page().step.to, place("10", None));
    assert!(scene.take("query", ns::MAM).is_none());
}

#[test]
fn what_is_left_of_an_old_archive_is_fetched_after_a_restart() {
    let mut scene = Scene::new(None);
    scene.session.archive = Archive::new(place("9", Some("6")));
    scene.begin(Begin::New { counted: Some(Some("sm".into())), last: None, carbons: false });
    let query = scene.ask_archive();
    assert_eq!(edge(&query, "after").as_deref(), Some("9"), "what is new comes first");
    scene.page(&query, &[], true);
    let older = scene.take("query", ns::MAM).unwrap();
    assert_eq!(edge(&older, "before").as_deref(), Some("6"));
}

#[test]
fn an_archive_that_forgot_the_kept_entry_is_read_from_its_end() {
    let (mut scene, query) = Scene::asking(Some("10"));
    let id = query.attr("id").unwrap();
    scene.receive(&format!(
        "<iq type='error' id='{id}'><error type='cancel'>\
         <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
    ));
    let again = scene.take("query", ns::MAM).unwrap();
    assert_eq!((edge(&again, "before").as_deref(), edge(&again, "after")), (Some(""), None));
    scene.page(&again, &["20"], false);
    let step = scene.keep_page().step;
    assert_eq!((step.from, step.to), (place("10", None), place("20", Some("20"))));
}

#[test]
fn the_place_never_passes_a_text_that_was_not_kept() {
    let mut scene = Scene::settled(Some("4"));
    let five = scene.live("5").archive.unwrap();
    let six = scene.live("6").archive.unwrap();
    assert_eq!((&five.to, &six.from), (&place("5", None), &place("5", None)), "each stands on the one before");
    let [(lost, _), (later, _)] = scene.texts.as_slice() else { panic!("two texts") };
    let (lost, later) = (*lost, *later);
    scene.session.not_kept(lost);
    scene.session.kept(later, scene.now);
    scene.session.offline();
    scene.sent.clear();
    // the server has forgotten the session: only the archive can bring it again
    scene.begin(Begin::New { counted: Some(None), last: None, carbons: false });
    assert_eq!(edge(&scene.ask_archive(), "after").as_deref(), Some("4"));
}

#[test]
fn a_text_that_the_server_took_before_a_crash_is_not_sent_twice() {
    let mut scene = Scene::settled(Some("4"));
    scene.write(7, "xmpp:bob@x.test");
    scene.write(8, "xmpp:bob@x.test");
    let taken = scene.take("body", ns::JABBER_CLIENT).unwrap().attr("id").unwrap().to_owned();
    assert_eq!(scene.live("5").archive, None, "the entry of ours may come before this one");
    scene.session.offline();
    scene.sent.clear();
    scene.progress();
    scene.begin(Begin::New { counted: Some(None), last: None, carbons: false });
    let query = scene.ask_archive();
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none(), "held until the archive has spoken");
    scene.receive(&entry(query.attr("id").unwrap(), "6", &format!("{HERE}/r"), "bob@x.test", &taken));
    scene.page(&query, &[], true);
    let again = scene.take("body", ns::JABBER_CLIENT).unwrap();
    assert_ne!(again.attr("id"), Some(taken.as_str()));
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none());
    assert_eq!(scene.progress(), [TextProgress::Sent]);
}

#[test]
fn a_connection_lost_in_the_catch_up_hands_nothing_up_before_what_was_missed() {
    let (mut scene, query) = Scene::asking(Some("10"));
    scene.receive(&format!(
        "<message from='bob@x.test/r' id='12'><body>12</body>\
         <stanza-id xmlns='urn:xmpp:sid:0' by='{HERE}' id='12'/></message>"
    ));
    scene.receive("<message from='bob@x.test/r' id='kept nowhere'><body>alone</body></message>");
    let counted = scene.session.sm.h();
    scene.session.offline();
    assert_eq!(scene.session.resumable().map(|(_, h)| h), Some(counted), "the server gives both again");
    scene.drain();
    assert_eq!(scene.texts.remove(0).1.body.expose(), "alone", "nobody has it a second time");
    assert!(scene.texts.is_empty());
    scene.begin(Begin::Resumed(0));
    scene.sent.clear();
    scene.page(&query, &["11"], false);
    scene.keep_page();
    let more = scene.take("query", ns::MAM).unwrap();
    assert_eq!(edge(&more, "after").as_deref(), Some("11"));
    scene.page(&more, &["12"], true);
    assert_eq!(ids(&scene.keep_page()), ["12"]);
}

#[test]
fn too_many_that_come_in_the_catch_up_are_left_to_the_archive() {
    let (mut scene, query) = Scene::asking(Some("10"));
    for n in 0..WAITING {
        scene.receive(&format!(
            "<message from='bob@x.test/r' id='l{n}'><body>x</body>\
             <stanza-id xmlns='urn:xmpp:sid:0' by='{HERE}' id='l{n}'/></message>"
        ));
    }
    assert!(scene.texts.is_empty() && scene.session.early.is_empty());
    scene.page(&query, &["11"], true);
    scene.keep_page();
    let again = scene.take("query", ns::MAM).unwrap();
    assert_eq!(edge(&again, "after").as_deref(), Some("11"), "the page was made before they came");
    scene.page(&again, &["l0"], true);
    assert_eq!(ids(&scene.keep_page()), ["l0"]);
    assert!(scene.take("query", ns::MAM).is_none() && scene.registered());
}

#[test]
fn an_archive_that_was_empty_is_read_from_its_beginning() {
    let (mut scene, query) = Scene::asking(None);
    scene.page(&query, &[], true);
    assert_eq!(scene.keep_page().step.to, place("", None));
    scene.session.offline();
    scene.sent.clear();
    scene.begin(Begin::New { counted: Some(None), last: None, carbons: false });
    let all = scene.ask_archive();
    assert_eq!((edge(&all, "after"), edge(&all, "before")), (None, None));
    scene.page(&all, &["1", "2"], true);
    assert_eq!(scene.keep_page().step.to, place("2", None));
}

#[test]
fn a_text_that_there_was_no_room_for_is_overtaken_by_none() {
    let mut scene = Scene::asking(Some("10")).0;
    let room = WAITING as i64;
    (0..room + 2).for_each(|id| scene.write(id, "xmpp:bob@x.test"));
    let refused = |scene: &mut Scene| scene.progress().len();
    assert_eq!(refused(&mut scene), 2);
    scene.pass(ANSWER);
    scene.write(room + 2, "xmpp:bob@x.test");
    assert_eq!(refused(&mut scene), 1, "there is room, but not yet its turn");
    scene.write(room + 9, "xmpp:eve@x.test");
    scene.sent.clear();
    (room..room + 3).for_each(|id| scene.write(id, "xmpp:bob@x.test"));
    assert_eq!(refused(&mut scene), 0);
    assert_eq!(std::iter::from_fn(|| scene.take("body", ns::JABBER_CLIENT)).count(), 3);
}

#[test]
fn an_archive_that_does_not_answer_holds_nothing_back_for_ever() {
    let (mut scene, _) = Scene::asking(Some("4"));
    scene.write(7, "xmpp:bob@x.test");
    assert!(scene.take("body", ns::JABBER_CLIENT).is_none());
    scene.pass(ANSWER);
    assert!(scene.take("body", ns::JABBER_CLIENT).is_some() && scene.registered());
}

#[test]
fn forged_results_are_no_texts_and_move_nothing() {
    let (mut scene, query) = Scene::asking(Some("10"));
    let name = query.attr("id").unwrap();
    let real = entry(name, "11", "bank@x.test", HERE, "11");
    for from in ["mallory@x.test/r", "x.test", "alice@x.test/other", "alice@x.test.evil", "", "@@"] {
        scene.receive(&real.replacen(&format!("from='{HERE}'"), &format!("from='{from}'"), 1));
    }
    scene.receive(&entry("another-query", "11", "bank@x.test", HERE, "11"));
    scene.page(&query, &[], true);
    assert!(scene.texts.is_empty() && scene.pages.is_empty());
    // an answer that was not asked for
    scene.page(&query, &["12"], true);
    assert!(scene.texts.is_empty() && scene.pages.is_empty());
}
