//! What a person sees of the voice mailbox, and how they listen to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
use super::{app::Message, fixture, stage::Stage, wish::Place};
use crate::{
    domain::mailbox::Mailbox,
    engine::api::{Command, Event, Refusal},
};
use iced::keyboard::{Key, Modifiers};

fn told(stage: &mut Stage, new: u32) {
    let listen = Some(fixture::address("sip:*97@voz.example"));
    let mailbox = Mailbox { waiting: new > 0, new: Some(new), old: Some(1), listen };
    stage.happen(Event::Mailbox { account: fixture::sip(), mailbox });
}

#[test]
fn what_waits_is_counted_and_one_press_or_key_listens_to_it() {
    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    stage.send(Message::Go(Place::Calls));
    assert!(!stage.sees("Listen"), "no server tells of a mailbox");
    told(&mut stage, 2);
    assert!(stage.sees("Voicemail: 2 new"));
    stage.click("Listen");
    let (command, _) = stage.asked.remove(stage.asked.len() - 1);
    assert!(matches!(command, Command::Voicemail { account: Some(account) } if account == fixture::sip()));
    told(&mut stage, 0);
    assert!(stage.sees("Voicemail: nothing new") && stage.sees("Listen"));
    stage.asked.clear();
    stage.send(Message::Go(Place::Conversations));
    stage.press(Key::Character("l".into()), Modifiers::CTRL, None);
    let ways = |(command, _): &(Command, _)| matches!(command, Command::Voicemail { account: None });
    assert_eq!(stage.asked.iter().filter(|one| ways(one)).count(), 1);
    stage.asked.retain(ways);
    stage.answer(Err(Refusal::NoVoicemail));
    assert!(stage.sees("No voicemail number is known. Put it into the account’s settings."));
}
