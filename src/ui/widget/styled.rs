//! Words of a text with their styling (XEP-0393): *strong*, _emphasis_, ~struck~, `code`, and what somebody does (XEP-0245). The
//! marks stay where they are, as the standard asks: what was written is what is read.
use crate::ui::theme::{Palette, text};
use iced::{
    Element, Font,
    widget::{self, text::Span},
};

/// Longer texts are shown as they are.
const LONGEST: usize = 20_000;

/// How a run of a line looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    strong: bool,
    underlined: bool,
    struck: bool,
    code: bool,
}

/// Cuts a line at its marks. A mark opens before a character that is no space, after a space or at the start, and closes after a
/// character that is no space.
fn runs(line: &str) -> Vec<(&str, Look)> {
    let mut runs = Vec::new();
    let (mut plain, mut at) = (0, 0);
    while let Some(mark) = line.get(at..).and_then(|rest| rest.chars().next()) {
        let after = at + mark.len_utf8();
        let look = match mark {
            '*' => Look { strong: true, ..Look::default() },
            '_' => Look { underlined: true, ..Look::default() },
            '~' => Look { struck: true, ..Look::default() },
            '`' => Look { code: true, ..Look::default() },
            _ => {
                at = after;
                continue;
            }
        };
        let begins = line.get(..at).and_then(|before| before.chars().next_back()).is_none_or(char::is_whitespace);
        let rest = line.get(after..).unwrap_or_default();
        let closes = rest
            .match_indices(mark)
            .find(|(end, _)| *end > 0 && rest.get(..*end).is_some_and(|inside| !inside.ends_with(char::is_whitespace)));
        match closes.filter(|_| begins && !rest.starts_with(char::is_whitespace)) {
            Some((end, _)) => {
                let close = after + end + mark.len_utf8();
                runs.extend(line.get(plain..at).filter(|run| !run.is_empty()).map(|run| (run, Look::default())));
                runs.extend(line.get(at..close).map(|run| (run, look)));
                (plain, at) = (close, close);
            }
            None => at = after,
        }
    }
    runs.extend(line.get(plain..).filter(|run| !run.is_empty()).map(|run| (run, Look::default())));
    runs
}

/// The words.
pub fn view<'a, M: 'a>(p: &'static Palette, body: &str) -> Element<'a, M> {
    let acts = body.strip_prefix("/me ");
    let marked = body.len() <= LONGEST && body.contains(['*', '_', '~', '`']);
    if acts.is_none() && !marked {
        return text::outside(body, text::BODY, p.text);
    }
    let mut spans: Vec<Span<'a, ()>> = Vec::new();
    if acts.is_some() {
        spans.push(widget::span("\u{2217} ").font(text::STRONG));
    }
    for (number, line) in acts.unwrap_or(body).split('\n').enumerate() {
        if number > 0 {
            spans.push(widget::span("\n"));
        }
        for (run, look) in runs(line) {
            let face: Font = match look {
                Look { strong: true, .. } => text::STRONG,
                Look { code: true, .. } => text::MONO,
                _ => text::SANS,
            };
            spans.extend(text::runs(run).into_iter().map(|(piece, emoji)| {
                widget::span(piece.to_owned())
                    .font(if emoji { text::EMOJI } else { face })
                    .underline(look.underlined)
                    .strikethrough(look.struck)
            }));
        }
    }
    widget::rich_text(spans)
        .size(text::BODY)
        .color(p.text)
        .font(text::SANS)
        .wrapping(widget::text::Wrapping::WordOrGlyph)
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(line: &str) -> Vec<(&str, &str)> {
        let name = |look: Look| match look {
            Look { strong: true, .. } => "strong",
            Look { underlined: true, .. } => "underlined",
            Look { struck: true, .. } => "struck",
            Look { code: true, .. } => "code",
            _ => "",
        };
        runs(line).into_iter().map(|(run, look)| (run, name(look))).collect()
    }

    #[test]
    fn marks_stand_around_words() {
        assert_eq!(looks("a *b c* d"), [("a ", ""), ("*b c*", "strong"), (" d", "")]);
        assert_eq!(looks("_ñ_ ~x~"), [("_ñ_", "underlined"), (" ", ""), ("~x~", "struck")]);
        assert_eq!(looks("`a *b*`"), [("`a *b*`", "code")]);
    }

    #[test]
    fn what_is_no_mark_stays_plain() {
        for line in ["2*3*4", "* a *", "a_b_c", "*", "**", "*a", "snake_case_name", "", "5 * 6 * 7"] {
            assert!(looks(line).iter().all(|(_, look)| look.is_empty()), "{line}: {:?}", looks(line));
        }
    }
}
