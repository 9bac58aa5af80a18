//! kill -9 while the store is brought from its oldest form to the newest, and while texts come, go and are read: after each, all
//! that was kept is there, once.
use super::xmpp_texts::login;
use crate::support::{landline::Landline, prosody::Prosody, wait_for};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{
    hash::{BuildHasher, Hasher, RandomState},
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

fn chance(below: u64) -> u64 {
    RandomState::new().build_hasher().finish() % below
}

/// Makes a store as the first version left it.
fn make_old(path: &Path, texts: usize) {
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let mut old = Connection::open(path).expect("a database");
    old.pragma_update(None, "journal_mode", "WAL").expect("a mode");
    old.execute_batch(include_str!("../support/first_store.sql")).expect("the first schema");
    let all = old.transaction().expect("a transaction");
    all.execute("INSERT INTO conversation(id, account, peer, unread) VALUES(1, 'xmpp-a', 'xmpp:bob@xmpp.test', 7)", [])
        .expect("a conversation");
    for n in 0..texts as i64 {
        all.execute(
            "INSERT INTO message(id, conversation, direction, body, state, sent_at, received_at) VALUES(?1, 1, 0, ?2, 4, ?3, ?3)",
            params![n + 1, format!("kept {n}"), 1_700_000_000_000 + n * 1000],
        )
        .expect("a text");
        all.execute("INSERT INTO message_key VALUES('xmpp-a', ?1, ?2)", params![format!("archive:{n}"), n + 1])
            .expect("a key");
    }
    all.execute("UPDATE conversation SET last_message = ?1, last_at = 1", [texts as i64]).expect("the last");
    all.pragma_update(None, "user_version", 1).expect("a version");
    all.commit().expect("a commit");
}

/// The newest form is encrypted.
fn is_plain(store: &Path) -> bool {
    std::fs::read(store).is_ok_and(|bytes| bytes.starts_with(b"SQLite format 3"))
}

/// Puts the old store in the place of what is there; the vault stays.
fn put_back(data: &Path, old: &Path) {
    for path in std::fs::read_dir(data).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_file() && path.file_name().is_some_and(|name| name != "vault") {
            std::fs::remove_file(path).expect("it is gone");
        }
    }
    std::fs::copy(old, data.join("landline.db")).expect("a copy");
}

/// All texts of the old store, once and in their order.
fn check_old(home: &Landline, texts: usize) {
    let all = wait_for("the store", || {
        let all = home.cli(&["messages", "bob@xmpp.test", "--limit", "1000000", "--json"]);
        let all = serde_json::from_slice::<Vec<Value>>(&all.stdout).ok()?;
        (!all.is_empty()).then_some(all)
    });
    let bodies: Vec<_> = all.iter().rev().map(|text| text["body"].as_str().expect("a body")).collect();
    let expected: Vec<_> = (0..texts).map(|n| format!("kept {n}")).collect();
    assert_eq!(bodies, expected);
    let found = home.json(&["messages", "--search", &format!("kept {}", texts - 1), "--limit", "10"]);
    assert_eq!(found.as_array().map(Vec::len), Some(1), "the search knows them");
}

#[test]
fn killed_while_an_old_store_is_made_new() {
    let (mut home, texts) = (Landline::new(), 20_000);
    let (data, old) = (home.home().join("data"), home.file("old.db"));
    make_old(&old, texts);
    std::fs::create_dir_all(&data).expect("a folder");
    put_back(&data, &old);
    // once without a kill: how long it takes
    let store = data.join("landline.db");
    let start = Instant::now();
    home.run();
    wait_for("the new store", || (!is_plain(&store)).then_some(()));
    let takes = u64::try_from(start.elapsed().as_millis()).expect("a time");
    check_old(&home, texts);
    assert!(home.stop());
    let (rounds, mut undone) = (5, 0);
    for _ in 0..rounds {
        put_back(&data, &old);
        for _ in 0..2 {
            home.run();
            std::thread::sleep(Duration::from_millis(chance(takes + takes / 4)));
            home.kill();
            undone += usize::from(is_plain(&store));
        }
        home.run();
        check_old(&home, texts);
        assert!(home.stop());
    }
    eprintln!("{} kills, {undone} of them before the new store was whole, which takes {takes} ms", 2 * rounds);
}

/// Asks as any program may; `None`: it was killed.
fn ask(home: &Path, request: &Value) -> Option<Value> {
    let mut stream = UnixStream::connect(home.join("state/landline.sock")).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    writeln!(stream, "{request}").ok()?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).ok()?;
    serde_json::from_str(&line).ok()
}

/// The conversation, once there is one.
fn conversation(home: &Path) -> Option<Value> {
    Some(ask(home, &json!({"command": "conversations"}))?.get("value")?.get(0)?.clone())
}

#[test]
fn killed_while_texts_are_read() {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    let (total, home, commands) = (80, alice.home(), bob.commands());
    std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            for n in 0..total {
                assert!(commands.run(&["text", "alice@xmpp.test", &format!("read {n}")]).status.success());
            }
        });
        let home = &home;
        let reader = scope.spawn(move || {
            while !sender.is_finished() {
                if let Some(one) = conversation(home) {
                    ask(home, &json!({"command": "mark_read", "conversation": one["id"]}));
                }
                std::thread::sleep(Duration::from_millis(chance(40)));
            }
        });
        while !reader.is_finished() {
            std::thread::sleep(Duration::from_millis(chance(300)));
            alice.kill();
            alice.run();
        }
    });
    let last = || conversation(&home);
    wait_for("all of them", || {
        let all = alice.cli(&["messages", "bob@xmpp.test", "--limit", "1000", "--json"]);
        let all = serde_json::from_slice::<Vec<Value>>(&all.stdout).ok()?;
        (all.len() == total).then_some(())
    });
    // what is read stays read, and what comes then is new
    let id = last().expect("a conversation")["id"].clone();
    ask(&home, &json!({"command": "mark_read", "conversation": id})).expect("an answer");
    alice.kill();
    alice.run();
    let now = wait_for("the instance", last);
    assert_eq!(now["unread"], 0, "{now}");
    // only what comes while she is there is told to be delivered
    alice.wait_registered();
    for n in 0..3 {
        bob.json(&["text", "alice@xmpp.test", &format!("new {n}"), "--wait", "delivered"]);
    }
    alice.kill();
    alice.run();
    let now = wait_for("the instance", last);
    assert_eq!(now["unread"], 3, "{now}");
}

/// So many backups are killed half-way: what there is afterwards under the name is whole, or nothing; and the store that was
/// copied goes on, with all that came meanwhile.
fn killed_while_backing_up(kills: usize) {
    let prosody = Prosody::start(&["alice", "bob"]);
    let (mut alice, mut bob) = (login(&prosody, "alice"), login(&prosody, "bob"));
    let phrase = "river stone lantern";
    let backup = |home: &Landline, path: &Path| {
        let mut made = home.spawn(&["backup", &path.to_string_lossy(), "--password-stdin"], &[]);
        made.give(|input| writeln!(input, "{phrase}").expect("its input"));
        made
    };
    let whole = alice.file("whole.landline");
    let start = Instant::now();
    let mut first = backup(&alice, &whole);
    wait_for("the first backup", || (!first.runs()).then_some(()));
    assert!(whole.exists());
    let takes = u64::try_from(start.elapsed().as_millis()).expect("a time");
    let (mut finished, mut texts) = (0, 0);
    for kill in 0..kills {
        let path = alice.file(&format!("{kill}.landline"));
        let mut made = backup(&alice, &path);
        bob.json(&["text", "alice@xmpp.test", &format!("meanwhile {kill}"), "--wait", "sent"]);
        std::thread::sleep(Duration::from_millis(chance(takes + takes / 4)));
        made.kill();
        // now and then the program itself as well
        if kill % 3 == 2 {
            alice.kill();
            alice.run();
        }
        texts += 1;
        if path.exists() {
            finished += 1;
            let other = Landline::new();
            let restored =
                other.cli_with_input(&["restore", &path.to_string_lossy(), "--password-stdin"], &format!("{phrase}\n"));
            assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
            let kept = other.json(&["messages", "--limit", "1000"]).as_array().map_or(0, Vec::len);
            assert!(kept <= texts, "{kept} of {texts}");
        }
    }
    let expected: Vec<_> = (0..kills).map(|kill| format!("meanwhile {kill}")).collect();
    wait_for("all that came meanwhile", || {
        let all = alice.cli(&["messages", "bob@xmpp.test", "--limit", "1000", "--json"]);
        let all = serde_json::from_slice::<Vec<Value>>(&all.stdout).ok()?;
        let bodies: Vec<_> =
            all.iter().rev().map(|text| text["body"].as_str().unwrap_or_default().to_owned()).collect();
        (bodies == expected).then_some(())
    });
    eprintln!(
        "{kills} kills of backups, {finished} of them after the file was whole; a backup takes {takes} ms; 0 lost, 0 twice"
    );
    assert!(alice.stop() && bob.stop());
}

#[test]
fn backups_that_are_killed_leave_all_or_nothing() {
    killed_while_backing_up(6);
}

#[test]
#[ignore = "takes some minutes"]
fn a_hundred_backups_that_are_killed() {
    killed_while_backing_up(100);
}
