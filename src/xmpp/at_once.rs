//! A log-in and its session in one exchange (SASL2), by the token if there is one and by the password if not: what [`super::sasl2`]
//! says, on a stream. It must not believe a server before its proof is checked.
use super::{
    fast::{self, FastToken},
    login::{self, Credentials, Refused, Stream},
    sasl2::{self, Bound, Offer, Wishes},
    scram::Exchange,
    session::Begin,
};
use crate::domain::account::Problem;
use xmpp_parsers::{minidom::Element, ns, sasl};

/// What one exchange for the whole log-in came to.
pub(super) struct Begun {
    /// How the session begins.
    pub(super) begin: Begin,
    /// What came before counting began.
    pub(super) early: Vec<Element>,
    /// A token for the next log-in.
    pub(super) token: Option<FastToken>,
}

/// Logs in and begins the session in one exchange (SASL2, XEP-0388), by the token if there is one.
pub(super) async fn at_once(
    mut stream: Stream,
    features: &Element,
    mut offer: Offer,
    exporter: Option<&[u8]>,
    who: &Credentials,
    resume: Option<(String, u32)>,
) -> Result<(Stream, Begun), Refused> {
    // what is bound cannot be resumed any more
    offer.bind = offer.bind.filter(|_| offer.resume || resume.is_none());
    let user = who.me.node().map_or("", |node| node.as_str());
    let fast = exporter.filter(|_| offer.fast.iter().any(|name| name == fast::MECHANISM));
    let by_token = who.token.as_ref().zip(fast);
    let token = fast.filter(|_| by_token.is_none()).map(|_| fast::MECHANISM);
    let wishes = Wishes { resume: resume.clone(), by_token: by_token.is_some(), token };
    let request = |name: &str, initial: &[u8]| sasl2::authenticate(name, initial, &who.agent, &offer, &wishes);
    let success = if let Some((token, channel)) = by_token {
        login::send(&mut stream, request(fast::MECHANISM, &token.initial(user, channel))?).await?;
        let answer = login::next(&mut stream).await?;
        if answer.is("failure", ns::SASL2) {
            return Err(Refused::Token);
        }
        let success = succeeded(&answer, who)?;
        token.check(&success.proof, channel)?;
        success
    } else {
        let bindings = login::bindings(features);
        let mut exchange =
            Exchange::choose(&offer.mechanisms, &bindings, exporter.map(<[u8]>::to_vec), user, &who.password)?;
        let first = exchange.start();
        login::send(&mut stream, request(exchange.name(), &first)?).await?;
        let mut answer = login::next(&mut stream).await?;
        while answer.is("challenge", ns::SASL2) {
            let (back, response) = login::work(exchange, sasl2::challenge(&answer)?).await?;
            exchange = back;
            login::send(&mut stream, sasl2::response(&response)).await?;
            answer = login::next(&mut stream).await?;
        }
        let success = succeeded(&answer, who)?;
        exchange.success(&success.proof)?;
        success
    };
    let mut early = Vec::new();
    let features = login::until(&mut stream, &mut early, |e| e.is("features", ns::STREAM)).await?;
    let counted = features.has_child("sm", ns::SM);
    let begin = match (success.resumed, success.bound) {
        (Some(h), _) if resume.is_some() => Begin::Resumed(h),
        (_, Some(Bound { carbons, counted: None })) if counted => {
            Begin::New { counted: login::enable(&mut stream, &mut early).await?, last: success.last, carbons }
        }
        (_, Some(Bound { carbons, counted })) => Begin::New { counted, last: success.last, carbons },
        (_, None) => {
            let resume = resume.filter(|_| !offer.resume);
            login::begin(&mut stream, who, counted, resume, &mut early).await?
        }
    };
    let token = success.token.filter(|_| fast.is_some()).map(FastToken::new);
    Ok((stream, Begun { begin, early, token }))
}

/// A success for this account; its proof is still to be checked.
fn succeeded(answer: &Element, who: &Credentials) -> Result<sasl2::Success, Problem> {
    if answer.is("failure", ns::SASL2) {
        let condition = answer.children().find(|child| child.has_ns(ns::SASL)).cloned();
        let condition = condition.and_then(|condition| sasl::DefinedCondition::try_from(condition).ok());
        return Err(condition.map_or(Problem::Refused, |condition| login::refused(&condition)));
    }
    // a server that wants more than a password is asked for nothing
    if answer.is("continue", ns::SASL2) {
        return Err(Problem::Refused);
    }
    if !answer.is("success", ns::SASL2) {
        return Err(Problem::Protocol);
    }
    sasl2::success(answer).and_then(
        |success| {
            if success.who.to_bare() == who.me { Ok(success) } else { Err(Problem::Protocol) }
        },
    )
}
