//! What single words and phrases say, from the word lists in `assets/codes`, one file for each language. All languages are
//! known at once: texts mix them, and nothing tells which one is to come. Words only; what follows from them is for the
//! other files.
//!
//! A line of a list is a class and its words. Words are written folded (lower case, no accents); one with accents counts
//! only where it is written with them. `shar*` stands for every word that begins so, `log_in` for words that follow each
//! other, also joined by a dash or an apostrophe. `unit.60` gives a length in seconds, `number.5` and `digit.5` a value.
use super::fold;
use std::{collections::HashMap, sync::LazyLock};

/// The lists by ISO 639-1 language; `more` holds a few words of others.
const LISTS: [(&str, &str); 13] = [
    ("ar", include_str!("../../../assets/codes/ar.txt")),
    ("ca", include_str!("../../../assets/codes/ca.txt")),
    ("de", include_str!("../../../assets/codes/de.txt")),
    ("en", include_str!("../../../assets/codes/en.txt")),
    ("es", include_str!("../../../assets/codes/es.txt")),
    ("fr", include_str!("../../../assets/codes/fr.txt")),
    ("ht", include_str!("../../../assets/codes/ht.txt")),
    ("it", include_str!("../../../assets/codes/it.txt")),
    ("pt", include_str!("../../../assets/codes/pt.txt")),
    ("tl", include_str!("../../../assets/codes/tl.txt")),
    ("vi", include_str!("../../../assets/codes/vi.txt")),
    ("zh", include_str!("../../../assets/codes/zh.txt")),
    ("more", include_str!("../../../assets/codes/more.txt")),
];

/// Shortest and longest beginning of a word that a list holds, in bytes.
const STEM: (usize, usize) = (3, 16);
/// Longest entry of a script without spaces, in characters.
const LONGEST: usize = 6;

/// What a word may say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// "code", "clave": many things are called so.
    Code,
    /// "verification", "OTP": nothing else is called so.
    Proof,
    /// What a code is used for: "log in", "verificar".
    Action,
    /// Beside "code" it makes it a proof: "security".
    Proving,
    /// Beside "code" it makes it another thing: "zip", "postal".
    Other,
    /// Small words between "código" and what it is for.
    Joint,
    /// "your".
    Owner,
    /// "this".
    Pointer,
    /// "never".
    Never,
    /// "not".
    Not,
    /// What one is told not to do with a code.
    Sharing,
    /// Tells a payment that is done: its "authorization code" proves nothing any more.
    Done,
    /// Tells to type what follows.
    Typing,
    /// Names the number after it: "order".
    Label,
    /// Tells to call or write to the number after it.
    Sending,
    /// The same, but only with "to" before the number.
    Writing,
    /// Small words between a label and its number.
    Filler,
    /// A label that is often shortened with a stop.
    Shortened,
    /// Names the number before it: "euros".
    Counted,
    /// Ends an address.
    Street,
    /// Advertising.
    Discount,
    /// Stands before a time of day.
    Clock,
    /// "is".
    Copula,
    /// Speaks of how long something is good for.
    Validity,
    /// Speaks of waiting.
    Waiting,
    /// "half".
    Half,
    /// "to" and its sisters after a code that begins a sentence.
    Purpose,
    /// Tells to hand something on: "send", "dime".
    Asking,
    /// Whom to hand it to: "me", "back".
    Me,
    /// Tells to answer with or forward what follows.
    Handing,
    /// Before one of these it is the writer who does it: "we", "will".
    Ours,
    /// What a code is called where it is not called a code: "digits".
    Digits,
}

const CLASSES: [(&str, Class); 32] = [
    ("code", Class::Code),
    ("proof", Class::Proof),
    ("action", Class::Action),
    ("proving", Class::Proving),
    ("other", Class::Other),
    ("joint", Class::Joint),
    ("owner", Class::Owner),
    ("pointer", Class::Pointer),
    ("never", Class::Never),
    ("not", Class::Not),
    ("sharing", Class::Sharing),
    ("done", Class::Done),
    ("typing", Class::Typing),
    ("label", Class::Label),
    ("sending", Class::Sending),
    ("writing", Class::Writing),
    ("filler", Class::Filler),
    ("shortened", Class::Shortened),
    ("counted", Class::Counted),
    ("street", Class::Street),
    ("discount", Class::Discount),
    ("clock", Class::Clock),
    ("copula", Class::Copula),
    ("sign", Class::Validity),
    ("wait", Class::Waiting),
    ("half", Class::Half),
    ("purpose", Class::Purpose),
    ("asking", Class::Asking),
    ("me", Class::Me),
    ("handing", Class::Handing),
    ("ours", Class::Ours),
    ("digits", Class::Digits),
];

/// Everything a word says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Meaning {
    classes: u64,
    /// A phrase may begin with it.
    begins: bool,
    /// A unit of time, in seconds.
    pub unit: Option<u32>,
    /// A number written out.
    pub number: Option<u32>,
    /// A digit as it is read aloud.
    pub digit: Option<u8>,
}

impl Meaning {
    /// Whether it says this.
    pub fn is(self, class: Class) -> bool {
        self.classes & bit(class) != 0
    }

    /// Whether a phrase may begin with it.
    pub fn may_begin(self) -> bool {
        self.begins
    }

    fn and(self, other: Self) -> Self {
        Self {
            classes: self.classes | other.classes,
            begins: self.begins || other.begins,
            unit: self.unit.or(other.unit),
            number: self.number.or(other.number),
            digit: self.digit.or(other.digit),
        }
    }
}

const fn bit(class: Class) -> u64 {
    1 << class as u64
}

/// A class by its name in a list.
fn meaning(name: &str) -> Option<Meaning> {
    let plain = CLASSES.iter().find(|(known, _)| *known == name);
    if let Some((_, class)) = plain {
        return Some(Meaning { classes: bit(*class), ..Meaning::default() });
    }
    let (kind, value) = name.split_once('.')?;
    let value: u32 = value.parse().ok()?;
    match kind {
        "unit" => Some(Meaning { unit: Some(value), ..Meaning::default() }),
        "number" => Some(Meaning { number: Some(value), ..Meaning::default() }),
        "digit" => Some(Meaning { digit: u8::try_from(value).ok().filter(|d| *d < 10), ..Meaning::default() }),
        _ => None,
    }
}

#[derive(Default)]
struct Lexicon {
    words: HashMap<String, Meaning>,
    stems: HashMap<&'static str, u64>,
    /// By their first word: the others, and what they say together.
    phrases: HashMap<String, Vec<(Vec<String>, Meaning)>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    for line in LISTS.iter().flat_map(|(_, list)| list.lines()) {
        let mut entries = line.split_whitespace();
        let Some(meaning) = entries.next().and_then(meaning) else { continue };
        entries.for_each(|entry| lexicon.learn(entry, meaning));
    }
    for phrases in lexicon.phrases.values_mut() {
        phrases.sort_by_key(|(others, _)| std::cmp::Reverse(others.len()));
    }
    lexicon
});

impl Lexicon {
    fn learn(&mut self, entry: &'static str, meaning: Meaning) {
        if let Some(stem) = entry.strip_suffix('*') {
            *self.stems.entry(stem).or_default() |= meaning.classes;
            return;
        }
        let Some((first, others)) = entry.split_once('_') else {
            let exact = fold::has_accents(entry);
            let key = if exact { entry.to_owned() } else { fold::folded(entry.chars()) };
            let known = self.words.entry(key).or_default();
            *known = known.and(meaning);
            return;
        };
        let word = |word: &str| fold::folded(word.chars());
        let others: Vec<String> = others.split('_').map(word).collect();
        let first = word(first);
        self.words.entry(first.clone()).or_default().begins = true;
        let phrases = self.phrases.entry(first).or_default();
        match phrases.iter_mut().find(|(known, _)| *known == others) {
            Some((_, known)) => *known = known.and(meaning),
            None => phrases.push((others, meaning)),
        }
    }
}

/// What a word says; `written` is it in lower case with its accents.
pub(super) fn look_up(folded: &str, written: Option<&str>) -> Meaning {
    let lexicon = &*LEXICON;
    let word = |key| lexicon.words.get(key).copied().unwrap_or_default();
    let mut all = word(folded);
    if let Some(written) = written.filter(|written| *written != folded) {
        all = all.and(word(written));
    }
    for length in STEM.0..=folded.len().min(STEM.1) {
        if let Some(classes) = folded.get(..length).and_then(|stem| lexicon.stems.get(stem)) {
            all.classes |= classes;
        }
    }
    all
}

/// The longest phrase that begins with a word: how many words follow it, and what they say together. `follows(n, word)`
/// tells whether the n-th word after it is this one.
pub(super) fn phrase(first: &str, meaning: Meaning, follows: impl Fn(usize, &str) -> bool) -> Option<(usize, Meaning)> {
    if !meaning.begins {
        return None;
    }
    let phrases = LEXICON.phrases.get(first)?;
    let found = phrases.iter().find(|(others, _)| others.iter().enumerate().all(|(n, word)| follows(n + 1, word)))?;
    Some((found.0.len(), found.1))
}

/// The length in bytes of the longest entry at the beginning of a run without spaces.
pub(super) fn entry(run: &str) -> Option<usize> {
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).take(LONGEST).collect::<Vec<_>>();
    ends.into_iter().rev().find(|end| run.get(..*end).is_some_and(|part| LEXICON.words.contains_key(part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_well_formed() {
        for (language, list) in LISTS {
            for line in list.lines().filter(|line| !line.starts_with('#')) {
                let mut entries = line.split_whitespace();
                let class = entries.next().unwrap_or_default();
                assert!(meaning(class).is_some(), "{language}: class {class:?}");
                for entry in entries {
                    let lower = entry.to_lowercase();
                    assert_eq!(entry, lower, "{language}: capitals");
                    if let Some(stem) = entry.strip_suffix('*') {
                        assert_eq!(stem, fold::folded(stem.chars()), "{language}: stems are written folded");
                        assert!((STEM.0..=STEM.1).contains(&stem.len()), "{language}: {stem} is too short or long");
                    }
                    let ideographs = entry.chars().filter(|c| ('\u{2e80}'..='\u{9fff}').contains(c)).count();
                    assert!(ideographs <= LONGEST, "{language}: {entry} is too long");
                    assert!(entry.split('_').all(|part| !part.is_empty()), "{language}: {entry}");
                }
            }
        }
        let distinct: u64 = CLASSES.iter().map(|(_, class)| bit(*class)).fold(0, |all, one| all | one);
        assert_eq!(distinct.count_ones() as usize, CLASSES.len());
    }

    #[test]
    fn words_stems_phrases_and_values_are_told() {
        let plain = |word: &str| look_up(word, None);
        assert!(plain("code").is(Class::Code) && !plain("code").is(Class::Label));
        assert!(plain("sharing").is(Class::Sharing));
        assert_eq!((plain("minutos").unit, plain("cinco").digit, plain("diez").number), (Some(60), Some(5), Some(10)));
        assert!(look_up("la", Some("là")).is(Class::Copula) && !plain("la").is(Class::Copula));
        let found = phrase("log", plain("log"), |n, word| n == 1 && word == "in");
        assert!(found.is_some_and(|(words, meaning)| words == 1 && meaning.is(Class::Action)));
        assert_eq!(entry("验证码是"), Some("验证码".len()));
    }
}
