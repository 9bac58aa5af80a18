//! A small graph of losses over time: a bar for each second, the newest at the right. Nothing moves by itself.
use crate::ui::theme::{Palette, shape};
use iced::{
    Alignment, Element, Length,
    widget::{Row, container, space as gap},
};

/// Height of the whole, in logical pixels.
const HEIGHT: f32 = 28.0;

/// Bars of shares in tenths of a percent; there is room for `count`. The scale shows small losses: 1 % is seen.
pub fn bars<'a, M: 'a>(p: &'static Palette, count: usize, values: Vec<u16>) -> Element<'a, M> {
    let missing = count.saturating_sub(values.len());
    let bar = |value: u16| {
        let color = if value >= 80 { p.bad_text } else { p.accent_text };
        let height = height(value);
        let bar = container(gap()).width(Length::Fill).height(height).style(shape::fill(color));
        container(bar).width(Length::Fill).height(HEIGHT).align_y(Alignment::End).into()
    };
    let portion = u16::try_from(missing).unwrap_or(u16::MAX);
    let values = Row::with_children(values.into_iter().map(bar)).spacing(1.0);
    let there = u16::try_from(count).unwrap_or(u16::MAX).saturating_sub(portion).max(1);
    let row = Row::new()
        .push((portion > 0).then(|| gap().width(Length::FillPortion(portion))))
        .push(container(values).width(Length::FillPortion(there)));
    container(row).width(Length::Fill).height(HEIGHT).style(shape::card(p.canvas, p.line, 2.0)).into()
}

/// Of a bar: a line for nothing, all for half of it.
fn height(value: u16) -> f32 {
    let part = (f32::from(value) / 500.0).clamp(0.0, 1.0).sqrt();
    (part * (HEIGHT - 2.0)).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_little_loss_is_seen_and_much_does_not_overflow() {
        assert!(height(0) <= 1.0);
        assert!(height(10) > 3.0);
        assert!(height(1000) < HEIGHT);
        assert!(height(100) < height(200));
    }
}
