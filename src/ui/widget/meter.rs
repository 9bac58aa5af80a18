//! A level meter: one bar, no animation of its own. It moves only when the engine tells a level.
use crate::ui::theme::{Palette, shape, space};
use iced::{
    Element, Length,
    widget::{Row, container, space as gap},
};

/// A bar filled to `level` in 0.0..=1.0, on a scale that shows quiet speech (-60 dB is empty).
pub fn meter<'a, M: 'a>(p: &'static Palette, level: f32) -> Element<'a, M> {
    let full = portion(level);
    let fill = if full > 900 { p.bad } else { p.good };
    let mut bar = Row::new().height(10.0);
    if full > 0 {
        bar = bar.push(
            container(gap())
                .width(Length::FillPortion(full))
                .height(Length::Fill)
                .style(shape::round(fill, space::PILL)),
        );
    }
    bar = bar.push(gap().width(Length::FillPortion(1000 - full.min(999))));
    container(bar).width(Length::Fill).style(shape::card(p.surface, p.outline, space::PILL)).into()
}

/// Thousandths of the bar.
fn portion(level: f32) -> u16 {
    if level.is_nan() || level <= 0.001 {
        return 0;
    }
    let db = 20.0 * level.min(1.0).log10();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=1000 by the clamp
    let thousandths = ((db + 60.0) / 60.0 * 1000.0).clamp(0.0, 1000.0) as u16;
    thousandths
}

#[cfg(test)]
mod tests {
    use super::portion;

    #[test]
    fn the_scale_is_in_decibels() {
        assert_eq!(portion(0.0), 0);
        assert_eq!(portion(f32::NAN), 0);
        assert_eq!(portion(1.0), 1000);
        assert_eq!(portion(7.0), 1000);
        assert_eq!(portion(0.1), 666);
    }
}
