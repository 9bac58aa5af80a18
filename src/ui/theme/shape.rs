//! The few shapes containers take: panes, cards, notices and fields, drawn from a palette.
use super::{Palette, space};
use iced::{
    Background, Border, Color, Shadow, Theme, Vector,
    widget::{container, scrollable, text_editor, text_input},
};

/// A plain ground.
pub fn fill(color: Color) -> impl Fn(&Theme) -> container::Style {
    move |_| container::Style { background: Some(Background::Color(color)), ..container::Style::default() }
}

/// A plain ground that is painted anew, and all on it, whenever `turn` changes: iced repaints a text that has changed
/// by its layout box, and glyphs reach a hair beyond theirs. The turn is told by an outline of no width.
pub fn renewed(color: Color, turn: u8) -> impl Fn(&Theme) -> container::Style {
    let mark = Color { r: f32::from(turn) / 255.0, ..Color::TRANSPARENT };
    move |theme| container::Style {
        border: Border { color: mark, width: 0.0, radius: 0.0.into() },
        ..fill(color)(theme)
    }
}

/// A rounded ground with an outline.
pub fn card(ground: Color, line: Color, radius: f32) -> impl Fn(&Theme) -> container::Style {
    move |_| container::Style {
        background: Some(Background::Color(ground)),
        border: Border { color: line, width: 1.0, radius: radius.into() },
        ..container::Style::default()
    }
}

/// A rounded ground without an outline.
pub fn round(ground: Color, radius: f32) -> impl Fn(&Theme) -> container::Style {
    move |_| container::Style {
        background: Some(Background::Color(ground)),
        border: Border { color: Color::TRANSPARENT, width: 0.0, radius: radius.into() },
        ..container::Style::default()
    }
}

/// A card that lies above the rest.
pub fn floating(p: &'static Palette) -> impl Fn(&Theme) -> container::Style {
    move |_| container::Style {
        background: Some(Background::Color(p.surface)),
        border: Border { color: p.outline, width: 1.0, radius: space::RADIUS_LARGE.into() },
        shadow: Shadow { color: Color { a: 0.25, ..Color::BLACK }, offset: Vector::new(0.0, 2.0), blur_radius: 8.0 },
        ..container::Style::default()
    }
}

/// A one-line field.
pub fn field(p: &'static Palette) -> impl Fn(&Theme, text_input::Status) -> text_input::Style {
    move |_, status| {
        let (color, width) = match status {
            text_input::Status::Focused { .. } => (p.focus, 2.0),
            text_input::Status::Hovered => (p.text, 1.0),
            _ => (p.outline, 1.0),
        };
        text_input::Style {
            background: Background::Color(p.surface),
            border: Border { color, width, radius: space::RADIUS.into() },
            icon: p.muted,
            placeholder: p.muted,
            value: p.text,
            selection: p.soft,
        }
    }
}

/// The many-line field of the composer.
pub fn editor(p: &'static Palette) -> impl Fn(&Theme, text_editor::Status) -> text_editor::Style {
    move |_, status| {
        let (color, width) = match status {
            text_editor::Status::Focused { .. } => (p.focus, 2.0),
            text_editor::Status::Hovered => (p.text, 1.0),
            _ => (p.outline, 1.0),
        };
        text_editor::Style {
            background: Background::Color(p.surface),
            border: Border { color, width, radius: (space::CONTROL / 2.0).into() },
            placeholder: p.muted,
            value: p.text,
            selection: p.soft,
        }
    }
}

/// A thin scroll bar that keeps out of the way.
pub fn scroll(p: &'static Palette) -> impl Fn(&Theme, scrollable::Status) -> scrollable::Style {
    move |theme, status| {
        let base = scrollable::default(theme, status);
        let color = match status {
            scrollable::Status::Active { .. } => p.line,
            _ => p.outline,
        };
        let rail = scrollable::Rail {
            background: None,
            border: Border::default(),
            scroller: scrollable::Scroller {
                background: Background::Color(color),
                border: Border { color: Color::TRANSPARENT, width: 0.0, radius: space::PILL.into() },
            },
        };
        scrollable::Style { vertical_rail: rail, horizontal_rail: rail, container: container::Style::default(), ..base }
    }
}
