//! `a=crypto` (RFC 4568) to and from a key: the only place that knows its grammar. Pure.
use crate::domain::{
    private::Private,
    protection::{SdesKey, Suite},
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::Zeroizing;

/// Some peers leave the padding out, or write it where none is due.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `1 AES_CM_128_HMAC_SHA1_80 inline:…|2^20|1:4 WSH=64`; `None`: a suite or a parameter that is unknown here, so that the
/// whole line must not be chosen (section 6.3.7), or one that is broken.
pub(super) fn parse(value: &str) -> Option<SdesKey> {
    let mut words = value.split_ascii_whitespace();
    let (tag, suite, keys) = (words.next()?, words.next()?, words.next()?);
    if tag.len() > 9 || !tag.bytes().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let suite = Suite::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(suite))?;
    // several keys at once are told apart by their MKI: nobody uses it
    let (method, key) = keys.split_once(':')?;
    if !method.eq_ignore_ascii_case("inline") || key.contains(';') {
        return None;
    }
    // the window is a hint, and a leading hyphen marks what may be ignored; all else changes what the packets look like
    if !words.all(|word| word.starts_with('-') || word.starts_with("WSH=")) {
        return None;
    }
    let mut parts = key.split('|');
    let bytes = Zeroizing::new(BASE64.decode(parts.next()?).ok()?);
    if bytes.len() != suite.key_length() + suite.salt_length() {
        return None;
    }
    let mut mki = Vec::new();
    for (at, part) in parts.enumerate() {
        match part.split_once(':') {
            Some((value, length)) if mki.is_empty() => mki = identifier(value, length)?,
            // how long they use the key is theirs to keep to; they offer another in time
            None if at == 0 && is_lifetime(part) => {}
            _ => return None,
        }
    }
    Some(SdesKey { tag: tag.parse().ok()?, suite, key: Private::new(bytes), mki })
}

fn is_lifetime(part: &str) -> bool {
    let digits = part.strip_prefix("2^").unwrap_or(part);
    !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|c| c.is_ascii_digit())
}

/// `1:4`: the value 1 in 4 octets.
fn identifier(value: &str, length: &str) -> Option<Vec<u8>> {
    let (value, length) = (value.parse::<u64>().ok()?, length.parse::<usize>().ok()?);
    let bytes = value.to_be_bytes();
    let unused = bytes.iter().take_while(|byte| **byte == 0).count();
    let used = bytes.get(unused..)?;
    let mut mki = vec![0; (1..=128).contains(&length).then_some(length)?.checked_sub(used.len())?];
    mki.extend(used);
    Some(mki)
}

/// The line's value. Our own keys bear neither lifetime nor identifier: no call outlasts 2^48 packets.
pub(super) fn write(key: &SdesKey) -> String {
    format!("{} {} inline:{}", key.tag, key.suite.name(), BASE64.encode(key.key.expose().as_slice()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    fn with(key: &str, parameters: &str) -> Option<SdesKey> {
        parse(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{key}{parameters}"))
    }

    #[test]
    fn lifetime_and_identifier() {
        for (parameters, mki) in [
            ("", &[][..]),
            ("|2^20", &[]),
            ("|1048576", &[]),
            ("|1:4", &[0, 0, 0, 1]),
            ("|2^20|1:4", &[0, 0, 0, 1]),
            ("|2^48|258:2", &[1, 2]),
            (" WSH=128 -UNKNOWN", &[]),
        ] {
            let key = with(KEY, parameters).unwrap();
            assert_eq!((key.tag, key.suite, &key.mki[..]), (1, Suite::Aes128Sha80, mki), "{parameters}");
            assert_eq!(key.key.expose().len(), 30);
        }
    }

    #[test]
    fn what_must_not_be_chosen() {
        for parameters in [
            "|2^",
            "|x",
            "|1:0",
            "|256:1",
            "|1:129",
            "|1:4|2^20",
            "|2^20|1:4|1:4",
            " UNENCRYPTED_SRTP",
            " KDR=1",
            " UNAUTHENTICATED_SRTP",
            " FEC_ORDER=FEC_SRTP",
            ";inline:abc|1:4",
        ] {
            assert_eq!(with(KEY, parameters), None, "{parameters}");
        }
        for line in [
            "",
            "1",
            "1 AES_CM_128_HMAC_SHA1_80",
            "x AES_CM_128_HMAC_SHA1_80 inline:AAAA",
            "1234567890 F8_128_HMAC_SHA1_80 inline:AAAA",
            "1 AES_CM_128_HMAC_SHA1_80 uri:AAAA",
        ] {
            assert_eq!(parse(line), None, "{line}");
        }
        assert_eq!(with("c2hvcnQ=", ""), None, "short key");
        assert_eq!(with("?", ""), None);
        assert_eq!(parse(&format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}")), None);
    }

    #[test]
    fn the_corpus_of_odd_values_is_read_as_it_says() {
        let mut count = 0;
        for line in include_str!("../../tests/fuzz/crypto.corpus").lines().filter(|line| !line.starts_with('#')) {
            let (fate, value) = line.split_once(' ').unwrap();
            assert_eq!(parse(value).is_some(), fate == "key", "{line}");
            count += 1;
        }
        assert!(count > 30);
    }

    #[test]
    fn padding_may_be_there_or_not() {
        let bytes = BASE64.encode([7; 46]);
        for key in [bytes.as_str(), bytes.trim_end_matches('=')] {
            let key = parse(&format!("2 AES_256_CM_HMAC_SHA1_80 inline:{key}")).unwrap();
            assert_eq!(key.key.expose().as_slice(), [7; 46]);
        }
    }

    proptest! {
        #[test]
        fn written_is_read(tag in 0_u32..1_000_000_000, suite in 0_usize..6, seed: u8) {
            let suite = Suite::ALL.into_iter().cycle().nth(suite).unwrap();
            let bytes = (0..suite.key_length() + suite.salt_length()).map(|n| seed.wrapping_add(n as u8)).collect();
            let key = SdesKey { tag, suite, key: Private::new(Zeroizing::new(bytes)), mki: Vec::new() };
            prop_assert_eq!(parse(&write(&key)), Some(key));
        }

        #[test]
        fn any_text_is_no_panic(text in "\\PC{0,200}", parameters in "[|:;0-9^a-zA-Z= -]{0,60}") {
            let _ = parse(&text);
            let _ = with(KEY, &parameters);
        }
    }
}
