//! A round picture with initials, its colour fixed by the address: the same person looks the same everywhere.
use super::icon::{Icon, icon};
use crate::ui::theme::{Palette, shape, space, text};
use iced::{Element, Length, widget::container};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The avatar of a name (or, without one, of an address) of a size in logical pixels.
pub fn avatar<'a, M: 'a>(p: &'static Palette, name: &str, address: &str, size: f32) -> Element<'a, M> {
    let mut hasher = DefaultHasher::new();
    address.hash(&mut hasher);
    let place = usize::try_from(hasher.finish() % p.avatars.len() as u64).unwrap_or(0);
    let fill = p.avatars.get(place).copied().unwrap_or(p.accent);
    let initials = initials(name);
    let inside: Element<'a, M> = if initials.is_empty() {
        icon(Icon::Phone, size * 0.45).color(p.on_avatar).into()
    } else {
        text::strong(initials).size(size * 0.4).color(p.on_avatar).into()
    };
    container(inside)
        .center_x(Length::Fixed(size))
        .center_y(Length::Fixed(size))
        .style(shape::round(fill, space::PILL))
        .into()
}

/// Up to two letters; none for a number.
fn initials(name: &str) -> String {
    if name.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '*' | '#')) {
        return String::new();
    }
    let name = name.split('@').next().unwrap_or(name);
    let mut letters = name
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | '-' | '_'))
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()));
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn letters_of_names_and_none_of_numbers() {
        assert_eq!(initials("Ana María Gómez"), "AG");
        assert_eq!(initials("alice@example.org"), "A");
        assert_eq!(initials("AMAZON"), "A");
        assert_eq!(initials("+1 555 123 4567"), "");
        assert_eq!(initials("33733"), "");
        assert_eq!(initials("ñandú"), "Ñ");
    }
}
