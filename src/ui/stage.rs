//! The window on a stage: draws nothing on a screen, but takes mouse and keyboard as the real one does, moves the
//! keyboard's focus, and keeps what would be asked of the engine. For tests of whole journeys.
use super::{
    app::{App, Message},
    fixture,
    theme::text,
    widget::focus,
    wish::{Then, Wish},
};
use crate::engine::api::{Command, Event, Refusal, Reply};
use iced::{
    Point, Rectangle, Renderer, Size, Theme,
    advanced::{clipboard, mouse, renderer::Headless, widget},
    futures::{StreamExt, executor::block_on},
    keyboard::{self, Key, Modifiers, key},
    widget::operation,
};
use iced_test::{
    Selector,
    runtime::{Action, Task, UserInterface, task, user_interface::Cache},
    selector::{Candidate, Target},
};

/// See the head of this file.
pub struct Stage {
    pub app: App,
    pub asked: Vec<(Command, Then)>,
    pub clipboard: Vec<String>,
    pub notified: usize,
    pub hidden: bool,
    pub closed: bool,
    renderer: Renderer,
    cache: Option<Cache>,
    cursor: mouse::Cursor,
}

impl Stage {
    pub fn new(app: App) -> Self {
        for font in text::fonts() {
            iced_test::renderer::graphics::text::font_system().write().unwrap().load_font(font);
        }
        let renderer = block_on(<Renderer as Headless>::new(text::SANS, iced::Pixels(text::BODY), None)).unwrap();
        let (asked, clipboard) = (Vec::new(), Vec::new());
        let (cache, cursor) = (Some(Cache::default()), mouse::Cursor::Unavailable);
        Self { app, asked, clipboard, notified: 0, hidden: false, closed: false, renderer, cache, cursor }
    }

    /// Something comes in.
    pub fn send(&mut self, message: Message) {
        for wish in self.app.update(message, fixture::now()) {
            match wish {
                Wish::Ask(command, then) => self.asked.push((command, then)),
                Wish::Clipboard(text) => self.clipboard.push(text.into_inner()),
                Wish::Focus(id) => self.run(operation::focus(id)),
                Wish::Step { back } => self.run(focus::step(back)),
                Wish::Notify(..) => self.notified += 1,
                Wish::Hide => self.hidden = true,
                Wish::Quit => self.closed = true,
                _ => {}
            }
        }
    }

    /// The engine tells something.
    pub fn happen(&mut self, event: Event) {
        self.send(Message::Feed(super::feed::Feed::Events(vec![event])));
    }

    /// The engine answers what was asked first.
    pub fn answer(&mut self, answer: Result<Reply, Refusal>) {
        let (_, then) = self.asked.remove(0);
        self.send(Message::Answer(then, answer));
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut UserInterface<'_, Message, Theme, Renderer>, &mut Renderer) -> T) -> T {
        let size = self.size();
        let cache = self.cache.take().unwrap();
        let mut interface = UserInterface::build(self.app.view(), size, cache, &mut self.renderer);
        let done = act(&mut interface, &mut self.renderer);
        self.cache = Some(interface.into_cache());
        done
    }

    fn size(&self) -> Size {
        self.app.context().size
    }

    /// Runs what iced would run for a task: operations on widgets.
    fn run(&mut self, task: Task<Message>) {
        let Some(mut actions) = task::into_stream(task) else { return };
        while let Some(action) = block_on(actions.next()) {
            let Action::Widget(operation) = action else { continue };
            self.with(|interface, renderer| {
                let mut next = Some(operation);
                while let Some(mut operation) = next.take() {
                    interface.operate(renderer, operation.as_mut());
                    if let widget::operation::Outcome::Chain(chained) = operation.finish() {
                        next = Some(chained);
                    }
                }
            });
        }
    }

    /// Input as the window system gives it.
    pub fn input(&mut self, events: &[iced::Event]) {
        let cursor = self.cursor;
        let mut messages = Vec::new();
        self.with(|interface, renderer| {
            let _ = interface.update(events, cursor, renderer, &mut clipboard::Null, &mut messages);
        });
        for message in messages {
            self.send(message);
        }
    }

    fn find<S: Selector + Send>(&mut self, selector: S) -> Option<S::Output>
    where
        S::Output: Clone + Send,
    {
        use widget::Operation;
        let mut find = selector.find();
        self.with(|interface, renderer| interface.operate(renderer, &mut widget::operation::black_box(&mut find)));
        match find.finish() {
            widget::operation::Outcome::Some(found) => found,
            _ => None,
        }
    }

    /// A text stands on the screen.
    pub fn sees(&mut self, text: &str) -> bool {
        self.find(text).is_some_and(|found| found.visible_bounds().is_some())
    }

    /// Clicks on a text.
    pub fn click(&mut self, text: &str) {
        let found = self.find(text).unwrap_or_else(|| panic!("{text} is not on the screen"));
        let at = found.visible_bounds().unwrap_or_else(|| panic!("{text} is out of sight")).center();
        self.click_at(at);
    }

    fn click_at(&mut self, at: Point) {
        self.cursor = mouse::Cursor::Available(at);
        let events: Vec<_> = iced_test::simulator::click().collect();
        self.input(&events);
        self.cursor = mouse::Cursor::Unavailable;
    }

    /// Gives a control the keyboard.
    pub fn focus(&mut self, id: &'static str) {
        self.run(operation::focus(id));
    }

    /// Types into what has the keyboard.
    pub fn write(&mut self, text: &str) {
        for c in text.chars() {
            let c = c.to_string();
            self.press(Key::Character(c.as_str().into()), Modifiers::empty(), Some(&c));
        }
    }

    /// Presses a named key.
    pub fn tap(&mut self, key: key::Named) {
        self.press(Key::Named(key), Modifiers::empty(), None);
    }

    /// Presses a key with others held.
    pub fn press(&mut self, key: Key, modifiers: Modifiers, text: Option<&str>) {
        let event = keyboard::Event::KeyPressed {
            key: key.clone(),
            modified_key: key,
            physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
            location: keyboard::Location::Standard,
            modifiers,
            text: text.map(Into::into),
            repeat: false,
        };
        self.input(&[iced::Event::Keyboard(event)]);
    }

    /// Where the control is that has the keyboard.
    pub fn focused(&mut self) -> Option<Rectangle> {
        self.find(iced_test::selector::is_focused()).map(|found| found.bounds())
    }

    /// Where it is, as far as it can be seen.
    pub fn focus_in_sight(&mut self) -> bool {
        self.find(iced_test::selector::is_focused()).is_some_and(|found| match found {
            Target::Focusable { bounds, visible_bounds, .. } => {
                visible_bounds.is_some_and(|seen| seen.height > bounds.height.min(self.size().height) * 0.6)
            }
            _ => false,
        })
    }

    /// How many controls can have the keyboard.
    pub fn controls(&mut self) -> usize {
        let all = |candidate: Candidate<'_>| matches!(candidate, Candidate::Focusable { .. }).then_some(());
        use widget::Operation;
        let mut find = all.find_all();
        self.with(|interface, renderer| interface.operate(renderer, &mut widget::operation::black_box(&mut find)));
        match find.finish() {
            widget::operation::Outcome::Some(found) => found.len(),
            _ => 0,
        }
    }
}
