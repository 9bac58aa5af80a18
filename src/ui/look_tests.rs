//! Every screen in English and Spanish, light and dark, once with large text and once in a narrow window, held to what
//! was looked at. A missing picture is a failure, too. `LANDLINE_LOOK=DIR` also writes the pictures, to be looked at.
#![allow(clippy::unwrap_used)]
use super::{
    app::{App, Message},
    feed::Feed,
    fixture,
    screen::{call, conversations, dial, new, settings, thread, trouble, welcome},
    theme::text,
    wish::{Field, Place, Then},
};
use crate::{
    config::Appearance,
    desktop::entries::Standing,
    domain::{
        account::Problem,
        call::{CallState, EndReason},
        code::Warning,
        mailbox::Mailbox,
        message::MessageId,
        transfer::Referral,
    },
    engine::api::{Event, Refusal, Reply, SecretsState, Snapshot, StoreState},
};
use iced::{Settings, Size};
use iced_test::Simulator;
use std::path::{Path, PathBuf};

/// A scene: what is on the screen.
type Scene = fn(Snapshot) -> App;

fn update(app: &mut App, message: Message) {
    app.update(message, fixture::now());
}

fn happen(app: &mut App, event: Event) {
    update(app, Message::Feed(Feed::Events(vec![event])));
}

fn nobody(snapshot: Snapshot) -> App {
    let window = snapshot.window;
    fixture::app(Snapshot { window, wired: snapshot.wired, ..Snapshot::default() })
}

fn refused(snapshot: Snapshot) -> App {
    let mut app = nobody(snapshot);
    for message in [
        welcome::Message::Address("rosa@jabber.example".to_owned()),
        welcome::Message::Password("correct horse".to_owned()),
        welcome::Message::Advanced,
        welcome::Message::Connect,
    ] {
        update(&mut app, Message::Welcome(message));
    }
    update(&mut app, Message::Answer(Then::Tested(1), Err(Refusal::Account(Problem::WrongPassword))));
    app
}

fn locked(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { secrets: SecretsState::Locked, ..snapshot })
}

fn choosing(snapshot: Snapshot) -> App {
    let mut app = nobody(snapshot);
    app.model.secrets = SecretsState::NeedsPassphrase;
    fixture::go(&mut app, Place::Unlock);
    app
}

fn recovering(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { store: StoreState::Recoverable, ..snapshot })
}

fn offered(snapshot: Snapshot) -> App {
    let mut app = fixture::app(Snapshot { wants_recovery: true, ..snapshot });
    app.unlock.offer();
    fixture::go(&mut app, Place::Unlock);
    app
}

fn keyless(snapshot: Snapshot) -> App {
    let mut app = fixture::app(Snapshot { store: StoreState::KeyLost, ..snapshot });
    update(&mut app, Message::Trouble(trouble::Message::Anew(true)));
    app
}

fn damaged(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { store: StoreState::Damaged, ..snapshot })
}

fn not_kept(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { not_kept: Some(StoreState::Full), ..snapshot })
}

fn full(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { store: StoreState::Full, ..snapshot })
}

fn nothing_yet(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { conversations: Vec::new(), codes: Vec::new(), call_history: Vec::new(), ..snapshot })
}

fn talk(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::open(&mut app, 1, fixture::thread());
    app
}

fn service(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::open(&mut app, 2, fixture::service());
    app
}

/// What hangs on texts, what can be done with one, and an answer in the making.
fn deeds(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::open(&mut app, 4, fixture::deeds());
    update(&mut app, Message::Thread(thread::Message::Answer(MessageId(42))));
    update(&mut app, Message::Thread(thread::Message::Choose(MessageId(44))));
    update(&mut app, Message::Thread(thread::Message::Emoji));
    app
}

/// Somebody who is blocked.
fn blocked(mut snapshot: Snapshot) -> App {
    for all in snapshot.accounts.iter_mut().filter_map(|account| account.blocked.as_mut()) {
        all.push(fixture::address("xmpp:luis@jabber.example"));
    }
    let mut app = fixture::app(snapshot);
    fixture::open(&mut app, 4, fixture::deeds());
    app
}

fn list(snapshot: Snapshot) -> App {
    fixture::app(snapshot)
}

fn searched(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    update(&mut app, Message::List(conversations::Message::Search("an".to_owned())));
    let found = fixture::thread().into_iter().take(2).collect();
    update(&mut app, Message::Answer(Then::Found("an".into()), Ok(Reply::Messages(found))));
    app
}

fn resolve(app: &mut App, field: Field, typed: &str, to: &str) {
    let reply = Reply::Dial {
        to: fixture::address(to),
        account: if field == Field::Dial { fixture::sip() } else { fixture::xmpp() },
    };
    update(app, Message::Answer(Then::Resolved(field, typed.into(), None), Ok(reply)));
}

fn writing(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::go(&mut app, Place::New);
    update(&mut app, Message::New(new::Message::To("+1 555 000".to_owned())));
    resolve(&mut app, Field::New, "+1 555 000", "xmpp:+1555000@sms.example");
    app
}

fn unfolded(snapshot: Snapshot) -> App {
    let mut app = nobody(snapshot);
    update(&mut app, Message::Welcome(welcome::Message::Advanced));
    app
}

fn codes(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::go(&mut app, Place::Codes);
    app
}

fn warned(snapshot: Snapshot) -> App {
    let mut app = codes(snapshot);
    let mut known = app.model.codes.iter().cloned();
    let (mut newest, mut older) = (known.next().unwrap(), known.next().unwrap());
    newest.code.warnings = vec![Warning::Asked];
    older.code.warnings = vec![Warning::Imitation, Warning::PassOn];
    for code in [newest, older] {
        happen(&mut app, Event::CodeWarned { code });
    }
    app
}

fn no_codes(snapshot: Snapshot) -> App {
    let mut app = nothing_yet(snapshot);
    fixture::go(&mut app, Place::Codes);
    app
}

fn set(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::go(&mut app, Place::Settings);
    app.model.devices = fixture::devices();
    update(&mut app, Message::Settings(settings::Message::Test(true)));
    app.model.levels = (0.2, 0.05);
    app
}

/// A second call that is to be put through, and to whom the first could be sent; the last try has failed.
fn handing(snapshot: Snapshot) -> App {
    let mut app = joined(snapshot);
    for call in &mut app.model.calls {
        call.joined = false;
    }
    if let Some(other) = app.model.calls.last_mut() {
        other.state = CallState::Held;
    }
    let first = fixture::call(CallState::Active).id;
    app.model.transfer_failed = Some((first, EndReason::Busy));
    update(&mut app, Message::Call(call::Message::Transfer));
    update(&mut app, Message::Call(call::Message::TransferTo("600".to_owned())));
    app
}

/// The other side asks the person to call somebody.
fn asking(snapshot: Snapshot) -> App {
    let mut app = in_call(snapshot);
    let call = fixture::call(CallState::Active);
    let to = "sip:600@voz.example".parse().unwrap();
    let referral = Referral { call: call.id, account: call.account, by: call.peer, name: call.name, to };
    app.model.apply(Event::Referred { referral });
    app
}

fn allowing(snapshot: Snapshot) -> App {
    let mut app = fixture::app(Snapshot { wired: fixture::radio(), codes: Vec::new(), ..snapshot });
    fixture::go(&mut app, Place::Settings);
    app.model.devices = fixture::devices();
    app.model.standing = Some(Standing { starts: true, links: false });
    update(&mut app, Message::Settings(settings::Message::Open(settings::Use::Microphone)));
    update(&mut app, Message::Settings(settings::Message::Removing(Some(fixture::xmpp()))));
    update(&mut app, Message::Settings(settings::Message::Tune("/home/rosa/música/espera.opus".to_owned())));
    update(&mut app, Message::Settings(settings::Message::Allowing(true)));
    app
}

/// How calls are made and taken, unfolded.
fn ruled(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::go(&mut app, Place::Settings);
    update(&mut app, Message::Settings(settings::Message::Rules(Some(fixture::sip()))));
    let account = app.model.accounts.iter().find(|known| known.config.id == fixture::sip()).unwrap();
    let mut draft = settings::Draft::of(account);
    (draft.rules.country, draft.rules.area) = (Some("1".to_owned()), Some("555".to_owned()));
    update(&mut app, Message::Settings(settings::Message::Rule(Box::new(draft))));
    app
}

fn beside(snapshot: Snapshot) -> App {
    let mut app = set(snapshot);
    app.model.wired = fixture::radio_beside();
    app
}

fn radio(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { wired: fixture::radio(), ..snapshot })
}

fn may_it(snapshot: Snapshot) -> App {
    fixture::app(Snapshot { wired: fixture::radio_asked(), ..snapshot })
}

fn closing(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    update(&mut app, Message::Close);
    app
}

fn contrasting(mut snapshot: Snapshot) -> App {
    snapshot.window.contrast = Some(true);
    let mut app = talk(snapshot);
    happen(&mut app, Event::Call { account: fixture::sip(), call: fixture::call(CallState::Incoming) });
    app
}

const SCENES: &[(&str, Scene)] = &[
    ("welcome", nobody),
    ("welcome-refused", refused),
    ("unlock", locked),
    ("unlock-choose", choosing),
    ("conversations-none", nothing_yet),
    ("conversations", list),
    ("conversations-search", searched),
    ("thread", talk),
    ("thread-code", service),
    ("thread-deeds", deeds),
    ("thread-blocked", blocked),
    ("new", writing),
    ("calls", calls),
    ("calls-voicemail", voicemail),
    ("incoming", ringing),
    ("call", in_call),
    ("call-keypad", keys),
    ("call-recorded", recorded),
    ("call-details", details),
    ("call-joined", joined),
    ("call-transfer", handing),
    ("call-asked", asking),
    ("recording-kept", kept),
    ("call-bar", bar),
    ("call-over", over),
    ("codes", codes),
    ("codes-none", no_codes),
    ("codes-warned", warned),
    ("settings", set),
    ("settings-rules", ruled),
    ("radio-only", radio),
    ("radio-asked", may_it),
    ("closing", closing),
    ("contrast", contrasting),
    ("radio-beside", beside),
    ("recover", recovering),
    ("recovery", offered),
    ("trouble-key", keyless),
    ("trouble-full", full),
    ("trouble-damaged", damaged),
    ("not-kept", not_kept),
];

/// A way to look at a scene.
struct Way {
    language: &'static str,
    look: Appearance,
    size: Size,
    text: u16,
}

const WIDE: Size = Size::new(1280.0, 800.0);
const NARROW: Size = Size::new(360.0, 640.0);

const WAYS: &[(&str, Way)] = &[
    ("en-light", Way { language: "en", look: Appearance::Light, size: WIDE, text: 100 }),
    ("en-dark", Way { language: "en", look: Appearance::Dark, size: WIDE, text: 100 }),
    ("es-light", Way { language: "es", look: Appearance::Light, size: WIDE, text: 100 }),
    ("es-dark", Way { language: "es", look: Appearance::Dark, size: WIDE, text: 100 }),
    ("es-light-200", Way { language: "es", look: Appearance::Light, size: WIDE, text: 200 }),
    ("es-dark-360", Way { language: "es", look: Appearance::Dark, size: NARROW, text: 100 }),
];

/// Draws a scene and compares it; says what is wrong.
fn look(name: &str, scene: Scene, way: &Way) -> Result<(), String> {
    let mut snapshot = fixture::snapshot();
    snapshot.window = fixture::window(way.language, way.look);
    snapshot.window.text_size = way.text;
    let mut app = scene(snapshot);
    let scale = app.scale();
    let size = Size::new(way.size.width / scale, way.size.height / scale);
    update(&mut app, Message::Resized(size));
    let settings = Settings { fonts: text::fonts(), default_font: text::SANS, ..Settings::default() };
    let mut simulator: Simulator<'_, Message> = Simulator::with_size(settings, size, app.view());
    let drawn = simulator.snapshot(&app.palette().iced()).map_err(|error| error.to_string())?;
    if let Some(dir) = std::env::var_os("LANDLINE_LOOK") {
        let path = Path::new(&dir).join(name);
        let _ = std::fs::remove_file(path.with_file_name(format!("{name}-tiny-skia.png")));
        drawn.matches_image(path).map_err(|error| error.to_string())?;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots");
    let kept: PathBuf = folder.join(format!("{name}-tiny-skia.sha256"));
    let known = kept.exists();
    match drawn.matches_hash(folder.join(name)) {
        Ok(true) if known => Ok(()),
        Ok(true) => Err(format!("{name} is new: look at it, then commit {}", kept.display())),
        Ok(false) => Err(format!("{name} has changed: look at it, then remove and renew {}", kept.display())),
        Err(error) => Err(error.to_string()),
    }
}

/// Looks at some of the scenes in every way; they are split so that they run side by side.
fn look_at(part: usize, parts: usize) {
    let mut wrong = Vec::new();
    for (at, (scene_name, scene)) in SCENES.iter().enumerate() {
        if at % parts != part {
            continue;
        }
        for (way_name, way) in WAYS {
            wrong.extend(look(&format!("{scene_name}-{way_name}"), *scene, way).err());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn screens_look_as_they_did_1() {
    look_at(0, 3);
}

#[test]
fn screens_look_as_they_did_2() {
    look_at(1, 3);
}

#[test]
fn screens_look_as_they_did_3() {
    look_at(2, 3);
}

#[cfg(test)]
#[path = "look_calls_tests.rs"]
mod of_calls;
use of_calls::*;

#[cfg(test)]
#[path = "look_long_tests.rs"]
mod long;
