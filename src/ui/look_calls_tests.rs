//! The screens with calls that are looked at: the list, ringing, talking, keys, recordings, joined, kept and over.
use super::*;

pub(super) fn calls(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    fixture::go(&mut app, Place::Calls);
    update(&mut app, Message::Dial(dial::Message::To("600".to_owned())));
    resolve(&mut app, Field::Dial, "600", "sip:600@voz.example");
    app
}

pub(super) fn voicemail(snapshot: Snapshot) -> App {
    let mut app = calls(snapshot);
    let listen = Some(fixture::address("sip:*97@voz.example"));
    let mailbox = Mailbox { waiting: true, new: Some(2), old: Some(5), listen };
    happen(&mut app, Event::Mailbox { account: fixture::sip(), mailbox });
    app
}

pub(super) fn ringing(snapshot: Snapshot) -> App {
    let mut app = talk(snapshot);
    happen(&mut app, Event::Call { account: fixture::sip(), call: fixture::call(CallState::Incoming) });
    app
}

pub(super) fn in_call(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    let call = fixture::call(CallState::Active);
    happen(&mut app, Event::Call { account: fixture::sip(), call });
    fixture::go(&mut app, Place::Call);
    app
}

pub(super) fn keys(snapshot: Snapshot) -> App {
    let mut app = fixture::app(snapshot);
    let mut call = fixture::call(CallState::Active);
    call.muted = true;
    call.dtmf_sent = "1 2 #".into();
    happen(&mut app, Event::Call { account: fixture::sip(), call });
    fixture::go(&mut app, Place::Call);
    update(&mut app, Message::Call(call::Message::Keypad));
    app
}

pub(super) fn recorded(mut snapshot: Snapshot) -> App {
    snapshot.recording.announce = false;
    let mut app = fixture::app(snapshot);
    let mut call = fixture::call(CallState::Active);
    call.recording = Some("/home/rosa/.local/share/landline/recordings/2026-03-10-14-31-50-120-7.opus".into());
    call.recording_since = Some(fixture::now() - jiff::SignedDuration::from_secs(20));
    happen(&mut app, Event::Call { account: fixture::sip(), call: call.clone() });
    fixture::go(&mut app, Place::Call);
    app
}

pub(super) fn details(snapshot: Snapshot) -> App {
    let mut app = in_call(snapshot);
    let id = fixture::call(CallState::Active).id;
    for second in 0..40_u16 {
        let mut quality = fixture::quality();
        quality.heard.loss_permille = if second == 20 { 40 } else { 4 };
        quality.said.as_mut().unwrap().loss_permille = if second < 15 { 0 } else { 60 + second };
        happen(&mut app, Event::Quality { account: fixture::sip(), call: id, quality });
    }
    happen(&mut app, Event::Quality { account: fixture::sip(), call: id, quality: fixture::quality() });
    update(&mut app, Message::Call(call::Message::Details));
    app
}

pub(super) fn joined(snapshot: Snapshot) -> App {
    let mut app = in_call(snapshot);
    let mut first = fixture::call(CallState::Active);
    first.joined = true;
    let mut second = first.clone();
    second.id = crate::domain::call::CallId(8);
    (second.peer, second.name) = (fixture::address("sip:taller@voz.example"), None);
    second.volume = 50;
    for call in [first, second] {
        happen(&mut app, Event::Call { account: fixture::sip(), call });
    }
    let good = crate::domain::quality::Quality { verdict: crate::domain::quality::Verdict::Good, ..fixture::quality() };
    let call = fixture::call(CallState::Active).id;
    happen(&mut app, Event::Quality { account: fixture::sip(), call, quality: good });
    app
}

pub(super) fn kept(snapshot: Snapshot) -> App {
    let mut app = recorded(snapshot);
    let over = fixture::call(CallState::Ended { reason: EndReason::HungUpHere });
    happen(&mut app, Event::Call { account: fixture::sip(), call: over });
    app
}

pub(super) fn bar(snapshot: Snapshot) -> App {
    let mut app = recorded(snapshot);
    fixture::go(&mut app, Place::Codes);
    app
}

pub(super) fn over(snapshot: Snapshot) -> App {
    let mut app = in_call(snapshot);
    let call = fixture::call(CallState::Ended { reason: EndReason::HungUpThere });
    happen(&mut app, Event::Call { account: fixture::sip(), call });
    app
}
