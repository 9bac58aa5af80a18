//! kill -9 of Landline at random moments of receiving: every text is there in the end, exactly once.
use super::xmpp_texts::login;
use crate::support::prosody::Prosody;
use std::{collections::BTreeMap, time::Duration};

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
