//! What a person does to texts in a thread, by mouse and by keyboard, and what is asked of the engine then.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::{app::Message, fixture, screen::thread, stage::Stage};
use crate::{
    domain::{conversation::ConversationId, extras::Withdrawn, message::MessageId},
    engine::api::{Attach, Command, Deed, Event, Wanted},
};
use iced::{
    keyboard::key::Named,
    widget::text_editor::{Action, Edit},
};

fn talking() -> Stage {
    let mut app = fixture::app(fixture::snapshot());
    fixture::open(&mut app, 4, fixture::deeds());
    let mut stage = Stage::new(app);
    stage.focus(thread::COMPOSER);
    stage
}

/// What was asked but for drafts.
fn asked(stage: &Stage) -> Vec<&Command> {
    let kept = |command: &&Command| !matches!(command, Command::Want { wanted: Wanted::Draft(_), .. });
    stage.asked.iter().map(|(command, _)| command).filter(kept).collect()
}

#[test]
fn a_text_is_answered() {
    let mut stage = talking();
    stage.send(Message::Thread(thread::Message::Choose(MessageId(41))));
    stage.click("Answer");
    assert!(stage.sees("Answer to"));
    stage.focus(thread::COMPOSER);
    stage.write("claro");
    stage.tap(Named::Enter);
    let [Command::Do { id, deed: Deed::Reply(body) }] = asked(&stage)[..] else { panic!() };
    assert_eq!((*id, body.expose().as_str()), (MessageId(41), "claro"));
    assert!(!stage.sees("Answer to"));
}

#[test]
fn up_corrects_the_last_text_and_escape_gives_the_words_back() {
    let mut stage = talking();
    stage.tap(Named::ArrowUp);
    assert!(stage.sees("Correct this text"));
    stage.write(" a todos");
    stage.tap(Named::Escape);
    assert!(!stage.sees("Correct this text"));
    assert_eq!(stage.app.thread.words.text().trim(), "");
    stage.tap(Named::ArrowUp);
    stage.write(" a todos");
    stage.tap(Named::Enter);
    let [Command::Do { id, deed: Deed::Correct(body) }] = asked(&stage)[..] else { panic!() };
    assert_eq!((*id, body.expose().as_str()), (MessageId(46), "Gracias a todos"));
}

#[test]
fn a_sign_is_added_to_those_one_gave_and_taken_away_again() {
    let mut stage = talking();
    stage.send(Message::Thread(thread::Message::React(MessageId(41), "🙏")));
    stage.send(Message::Thread(thread::Message::React(MessageId(41), "👍")));
    let [Command::Do { deed: Deed::React(more), .. }, Command::Do { deed: Deed::React(none), .. }] = asked(&stage)[..]
    else {
        panic!()
    };
    assert_eq!((more.join(" ").as_str(), none.len()), ("👍 🙏", 0));
}

#[test]
fn a_text_that_was_taken_back_is_shown_when_asked_for() {
    let mut stage = talking();
    assert!(!stage.sees("An old secret"));
    stage.click("This text was taken back.");
    assert!(stage.sees("An old secret"));
    let mut mine = fixture::deeds().pop().unwrap();
    mine.extras.withdrawn = Some(Withdrawn::Writer);
    let conversation = Box::new(stage.app.model.conversation(ConversationId(4)).unwrap().clone());
    stage.happen(Event::MessageChanged { account: fixture::xmpp(), message: mine, conversation });
    assert!(stage.sees("You took this text back."));
}

#[test]
fn a_file_is_sent_by_its_path_by_paste_and_by_drop_and_fetched_by_a_click() {
    let mut stage = talking();
    stage.send(Message::Thread(thread::Message::Attach));
    assert!(stage.sees("Up to 10 MB. You can also drop a file into the conversation, or paste it."));
    stage.send(Message::Thread(thread::Message::Path("/tmp/a b.png".to_owned())));
    stage.send(Message::Thread(thread::Message::SendFile));
    let paste = Action::Edit(Edit::Paste(std::sync::Arc::new("file:///tmp/a%20b.png\n".to_owned())));
    stage.send(Message::Thread(thread::Message::Edit(paste)));
    stage.send(Message::Thread(thread::Message::Dropped("/tmp/a b.png".into())));
    stage.click("Download");
    let asked = asked(&stage);
    assert_eq!(asked.len(), 4);
    for command in asked.iter().take(3) {
        let Command::Attach(Attach { to, path, .. }) = command else { panic!() };
        let path = path.expose().to_string_lossy();
        assert_eq!((to.expose().as_str(), path.as_ref()), ("xmpp:luis@jabber.example", "/tmp/a b.png"));
    }
    assert!(matches!(asked.last(), Some(Command::Do { id: MessageId(45), deed: Deed::Fetch })));
}

#[test]
fn a_draft_is_kept_when_the_conversation_is_left() {
    let mut stage = talking();
    stage.write("casi");
    stage.send(Message::Thread(thread::Message::Back));
    let draft = stage.asked.iter().rev().find_map(|(command, _)| match command {
        Command::Want { wanted: Wanted::Draft(words), .. } => Some(words.expose().clone()),
        _ => None,
    });
    assert_eq!(draft.unwrap().trim(), "casi");
}

#[test]
fn the_field_keeps_the_keyboard_when_a_line_about_the_words_appears() {
    let mut app = fixture::app(fixture::snapshot());
    fixture::open(&mut app, 1, fixture::thread());
    let mut stage = Stage::new(app);
    stage.focus(thread::COMPOSER);
    stage.write(&"a".repeat(150));
    assert!(stage.sees("One message; room for 10 more characters"), "the line appeared at 141");
    assert_eq!(stage.app.thread.words.text().trim().len(), 150);
}

#[test]
fn a_writer_is_blocked_and_let_through_again_and_the_thread_stays() {
    let mut stage = talking();
    stage.send(Message::Thread(thread::Message::Choose(MessageId(41))));
    stage.click("Block");
    let blocked = |asked: &[&Command]| match asked.last() {
        Some(Command::Want { wanted: Wanted::Blocked(on), .. }) => Some(*on),
        _ => None,
    };
    assert_eq!(blocked(&asked(&stage)), Some(true));
    let mut status = stage.app.model.accounts.iter().find(|known| known.config.id == fixture::xmpp()).unwrap().clone();
    status.blocked = Some(vec![fixture::address("xmpp:luis@jabber.example")]);
    stage.happen(Event::AccountAdded { account: fixture::xmpp(), status });
    assert!(stage.sees("Gracias"), "the thread stays");
    stage.click("Unblock");
    assert_eq!(blocked(&asked(&stage)), Some(false));
}
