//! What is done to texts: by whom it may be done, in whatever order it comes.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::{
    domain::extras::{Extras, Reaction},
    store::tests::{Fixture, account, fixture},
};

const BOB: &str = "xmpp:bob@x.test";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// A text of `from`, whose id on the wire is `id`.
fn text(from: &str, id: &str, body: &str, seconds: i64) -> NewMessage {
    let direction = if from == "alice@x.test" { Direction::Outgoing } else { Direction::Incoming };
    NewMessage {
        peer: BOB.parse().unwrap(),
        sender: None,
        sender_name: None,
        direction,
        body: body.into(),
        sent_at: Some(at(seconds)),
        dedupe: vec![format!("id:{from}/{id}/{body}")],
        in_order: true,
        wire_id: Some(id.into()),
        extras: Extras::default(),
        change: None,
        archive: None,
    }
}

/// What `from` does to the text that `writer` sent as `id`.
fn change(from: &str, (writer, id): (&str, &str), deed: Deed, body: &str, seconds: i64) -> NewMessage {
    let target = Target { ours: None, keys: vec![format!("id:{writer}/{id}/")] };
    let new = text(from, &format!("c{seconds}"), body, seconds);
    NewMessage { change: Some(Change { target, deed }), ..new }
}

const HERS: &str = "bob@x.test";
const MINE: &str = "alice@x.test";

impl Fixture {
    async fn receive(&self, new: NewMessage) -> Received {
        self.store.receive(account(), new, None, at(100)).await.unwrap()
    }
    async fn change(&self, new: NewMessage) -> Changed {
        self.store.change(account(), new, None, at(100)).await.unwrap()
    }
    async fn all(&self) -> Vec<Message> {
        self.store.messages(None, None, 100).await.unwrap()
    }
}

#[tokio::test]
async fn a_correction_takes_the_place_of_the_words_and_they_are_kept() {
    let f = fixture();
    f.receive(text(HERS, "1", "at noone", 1)).await;
    let code = Code { value: "482913".into(), site: None, valid_for: None, warnings: Vec::new() };
    let corrected = change(HERS, (HERS, "1"), Deed::Corrected, "at noon", 2);
    let done = f.store.change(account(), corrected.clone(), Some(code.clone()), at(9)).await.unwrap();
    let now = &done.messages[0];
    assert_eq!((now.body.expose().as_str(), now.extras.edited), ("at noon", Some(at(2))));
    assert_eq!(now.extras.versions, [Private::from("at noone")]);
    assert_eq!(now.code, Some(code));
    assert_eq!(f.change(corrected).await, Changed::default(), "the same again does nothing");
    assert_eq!(f.store.messages(None, Some("noone".into()), 9).await.unwrap().len(), 0);
    assert_eq!(f.store.messages(None, Some("noon".into()), 9).await.unwrap().len(), 1);
    // by the id of the correction, as some do
    let again = change(HERS, (HERS, "c2"), Deed::Corrected, "at one", 3);
    assert_eq!(f.change(again).await.messages[0].body.expose(), "at one");
    let late = change(HERS, (HERS, "1"), Deed::Corrected, "older", 1);
    assert_eq!(f.change(late).await.messages, [], "an older one comes after a newer one");
    assert_eq!(f.all().await.len(), 1);
}

#[tokio::test]
async fn nobody_changes_what_another_wrote() {
    let f = fixture();
    f.receive(text(MINE, "1", "mine", 1)).await;
    // keys name the writer; even with the right ones the side must be right
    let forged = change(HERS, (MINE, "1"), Deed::Corrected, "forged", 2);
    assert_eq!(f.change(forged).await.messages, []);
    let taken = change(HERS, (MINE, "1"), Deed::Withdrawn(Withdrawn::Writer), "", 3);
    assert_eq!(f.change(taken).await.messages, []);
    let mut other = change(HERS, (MINE, "1"), Deed::Reacted(vec!["👍".into()]), "", 4);
    other.peer = "xmpp:mallory@x.test".parse().unwrap();
    assert_eq!(f.change(other).await.messages, [], "of another conversation");
    let message = &f.all().await[0];
    assert_eq!((message.body.expose().as_str(), message.extras.is_empty()), ("mine", true));
}

#[tokio::test]
async fn reactions_and_a_text_that_is_taken_back() {
    let f = fixture();
    f.receive(text(HERS, "1", "hello", 1)).await;
    f.change(change(HERS, (HERS, "1"), Deed::Reacted(vec!["🎉".into()]), "", 2)).await;
    let done = f.change(change(MINE, (HERS, "1"), Deed::Reacted(vec!["👍".into()]), "", 3)).await;
    let reaction = |by, emoji: &str| Reaction { by, emoji: emoji.into() };
    assert_eq!(done.messages[0].extras.reactions, [reaction(Author::Peer, "🎉"), reaction(Author::Me, "👍")]);
    let done = f.change(change(HERS, (HERS, "1"), Deed::Withdrawn(Withdrawn::Writer), "", 4)).await;
    assert_eq!(done.messages[0].extras.withdrawn, Some(Withdrawn::Writer));
    assert_eq!(done.messages[0].body.expose(), "hello", "what came here stays here");
    let more = change(HERS, (HERS, "1"), Deed::Corrected, "another", 5);
    assert_eq!(f.change(more).await.messages, []);
}

#[tokio::test]
async fn what_comes_before_its_text_waits_for_it() {
    let f = fixture();
    // an archive read backward gives the newest first
    let kept = f.change(change(HERS, (HERS, "1"), Deed::Corrected, "at noon", 5)).await.kept.unwrap();
    assert!(kept.new, "without its text it is a text of its own");
    f.change(change(MINE, (HERS, "2"), Deed::Reacted(vec!["👍".into()]), "", 4)).await;
    let original = f.receive(text(HERS, "1", "at noone", 1)).await;
    assert_eq!((original.new, original.message.id), (false, kept.message.id));
    assert_eq!(original.message.body.expose(), "at noon");
    assert_eq!(original.message.extras.versions, [Private::from("at noone")]);
    let second = f.receive(text(HERS, "2", "hello", 2)).await;
    assert_eq!(second.message.extras.reactions.len(), 1);
    assert_eq!(f.all().await.len(), 2);
}

#[tokio::test]
async fn a_correction_by_another_does_not_swallow_a_text_that_comes_later() {
    let f = fixture();
    f.change(change(MINE, (HERS, "1"), Deed::Corrected, "forged", 5)).await;
    assert!(f.receive(text(HERS, "1", "hers", 1)).await.new);
    assert_eq!(f.all().await.len(), 2);
}

#[tokio::test]
async fn what_waits_is_bounded() {
    let f = fixture();
    for n in 0..i64::from(WAITING) + 20 {
        f.change(change(HERS, (HERS, &format!("x{n}")), Deed::Reacted(vec!["👍".into()]), "", n)).await;
    }
    let count: u32 = f
        .store
        .query(|connection| Ok(connection.query_row("SELECT count(*) FROM early_change", [], |row| row.get(0))?))
        .await
        .unwrap();
    assert_eq!(count, WAITING);
}

#[tokio::test]
async fn seen_there_and_seen_on_another_device() {
    let f = fixture();
    for n in 1..4 {
        f.receive(text(MINE, &n.to_string(), "mine", n)).await;
    }
    let seen = f.change(change(HERS, (MINE, "2"), Deed::Seen, "", 9)).await.messages;
    assert_eq!(seen.iter().map(|one| one.state).collect::<Vec<_>>(), [MessageState::Read; 2]);
    // a receipt that comes late does not take it back
    assert!(f.store.progress(seen[0].id, MessageState::Delivered, None).await.unwrap().is_none());
    for n in 11..14 {
        f.receive(text(HERS, &n.to_string(), "hers", n)).await;
    }
    let done = f.change(change(MINE, (HERS, "12"), Deed::Seen, "", 20)).await;
    assert!(done.read);
    assert_eq!(done.conversation.unwrap().unread, 1);
}

#[tokio::test]
async fn an_own_change_is_kept_once() {
    let f = fixture();
    let (message, _) = f.store.write(account(), BOB.parse().unwrap(), "mien".into(), at(1)).await.unwrap();
    let own = async |deed, body: &str| f.store.change_own(message.id, deed, body.into(), at(2)).await.unwrap();
    assert_eq!(own(Deed::Corrected, "mine").await.unwrap().body.expose(), "mine");
    assert!(own(Deed::Corrected, "mine").await.is_none());
    assert!(own(Deed::Withdrawn(Withdrawn::Writer), "").await.is_some());
    assert!(own(Deed::Corrected, "more").await.is_none());
    let theirs = f.receive(text(HERS, "1", "hers", 3)).await.message.id;
    assert!(f.store.change_own(theirs, Deed::Corrected, "forged".into(), at(4)).await.unwrap().is_none());
    assert_eq!(f.store.wire_id(theirs).await.unwrap().as_deref(), Some("1"));
}

#[tokio::test]
async fn a_forgotten_code_is_in_no_older_version_either() {
    let f = fixture();
    f.receive(text(HERS, "1", "code 482913", 1)).await;
    let done = f.change(change(HERS, (HERS, "1"), Deed::Corrected, "code 482914", 2)).await;
    let blank = f.store.forget_code(done.messages[0].id, "code ••••••".into()).await.unwrap().unwrap();
    assert_eq!(blank.extras.versions, []);
}
