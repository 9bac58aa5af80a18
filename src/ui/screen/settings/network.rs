//! The cable: what carries the phone, every link and its kind, and allowing radio, in words and once.
use super::{Message, Settings};
use crate::{
    domain::link::{Interface, LinkKind, WiredPolicy},
    ui::{
        context::Context,
        theme::{Palette, space, text},
        widget::{
            button::{self, Kind},
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
    let allowed = wired.policy == WiredPolicy::AllowWireless;
    let about = if allowed { "settings-wireless-about" } else { "settings-wired-about" };
    let links = wired.interfaces.iter().filter(|link| link.kind != LinkKind::Loopback);
    let rows =
        links.map(|link| line(cx, link, wired.carrier.as_ref().is_some_and(|carrier| carrier.name == link.name)));
    let action: Element<'a, Message> = if allowed {
        let forbid = button::with_icon(p, Kind::Main, Icon::Cable, cx.t("settings-forbid-wireless"));
        forbid.on_press(Message::Allow(false)).into()
    } else if settings.allowing {
        let yes = button::button(p, Kind::Bad, cx.t("settings-allow-confirm")).on_press(Message::Allow(true));
        let no = button::button(p, Kind::Main, cx.t("settings-forbid-wireless")).on_press(Message::Allowing(false));
        let buttons = Row::new().push(no).push(yes).spacing(space::S).wrap();
        column![notice::problem(p, cx.t("settings-allow-sure")), buttons].spacing(space::M).into()
    } else {
        button::with_icon(p, Kind::Side, Icon::Radio, cx.t("settings-allow-wireless"))
            .on_press(Message::Allowing(true))
            .into()
    };
    let advice = wired.advice.iter().map(|advice| text::body(cx.t(advice.key())).color(p.text).into());
    let about = Column::new().push(text::body(cx.t(about)).color(p.text)).extend(advice).spacing(space::S);
    Column::new().push(about).extend(rows).push(action).spacing(space::L).into()
}

fn line<'a>(cx: Context<'a>, link: &'a Interface, used: bool) -> Element<'a, Message> {
    let p = cx.p;
    let (state, color) = match (used && cx.model.wired.allowed, link.up) {
        (true, _) => ("settings-link-used", p.good_text),
        (false, true) => ("settings-link-up", p.muted),
        (false, false) => ("settings-link-down", p.muted),
    };
    let words = column![
        text::strong(link.name.clone()).color(p.text),
        text::caption(format!("{} · {}", kind(cx, link), cx.t(state))).color(color)
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
