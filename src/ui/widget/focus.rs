//! Moves the keyboard from control to control and scrolls it into view: iced moves the focus only.
use iced::{
    Rectangle, Task, Vector,
    advanced::widget::{
        Id, Operation, operate,
        operation::{self, Focusable, Outcome, Scrollable, scrollable::AbsoluteOffset},
    },
    widget::operation::{focus_next, focus_previous},
};

/// The id of a scrollable that grows upwards: its offsets count from the end.
pub const FROM_THE_END: &str = "from-the-end";

/// Gives the next control (or the one before) the keyboard and shows it.
pub fn step<M: Send + 'static>(back: bool) -> Task<M> {
    let moved = if back { focus_previous() } else { focus_next() };
    moved.chain(operate(operation::then(Find::default(), |away| Show { away, next: 0 })).discard())
}

/// Which scrollable hides the focused control, and by how much.
#[derive(Debug, Clone, Copy)]
struct Away {
    scrollable: usize,
    by: f32,
}

/// Looks for the focused control, keeping track of the scrollables around it.
#[derive(Default)]
struct Find {
    next: usize,
    entering: Option<View>,
    around: Vec<View>,
    away: Option<Away>,
}

/// A scrollable's window on its content.
#[derive(Clone, Copy)]
struct View {
    index: usize,
    visible: Rectangle,
    from_the_end: bool,
}

impl Operation<Away> for Find {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<Away>)) {
        let entered = self.entering.take().map(|view| self.around.push(view)).is_some();
        operate(self);
        if entered {
            self.around.pop();
        }
    }
    fn scrollable(&mut self, id: Option<&Id>, bounds: Rectangle, _: Rectangle, moved: Vector, _: &mut dyn Scrollable) {
        let from_the_end = id == Some(&Id::new(FROM_THE_END));
        self.entering = Some(View { index: self.next, visible: bounds + moved, from_the_end });
        self.next += 1;
    }
    fn focusable(&mut self, _: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if let (true, Some(view)) = (state.is_focused(), self.around.last()) {
            let by = hidden(bounds, view.visible);
            let by = if view.from_the_end { -by } else { by };
            self.away = Some(Away { scrollable: view.index, by });
        }
    }
    fn finish(&self) -> Outcome<Away> {
        self.away.filter(|away| away.by != 0.0).map_or(Outcome::None, Outcome::Some)
    }
}

/// How far the view must move down (or up, below zero) to show the whole control and a little around it.
fn hidden(control: Rectangle, view: Rectangle) -> f32 {
    const AROUND: f32 = 12.0;
    let above = control.y - AROUND - view.y;
    let below = control.y + control.height + AROUND - (view.y + view.height);
    if above < 0.0 {
        above
    } else if below > 0.0 {
        below.min(above)
    } else {
        0.0
    }
}

/// Scrolls the one scrollable.
struct Show {
    away: Away,
    next: usize,
}

impl Operation<()> for Show {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<()>)) {
        operate(self);
    }
    fn scrollable(
        &mut self,
        _: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        _: Vector,
        state: &mut dyn Scrollable,
    ) {
        if self.next == self.away.scrollable {
            state.scroll_by(AbsoluteOffset { x: 0.0, y: self.away.by }, bounds, content);
        }
        self.next += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_is_brought_in_from_above_and_below() {
        let at = |y, height| Rectangle { x: 0.0, y, width: 10.0, height };
        let view = at(100.0, 200.0);
        assert!(hidden(at(150.0, 20.0), view).abs() < f32::EPSILON);
        assert!((hidden(at(90.0, 20.0), view) + 22.0).abs() < f32::EPSILON);
        assert!((hidden(at(290.0, 30.0), view) - 32.0).abs() < f32::EPSILON);
    }
}
