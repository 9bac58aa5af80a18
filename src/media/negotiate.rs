//! Offer and answer (RFC 3264) over one audio stream: which codecs, which payload numbers, which direction.
//! Pure: descriptions in, descriptions out.
use super::{
    MediaError,
    transport::{Attempt, Terms, Way},
};
use crate::domain::{
    ice::Ice,
    protection::Protection,
    session::{Codec, MediaDirection, PayloadType, SessionDescription},
};

/// Our codecs, best first.
const CODECS: [Codec; 4] = [Codec::Opus, Codec::G722, Codec::Pcmu, Codec::Pcma];
/// RFC 7587: what our decoder makes use of.
const OPUS: &str = "useinbandfec=1;minptime=10";
const PTIME: u16 = 20;

/// The transport's terms, and the payload numbers in use between both sides (RFC 3264 section 8.3.2: a number keeps its meaning
/// for the whole session).
#[derive(Debug, Clone)]
pub(super) struct Negotiator {
    terms: Terms,
    numbers: Vec<(u8, Meaning)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Codec(Codec),
    /// Telephone events of this clock.
    Events(u32),
    /// Opus with the packets before it.
    Redundant,
}

impl Negotiator {
    pub(super) const fn new(terms: Terms) -> Self {
        Self { terms, numbers: Vec::new() }
    }

    /// Our second offer, where the first one was refused for its protection; `None`: there is none to make.
    pub(super) fn second_offer(&self, direction: MediaDirection) -> Option<SessionDescription> {
        self.terms.yields().then(|| self.offer_as(Attempt::Second, direction))
    }

    /// Our offer where a refusal would leave no second chance.
    pub(super) fn only_offer(&self, direction: MediaDirection) -> SessionDescription {
        self.offer_as(Attempt::Only, direction)
    }

    /// Our part of the transport, to be changed before it is described.
    pub(super) const fn terms(&mut self) -> &mut Terms {
        &mut self.terms
    }

    /// The number that a meaning has, or gets.
    fn number(&self, meaning: Meaning, taken: &[u8]) -> u8 {
        let usual = match meaning {
            Meaning::Codec(Codec::Pcmu) => 0,
            Meaning::Codec(Codec::Pcma) => 8,
            Meaning::Codec(Codec::G722) => 9,
            Meaning::Codec(Codec::Opus) => 111,
            Meaning::Events(8_000) => 101,
            Meaning::Events(_) => 100,
            Meaning::Redundant => 63,
        };
        if let Some((number, _)) = self.numbers.iter().find(|(_, known)| *known == meaning) {
            return *number;
        }
        let free = |number: &u8| !taken.contains(number) && self.numbers.iter().all(|(known, _)| known != number);
        std::iter::once(usual).chain(96..=127).find(free).unwrap_or(usual)
    }

    /// Our offer of all we can.
    pub(super) fn offer(&self, direction: MediaDirection) -> SessionDescription {
        self.offer_as(Attempt::First, direction)
    }

    fn offer_as(&self, attempt: Attempt, direction: MediaDirection) -> SessionDescription {
        let mut taken = Vec::new();
        let mut number = |meaning| {
            let number = self.number(meaning, &taken);
            taken.push(number);
            number
        };
        let payloads = CODECS.map(|codec| PayloadType {
            number: number(Meaning::Codec(codec)),
            codec,
            parameters: parameters(codec),
        });
        let telephone_events = [48_000, 8_000].map(|clock| (number(Meaning::Events(clock)), clock));
        let redundant = Some(number(Meaning::Redundant));
        let transport = (self.terms.offer(attempt), self.terms.offer_ice());
        self.describe(payloads.to_vec(), (telephone_events.to_vec(), redundant), direction, true, transport)
    }

    /// Our answer: what of the offer we can, in its order and with its numbers.
    pub(super) fn answer(
        &mut self,
        offer: &SessionDescription,
        wish: MediaDirection,
    ) -> Result<SessionDescription, MediaError> {
        let mut payloads: Vec<PayloadType> = Vec::new();
        for offered in &offer.payloads {
            let codec = offered.codec;
            if offered.number < 128 && payloads.iter().all(|p| p.codec != codec && p.number != offered.number) {
                payloads.push(PayloadType { number: offered.number, codec, parameters: parameters(codec) });
            }
        }
        if payloads.is_empty() {
            return Err(MediaError::NoCommonCodec);
        }
        let mut events: Vec<(u8, u32)> = Vec::new();
        for &(number, clock) in &offer.telephone_events {
            let new =
                payloads.iter().all(|p| p.number != number) && events.iter().all(|(n, c)| *n != number && *c != clock);
            if matches!(clock, 8_000 | 48_000) && number < 128 && new {
                events.push((number, clock));
            }
        }
        let receives = sends(offer.direction) && receives(wish);
        let sends = hears(offer) && sends(wish);
        let transport = (self.terms.answer(&offer.protection)?, self.terms.answer_ice(offer));
        let opus = payloads.iter().any(|p| p.codec == Codec::Opus);
        let redundant = offer.redundant.filter(|_| opus);
        Ok(self.describe(payloads, (events, redundant), direction(sends, receives), offer.rtcp_mux, transport))
    }

    fn describe(
        &self,
        payloads: Vec<PayloadType>,
        (telephone_events, redundant): (Vec<(u8, u32)>, Option<u8>),
        direction: MediaDirection,
        rtcp_mux: bool,
        (protection, ice): (Protection, Option<Ice>),
    ) -> SessionDescription {
        let ((rtp, rtcp), ptime) = (self.terms.addresses(), Some(PTIME));
        SessionDescription {
            rtp,
            rtcp,
            rtcp_mux,
            payloads,
            telephone_events,
            redundant,
            direction,
            ptime,
            protection,
            ice: ice.map(Box::new),
        }
    }

    /// What both descriptions make together; their numbers are kept for later offers.
    pub(super) fn agree(
        &mut self,
        local: &SessionDescription,
        remote: &SessionDescription,
    ) -> Result<Agreed, MediaError> {
        let common = |p: &&PayloadType| local.payloads.iter().any(|mine| mine.codec == p.codec);
        let chosen = remote.payloads.iter().find(common).ok_or(MediaError::NoCommonCodec)?;
        let clock = chosen.codec.clock();
        let events = remote.telephone_events.iter().filter(|(_, c)| local.telephone_events.iter().any(|(_, l)| l == c));
        // the codec's own clock if we can: some peers offer only the other one
        let events = events.min_by_key(|(_, c)| *c != clock).copied();
        let way = self.terms.agree(local, remote)?;
        for described in [local, remote] {
            let codecs = described.payloads.iter().map(|p| (p.number, Meaning::Codec(p.codec)));
            let events = described.telephone_events.iter().map(|(number, clock)| (*number, Meaning::Events(*clock)));
            let redundant = described.redundant.map(|number| (number, Meaning::Redundant));
            for known in codecs.chain(events).chain(redundant) {
                if self.numbers.iter().all(|(_, meaning)| *meaning != known.1) {
                    self.numbers.push(known);
                }
            }
        }
        Ok(Agreed {
            codec: chosen.codec,
            number: chosen.number,
            parameters: chosen.parameters.clone(),
            ptime: ptime(chosen.codec, remote.ptime),
            events_out: events,
            redundant_out: remote.redundant.filter(|_| local.redundant.is_some() && chosen.codec == Codec::Opus),
            redundant_in: local.redundant,
            codecs_in: local.payloads.iter().map(|p| (p.number, p.codec)).collect(),
            events_in: local.telephone_events.clone(),
            sends: sends(local.direction) && hears(remote) && remote.rtp.port() != 0,
            receives: receives(local.direction) && sends(remote.direction),
            way,
        })
    }
}

/// What both sides agreed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agreed {
    /// The codec we send.
    pub codec: Codec,
    /// Its number at the other side.
    pub number: u8,
    /// What the other side's decoder wishes.
    pub parameters: String,
    /// Length of the packets we send, in milliseconds.
    pub ptime: u16,
    /// Number and clock of the telephone events we send.
    pub events_out: Option<(u8, u32)>,
    /// Number under which the packets we send may carry those before them (RFC 2198).
    pub redundant_out: Option<u8>,
    /// Numbers we understand.
    pub codecs_in: Vec<(u8, Codec)>,
    /// Numbers and clocks of telephone events we understand.
    pub events_in: Vec<(u8, u32)>,
    /// Number of packets that carry those before them.
    pub redundant_in: Option<u8>,
    pub sends: bool,
    pub receives: bool,
    /// Over which transport.
    pub way: Way,
}

fn parameters(codec: Codec) -> String {
    if codec == Codec::Opus { OPUS.to_owned() } else { String::new() }
}

/// The packet length the other side wishes, as far as the codec can.
fn ptime(codec: Codec, wished: Option<u16>) -> u16 {
    let wished = wished.filter(|ms| *ms > 0).unwrap_or(PTIME).clamp(10, 60);
    match codec {
        Codec::Opus => [60, 40, 20].into_iter().find(|ms| *ms <= wished).unwrap_or(10),
        Codec::G722 | Codec::Pcmu | Codec::Pcma => wished / 10 * 10,
    }
}

const fn sends(direction: MediaDirection) -> bool {
    matches!(direction, MediaDirection::SendRecv | MediaDirection::SendOnly)
}

const fn receives(direction: MediaDirection) -> bool {
    matches!(direction, MediaDirection::SendRecv | MediaDirection::RecvOnly)
}

/// Whether who describes itself so takes our sound.
fn hears(description: &SessionDescription) -> bool {
    receives(description.direction) && !description.is_nowhere()
}

const fn direction(sends: bool, receives: bool) -> MediaDirection {
    match (sends, receives) {
        (true, true) => MediaDirection::SendRecv,
        (true, false) => MediaDirection::SendOnly,
        (false, true) => MediaDirection::RecvOnly,
        (false, false) => MediaDirection::Inactive,
    }
}

#[cfg(test)]
#[path = "negotiate_tests.rs"]
mod tests;
