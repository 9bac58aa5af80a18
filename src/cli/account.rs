//! An account as it is written on the command line, made the noun that the engine takes. It asks nobody and checks no server.
use super::{
    args::{Common, Rules, Switch},
    fault::Fault,
};
use crate::{
    domain::account::{AccountConfig, AccountKind, CallRules, CallSettings},
    engine::api::Refusal,
};

/// The account as written; the address may carry its scheme.
pub(super) fn account_config(common: &Common, kind: AccountKind, schemes: &[&str]) -> Result<AccountConfig, Fault> {
    let given = common.address.trim();
    let address = match given.split_once(':') {
        Some((scheme, rest)) if schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme)) => rest,
        _ => given,
    };
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !";?/:<>\"".contains(c);
    let parts = address.rsplit_once('@').is_some_and(|(user, domain)| !user.is_empty() && !domain.is_empty());
    if !parts || !address.chars().all(plain) {
        return Err(Refusal::BadAccountAddress.into());
    }
    // the running instance stands in another folder
    let ca = match &common.ca {
        Some(path) => Some(path.canonicalize().map_err(|_| Fault::Ca(path.clone()))?),
        None => None,
    };
    let id = AccountConfig::derive_id(&kind, address);
    let encryption = common.encryption.map(Into::into);
    let calls = CallSettings {
        expires: None,
        way: None,
        provider: None,
        realm: None,
        keys: common.keys.map(Into::into),
        ice: common.ice.map(|ice| ice == Switch::On),
        stun: common.stun.clone(),
        turn: common.turn.clone(),
        turn_user: common.turn_user.clone(),
    };
    let Rules { country, area, voicemail, hide_number, answer_at_once } = common.rules.clone();
    let rules = CallRules { country, area, voicemail, hide_number, answer_at_once };
    let (address, server) = (address.to_owned(), common.server.clone());
    Ok(AccountConfig { id, address, server, ca, encryption, rules, kind, calls: Box::new(calls) })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn common(address: &str) -> Common {
        Common {
            address: address.into(),
            server: None,
            ca: None,
            encryption: None,
            keys: None,
            ice: None,
            stun: None,
            turn: None,
            turn_user: None,
            rules: Rules::default(),
            password_stdin: true,
        }
    }

    fn config(address: &str) -> Result<AccountConfig, Fault> {
        let common = common(address);
        account_config(&common, AccountKind::Xmpp { tls: None }, &["xmpp"])
    }

    #[test]
    fn addresses_of_accounts() {
        for (given, taken) in
            [("alice@x.org", "alice@x.org"), (" XMPP:alice@x.org ", "alice@x.org"), ("a@b@x.org", "a@b@x.org")]
        {
            assert_eq!(config(given).unwrap().address, taken);
        }
        assert_eq!(config("alice@x.org").unwrap().id.0, "xmpp-alice-x.org");
        for bad in
            ["", "alice", "@x.org", "alice@", "sip:alice@x.org", "alice@x.org/desk", "al ice@x", "a@x;b=c", "a\u{7}@x"]
        {
            assert!(matches!(config(bad), Err(Fault::Refused(Refusal::BadAccountAddress))), "{bad}");
        }
    }

    #[test]
    fn a_ca_file_that_is_not_there_is_named() {
        let common = Common { ca: Some("/nonexistent/ca.pem".into()), ..common("a@x") };
        let result = account_config(&common, AccountKind::Xmpp { tls: None }, &["xmpp"]);
        assert!(matches!(result, Err(Fault::Ca(path)) if path.ends_with("ca.pem")));
    }
}
