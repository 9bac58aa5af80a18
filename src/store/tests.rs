//! The store's behaviour, on a real file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::domain::{
    account::AccountId,
    address::Address,
    archive::{ArchivePage, ArchivePlace, ArchiveStep},
    call::{AS_IT_COMES, Call, CallId, CallState, EndReason},
    code::{Code, Warning},
    contact::Contact,
    key::StoreKey,
    message::{Direction, MessageState, NewMessage, SendFailure},
    private::Private,
};
use jiff::Timestamp;
use proptest::prelude::*;

pub(super) struct Fixture {
    _dir: tempfile::TempDir,
    pub(super) path: std::path::PathBuf,
    pub(super) store: Store,
}

pub(super) fn key() -> StoreKey {
    StoreKey::new([7; 32])
}

pub(super) fn fixture() -> Fixture {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("landline.db");
    let store = Store::open(&path, &key()).unwrap();
    Fixture { _dir: dir, path, store }
}

pub(super) fn account() -> AccountId {
    AccountId("xmpp-alice".into())
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

pub(super) fn text(peer: &str, body: &str, keys: &[&str]) -> NewMessage {
    NewMessage {
        peer: address(peer),
        sender: None,
        sender_name: None,
        direction: Direction::Incoming,
        body: body.into(),
        sent_at: None,
        dedupe: keys.iter().map(|k| (*k).to_owned()).collect(),
        in_order: false,
        wire_id: None,
        extras: Default::default(),
        change: None,
        archive: None,
    }
}

pub(super) const BOB: &str = "xmpp:bob@x.test";

#[tokio::test]
async fn a_text_is_kept_once_whatever_key_it_comes_back_under() {
    let f = fixture();
    let seven = ArchivePlace { newest: Some("7".into()), gap: None };
    let step = ArchiveStep { from: ArchivePlace::default(), to: seven.clone() };
    let live = NewMessage { archive: Some(step), ..text(BOB, "hi", &["origin:a", "archive:7"]) };
    let first = f.store.receive(account(), live, None, at(1)).await.unwrap();
    assert!(first.new);
    assert_eq!((first.conversation.unread, first.message.state), (1, MessageState::Received));
    // The second adds a key, the third is known only by that one.
    let again = f.store.receive(account(), text(BOB, "hi", &["archive:7", "stanza:z"]), None, at(2)).await.unwrap();
    let third = f.store.receive(account(), text(BOB, "hi", &["stanza:z"]), None, at(3)).await.unwrap();
    assert!(!again.new && !third.new);
    assert_eq!(third.message.id, first.message.id);
    assert_eq!(third.conversation.unread, 1);
    assert_eq!(f.store.archive_place(account()).await.unwrap(), seven);
    let other = AccountId("sip-alice".into());
    assert!(f.store.receive(other, text(BOB, "hi", &["origin:a"]), None, at(4)).await.unwrap().new);
}

#[tokio::test]
async fn codes_that_came_lately_are_warned_of_once() {
    let f = fixture();
    let code = Code { value: "123456".into(), site: None, valid_for: None, warnings: Vec::new() };
    for (key, seconds) in [("old", 1), ("new", 100)] {
        let text = text("xmpp:33733@sms.test", "123456", &[key]);
        f.store.receive(account(), text, Some(code.clone()), at(seconds)).await.unwrap();
    }
    let warned = f.store.warn(at(50), Warning::Asked).await.unwrap();
    let codes = f.store.codes(10).await.unwrap();
    assert_eq!(warned, [codes[0].message]);
    assert_eq!((&codes[0].code.warnings[..], codes[1].code.warnings.len()), (&[Warning::Asked][..], 0));
    assert_eq!(f.store.warn(at(50), Warning::Asked).await.unwrap(), []);
}

#[tokio::test]
async fn an_old_code_is_forgotten_and_found_no_more() {
    let f = fixture();
    let code = Code { value: "482913".into(), site: None, valid_for: None, warnings: vec![Warning::Asked] };
    let text = text("xmpp:33733@sms.test", "your code is 482913", &["old"]);
    f.store.receive(account(), text, Some(code), at(10)).await.unwrap();
    assert_eq!(f.store.codes_until(at(9)).await.unwrap().len(), 0);
    let old = f.store.codes_until(at(10)).await.unwrap();
    let now = f.store.forget_code(old[0].id, "your code is ••••••".into()).await.unwrap().unwrap();
    assert_eq!((now.body.expose().as_str(), &now.code), ("your code is ••••••", &None));
    assert_eq!(f.store.codes(10).await.unwrap(), []);
    let folder = std::fs::read_dir(f.path.parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    for file in folder.filter(|file| file.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"482913"), "{}", file.display());
    }
}

#[tokio::test]
async fn a_sender_is_a_stranger_until_it_has_written() {
    let f = fixture();
    let names =
        |names: Option<Vec<Private<String>>>| names.unwrap().into_iter().map(Private::into_inner).collect::<Vec<_>>();
    let stranger = || f.store.strangers_to(account(), address(BOB));
    assert_eq!(names(stranger().await.unwrap()), [""; 0]);
    f.store.receive(account(), text("xmpp:NORTE@sms.test", "hi", &["a"]), None, at(1)).await.unwrap();
    assert_eq!(names(stranger().await.unwrap()), [address("xmpp:NORTE@sms.test").display()]);
    f.store.receive(account(), text(BOB, "hi", &["b"]), None, at(2)).await.unwrap();
    assert!(stranger().await.unwrap().is_none());
}

#[tokio::test]
async fn what_was_committed_is_there_after_opening_again() {
    let f = fixture();
    let warnings = vec![Warning::LookAlike, Warning::PassOn];
    let code = Code { value: "123456".into(), site: Some("example.com".into()), valid_for: Some(600), warnings };
    f.store.receive(account(), text("xmpp:33733@sms.test", "123456", &["k"]), Some(code.clone()), at(1)).await.unwrap();
    drop(f.store);
    let store = Store::open(&f.path, &key()).unwrap();
    let codes = store.codes(10).await.unwrap();
    assert_eq!(codes[0].code, code);
    assert_eq!(codes[0].sender, address("xmpp:33733@sms.test"));
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&f.path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn a_text_of_ours_moves_forward_only() {
    let f = fixture();
    let (message, _) = f.store.write(account(), address(BOB), "hello".into(), at(1)).await.unwrap();
    assert_eq!(f.store.outbox(account()).await.unwrap(), vec![message.clone()]);
    let failed =
        f.store.progress(message.id, MessageState::Failed, Some(SendFailure::NotFound)).await.unwrap().unwrap();
    assert_eq!(failed.failure, Some(SendFailure::NotFound));
    assert!(f.store.outbox(account()).await.unwrap().is_empty());
    assert_eq!(f.store.requeue(message.id).await.unwrap().unwrap().failure, None);
    assert!(f.store.progress(message.id, MessageState::Delivered, None).await.unwrap().is_some());
    assert!(f.store.progress(message.id, MessageState::Sent, None).await.unwrap().is_none());
    assert!(f.store.requeue(message.id).await.unwrap().is_none());
    // Its carbon from the server is recognised.
    f.store.add_keys(message.id, vec!["origin:me/1".into()]).await.unwrap();
    let carbon = NewMessage { direction: Direction::Outgoing, ..text(BOB, "hello", &["origin:me/1"]) };
    assert!(!f.store.receive(account(), carbon, None, at(2)).await.unwrap().new);
}

#[tokio::test]
async fn a_refusal_is_the_last_word_until_the_text_is_sent_again() {
    let f = fixture();
    let (message, _) = f.store.write(account(), address(BOB), "hello".into(), at(1)).await.unwrap();
    let to = async |state, failure| f.store.progress(message.id, state, failure).await.unwrap().map(|m| m.state);
    let refused = Some(SendFailure::NotFound);
    // a gateway takes first and refuses later
    assert_eq!(to(MessageState::Sent, None).await, Some(MessageState::Sent));
    assert_eq!(to(MessageState::Failed, refused).await, Some(MessageState::Failed));
    assert_eq!(to(MessageState::Failed, refused).await, None);
    // its copy in the archive comes at the next log-in
    assert_eq!(to(MessageState::Sent, None).await, None);
    assert_eq!(to(MessageState::Delivered, None).await, None);
    assert!(f.store.postpone(message.id).await.unwrap().is_none());
    f.store.requeue(message.id).await.unwrap().unwrap();
    assert_eq!(to(MessageState::Delivered, None).await, Some(MessageState::Delivered));
    assert!(f.store.postpone(message.id).await.unwrap().is_none());
    assert_eq!(to(MessageState::Failed, refused).await, Some(MessageState::Failed));
}

#[tokio::test]
async fn a_text_refused_for_now_waits_in_the_outbox_again() {
    let f = fixture();
    let (message, _) = f.store.write(account(), address(BOB), "hello".into(), at(1)).await.unwrap();
    assert!(f.store.postpone(message.id).await.unwrap().is_none(), "it waits already");
    f.store.progress(message.id, MessageState::Sent, None).await.unwrap().unwrap();
    assert!(f.store.outbox(account()).await.unwrap().is_empty());
    assert_eq!(f.store.postpone(message.id).await.unwrap().unwrap().state, MessageState::Queued);
    assert_eq!(f.store.outbox(account()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_time_in_whole_seconds_does_not_put_the_answer_before_the_question() {
    let f = fixture();
    let half = Timestamp::from_millisecond(at(5).as_millisecond() + 500).unwrap();
    f.store.write(account(), address(BOB), "question".into(), half).await.unwrap();
    for (body, sent_at) in [("answer", at(5)), ("more", at(5)), ("later", at(6)), ("older", at(4))] {
        let text = NewMessage { sent_at: Some(sent_at), ..text(BOB, body, &[body]) };
        f.store.receive(account(), text, None, at(60)).await.unwrap();
    }
    let thread = f.store.messages(None, None, 10).await.unwrap();
    let bodies: Vec<_> = thread.iter().map(|m| m.body.expose().as_str()).collect();
    assert_eq!(bodies, ["later", "more", "answer", "question", "older"]);
}

#[tokio::test]
async fn every_database_has_a_name_of_its_own() {
    let (one, other) = (fixture(), fixture());
    let name = one.store.instance().await.unwrap();
    assert_eq!(name.len(), 32);
    assert_ne!(name, other.store.instance().await.unwrap());
    drop(one.store);
    assert_eq!(Store::open(&one.path, &key()).unwrap().instance().await.unwrap(), name);
}

#[tokio::test]
async fn threads_are_paged_by_the_time_they_were_sent() {
    let f = fixture();
    for n in 0..10 {
        let late = NewMessage { sent_at: Some(at(100 - n)), ..text(BOB, &format!("{n}"), &[&format!("k{n}")]) };
        f.store.receive(account(), late, None, at(1000)).await.unwrap();
    }
    let conversation = f.store.conversations(10).await.unwrap().remove(0);
    assert_eq!(conversation.last.as_ref().unwrap().body.expose(), "0", "the newest sent, not the last that came");
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = f.store.thread(conversation.id, before, 3).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        seen.extend(page.iter().map(|m| m.body.expose().clone()));
    }
    assert_eq!(seen, (0..10).map(|n| n.to_string()).collect::<Vec<_>>());
    assert!(f.store.mark_read(conversation.id).await.unwrap());
    assert!(!f.store.mark_read(conversation.id).await.unwrap());
}

#[tokio::test]
async fn found_by_number_and_by_words() {
    let f = fixture();
    let short = "xmpp:33733;phone-context=ca-us.phone-context.soprani.ca@sms.test";
    let peers = ["xmpp:+15551234567@sms.test", "sip:15551234567@sip.test", short, BOB];
    for (n, peer) in peers.iter().enumerate() {
        f.store.receive(account(), text(peer, "Reunión en el café", &[&format!("k{n}")]), None, at(1)).await.unwrap();
    }
    let count = async |with: &str| f.store.messages(Some(with.into()), None, 9).await.unwrap().len();
    assert_eq!(count("+1 (555) 123-4567").await, 2);
    assert_eq!(count("33733").await, 1);
    assert_eq!(count("bob@x.test").await, 1);
    assert_eq!(count(BOB).await, 1);
    assert_eq!(count("555").await, 0);
    let found = async |words: &str| f.store.messages(None, Some(words.into()), 9).await.unwrap().len();
    assert_eq!(found("reunion caf").await, 4);
    assert_eq!(found("\"; DROP").await, 0);
    assert_eq!(found("*").await, 0);
}

#[tokio::test]
async fn calls_and_names() {
    let f = fixture();
    let contact = Contact { account: Some(account()), address: address(BOB), name: "Bob".into() };
    f.store.set_contacts(vec![contact]).await.unwrap();
    let call = Call {
        id: CallId(1),
        account: account(),
        peer: address(BOB),
        name: None,
        direction: Direction::Incoming,
        state: CallState::Incoming,
        muted: false,
        held_there: false,
        started_at: at(1),
        answered_at: None,
        codec: None,
        joined: false,
        recording: None,
        recording_since: None,
        volume: AS_IT_COMES,
        quality: None,
        encryption: None,
        searching: false,
        via: None,
        handover: None,
        dtmf_sent: Private::default(),
    };
    let row = f.store.call_started(&call).await.unwrap();
    assert_eq!(f.store.call_history(5).await.unwrap()[0].ended_at, None);
    f.store.note_call(row, "4 8 2".into()).await.unwrap();
    f.store.note_call(row, "4 8 2 9".into()).await.unwrap();
    let record = f.store.call_ended(row, None, at(9), EndReason::Cancelled).await.unwrap();
    assert_eq!(record.note, Some("4 8 2 9".into()), "a call's end leaves its note");
    assert_eq!((record.reason, record.name), (Some(EndReason::Cancelled), Some("Bob".into())));
    f.store.receive(account(), text(BOB, "x", &["k"]), None, at(1)).await.unwrap();
    assert_eq!(f.store.conversations(1).await.unwrap()[0].name, Some("Bob".into()));
    f.store.remove_contacts(account(), vec![address(BOB)]).await.unwrap();
    assert!(f.store.contacts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_call_that_came_while_away_is_in_the_history_once() {
    let f = fixture();
    let missed = async |seconds| f.store.call_missed(account(), address(BOB), None, at(seconds)).await.unwrap();
    let record = missed(100).await.unwrap();
    assert_eq!((record.started_at, record.answered_at, record.reason), (at(100), None, Some(EndReason::Cancelled)));
    assert_eq!(missed(100).await, None);
    assert_eq!(missed(160).await, None, "seen here, by another clock");
    assert!(missed(400).await.is_some());
    assert_eq!(f.store.call_history(9).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_whole_roster_takes_the_place_of_the_old_one_and_of_no_other() {
    let f = fixture();
    let contact = |account: Option<&str>, who: &str, name: &str| Contact {
        account: account.map(|account| AccountId(account.to_owned())),
        address: address(who),
        name: name.into(),
    };
    let ours = account().0;
    let before = vec![
        contact(Some(&ours), BOB, "Bob"),
        contact(Some(&ours), "xmpp:gone@x.test", "Gone"),
        contact(Some("other"), "xmpp:gone@x.test", "Kept"),
        contact(None, BOB, "My own Bob"),
    ];
    f.store.set_contacts(before).await.unwrap();
    f.store.replace_contacts(account(), vec![contact(Some(&ours), BOB, "Robert")]).await.unwrap();
    let names: Vec<_> = f.store.contacts().await.unwrap().into_iter().map(|c| c.name.into_inner()).collect();
    assert_eq!(names, ["Kept", "My own Bob", "Robert"]);
}

#[test]
fn a_file_that_is_no_database_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("landline.db");
    let rubbish = vec![b'x'; 5000];
    std::fs::write(&path, &rubbish).unwrap();
    assert_eq!(Store::open(&path, &key()).err(), Some(StoreError::Damaged));
    assert_eq!(std::fs::read(&path).unwrap(), rubbish);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_interleaving_of_copies_gives_one_row_each(order in proptest::collection::vec(0..6usize, 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let f = fixture();
            for n in &order {
                let key = format!("k{n}");
                f.store.receive(account(), text(BOB, &key, &[&key]), None, at(1)).await.unwrap();
            }
            let distinct: std::collections::BTreeSet<_> = order.iter().collect();
            let kept = f.store.messages(None, None, 100).await.unwrap();
            prop_assert_eq!(kept.len(), distinct.len());
            let unread = f.store.conversations(1).await.unwrap()[0].unread;
            prop_assert_eq!(unread as usize, distinct.len());
            Ok(())
        })?;
    }
}

#[tokio::test]
async fn a_page_read_backward_goes_before_what_is_there_and_a_place_is_not_skipped() {
    let f = fixture();
    let sent = |body: &str, second| NewMessage { sent_at: Some(at(second)), ..text(BOB, body, &[body]) };
    let place = |newest: &str, gap: &str| ArchivePlace { newest: Some(newest.into()), gap: Some(gap.into()) };
    let page = |messages, from, to, older| ArchivePage { messages, step: ArchiveStep { from, to }, older };
    let end = page(vec![sent("c", 5), sent("d", 5)], ArchivePlace::default(), place("d", "c"), false);
    f.store.receive_page(account(), end, vec![None, None], at(9)).await.unwrap();
    // three of one second, newest first, and one that is known
    let older = vec![sent("c", 5), sent("b", 5), sent("a", 5), sent("0", 4)];
    let older = page(older, place("d", "c"), place("d", "0"), true);
    let (received, _) = f.store.receive_page(account(), older, vec![None; 4], at(9)).await.unwrap();
    assert_eq!(received.iter().map(|one| one.new).collect::<Vec<_>>(), [false, true, true, true]);
    let conversation = received[0].conversation.id;
    let thread = f.store.thread(conversation, None, 10).await.unwrap();
    assert_eq!(thread.iter().map(|one| one.body.expose().as_str()).collect::<Vec<_>>(), ["d", "c", "b", "a", "0"]);
    assert_eq!(f.store.conversation(conversation).await.unwrap().unwrap().unread, 2, "nobody has to read old ones");
    assert_eq!(f.store.archive_place(account()).await.unwrap(), place("d", "0"));
    // a step from a place that was never reached: a text before it is missing
    let skipped = page(vec![sent("z", 8)], place("y", "0"), place("z", "0"), false);
    f.store.receive_page(account(), skipped, vec![None], at(9)).await.unwrap();
    assert_eq!(f.store.archive_place(account()).await.unwrap(), place("d", "0"));
}
