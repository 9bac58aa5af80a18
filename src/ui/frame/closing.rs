//! The question what closing the window means: asked once.
use crate::ui::{
    app::{Closing, KEEP, Message},
    context::Context,
    theme::{shape, space, text},
    widget::button::{self, Kind},
};
use iced::{
    Element, Length,
    widget::{column, container},
};

/// The card.
pub fn card<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let words =
        column![text::title(cx.t("closing-title")).color(p.text), text::body(cx.t("closing-about")).color(p.text),]
            .spacing(space::S)
            .width(Length::Fill);
    let press = |kind, key, choice| button::wide(p, kind, cx.t(key)).on_press(Message::Closing(choice));
    let buttons = column![
        press(Kind::Main, "closing-keep", Closing::KeepRunning).id(KEEP),
        press(Kind::Side, "closing-quit", Closing::Quit),
        press(Kind::Quiet, "closing-stay", Closing::Stay),
    ]
    .spacing(space::S);
    container(column![words, buttons].spacing(space::L))
        .padding(if cx.tiny() { space::M } else { space::L })
        .max_width(420.0)
        .style(shape::floating(p))
        .into()
}
