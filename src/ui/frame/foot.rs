//! The status line: how each account stands, and what carries the phone. Leads to the settings.
use crate::{
    domain::link::{LinkKind, WiredStatus},
    engine::api::AccountStatus,
    ui::{
        app::Message,
        context::Context,
        screen::settings::stands,
        theme::{shape, space, text},
        widget::{
            icon::{Icon, icon},
            status::{self, Tone},
        },
        wish::Place,
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Row, container},
};

/// The line.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let accounts = cx.model.accounts.iter().map(|account| (account, stands(&account.registration)));
    let accounts: Vec<Element<'a, Message>> = if cx.narrow() {
        // a dot each, and the word of the one that needs the person most
        let stands: Vec<_> = accounts.map(|(_, stands)| stands).collect();
        let worst = stands.iter().max_by_key(|(tone, _)| *tone).copied();
        let dots = stands.iter().map(|(tone, _)| *tone).collect();
        let word = |(tone, word)| if cx.tiny() && tone == Tone::Good { String::new() } else { cx.t(word) };
        worst.map(|worst| status::accounts(p, dots, word(worst), Message::Go(Place::Settings))).into_iter().collect()
    } else {
        let line = |(account, (tone, word)): (&AccountStatus, (Tone, &str))| {
            let name = account.config.address.clone();
            status::account(p, tone, name, cx.t(word), Message::Go(Place::Settings))
        };
        accounts.map(line).collect()
    };
    let (tone, picture, words) = link(cx, &cx.model.wired);
    // with an account of the person's own beside it, the demo's promise is not the whole truth
    let alone = cx.model.demo && cx.model.accounts.len() == 1;
    let demo = cx.model.demo.then(|| {
        let words = cx.t(if alone { "demo-on" } else { "demo-beside" });
        Row::new()
            .push(icon(Icon::Demo, 14.0).color(p.warn_text))
            .push(text::caption(words).color(p.warn_text))
            .spacing(space::XS + 2.0)
            .align_y(Alignment::Center)
            .into()
    });
    let link = (!alone).then(|| status::link(p, tone, picture, words, Message::Go(Place::Settings)));
    let line = Row::with_children(accounts.into_iter().chain(link).chain(demo))
        .spacing(space::S)
        .align_y(Alignment::Center)
        .wrap();
    let line = container(line).padding([space::XS, space::S]).width(Length::Fill);
    let rule = container(iced::widget::space()).width(Length::Fill).height(1.0).style(shape::fill(p.line));
    iced::widget::column![rule, line].into()
}

/// What carries the phone, in words.
fn link(cx: Context<'_>, wired: &WiredStatus) -> (Tone, Icon, String) {
    let Some(carrier) = &wired.carrier else {
        return (Tone::Bad, Icon::Unplugged, cx.t("wired-none"));
    };
    let beside = wired.unused.and_then(LinkKind::unused_key).map(|key| format!(". {}", cx.t(key))).unwrap_or_default();
    let named = |key| cx.with(key, "name", &carrier.name) + &beside;
    match (carrier.is_wireless(), wired.allowed) {
        (true, true) => (Tone::Waiting, Icon::Radio, named("wired-radio-allowed")),
        (true, false) => {
            let key = match carrier.kind {
                LinkKind::Cellular => "wired-only-cellular",
                LinkKind::Bluetooth => "wired-only-bluetooth",
                _ => "wired-only-wifi",
            };
            (Tone::Bad, Icon::Radio, cx.t(key))
        }
        (false, false) => (Tone::Bad, Icon::Unplugged, named("wired-unknown")),
        (false, true) if cx.tiny() => (Tone::Good, Icon::Cable, carrier.name.clone()),
        (false, true) => match carrier.kind {
            LinkKind::Loopback => (Tone::Good, Icon::Cable, cx.t("wired-loopback")),
            LinkKind::Wired => (Tone::Good, Icon::Cable, named("wired-on")),
            _ => (Tone::Good, Icon::Cable, named("wired-virtual")),
        },
    }
}
