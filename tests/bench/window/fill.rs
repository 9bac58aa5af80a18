//! Fills the store of a home as an archive would: half of the texts are one conversation with the newest of all, the others
//! are spread over many.
use crate::support::landline::Landline;
use jiff::{SignedDuration, Timestamp};
use landline::{
    config::Home,
    domain::{
        account::AccountId,
        archive::{ArchivePage, ArchivePlace, ArchiveStep},
        extras::Extras,
        message::{Direction, NewMessage},
    },
    secrets::Secrets,
    store::Store,
};
use std::time::Instant;
use tokio::runtime::Runtime;

const PAGE: u32 = 5000;
const WORDS: [&str; 10] =
    ["bus", "garden", "Saturday", "clinic", "call me", "thank you", "the meeting", "rent", "school", "a parcel"];

fn open(home: &Landline, runtime: &Runtime) -> Store {
    let folders = Home::in_dir(&home.home());
    let there = folders.database().exists();
    let key = runtime.block_on(async {
        let secrets = Secrets::open(&folders, Some("correct horse battery".into())).await;
        secrets.store_key(there).await.expect("the store's key")
    });
    Store::open(&folders.database(), &key).expect("the store")
}

/// Puts texts into the store.
pub fn fill(home: &Landline, texts: u32) {
    let runtime = Runtime::new().expect("a runtime");
    let (store, account) = (open(home, &runtime), AccountId("xmpp-alice-xmpp.test".to_owned()));
    let start = Timestamp::now() - SignedDuration::from_hours(24 * 365);
    let mut place = ArchivePlace::default();
    let mut number = 0;
    while number < texts {
        let end = (number + PAGE).min(texts);
        let messages = (number..end).map(|number| text(number, texts, start)).collect();
        let next = ArchivePlace { newest: Some(format!("{end}")), gap: None };
        let step = ArchiveStep { from: std::mem::replace(&mut place, next.clone()), to: next };
        let page = ArchivePage { messages, step, older: false };
        let codes = page.messages.iter().map(|_| None).collect();
        runtime.block_on(store.receive_page(account.clone(), page, codes, Timestamp::now())).expect("kept");
        number = end;
    }
}

fn text(number: u32, of: u32, start: Timestamp) -> NewMessage {
    // the newest and every other one belong to the same
    let peer = if number % 2 == (of - 1) % 2 { 0 } else { 1 + number / 2 % 2000 };
    let word = WORDS[number as usize % WORDS.len()];
    let rare = if number % 50_000 == 77 { " porcelain" } else { "" };
    let mine = number.is_multiple_of(3);
    NewMessage {
        peer: format!("xmpp:+1555{peer:07}@sms.test").parse().expect("an address"),
        sender: None,
        sender_name: None,
        direction: if mine { Direction::Outgoing } else { Direction::Incoming },
        body: format!("Text {number}: {word}, and then we see each other at the door{rare}.").into(),
        sent_at: Some(start + SignedDuration::from_secs(i64::from(number) * 30)),
        dedupe: vec![format!("archive:{number}")],
        in_order: true,
        wire_id: None,
        extras: Extras::default(),
        change: None,
        archive: None,
    }
}

/// How long a search takes, in milliseconds, again and again.
pub fn search(home: &Landline, words: &str) -> Vec<f64> {
    let runtime = Runtime::new().expect("a runtime");
    let store = open(home, &runtime);
    let once = |_| {
        let start = Instant::now();
        let found = runtime.block_on(store.messages(None, Some(words.to_owned()), 20)).expect("an answer");
        assert!(!found.is_empty());
        start.elapsed().as_secs_f64() * 1000.0
    };
    (0..21).map(once).collect()
}
