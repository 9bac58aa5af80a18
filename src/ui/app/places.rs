//! Where one is and how one gets about: tabs, opening, going back, the keyboard.
use super::{App, Closing};
use crate::{
    domain::{call::CallState, conversation::ConversationId},
    engine::api::{Command, SecretsState, StoreState},
    ui::{
        keys::Shortcut,
        screen::{call, conversations, dial, new, unlock, welcome},
        wish::{Place, Then, Wish},
    },
};

impl App {
    /// Shows a place.
    pub(super) fn go(&mut self, place: Place) -> Vec<Wish> {
        let mut wishes = Vec::new();
        let open = !self.model.is_shut() || matches!(place, Place::Unlock | Place::Trouble);
        let place = if open { place } else { self.entrance() };
        if self.place == Place::Settings && place != Place::Settings {
            wishes.extend(self.settings.leave());
        }
        if !matches!(self.place, Place::Call | Place::Welcome | Place::Unlock | Place::Trouble) {
            self.under = self.place;
        }
        if self.place == Place::Call && place != Place::Call {
            self.model.ended = None;
        }
        self.place = place;
        match place {
            Place::Settings => wishes.extend([Wish::Ask(Command::Devices, Then::Devices), Wish::Standing]),
            Place::Calls => {
                self.model.missed = 0;
                wishes.extend(self.alerts.calls_seen());
            }
            Place::New => wishes.push(Wish::Focus(new::TO)),
            Place::Welcome => wishes.push(Wish::Focus(welcome::ADDRESS)),
            Place::Unlock => wishes.push(Wish::Focus(unlock::PASSPHRASE)),
            Place::Codes => wishes.extend(self.alerts.codes_seen()),
            Place::Conversations | Place::Thread | Place::Call | Place::Trouble => {}
        }
        wishes.extend(self.seen());
        wishes
    }

    /// Opens a conversation.
    pub(super) fn open(&mut self, conversation: ConversationId) -> Vec<Wish> {
        let mut wishes = self.go(Place::Thread);
        wishes.extend(self.thread.show(conversation, self.model.conversation(conversation)));
        wishes.extend(self.alerts.looked_at(conversation, &self.model));
        wishes
    }

    /// Goes back to where one came from.
    pub(super) fn back(&mut self) -> Vec<Wish> {
        match self.place {
            Place::Thread | Place::Conversations => {
                let mut wishes = self.thread.close();
                wishes.extend(self.go(Place::Conversations));
                wishes
            }
            Place::New => self.go(Place::Conversations),
            Place::Welcome if self.model.accounts.is_empty() => Vec::new(),
            Place::Unlock if self.model.accounts.is_empty() => self.go(Place::Welcome),
            Place::Call | Place::Welcome | Place::Unlock => {
                let under = self.under;
                self.go(under)
            }
            Place::Calls | Place::Codes | Place::Settings | Place::Trouble => Vec::new(),
        }
    }

    /// Where one begins, once it is known what there is, and again when that is another store.
    pub(super) fn start(&mut self) -> Vec<Wish> {
        if self.model.secrets == SecretsState::Locked || self.model.is_shut() {
            let place = self.entrance();
            self.go(place)
        } else if self.model.accounts.is_empty() {
            self.go(Place::Welcome)
        } else if matches!(self.place, Place::Unlock | Place::Trouble) {
            self.go(Place::Conversations)
        } else {
            Vec::new()
        }
    }

    /// What stands before a store that is not open.
    const fn entrance(&self) -> Place {
        match self.model.store {
            StoreState::Open | StoreState::Closed | StoreState::Recoverable => Place::Unlock,
            _ => Place::Trouble,
        }
    }

    /// The open conversation is looked at: it is seen.
    pub(super) fn seen(&mut self) -> Vec<Wish> {
        let Some(conversation) = self.shown_thread().filter(|_| self.focused) else {
            return Vec::new();
        };
        let unread = self.model.conversation(conversation).is_some_and(|known| known.unread > 0);
        let mut wishes = self.alerts.looked_at(conversation, &self.model);
        if unread {
            wishes.push(Wish::Ask(Command::MarkRead { conversation }, Then::Done));
        }
        wishes
    }

    /// A key that means the same everywhere.
    pub(super) fn key(&mut self, shortcut: Shortcut) -> Vec<Wish> {
        // before there is an account there is nowhere to go
        let bound = self.model.is_shut()
            || matches!(self.place, Place::Welcome | Place::Unlock) && self.model.accounts.is_empty();
        let ask = |command| vec![Wish::Ask(command, Then::Done)];
        let ringing = self.model.ringing().map(|call| call.id);
        let call = self.model.call();
        match shortcut {
            Shortcut::Next => vec![Wish::Step { back: false }],
            Shortcut::Previous => vec![Wish::Step { back: true }],
            Shortcut::Answer => ringing.map_or_else(Vec::new, |id| self.call.update(call::Message::Answer(id))),
            Shortcut::HangUp => match (ringing, call) {
                (Some(id), _) => ask(Command::Decline { call: Some(id) }),
                (None, Some(call)) => ask(Command::HangUp { call: Some(call.id) }),
                (None, None) => Vec::new(),
            },
            Shortcut::Mute => {
                call.map_or_else(Vec::new, |call| ask(Command::Mute { call: Some(call.id), on: !call.muted }))
            }
            Shortcut::Digit(key) => match (self.place, call) {
                (Place::Call, Some(call)) if call.state == CallState::Active => {
                    let id = call.id;
                    self.call.update(call::Message::Key(id, key))
                }
                (Place::Calls, _) => self.dial.update(dial::Message::Key(key)),
                _ => Vec::new(),
            },
            Shortcut::Quit => self.closing(Closing::QuitNow),
            Shortcut::Back if self.closing => self.closing(Closing::Stay),
            Shortcut::Back => vec![Wish::Back],
            _ if bound => Vec::new(),
            Shortcut::Tab(0) => vec![Wish::Go(Place::Conversations)],
            Shortcut::Tab(1) => vec![Wish::Go(Place::Calls), Wish::Focus(dial::TO)],
            Shortcut::Tab(2) => vec![Wish::Go(Place::Codes)],
            Shortcut::Tab(_) => vec![Wish::Go(Place::Settings)],
            Shortcut::Voicemail => self.dial.update(dial::Message::Voicemail(None)),
            Shortcut::New => vec![Wish::Go(Place::New)],
            Shortcut::Search => vec![Wish::Go(Place::Conversations), Wish::Focus(conversations::SEARCH)],
        }
    }
}
