//! What a person has chosen about sound, as the configuration keeps it. It opens nothing.
use super::{hold::HoldSound, tone::Country, voice::VoiceChoice};
use serde::{Deserialize, Deserializer, Serialize};

/// Which devices to use, and how. `None`: the default device. Besides those of [`super::devices`] there are `default`,
/// `null` (silence, on purpose), `tone:HZ` as a microphone, and `file:PATH.wav` as either: played once, or written anew.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceChoice {
    /// Microphone id.
    pub input: Option<String>,
    /// Loudspeaker id.
    pub output: Option<String>,
    /// Devices that ring, all at once; none: the same as `output`. One alone may be written without brackets.
    #[serde(deserialize_with = "one_or_many")]
    pub ring: Vec<String>,
    /// Whose tones are heard; `None`: those of the country that the desktop is set to.
    pub tones: Option<Country>,
    /// What somebody hears whom we put on hold.
    pub hold: HoldSound,
    /// What is done with the microphone's sound.
    pub voice: VoiceChoice,
}

fn one_or_many<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Ring {
        Many(Vec<String>),
        One(Option<String>),
    }
    Ok(match Ring::deserialize(from)? {
        Ring::Many(ids) => ids,
        Ring::One(id) => id.into_iter().collect(),
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_before_is_still_read() {
        let read = |text: &str| toml::from_str::<DeviceChoice>(text).unwrap();
        assert_eq!((read("").ring, read("").hold), (Vec::<String>::new(), HoldSound::Silence));
        assert!(read("").voice.echo);
        assert_eq!(read("ring = \"a\"").ring, ["a"]);
        let now = read("ring = [\"a\", \"b\"]\ntones = \"mx\"\nhold = \"tune\"\n[voice]\nnoise = false");
        assert_eq!((&now.ring[..], &now.hold), (&["a".to_owned(), "b".to_owned()][..], &HoldSound::Tune));
        assert_eq!((now.tones, now.voice.echo, now.voice.noise), (Some(Country::Mx), true, false));
        assert_eq!(read(&toml::to_string(&now).unwrap()), now);
        let old: DeviceChoice = serde_json::from_str(r#"{"input":null,"output":"x","ring":null}"#).unwrap();
        assert_eq!(old, DeviceChoice { output: Some("x".to_owned()), ..DeviceChoice::default() });
    }
}
