//! Characters made plain: digits of every script, spaces, dashes, letters without case and accents, Arabic without its
//! marks. What may be typed is
//! never changed but for its digits and full-width capitals.

/// One character made plain; `None` for what is invisible.
pub(super) fn mapped(c: char) -> Option<char> {
    let digit = |zero: u32| char::from_digit((c as u32).wrapping_sub(zero), 10).or(Some(c));
    match c {
        ' '..='~' | '\n' => Some(c),
        '\u{660}'..='\u{669}' => digit(0x660),    // Arabic-Indic
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),    // Persian, Urdu
        '\u{966}'..='\u{96f}' => digit(0x966),    // Devanagari
        '\u{9e6}'..='\u{9ef}' => digit(0x9e6),    // Bengali
        '\u{ff10}'..='\u{ff19}' => digit(0xff10), // full width
        '\u{ff21}'..='\u{ff3a}' => char::from_u32(c as u32 - 0xff21 + 0x41),
        '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{ff0d}' => Some('-'),
        '\u{ff1a}' => Some(':'),
        '\u{3001}' | '\u{60c}' => Some('，'), // apart from ',', which may stand inside an amount
        '\u{ff08}' => Some('('),
        '\u{ff09}' => Some(')'),
        '\u{ff1b}' | '\u{61b}' => Some(';'),
        '\u{61f}' => Some('?'),
        '\u{2019}' => Some('\''),
        '\u{ad}'
        | '\u{61c}'
        | '\u{640}'
        | '\u{64b}'..='\u{652}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{300}'..='\u{36f}' => None,
        _ => Some(c),
    }
}

/// Lower case, without accents, Arabic words without article and with one form of each letter.
pub(super) fn folded(word: impl Iterator<Item = char>) -> String {
    let mut plain = String::new();
    for c in word {
        match letter(c) {
            'ß' => plain.push_str("ss"),
            c => plain.push(c),
        }
    }
    let bare = without_article(&plain).len();
    plain.split_off(plain.len() - bare)
}

/// Whether a word of our lists has letters that folding would make plain in Latin script.
pub(super) fn has_accents(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}'))
}

fn letter(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    let c = c.to_lowercase().next().unwrap_or(c);
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ă' | '\u{1ea0}'..='\u{1eb7}' => 'a',
        'é' | 'è' | 'ê' | 'ë' | '\u{1eb8}'..='\u{1ec7}' => 'e',
        'í' | 'ì' | 'î' | 'ï' | 'ĩ' | '\u{1ec8}'..='\u{1ecb}' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ơ' | '\u{1ecc}'..='\u{1ee3}' => 'o',
        'ú' | 'ù' | 'û' | 'ü' | 'ũ' | 'ư' | '\u{1ee4}'..='\u{1ef1}' => 'u',
        'ý' | '\u{1ef2}'..='\u{1ef9}' => 'y',
        'ñ' => 'n',
        'ç' => 'c',
        'đ' => 'd',
        'ё' => 'е',
        'أ' | 'إ' | 'آ' => 'ا',
        'ى' => 'ي',
        'ة' => 'ه',
        c => c,
    }
}

/// An Arabic word without "and", "with", "the" written onto it.
fn without_article(word: &str) -> &str {
    if word.is_ascii() {
        return word;
    }
    ["وال", "بال", "فال", "كال", "لل", "ال"]
        .iter()
        .find_map(|article| word.strip_prefix(article).filter(|rest| rest.chars().count() >= 2))
        .unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_made_plain() {
        for (word, plain) in [
            ("CÓDIGO", "codigo"),
            ("Xác", "xac"),
            ("đăng", "dang"),
            ("thực", "thuc"),
            ("Straße", "strasse"),
            ("التحقق", "تحقق"),
            ("للدخول", "دخول"),
            ("صلاحية", "صلاحيه"),
            ("ال", "ال"),
        ] {
            assert_eq!(folded(word.chars()), plain);
        }
    }

    #[test]
    fn what_is_invisible_goes_and_digits_are_mapped() {
        let plain = |text: &str| text.chars().filter_map(mapped).collect::<String>();
        assert_eq!(plain("\u{200f}٤٨٢٩١٣\u{61c}"), "482913");
        assert_eq!(plain("ｖ：４８２９"), "ｖ:4829");
    }
}
