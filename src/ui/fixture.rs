//! A phone in use, made up, for tests of the window: two accounts, people and services that write, codes, calls.
//! The clock stands still at [`now`], and the person lives five hours west of Greenwich.
use super::{
    app::{App, Message},
    feed::Feed,
    wish::Place,
};
use crate::{
    audio::{Device, DeviceChoice, Devices},
    config::{Appearance, CodesConfig, DesktopConfig, WindowConfig},
    domain::{
        account::{AccountConfig, AccountId, AccountKind, Capabilities, Registration},
        address::Address,
        call::{AS_IT_COMES, Call, CallId, CallRecord, CallState, EndReason},
        code::{Code, ReceivedCode},
        contact::Contact,
        conversation::{Conversation, ConversationId},
        extras::{self, Attachment, Author, Extras, Reaction, Target, Withdrawn},
        link::{Interface, LinkKind, LinkRule, NamesBy, WiredPolicy, WiredStatus},
        message::{Direction, Message as Text, MessageId, MessageState, SendFailure},
        quality::{Heard, Part, Quality, Said, Verdict},
    },
    engine::api::{AccountStatus, Reply, SecretsState, Snapshot, StoreState},
    ui::wish::Then,
};
use iced::Size;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use std::net::{IpAddr, Ipv4Addr};

/// 2026-03-10, 14:32 in the person's zone.
pub fn now() -> Timestamp {
    "2026-03-10T19:32:10Z".parse().unwrap()
}

fn ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

pub fn address(uri: &str) -> Address {
    uri.parse().unwrap()
}

pub fn xmpp() -> AccountId {
    AccountId("xmpp-rosa-jabber.example".to_owned())
}

pub fn sip() -> AccountId {
    AccountId("sip-5551230-voz.example".to_owned())
}

fn account(kind: AccountKind, id: AccountId, address: &str) -> AccountStatus {
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let sip = matches!(kind, AccountKind::Sip { .. });
    let capabilities =
        Capabilities { calls: sip, texts: true, receipts: !sip, archive: !sip, changes: !sip, secure: true };
    AccountStatus {
        config: AccountConfig { id, ..AccountConfig::new(kind, address) },
        registration: Registration::Registered { local: ip, server: ip, capabilities },
        upload: (!sip).then_some(10_000_000),
        blocked: (!sip).then(Vec::new),
        mailbox: None,
    }
}

/// A text of conversation 1, 2, …
pub fn text(id: i64, conversation: i64, uri: &str, body: &str, minutes: i64, mine: Option<MessageState>) -> Text {
    Text {
        id: MessageId(id),
        conversation: ConversationId(conversation),
        account: xmpp(),
        peer: address(uri),
        sender: None,
        direction: if mine.is_some() { Direction::Outgoing } else { Direction::Incoming },
        body: body.into(),
        state: mine.unwrap_or(MessageState::Received),
        failure: (mine == Some(MessageState::Failed)).then_some(SendFailure::Unavailable),
        sent_at: ago(minutes),
        received_at: ago(minutes),
        place: ago(minutes).as_microsecond(),
        code: None,
        extras: Default::default(),
    }
}

fn code(value: &str, site: Option<&str>, valid_for: Option<u32>) -> Code {
    Code { value: value.into(), site: site.map(ToOwned::to_owned), valid_for, warnings: Vec::new() }
}

/// The thread with Ana: two days, every state.
pub fn thread() -> Vec<Text> {
    use MessageState::{Delivered, Failed, Queued, Sent};
    let ana = "xmpp:+15551234567@sms.example";
    vec![
        text(1, 1, ana, "Hi Rosa! Are you coming on Saturday? We start at noon 🎉", 1700, None),
        text(2, 1, ana, "Yes! I'll bring the tortilla.", 1690, Some(Delivered)),
        text(3, 1, ana, "And something to drink, if the shop is open", 1689, Some(Delivered)),
        text(4, 1, ana, "Perfect. The bus 42 stops right in front of the house, it is the blue door.", 180, None),
        text(5, 1, ana, "Ring twice, the bell is weak", 179, None),
        text(6, 1, ana, "Thank you, see you there!", 60, Some(Sent)),
        text(7, 1, ana, "Could you send me the address once more?", 12, Some(Failed)),
        text(8, 1, ana, "I am on the landline all afternoon.", 2, Some(Queued)),
    ]
}

/// The thread with a service that sends codes.
pub fn service() -> Vec<Text> {
    let bank = "xmpp:33733@sms.example";
    let mut old = text(20, 2, bank, "Your statement for February is ready.", 3000, None);
    old.received_at = old.sent_at;
    let mut new =
        text(21, 2, bank, "482913 is your Example Bank code. Valid for 10 minutes.\n\n@bank.example #482913", 3, None);
    new.code = Some(code("482913", Some("bank.example"), Some(600)));
    vec![old, new]
}

/// The thread with Luis: a correction, an answer, signs, a text that was taken back, a file.
pub fn deeds() -> Vec<Text> {
    use MessageState::{Delivered, Read};
    let luis = "xmpp:luis@jabber.example";
    let one = |id, body, minutes, mine, extras| Text { extras, ..text(id, 4, luis, body, minutes, mine) };
    let plain = Extras::default;
    let reply = extras::Reply {
        to: Some(MessageId(41)),
        mine: false,
        quote: "¿Vienes el sábado?".into(),
        target: Target::default(),
    };
    let file = Attachment {
        url: Some("https://files.jabber.example/1/acta.pdf".to_owned().into()),
        name: "acta.pdf".into(),
        media_type: "application/pdf".into(),
        size: Some(1_340_000),
        ..Attachment::default()
    };
    let signs = vec![
        Reaction { by: Author::Me, emoji: "👍".to_owned() },
        Reaction { by: Author::Peer, emoji: "👍".to_owned() },
        Reaction { by: Author::Peer, emoji: "🎉".to_owned() },
    ];
    let edited = Extras { edited: Some(now()), versions: vec!["Sí, a las dso".into()], ..plain() };
    vec![
        one(41, "¿Vienes el sábado?", 90, None, Extras { reactions: signs, ..plain() }),
        one(42, "/me trae la *guitarra* y ~la flauta~", 85, None, plain()),
        one(43, "An old secret", 80, None, Extras { withdrawn: Some(Withdrawn::Writer), ..plain() }),
        one(44, "Sí, a las dos", 60, Some(Read), Extras { reply: Some(reply), ..edited }),
        one(45, "https://files.jabber.example/1/acta.pdf", 20, None, Extras { attachments: vec![file], ..plain() }),
        one(46, "Gracias", 10, Some(Delivered), plain()),
    ]
}

fn conversation(id: i64, uri: &str, name: Option<&str>, last: Text, unread: u32) -> Conversation {
    let name = name.map(Into::into);
    Conversation {
        id: ConversationId(id),
        account: xmpp(),
        peer: address(uri),
        name,
        last: Some(last),
        unread,
        draft: Default::default(),
    }
}

fn conversations() -> Vec<Conversation> {
    let ana = thread().pop().unwrap();
    let bank = service().pop().unwrap();
    let clinic = text(
        30,
        3,
        "xmpp:+15550001122@sms.example",
        "Clínica del Sol: su cita es mañana a las 9:40. Responda SÍ para confirmar.",
        95,
        None,
    );
    let luis = text(40, 4, "xmpp:luis@jabber.example", "👍👍", 1500, None);
    let shop = text(50, 5, "xmpp:AMAZON@sms.example", "Your parcel is at the counter until Friday.", 4400, None);
    let union =
        text(60, 6, "xmpp:+15559998877@sms.example", "Thanks, I will be there", 40_000, Some(MessageState::Delivered));
    vec![
        conversation(1, "xmpp:+15551234567@sms.example", Some("Ana María Gómez"), ana, 0),
        conversation(2, "xmpp:33733@sms.example", None, bank, 1),
        conversation(3, "xmpp:+15550001122@sms.example", None, clinic, 2),
        conversation(4, "xmpp:luis@jabber.example", Some("Luis"), luis, 0),
        conversation(5, "xmpp:AMAZON@sms.example", None, shop, 0),
        conversation(6, "xmpp:+15559998877@sms.example", Some("Tenants' union"), union, 0),
    ]
}

fn codes() -> Vec<ReceivedCode> {
    let one = |message, uri: &str, code, minutes| ReceivedCode {
        message: MessageId(message),
        sender: address(uri),
        sender_name: None,
        code,
        received_at: ago(minutes),
    };
    vec![
        one(21, "xmpp:33733@sms.example", code("482913", Some("bank.example"), Some(600)), 3),
        one(22, "xmpp:AMAZON@sms.example", code("7719", None, None), 190),
        one(23, "xmpp:+15550007788@sms.example", code("GX7K2P", None, Some(300)), 2000),
    ]
}

fn record(
    row: i64,
    uri: &str,
    name: Option<&str>,
    direction: Direction,
    minutes: i64,
    talked: Option<i64>,
) -> CallRecord {
    let end = talked.map_or(minutes, |talked| minutes - talked);
    CallRecord {
        row,
        account: sip(),
        peer: address(uri),
        name: name.map(Into::into),
        direction,
        started_at: ago(minutes),
        answered_at: talked.map(|_| ago(minutes)),
        ended_at: Some(ago(end)),
        reason: Some(if talked.is_some() { EndReason::HungUpThere } else { EndReason::Cancelled }),
        note: (row == 3).then(|| "4 8 2 9 1 3".into()),
    }
}

fn history() -> Vec<CallRecord> {
    use Direction::{Incoming, Outgoing};
    vec![
        record(4, "sip:+15551234567@voz.example", Some("Ana María Gómez"), Incoming, 45, None),
        record(3, "sip:+15550001122@voz.example", None, Outgoing, 130, Some(7)),
        record(2, "sip:luis@voz.example", Some("Luis"), Incoming, 1480, Some(64)),
        record(1, "sip:100@voz.example", None, Outgoing, 5000, None),
    ]
}

fn link(name: &str, kind: LinkKind, up: bool) -> Interface {
    Interface { name: name.to_owned(), kind, over: Vec::new(), up, addresses: Vec::new() }
}

/// By cable; Wi-Fi is off.
fn wired() -> WiredStatus {
    links(true, false)
}

/// By cable, while Wi-Fi is on.
pub fn radio_beside() -> WiredStatus {
    links(true, true)
}

/// Only Wi-Fi leads out.
pub fn radio() -> WiredStatus {
    links(false, true)
}

/// Only Wi-Fi leads out, and the person wants to be asked.
pub fn radio_asked() -> WiredStatus {
    links_by(WiredPolicy::Ask, false, true)
}

fn links(cable: bool, radio: bool) -> WiredStatus {
    links_by(WiredPolicy::WiredOnly, cable, radio)
}

fn links_by(policy: WiredPolicy, cable: bool, radio: bool) -> WiredStatus {
    let links = [
        link("enp3s0", LinkKind::Wired, cable),
        link("wlp2s0", LinkKind::Wifi, radio),
        link("lo", LinkKind::Loopback, true),
    ];
    let routed = ["wlp2s0", "enp3s0"].map(str::to_owned);
    crate::logic::wired::status(&LinkRule::of(policy), &links, &routed, NamesBy::Landline)
}

pub fn devices() -> Devices {
    let device =
        |id: &str, name: &str, default| Device { id: id.to_owned(), name: name.to_owned(), default, wireless: false };
    Devices {
        inputs: vec![device("in1", "Built-in microphone", true), device("in2", "USB headset", false)],
        outputs: vec![device("out1", "Built-in loudspeaker", true), device("out2", "USB headset", false)],
    }
}

/// A call with Ana.
pub fn call(state: CallState) -> Call {
    let answered = matches!(state, CallState::Active | CallState::Held | CallState::Ended { .. });
    Call {
        id: CallId(7),
        account: sip(),
        peer: address("sip:+15551234567@voz.example"),
        name: Some("Ana María Gómez".into()),
        direction: if state == CallState::Incoming { Direction::Incoming } else { Direction::Outgoing },
        state,
        muted: false,
        held_there: false,
        started_at: ago(2),
        answered_at: answered.then(|| now() - SignedDuration::from_secs(102)),
        codec: answered.then(|| "opus".to_owned()),
        joined: false,
        recording: None,
        recording_since: None,
        volume: AS_IT_COMES,
        quality: None,
        encryption: None,
        searching: false,
        via: None,
        handover: None,
        dtmf_sent: "".into(),
    }
}

/// How the call with Ana sounds: a tenth of what is said here does not arrive there.
pub fn quality() -> Quality {
    Quality {
        verdict: Verdict::TheyMiss { part: Part::Tenth },
        heard: Heard { loss_permille: 4, concealed_permille: 12, jitter_ms: 3, delay_ms: 24 },
        said: Some(Said { loss_permille: 104, jitter_ms: 5 }),
        round_trip_ms: Some(58),
    }
}

/// Everything at start.
pub fn snapshot() -> Snapshot {
    let sip_kind = AccountKind::Sip { transport: None, auth_user: None };
    Snapshot {
        referrals: Vec::new(),
        accounts: vec![
            account(AccountKind::Xmpp { tls: None }, xmpp(), "rosa@jabber.example"),
            account(sip_kind, sip(), "5551230@voz.example"),
        ],
        conversations: conversations(),
        calls: Vec::new(),
        codes: codes(),
        call_history: history(),
        contacts: vec![Contact {
            account: Some(sip()),
            address: address("sip:taller@voz.example"),
            name: "Taller Moreno".into(),
        }],
        wired: wired(),
        demo: false,
        window: window("en", Appearance::Light),
        desktop: DesktopConfig::default(),
        code_rules: CodesConfig::default(),
        sound: DeviceChoice::default(),
        recording: crate::config::RecordingConfig::default(),
        recordings: "/home/rosa/.local/share/landline/recordings".into(),
        privacy: Default::default(),
        secrets: SecretsState::Open,
        store: StoreState::Open,
        store_file: "/home/rosa/.local/share/landline/landline.db".into(),
        wants_recovery: false,
        open_swap: false,
        not_kept: None,
    }
}

/// What the window looks like.
pub fn window(language: &str, appearance: Appearance) -> WindowConfig {
    WindowConfig { language: Some(language.to_owned()), appearance, ..WindowConfig::default() }
}

/// The window with a snapshot in it.
pub fn app(snapshot: Snapshot) -> App {
    let zone = TimeZone::fixed(jiff::tz::offset(-5));
    let mut app = App::new(snapshot.window.clone(), zone, now());
    app.update(Message::Feed(Feed::Snapshot(Box::new(snapshot))), now());
    app.update(Message::Resized(Size::new(1280.0, 800.0)), now());
    app
}

/// Opens a conversation with its texts.
pub fn open(app: &mut App, id: i64, texts: Vec<Text>) {
    let id = ConversationId(id);
    app.update(Message::List(crate::ui::screen::conversations::Message::Open(id)), now());
    let newest_first = texts.into_iter().rev().collect();
    app.update(Message::Answer(Then::Page(id, None), Ok(Reply::Messages(newest_first))), now());
}

/// Goes to a place.
pub fn go(app: &mut App, place: Place) {
    app.update(Message::Go(place), now());
}
