//! The words that make a number a code: "verification code", "clave dinámica", "PIN", "mot de passe"; and those that
//! make it another kind of code ("código postal", "promo code"). Words only; how near they stand is for `detect`.
use super::{
    lexicon::Class,
    text::{Text, Word},
};

/// How much a keyword says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// What a code is used for: "log in", "verificar".
    Action,
    /// "code", "clave": many things are called so.
    Code,
    /// "verification code", "OTP": nothing else is called so.
    Proof,
}

/// A keyword in a text.
#[derive(Debug)]
pub(super) struct Keyword {
    /// Its first word.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    /// How much it says.
    pub strength: Strength,
    /// "your code", "tu clave".
    pub owned: bool,
    /// It stands in a warning ("never share your PIN") and points at no number.
    pub warning: bool,
}

/// All keywords in order.
pub(super) fn keywords(text: &Text) -> Vec<Keyword> {
    let done = text.words.iter().any(|word| word.is(Class::Done));
    let warnings = warnings(text);
    let mut found: Vec<Keyword> = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        if word.link {
            continue;
        }
        let Some((first, last, strength)) = keyword(text, at, word) else { continue };
        let authorizes =
            (first..=last).any(|i| text.fold(i).starts_with("autoriz") || text.fold(i).starts_with("author"));
        if done && authorizes {
            continue;
        }
        let before = |class| (1..=2).any(|distance| text.was(first, distance, class));
        // "your code is 1, never share it": what was told before the warning is no part of it
        let warned = warnings.iter().any(|(at, sentence)| *sentence == word.sentence && *at < first);
        let after = (1..=2).any(|distance| text.is(last + distance, Class::Pointer));
        let warning = warned && !after && !before(Class::Pointer);
        found.push(Keyword {
            first,
            last,
            strength,
            owned: before(Class::Owner) || text.is(last, Class::Owner),
            warning,
        });
    }
    found
}

/// The keyword that has its main word at `at`: first and last word, and strength.
fn keyword(text: &Text, at: usize, word: &Word) -> Option<(usize, usize, Strength)> {
    if word.is(Class::Proof) {
        return Some((at, at, Strength::Proof));
    }
    let compound = word.fold.len() > 6 && word.fold.ends_with("code") && !word.is(Class::Other);
    if word.is(Class::Code) || compound {
        return qualified(text, at, compound);
    }
    word.is(Class::Action).then_some((at, at, Strength::Action))
}

/// "code" with what stands beside it.
fn qualified(text: &Text, at: usize, compound: bool) -> Option<(usize, usize, Strength)> {
    let sentence = text.words.get(at).map(|word| word.sentence);
    let same = |index: usize| text.words.get(index).filter(|word| Some(word.sentence) == sentence);
    // Germanic order: "security code", "one-time code"
    let previous = at.checked_sub(1).and_then(same);
    if previous.is_some_and(|word| word.is(Class::Other)) {
        return None;
    }
    let proving = previous.is_some_and(|word| word.is(Class::Proving));
    let mut strength = if compound || proving { Strength::Proof } else { Strength::Code };
    let first = if proving { at - 1 } else { at };
    // Romance order: "código de seguridad", "clave dinámica"
    let mut last = at;
    for index in at + 1..=at + 4 {
        let Some(word) = same(index) else { break };
        if word.is(Class::Other) {
            return None;
        }
        if word.is(Class::Proving) {
            (strength, last) = (Strength::Proof, index);
            break;
        }
        if !word.is(Class::Joint) {
            break;
        }
    }
    Some((first, last, strength))
}

/// Where people are told to keep their codes to themselves: the word and its sentence.
fn warnings(text: &Text) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let following = || text.words.iter().skip(at + 1).take(4).take_while(|next| next.sentence == word.sentence);
        let warns = word.is(Class::Never) || word.is(Class::Not) && following().any(|next| next.is(Class::Sharing));
        if warns && found.last().is_none_or(|(_, sentence)| *sentence != word.sentence) {
            found.push((at, word.sentence));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use Strength::{Action, Code, Proof};

    fn strengths(body: &str) -> Vec<Strength> {
        keywords(&Text::read(body)).into_iter().map(|keyword| keyword.strength).collect()
    }

    #[test]
    fn what_stands_beside_a_code_says_what_it_is() {
        let cases: [(&str, &[Strength]); 16] = [
            ("your code", &[Code]),
            ("security code", &[Proof]),
            ("one-time code", &[Proof]),
            ("código de seguridad", &[Proof]),
            ("clave dinámica", &[Proof]),
            ("código para el registro", &[Proof, Action]),
            ("Bestätigungscode", &[Proof]),
            ("mot de passe", &[Code]),
            ("il passe", &[]),
            ("log in", &[Action]),
            ("zip code", &[]),
            ("código postal", &[]),
            ("código de descuento", &[]),
            ("puntos clave", &[]),
            ("Gutscheincode", &[]),
            ("您的验证码是", &[Proof]),
        ];
        for (body, expected) in cases {
            assert_eq!(strengths(body), expected, "{body}");
        }
    }

    #[test]
    fn a_warning_is_no_announcement() {
        let warning =
            |body: &str| keywords(&Text::read(body)).iter().map(|keyword| keyword.warning).collect::<Vec<_>>();
        assert_eq!(warning("Never share your PIN."), [true]);
        assert_eq!(warning("No compartas tu clave"), [true]);
        assert_eq!(warning("We won't ask for your password"), [true]);
        assert_eq!(warning("Do not share this code"), [false]);
        assert_eq!(warning("Your code is here. Never tell anyone"), [false]);
    }

    #[test]
    fn a_payment_that_is_done_needs_no_code() {
        assert_eq!(strengths("Compra aprobada. Código de autorización 1"), []);
    }
}
