//! Origin-bound one-time codes (WICG sms-one-time-codes): the last line `@example.com #123456` names the site the code
//! is for. What does not follow the grammar to the letter is no such code: a wrong site is worse than none.
use crate::domain::{code::Code, private::Private};

/// Longest code and host taken; hosts are at most 253 characters by DNS.
const CODE: usize = 32;
const HOST: usize = 253;

/// The code and site of the last line, without its validity.
pub(super) fn bound(body: &str) -> Option<Code> {
    // gateways may add an empty line at the end
    let line = body.trim_end_matches(['\r', '\n', ' ']).rsplit(['\r', '\n']).next()?;
    let (host, rest) = line.strip_prefix('@')?.split_once(" #")?;
    let value = rest.split(' ').next()?;
    if !is_host(host) || value.is_empty() || value.len() > CODE || !value.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    Some(Code {
        value: Private::from(value),
        site: Some(host.to_ascii_lowercase()),
        valid_for: None,
        warnings: Vec::new(),
    })
}

/// The second site of the last line: the frame inside the page in which the code is typed.
pub(super) fn embedded(body: &str) -> Option<String> {
    bound(body)?;
    let line = body.trim_end_matches(['\r', '\n', ' ']).rsplit(['\r', '\n']).next()?;
    let host = line.split(' ').nth(2)?.strip_prefix('@')?;
    is_host(host).then(|| host.to_ascii_lowercase())
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    host.len() <= HOST && host.contains('.') && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<(String, String)> {
        bound(body).map(|code| (code.value.into_inner(), code.site.unwrap_or_default()))
    }

    #[test]
    fn the_grammar_is_kept() {
        let plain = |code: &str| Some((code.to_owned(), "example.com".to_owned()));
        assert_eq!(found("Your code is 747723.\n\n@example.com #747723"), plain("747723"));
        assert_eq!(found("Hi\r\n@Example.com #A7-b\r\n"), plain("A7-b"));
        assert_eq!(found("x\r@example.com #1 @embedded.example more"), plain("1"));
        assert_eq!(found("@example.com #747723"), plain("747723"));
        assert_eq!(embedded("x\n@example.com #1 @Pay.Example more").as_deref(), Some("pay.example"));
        assert_eq!(embedded("x\n@example.com #1 pay.example"), None);
    }

    #[test]
    fn what_is_not_the_grammar_is_no_bound_code() {
        for body in [
            "something @example.com #1",
            "@example.com  #1",
            "@example.com #",
            "@example.com 1",
            "@ #1",
            "@-a.com #1",
            "@exa mple.com #1",
            "@localhost #1",
            "@example.com #747723\nReply STOP to end",
            "",
        ] {
            assert_eq!(found(body), None, "{body:?}");
        }
    }
}
