//! How many short messages a text to a telephone becomes (3GPP TS 23.038): seven bits a character where all of them are in the
//! telephones' alphabet, sixteen where one is not; a text of several parts has a little less room in each.
use std::cmp::max;

/// The basic table without the escape; each of them takes one place.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// The extension table; each of them takes two.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";

/// A text's length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Length {
    /// Messages it takes; none for an empty text.
    pub parts: usize,
    /// Places left in the last one.
    pub left: usize,
}

/// Counts.
pub fn length(text: &str) -> Length {
    let places = |c: char| match (BASIC.contains(c), EXTENDED.contains(c)) {
        (true, _) => Some(1),
        (_, true) => Some(2),
        _ => None,
    };
    let sevens: Option<Vec<usize>> = text.chars().map(places).collect();
    let (sizes, one, each) = match sevens {
        Some(sizes) => (sizes, 160, 153),
        None => (text.chars().map(char::len_utf16).collect(), 70, 67),
    };
    let all: usize = sizes.iter().sum();
    if all <= one {
        return Length { parts: usize::from(all > 0), left: one - all };
    }
    // what takes two places is not cut apart
    let (mut parts, mut used) = (1, 0);
    for size in sizes {
        if used + size > each {
            (parts, used) = (parts + 1, 0);
        }
        used += size;
    }
    Length { parts: max(parts, 2), left: each - used }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_letter_outside_the_alphabet_halves_the_room() {
        let of = |text: &str| (length(text).parts, length(text).left);
        assert_eq!(of(""), (0, 160));
        assert_eq!(of(&"a".repeat(160)), (1, 0));
        assert_eq!(of(&"a".repeat(161)), (2, 145));
        assert_eq!(of("¡Mañana, señor!"), (1, 145));
        assert_eq!(of("á"), (1, 69), "an accent that telephones do not have");
        assert_eq!(of(&"ç".repeat(71)), (2, 63));
        assert_eq!(of("€"), (1, 158));
        assert_eq!(of(&"🙂".repeat(36)), (2, 61), "33 of them and one place that is left empty");
    }
}
