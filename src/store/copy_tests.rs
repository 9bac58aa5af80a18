//! Backups, restoring, and what can be saved of a damaged file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    Beside, Progress, Store, StoreError, back_up,
    file::{beside, open_as_it_is},
    repair, restore,
    tests::{account, at, key, text},
};
use crate::domain::{key::StoreKey, private::Private};
use rusqlite::types::Value;
use std::path::{Path, PathBuf};

const PEERS: [&str; 3] = ["tel:+15550001", "xmpp:bob@x.test", "sip:ana@x.test"];

fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("landline.db");
    (dir, path)
}

async fn filled(path: &Path, texts: usize) -> Store {
    let store = Store::open(path, &key()).unwrap();
    for n in 0..texts {
        let body = format!("number {n} {}", "lorem ipsum ".repeat(20));
        store.receive(account(), text(PEERS[n % 3], &body, &[&format!("k{n}")]), None, at(n as i64)).await.unwrap();
    }
    store
}

/// Every row of every table but the one that is a database's own.
fn all(path: &Path, key: &StoreKey) -> Vec<(String, Vec<Vec<Value>>)> {
    let connection = open_as_it_is(path, Some(key)).unwrap();
    let mut names = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let own = |name: &String| name != "instance" && !name.starts_with("message_text") && !name.starts_with("sqlite");
    names
        .into_iter()
        .filter(own)
        .map(|name| {
            let mut query = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let width = query.column_count();
            let rows = query.query_map([], |row| (0..width).map(|at| row.get(at)).collect()).unwrap();
            (name, rows.map(Result::unwrap).collect())
        })
        .collect()
}

#[tokio::test]
async fn a_backup_restored_elsewhere_is_the_same_while_the_store_goes_on() {
    let (dir, path) = place();
    let store = filled(&path, 40).await;
    let backup = dir.path().join("backup.landline");
    let phrase = Private::from("river stone");
    let kept = Beside { config: "wired = true".into(), secrets: vec![("xmpp-alice".into(), "hunter2".into())] };
    let before = all(&path, &key());
    let mut progress = Vec::new();
    // the store is open, and its log is not merged
    back_up(&path, &key(), &backup, &phrase, &kept, |step| progress.push(step)).unwrap();
    let Progress { done, all: rows } = *progress.last().unwrap();
    assert!(done == rows && rows > 80, "{progress:?}");
    store.receive(account(), text(PEERS[0], "later", &["later"]), None, at(99)).await.unwrap();
    let bytes = std::fs::read(&backup).unwrap();
    assert!(!bytes.windows(5).any(|window| window == b"lorem" || window == b"hunte" || window == b"CREAT"));

    let (_other, there) = place();
    let other = StoreKey::new([9; 32]);
    let wrong = restore(&backup, &"another".into(), &there, &other, "x", |_| ());
    assert_eq!(wrong, Err(StoreError::Damaged));
    assert!(!there.exists());
    assert_eq!(restore(&backup, &phrase, &there, &other, "x", |_| ()), Ok(kept));
    assert_eq!(all(&there, &other), before);
    let restored = Store::open(&there, &other).unwrap();
    assert_eq!(restored.messages(None, Some("number 7".into()), 9).await.unwrap().len(), 1, "it can be searched");
    assert_ne!(
        restored.instance().await.unwrap(),
        store.instance().await.unwrap(),
        "ids of texts must not be given twice"
    );
    assert!(!restored.receive(account(), text(PEERS[0], "x", &["k0"]), None, at(1)).await.unwrap().new);
}

#[tokio::test]
async fn what_a_restored_backup_replaces_is_put_aside() {
    let (dir, path) = place();
    let backup = dir.path().join("backup.landline");
    filled(&path, 3).await.close().await.unwrap();
    back_up(&path, &key(), &backup, &"p".into(), &Beside::default(), |_| ()).unwrap();
    filled(&path, 9).await.close().await.unwrap();
    restore(&backup, &"p".into(), &path, &key(), "aside", |_| ()).unwrap();
    let texts = async |path: PathBuf| Store::open(&path, &key()).unwrap().messages(None, None, 99).await.unwrap().len();
    assert_eq!(texts(path.clone()).await, 3);
    assert_eq!(texts(beside(&path, ".aside")).await, 9);
}

#[tokio::test]
async fn of_a_store_with_bad_pages_everything_else_is_saved() {
    let (_dir, path) = place();
    filled(&path, 400).await.close().await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let pages = bytes.len() / 4096;
    assert!(pages > 60);
    // pages in turn, but for the first: without that there is no database
    let mut saved = Vec::new();
    for page in (1..pages).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[page * 4096 + 2000] ^= 1;
        std::fs::write(&path, &damaged).unwrap();
        let aside = format!("aside{page}");
        if repair(&path, &key(), &aside).is_err() {
            assert_eq!(std::fs::read(&path).unwrap(), damaged, "what cannot be repaired is left as it is");
            saved.push(0);
            continue;
        }
        assert_eq!(std::fs::read(beside(&path, &format!(".{aside}"))).unwrap(), damaged, "the damaged one is kept");
        let store = Store::open(&path, &key()).unwrap();
        saved.push(store.messages(None, None, 1000).await.unwrap().len());
        store.messages(None, Some("number".into()), 1000).await.unwrap();
        store.receive(account(), text(PEERS[0], "new", &["new"]), None, at(999)).await.unwrap();
        store.close().await.unwrap();
    }
    // one page of the schema, or one that leads to all the others, takes all with it
    let nearly_all = saved.iter().filter(|count| **count > 370).count();
    assert!(nearly_all * 10 >= saved.len() * 8, "{saved:?}");
}

#[test]
fn a_file_without_its_head_cannot_be_repaired_and_is_left_alone() {
    let (_dir, path) = place();
    let rubbish = vec![b'x'; 50_000];
    std::fs::write(&path, &rubbish).unwrap();
    assert_eq!(repair(&path, &key(), "aside"), Err(StoreError::Damaged));
    assert_eq!(std::fs::read(&path).unwrap(), rubbish);
}
