//! What others are told of the person: nothing that was not chosen here.
use super::Message;
use crate::{
    config::PrivacyConfig,
    ui::{
        context::Context,
        theme::space,
        widget::{choice, field},
    },
};
use iced::{Element, widget::Column};

/// The section.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let now = cx.model.privacy;
    let pair = |on: bool, change: fn(PrivacyConfig, bool) -> PrivacyConfig| {
        let one = |wanted, key| (cx.t(key), on == wanted, Message::Privacy(change(now, wanted)));
        choice::segments(p, [one(true, "settings-yes"), one(false, "settings-no")])
    };
    let seen = pair(now.seen, |now, seen| PrivacyConfig { seen, ..now });
    let writing = pair(now.writing, |now, writing| PrivacyConfig { writing, ..now });
    let fetch = pair(now.fetch, |now, fetch| PrivacyConfig { fetch, ..now });
    Column::new()
        .push(field::labelled(p, cx.t("settings-privacy-seen"), seen, Some(cx.t("settings-privacy-known"))))
        .push(field::labelled(p, cx.t("settings-privacy-writing"), writing, Some(cx.t("settings-privacy-known"))))
        .push(field::labelled(p, cx.t("settings-privacy-fetch"), fetch, Some(cx.t("settings-privacy-fetch-about"))))
        .spacing(space::L)
        .into()
}
