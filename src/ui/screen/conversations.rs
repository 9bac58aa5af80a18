//! The list of conversations: who, the last words or the code in them, when, and what has not been seen. Searches names
//! and numbers here and words in the store.
use crate::{
    domain::{
        conversation::{Conversation, ConversationId},
        message::{Direction, Message as Text, MessageState},
        private::Private,
    },
    engine::api::Command,
    ui::{
        context::Context,
        model::means,
        moment,
        theme::{space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            code::spaced,
            field,
            icon::{Icon, icon},
            notice,
            row::{self, Parts, row},
            scrolled,
        },
        wish::{Place, Then, Wish},
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    widget::{Column, Row, container, text::Wrapping},
};

/// The control of the search.
pub const SEARCH: &str = "search";
/// Messages found at the most.
const FOUND: u32 = 50;
/// The width of the pane beside a conversation, in logical pixels.
pub const WIDTH: f32 = 340.0;

/// The list's own state.
#[derive(Default)]
pub struct List {
    /// As typed.
    pub search: String,
    /// Messages with these words, newest first.
    found: Vec<Text>,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Types in the search.
    Search(String),
    /// Ends the search.
    Clear,
    /// Opens one.
    Open(ConversationId),
    /// Writes to somebody new.
    New,
}

impl List {
    /// One step.
    pub fn update(&mut self, message: Message) -> Vec<Wish> {
        match message {
            Message::Search(text) => {
                let words = text.trim().to_owned();
                self.search = text;
                if words.chars().count() < 2 {
                    self.found.clear();
                    return Vec::new();
                }
                let search = Private::new(words);
                let command = Command::Messages { with: None, search: Some(search.clone()), limit: FOUND };
                vec![Wish::Ask(command, Then::Found(search))]
            }
            Message::Clear => {
                *self = Self::default();
                Vec::new()
            }
            Message::Open(id) => vec![Wish::Open(id)],
            Message::New => vec![Wish::Go(Place::New)],
        }
    }

    /// Messages with some words came; those of an older search are dropped.
    pub fn found(&mut self, words: &Private<String>, messages: Vec<Text>) {
        if self.search.trim() == words.expose() {
            self.found = messages;
        }
    }
}

/// The pane; `open` is the conversation beside it.
pub fn view<'a>(list: &'a List, cx: Context<'a>, open: Option<ConversationId>) -> Element<'a, Message> {
    let p = cx.p;
    let search = field::bare(p, &cx.t("conversations-search"), &list.search).id(SEARCH).on_input(Message::Search);
    let beside = if list.search.is_empty() {
        button::round(p, Kind::Main, Icon::Write, cx.t("conversations-new"), Message::New)
    } else {
        button::round(p, Kind::Quiet, Icon::Close, cx.t("action-close"), Message::Clear)
    };
    let head = Row::new().push(search).push(beside).spacing(space::S).align_y(Alignment::Center);
    let words = list.search.trim();
    let wanted = |one: &&Conversation| means(words, cx.model.name(one.name.as_ref(), &one.peer), &one.peer);
    let shown: Vec<&Conversation> = cx.model.conversations.iter().filter(wanted).collect();
    let mut rows = Column::new().spacing(2.0).padding(Padding::from([0.0, space::S]));
    if shown.is_empty() && list.found.is_empty() {
        rows = rows.push(if words.is_empty() {
            let about = Some(cx.t("conversations-empty-about"));
            notice::empty(p, Icon::Messages, cx.t("conversations-empty"), about)
        } else {
            notice::empty(p, Icon::Search, cx.with("conversations-nothing-found", "words", words), None)
        });
    }
    for one in shown {
        rows = rows.push(line(cx, one, open == Some(one.id)));
    }
    if !list.found.is_empty() {
        rows = rows.push(row::group(p, cx.t("conversations-in-messages")));
        for text in &list.found {
            rows = rows.push(hit(cx, text));
        }
    }
    let pane = Column::new()
        .push(container(head).padding(Padding::from([space::M, space::L])))
        .push(scrolled(p, rows.padding(Padding::from([0.0, space::S]).bottom(space::M))))
        .width(Length::Fill)
        .height(Length::Fill);
    pane.into()
}

fn line<'a>(cx: Context<'a>, one: &'a Conversation, chosen: bool) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(one.name.as_ref(), &one.peer);
    let below = one.last.as_ref().map(|last| preview(cx, last, one.unread > 0));
    let parts = Parts {
        picture: avatar(p, name, one.peer.rest(), 44.0),
        title: name.to_owned(),
        below,
        end: one.last.as_ref().map(|last| moment::short(cx.words, last.sent_at, cx.now, cx.zone)),
        badge: (one.unread > 0).then(|| row::badge(p, one.unread)),
        chosen,
    };
    row(p, parts).on_press(Message::Open(one.id)).into()
}

/// The last text in one line: a code stands out, an own text says so, a failed one too.
fn preview<'a>(cx: Context<'a>, last: &Text, unread: bool) -> Element<'a, Message> {
    let p = cx.p;
    if let Some(code) = &last.code {
        let value = text::mono(spaced(code.value.expose()), text::BODY).line_height(1.2).color(p.text);
        let key = icon(Icon::Key, 14.0).color(p.warn_text);
        return Row::new().push(key).push(value).spacing(space::XS + 2.0).align_y(Alignment::Center).into();
    }
    let mine = last.direction == Direction::Outgoing;
    let failed = mine && last.state == MessageState::Failed;
    // what stands before it and beside it leaves less for the text
    let before = match (failed, mine) {
        (true, _) => format!("{} · ", cx.t("state-failed")),
        (false, true) => cx.with("conversations-you", "text", ""),
        (false, false) => String::new(),
    };
    let beside = before.chars().count() + if unread { 5 } else { 0 };
    let body = text::line(last.body.expose(), fitting(cx).saturating_sub(beside));
    if failed {
        let words = text::caption(before + &body).color(p.bad_text).wrapping(Wrapping::None);
        return Row::new()
            .push(icon(Icon::Alert, 13.0).color(p.bad_text))
            .push(words)
            .spacing(space::XS)
            .align_y(Alignment::Center)
            .into();
    }
    let words = if mine { cx.with("conversations-you", "text", &body) } else { body };
    text::outside_line(&words, text::CAPTION + 1.0, if unread { p.text } else { p.muted })
}

/// How many characters of a text fit into a row, about.
fn fitting(cx: Context<'_>) -> usize {
    let pane = if cx.narrow() { cx.size.width } else { WIDTH };
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a small number of characters
    let characters = ((pane - 128.0) / 6.6).clamp(8.0, 120.0) as usize;
    characters
}

/// A message that was found.
fn hit<'a>(cx: Context<'a>, found: &'a Text) -> Element<'a, Message> {
    let p = cx.p;
    let known = cx.model.conversation(found.conversation);
    let name = cx.model.name(known.and_then(|one| one.name.as_ref()), &found.peer);
    let parts = Parts {
        picture: avatar(p, name, found.peer.rest(), 36.0),
        title: name.to_owned(),
        below: Some(text::outside_line(&text::line(found.body.expose(), fitting(cx)), text::CAPTION + 1.0, p.muted)),
        end: Some(moment::short(cx.words, found.sent_at, cx.now, cx.zone)),
        badge: None,
        chosen: false,
    };
    row(p, parts).on_press(Message::Open(found.conversation)).into()
}
