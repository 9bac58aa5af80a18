//! The type scale and the bundled faces. Text that came from outside goes through [`outside`], which finds its emoji.
use iced::{Color, Element, Font, font, widget};
use std::borrow::Cow;

/// Times, states, explanations.
pub const CAPTION: f32 = 13.0;
/// Everything one reads.
pub const BODY: f32 = 15.0;
/// Names at the top of panes.
pub const TITLE: f32 = 18.0;
/// The name of a screen.
pub const HEADING: f32 = 24.0;
/// The one thing on a screen.
pub const DISPLAY: f32 = 34.0;

/// The face of the window.
pub const SANS: Font = Font::with_name("Landline Sans");
/// The same, heavier.
pub const STRONG: Font = Font { weight: font::Weight::Semibold, ..Font::with_name("Landline Sans") };
/// Digits that stand under each other: codes, timers, keys.
pub const MONO: Font = Font { weight: font::Weight::Medium, ..Font::with_name("Landline Mono") };
/// Emoji, one colour.
pub const EMOJI: Font = Font::with_name("Landline Emoji");
/// The icons.
pub const ICONS: Font = Font::with_name("Landline Icons");

/// The bundled font files.
pub fn fonts() -> Vec<Cow<'static, [u8]>> {
    vec![
        Cow::Borrowed(include_bytes!("../../../assets/fonts/LandlineSans-Regular.ttf").as_slice()),
        Cow::Borrowed(include_bytes!("../../../assets/fonts/LandlineSans-SemiBold.ttf").as_slice()),
        Cow::Borrowed(include_bytes!("../../../assets/fonts/LandlineMono-Medium.ttf").as_slice()),
        Cow::Borrowed(include_bytes!("../../../assets/icons/LandlineIcons.ttf").as_slice()),
        Cow::Borrowed(include_bytes!("../../../assets/fonts/LandlineEmoji-Regular.ttf").as_slice()),
    ]
}

/// Text of the window.
pub type Text<'a> = widget::Text<'a>;

/// Words wrap, and a word that is too long for its line is broken: nothing runs out of its pane.
fn plain<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    widget::text(text).wrapping(widget::text::Wrapping::WordOrGlyph)
}

/// Plain text.
pub fn body<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    plain(text).size(BODY).font(SANS)
}

/// Heavier text of the same size.
pub fn strong<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    plain(text).size(BODY).font(STRONG)
}

/// Small text.
pub fn caption<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    plain(text).size(CAPTION).font(SANS)
}

/// A name at the top of a pane.
pub fn title<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    plain(text).size(TITLE).font(STRONG)
}

/// The name of a screen.
pub fn heading<'a>(text: impl iced::advanced::text::IntoFragment<'a>) -> Text<'a> {
    plain(text).size(HEADING).font(STRONG)
}

/// Digits of a given size.
pub fn mono<'a>(text: impl iced::advanced::text::IntoFragment<'a>, size: f32) -> Text<'a> {
    widget::text(text).size(size).font(MONO)
}

/// Text from outside, wrapped, with its emoji drawn in the bundled face: no other font on the computer is asked.
pub fn outside<'a, M: 'a>(text: &str, size: f32, color: Color) -> Element<'a, M> {
    let runs = runs(text);
    if let [(only, false)] = runs.as_slice() {
        return plain((*only).to_owned()).size(size).font(SANS).color(color).into();
    }
    let spans: Vec<widget::text::Span<'a, ()>> = runs
        .into_iter()
        .map(|(run, emoji)| widget::span(run.to_owned()).font(if emoji { EMOJI } else { SANS }))
        .collect();
    widget::rich_text(spans).size(size).color(color).font(SANS).wrapping(widget::text::Wrapping::WordOrGlyph).into()
}

/// The same on one line; what does not fit is cut by the pane.
pub fn outside_line<'a, M: 'a>(text: &str, size: f32, color: Color) -> Element<'a, M> {
    let runs = runs(text).into_iter();
    let spans: Vec<widget::text::Span<'a, ()>> =
        runs.map(|(run, emoji)| widget::span(run.to_owned()).font(if emoji { EMOJI } else { SANS })).collect();
    widget::rich_text(spans).size(size).color(color).font(SANS).wrapping(widget::text::Wrapping::None).into()
}

/// One line of text from outside, cut with an ellipsis after so many characters.
pub fn line(text: &str, characters: usize) -> String {
    let mut words = text.split_whitespace();
    let mut line = String::new();
    let mut count = 0;
    for word in words.by_ref() {
        for c in (count > 0).then_some(' ').into_iter().chain(word.chars()) {
            if count == characters {
                line.push('…');
                return line;
            }
            line.push(c);
            count += 1;
        }
    }
    line
}

/// Cuts a text into runs with and without emoji; an empty text is one empty run.
pub fn runs(text: &str) -> Vec<(&str, bool)> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut emoji = false;
    for (at, c) in text.char_indices() {
        // joiners and selectors stay with the emoji before them
        let now =
            is_emoji(c) || (emoji && matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}'));
        if now != emoji {
            if at > start {
                runs.push((&text[start..at], emoji));
            }
            start = at;
            emoji = now;
        }
    }
    runs.push((&text[start..], emoji));
    runs
}

/// The blocks that hold emoji and nothing a text face would draw better.
const fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b05}'..='\u{2b07}' | '\u{2b1b}'..='\u{2b1c}' | '\u{2b50}' | '\u{2b55}' | '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23fa}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_runs_of_their_own() {
        assert_eq!(runs("plain ñ"), vec![("plain ñ", false)]);
        assert_eq!(runs("hi 👋🏽!"), vec![("hi ", false), ("👋🏽", true), ("!", false)]);
        assert_eq!(runs("👩‍🚀"), vec![("👩‍🚀", true)]);
        assert_eq!(runs(""), vec![("", false)]);
    }

    #[test]
    fn a_line_is_cut_between_characters() {
        assert_eq!(line("two\nlines", 20), "two lines");
        assert_eq!(line("ñandú grande", 5), "ñandú…");
    }
}
