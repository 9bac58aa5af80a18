//! The messages cannot be opened: why, and what can be done about it. Nothing is thrown away by what is offered here.
use crate::{
    engine::api::{Command, Refusal, StoreState},
    ui::{
        context::Context,
        screen::welcome::mark,
        theme::{space, text},
        widget::{
            button::{self, Kind},
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

/// The screen's own state.
#[derive(Default)]
pub struct Trouble {
    /// Beginning anew was pressed once: it is to be meant.
    sure: bool,
    busy: bool,
    refused: Option<Refusal>,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Tries once more.
    Again,
    /// Wants to begin anew, or not after all.
    Anew(bool),
    /// Means it.
    Sure,
    /// Saves what can be read.
    Repair,
}

impl Trouble {
    /// One step.
    pub fn update(&mut self, message: Message) -> Vec<Wish> {
        let command = match message {
            Message::Anew(on) => {
                self.sure = on;
                return Vec::new();
            }
            _ if self.busy => return Vec::new(),
            Message::Again => Command::OpenStore,
            Message::Sure => Command::BeginAnew,
            Message::Repair => Command::Repair,
        };
        *self = Self { busy: true, ..Self::default() };
        vec![Wish::Ask(command, Then::Opened)]
    }

    /// How it went.
    pub fn answered(&mut self, refused: Option<Refusal>) {
        *self = Self { refused, ..Self::default() };
    }
}

/// The screen.
pub fn view<'a>(trouble: &'a Trouble, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let state = cx.model.store;
    let small = cx.narrow() || cx.low();
    let title = text::heading(cx.t("trouble-title")).color(p.text);
    let head = if small {
        Row::new().push(mark(cx, Icon::Lock, 44.0)).push(title).spacing(space::M).align_y(Alignment::Center).into()
    } else {
        Element::from(Column::new().push(mark(cx, Icon::Lock, 60.0)).push(title).spacing(space::L))
    };
    let damaged = state == StoreState::Damaged;
    let ready = |message| (!trouble.busy).then_some(message);
    let path = cx.model.store_file.to_string_lossy();
    let anew = if !state.may_begin_anew() {
        [None, None, None]
    } else if trouble.sure {
        [
            Some(text::body(cx.t("trouble-anew-about")).color(p.text).into()),
            Some(button::wide(p, Kind::Side, cx.t("trouble-anew-sure")).on_press(ready(Message::Sure)).into()),
            Some(button::button(p, Kind::Quiet, cx.t("trouble-anew-not")).on_press(Message::Anew(false)).into()),
        ]
    } else {
        let anew = button::button(p, Kind::Quiet, cx.t("trouble-anew"));
        [Some(anew.on_press(Message::Anew(true)).into()), None, None]
    };
    let content = pile(
        space::L,
        [
            Some(head),
            Some(text::body(cx.t(state.key())).color(p.text).into()),
            Some(text::caption(cx.with("store-file", "path", &path)).color(p.muted).into()),
            Some(text::body(cx.t("trouble-calls")).color(p.muted).into()),
            trouble.refused.map(|refusal| notice::problem(p, cx.t(refusal.key()))),
            damaged.then(|| text::body(cx.t("trouble-repair-about")).color(p.text).into()),
            damaged
                .then(|| button::wide(p, Kind::Main, cx.t("trouble-repair")).on_press(ready(Message::Repair)).into()),
            Some(
                button::wide(p, if damaged { Kind::Side } else { Kind::Main }, cx.t("trouble-again"))
                    .on_press(ready(Message::Again))
                    .into(),
            ),
        ]
        .into_iter()
        .chain(anew),
    )
    .max_width(420.0);
    let around = if small { space::L } else { space::XXL };
    scrolled(p, container(content).center_x(Length::Fill).padding(around))
}
