//! What the engine says: events and answers, and what they mean for the screen one looks at.
use super::App;
use crate::{
    domain::{
        call::{Call, CallState, EndReason},
        message::Direction,
    },
    engine::api::{Event, Refusal, Reply, SecretsState},
    ui::{
        feed::Feed,
        screen::thread,
        target::Answer,
        wish::{Field, Place, Then, Wish},
    },
};

impl App {
    pub(super) fn feed(&mut self, feed: Feed) -> Vec<Wish> {
        match feed {
            Feed::Snapshot(snapshot) => {
                let first = !self.model.ready;
                let before = self.model.store;
                self.model.reset(*snapshot);
                self.relearn();
                if first || self.model.store != before {
                    self.thread.close();
                    let mut wishes = self.start();
                    wishes.extend(self.take_handed());
                    return wishes;
                }
                // the window fell behind: its open conversation did, too
                self.thread.open.map(|id| thread::page(id, None)).into_iter().collect()
            }
            Feed::Refused(refusal) => {
                self.told = Some(refusal);
                Vec::new()
            }
            Feed::Events(events) => events.into_iter().flat_map(|event| self.event(event)).collect(),
        }
    }

    fn event(&mut self, event: Event) -> Vec<Wish> {
        match &event {
            Event::Quit => return vec![Wish::Quit],
            Event::ShowWindow => return vec![Wish::Show],
            Event::LinkOpened { link } => return self.hand(link.clone()),
            _ => {}
        }
        self.model.apply(event.clone());
        let looked_at = self.shown_thread().filter(|_| self.focused);
        let mut wishes = self.alerts.event(&event, &self.model, &self.words, looked_at);
        match event {
            Event::Message { message, .. } if looked_at == Some(message.conversation) => wishes.extend(self.seen()),
            Event::Call { call, .. } => wishes.extend(self.call_moved(&call)),
            Event::CallLogged { .. } if self.place == Place::Calls => self.model.missed = 0,
            _ => {}
        }
        wishes
    }

    /// A call that ended leaves its screen, unless why it ended is worth reading.
    fn call_moved(&mut self, call: &Call) -> Vec<Wish> {
        let CallState::Ended { reason } = call.state else {
            let known = self.model.contacts.iter().any(|contact| contact.address == call.peer);
            if call.state == CallState::Active && call.direction == Direction::Incoming && !known {
                self.call.answered_stranger(call.id);
            }
            return Vec::new();
        };
        let shown = self.place == Place::Call && self.model.call().is_none();
        let known = matches!(reason, EndReason::HungUpHere | EndReason::HandledElsewhere);
        // calling and giving up again is hanging up, too
        let gave_up = reason == EndReason::Cancelled;
        if self.model.call().is_none() {
            self.call.reset();
        }
        if shown && (known || gave_up) {
            return vec![Wish::Back];
        }
        if !shown {
            self.model.ended = None;
        }
        Vec::new()
    }

    pub(super) fn answered(&mut self, then: Then, answer: Result<Reply, Refusal>) -> Vec<Wish> {
        match (then, answer) {
            (Then::Page(id, before), Ok(Reply::Messages(page))) => {
                if self.thread.open == Some(id) {
                    self.thread.paged();
                    self.model.page(id, before, page);
                }
                Vec::new()
            }
            (Then::Found(words), Ok(Reply::Messages(messages))) => {
                self.list.found(&words, messages);
                Vec::new()
            }
            (Then::Resolved(field, typed, account), answer) => {
                let answer = Answer::new(typed, account, answer);
                match field {
                    Field::Dial => self.dial.to.answer(answer),
                    Field::New => self.new.to.answer(answer),
                }
                Vec::new()
            }
            (Then::Tested(number), answer) => self.welcome.tested(number, answer, self.model.secrets),
            (Then::Added, answer) => {
                if !self.welcome.added(answer) {
                    return Vec::new();
                }
                let mut wishes = vec![Wish::Go(Place::Conversations)];
                if self.model.wants_recovery {
                    self.unlock.offer();
                    wishes.push(Wish::Go(Place::Unlock));
                } else {
                    wishes.extend(self.take_handed());
                }
                wishes
            }
            (Then::Unlocked, answer) => self.unlocked(&answer),
            (Then::RecoverySet, answer) => {
                if !self.unlock.answered(&answer) {
                    return Vec::new();
                }
                self.model.wants_recovery = false;
                vec![Wish::Back]
            }
            (Then::Opened, answer) => {
                self.trouble.answered(answer.err());
                Vec::new()
            }
            (Then::Begun, answer) => self.new.begun(answer),
            (Then::Sent(id, body), Err(refusal)) => {
                self.thread.give_back(id, &body);
                self.told = Some(refusal);
                Vec::new()
            }
            (Then::Saved, Ok(Reply::Saved { path })) => {
                self.model.saved = Some(path);
                Vec::new()
            }
            (Then::Called, answer) => self.dial.called(&answer),
            (Then::Devices, Ok(Reply::Devices { devices, choice })) => {
                self.model.devices = devices;
                self.model.sound = choice;
                Vec::new()
            }
            (Then::Tune(before), Err(refusal)) => {
                self.model.sound.hold = before;
                self.told = Some(refusal);
                Vec::new()
            }
            (Then::Quit, _) => vec![Wish::Quit],
            (_, Err(refusal)) => {
                self.told = Some(refusal);
                self.thread.paged();
                Vec::new()
            }
            (_, Ok(_)) => Vec::new(),
        }
    }

    fn unlocked(&mut self, answer: &Result<Reply, Refusal>) -> Vec<Wish> {
        if !self.unlock.answered(answer) {
            return Vec::new();
        }
        self.model.secrets = SecretsState::Open;
        let wishes = self.welcome.unlocked();
        if wishes.is_empty() && !self.model.accounts.is_empty() {
            self.place = Place::Conversations;
            let mut wishes = vec![Wish::Go(Place::Conversations)];
            wishes.extend(self.take_handed());
            return wishes;
        }
        let mut all = vec![Wish::Go(Place::Welcome)];
        all.extend(wishes);
        all
    }
}
