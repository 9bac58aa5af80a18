//! Keys as telephone events (RFC 4733): a queue that says what each packet time sends in place of sound, and a receiver
//! that hears every key once. Both count in packets and timestamps; no clock of their own.
use std::collections::VecDeque;

/// A key sounds at least this long, in milliseconds.
const KEY: u32 = 100;
/// Between two keys.
const GAP: u32 = 60;
/// What `,` waits.
const PAUSE: u32 = 1000;
/// Copies of the last packet of a key (RFC 4733 section 2.5.1.4).
const ENDS: u8 = 3;
/// Most keys waiting.
const MOST: usize = 256;
/// Power below full scale in dBm0.
const VOLUME: u8 = 10;
/// Ten seconds of the faster clock.
const LATE: i32 = 480_000;
const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];

/// One packet of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventPacket {
    /// The first of its key.
    pub marker: bool,
    /// Timestamp of the key's start.
    pub timestamp: u32,
    pub payload: [u8; 4],
}

/// What one packet time sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Sound, as without keys.
    Sound,
    Event(EventPacket),
}

#[derive(Debug, Clone, Copy)]
enum State {
    Idle,
    /// A key sounds: its code, its start, milliseconds so far, and how often its end was told.
    Key {
        code: u8,
        start: u32,
        ms: u32,
        ends: u8,
    },
    /// Milliseconds still to wait.
    Wait {
        ms: u32,
    },
}

/// Keys to send.
#[derive(Debug)]
pub(super) struct KeySender {
    queue: VecDeque<char>,
    state: State,
}

impl KeySender {
    pub(super) const fn new() -> Self {
        Self { queue: VecDeque::new(), state: State::Idle }
    }

    /// Queues keys, `,` for a pause; tells how many of them cannot be sent.
    pub(super) fn push(&mut self, keys: &str) -> usize {
        let mut refused = 0;
        for key in keys.chars().map(|key| key.to_ascii_uppercase()) {
            if (key == ',' || KEYS.contains(&key)) && self.queue.len() < MOST {
                self.queue.push_back(key);
            } else {
                refused += 1;
            }
        }
        refused
    }

    /// The next packet time: `timestamp` is that of the sound it replaces, `ms` its length, `clock` that of the events.
    pub(super) fn turn(&mut self, timestamp: u32, ms: u32, clock: u32) -> Turn {
        match &mut self.state {
            State::Wait { ms: left } if *left > ms => {
                *left -= ms;
                return Turn::Sound;
            }
            State::Wait { .. } => {
                self.state = State::Idle;
                return Turn::Sound;
            }
            State::Key { .. } => {}
            State::Idle => match self.queue.pop_front() {
                None => return Turn::Sound,
                Some(',') => {
                    self.state = State::Wait { ms: PAUSE };
                    return Turn::Sound;
                }
                Some(key) => {
                    let code = KEYS.iter().position(|known| *known == key).unwrap_or(0) as u8;
                    self.state = State::Key { code, start: timestamp, ms: 0, ends: 0 };
                }
            },
        }
        let State::Key { code, start, ms: so_far, ends } = &mut self.state else { return Turn::Sound };
        let marker = *so_far == 0;
        if *ends == 0 {
            *so_far += ms;
        }
        *ends += u8::from(*so_far >= KEY);
        let duration = u16::try_from(*so_far * (clock / 1000)).unwrap_or(u16::MAX).to_be_bytes();
        let [high, low] = duration;
        let payload = [*code, VOLUME | u8::from(*ends > 0) << 7, high, low];
        let packet = EventPacket { marker, timestamp: *start, payload };
        if *ends == ENDS {
            self.state = State::Wait { ms: GAP };
        }
        Turn::Event(packet)
    }
}

/// Keys that come in.
#[derive(Debug, Default)]
pub(super) struct KeyReceiver {
    /// Timestamp of the key last heard.
    last: Option<u32>,
}

impl KeyReceiver {
    /// Takes an event's packet; gives its key the first time.
    ///
    /// # Errors
    /// What is no key.
    pub(super) fn heard(&mut self, timestamp: u32, payload: &[u8]) -> Result<Option<char>, NoKey> {
        let [code, _, _, _, ..] = *payload else { return Err(NoKey) };
        let key = *KEYS.get(usize::from(code)).ok_or(NoKey)?;
        // copies, and packets of an earlier key that come late; further back it is another stream's time
        if self.last.is_some_and(|last| (-LATE..=0).contains(&(timestamp.wrapping_sub(last) as i32))) {
            return Ok(None);
        }
        self.last = Some(timestamp);
        Ok(Some(key))
    }
}

/// An event that is no key (a fax tone, a flash), or no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoKey;

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runs packet times of 20 ms and tells which ones were events.
    fn run(keys: &mut KeySender, times: u32, clock: u32) -> Vec<(u32, EventPacket)> {
        let turns = (0..times).map(|n| (n, keys.turn(1000 + n * 960, 20, clock)));
        turns.filter_map(|(n, turn)| if let Turn::Event(e) = turn { Some((n, e)) } else { None }).collect()
    }

    #[test]
    fn a_key_is_marked_grows_and_ends_three_times() {
        let mut keys = KeySender::new();
        assert_eq!(keys.push("5"), 0);
        let sent = run(&mut keys, 20, 48_000);
        assert_eq!(sent.len(), 7);
        for (n, (at, event)) in sent.iter().enumerate() {
            assert_eq!((*at as usize, event.timestamp, event.marker), (n, 1000, n == 0));
            let ms = 20 * (n as u32 + 1).min(5);
            assert_eq!(u16::from_be_bytes([event.payload[2], event.payload[3]]), (ms * 48) as u16);
            assert_eq!((event.payload[0], event.payload[1] & 0x80 != 0), (5, n >= 4), "{n}");
        }
    }

    #[test]
    fn keys_keep_a_gap_and_a_comma_waits_a_second() {
        let mut keys = KeySender::new();
        assert_eq!(keys.push("1,x#"), 1, "x is no key");
        let sent = run(&mut keys, 120, 8_000);
        let starts: Vec<u32> = sent.iter().filter(|(_, e)| e.marker).map(|(n, _)| *n).collect();
        assert_eq!(sent.len(), 14);
        assert!(starts[1] - starts[0] >= 7 + 3 + 50, "{starts:?}");
        keys.push("12");
        let starts: Vec<u32> = run(&mut keys, 40, 8_000).iter().filter(|(_, e)| e.marker).map(|(n, _)| *n).collect();
        assert!(starts[1] - starts[0] >= 5 + 3, "100 ms of key and at least 50 ms of gap: {starts:?}");
    }

    #[test]
    fn a_key_is_heard_once_however_it_comes() {
        let mut keys = KeySender::new();
        keys.push("9#D");
        let sent = run(&mut keys, 60, 8_000);
        let mut ear = KeyReceiver::default();
        let mut heard = String::new();
        for (n, (_, event)) in sent.iter().enumerate() {
            for copy in [n, n.saturating_sub(3)] {
                let event = if copy == n { event } else { &sent[copy].1 };
                heard.extend(ear.heard(event.timestamp, &event.payload).ok().flatten());
            }
        }
        assert_eq!(heard, "9#D");
        let mut only_the_end = KeyReceiver::default();
        assert_eq!(only_the_end.heard(7, &[11, 0x8A, 3, 32]), Ok(Some('#')));
        assert_eq!(only_the_end.heard(8, &[16, 10, 3, 32]), Err(NoKey));
    }

    #[test]
    fn timestamps_wrap() {
        let mut ear = KeyReceiver::default();
        assert_eq!(ear.heard(u32::MAX - 5, &[1, 0, 0, 0]), Ok(Some('1')));
        assert_eq!(ear.heard(200, &[2, 0, 0, 0]), Ok(Some('2')));
    }

    proptest! {
        #[test]
        fn any_payload_is_no_panic(timestamp: u32, payload in proptest::collection::vec(any::<u8>(), 0..8)) {
            let _ = KeyReceiver::default().heard(timestamp, &payload);
        }
    }
}
