//! Two or more user agents with a hand-turned clock and a wire between them that may lose, delay and double what it carries.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]
mod challenges;
mod early;
mod hang_up;
mod hostile;
mod lasting;
mod places;
mod reach;
mod reoffers;
mod scripted;
mod size;
mod strangers;
mod talking;
mod texts;
mod torture;
mod transfers;

use super::*;
use crate::domain::{
    call::{Decline, EndReason},
    session::{Codec, MediaDirection, PayloadType, SessionDescription},
};
use std::time::Duration;

const CALL: CallId = CallId(1);

/// How bad the wire is, in percent and milliseconds.
#[derive(Clone, Copy, Default)]
struct Weather {
    loss: u32,
    doubled: u32,
    jitter: u64,
}

const STORM: Weather = Weather { loss: 25, doubled: 20, jitter: 300 };

struct Net {
    now: Instant,
    agents: Vec<(SocketAddr, Agent)>,
    events: Vec<Vec<AgentEvent>>,
    /// Everything that was sent: by whom, to whom, what.
    sent: Vec<(usize, SocketAddr, String)>,
    wire: Vec<(Instant, u64, SocketAddr, SocketAddr, Bytes)>,
    order: u64,
    weather: Weather,
    chance: Chance,
    /// How many went by a stream beside the datagrams.
    by_stream: usize,
}

impl Net {
    fn new(agents: usize, weather: Weather, seed: u8) -> Self {
        let now = Instant::now();
        let agents = (0..agents).map(|at| {
            let addr = addr(at);
            let mut agent =
                Agent::new([seed.wrapping_mul(31).wrapping_add(at as u8); 32], None, vec![Method::Register]);
            agent.connected(Way { transport: SipTransport::Udp, local: addr }, None, now);
            (addr, agent)
        });
        let agents: Vec<_> = agents.collect();
        let events = agents.iter().map(|_| Vec::new()).collect();
        let chance = Chance::new([seed; 32]);
        Self { now, agents, events, sent: Vec::new(), wire: Vec::new(), order: 0, weather, chance, by_stream: 0 }
    }

    fn pair() -> Self {
        Self::new(2, Weather::default(), 1)
    }

    /// Two agents with a stream between them.
    fn stream() -> Self {
        let mut net = Self::pair();
        for at in 0..2 {
            let way = Way { transport: SipTransport::Tcp, local: addr(at) };
            net.act(at, |agent, now| agent.connected(way, None, now));
        }
        net
    }

    fn agent(&mut self, at: usize) -> &mut Agent {
        &mut self.agents[at].1
    }

    /// Acts on one agent at this moment.
    fn act<T>(&mut self, at: usize, act: impl FnOnce(&mut Agent, Instant) -> T) -> T {
        let now = self.now;
        let done = act(&mut self.agents[at].1, now);
        self.drain();
        done
    }

    fn call(&mut self) {
        self.call_with(description(4000), None);
    }

    fn call_with(&mut self, offer: SessionDescription, second: Option<SessionDescription>) {
        let to = Uri::parse(&format!("sip:bob@{}", addr(1))).unwrap();
        let from = NameAddr::parse("\"Alice\" <sip:alice@a.test>").unwrap();
        let invitation = Invitation { from, to, hop: addr(1), offer, second: second.map(Box::new), hidden: false };
        self.act(0, |agent, now| agent.place(CALL, invitation, now));
    }

    fn drain(&mut self) {
        for at in 0..self.agents.len() {
            while let Some(output) = self.agents[at].1.poll() {
                match output {
                    Output::Event(event) => self.events[at].push(*event),
                    Output::Send { to, bytes, stream } => {
                        self.by_stream += usize::from(stream);
                        self.carry(at, to, &bytes);
                    }
                }
            }
        }
    }

    fn carry(&mut self, at: usize, to: SocketAddr, bytes: &Bytes) {
        self.sent.push((at, to, String::from_utf8_lossy(bytes).into_owned()));
        let Weather { loss, doubled, jitter } = self.weather;
        let copies = 1 + u32::from(self.chance.number() % 100 < doubled);
        for _ in 0..copies {
            if self.chance.number() % 100 >= loss {
                let late = 10 + u64::from(self.chance.number()) % (jitter + 1);
                self.order += 1;
                let arrival = self.now + Duration::from_millis(late);
                self.wire.push((arrival, self.order, self.agents[at].0, to, bytes.clone()));
            }
        }
    }

    /// Lets this much time pass.
    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.drain();
            let arrival = self.wire.iter().map(|(at, order, ..)| (*at, *order)).min();
            let timer = self.agents.iter().filter_map(|(_, agent)| agent.next_timeout()).min();
            let next = arrival.map(|(at, _)| at).into_iter().chain(timer).min().filter(|next| *next <= end);
            let Some(next) = next else { break };
            self.now = self.now.max(next);
            if let Some(arrival) = arrival.filter(|(at, _)| *at <= self.now) {
                let found = self.wire.iter().position(|(at, order, ..)| (*at, *order) == arrival).unwrap();
                let (_, _, from, to, bytes) = self.wire.remove(found);
                if let Some((_, agent)) = self.agents.iter_mut().find(|(addr, _)| *addr == to) {
                    agent.receive(from, &bytes, self.now);
                }
            } else {
                let now = self.now;
                self.agents.iter_mut().for_each(|(_, agent)| agent.timeout(now));
            }
        }
        self.now = end;
    }

    fn seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    /// Takes the first event that fits out.
    fn take<T>(&mut self, at: usize, fits: impl Fn(&AgentEvent) -> Option<T>) -> T {
        self.find(at, fits).unwrap_or_else(|| panic!("agent {at} has only {:?}", self.events[at]))
    }

    fn find<T>(&mut self, at: usize, fits: impl Fn(&AgentEvent) -> Option<T>) -> Option<T> {
        let (place, found) =
            self.events[at].iter().enumerate().find_map(|(place, event)| Some((place, fits(event)?)))?;
        self.events[at].remove(place);
        Some(found)
    }

    fn invited(&mut self, at: usize) -> CallId {
        self.take(at, |event| if let AgentEvent::Invited { call, .. } = event { Some(*call) } else { None })
    }

    fn answered(&mut self, at: usize) -> SessionDescription {
        self.take(at, |event| if let AgentEvent::Accepted { answer, .. } = event { Some(answer.clone()) } else { None })
    }

    fn ended(&mut self, at: usize) -> EndReason {
        let reason =
            self.take(at, |event| if let AgentEvent::Ended { reason, .. } = event { Some(*reason) } else { None });
        assert_eq!(self.find(at, |event| matches!(event, AgentEvent::Ended { .. }).then_some(())), None, "told once");
        reason
    }

    /// A call that stands; its id at the called side.
    fn talking(&mut self) -> CallId {
        self.call();
        self.seconds(1);
        let theirs = self.invited(1);
        self.act(1, |agent, now| agent.answer(theirs, description(5000), now));
        self.seconds(20);
        self.answered(0);
        self.take(1, |event| matches!(event, AgentEvent::Confirmed { .. }).then_some(()));
        theirs
    }

    /// How many messages of this kind an agent has sent.
    fn count(&self, at: usize, start: &str) -> usize {
        self.sent.iter().filter(|(by, _, text)| *by == at && text.starts_with(start)).count()
    }

    /// The same without those that were sent again.
    fn distinct(&self, at: usize, start: &str) -> usize {
        let mut said: Vec<_> = self.sent.iter().filter(|(by, _, text)| *by == at && text.starts_with(start)).collect();
        said.sort();
        said.dedup();
        said.len()
    }

    /// After all patience nothing is left of any call.
    fn is_silent(&mut self) {
        self.seconds(120);
        let sent = self.sent.len();
        for (_, agent) in &self.agents {
            assert!(agent.calls.is_empty() && agent.sent.is_empty() && agent.texts.is_empty());
            assert_eq!(agent.transactions.next_timeout(), None);
        }
        self.seconds(600);
        assert_eq!(self.sent.len(), sent, "nothing more is sent");
    }
}

fn addr(at: usize) -> SocketAddr {
    SocketAddr::from(([10, 0, 0, 1 + at as u8], 5060))
}

fn description(port: u16) -> SessionDescription {
    let rtp = SocketAddr::from(([10, 0, 0, 9], port));
    SessionDescription {
        rtp,
        rtcp: SocketAddr::new(rtp.ip(), port + 1),
        rtcp_mux: false,
        payloads: vec![PayloadType { number: 0, codec: Codec::Pcmu, parameters: String::new() }],
        telephone_events: vec![(101, 8000)],
        redundant: None,
        direction: MediaDirection::SendRecv,
        ptime: None,
        protection: Default::default(),
        ice: None,
    }
}

fn holding(port: u16) -> SessionDescription {
    SessionDescription { direction: MediaDirection::SendOnly, ..description(port) }
}
