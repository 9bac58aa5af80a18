//! kill -9 of both clients and of their server at random moments, and cables pulled, while texts go both ways: what the server
//! has is shown in the end, exactly once, in its order. Small in every run;
//! `cargo nextest run --run-ignored only ten_thousand_texts --no-capture` is the large one, and takes half an hour.
use super::xmpp_texts::login_at;
use crate::support::{
    PATIENCE,
    cable::Cable,
    landline::{Commands, Landline},
    prosody::Prosody,
};
use std::{
    collections::BTreeSet,
    hash::{BuildHasher, Hasher, RandomState},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Any number below this.
fn chance(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

/// One side.
struct Side {
    name: &'static str,
    landline: Landline,
    cable: Cable,
    /// Numbers that it kept for certain: a kill may come between the keeping and the answer.
    certain: Mutex<Vec<usize>>,
}

impl Side {
    fn new(prosody: &Prosody, name: &'static str) -> Self {
        let cable = Cable::to(&prosody.server());
        let landline = login_at(prosody, name, &cable.server);
        Self { name, landline, cable, certain: Mutex::default() }
    }
    fn address(&self) -> String {
        format!("{}@xmpp.test", self.name)
    }
    /// The numbers in its thread with the other one.
    fn shown(&self, with: &Self, direction: &str) -> Vec<usize> {
        let all = self.landline.json(&["messages", &with.address(), "--limit", "1000000"]);
        let of = all.as_array().expect("a list").iter().rev().filter(|message| message["direction"] == direction);
        of.map(|message| {
            message["body"].as_str().and_then(|body| body.rsplit(' ').next()?.parse().ok()).expect("a number")
        })
        .collect()
    }
    /// What the store says of the texts around these numbers.
    fn rows(&self, with: &Self, around: &[usize]) -> String {
        let all = self.landline.json(&["messages", &with.address(), "--limit", "1000000"]);
        let of = all.as_array().expect("a list").iter().rev().filter(|message| {
            let number = message["body"].as_str().and_then(|body| body.rsplit(' ').next()?.parse::<usize>().ok());
            message["direction"] == "incoming" && around.iter().any(|n| number.is_some_and(|m| m.abs_diff(*n) < 4))
        });
        let row = |m: &serde_json::Value| {
            format!(
                "\n{} row {} place {} sent {} received {}",
                m["body"], m["id"], m["place"], m["sent_at"], m["received_at"]
            )
        };
        of.map(row).collect()
    }
}

/// Writes texts until so many are kept for certain.
fn write(commands: &Commands, from: &str, to: &str, certain: &Mutex<Vec<usize>>, total: usize, sent: &AtomicUsize) {
    let address = format!("{to}@xmpp.test");
    let mut number = 0;
    while certain.lock().expect("a lock").len() < total {
        if commands.run(&["text", &address, &format!("from {from} {number}")]).status.success() {
            certain.lock().expect("a lock").push(number);
            sent.fetch_add(1, Ordering::Relaxed);
        }
        number += 1;
    }
}

/// What the server itself lost, killed between its two writes: the writer's archive has it, so that the writer was told that it was
/// taken, and the reader's has not.
fn lost_by_server(prosody: &Prosody, writer: &Side, reader: &Side) -> BTreeSet<usize> {
    let beginning = format!("from {} ", writer.name);
    let there: BTreeSet<_> = prosody.archived(reader.name, &beginning).into_iter().collect();
    prosody.archived(writer.name, &beginning).into_iter().filter(|number| !there.contains(number)).collect()
}

/// All that one side wrote is with the other, once, in the order in which it was written, which is the server's.
fn check(prosody: &Prosody, writer: &Side, reader: &Side, kills: usize) {
    let written = writer.shown(reader, "outgoing");
    let certain = writer.certain.lock().expect("a lock").clone();
    assert!(certain.iter().all(|number| written.contains(number)), "{}: a text that was kept is gone", writer.name);
    assert!(written.is_sorted_by(|one, next| one < next), "{}'s own are out of order", writer.name);
    let end = Instant::now() + PATIENCE * u32::try_from(1 + written.len() / 500).expect("a factor");
    let (expected, lost) = loop {
        let lost = lost_by_server(prosody, writer, reader);
        let expected: Vec<_> = written.iter().copied().filter(|number| !lost.contains(number)).collect();
        let here: BTreeSet<_> = reader.shown(writer, "incoming").into_iter().collect();
        let missing: Vec<_> = expected.iter().filter(|number| !here.contains(number)).collect();
        if missing.is_empty() {
            break (expected, lost);
        }
        let logs = || format!("{}\n{}", writer.landline.log(), reader.landline.log());
        assert!(Instant::now() < end, "{} lacks {missing:?}\n{}", reader.name, logs());
        std::thread::sleep(Duration::from_millis(300));
    };
    let shown = reader.shown(writer, "incoming");
    let wrong: Vec<_> = shown.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]).collect();
    assert!(wrong.is_empty(), "{}: out of order: {}", reader.name, reader.rows(writer, &wrong));
    assert_eq!(shown, expected, "{}: lost or doubled", reader.name);
    let mut archive = prosody.archived(reader.name, &format!("from {} ", writer.name));
    let mut seen = BTreeSet::new();
    archive.retain(|number| seen.insert(*number));
    assert_eq!(shown, archive, "{}: not as the server has it", reader.name);
    assert!(lost.len() <= kills, "more than one text of each kill of the server: {lost:?}");
    eprintln!(
        "{} -> {}: {} written, {} shown, 0 lost, 0 twice, in order; {} lost by the server itself",
        writer.name,
        reader.name,
        written.len(),
        shown.len(),
        lost.len()
    );
}

/// So many texts, half of them each way, while so many kills come, and half as many cables are pulled.
fn storm(texts: usize, kills: usize) {
    let mut prosody = Prosody::start(&["alice", "bob"]);
    let mut sides = [Side::new(&prosody, "alice"), Side::new(&prosody, "bob")];
    let (sent, start) = (AtomicUsize::new(0), Instant::now());
    let (mut of_clients, mut of_server, mut pulled) = (0, 0, 0);
    let commands = [sides[0].landline.commands(), sides[1].landline.commands()];
    let certain = [Mutex::default(), Mutex::default()];
    std::thread::scope(|scope| {
        let writers = [("alice", "bob"), ("bob", "alice")].into_iter().zip(commands.iter().zip(&certain));
        let writers: Vec<_> = writers
            .map(|((from, to), (commands, certain))| {
                let sent = &sent;
                scope.spawn(move || write(commands, from, to, certain, texts / 2, sent))
            })
            .collect();
        for kill in 0..kills {
            // spread over all of it
            while sent.load(Ordering::Relaxed) < texts * kill / kills
                && !writers.iter().all(|writer| writer.is_finished())
            {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(chance(700)));
            if kill % 3 == 2 {
                prosody.kill();
                prosody.run();
                of_server += 1;
            } else {
                let side = &mut sides[chance(2) as usize];
                side.landline.kill();
                side.landline.run();
                of_clients += 1;
            }
            if kill % 2 == 1 {
                let cable = &sides[chance(2) as usize].cable;
                cable.pull();
                std::thread::sleep(Duration::from_millis(chance(1500)));
                if chance(2) == 0 {
                    cable.put_back()
                } else {
                    cable.put_back_elsewhere()
                }
                pulled += 1;
            }
        }
    });
    for (side, certain) in sides.iter_mut().zip(certain) {
        side.certain = certain;
    }
    eprintln!(
        "{} texts kept for certain, {of_clients} kills -9 of clients, {of_server} of the server, {pulled} cables pulled, {:.0} s",
        sent.into_inner(),
        start.elapsed().as_secs_f64()
    );
    let [alice, bob] = &sides;
    check(&prosody, alice, bob, of_server);
    check(&prosody, bob, alice, of_server);
}

/// Texts one by one to somebody who is killed all the time: between receipt and display, in the log-in, in the catch-up.
#[test]
fn killed_all_the_time() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let [mut alice, bob] = ["alice", "bob"].map(|name| Side::new(&prosody, name));
    let (commands, total) = (bob.landline.commands(), 60);
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| write(&commands, "bob", "alice", &bob.certain, total, &AtomicUsize::new(0)));
        while !sender.is_finished() {
            std::thread::sleep(Duration::from_millis(chance(400)));
            alice.landline.kill();
            alice.landline.run();
        }
    });
    check(&prosody, &bob, &alice, 0);
}

#[test]
fn kills_and_pulled_cables_lose_nothing() {
    storm(300, 9);
}

#[test]
#[ignore = "takes half an hour"]
fn ten_thousand_texts_and_a_hundred_kills() {
    storm(10_000, 100);
}
