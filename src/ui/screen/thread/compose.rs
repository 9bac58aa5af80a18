//! The composer: a field of up to six lines and Send, and above it what the words are for. Enter sends, Shift and Enter breaks
//! the line, Up in an empty field corrects the last text.
use super::{COMPOSER, Message, PATH, Purpose, Thread, attached, deeds};
use crate::{
    domain::conversation::Conversation,
    ui::{
        context::Context,
        theme::{Palette, shape, space, text},
        widget::{
            button::{self, Kind},
            field,
            icon::{Icon, icon},
            notice,
        },
    },
    words::Value,
};
use iced::{
    Alignment, Element, Length, Padding,
    keyboard::{Key, key::Named},
    widget::{
        Column, Row, column, container,
        text::Wrapping,
        text_editor::{self, Action, Binding, Content, KeyPress},
    },
};

/// Emoji that are at hand.
const EMOJI: [&str; 24] = [
    "🙂", "😀", "😂", "😉", "😍", "🤔", "😅", "😢", "😮", "🙏", "👍", "👎", "👋", "❤", "🎉", "🔥", "✅", "📞", "🏠",
    "🕐", "☀", "🌧", "🚌", "🍲",
];

/// What a composer is.
pub struct Composer<'a, M> {
    /// The words.
    pub words: &'a Content,
    /// What stands in an empty field.
    pub hint: String,
    /// The word of the button.
    pub word: String,
    /// Sends; `None`: it cannot be sent yet.
    pub send: Option<M>,
    /// Up in an empty field.
    pub up: Option<M>,
    /// Escape, before it leaves the screen.
    pub escape: Option<M>,
    /// Buttons before the field.
    pub before: Vec<Element<'a, M>>,
}

/// Draws one.
pub fn composer<'a, M: Clone + 'a>(
    p: &'static Palette,
    parts: Composer<'a, M>,
    on_edit: impl Fn(Action) -> M + 'a,
) -> Element<'a, M> {
    let Composer { words, hint, word, send, up, escape, before } = parts;
    let empty = words.text().trim().is_empty();
    let (on_enter, on_up) = (send.clone(), up.filter(|_| empty));
    let editor = text_editor::TextEditor::new(words)
        .id(COMPOSER)
        .placeholder(hint)
        .size(text::BODY)
        .font(text::SANS)
        .padding(Padding::from([9.0, space::M + 2.0]))
        .min_height(space::CONTROL - 18.0)
        .max_height(140.0)
        .wrapping(Wrapping::WordOrGlyph)
        .style(shape::editor(p))
        .on_action(on_edit)
        .key_binding(move |press| binding(press, on_enter.clone(), on_up.clone(), escape.clone()));
    let ready = send.filter(|_| !empty);
    let send = button::round(p, Kind::Main, Icon::Send, word, ready);
    let row = Row::with_children(before).push(editor).push(send).spacing(space::S).align_y(Alignment::End);
    container(row).padding([space::S + 2.0, space::L]).max_width(932.0).center_x(Length::Fill).into()
}

fn binding<M>(press: KeyPress, send: Option<M>, up: Option<M>, escape: Option<M>) -> Option<Binding<M>> {
    let focused = matches!(press.status, text_editor::Status::Focused { .. });
    match press.modified_key.as_ref() {
        Key::Named(Named::Enter) if focused && press.modifiers.is_empty() => {
            Some(send.map_or(Binding::Sequence(Vec::new()), Binding::Custom))
        }
        Key::Named(Named::ArrowUp) if focused && press.modifiers.is_empty() && up.is_some() => up.map(Binding::Custom),
        Key::Named(Named::Escape) => escape.filter(|_| focused).map(Binding::Custom),
        _ => Binding::from_key_press(press),
    }
}

/// The composer of a conversation, with what stands above it.
pub fn view<'a>(thread: &'a Thread, cx: Context<'a>, one: &'a Conversation) -> Element<'a, Message> {
    let p = cx.p;
    let account = cx.model.accounts.iter().find(|known| known.config.id == one.account);
    let upload = account.and_then(|account| account.upload);
    let round = |picture, key: &str, message| button::round(p, Kind::Quiet, picture, cx.t(key), message);
    let mut before = Vec::new();
    if !cx.tiny() {
        before.extend(upload.map(|_| round(Icon::Attach, "thread-attach", Message::Attach)));
        before.push(round(Icon::Smile, "thread-emoji", Message::Emoji));
    }
    let parts = Composer {
        words: &thread.words,
        hint: cx.t("thread-write"),
        word: cx.t("thread-send"),
        send: Some(Message::Send),
        up: Some(Message::CorrectLast),
        escape: (thread.purpose != Purpose::New).then_some(Message::Leave),
        before,
    };
    let above = Column::new()
        .push(blocked(cx, one))
        .push(purpose(thread, cx))
        .push(path(thread, cx, upload))
        .push(emoji(thread, p))
        .push(length(thread, cx, one));
    // a field has the keyboard by its place among its siblings: what comes and goes stands in a column of its own
    column![above, composer(p, parts, Message::Edit)].into()
}

fn above<'a>(content: impl Into<Element<'a, Message>>) -> Element<'a, Message> {
    container(content).padding(Padding::from([space::XS, space::L])).max_width(932.0).center_x(Length::Fill).into()
}

/// That nothing of the other side comes, by the person's own choice.
fn blocked<'a>(cx: Context<'a>, one: &Conversation) -> Option<Element<'a, Message>> {
    cx.model.blocked(one).filter(|blocked| *blocked)?;
    let who = cx.model.name(one.name.as_ref(), &one.peer).to_owned();
    let free = button::small(cx.p, Kind::Side, Icon::Eye, cx.t("thread-unblock")).on_press(Message::Block(false));
    Some(above(notice::with_action(cx.p, cx.with("thread-blocked", "who", &who), free.into(), cx.narrow())))
}

/// The text that is answered or corrected.
fn purpose<'a>(thread: &'a Thread, cx: Context<'a>) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let (picture, key, id) = match &thread.purpose {
        Purpose::New => return None,
        Purpose::Answer(id) => (Icon::Reply, "thread-answering", *id),
        Purpose::Correct(id, _) => (Icon::Pencil, "thread-correcting", *id),
    };
    let words = cx.model.text(id).map(|one| text::line(one.body.expose(), 80)).unwrap_or_default();
    let about = Column::new()
        .push(text::strong(cx.t(key)).size(text::CAPTION).color(p.accent_text))
        .push(container(text::outside_line(&words, text::CAPTION, p.muted)).clip(true))
        .width(Length::Fill);
    let close = button::round(p, Kind::Quiet, Icon::Close, cx.t("action-close"), Message::Leave);
    let row = Row::new().push(icon(picture, 18.0).color(p.accent_text)).push(about).push(close);
    Some(above(row.spacing(space::M).align_y(Alignment::Center)))
}

/// Where the file is that is to be sent, and how large it may be.
fn path<'a>(thread: &'a Thread, cx: Context<'a>, upload: Option<u64>) -> Option<Element<'a, Message>> {
    let (p, typed, largest) = (cx.p, thread.path.as_ref()?, upload?);
    let hint = cx.t("thread-path-hint");
    let field = field::bare(p, &hint, typed).id(PATH).on_input(Message::Path).on_submit(Message::SendFile);
    let about = if largest == u64::MAX {
        cx.t("thread-path-about")
    } else {
        cx.with("thread-path-limit", "size", &attached::size_words(cx, largest))
    };
    let ready = (!typed.trim().is_empty()).then_some(Message::SendFile);
    let send = button::small(p, Kind::Main, Icon::Send, cx.t("thread-send")).on_press(ready);
    let row = Row::new().push(field).push(send).spacing(space::S).align_y(Alignment::Center);
    Some(above(field::labelled(p, cx.t("thread-path"), row, Some(about))))
}

fn emoji<'a>(thread: &Thread, p: &'static Palette) -> Option<Element<'a, Message>> {
    let all = EMOJI.map(|sign| deeds::sign_button(p, sign, Message::Insert(sign)));
    thread.emoji.then(|| above(Row::with_children(all).spacing(space::XS).wrap()))
}

/// How many short messages a text to a telephone is, once it is more than one or nearly so.
fn length<'a>(thread: &Thread, cx: Context<'a>, one: &Conversation) -> Option<Element<'a, Message>> {
    one.peer.number()?;
    let length = crate::logic::sms::length(thread.words.text().trim());
    if length.parts < 2 && length.left > 20 {
        return None;
    }
    let number = |n: usize| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let words = cx.words.with("thread-sms", &[("parts", number(length.parts)), ("left", number(length.left))]);
    Some(above(text::caption(words).color(cx.p.muted)))
}
