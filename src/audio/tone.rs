//! Sounds that are not a call's, generated sample by sample: the tones of each country's telephones, the keys, and a warble
//! that rings. A country is a row of data. Pure: no device, no clock but the samples themselves.
use super::RATE;
use serde::{Deserialize, Serialize};
use std::f32::consts::TAU;

/// Whose tones are heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Country {
    /// United States, Canada and their neighbours in the plan of numbers.
    Us,
    /// Mexico.
    Mx,
    /// Most of Europe, and whoever is not named.
    #[default]
    Eu,
}

impl Country {
    /// All, in the order of a list to choose from.
    pub const ALL: [Self; 3] = [Self::Us, Self::Mx, Self::Eu];

    /// The country of a locale like `es_MX.UTF-8`; `None` where it names none.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let country = locale.split(['.', '@']).next().and_then(|name| name.split(['_', '-']).nth(1))?;
        Some(match country {
            "US" | "CA" | "PR" | "DO" | "JM" | "BS" | "TT" => Self::Us,
            "MX" => Self::Mx,
            // Spanish of Latin America is no country
            "419" => return None,
            _ => Self::Eu,
        })
    }

    /// The country of a time zone like `America/Mexico_City`; `None` where that does not tell.
    pub fn of_zone(zone: &str) -> Option<Self> {
        let of = |zones: &[&str]| zones.iter().any(|known| zone == *known || zone.starts_with(&format!("{known}/")));
        match zone.split('/').next() {
            _ if of(&MX_ZONES) => Some(Self::Mx),
            _ if of(&US_ZONES) => Some(Self::Us),
            Some("Europe") => Some(Self::Eu),
            _ => None,
        }
    }

    /// The country that the desktop is set to: by the variables of POSIX in their order, else by the time zone.
    pub fn of_desktop() -> Self {
        let set = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let locale = set("LC_ALL").or_else(|| set("LC_TELEPHONE")).or_else(|| set("LANG"));
        let zone = || jiff::tz::TimeZone::system().iana_name().and_then(Self::of_zone);
        locale.as_deref().and_then(Self::of_locale).or_else(zone).unwrap_or_default()
    }

    const fn plan(self) -> &'static Plan {
        match self {
            Self::Us => &US,
            Self::Mx => &MX,
            Self::Eu => &EU,
        }
    }
}

/// Time zones of Mexico, and of those who share North America's plan of numbers (the database of time zones, 2025).
const MX_ZONES: [&str; 13] = [
    "Mexico",
    "America/Bahia_Banderas",
    "America/Cancun",
    "America/Chihuahua",
    "America/Ciudad_Juarez",
    "America/Hermosillo",
    "America/Matamoros",
    "America/Mazatlan",
    "America/Merida",
    "America/Mexico_City",
    "America/Monterrey",
    "America/Ojinaga",
    "America/Tijuana",
];
const US_ZONES: [&str; 33] = [
    "US",
    "Canada",
    "Pacific/Honolulu",
    "America/Adak",
    "America/Anchorage",
    "America/Boise",
    "America/Chicago",
    "America/Denver",
    "America/Detroit",
    "America/Edmonton",
    "America/Halifax",
    "America/Indiana",
    "America/Jamaica",
    "America/Juneau",
    "America/Kentucky",
    "America/Los_Angeles",
    "America/Menominee",
    "America/Metlakatla",
    "America/Moncton",
    "America/Nassau",
    "America/New_York",
    "America/Nome",
    "America/North_Dakota",
    "America/Phoenix",
    "America/Port_of_Spain",
    "America/Puerto_Rico",
    "America/Regina",
    "America/Santo_Domingo",
    "America/Sitka",
    "America/St_Johns",
    "America/Toronto",
    "America/Vancouver",
    "America/Winnipeg",
];

/// Sounds that are not a call's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// Somebody calls.
    Ring,
    /// Somebody calls during a call.
    Waiting,
    /// It rings at the other side.
    RingBack,
    /// The other side is in a call.
    Busy,
    /// The call could not be put through.
    Congestion,
    /// A short tone to try the loudspeaker.
    Test,
}

/// One tone: up to two frequencies in Hz, and for how many ms it sounds and is silent by turns, again and again.
struct Cadence {
    hz: [f32; 2],
    ms: &'static [u64],
}

/// A country's tones (ITU-T E.180 and its list; ETSI TR 101 041 for Europe).
struct Plan {
    ring_back: Cadence,
    busy: Cadence,
    congestion: Cadence,
    waiting: Cadence,
}

const US: Plan = Plan {
    ring_back: Cadence { hz: [440.0, 480.0], ms: &[2000, 4000] },
    busy: Cadence { hz: [480.0, 620.0], ms: &[500, 500] },
    congestion: Cadence { hz: [480.0, 620.0], ms: &[250, 250] },
    waiting: Cadence { hz: [440.0, 0.0], ms: &[300, 9700] },
};
const MX: Plan = Plan {
    ring_back: Cadence { hz: [425.0, 0.0], ms: &[1000, 4000] },
    busy: Cadence { hz: [425.0, 0.0], ms: &[250, 250] },
    congestion: Cadence { hz: [425.0, 0.0], ms: &[250, 250] },
    waiting: Cadence { hz: [425.0, 0.0], ms: &[200, 600, 200, 10_000] },
};
const EU: Plan = Plan {
    ring_back: Cadence { hz: [425.0, 0.0], ms: &[1000, 4000] },
    busy: Cadence { hz: [425.0, 0.0], ms: &[500, 500] },
    congestion: Cadence { hz: [425.0, 0.0], ms: &[200, 200] },
    waiting: Cadence { hz: [425.0, 0.0], ms: &[200, 200, 200, 3400] },
};

/// A person who is told that it is busy there needs no more than this, in ms.
const TOLD: u64 = 5000;
/// A key is heard for so long, and then is not, in ms; a pause between keys is a second.
const KEY: u64 = 120;
const BETWEEN: u64 = 60;
const PAUSE: u64 = 1000;
/// The rows and columns of a phone's keys, in Hz (ITU-T Q.23).
const ROWS: [(&str, f32); 4] = [("123A", 697.0), ("456B", 770.0), ("789C", 852.0), ("*0#D", 941.0)];
const COLUMNS: [f32; 4] = [1209.0, 1336.0, 1477.0, 1633.0];

/// What sounds at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Note {
    Hz([f32; 2]),
    Silence,
    End,
}

impl Cadence {
    fn note(&self, ms: u64) -> Note {
        let mut at = ms % self.ms.iter().sum::<u64>();
        for (n, length) in self.ms.iter().enumerate() {
            if at < *length {
                return if n % 2 == 0 { Note::Hz(self.hz) } else { Note::Silence };
            }
            at -= length;
        }
        Note::Silence
    }
}

/// What is played.
#[derive(Debug, Clone)]
enum Piece {
    Tone(Tone, Country),
    /// Keys with their frequencies and when they begin, and when the last ends.
    Keys(Vec<(u64, [f32; 2])>, u64),
}

impl Piece {
    /// The note at a time since the start.
    fn note(&self, ms: u64) -> Note {
        let (tone, plan) = match self {
            Self::Tone(tone, country) => (tone, country.plan()),
            Self::Keys(_, end) if ms >= *end => return Note::End,
            Self::Keys(keys, _) => {
                let key = keys.iter().find(|(from, _)| (*from..from + KEY).contains(&ms));
                return key.map_or(Note::Silence, |(_, hz)| Note::Hz(*hz));
            }
        };
        match tone {
            Tone::Ring if ms % 3000 < 1200 => Note::Hz([if (ms / 50).is_multiple_of(2) { 760.0 } else { 960.0 }, 0.0]),
            Tone::Ring => Note::Silence,
            Tone::Waiting => plan.waiting.note(ms),
            Tone::RingBack => plan.ring_back.note(ms),
            Tone::Busy | Tone::Congestion if ms >= TOLD => Note::End,
            Tone::Busy => plan.busy.note(ms),
            Tone::Congestion => plan.congestion.note(ms),
            Tone::Test if ms < 1000 => Note::Hz([440.0, 0.0]),
            Tone::Test => Note::End,
        }
    }
}

/// The two frequencies of a key.
fn key(key: char) -> Option<[f32; 2]> {
    ROWS.iter().find_map(|(keys, row)| {
        let column = COLUMNS.get(keys.chars().position(|k| k == key.to_ascii_uppercase())?)?;
        Some([*row, *column])
    })
}

/// A tone's samples at 48 kHz.
#[derive(Debug)]
pub(super) struct Samples {
    piece: Piece,
    at: u64,
    hz: [f32; 2],
    phase: [f32; 2],
    gain: f32,
}

impl Samples {
    pub(super) const fn new(tone: Tone, country: Country) -> Self {
        Self::of(Piece::Tone(tone, country))
    }
    /// Keys one after the other, `,` for a pause; what is no key is passed over.
    pub(super) fn keys(keys: &str) -> Self {
        let (mut at, mut notes) = (0, Vec::new());
        for sign in keys.chars() {
            if let Some(hz) = key(sign) {
                notes.push((at, hz));
                at += KEY + BETWEEN;
            } else if sign == ',' {
                at += PAUSE;
            }
        }
        Self::of(Piece::Keys(notes, at))
    }
    const fn of(piece: Piece) -> Self {
        Self { piece, at: 0, hz: [0.0; 2], phase: [0.0; 2], gain: 0.0 }
    }
}

impl Iterator for Samples {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        /// A quarter of full scale, reached and left within about 5 ms: no click.
        const LOUD: f32 = 0.25;
        const SMOOTH: f32 = 0.01;
        let note = self.piece.note(self.at * 1000 / u64::from(RATE));
        self.at += 1;
        let loud = match note {
            Note::Hz(hz) => {
                self.hz = hz;
                if hz[1] > 0.0 { LOUD / 2.0 } else { LOUD }
            }
            Note::End if self.gain < 0.0005 => return None,
            Note::Silence | Note::End => 0.0,
        };
        self.gain += (loud - self.gain) * SMOOTH;
        let mut sample = 0.0;
        for (phase, hz) in self.phase.iter_mut().zip(self.hz) {
            *phase = (*phase + hz / RATE as f32).fract();
            sample += (*phase * TAU).sin(); // a frequency of 0 is silent
        }
        Some(sample * self.gain)
    }
}

/// A steady sine, as a microphone of tests and of machines without one.
#[derive(Debug)]
pub(super) struct Sine {
    step: f32,
    phase: f32,
}

impl Sine {
    pub(super) fn new(hz: f32) -> Self {
        Self { step: hz / RATE as f32, phase: 0.0 }
    }
}

impl Iterator for Sine {
    type Item = f32;
    fn next(&mut self) -> Option<f32> {
        self.phase = (self.phase + self.step).fract();
        Some((self.phase * TAU).sin() * 0.3)
    }
}

#[cfg(test)]
#[path = "tone_tests.rs"]
mod tests;
