//! A text as words with places: digits of every script mapped, accents folded, links marked, sentences numbered.
//! Length-capped, so that everything built on it takes bounded time. Judges nothing.

/// Characters looked at; ten joined SMS parts hold fewer.
pub(super) const LIMIT: usize = 4096;

/// What a word is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// ASCII digits alone.
    Digits,
    /// A-Z and digits, at least one of each.
    Mixed,
    /// A-Z alone.
    Capitals,
    /// Anything else.
    Word,
}

/// A run of letters and digits of one script family.
#[derive(Debug)]
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
}

impl Word {
    /// Length in characters.
    pub fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Whether a folded word is in a list of words parted by spaces.
pub(super) fn among(list: &str, word: &str) -> bool {
    list.split(' ').any(|entry| entry == word)
}

/// Whether a folded word begins as one of the list does.
pub(super) fn begins(list: &str, word: &str) -> bool {
    list.split(' ').any(|stem| word.starts_with(stem))
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
        let links = links(&chars);
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
            let run = chars.get(start..at).unwrap_or_default();
            let link = links.iter().any(|(from, to)| (*from..*to).contains(&start));
            let fold = run.iter().map(|c| folded(*c)).collect();
            words.push(Word { start, end: at, fold, form: form(run), sentence, link });
        }
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

    /// The word `distance` before `index`.
    pub fn fold_before(&self, index: usize, distance: usize) -> &str {
        index.checked_sub(distance).map_or("", |index| self.fold(index))
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
            '\u{c0}'..='\u{24f}' if c.is_alphabetic() => Some(Self::Latin),
            _ if c.is_alphanumeric() => Some(Self::Other),
            _ => None,
        }
    }
}

fn form(run: &[char]) -> Form {
    let digits = run.iter().filter(|c| c.is_ascii_digit()).count();
    let capitals = run.iter().filter(|c| c.is_ascii_uppercase()).count();
    match () {
        () if digits == run.len() => Form::Digits,
        () if capitals == run.len() => Form::Capitals,
        () if digits + capitals == run.len() => Form::Mixed,
        () => Form::Word,
    }
}

/// One character made plain: digits of any common script, spaces, dashes; `None` for what is invisible.
pub(super) fn mapped(c: char) -> Option<char> {
    let digit = |zero: u32| char::from_digit((c as u32).wrapping_sub(zero), 10).or(Some(c));
    match c {
        '\u{660}'..='\u{669}' => digit(0x660),    // Arabic-Indic
        '\u{6f0}'..='\u{6f9}' => digit(0x6f0),    // Persian, Urdu
        '\u{966}'..='\u{96f}' => digit(0x966),    // Devanagari
        '\u{9e6}'..='\u{9ef}' => digit(0x9e6),    // Bengali
        '\u{ff10}'..='\u{ff19}' => digit(0xff10), // full width
        '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' | '\t' => Some(' '),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => Some('-'),
        '\u{ff1a}' => Some(':'),
        '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{300}'..='\u{36f}' => None,
        _ => Some(c),
    }
}

/// Lower case, and without the accents of the languages we know.
fn folded(c: char) -> char {
    let c = c.to_lowercase().next().unwrap_or(c);
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ñ' => 'n',
        'ç' => 'c',
        'ё' => 'е',
        c => c,
    }
}

/// A line's end, or a stop followed by space: `acme.com` and `12.50` hold none.
fn ends_sentence(chars: &[char], at: usize) -> bool {
    match chars.get(at) {
        Some('\n' | '。' | '！' | '？') => true,
        Some('.' | '!' | '?' | ';') => chars.get(at + 1).is_none_or(|next| next.is_whitespace()),
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
        assert_eq!(folds("验证码123456是"), ["验证码", "123456", "是"]);
    }

    #[test]
    fn sentences_and_links_are_told() {
        let text = Text::read("Go to acme.com/482913 now. Code 12.50\nme@x.org");
        let seen: Vec<_> = text.words.iter().map(|word| (word.fold.as_str(), word.sentence, word.link)).collect();
        let link = ("482913", 0, true);
        assert!(seen.contains(&link) && seen.contains(&("code", 1, false)), "{seen:?}");
        assert!(seen.contains(&("50", 1, false)) && seen.contains(&("org", 2, true)), "{seen:?}");
    }

    #[test]
    fn forms_are_told() {
        let forms = |body| Text::read(body).words.iter().map(|word| word.form).collect::<Vec<_>>();
        assert_eq!(forms("123 A1B2 ABC Abc 12h"), [Form::Digits, Form::Mixed, Form::Capitals, Form::Word, Form::Word]);
    }
}
