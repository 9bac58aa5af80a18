//! Two agents over a simulated wire with loss and NATs, under a hand-turned clock.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::{
    super::{IceWay, Port},
    stun::Message,
    *,
};
use crate::domain::ice::{Candidate, CandidateKind, Ice};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

pub(super) fn at(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

pub(super) fn candidate(base: &Base) -> Candidate {
    let kind = base.kind();
    let priority = base.priority(kind);
    let component = if base.port == Port::Media { 1 } else { 2 };
    Candidate { foundation: "1".into(), component, priority, address: base.address, kind, related: None }
}

fn base(port: Port, via: Via, address: SocketAddr) -> Base {
    Base { port, via, address, rank: 0 }
}

pub(super) struct Side {
    pub agent: Agent,
    pub credentials: Credentials,
    bases: Vec<Base>,
}

impl Side {
    pub(super) fn new(first: u16, tie: u64) -> Self {
        let credentials = Credentials::new().unwrap();
        let mut agent = Agent::new(credentials.clone(), tie);
        let bases = vec![base(Port::Media, Via::Direct, at(first)), base(Port::Control, Via::Direct, at(first + 1))];
        bases.iter().for_each(|base| agent.add_base(*base));
        agent.gathered();
        Self { agent, credentials, bases }
    }

    fn describe(&self) -> Ice {
        let Credentials { ufrag, pwd } = self.credentials.clone();
        let candidates = self.bases.iter().map(candidate).collect();
        Ice { ufrag, pwd, candidates, lite: false, trickle: false }
    }

    fn relay(&mut self, address: SocketAddr) {
        let base = base(Port::Media, Via::Relay(0), address);
        self.agent.add_base(base);
        self.bases.push(base);
    }
}

/// The wire: what it loses, in percent, and which ways are shut.
struct Wire {
    a: Side,
    b: Side,
    now: Instant,
    lost: u64,
    dice: Dice,
    shut: fn(SocketAddr, SocketAddr) -> bool,
    nominations: u32,
}

impl Wire {
    fn new(seed: u64) -> Self {
        let (a, b) = (Side::new(1000, 5), Side::new(2000, 4));
        let (now, shut) = (Instant::now(), |_, _| false);
        Self { a, b, now, lost: 0, dice: Dice(seed), shut, nominations: 0 }
    }

    fn agree(&mut self, muxed: bool, controlling: (bool, bool)) {
        let (a, b) = (self.a.describe(), self.b.describe());
        let way = |ours: &Side, theirs: &Ice, controlling| IceWay {
            ours: ours.credentials.clone(),
            theirs: theirs.clone(),
            controlling,
        };
        let (first, second) = (way(&self.a, &b, controlling.0), way(&self.b, &a, controlling.1));
        self.b.agent.agree(&second, muxed, self.now);
        self.a.agent.agree(&first, muxed, self.now);
    }

    /// 10 ms pass.
    fn step(&mut self) {
        self.now += Duration::from_millis(10);
        self.a.agent.tick(self.now);
        self.b.agent.tick(self.now);
        for _ in 0..4 {
            Self::carry(
                &mut self.a,
                &mut self.b,
                self.now,
                (self.lost, &mut self.dice, self.shut),
                &mut self.nominations,
            );
            Self::carry(
                &mut self.b,
                &mut self.a,
                self.now,
                (self.lost, &mut self.dice, self.shut),
                &mut self.nominations,
            );
        }
    }

    fn carry(
        from: &mut Side,
        to: &mut Side,
        now: Instant,
        (lost, dice, shut): (u64, &mut Dice, fn(SocketAddr, SocketAddr) -> bool),
        nominations: &mut u32,
    ) {
        while let Some(sent) = from.agent.poll() {
            let source = from.bases.iter().find(|base| (base.port, base.via) == (sent.port, sent.via)).unwrap().address;
            let Some(base) = to.bases.iter().find(|base| base.address == sent.to) else { continue };
            if dice.roll(100) < lost || shut(source, sent.to) {
                continue;
            }
            let message = Message::parse(&sent.bytes).unwrap();
            *nominations += u32::from(message.attribute(stun::attribute::USE_CANDIDATE).is_some());
            assert!(to.agent.receive(&message, (base.port, base.via, source), now));
        }
    }

    fn run(&mut self, most: Duration, mut done: impl FnMut(&mut Self) -> bool) -> bool {
        let end = self.now + most;
        while self.now < end {
            if done(self) {
                return true;
            }
            self.step();
        }
        done(self)
    }

    fn connected(&self, port: Port) -> bool {
        self.a.agent.path(port).is_some() && self.b.agent.path(port).is_some()
    }
}

const SOON: Duration = Duration::from_secs(1);
const LATE: Duration = Duration::from_secs(20);

#[test]
fn both_components_connect_at_once() {
    let mut wire = Wire::new(1);
    assert_eq!(wire.a.agent.state(), State::New);
    wire.agree(false, (true, false));
    assert!(wire.run(Duration::from_millis(200), |w| w.connected(Port::Media) && w.connected(Port::Control)));
    let path = wire.a.agent.path(Port::Control).unwrap();
    assert_eq!((path.local, path.remote, path.kind), (at(1001), at(2001), CandidateKind::Host));
    assert_eq!((wire.a.agent.state(), wire.b.agent.state()), (State::Connected, State::Connected));
    assert!(wire.a.agent.knows(Port::Media, Via::Direct, at(2000)));
    assert!(!wire.a.agent.knows(Port::Media, Via::Direct, at(2001)));
    wire.run(SOON, |_| false);
    assert_eq!(wire.nominations, 2, "one for each component");
}

#[test]
fn with_rtcp_on_rtps_port_the_other_component_is_left_alone() {
    let mut wire = Wire::new(1);
    wire.agree(true, (true, false));
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    wire.run(SOON, |_| false);
    assert!(!wire.connected(Port::Control));
}

#[test]
fn loss_delays_and_no_more() {
    for seed in 0..40 {
        let mut wire = Wire::new(seed);
        wire.lost = 40;
        wire.agree(false, (true, false));
        assert!(wire.run(LATE, |w| w.connected(Port::Media) && w.connected(Port::Control)), "{seed}");
    }
}

#[test]
fn checks_that_come_before_the_answer_are_answered_and_kept() {
    let mut wire = Wire::new(1);
    let (a, b) = (wire.a.describe(), wire.b.describe());
    let way = IceWay { ours: wire.b.credentials.clone(), theirs: a, controlling: false };
    wire.b.agent.agree(&way, true, wire.now);
    assert!(wire.run(SOON, |w| w.b.agent.path(Port::Media).is_some()), "answered before the answer was here");
    // their candidates never come: their checks alone made them known
    let theirs = Ice { candidates: Vec::new(), ..b };
    wire.a.agent.agree(&IceWay { ours: wire.a.credentials.clone(), theirs, controlling: true }, true, wire.now);
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    assert_eq!(wire.a.agent.path(Port::Media).unwrap().remote_kind, CandidateKind::PeerReflexive);
    let mut told = candidate(&wire.b.bases[0]);
    told.kind = CandidateKind::ServerReflexive;
    wire.a.agent.add_remote(told);
    wire.step();
    assert_eq!(wire.a.agent.path(Port::Media).unwrap().remote_kind, CandidateKind::ServerReflexive, "told later");
}

#[test]
fn a_conflict_of_roles_is_settled() {
    for both in [true, false] {
        let mut wire = Wire::new(1);
        wire.agree(true, (both, both));
        assert!(wire.run(SOON, |w| w.connected(Port::Media)));
        wire.run(SOON, |_| false);
        assert_eq!((wire.a.agent.controlling, wire.b.agent.controlling), (true, false), "the higher number");
        assert!(wire.nominations > 0);
    }
}

#[test]
fn a_relay_is_taken_only_where_nothing_else_leads_there() {
    let mut wire = Wire::new(1);
    wire.a.relay(at(3000));
    wire.agree(true, (true, false));
    assert!(wire.run(LATE, |w| w.connected(Port::Media) && w.nominations > 0));
    assert_eq!(wire.a.agent.path(Port::Media).unwrap().via, Via::Direct);
    let mut wire = Wire::new(1);
    wire.shut = |from, to| from.port() / 1000 + to.port() / 1000 == 3;
    wire.a.relay(at(3000));
    wire.agree(true, (true, false));
    assert!(wire.run(LATE, |w| w.connected(Port::Media) && w.nominations > 0));
    let path = wire.a.agent.path(Port::Media).unwrap();
    assert_eq!((path.via, path.kind, path.local), (Via::Relay(0), CandidateKind::Relayed, at(3000)));
    assert_eq!(wire.b.agent.path(Port::Media).unwrap().remote, at(3000));
}

#[test]
fn trickled_candidates_are_checked_when_they_come() {
    let mut wire = Wire::new(1);
    wire.b.bases.clear();
    let later = [base(Port::Media, Via::Direct, at(2000)), base(Port::Control, Via::Direct, at(2001))];
    wire.shut = |from, _| from.port() >= 2000; // their checks do not make them known
    let mut theirs = wire.b.describe();
    theirs.trickle = true;
    let ours = wire.a.credentials.clone();
    wire.a.agent.agree(&IceWay { ours, theirs, controlling: true }, true, wire.now);
    assert!(!wire.run(LATE, |w| w.a.agent.state() == State::Failed), "more may come");
    let theirs = wire.a.describe();
    let ours = wire.b.credentials.clone();
    wire.b.agent.agree(&IceWay { ours, theirs, controlling: false }, true, wire.now);
    wire.b.bases = later.to_vec();
    wire.shut = |_, _| false;
    wire.a.agent.add_remote(candidate(&later[0]));
    wire.a.agent.end_of_candidates();
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
}

#[test]
fn where_nothing_leads_it_fails_and_says_so() {
    let mut wire = Wire::new(1);
    wire.shut = |_, _| true;
    wire.agree(true, (true, false));
    assert!(wire.run(LATE, |w| w.a.agent.state() == State::Failed));
    // and a way that opens later is found by the other side's checks
    wire.shut = |_, _| false;
    let ours = wire.b.credentials.clone();
    let restarted = Side::new(2000, 4).credentials;
    assert_ne!(ours, restarted);
}

#[test]
fn consent_is_lost_after_thirty_seconds_and_not_before() {
    let mut wire = Wire::new(1);
    wire.agree(true, (true, false));
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    wire.run(Duration::from_secs(120), |_| false);
    assert_eq!(wire.a.agent.state(), State::Connected, "consent is renewed");
    wire.lost = 100;
    assert!(!wire.run(Duration::from_secs(23), |w| w.a.agent.state() == State::Lost));
    assert!(wire.run(Duration::from_secs(8), |w| w.a.agent.state() == State::Lost));
    assert_eq!(wire.a.agent.path(Port::Media), None, "nothing is sent any more");
}

#[test]
fn consent_survives_loss() {
    for seed in 0..5 {
        let mut wire = Wire::new(seed);
        wire.agree(true, (true, false));
        assert!(wire.run(SOON, |w| w.connected(Port::Media)));
        wire.lost = 30;
        assert!(!wire.run(Duration::from_secs(300), |w| w.a.agent.state() == State::Lost), "{seed}");
    }
}

#[test]
fn a_restart_keeps_the_path_until_there_is_another() {
    let mut wire = Wire::new(1);
    wire.agree(true, (true, false));
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    wire.run(SOON, |_| false);
    let before = wire.a.agent.path(Port::Media);
    for side in [&mut wire.a, &mut wire.b] {
        side.credentials = Credentials::new().unwrap();
        side.agent.announce(side.credentials.clone());
    }
    // they moved to another address
    wire.b.bases.push(base(Port::Media, Via::Relay(7), at(4000)));
    wire.b.agent.add_base(base(Port::Media, Via::Relay(7), at(4000)));
    wire.shut = |from, to| from == at(2000) || to == at(2000);
    wire.agree(true, (true, false));
    assert_eq!(wire.a.agent.path(Port::Media), before, "sound goes on");
    let moved = |w: &mut Wire| {
        assert!(w.a.agent.path(Port::Media).is_some(), "no gap");
        w.a.agent.path(Port::Media).unwrap().remote == at(4000)
    };
    assert!(wire.run(LATE, moved));
    assert_eq!(wire.a.agent.state(), State::Connected);
    wire.run(Duration::from_secs(40), |_| false);
    assert_eq!(wire.b.agent.path(Port::Media).unwrap().via, Via::Relay(7));
}

#[test]
fn a_restart_that_leads_nowhere_ends_the_old_path_in_time() {
    let mut wire = Wire::new(1);
    wire.agree(true, (true, false));
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    wire.a.credentials = Credentials::new().unwrap();
    wire.b.credentials = Credentials::new().unwrap();
    wire.shut = |_, _| true;
    wire.agree(true, (true, false));
    assert!(!wire.run(Duration::from_secs(29), |w| w.a.agent.path(Port::Media).is_none()));
    assert!(wire.run(Duration::from_secs(2), |w| w.a.agent.state() == State::Lost));
}

#[test]
fn the_same_description_again_changes_nothing() {
    let mut wire = Wire::new(1);
    wire.agree(true, (true, false));
    assert!(wire.run(SOON, |w| w.connected(Port::Media)));
    wire.run(SOON, |_| false);
    let nominations = wire.nominations;
    wire.agree(true, (false, true));
    wire.run(SOON, |_| false);
    assert_eq!(wire.nominations, nominations);
    assert!(wire.a.agent.controlling, "the role stays for the session");
}

#[test]
fn one_who_nominates_each_pair_ends_on_the_best() {
    // as aggressive nomination does: USE-CANDIDATE on every check
    let mut wire = Wire::new(1);
    wire.b.relay(at(3000));
    wire.agree(true, (true, false));
    let key = wire.b.credentials.pwd.expose().clone();
    let name = format!("{}:{}", wire.b.credentials.ufrag, wire.a.credentials.ufrag);
    for (n, via) in [Via::Relay(0), Via::Direct].into_iter().enumerate() {
        let bytes = stun::Writer::new(stun::Method::BINDING, stun::Class::Request, [n as u8; 12])
            .put(stun::attribute::USERNAME, name.as_bytes())
            .put(stun::attribute::PRIORITY, &[1, 0, 0, 0])
            .put(stun::attribute::CONTROLLING, &[0, 0, 0, 0, 0, 0, 0, 9])
            .put(stun::attribute::USE_CANDIDATE, &[])
            .sign(key.as_bytes())
            .finish();
        let message = Message::parse(&bytes).unwrap();
        assert!(wire.b.agent.receive(&message, (Port::Media, via, at(1000)), wire.now));
        assert!(wire.b.agent.poll().is_some(), "answered; the wire knows nothing of it");
    }
    assert!(wire.run(SOON, |w| w.b.agent.path(Port::Media).is_some_and(|path| path.via == Via::Direct)));
    wire.run(SOON, |_| false);
    assert_eq!(wire.b.agent.path(Port::Media).unwrap().via, Via::Direct);
}

#[test]
fn one_who_only_answers_is_led() {
    let mut wire = Wire::new(1);
    let mut theirs = wire.b.describe();
    theirs.lite = true;
    let ours = wire.a.credentials.clone();
    // whatever the descriptions made of the roles: the full side controls
    wire.a.agent.agree(&IceWay { ours, theirs, controlling: false }, true, wire.now);
    let theirs = wire.a.describe();
    let ours = wire.b.credentials.clone();
    wire.b.agent.agree(&IceWay { ours, theirs, controlling: false }, true, wire.now);
    for _ in 0..100 {
        wire.now += Duration::from_millis(10);
        wire.a.agent.tick(wire.now);
        for _ in 0..2 {
            let open: fn(SocketAddr, SocketAddr) -> bool = |_, _| false;
            Wire::carry(&mut wire.a, &mut wire.b, wire.now, (0, &mut wire.dice, open), &mut wire.nominations);
            Wire::carry(&mut wire.b, &mut wire.a, wire.now, (0, &mut wire.dice, open), &mut wire.nominations);
        }
    }
    assert_eq!((wire.a.agent.state(), wire.nominations), (State::Connected, 1));
}

#[test]
fn another_pair_that_works_takes_over_from_one_that_goes_silent() {
    let mut wire = Wire::new(1);
    wire.a.relay(at(3000));
    wire.agree(true, (true, false));
    assert!(wire.run(LATE, |w| w.connected(Port::Media) && w.nominations > 0));
    wire.run(Duration::from_secs(5), |_| false);
    assert_eq!(wire.a.agent.path(Port::Media).unwrap().via, Via::Direct);
    wire.shut = |from, to| from.port() / 1000 + to.port() / 1000 == 3;
    let relayed = |w: &mut Wire| {
        let theirs = w.b.agent.path(Port::Media).unwrap();
        w.a.agent.path(Port::Media).unwrap().via == Via::Relay(0) && theirs.remote == at(3000)
    };
    assert!(wire.run(Duration::from_secs(18), relayed), "well before consent ends");
    assert_eq!(wire.a.agent.state(), State::Connected);
    // the first one works again: no matter which, there is a path
    wire.shut = |_, _| false;
    wire.run(Duration::from_secs(60), |_| false);
    assert_eq!(wire.a.agent.state(), State::Connected);
}
