//! What the dialler and the history look like.
use super::{Dial, Message, TO, again};
use crate::{
    domain::{call::CallRecord, message::Direction},
    logic::emergency::is_emergency,
    ui::{
        context::Context,
        model::missed,
        moment,
        screen::people,
        theme::{shape, space, text},
        widget::{
            avatar::avatar,
            button::{self, Kind},
            field,
            icon::{Icon, icon},
            keypad::keypad,
            notice, pile,
            row::{Parts, row},
            scrolled,
        },
    },
};
use iced::{
    Alignment, Element, Length, Padding,
    widget::{Column, Row, container},
};

/// Characters of a note in the history.
const NOTE: usize = 60;

/// The screen: side by side, or one below the other.
pub fn view<'a>(dial: &'a Dial, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    if cx.narrow() {
        let all = pile(space::L, [voicemail(cx), Some(dialler(dial, cx)), Some(history(cx))]);
        return scrolled(p, container(all).padding(Padding::from([space::M, space::L])));
    }
    let left = container(scrolled(p, container(dialler(dial, cx)).padding(space::XL))).width(360.0);
    let line = container(iced::widget::space()).width(1.0).height(Length::Fill).style(shape::fill(p.line));
    let right = scrolled(
        p,
        container(pile(space::L, [voicemail(cx), Some(history(cx))]))
            .padding(Padding::from([space::XL, space::L]))
            .max_width(space::COLUMN + 40.0),
    );
    Row::new().push(left).push(line).push(right).into()
}

fn dialler<'a>(dial: &'a Dial, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let ready = dial.to.known().is_some().then_some(Message::Call);
    let typed = !dial.to.typed.is_empty();
    let to = field::bare(p, &cx.t("dial-field"), &dial.to.typed)
        .id(TO)
        .size(if cx.narrow() { text::BODY } else { text::TITLE })
        .on_input(Message::To)
        .on_submit_maybe(ready.clone());
    let delete = button::round(p, Kind::Quiet, Icon::Backspace, cx.t("dial-delete"), typed.then_some(Message::Delete));
    let shown = dial.keypad || !cx.narrow();
    let mut line = Row::new().push(to).spacing(space::XS).align_y(Alignment::Center);
    if typed {
        line = line.push(delete);
    }
    if cx.narrow() {
        let look = if dial.keypad { Kind::On } else { Kind::Side };
        line = line.push(button::round(p, look, Icon::Keypad, cx.t("call-keypad"), Message::Keypad));
    }
    let keys = shown
        .then(|| container(keypad(p, if cx.low() { 44.0 } else { 56.0 }, Message::Key)).center_x(Length::Fill).into());
    let call = button::call(p, cx.t("dial-call")).on_press(ready);
    let people = typed.then(|| people::list(cx, &dial.to.typed, false, Message::Known)).flatten();
    pile(
        space::M,
        [
            Some(line.into()),
            Some(people::outcome(cx, &dial.to, false)),
            help(cx, dial).then(|| notice::problem(p, cx.t("dial-emergency"))),
            people::accounts(cx, &dial.to, false, dial.accounts_open, Message::Accounts, Message::From),
            dial.trouble.map(|refusal| notice::problem(p, cx.t(refusal.key()))),
            people,
            keys,
            Some(call.into()),
        ],
    )
    .into()
}

/// What waits in each voice mailbox, and the way to it.
fn voicemail<'a>(cx: Context<'a>) -> Option<Element<'a, Message>> {
    let p = cx.p;
    let known =
        cx.model.accounts.iter().filter(|known| known.mailbox.is_some() || known.config.rules.voicemail.is_some());
    let many = known.clone().count() > 1;
    let lines: Vec<_> = known
        .map(|known| {
            let mailbox = known.mailbox.clone().unwrap_or_default();
            let color = if mailbox.waiting { p.accent_text } else { p.muted };
            let untold = known.mailbox.is_none();
            let values = [("count", mailbox.new.unwrap_or_default().into())];
            let told = if untold { cx.t("voicemail") } else { cx.words.with(mailbox.key(), &values) };
            let whose = many.then(|| text::caption(known.config.address.clone()).color(p.muted));
            let words =
                Column::new().push(text::strong(told).color(p.text)).push(whose).spacing(2.0).width(Length::Fill);
            let reached = mailbox.listen.is_some() || known.config.rules.voicemail.is_some();
            let listen = reached.then(|| {
                let kind = if mailbox.waiting { Kind::Main } else { Kind::Side };
                let listen = button::with_icon(p, kind, Icon::Phone, cx.t("voicemail-listen"));
                listen.on_press(Message::Voicemail(Some(known.config.id.clone())))
            });
            let line = Row::new().push(icon(Icon::Messages, 20.0).color(color)).push(words);
            let line = line.spacing(space::M).align_y(Alignment::Center);
            let line: Element<'a, Message> = if cx.tiny() {
                Column::new().push(line).push(listen).spacing(space::M).into()
            } else {
                line.push(listen).into()
            };
            let face = shape::card(p.surface, p.line, space::RADIUS);
            container(line).padding(space::M).width(Length::Fill).style(face).into()
        })
        .collect();
    (!lines.is_empty()).then(|| Column::with_children(lines).spacing(space::S).into())
}

/// Whether what would be dialled calls for help.
fn help(cx: Context<'_>, dial: &Dial) -> bool {
    let Some((to, account)) = dial.to.known() else { return false };
    let account = cx.model.accounts.iter().find(|known| known.config.id == *account);
    let country = account.and_then(|account| account.config.rules.country.as_deref());
    to.number().is_some_and(|number| is_emergency(number, country))
}

fn history<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let title = container(text::title(cx.t("history-title")).color(p.text)).padding([0.0, space::M]);
    let mut rows = Column::new().push(title).spacing(2.0);
    if cx.model.history.is_empty() {
        return rows.push(notice::empty(p, Icon::Phone, cx.t("history-empty"), None)).into();
    }
    rows = rows.push(iced::widget::space().height(space::S));
    for record in &cx.model.history {
        rows = rows.push(line(cx, record));
    }
    rows.into()
}

fn line<'a>(cx: Context<'a>, record: &'a CallRecord) -> Element<'a, Message> {
    let p = cx.p;
    let name = cx.model.name(record.name.as_ref(), &record.peer);
    let lost = missed(record);
    let (picture, key) = match (lost, record.direction, record.answered_at) {
        (true, ..) => (Icon::Missed, "history-missed"),
        (_, Direction::Incoming, _) => (Icon::Incoming, "history-incoming"),
        (_, Direction::Outgoing, Some(_)) => (Icon::Outgoing, "history-outgoing"),
        (_, Direction::Outgoing, None) => (Icon::Outgoing, "history-not-answered"),
    };
    let color = if lost { p.bad_text } else { p.muted };
    let lasted = record.answered_at.zip(record.ended_at).map(|(from, to)| moment::timer(from, to));
    let words = lasted.map_or_else(|| cx.t(key), |lasted| format!("{} · {lasted}", cx.t(key)));
    let below = Row::new()
        .push(icon(picture, 14.0).color(color))
        .push(text::caption(words).color(color))
        .spacing(space::XS + 2.0)
        .align_y(Alignment::Center);
    let note =
        record.note.as_ref().map(|note| text::outside_line(&text::line(note.expose(), NOTE), text::CAPTION, p.text));
    let parts = Parts {
        picture: avatar(p, name, record.peer.rest(), 40.0),
        title: name.to_owned(),
        below: Some(Column::new().push(below).push(note).spacing(2.0).into()),
        end: Some(moment::short(cx.words, record.started_at, cx.now, cx.zone)),
        badge: None,
        chosen: false,
    };
    let into_field = Message::To(record.peer.uri());
    let word = cx.with("history-call-again", "name", name);
    Row::new()
        .push(row(p, parts).on_press(into_field))
        .push(button::round(p, Kind::Quiet, Icon::Phone, word, again(record)))
        .spacing(space::XS)
        .align_y(Alignment::Center)
        .into()
}
