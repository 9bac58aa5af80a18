//! What can be done with a text: a row of buttons below the one that was chosen. To a telephone nothing but words can be sent.
use super::Message;
use crate::{
    domain::{
        extras::{Author, Withdrawn},
        message::{Direction, Message as Text, MessageId, MessageState},
    },
    ui::{
        context::Context,
        model::Model,
        theme::{Palette, space, text},
        widget::{
            button::{self, Kind, face},
            icon::Icon,
            press::Press,
        },
    },
};
use iced::{
    Alignment, Element,
    widget::{Column, Row, Text as Glyphs, text as glyphs},
};

/// The signs that are offered.
const SIGNS: [&str; 6] = ["👍", "❤", "😂", "😮", "😢", "🙏"];

/// Whether the other side understands more than words.
pub fn understood(model: &Model, one: &Text) -> bool {
    let account = model.accounts.iter().find(|known| known.config.id == one.account);
    account.is_some_and(|known| known.capabilities().changes) && one.peer.number().is_none()
}

/// Whether these words can still be replaced.
pub fn can_correct(model: &Model, one: &Text) -> bool {
    let mine = one.direction == Direction::Outgoing && one.extras.withdrawn.is_none();
    let waits = matches!(one.state, MessageState::Queued | MessageState::Failed);
    mine && one.extras.attachments.is_empty() && (waits || understood(model, one))
}

/// The person's signs at a text when this one was pressed.
pub fn signs(model: &Model, id: MessageId, sign: &str) -> Vec<String> {
    let known = model.text(id).map(|one| one.extras.reactions.as_slice()).unwrap_or_default();
    let mine = known.iter().filter(|reaction| reaction.by == Author::Me).map(|reaction| reaction.emoji.clone());
    let mut mine: Vec<String> = mine.collect();
    let before = mine.len();
    mine.retain(|known| known != sign);
    if mine.len() == before {
        mine.push(sign.to_owned());
    }
    mine
}

/// An emoji alone.
pub fn emoji<'a>(sign: &str, size: f32) -> Glyphs<'a> {
    glyphs(sign.to_owned()).font(text::EMOJI).size(size).line_height(1.2)
}

/// The buttons, and what a corrected text said before.
pub fn view<'a>(cx: Context<'a>, one: &'a Text, width: f32) -> Element<'a, Message> {
    let p = cx.p;
    let more = understood(cx.model, one);
    let id = one.id;
    let small = |picture, key: &str, message| button::small(p, Kind::Side, picture, cx.t(key)).on_press(message);
    let signs = more.then(|| {
        Row::with_children(SIGNS.map(|sign| sign_button(p, sign, Message::React(id, sign)))).spacing(space::XS).wrap()
    });
    let mut row = Row::new().spacing(space::XS + 2.0);
    if more {
        row = row.push(small(Icon::Reply, "thread-answer", Message::Answer(id)));
    }
    row = row.push(small(Icon::Copy, "action-copy", Message::CopyWords(id)));
    if can_correct(cx.model, one) {
        row = row.push(small(Icon::Pencil, "thread-correct", Message::Correct(id)));
    }
    if more && one.direction == Direction::Outgoing && one.extras.withdrawn.is_none() {
        row = row.push(small(Icon::Trash, "thread-withdraw", Message::Withdraw(id)));
    }
    let mine = one.direction == Direction::Outgoing;
    let free = cx.model.conversation(one.conversation).and_then(|known| cx.model.blocked(known)) == Some(false);
    if free && !mine {
        row = row.push(small(Icon::EyeOff, "thread-block", Message::Block(true)));
    }
    let side = if mine { Alignment::End } else { Alignment::Start };
    let before = one.extras.versions.iter().map(|before| {
        let line = cx.with("thread-before", "text", &text::line(before.expose(), 160));
        text::caption(line).color(p.muted).into()
    });
    let told =
        one.extras.withdrawn.filter(|_| mine).map(|_| text::caption(cx.t("thread-withdrawn-asked")).color(p.muted));
    Column::new()
        .push(signs)
        .push(row.wrap())
        .push(Column::with_children(before))
        .push(told)
        .spacing(space::XS + 2.0)
        .align_x(side)
        .max_width(width)
        .into()
}

/// A sign to be pressed.
pub fn sign_button<'a>(p: &'static Palette, sign: &str, message: Message) -> Element<'a, Message> {
    Press::new(emoji(sign, 18.0), p.focus, face(p, Kind::Side, space::PILL))
        .padding([space::XS, space::S])
        .on_press(message)
        .into()
}

/// The signs that a text has, each with how many gave it.
pub fn given<'a>(cx: Context<'a>, one: &'a Text) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let mut counts: Vec<(&str, usize, bool)> = Vec::new();
    for reaction in &one.extras.reactions {
        let mine = reaction.by == Author::Me;
        match counts.iter_mut().find(|(sign, ..)| *sign == reaction.emoji) {
            Some((_, count, own)) => (*count, *own) = (*count + 1, *own || mine),
            None => counts.push((&reaction.emoji, 1, mine)),
        }
    }
    if counts.is_empty() {
        return None;
    }
    let pills = counts.into_iter().map(|(sign, count, mine)| {
        let ground = if mine { p.soft } else { p.surface };
        let number = (count > 1).then(|| text::caption(count.to_string()).color(p.text));
        let inside = Row::new().push(emoji(sign, 14.0).color(p.text)).push(number).spacing(space::XS);
        iced::widget::container(inside.align_y(Alignment::Center))
            .padding([1.0, space::S])
            .style(crate::ui::theme::shape::card(ground, p.line, space::PILL))
            .into()
    });
    Some(Row::with_children(pills).spacing(space::XS).into())
}

/// Why a text is not shown.
pub const fn withdrawn(by: Withdrawn, mine: bool) -> &'static str {
    match (by, mine) {
        (Withdrawn::Moderator, _) => "thread-withdrawn-moderator",
        (Withdrawn::Writer, true) => "thread-withdrawn-own",
        (Withdrawn::Writer, false) => "thread-withdrawn",
    }
}
