//! Links in a text against the site a code is bound to, and names against names that they imitate. Only compares words:
//! nothing is looked up.

/// Links looked at in one text.
const LINKS: usize = 32;
/// Shortest name in which one wrong letter is an imitation: of "Visa" and "Vila" both may be real.
const SHORTEST: usize = 6;

/// Hosts of the links in a text, in lower case: of `https://…`, `www.…` and bare `example.com/…`.
pub(super) fn linked(body: &str) -> impl Iterator<Item = String> + '_ {
    body.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | ',' | '，' | '。'))
        .filter_map(host)
        .take(LINKS)
}

fn host(piece: &str) -> Option<String> {
    // the line that binds a code: `@example.com #123`
    if piece.starts_with('@') {
        return None;
    }
    let lower = piece.to_lowercase();
    let (told, rest) = match lower.find("://") {
        Some(at) => (true, lower.get(at + 3..)?),
        None => (false, lower.as_str()),
    };
    let authority = rest.split(['/', '?', '#']).next()?;
    // what stands before an @ in a link is a user name, often put there to deceive; without a scheme it is an e-mail address
    let (user, host) = authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    if user.is_some() && !told {
        return None;
    }
    let host = host.split(':').next()?.trim_end_matches(['.', '!', '?', ';']).trim_start_matches("www.");
    let top = host.rsplit('.').next()?;
    let named = top.chars().count() >= 2 && top.chars().all(char::is_alphabetic) && host.len() > top.len() + 1;
    (named && host.split('.').all(|label| !label.is_empty())).then(|| host.to_owned())
}

/// Whether two hosts belong to the same owner as far as names can tell.
pub(super) fn same_site(a: &str, b: &str) -> bool {
    base(a) == base(b)
}

/// The part of a host that is registered: `example.com`, `example.co.uk`.
fn base(host: &str) -> &str {
    let dots: Vec<usize> = host.match_indices('.').map(|(at, _)| at).collect();
    let from = |nth: usize| dots.len().checked_sub(nth).and_then(|index| dots.get(index)).map_or(0, |at| at + 1);
    let (two, three) = (from(2), from(3));
    let mut labels = host.rsplit('.');
    let (top, second) = (labels.next().unwrap_or_default(), labels.next().unwrap_or_default());
    // `co.uk`, `com.mx`, `gob.ar`: a country's and a kind
    let kind = top.len() == 2 && second.len() <= 3;
    host.get(if kind { three } else { two }..).unwrap_or(host)
}

/// Whether a host is made to be taken for a site: `examp1e.com`, `example.com.login.test`, `example-secure.test`.
pub(super) fn looks_like(host: &str, site: &str) -> bool {
    if same_site(host, site) {
        return false;
    }
    let name = base(site).split('.').next().unwrap_or_default();
    let name = skeleton(name);
    let longer = name.len() >= SHORTEST - 1 && host.split('.').any(|label| skeleton(label).contains(&name));
    let label = base(host).split('.').next().unwrap_or_default();
    longer || imitates(&skeleton(label), &name)
}

/// Whether a name is made to be taken for another one, both as skeletons.
fn imitates(name: &str, known: &str) -> bool {
    name == known || known.chars().count() >= SHORTEST && one_apart(name, known)
}

/// Whether the name of a sender that is new is made to be taken for a known one's. The same name is none: gateways
/// write one sender in one way. Numbers imitate nobody: neighbours are other people.
pub(super) fn imitates_sender(name: &str, known: &str) -> bool {
    let lettered = |name: &str| name.chars().filter(|c| c.is_alphabetic()).count() >= 3;
    let plain = |name: &str| name.trim().to_lowercase();
    if !lettered(name) || !lettered(known) || plain(name) == plain(known) {
        return false;
    }
    imitates(&skeleton(name), &skeleton(known))
}

/// Whether a text calls itself a name at its head: "Banco Azul: …", "[Banco Azul] …".
pub(super) fn signs_as(body: &str, name: &str) -> bool {
    let head: String = body.trim_start().chars().take(48).collect();
    let head = head.trim_start_matches(['[', '(', '【', '<', '#', '>', ' ']);
    let head = head.split([':', ']', ')', '】', '\n', '.']).next().unwrap_or_default();
    name.chars().filter(|c| c.is_alphabetic()).count() >= 4 && skeleton(head) == skeleton(name)
}

/// A name without what the eye passes over: case, accents, dashes and letters that look alike.
fn skeleton(name: &str) -> String {
    let folded = super::fold::folded(name.chars().filter(|c| c.is_alphanumeric()));
    let plain: String = folded.chars().map(alike).collect();
    plain.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

/// The Latin letter a character is taken for.
fn alike(c: char) -> char {
    match c {
        '0' | 'о' | 'ο' => 'o',
        '1' | 'i' | 'ı' | 'і' | 'ι' => 'l',
        '3' | 'е' | 'ε' => 'e',
        '5' | 'ѕ' => 's',
        'а' | 'α' => 'a',
        'с' => 'c',
        'р' | 'ρ' => 'p',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        'в' => 'b',
        'н' => 'h',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'т' | 'τ' => 't',
        'ν' => 'v',
        c => c,
    }
}

/// Whether one letter more, less, other, or two swapped make one name of the other.
fn one_apart(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(same..).unwrap_or_default(), b.get(same..).unwrap_or_default());
    match (a, b) {
        ([], []) => false,
        ([_, x @ ..], y) | (y, [_, x @ ..]) if x == y => true,
        ([_, x @ ..], [_, y @ ..]) if x == y => true,
        ([a, b, x @ ..], [c, d, y @ ..]) => a == d && b == c && x == y,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found() {
        let hosts = |body: &str| linked(body).collect::<Vec<_>>();
        assert_eq!(hosts("go to https://Login.Acme.example/a?b now"), ["login.acme.example"]);
        assert_eq!(hosts("www.acme.example, bit.example/x."), ["acme.example", "bit.example"]);
        assert_eq!(hosts("https://acme.example@evil.example:8443/"), ["evil.example"]);
        assert_eq!(hosts("me@acme.example 12.50 e.g. 10:42\n@acme.example #1"), [""; 0]);
        assert_eq!(hosts(&"a.example ".repeat(1000)).len(), LINKS);
    }

    #[test]
    fn owners_and_imitations_are_told() {
        for (a, b, same) in [
            ("login.acme.example", "acme.example", true),
            ("acme.co.uk", "other.co.uk", false),
            ("www.banco.com.mx", "banco.com.mx", true),
            ("acme.example", "acme.test", false),
        ] {
            assert_eq!(same_site(a, b), same, "{a} {b}");
        }
        for (host, imitation) in [
            ("northwlnd.example", true),
            ("n0rthwind.example", true),
            ("norhtwind.example", true),
            ("nortwind.example", true),
            ("northwind.example.login.test", true),
            ("northwind-secure.test", true),
            ("nоrthwind.example", true), // a Cyrillic letter
            ("login.northwind.example", false),
            ("southwind-hotel.test", false),
            ("parcels.test", false),
        ] {
            assert_eq!(looks_like(host, "northwind.example"), imitation, "{host}");
        }
    }

    #[test]
    fn senders_that_imitate_are_told() {
        assert!(imitates_sender("BANC0 AZUL", "BancoAzul"));
        assert!(imitates_sender("Banco-Azul", "BancoAzul"));
        assert!(imitates_sender("BancoAzull", "BancoAzul"));
        assert!(!imitates_sender("bancoazul", "BancoAzul"));
        assert!(!imitates_sender("BancoSur", "BancoAzul"));
        assert!(!imitates_sender("22395", "22396"));
        assert!(!imitates_sender("DHL", "DHX"));
        assert!(signs_as("[Banco Azul] Su clave es 1", "BancoAzul"));
        assert!(signs_as("Banco Azul: su clave es 1", "BancoAzul"));
        assert!(!signs_as("Su clave de Banco Azul es 1", "BancoAzul"));
    }
}
