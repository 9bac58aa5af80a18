//! Many calls against sipp through Kamailio, one after the other and fifty at once: every one of them ends, and nothing of
//! them is left, neither descriptors nor memory. `LANDLINE_CALLS=1000` makes it the thousand of the full measurement.
use crate::support::{kamailio::Kamailio, landline::Landline, sipp::Sipp, wait_for};
use serde_json::Value;
use std::collections::BTreeSet;

/// Calls in a small run, and in how many of them the program has taken all the memory that it will keep.
const CALLS: u32 = 100;
const WARM: u32 = 5;
/// What a thousand calls may leave behind in KiB: their lines of the history, and what the allocator keeps.
const LEFT: u64 = 4096;

fn calls() -> u32 {
    std::env::var("LANDLINE_CALLS").ok().and_then(|calls| calls.parse().ok()).unwrap_or(CALLS)
}

fn alice(kamailio: &Kamailio) -> Landline {
    let mut alice = Landline::new();
    alice.add_sip_with("alice", "secret-alice", &kamailio.server(), "udp", None, &["--answer-at-once"]);
    alice.run();
    alice.wait_registered();
    alice
}

/// Open descriptors, and resident memory in KiB.
fn holds(alice: &Landline) -> (usize, u64) {
    let process = std::path::Path::new("/proc").join(alice.pid().to_string());
    let descriptors = std::fs::read_dir(process.join("fd")).expect("its descriptors").count();
    let status = std::fs::read_to_string(process.join("status")).expect("its status");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    (descriptors, line.trim().trim_end_matches(" kB").parse().expect("a number"))
}

/// Waits until no call is left.
fn idle(alice: &Landline) {
    wait_for("the end of all calls", || alice.json(&["calls"]).as_array().is_some_and(Vec::is_empty).then_some(()));
}

/// What is held after a fifth of the calls, and after all of them, is the same.
fn stays_flat(alice: &Landline, mut calls_of: impl FnMut(&Landline, u32)) {
    let all = calls();
    calls_of(alice, all / WARM);
    idle(alice);
    let early = holds(alice);
    calls_of(alice, all - all / WARM);
    idle(alice);
    let late = wait_for("the descriptors to be closed", || Some(holds(alice)).filter(|late| late.0 <= early.0));
    eprintln!("{all} calls: descriptors {} then {}, memory {} KiB then {} KiB", early.0, late.0, early.1, late.1);
    assert!(late.1 <= early.1 + LEFT, "memory grows: {early:?} {late:?}");
}

#[test]
fn taken_one_after_the_other_they_leave_nothing_behind() {
    let kamailio = Kamailio::start();
    let alice = alice(&kamailio);
    stays_flat(&alice, |_, times| {
        Sipp::in_turn(include_str!("../support/sipp/answered_at_once.xml"), "alice", kamailio.port, times).finish();
    });
}

#[test]
fn placed_one_after_the_other_they_leave_nothing_behind() {
    let kamailio = Kamailio::start();
    let alice = alice(&kamailio);
    let bob = Sipp::called_often(include_str!("../support/sipp/answers.xml"), calls());
    let address = bob.address();
    let mut made = 0;
    let mut place = |alice: &Landline, times: u32| {
        for _ in 0..times {
            let call = alice.json(&["call", &address])["id"].clone();
            let state = |wanted: &str| {
                wait_for("the call to be talked in", || {
                    let calls = alice.json(&["calls"]);
                    let call = calls.as_array()?.iter().find(|one| one["id"] == call)?.clone();
                    (call["state"] == wanted).then_some(())
                });
            };
            state("active");
            alice.json(&["hangup"]);
            made += 1;
        }
    };
    stays_flat(&alice, &mut place);
    assert_eq!(made, calls());
    bob.finish();
}

#[test]
fn fifty_at_once_stand_and_end() {
    let kamailio = Kamailio::start();
    let mut alice = alice(&kamailio);
    let scenario = include_str!("../support/sipp/stands.xml").replace("@STANDS@", "20000");
    let callers = Sipp::many(&scenario, "alice", kamailio.port, 50);
    let mut ringing = BTreeSet::new();
    while ringing.len() < 50 {
        let call = alice.wait_call("incoming")["call"]["id"].as_u64().expect("an id");
        ringing.insert(call);
    }
    for call in &ringing {
        alice.json(&["answer", "--call", &call.to_string()]);
    }
    let stand = |calls: &Value| {
        let calls = calls.as_array().expect("a list");
        calls.iter().filter(|call| call["state"] == "held" || call["state"] == "active").count()
    };
    wait_for("fifty calls that stand", || (stand(&alice.json(&["calls"])) == 50).then_some(()));
    callers.finish();
    idle(&alice);
    for _ in 0..50 {
        let ended = alice.wait_call("ended")["call"]["id"].as_u64().expect("an id");
        assert!(ringing.remove(&ended), "told once");
    }
}
