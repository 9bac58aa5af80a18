//! Screens that are longer than their window, to their end, and the smallest window with the largest text.
use super::*;

/// The settings and the set-up are longer than a window: once unrolled, and once as small as it gets.
#[test]
fn long_screens_look_as_they_did_to_their_end() {
    let way = |language, look, size, text| Way { language, look, size, text };
    let scenes: [(&str, Scene, [f32; 2]); 2] =
        [("settings-whole", allowing, [4800.0, 19_600.0]), ("welcome-whole", unfolded, [2060.0, 6000.0])];
    let mut wrong = Vec::new();
    for (scene_name, scene, [tall, taller]) in scenes {
        let ways = [
            ("en-light", way("en", Appearance::Light, Size::new(900.0, tall), 100)),
            ("es-dark", way("es", Appearance::Dark, Size::new(900.0, tall), 100)),
            ("es-light-360-200", way("es", Appearance::Light, Size::new(360.0, taller), 200)),
        ];
        for (way_name, way) in &ways {
            wrong.extend(look(&format!("{scene_name}-{way_name}"), scene, way).err());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A small window with the largest text: nothing is out of reach.
#[test]
fn the_smallest_window_with_the_largest_text_looks_as_it_did() {
    let way = Way { language: "es", look: Appearance::Light, size: Size::new(360.0, 640.0), text: 200 };
    let scenes: &[(&str, Scene)] = &[
        ("welcome", nobody),
        ("thread", talk),
        ("calls", calls),
        ("calls-voicemail", voicemail),
        ("codes", codes),
        ("incoming", ringing),
        ("call-keypad", keys),
        ("call-details", details),
        ("call-joined", joined),
        ("call-transfer", handing),
        ("call-asked", asking),
        ("call-bar", bar),
    ];
    let wrong: Vec<_> = scenes
        .iter()
        .filter_map(|(name, scene)| look(&format!("{name}-es-light-360-200"), *scene, &way).err())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
