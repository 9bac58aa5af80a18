//! Who is meant: what a field with an address leads to, which account it goes from, and the people known already.
//! Shared by the dialler and the new message, so that both show exactly what will be done.
use crate::{
    domain::{account::AccountId, conversation::ConversationId, private::Private},
    engine::api::{Command, Refusal},
    ui::{
        context::Context,
        model::{Model, means},
        target::Target,
        theme::{space, text},
        widget::{
            avatar::avatar,
            choice,
            icon::{Icon, icon},
            row::{Parts, row},
        },
        wish::{Field, Then, Wish},
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row},
};

/// People offered at the most.
const OFFERED: usize = 6;

/// Somebody known.
#[derive(Clone)]
pub struct Known {
    /// What a person calls them.
    name: String,
    /// The full address.
    uri: String,
    /// Without scheme.
    address: String,
    /// By this account.
    account: Option<AccountId>,
    /// With texts already.
    pub conversation: Option<ConversationId>,
}

/// Asks the engine what is meant.
pub fn ask(field: Field, question: Option<Command>) -> Vec<Wish> {
    let Some(Command::Resolve { typed, account, text }) = question else {
        return Vec::new();
    };
    let then = Then::Resolved(field, typed.clone(), account.clone());
    vec![Wish::Ask(Command::Resolve { typed, account, text }, then)]
}

/// Puts somebody known into the field.
pub fn take(field: Field, target: &mut Target, known: Known, text: bool) -> Vec<Wish> {
    target.account = known.account;
    ask(field, target.type_in(known.uri, text))
}

/// People whose name or address holds what was typed; all of them while nothing is.
fn offered(model: &Model, typed: &str, text: bool) -> Vec<Known> {
    let mut known: Vec<Known> = Vec::new();
    for one in &model.conversations {
        let name = model.name(one.name.as_ref(), &one.peer);
        if means(typed, name, &one.peer) {
            known.push(Known {
                name: name.to_owned(),
                uri: one.peer.uri(),
                address: one.peer.display().to_owned(),
                account: Some(one.account.clone()),
                conversation: text.then_some(one.id),
            });
        }
    }
    for contact in &model.contacts {
        let uri = contact.address.uri();
        let name = contact.name.expose();
        if means(typed, name, &contact.address) && !known.iter().any(|known| known.uri == uri) {
            known.push(Known {
                name: name.clone(),
                uri,
                address: contact.address.display().to_owned(),
                account: contact.account.clone(),
                conversation: None,
            });
        }
    }
    known.retain(|known| known.uri != typed);
    known.truncate(OFFERED);
    known
}

/// Rows of people known, if there are any.
pub fn list<'a, M: Clone + 'a>(
    cx: Context<'a>,
    typed: &str,
    text: bool,
    on_take: fn(Known) -> M,
) -> Option<Element<'a, M>> {
    let p = cx.p;
    let offered = offered(cx.model, typed, text);
    if offered.is_empty() {
        return None;
    }
    let rows = offered.into_iter().map(|known| {
        let below = (known.name != known.address).then(|| text::caption(known.address.clone()).color(p.muted).into());
        let parts = Parts {
            picture: avatar(p, &known.name, known.uri.split_once(':').map_or("", |(_, rest)| rest), 36.0),
            title: known.name.clone(),
            below,
            end: None,
            badge: None,
            chosen: false,
        };
        row(p, parts).on_press(on_take(known)).into()
    });
    Some(Column::with_children(rows).spacing(2.0).into())
}

/// What the field leads to, in a sentence.
pub fn outcome<'a, M: 'a>(cx: Context<'a>, target: &Target, text: bool) -> Element<'a, M> {
    let p = cx.p;
    let (picture, color, words) = match &target.resolved {
        None if target.typed.trim().is_empty() => {
            (Icon::Info, p.muted, if text { cx.t("new-type") } else { cx.t("dial-type") })
        }
        None => (Icon::Wait, p.muted, String::new()),
        Some(Ok((to, account))) if able(cx.model, account, text) => {
            let values = [("to", to.rest().into()), ("account", cx.model.account_name(account).into())];
            let key = if text { "new-will-text" } else { "dial-will-call" };
            (Icon::Right, p.good_text, cx.words.with(key, &values))
        }
        Some(Ok(_)) => (Icon::Alert, p.warn_text, cx.t(reason(Refusal::NotSupported, text))),
        Some(Err(refusal)) => (Icon::Alert, p.warn_text, cx.t(reason(*refusal, text))),
    };
    Row::new()
        .push(icon(picture, 15.0).color(color))
        .push(text::caption(words).color(color).width(Length::Fill))
        .spacing(space::S)
        .align_y(Alignment::Center)
        .into()
}

/// Whether the account can do it now. A text waits for its account; a call cannot.
fn able(model: &Model, account: &AccountId, text: bool) -> bool {
    let known = model.accounts.iter().find(|known| known.config.id == *account);
    text || known.is_some_and(|known| known.capabilities().calls)
}

/// While one types, half a number is nothing to scold about.
const fn reason(refusal: Refusal, text: bool) -> &'static str {
    match refusal {
        Refusal::BadAddress => "dial-not-yet",
        Refusal::NotSupported if text => "new-no-account",
        Refusal::NotSupported => "dial-no-account",
        other => other.key(),
    }
}

/// Which account it goes from, where there is a choice.
pub fn accounts<'a, M: Clone + 'a>(
    cx: Context<'a>,
    target: &Target,
    text: bool,
    open: bool,
    toggle: M,
    on_choose: fn(Option<AccountId>) -> M,
) -> Option<Element<'a, M>> {
    let able = |known: &&crate::engine::api::AccountStatus| {
        let can = known.capabilities();
        if text { can.texts } else { can.calls }
    };
    let able: Vec<_> = cx.model.accounts.iter().filter(able).collect();
    if able.len() < 2 {
        return None;
    }
    let name = |account: &Option<AccountId>| {
        account
            .as_ref()
            .map_or_else(|| cx.t("dial-best-account"), |id| cx.with("dial-from", "account", cx.model.account_name(id)))
    };
    let options = std::iter::once(None).chain(able.into_iter().map(|known| Some(known.config.id.clone())));
    let options = options.map(|account| (name(&account), target.account == account, on_choose(account)));
    Some(choice::fold(cx.p, name(&target.account), open, toggle, options.collect::<Vec<_>>()))
}

/// The text that a call or a text would go to, if it is known.
pub fn destination(target: &Target) -> Option<(Private<String>, AccountId)> {
    target.known().map(|(to, account)| (Private::new(to.uri()), account.clone()))
}
