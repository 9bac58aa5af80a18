//! What a person sees and does during a call: how the line does, who is how loud, what is recorded; and the settings about it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
use super::{
    app::Message,
    fixture,
    screen::call,
    stage::Stage,
    wish::{Place, Then},
};
use crate::{
    audio::{Country, HoldSound},
    domain::{
        call::{Call, CallId, CallState, EndReason, MediaEncryption, RecordingFormat},
        message::Direction,
        quality::{Part, Quality, Verdict},
    },
    engine::api::{Command, Event, Refusal, Reply},
};
use iced::keyboard::key::Named;

fn calling() -> Stage {
    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    tell(&mut stage, fixture::call(CallState::Active));
    stage.send(Message::Go(Place::Call));
    stage
}

fn tell(stage: &mut Stage, call: Call) {
    stage.happen(Event::Call { account: fixture::sip(), call });
}

fn sounds(stage: &mut Stage, quality: Quality) {
    stage.happen(Event::Quality { account: fixture::sip(), call: CallId(7), quality });
}

/// Goes with Tab until a text is in sight.
fn find(stage: &mut Stage, text: &str) {
    for _ in 0..60 {
        if stage.sees(text) {
            return;
        }
        stage.tap(Named::Tab);
    }
    panic!("{text} is nowhere");
}

#[test]
fn how_the_line_does_is_said_in_one_sentence_and_its_figures_unfold() {
    let mut stage = calling();
    assert!(!stage.sees("Details"), "nothing is known yet");
    let badly = "They hear you badly: a tenth of what you say is lost on the way.";
    sounds(&mut stage, fixture::quality());
    assert!(stage.sees(badly) && !stage.sees("10.4 %"));
    stage.click("Details");
    for figure in ["You hear", "They hear", "10.4 %", "0.4 %", "58 ms", "24 ms", "Their volume: 100 %"] {
        assert!(stage.sees(figure), "{figure}");
    }
    sounds(&mut stage, Quality { verdict: Verdict::Good, said: None, ..fixture::quality() });
    assert!(stage.sees("The line is good.") && !stage.sees(badly));
    assert!(stage.sees("They hear: not reported"));
    let part = Part::Half;
    sounds(&mut stage, Quality { verdict: Verdict::YouMiss { part }, ..fixture::quality() });
    assert!(stage.sees("You hear them badly: half of what they say is lost on the way."));
    let held = Call { held_there: true, ..stage.app.model.calls[0].clone() };
    tell(&mut stage, held);
    assert!(!stage.sees("Details"), "who is on hold hears no line");
}

#[test]
fn the_figures_unfold_by_keyboard_and_it_stays_there() {
    let begun = || {
        let mut stage = calling();
        sounds(&mut stage, fixture::quality());
        stage
    };
    let unfolded = (1..=begun().controls()).find_map(|tabs| {
        let mut stage = begun();
        (0..tabs).for_each(|_| stage.tap(Named::Tab));
        stage.tap(Named::Enter);
        stage.sees("10.4 %").then_some(stage)
    });
    let mut stage = unfolded.expect("no control unfolds them");
    assert!(stage.focused().is_some(), "what was pressed has lost the keyboard");
    stage.tap(Named::Enter);
    assert!(!stage.sees("10.4 %"), "the same key folds them");
}

#[test]
fn the_last_minute_of_a_line_is_kept_and_no_more() {
    let mut stage = calling();
    (0..200).for_each(|_| sounds(&mut stage, fixture::quality()));
    assert_eq!(stage.app.model.lines[&CallId(7)].len(), super::model::DRAWN);
    tell(&mut stage, fixture::call(CallState::Ended { reason: EndReason::HungUpThere }));
    assert!(stage.app.model.lines.is_empty());
}

#[test]
fn each_party_is_made_louder_and_softer() {
    /// The pictures on the two buttons.
    const SOFTER: &str = "\u{e11c}";
    const LOUDER: &str = "\u{e13d}";
    let joined =
        |id: u32, volume: u16| Call { id: CallId(id), joined: true, volume, ..fixture::call(CallState::Active) };
    let mut stage = calling();
    assert!(!stage.sees("Their volume: 100 %"), "one call is turned at the loudspeaker, or under the details");
    tell(&mut stage, joined(7, 100));
    tell(&mut stage, joined(8, 50));
    assert!(stage.sees("Their volume: 50 %") && stage.sees("Their volume: 100 %"));
    stage.happen(Event::Quality { account: fixture::sip(), call: CallId(8), quality: fixture::quality() });
    assert!(stage.sees("They hear you badly: a tenth of what you say is lost on the way."), "each has its own line");
    stage.click(SOFTER);
    stage.click(LOUDER);
    tell(&mut stage, fixture::call(CallState::Ended { reason: EndReason::HungUpThere }));
    stage.click(SOFTER);
    tell(&mut stage, joined(8, 400));
    stage.click(LOUDER);
    let asked = stage.asked.iter().map(|(command, _)| match command {
        Command::Volume { call: Some(call), percent } => (call.0, *percent),
        other => panic!("{other:?}"),
    });
    assert_eq!(asked.collect::<Vec<_>>(), [(7, 70), (7, 140), (8, 35)], "louder than the loudest is not to be had");
}

#[test]
fn recording_is_a_button_with_a_sign_and_tells_where_the_file_is() {
    let mut stage = calling();
    stage.click("Record");
    assert!(matches!(stage.asked[0].0, Command::Record { call: Some(CallId(7)), on: true }));
    let call = Call {
        recording: Some("/recordings/a.opus".into()),
        recording_since: Some(fixture::now() - jiff::SignedDuration::from_secs(12)),
        ..fixture::call(CallState::Active)
    };
    tell(&mut stage, call);
    assert!(stage.sees("Recording 0:12") && stage.sees("Into the file /recordings/a.opus"));
    stage.click("Stop recording");
    assert!(matches!(stage.asked[1].0, Command::Record { call: Some(CallId(7)), on: false }));
    let told = "The recording is in /recordings/a.opus";
    assert!(!stage.sees(told));
    tell(&mut stage, fixture::call(CallState::Ended { reason: EndReason::HungUpHere }));
    assert_eq!(stage.app.place, Place::Conversations);
    assert!(stage.sees(told), "also when the call has ended");
    stage.send(Message::Recorded);
    assert!(!stage.sees(told));
}

#[test]
fn how_calls_are_recorded_is_chosen() {
    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    stage.click("Settings");
    stage.asked.clear();
    find(&mut stage, "WAV (for every program)");
    stage.click("WAV (for every program)");
    find(&mut stage, "No tone");
    stage.click("No tone");
    let [(Command::SetRecording { recording: first }, _), (Command::SetRecording { recording }, _)] = &stage.asked[..]
    else {
        panic!("{:?}", stage.asked.len())
    };
    assert_eq!((first.format, first.announce), (RecordingFormat::Wav, true));
    assert_eq!((recording.format, recording.announce), (RecordingFormat::Wav, false));
}

#[test]
fn whose_tones_and_what_others_hear_on_hold_is_chosen() {
    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    stage.click("Settings");
    stage.asked.clear();
    find(&mut stage, "Mexico");
    stage.click("Mexico");
    find(&mut stage, "A calm tune");
    stage.click("A calm tune");
    let choices: Vec<_> = stage.asked.iter().map(|(command, _)| command.clone()).collect();
    let [Command::ChooseDevices { choice: tones }, Command::ChooseDevices { choice: hold }] = &choices[..] else {
        panic!("{choices:?}")
    };
    assert_eq!((tones.tones, &hold.hold), (Some(Country::Mx), &HoldSound::Tune));
    stage.asked.clear();
    stage.click("A file of your own");
    find(&mut stage, "Use this file");
    stage.click("/home/you/music/tune.opus");
    stage.write("file:///music/a.wav");
    stage.tap(Named::Enter);
    let [(Command::ChooseDevices { choice }, Then::Tune(before))] = &stage.asked[..] else { panic!() };
    assert_eq!((&choice.hold, before), (&HoldSound::File("/music/a.wav".into()), &HoldSound::Tune));
    stage.answer(Err(Refusal::NoTune));
    assert_eq!(stage.app.model.sound.hold, HoldSound::Tune, "what was refused is not chosen");
    assert!(stage.sees("That file cannot be played. Choose a WAV or Opus file."));
    stage.send(Message::Read);
    stage.tap(Named::Enter);
    stage.answer(Ok(Reply::Done));
    assert_eq!(stage.app.model.sound.hold, HoldSound::File("/music/a.wav".into()));
}

#[test]
fn a_call_says_how_it_is_encrypted_and_not_that_it_is_where_it_is_not() {
    for (encryption, words) in [
        (Some(MediaEncryption::Sdes), Some("Encrypted")),
        (Some(MediaEncryption::SdesInClear), Some("Encrypted, but its keys travelled in the clear")),
        (Some(MediaEncryption::Dtls), Some("Encrypted, with keys made at both ends")),
        (Some(MediaEncryption::DtlsInClear), Some("Encrypted, but nothing vouches for who is at the other end")),
        (Some(MediaEncryption::Pending), Some("Setting up the encryption…")),
        (None, None),
    ] {
        let mut stage = calling();
        tell(&mut stage, Call { encryption, ..fixture::call(CallState::Active) });
        assert_eq!(stage.sees(words.unwrap_or("Encrypted")), words.is_some(), "{encryption:?}");
    }
}

#[test]
fn a_call_is_handed_over_with_a_word_before_or_without_and_back_when_it_fails() {
    let mut stage = calling();
    stage.click("Transfer");
    stage.write("600");
    stage.click("Send now");
    let (command, _) = stage.asked.remove(0);
    assert!(matches!(command, Command::Transfer { call: Some(CallId(7)), to } if to.expose() == "600"));
    let call = CallId(7);
    stage.happen(Event::TransferFailed { account: fixture::sip(), call, reason: EndReason::Busy });
    assert!(stage.sees("The call could not be transferred: The line is busy. You are still in it."));
    stage.click("Transfer");
    stage.write("600");
    stage.click("Talk first");
    assert!(matches!(stage.asked.remove(0).0, Command::Call { account: Some(_), .. }));
    tell(&mut stage, fixture::call(CallState::Held));
    tell(&mut stage, Call { id: CallId(8), ..fixture::call(CallState::Active) });
    stage.click("Put through");
    let (command, _) = stage.asked.remove(0);
    assert!(matches!(command, Command::PutThrough { call: Some(CallId(7)), to: Some(CallId(8)) }));
}

#[test]
fn whom_the_other_side_names_is_called_only_after_a_yes() {
    let mut stage = calling();
    let call = fixture::call(CallState::Active);
    let to = fixture::address("sip:600@voz.example");
    let referral =
        crate::domain::transfer::Referral { call: call.id, account: call.account, by: call.peer, name: call.name, to };
    stage.happen(Event::Referred { referral });
    assert!(stage.asked.is_empty());
    stage.click("Do not call");
    assert!(matches!(stage.asked.remove(0).0, Command::Follow { call: Some(CallId(7)), yes: false }));
    stage.happen(Event::ReferralOver { call: CallId(7) });
    assert!(!stage.sees("Do not call"));
}

#[test]
fn a_stranger_who_calls_finds_keypad_and_notepad_ready_and_a_contact_does_not() {
    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    let stranger: crate::domain::address::Address = "sip:+15550009999@voz.example".parse().unwrap();
    let incoming = Call { direction: Direction::Incoming, peer: stranger, ..fixture::call(CallState::Active) };
    tell(&mut stage, incoming.clone());
    stage.send(Message::Go(Place::Call));
    assert!(stage.sees("Notepad") && stage.sees("Kept with the call, encrypted."));
    stage.send(Message::Call(call::Message::Note(incoming.id, "482913".into())));
    let Some((Command::NoteCall { call: Some(id), note }, _)) = stage.asked.last() else { panic!("not kept") };
    assert_eq!((*id, note.expose().as_str()), (incoming.id, "482913"));
    // put away once it stays away
    stage.click("Keypad");
    assert!(!stage.sees("Notepad"));
    tell(&mut stage, Call { muted: true, ..incoming });
    assert!(!stage.sees("Notepad"));

    let mut stage = Stage::new(fixture::app(fixture::snapshot()));
    let known = stage.app.model.contacts[0].address.clone();
    tell(&mut stage, Call { direction: Direction::Incoming, peer: known, ..fixture::call(CallState::Active) });
    stage.send(Message::Go(Place::Call));
    assert!(!stage.sees("Notepad"));
}
