//! Passphrases: the vault's, asked for where there is one and chosen where there is none yet, and the recovery passphrase, offered
//! when the first account is there and asked for when the keyring has lost the key of the messages.
use crate::{
    domain::private::Private,
    engine::api::{Command, Refusal, Reply, SecretsState, StoreState},
    ui::{
        context::Context,
        model::Model,
        screen::welcome::mark,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            field,
            icon::Icon,
            notice, pile, scrolled,
        },
        wish::{Place, Then, Wish},
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, container},
};

/// The form.
#[derive(Default)]
pub struct Unlock {
    passphrase: String,
    again: String,
    busy: bool,
    trouble: Option<&'static str>,
    /// The recovery passphrase is to be chosen.
    offering: bool,
}

/// Whose passphrase it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// The vault's.
    Vault,
    /// A new vault's.
    NewVault,
    /// The recovery passphrase.
    Recovery,
    /// A new recovery passphrase.
    NewRecovery,
}

impl Purpose {
    const fn is_new(self) -> bool {
        matches!(self, Self::NewVault | Self::NewRecovery)
    }
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Types.
    Passphrase(String),
    /// Types.
    Again(String),
    /// Enter in the first of two fields.
    ToAgain,
    /// Open, or keep.
    Open,
    /// Not now.
    Later,
    /// Begin with an empty store.
    Anew,
}

/// The control of the passphrase.
pub const PASSPHRASE: &str = "unlock-passphrase";
const AGAIN: &str = "unlock-again";

impl Unlock {
    /// From here on the recovery passphrase is to be chosen.
    pub fn offer(&mut self) {
        *self = Self { offering: true, ..Self::default() };
    }

    fn purpose(&self, model: &Model) -> Purpose {
        match (model.store, model.secrets) {
            _ if self.offering => Purpose::NewRecovery,
            (StoreState::Recoverable, _) => Purpose::Recovery,
            (_, SecretsState::NeedsPassphrase) => Purpose::NewVault,
            _ => Purpose::Vault,
        }
    }

    /// One step.
    pub fn update(&mut self, message: Message, model: &Model) -> Vec<Wish> {
        match message {
            Message::Passphrase(text) => self.passphrase = text,
            Message::Again(text) => self.again = text,
            Message::ToAgain => return vec![Wish::Focus(AGAIN)],
            Message::Open if self.passphrase.is_empty() || self.busy => {}
            Message::Open if self.purpose(model).is_new() && self.passphrase != self.again => {
                self.trouble = Some("unlock-differs");
                return vec![Wish::Focus(AGAIN)];
            }
            Message::Open => {
                self.busy = true;
                self.trouble = None;
                let passphrase = Private::new(self.passphrase.clone());
                return vec![if self.offering {
                    Wish::Ask(Command::SetRecovery { passphrase }, Then::RecoverySet)
                } else {
                    Wish::Ask(Command::Unlock { passphrase }, Then::Unlocked)
                }];
            }
            Message::Anew => return vec![Wish::Go(Place::Trouble)],
            Message::Later => {
                *self = Self::default();
                return vec![Wish::Back];
            }
        }
        Vec::new()
    }

    /// How it went; true: open.
    pub fn answered(&mut self, answer: &Result<Reply, Refusal>) -> bool {
        self.busy = false;
        match answer {
            Ok(_) => *self = Self::default(),
            Err(Refusal::SecretsLocked) => self.trouble = Some("unlock-wrong"),
            Err(refusal) => self.trouble = Some(refusal.key()),
        }
        answer.is_ok()
    }
}

/// The screen.
pub fn view<'a>(form: &'a Unlock, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let purpose = form.purpose(cx.model);
    let choosing = purpose.is_new();
    let (title, about, word) = match purpose {
        Purpose::Vault => ("unlock-title", "unlock-about", "unlock-open"),
        Purpose::NewVault => ("unlock-choose-title", "unlock-choose-about", "unlock-keep"),
        Purpose::Recovery => ("recover-title", "recover-about", "unlock-open"),
        Purpose::NewRecovery => ("recovery-title", "recovery-about", "unlock-keep"),
    };
    // where the messages are shut there is nothing to go back to
    let other = if purpose == Purpose::Recovery {
        Some(("trouble-anew", Message::Anew))
    } else {
        (!cx.model.is_shut()).then_some(("unlock-later", Message::Later))
    };
    let first = field::bare(p, "", &form.passphrase)
        .id(PASSPHRASE)
        .secure(true)
        .on_input(Message::Passphrase)
        .on_submit(if choosing { Message::ToAgain } else { Message::Open });
    let again = choosing.then(|| {
        let again =
            field::bare(p, "", &form.again).id(AGAIN).secure(true).on_input(Message::Again).on_submit(Message::Open);
        field::labelled(p, cx.t("unlock-again"), again, None)
    });
    let small = cx.narrow() || cx.low();
    let title = text::heading(cx.t(title)).color(p.text);
    let head = if small {
        Row::new().push(mark(cx, Icon::Lock, 44.0)).push(title).spacing(space::M).align_y(Alignment::Center).into()
    } else {
        Element::from(Column::new().push(mark(cx, Icon::Lock, 60.0)).push(title).spacing(space::L))
    };
    let ready = !form.passphrase.is_empty() && !form.busy;
    let content = pile(
        space::L,
        [
            Some(head),
            Some(text::body(cx.t(about)).color(p.muted).into()),
            Some(field::labelled(p, cx.t("unlock-passphrase"), first, None)),
            again,
            form.trouble.map(|key| notice::problem(p, cx.t(key))),
            Some(button::wide(p, Kind::Main, cx.t(word)).on_press(ready.then_some(Message::Open)).into()),
            other.map(|(word, message)| button::button(p, Kind::Quiet, cx.t(word)).on_press(message).into()),
        ],
    )
    .max_width(420.0);
    let around = if small { space::L } else { space::XXL };
    scrolled(p, container(content).center_x(Length::Fill).padding(around))
}
