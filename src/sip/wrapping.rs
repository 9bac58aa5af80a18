//! Where wrapped texts are understood: there the other side tells of their delivery. Nobody is sent one who has not sent one,
//! and a domain that refuses them gets plain ones from then on.
use std::collections::BTreeMap;

/// Domains that are remembered; more than these are a flood.
const MOST: usize = 256;

/// What is known of domains.
#[derive(Debug, Default)]
pub(super) struct Wrappings {
    /// Whether they understand.
    known: BTreeMap<String, bool>,
}

impl Wrappings {
    /// Whether a text to this domain is wrapped.
    pub(super) fn suits(&self, domain: &str) -> bool {
        self.known.get(&domain.to_ascii_lowercase()) == Some(&true)
    }

    /// Somebody of this domain sent a wrapped text, and wished to be told of its delivery.
    pub(super) fn came(&mut self, domain: &str) {
        if self.known.len() < MOST {
            // what was refused once is not tried again
            self.known.entry(domain.to_ascii_lowercase()).or_insert(true);
        }
    }

    /// A wrapped text, or a notice, was refused for what it is.
    pub(super) fn refused(&mut self, domain: &str) {
        let domain = domain.to_ascii_lowercase();
        if self.known.len() < MOST || self.known.contains_key(&domain) {
            self.known.insert(domain, false);
        }
    }
}

/// Whether this status refuses the kind of a text.
pub(super) const fn is_refusal(code: u16) -> bool {
    matches!(code, 415 | 488 | 606)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_sends_them_gets_them_and_never_after_a_refusal() {
        let mut wrappings = Wrappings::default();
        assert!(!wrappings.suits("a.test"));
        wrappings.came("A.test");
        assert!(wrappings.suits("a.test") && !wrappings.suits("b.test"));
        wrappings.refused("a.test");
        wrappings.came("a.test");
        assert!(!wrappings.suits("a.test"));
        for number in 0..1000 {
            wrappings.came(&format!("{number}.test"));
        }
        assert_eq!(wrappings.known.len(), MOST);
    }
}
