//! The desktop around the window: what notifications show, what closing means, what starts and opens by itself.
use super::Message;
use crate::{
    config::{CodesConfig, DesktopConfig, Discretion},
    ui::{
        context::Context,
        theme::space,
        widget::{
            button::{self, Kind},
            choice, field, pile,
        },
    },
};
use iced::Element;

/// Codes of texts are kept so many hours, where they are not kept for good.
const DAY: u32 = 24;

/// A choice between two.
fn two<'a>(
    cx: Context<'a>,
    [label, yes, no]: [&str; 3],
    about: Option<&str>,
    now: Option<bool>,
    choose: impl Fn(bool) -> Message,
) -> Element<'a, Message> {
    let options = [(yes, true), (no, false)].map(|(key, on)| (cx.t(key), now == Some(on), choose(on)));
    field::labelled(cx.p, cx.t(label), choice::segments(cx.p, options), about.map(|key| cx.t(key)))
}

/// What notifications show, and when there are none.
pub fn notifications<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let now = cx.model.desktop;
    let shows = [
        ("settings-notify-open", Discretion::Open),
        ("settings-notify-locked", Discretion::Locked),
        ("settings-notify-hidden", Discretion::Hidden),
    ];
    let shows = shows.map(|(key, discretion)| {
        (cx.t(key), now.discretion == discretion, Message::Desktop(DesktopConfig { discretion, ..now }))
    });
    let shows = field::labelled(cx.p, cx.t("settings-notify"), choice::segments(cx.p, shows), None);
    let quiet = ["settings-quiet", "settings-quiet-on", "settings-quiet-off"];
    let quiet = two(cx, quiet, Some("settings-quiet-about"), Some(now.quiet), |quiet| {
        Message::Desktop(DesktopConfig { quiet, ..now })
    });
    pile(space::L, [Some(shows), Some(quiet)]).into()
}

/// What is done with codes.
pub fn codes<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let now = cx.model.code_rules;
    let shown = ["settings-codes-notify", "settings-codes-notify-yes", "settings-codes-notify-no"];
    let shown = two(cx, shown, None, Some(!now.hide), |show| Message::Codes(CodesConfig { hide: !show, ..now }));
    let forgotten = ["settings-codes-forget", "settings-codes-forget-yes", "settings-codes-forget-no"];
    let about = Some("settings-codes-forget-about");
    let forgotten = two(cx, forgotten, about, Some(now.forget_after_hours.is_some()), |forget| {
        Message::Codes(CodesConfig { forget_after_hours: forget.then_some(DAY), ..now })
    });
    pile(space::L, [Some(shown), Some(forgotten)]).into()
}

/// What happens around the window.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let now = cx.model.desktop;
    let closing = ["settings-closing", "closing-keep", "closing-quit"];
    let closing = two(cx, closing, None, now.keep_running, |keep| {
        Message::Desktop(DesktopConfig { keep_running: Some(keep), ..now })
    });
    let tray = two(cx, ["settings-tray", "settings-tray-yes", "settings-tray-no"], None, Some(now.tray), |tray| {
        Message::Desktop(DesktopConfig { tray, ..now })
    });
    let players = ["settings-players", "settings-players-yes", "settings-players-no"];
    let players = two(cx, players, None, Some(now.pause_players), |pause_players| {
        Message::Desktop(DesktopConfig { pause_players, ..now })
    });
    let standing = cx.model.standing;
    let starts = standing.map(|standing| {
        let words = ["settings-start", "settings-start-yes", "settings-start-no"];
        two(cx, words, None, Some(standing.starts), Message::StartWithSession)
    });
    let links = standing.map(|standing| {
        let words = ["settings-links", "settings-links-yes", "settings-links-no"];
        two(cx, words, Some("settings-links-about"), Some(standing.links), Message::OpenLinks)
    });
    let quit = button::button(cx.p, Kind::Side, cx.t("keys-quit")).on_press(Message::Quit);
    pile(space::L, [Some(closing), Some(tray), Some(players), starts, links, Some(quit.into())]).into()
}
