//! What looks like a code: 4-8 digits, written together, in groups or as they are read aloud, and letters mixed with digits.
//! Numbers whose very shape is another thing (telephone, date, time, amount) are left out here; meaning is for `rules`.
use super::text::{Form, Text, Word};

/// How a candidate is made, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Shape {
    /// Six digits.
    Six,
    /// Four digits.
    Four,
    /// Five, seven or eight digits.
    Digits,
    /// Six to eight capitals and digits, or three groups of four.
    Mixed,
    /// Other letters and digits: a code only where the text says so outright.
    Loose,
}

/// Something that may be a code.
#[derive(Debug)]
pub(super) struct Candidate {
    /// Its first word.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    /// What to type.
    pub value: String,
    /// How it is made.
    pub shape: Shape,
    /// A service's letters stand before it: `G-123456`.
    pub prefixed: bool,
}

/// All candidates in order.
pub(super) fn candidates(text: &Text) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = text.words.get(at) {
        let aloud = spoken(text, at);
        let end = match word.form {
            _ if word.link => at + 1,
            _ if aloud - at >= 4 => {
                found.extend(whole(text, at, once(text, at, aloud)));
                aloud
            }
            Form::Digits => {
                let joins = [" ", "-", " - ", ".", "/", ":", ",", ") ", ")", ")-"];
                let end = run(text, at, |word| word.form == Form::Digits, &joins);
                digits(text, at, end, &mut found);
                end
            }
            Form::Mixed | Form::Capitals => letters(text, at, &mut found),
            Form::Loose => {
                found.extend(whole(text, at, at + 1));
                at + 1
            }
            Form::Word => at + 1,
        };
        at = end.max(at + 1);
    }
    found
}

/// One past the last word of the run from `at` whose words are such and joined by these.
fn run(text: &Text, at: usize, such: impl Fn(&Word) -> bool, joins: &[&str]) -> usize {
    let mut end = at + 1;
    while let Some(next) = text.words.get(end) {
        let joined = joins.iter().any(|join| text.before(end).iter().copied().eq(join.chars()));
        if !joined || next.link || !such(next) {
            break;
        }
        end += 1;
    }
    end
}

/// One past the last of the digits read aloud from `at`: "4, 8, 2, 9", "four eight two nine", "四八二九".
fn spoken(text: &Text, at: usize) -> usize {
    let Some(first) = text.words.get(at).filter(|word| word.digit().is_some()) else { return at };
    let said = |word: &Word| word.digit().is_some();
    // "1 2 3 4" may be groups of a telephone number: that is for `digits`
    let joins: &[&str] = if first.form == Form::Digits {
        &[", ", "，", "... "]
    } else {
        &["", " ", ", ", ",", "，", "， ", "-", " - ", ". ", "... "]
    };
    run(text, at, said, joins)
}

/// Where digits end that are read aloud a second time at once.
fn once(text: &Text, from: usize, to: usize) -> usize {
    let digits = |from: usize, to: usize| text.words.get(from..to).unwrap_or_default().iter().filter_map(Word::digit);
    let middle = from + (to - from) / 2;
    let twice = to - from >= 8 && digits(from, middle).eq(digits(middle, to));
    if twice { middle } else { to }
}

fn singles(text: &Text, from: usize, to: usize) -> bool {
    (4..=8).contains(&(to - from)) && text.words.get(from..to).is_some_and(|words| words.iter().all(|w| w.len() == 1))
}

/// The words `from..to` as one candidate.
fn whole(text: &Text, from: usize, to: usize) -> Option<Candidate> {
    let words = text.words.get(from..to)?;
    let aloud = words.iter().map(Word::digit).collect::<Option<String>>();
    let value = aloud.unwrap_or_else(|| words.iter().flat_map(|word| text.written(word)).collect());
    let loose = words.iter().any(|word| word.form == Form::Loose);
    let shape = match (value.len(), value.bytes().all(|b| b.is_ascii_digit())) {
        (6, true) => Shape::Six,
        (4, true) => Shape::Four,
        (5 | 7 | 8, true) => Shape::Digits,
        (6..=8, false) if !loose => Shape::Mixed,
        (12, false) if !loose && words.len() == 3 => Shape::Mixed,
        (5..=12, false) => Shape::Loose,
        _ => return None,
    };
    let joined = text.before(from).iter().copied().eq(['-']);
    let prefixed = joined
        && from
            .checked_sub(1)
            .and_then(|i| text.words.get(i))
            .is_some_and(|w| w.form == Form::Capitals && w.len() <= 4 && !w.link);
    Some(Candidate { first: from, last: to - 1, value, shape, prefixed })
}

/// The candidates of a run of digit groups.
fn digits(text: &Text, from: usize, to: usize, found: &mut Vec<Candidate>) {
    let lengths: Vec<usize> = text.words.get(from..to).unwrap_or_default().iter().map(|word| word.len()).collect();
    let joins: Vec<String> = (from + 1..to).map(|i| text.before(i).iter().collect()).collect();
    let alike = joins.iter().all(|join| (join == " " || join == "-") && Some(join) == joins.first());
    let grouped = matches!(lengths.as_slice(), [3, 3] | [4, 4] | [2, 2, 2]) || singles(text, from, to);
    if lengths.len() == 1 || alike && grouped {
        found.extend(whole(text, from, to));
        return;
    }
    let total: usize = lengths.iter().sum();
    let short = lengths.iter().all(|length| *length <= 5);
    if short && (total >= 9 || total >= 7 && lengths.first().is_some_and(|first| *first <= 3)) {
        return; // a telephone or card number, a date
    }
    for index in from..to {
        // joined by a stop, colon, stroke or dash it is part of an amount, time or date
        let bare = |join: Option<&String>| join.is_none_or(|join| join == " " || join == " - ");
        let before = index.checked_sub(from + 1).and_then(|i| joins.get(i));
        if bare(before) && bare(joins.get(index - from)) {
            found.extend(whole(text, index, index + 1));
        }
    }
}

/// The candidate of capitals and digits from `at`; returns where to go on.
fn letters(text: &Text, at: usize, found: &mut Vec<Candidate>) -> usize {
    let plain = |word: &Word| matches!(word.form, Form::Digits | Form::Mixed | Form::Capitals);
    let spaced = run(text, at, plain, &[" "]);
    // "K7QP 2MX4": letters and digits in each group, or two words of a sentence would be a code
    let groups = text.words.get(at..spaced).unwrap_or_default();
    if let [a, b] = groups
        && groups.iter().all(|word| word.form == Form::Mixed)
        && a.len() == b.len()
        && matches!(a.len(), 3 | 4)
    {
        found.extend(whole(text, at, spaced));
        return spaced;
    }
    let end = run(text, at, plain, &["-"]);
    let parts = text.words.get(at..end).unwrap_or_default();
    let mixed = parts.iter().any(|word| word.form != Form::Capitals);
    match parts {
        [one] if one.form == Form::Mixed => found.extend(whole(text, at, end)),
        [a, b] if mixed && a.len() == b.len() && matches!(a.len(), 3 | 4) && !is_prefix(a.form, b.form, a.len()) => {
            found.extend(whole(text, at, end));
        }
        [_, _, _] if parts.iter().all(|part| part.form == Form::Mixed && part.len() == 4) => {
            found.extend(whole(text, at, end))
        }
        // `G-123456`: the digits are looked at by themselves, as are words joined to nothing
        [a, b, ..] if a.form == Form::Capitals && b.form == Form::Digits => return at + 1,
        _ => {}
    }
    end
}

/// `ABCD-1234`: letters a service puts before the digits to type.
fn is_prefix(first: Form, second: Form, length: usize) -> bool {
    first == Form::Capitals && second == Form::Digits && length == 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(body: &str) -> Vec<String> {
        candidates(&Text::read(body)).into_iter().map(|candidate| candidate.value).collect()
    }

    #[test]
    fn written_forms_become_what_is_typed() {
        for (body, value) in [
            ("123456", "123456"),
            ("(123456)", "123456"),
            ("123-456", "123456"),
            ("123 456", "123456"),
            ("1234 5678", "12345678"),
            ("12 34 56", "123456"),
            ("1 2 3 4", "1234"),
            ("4, 8, 2, 9, 1, 3", "482913"),
            ("G-123456", "123456"),
            ("FB-12345", "12345"),
            ("A1B2C3", "A1B2C3"),
            ("X7K-9QP", "X7K9QP"),
            ("ABC-123", "ABC123"),
            ("١٢٣٤٥٦", "123456"),
            ("*4821*", "4821"),
            ("four eight two nine", "4829"),
            ("uno, dos, tres, cuatro, cinco, seis", "123456"),
            ("eight 2 nine 1 three 4", "829134"),
            ("nine one three four nine one three four", "9134"),
            ("4, 8, 2, 9, 4, 8, 2, 9", "4829"),
            ("四八二九一三", "482913"),
            ("K7QP 2MX4", "K7QP2MX4"),
            ("9F3K-22QD-LM81", "9F3K22QDLM81"),
            ("x7k2m9", "x7k2m9"),
        ] {
            assert_eq!(values(body), [value], "{body}");
        }
    }

    #[test]
    fn shapes_of_other_things_are_none() {
        for body in [
            "123",
            "123456789",
            "+52 55 1234 5678",
            "1-800-555-0199",
            "(555) 123-4567",
            "555-0199",
            "2026-05-12",
            "12/05/2026",
            "1,234.56",
            "10:30",
            "4111 1111 1111 1111",
            "ABCDEF",
            "https://acme.test/482913",
            "ES91-2100-0418",
            "one two three",
            "one two three four five six seven eight nine",
        ] {
            assert_eq!(values(body), [""; 0], "{body}");
        }
    }

    #[test]
    fn neighbours_do_not_spoil_a_code() {
        assert_eq!(values("482913 24/7"), ["482913"]);
        assert_eq!(values("12345 10 min"), ["12345"]);
        assert_eq!(values("482913 771204"), ["482913", "771204"]);
    }
}
