//! The desktop around the window: what closing it means, and links that other programs hand over. By keyboard alone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
use super::{
    app::Message,
    fixture,
    screen::{dial, new},
    stage::Stage,
    wish::Place,
};
use crate::{
    config::DesktopConfig,
    domain::private::Private,
    engine::api::{Command, Event, Reply, Snapshot},
};
use iced::{Size, keyboard::key::Named};

fn stage() -> Stage {
    Stage::new(fixture::app(fixture::snapshot()))
}

fn kept(stage: &Stage) -> Vec<&Command> {
    stage.asked.iter().map(|(command, _)| command).collect()
}

#[test]
fn the_first_time_it_is_asked_and_the_answer_is_kept() {
    let mut stage = stage();
    stage.send(Message::Resized(Size::new(900.0, 700.0)));
    stage.send(Message::Close);
    assert!(stage.sees("Shall Landline keep running?") && !stage.hidden && stage.asked.is_empty());
    // not after all
    stage.tap(Named::Escape);
    assert!(!stage.sees("Shall Landline keep running?"));
    stage.send(Message::Close);
    stage.tap(Named::Enter);
    let [Command::SetDesktop { desktop }, Command::SetWindow { window }] = kept(&stage)[..] else { panic!() };
    assert_eq!((desktop.keep_running, window.size), (Some(true), Some((900, 700))));
    assert!(stage.hidden && !stage.closed);
    // from now on it is not asked again
    (stage.hidden, stage.asked) = (false, Vec::new());
    stage.send(Message::Close);
    assert!(stage.hidden && !stage.sees("Shall Landline keep running?"));
    assert!(matches!(kept(&stage)[..], [Command::SetWindow { .. }]));
}

#[test]
fn who_wants_it_to_end_has_it_end_politely() {
    let mut stage = stage();
    stage.send(Message::Close);
    stage.tap(Named::Tab);
    stage.tap(Named::Enter);
    let [Command::SetDesktop { desktop }, Command::SetWindow { .. }, Command::Quit] = kept(&stage)[..] else {
        panic!()
    };
    assert_eq!(desktop.keep_running, Some(false));
    assert!(!stage.hidden && !stage.closed);
    stage.asked.drain(..2);
    stage.answer(Ok(Reply::Done));
    assert!(stage.closed);
}

#[test]
fn a_demo_and_a_phone_without_a_line_end_with_their_window() {
    for snapshot in [Snapshot { demo: true, ..fixture::snapshot() }, Snapshot::default()] {
        let mut stage = Stage::new(fixture::app(snapshot));
        stage.asked.clear();
        stage.send(Message::Close);
        assert!(matches!(kept(&stage)[..], [Command::SetWindow { .. }, Command::Quit]));
    }
}

#[test]
fn without_a_window_nothing_is_seen_and_no_clock_runs() {
    let mut stage = Stage::new(fixture::app(Snapshot {
        desktop: DesktopConfig { keep_running: Some(true), ..DesktopConfig::default() },
        ..fixture::snapshot()
    }));
    fixture::go(&mut stage.app, Place::Codes);
    assert!(stage.app.beat().is_some());
    stage.send(Message::Close);
    assert_eq!(stage.app.beat(), None);
    fixture::open(&mut stage.app, 1, fixture::thread());
    stage.asked.clear();
    let text = fixture::text(90, 1, "xmpp:+15551234567@sms.example", "hi", 0, None);
    let conversation = Box::new(stage.app.model.conversations[0].clone());
    stage.happen(Event::Message { account: fixture::xmpp(), message: text, conversation, old: false });
    assert_eq!(stage.notified, 1);
    assert!(stage.asked.is_empty(), "a text that nobody saw was marked as read");
}

#[test]
fn codes_are_blanked_out_and_kept_out_of_notifications_by_choice() {
    let mut stage = stage();
    stage.click("Settings");
    stage.asked.clear();
    for words in ["Tell only that one came", "Blank out after a day"] {
        for _ in 0..80 {
            if stage.sees(words) {
                break;
            }
            stage.tap(Named::Tab);
        }
        stage.click(words);
    }
    let [Command::SetCodes { codes: first }, Command::SetCodes { codes: second }] = kept(&stage)[..] else { panic!() };
    assert_eq!((first.hide, first.forget_after_hours), (true, None));
    assert_eq!((second.hide, second.forget_after_hours), (true, Some(24)));
}

fn hand(stage: &mut Stage, link: &str) {
    stage.happen(Event::LinkOpened { link: Private::from(link) });
}

#[test]
fn a_telephone_link_fills_the_dialler_and_calls_nobody() {
    let mut stage = stage();
    hand(&mut stage, "tel:+1-555-0100");
    assert_eq!((stage.app.place, stage.app.dial.to.typed.as_str()), (Place::Calls, "+1-555-0100"));
    assert!(matches!(kept(&stage)[..], [Command::Resolve { text: false, .. }]));
    assert!(stage.focused().is_some());
    // the person's Enter is what calls
    stage.answer(Ok(Reply::Dial { to: fixture::address("sip:+15550100@voz.example"), account: fixture::sip() }));
    stage.focus(dial::TO);
    stage.tap(Named::Enter);
    assert!(matches!(kept(&stage)[..], [Command::Call { .. }]));
}

#[test]
fn a_message_link_fills_both_fields_and_keeps_what_was_written() {
    let mut stage = stage();
    fixture::go(&mut stage.app, Place::New);
    stage.focus(crate::ui::screen::thread::COMPOSER);
    stage.write("Hola");
    hand(&mut stage, "sms:+15550100?body=On%20my%20way");
    assert_eq!((stage.app.place, stage.app.new.to.typed.as_str()), (Place::New, "+15550100"));
    assert!(matches!(kept(&stage)[..], [Command::Resolve { text: true, .. }]));
    stage.answer(Ok(Reply::Dial { to: fixture::address("xmpp:+15550100@sms.example"), account: fixture::xmpp() }));
    stage.send(Message::New(new::Message::Send));
    let [Command::Text { body, .. }] = kept(&stage)[..] else { panic!() };
    assert_eq!(body.expose(), "Hola\nOn my way");
}

#[test]
fn a_link_waits_until_there_is_a_phone() {
    let mut stage = Stage::new(fixture::app(Snapshot::default()));
    hand(&mut stage, "tel:+15550100");
    assert_eq!(stage.app.place, Place::Welcome);
    let status = fixture::snapshot().accounts.remove(1);
    stage.happen(Event::AccountAdded { account: fixture::sip(), status });
    stage.send(Message::Activated(Some("mailto:nobody@example.org".into())));
    assert_eq!(stage.app.place, Place::Welcome);
    hand(&mut stage, "tel:+15550101");
    assert_eq!((stage.app.place, stage.app.dial.to.typed.as_str()), (Place::Calls, "+15550101"));
}
