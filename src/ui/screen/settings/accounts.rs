//! Accounts: each with where it stands and, where it does not work, why; add and remove.
use super::{Message, Settings};
use crate::{
    domain::account::{AccountKind, Registration},
    engine::api::AccountStatus,
    ui::{
        context::Context,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            icon::Icon,
            status::{Tone, dot, tint},
        },
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, column, text::Wrapping},
};

/// How an account stands: tone and word.
pub fn stands(registration: &Registration) -> (Tone, &'static str) {
    match registration {
        Registration::Registered { .. } => (Tone::Good, "registration-registered"),
        Registration::Connecting => (Tone::Waiting, "registration-connecting"),
        Registration::Offline => (Tone::Waiting, "registration-offline"),
        Registration::Failed { .. } => (Tone::Bad, "registration-failed"),
    }
}

/// The section.
pub fn view<'a>(settings: &'a Settings, cx: Context<'a>) -> Element<'a, Message> {
    let rows = cx.model.accounts.iter().map(|account| line(settings, cx, account));
    let add = button::with_icon(cx.p, Kind::Side, Icon::Plus, cx.t("settings-add-account")).on_press(Message::Add);
    Column::with_children(rows).push(add).spacing(space::L).into()
}

fn line<'a>(settings: &'a Settings, cx: Context<'a>, account: &'a AccountStatus) -> Element<'a, Message> {
    let p = cx.p;
    let (tone, word) = stands(&account.registration);
    let kind = match account.config.kind {
        AccountKind::Sip { .. } => "SIP",
        AccountKind::Xmpp { .. } => "XMPP",
    };
    let address = text::strong(account.config.address.clone()).color(p.text).wrapping(Wrapping::WordOrGlyph);
    let state = text::caption(format!("{kind} · {}", cx.t(word))).color(tint(p, tone));
    let why = match &account.registration {
        Registration::Failed { problem, .. } => Some(text::caption(cx.t(problem.key())).color(p.text)),
        _ => None,
    };
    let words = Column::new().push(address).push(state).push(why).spacing(2.0).width(Length::Fill);
    let asked = settings.removing.as_ref() == Some(&account.config.id);
    // the demo's own account leaves with the demo
    let removable = !asked && !cx.model.demo;
    let remove = removable.then(|| {
        let remove = Message::Removing(Some(account.config.id.clone()));
        button::round(p, Kind::Quiet, Icon::Trash, cx.t("action-remove"), remove)
    });
    let open = settings.rules.as_ref().is_some_and(|(id, _)| *id == account.config.id);
    let unfold = removable.then(|| {
        let unfold = Message::Rules((!open).then(|| account.config.id.clone()));
        button::round(p, if open { Kind::On } else { Kind::Quiet }, Icon::Settings, cx.t("settings-rules"), unfold)
    });
    let head = Row::new()
        .push(dot(p, tone))
        .push(words)
        .push(unfold)
        .push(remove)
        .spacing(space::M)
        .align_y(Alignment::Center);
    if !asked {
        return Column::new().push(head).push(super::rules::view(settings, cx, account)).spacing(space::L).into();
    }
    let sure = text::body(cx.with("settings-remove-sure", "account", &account.config.address)).color(p.text);
    let yes = button::button(p, Kind::Bad, cx.t("action-remove")).on_press(Message::Remove(account.config.id.clone()));
    let no = button::button(p, Kind::Side, cx.t("action-cancel")).on_press(Message::Removing(None));
    column![head, sure, Row::new().push(no).push(yes).spacing(space::S).wrap()].spacing(space::M).into()
}
