//! Which language the person reads, by their choice or by the desktop's locale variables.
//! It knows the two languages that are complete, and falls back to English.

/// A language with complete words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

impl Language {
    /// All, in the order they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Es];

    /// The desktop's language: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is set and not empty (POSIX 8.2).
    pub fn from_env() -> Self {
        Self::from_locale(|name| std::env::var(name).ok())
    }

    /// As [`Language::from_env`], with the variables given.
    fn from_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        ["LC_ALL", "LC_MESSAGES", "LANG"]
            .into_iter()
            .find_map(|name| variable(name).filter(|value| !value.is_empty()))
            .and_then(|locale| Self::parse(&locale))
            .unwrap_or_default()
    }

    /// The ISO 639-1 code, as the configuration keeps it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Es => "es",
        }
    }

    /// The language's own name, the same in every language.
    pub const fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Es => "Español",
        }
    }

    /// Reads `es`, `es-MX` or `es_MX.UTF-8`; `None` for a language without words here.
    pub fn parse(tag: &str) -> Option<Self> {
        let code = tag.split(['_', '-', '.', '@']).next().unwrap_or(tag);
        Self::ALL.into_iter().find(|language| code.eq_ignore_ascii_case(language.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_variable_that_is_set_decides() {
        let locale = |all: &'static str, lang: &'static str| {
            Language::from_locale(move |name| match name {
                "LC_ALL" => Some(all.to_owned()),
                "LANG" => Some(lang.to_owned()),
                _ => None,
            })
        };
        assert_eq!(locale("", "es_MX.UTF-8"), Language::Es);
        assert_eq!(locale("C.UTF-8", "es_MX.UTF-8"), Language::En);
        assert_eq!(locale("es_419", "en_US.UTF-8"), Language::Es);
        assert_eq!(Language::parse("est"), None);
    }
}
