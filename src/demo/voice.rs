//! A voice that reads digits, and an echo: what is at the other end of a call to the exchange. PCM at 48 kHz, paced by the clock.
//! It knows neither SIP nor RTP.
use crate::{
    audio::{FRAME, RATE, resample},
    media::from_ulaw,
    words::Language,
};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How often sound is moved.
const TICK: Duration = Duration::from_millis(10);
/// Between two digits, in samples.
const PAUSE: usize = RATE as usize * 3 / 10;
/// Before the first digit and between two readings, in samples.
const LONG_PAUSE: usize = RATE as usize * 9 / 10;
/// How often the digits are read.
const READINGS: usize = 2;
/// How late the echo comes: late enough to be told from one's own voice.
const ECHO: usize = RATE as usize * 4 / 10;

macro_rules! digits {
    ($language:literal) => {
        [
            include_bytes!(concat!("../../assets/sounds/", $language, "/0.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/1.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/2.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/3.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/4.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/5.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/6.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/7.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/8.wav")).as_slice(),
            include_bytes!(concat!("../../assets/sounds/", $language, "/9.wav")).as_slice(),
        ]
    };
}

const EN: [&[u8]; 10] = digits!("en");
const ES: [&[u8]; 10] = digits!("es");
/// Of the recordings: 16 kHz mono µ-law.
const RECORDED_AT: u32 = 16_000;

/// The samples of a recording; its data is the last chunk of the file.
fn recording(language: Language, digit: char) -> Vec<f32> {
    let voice = match language {
        Language::En => &EN,
        Language::Es => &ES,
    };
    let file = digit.to_digit(10).and_then(|digit| voice.get(digit as usize)).copied().unwrap_or_default();
    let data = file.windows(4).position(|name| name == b"data").and_then(|at| file.get(at + 8..)).unwrap_or_default();
    let samples: Vec<f32> = data.iter().map(|octet| f32::from(from_ulaw(*octet)) / 32_768.0).collect();
    resample(&samples, RECORDED_AT)
}

/// The digits read aloud, twice, with pauses.
pub(super) fn reading(language: Language, digits: &str) -> VecDeque<f32> {
    let mut speech = VecDeque::new();
    for _ in 0..READINGS {
        speech.extend(std::iter::repeat_n(0.0, LONG_PAUSE));
        for digit in digits.chars() {
            speech.extend(recording(language, digit));
            speech.extend(std::iter::repeat_n(0.0, PAUSE));
        }
    }
    speech
}

/// Moves sound in real time until `step` says that it is over; it is given the number of samples that are due.
async fn paced(mut step: impl FnMut(usize) -> bool) {
    let (start, mut done) = (Instant::now(), 0);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
        let due = usize::try_from(start.elapsed().as_micros() * u128::from(RATE) / 1_000_000).unwrap_or(done);
        let samples = due.saturating_sub(done);
        done = due;
        // after a suspend there is no sense in catching up
        if !step(samples.min(10 * FRAME)) {
            return;
        }
    }
}

/// Says this, hears nothing, and returns when it is said or nobody listens any more.
pub(super) async fn say(mut speech: VecDeque<f32>, mut spoken: rtrb::Producer<f32>, mut heard: rtrb::Consumer<f32>) {
    paced(|samples| {
        while heard.pop().is_ok() {}
        for _ in 0..samples {
            // a full ring: the sender is behind, and the sample is kept for the next round
            if let Some(sample) = speech.front()
                && spoken.push(*sample).is_ok()
            {
                speech.pop_front();
            }
        }
        !speech.is_empty() && !spoken.is_abandoned()
    })
    .await;
}

/// Gives back what it hears, a moment later, until nobody is there any more.
pub(super) async fn echo(mut spoken: rtrb::Producer<f32>, mut heard: rtrb::Consumer<f32>) {
    let mut late = VecDeque::from(vec![0.0; ECHO]);
    paced(|samples| {
        for _ in 0..samples {
            late.push_back(heard.pop().unwrap_or_default());
            let sample = late.pop_front().unwrap_or_default();
            // a full ring: the sender is behind, and this much of the echo is missing
            let _ = spoken.push(sample);
        }
        !spoken.is_abandoned()
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_has_a_voice_in_both_languages() {
        for language in [Language::En, Language::Es] {
            for digit in '0'..='9' {
                let samples = recording(language, digit);
                let seconds = samples.len() as f32 / RATE as f32;
                assert!((0.3..1.5).contains(&seconds), "{language:?} {digit}: {seconds} s");
                let peak = samples.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
                assert!((0.1..=1.0).contains(&peak), "{language:?} {digit}: {peak}");
            }
        }
        assert_ne!(recording(Language::En, '1'), recording(Language::Es, '1'));
        assert!(recording(Language::En, 'x').iter().all(|sample| *sample == 0.0), "no digit, no sound");
    }

    #[tokio::test]
    async fn what_is_said_comes_out_whole_and_then_it_is_over() {
        let speech: VecDeque<f32> = (0..FRAME).map(|n| n as f32).collect();
        let (spoken, mut out) = rtrb::RingBuffer::new(10 * FRAME);
        let (_in, heard) = rtrb::RingBuffer::new(FRAME);
        say(speech.clone(), spoken, heard).await;
        let said: VecDeque<f32> = std::iter::from_fn(|| out.pop().ok()).collect();
        assert_eq!(said, speech);
    }
}
