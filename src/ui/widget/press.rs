//! A surface that can be pressed by mouse, finger, Enter or Space, takes part in Tab order and shows a ring when it
//! has the keyboard. Every button, tab and row is one; iced's own button cannot take focus.
use iced::{
    Background, Border, Color, Element, Event, Length, Padding, Rectangle, Renderer, Shadow, Size, Theme, Vector,
    advanced::{
        Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer,
        renderer::Renderer as _,
        widget::{Id, Operation, Tree, operation::Focusable, tree},
    },
    keyboard, touch, window,
};

/// What a surface looks like in one status.
#[derive(Debug, Clone, Copy)]
pub struct Face {
    /// Ground.
    pub ground: Color,
    /// Colour handed to the text inside.
    pub text: Color,
    /// Outline; transparent for none.
    pub line: Color,
    /// Corner radius.
    pub radius: f32,
}

/// What the person does to it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Status {
    /// It can be pressed.
    pub enabled: bool,
    /// The pointer is over it, or it is held down.
    pub hovered: bool,
}

/// Where the focus ring goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ring {
    Outside,
    Inside,
}

/// See the head of this file.
pub struct Press<'a, M> {
    content: Element<'a, M>,
    on_press: Option<M>,
    face: Box<dyn Fn(Status) -> Face + 'a>,
    focus: Color,
    ring: Ring,
    id: Option<Id>,
    width: Length,
    height: Length,
    padding: Padding,
    seen: Option<Status>,
}

#[derive(Debug, Default)]
struct State {
    pressed: bool,
    focused: bool,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<'a, M> Press<'a, M> {
    /// A surface around some content; without [`Press::on_press`] it is disabled.
    pub fn new(content: impl Into<Element<'a, M>>, focus: Color, face: impl Fn(Status) -> Face + 'a) -> Self {
        Self {
            content: content.into(),
            on_press: None,
            face: Box::new(face),
            focus,
            ring: Ring::Outside,
            id: None,
            width: Length::Shrink,
            height: Length::Shrink,
            padding: Padding::ZERO,
            seen: None,
        }
    }
    /// What pressing it means; `None` disables it.
    #[must_use]
    pub fn on_press(mut self, message: impl Into<Option<M>>) -> Self {
        self.on_press = message.into();
        self
    }
    /// Draws the focus ring inside: for surfaces that fill their pane.
    #[must_use]
    pub const fn ring_inside(mut self) -> Self {
        self.ring = Ring::Inside;
        self
    }
    /// A name for focus operations.
    #[must_use]
    pub fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }
    /// Width.
    #[must_use]
    pub fn width(mut self, width: impl Into<Length>) -> Self {
        self.width = width.into();
        self
    }
    /// Height.
    #[must_use]
    pub fn height(mut self, height: impl Into<Length>) -> Self {
        self.height = height.into();
        self
    }
    /// Space around the content.
    #[must_use]
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }
}

impl<M: Clone> Widget<M, Theme, Renderer> for Press<'_, M> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }
    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }
    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }
    fn size(&self) -> Size<Length> {
        Size::new(self.width, self.height)
    }

    fn layout(&mut self, tree: &mut Tree, renderer: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::padded(limits, self.width, self.height, self.padding, |limits| match tree.children.first_mut() {
            Some(child) => self.content.as_widget_mut().layout(child, renderer, limits),
            None => layout::Node::default(),
        })
    }

    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        if self.on_press.is_some() {
            operation.focusable(self.id.as_ref(), layout.bounds(), tree.state.downcast_mut::<State>());
        }
        operation.container(self.id.as_ref(), layout.bounds());
        operation.traverse(&mut |operation| {
            if let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) {
                self.content.as_widget_mut().operate(child, inner, renderer, operation);
            }
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, M>,
        viewport: &Rectangle,
    ) {
        // a surface may hold another one (Copy in a row): the inner one goes first
        if let (Some(child), Some(inner)) = (tree.children.first_mut(), layout.children().next()) {
            let content = self.content.as_widget_mut();
            content.update(child, event, inner, cursor, renderer, clipboard, shell, viewport);
        }
        let state = tree.state.downcast_mut::<State>();
        if shell.is_event_captured() {
            return;
        }
        let over = cursor.is_over(layout.bounds());
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerPressed { .. }) => {
                // the ring is for the keyboard: a click anywhere takes it away
                if std::mem::take(&mut state.focused) {
                    shell.request_redraw();
                }
                if over && self.on_press.is_some() {
                    state.pressed = true;
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
            | Event::Touch(touch::Event::FingerLifted { .. }) => {
                if std::mem::take(&mut state.pressed)
                    && over
                    && let Some(message) = &self.on_press
                {
                    shell.publish(message.clone());
                    shell.capture_event();
                }
            }
            Event::Touch(touch::Event::FingerLost { .. }) => state.pressed = false,
            Event::Keyboard(keyboard::Event::KeyPressed {
                key: keyboard::Key::Named(keyboard::key::Named::Enter | keyboard::key::Named::Space),
                repeat: false,
                modifiers,
                ..
            }) if state.focused && modifiers.is_empty() => {
                if let Some(message) = &self.on_press {
                    shell.publish(message.clone());
                    shell.capture_event();
                }
            }
            _ => {}
        }
        let now = Status { enabled: self.on_press.is_some(), hovered: over && self.on_press.is_some() };
        if let Event::Window(window::Event::RedrawRequested(_)) = event {
            self.seen = Some(now);
        } else if self.seen.is_some_and(|seen| seen != now) {
            shell.request_redraw();
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let bounds = layout.bounds();
        let status = self.seen.unwrap_or(Status { enabled: self.on_press.is_some(), hovered: false });
        let face = (self.face)(status);
        let quad = |bounds, border| renderer::Quad { bounds, border, shadow: Shadow::default(), snap: true };
        if face.ground.a > 0.0 || face.line.a > 0.0 {
            let width = if face.line.a > 0.0 { 1.0 } else { 0.0 };
            let border = Border { color: face.line, width, radius: face.radius.into() };
            renderer.fill_quad(quad(bounds, border), Background::Color(face.ground));
        }
        if let (Some(child), Some(inner)) = (tree.children.first(), layout.children().next()) {
            let style = renderer::Style { text_color: face.text };
            self.content.as_widget().draw(child, renderer, theme, &style, inner, cursor, viewport);
        }
        if tree.state.downcast_ref::<State>().focused {
            let (bounds, radius) = match self.ring {
                Ring::Outside => (bounds.expand(3.0), face.radius + 3.0),
                Ring::Inside => (bounds.shrink(2.0), (face.radius - 2.0).max(4.0)),
            };
            let border = Border { color: self.focus, width: 2.0, radius: radius.into() };
            renderer.fill_quad(quad(bounds, border), Background::Color(Color::TRANSPARENT));
        }
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if self.on_press.is_some() && cursor.is_over(layout.bounds()) {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::default()
        }
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, M, Theme, Renderer>> {
        let inner = layout.children().next()?;
        self.content.as_widget_mut().overlay(tree.children.first_mut()?, inner, renderer, viewport, translation)
    }
}

impl<'a, M: Clone + 'a> From<Press<'a, M>> for Element<'a, M> {
    fn from(press: Press<'a, M>) -> Self {
        Self::new(press)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use iced_test::{Simulator, simulator};

    #[derive(Debug, Clone, PartialEq)]
    struct Pressed(u8);

    fn two<'a>() -> Element<'a, Pressed> {
        let face = |_| Face { ground: Color::WHITE, text: Color::BLACK, line: Color::BLACK, radius: 4.0 };
        let press =
            |n: u8, label: &'a str| Press::new(iced::widget::text(label), Color::BLACK, face).on_press(Pressed(n));
        iced::widget::column![press(1, "one").id("one"), press(2, "two"), Press::new("off", Color::BLACK, face)].into()
    }

    fn tap(ui: &mut Simulator<'_, Pressed>, key: keyboard::key::Named) {
        let _ = ui.tap_key(key);
    }

    #[test]
    fn a_click_presses_it() {
        let mut ui = simulator(two());
        ui.click("two").unwrap();
        assert!(ui.click("off").is_ok(), "a disabled surface is still shown");
        assert_eq!(ui.into_messages().collect::<Vec<_>>(), [Pressed(2)]);
    }

    #[test]
    fn keys_without_focus_press_nothing() {
        let mut ui = simulator(two());
        tap(&mut ui, keyboard::key::Named::Enter);
        assert_eq!(ui.into_messages().count(), 0);
    }
}
