//! Is a server that is to be preferred back? It is asked by a flow of its own, while the one in use goes on: whoever answers a
//! question (RFC 3261 section 11) takes calls, too. It must not register.
use super::{
    agent::Agent,
    chance::Chance,
    flow::{Flow, Received},
    locate::Target,
    message::{HeaderName, Message, Method},
    parse::parse,
    uri::{NameAddr, Uri},
    via::Via,
};
use crate::{
    account::AccountSetup,
    domain::account::{Problem, SipTransport},
};
use std::{net::SocketAddr, time::Duration};
use tokio::time::timeout;

/// Questions, for a datagram may get lost, and how long each is waited for.
const QUESTIONS: u32 = 3;
const ANSWER: Duration = Duration::from_secs(1);

/// A flow to a server that works.
///
/// # Errors
/// As [`Flow::open`]; [`Problem::TimedOut`] where nobody answers, [`Problem::Refused`] where it says that it is not ready.
pub(super) async fn probe(setup: &AccountSetup, target: &Target) -> Result<Flow, Problem> {
    let mut flow = Flow::open(&setup.bind, target, setup.config.ca.as_deref()).await?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| Problem::Protocol)?;
    let mut chance = Chance::new(seed);
    let uri = Uri::parse(&format!("sip:{}", setup.config.domain())).ok_or(Problem::UnknownHost)?;
    let local = SocketAddr::new(flow.local().ip(), flow.local().port());
    let us = NameAddr::new(Uri::at(None, local, "")).with_tag(&chance.token());
    let mut request = Agent::compose(Method::Options, uri.clone(), (&us, &NameAddr::new(uri)), &chance.token(), 1);
    let way = match target.transport {
        SipTransport::Udp => "UDP",
        SipTransport::Tcp => "TCP",
        SipTransport::Tls => "TLS",
    };
    let branch = format!("z9hG4bK{}", chance.token());
    request.headers.push_front(HeaderName::Via, Via::own(way, local, &branch).to_string());
    request.headers.push(HeaderName::MaxForwards, "70");
    let (server, bytes) = (flow.remote(), request.to_bytes());
    for question in 0..QUESTIONS {
        if question == 0 || target.transport == SipTransport::Udp {
            flow.send(server, &bytes).await?;
        }
        let answered = timeout(ANSWER, async {
            loop {
                match flow.recv().await? {
                    Received::Message { from, bytes } if from.ip() == server.ip() => {
                        if let Ok(Message::Response(response)) = parse(&bytes) {
                            return Ok(response.code);
                        }
                    }
                    _ => {}
                }
            }
        });
        match answered.await {
            Ok(Ok(code)) if super::failure::is_of_the_server(code) => return Err(Problem::Refused),
            Ok(Ok(100..=199)) => {}
            Ok(Ok(_)) => return Ok(flow),
            Ok(Err(problem)) => return Err(problem),
            Err(_) => {}
        }
    }
    Err(Problem::TimedOut)
}
