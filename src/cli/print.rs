//! Answers for people and for scripts: one JSON document with `--json`, else plain lines. What strangers wrote is shown
//! without control characters, which a terminal would obey.
use super::fault::Fault;
use crate::{
    domain::{
        account::Registration,
        address::Address,
        call::{AS_IT_COMES, Call},
        code::ReceivedCode,
        link::{Interface, LinkKind, WiredPolicy, WiredStatus},
        mailbox::Mailbox,
        message::{Direction, Message, MessageState},
        private::Private,
        quality::Quality,
        transfer::Referral,
    },
    engine::api::AccountStatus,
    words::{Value, Words},
};
use jiff::{Timestamp, tz::TimeZone};
use serde::Serialize;
use std::io::{self, Write};

/// How answers are given.
pub(super) struct Printer<'a> {
    pub(super) words: &'a Words,
    pub(super) json: bool,
}

impl Printer<'_> {
    /// One answer, in both forms.
    pub(super) fn answer(&self, json: &impl Serialize, text: &str) -> Result<(), Fault> {
        let out = if self.json { serde_json::to_string(json).map_err(|_| Fault::Output)? } else { text.to_owned() };
        say(&out)
    }
}

/// Lines to standard output. A reader that has seen enough is no fault.
pub(super) fn say(text: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    match writeln!(out, "{}", text.trim_end_matches('\n')).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Fault::Output),
        _ => Ok(()),
    }
}

/// A sentence to standard error.
pub(super) fn complain(sentence: &str) {
    // where even this cannot be written, nobody is there to read it
    let _ = writeln!(io::stderr(), "{sentence}");
}

/// Text of somebody else's, fit for a terminal: line breaks are kept, indented; other control characters and the marks
/// that turn the direction of writing are replaced.
pub(super) fn clean(text: &str) -> String {
    let harmless = |c: char| match c {
        '\n' => "\n    ".to_owned(),
        '\r' => String::new(),
        c if c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => '\u{fffd}'.to_string(),
        c => c.to_string(),
    };
    text.trim_end().chars().map(harmless).collect()
}

/// A name with the address, or the address.
pub(super) fn name(name: Option<&Private<String>>, address: &Address) -> String {
    clean(name.map_or_else(|| address.display(), |name| name.expose()))
}

/// `2026-03-01 14:05` in the person's time zone.
fn time(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// Lines of a list, or the sentence that there is none.
pub(super) fn list<T>(words: &Words, items: &[T], none: &str, line: impl Fn(&Words, &T) -> String) -> String {
    if items.is_empty() {
        return words.text(none);
    }
    items.iter().map(|item| line(words, item)).collect::<Vec<_>>().join("\n")
}

/// An account and where it stands.
pub(super) fn account(words: &Words, account: &AccountStatus) -> String {
    let (id, address) = (&account.config.id, clean(&account.config.address));
    let mailbox = account.mailbox.as_ref().map(|mailbox| format!("  {}", voicemail(words, mailbox)));
    format!("{id}  {address}  {}{}", registration(words, &account.registration), mailbox.unwrap_or_default())
}

/// What waits in a voice mailbox.
pub(super) fn voicemail(words: &Words, mailbox: &Mailbox) -> String {
    words.with(mailbox.key(), &[("count", mailbox.new.unwrap_or_default().into())])
}

/// Where an account stands.
pub(super) fn registration(words: &Words, registration: &Registration) -> String {
    words.text(match registration {
        Registration::Offline => "registration-offline",
        Registration::Connecting => "registration-connecting",
        Registration::Registered { .. } => "registration-registered",
        Registration::Failed { problem, .. } => problem.key(),
    })
}

/// A call.
pub(super) fn call(words: &Words, call: &Call) -> String {
    let (id, name) = (call.id.0.to_string(), name(call.name.as_ref(), &call.peer));
    let mut state = words.text(call.key());
    if call.joined {
        state = format!("{state}. {}", words.text("call-joined"));
    }
    if let Some(handover) = call.handover.filter(|_| !call.state.is_ended()) {
        state = format!("{state}. {}", words.text(handover.key()));
    }
    if call.muted {
        state = format!("{state}. {}", words.text("call-muted"));
    }
    if call.volume != AS_IT_COMES {
        let percent = call.volume.to_string();
        state = format!("{state}. {}", words.with("call-volume", &[("percent", (&percent).into())]));
    }
    if let Some(path) = &call.recording {
        let path = clean(&path.to_string_lossy());
        state = format!("{state}. {}", words.with("cli-recording", &[("path", (&path).into())]));
    }
    if call.searching && !call.state.is_ended() {
        state = format!("{state}. {}", words.text("call-searching"));
    }
    if let Some(encryption) = call.encryption.filter(|_| !call.state.is_ended()) {
        state = format!("{state}. {}", words.text(encryption.key()));
    }
    if let Some(quality) = call.quality {
        state = format!("{state}. {}", words.verdict(quality.verdict));
    }
    words.with("cli-call", &[("id", (&id).into()), ("name", (&name).into()), ("state", (&state).into())])
}

/// What the other side of a call asks for, and how it is answered.
pub(super) fn referral(words: &Words, referral: &Referral) -> String {
    let (by, to) = (name(referral.name.as_ref(), &referral.by), name(None, &referral.to));
    words.with("cli-referred", &[("name", (&by).into()), ("to", (&to).into())])
}

/// A call, and the figures of its line below it.
pub(super) fn call_and_line(words: &Words, call: &Call) -> String {
    let mut lines = vec![self::call(words, call)];
    lines.extend(call.quality.iter().map(|quality| figures(words, quality)));
    lines.join("\n")
}

/// The figures of a line: what comes, what goes, and the way there and back.
fn figures(words: &Words, quality: &Quality) -> String {
    let share = |key: &str, permille: u16| format!("{} {}.{} %", words.text(key), permille / 10, permille % 10);
    let time = |key: &str, ms: u32| format!("{} {ms} ms", words.text(key));
    let heard = [
        share("quality-loss", quality.heard.loss_permille),
        share("quality-concealed", quality.heard.concealed_permille),
        time("quality-jitter", quality.heard.jitter_ms),
        time("quality-delay", quality.heard.delay_ms),
    ];
    let said = quality.said.map_or_else(
        || words.text("quality-unreported"),
        |said| [share("quality-loss", said.loss_permille), time("quality-jitter", said.jitter_ms)].join(", "),
    );
    let mut lines = vec![
        format!("  {}: {}", words.text("quality-heard"), heard.join(", ")),
        format!("  {}: {said}", words.text("quality-said")),
    ];
    lines.extend(quality.round_trip_ms.map(|ms| format!("  {}", time("quality-round-trip", ms))));
    lines.join("\n")
}

/// The key of how far a text has come.
pub(super) const fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Queued => "state-queued",
        MessageState::Failed => "state-failed",
        MessageState::Sent => "state-sent",
        MessageState::Delivered | MessageState::Received => "state-delivered",
        MessageState::Read => "state-read",
    }
}

/// A text.
pub(super) fn message(words: &Words, message: &Message) -> String {
    format!("{}  {}", time(message.sent_at), said(words, message, None))
}

/// Who said what.
pub(super) fn said(words: &Words, message: &Message, contact: Option<&Private<String>>) -> String {
    let text = clean(message.body.expose());
    let (key, who) = match (message.direction, &message.sender) {
        (Direction::Outgoing, _) => ("cli-text-out", name(contact, &message.peer)),
        (Direction::Incoming, None) => ("cli-text-in", name(contact, &message.peer)),
        (Direction::Incoming, Some(sender)) => ("cli-text-in", name(None, sender)),
    };
    words.with(key, &[("name", (&who).into()), ("text", (&text).into())])
}

/// What became of a text of ours.
pub(super) fn sent(words: &Words, message: &Message) -> String {
    let (name, state) = (name(None, &message.peer), words.text(state(message.state)));
    words.with("cli-text-to", &[("name", (&name).into()), ("state", (&state).into())])
}

/// A code, with its site and age.
pub(super) fn code(words: &Words, received: &ReceivedCode) -> String {
    format!("{}  {}", time(received.received_at), code_now(words, received))
}

/// A code that has just come.
pub(super) fn code_now(words: &Words, received: &ReceivedCode) -> String {
    let (value, sender) = (clean(received.code.value.expose()), name(received.sender_name.as_ref(), &received.sender));
    let line = words.with("cli-code", &[("code", (&value).into()), ("sender", (&sender).into())]);
    let site = received.code.site.as_ref();
    let site = site.map(|site| words.with("code-site", &[("site", Value::Text(&clean(site)))]));
    let warnings = received.code.warnings.iter().map(|warning| words.text(warning.key()));
    [line].into_iter().chain(site).chain(warnings).collect::<Vec<_>>().join("  ")
}

/// What carries us, in one line.
pub(super) fn carrier(words: &Words, status: &WiredStatus) -> String {
    let Some(link) = &status.carrier else { return words.text("wired-none") };
    let beside = status.unused.and_then(LinkKind::unused_key);
    let beside = beside.map(|key| format!(". {}", words.text(key))).unwrap_or_default();
    let named = |key: &str| words.with(key, &[("name", (&link.name).into())]) + &beside;
    match (link.radio().unwrap_or(link.kind), status.allowed) {
        (LinkKind::Wifi, false) => words.text("wired-only-wifi"),
        (LinkKind::Cellular, false) => words.text("wired-only-cellular"),
        (LinkKind::Bluetooth, false) => words.text("wired-only-bluetooth"),
        (_, false) => named("wired-unknown"),
        (LinkKind::Wired, true) => named("wired-on"),
        (LinkKind::Loopback, true) => words.text("wired-loopback"),
        (LinkKind::Virtual, true) => named("wired-virtual"),
        (_, true) => named("wired-radio-allowed"),
    }
}

/// What carries us, what is allowed, and every link.
pub(super) fn wired(words: &Words, status: &WiredStatus) -> String {
    let policy = match status.rule.policy {
        WiredPolicy::Ask => "cli-wireless-asked",
        WiredPolicy::WiredOnly => "cli-wireless-forbidden",
        WiredPolicy::AllowWireless => "cli-wireless-allowed",
    };
    let mut lines = vec![carrier(words, status), words.text(policy)];
    lines.extend(
        status
            .carrier
            .as_ref()
            .filter(|_| status.asks)
            .map(|radio| words.with("cli-wireless-unanswered", &[("name", (&radio.name).into())])),
    );
    lines.extend(status.advice.iter().map(|advice| words.text(advice.key())));
    lines.extend(status.interfaces.iter().map(|interface| link(words, interface)));
    lines.join("\n")
}

fn link(words: &Words, interface: &Interface) -> String {
    let mut kind = words.text(interface.kind.key());
    if let Some(below) = interface.over.first() {
        let below = words.text(below.key());
        kind = words.with("settings-link-virtual-over", &[("kind", (&below).into())]);
    }
    let state = words.text(if interface.up { "settings-link-up" } else { "settings-link-down" });
    let addresses: Vec<_> = interface.addresses.iter().map(ToString::to_string).collect();
    format!("{}  {kind}  {state}  {}", interface.name, addresses.join(" ")).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            link::NamesBy,
            quality::{Heard, Said, Verdict},
        },
        words::Language,
    };

    #[test]
    fn a_stranger_cannot_command_the_terminal() {
        assert_eq!(
            clean("a\u{1b}[2Jb\u{9b}31m\u{202e}c\r\nd\t!\n"),
            "a\u{fffd}[2Jb\u{fffd}31m\u{fffd}c\n    d\u{fffd}!"
        );
        assert_eq!(clean("¡Hola! 🙂 é"), "¡Hola! 🙂 é");
    }

    #[test]
    fn figures_stand_below_a_call() {
        let words = Words::new(Language::En);
        let quality = Quality {
            verdict: Verdict::Good,
            heard: Heard { loss_permille: 4, concealed_permille: 12, jitter_ms: 3, delay_ms: 24 },
            said: Some(Said { loss_permille: 104, jitter_ms: 5 }),
            round_trip_ms: Some(58),
        };
        let lines = "  You hear: lost 0.4 %, made up 1.2 %, uneven by 3 ms, held back for 24 ms\n  \
                     They hear: lost 10.4 %, uneven by 5 ms\n  there and back 58 ms";
        assert_eq!(figures(&words, &quality), lines);
        let untold = figures(&words, &Quality { said: None, round_trip_ms: None, ..quality });
        assert!(untold.ends_with("\n  They hear: not reported"), "{untold}");
    }

    #[test]
    fn the_carrier_is_named_truthfully() {
        let words = Words::new(Language::En);
        let link = |kind, over: &[LinkKind]| Interface {
            name: "x0".into(),
            kind,
            over: over.to_vec(),
            up: true,
            addresses: Vec::new(),
        };
        let line = |carrier, allowed| carrier_line(&words, carrier, allowed);
        fn carrier_line(words: &Words, carrier: Option<Interface>, allowed: bool) -> String {
            carrier_of(words, WiredStatus { carrier, allowed, ..WiredStatus::default() })
        }
        fn carrier_of(words: &Words, status: WiredStatus) -> String {
            carrier(words, &status)
        }
        assert_eq!(line(Some(link(LinkKind::Wired, &[])), true), "Wired: x0");
        assert_eq!(line(Some(link(LinkKind::Wifi, &[])), true), "Wireless, allowed by you: x0");
        assert_eq!(line(Some(link(LinkKind::Virtual, &[LinkKind::Wifi])), true), "Wireless, allowed by you: x0");
        assert_eq!(line(Some(link(LinkKind::Virtual, &[LinkKind::Wired])), true), "Linked: x0");
        assert!(line(Some(link(LinkKind::Virtual, &[LinkKind::Cellular])), false).starts_with("Only mobile data"));
        assert_eq!(
            line(Some(link(LinkKind::Unknown, &[])), false),
            "Unknown kind of link: x0. Landline is not connected"
        );
        assert_eq!(line(None, false), "No network cable");
    }

    #[test]
    fn a_radio_beside_the_cable_is_named_with_what_to_do() {
        let words = Words::new(Language::En);
        let link =
            |name: &str, kind| Interface { name: name.into(), kind, over: Vec::new(), up: true, addresses: Vec::new() };
        let links = [link("enp3s0", LinkKind::Wired), link("wlp2s0", LinkKind::Wifi)];
        let routed = ["wlp2s0".to_owned(), "enp3s0".to_owned()];
        let rule = crate::net::LinkRule::default();
        let status = crate::logic::wired::status(&rule, &links, &routed, NamesBy::Other);
        let said = wired(&words, &status);
        let mut lines = said.lines();
        assert_eq!(lines.next(), Some("Wired: enp3s0. Wi-Fi is on, not used"), "{said}");
        assert!(lines.nth(1).is_some_and(|line| line.contains("nmcli radio all off")), "{said}");
        assert!(lines.next().is_some_and(|line| line.contains("/etc/resolv.conf")), "{said}");
    }
}
