//! A text without its code, for those who keep none: what is left says who wrote and what for.
use super::{detect::detect, fold::mapped};

/// What stands in the place of a character.
const BLANK: char = '•';

/// A text with its numbers and its code blanked out; a code that still stands there, as one said in words does, takes the
/// whole text with it.
pub fn blanked(body: &str, code: &str, sender: &str) -> String {
    let is_digit = |c: char| mapped(c).is_some_and(|c| c.is_ascii_digit());
    let blanks: String = code.chars().map(|_| BLANK).collect();
    let without = if code.is_empty() { body.to_owned() } else { body.replace(code, &blanks) };
    let without: String = without.chars().map(|c| if is_digit(c) { BLANK } else { c }).collect();
    if detect(&without, sender).is_some() { blanks } else { without }
}

#[cfg(test)]
mod tests {
    use super::blanked;

    #[test]
    fn no_code_is_left() {
        for (body, code, left) in [
            ("Northwind: your code is 482 913.", "482913", "Northwind: your code is ••• •••."),
            ("Your code: K7PQ42", "K7PQ42", "Your code: ••••••"),
            ("رمز التحقق: ٤٨٢٩", "4829", "رمز التحقق: ••••"),
            ("Your code is four eight two nine", "4829", "••••"),
            ("x\n@example.com #A7-b", "A7-b", "x\n@example.com #••••"),
        ] {
            assert_eq!(blanked(body, code, "22395"), left);
        }
    }
}
