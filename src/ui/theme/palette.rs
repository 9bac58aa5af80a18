//! The colours, light and dark, each also with high contrast. Paper and petrol, with amber kept for codes and red for hanging up and failure.
//! Text keeps at least 7:1 against everything it is put on (WCAG 2.2, 1.4.6); the test below holds that true.
use iced::Color;

/// One set of colours, named by use.
#[derive(Debug)]
pub struct Palette {
    /// It is a dark set.
    pub dark: bool,
    /// Behind everything.
    pub canvas: Color,
    /// Lists, cards, fields.
    pub surface: Color,
    /// Under the pointer.
    pub hover: Color,
    /// Hairlines between things.
    pub line: Color,
    /// Outlines of fields and buttons (at least 3:1).
    pub outline: Color,
    /// Text.
    pub text: Color,
    /// Second text: times, explanations.
    pub muted: Color,
    /// The rail with the tabs.
    pub rail: Color,
    /// The chosen tab on the rail.
    pub rail_chosen: Color,
    /// Text on the rail.
    pub on_rail: Color,
    /// The ring around what has the keyboard on the rail.
    pub rail_focus: Color,
    /// A count on a tab.
    pub count: Color,
    /// Text on a count.
    pub on_count: Color,
    /// The main action's fill.
    pub accent: Color,
    /// The same under the pointer.
    pub accent_hover: Color,
    /// Text on the fill.
    pub on_accent: Color,
    /// Links and chosen things as text.
    pub accent_text: Color,
    /// A chosen row, own bubbles.
    pub soft: Color,
    /// Bubbles of the other side.
    pub bubble: Color,
    /// A code's card.
    pub code: Color,
    /// Outline of a code's card.
    pub code_line: Color,
    /// Answer, connected.
    pub good: Color,
    /// The same under the pointer.
    pub good_hover: Color,
    /// Text on `good`.
    pub on_good: Color,
    /// Connected, as text.
    pub good_text: Color,
    /// Hang up, remove.
    pub bad: Color,
    /// The same under the pointer.
    pub bad_hover: Color,
    /// Text on `bad`.
    pub on_bad: Color,
    /// Failure as text.
    pub bad_text: Color,
    /// A problem's card.
    pub bad_soft: Color,
    /// On its way, missing: as text.
    pub warn_text: Color,
    /// The ring around what has the keyboard.
    pub focus: Color,
    /// Fills behind initials; white or near-black text by `dark`.
    pub avatars: [Color; 8],
    /// Text on an avatar.
    pub on_avatar: Color,
}

const fn rgb(hex: u32) -> Color {
    Color {
        r: ((hex >> 16) & 0xff) as f32 / 255.0,
        g: ((hex >> 8) & 0xff) as f32 / 255.0,
        b: (hex & 0xff) as f32 / 255.0,
        a: 1.0,
    }
}

/// By day.
pub static LIGHT: Palette = DAY;
/// By night.
pub static DARK: Palette = NIGHT;

/// By day, with high contrast: black on white, and lines that are seen.
pub static LIGHT_HIGH: Palette = Palette {
    canvas: rgb(0xFFFFFF),
    hover: rgb(0xE6E6E6),
    line: rgb(0x4A4A4A),
    outline: rgb(0x000000),
    text: rgb(0x000000),
    muted: rgb(0x1F1F1F),
    rail: rgb(0x000000),
    rail_chosen: rgb(0x003B3D),
    on_rail: rgb(0xFFFFFF),
    accent: rgb(0x003B3D),
    accent_hover: rgb(0x000000),
    accent_text: rgb(0x00383A),
    soft: rgb(0xE0F2EE),
    code: rgb(0xFFFFFF),
    code_line: rgb(0x5C4300),
    good: rgb(0x00401A),
    good_hover: rgb(0x00290F),
    good_text: rgb(0x003D18),
    bad: rgb(0x7A0010),
    bad_hover: rgb(0x52000A),
    bad_text: rgb(0x73000E),
    bad_soft: rgb(0xFFFFFF),
    warn_text: rgb(0x4A2E00),
    focus: rgb(0x0033B0),
    ..DAY
};

/// By night, with high contrast: white on black.
pub static DARK_HIGH: Palette = Palette {
    canvas: rgb(0x000000),
    surface: rgb(0x000000),
    hover: rgb(0x262626),
    line: rgb(0xA8A8A8),
    outline: rgb(0xFFFFFF),
    text: rgb(0xFFFFFF),
    muted: rgb(0xE6E6E6),
    rail: rgb(0x000000),
    rail_chosen: rgb(0x103C3D),
    on_rail: rgb(0xFFFFFF),
    accent: rgb(0xA8F0E6),
    accent_hover: rgb(0xFFFFFF),
    on_accent: rgb(0x000000),
    accent_text: rgb(0xA8F0E6),
    soft: rgb(0x102E2D),
    bubble: rgb(0x141414),
    code: rgb(0x000000),
    code_line: rgb(0xFFD27A),
    good: rgb(0xA8F5B8),
    good_hover: rgb(0xFFFFFF),
    on_good: rgb(0x000000),
    good_text: rgb(0xA8F5B8),
    bad: rgb(0xFFB8B0),
    bad_hover: rgb(0xFFFFFF),
    on_bad: rgb(0x000000),
    bad_text: rgb(0xFFC4BE),
    bad_soft: rgb(0x000000),
    warn_text: rgb(0xFFDE99),
    focus: rgb(0xFFE066),
    ..NIGHT
};

const DAY: Palette = Palette {
    dark: false,
    canvas: rgb(0xF7F5F0),
    surface: rgb(0xFFFFFF),
    hover: rgb(0xF0EEE7),
    line: rgb(0xE3DFD5),
    outline: rgb(0x857F74),
    text: rgb(0x1B2224),
    muted: rgb(0x434B4E),
    rail: rgb(0x0D3B3D),
    rail_chosen: rgb(0x1A5154),
    on_rail: rgb(0xEAF4F2),
    rail_focus: rgb(0xFFD27A),
    count: rgb(0xFFD27A),
    on_count: rgb(0x2B1D00),
    accent: rgb(0x0B5557),
    accent_hover: rgb(0x0A4547),
    on_accent: rgb(0xFFFFFF),
    accent_text: rgb(0x0B4F51),
    soft: rgb(0xDDEEEA),
    bubble: rgb(0xFFFFFF),
    code: rgb(0xFFF4D6),
    code_line: rgb(0xD9B65A),
    good: rgb(0x14592F),
    good_hover: rgb(0x0F4825),
    on_good: rgb(0xFFFFFF),
    good_text: rgb(0x14562E),
    bad: rgb(0x9C1C22),
    bad_hover: rgb(0x7F1419),
    on_bad: rgb(0xFFFFFF),
    bad_text: rgb(0x8E191F),
    bad_soft: rgb(0xFDEBE9),
    warn_text: rgb(0x6A4300),
    focus: rgb(0x1257C9),
    avatars: [
        rgb(0x0B5557),
        rgb(0x6B3FA0),
        rgb(0x8A2F55),
        rgb(0x2F4E9C),
        rgb(0x7A3E12),
        rgb(0x37591A),
        rgb(0x5A4A42),
        rgb(0x1F5673),
    ],
    on_avatar: rgb(0xFFFFFF),
};

const NIGHT: Palette = Palette {
    dark: true,
    canvas: rgb(0x12181A),
    surface: rgb(0x1A2224),
    hover: rgb(0x232D30),
    line: rgb(0x2B3639),
    outline: rgb(0x7C8A8C),
    text: rgb(0xEDF1F0),
    muted: rgb(0xC0CACA),
    rail: rgb(0x0C1113),
    rail_chosen: rgb(0x1D3536),
    on_rail: rgb(0xDCE8E6),
    rail_focus: rgb(0xFFD27A),
    count: rgb(0xFFD27A),
    on_count: rgb(0x2B1D00),
    accent: rgb(0x86D3C8),
    accent_hover: rgb(0xA3E2D9),
    on_accent: rgb(0x04211F),
    accent_text: rgb(0x93DACF),
    soft: rgb(0x1B3A39),
    bubble: rgb(0x232D30),
    code: rgb(0x332A12),
    code_line: rgb(0x8A6D24),
    good: rgb(0x86D69A),
    good_hover: rgb(0xA6E5B5),
    on_good: rgb(0x05230E),
    good_text: rgb(0x8EDBA1),
    bad: rgb(0xFF9E94),
    bad_hover: rgb(0xFFBBB4),
    on_bad: rgb(0x350606),
    bad_text: rgb(0xFFB0A8),
    bad_soft: rgb(0x3A1E1D),
    warn_text: rgb(0xF2CC80),
    focus: rgb(0x8FC1FF),
    avatars: [
        rgb(0x86D3C8),
        rgb(0xC9B2F2),
        rgb(0xF0AFC6),
        rgb(0xAFC3F7),
        rgb(0xF0BE93),
        rgb(0xB5D593),
        rgb(0xD3C4BA),
        rgb(0x9BCDE8),
    ],
    on_avatar: rgb(0x12181A),
};

impl Palette {
    /// The iced theme that built-in widgets (scroll bars, selections) draw with.
    pub fn iced(&self) -> iced::Theme {
        let name = if self.dark { "landline-dark" } else { "landline-light" };
        iced::Theme::custom(
            name,
            iced::theme::Palette {
                background: self.canvas,
                text: self.text,
                primary: self.accent,
                success: self.good,
                warning: self.warn_text,
                danger: self.bad,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color) -> f32 {
        let linear = |c: f32| if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
    }

    fn contrast(a: Color, b: Color) -> f32 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn high_contrast_is_higher() {
        for (high, usual) in [(&LIGHT_HIGH, &LIGHT), (&DARK_HIGH, &DARK)] {
            assert!(contrast(high.text, high.canvas) > 20.0 && contrast(high.muted, high.hover) > 10.0);
            for (one, other) in [
                (contrast(high.line, high.surface), contrast(usual.line, usual.surface)),
                (contrast(high.accent_text, high.surface), contrast(usual.accent_text, usual.surface)),
                (contrast(high.bad_text, high.surface), contrast(usual.bad_text, usual.surface)),
            ] {
                assert!(one > other && one >= 7.0, "{one:.2} against {other:.2}");
            }
        }
    }

    #[test]
    fn text_stands_out_seven_to_one() {
        for p in [&LIGHT, &DARK, &LIGHT_HIGH, &DARK_HIGH] {
            let grounds = [p.canvas, p.surface, p.hover, p.soft, p.bubble, p.code, p.bad_soft];
            let mut pairs = vec![
                ("rail", p.on_rail, p.rail),
                ("rail chosen", p.on_rail, p.rail_chosen),
                ("count", p.on_count, p.count),
                ("accent", p.on_accent, p.accent),
                ("accent hover", p.on_accent, p.accent_hover),
                ("good", p.on_good, p.good),
                ("bad", p.on_bad, p.bad),
                ("bad hover", p.on_bad, p.bad_hover),
                ("good hover", p.on_good, p.good_hover),
            ];
            for ground in grounds {
                pairs.push(("text", p.text, ground));
                pairs.push(("muted", p.muted, ground));
            }
            for ground in [p.canvas, p.surface, p.hover, p.soft] {
                pairs.push(("accent text", p.accent_text, ground));
                pairs.push(("warn text", p.warn_text, ground));
                pairs.push(("good text", p.good_text, ground));
                pairs.push(("bad text", p.bad_text, ground));
            }
            pairs.push(("bad text on its card", p.bad_text, p.bad_soft));
            for (name, text, ground) in pairs {
                let ratio = contrast(text, ground);
                assert!(ratio >= 7.0, "{name} on {ground:?}, dark {}: {ratio:.2}", p.dark);
            }
            // initials are large and bold: 4.5:1 is the enhanced ratio for them
            for fill in p.avatars {
                assert!(contrast(p.on_avatar, fill) >= 4.5, "avatar {fill:?}");
            }
            for ground in [p.canvas, p.surface] {
                assert!(contrast(p.outline, ground) >= 3.0, "outline, dark {}", p.dark);
                assert!(contrast(p.focus, ground) >= 3.0, "focus, dark {}", p.dark);
            }
        }
    }
}
