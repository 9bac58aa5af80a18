//! What the account set-up looks like.
use super::{ADDRESS, Kind, Message, PASSWORD, Step, Trouble, Welcome};
use crate::{
    config::Provider,
    domain::account::{AccountKind, Problem, SipTransport, XmppTls},
    engine::api::Refusal,
    ui::{
        context::Context,
        theme::{shape, space, text},
        widget::{
            button::{self, Kind as Look},
            choice, field,
            icon::{Icon, icon},
            notice, pile, scrolled,
        },
    },
};
use iced::{
    Alignment, Element, Length,
    widget::{Column, Row, column, container},
};

/// The screen.
pub fn view<'a>(form: &'a Welcome, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let first = cx.model.accounts.is_empty();
    let head = if first {
        let small = cx.narrow() || cx.low();
        let title = text::heading(cx.t("welcome-title"))
            .size(if cx.tiny() { text::TITLE } else { text::HEADING })
            .line_height(1.15)
            .color(p.text);
        let about = text::body(cx.t("welcome-about")).color(p.muted);
        if small {
            let mark = (!cx.tiny()).then(|| mark(cx, Icon::Phone, 44.0));
            let line = Row::new().push(mark).push(title).spacing(space::M).align_y(Alignment::Center);
            column![line, about].spacing(space::M)
        } else {
            column![mark(cx, Icon::Phone, 60.0), title.size(text::DISPLAY), about].spacing(space::M)
        }
    } else {
        column![text::heading(cx.t("welcome-add-title")).color(p.text)]
    };
    let busy = form.step != Step::Form;
    let address = field::bare(p, &cx.t("welcome-address-hint"), &form.address)
        .id(ADDRESS)
        .on_input_maybe((!busy).then_some(Message::Address))
        .on_submit_maybe((!busy).then_some(Message::ToPassword));
    let password = field::bare(p, "", &form.password)
        .id(PASSWORD)
        .secure(!form.shown)
        .on_input_maybe((!busy).then_some(Message::Password))
        .on_submit_maybe(form.complete().then_some(Message::Connect));
    let (eye, show) = if form.shown {
        (Icon::EyeOff, cx.t("welcome-hide-password"))
    } else {
        (Icon::Eye, cx.t("welcome-show-password"))
    };
    let password = Row::new()
        .push(password)
        .push(button::round(p, Look::Quiet, eye, show, Message::Show))
        .spacing(space::XS)
        .align_y(Alignment::Center);
    let connect =
        button::wide(p, Look::Main, cx.t("welcome-connect")).on_press(form.complete().then_some(Message::Connect));
    let title = first.then(|| text::title(cx.t("welcome-add-title")).color(p.text).into());
    let about = match form.service() {
        Some(service) => format!("{}: {}", service.name, service.note(cx.words.language().code())),
        None => cx.t("welcome-address-about"),
    };
    let address = field::labelled(p, cx.t("welcome-address"), address, Some(about));
    let password = field::labelled(p, cx.t("welcome-password"), password, None);
    let rest = advanced(form, cx);
    let fields =
        pile(space::L, [title, Some(address), Some(password), state(form, cx), Some(connect.into()), Some(rest)]);
    let card = container(fields).padding(if cx.narrow() { space::L } else { space::XL }).style(shape::card(
        p.surface,
        p.line,
        space::RADIUS_LARGE,
    ));
    let back = (!first || busy).then(|| button::button(p, Look::Side, cx.t("action-cancel")).on_press(Message::Cancel));
    let demo = (first && !busy).then(|| text::caption(cx.t("welcome-demo")).color(p.muted));
    let content = Column::new().push(head).push(card).push(back).push(demo).spacing(space::XL).max_width(460.0);
    let around = if cx.narrow() || cx.low() { space::L } else { space::XXL };
    scrolled(p, container(content).center_x(Length::Fill).padding(around))
}

/// The picture at the head of a screen before there is anything else.
pub fn mark<'a, M: 'a>(cx: Context<'a>, picture: Icon, size: f32) -> Element<'a, M> {
    let p = cx.p;
    container(icon(picture, size / 2.0).color(p.on_accent))
        .center(size)
        .style(shape::round(p.accent, space::RADIUS_LARGE))
        .into()
}

/// What goes on, or why it did not work.
fn state<'a>(form: &Welcome, cx: Context<'a>) -> Option<Element<'a, Message>> {
    let p = cx.p;
    match (&form.step, &form.trouble) {
        (Step::Trying { config, .. }, _) => {
            let key = match config.kind {
                AccountKind::Xmpp { .. } => "welcome-trying-xmpp",
                AccountKind::Sip { .. } => "welcome-trying-sip",
            };
            Some(notice::busy(p, cx.with(key, "domain", config.domain())))
        }
        (Step::Passphrase { .. } | Step::Adding, _) => Some(notice::busy(p, cx.t("welcome-adding"))),
        (Step::Form, Some(Trouble::Refused(refusal))) => Some(notice::problem(p, cx.t(reason(*refusal)))),
        (Step::Form, Some(Trouble::Neither { domain })) => {
            Some(notice::problem(p, cx.with("welcome-no-server-either", "domain", domain)))
        }
        (Step::Form, None) => None,
    }
}

/// A try is not made again by itself, as a kept account's log-in is.
const fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Account(Problem::TimedOut) => "welcome-timed-out",
        Refusal::Account(Problem::ServerGone) => "welcome-server-gone",
        other => other.key(),
    }
}

fn advanced<'a>(form: &'a Welcome, cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let arrow = if form.advanced { Icon::Up } else { Icon::Down };
    let toggle = button::with_icon(p, Look::Quiet, arrow, cx.t("welcome-advanced"))
        .padding([0.0, space::S])
        .on_press(Message::Advanced);
    if !form.advanced {
        return toggle.into();
    }
    let kinds =
        [(cx.t("welcome-kind-auto"), Kind::Auto), ("XMPP".to_owned(), Kind::Xmpp), ("SIP".to_owned(), Kind::Sip)];
    let kinds = choice::segments(p, kinds.map(|(word, kind)| (word, form.kind == kind, Message::Kind(kind))));
    let line = |key: &str, hint: &str, value: &str, on: fn(String) -> Message| {
        field::labelled(p, cx.t(key), field::bare(p, &cx.t(hint), value).on_input(on), None)
    };
    let mut all =
        Column::new().push(toggle).spacing(space::L).push(field::labelled(p, cx.t("welcome-kind"), kinds, None));
    if form.kind != Kind::Xmpp {
        let recognised = cx.t("welcome-provider-auto");
        let chosen = form.provider.map_or_else(|| recognised.clone(), |service| service.name.clone());
        let each = Provider::all().iter();
        let each = each.map(|service| {
            let picked = form.provider.is_some_and(|picked| picked.id == service.id);
            (service.name.clone(), picked, Message::Provider(Some(service)))
        });
        let options = std::iter::once((recognised, form.provider.is_none(), Message::Provider(None))).chain(each);
        let list = choice::fold(p, chosen, form.providers, Message::Providers, options);
        all = all.push(field::labelled(p, cx.t("welcome-provider"), list, None));
    }
    all = all.push(line("welcome-server", "welcome-server-hint", &form.server, Message::Server));
    if form.kind != Kind::Xmpp {
        let automatic = cx.t("welcome-transport-auto");
        let ways = [
            (automatic, None),
            ("UDP".to_owned(), Some(SipTransport::Udp)),
            ("TCP".to_owned(), Some(SipTransport::Tcp)),
            ("TLS".to_owned(), Some(SipTransport::Tls)),
        ];
        let ways = ways.map(|(word, way)| (word, form.transport == way, Message::Transport(way)));
        all = all.push(field::labelled(p, cx.t("welcome-transport"), choice::segments(p, ways), None));
        all = all.push(line("welcome-auth-user", "welcome-auth-user-hint", &form.auth_user, Message::AuthUser));
    }
    if form.kind != Kind::Sip {
        let ways = [
            (cx.t("welcome-transport-auto"), None),
            (cx.t("welcome-tls-direct"), Some(XmppTls::Direct)),
            (cx.t("welcome-tls-starttls"), Some(XmppTls::Starttls)),
        ];
        let ways = ways.map(|(word, way)| (word, form.tls == way, Message::Tls(way)));
        all = all.push(field::labelled(p, cx.t("welcome-tls"), choice::segments(p, ways), None));
    }
    all.push(line("welcome-ca", "welcome-ca-hint", &form.ca, Message::Ca)).into()
}
