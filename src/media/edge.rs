//! The edge of a session: a thread with its own sockets and its own clock, so that no other work of the program makes
//! sound stutter. Every decision is made elsewhere; here are only sockets, rings and time.
use super::{
    MediaEvent,
    ahead::Ahead,
    clock::Clock,
    negotiate::Agreed,
    packet::LARGEST,
    receive::Receiver,
    reception::{PathInUse, Statistics},
    record::Tap,
    rtcp::{self, Report, Said},
    send::{Pace, Pacer, Sender, random},
    streams::Streams,
    transport::{Credentials, Hop, Incoming, Link, Port, Refused, Transport},
};
use crate::{
    audio::AudioStream,
    domain::{ice::Candidate, private::Private},
};
use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::{
    net::UdpSocket,
    sync::{mpsc, watch},
};

/// How often the rings are looked at; less often where the devices tell.
const TICK: Duration = Duration::from_millis(5);
const SELDOM: Duration = Duration::from_millis(20);
/// What is played at once: 2.5 ms.
const PIECE: usize = 120;
/// Nothing received for so long is told.
const QUIET: Duration = Duration::from_secs(8);
/// Keys taken between two reports: more than fingers and dialling machines press.
const KEYS: u32 = 100;
/// Datagrams read at once from one port.
const AT_ONCE: usize = 32;
/// Statistics are told as often as somebody can read them.
const COUNT: Duration = Duration::from_secs(1);
/// Between two reports (RFC 3550 section 6.2), varied by half.
const REPORT: Duration = Duration::from_secs(5);

/// What a session tells its edge.
#[derive(Debug)]
pub(super) enum Order {
    Apply(Box<Agreed>),
    Attach(Box<AudioStream>),
    Mute(bool),
    Keys(Private<String>),
    Record(Option<Box<Tap>>),
    /// Credentials of ICE that an offer tells.
    Announce(Credentials),
    /// A candidate of theirs; `None`: there are no more.
    Remote(Option<Box<Candidate>>),
    Stop,
}

/// Our side of ICE, as far as it is gathered.
#[derive(Debug, Default)]
pub(super) struct Local {
    pub candidates: Vec<Candidate>,
    pub complete: bool,
}

/// What an edge stands on.
pub(super) struct Ground {
    pub rtp: UdpSocket,
    pub rtcp: UdpSocket,
    pub link: Link,
    pub streams: Streams,
    pub local: watch::Sender<Local>,
}

/// The edge.
pub(super) struct Edge {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    events: mpsc::Sender<MediaEvent>,
    statistics: watch::Sender<Statistics>,
    count: Statistics,
    agreed: Option<Agreed>,
    link: Link,
    streams: Streams,
    local: watch::Sender<Local>,
    transport: Option<Transport>,
    clock: Clock,
    receiver: Receiver,
    sender: Option<Sender>,
    pacer: Pacer,
    stream: Option<Box<AudioStream>>,
    ahead: Ahead,
    muted: bool,
    tap: Option<Box<Tap>>,
    /// When sound came last, or was first expected; `None`: it was told that none comes, or none is expected.
    heard: Option<Instant>,
    flowing: bool,
    report: Instant,
    /// When statistics are told next.
    publish: Instant,
    /// Keys heard since the last report.
    keys: u32,
    cname: String,
    packet: Vec<u8>,
    sound: Vec<f32>,
}

impl Edge {
    pub(super) fn new(ground: Ground, events: mpsc::Sender<MediaEvent>, statistics: watch::Sender<Statistics>) -> Self {
        let now = Instant::now();
        let Ground { rtp, rtcp, link, streams, local } = ground;
        Self {
            rtp,
            rtcp,
            events,
            statistics,
            count: Statistics::default(),
            agreed: None,
            link,
            streams,
            local,
            transport: None,
            clock: Clock::new(now),
            receiver: Receiver::default(),
            sender: None,
            pacer: Pacer::new(now),
            stream: None,
            ahead: Ahead::new(now),
            muted: false,
            tap: None,
            heard: None,
            flowing: false,
            report: now,
            publish: now,
            keys: 0,
            // a name for this session alone (RFC 7022): it leads to nobody
            cname: format!("{:08x}{:08x}{:08x}", random(), random(), random()),
            packet: Vec::with_capacity(LARGEST),
            sound: Vec::new(),
        }
    }

    /// Runs until told to stop.
    pub(super) async fn run(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut next = Instant::now();
        // one octet more than the largest: what fills it was larger
        let mut datagram = [0; LARGEST + 1];
        self.streams.look_up();
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    None | Some(Order::Stop) => break,
                    Some(order) => self.order(order),
                },
                Ok(()) = self.rtp.readable() => self.read(Port::Media, &mut datagram),
                Ok(()) = self.rtcp.readable() => self.read(Port::Control, &mut datagram),
                Some(arrival) = self.streams.next() => self.arrived(arrival, Instant::now()),
                () = news(self.stream.as_deref()) => self.tick(Instant::now()),
                () = tokio::time::sleep_until(next.into()) => {
                    let now = Instant::now();
                    self.tick(now);
                    let told = self.stream.as_ref().is_some_and(|stream| stream.pull.asked().is_some());
                    next = now + if told { SELDOM } else { TICK };
                }
            }
        }
        let now = Instant::now();
        self.report(now, true);
        self.link.stop(now);
        self.follow(now);
        self.publish();
        tracing::debug!(statistics = ?self.count, "media ends");
    }

    fn order(&mut self, order: Order) {
        match order {
            Order::Apply(agreed) => self.apply(*agreed),
            Order::Attach(stream) => {
                stream.pull.serve();
                self.stream = Some(stream);
                self.ahead = Ahead::new(Instant::now());
            }
            Order::Mute(on) => self.muted = on,
            Order::Record(tap) => self.tap = tap,
            Order::Keys(keys) => {
                let all = keys.expose().chars().count();
                let refused = self.sender.as_mut().map_or(all, |sender| sender.push_keys(keys.expose()));
                if refused > 0 {
                    tracing::warn!(refused, "keys that cannot be sent");
                }
            }
            Order::Announce(credentials) => self.link.announce(credentials),
            Order::Remote(Some(candidate)) => self.link.add_remote(*candidate),
            Order::Remote(None) => self.link.end_of_candidates(),
            Order::Stop => {}
        }
    }

    fn apply(&mut self, agreed: Agreed) {
        let now = Instant::now();
        let applied = match &mut self.sender {
            Some(sender) => sender.agree(&agreed),
            None => Sender::new(&agreed).map(|sender| self.sender = Some(sender)),
        };
        if let Err(error) = applied {
            tracing::error!(%error, "nothing is sent");
            self.sender = None;
        }
        let way = agreed.way.clone();
        let agreed_on = match &mut self.transport {
            Some(transport) => transport.agree(way),
            None => Transport::new(way).map(|transport| self.transport = Some(transport)),
        };
        if let Err(error) = agreed_on {
            tracing::error!(%error, "a call has no way for its packets");
            self.transport = None;
        }
        let way = &agreed.way;
        let (muxed, sdes, dtls, ice) = (way.muxed, way.keys.is_some(), way.dtls.is_some(), way.ice.is_some());
        tracing::debug!(muxed, sdes, dtls, ice, "a call's way is agreed on");
        self.link.agree(way, now);
        self.receiver.agree(&agreed);
        self.heard = agreed.receives.then_some(now);
        self.pacer = Pacer::new(now);
        self.report = now + REPORT / 5;
        self.agreed = Some(agreed);
        self.follow(now);
    }

    /// Reads what waits at a port, but no more than [`AT_ONCE`]: what floods it must not keep the sound waiting.
    fn read(&mut self, port: Port, datagram: &mut [u8]) {
        for _ in 0..AT_ONCE {
            let socket = if port == Port::Media { &self.rtp } else { &self.rtcp };
            match socket.try_recv_from(datagram) {
                Ok((length, from)) => self.datagram(datagram.get_mut(..length).unwrap_or_default(), port, from),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                // an earlier packet of ours came back as unreachable: the next one may not
                Err(_) => {}
            }
        }
    }

    fn datagram(&mut self, bytes: &mut [u8], port: Port, from: SocketAddr) {
        let now = Instant::now();
        self.incoming(bytes, port, Hop::Datagram(from), now);
        self.follow(now);
    }

    fn incoming(&mut self, bytes: &mut [u8], port: Port, hop: Hop, now: Instant) {
        let packet = match self.link.receive(bytes, (port, hop), now) {
            Ok(Some(packet)) => packet,
            Ok(None) => return, // the link's own
            Err(refused) => return self.refused(refused),
        };
        let (Some(agreed), Some(transport)) = (&self.agreed, &mut self.transport) else {
            return self.refused(Refused::Early);
        };
        let open = agreed.way.keys.is_none() && agreed.way.dtls.is_none();
        if open && !packet.known {
            return self.refused(Refused::Foreign);
        }
        let (port, from) = (packet.port, packet.from);
        let bytes = bytes.get_mut(packet.range).unwrap_or_default();
        let packet = match transport.receive(bytes, port, from, now, |packet| self.receiver.knows(packet)) {
            Ok(Incoming::Media(packet)) => packet,
            Ok(Incoming::Control(compound)) => return self.control(compound, now),
            Err(refused) => return self.refused(refused),
        };
        if !agreed.receives {
            return; // we hold, and they know
        }
        let heard = self.receiver.packet(&packet, now, &mut self.count);
        if !heard.valid {
            return;
        }
        self.heard = Some(now);
        if !std::mem::replace(&mut self.flowing, true) {
            self.tell(MediaEvent::FirstPacket);
        }
        if let Some(key) = heard.key {
            self.keys += 1;
            if self.keys <= KEYS {
                self.tell(MediaEvent::Dtmf(Private::new(key)));
            } else {
                self.count.foreign += 1; // a flood
            }
        }
    }

    const fn refused(&mut self, refused: Refused) {
        let counter = match refused {
            Refused::Malformed => &mut self.count.malformed,
            Refused::UnknownPayload => &mut self.count.unknown_payload,
            Refused::Foreign => &mut self.count.foreign,
            Refused::Forged => &mut self.count.forged,
            Refused::Replayed => &mut self.count.replayed,
            Refused::Early => &mut self.count.early,
        };
        *counter += 1;
    }

    fn control(&mut self, bytes: &[u8], now: Instant) {
        let Some(said) = rtcp::parse(bytes) else {
            self.count.malformed += 1;
            return;
        };
        for said in said {
            match said {
                Said::Sender { ssrc, sent } if self.receiver.ssrc() == Some(ssrc) => {
                    if let Some(reception) = self.receiver.reception() {
                        reception.sender_report(sent.ntp, now);
                    }
                }
                Said::Block(block) => {
                    if let Some(sender) = self.sender.as_mut().filter(|sender| sender.ssrc() == block.ssrc) {
                        self.count.reports += 1;
                        self.count.reported_loss = (u32::from(block.fraction_lost) * 1000 / 256) as u16;
                        let jitter = u64::from(block.jitter) * 1000 / u64::from(sender.clock());
                        self.count.reported_jitter = u32::try_from(jitter).unwrap_or(u32::MAX);
                        sender.reported(block.fraction_lost, now);
                        let round_trip = self.clock.round_trip(block.last_sr, block.delay, now);
                        self.count.round_trip = round_trip.or(self.count.round_trip);
                    }
                }
                // a goodbye is not signed: only signalling ends a call
                Said::Sender { .. } | Said::Bye { .. } => {}
            }
        }
    }

    fn tick(&mut self, now: Instant) {
        self.link.tick(now);
        self.follow(now);
        self.play(now);
        self.send(now);
        if self.heard.is_some_and(|heard| now.saturating_duration_since(heard) >= QUIET) {
            self.heard = None;
            self.flowing = false;
            self.tell(MediaEvent::Quiet);
        }
        if now >= self.report {
            self.report(now, false);
        }
        if now >= self.publish {
            self.publish = now + COUNT;
            self.publish();
        }
    }

    /// Keeps the loudspeaker's ring filled.
    fn play(&mut self, now: Instant) {
        let Some(stream) = &mut self.stream else { return };
        let capacity = stream.playback.buffer().capacity();
        let receives = self.agreed.as_ref().is_some_and(|agreed| agreed.receives);
        let mut piece = [0.0; PIECE];
        let held = capacity - stream.playback.slots();
        let wanted = stream.pull.asked().map_or_else(|| self.ahead.wanted(now, held), |asked| asked.min(capacity));
        while capacity - stream.playback.slots() < wanted {
            if receives {
                self.receiver.play(&mut piece, now, &mut self.count);
            }
            if !stream.play(&piece) {
                break;
            }
            if let Some(tap) = &mut self.tap {
                tap.far(&piece);
            }
        }
        stream.pull.filled();
    }

    /// Sends what the microphone has heard.
    fn send(&mut self, now: Instant) {
        let sends = self.agreed.as_ref().is_some_and(|agreed| agreed.sends);
        let (Some(sender), Some(_)) = (&mut self.sender, &self.transport) else {
            drain(self.stream.as_deref_mut(), usize::MAX);
            return;
        };
        if !sends {
            // time goes on in the packets' stamps, so that the other side sees a pause
            let frame = sender.frame();
            while self.pacer.next(now, 0, frame) == Pace::Silence {
                sender.skip(frame);
            }
            drain(self.stream.as_deref_mut(), usize::MAX);
            return;
        }
        let frame = sender.frame();
        loop {
            let available = self.stream.as_ref().map_or(0, |stream| stream.capture.slots());
            self.sound.clear();
            self.sound.resize(frame, 0.0);
            match self.pacer.next(now, available, frame) {
                Pace::Wait => return,
                Pace::Silence => {}
                Pace::Sound { skip } => {
                    drain(self.stream.as_deref_mut(), skip);
                    if let Some(stream) = &mut self.stream
                        && !stream.hear(&mut self.sound)
                    {
                        return;
                    }
                }
            }
            if self.muted {
                self.sound.fill(0.0);
            }
            if let Some(tap) = &mut self.tap {
                tap.near(&mut self.sound);
            }
            let (Some(sender), Some(transport)) = (&mut self.sender, &mut self.transport) else { return };
            if sender.packet(&self.sound, &mut self.packet) {
                let sealed = transport.send(&mut self.packet, Port::Media);
                self.emit(Port::Media, sealed, now);
            }
        }
    }

    fn report(&mut self, now: Instant, bye: bool) {
        let spread = REPORT.mul_f64(f64::from(random()) / f64::from(u32::MAX));
        self.report = now + REPORT / 2 + spread;
        self.keys = 0;
        let (Some(sender), Some(transport)) = (&self.sender, &mut self.transport) else { return };
        let report = Report {
            ssrc: sender.ssrc(),
            sent: sender.sent(self.clock.stamp(now)),
            block: self.receiver.reception().map(|reception| reception.block(now)),
            cname: &self.cname,
            bye,
        };
        report.write(&mut self.packet);
        let sealed = transport.send(&mut self.packet, Port::Control);
        self.emit(Port::Control, sealed, now);
    }

    fn publish(&mut self) {
        self.receiver.count(&mut self.count);
        let count = self.count;
        self.statistics.send_if_modified(|told| std::mem::replace(told, count) != count);
    }

    fn tell(&self, event: MediaEvent) {
        if self.events.try_send(event).is_err() {
            tracing::warn!("an event of a call's media has no reader");
        }
    }
}

/// Waits until the devices have something to tell.
async fn news(stream: Option<&AudioStream>) {
    match stream {
        Some(stream) => stream.pull.news().await,
        None => std::future::pending().await,
    }
}

/// Leaves samples of the microphone out, at most so many.
fn drain(stream: Option<&mut AudioStream>, most: usize) {
    let Some(stream) = stream else { return };
    let samples = stream.capture.slots().min(most);
    if let Ok(chunk) = stream.capture.read_chunk(samples) {
        chunk.commit_all();
    }
}

#[path = "edge_path.rs"]
mod path;
#[cfg(test)]
#[path = "edge_tests.rs"]
mod tests;
