//! Looks a key up in the chosen language. The catalogues are compiled in: no file can be missing at run time.
use super::Language;
use crate::domain::quality::Verdict;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use std::{fmt, sync::Arc};

const EN: &str = include_str!("../../assets/words/en.ftl");
const ES: &str = include_str!("../../assets/words/es.ftl");

/// Something put into a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text as it stands.
    Text(&'a str),
    /// A number: it chooses the plural.
    Number(i64),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Value<'_> {
    fn from(number: u32) -> Self {
        Self::Number(number.into())
    }
}

/// The words of one language. Cheap to clone, and shared between threads.
#[derive(Clone)]
pub struct Words {
    language: Language,
    bundle: Arc<FluentBundle<FluentResource>>,
}

impl Words {
    /// The words of a language.
    pub fn new(language: Language) -> Self {
        let source = match language {
            Language::En => EN,
            Language::Es => ES,
        };
        // a bad entry is skipped and the rest still reads; `tests/words.rs` refuses bad entries
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
        let mut bundle = FluentBundle::new_concurrent(vec![match language {
            Language::En => unic_langid::langid!("en"),
            Language::Es => unic_langid::langid!("es"),
        }]);
        // the isolation marks are invisible only in fonts that have them
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        Self { language, bundle: Arc::new(bundle) }
    }

    /// Which language these are.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence of a key; the key itself where there is none.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// What is worth saying of a call's sound.
    pub fn verdict(&self, verdict: Verdict) -> String {
        let part = verdict.part().map(|part| self.text(part.key())).unwrap_or_default();
        self.with(verdict.key(), &[("part", Value::Text(&part))])
    }

    /// The sentence of a key with its variables filled in.
    pub fn with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let arguments: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| {
                let value = match value {
                    Value::Text(text) => FluentValue::from(*text),
                    Value::Number(number) => FluentValue::from(*number),
                };
                (*name, value)
            })
            .collect();
        self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned()
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Words").field(&self.language).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{account::Problem, quality::Part};

    #[test]
    fn words_are_filled_in_and_counted() {
        let en = Words::new(Language::En);
        let es = Words::new(Language::Es);
        assert_eq!(en.with("ago-minutes", &[("count", 1u32.into())]), "1 minute ago");
        assert_eq!(en.with("ago-minutes", &[("count", 5u32.into())]), "5 minutes ago");
        assert_eq!(es.with("ago-minutes", &[("count", 5u32.into())]), "hace 5 minutos");
        assert_eq!(en.with("code-site", &[("site", "example.com".into())]), "For example.com only");
        assert_eq!(en.text("no-such-key"), "no-such-key");
        let verdict = Verdict::TheyMiss { part: Part::Tenth };
        assert_eq!(en.verdict(verdict), "They hear you badly: a tenth of what you say is lost on the way.");
        assert_eq!(es.verdict(verdict), "Te oyen mal: una décima parte de lo que dices se pierde en el camino.");
        assert_eq!(en.verdict(Verdict::Good), "The line is good.");
    }

    #[test]
    fn why_an_account_cannot_be_used_is_said_plainly_and_each_cause_in_its_own_way() {
        for language in Language::ALL {
            let words = Words::new(language);
            let told: Vec<_> = Problem::ALL.iter().map(|problem| words.text(problem.key())).collect();
            for (problem, sentence) in Problem::ALL.iter().zip(&told) {
                assert!(sentence.ends_with('.') && !sentence.starts_with("problem-"), "{problem:?}: {sentence}");
                assert!(sentence.len() < 160 && !sentence.contains("SIP") && !sentence.contains('$'), "{sentence}");
            }
            let different: std::collections::BTreeSet<_> = told.iter().collect();
            assert_eq!(different.len(), Problem::ALL.len(), "{told:#?}");
        }
    }

    #[test]
    fn words_travel_between_threads() {
        fn sendable<T: Send + Sync + Clone>(_: &T) {}
        sendable(&Words::new(Language::Es));
    }
}
