//! Who lives in the demo exchange and what they write: a friend who answers, an SMS gateway, senders of codes.
//! Pure: the exchange sends what is returned here. It must not touch a socket or a clock.
use crate::{
    domain::private::Private,
    words::{Value, Words},
};

/// The number that echoes.
pub(super) const ECHO: &str = "600";
/// The number that reads the newest code aloud.
pub(super) const VOICE: &str = "601";
/// The friend's user name.
pub(super) const FRIEND: &str = "ana";

/// A text of the demo's people to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    /// User part of the sender: a name, a short code or a number.
    pub(super) from: String,
    /// The name that comes with it.
    pub(super) name: Option<Private<String>>,
    /// What it says.
    pub(super) body: Private<String>,
}

/// See the head of this file.
#[derive(Debug)]
pub(super) struct People {
    words: Words,
    answers: usize,
    codes: usize,
    newest: Private<String>,
}

/// What the friend says, one after the other.
const ANSWERS: [&str; 4] =
    ["demo-friend-answer-1", "demo-friend-answer-2", "demo-friend-answer-3", "demo-friend-answer-4"];
/// Senders of codes (short codes are not dialled), what they write, and the site their code is bound to.
const SENDERS: [(&str, &str, Option<&str>); 3] = [
    ("33733", "demo-code-bank", None),
    ("50505", "demo-code-office", None),
    ("72468", "demo-code-shop", Some("shop.example")),
];

impl People {
    /// People who speak this language.
    pub(super) fn new(words: Words) -> Self {
        Self { words, answers: 0, codes: 0, newest: Private::default() }
    }

    /// What the friend writes first.
    pub(super) fn hello(&self) -> Text {
        self.friend("demo-friend-hello")
    }

    /// What the friend writes after a call.
    pub(super) fn missed_call(&self) -> Text {
        self.friend("demo-friend-busy")
    }

    fn friend(&self, key: &str) -> Text {
        let name = Some(Private::new(self.words.text("demo-friend-name")));
        Text { from: FRIEND.to_owned(), name, body: Private::new(self.words.text(key)) }
    }

    /// A verification code from the next sender. `chance` is fresh randomness.
    pub(super) fn code(&mut self, chance: u32) -> Text {
        let (from, key, site) =
            SENDERS.get(self.codes % SENDERS.len()).copied().unwrap_or(("33733", "demo-code-bank", None));
        self.codes += 1;
        let code = format!("{:06}", chance % 1_000_000);
        let mut body = self.words.with(key, &[("code", Value::Text(&code))]);
        if let Some(site) = site {
            body.push_str(&format!("\n\n@{site} #{code}"));
        }
        self.newest = Private::new(code);
        Text { from: from.to_owned(), name: None, body: Private::new(body) }
    }

    /// The code sent last: digits to be read aloud.
    pub(super) const fn newest_code(&self) -> &Private<String> {
        &self.newest
    }

    /// The answer to a text of the person's to `user`; to a short code it is a new code.
    pub(super) fn answer(&mut self, user: &str, body: &str, chance: u32) -> Text {
        if user == FRIEND {
            let key = ANSWERS.get(self.answers % ANSWERS.len()).copied().unwrap_or("demo-friend-hello");
            self.answers += 1;
            return self.friend(key);
        }
        if SENDERS.iter().any(|(sender, ..)| *sender == user) {
            return self.code(chance);
        }
        let count = i64::try_from(body.chars().count()).unwrap_or(i64::MAX);
        let values = [("number", Value::Text(user)), ("count", Value::Number(count))];
        Text { from: user.to_owned(), name: None, body: Private::new(self.words.with("demo-gateway-answer", &values)) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::Language;

    #[test]
    fn the_friend_and_the_gateway_answer_in_both_languages() {
        for language in [Language::En, Language::Es] {
            let words = Words::new(language);
            let mut people = People::new(words.clone());
            assert_eq!(people.hello().from, FRIEND);
            let said: Vec<_> = (0..4).map(|_| people.answer(FRIEND, "hola", 1).body).collect();
            let different: std::collections::HashSet<_> = said.iter().collect();
            assert_eq!(different.len(), said.len(), "{language:?}");
            let answer = people.answer("+15551234567", "¡Hola!", 1);
            assert_eq!(answer.from, "+15551234567");
            assert!(answer.body.expose().contains("+15551234567") && answer.body.expose().contains('6'));
            assert_eq!(*people.missed_call().body.expose(), words.text("demo-friend-busy"));
        }
    }

    #[test]
    fn a_short_code_that_is_written_to_sends_a_new_code() {
        let mut people = People::new(Words::new(Language::En));
        let first = people.code(482_913);
        assert!(first.body.expose().contains("482913"));
        let second = people.answer(&first.from, "again", 7);
        assert!(second.body.expose().contains("000007"));
        assert_eq!(people.newest_code().expose(), "000007");
    }
}
