//! Files of a text, each a card with what can be done. Nothing is fetched by being looked at.
use super::Message;
use crate::{
    domain::{extras::Attachment, message::Message as Text},
    engine::api::{Deed, FileState},
    ui::{
        context::Context,
        theme::{shape, space, text},
        widget::{
            button::{self, Kind},
            icon::{Icon, icon},
        },
    },
    words::Value,
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, container, text::Wrapping},
};

/// One file.
pub fn view<'a>(cx: Context<'a>, one: &'a Text, file: &'a Attachment, width: f32) -> Element<'a, Message> {
    let p = cx.p;
    let save = (file.here).then(|| {
        button::small(p, Kind::Side, Icon::Download, cx.t("file-save")).on_press(Message::File(one.id, Deed::Save))
    });
    let kind = match file.media_type.split('/').next() {
        Some("image") => (Icon::Image, "file-picture"),
        Some("audio") => (Icon::Play, "file-sound"),
        _ => (Icon::File, "file-file"),
    };
    let name = file.name.expose();
    let name = if name.is_empty() { cx.t(kind.1) } else { text::line(name, 60) };
    let size = file.size.map(|size| size_words(cx, size));
    let state = cx.model.files.get(&one.id);
    let below = match state {
        Some(FileState::Moving(done, total)) => {
            let total = total.or(file.size).filter(|total| *total > 0);
            Some(total.map_or_else(
                || size_words(cx, *done),
                |total| {
                    let percent = i64::try_from((done.saturating_mul(100) / total).min(100)).unwrap_or(100);
                    cx.words.with("file-moving", &[("percent", Value::Number(percent))])
                },
            ))
        }
        Some(FileState::Failed(problem)) => Some(cx.t(problem.key())),
        Some(FileState::Done) | None => size,
    };
    let failed = matches!(state, Some(FileState::Failed(_)));
    let about = Column::new()
        .push(text::body(name).color(p.text))
        .push(below.map(|words| text::caption(words).color(if failed { p.bad_text } else { p.muted })));
    let button = match (state, file.is_here(), &file.url) {
        (Some(FileState::Moving(..)), ..) => {
            let stop = Message::File(one.id, Deed::Stop);
            Some(button::small(p, Kind::Side, Icon::Close, cx.t("file-stop")).on_press(stop))
        }
        (_, false, Some(_)) => {
            let fetch = Message::File(one.id, Deed::Fetch);
            Some(button::small(p, Kind::Side, Icon::Download, cx.t("file-fetch")).on_press(fetch))
        }
        _ => None,
    };
    let head = Row::new()
        .push(icon(kind.0, 22.0).color(p.accent_text))
        .push(container(about).max_width((width - 80.0).max(80.0)))
        .spacing(space::M)
        .align_y(Alignment::Center);
    Column::new().push(head).push(button).push(save).spacing(space::S).into()
}

/// A size as people say it.
pub fn size_words(cx: Context<'_>, bytes: u64) -> String {
    let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX));
    let (key, n) = match bytes {
        0..1_000_000 => ("file-kilobytes", bytes.div_ceil(1000).max(1)),
        1_000_000..10_000_000 if bytes % 1_000_000 >= 100_000 => ("file-megabytes-tenths", bytes / 1_000_000),
        _ => ("file-megabytes", bytes / 1_000_000),
    };
    cx.words.with(key, &[("n", number(n)), ("tenths", number(bytes % 1_000_000 / 100_000))])
}

/// The text that is answered, in small above the answer.
pub fn quote<'a>(cx: Context<'a>, one: &'a Text) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let reply = one.extras.reply.as_ref()?;
    let known = cx.model.conversation(one.conversation);
    let who = match reply.mine {
        true => cx.t("thread-you"),
        false => cx.model.name(known.and_then(|known| known.name.as_ref()), &one.peer).to_owned(),
    };
    let bar = container(iced::widget::space()).width(3.0).height(34.0).style(shape::round(p.accent, 2.0));
    let words = text::line(reply.quote.expose(), 90);
    let said = Column::new()
        .push(text::strong(who).size(text::CAPTION).color(p.accent_text).wrapping(Wrapping::None))
        .push(text::outside_line(&words, text::CAPTION, p.muted));
    let said = container(said).clip(true).height(Length::Fixed(36.0));
    Some(Row::new().push(bar).push(said).spacing(space::S).align_y(Alignment::Center).into())
}
