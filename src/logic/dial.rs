//! What a person typed or pasted, as the address that will be dialled or written to, and from which account.
//! What comes out is shown before it is used: nothing is rewritten in silence.
use super::plan::Plan;
use crate::domain::{
    account::{AccountId, Capabilities},
    address::{Address, Scheme},
};

/// What an account offers to dialling.
#[derive(Debug, Clone)]
pub struct Line {
    /// The account.
    pub account: AccountId,
    /// [`Scheme::Sip`] or [`Scheme::Xmpp`].
    pub scheme: Scheme,
    /// Its own domain.
    pub domain: String,
    /// The domain of the gateway that turns numbers into addresses (XMPP), if one is known.
    pub gateway: Option<String>,
    /// How numbers are dialled from it.
    pub plan: Plan,
    /// What it can do now; nothing while it is not registered.
    pub can: Capabilities,
}

/// What the address is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To call.
    Call,
    /// To write.
    Text,
}

/// Why nothing can be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// No number, name or address.
    #[error("no address")]
    BadAddress,
    /// No account at all.
    #[error("no account")]
    NoAccount,
    /// No account of that name.
    #[error("unknown account")]
    UnknownAccount,
    /// No account can do it: wrong kind, or a number without a gateway.
    #[error("not supported")]
    NotSupported,
}

/// What was typed, before an account is chosen.
enum Typed {
    Uri(Address),
    Number(String),
    UserAtHost(String),
    User(String),
}

/// A phone number as people write it, as `+` and digits; short codes too.
fn number(text: &str) -> Option<String> {
    let text = text.strip_prefix("tel:").or_else(|| text.strip_prefix("sms:")).unwrap_or(text);
    let text = text.split(';').next().unwrap_or(text).trim();
    let (plus, rest) = text.strip_prefix('+').map_or((false, text), |rest| (true, rest));
    if !rest.chars().all(|c| c.is_ascii_digit() || " ()-./\u{a0}".contains(c)) {
        return None;
    }
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    // `+` needs a whole number behind it; alone, two digits are the shortest extension anyone dials.
    let enough = if plus { digits.len() >= 7 } else { digits.len() >= 2 };
    (enough && digits.len() <= 20).then(|| if plus { format!("+{digits}") } else { digits })
}

fn read(typed: &str) -> Result<Typed, DialError> {
    let text = typed.trim();
    // A pasted line break would dial garbage: what is behind it is not what the person saw.
    if text.is_empty() || text.chars().any(char::is_control) {
        return Err(DialError::BadAddress);
    }
    if let Some(number) = number(text) {
        return Ok(Typed::Number(number));
    }
    if let Ok(address) = text.parse::<Address>() {
        return match address.scheme() {
            Scheme::Tel => number(address.rest()).map(Typed::Number).ok_or(DialError::BadAddress),
            _ if address.user().is_empty() && address.scheme() != Scheme::Xmpp => Err(DialError::BadAddress),
            _ => Ok(Typed::Uri(address)),
        };
    }
    // A number that is too short or too long is no name either.
    if text.contains(char::is_whitespace) || text.contains(':') || text.starts_with('+') {
        return Err(DialError::BadAddress);
    }
    match text.rsplit_once('@') {
        Some((user, host)) if !user.is_empty() && !host.is_empty() => Ok(Typed::UserAtHost(text.to_owned())),
        Some(_) => Err(DialError::BadAddress),
        None => Ok(Typed::User(text.to_owned())),
    }
}

/// The address that a line would use for this; `None`: that line cannot reach it.
fn on(line: &Line, typed: &Typed) -> Option<Address> {
    let at = |user: &str, host: &str| Address::new(line.scheme, format!("{user}@{host}")).ok();
    match typed {
        Typed::Uri(address) => {
            let fits = match line.scheme {
                Scheme::Sip => matches!(address.scheme(), Scheme::Sip | Scheme::Sips),
                scheme => address.scheme() == scheme,
            };
            fits.then(|| address.clone())
        }
        Typed::Number(number) => match line.scheme {
            Scheme::Xmpp => at(&line.plan.international(number), line.gateway.as_deref()?),
            _ => at(&line.plan.international(number), &line.domain),
        },
        Typed::UserAtHost(text) => Address::new(line.scheme, text.clone()).ok(),
        Typed::User(user) => at(user, &line.domain),
    }
}

/// How well a line fits; the highest is used.
fn rank(line: &Line, typed: &Typed, purpose: Purpose) -> u8 {
    let able = match purpose {
        Purpose::Call => line.can.calls,
        Purpose::Text => line.can.texts,
    };
    let home =
        matches!(typed, Typed::UserAtHost(text) if text.rsplit_once('@').is_some_and(|(_, host)| host == line.domain));
    // A text to a name without a scheme is more often an XMPP address; a call a SIP one.
    let usual = (purpose == Purpose::Text) == (line.scheme == Scheme::Xmpp);
    u8::from(home) * 4 + u8::from(able) * 2 + u8::from(usual && !matches!(typed, Typed::Number(_)))
}

/// Where a text or call goes, and from which account: the one asked for, or the one that fits best.
pub fn resolve(
    typed: &str,
    lines: &[Line],
    wanted: Option<&AccountId>,
    purpose: Purpose,
) -> Result<(Address, AccountId), DialError> {
    let typed = read(typed)?;
    if lines.is_empty() {
        return Err(DialError::NoAccount);
    }
    if let Some(wanted) = wanted {
        let line = lines.iter().find(|line| line.account == *wanted).ok_or(DialError::UnknownAccount)?;
        let to = on(line, &typed).ok_or(DialError::NotSupported)?;
        return Ok((to, line.account.clone()));
    }
    let mut best: Option<(u8, Address, AccountId)> = None;
    for line in lines {
        let Some(to) = on(line, &typed) else { continue };
        let rank = rank(line, &typed, purpose);
        if best.as_ref().is_none_or(|(known, ..)| rank > *known) {
            best = Some((rank, to, line.account.clone()));
        }
    }
    best.map(|(_, to, account)| (to, account)).ok_or(DialError::NotSupported)
}

/// The gateway of an account: the domain most used with numbers among these addresses of its own.
pub fn gateway<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> Option<String> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    for address in addresses {
        if address.scheme() != Scheme::Xmpp || address.number().is_none() {
            continue;
        }
        match counts.iter_mut().find(|(host, _)| host == address.host()) {
            Some((_, count)) => *count += 1,
            None => counts.push((address.host().to_owned(), 1)),
        }
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(host, _)| host)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn lines() -> Vec<Line> {
        let line = |id: &str, scheme, domain: &str, gateway: Option<&str>, calls| Line {
            account: AccountId(id.into()),
            scheme,
            domain: domain.into(),
            gateway: gateway.map(str::to_owned),
            plan: Plan::default(),
            can: Capabilities { calls, texts: true, receipts: false, archive: false, changes: false, secure: false },
        };
        vec![
            line("sip", Scheme::Sip, "sip.test", None, true),
            line("xmpp", Scheme::Xmpp, "x.test", Some("sms.test"), false),
        ]
    }

    fn dial(typed: &str, wanted: Option<&str>, purpose: Purpose) -> Result<String, DialError> {
        let wanted = wanted.map(|id| AccountId(id.into()));
        resolve(typed, &lines(), wanted.as_ref(), purpose).map(|(to, _)| to.uri())
    }

    #[test]
    fn numbers_as_people_write_them() {
        for typed in ["+1 (555) 123-4567", "tel:+1-555-123-4567", "sms:+15551234567", " +1.555.123.4567 "] {
            assert_eq!(dial(typed, Some("sip"), Purpose::Call).unwrap(), "sip:+15551234567@sip.test");
            assert_eq!(dial(typed, Some("xmpp"), Purpose::Text).unwrap(), "xmpp:+15551234567@sms.test");
        }
        assert_eq!(dial("33733", Some("xmpp"), Purpose::Text).unwrap(), "xmpp:33733@sms.test");
        assert_eq!(dial("600", None, Purpose::Call).unwrap(), "sip:600@sip.test");
    }

    #[test]
    fn numbers_are_completed_for_the_account_that_dials() {
        let mut lines = lines();
        lines[0].plan = Plan { country: Some("1".into()), area: Some("212".into()) };
        let to = |typed: &str| resolve(typed, &lines, None, Purpose::Call).unwrap().0.uri();
        assert_eq!(to("555-1234"), "sip:+12125551234@sip.test");
        assert_eq!(to("911"), "sip:911@sip.test");
        assert_eq!(to("sip:5551234@sip.test"), "sip:5551234@sip.test", "an address is what it is");
    }

    #[test]
    fn names_and_uris_go_to_the_account_that_fits() {
        assert_eq!(dial("bob", None, Purpose::Call).unwrap(), "sip:bob@sip.test");
        assert_eq!(dial("bob", None, Purpose::Text).unwrap(), "xmpp:bob@x.test");
        assert_eq!(dial("bob@sip.test", None, Purpose::Text).unwrap(), "sip:bob@sip.test");
        assert_eq!(dial("bob@x.test", None, Purpose::Text).unwrap(), "xmpp:bob@x.test");
        assert_eq!(dial("xmpp:bob@elsewhere.test", None, Purpose::Text).unwrap(), "xmpp:bob@elsewhere.test");
        assert_eq!(dial("sips:bob@elsewhere.test", None, Purpose::Call).unwrap(), "sips:bob@elsewhere.test");
    }

    #[test]
    fn what_nobody_saw_is_not_dialled() {
        for typed in ["", "  ", "+1555\n1234567", "bob\r\nVia: x@y", "mailto:a@b", "a b", "@x", "+12", "http://x.test"]
        {
            assert_eq!(dial(typed, None, Purpose::Call), Err(DialError::BadAddress), "{typed:?}");
        }
        assert_eq!(dial("xmpp:bob@x.test", Some("sip"), Purpose::Text), Err(DialError::NotSupported));
        assert_eq!(dial("bob", Some("none"), Purpose::Text), Err(DialError::UnknownAccount));
        assert_eq!(resolve("bob", &[], None, Purpose::Text), Err(DialError::NoAccount));
    }

    #[test]
    fn the_gateway_is_learned_from_use() {
        let known: Vec<Address> =
            ["xmpp:+15551234567@sms.test", "xmpp:bob@x.test", "xmpp:33733;a=b@sms.test", "xmpp:22@o.test"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        assert_eq!(gateway(&known).as_deref(), Some("sms.test"));
        assert_eq!(gateway(&[]), None);
    }
}
