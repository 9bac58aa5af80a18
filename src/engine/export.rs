//! Texts, calls and contacts as files that other programs read: HTML to look at, CSV for tables, vCard for address books. Codes are
//! blanked out unless they are asked for. It reads the store a page at a time, so that calls and texts go on meanwhile.
use crate::{
    domain::{
        call::CallRecord,
        contact::Contact,
        conversation::ConversationId,
        message::{Direction, Message, MessageId},
        private::Private,
    },
    logic::codes,
    store::{Store, StoreError},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::{Deserialize, Serialize};
use std::{
    fmt::Write as _,
    fs::{DirBuilder, File, OpenOptions},
    io::{BufWriter, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

/// Texts read at a time.
const PAGE: u32 = 500;

/// As what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A page for each conversation, one for the calls, and one that leads to them.
    Html,
    /// `messages.csv`, `calls.csv`, `contacts.csv`.
    Csv,
    /// `contacts.vcf`.
    Vcard,
}

/// Writes everything into a folder (0700, its files 0600), made if it is not there; files of the same names are replaced. Gives how
/// many texts there were; `tell` hears of them as they are written.
pub async fn export(
    store: &Store,
    format: Format,
    folder: &Path,
    with_codes: bool,
    mut tell: impl FnMut(u64),
) -> Result<u64, StoreError> {
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    match format {
        Format::Html => html(store, folder, with_codes, &mut tell).await,
        Format::Csv => csv(store, folder, with_codes, &mut tell).await,
        Format::Vcard => {
            let mut out = create(folder, "contacts.vcf")?;
            for contact in store.contacts().await? {
                out.write_all(card(&contact).as_bytes())?;
            }
            finish(out)?;
            Ok(0)
        }
    }
}

fn create(folder: &Path, name: &str) -> Result<BufWriter<File>, StoreError> {
    let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(folder.join(name))?;
    Ok(BufWriter::new(file))
}

fn finish(out: BufWriter<File>) -> Result<(), StoreError> {
    Ok(out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?)
}

fn body(message: &Message, with_codes: bool) -> String {
    match &message.code {
        Some(code) if !with_codes => {
            let sender = message.sender.as_ref().unwrap_or(&message.peer).display();
            codes::blanked(message.body.expose(), code.value.expose(), sender)
        }
        _ => message.body.expose().clone(),
    }
}

fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// One field of a line (RFC 4180). A leading sign would be taken for a formula by a spreadsheet: it gets an apostrophe.
fn field(text: &str) -> String {
    let formula = text.starts_with(['=', '@', '\t', '\r']) || text.starts_with(['+', '-']) && !is_number(text);
    let guard = if formula { "'" } else { "" };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

fn is_number(text: &str) -> bool {
    text.chars().skip(1).all(|c| c.is_ascii_digit())
}

fn line(fields: &[&str]) -> String {
    let mut line = fields.iter().map(|text| field(text)).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

async fn csv(store: &Store, folder: &Path, with_codes: bool, tell: &mut impl FnMut(u64)) -> Result<u64, StoreError> {
    let mut out = create(folder, "messages.csv")?;
    out.write_all(
        line(&["account", "with", "sender", "direction", "state", "sent_at", "received_at", "text"]).as_bytes(),
    )?;
    let (mut after, mut count) = (None, 0);
    loop {
        let page = store.page_in_order(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for message in &page {
            let sender = message.sender.as_ref().map(crate::domain::address::Address::uri).unwrap_or_default();
            let (sent, received) = (message.sent_at.to_string(), message.received_at.to_string());
            let (direction, state) = (word(message.direction), word(message.state));
            let (peer, body) = (message.peer.uri(), body(message, with_codes));
            out.write_all(
                line(&[&message.account.0, &peer, &sender, &direction, &state, &sent, &received, &body]).as_bytes(),
            )?;
        }
        count += page.len() as u64;
        tell(count);
    }
    finish(out)?;
    let mut out = create(folder, "calls.csv")?;
    out.write_all(
        line(&["account", "with", "name", "direction", "started_at", "answered_at", "ended_at", "reason", "note"])
            .as_bytes(),
    )?;
    for call in store.call_history(u32::MAX).await? {
        let time = |at: Option<Timestamp>| at.map(|at| at.to_string()).unwrap_or_default();
        let name = call.name.as_ref().map(Private::expose).cloned().unwrap_or_default();
        let (peer, direction, reason) =
            (call.peer.uri(), word(call.direction), call.reason.map(word).unwrap_or_default());
        let note = noted(&call, with_codes);
        let (started, answered, ended) = (call.started_at.to_string(), time(call.answered_at), time(call.ended_at));
        out.write_all(
            line(&[&call.account.0, &peer, &name, &direction, &started, &answered, &ended, &reason, &note]).as_bytes(),
        )?;
    }
    finish(out)?;
    let mut out = create(folder, "contacts.csv")?;
    out.write_all(line(&["account", "address", "name"]).as_bytes())?;
    for contact in store.contacts().await? {
        let account = contact.account.as_ref().map(|account| account.0.clone()).unwrap_or_default();
        out.write_all(line(&[&account, &contact.address.uri(), contact.name.expose()]).as_bytes())?;
    }
    finish(out)?;
    Ok(count)
}

/// A contact as a vCard 4.0 (RFC 6350); a long line is folded between characters.
fn card(contact: &Contact) -> String {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace(',', "\\,").replace(';', "\\;").replace('\n', "\\n");
    let uri = contact.address.uri();
    let kind = if uri.starts_with("tel:") { "TEL;VALUE=uri" } else { "IMPP" };
    let mut card = String::new();
    let name: String = contact.name.expose().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    for line in [
        "BEGIN:VCARD".into(),
        "VERSION:4.0".into(),
        format!("FN:{}", escaped(&name)),
        format!("{kind}:{uri}"),
        "END:VCARD".into(),
    ] {
        let line: String = line;
        let mut width = 0;
        for c in line.chars() {
            if width + c.len_utf8() > 75 {
                card.push_str("\r\n ");
                width = 1;
            }
            card.push(c);
            width += c.len_utf8();
        }
        card.push_str("\r\n");
    }
    card
}

const HEAD: &str = "<!DOCTYPE html>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
                    style-src 'unsafe-inline'\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<style>body{font:16px/1.5 sans-serif;\
                    max-width:44rem;margin:2rem auto;padding:0 1rem}p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0;padding:.5rem \
                    1rem;border-radius:.8rem;background:#eee;color:#111;width:fit-content;max-width:80%}p.out{margin-left:auto;background:#cde}\
                    time{display:block;font-size:.8rem;opacity:.7}</style>\n";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn shown(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

async fn html(store: &Store, folder: &Path, with_codes: bool, tell: &mut impl FnMut(u64)) -> Result<u64, StoreError> {
    let mut index =
        format!("{HEAD}<title>Landline</title>\n<h1>Landline</h1>\n<ul>\n<li><a href=\"calls.html\">☎</a></li>\n");
    let (mut after, mut count): (Option<MessageId>, u64) = (None, 0);
    let mut open: Option<(ConversationId, BufWriter<File>)> = None;
    loop {
        let page = store.page_in_order(after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for message in &page {
            let same = open.as_ref().is_some_and(|(id, _)| *id == message.conversation);
            if !same {
                if let Some((_, out)) = open.take() {
                    finish(out)?;
                }
                let name = store.conversation(message.conversation).await?.and_then(|known| known.name);
                let title = escaped(name.as_ref().map_or(message.peer.display(), |name| name.expose()));
                let file = format!("conversation-{}.html", message.conversation.0);
                let mut out = create(folder, &file)?;
                write!(out, "{HEAD}<title>{title}</title>\n<h1>{title}</h1>\n{}\n", escaped(message.peer.display()))?;
                let _ = writeln!(index, "<li><a href=\"{file}\">{title}</a></li>");
                open = Some((message.conversation, out));
            }
            let Some((_, out)) = &mut open else { continue };
            let class = if message.direction == Direction::Outgoing { " class=\"out\"" } else { "" };
            let at = shown(message.sent_at);
            writeln!(out, "<p{class}>{}<time>{at}</time></p>", escaped(&body(message, with_codes)))?;
        }
        count += page.len() as u64;
        tell(count);
    }
    if let Some((_, out)) = open.take() {
        finish(out)?;
    }
    let mut out = create(folder, "calls.html")?;
    write!(out, "{HEAD}<title>☎</title>\n<h1>☎</h1>\n")?;
    for call in store.call_history(u32::MAX).await? {
        writeln!(out, "{}", call_line(&call, with_codes))?;
    }
    finish(out)?;
    index.push_str("</ul>\n");
    let mut out = create(folder, "index.html")?;
    out.write_all(index.as_bytes())?;
    finish(out)?;
    Ok(count)
}

/// What was written down in a call; a code may have been dictated in it.
fn noted(call: &CallRecord, with_codes: bool) -> String {
    let note = call.note.as_ref().map(|note| note.expose().as_str()).unwrap_or_default();
    if with_codes { note.to_owned() } else { codes::blanked(note, "", "") }
}

fn call_line(call: &CallRecord, with_codes: bool) -> String {
    let out = call.direction == Direction::Outgoing;
    let name = call.name.as_ref().map(|name| escaped(name.expose())).unwrap_or_default();
    let minutes = match (call.answered_at, call.ended_at) {
        (Some(answered), Some(ended)) => {
            let seconds = ended.duration_since(answered).as_secs().max(0);
            format!("{}:{:02}", seconds / 60, seconds % 60)
        }
        _ => "—".to_owned(),
    };
    let class = if out { " class=\"out\"" } else { "" };
    let note = escaped(&noted(call, with_codes));
    let note = if note.is_empty() { note } else { format!("\n{note}") };
    format!(
        "<p{class}>{name} {} {minutes}{note}<time>{}</time></p>",
        escaped(call.peer.display()),
        shown(call.started_at)
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
#[path = "export_tests.rs"]
mod tests;
