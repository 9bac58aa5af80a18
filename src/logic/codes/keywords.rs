//! The words that make a number a code: "verification code", "clave dinámica", "PIN", "mot de passe"; and those that
//! make it another kind of code ("código postal", "promo code"). Words only; how near they stand is for `detect`.
use super::text::{Text, Word, among, begins};

/// How much a keyword says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Strength {
    /// What a code is used for: "log in", "verificar".
    Action,
    /// "code", "clave": many things are called so.
    Code,
    /// "verification code", "OTP": nothing else is called so.
    Proof,
}

/// A keyword in a text.
#[derive(Debug)]
pub(super) struct Keyword {
    /// Its first word.
    pub first: usize,
    /// Its last word.
    pub last: usize,
    /// How much it says.
    pub strength: Strength,
    /// "your code", "tu clave".
    pub owned: bool,
    /// It stands in a warning ("never share your PIN") and points at no number.
    pub warning: bool,
}

const CODE: &str = "code codes codigo codigos cod clave claves token contrasena password passphrase codice codi clau contrasenya \
    senha passwort kennwort passe kod kode код кода пароль رمز رمزك كود کد קוד";
const PROOF: &str = "otp otps totp passcode passcodes pin nip tan mtan smstan 2fa mfa verification verificacion verificacio \
    verificacao verifica verificazione verifizierung authentication autenticacion autenticacio autenticacao \
    autenticazione authentification vericode smscode accesscode securecode authcode logincode";
const IDEOGRAPHS: &str = "验证码 驗證碼 校验码 動態密碼 认证码 認証コード 確認コード 인증번호";
const ACTION: &str = "approve approving aprobar verify verifying verificar verifique verifiez verifier verifizieren confirm confirmar confirma confirme \
    confirmez confirmer confirmation confirmacion bestatigen login signin signup log sign logging signing sesion \
    sessio sessao authenticate autenticar authorize authorise autorizar autorizacion authorization acceder accedir \
    accedere access acceso acces acesso anmelden anmeldung activate activar activation activacion register registro \
    registrarte ingresar entrar connexion";
/// Beside "code" they make it a proof.
const PROVING: &str = "verification verificacion verificacio verificacao verifica verificar security seguridad seguretat seguranca \
    sicurezza securite authentication autenticacion autenticacio autenticacao authorization autorizacion \
    confirmation confirmacion confirmacio confirmacao conferma access acceso acces acesso accesso login signin \
    activation activacion ativacao validation validacion validacao sms otp temporal temporary temporaria dinamica \
    dinamico digital unica unico unique usage time factor secreto secret registro inicio ingreso recuperacion \
    recovery reset";
/// Beside "code" they make it another thing.
const OTHER: &str = "promo promotional promocional promotion promocion discount descuento desconto coupon cupon voucher gift regalo \
    referral referido referidos invitacion zip postal post area country pais error qr bar barras source dress \
    building tracking rastreo seguimiento rastreamento seguiment sort swift product producto productos conduct \
    conducta etica ethics penal civil postale postleitzahl sconto rabatt reduction booking reserva reservation \
    reservacion localizador cliente client customer proveedor agente tienda store referencia reference interbancaria \
    punto puntos wifi red review morse tax fiscal course";
/// Small words between "código" and what it is for.
const JOINTS: &str = "de del di da do d of para for la el lo su tu un una one a al the le pour per sus";
const OWNERS: &str =
    "your ur tu su tus sus mi vuestro este esta ese this votre ton ce seu sua teu ihr ihre dein il tuo suo teva seva";
const POINTERS: &str =
    "this este esta esto ese esa ce cet cette questo questa dieser diesen diese dieses aquest aquesta esse essa estos";
const NEVER: &str = "never nunca jamas jamais niemals nobody";
const NOT: &str = "not t no nao ne non nicht dont";
/// Beginnings of what one is told not to do with a code.
const SHARING: &str =
    "shar disclos giv tell forward ask compart entreg revel proporc divulg solicit ped partag condivid facilit reenv";
/// Beginnings that tell a payment that is done: its "authorization code" proves nothing any more.
const DONE: &str = "aprobad approved rechazad exito successful declined aprovad";

/// All keywords in order.
pub(super) fn keywords(text: &Text) -> Vec<Keyword> {
    let done = text.words.iter().any(|word| begins(DONE, &word.fold));
    let warnings = warnings(text);
    let mut found: Vec<Keyword> = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        if word.link {
            continue;
        }
        let Some((first, last, strength)) = keyword(text, at, word) else { continue };
        let authorizes =
            (first..=last).any(|i| text.fold(i).starts_with("autoriz") || text.fold(i).starts_with("author"));
        if done && authorizes {
            continue;
        }
        let before = |list| (1..=2).any(|distance| among(list, text.fold_before(first, distance)));
        let warning = warnings.contains(&word.sentence) && !before(POINTERS);
        found.push(Keyword { first, last, strength, owned: before(OWNERS), warning });
    }
    found
}

/// The keyword that has its main word at `at`: first and last word, and strength.
fn keyword(text: &Text, at: usize, word: &Word) -> Option<(usize, usize, Strength)> {
    let fold = word.fold.as_str();
    if among(PROOF, fold) || IDEOGRAPHS.split(' ').any(|sign| fold.contains(sign)) {
        return Some((at, at, Strength::Proof));
    }
    let compound = fold.len() > 6 && fold.ends_with("code");
    if among(CODE, fold) || compound {
        // "passe" is a keyword only in "mot de passe"
        if fold == "passe" && text.fold_before(at, 2) != "mot" {
            return None;
        }
        return qualified(text, at, compound);
    }
    let phrase = match fold {
        "log" | "sign" => matches!(text.fold(at + 1), "in" | "into" | "on" | "up"),
        _ => among(ACTION, fold),
    };
    phrase.then_some((at, at, Strength::Action))
}

/// "code" with what stands beside it.
fn qualified(text: &Text, at: usize, compound: bool) -> Option<(usize, usize, Strength)> {
    let fold = text.fold(at);
    if compound
        && ["zip", "bar", "promo", "post", "qr", "rabatt", "gutschein", "aktions"].iter().any(|p| fold.starts_with(p))
    {
        return None;
    }
    let sentence = text.words.get(at).map(|word| word.sentence);
    let same = |index: usize| text.words.get(index).filter(|word| Some(word.sentence) == sentence);
    // Germanic order: "security code", "one-time code"
    let previous = at.checked_sub(1).and_then(same).map_or("", |word| word.fold.as_str());
    if among(OTHER, previous) {
        return None;
    }
    let mut strength = if compound || among(PROVING, previous) { Strength::Proof } else { Strength::Code };
    let first = if among(PROVING, previous) { at - 1 } else { at };
    // Romance order: "código de seguridad", "clave dinámica"
    let mut last = at;
    for index in at + 1..=at + 4 {
        let Some(word) = same(index) else { break };
        let fold = word.fold.as_str();
        if among(OTHER, fold) {
            return None;
        }
        if among(PROVING, fold) {
            (strength, last) = (Strength::Proof, index);
            break;
        }
        if !among(JOINTS, fold) {
            break;
        }
    }
    Some((first, last, strength))
}

/// Sentences that tell people to keep their codes to themselves.
fn warnings(text: &Text) -> Vec<usize> {
    let shares = |word: &Word| begins(SHARING, &word.fold);
    let mut found = Vec::new();
    for (at, word) in text.words.iter().enumerate() {
        let fold = word.fold.as_str();
        let following = || text.words.iter().skip(at + 1).take(4).take_while(|next| next.sentence == word.sentence);
        if (among(NEVER, fold) || among(NOT, fold) && following().any(shares)) && found.last() != Some(&word.sentence) {
            found.push(word.sentence);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use Strength::{Action, Code, Proof};

    fn strengths(body: &str) -> Vec<Strength> {
        keywords(&Text::read(body)).into_iter().map(|keyword| keyword.strength).collect()
    }

    #[test]
    fn what_stands_beside_a_code_says_what_it_is() {
        let cases: [(&str, &[Strength]); 16] = [
            ("your code", &[Code]),
            ("security code", &[Proof]),
            ("one-time code", &[Proof]),
            ("código de seguridad", &[Proof]),
            ("clave dinámica", &[Proof]),
            ("código para el registro", &[Proof, Action]),
            ("Bestätigungscode", &[Proof]),
            ("mot de passe", &[Code]),
            ("il passe", &[]),
            ("log in", &[Action]),
            ("zip code", &[]),
            ("código postal", &[]),
            ("código de descuento", &[]),
            ("puntos clave", &[]),
            ("Gutscheincode", &[]),
            ("您的验证码是", &[Proof]),
        ];
        for (body, expected) in cases {
            assert_eq!(strengths(body), expected, "{body}");
        }
    }

    #[test]
    fn a_warning_is_no_announcement() {
        let warning =
            |body: &str| keywords(&Text::read(body)).iter().map(|keyword| keyword.warning).collect::<Vec<_>>();
        assert_eq!(warning("Never share your PIN."), [true]);
        assert_eq!(warning("No compartas tu clave"), [true]);
        assert_eq!(warning("We won't ask for your password"), [true]);
        assert_eq!(warning("Do not share this code"), [false]);
        assert_eq!(warning("Your code is here. Never tell anyone"), [false]);
    }

    #[test]
    fn a_payment_that_is_done_needs_no_code() {
        assert_eq!(strengths("Compra aprobada. Código de autorización 1"), []);
    }
}
