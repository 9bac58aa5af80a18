//! Texts that ask to hand a code on: "send me the code", "responde con el código". Nobody honest does that. A text that
//! tells to keep the code, or that offers to send one, asks nothing.
use super::{
    keywords::{Keyword, Strength, keywords},
    lexicon::Class,
    text::{Form, Text, Word},
};

/// Farthest "me" stands from "send", and a code from "reply with", in words.
const NEAR: usize = 5;

/// Whether a text asks for a code, its own or one that came in another text.
pub fn asks_for_code(body: &str) -> bool {
    let text = Text::read(body);
    let keywords = keywords(&text);
    (0..text.words.len()).any(|at| asks(&text, &keywords, at))
}

/// Whether the word at `at` is where it is asked.
fn asks(text: &Text, keywords: &[Keyword], at: usize) -> bool {
    let Some(word) = text.words.get(at) else { return false };
    if !(word.is(Class::Asking) || word.is(Class::Handing)) || is_ours(text, at) {
        return false;
    }
    // "reply CODE to get one": a shouted word is what to write
    let shouts = |word: &Word| word.form == Form::Capitals && word.len() > 1;
    if !shouts(word) && text.words.get(at + 1).is_some_and(shouts) {
        return false;
    }
    let in_sentence = |other: &&Word| other.sentence == word.sentence;
    let following = || text.words.iter().skip(at + 1).take(NEAR).take_while(in_sentence);
    let told_not = text.words.iter().take(at).rev().take_while(in_sentence);
    if told_not.into_iter().any(|other| other.is(Class::Never) || other.is(Class::Not)) {
        return false;
    }
    // "me manda o código"
    let led = text.was(at, 1, Class::Me) && text.words.get(at - 1).is_some_and(|before| in_sentence(&before));
    let to_me = word.is(Class::Asking) && (word.is(Class::Me) || led || following().any(|other| other.is(Class::Me)));
    if to_me && speaks_of_code(text, keywords, word.sentence) {
        return true;
    }
    let a_code =
        |keyword: &Keyword| keyword.strength > Strength::Action && (at + 1..=at + NEAR).contains(&keyword.last);
    word.is(Class::Handing)
        && keywords
            .iter()
            .any(|keyword| a_code(keyword) && text.words.get(keyword.last).is_some_and(|w| in_sentence(&w)))
}

/// "We will send you a code".
fn is_ours(text: &Text, at: usize) -> bool {
    let sentence = text.words.get(at).map(|word| word.sentence);
    let before = |distance| at.checked_sub(distance).and_then(|index| text.words.get(index));
    before(1).is_some_and(|word| Some(word.sentence) == sentence && word.is(Class::Ours))
}

/// Whether this sentence or one beside it speaks of a code: "I sent a code to your phone by mistake. Send it to me".
fn speaks_of_code(text: &Text, keywords: &[Keyword], sentence: usize) -> bool {
    let beside = |word: &Word| word.sentence.abs_diff(sentence) <= 1;
    let code =
        |keyword: &Keyword| keyword.strength > Strength::Action && text.words.get(keyword.last).is_some_and(beside);
    keywords.iter().any(code) || text.words.iter().any(|word| word.is(Class::Digits) && word.sentence == sentence)
}

#[cfg(test)]
mod tests {
    use super::asks_for_code;

    #[test]
    fn asking_is_told_in_many_languages() {
        for body in [
            "Reply with the code you just received.",
            "hi, I sent my code to your phone by mistake. can you send it to me please?",
            "Your account is at risk! Forward the 6 digit code to this number",
            "REPLY WITH THE CODE 482913 TO KEEP YOUR ACCOUNT",
            "pls text me the 6 digits you got",
            "Hola, pásame el código que te llegó por favor",
            "Responda con el código de verificación para no perder su cuenta",
            "Soy del banco, envíeme la clave que recibió",
            "Salut, envoie-moi le code que tu as reçu",
            "Répondez avec le code de vérification",
            "me manda o código que chegou aí",
            "Responda com o código recebido",
            "Schick mir bitte den Code, den du bekommen hast",
            "Antworten Sie mit dem Code",
            "mandami il codice che ti è arrivato",
            "Rispondi con il codice ricevuto",
            "envia'm el codi que t'ha arribat",
            "voye kòd ou resevwa a ban mwen",
            "أرسل لي الرمز الذي وصلك",
            "请把收到的验证码发给我",
            "gửi cho mình mã xác thực vừa nhận nhé",
            "paki-send sa akin yung code na natanggap mo",
        ] {
            assert!(asks_for_code(body), "{body}");
        }
    }

    #[test]
    fn warnings_and_offers_ask_nothing() {
        for body in [
            "Your code is 482913. Never send this code to anyone.",
            "Your code is 482913. Reply STOP to end messages.",
            "To get a code, reply CODE to 48213.",
            "We will send you a code by text.",
            "We'll send the code to your phone in a minute",
            "Nobody from the bank will ask you to send us your code.",
            "Do not reply with your code.",
            "Send me the photos from Sunday",
            "Reply YES to confirm your appointment",
            "Tu código es 482913. No lo compartas con nadie ni nos lo envíes.",
            "Te enviamos un código al número terminado en 4821.",
            "Nadie del banco te pedirá que nos digas tu clave",
            "mándame las fotos",
            "Ne donnez jamais votre code, même à nous.",
            "Geben Sie die TAN niemals weiter.",
            "Tell the driver the PIN 3092",
            "请勿将验证码告诉我行工作人员",
        ] {
            assert!(!asks_for_code(body), "{body}");
        }
    }
}
