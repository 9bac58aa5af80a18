//! What a person does, from the first click or key to what is asked of the engine, and what the engine's answers and
//! events then show. No screen, no engine: the stage takes input as the window does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use super::{
    app::Message,
    feed::Feed,
    fixture::{self, go},
    screen::thread::COMPOSER,
    stage::Stage,
    wish::{Place, Then},
};
use crate::{
    config::Appearance,
    domain::{
        account::{AccountKind, Problem},
        call::{Call, CallState, EndReason},
        code::Warning,
        conversation::ConversationId,
        message::MessageState,
        private::Private,
    },
    engine::api::{Command, Event, Refusal, Reply, SecretsState, Snapshot, StoreState},
};
use iced::{
    Size,
    keyboard::{Key, Modifiers, key::Named},
};

const PROMISE: &str = "Landline cannot promise that an emergency call gets through, nor that anyone learns where you are. If \
                       there is another phone, use it. If not, call and say your address first.";

fn stage() -> Stage {
    Stage::new(fixture::app(fixture::snapshot()))
}

fn nobody() -> Stage {
    let window = fixture::window("en", Appearance::Light);
    Stage::new(fixture::app(Snapshot { window, ..Snapshot::default() }))
}

/// With the conversation with Ana open.
fn talking() -> Stage {
    let mut app = fixture::app(fixture::snapshot());
    fixture::open(&mut app, 1, fixture::thread());
    Stage::new(app)
}

fn ctrl(stage: &mut Stage, key: &str) {
    stage.press(Key::Character(key.into()), Modifiers::CTRL, None);
}

fn fill_in(stage: &mut Stage, address: &str) {
    stage.click("alice@example.org");
    stage.write(address);
    stage.tap(Named::Tab);
    stage.write("correct horse");
    stage.click("Connect");
}

#[test]
fn an_account_is_tried_as_xmpp_then_as_sip_and_then_kept() {
    let mut stage = nobody();
    fill_in(&mut stage, "rosa@voz.example");
    let Some((Command::TestAccount { config, password }, _)) = stage.asked.first() else { panic!() };
    assert_eq!((config.address.as_str(), password.expose().as_str()), ("rosa@voz.example", "correct horse"));
    assert!(matches!(config.kind, AccountKind::Xmpp { .. }));
    assert!(stage.sees("Looking for XMPP at voz.example…"));
    stage.answer(Err(Refusal::Account(Problem::UnknownHost)));
    assert!(stage.sees("Looking for SIP at voz.example…"));
    stage.answer(Ok(Reply::Done));
    let Some((Command::AddAccount { config, .. }, Then::Added)) = stage.asked.first() else { panic!() };
    assert!(matches!(config.kind, AccountKind::Sip { .. }));
    stage.answer(Ok(Reply::Done));
    assert_eq!(stage.app.place, Place::Conversations);
    assert!(stage.app.welcome.password.is_empty(), "the password stays in the window");
}

#[test]
fn what_does_not_work_is_said_and_what_is_no_address_is_not_tried() {
    let mut stage = nobody();
    fill_in(&mut stage, "rosa@voz.example");
    stage.answer(Err(Refusal::Account(Problem::WrongPassword)));
    assert!(stage.sees("The name or the password is wrong. Check both and try again."));
    assert!(stage.asked.is_empty(), "the other kind is tried although the server is there");

    let mut stage = nobody();
    fill_in(&mut stage, "rosa@voz.example");
    stage.answer(Err(Refusal::Account(Problem::UnknownHost)));
    stage.answer(Err(Refusal::Account(Problem::UnknownHost)));
    let words =
        "There is no XMPP or SIP service at voz.example. Check the address, or enter the server under Advanced.";
    assert!(stage.sees(words));

    let mut stage = nobody();
    fill_in(&mut stage, "rosa");
    assert!(stage.asked.is_empty());
    assert!(stage.sees("That is not an account address. It looks like name@example.org."));
}

#[test]
fn a_known_phone_service_is_recognised_or_picked_and_its_settings_used() {
    let mut stage = nobody();
    fill_in(&mut stage, "0033912345678@sip5.ovh.fr");
    let Some((Command::TestAccount { config, .. }, _)) = stage.asked.first() else { panic!() };
    assert!(matches!(config.kind, AccountKind::Sip { .. }), "it is no chat service");
    assert_eq!(config.calls.provider.as_deref(), Some("ovh"));

    let mut stage = nobody();
    stage.click("Advanced");
    stage.click("Recognised by the address");
    stage.click("Linphone");
    fill_in(&mut stage, "rosa");
    let Some((Command::TestAccount { config, .. }, _)) = stage.asked.first() else { panic!() };
    let taken = (config.address.as_str(), config.calls.provider.as_deref());
    assert_eq!(taken, ("rosa@sip.linphone.org", Some("linphone")), "its only domain need not be typed");
}

#[test]
fn without_a_keyring_a_passphrase_is_chosen_first() {
    let mut stage = nobody();
    stage.app.model.secrets = SecretsState::NeedsPassphrase;
    fill_in(&mut stage, "sip:rosa@voz.example");
    stage.answer(Ok(Reply::Done));
    assert!(stage.sees("Choose a passphrase"));
    stage.write("one two three");
    stage.tap(Named::Enter);
    stage.write("one two");
    stage.tap(Named::Enter);
    assert!(stage.sees("The two are not the same."));
    stage.write(" three");
    stage.tap(Named::Enter);
    assert!(matches!(stage.asked.first(), Some((Command::Unlock { .. }, Then::Unlocked))));
    stage.answer(Ok(Reply::Done));
    assert!(matches!(stage.asked.first(), Some((Command::AddAccount { .. }, Then::Added))));
}

#[test]
fn a_closed_vault_asks_and_says_when_it_stays_closed() {
    let mut stage = Stage::new(fixture::app(Snapshot { secrets: SecretsState::Locked, ..fixture::snapshot() }));
    stage.send(Message::Go(Place::Unlock));
    stage.write("wrong");
    stage.tap(Named::Enter);
    stage.answer(Err(Refusal::SecretsLocked));
    assert!(stage.sees("That passphrase does not open it. Try again."));
    stage.tap(Named::Enter);
    stage.answer(Ok(Reply::Done));
    assert_eq!(stage.app.place, Place::Conversations);
}

#[test]
fn enter_sends_and_shift_enter_breaks_the_line() {
    let mut stage = talking();
    stage.focus(COMPOSER);
    stage.write("Hello");
    stage.press(Key::Named(Named::Enter), Modifiers::SHIFT, None);
    stage.write("Ana");
    assert!(stage.asked.is_empty());
    stage.tap(Named::Enter);
    let (Command::Text { to, body, account }, _) = &stage.asked[0] else { panic!() };
    assert_eq!(body.expose(), "Hello\nAna");
    assert_eq!(to.expose(), "xmpp:+15551234567@sms.example");
    assert_eq!(account.as_ref(), Some(&fixture::xmpp()));
    // what was not taken comes back
    stage.answer(Err(Refusal::Store(StoreState::Full)));
    assert_eq!(stage.app.thread.words.text().trim_end(), "Hello\nAna");
    assert!(stage.sees("The disk is full, so nothing can be kept. Make room and try again."));
}

#[test]
fn a_draft_waits_for_its_conversation() {
    let mut stage = talking();
    stage.focus(COMPOSER);
    stage.write("half");
    stage.click("33733");
    assert_eq!(stage.app.thread.words.text().trim_end(), "");
    stage.click("Ana María Gómez");
    assert_eq!(stage.app.thread.words.text().trim_end(), "half");
}

#[test]
fn opening_a_conversation_loads_it_and_marks_it_read() {
    let mut stage = stage();
    stage.click("33733");
    let ids: Vec<_> = stage.asked.iter().map(|(command, _)| command).collect();
    assert!(matches!(
        ids[..],
        [
            Command::Thread { conversation: ConversationId(2), before: None, .. },
            Command::MarkRead { conversation: ConversationId(2) },
        ]
    ));
}

#[test]
fn a_failed_text_is_sent_again() {
    let mut stage = talking();
    stage.click("Try again");
    assert!(matches!(stage.asked[0].0, Command::RetryText { .. }));
}

#[test]
fn call_stands_at_every_conversation() {
    let mut stage = talking();
    stage.click("Call");
    let (Command::Call { to, .. }, Then::Called) = &stage.asked[0] else { panic!() };
    assert_eq!(to.expose(), "xmpp:+15551234567@sms.example");
    stage.answer(Err(Refusal::NotSupported));
    assert!(stage.sees("This account cannot do that."));
}

#[test]
fn a_new_message_shows_where_it_goes_before_it_goes() {
    let mut stage = stage();
    ctrl(&mut stage, "n");
    stage.write("+1 555 000 7788");
    let (Command::Resolve { typed, text: true, .. }, _) = &stage.asked.last().unwrap() else { panic!() };
    assert_eq!(typed.expose(), "+1 555 000 7788");
    let question = stage.asked.pop().unwrap();
    stage.asked = vec![question];
    let to = fixture::address("xmpp:+15550007788@sms.example");
    stage.answer(Ok(Reply::Dial { to, account: fixture::xmpp() }));
    assert!(stage.sees("Will go to +15550007788@sms.example from rosa@jabber.example"));
    stage.tap(Named::Enter);
    stage.write("Hello");
    stage.tap(Named::Enter);
    let (Command::Text { to, .. }, Then::Begun) = &stage.asked[0] else { panic!() };
    assert_eq!(to.expose(), "xmpp:+15550007788@sms.example");
    let sent = fixture::text(90, 9, "xmpp:+15550007788@sms.example", "Hello", 0, Some(MessageState::Queued));
    stage.answer(Ok(Reply::Message(sent)));
    assert_eq!(stage.app.thread.open, Some(ConversationId(9)));
}

#[test]
fn the_dialler_calls_what_it_shows() {
    let mut stage = stage();
    stage.click("Calls");
    stage.click("6");
    stage.click("0");
    stage.click("0");
    let last = stage.asked.pop().unwrap();
    stage.asked = vec![last];
    let to = fixture::address("sip:600@voz.example");
    stage.answer(Ok(Reply::Dial { to, account: fixture::sip() }));
    assert!(stage.sees("Will call 600@voz.example from 5551230@voz.example"));
    stage.click("Call");
    let (Command::Call { to, account }, Then::Called) = &stage.asked[0] else { panic!() };
    assert_eq!((to.expose().as_str(), account), ("sip:600@voz.example", &Some(fixture::sip())));
    stage.answer(Ok(Reply::Call(fixture::call(CallState::Dialling))));
    assert_eq!(stage.app.place, Place::Call);
}

#[test]
fn before_a_call_for_help_it_is_said_what_cannot_be_promised() {
    let mut stage = stage();
    stage.click("Calls");
    stage.click("1");
    stage.click("1");
    stage.click("2");
    let last = stage.asked.pop().unwrap();
    stage.asked = vec![last];
    stage.answer(Ok(Reply::Dial { to: fixture::address("sip:112@voz.example"), account: fixture::sip() }));
    assert!(stage.sees(PROMISE));
    stage.click("Call");
    assert!(matches!(stage.asked[0], (Command::Call { .. }, Then::Called)), "and nobody is kept from calling");
}

#[test]
fn a_hidden_number_and_who_forwarded_the_call_are_said_in_words() {
    let mut stage = stage();
    let peer = fixture::address("sip:anonymous@anonymous.invalid");
    let via = Some(fixture::address("sip:office@voz.example"));
    let call = Call { peer, via, name: None, ..fixture::call(CallState::Incoming) };
    stage.happen(Event::Call { account: fixture::sip(), call });
    assert!(stage.sees("Hidden number") && stage.sees("Forwarded by office@voz.example"));
    assert!(!stage.sees("anonymous@anonymous.invalid"));
}

#[test]
fn a_code_is_copied_and_leaves_the_clipboard_only_if_it_is_still_there() {
    let mut stage = stage();
    stage.click("Codes");
    stage.click("Copy");
    assert_eq!(stage.clipboard, ["482913"]);
    assert!(stage.sees("Copied"));
    let holds = |text: &str| Private::new(Some(text.to_owned()));
    stage.send(Message::Clipboard { copied: "482913".into(), holds: holds("something else") });
    assert_eq!(stage.clipboard.len(), 1);
    stage.send(Message::Clipboard { copied: "482913".into(), holds: holds("482913") });
    assert_eq!(stage.clipboard, ["482913", ""]);
}

#[test]
fn a_warning_stands_with_its_code_on_every_screen() {
    let mut stage = stage();
    let mut code = stage.app.model.codes[0].clone();
    code.code.warnings = vec![Warning::Asked, Warning::LookAlike];
    stage.send(Message::Feed(Feed::Events(vec![Event::CodeWarned { code }])));
    for place in [Place::Conversations, Place::Codes] {
        stage.send(Message::Go(place));
        assert!(stage.sees(
            "Another text asks for this code. Give it to nobody, not even to a person you know: call them first."
        ));
        assert!(stage.sees("A link in the text imitates the site this code is for. Do not open it."), "{place:?}");
    }
    assert_eq!(stage.app.model.codes.iter().filter(|code| !code.code.warnings.is_empty()).count(), 1);
}

#[test]
fn a_forgotten_code_is_nowhere() {
    let mut stage = stage();
    stage.click("Codes");
    assert!(stage.sees("482 913"));
    let mut message = fixture::service()[1].clone();
    (message.body, message.code) = ("•••••• is your Example Bank code.".into(), None);
    stage.send(Message::Feed(Feed::Events(vec![Event::CodeForgotten { message }])));
    assert!(!stage.sees("482 913"));
    stage.send(Message::Go(Place::Conversations));
    assert!(
        !stage.sees("482 913")
            && stage
                .app
                .model
                .conversations
                .iter()
                .all(|known| { known.last.as_ref().is_none_or(|last| !last.body.expose().contains("482913")) })
    );
}

#[test]
fn a_fresh_code_is_offered_on_every_screen_until_it_is_put_away() {
    let mut stage = stage();
    for place in [Place::Conversations, Place::Calls, Place::Settings] {
        stage.send(Message::Go(place));
        assert!(stage.sees("New code from 33733"), "{place:?}");
    }
    let newest = stage.app.model.codes[0].message;
    stage.send(Message::Dismiss(newest));
    assert!(!stage.sees("New code from 33733"));
}

#[test]
fn a_call_that_rings_is_answered_or_declined_anywhere_and_takes_no_keyboard() {
    let mut stage = talking();
    stage.focus(COMPOSER);
    let before = stage.focused();
    stage.happen(Event::Call { account: fixture::sip(), call: fixture::call(CallState::Incoming) });
    assert_eq!(stage.focused(), before, "the call took the keyboard");
    stage.write("still typing");
    assert_eq!(stage.app.thread.words.text().trim_end(), "still typing");
    assert_eq!(stage.notified, 1);
    stage.click("Decline");
    assert!(matches!(stage.asked[0].0, Command::Decline { call: Some(_) }));
    stage.asked.clear();
    stage.click("Answer");
    assert!(matches!(stage.asked[0].0, Command::Answer { call: Some(_) }));
    assert_eq!(stage.app.place, Place::Call);
}

#[test]
fn a_call_is_muted_held_keyed_and_hung_up() {
    let mut stage = stage();
    stage.happen(Event::Call { account: fixture::sip(), call: fixture::call(CallState::Active) });
    stage.send(Message::Go(Place::Call));
    assert!(stage.sees("1:42"));
    stage.click("Keypad");
    stage.click("5");
    stage.write("#");
    ctrl(&mut stage, "m");
    stage.click("Hang up");
    let asked: Vec<_> = stage.asked.iter().map(|(command, _)| command.clone()).collect();
    assert!(matches!(&asked[..], [
        Command::Dtmf { digits: five, .. },
        Command::Dtmf { digits: hash, .. },
        Command::Mute { on: true, .. },
        Command::HangUp { .. },
    ] if five.expose() == "5" && hash.expose() == "#"));
    let over = fixture::call(CallState::Ended { reason: EndReason::HungUpHere });
    stage.happen(Event::Call { account: fixture::sip(), call: over });
    assert_eq!(stage.app.place, Place::Conversations);
}

#[test]
fn why_a_call_ended_stays_until_it_was_read() {
    let mut stage = stage();
    stage.happen(Event::Call { account: fixture::sip(), call: fixture::call(CallState::Dialling) });
    stage.send(Message::Go(Place::Call));
    let busy = fixture::call(CallState::Ended { reason: EndReason::Busy });
    stage.happen(Event::Call { account: fixture::sip(), call: busy });
    assert!(stage.sees("The line is busy"));
    stage.click("Close");
    assert_eq!(stage.app.place, Place::Conversations);
}

#[test]
fn the_language_changes_at_once_and_is_kept() {
    let mut stage = stage();
    stage.click("Settings");
    stage.asked.clear();
    for _ in 0..80 {
        if stage.sees("Español") {
            break;
        }
        stage.tap(Named::Tab);
    }
    stage.click("Español");
    let (Command::SetWindow { window }, _) = &stage.asked[0] else { panic!() };
    assert_eq!(window.language.as_deref(), Some("es"));
    assert!(stage.sees("Mensajes"));
}

#[test]
fn an_own_text_is_not_told_and_one_nobody_looks_at_is() {
    let mut stage = talking();
    let told = |stage: &mut Stage, text: crate::domain::message::Message| {
        let known = stage.app.model.conversation(text.conversation).unwrap().clone();
        let conversation = Box::new(crate::domain::conversation::Conversation { last: Some(text.clone()), ..known });
        stage.happen(Event::Message { account: fixture::xmpp(), message: text, conversation, old: false });
    };
    let ana = "xmpp:+15551234567@sms.example";
    told(&mut stage, fixture::text(70, 1, ana, "seen at once", 0, None));
    told(&mut stage, fixture::text(71, 1, ana, "mine", 0, Some(MessageState::Queued)));
    assert_eq!(stage.notified, 0);
    stage.send(Message::Focused(false));
    told(&mut stage, fixture::text(72, 1, ana, "not seen", 0, None));
    assert_eq!(stage.notified, 1);
}

/// Tab goes through every control of a screen, shows each, and comes back to the first.
fn tab_reaches_all(name: &str, mut stage: Stage) {
    let controls = stage.controls();
    assert!(controls > 0, "{name} has no controls");
    let mut seen = 0;
    for _ in 0..controls {
        stage.tap(Named::Tab);
        if stage.focused().is_some() {
            seen += 1;
        }
        assert!(stage.focus_in_sight(), "{name}: control {seen} of {controls} is out of sight");
    }
    assert_eq!(seen, controls, "{name}");
}

#[test]
fn tab_reaches_every_control_of_every_screen() {
    let sizes = [Size::new(1280.0, 800.0), Size::new(360.0, 640.0)];
    for size in sizes {
        for place in [Place::Conversations, Place::New, Place::Calls, Place::Codes, Place::Settings, Place::Welcome] {
            let mut app = fixture::app(fixture::snapshot());
            app.update(Message::Resized(size), fixture::now());
            go(&mut app, place);
            tab_reaches_all(&format!("{place:?} {size:?}"), Stage::new(app));
        }
        let mut app = fixture::app(fixture::snapshot());
        app.update(Message::Resized(size), fixture::now());
        fixture::open(&mut app, 1, fixture::thread());
        tab_reaches_all(&format!("thread {size:?}"), Stage::new(app));
        let mut stage = self::stage();
        stage.send(Message::Resized(size));
        stage.happen(Event::Call { account: fixture::sip(), call: fixture::call(CallState::Active) });
        stage.send(Message::Go(Place::Call));
        tab_reaches_all(&format!("call {size:?}"), stage);
    }
}

#[test]
fn shortcuts_go_where_they_say_even_from_a_field() {
    let mut stage = talking();
    stage.focus(COMPOSER);
    stage.press(Key::Character("2".into()), Modifiers::CTRL, Some("2"));
    assert_eq!(stage.app.place, Place::Calls);
    assert_eq!(stage.app.thread.words.text().trim_end(), "", "the shortcut was typed");
    for (key, place) in [("1", Place::Conversations), ("3", Place::Codes), ("4", Place::Settings), ("n", Place::New)] {
        ctrl(&mut stage, key);
        assert_eq!(stage.app.place, place);
    }
}
