//! In which order texts stand: the server's, whatever clocks and holes in its archive say.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::tests::{BOB, Fixture, account, at, fixture, text};
use crate::domain::{
    archive::{ArchivePage, ArchivePlace, ArchiveStep},
    message::{MessageState, NewMessage},
};
use jiff::Timestamp;
use proptest::prelude::*;

fn millis(milliseconds: i64) -> Timestamp {
    Timestamp::from_millisecond(at(0).as_millisecond() + milliseconds).unwrap()
}

/// One of a server's texts: it took it in this second.
fn one(body: &str, second: Option<i64>) -> NewMessage {
    let keys = [format!("archive:{body}"), format!("origin:{body}")];
    NewMessage { sent_at: second.map(at), in_order: true, ..text(BOB, body, &keys.each_ref().map(String::as_str)) }
}

fn place(newest: &str, gap: Option<&str>) -> ArchivePlace {
    ArchivePlace { newest: Some(newest.into()), gap: gap.map(str::to_owned) }
}

impl Fixture {
    async fn live(&self, body: &str, second: Option<i64>, now: i64) {
        self.store.receive(account(), one(body, second), None, millis(now)).await.unwrap();
    }
    /// A page of texts of these seconds; `older`: newest first.
    async fn page(&self, texts: &[(&str, i64)], from: ArchivePlace, to: ArchivePlace, older: bool, now: i64) {
        let messages = texts.iter().map(|(body, second)| one(body, Some(*second))).collect();
        let page = ArchivePage { messages, step: ArchiveStep { from, to }, older };
        self.store.receive_page(account(), page, vec![None; texts.len()], millis(now)).await.unwrap();
    }
    /// The thread, oldest first, paged as the window does.
    async fn thread(&self) -> Vec<String> {
        let conversation = self.store.conversations(1).await.unwrap()[0].clone();
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = self.store.thread(conversation.id, before, 3).await.unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.id);
            all.extend(page.iter().map(|message| message.body.expose().clone()));
        }
        assert_eq!(all.first().unwrap(), conversation.last.unwrap().body.expose(), "the last is the last");
        all.reverse();
        all
    }
}

#[tokio::test]
async fn a_text_that_was_kept_late_stays_before_the_next_one_of_the_archive() {
    let f = fixture();
    // taken by the server in second 10, kept here in second 12, because the machine was busy
    f.live("first", None, 12_300).await;
    f.page(&[("second", 11), ("third", 12)], ArchivePlace::default(), place("third", None), false, 13_000).await;
    assert_eq!(f.thread().await, ["first", "second", "third"]);
    let kept = f.store.messages(None, None, 9).await.unwrap();
    assert_eq!(kept[1].sent_at, at(11), "when it was sent is told as the server says");
}

#[tokio::test]
async fn a_clock_that_jumps_moves_no_text() {
    let f = fixture();
    let write = async |body: &str, now| {
        let (message, _) = f.store.write(account(), BOB.parse().unwrap(), body.into(), millis(now)).await.unwrap();
        f.store.progress(message.id, MessageState::Sent, None).await.unwrap();
    };
    f.live("one", Some(1), 1_000).await;
    write("two", 900_000_000).await;
    f.live("three", Some(3), 3_000).await;
    write("four", 4_000).await;
    assert_eq!(f.thread().await, ["one", "two", "three", "four"]);
}

#[tokio::test]
async fn what_waits_in_the_outbox_stands_by_its_time() {
    let f = fixture();
    f.live("one", None, 1_000).await;
    f.store.write(account(), BOB.parse().unwrap(), "waits".into(), millis(50_000)).await.unwrap();
    f.page(&[("two", 40), ("three", 60)], ArchivePlace::default(), place("three", None), false, 70_000).await;
    assert_eq!(f.thread().await, ["one", "two", "waits", "three"]);
}

#[tokio::test]
async fn a_hole_is_filled_between_its_edges() {
    let f = fixture();
    // kept live while the place in the archive could not move yet
    f.live("0", None, 5_900).await;
    f.live("1", None, 5_950).await;
    let hole = place("7", Some("6"));
    f.page(&[("6", 6), ("7", 6)], ArchivePlace::default(), hole.clone(), false, 20_000).await;
    f.live("8", None, 20_100).await;
    let on = place("7", Some("3"));
    f.page(&[("5", 6), ("4", 5), ("3", 5)], hole, on.clone(), true, 20_200).await;
    // what is left of it is fetched after a restart
    f.page(&[("2", 5), ("1", 5), ("0", 5)], on, place("7", None), true, 20_300).await;
    assert_eq!(f.thread().await, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
}

#[tokio::test]
async fn a_text_that_overtook_others_is_put_behind_them_by_nobody() {
    let f = fixture();
    f.live("1", None, 1_000).await;
    // in a session in which the archive did not answer
    f.live("4", None, 4_200).await;
    let all = [("2", 2), ("3", 3), ("4", 4), ("5", 5)];
    f.page(&all, ArchivePlace::default(), place("5", None), false, 9_000).await;
    assert_eq!(f.thread().await, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn the_second_copy_of_a_text_that_was_sent_twice_moves_nothing() {
    let f = fixture();
    f.page(&[("1", 1), ("2", 2), ("3", 3)], ArchivePlace::default(), place("3", None), false, 4_000).await;
    // its sender was killed, and sent the first one again
    let copy = NewMessage { dedupe: vec!["archive:copy".into(), "origin:1".into()], ..one("1", Some(5)) };
    let step = ArchiveStep { from: place("3", None), to: place("copy", None) };
    let page = ArchivePage { messages: vec![one("4", Some(4)), copy], step, older: false };
    let (received, _) = f.store.receive_page(account(), page, vec![None, None], millis(6_000)).await.unwrap();
    assert_eq!(received.iter().map(|one| one.new).collect::<Vec<_>>(), [true, false]);
    assert_eq!(f.thread().await, ["1", "2", "3", "4"]);
}

/// What a session may do with the next texts of an archive.
#[derive(Debug, Clone)]
enum Does {
    /// They come one by one, this many milliseconds late.
    Live(usize, i64),
    /// They come by pages, some of them for the second time.
    Pages(usize, usize),
    /// The archive is asked from its end, and then backward.
    End(usize),
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        (1..9usize, 0..5_000i64).prop_map(|(count, late)| Does::Live(count, late)),
        (1..9usize, 0..5usize).prop_map(|(count, again)| Does::Pages(count, again)),
        (1..20usize).prop_map(Does::End),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]
    #[test]
    fn the_order_is_the_archives_however_it_comes(sessions in proptest::collection::vec(does(), 1..8), rate in 1..2_000i64) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let f = fixture();
            // text n is taken by the server at n * rate milliseconds
            let (mut next, mut newest) = (0usize, ArchivePlace::default());
            let entry = |n: usize| (n.to_string(), n as i64 * rate / 1000);
            for session in sessions {
                match session {
                    Does::Live(count, late) => {
                        for n in next..next + count {
                            f.live(&n.to_string(), None, n as i64 * rate + late).await;
                        }
                        next += count;
                    }
                    Does::Pages(count, again) => {
                        let texts: Vec<_> = (next.saturating_sub(again)..next + count).map(entry).collect();
                        let texts: Vec<_> = texts.iter().map(|(body, second)| (body.as_str(), *second)).collect();
                        next += count;
                        let to = place(&(next - 1).to_string(), None);
                        f.page(&texts, newest.clone(), to.clone(), false, next as i64 * rate).await;
                        newest = to;
                    }
                    Does::End(count) => {
                        // the newest three, and then back to the beginning
                        let all: Vec<_> = (0..next + count).map(entry).collect();
                        let all: Vec<_> = all.iter().map(|(body, second)| (body.as_str(), *second)).collect();
                        next += count;
                        let (rest, end) = all.split_at(next.saturating_sub(3));
                        let last = (next - 1).to_string();
                        let mut to = place(&last, rest.last().map(|_| end[0].0));
                        f.page(end, newest.clone(), to.clone(), false, next as i64 * rate).await;
                        for page in rest.rchunks(4) {
                            let from = std::mem::replace(&mut to, place(&last, Some(page[0].0).filter(|first| *first != "0")));
                            let backward: Vec<_> = page.iter().rev().copied().collect();
                            f.page(&backward, from, to.clone(), true, next as i64 * rate).await;
                        }
                        newest = to;
                    }
                }
                let expected: Vec<_> = (0..next).map(|n| n.to_string()).collect();
                prop_assert_eq!(f.thread().await, expected);
            }
            Ok(())
        })?;
    }
}
