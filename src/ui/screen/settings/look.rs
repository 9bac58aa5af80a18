//! Colours, language and text size; each shows at once.
use super::{Message, next_size};
use crate::{
    config::Appearance,
    ui::{
        context::Context,
        theme::{space, text},
        widget::{
            button::{self, Kind},
            choice, field,
        },
    },
    words::Language,
};
use iced::{
    Alignment, Element,
    widget::{Column, Row, container},
};

/// The section.
pub fn view<'a>(cx: Context<'a>) -> Element<'a, Message> {
    let p = cx.p;
    let window = &cx.model.window;
    let looks = [
        ("settings-theme-system", Appearance::System),
        ("settings-theme-light", Appearance::Light),
        ("settings-theme-dark", Appearance::Dark),
    ];
    let looks = looks.map(|(key, look)| (cx.t(key), window.appearance == look, Message::Appearance(look)));
    let contrasts = [
        ("settings-theme-system", None),
        ("settings-contrast-usual", Some(false)),
        ("settings-contrast-high", Some(true)),
    ];
    let contrasts = contrasts.map(|(key, high)| (cx.t(key), window.contrast == high, Message::Contrast(high)));
    let chosen = window.language.as_deref().and_then(Language::parse);
    let language = |name: String, language: Option<Language>| (name, chosen == language, Message::Language(language));
    let mut languages = vec![language(cx.t("settings-language-system"), None)];
    languages.extend(Language::ALL.map(|one| language(one.name().to_owned(), Some(one))));
    let step = |larger: bool| next_size(window.text_size, larger).map(Message::TextSize);
    let size = container(text::strong(format!("{} %", window.text_size)).color(p.text)).center_x(72.0);
    let sizes = Row::new()
        .push(button::button(p, Kind::Side, cx.t("settings-smaller")).on_press(step(false)))
        .push(size)
        .push(button::button(p, Kind::Side, cx.t("settings-larger")).on_press(step(true)))
        .spacing(space::S)
        .align_y(Alignment::Center)
        .wrap();
    Column::new()
        .push(field::labelled(p, cx.t("settings-theme"), choice::segments(p, looks), None))
        .push(field::labelled(p, cx.t("settings-contrast"), choice::segments(p, contrasts), None))
        .push(field::labelled(p, cx.t("settings-language"), choice::segments(p, languages), None))
        .push(field::labelled(p, cx.t("settings-text-size"), sizes, None))
        .spacing(space::L)
        .into()
}
