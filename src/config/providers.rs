//! What is known of phone services (`assets/providers.toml`): recognised by the domain of an address, or picked by the person.
//! Data alone is added there. It must never replace what the person entered, nor what DNS says.
use crate::domain::account::{AccountConfig, AccountKind, Encryption, SipTransport, Way};
use serde::Deserialize;
use std::sync::LazyLock;

static FILE: &str = include_str!("../../assets/providers.toml");

static ALL: LazyLock<Vec<Provider>> = LazyLock::new(|| match parse(FILE) {
    Ok(providers) => providers,
    // a test reads the same file
    Err(error) => {
        tracing::error!(%error, "the file of providers");
        Vec::new()
    }
});

/// One phone service.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its short name.
    pub id: String,
    /// As it calls itself.
    pub name: String,
    /// Domains of its addresses; `*.example.org` is every name below that one.
    pub domains: Vec<String>,
    /// `HOST` or `HOST:PORT`, where it is not the address's own domain.
    server: Option<String>,
    transport: Option<SipTransport>,
    expires: Option<u32>,
    voicemail: Option<String>,
    country: Option<String>,
    encryption: Option<Encryption>,
    /// The page where all this was read.
    pub source: String,
    note: Note,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    en: String,
    es: String,
}

#[derive(Deserialize)]
struct File {
    provider: Vec<Provider>,
}

fn parse(text: &str) -> Result<Vec<Provider>, toml::de::Error> {
    toml::from_str(text).map(|File { provider }| provider)
}

impl Provider {
    /// All that are known, in the order of the file.
    pub fn all() -> &'static [Self] {
        &ALL
    }

    /// The one of this short name.
    pub fn named(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|provider| provider.id == id)
    }

    /// The one whose addresses have this domain.
    pub fn of_domain(domain: &str) -> Option<&'static Self> {
        let domain = domain.trim_end_matches('.').to_ascii_lowercase();
        ALL.iter().find(|provider| {
            provider.domains.iter().any(|known| match known.strip_prefix('*') {
                Some(end) => domain.strip_suffix(end).is_some_and(|start| !start.is_empty()),
                None => *known == domain,
            })
        })
    }

    /// The domain of all its addresses, where it has but one.
    pub fn only_domain(&self) -> Option<&str> {
        match self.domains.as_slice() {
            [only] if !only.starts_with('*') => Some(only),
            _ => None,
        }
    }

    /// What a person who sets up an account should know, in this language (`en`, `es`).
    pub fn note(&self, language: &str) -> &str {
        if language == "es" { &self.note.es } else { &self.note.en }
    }

    /// Fills in what the person left open.
    pub fn apply(&self, config: &mut AccountConfig) {
        let AccountKind::Sip { .. } = config.kind else { return };
        if self.server.is_some() || self.transport.is_some() {
            config.calls.way = Some(Way { server: self.server.clone(), transport: self.transport });
        }
        config.calls.expires = config.calls.expires.or(self.expires);
        config.encryption = config.encryption.or(self.encryption);
        if config.rules.country.is_none() {
            config.rules.country.clone_from(&self.country);
        }
        if config.rules.voicemail.is_none() {
            config.rules.voicemail.clone_from(&self.voicemail);
        }
        config.calls.provider = Some(self.id.clone());
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_entry_is_whole_and_sound() {
        let all = parse(FILE).unwrap();
        assert!(!all.is_empty());
        let ids: BTreeSet<_> = all.iter().map(|provider| &provider.id).collect();
        assert_eq!(ids.len(), all.len(), "two of one id");
        let mut domains = BTreeSet::new();
        for provider in &all {
            let id = &provider.id;
            assert!(
                !id.is_empty() && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{id}"
            );
            assert!(!provider.name.trim().is_empty() && !provider.domains.is_empty(), "{id}");
            for domain in &provider.domains {
                let plain = domain.strip_prefix("*.").unwrap_or(domain);
                let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
                assert!(plain.contains('.') && plain.chars().all(sound), "{id}: {domain}");
                assert!(domains.insert(domain.clone()), "{domain} is claimed twice");
            }
            if let Some(server) = &provider.server {
                assert!(crate::net::host_port(server).is_some(), "{id}: {server}");
            }
            assert!(provider.expires.is_none_or(|seconds| (60..=86_400).contains(&seconds)), "{id}");
            let digits = |text: &String| text.bytes().all(|b| b.is_ascii_digit());
            assert!(provider.country.as_ref().is_none_or(|code| digits(code) && code.len() <= 3), "{id}");
            assert!(provider.source.starts_with("https://"), "{id}: where was it read?");
            for note in [&provider.note.en, &provider.note.es] {
                assert!(note.ends_with('.') && note.len() < 260 && !note.contains('\n'), "{id}: {note}");
            }
            assert_ne!(provider.note.en, provider.note.es, "{id}");
        }
    }

    #[test]
    fn recognised_by_the_domain() {
        let of = |domain| Provider::of_domain(domain).map(|provider| provider.id.as_str());
        assert_eq!(of("sip.linphone.org"), Some("linphone"));
        assert_eq!(of("SIP5.ovh.fr."), Some("ovh"));
        assert_eq!(of("me.sip.twilio.com"), Some("twilio"));
        for stranger in ["ovh.fr", ".ovh.fr", "notovh.fr", "linphone.org", "sip.linphone.org.example.net", ""] {
            assert_eq!(of(stranger), None, "{stranger}");
        }
        assert_eq!(Provider::named("linphone").and_then(Provider::only_domain), Some("sip.linphone.org"));
        assert_eq!(Provider::named("telnyx").and_then(Provider::only_domain), None);
    }

    #[test]
    fn what_the_person_entered_stays() {
        let text = "[[provider]]\nid = \"x\"\nname = \"X\"\ndomains = [\"x.test\"]\nserver = \"pbx.x.test:5080\"\n\
                    transport = \"tcp\"\nexpires = 300\ncountry = \"34\"\nvoicemail = \"123\"\nencryption = \"off\"\nsource = \"https://x.test\"\n\
                    [provider.note]\nen = \"A.\"\nes = \"B.\"\n";
        let provider = parse(text).unwrap().remove(0);
        let kind = AccountKind::Sip { transport: Some(SipTransport::Tls), auth_user: None };
        let blank = AccountConfig { server: Some("mine.x.test".into()), ..AccountConfig::new(kind, "al@x.test") };
        let mut filled = blank.clone();
        provider.apply(&mut filled);
        assert_eq!((filled.server.as_deref(), &filled.kind), (Some("mine.x.test"), &blank.kind), "asked first");
        let way = Way { server: Some("pbx.x.test:5080".into()), transport: Some(SipTransport::Tcp) };
        assert_eq!((filled.calls.way.as_ref(), filled.calls.expires), (Some(&way), Some(300)));
        assert_eq!((filled.rules.country.as_deref(), filled.encryption), (Some("34"), Some(Encryption::Off)));
        assert_eq!(filled.rules.voicemail.as_deref(), Some("123"));
        let mut own = blank.clone();
        own.rules.voicemail = Some("9".into());
        own.calls.expires = Some(60);
        own.rules.country = Some("1".into());
        own.encryption = Some(Encryption::Required);
        provider.apply(&mut own);
        assert_eq!((own.calls.expires, own.rules.country.as_deref()), (Some(60), Some("1")));
        assert_eq!((own.encryption, own.rules.voicemail.as_deref()), (Some(Encryption::Required), Some("9")));
        let mut chat = AccountConfig { kind: AccountKind::Xmpp { tls: None }, ..blank };
        let before = chat.clone();
        provider.apply(&mut chat);
        assert_eq!(chat, before, "it is about SIP");
    }
}
