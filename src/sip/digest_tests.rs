//! Digest against the vectors of the RFCs, careless servers and forged answers.
#![allow(clippy::unwrap_used)]
use super::*;
use proptest::prelude::*;

fn who(user: &str, password: &str) -> Credentials {
    Credentials { user: user.to_owned(), password: Private::from(password) }
}

fn parameter(value: &str, name: &str) -> Option<String> {
    Parameters::of_digest(value).unwrap().get(name).map(str::to_owned)
}

/// RFC 2617 section 3.5.
const OLD: &str = r#"Digest realm="testrealm@host.com", qop="auth,auth-int",
    nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41""#;
/// RFC 7616 section 3.9.1, without the algorithm.
const NEW: &str = r#"Digest realm="http-auth@example.org", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

#[test]
fn the_example_of_rfc_2617() {
    let challenge = Challenge::parse(OLD).unwrap();
    let value = answer(&challenge, &who("Mufasa", "Circle Of Life"), "GET", "/dir/index.html", b"", 1, "0a4f113b");
    let expected = "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
        response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", \
        cnonce=\"0a4f113b\", qop=auth, nc=00000001";
    assert_eq!(value.expose(), expected);
}

#[test]
fn the_first_form_without_protection() {
    // the example of RFC 2069 section 2.4, with its erratum 749
    let challenge = Challenge::parse(&OLD.replace("qop=\"auth,auth-int\",", "")).unwrap();
    let value = answer(&challenge, &who("Mufasa", "CircleOfLife"), "GET", "/dir/index.html", b"", 1, "0a4f113b");
    assert_eq!(parameter(value.expose(), "response").unwrap(), "1949323746fe6a43ef61f9606e7febea");
    assert_eq!((parameter(value.expose(), "nc"), parameter(value.expose(), "cnonce")), (None, None));
}

#[test]
fn the_examples_of_rfc_7616_and_their_kin() {
    // MD5 and SHA-256 with auth stand in section 3.9.1; the others were computed with Python's hashlib
    for (algorithm, qop, response) in [
        ("MD5", "auth", "8ca523f5e9506fed4657c9700eebdbec"),
        ("MD5", "auth-int", "3835b139d1606d821f6f96713d044ded"),
        ("MD5-sess", "auth", "e783283f46242139c486a698fec7211d"),
        ("SHA-256", "auth", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ("SHA-256-sess", "auth-int", "f58ef7e67e5cd19cae4211da1f053c267649b0cd717561fc99ad03fccbe0152f"),
        ("SHA-512-256", "auth", "430d05014cecc49cab6fbe03176d41a1da86cbfe24a16580e22aaad928d960d0"),
        ("SHA-512-256-sess", "auth", "3f2a34f923c38b0fb26dce2fdfc2ce326c23cecf86fbb1444f3e51fbbc2cb92e"),
    ] {
        let challenge = Challenge::parse(&format!("{NEW}, algorithm={algorithm}, qop=\"{qop}\"")).unwrap();
        let mufasa = who("Mufasa", "Circle of Life");
        let value = answer(&challenge, &mufasa, "GET", "/dir/index.html", b"v=0", 1, CNONCE);
        assert_eq!(parameter(value.expose(), "response").unwrap(), response, "{algorithm} {qop}");
        assert_eq!(parameter(value.expose(), "algorithm").unwrap(), algorithm);
        assert_eq!(parameter(value.expose(), "qop").unwrap(), qop);
    }
}

#[test]
fn the_example_with_letters_beyond_ascii() {
    // RFC 7616 section 3.9.2 with the response of its erratum 4897
    let challenge = r#"Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256,
        nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", charset=UTF-8, userhash=true"#;
    let cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
    let doe = who("J\u{e4}s\u{f8}n Doe", "Secret, or not?");
    let value = answer(&Challenge::parse(challenge).unwrap(), &doe, "GET", "/doe.json", b"", 1, cnonce);
    let expected = "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5";
    assert_eq!(parameter(value.expose(), "response").unwrap(), expected);
}

#[test]
fn challenges_as_servers_write_them() {
    let parse = Challenge::parse;
    let plain = parse("digest Realm = \"a, \\\"b\\\" c\" ,NONCE=abc,, x-new=\"1,2\", domain=\"sip:a\", flag").unwrap();
    assert_eq!((plain.realm(), plain.nonce(), plain.stale()), ("a, \\\"b\\\" c", "abc", false));
    assert_eq!((plain.qop, plain.algorithm), (Qop::Absent, None));
    assert!(parse("Digest realm=\"a\",\r\n nonce=\"b\",\r\n\tstale=TRUE").unwrap().stale());
    assert_eq!(parse("Digest realm=\"a\", nonce=\"b\", qop=\"\"").unwrap().qop, Qop::Absent);
    assert_eq!(parse("Digest realm=\"a\", nonce=\"b\", qop=auth-int").unwrap().qop, Qop::AuthInt);
    assert_eq!(parse("Digest realm=\"a\", nonce=\"b\", qop=\"token, auth\"").unwrap().qop, Qop::Auth);
    for bad in [
        "",
        "Digest",
        "Basic realm=\"a\", nonce=\"b\"",
        "Digest realm=\"a\"",
        "Digest nonce=\"b\"",
        "Digest realm=\"a\", nonce=\"\"",
        "Digest realm=\"a, nonce=\"b\"",
        "Digest realm=\"a\\\", nonce=b",
        "Digest realm=a\"b, nonce=\"b\"",
        "Digest realm=a\\, nonce=\"b\"",
        "Digest realm=\"a\u{0}\", nonce=\"b\"",
        "Digest realm=\"a\r\nEvil: b\", nonce=\"b\"",
        "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-3",
        "Digest realm=\"a\", nonce=\"b\", algorithm=AKAv1-MD5",
        "Digest realm=\"a\", nonce=\"b\", qop=\"token\"",
    ] {
        assert_eq!(parse(bad), None, "{bad}");
    }
}

#[test]
fn the_strongest_challenge_is_answered() {
    let of = |realm: &str, algorithm: &str| {
        Challenge::parse(&format!("Digest realm=\"{realm}\", nonce=\"n\", algorithm={algorithm}"))
    };
    let offered = [of("1", "MD5"), of("2", "SHA-1024"), of("3", "sha-256"), of("4", "SHA-256-sess"), of("5", "MD5")];
    let offered: Vec<_> = offered.into_iter().flatten().collect();
    assert_eq!(best(&offered).unwrap().realm(), "3");
    assert_eq!(best(&[of("1", "SHA-256").unwrap(), of("2", "SHA-512-256").unwrap()]).unwrap().realm(), "2");
    assert_eq!(best(&[]), None);
}

#[test]
fn only_the_right_answer_is_believed() {
    let alice = who("al\"ice", "se\\cret");
    for algorithm in ["MD5", "MD5-sess", "SHA-256", "SHA-512-256-sess"] {
        for qop in ["", ", qop=\"auth\"", ", qop=auth-int"] {
            let challenge = format!("Digest realm=\"r\", nonce=\"n\", algorithm={algorithm}{qop}");
            let challenge = Challenge::parse(&challenge).unwrap();
            let value = answer(&challenge, &alice, "REGISTER", "sip:sip.test", b"body", 1, "cn").into_inner();
            assert!(verify(&value, "REGISTER", b"body", "r", "n", &alice), "{value}");
            assert!(!verify(&value, "INVITE", b"body", "r", "n", &alice));
            assert!(!verify(&value, "REGISTER", b"body", "other", "n", &alice));
            assert!(!verify(&value, "REGISTER", b"body", "r", "old", &alice));
            assert!(!verify(&value, "REGISTER", b"body", "r", "n", &who("al\"ice", "se\\cre")));
            assert!(!verify(&value, "REGISTER", b"body", "r", "n", &who("bob", "se\\cret")));
            assert_eq!(verify(&value, "REGISTER", b"other", "r", "n", &alice), !qop.contains("int"));
            let other = value.replace("sip:sip.test", "sip:other.test");
            assert!(!verify(&other, "REGISTER", b"body", "r", "n", &alice));
            let shorter = value.replace("response=\"", "response=\"\", x=\"");
            assert!(!verify(&shorter, "REGISTER", b"body", "r", "n", &alice));
        }
    }
    assert!(!verify("", "REGISTER", b"", "", "", &who("", "")));
    assert!(!verify("Digest x=y", "REGISTER", b"", "", "", &who("", "")));
}

proptest! {
    #[test]
    fn hostile_challenges_never_panic_and_answers_stay_one_line(value in "(Digest )?(realm=|nonce=|qop=|\"|\\\\|,|\\PC|\r\n){0,40}") {
        if let Some(challenge) = Challenge::parse(&value) {
            let value = answer(&challenge, &who("a", "b"), "REGISTER", "sip:x", b"", 1, "c").into_inner();
            prop_assert!(!value.chars().any(char::is_control));
            prop_assert!(verify(&value, "REGISTER", b"", challenge.realm(), challenge.nonce(), &who("a", "b")));
        }
        let _ = verify(&value, "REGISTER", b"", "", "", &who("a", "b"));
    }

    #[test]
    fn what_is_answered_is_believed(user in "\\PC{0,9}", password in "\\PC{0,9}", realm in "[ -~&&[^\"\\\\]]{1,9}", nc: u32) {
        let challenge = Challenge::parse(&format!("Digest realm=\"{realm}\", nonce=\"n\", qop=\"auth\"")).unwrap();
        let value = answer(&challenge, &who(&user, &password), "REGISTER", "sip:x", b"", nc, "c").into_inner();
        prop_assert!(verify(&value, "REGISTER", b"", challenge.realm(), "n", &who(&user, &password)));
    }
}
