//! How long a code is good for, by the text's own words: "valid for 10 minutes", "vence en 5 min". Without such words
//! nothing is said: a guess would hide a good code or show a dead one.
use super::{
    lexicon::{self, Class},
    text::{Form, Text},
};

/// Longest validity believed: a month.
const LONGEST: u32 = 31 * 86_400;

/// Seconds the text says the code is good for.
pub(super) fn valid_for(text: &Text) -> Option<u32> {
    (0..text.words.len()).find_map(|at| {
        let seconds = duration(text, at)?;
        spoken_of(text, at).then_some(seconds)
    })
}

/// A duration whose number is the word at `at`: `10 minutes`, `10-minute`, `10min`, `10 (ten) minutes`, `media hora`.
fn duration(text: &Text, at: usize) -> Option<u32> {
    let word = text.words.get(at)?;
    let unit_at = |index: usize| text.words.get(index).and_then(|word| word.meaning.unit);
    let number_at = |index: usize| text.words.get(index).and_then(|word| word.meaning.number);
    if word.is(Class::Half) {
        let next = if number_at(at + 1).is_some() { at + 2 } else { at + 1 };
        return (unit_at(next)? == 3600).then_some(1800);
    }
    let (number, seconds) = if word.form == Form::Digits {
        let next = if number_at(at + 1).is_some() { at + 2 } else { at + 1 };
        (word.fold.parse().ok()?, unit_at(next)?)
    } else if let Some(number) = word.meaning.number {
        (number, unit_at(at + 1)?)
    } else {
        let letters = word.fold.find(|c: char| !c.is_ascii_digit())?;
        let (number, name) = word.fold.split_at_checked(letters)?;
        (number.parse().ok()?, lexicon::look_up(name, None).unit?)
    };
    number.checked_mul(seconds).filter(|all| (1..=LONGEST).contains(all))
}

/// Whether words of validity stand before or after it in its sentence, and none of waiting.
fn spoken_of(text: &Text, at: usize) -> bool {
    let Some(sentence) = text.words.get(at).map(|word| word.sentence) else { return false };
    let near = text.words.get(at.saturating_sub(8)..(at + 9).min(text.words.len())).unwrap_or_default();
    let near = || near.iter().filter(|word| word.sentence == sentence);
    !near().any(|word| word.is(Class::Waiting)) && near().any(|word| word.is(Class::Validity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn validity_is_read_in_several_languages() {
        for (body, seconds) in [
            ("It is valid for 10 minutes.", Some(600)),
            ("Code expires in 5 mins", Some(300)),
            ("10-minute validity", Some(600)),
            ("Valid for 10 (ten) minutes", Some(600)),
            ("expires in half an hour", Some(1800)),
            ("valid 24h", Some(86_400)),
            ("good for 90 seconds", Some(90)),
            ("El código vence en 5 minutos", Some(300)),
            ("Expira en diez minutos", Some(600)),
            ("válida por 3 min.", Some(180)),
            ("Vigencia: 2 horas", Some(7200)),
            ("caduca en media hora", Some(1800)),
            ("Ce code expire dans 15 minutes", Some(900)),
            ("Gültig für 5 Minuten", Some(300)),
            ("scade tra 10 minuti", Some(600)),
            ("Wait 10 minutes before asking again", None),
            ("Your table is ready in 10 minutes", None),
            ("expires in 4000000000 days", None),
            ("valid for 99999999999999999999 minutes", None),
            ("valid until 10:30", None),
            ("valid with a minimum of trust", None),
        ] {
            assert_eq!(valid_for(&Text::read(body)), seconds, "{body}");
        }
    }
}
