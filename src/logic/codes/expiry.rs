//! How long a code is good for, by the text's own words: "valid for 10 minutes", "vence en 5 min". Without such words
//! nothing is said: a guess would hide a good code or show a dead one.
use super::text::{Form, Text, begins};

/// Longest validity believed: a month.
const LONGEST: u32 = 31 * 86_400;

/// Beginnings of words that speak of validity (folded).
const SIGNS: &str = "valid expir within lasts good next active work use limit vence venc caduc vigen vigor dura proxim \
    dentro antes dispon funciona tiene usarl utiliz valab delai prazo gultig lauft ablauf innerhalb scad entro valev valg termin";

/// Units by the beginning of the word (folded), in seconds.
const UNITS: [(u32, &[&str]); 4] = [
    (1, &["second", "segund", "segon", "sekund", "seg", "sec"]),
    (60, &["minut", "min"]),
    (3600, &["hour", "hora", "hore", "heure", "stunde", "ore", "ora", "hrs", "hr"]),
    (86_400, &["day", "dia", "jour", "tag", "giorn"]),
];

/// Numbers people write out (folded).
const NUMBERS: [(u32, &[&str]); 10] = [
    (1, &["a", "an", "one", "un", "una", "uno", "une", "um", "uma", "eine"]),
    (2, &["two", "dos", "deux", "zwei", "due"]),
    (3, &["three", "tres", "trois", "drei", "tre"]),
    (5, &["five", "cinco", "cinq", "funf", "cinque", "cinc"]),
    (10, &["ten", "diez", "dix", "dez", "zehn", "dieci", "deu"]),
    (15, &["fifteen", "quince", "quinze", "funfzehn", "quindici"]),
    (20, &["twenty", "veinte", "vingt", "vinte", "zwanzig", "venti"]),
    (30, &["thirty", "treinta", "trente", "trinta", "dreissig", "trenta"]),
    (60, &["sixty", "sesenta", "soixante", "sessenta", "sechzig", "sessanta"]),
    (90, &["ninety", "noventa"]),
];

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
    if matches!(word.fold.as_str(), "half" | "media" | "meia" | "mezza" | "mitja") {
        let next = if text.fold(at + 1) == "an" { at + 2 } else { at + 1 };
        return (unit(text.fold(next))? == 3600).then_some(1800);
    }
    let (number, seconds) = if word.form == Form::Digits {
        let next = if written_out(text.fold(at + 1)).is_some() { at + 2 } else { at + 1 };
        (word.fold.parse().ok()?, unit(text.fold(next))?)
    } else if let Some(number) = written_out(&word.fold) {
        (number, unit(text.fold(at + 1))?)
    } else {
        let letters = word.fold.find(|c: char| !c.is_ascii_digit())?;
        let (number, name) = word.fold.split_at_checked(letters)?;
        (number.parse().ok()?, unit(name)?)
    };
    number.checked_mul(seconds).filter(|all| (1..=LONGEST).contains(all))
}

/// The length of a unit in seconds.
pub(super) fn unit(word: &str) -> Option<u32> {
    let short = match word {
        "s" => Some(1),
        "m" => Some(60),
        "h" => Some(3600),
        _ => None,
    };
    // with an ending of some language: "minutos", "Minuten", "giorni"; but "minimum" is none
    let ending = |rest: &str| matches!(rest, "" | "s" | "e" | "es" | "en" | "n" | "o" | "os" | "i" | "a" | "as");
    let named = |name: &&str| word.strip_prefix(*name).is_some_and(ending);
    let long = || UNITS.iter().find(|(_, names)| names.iter().any(named));
    short.or_else(|| long().map(|(seconds, _)| *seconds))
}

fn written_out(word: &str) -> Option<u32> {
    NUMBERS.iter().find(|(_, names)| names.contains(&word)).map(|(number, _)| *number)
}

/// Whether words of validity stand before or after it in its sentence, and none of waiting.
fn spoken_of(text: &Text, at: usize) -> bool {
    let Some(sentence) = text.words.get(at).map(|word| word.sentence) else { return false };
    let near = text.words.get(at.saturating_sub(8)..(at + 9).min(text.words.len())).unwrap_or_default();
    let near = || near.iter().filter(|word| word.sentence == sentence).map(|word| word.fold.as_str());
    let waits = near().any(|word| matches!(word, "wait" | "espera" | "espere" | "esperar" | "retry" | "ago" | "hace"));
    !waits && near().any(|word| begins(SIGNS, word))
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
