//! The four places: a rail at the side of a wide window, a bar at the foot of a narrow one.
use super::count;
use crate::ui::{
    app::Message,
    context::Context,
    theme::{shape, space, text},
    widget::{
        button,
        icon::{Icon, icon},
        press::{Face, Press},
    },
    wish::Place,
};
use iced::{
    Alignment, Color, Element, Length,
    widget::{Column, Row, Stack, column, container},
};

const TABS: [(Place, Icon, &str); 4] = [
    (Place::Conversations, Icon::Messages, "tab-conversations"),
    (Place::Calls, Icon::Phone, "tab-calls"),
    (Place::Codes, Icon::Key, "tab-codes"),
    (Place::Settings, Icon::Settings, "tab-settings"),
];

fn chosen(tab: Place, place: Place) -> bool {
    tab == place || (tab == Place::Conversations && matches!(place, Place::Thread | Place::New))
}

/// How a tab's picture and word stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stand {
    /// The word below.
    Below,
    /// The word beside: there is little height.
    Beside,
    /// No word: there is little width.
    Bare,
}

fn tab<'a>(cx: Context<'a>, tab: (Place, Icon, &str), place: Place, stand: Stand) -> Press<'a, Message> {
    let (here, picture, key) = tab;
    let p = cx.p;
    let chosen = chosen(here, place);
    let word =
        (stand != Stand::Bare).then(|| text::caption(cx.t(key)).size(12.0).color(p.on_rail).align_x(iced::Center));
    let content: Element<'a, Message> = if stand == Stand::Beside {
        let mark = icon(picture, 18.0).color(p.on_rail);
        let line = Row::new().push(mark).push(word).push(count(cx, here)).spacing(space::S).align_y(Alignment::Center);
        container(line).center_x(Length::Fill).into()
    } else {
        let mark = container(icon(picture, 22.0).color(p.on_rail)).center_x(Length::Fill).padding([2.0, 0.0]);
        let number = count(cx, here);
        let number = number.map(|number| {
            container(number).center_x(Length::Fill).padding(iced::Padding::ZERO.left(if stand == Stand::Bare {
                12.0
            } else {
                30.0
            }))
        });
        let picture = Stack::new().push(mark).push(number).width(Length::Fill);
        Column::new().push(picture).push(word).spacing(space::XS).align_x(Alignment::Center).width(Length::Fill).into()
    };
    Press::new(content, p.rail_focus, move |status| Face {
        ground: if chosen || status.hovered { p.rail_chosen } else { Color::TRANSPARENT },
        text: p.on_rail,
        line: Color::TRANSPARENT,
        radius: space::RADIUS,
    })
    .ring_inside()
    .width(Length::Fill)
    .padding([space::S, 2.0])
    .on_press(Message::Go(here))
}

/// At the side.
pub fn rail<'a>(cx: Context<'a>, place: Place) -> Element<'a, Message> {
    let [conversations, calls, codes, settings] = TABS.map(|one| tab(cx, one, place, Stand::Below));
    let rail =
        column![conversations, calls, codes, iced::widget::space().height(Length::Fill), settings].spacing(space::XS);
    container(rail)
        .width(92.0)
        .height(Length::Fill)
        .padding([space::M, space::S - 2.0])
        .style(shape::fill(cx.p.rail))
        .into()
}

/// At the foot.
pub fn bar<'a>(cx: Context<'a>, place: Place) -> Element<'a, Message> {
    let stand = match (cx.tiny(), cx.low() && cx.size.width >= 480.0) {
        (true, _) => Stand::Bare,
        (false, true) => Stand::Beside,
        (false, false) => Stand::Below,
    };
    let tabs = TABS.map(|one| {
        let press = tab(cx, one, place, stand);
        if stand == Stand::Bare { button::hint(cx.p, press, cx.t(one.2)) } else { press.into() }
    });
    container(Row::with_children(tabs).spacing(2.0))
        .padding(space::XS)
        .width(Length::Fill)
        .style(shape::fill(cx.p.rail))
        .into()
}
