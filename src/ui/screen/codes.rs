//! Verification codes: the newest large enough to read across the room, who sent it, for which site, how old; Copy.
use crate::{
    domain::{
        code::{ReceivedCode, Warning},
        conversation::ConversationId,
        message::MessageId,
        private::Private,
    },
    ui::{
        context::Context,
        moment,
        theme::{space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            code::{self, Parts},
            icon::Icon,
            notice, row, scrolled,
        },
        wish::Wish,
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, column, container, text::Wrapping},
};
use jiff::SignedDuration;

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Copies one.
    Copy(MessageId, Private<String>),
    /// Opens the conversation it stands in.
    Open(ConversationId),
}

/// One step.
pub fn update(message: Message) -> Vec<Wish> {
    match message {
        Message::Copy(message, code) => vec![Wish::Copy(message, code)],
        Message::Open(conversation) => vec![Wish::Open(conversation)],
    }
}

/// A code's words and characters; `head`: say who sent it.
pub fn parts<M>(cx: Context<'_>, one: &ReceivedCode, head: &str, on_copy: M) -> Parts<M> {
    let sender = cx.model.name(one.sender_name.as_ref(), &one.sender);
    Parts {
        code: one.code.value.expose().clone(),
        head: Some(cx.with(head, "sender", sender)),
        below: below(cx, one),
        warnings: warnings(cx, &one.code.warnings),
        copy: cx.copy_word(one.message),
        on_copy,
    }
}

/// Why to be careful with it.
pub fn warnings(cx: Context<'_>, all: &[Warning]) -> Vec<String> {
    all.iter().map(|warning| cx.t(warning.key())).collect()
}

/// The site it is bound to with a warning, and its age.
fn below(cx: Context<'_>, one: &ReceivedCode) -> Vec<String> {
    let site = one
        .code
        .site
        .as_ref()
        .map(|site| format!("{}. {}", cx.with("code-site", "site", site), cx.t("code-site-warning")));
    let age = moment::ago(cx.words, one.received_at, cx.now, cx.zone);
    let good = one.code.valid_for.map(|seconds| {
        let until = one.received_at.saturating_add(SignedDuration::from_secs(seconds.into()));
        if until.is_ok_and(|until| until < cx.now) {
            cx.t("code-maybe-expired")
        } else {
            cx.with("code-valid-for", "duration", &moment::duration(cx.words, seconds))
        }
    });
    site.into_iter().chain([good.map_or_else(|| age.clone(), |good| format!("{age} · {good}"))]).collect()
}

/// The screen.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let Some((newest, older)) = cx.model.codes.split_first() else {
        let about = Some(cx.t("codes-empty-about"));
        let empty = notice::empty(p, Icon::Key, cx.t("codes-empty"), about);
        let all = column![empty, help(cx)].align_x(Alignment::Center);
        return scrolled(p, container(all).center_x(Length::Fill).padding(space::L));
    };
    let on_copy = Message::Copy(newest.message, newest.code.value.clone());
    let count = newest.code.value.expose().chars().count().max(4);
    // the whole code on one line: it is read aloud and typed from there
    let room = (cx.size.width - if cx.narrow() { 120.0 } else { 220.0 }).min(space::COLUMN - 60.0);
    #[allow(clippy::cast_precision_loss)] // a handful of characters
    let size = (room / (count as f32 + 1.0) / 0.62).clamp(24.0, 72.0);
    let mut all = Column::new()
        .push(code::large(p, parts(cx, newest, "code-from", on_copy), size, text_link(cx, newest)))
        .spacing(space::S);
    if !older.is_empty() {
        all = all.push(container(row::group(p, cx.t("codes-older"))).padding(iced::Padding::ZERO.top(space::L)));
        all = all.extend(older.iter().map(|one| earlier(cx, one)));
    }
    all = all.push(container(help(cx)).padding(iced::Padding::ZERO.top(space::XL)));
    let around = if cx.narrow() { space::L } else { space::XL };
    scrolled(p, container(container(all).max_width(space::COLUMN)).center_x(Length::Fill).padding(around))
}

/// What to do where a service sends none to a number like this.
fn help<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let words = text::caption(cx.t("codes-help-about")).color(p.muted).wrapping(Wrapping::Word);
    column![text::strong(cx.t("codes-help-head")).color(p.text), words]
        .spacing(space::XS)
        .max_width(space::COLUMN)
        .into()
}

/// The way to the text it came in.
fn text_link<'a>(cx: Context<'a>, one: &ReceivedCode) -> Option<Element<'a, Message>> {
    let conversation = cx.model.conversations.iter().find(|known| known.peer == one.sender)?;
    let open = button::button(cx.p, Kind::Quiet, cx.t("code-open-text"));
    Some(open.on_press(Message::Open(conversation.id)).into())
}

fn earlier<'a>(cx: Context<'a>, one: &'a ReceivedCode) -> Element<'a, Message> {
    let p = cx.p;
    let sender = cx.model.name(one.sender_name.as_ref(), &one.sender);
    let value = text::mono(code::spaced(one.code.value.expose()), 20.0).line_height(1.2).color(p.text);
    let site = one.code.site.as_ref().map(|site| cx.with("code-site", "site", site));
    let age = moment::ago(cx.words, one.received_at, cx.now, cx.zone);
    let about = site.map_or_else(|| format!("{sender} · {age}"), |site| format!("{sender} · {site} · {age}"));
    let careful = warnings(cx, &one.code.warnings);
    let careful =
        careful.into_iter().map(|words| text::caption(words).color(p.bad_text).wrapping(Wrapping::Word).into());
    let words = column![value, text::caption(about).color(p.muted).wrapping(Wrapping::Word)]
        .extend(careful)
        .spacing(2.0)
        .width(Length::Fill);
    let copy = Message::Copy(one.message, one.code.value.clone());
    let copy: Element<'a, Message> = if cx.tiny() {
        button::round(p, Kind::Side, Icon::Copy, cx.copy_word(one.message), copy)
    } else {
        button::small(p, Kind::Side, Icon::Copy, cx.copy_word(one.message)).on_press(copy).into()
    };
    let picture = (!cx.tiny()).then(|| avatar(p, sender, one.sender.rest(), 36.0));
    let line = Row::new().push(picture).push(words).push(copy).spacing(space::M).align_y(Alignment::Center);
    container(line).padding([space::S, space::M]).into()
}
