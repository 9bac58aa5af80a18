//! Requests that are too large for a datagram (RFC 3261 section 18.1.1): they go by a stream to the account's server, as long
//! as it takes one, and by datagram where it does not.
use super::{Agent, ClientId, HeaderName, Method, Output, Request, Via};
use bytes::Bytes;
use std::{net::SocketAddr, time::Instant};

/// The largest request in a datagram: what is left of an Ethernet frame for a response that grows on its way.
const LARGEST: usize = 1300;
/// How the topmost Via of a message begins that belongs on a stream.
const BY_STREAM: &[u8] = b"\r\nVia: SIP/2.0/TCP ";

impl Agent {
    /// Whether this request of ours is to go by a stream; its Via says so then.
    pub(super) fn goes_by_stream(&self, request: &mut Request, to: SocketAddr) -> bool {
        // a registration is of the flow that it goes by (RFC 5626)
        let at_home = self.home.as_ref().is_some_and(|home| home.server == to) && request.method != Method::Register;
        if self.is_reliable() || self.no_stream || !at_home || request.to_bytes().len() <= LARGEST {
            return false;
        }
        let Some(mut via) = request.headers.via() else { return false };
        via.transport = "TCP".to_owned();
        request.headers.replace_via(&via);
        true
    }

    /// Hands a message to the wire.
    pub(super) fn carry(&mut self, to: SocketAddr, bytes: Bytes) {
        let first_line = bytes.iter().position(|byte| *byte == b'\r').unwrap_or_default();
        let rest = bytes.get(first_line..).unwrap_or_default();
        let stream = !self.is_reliable() && rest.starts_with(BY_STREAM);
        self.out.push_back(Output::Send { to, bytes, stream });
    }

    /// The stream beside the datagrams is gone. `refused`: the server takes none. What nobody has heard is sent as a datagram.
    pub(crate) fn stream_lost(&mut self, refused: bool, now: Instant) {
        self.no_stream |= refused;
        // who has heard it may still answer, and would take it for another request
        let unheard = |client: &ClientId| self.transactions.is_unheard(*client);
        let by_stream = |via: &Via| via.transport == "TCP";
        let lost = self.sent.iter().filter(|(client, sent)| {
            !self.is_reliable() && unheard(client) && sent.request.headers.via().as_ref().is_some_and(by_stream)
        });
        for client in lost.map(|(client, _)| *client).collect::<Vec<_>>() {
            self.transactions.forget(client);
            let Some(sent) = self.sent.remove(&client) else { continue };
            let mut request = sent.request;
            let tag = request.headers.to().and_then(|to| to.tag());
            let number = request.headers.cseq().map_or(1, |(number, _)| number);
            let stream = std::mem::replace(&mut self.no_stream, true);
            request.headers.remove(&HeaderName::Via);
            let again = self.send(request, sent.to, sent.purpose, now);
            self.no_stream = stream;
            match again {
                Some(again) => {
                    self.sent.entry(again).and_modify(|known| {
                        (known.answered, known.repeats, known.dialog) = (sent.answered, sent.repeats, sent.dialog);
                    });
                    self.sent_again(sent.purpose, again, tag.as_deref(), number);
                }
                None => self.gave_up(sent.purpose, super::Failure::Lost, now),
            }
        }
    }
}
