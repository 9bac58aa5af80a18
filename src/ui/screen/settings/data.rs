//! What is kept on this computer: that it is encrypted, the recovery passphrase, and how to take it along.
use super::Message;
use crate::ui::{
    context::Context,
    theme::{space, text},
    widget::{
        button::{self, Kind},
        icon::Icon,
        notice,
    },
};
use iced::{Element, widget::Column};

/// The section.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let swap = cx.model.open_swap.then(|| notice::problem(p, cx.t("settings-swap")));
    let recovery = cx.model.wants_recovery.then(|| {
        let set =
            button::with_icon(p, Kind::Side, Icon::Lock, cx.t("settings-recovery-set")).on_press(Message::Recovery);
        Column::new().push(text::body(cx.t("recovery-about")).color(p.text)).push(set).spacing(space::M)
    });
    Column::new()
        .push(text::body(cx.t("settings-data-about")).color(p.text))
        .push(swap)
        .push(recovery)
        .push(text::body(cx.t("settings-data-commands")).color(p.muted))
        .spacing(space::L)
        .into()
}
