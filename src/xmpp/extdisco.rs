//! Servers that help calls to find a path, as our own server names them (XEP-0215): with names and passwords that may expire.
//! It must not ask them anything: the media engine does.
use crate::domain::{
    ice::{Server, ServerKind, ServerTransport},
    private::Private,
};
use jiff::Timestamp;
use std::time::Duration;
use xmpp_parsers::{extdisco::ServicesQuery, iq::Iq, jid::Jid, minidom::Element, ns};

/// Servers that are taken.
const MOST: usize = 8;
/// Names and passwords are asked for again after half their life, but neither sooner nor later than this.
const SOONEST: Duration = Duration::from_secs(60);
const LATEST: Duration = Duration::from_secs(3600);
/// The ports of both, and the one under TLS (RFC 8489 section 18.6, RFC 8656 section 20).
const PORT: u16 = 3478;
const TLS_PORT: u16 = 5349;

/// The question.
pub(super) fn ask(id: String, server: Jid) -> Element {
    Iq::from_get(id, ServicesQuery { type_: None }).with_to(server).into()
}

/// The servers of an answer that can be used, and how long it is good for.
pub(super) fn read(services: &Element, now: Timestamp) -> (Vec<Server>, Duration) {
    let all = || services.children().filter(|child| child.is("service", ns::EXT_DISCO));
    let expiries = all().filter_map(|service| service.attr("expires")?.parse::<Timestamp>().ok());
    let life = expiries.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or_default() / 2).min();
    (all().filter_map(server).take(MOST).collect(), life.unwrap_or(LATEST).clamp(SOONEST, LATEST))
}

fn server(service: &Element) -> Option<Server> {
    let transport = service.attr("transport").unwrap_or("udp");
    let transport = match (service.attr("type")?, transport) {
        ("stun" | "turn", "udp") => ServerTransport::Udp,
        ("turn", "tcp") => ServerTransport::Tcp,
        ("turns", "tcp") => ServerTransport::Tls,
        // others are spoken to by nobody here
        _ => return None,
    };
    let kind = if service.attr("type") == Some("stun") {
        ServerKind::Stun
    } else {
        // without a name it relays for nobody
        let (username, password) = (service.attr("username")?, service.attr("password")?);
        ServerKind::Turn { username: Private::from(username), password: Private::from(password) }
    };
    let usual = if transport == ServerTransport::Tls { TLS_PORT } else { PORT };
    let port = service.attr("port").map_or(Some(usual), |port| port.parse().ok().filter(|port| *port > 0))?;
    let plain = |c: char| c.is_alphanumeric() || ".-_:".contains(c);
    let host = service.attr("host").filter(|host| (1..=253).contains(&host.len()) && host.chars().all(plain))?;
    Some(Server { host: host.to_owned(), port, transport, kind })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_used_is_taken_and_its_life_is_known() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let services = format!(
            "<services xmlns='{}'>\
             <service type='stun' host='stun.test' port='3479'/>\
             <service type='turn' transport='udp' host='turn.test' username='u' password='p' expires='2026-01-01T00:20:00Z'/>\
             <service type='turn' transport='tcp' host='2001:db8::1' username='u' password='p'/>\
             <service type='turns' transport='tcp' host='turn.test' username='u' password='p'/>\
             <service type='turn' host='no-name.test'/><service type='turns' transport='udp' host='dtls.test'/>\
             <service type='ftp' host='x'/><service type='stun' host='bad host'/><service type='stun' host='x' port='0'/>\
             </services>",
            ns::EXT_DISCO
        );
        let (servers, life) = read(&services.parse().unwrap(), now);
        let found: Vec<_> = servers.iter().map(|s| (s.host.as_str(), s.port, s.transport)).collect();
        assert_eq!(
            found,
            [
                ("stun.test", 3479, ServerTransport::Udp),
                ("turn.test", PORT, ServerTransport::Udp),
                ("2001:db8::1", PORT, ServerTransport::Tcp),
                ("turn.test", TLS_PORT, ServerTransport::Tls),
            ]
        );
        assert_eq!(life, Duration::from_secs(600));
        let long_ago = services.replace("2026-01-01T00:20", "2020-01-01T00:20");
        assert_eq!(read(&long_ago.parse().unwrap(), now).1, SOONEST);
    }
}
