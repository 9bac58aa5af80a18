//! Disks that are full, read-only or damaged: a plain sentence and a way on; what could not be kept was not acknowledged and comes
//! again; nothing is thrown away.
use super::xmpp_texts::login;
use crate::support::{landline::Landline, prosody::Prosody, wait_for};
use std::{io::Write, path::PathBuf, process::Command};

/// `run` gets a small disk of its own, in a mount namespace, with what the folder of data held; other commands are as ever.
fn on_a_small_disk(program: &str) -> Command {
    in_a_namespace(
        program,
        "cp -a \"$D\" \"$2/before\" && mount -t tmpfs -o size=1500k,mode=700 none \"$D\" && cp -a \"$2/before/.\" \"$D/\"",
    )
}

fn on_a_read_only_disk(program: &str) -> Command {
    in_a_namespace(program, "mount --bind \"$D\" \"$D\" && mount -o remount,bind,ro \"$D\"")
}

fn in_a_namespace(program: &str, prepare: &str) -> Command {
    let script = format!("[ \"$3\" = run ] || exec \"$0\" \"$@\"; D=\"$2/data\"; {prepare} && exec \"$0\" \"$@\"");
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &script, program]);
    command
}

fn namespaces() -> bool {
    let there = Command::new("unshare").args(["-rm", "true"]).status().is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: no namespaces here");
    }
    there
}

fn alice(prosody: &Prosody) -> Landline {
    let alice = Landline::new();
    alice.add_xmpp("alice@xmpp.test", "secret-alice", &prosody.server(), "starttls", Some(&prosody.ca));
    alice
}

#[test]
fn on_a_full_disk_a_text_waits_at_its_server_until_there_is_room() {
    if !namespaces() {
        return;
    }
    let prosody = Prosody::start(&["alice", "bob"]);
    let mut bob = login(&prosody, "bob");
    let mut alice = alice(&prosody);
    alice.live_by(on_a_small_disk);
    alice.run();
    alice.wait_registered();
    bob.json(&["text", "alice@xmpp.test", "before", "--wait", "delivered"]);
    alice.wait_text("before");
    let data = alice.home().join("data");
    let data = PathBuf::from(format!("/proc/{}/root{}", alice.pid(), data.display()));
    let filler = data.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[7; 4096]).is_ok() {}
    drop(file);
    // larger than what is left over in the log of the database
    let large = format!("nightingale {}", "sings ".repeat(4000));
    bob.json(&["text", "alice@xmpp.test", &large, "--wait", "sent"]);
    let event = alice.wait_event("the trouble", |e| e["event"] == "kept");
    assert_eq!(event["trouble"], "full", "{event}");
    let status = String::from_utf8(alice.cli(&["status"]).stdout).unwrap();
    assert!(status.contains("The disk is full"), "{status}");
    let refused = alice.cli(&["text", "bob@xmpp.test", &large]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("The disk is full"), "{said}");
    assert!(!alice.json(&["messages"]).to_string().contains("nightingale"), "what was not kept is not shown");
    std::fs::remove_file(&filler).unwrap();
    let text = alice.wait_text(&large);
    assert_eq!(text["message"]["direction"], "incoming", "{text}");
    alice.wait_event("the end of the trouble", |e| e["event"] == "kept" && e["trouble"].is_null());
    let kept = alice.json(&["messages", "--search", "nightingale"]);
    assert_eq!(kept.as_array().map(Vec::len), Some(1), "once, and only once");
    assert!(alice.json(&["messages"]).to_string().contains("before"));
    assert!(alice.stop() && bob.stop());
}

#[test]
fn a_read_only_disk_is_named_and_nothing_is_changed() {
    if !namespaces() {
        return;
    }
    let prosody = Prosody::start(&["alice"]);
    let mut alice = alice(&prosody);
    alice.run();
    alice.wait_registered();
    assert!(alice.stop());
    let file = alice.home().join("data/landline.db");
    let before = std::fs::read(&file).unwrap();
    alice.live_by(on_a_read_only_disk);
    let refused = alice.cli(&["run", "--headless"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("may not be written"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[test]
fn a_damaged_file_is_named_left_alone_and_what_can_be_read_is_saved() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let mut bob = login(&prosody, "bob");
    let mut alice = alice(&prosody);
    alice.run();
    alice.wait_registered();
    for n in 0..60 {
        let body = format!("{n} {}", "lorem ipsum ".repeat(30));
        bob.json(&["text", "alice@xmpp.test", &body, "--wait", "delivered"]);
    }
    assert!(alice.stop());
    let file = alice.home().join("data/landline.db");
    let whole = std::fs::read(&file).unwrap();

    // its head is rubbish: it does not start, says so, and touches nothing
    let mut headless = whole.clone();
    headless[..4096].fill(b'x');
    std::fs::write(&file, &headless).unwrap();
    let refused = alice.cli(&["run", "--headless"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("damaged") && said.contains("landline.db"), "{said}");
    assert_eq!(std::fs::read(&file).unwrap(), headless);
    assert!(!alice.cli(&["repair"]).status.success(), "nothing can be saved of it");
    assert_eq!(std::fs::read(&file).unwrap(), headless);

    // a page of texts is bad
    let hurt = (1..whole.len() / 4096).rev().find(|page| {
        let mut damaged = whole.clone();
        damaged[page * 4096 + 100] ^= 1;
        std::fs::write(&file, &damaged).unwrap();
        !alice.cli(&["messages", "--limit", "100"]).status.success()
    });
    let damaged = std::fs::read(&file).unwrap();
    assert!(hurt.is_some(), "a page of texts was expected");
    let repaired = alice.cli(&["repair"]);
    assert!(repaired.status.success(), "{}", String::from_utf8_lossy(&repaired.stderr));
    let kept = alice.json(&["messages", "--limit", "100"]);
    assert!(kept.as_array().map_or(0, Vec::len) >= 40, "{}", kept.as_array().map_or(0, Vec::len));
    let aside = wait_for("the damaged file", || {
        let files = std::fs::read_dir(alice.home().join("data")).unwrap().flatten();
        files.map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("landline.db.2"))
    });
    assert_eq!(std::fs::read(aside).unwrap(), damaged);
    alice.run();
    alice.wait_registered();
    bob.json(&["text", "alice@xmpp.test", "and on it goes", "--wait", "delivered"]);
    alice.wait_text("and on it goes");
    assert!(alice.stop() && bob.stop());
}
