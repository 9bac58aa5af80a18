//! Puts candidates and keywords together: the number a text announces as a code, or none. Prefers what is tied to a
//! keyword ("your code is 482913") over what merely stands near one, six digits over four over others, nearer over
//! farther. When in doubt it finds nothing: a wrong code in the person's hand is worse than reading the text.
use super::{
    candidates::{Candidate, Shape, candidates},
    expiry::valid_for,
    keywords::{Keyword, Strength, keywords},
    lexicon::Class,
    origin, rules,
    text::{Form, Text},
    warning::warnings,
};
use crate::domain::{code::Code, private::Private};

/// Farthest a keyword may stand from a code it is not tied to, in characters.
const NEAR: usize = 45;
/// Farthest a keyword may stand from a code announced by "is" or a colon, in words.
const ANNOUNCED: usize = 16;
/// Longest line that holds nothing but a code and who it is from, in words.
const ALONE: usize = 5;

/// The verification code in `body`, if it holds one. `sender` is the address or number it came from: a text that
/// names its own number speaks of no code. Takes time linear in the text's length and bounded work beyond 4096
/// characters.
pub fn detect(body: &str, sender: &str) -> Option<Code> {
    let kept = without_app_hash(body);
    let text = Text::read(kept);
    let valid_for = valid_for(&text);
    if let Some(code) = origin::bound(kept) {
        return Some(with_warnings(body, Code { valid_for, ..code }));
    }
    let keywords = keywords(&text);
    if keywords.is_empty() || rules::is_advertising(&text, &keywords) {
        return None;
    }
    let candidates: Vec<Candidate> =
        candidates(&text).into_iter().filter(|c| !rules::is_other(&text, c, &keywords, sender)).collect();
    let best = candidates
        .iter()
        .filter_map(|candidate| Some((score(&text, candidate, &keywords)?, candidate)))
        // of equals the first: services repeat a code, they do not correct it
        .reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let code = Code { value: Private::from(best.1.value.as_str()), site: None, valid_for, warnings: Vec::new() };
    Some(with_warnings(body, code))
}

fn with_warnings(body: &str, code: Code) -> Code {
    Code { warnings: warnings(body, &code), ..code }
}

/// Without the marks for an Android app that waits for the text: a leading `<#>` and the last word of 11 characters,
/// which identifies the app and may look like a code.
fn without_app_hash(body: &str) -> &str {
    let trimmed = body.trim();
    let (marked, rest) = trimmed.strip_prefix("<#>").map_or((false, trimmed), |rest| (true, rest));
    let Some(at) = rest.rfind(char::is_whitespace) else { return rest };
    let (before, last) = rest.split_at(at);
    let last = last.trim();
    let hash = last.len() == 11 && last.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    // unmarked, an ordinary word of eleven letters may end a text: one with capitals inside does not
    let odd = last.bytes().skip(1).any(|b| b.is_ascii_uppercase()) && last.bytes().any(|b| b.is_ascii_lowercase());
    if hash && (marked || odd) { before } else { rest }
}

/// How sure it is, or `None`.
fn score(text: &Text, candidate: &Candidate, keywords: &[Keyword]) -> Option<i32> {
    let proven = keywords.iter().any(|k| k.strength != Strength::Code && !k.warning);
    let tie = keywords.iter().filter_map(|keyword| tie(text, candidate, keyword, proven)).max()?;
    let year = candidate.value.len() == 4 && (candidate.value.starts_with("19") || candidate.value.starts_with("20"));
    if year && tie < 80 {
        return None;
    }
    let shape = match candidate.shape {
        Shape::Six => 12,
        Shape::Four => 8,
        Shape::Digits => 5,
        Shape::Mixed => 3,
        Shape::Loose if tie < 90 => return None,
        Shape::Loose => 1,
    };
    Some(tie + shape)
}

/// How a candidate hangs together with a keyword.
fn tie(text: &Text, candidate: &Candidate, keyword: &Keyword, proven: bool) -> Option<i32> {
    let start = if candidate.prefixed { candidate.first - 1 } else { candidate.first };
    let sentence = text.words.get(start)?.sentence;
    let same = text.words.get(keyword.first)?.sentence == sentence;
    let strong = keyword.strength > Strength::Action;
    let bonus = if keyword.strength == Strength::Proof { 4 } else { 0 };
    let here = |at: Option<usize>| at.and_then(|at| text.words.get(at)).is_some_and(|word| word.sentence == sentence);
    let typing = |at: usize| text.is(at, Class::Typing) && here(Some(at));
    // the verb stands before, or in German at the end
    let typed = (1..=3).any(|distance| start.checked_sub(distance).is_some_and(typing))
        || (1..=5).any(|distance| typing(candidate.last + distance));
    let tied = if keyword.last < start {
        before(text, start, keyword, same, strong)
    } else if keyword.first > candidate.last {
        after(text, candidate.last, keyword, same, strong)
    } else {
        None
    };
    if let Some(tied) = tied {
        return Some(tied + bonus);
    }
    if keyword.warning {
        return None;
    }
    // "Enter 482913 to log in", "Type 482913. The code is good for…"
    let next = text.words.get(keyword.first)?.sentence.abs_diff(sentence) <= 1;
    if typed && (same || next && (strong || candidate.shape == Shape::Six)) {
        return Some(if same { 85 } else { 70 } + bonus);
    }
    if !strong {
        return None;
    }
    let (from, to) = if keyword.last < start { (keyword.last, start) } else { (candidate.last, keyword.first) };
    let distance = text.words.get(to)?.start.saturating_sub(text.words.get(from)?.end);
    let told = keyword.strength == Strength::Proof || keyword.owned || proven;
    if same && told && distance <= NEAR {
        return Some(60 - i32::try_from(distance).unwrap_or(60) + bonus);
    }
    // "This is your security code. Give it to nobody: 66120"
    let ends = text.before(start).contains(&':') && !here(Some(candidate.last + 1));
    if ends && keyword.strength == Strength::Proof && text.words.get(keyword.last)?.sentence + 1 == sentence {
        return Some(55);
    }
    let lone = alone(text, start, candidate.last) || next && leads(text, start, candidate);
    (told && lone).then_some(30 + bonus)
}

/// The keyword comes first: "code 482913", "code: 482913", "your code for Acme is 482913".
fn before(text: &Text, start: usize, keyword: &Keyword, same: bool, strong: bool) -> Option<i32> {
    let between = start - keyword.last - 1;
    let announced = rules::announced(text, start);
    if between == 0 {
        let stopped = !same && !announced;
        return match (strong, stopped) {
            (true, false) => Some(100),
            (true, true) => Some(60),
            (false, _) => (announced && same).then_some(70),
        };
    }
    if !strong || keyword.warning {
        return None;
    }
    // "Your code:\n482913": a colon or line's end may part the two, a stop may not
    let joined = same || text.before(start).contains(&'\n') && sentences_apart(text, keyword.last, start) == 1;
    if joined && announced && between <= ANNOUNCED {
        return Some(95 - i32::try_from(between).unwrap_or(0));
    }
    (same && spoken_of(text, keyword.last, start)).then_some(50)
}

/// "the code of the bank 4821", "the code is, I think, 4821": people write so. Between the two stand small words and one
/// other, or "is" with two words.
fn spoken_of(text: &Text, keyword: usize, start: usize) -> bool {
    if start - keyword > ANNOUNCED {
        return false;
    }
    let between = || (keyword + 1..start).map(|at| text.is(at, Class::Joint) || text.is(at, Class::Filler));
    let other = between().filter(|small| !small).count();
    let hedged = (2..=3).any(|distance| start > keyword + distance && text.was(start, distance, Class::Copula));
    // Arabic writes the article onto the word
    let arabic =
        between().count() == 1 && text.words.get(keyword + 1).is_some_and(|w| text.written(w).take(2).eq("ال".chars()));
    between().count() <= 4 && (between().any(|small| small) || arabic) && other <= 1 || hedged
}

/// The number comes first: "482913 is your code", "482913 - Acme code", "482913: tu clave".
fn after(text: &Text, last: usize, keyword: &Keyword, same: bool, strong: bool) -> Option<i32> {
    if !strong || !same || keyword.warning {
        return None;
    }
    let between = keyword.first - last - 1;
    if text.is(last + 1, Class::Copula) && between <= ANNOUNCED {
        return Some(95 - i32::try_from(between).unwrap_or(0));
    }
    let told = keyword.owned || keyword.strength == Strength::Proof;
    let parted = text.after(last).iter().any(|c| matches!(c, '-' | ':' | ')' | '=') || matches!(c, ',' | '，') && told);
    (between == 0 || parted && between <= 5).then_some(80)
}

fn sentences_apart(text: &Text, from: usize, to: usize) -> usize {
    let sentence = |index: usize| text.words.get(index).map_or(0, |word| word.sentence);
    let (from, to) = (sentence(from), sentence(to));
    // empty lines count as one end
    let up_to = |sentence: usize| text.words.partition_point(|word| word.sentence < sentence);
    let between = up_to(to).saturating_sub(up_to(from + 1));
    if from == to { 0 } else { 1 + between }
}

/// "482913 to add a payee", "482913 is what to type": six digits begin a sentence and say what they are for.
fn leads(text: &Text, start: usize, candidate: &Candidate) -> bool {
    let sentence = |at: usize| text.words.get(at).map(|word| word.sentence);
    let first = start.checked_sub(1).is_none_or(|previous| sentence(previous) != sentence(start));
    let says = text.is(candidate.last + 1, Class::Purpose) || text.is(candidate.last + 1, Class::Copula);
    first && candidate.shape == Shape::Six && says
}

/// The number has its line to itself, or shares it with the name of who sends it.
fn alone(text: &Text, start: usize, last: usize) -> bool {
    let Some(sentence) = text.words.get(start).map(|word| word.sentence) else { return false };
    let others = |at: &usize| text.words.get(*at).is_some_and(|word| word.sentence == sentence);
    let ahead = (0..start).rev().take(ALONE + 1).take_while(others).count();
    let behind = (last + 1..text.words.len()).take(ALONE + 1).take_while(others).count();
    let digits = (start..=last)
        .all(|at| text.words.get(at).is_some_and(|word| word.form == Form::Digits || word.digit().is_some()));
    digits && behind == 0 && (ahead == 0 || ahead <= ALONE && rules::announced(text, start))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::asks_for_code;
    use super::*;
    use proptest::prelude::*;
    use std::time::{Duration, Instant};

    fn found(body: &str) -> Option<String> {
        detect(body, "22395").map(|code| code.value.into_inner())
    }

    /// The text with digits mapped and nothing but letters and digits left.
    fn plain(body: &str) -> String {
        body.chars().filter_map(super::super::fold::mapped).filter(|c| c.is_alphanumeric()).collect()
    }

    /// The same with the digits of [`SAID`] in the place of their words.
    fn heard(body: &str) -> String {
        let mut text = body.to_lowercase();
        for (word, digit) in SAID {
            text = text.replace(word, digit);
        }
        plain(&text)
    }

    const SAID: [(&str, &str); 8] = [
        ("four", "4"),
        ("eight", "8"),
        ("seven", "7"),
        ("cuatro", "4"),
        ("ocho", "8"),
        ("سبعة", "7"),
        ("四", "4"),
        ("八", "8"),
    ];

    #[test]
    fn the_mark_of_an_app_is_no_code() {
        assert_eq!(without_app_hash("<#> Code 123456\nFA+9qCX9VSu").trim(), "Code 123456");
        assert_eq!(without_app_hash("Code 123456 FA+9qCX9VSu"), "Code 123456");
        assert_eq!(without_app_hash("Thanks for the explanation"), "Thanks for the explanation");
        assert_eq!(found("<#> Your code:\nAB/12345678"), None);
    }

    #[test]
    fn of_two_numbers_the_announced_one_is_the_code() {
        assert_eq!(found("771204 requests today. Your code is 4821").as_deref(), Some("4821"));
        assert_eq!(found("Code 4821 or code 482913").as_deref(), Some("482913"));
        assert_eq!(found("Code 482913. Code 771204").as_deref(), Some("482913"));
    }

    #[test]
    fn the_senders_own_number_is_no_code() {
        assert_eq!(detect("Your code is 22395", "22395"), None);
        assert!(detect("Your code is 22395", "Acme").is_some());
    }

    #[test]
    fn hostile_lengths_take_no_time() {
        let units = [
            "1 ",
            "code ",
            "123456 ",
            "your code is ",
            "A1B2C3-",
            "@a.b #1\n",
            "١",
            "1.",
            "<#> ",
            "código de ",
            "x@y.z ",
            "code 123456 ",
            "code\n123456\n",
            "code of a 123456, ",
            "your code is: 4821\n",
            "send me the code ",
            "four eight ",
            "https://a.b/c @d.e #1\n",
            "رمز 1234 ",
            "验证码1234",
        ];
        for unit in units {
            let body = unit.repeat(200_000 / unit.len());
            let start = Instant::now();
            detect(&body, "22395");
            asks_for_code(&body);
            // a debug build on a busy old machine: what is wanted is far from the minutes of quadratic work
            assert!(start.elapsed() < Duration::from_secs(2), "{unit:?} took {:?}", start.elapsed());
        }
    }

    proptest! {
        #[test]
        fn what_is_found_stands_in_the_text(body in "\\PC{0,300}", sender in "\\PC{0,20}") {
            if let Some(code) = detect(&body, &sender) {
                prop_assert!(plain(&body).contains(&plain(code.value.expose())));
            }
        }

        #[test]
        fn texts_made_of_telling_pieces_never_panic(pieces in prop::collection::vec(prop::sample::select(vec![
            "code", "código", "clave", "PIN", " ", "is", "es", ":", "\n", "482913", "4821", "G-", "-", "123", " 456", "$",
            "+", "*", ".", ",", "@", "#", "example.com", "never", "share", "your", "tu", "10", "min", "valid", "٤", "用",
            "\u{301}", "<#>", "A1B2C3", "ABC", "/", "https://", "four", "eight ", "seven, ", "cuatro ", "ocho", "سبعة ",
            "四", "八", "\u{202b}", "x7k2", "رمز", "验证码", "mã", "reply", "me", "الرمز",
        ]), 0..60)) {
            let body = pieces.concat();
            asks_for_code(&body);
            if let Some(code) = detect(&body, "") {
                let value = code.value.expose();
                prop_assert!(plain(&body).contains(&plain(value)) || heard(&body).contains(value), "{value}");
                prop_assert!(!value.is_empty() && value.len() <= 32);
            }
        }

        #[test]
        fn an_announced_code_is_found(code in "[0-9]{6}", name in "[A-Z][a-z]{3,9}") {
            let english = format!("Your {name} verification code is {code}.");
            let spanish = format!("{name}: tu código de verificación es {code}. No lo compartas.");
            prop_assert_eq!(found(&english), Some(code.clone()));
            prop_assert_eq!(found(&spanish), Some(code));
        }
    }
}
