//! How a call sounds now: figures for whoever wants them, and the one thing that is worth saying. Who finds it out is
//! `logic::quality`.
use serde::{Deserialize, Serialize};

/// About how much of what is said does not arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// 5 %: small gaps.
    Twentieth,
    /// 10 %: from here on it is heard badly.
    Tenth,
    /// 20 %.
    Fifth,
    /// 33 %.
    Third,
    /// 50 %.
    Half,
    /// More.
    Most,
}

impl Part {
    /// All, the smallest first.
    pub const ALL: [Self; 6] = [Self::Twentieth, Self::Tenth, Self::Fifth, Self::Third, Self::Half, Self::Most];

    /// Its words' key in `words/`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Twentieth => "part-twentieth",
            Self::Tenth => "part-tenth",
            Self::Fifth => "part-fifth",
            Self::Third => "part-third",
            Self::Half => "part-half",
            Self::Most => "part-most",
        }
    }
}

/// The one thing that is worth saying.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing is wrong.
    Good,
    /// The other side does not hear all that is said here.
    TheyMiss {
        /// How much of it.
        part: Part,
    },
    /// Not all that the other side says is heard here.
    YouMiss {
        /// How much of it.
        part: Part,
    },
    /// Both.
    BothMiss {
        /// How much, in the worse direction.
        part: Part,
    },
    /// What is said takes so long that people interrupt each other.
    Slow,
    /// The other side should send sound, and sends none.
    NoSound,
    /// The microphone is there and on, and hears nothing at all.
    MicrophoneSilent,
    /// No microphone can be used.
    NoMicrophone,
}

impl Verdict {
    /// The sentence's key in `words/`; those about a [`Part`] have it put in as `$part`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Good => "quality-good",
            Self::TheyMiss { part: Part::Twentieth } => "quality-they-miss-little",
            Self::TheyMiss { .. } => "quality-they-miss",
            Self::YouMiss { part: Part::Twentieth } => "quality-you-miss-little",
            Self::YouMiss { .. } => "quality-you-miss",
            Self::BothMiss { part: Part::Twentieth } => "quality-both-miss-little",
            Self::BothMiss { .. } => "quality-both-miss",
            Self::Slow => "quality-slow",
            Self::NoSound => "quality-no-sound",
            Self::MicrophoneSilent => "quality-microphone-silent",
            Self::NoMicrophone => "quality-no-microphone",
        }
    }

    /// How much does not arrive, where that is what is said.
    pub const fn part(self) -> Option<Part> {
        match self {
            Self::TheyMiss { part } | Self::YouMiss { part } | Self::BothMiss { part } => Some(part),
            _ => None,
        }
    }
}

/// What comes from the other side, over the last ten seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Packets that did not come, or came too late to be played, in tenths of a percent.
    pub loss_permille: u16,
    /// Sound that was made up in place of missing sound, in tenths of a percent.
    pub concealed_permille: u16,
    /// How unevenly packets come (RFC 3550 section 6.4.1).
    pub jitter_ms: u32,
    /// How long playout waits for late packets.
    pub delay_ms: u32,
}

/// What the other side reports of the sound that is sent to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Packets that did not come, in tenths of a percent.
    pub loss_permille: u16,
    /// How unevenly they come.
    pub jitter_ms: u32,
}

/// How a call sounds now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// The one thing that is worth saying.
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What comes.
    pub heard: Heard,
    /// What goes; `None`: the other side reports nothing.
    pub said: Option<Said>,
    /// The way there and back; `None`: not known yet.
    pub round_trip_ms: Option<u32>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn it_travels_flat() {
        let (heard, said) = (Heard::default(), Some(Said { loss_permille: 104, jitter_ms: 3 }));
        let verdict = Verdict::TheyMiss { part: Part::Tenth };
        let quality = Quality { verdict, heard, said, round_trip_ms: Some(58) };
        let json = serde_json::to_value(quality).unwrap();
        assert_eq!((&json["verdict"], &json["part"]), (&"they_miss".into(), &"tenth".into()), "{json}");
        assert_eq!(json["said"]["loss_permille"], 104);
        assert_eq!(serde_json::from_value::<Quality>(json).unwrap(), quality);
    }
}
