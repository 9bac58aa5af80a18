//! What makes a number something else than a code: the label before it (order, card, calle), the unit or currency
//! beside it, the call to write to it. Each rule only rejects.
use super::{
    candidates::Candidate,
    expiry,
    keywords::{Keyword, Strength},
    text::{Form, Text, Word, among},
};

/// Words that name the number after them (folded).
const LABELS: &str = "order orders pedido orden invoice factura ref reference referencia folio guia tracking rastreo seguimiento \
    shipment envio paquete parcel package ticket case caso boleto booking reserva reservation comprobante recibo \
    receipt expediente solicitud application request cita appointment turno contract contrato poliza policy \
    bestellung commande ordine encomenda comanda tramite tarea incident incidencia account acct cuenta cta conta \
    compte konto conto card tarjeta cartao carte karte targeta ending ends terminada terminado termina terminacion \
    finalizada final endet digits digitos balance saldo amount monto importe total price precio transaction \
    transaccion operacion operation autorizacion approval aprobacion iban clabe cbu cvu meter lectura reading member \
    socio customer client cliente dni rfc curp cuit cedula id serial serie model modelo version line linea bus \
    flight vuelo gate room sala habitacion suite apt apartment depto piso oficina extension ext zip cp postal calle \
    av avenida avda carrera cra calzada blvd ruta km locker casillero tel telefono phone telephone fax celular";
/// Words that tell to call or write to the number after them.
const SENDING: &str = "call dial text txt reply send sms whatsapp ring llama llame llamar llamanos llamenos marca marque marcando envia \
    envie enviando manda mande responde responda escribenos comunicate comuniquese contacta appelez envoyez \
    ligue rufen";
/// Words that tell to write to a number only with "to" before it: alone they may tell to type it.
const WRITING: &str = "escribe escriba write message mensaje";
/// Small words between a label and its number.
const FILLERS: &str = "number numero no num nro nr n o is es de del la el los las in en with con to al a by the your su tu us at on for \
    por last ultimos 4 was fue";
/// Labels that are often shortened with a stop.
const SHORTENED: &str = "no num ref av avda tel ext apt p";
/// Words that name the number before them.
const COUNTED: &str = "usd eur mxn ars cop clp pen brl gbp dollars dolares pesos euros euro soles reais bucks points puntos pts millas \
    miles km kwh gb mb digit digits digitos steps people \
    personas users usuarios units";
const STREET: &str = "st street ave avenue road rd blvd boulevard drive dr lane ln court way strasse";
const DISCOUNT: &str = "discount descuento descuentos desconto coupon cupon cupones promo promocion promotional sale rebaja rebajas \
    oferta ofertas off save ahorra checkout voucher gift regalo sorteo rifa ganador ganadora ganaste gana premio premios prize winner lottery rabatt sconto remise descompte";
const MONEY: [char; 9] = ['$', '€', '£', '¥', '₹', '₽', '₩', '₱', '¢'];

/// A shop's message: without a word of proof no code in it is to be typed but at a till.
pub(super) fn is_advertising(text: &Text, keywords: &[Keyword]) -> bool {
    let proof = keywords.iter().any(|keyword| keyword.strength != Strength::Code && !keyword.warning);
    !proof && (text.chars.contains(&'%') || text.words.iter().any(|word| among(DISCOUNT, &word.fold)))
}

/// Whether the candidate is something else by what stands around it.
pub(super) fn is_other(text: &Text, candidate: &Candidate, keywords: &[Keyword], sender: &str) -> bool {
    is_sender(candidate, sender)
        || has_sign(text, candidate)
        || is_counted(text, candidate)
        || is_address(text, candidate)
        || is_time(text, candidate)
        || is_labelled(text, candidate, keywords)
}

/// The sender's own number, as in "text STOP to 12345".
fn is_sender(candidate: &Candidate, sender: &str) -> bool {
    let digits = || sender.chars().filter(char::is_ascii_digit);
    digits().count() >= 4 && digits().eq(candidate.value.chars())
}

/// Signs of money, telephones and hidden digits.
fn has_sign(text: &Text, candidate: &Candidate) -> bool {
    let before = text.before(candidate.first);
    let after = text.after(candidate.last);
    let near = before.iter().rev().find(|c| !c.is_whitespace());
    let next = after.iter().find(|c| !c.is_whitespace());
    let stars = before.iter().rev().take_while(|c| matches!(c, '*' | '•' | '·' | '●')).count();
    let bold = after.first() == Some(&'*') && stars == 1;
    near.is_some_and(|c| MONEY.contains(c))
        || before.last() == Some(&'+')
        || before.ends_with(&['.', '.', '.'])
        || before.last() == Some(&'…')
        || stars > 0 && !bold
        || next.is_some_and(|c| MONEY.contains(c) || matches!(c, '%' | '°'))
}

/// A unit, currency or street after it, or "ten thousand of them".
fn is_counted(text: &Text, candidate: &Candidate) -> bool {
    let sentence = |index: usize| text.words.get(index).map(|word| word.sentence);
    let next = candidate.last + 1;
    if sentence(next) != sentence(candidate.last) || text.after(candidate.last).iter().any(|c| !matches!(c, ' ' | '-'))
    {
        return false;
    }
    let word = text.fold(next);
    // "482913 S" is no number of seconds; "1440 minutes" is one of minutes
    among(COUNTED, word) || word.len() > 1 && expiry::unit(word).is_some()
}

/// "4410 Lake St": up to three names and a word for a street.
fn is_address(text: &Text, candidate: &Candidate) -> bool {
    let name = |word: &Word| text.written(word).next().is_some_and(char::is_uppercase);
    let spaced = |at: usize| text.before(at).iter().all(|c| *c == ' ');
    let following = text.words.iter().enumerate().skip(candidate.last + 1).take(4);
    let mut names = following.take_while(|(at, word)| spaced(*at) && name(word));
    names.any(|(_, word)| among(STREET, &word.fold))
}

/// "at 1830", "a las 1600": a time of day without its colon.
fn is_time(text: &Text, candidate: &Candidate) -> bool {
    let clock = candidate.value.len() == 4
        && matches!((candidate.value.get(..2), candidate.value.get(2..)), (Some(hour), Some(minute)) if hour < "24" && minute < "60");
    clock && among("at las until till by um gegen as alle", text.fold_before(candidate.first, 1))
}

/// A label before it, unless a keyword is nearer or is what the sentence speaks of.
fn is_labelled(text: &Text, candidate: &Candidate, keywords: &[Keyword]) -> bool {
    let start = if candidate.prefixed { candidate.first - 1 } else { candidate.first };
    let Some(sentence) = text.words.get(start).map(|word| word.sentence) else { return false };
    let announced = announced(text, start);
    let mut towards = false;
    for distance in 1..=5 {
        let Some(at) = start.checked_sub(distance) else { return false };
        let Some(word) = text.words.get(at) else { return false };
        let fold = word.fold.as_str();
        // a line's end or a stop parts a number from its label, but for "No. 4821" and "Pedido:\n4821"
        if word.sentence != sentence && !(among(SHORTENED, fold) || text.after(at).contains(&':')) {
            return false;
        }
        if keywords
            .iter()
            .any(|keyword| (keyword.first..=keyword.last).contains(&at) && keyword.strength > Strength::Action)
        {
            return false;
        }
        // a comma ends what a label speaks of: "Dear customer, 482913 is…"
        if text.after(at).contains(&',') {
            return false;
        }
        if among(SENDING, fold) || towards && among(WRITING, fold) {
            return true;
        }
        towards |= matches!(fold, "to" | "al" | "a");
        if among(LABELS, fold) {
            // "the code for your account is 482913": the code is what is told
            let subject = keywords.iter().any(|k| {
                k.last < at
                    && k.strength > Strength::Action
                    && text.words.get(k.last).is_some_and(|w| w.sentence == sentence)
            });
            return !(announced && subject);
        }
        // "Reply STOP to 12345": a shouted word is part of the instruction
        if !(among(FILLERS, fold) || word.form == Form::Capitals) {
            return false;
        }
    }
    false
}

/// "…: 482913" or "… is 482913".
pub(super) fn announced(text: &Text, start: usize) -> bool {
    let before = text.before(start);
    before.iter().any(|c| matches!(c, ':' | '=' | '\n' | '→' | '>')) || is_copula(text.fold_before(start, 1))
}

/// "is", and its sisters.
pub(super) fn is_copula(word: &str) -> bool {
    matches!(word, "is" | "es" | "est" | "ist" | "e" | "lautet" | "sera" | "jest" | "eh" | "are" | "son")
}
