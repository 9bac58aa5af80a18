//! The small parts that header values are made of: lists, quoted strings, parameters (RFC 3261 section 25.1). Generous in
//! what it reads; it borrows and never panics.

/// Splits at `separator` outside quotes and angle brackets; parts are trimmed, empty ones left out.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(at) = find(rest, |c| c == separator) {
        let (part, after) = rest.split_at(at);
        parts.push(part.trim());
        rest = after.get(separator.len_utf8()..).unwrap_or("");
    }
    parts.push(rest.trim());
    parts.retain(|part| !part.is_empty());
    parts
}

/// Where the first such character stands outside quotes and angle brackets.
pub(super) fn find(text: &str, wanted: impl Fn(char) -> bool) -> Option<usize> {
    let (mut quoted, mut escaped, mut angled) = (false, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '<' if wanted('<') => return Some(at),
            '<' => angled = true,
            '>' => angled = false,
            c if !angled && wanted(c) => return Some(at),
            _ => {}
        }
    }
    None
}

/// A quoted string without its quotes and escapes; other text as it is.
pub(super) fn unquote(text: &str) -> String {
    let text = text.trim();
    let Some(inner) = text.strip_prefix('"') else { return text.to_owned() };
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    let mut out = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            escaped = false;
            out.push(c);
        }
    }
    out
}

/// The value of the parameter `name` in `;a=b;c`: `Some("")` for one without a value.
pub(super) fn get(params: &str, name: &str) -> Option<String> {
    split(params, ';').into_iter().find_map(|param| {
        let (key, value) = param.split_once('=').unwrap_or((param, ""));
        key.trim().eq_ignore_ascii_case(name).then(|| unquote(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_respect_quotes_and_brackets() {
        assert_eq!(split("a, \"b, \\\" c\" <sip:x,y>, ,d", ','), ["a", "\"b, \\\" c\" <sip:x,y>", "d"]);
        assert_eq!(split("\"open, <a", ','), ["\"open, <a"]);
        assert_eq!(split("", ','), Vec::<&str>::new());
    }

    #[test]
    fn parameters_by_name() {
        let params = ";Tag=a;lr;q=\"0.\\\"5\"";
        assert_eq!(get(params, "tag").as_deref(), Some("a"));
        assert_eq!(get(params, "LR").as_deref(), Some(""));
        assert_eq!(get(params, "q").as_deref(), Some("0.\"5"));
        assert_eq!(get(params, "x"), None);
    }
}
