//! Works with the period of a voice, at 48 kHz: shortens or lengthens sound by one period without changing its pitch, to
//! follow another clock. Lost packets are the business of [`super::conceal`].

/// Pitch periods looked at: 2.5 ms to 12.5 ms (400 Hz to 80 Hz).
const SHORTEST: usize = 120;
const LONGEST: usize = 600;
/// Length compared: 5 ms.
const WINDOW: usize = 240;
/// Sound is looked at in steps of this many samples: enough to find a period, a quarter of the work.
const COARSE: usize = 4;

/// Similarity of two stretches, -1.0..=1.0; 1.0 for two silences.
fn similarity(a: &[f32], b: &[f32], step: usize) -> f32 {
    let (mut ab, mut aa, mut bb) = (0.0_f32, 1e-9_f32, 1e-9_f32);
    for (x, y) in a.iter().zip(b).step_by(step) {
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa + bb < 1e-6 { 1.0 } else { ab / (aa * bb).sqrt() }
}

/// The lag of at most `most` at which the beginning of `sound` is most similar to what follows it, and how similar.
fn period(sound: &[f32], most: usize) -> Option<(usize, f32)> {
    let most = (sound.len() / 2).min(LONGEST).min(most);
    let rate = |lag: usize, step| Some((lag, similarity(sound.get(..WINDOW)?, sound.get(lag..lag + WINDOW)?, step)));
    let best = |lags: &mut dyn Iterator<Item = usize>, step| {
        lags.filter_map(|lag| rate(lag, step)).max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (coarse, _) = best(&mut (SHORTEST..=most).step_by(2), COARSE)?;
    best(&mut (coarse.saturating_sub(2).max(SHORTEST)..=(coarse + 2).min(most)), 1)
}

/// `a` fading into `b`, over the shorter of both.
fn fade(a: &[f32], b: &[f32]) -> impl Iterator<Item = f32> {
    let length = a.len().min(b.len()) as f32;
    a.iter().zip(b).enumerate().map(move |(n, (x, y))| {
        let t = (n as f32 + 0.5) / length;
        x * (1.0 - t) + y * t
    })
}

/// How alike two periods must be to be merged: dissimilar ones would be heard.
const ALIKE: f32 = 0.6;

/// Takes one period of at most `most` samples out of a frame; tells how many that are, 0 where none can be taken unheard.
pub(super) fn shorten(frame: &mut Vec<f32>, most: usize) -> usize {
    let Some((lag, alike)) = period(frame, most) else { return 0 };
    let (Some(first), Some(second)) = (frame.get(..lag), frame.get(lag..2 * lag)) else { return 0 };
    if alike < ALIKE {
        return 0;
    }
    let merged: Vec<f32> = fade(first, second).collect();
    frame.splice(..2 * lag, merged);
    lag
}

/// Puts one period of at most `most` samples into a frame; tells how many that are.
pub(super) fn lengthen(frame: &mut Vec<f32>, most: usize) -> usize {
    let Some((lag, alike)) = period(frame, most) else { return 0 };
    let (Some(first), Some(second)) = (frame.get(..lag), frame.get(lag..2 * lag)) else { return 0 };
    if alike < ALIKE {
        return 0;
    }
    // the first period, then a way from the second back to the first, then on from the second
    let merged: Vec<f32> = fade(second, first).collect();
    frame.splice(lag..lag, merged);
    lag
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::f32::consts::TAU;

    fn voice(hz: f32, n: usize) -> Vec<f32> {
        (0..n).map(|n| n as f32 * hz * TAU / 48_000.0).map(|p| 0.4 * p.sin() + 0.2 * (2.0 * p).sin()).collect()
    }

    /// The largest step between neighbours: a click would stand out.
    fn roughness(samples: &[f32]) -> f32 {
        samples.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max)
    }

    #[test]
    fn frames_are_shortened_and_lengthened_by_whole_periods() {
        for hz in [100.0, 170.0, 320.0, 660.0] {
            let sound = voice(hz, 1440);
            let smooth = roughness(&sound) * 1.15;
            let (mut short, mut long) = (sound.clone(), sound.clone());
            let (less, more) = (shorten(&mut short, usize::MAX), lengthen(&mut long, usize::MAX));
            for (taken, frame, length) in [(less, &short, 1440 - less), (more, &long, 1440 + more)] {
                assert_eq!(frame.len(), length);
                let periods = taken as f32 * hz / 48_000.0;
                assert!(taken > 0 && (periods - periods.round()).abs() < 0.05, "{hz}: {periods} periods");
                assert!(roughness(frame) < smooth, "{hz}: no click");
            }
        }
    }

    #[test]
    fn noise_and_short_frames_are_left_alone() {
        let mut state = 1_u32;
        let mut noise: Vec<f32> = (0..960)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) as f32 / 8_388_608.0 - 1.0
            })
            .collect();
        assert_eq!((shorten(&mut noise, usize::MAX), lengthen(&mut noise, usize::MAX), noise.len()), (0, 0, 960));
        assert_eq!((shorten(&mut vec![0.1; 100], 480), lengthen(&mut Vec::new(), 480)), (0, 0));
        assert_eq!(shorten(&mut vec![0.0; 960], 200), 200, "silence is shortened gladly, and to measure");
    }
}
