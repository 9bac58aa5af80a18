//! What a person sees of the links, and how they allow wireless ones. No screen, no engine: the stage takes input as the
//! window does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]
use super::{
    fixture::{self, go},
    stage::Stage,
    wish::Place,
};
use crate::{
    domain::{
        call::{Call, CallState},
        link::{WiredPolicy, WiredStatus},
    },
    engine::api::{Command, Event, Snapshot},
};
use iced::keyboard::key::Named;

#[test]
fn a_radio_that_is_on_is_named_with_what_to_do() {
    let mut app = fixture::app(Snapshot { wired: fixture::radio_beside(), ..fixture::snapshot() });
    go(&mut app, Place::Settings);
    let mut stage = Stage::new(app);
    assert!(stage.sees("Wired: enp3s0. Wi-Fi is on, not used"));
    let advice = "Landline does not use that radio. To be without it, switch it off in the computer's network settings, or \
                  type: nmcli radio all off";
    // it is further down, beside the links
    for _ in 0..40 {
        if stage.sees(advice) {
            return;
        }
        stage.tap(Named::Tab);
    }
    panic!("no advice");
}

#[test]
fn a_call_whose_cable_is_out_says_so() {
    let call = Call { searching: true, ..fixture::call(CallState::Active) };
    let mut stage = Stage::new(fixture::app(Snapshot { calls: vec![call], ..fixture::snapshot() }));
    stage.send(super::app::Message::Go(Place::Call));
    assert!(stage.sees("The way of the sound is lost. Looking for another…"));
    stage.happen(Event::Wired { status: WiredStatus::default() });
    assert!(stage.sees("The network cable is out. The call waits half a minute for it…"));
}

#[test]
fn wireless_is_allowed_in_words_and_never_at_the_first_click() {
    let mut stage = Stage::new(fixture::app(Snapshot { wired: fixture::radio(), ..fixture::snapshot() }));
    stage.click("Allow wireless");
    assert!(!stage.asked.iter().any(|(command, _)| matches!(command, Command::ChooseLinks { .. })));
    for _ in 0..40 {
        if stage.sees("Yes, allow wireless") {
            break;
        }
        stage.tap(Named::Tab);
    }
    stage.click("Yes, allow wireless");
    assert!(matches!(stage.asked.last(), Some((Command::ChooseLinks { policy: WiredPolicy::AllowWireless }, _))));
}

#[test]
fn who_wants_to_be_asked_is_asked_on_every_screen_and_answers_there() {
    let mut stage = Stage::new(fixture::app(Snapshot { wired: fixture::radio_asked(), ..fixture::snapshot() }));
    assert!(stage.sees("There is no cable. May Landline use wlp2s0 (Wi-Fi)? It remembers what you say."));
    stage.click("No, wait for the cable");
    assert!(matches!(stage.asked.last(), Some((Command::AnswerLink { link, allow: false }, _)) if link == "wlp2s0"));
    stage.click("Yes, use it");
    assert!(matches!(stage.asked.last(), Some((Command::AnswerLink { link, allow: true }, _)) if link == "wlp2s0"));
    // an answer is kept until the person wants to be asked again
    let mut answered = fixture::radio_asked();
    answered.asks = false;
    answered.rule.answers.insert("wlp2s0".into(), false);
    stage.happen(Event::Wired { status: answered });
    assert!(!stage.sees("There is no cable. May Landline use wlp2s0 (Wi-Fi)? It remembers what you say."));
    stage.send(super::app::Message::Go(Place::Settings));
    for _ in 0..40 {
        if stage.sees("Ask me again") {
            break;
        }
        stage.tap(Named::Tab);
    }
    stage.click("Ask me again");
    assert!(matches!(stage.asked.last(), Some((Command::ChooseLinks { policy: WiredPolicy::Ask }, _))));
}
