//! A text as words with places: digits of every script mapped, words looked up, phrases joined, links marked, sentences
//! numbered. Length-capped, so that everything built on it takes bounded time. Judges nothing.
use super::{
    fold::{folded, mapped},
    lexicon::{self, Class, Meaning},
};

/// Characters looked at; ten joined SMS parts hold fewer.
pub(super) const LIMIT: usize = 4096;

/// Shortened with a stop before a name, which ends no sentence.
const TITLES: [&str; 14] =
    ["dr", "dra", "mr", "mrs", "ms", "sr", "sra", "srta", "mme", "hr", "sig", "st", "prof", "dott"];

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// ASCII digits alone.
    Digits,
    /// A-Z and digits, at least one of each.
    Mixed,
    /// A-Z alone.
    Capitals,
    /// a-z, A-Z and digits, with small letters and at least two digits.
    Loose,
    /// Anything else.
    Word,
}

/// A run of letters and digits of one script family, or a phrase.
#[derive(Debug, Clone)]
pub(super) struct Word {
    /// First character, as an index of [`Text::chars`].
    pub start: usize,
    /// One past the last.
    pub end: usize,
    /// Lower case without accents.
    pub fold: String,
    /// What it is made of.
    pub form: Form,
    /// Which sentence or line it stands in.
    pub sentence: usize,
    /// Part of a link or an e-mail address.
    pub link: bool,
    /// What the lists know of it.
    pub meaning: Meaning,
}

impl Word {
    /// Length in characters.
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether the lists know it as this.
    pub fn is(&self, class: Class) -> bool {
        self.meaning.is(class)
    }

    /// One digit, written or as it is read aloud.
    pub fn digit(&self) -> Option<char> {
        if self.form == Form::Digits && self.len() == 1 {
            return self.fold.chars().next();
        }
        self.meaning.digit.and_then(|digit| char::from_digit(digit.into(), 10))
    }
}

/// A normalised text.
#[derive(Debug)]
pub(super) struct Text {
    /// Characters after mapping.
    pub chars: Vec<char>,
    /// Words in order.
    pub words: Vec<Word>,
}

impl Text {
    /// Reads at most [`LIMIT`] characters.
    pub fn read(body: &str) -> Self {
        let chars: Vec<char> = body.chars().take(LIMIT).filter_map(mapped).collect();
        let mut links = links(&chars).into_iter().peekable();
        let mut words: Vec<Word> = Vec::new();
        let mut sentence = 0;
        let mut at = 0;
        while let Some(c) = chars.get(at) {
            let Some(family) = Family::of(*c) else {
                if ends_sentence(&chars, at) {
                    sentence += 1;
                }
                at += 1;
                continue;
            };
            let start = at;
            while chars.get(at).is_some_and(|c| Family::of(*c) == Some(family)) {
                at += 1;
            }
            while links.next_if(|(_, to)| *to <= start).is_some() {}
            let link = links.peek().is_some_and(|(from, _)| *from <= start);
            let run = chars.get(start..at).unwrap_or_default();
            if family == Family::Ideographs {
                words.extend(cut(run, start, sentence, link));
                continue;
            }
            let (fold, form) = (folded(run.iter().copied()), form(run));
            let meaning = match form {
                Form::Digits => Meaning::default(),
                _ if link => Meaning::default(),
                _ => meaning(&fold, run),
            };
            words.push(Word { start, end: at, fold, form, sentence, link, meaning });
        }
        let words = join_phrases(&chars, words);
        Self { chars, words }
    }

    /// The characters between the word `index` and the next; to the end for the last.
    pub fn after(&self, index: usize) -> &[char] {
        let Some(word) = self.words.get(index) else { return &[] };
        let next = self.words.get(index + 1).map_or(self.chars.len(), |next| next.start);
        self.chars.get(word.end..next).unwrap_or_default()
    }

    /// The characters between the word before `index` and it; from the beginning for the first.
    pub fn before(&self, index: usize) -> &[char] {
        match index.checked_sub(1) {
            Some(previous) => self.after(previous),
            None => self.words.first().and_then(|word| self.chars.get(..word.start)).unwrap_or_default(),
        }
    }

    /// The folded word at `index`; empty outside the text.
    pub fn fold(&self, index: usize) -> &str {
        self.words.get(index).map_or("", |word| word.fold.as_str())
    }

    /// Whether the word at `index` is of a class; false outside the text.
    pub fn is(&self, index: usize, class: Class) -> bool {
        self.words.get(index).is_some_and(|word| word.is(class))
    }

    /// Whether the word `distance` before `index` is of a class.
    pub fn was(&self, index: usize, distance: usize, class: Class) -> bool {
        index.checked_sub(distance).is_some_and(|index| self.is(index, class))
    }

    /// A word's characters as they were written.
    pub fn written(&self, word: &Word) -> impl Iterator<Item = char> + '_ {
        self.chars.get(word.start..word.end).unwrap_or_default().iter().copied()
    }
}

/// Scripts that are never joined into one word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Latin,
    Ideographs,
    Other,
}

impl Family {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => Some(Self::Latin),
            // ideographs and kana stand without spaces: a run of them is searched inside
            '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' if c.is_alphanumeric() => {
                Some(Self::Ideographs)
            }
            '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' if c.is_alphabetic() => Some(Self::Latin),
            'º' | 'ª' => None,
            _ if c.is_alphanumeric() => Some(Self::Other),
            _ => None,
        }
    }
}

/// A run without spaces, cut into what the lists know and what lies between.
fn cut(run: &[char], start: usize, sentence: usize, link: bool) -> Vec<Word> {
    let text: String = run.iter().collect();
    let mut words: Vec<Word> = Vec::new();
    let (mut rest, mut at) = (text.as_str(), start);
    let mut unknown = false;
    while let Some(first) = rest.chars().next() {
        let known = lexicon::entry(rest);
        let (part, after) = rest.split_at_checked(known.unwrap_or(first.len_utf8())).unwrap_or((rest, ""));
        let end = at + part.chars().count();
        match words.last_mut().filter(|_| unknown && known.is_none()) {
            Some(last) => {
                last.fold.push_str(part);
                last.end = end;
            }
            None => {
                let meaning = if link { Meaning::default() } else { lexicon::look_up(part, None) };
                words.push(Word { start: at, end, fold: part.to_owned(), form: Form::Word, sentence, link, meaning });
            }
        }
        unknown = known.is_none();
        (rest, at) = (after, end);
    }
    words
}

/// What the lists say of a word, with and without its accents.
fn meaning(fold: &str, run: &[char]) -> Meaning {
    if run.iter().all(char::is_ascii) {
        return lexicon::look_up(fold, None);
    }
    let written: String = run.iter().flat_map(|c| c.to_lowercase()).collect();
    lexicon::look_up(fold, Some(&written))
}

/// Makes one word of the words of a phrase: "one-time password", "mot de passe".
fn join_phrases(chars: &[char], words: Vec<Word>) -> Vec<Word> {
    if !words.iter().any(|word| word.meaning.may_begin()) {
        return words;
    }
    let mut joined: Vec<Word> = Vec::with_capacity(words.len());
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let near = |index: usize| {
            let (Some(before), Some(word)) = (words.get(index - 1), words.get(index)) else { return false };
            matches!(chars.get(before.end..word.start), Some([] | [' ' | '-' | '\'']))
        };
        let follows = |n: usize, other: &str| {
            near(at + n) && words.get(at + n).is_some_and(|word| word.fold == other && !word.link)
        };
        let Some((more, meaning)) = lexicon::phrase(&word.fold, word.meaning, follows) else {
            at += 1;
            joined.extend(words.get(at - 1).cloned());
            continue;
        };
        let parts = words.get(at..=at + more).unwrap_or_default();
        let fold = parts.iter().map(|part| part.fold.as_str()).collect::<Vec<_>>().join(" ");
        let end = parts.last().map_or(word.end, |last| last.end);
        joined.push(Word {
            start: word.start,
            end,
            fold,
            form: Form::Word,
            sentence: word.sentence,
            link: false,
            meaning,
        });
        at += more + 1;
    }
    joined
}

fn form(run: &[char]) -> Form {
    let digits = run.iter().filter(|c| c.is_ascii_digit()).count();
    let led = run.iter().take_while(|c| c.is_ascii_digit()).count();
    let capitals = run.iter().filter(|c| c.is_ascii_uppercase()).count();
    match () {
        () if digits == run.len() => Form::Digits,
        () if capitals == run.len() => Form::Capitals,
        () if digits + capitals == run.len() => Form::Mixed,
        // "30min" is no such word
        () if digits >= 2 && led < digits && run.iter().all(char::is_ascii_alphanumeric) => Form::Loose,
        () => Form::Word,
    }
}

/// A line's end, or a stop followed by space: `acme.com` and `12.50` hold none, nor does "Dr. Osei".
fn ends_sentence(chars: &[char], at: usize) -> bool {
    let spaced = || chars.get(at + 1).is_none_or(|next| next.is_whitespace());
    match chars.get(at) {
        Some('\n' | '。' | '！' | '？') => true,
        Some('!' | '?' | ';') => spaced(),
        Some('.') => {
            let word = || chars.get(..at).unwrap_or_default().iter().rev().take_while(|c| c.is_alphabetic());
            let titled = |title: &&str| word().map(char::to_ascii_lowercase).eq(title.chars().rev());
            spaced() && !(word().count() <= 4 && TITLES.iter().any(titled))
        }
        _ => false,
    }
}

/// Places of links and e-mail addresses: pieces without space that hold `://`, `@` or `host.tld`.
fn links(chars: &[char]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    for piece in chars.split(|c| c.is_whitespace()) {
        if is_link(piece) {
            found.push((from, from + piece.len()));
        }
        from += piece.len() + 1;
    }
    found
}

fn is_link(piece: &[char]) -> bool {
    let has = |what: &[char]| piece.windows(what.len()).any(|window| window == what);
    // letters, a dot, two letters or more, then a slash or the end: `acme.com/482913`, not `code.482913`
    let domain = || {
        let host = piece.split(|c| *c == '/').next().unwrap_or_default();
        let (slash, mut labels) = (host.len() < piece.len(), host.rsplit(|c| *c == '.'));
        let top = labels.next().unwrap_or_default();
        let name = labels.next().unwrap_or_default();
        slash
            && top.len() >= 2
            && top.iter().all(char::is_ascii_alphabetic)
            && name.iter().any(char::is_ascii_alphanumeric)
    };
    has(&[':', '/', '/']) || has(&['w', 'w', 'w', '.']) || has(&['@']) && has(&['.']) || domain()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(body: &str) -> Vec<String> {
        Text::read(body).words.into_iter().map(|word| word.fold).collect()
    }

    #[test]
    fn words_are_folded_and_digits_mapped() {
        assert_eq!(folds("Tu CÓDIGO: ١٢٣٤ ۵۶"), ["tu", "codigo", "1234", "56"]);
        // a decomposed accent, a soft hyphen and a byte order mark
        assert_eq!(folds("\u{feff}co\u{301}di\u{ad}go"), ["codigo"]);
        assert_eq!(folds("您的验证码123456是"), ["您的", "验证码", "123456", "是"]);
        assert_eq!(folds("to log-in: one-time password"), ["to", "log in", "one time password"]);
    }

    #[test]
    fn sentences_and_links_are_told() {
        let text = Text::read("Go to acme.com/482913 now. Code 12.50\nme@x.org");
        let seen: Vec<_> = text.words.iter().map(|word| (word.fold.as_str(), word.sentence, word.link)).collect();
        let link = ("482913", 0, true);
        assert!(seen.contains(&link) && seen.contains(&("code", 1, false)), "{seen:?}");
        assert_eq!(Text::read("For Dr. Osei. Now").words.last().map(|word| word.sentence), Some(1));
        assert!(seen.contains(&("50", 1, false)) && seen.contains(&("org", 2, true)), "{seen:?}");
    }

    #[test]
    fn forms_are_told() {
        let forms = |body| Text::read(body).words.iter().map(|word| word.form).collect::<Vec<_>>();
        assert_eq!(
            forms("123 A1B2 ABC Abc 12h a1b2c3"),
            [Form::Digits, Form::Mixed, Form::Capitals, Form::Word, Form::Word, Form::Loose]
        );
    }
}
