//! Phone services that are known, on the command line: listed, and the one whose settings a new account gets.
use super::{args::Preset, fault::Fault, print::Printer};
use crate::{config::Provider, domain::account::AccountConfig, words::Words};
use serde::Serialize;

/// Fills in what the service of this account says of itself: the one that was named, or the one of the address.
pub(super) fn fill(config: &mut AccountConfig, preset: Option<Preset>) -> Option<&'static Provider> {
    let provider = match preset {
        Some(Preset::None) => None,
        Some(Preset::Of(provider)) => Some(provider),
        None => Provider::of_domain(config.domain()),
    };
    if let Some(provider) = provider {
        provider.apply(config);
    }
    provider
}

/// What is told of an account that was added.
pub(super) fn added(words: &Words, account: &str, provider: Option<&Provider>) -> String {
    let added = words.with("cli-account-added", &[("account", account.into())]);
    let Some(provider) = provider else { return added };
    let values = [("provider", provider.name.as_str().into()), ("source", provider.source.as_str().into())];
    let note = provider.note(words.language().code());
    format!("{added}\n{}\n{note}", words.with("cli-account-provider", &values))
}

/// All that are known.
pub(super) fn list(printer: &Printer<'_>) -> Result<(), Fault> {
    #[derive(Serialize)]
    struct Known {
        id: &'static str,
        name: &'static str,
        domains: &'static [String],
        note: &'static str,
        source: &'static str,
    }
    let language = printer.words.language().code();
    let known: Vec<_> = Provider::all()
        .iter()
        .map(|provider| Known {
            id: &provider.id,
            name: &provider.name,
            domains: &provider.domains,
            note: provider.note(language),
            source: &provider.source,
        })
        .collect();
    let line = |known: &Known| format!("{}  {}  {}\n    {}", known.id, known.name, known.domains.join(" "), known.note);
    printer.answer(&known, &known.iter().map(line).collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::account::{AccountKind, SipTransport, Way},
        words::Language,
    };

    fn config(address: &str) -> AccountConfig {
        AccountConfig::new(AccountKind::Sip { transport: None, auth_user: None }, address)
    }

    #[test]
    fn the_service_of_the_address_or_the_one_that_is_named() {
        let way = Way { server: None, transport: Some(SipTransport::Udp) };
        let mut known = config("0033912345678@sip5.ovh.fr");
        assert_eq!(fill(&mut known, None).map(|provider| provider.id.as_str()), Some("ovh"));
        assert_eq!((known.calls.way.as_ref(), known.calls.provider.as_deref()), (Some(&way), Some("ovh")));
        let mut refused = config("0033912345678@sip5.ovh.fr");
        assert_eq!(fill(&mut refused, Some(Preset::None)), None);
        assert_eq!(refused, config("0033912345678@sip5.ovh.fr"));
        let mut own = config("me@phone.example");
        assert_eq!(fill(&mut own, None), None);
        assert!(fill(&mut own, Provider::named("ovh").map(Preset::Of)).is_some());
        assert_eq!(own.calls.way, Some(way));
    }

    #[test]
    fn which_one_was_used_is_told_with_where_it_was_read() {
        for language in Language::ALL {
            let words = Words::new(language);
            let told = added(&words, "sip-x", Provider::named("ovh"));
            assert!(told.contains("OVHcloud") && told.contains("https://github.com/ovh/docs"), "{told}");
            assert!(!added(&words, "sip-x", None).contains("http"));
        }
    }
}
