//! The cable: what carries the phone, every link and its kind, and allowing radio, in words and once.
use super::{Message, Settings};
use crate::{
    domain::link::{Interface, LinkKind, WiredPolicy},
    ui::{
        context::Context,
        theme::{Palette, space, text},
        widget::{
            button::{self, Kind},
            choice,
            icon::{Icon, icon},
            notice,
        },
    },
};
use iced::{
    Alignment, Color, Element, Length,
    widget::{Column, Row, column},
};

/// The section.
pub fn view<'a>(settings: &'a Settings, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let wired = &cx.model.wired;
    let policy = wired.rule.policy;
    let about = match policy {
        WiredPolicy::WiredOnly => "settings-wired-about",
        WiredPolicy::Ask => "settings-ask-about",
        WiredPolicy::AllowWireless => "settings-wireless-about",
    };
    let links = wired.interfaces.iter().filter(|link| link.kind != LinkKind::Loopback);
    let rows =
        links.map(|link| line(cx, link, wired.carrier.as_ref().is_some_and(|carrier| carrier.name == link.name)));
    let action: Element<'a, Message> = if settings.allowing {
        let yes = button::button(p, Kind::Bad, cx.t("settings-allow-confirm"));
        let yes = yes.on_press(Message::Links(WiredPolicy::AllowWireless));
        let no = button::button(p, Kind::Main, cx.t("settings-forbid-wireless")).on_press(Message::Allowing(false));
        let buttons = Row::new().push(no).push(yes).spacing(space::S).wrap();
        column![notice::problem(p, cx.t("settings-allow-sure")), buttons].spacing(space::M).into()
    } else {
        let choices = [
            ("settings-forbid-wireless", WiredPolicy::WiredOnly, Message::Links(WiredPolicy::WiredOnly)),
            ("settings-ask-wireless", WiredPolicy::Ask, Message::Links(WiredPolicy::Ask)),
            (
                "settings-allow-wireless",
                WiredPolicy::AllowWireless,
                Message::Allowing(policy != WiredPolicy::AllowWireless),
            ),
        ];
        choice::segments(p, choices.map(|(key, choice, message)| (cx.t(key), choice == policy, message)))
    };
    let answered = policy == WiredPolicy::Ask && !wired.rule.answers.is_empty();
    let anew = answered
        .then(|| button::button(p, Kind::Quiet, cx.t("settings-ask-anew")).on_press(Message::Links(WiredPolicy::Ask)));
    let advice = wired.advice.iter().map(|advice| text::body(cx.t(advice.key())).color(p.text).into());
    let about = Column::new().push(text::body(cx.t(about)).color(p.text)).extend(advice).spacing(space::S);
    Column::new().push(about).extend(rows).push(action).push(anew).spacing(space::L).into()
}

fn line<'a>(cx: Context<'a>, link: &'a Interface, used: bool) -> Element<'a, Message> {
    let p = cx.p;
    let (state, color) = match (used && cx.model.wired.allowed, link.up) {
        (true, _) => ("settings-link-used", p.good_text),
        (false, true) => ("settings-link-up", p.muted),
        (false, false) => ("settings-link-down", p.muted),
    };
    let rule = &cx.model.wired.rule;
    let said = rule.answers.get(&link.name).filter(|_| rule.policy == WiredPolicy::Ask);
    let said = said.map(|yes| cx.t(if *yes { "settings-link-granted" } else { "settings-link-refused" }));
    let said = said.map(|said| format!(" · {said}")).unwrap_or_default();
    let words = column![
        text::strong(link.name.clone()).color(p.text),
        text::caption(format!("{} · {}{said}", kind(cx, link), cx.t(state))).color(color)
    ]
    .spacing(2.0)
    .width(Length::Fill);
    let (picture, tint) = picture(p, link);
    Row::new().push(icon(picture, 20.0).color(tint)).push(words).spacing(space::M).align_y(Alignment::Center).into()
}

fn picture(p: &Palette, link: &Interface) -> (Icon, Color) {
    match (link.is_wireless(), link.up) {
        (true, _) => (Icon::Radio, p.warn_text),
        (false, true) => (Icon::Cable, p.good_text),
        (false, false) => (Icon::Unplugged, p.muted),
    }
}

fn kind(cx: Context<'_>, link: &Interface) -> String {
    if link.over.is_empty() {
        return cx.t(link.kind.key());
    }
    let over = link.over.iter().map(|kind| cx.t(kind.key())).collect::<Vec<_>>().join(", ");
    cx.with("settings-link-virtual-over", "kind", &over)
}
