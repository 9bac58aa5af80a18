//! The mirror moves as the engine does: order, states, pages, and what is told twice.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    domain::{call::EndReason, message::MessageState},
    ui::fixture,
};

fn model() -> Model {
    let mut model = Model::default();
    model.reset(fixture::snapshot());
    model
}

fn text(id: i64, minutes: i64) -> Message {
    fixture::text(id, 1, "xmpp:+15551234567@sms.example", "hello", minutes, None)
}

fn come(model: &mut Model, text: Message) {
    let known = model.conversation(text.conversation).unwrap().clone();
    let conversation = Box::new(Conversation { last: Some(text.clone()), unread: known.unread + 1, ..known });
    model.apply(Event::Message { account: fixture::xmpp(), message: text, conversation, old: false });
}

#[test]
fn a_text_moves_its_conversation_up_and_an_archived_one_finds_its_place() {
    let mut model = model();
    model.page(ConversationId(1), None, fixture::thread().into_iter().rev().collect());
    come(&mut model, text(90, 100));
    let thread = model.thread.as_ref().unwrap();
    let place = thread.messages.iter().position(|one| one.id == MessageId(90)).unwrap();
    assert!(place > 0 && place + 1 < thread.messages.len());
    come(&mut model, text(91, 0));
    assert_eq!(model.conversations.first().unwrap().id, ConversationId(1));
    assert_eq!(model.thread.as_ref().unwrap().messages.last().unwrap().id, MessageId(91));
    // told twice, kept once
    let count = model.thread.as_ref().unwrap().messages.len();
    come(&mut model, text(91, 0));
    assert_eq!(model.thread.as_ref().unwrap().messages.len(), count);
}

#[test]
fn a_state_reaches_the_thread_and_the_list() {
    let mut model = model();
    model.page(ConversationId(1), None, fixture::thread().into_iter().rev().collect());
    model.apply(Event::MessageState {
        account: fixture::xmpp(),
        id: MessageId(8),
        conversation: ConversationId(1),
        state: MessageState::Delivered,
        failure: None,
    });
    assert_eq!(model.thread.as_ref().unwrap().messages.last().unwrap().state, MessageState::Delivered);
    assert_eq!(model.conversation(ConversationId(1)).unwrap().last.as_ref().unwrap().state, MessageState::Delivered);
}

#[test]
fn pages_join_and_a_long_thread_keeps_its_newest() {
    let mut model = model();
    let page = |from: i64| (0..i64::from(PAGE)).map(|n| text(from - n, 1000 - (from - n))).collect::<Vec<_>>();
    model.page(ConversationId(1), None, page(900));
    model.page(ConversationId(1), Some(MessageId(801)), page(800));
    let thread = model.thread.as_ref().unwrap();
    assert_eq!((thread.messages.len(), thread.more), (200, true));
    assert!(thread.messages.is_sorted_by_key(|one| one.id));
    for n in 0..400 {
        come(&mut model, text(2000 + n, 0));
    }
    let thread = model.thread.as_ref().unwrap();
    assert_eq!((thread.messages.len(), thread.messages.last().unwrap().id), (LOADED, MessageId(2399)));
}

#[test]
fn a_missed_call_counts_once_and_a_declined_one_not() {
    let mut model = model();
    let mut record = model.history.first().unwrap().clone();
    record.row = 50;
    let log = |model: &mut Model, record: &CallRecord| {
        model.apply(Event::CallLogged { account: fixture::sip(), record: record.clone() });
    };
    log(&mut model, &record);
    log(&mut model, &record);
    assert_eq!(model.missed, 1);
    record.row = 51;
    record.reason = Some(EndReason::Declined);
    log(&mut model, &record);
    assert_eq!(model.missed, 1);
}

#[test]
fn the_call_one_talks_in_goes_before_one_on_hold_and_one_that_rings() {
    let mut model = model();
    for (id, state) in [(1, CallState::Held), (2, CallState::Incoming), (3, CallState::Active)] {
        let call = Call { id: crate::domain::call::CallId(id), ..fixture::call(state) };
        model.apply(Event::Call { account: fixture::sip(), call });
    }
    assert_eq!(model.call().unwrap().state, CallState::Active);
    assert_eq!(model.ringing().unwrap().id.0, 2);
    let over = CallState::Ended { reason: EndReason::Busy };
    let call = Call { id: crate::domain::call::CallId(3), ..fixture::call(over) };
    model.apply(Event::Call { account: fixture::sip(), call });
    assert_eq!(model.call().unwrap().state, CallState::Held);
    assert_eq!(model.ended.as_ref().unwrap().id.0, 3);
}

#[test]
fn a_number_is_found_however_it_is_written() {
    let ana = fixture::address("xmpp:+15551234567@sms.example");
    for typed in ["+1 (555) 123", "555-123-4567", "gómez", "sms.ex", ""] {
        assert!(means(typed, "Ana María Gómez", &ana), "{typed}");
    }
    assert!(!means("556", "Ana María Gómez", &ana));
}
