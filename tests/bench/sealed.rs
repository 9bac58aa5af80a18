//! What encryption at rest costs: a store of 1,000,000 texts, encrypted and as a plain copy of it, opened and asked what the
//! window asks at its start, and a search. Then the whole program with it, from its start to its first answer.
//! `cargo bench --bench sealed`; TEXTS=N for another size. The bound: opening costs 10 % more at the most.
#![allow(clippy::expect_used, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout)]
use jiff::Timestamp;
use landline::{
    config::Home,
    domain::{
        account::AccountId,
        archive::{ArchivePage, ArchivePlace, ArchiveStep},
        key::StoreKey,
        message::{Direction, NewMessage},
    },
    secrets::Secrets,
    store::Store,
};
use rusqlite::Connection;
use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const PAGE: usize = 10_000;
const PEERS: usize = 500;
const ROUNDS: usize = 21;
const PASSPHRASE: &str = "a bench";

fn text(n: usize) -> NewMessage {
    let body =
        format!("parcel {n} of order {} waits for you at the counter until Friday, thank you", n * 7919 % 99_991);
    NewMessage {
        peer: format!("xmpp:+1555{:07}@sms.example", n % PEERS).parse().unwrap(),
        sender: None,
        sender_name: None,
        direction: Direction::Incoming,
        body: body.into(),
        sent_at: Timestamp::from_second(1_600_000_000 + n as i64).ok(),
        dedupe: vec![format!("key-{n}")],
        wire_id: None,
        extras: Default::default(),
        change: None,
        archive: None,
        in_order: true,
    }
}

async fn fill(store: &Store, texts: usize) {
    let step = || ArchiveStep { from: ArchivePlace::default(), to: ArchivePlace::default() };
    for first in (0..texts).step_by(PAGE) {
        let messages: Vec<_> = (first..texts.min(first + PAGE)).map(text).collect();
        let codes = vec![None; messages.len()];
        let page = ArchivePage { messages, step: step(), older: false };
        store.receive_page(AccountId("xmpp-bench".into()), page, codes, Timestamp::now()).await.unwrap();
    }
}

fn copy_plain(sealed: &Path, key: &StoreKey, plain: &Path) {
    let connection = open(sealed, Some(key));
    connection.execute("ATTACH DATABASE ?1 AS plain KEY ''", [plain.to_string_lossy()]).unwrap();
    connection.query_row("SELECT sqlcipher_export('plain')", [], |_| Ok(())).unwrap();
}

fn open(path: &Path, key: Option<&StoreKey>) -> Connection {
    let connection = Connection::open(path).unwrap();
    if let Some(key) = key {
        connection.pragma_update(None, "key", format!("x'{}'", key.hex().expose())).unwrap();
    }
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection
}

fn rows(connection: &Connection, sql: &str) -> usize {
    let mut query = connection.prepare(sql).unwrap();
    let mut rows = query.query([]).unwrap();
    let mut count = 0;
    while rows.next().unwrap().is_some() {
        count += 1;
    }
    count
}

/// What the window asks for at its start, in the store's own words.
const START: &[&str] = &[
    "SELECT c.id, c.peer, c.unread, m.body FROM conversation c LEFT JOIN message m ON m.id = c.last_message \
     ORDER BY c.last_at DESC LIMIT 200",
    "SELECT m.body, m.code FROM message m WHERE m.code IS NOT NULL ORDER BY m.received_at DESC LIMIT 20",
    "SELECT * FROM call ORDER BY started_at DESC LIMIT 100",
    "SELECT * FROM contact",
    "SELECT m.id, m.body FROM message m WHERE m.conversation = 1 ORDER BY m.place DESC, m.id DESC LIMIT 100",
];
const SEARCH: &str = "SELECT m.id, m.body FROM message m WHERE m.id IN \
                      (SELECT rowid FROM message_text WHERE message_text MATCH '\"order\"* \"7919\"*') LIMIT 50";

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The median of opening, of the first questions, and of a search, taken by turns so that a busy machine hits both.
fn ask(path: &Path, key: Option<&StoreKey>) -> [Duration; 3] {
    let begin = Instant::now();
    let connection = open(path, key);
    rows(&connection, "SELECT name FROM sqlite_schema");
    let opened = begin.elapsed();
    START.iter().for_each(|sql| assert!(rows(&connection, sql) < 1000));
    let started = begin.elapsed();
    rows(&connection, SEARCH);
    [opened, started, begin.elapsed() - started]
}

/// From the start of the program to its first answer about messages.
fn program(dir: &Path) -> Duration {
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_landline"))
        .arg("--home")
        .arg(dir)
        .args(["messages", "--limit", "50", "--json"])
        .env("LANDLINE_PASSPHRASE", PASSPHRASE)
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .stderr(Stdio::inherit())
        .output()
        .expect("landline");
    assert!(output.status.success() && output.stdout.len() > 1000);
    begin.elapsed()
}

fn main() {
    // `cargo test --benches` and the like only ask whether it can be built
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let texts: usize = std::env::var("TEXTS").ok().and_then(|texts| texts.parse().ok()).unwrap_or(1_000_000);
    let dir = tempfile::tempdir().expect("a folder");
    let home = Home::in_dir(dir.path());
    home.create().expect("folders");
    let (sealed, plain) = (home.database(), dir.path().join("plain.db"));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let begin = Instant::now();
    let key = runtime.block_on(async {
        let key = Secrets::open(&home, Some(PASSPHRASE.into())).await.store_key(false).await.expect("a key");
        let store = Store::open(&sealed, &key).expect("a store");
        fill(&store, texts).await;
        store.close().await.expect("closed");
        key
    });
    println!("{texts} texts written in {:.0} s", begin.elapsed().as_secs_f64());
    copy_plain(&sealed, &key, &plain);
    let (mut of_sealed, mut of_plain) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        of_plain.push(ask(&plain, None));
        of_sealed.push(ask(&sealed, Some(&key)));
    }
    println!("medians of {ROUNDS}, files in the page cache:        plain     encrypted");
    for (at, name) in ["opened", "and the window's first questions", "a search"].into_iter().enumerate() {
        let [plain, sealed] =
            [&of_plain, &of_sealed].map(|all| millis(median(all.iter().map(|one| one[at]).collect())));
        println!("  {name:<36} {plain:>9.2} ms {sealed:>9.2} ms   {:.2}", sealed / plain);
    }
    let whole = median((0..ROUNDS).map(|_| program(dir.path())).collect());
    let [plain, sealed] = [&of_plain, &of_sealed].map(|all| median(all.iter().map(|one| one[1]).collect()));
    let more = sealed.saturating_sub(plain);
    let ratio = whole.as_secs_f64() / (whole.saturating_sub(more)).as_secs_f64();
    println!(
        "the program from its start to its first answer: {:.0} ms, of which encryption {:.2} ms",
        millis(whole),
        millis(more)
    );
    println!("ratio to a plain store: {ratio:.3}, at the most 1.10");
    assert!(ratio <= 1.10);
}
