//! The edge's side of a path: what the link sends goes to sockets and streams, what it tells goes to the session, and packets
//! take the way that it knows.
use super::{Edge, Local, PathInUse};
use crate::{
    domain::private::Private,
    media::{
        MediaEvent,
        srtp::Failure,
        streams::Arrival,
        transport::{Fault, Happened, Hop, Port, Route, Via},
    },
};
use std::{net::SocketAddr, time::Instant};

impl Edge {
    /// Something came of names and streams.
    pub(super) fn arrived(&mut self, arrival: Arrival, now: Instant) {
        match arrival {
            Arrival::Found(place, addresses) => {
                if let Some(server) = self.streams.server(place) {
                    self.link.found(server, &addresses, now);
                }
            }
            Arrival::Connected(port, server, stream) => self.link.connected(port, &server, stream, now),
            Arrival::Message(stream, mut message) => self.incoming(&mut message, Port::Media, Hop::Stream(stream), now),
            Arrival::Ended(stream) => self.link.ended(stream, now),
        }
        self.follow(now);
    }

    /// Sends what the link has to send, and does what it tells.
    pub(super) fn follow(&mut self, now: Instant) {
        while let Some(happened) = self.link.poll_event() {
            self.happened(happened, now);
        }
        while let Some((port, hop, bytes)) = self.link.poll() {
            // what is lost is asked for again by who sent it, except for packets of sound
            let sent = match hop {
                Hop::Datagram(to) => self.socket(port).try_send_to(&bytes, to).is_ok(),
                Hop::Stream(stream) => self.streams.send(stream, bytes),
            };
            self.count.unsent += u64::from(!sent);
        }
    }

    fn happened(&mut self, happened: Happened, now: Instant) {
        match happened {
            Happened::Candidate(candidate) => {
                self.local.send_modify(|local| local.candidates.push(candidate.clone()));
                self.tell(MediaEvent::Candidate(Private::new(candidate)));
            }
            Happened::Gathered => {
                self.local.send_modify(|local: &mut Local| local.complete = true);
                self.tell(MediaEvent::Gathered);
            }
            Happened::Connect(port, server, at) => self.streams.open(port, server, at),
            Happened::Keys(port, keys) => {
                let secured = self.transport.as_mut().map(|transport| transport.secure(port, keys));
                if secured == Some(Ok(())) {
                    // RTCP may have keys of its own, before or after
                    if port == Port::Media {
                        self.tell(MediaEvent::Secured);
                    }
                } else {
                    tracing::error!("keys that nothing can be sealed with");
                    self.transport = None;
                }
            }
            Happened::Path(path) => {
                if let (Some(path), Some(transport)) = (path, &mut self.transport) {
                    transport.found(path.remote, now);
                }
                self.count.path = path.map(|path| PathInUse {
                    local_kind: path.kind,
                    local: path.local,
                    remote_kind: path.remote_kind,
                    remote: path.remote,
                });
                self.publish();
                if path.is_some() {
                    self.tell(MediaEvent::PathFound);
                }
            }
            Happened::Fault(fault) => {
                tracing::info!(?fault, "a call has no path or no keys");
                if let (Fault::NotAuthentic | Fault::NoKeys, Some(transport)) = (fault, &mut self.transport) {
                    transport.unsecure();
                }
                self.tell(match fault {
                    Fault::NoPath => MediaEvent::NoPath,
                    Fault::Lost => MediaEvent::PathLost,
                    Fault::NotAuthentic | Fault::NoKeys => MediaEvent::Insecure,
                });
            }
        }
    }

    /// Sends the packet that is written, where the transport or the link says; counts it as sent or not.
    pub(super) fn emit(&mut self, kind: Port, sealed: Result<Option<(Port, SocketAddr)>, Failure>, now: Instant) {
        let muxed = self.agreed.as_ref().is_none_or(|agreed| agreed.way.muxed);
        let own = kind == Port::Control && !muxed;
        let (port, described) = match sealed {
            Ok(Some((port, to))) => (port, Some(to)),
            Ok(None) => (if own { Port::Control } else { Port::Media }, None),
            // the call has just begun, and DTLS is under way
            Err(Failure::TooEarly) => return,
            Err(_) => {
                self.count.unsent += 1;
                return;
            }
        };
        let sent = match (self.link.route(port), described) {
            (Route::Described, Some(to)) => self.socket(port).try_send_to(&self.packet, to).is_ok(),
            (Route::Path(path), _) => match path.via {
                Via::Direct => self.socket(port).try_send_to(&self.packet, path.remote).is_ok(),
                Via::Relay(relay) => {
                    self.link.relay(relay, path.remote, &self.packet, now);
                    self.follow(now);
                    true
                }
            },
            // held the old way: they named no address; or there is no path yet
            (Route::Described, None) | (Route::Nowhere, _) => return,
        };
        let counter = match (sent, kind) {
            (true, Port::Media) => &mut self.count.sent,
            (true, Port::Control) => return,
            (false, _) => &mut self.count.unsent,
        };
        *counter += 1;
    }

    fn socket(&self, port: Port) -> &tokio::net::UdpSocket {
        match port {
            Port::Media => &self.rtp,
            Port::Control => &self.rtcp,
        }
    }
}
