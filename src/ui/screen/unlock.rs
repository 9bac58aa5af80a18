//! The passphrase of the vault: asked for where there is one, chosen where there is none yet.
use crate::{
    domain::private::Private,
    engine::api::{Command, Refusal, Reply, SecretsState},
    ui::{
        context::Context,
        screen::welcome::mark,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            field,
            icon::Icon,
            notice, pile, scrolled,
        },
        wish::{Then, Wish},
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
}

/// The control of the passphrase.
pub const PASSPHRASE: &str = "unlock-passphrase";
const AGAIN: &str = "unlock-again";

impl Unlock {
    /// One step; `choosing`: there is no vault yet.
    pub fn update(&mut self, message: Message, choosing: bool) -> Vec<Wish> {
        match message {
            Message::Passphrase(text) => self.passphrase = text,
            Message::Again(text) => self.again = text,
            Message::ToAgain => return vec![Wish::Focus(AGAIN)],
            Message::Open if self.passphrase.is_empty() || self.busy => {}
            Message::Open if choosing && self.passphrase != self.again => {
                self.trouble = Some("unlock-differs");
                return vec![Wish::Focus(AGAIN)];
            }
            Message::Open => {
                self.busy = true;
                self.trouble = None;
                let passphrase = Private::new(self.passphrase.clone());
                return vec![Wish::Ask(Command::Unlock { passphrase }, Then::Unlocked)];
            }
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
    let choosing = cx.model.secrets == SecretsState::NeedsPassphrase;
    let (title, about, word) = if choosing {
        ("unlock-choose-title", "unlock-choose-about", "unlock-keep")
    } else {
        ("unlock-title", "unlock-about", "unlock-open")
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
            Some(button::button(p, Kind::Quiet, cx.t("unlock-later")).on_press(Message::Later).into()),
        ],
    )
    .max_width(420.0);
    let around = if small { space::L } else { space::XXL };
    scrolled(p, container(content).center_x(Length::Fill).padding(around))
}
