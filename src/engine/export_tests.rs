//! Exports: everything is in them, nothing of a text is taken for markup or a formula, and codes only when asked for.
use super::*;
use crate::domain::{account::AccountId, code::Code, message::NewMessage};

fn text(peer: &str, body: &str) -> NewMessage {
    NewMessage {
        peer: peer.parse().unwrap(),
        sender: None,
        sender_name: None,
        direction: Direction::Incoming,
        body: body.into(),
        sent_at: None,
        dedupe: vec![body.into()],
        archive: None,
        in_order: true,
        wire_id: None,
        extras: Default::default(),
        change: None,
    }
}

async fn filled() -> Store {
    let store = Store::in_memory().unwrap();
    let at = |n: i64| Timestamp::from_second(1_700_000_000 + n).unwrap();
    let account = AccountId("xmpp-alice".into());
    for n in 0..1203 {
        let peer = if n % 2 == 0 { "tel:+15550001" } else { "xmpp:bob@x.test" };
        store.receive(account.clone(), text(peer, &format!("text {n}")), None, at(n as i64)).await.unwrap();
    }
    let code = Code { value: "482913".into(), site: None, valid_for: None, warnings: Vec::new() };
    store.receive(account.clone(), text("tel:+15550001", "your code is 482913"), Some(code), at(2000)).await.unwrap();
    let hostile = "=HYPERLINK(\"http://x\")\n<script>alert(1)</script>, \"quoted\"";
    store.receive(account, text("tel:+15550002", hostile), None, at(2001)).await.unwrap();
    let contact = Contact {
        account: None,
        address: "tel:+15550001".parse().unwrap(),
        name: format!("Ana; {}", "ñ".repeat(60)).into(),
    };
    store.set_contacts(vec![contact]).await.unwrap();
    store
}

/// The fields of a CSV file, read as RFC 4180 says.
fn parsed(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut field)),
            '\n' if !quoted => {
                row.push(std::mem::take(&mut field));
                rows.push(std::mem::take(&mut row));
            }
            '\r' if !quoted => {}
            c => field.push(c),
        }
    }
    rows
}

#[tokio::test]
async fn csv_holds_every_text_in_order_and_no_code_unless_asked() {
    let (store, dir) = (filled().await, tempfile::tempdir().unwrap());
    let mut heard = 0;
    assert_eq!(export(&store, Format::Csv, dir.path(), false, |count| heard = count).await, Ok(1205));
    assert_eq!(heard, 1205);
    let read = || parsed(&std::fs::read_to_string(dir.path().join("messages.csv")).unwrap());
    let rows = read();
    assert_eq!(rows.len(), 1206, "and a head");
    let bob: Vec<_> = rows.iter().filter(|row| row.get(1).is_some_and(|with| with == "xmpp:bob@x.test")).collect();
    assert_eq!(bob.first().and_then(|row| row.last()).map(String::as_str), Some("text 1"));
    assert_eq!(bob.last().and_then(|row| row.last()).map(String::as_str), Some("text 1201"));
    let bodies = |rows: &[Vec<String>]| rows.iter().filter_map(|row| row.last().cloned()).collect::<Vec<_>>();
    assert!(bodies(&rows).contains(&"your code is ••••••".to_owned()));
    assert!(bodies(&rows).iter().any(|body| body.starts_with("'=HYPERLINK(\"http://x\")\n<script>")));
    export(&store, Format::Csv, dir.path(), true, |_| ()).await.unwrap();
    assert!(bodies(&read()).contains(&"your code is 482913".to_owned()));
    let contacts = parsed(&std::fs::read_to_string(dir.path().join("contacts.csv")).unwrap());
    assert_eq!(contacts.len(), 2);
}

#[tokio::test]
async fn html_takes_no_text_for_markup_and_files_are_private() {
    use std::os::unix::fs::PermissionsExt;
    let (store, dir) = (filled().await, tempfile::tempdir().unwrap());
    let folder = dir.path().join("new");
    export(&store, Format::Html, &folder, false, |_| ()).await.unwrap();
    let mut all = String::new();
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        all.push_str(&std::fs::read_to_string(&path).unwrap());
    }
    assert_eq!(all.matches("<p>text ").count(), 1203);
    assert!(all.contains("&lt;script&gt;") && !all.contains("<script>") && !all.contains("482913"));
    assert!(all.contains("conversation-1.html") && all.contains("Ana; ñ"));
}

#[tokio::test]
async fn a_card_is_folded_and_escaped() {
    let (store, dir) = (filled().await, tempfile::tempdir().unwrap());
    export(&store, Format::Vcard, dir.path(), false, |_| ()).await.unwrap();
    let card = std::fs::read_to_string(dir.path().join("contacts.vcf")).unwrap();
    assert!(card.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ana\\; ñ") && card.ends_with("END:VCARD\r\n"));
    assert!(card.lines().all(|line| line.len() <= 75), "{card}");
    assert!(card.replace("\r\n ", "").contains(&"ñ".repeat(60)) && card.contains("TEL;VALUE=uri:tel:+15550001"));
}
