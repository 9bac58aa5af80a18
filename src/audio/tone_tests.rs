//! Cadences and frequencies of the tones, by country.
use super::*;

/// The strength of one frequency in the milliseconds from..to.
fn strength(samples: &[f32], from: usize, to: usize, hz: f32) -> f32 {
    let span: Vec<f32> = samples.iter().skip(from * 48).take((to - from) * 48).copied().collect();
    let sum = |f: fn(f32) -> f32| {
        span.iter().enumerate().map(|(n, s)| s * f(n as f32 * hz * TAU / RATE as f32)).sum::<f32>() / span.len() as f32
    };
    2.0 * sum(f32::sin).hypot(sum(f32::cos))
}

fn loudness(samples: &[f32], from: usize, to: usize) -> f32 {
    let span: Vec<f32> = samples.iter().skip(from * 48).take((to - from) * 48).copied().collect();
    (span.iter().map(|s| s * s).sum::<f32>() / span.len() as f32).sqrt()
}

#[test]
fn cadences_and_frequencies() {
    use Country::{Eu, Mx, Us};
    /// Tone, country, frequencies, a moment that sounds, one that does not, one that sounds again; in ms.
    type Row = (Tone, Country, &'static [f32], [(usize, usize); 3]);
    let rows: [Row; 12] = [
        (Tone::Ring, Eu, &[], [(50, 1150), (1300, 2950), (3050, 4150)]),
        (Tone::RingBack, Us, &[440.0, 480.0], [(50, 1950), (2050, 5950), (6050, 7950)]),
        (Tone::RingBack, Mx, &[425.0], [(50, 950), (1050, 4950), (5050, 5950)]),
        (Tone::RingBack, Eu, &[425.0], [(50, 950), (1050, 4950), (5050, 5950)]),
        (Tone::Busy, Us, &[480.0, 620.0], [(50, 450), (550, 950), (1050, 1450)]),
        (Tone::Busy, Mx, &[425.0], [(30, 230), (280, 480), (530, 730)]),
        (Tone::Busy, Eu, &[425.0], [(50, 450), (550, 950), (1050, 1450)]),
        (Tone::Congestion, Us, &[480.0, 620.0], [(30, 230), (280, 480), (530, 730)]),
        (Tone::Congestion, Eu, &[425.0], [(30, 190), (230, 390), (430, 590)]),
        (Tone::Waiting, Us, &[440.0], [(30, 290), (340, 9900), (10_030, 10_290)]),
        (Tone::Waiting, Mx, &[425.0], [(30, 190), (240, 790), (830, 990)]),
        (Tone::Waiting, Eu, &[425.0], [(30, 190), (240, 390), (430, 590)]),
    ];
    for (tone, country, hz, [first, silent, second]) in rows {
        let samples: Vec<f32> = Samples::new(tone, country).take(second.1 * 48).collect();
        for (from, to) in [first, second] {
            assert!(loudness(&samples, from, to) > 0.11, "{tone:?} {country:?} {from}..{to}");
            for hz in hz {
                assert!(strength(&samples, from, to, *hz) > 0.1, "{tone:?} {country:?} {hz} Hz");
            }
        }
        assert!(loudness(&samples, silent.0, silent.1) < 0.01, "{tone:?} {country:?} {silent:?}");
    }
}

#[test]
fn what_ends_ends_by_itself_and_without_a_click() {
    for (tone, seconds) in [(Tone::Test, 1), (Tone::Busy, 5), (Tone::Congestion, 5)] {
        let samples: Vec<f32> = Samples::new(tone, Country::Eu).take(48_000 * 20).collect();
        assert!((48_000 * seconds..48_000 * seconds + 4800).contains(&samples.len()), "{}", samples.len());
        assert!(samples.last().is_some_and(|s| s.abs() < 0.001));
        assert!(samples.iter().all(|s| s.abs() <= 0.25));
    }
}

#[test]
fn keys_are_heard_one_after_the_other() {
    let samples: Vec<f32> = Samples::keys("5x,d").collect();
    for (from, low, high) in [(20, 770.0, 1336.0), (1200, 941.0, 1633.0)] {
        assert!(strength(&samples, from, from + 90, low) > 0.1 && strength(&samples, from, from + 90, high) > 0.1);
    }
    assert!(loudness(&samples, 170, 1170) < 0.01, "the pause");
    assert!(Samples::keys("").next().is_none());
}

#[test]
fn the_country_of_a_desktop() {
    for (locale, country) in [
        ("es_MX.UTF-8", Some(Country::Mx)),
        ("en_US.UTF-8", Some(Country::Us)),
        ("fr_CA", Some(Country::Us)),
        ("de_DE@euro", Some(Country::Eu)),
        ("es_419", None),
        ("C.UTF-8", None),
        ("es", None),
        ("", None),
    ] {
        assert_eq!(Country::of_locale(locale), country, "{locale}");
    }
    for (zone, country) in [
        ("America/Mexico_City", Some(Country::Mx)),
        ("Mexico/General", Some(Country::Mx)),
        ("America/Chicago", Some(Country::Us)),
        ("America/Indiana/Knox", Some(Country::Us)),
        ("Europe/Madrid", Some(Country::Eu)),
        ("America/Bogota", None),
        ("Etc/UTC", None),
        ("", None),
    ] {
        assert_eq!(Country::of_zone(zone), country, "{zone}");
    }
}
