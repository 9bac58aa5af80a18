//! The switchboard's behaviour: one live call, holds that follow, ends that are complete.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::domain::session::{Codec, PayloadType};

const A: CallId = CallId(1);
const B: CallId = CallId(2);

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn account() -> AccountId {
    AccountId("sip".into())
}

fn peer() -> Address {
    "sip:bob@sip.test".parse().unwrap()
}

fn description(direction: MediaDirection) -> SessionDescription {
    SessionDescription {
        rtp: "127.0.0.1:4000".parse().unwrap(),
        rtcp: "127.0.0.1:4001".parse().unwrap(),
        rtcp_mux: false,
        payloads: vec![PayloadType { number: 0, codec: Codec::Pcmu, parameters: String::new() }],
        telephone_events: vec![],
        redundant: None,
        direction,
        ptime: None,
        protection: Default::default(),
        ice: None,
    }
}

fn open() -> SessionDescription {
    description(MediaDirection::SendRecv)
}

fn incoming(board: &mut Switchboard, id: CallId) -> Vec<Action> {
    board.offered(id, account(), peer(), None, Some(open()), now())
}

fn state(board: &Switchboard, id: CallId) -> CallState {
    board.call(id).unwrap().state
}

#[test]
fn a_call_out_from_dialling_to_the_end() {
    let mut board = Switchboard::default();
    let actions = board.place(A, account(), peer(), None, now()).unwrap();
    assert!(actions.contains(&Action::Place { call: A }));
    assert!(board.ringing(A, None).contains(&Action::Alert(Alert::RingBack)));
    let actions = board.answered(A, open(), now());
    assert!(actions.contains(&Action::Apply { call: A, remote: open() }));
    assert!(actions.contains(&Action::Alert(Alert::Silent)));
    assert_eq!(state(&board, A), CallState::Active);
    let actions = board.hang_up(None).unwrap();
    assert!(actions.contains(&Action::Hangup { call: A, decline: Decline::Declined }));
    assert!(actions.contains(&Action::StopMedia { call: A }));
    assert!(board.calls().is_empty());
    assert!(board.ended(A, EndReason::HungUpThere).is_empty(), "an end is told once");
}

#[test]
fn early_media_silences_the_ring_back() {
    let mut board = Switchboard::default();
    board.place(A, account(), peer(), None, now()).unwrap();
    let actions = board.ringing(A, Some(open()));
    assert!(actions.contains(&Action::Apply { call: A, remote: open() }));
    assert_eq!(board.alert(), Alert::Silent);
}

#[test]
fn answering_a_second_call_holds_the_first() {
    let mut board = Switchboard::default();
    assert!(incoming(&mut board, A).contains(&Action::Alert(Alert::Ring)));
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    assert!(incoming(&mut board, B).contains(&Action::Alert(Alert::Waiting)));
    let actions = board.answer(None).unwrap();
    assert!(actions.contains(&Action::Reoffer { call: A, direction: MediaDirection::SendOnly }));
    board.confirmed(B, None, now());
    board.answered(A, open(), now());
    assert_eq!((state(&board, A), state(&board, B)), (CallState::Held, CallState::Active));
    // Back to the first: the second is held.
    let actions = board.resume(None).unwrap();
    assert!(actions.contains(&Action::Reoffer { call: B, direction: MediaDirection::SendOnly }));
    assert!(actions.contains(&Action::Reoffer { call: A, direction: MediaDirection::SendRecv }));
}

#[test]
fn a_wish_during_an_offer_is_carried_out_after_it() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    board.hold(None).unwrap();
    assert_eq!(state(&board, A), CallState::Active, "held only once they agreed");
    board.answered(A, open(), now());
    assert_eq!(state(&board, A), CallState::Held);
    board.resume(None).unwrap();
    board.offer_refused(A);
    assert_eq!(state(&board, A), CallState::Held);
    assert!(board.resume(None).unwrap().contains(&Action::Reoffer { call: A, direction: MediaDirection::SendRecv }));
}

#[test]
fn held_from_there_is_answered_and_shown() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    let offer = description(MediaDirection::SendOnly);
    let actions = board.reoffered(A, offer.clone());
    assert!(actions.contains(&Action::AnswerReoffer { call: A, offer, direction: MediaDirection::RecvOnly }));
    assert!(board.call(A).unwrap().held_there);
    let old_way = SessionDescription { rtp: "0.0.0.0:4000".parse().unwrap(), ..open() };
    board.reoffered(A, old_way);
    assert!(board.call(A).unwrap().held_there);
}

#[test]
fn a_missed_call_and_a_declined_one() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    let ended = board.ended(A, EndReason::Cancelled);
    assert!(ended.contains(&Action::Alert(Alert::Silent)));
    incoming(&mut board, B);
    let actions = board.decline(None).unwrap();
    assert!(actions.contains(&Action::Hangup { call: B, decline: Decline::Declined }));
}

#[test]
fn the_ninth_call_is_busy_and_an_account_takes_its_calls_along() {
    let mut board = Switchboard::default();
    for n in 0..MOST_CALLS as u32 {
        incoming(&mut board, CallId(n));
    }
    assert_eq!(incoming(&mut board, CallId(99)), vec![Action::Hangup { call: CallId(99), decline: Decline::Busy }]);
    let actions = board.account_gone(&account());
    let ends = actions.iter().filter(|a| matches!(a, Action::Changed(call) if call.state.is_ended())).count();
    assert_eq!(ends, MOST_CALLS);
    assert_eq!(board.alert(), Alert::Silent);
}

#[test]
fn a_busy_line_is_heard_until_something_else_is() {
    let mut board = Switchboard::default();
    board.place(A, account(), peer(), None, now()).unwrap();
    board.ringing(A, None);
    let actions = board.ended(A, EndReason::Busy);
    let alerts: Vec<_> = actions.iter().filter(|action| matches!(action, Action::Alert(_))).collect();
    assert_eq!(alerts.last(), Some(&&Action::Alert(Alert::Busy)));
    assert_eq!(board.hang_up(None).unwrap(), [Action::Alert(Alert::Silent)], "hanging up silences it");
    assert_eq!(board.hang_up(None), Err(SwitchError::NoCall));

    board.place(A, account(), peer(), None, now()).unwrap();
    board.ended(A, EndReason::Unavailable);
    assert_eq!(board.alert(), Alert::Congestion);
    assert!(incoming(&mut board, B).contains(&Action::Alert(Alert::Ring)));
    board.ended(B, EndReason::Busy);
    assert_eq!(board.alert(), Alert::Silent, "only after a call of ours");
    board.place(A, account(), peer(), None, now()).unwrap();
    board.hang_up(None).unwrap();
    assert_eq!(board.alert(), Alert::Silent);
    board.place(A, account(), peer(), None, now()).unwrap();
    board.answered(A, open(), now());
    board.ended(A, EndReason::Server);
    assert_eq!(board.alert(), Alert::Silent, "an answered call just ends");
}

#[test]
fn keys_are_shown_and_checked() {
    let mut board = Switchboard::default();
    assert_eq!(board.dtmf(None, &"1".into()), Err(SwitchError::NoCall));
    incoming(&mut board, A);
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    board.dtmf(None, &"12".into()).unwrap();
    board.dtmf(None, &"#a".into()).unwrap();
    assert_eq!(board.call(A).unwrap().dtmf_sent, "12#A".into());
    assert_eq!(board.dtmf(None, &"hello".into()), Err(SwitchError::BadKey));
}

/// Two calls: one live, one held.
fn live_and_held() -> Switchboard {
    let mut board = Switchboard::default();
    for id in [A, B] {
        incoming(&mut board, id);
        board.answer(Some(id)).unwrap();
        board.confirmed(id, None, now());
    }
    board.answered(A, open(), now());
    assert_eq!((state(&board, A), state(&board, B)), (CallState::Held, CallState::Active));
    board
}

fn conferences(actions: &[Action]) -> Vec<Vec<CallId>> {
    actions
        .iter()
        .filter_map(|a| if let Action::Conference { calls } = a { Some(calls.clone()) } else { None })
        .collect()
}

#[test]
fn joined_calls_are_all_live_and_end_one_by_one() {
    let mut board = live_and_held();
    let actions = board.join().unwrap();
    assert_eq!(conferences(&actions), [[A, B]]);
    assert!(actions.contains(&Action::Reoffer { call: A, direction: MediaDirection::SendRecv }));
    assert!(!actions.iter().any(|a| matches!(a, Action::Reoffer { call: B, .. })), "the live one stays as it is");
    board.answered(A, open(), now());
    assert_eq!((state(&board, A), state(&board, B)), (CallState::Active, CallState::Active));
    assert!(conferences(&board.join().unwrap()).is_empty(), "they are joined already");
    let actions = board.mute(Some(A), true).unwrap();
    assert!([A, B].iter().all(|id| actions.contains(&Action::Mute { call: *id, on: true })), "one microphone for all");
    let actions = board.ended(A, EndReason::HungUpThere);
    assert_eq!(conferences(&actions), [Vec::<CallId>::new()]);
    assert!(!board.call(B).unwrap().joined && state(&board, B) == CallState::Active, "who is left talks on");
    assert_eq!(board.join(), Err(SwitchError::NoCall));
}

#[test]
fn who_is_held_leaves_the_others() {
    let mut board = live_and_held();
    board.join().unwrap();
    board.answered(A, open(), now());
    assert_eq!(conferences(&board.hold(Some(A)).unwrap()), [Vec::<CallId>::new()]);
    board.answered(A, open(), now());
    assert_eq!((state(&board, A), state(&board, B)), (CallState::Held, CallState::Active));

    board.join().unwrap();
    board.answered(A, open(), now());
    let third = CallId(3);
    incoming(&mut board, third);
    let actions = board.answer(Some(third)).unwrap();
    assert_eq!(conferences(&actions).last(), Some(&Vec::new()), "a call that is answered puts all others on hold");
    for id in [A, B] {
        assert!(actions.contains(&Action::Reoffer { call: id, direction: MediaDirection::SendOnly }));
        board.answered(id, open(), now());
    }
    board.confirmed(third, None, now());
    assert_eq!(conferences(&board.join().unwrap()), [[A, B, third]]);
    let refused = board.offer_refused(A);
    assert_eq!(conferences(&refused), [[B, third]], "who does not come back stays outside");
}

#[test]
fn from_the_wish_to_hold_on_nobody_there_hears_the_microphone() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    let actions = board.hold(None).unwrap();
    let at = |actions: &[Action], wanted: &Action| actions.iter().position(|action| action == wanted);
    let sound = at(&actions, &Action::HoldSound { call: A, on: true }).unwrap();
    assert!(at(&actions, &Action::Reoffer { call: A, direction: MediaDirection::SendOnly }).unwrap() > sound);
    assert!(board.wants_hold(A));
    assert!(board.offer_refused(A).contains(&Action::HoldSound { call: A, on: false }), "still talked in");
    board.hold(None).unwrap();
    assert_eq!(at(&board.answered(A, open(), now()), &Action::HoldSound { call: A, on: true }), None, "told once");
    assert!(board.resume(None).unwrap().contains(&Action::HoldSound { call: A, on: false }));
    // one that is not answered yet is held before anything is heard
    board.answered(A, open(), now());
    board.place(B, account(), peer(), None, now()).unwrap();
    incoming(&mut board, CallId(3));
    let actions = board.answer(None).unwrap();
    assert!(actions.contains(&Action::HoldSound { call: B, on: true }));
}

#[test]
fn each_is_heard_as_loud_as_the_person_likes() {
    let mut board = Switchboard::default();
    assert_eq!(board.volume(None, 50), Err(SwitchError::NoCall));
    incoming(&mut board, A);
    board.answer(None).unwrap();
    board.confirmed(A, None, now());
    let actions = board.volume(None, 50).unwrap();
    assert!(actions.contains(&Action::Volume { call: A, percent: 50 }));
    assert_eq!(board.call(A).unwrap().volume, 50);
    board.volume(Some(A), 9000).unwrap();
    assert_eq!(board.call(A).unwrap().volume, 400);
}

#[test]
fn how_it_sounds_is_kept_and_told_once() {
    use crate::domain::quality::{Heard, Verdict};
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    let good = Quality { verdict: Verdict::Good, heard: Heard::default(), said: None, round_trip_ms: None };
    assert!(board.sounds(A, Some(good)) && !board.sounds(A, Some(good)) && !board.sounds(B, Some(good)));
    assert_eq!(board.call(A).unwrap().quality, Some(good));
    assert!(board.sounds(A, None));
}

#[test]
fn by_whom_a_call_came_is_told_once() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    let via = Some("sip:office@sip.test".parse().unwrap());
    assert_eq!(board.forwarded(A, via.clone()).len(), 1);
    assert!(board.forwarded(A, via).is_empty() && board.forwarded(B, None).is_empty());
}

#[test]
fn only_a_call_that_rings_alone_may_be_answered_at_once() {
    let mut board = Switchboard::default();
    incoming(&mut board, A);
    assert!(board.is_free_for(A) && !board.is_free_for(B));
    incoming(&mut board, B);
    assert!(!board.is_free_for(A) && !board.is_free_for(B));
}

#[test]
fn a_lost_path_is_shown_and_described_again_as_the_call_stands() {
    let mut board = Switchboard::default();
    board.place(A, account(), peer(), None, now()).unwrap();
    assert!(board.describe_again(A).is_empty(), "its first offer is under way");
    board.answered(A, open(), now());
    assert!(board.searching(A, true).iter().any(|action| matches!(action, Action::Changed(call) if call.searching)));
    assert!(board.searching(A, true).is_empty(), "told once");
    let again = |direction| vec![Action::Reoffer { call: A, direction }];
    assert_eq!(board.describe_again(A), again(MediaDirection::SendRecv));
    assert!(board.describe_again(A).is_empty(), "one offer at a time");
    assert_eq!(board.offering(A), Some(MediaDirection::SendRecv));
    board.answered(A, open(), now());
    assert_eq!(state(&board, A), CallState::Active);
    board.hold(Some(A)).unwrap();
    board.answered(A, open(), now());
    assert_eq!(board.describe_again(A), again(MediaDirection::SendOnly));
    board.answered(A, open(), now());
    assert_eq!(state(&board, A), CallState::Held, "it stays held");
    assert!(board.searching(A, false).iter().any(|action| matches!(action, Action::Changed(call) if !call.searching)));
}

fn talking(board: &mut Switchboard, id: CallId) {
    board.place(id, account(), peer(), None, now()).unwrap();
    board.answered(id, open(), now());
    // what was held meanwhile is
    for held in board.calls().into_iter().filter(|call| call.id != id) {
        board.answered(held.id, open(), now());
    }
}

#[test]
fn who_waits_is_put_through_to_who_is_talked_to_and_both_end() {
    let mut board = Switchboard::default();
    talking(&mut board, A);
    assert_eq!(board.put_through(None, None), Err(SwitchError::NoCall), "one alone cannot be");
    talking(&mut board, B);
    assert_eq!((state(&board, A), state(&board, B)), (CallState::Held, CallState::Active));
    assert_eq!(board.put_through(None, None), Ok(Plan::Together { call: A, to: B }));
    let actions = board.handing_over(A, Some(B));
    assert!(actions.contains(&Action::Reoffer { call: B, direction: MediaDirection::SendOnly }), "both wait");
    assert_eq!(board.to_hand_over(Some(A)), Err(SwitchError::NoCall), "once is enough");
    let actions = board.handed_over(A);
    let ends = actions.iter().filter(|action| matches!(action, Action::Hangup { .. })).count();
    assert_eq!((ends, board.calls().len()), (2, 0));
}

#[test]
fn who_does_not_answer_yet_is_called_by_the_other() {
    let mut board = Switchboard::default();
    talking(&mut board, A);
    board.place(B, account(), peer(), None, now()).unwrap();
    assert_eq!(board.put_through(None, None), Ok(Plan::Instead { call: A, to: B, address: peer() }));
    let other = CallId(3);
    board.place(other, AccountId("another".into()), peer(), None, now()).unwrap();
    assert_eq!(board.put_through(Some(A), Some(other)), Err(SwitchError::Apart));
}

#[test]
fn a_transfer_that_fails_has_a_way_back() {
    let mut board = Switchboard::default();
    talking(&mut board, A);
    board.handing_over(A, None);
    board.answered(A, open(), now());
    assert_eq!(state(&board, A), CallState::Held);
    let actions = board.not_handed_over(A);
    assert!(actions.contains(&Action::Reoffer { call: A, direction: MediaDirection::SendRecv }), "{actions:?}");
    assert_eq!(board.call(A).unwrap().handover, None);
    board.answered(A, open(), now());
    // who was asked may just hang up when they talk
    board.handing_over(A, None);
    let actions = board.ended(A, EndReason::HungUpThere);
    let over = CallState::Ended { reason: EndReason::Transferred };
    assert!(actions.iter().any(|action| matches!(action, Action::Changed(call) if call.state == over)));
}

#[test]
fn who_takes_a_place_finds_the_microphone_off_and_the_hold_on() {
    let mut board = Switchboard::default();
    talking(&mut board, A);
    board.mute(Some(A), true).unwrap();
    board.hold(Some(A)).unwrap();
    board.answered(A, open(), now());
    incoming(&mut board, B);
    let actions = board.take_over(B, A);
    assert!(matches!(actions.first(), Some(Action::Answer { call: B, offer: Some(_) })), "{actions:?}");
    assert!(actions.contains(&Action::HoldSound { call: B, on: true }));
    board.taken_over(A);
    board.confirmed(B, None, now());
    board.answered(B, open(), now());
    assert_eq!((state(&board, B), board.call(B).unwrap().muted, board.call(A)), (CallState::Held, true, None));
}
