//! kill -9 of Landline and of its server at random moments: every text is there in the end, exactly once, in order.
use super::xmpp_texts::login;
use crate::support::{landline::Landline, prosody::Prosody};
use std::{
    collections::BTreeMap,
    sync::Mutex,
    time::{Duration, Instant},
};

#[test]
fn kill_9_between_receipt_and_display() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    let total = 60;
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            for n in 0..total {
                bob.json(&["text", "alice@xmpp.test", &format!("number {n}"), "--wait", "sent"]);
            }
        });
        // The moments differ from run to run: whatever they are, nothing may be lost.
        let mut pause = 150;
        while !sender.is_finished() {
            std::thread::sleep(Duration::from_millis(pause));
            pause = (pause * 7 + 13) % 400;
            alice.kill();
            alice.run();
        }
    });
    let last = format!("number {}", total - 1);
    crate::support::wait_for("the last text", || {
        let found = alice.cli(&["messages", "--search", "number", "--limit", "1000", "--json"]);
        String::from_utf8_lossy(&found.stdout).contains(&last).then_some(())
    });
    let all = alice.json(&["messages", "bob@xmpp.test", "--limit", "1000"]);
    let mut seen = BTreeMap::<String, usize>::new();
    for message in all.as_array().expect("a list") {
        *seen.entry(message["body"].as_str().expect("a body").to_owned()).or_default() += 1;
    }
    let wrong: Vec<_> = (0..total).map(|n| format!("number {n}")).filter(|body| seen.get(body) != Some(&1)).collect();
    assert!(wrong.is_empty(), "lost or doubled: {wrong:?}");
}

/// How many texts go each way, and how many kills there are.
fn size() -> (usize, usize) {
    let of = |name: &str, usual| std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(usual);
    (of("LANDLINE_TEXTS", 300) / 2, of("LANDLINE_KILLS", 6))
}

/// The numbers of a conversation's texts in one direction, as they stand in the thread.
fn numbers(landline: &Landline, with: &str, direction: &str, total: usize) -> Vec<usize> {
    let all = landline.json(&["messages", with, "--limit", &(4 * total).to_string()]);
    let of = all.as_array().expect("a list").iter().rev().filter(|message| message["direction"] == direction);
    of.map(|message| message["body"].as_str().and_then(|body| body.rsplit(' ').next()?.parse().ok()).expect("a number"))
        .collect()
}

/// What the store says of the texts around these numbers.
fn rows(landline: &Landline, with: &str, around: &[usize]) -> String {
    let all = landline.json(&["messages", with, "--limit", "100000"]);
    let of = all.as_array().expect("a list").iter().rev().filter(|message| {
        let number = message["body"].as_str().and_then(|body| body.rsplit(' ').next()?.parse::<usize>().ok());
        message["direction"] == "incoming" && around.iter().any(|n| number.is_some_and(|m| m.abs_diff(*n) < 4))
    });
    of.map(|m| format!("\n{} row {} sent {} received {}", m["body"], m["id"], m["sent_at"], m["received_at"])).collect()
}

/// `LANDLINE_TEXTS=10000 LANDLINE_KILLS=100` makes it the large one.
#[test]
fn kill_9_of_client_and_server_both_ways() {
    let (total, kills) = size();
    let mut prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    // numbers that alice kept for certain: a kill may come between the keeping and the answer
    let certain = Mutex::new(Vec::new());
    let commands = alice.commands();
    std::thread::scope(|scope| {
        let from_bob = scope.spawn(|| {
            for n in 0..total {
                bob.json(&["text", "alice@xmpp.test", &format!("from bob {n}")]);
            }
        });
        let from_alice = scope.spawn(|| {
            for n in 0..total {
                if commands.run(&["text", "bob@xmpp.test", &format!("from alice {n}")]).status.success() {
                    certain.lock().expect("a lock").push(n);
                }
            }
        });
        let (mut pause, mut done) = (300, 0);
        while done < kills || !(from_bob.is_finished() && from_alice.is_finished()) {
            std::thread::sleep(Duration::from_millis(pause));
            pause = (pause * 7 + 131) % 1700;
            if done < kills && done % 3 == 2 {
                prosody.kill();
                prosody.run();
            } else if done < kills {
                alice.kill();
                alice.run();
            }
            done += 1;
        }
    });
    let certain = certain.into_inner().expect("a lock");
    assert!(certain.len() > total / 2, "too little was sent: {}", certain.len());
    let all: Vec<_> = (0..total).collect();
    crate::support::wait_for("all texts of bob", || {
        (numbers(&alice, "bob@xmpp.test", "incoming", total).len() >= total).then_some(())
    });
    let end = Instant::now() + crate::support::PATIENCE;
    loop {
        let there = numbers(&bob, "alice@xmpp.test", "incoming", total);
        // killed between the two writes, the server has told alice's archive that it took the text, and nobody else
        let by_server = |n: &usize| {
            let body = format!("from alice {n}");
            prosody.archived("alice", &body) && !prosody.archived("bob", &body)
        };
        let (gone, missing): (Vec<_>, Vec<_>) =
            certain.iter().copied().filter(|n| !there.contains(n)).partition(by_server);
        assert!(gone.len() <= kills / 3, "more than one text of each kill of the server: {gone:?}");
        if missing.is_empty() {
            break;
        }
        let states = alice.json(&["messages", "bob@xmpp.test", "--limit", &(4 * total).to_string()]);
        let states: Vec<_> = states.as_array().expect("a list").iter().filter(|m| m["state"] == "queued").collect();
        let late = Instant::now() > end;
        assert!(!late, "{missing:?} are missing; queued: {states:?}\nalice: {}\nbob: {}", alice.log(), bob.log());
        std::thread::sleep(Duration::from_millis(200));
    }
    let here = numbers(&alice, "bob@xmpp.test", "incoming", total);
    let wrong: Vec<_> = here.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]).collect();
    assert!(wrong.is_empty(), "out of order: {}", rows(&alice, "bob@xmpp.test", &wrong));
    assert_eq!(here, all, "lost or doubled");
    let there = numbers(&bob, "alice@xmpp.test", "incoming", total);
    let wrong: Vec<_> = there.windows(2).filter(|pair| pair[0] >= pair[1]).map(|pair| pair[1]).collect();
    assert!(wrong.is_empty(), "out of order: {}", rows(&bob, "alice@xmpp.test", &wrong));
    let kept = numbers(&alice, "bob@xmpp.test", "outgoing", total);
    assert!(there.iter().all(|n| kept.contains(n)), "alice's side has them as bob has");
}
