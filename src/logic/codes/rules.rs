//! What makes a number something else than a code: the label before it (order, card, calle), the unit or currency
//! beside it, the call to write to it. Each rule only rejects.
use super::{
    candidates::Candidate,
    keywords::{Keyword, Strength},
    lexicon::Class,
    text::{Form, Text, Word},
};

const MONEY: [char; 9] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₱', '¢'];

/// A shop's message: without a word of proof no code in it is to be typed but at a till.
pub(super) fn is_advertising(text: &Text, keywords: &[Keyword]) -> bool {
    let proof = keywords.iter().any(|keyword| keyword.strength != Strength::Code && !keyword.warning);
    !proof && (text.chars.contains(&'%') || text.words.iter().any(|word| word.is(Class::Discount)))
}

/// Whether the candidate is something else by what stands around it.
pub(super) fn is_other(text: &Text, candidate: &Candidate, keywords: &[Keyword], sender: &str) -> bool {
    is_sender(candidate, sender)
        || has_sign(text, candidate)
        || is_counted(text, candidate)
        || is_address(text, candidate)
        || is_time(text, candidate)
        || is_labelled(text, candidate, keywords)
        || is_slogan(candidate)
            && !keywords.iter().any(|keyword| keyword.strength == Strength::Proof && !keyword.warning)
}

/// The sender's own number, as in "text STOP to 12345".
fn is_sender(candidate: &Candidate, sender: &str) -> bool {
    let digits = || sender.chars().filter(char::is_ascii_digit);
    digits().count() >= 4 && digits().eq(candidate.value.chars())
}

/// Signs of money, telephones and hidden digits.
fn has_sign(text: &Text, candidate: &Candidate) -> bool {
    let before = text.before(candidate.first);
    let after = text.after(candidate.last);
    let near = before.iter().rev().find(|c| !c.is_whitespace());
    let next = after.iter().find(|c| !c.is_whitespace());
    let stars = before.iter().rev().take_while(|c| matches!(c, '*' | '•' | '·' | '●')).count();
    let bold = after.first() == Some(&'*') && stars == 1;
    near.is_some_and(|c| MONEY.contains(c))
        || before.last() == Some(&'+')
        || before.ends_with(&['.', '.', '.'])
        || before.last() == Some(&'…')
        || stars > 0 && !bold
        || next.is_some_and(|c| MONEY.contains(c) || matches!(c, '%' | '°'))
}

/// A unit, currency or street after it, or "ten thousand of them".
fn is_counted(text: &Text, candidate: &Candidate) -> bool {
    let sentence = |index: usize| text.words.get(index).map(|word| word.sentence);
    let next = candidate.last + 1;
    if sentence(next) != sentence(candidate.last) || text.after(candidate.last).iter().any(|c| !matches!(c, ' ' | '-'))
    {
        return false;
    }
    let Some(word) = text.words.get(next) else { return false };
    // "482913 S" is no number of seconds; "1440 minutes" is one of minutes
    word.is(Class::Counted) || word.fold.len() > 1 && word.meaning.unit.is_some()
}

/// "1204 rue", "4410 Lake St": up to three names and a word for a street.
fn is_address(text: &Text, candidate: &Candidate) -> bool {
    let name = |word: &Word| text.written(word).next().is_some_and(char::is_uppercase);
    let spaced = |at: usize| text.before(at).iter().all(|c| *c == ' ');
    if text.is(candidate.last + 1, Class::Street) && text.after(candidate.last) == [' '] {
        return true;
    }
    let following = text.words.iter().enumerate().skip(candidate.last + 1).take(4);
    let mut names = following.take_while(|(at, word)| spaced(*at) && name(word));
    names.any(|(_, word)| word.is(Class::Street))
}

/// "at 1830", "a las 1600": a time of day without its colon.
fn is_time(text: &Text, candidate: &Candidate) -> bool {
    let clock = candidate.value.len() == 4
        && matches!((candidate.value.get(..2), candidate.value.get(2..)), (Some(hour), Some(minute)) if hour < "24" && minute < "60");
    clock && text.was(candidate.first, 1, Class::Clock)
}

/// A label before it, unless a keyword is nearer or is what the sentence speaks of.
fn is_labelled(text: &Text, candidate: &Candidate, keywords: &[Keyword]) -> bool {
    let start = if candidate.prefixed { candidate.first - 1 } else { candidate.first };
    let Some(sentence) = text.words.get(start).map(|word| word.sentence) else { return false };
    let announced = announced(text, start);
    let mut towards = false;
    for distance in 1..=5 {
        let Some(at) = start.checked_sub(distance) else { return false };
        let Some(word) = text.words.get(at) else { return false };
        let fold = word.fold.as_str();
        // a line's end or a stop parts a number from its label, but for "No. 4821" and "Pedido:\n4821"
        if word.sentence != sentence && !(word.is(Class::Shortened) || text.after(at).contains(&':')) {
            return false;
        }
        if keywords
            .iter()
            .any(|keyword| (keyword.first..=keyword.last).contains(&at) && keyword.strength > Strength::Action)
        {
            return false;
        }
        // a comma ends what a label speaks of: "Dear customer, 482913 is…"
        if text.after(at).iter().any(|c| matches!(c, ',' | '，')) {
            return false;
        }
        // "give it to nobody who calls: 4821"
        let told_not = word.is(Class::Sending) && announced && is_forbidden(text, at);
        if word.is(Class::Sending) && !told_not || towards && word.is(Class::Writing) {
            return true;
        }
        towards |= matches!(fold, "to" | "al" | "a");
        if word.is(Class::Label) {
            // "the code for your account is 482913": the code is what is told
            let subject = keywords.iter().any(|k| {
                k.last < at
                    && k.strength > Strength::Action
                    && text.words.get(k.last).is_some_and(|w| w.sentence == sentence)
            });
            return !(announced && subject);
        }
        // "Reply STOP to 12345": a shouted word is part of the instruction
        if !(word.is(Class::Filler) || word.form == Form::Capitals) {
            return false;
        }
    }
    false
}

/// Whether what stands at `at` belongs to "do not give…", "never tell…".
fn is_forbidden(text: &Text, at: usize) -> bool {
    let Some(sentence) = text.words.get(at).map(|word| word.sentence) else { return false };
    let mut before = text.words.iter().take(at).skip_while(|word| word.sentence != sentence);
    before.any(|word| word.is(Class::Never) || word.is(Class::Not)) && before.any(|word| word.is(Class::Sharing))
}

/// "TACO5", "SAVE20": a word with a number behind it, as shops make them up.
fn is_slogan(candidate: &Candidate) -> bool {
    let letters = candidate.value.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = candidate.value.get(letters..).unwrap_or_default();
    letters >= 3 && !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
}

/// "…: 482913" or "… is 482913".
pub(super) fn announced(text: &Text, start: usize) -> bool {
    let before = text.before(start);
    before.iter().any(|c| matches!(c, ':' | '=' | '\n' | '→' | '>')) || text.was(start, 1, Class::Copula)
}
